//! Optimizers over named parameters: SGD, AdamW (Loshchilov and Hutter 2019), and Muon (Jordan et al. 2024), which
//! makes the step of every matrix orthogonal and leaves all other weights to AdamW.

use std::collections::BTreeMap;

use serde::Deserialize;
use tch::{Device, Kind, Tensor};

use crate::models::parameters::Parameters;
use crate::models::tensors::dims;

/// `[optimizer]` of a configuration.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct OptimizerConfig {
    pub kind: Rule,
    /// The highest learning rate.
    pub rate: f64,
    /// Decoupled: the share of a weight that goes with each step is this times the rate. If nothing is said, 0.01, and
    /// none with SGD, as whose rates are near 1.
    pub weight_decay: Option<f64>,
    /// Decay of AdamW's two averages.
    pub betas: [f64; 2],
    /// The momentum of SGD and Muon. The default is 0.95, and none with SGD.
    pub momentum: Option<f64>,
    /// Gradients together longer than this are shortened to it; 0 for never.
    pub clip: f64,
    /// Beginnings of the names of the matrices that Muon cares for.
    pub matrices: Vec<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Rule {
    Sgd,
    AdamW,
    Muon,
}

impl Default for OptimizerConfig {
    fn default() -> OptimizerConfig {
        OptimizerConfig {
            kind: Rule::AdamW,
            rate: 1e-3,
            weight_decay: None,
            betas: [0.9, 0.98],
            momentum: None,
            clip: 1.0,
            matrices: vec!["encoder.".to_owned(), "decoder.".to_owned()],
        }
    }
}

impl OptimizerConfig {
    fn weight_decay(&self) -> f64 {
        self.weight_decay.unwrap_or(if self.kind == Rule::Sgd { 0.0 } else { 0.01 })
    }

    fn momentum(&self) -> f64 {
        self.momentum.unwrap_or(if self.kind == Rule::Sgd { 0.0 } else { 0.95 })
    }
}

/// What the optimizer remembers of one parameter.
#[derive(Debug, Default)]
struct Memory {
    /// Steps since it was empty, by which AdamW's averages are corrected.
    age: u64,
    momentum: Option<Tensor>,
    variance: Option<Tensor>,
}

pub struct Optimizer {
    config: OptimizerConfig,
    memory: BTreeMap<String, Memory>,
}

/// Added to AdamW's denominator.
const EPSILON: f64 = 1e-8;

impl Optimizer {
    pub fn new(config: &OptimizerConfig) -> Optimizer {
        Optimizer { config: config.clone(), memory: BTreeMap::new() }
    }

    /// Takes one step along the gradients and gives their length, before clipping. Where that is not finite, nothing
    /// is changed.
    pub fn step(&mut self, parameters: &mut Parameters, rate: f64) -> f64 {
        let _no_grad = tch::no_grad_guard();
        let gradients: Vec<(&str, &Tensor, Tensor)> = parameters
            .iter()
            .map(|(name, value)| (name, value, value.grad()))
            .filter(|(_, _, gradient)| gradient.defined())
            .collect();
        if gradients.is_empty() {
            return 0.0;
        }
        let squares: Vec<Tensor> = gradients.iter().map(|(_, _, g)| g.square().sum(Kind::Float)).collect();
        let length = Tensor::stack(&squares, 0).sum(Kind::Double).sqrt().double_value(&[]);
        if !length.is_finite() {
            return length;
        }
        let clip = self.config.clip;
        let scale = if clip > 0.0 && length > clip { clip / length } else { 1.0 };
        let decay = self.config.weight_decay();
        let update = |value: &Tensor, step: &Tensor| {
            let mut value = value.shallow_clone();
            if decay > 0.0 {
                let _ = value.g_mul_scalar_(1.0 - rate * decay);
            }
            let _ = value.g_sub_(&(step * rate));
        };
        // Matrices of one shape are made orthogonal together.
        let mut matrices: BTreeMap<Vec<i64>, (Vec<&Tensor>, Vec<Tensor>)> = BTreeMap::new();
        for (name, value, gradient) in gradients {
            let gradient = if scale == 1.0 { gradient } else { gradient * scale };
            let memory = self.memory.entry(name.to_owned()).or_default();
            memory.age += 1;
            match self.config.kind {
                Rule::Sgd => update(value, &sgd(&self.config, memory, &gradient)),
                Rule::Muon if is_matrix(&self.config, name, value) => {
                    let (values, ahead) = matrices.entry(value.size()).or_default();
                    values.push(value);
                    ahead.push(nesterov(&self.config, memory, &gradient));
                }
                Rule::Muon | Rule::AdamW => update(value, &adamw(&self.config, memory, &gradient)),
            }
        }
        for (values, ahead) in matrices.into_values() {
            let steps = muon(&Tensor::stack(&ahead, 0));
            (0..).zip(values).for_each(|(number, value)| update(value, &steps.get(number)));
        }
        length
    }

