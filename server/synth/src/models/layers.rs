//! The layers that the networks are made of. They compute in the kind of their weights, and nothing is changed in
//! place that a gradient may need, so that the same code trains and serves. Each counts its own operations where
//! somebody asks for them ([`super::counted`]).

use dataset::features::PLANES;
use tch::{Device, Kind, Tensor};

use super::parameters::Init;
use super::tensors::dims;
use super::weights::{Weight, Weights, WeightsError};
use super::work::count;

/// `x W^T + b`: `[.., inputs]` → `[.., outputs]`.
#[derive(Clone)]
pub struct Linear {
    weight: Weight,
    bias: Option<Weight>,
}

impl Linear {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Linear, WeightsError> {
        let bias = w.take(&format!("{name}.bias"), &[outputs], Init::Zeros)?;
        Ok(Linear { bias: Some(bias), ..Linear::load_unbiased(w, name, outputs, inputs)? })
    }

    pub fn load_unbiased(
        w: &mut Weights,
        name: &str,
        outputs: i64,
        inputs: i64,
    ) -> Result<Linear, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[outputs, inputs], Init::fan_in(inputs))?;
        Ok(Linear { weight, bias: None })
    }

    /// Makes one layer of several unbiased ones that read the same input: their outputs lie side by side.
    pub fn joined(layers: &[Linear]) -> Linear {
        let weights: Vec<&Tensor> = layers.iter().map(|l| &*l.weight).collect();
        Linear { weight: Tensor::cat(&weights, 0).into(), bias: None }
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        let out = x.linear(&self.weight, self.bias.as_deref());
        let [outputs, _] = dims(&self.weight, "[outputs, inputs]");
        count(x.numel() * outputs as usize, &[x, &self.weight, &out]);
        out
    }

    pub fn device(&self) -> Device {
        self.weight.device()
    }

    /// The dtype that it computes in.
    pub fn kind(&self) -> Kind {
        self.weight.kind()
    }
}

/// Layer normalisation over the last axis.
#[derive(Clone)]
pub struct Norm {
    weight: Weight,
    bias: Weight,
    width: i64,
}

impl Norm {
    pub fn load(w: &mut Weights, name: &str, width: i64) -> Result<Norm, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[width], Init::Ones)?;
        let bias = w.take(&format!("{name}.bias"), &[width], Init::Zeros)?;
        Ok(Norm { weight, bias, width })
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.layer_norm([self.width], Some(&*self.weight), Some(&*self.bias), 1e-5, false)
    }
}

/// A convolution: of 3×3 cells that keeps the canvas's size, or of square patches that lie side by side.
#[derive(Clone)]
pub struct Conv {
    weight: Weight,
    bias: Weight,
    stride: i64,
    padding: i64,
}

impl Conv {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Conv, WeightsError> {
        Conv::starting(w, name, outputs, inputs, Init::fan_in(9 * inputs))
    }

    /// Takes a 3×3 convolution whose weights start as `init` says.
    pub fn starting(
        w: &mut Weights,
        name: &str,
        outputs: i64,
        inputs: i64,
        init: Init,
    ) -> Result<Conv, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[outputs, inputs, 3, 3], init)?;
        let bias = w.take(&format!("{name}.bias"), &[outputs], Init::Zeros)?;
        Ok(Conv { weight, bias, stride: 1, padding: 1 })
    }

    /// Takes a convolution that makes one cell of each patch of `side` × `side` cells.
    pub fn patches(
        w: &mut Weights,
        name: &str,
        outputs: i64,
        inputs: i64,
        side: i64,
    ) -> Result<Conv, WeightsError> {
        let init = Init::fan_in(side * side * inputs);
        let weight = w.take(&format!("{name}.weight"), &[outputs, inputs, side, side], init)?;
        let bias = w.take(&format!("{name}.bias"), &[outputs], Init::Zeros)?;
        Ok(Conv { weight, bias, stride: side, padding: 0 })
    }

    /// `[n, inputs, rows, columns]` → `[n, outputs, ..]`.
    pub fn forward(&self, x: &Tensor) -> Tensor {
        let (stride, padding) = ([self.stride; 2], [self.padding; 2]);
        let out = x.conv2d(&self.weight, Some(&*self.bias), stride, padding, [1, 1], 1);
        let [_, inputs, height, width] = dims(&self.weight, "[outputs, inputs, height, width]");
        count(out.numel() * (inputs * height * width) as usize, &[x, &self.weight, &out]);
        out
    }
}

/// Residual 3×3 convolutions without normalisation: `[n, 32, 16, 16]` → `[n, channels, 16, 16]`.
#[derive(Clone)]
pub struct Trunk {
    stem: Conv,
    blocks: Vec<(Conv, Conv)>,
}

