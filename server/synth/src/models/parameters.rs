//! The weights of a network while it is trained: float32 masters with gradients, by name.

use runtime::sample::{Random, fnv1a};
use std::collections::BTreeMap;
use tch::{Device, Kind, Tensor};

/// How a weight starts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Init {
    Zeros,
    Ones,
    /// Normal with this standard deviation.
    Normal(f64),
    /// Uniform between minus and plus this bound.
    Uniform(f64),
    /// This number in every place.
    Constant(f64),
    /// Every block of `[blocks * n, n]` is a random rotation, so that what goes round a recurrent network neither fades
    /// nor grows (Saxe et al. 2014).
    Orthogonal,
}

impl Init {
    /// Uniform within `1 / sqrt(inputs)`, the usual start of linear layers and convolutions.
    pub fn fan_in(inputs: i64) -> Init {
        Init::Uniform(1.0 / (inputs.max(1) as f64).sqrt())
    }
}

/// Named float32 tensors on one device, all of which require gradients.
pub struct Parameters {
    tensors: BTreeMap<String, Tensor>,
    device: Device,
    seed: u64,
}

impl Parameters {
    /// Begins without weights: building a network from them makes each as its [`Init`] says, equal for equal seeds on
    /// every device.
    pub fn new(device: Device, seed: u64) -> Parameters {
        Parameters { tensors: BTreeMap::new(), device, seed }
    }

    pub fn device(&self) -> Device {
        self.device
    }

    /// Names and weights, in the order of the names.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// The number of numbers in all weights.
    pub fn count(&self) -> usize {
        self.tensors.values().map(Tensor::numel).sum()
    }

    pub fn get(&self, name: &str) -> Option<&Tensor> {
        self.tensors.get(name)
    }

    /// Puts this in the place of the weight `name`, or adds it.
    pub fn set(&mut self, name: &str, value: &Tensor) {
        let value = value.detach().to_kind(Kind::Float).to_device(self.device).copy();
        self.tensors.insert(name.to_owned(), value.set_requires_grad(true));
    }

    /// The weight of this name; made now if there is none.
    pub fn get_or_init(&mut self, name: &str, shape: &[i64], init: Init) -> &Tensor {
        let (device, seed) = (self.device, self.seed);
        self.tensors.entry(name.to_owned()).or_insert_with(|| {
            let fresh = start(name, shape, init, seed).to_device(device);
            fresh.set_requires_grad(true)
        })
    }

    /// Forgets the gradients.
    pub fn zero_grad(&mut self) {
        self.tensors.values_mut().for_each(Tensor::zero_grad);
    }
}

/// The first values of a weight, from a random sequence of its own.
fn start(name: &str, shape: &[i64], init: Init, seed: u64) -> Tensor {
    let options = (Kind::Float, Device::Cpu);
    let count: usize = shape.iter().map(|&n| n.max(0) as usize).product();
    // Weights start differently, and independently of their order.
    let mut random = Random::new(seed ^ fnv1a(name.as_bytes()));
    let values: Vec<f32> = match init {
        Init::Zeros => return Tensor::zeros(shape, options),
        Init::Ones => return Tensor::ones(shape, options),
        Init::Constant(value) => return Tensor::full(shape, value, options),
        Init::Uniform(bound) => (0..count).map(|_| (bound * (2.0 * random.unit() - 1.0)) as f32).collect(),
        Init::Normal(deviation) => (0..count).map(|_| (deviation * normal(&mut random)) as f32).collect(),
        Init::Orthogonal => {
            let width = shape.last().copied().unwrap_or(1);
            let values: Vec<f32> = (0..count).map(|_| normal(&mut random) as f32).collect();
            let blocks = Tensor::from_slice(&values).view([-1, width, width]);
            let (rotations, _) = Tensor::linalg_qr(&blocks, "reduced");
            return rotations.reshape(shape);
        }
    };
    Tensor::from_slice(&values).view(shape)
}

/// Draws a standard normal number, by Box and Muller.
fn normal(random: &mut Random) -> f64 {
    let radius = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
    radius * (std::f64::consts::TAU * random.unit()).cos()
}