    /// What it remembers, for a checkpoint: momenta, variances, ages.
    pub fn memory(&self) -> impl Iterator<Item = (&str, Option<&Tensor>, Option<&Tensor>, u64)> {
        self.memory.iter().map(|(name, m)| (name.as_str(), m.momentum.as_ref(), m.variance.as_ref(), m.age))
    }

    /// Goes on with what was remembered of this parameter.
    pub fn restore(&mut self, name: &str, momentum: Option<Tensor>, variance: Option<Tensor>, age: u64) {
        self.memory.insert(name.to_owned(), Memory { age, momentum, variance });
    }
}

/// Whether Muon cares for this weight.
fn is_matrix(config: &OptimizerConfig, name: &str, value: &Tensor) -> bool {
    value.dim() == 2 && config.matrices.iter().any(|beginning| name.starts_with(beginning.as_str()))
}

/// `decay * average + gradient`, where there is an average.
fn accumulate<'m>(average: &'m mut Option<Tensor>, gradient: &Tensor, decay: f64) -> &'m Tensor {
    match average {
        Some(average) => {
            let _ = average.g_mul_scalar_(decay);
            let _ = average.g_add_(gradient);
        }
        None => *average = Some(gradient.copy()),
    }
    average.get_or_insert_with(|| gradient.copy())
}

fn sgd(config: &OptimizerConfig, memory: &mut Memory, gradient: &Tensor) -> Tensor {
    if config.momentum() == 0.0 {
        return gradient.shallow_clone();
    }
    accumulate(&mut memory.momentum, gradient, config.momentum()).shallow_clone()
}

fn adamw(config: &OptimizerConfig, memory: &mut Memory, gradient: &Tensor) -> Tensor {
    let [first, second] = config.betas;
    let momentum = accumulate(&mut memory.momentum, &(gradient * (1.0 - first)), first);
    let variance = accumulate(&mut memory.variance, &(gradient.square() * (1.0 - second)), second);
    let age = memory.age as f64;
    let (first, second) = (1.0 - first.powf(age), 1.0 - second.powf(age));
    momentum / first / ((variance / second).sqrt() + EPSILON)
}

/// Nesterov momentum: the gradient, and where the momentum will be.
fn nesterov(config: &OptimizerConfig, memory: &mut Memory, gradient: &Tensor) -> Tensor {
    gradient + accumulate(&mut memory.momentum, gradient, config.momentum()) * config.momentum()
}

/// Matrices `[k, m, n]`, each made orthogonal by five steps of a Newton–Schulz iteration, and as long as AdamW's steps
/// usually are (Liu et al. 2025).
fn muon(matrices: &Tensor) -> Tensor {
    let [_, rows, columns] = dims(matrices, "[k, m, n]");
    orthogonal(matrices) * (0.2 * (rows.max(columns) as f64).sqrt())
}

/// Coefficients of the Newton–Schulz iteration that make small singular values grow fastest.
const A: f64 = 3.4445;
const B: f64 = -4.7750;
const C: f64 = 2.0315;
/// Steps of the iteration.
const STEPS: usize = 5;
/// Matrices this many times as long as they are short are made orthogonal by the products of their rows.
const GRAM: i64 = 3;

/// The nearest matrices whose singular values are all about 1, `[k, m, n]`.
fn orthogonal(matrices: &Tensor) -> Tensor {
    let [_, rows, columns] = dims(matrices, "[k, m, n]");
    let tall = rows > columns;
    let kind = if matrices.device() == Device::Cpu { Kind::Float } else { Kind::BFloat16 };
    let length = matrices.square().sum_dim_intlist([1i64, 2].as_slice(), true, Kind::Float).sqrt();
    let x = matrices / (length + 1e-7);
    let x = if tall { x.mt() } else { x }.to_kind(kind);
    let (short, long) = (rows.min(columns), rows.max(columns));
    let x = if long >= GRAM * short { by_products(x) } else { by_steps(x) }.to_kind(Kind::Float);
    if tall { x.mt() } else { x }
}

/// The iteration on the matrices themselves.
fn by_steps(mut x: Tensor) -> Tensor {
    for _ in 0..STEPS {
        let a = x.matmul(&x.mt());
        let b = &a * B + a.matmul(&a) * C;
        x = &x * A + b.matmul(&x);
    }
    x
}

