//! An exponential moving average of the weights: what is evaluated and shipped.

use std::collections::BTreeMap;

use tch::Tensor;

use crate::models::parameters::Parameters;

pub struct Ema {
    decay: f64,
    updates: u64,
    tensors: BTreeMap<String, Tensor>,
}

impl Ema {
    /// `decay` is what is left of the average after a step, such as 0.999. While the training is young, less is left,
    /// so that the first, arbitrary weights are soon forgotten.
    pub fn new(decay: f64) -> Ema {
        Ema { decay, updates: 0, tensors: BTreeMap::new() }
    }

    pub fn update(&mut self, parameters: &Parameters) {
        let _no_grad = tch::no_grad_guard();
        let young = (1.0 + self.updates as f64) / (10.0 + self.updates as f64);
        let weight = 1.0 - self.decay.min(young);
        self.updates += 1;
        for (name, value) in parameters.iter() {
            match self.tensors.get_mut(name) {
                Some(average) => {
                    let _ = average.lerp_(&value.detach(), weight);
                }
                None => {
                    self.tensors.insert(name.to_owned(), value.detach().copy());
                }
            }
        }
    }

    /// How often it was updated.
    pub fn updates(&self) -> u64 {
        self.updates
    }

    pub fn iter(&self) -> impl Iterator<Item = (&str, &Tensor)> {
        self.tensors.iter().map(|(name, tensor)| (name.as_str(), tensor))
    }

    /// Goes on from a saved average.
    pub fn restore(&mut self, updates: u64, tensors: BTreeMap<String, Tensor>) {
        (self.updates, self.tensors) = (updates, tensors);
    }
}