impl Trunk {
    /// The second convolution of each block starts at zero: at first a block passes on what it gets.
    pub fn load(w: &mut Weights, channels: i64, blocks: i64) -> Result<Trunk, WeightsError> {
        let stem = Conv::load(w, "trunk.stem", channels, PLANES as i64)?;
        let blocks = (0..blocks)
            .map(|b| {
                let name = |n| format!("trunk.blocks.{b}.conv{n}");
                let first = Conv::load(w, &name(1), channels, channels)?;
                Ok((first, Conv::starting(w, &name(2), channels, channels, Init::Zeros)?))
            })
            .collect::<Result<_, WeightsError>>()?;
        Ok(Trunk { stem, blocks })
    }

    pub fn device(&self) -> Device {
        self.stem.weight.device()
    }

    /// The dtype that it computes in.
    pub fn kind(&self) -> Kind {
        self.stem.weight.kind()
    }

    pub fn forward(&self, planes: &Tensor) -> Tensor {
        let block = |x: Tensor, (first, second): &(Conv, Conv)| {
            let inner = first.forward(&x.relu());
            x + second.forward(&inner.relu())
        };
        let x = self.stem.forward(&padded(planes));
        self.blocks.iter().fold(x, block).relu().narrow(0, 0, canvases(planes))
    }
}

/// The number of canvases in `[n, channels, rows, columns]`.
pub fn canvases(planes: &Tensor) -> i64 {
    let [n, ..] = dims::<4>(planes, "[n, channels, rows, columns]");
    n
}

/// Adds empty canvases where the planes are on CUDA, so that few numbers of canvases occur: cuDNN plans its
/// convolutions anew for each. What is computed of them is to be left out by `narrow(0, 0, canvases(planes))`.
pub fn padded(planes: &Tensor) -> Tensor {
    match planes.device() {
        Device::Cuda(_) => padded_to(planes, planned(canvases(planes))),
        _ => planes.shallow_clone(),
    }
}

fn padded_to(planes: &Tensor, count: i64) -> Tensor {
    planes.constant_pad_nd([0, 0, 0, 0, 0, 0, 0, count - canvases(planes)])
}

/// The number of canvases that is computed in place of `count`: at most an eighth more where there are many.
fn planned(count: i64) -> i64 {
    let count = count.unsigned_abs();
    let step = count.next_power_of_two() / 16;
    count.next_multiple_of(step.max(8)) as i64
}

/// Rows of a learned table, `[.., width]`. On CUDA its gradients are summed in float32; those of `index_select` in
/// the table's own dtype, and in bfloat16 the many steps that share a row would soon add nothing any more.
pub fn table_rows(table: &Tensor, rows: &Tensor) -> Tensor {
    Tensor::embedding(table, rows, -1, false, false)
}

/// `gelu` in the tanh approximation with which the networks were trained.
pub fn gelu(x: &Tensor) -> Tensor {
    x.gelu("tanh")
}

/// Which keys a query sees.
#[derive(Clone, Copy)]
pub enum Seen<'m> {
    All,
    /// A query sees the keys up to its own place.
    Before,
    /// The mask is added to the scores (0 or minus infinity), broadcast to `[batch, heads, queries, keys]`.
    Masked(&'m Tensor),
}

/// Scaled dot-product attention: `[batch, heads, queries, width]` over `[batch, heads, keys, width]` gives
/// `[batch, heads, queries, width]`.
pub fn attend(q: &Tensor, k: &Tensor, v: &Tensor, seen: Seen) -> Tensor {
    let mask = match seen {
        Seen::Masked(mask) => Some(mask.to_kind(q.kind())),
        Seen::All | Seen::Before => None,
    };
    let causal = matches!(seen, Seen::Before);
    let out = Tensor::scaled_dot_product_attention(q, k, v, mask, 0.0, causal, None::<f64>, false);
    let [_, _, keys, _] = dims(k, "[batch, heads, keys, width]");
    count(2 * q.numel() * keys as usize, &[q, k, v, &out]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_numbers_of_canvases_are_planned_and_padding_changes_nothing() {
        assert_eq!([1, 8, 9, 100, 129, 1000].map(planned), [8, 8, 16, 104, 144, 1024]);
        let planned: std::collections::BTreeSet<i64> = (1..=4096).map(planned).collect();
        assert!(planned.len() <= 64, "{} shapes", planned.len());
        let planes = Tensor::randn([3, 2, 4, 4], (Kind::Float, Device::Cpu));
        let padded = padded_to(&planes, 8);
        assert_eq!(padded.size(), [8, 2, 4, 4]);
        assert_eq!(padded.narrow(0, 0, canvases(&planes)), planes);
    }
}