/// The same on the small square matrices of the rows' products: every step multiplies the matrices by a polynomial in
/// these, so that the long rows are read twice, however many steps there are.
fn by_products(x: Tensor) -> Tensor {
    let [_, rows, _] = dims(&x, "[k, m, n]");
    let one = Tensor::eye(rows, (x.kind(), x.device()));
    let mut a = x.matmul(&x.mt());
    let mut product = one.shallow_clone();
    for step in 0..STEPS {
        let factor = &one * A + &a * B + a.matmul(&a) * C;
        product = if step == 0 { factor.shallow_clone() } else { factor.matmul(&product) };
        a = factor.matmul(&a).matmul(&factor);
    }
    product.matmul(&x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::parameters::Init;

    /// Minimises the squared distance of a matrix and a vector to fixed ones.
    fn distance_after(config: &OptimizerConfig, steps: u64) -> f64 {
        let mut parameters = Parameters::new(Device::Cpu, 3);
        let goal = |shape: &[i64]| Tensor::arange(12, (Kind::Float, Device::Cpu)).view(shape) / 6.0;
        let mut optimizer = Optimizer::new(config);
        let mut distance = f64::NAN;
        for step in 0..steps {
            let matrix = parameters.get_or_init("encoder.a", &[3, 4], Init::Normal(1.0)).shallow_clone();
            let vector = parameters.get_or_init("b", &[12], Init::Zeros).shallow_clone();
            let loss = (matrix - goal(&[3, 4])).square().sum(Kind::Float)
                + (vector - goal(&[12])).square().sum(Kind::Float);
            distance = loss.double_value(&[]);
            parameters.zero_grad();
            loss.backward();
            optimizer.step(&mut parameters, config.rate * (1.0 - step as f64 / steps as f64));
        }
        distance
    }

    #[test]
    fn all_find_the_minimum() {
        let config =
            |kind, rate| OptimizerConfig { kind, rate, weight_decay: Some(0.0), ..Default::default() };
        for config in [config(Rule::AdamW, 0.1), config(Rule::Muon, 0.1)] {
            let distance = distance_after(&config, 400);
            assert!(distance < 0.1, "{distance} by {config:?}");
        }
        let sgd = OptimizerConfig { momentum: Some(0.0), clip: 0.0, ..config(Rule::Sgd, 0.2) };
        assert!(distance_after(&sgd, 100) < 1e-3);
    }

    #[test]
    fn orthogonal_matrices_keep_lengths() {
        for shape in [[3, 5, 8], [3, 8, 5]] {
            let mut parameters = Parameters::new(Device::Cpu, 5);
            let matrices = parameters.get_or_init("m", &shape, Init::Normal(3.0)).detach();
            let o = orthogonal(&matrices);
            let small = if shape[1] > shape[2] { o.mt().matmul(&o) } else { o.matmul(&o.mt()) };
            let off = (&small - Tensor::eye(5, (Kind::Float, Device::Cpu))).abs().max().double_value(&[]);
            assert!(off < 0.6, "{shape:?}: {off}");
        }
    }

    #[test]
    fn products_of_rows_give_what_the_steps_give() {
        let mut parameters = Parameters::new(Device::Cpu, 7);
        let matrices = parameters.get_or_init("m", &[2, 16, 64], Init::Normal(1.0)).detach();
        // Some directions are far weaker than others, as in gradients.
        let scales = Tensor::logspace(0.0, -4.0, 16, 10.0, (Kind::Float, Device::Cpu)).view([1, 16, 1]);
        let x = &matrices * scales;
        let x = &x / x.square().sum_dim_intlist([1i64, 2].as_slice(), true, Kind::Float).sqrt();
        let (steps, products) = (by_steps(x.shallow_clone()), by_products(x));
        assert!(steps.allclose(&products, 1e-3, 1e-4, false));
    }

    #[test]
    fn long_gradients_are_clipped_and_infinite_ones_skipped() {
        let mut parameters = Parameters::new(Device::Cpu, 0);
        let config = OptimizerConfig { kind: Rule::Sgd, ..Default::default() };
        let mut optimizer = Optimizer::new(&config);
        for (slope, length, left) in [(100.0, 100.0, -1.0), (f64::INFINITY, f64::INFINITY, -1.0)] {
            let value = parameters.get_or_init("x", &[1], Init::Zeros).shallow_clone();
            parameters.zero_grad();
            (value * slope).sum(Kind::Float).backward();
            assert_eq!(optimizer.step(&mut parameters, 1.0), length);
            let now = parameters.get("x").map(|x| x.double_value(&[0])).unwrap();
            assert!((now - left).abs() < 1e-5, "{now}");
        }
    }
}
