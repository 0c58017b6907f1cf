//! The layers that the networks are made of. They compute in the kind of their weights, and nothing is changed in
//! place that a gradient may need, so that the same code trains and serves.

use tch::Tensor;

use super::Work;
use super::parameters::Init;
use super::weights::{Weight, Weights, WeightsError};

/// `x W^T + b`: `[.., inputs]` → `[.., outputs]`.
#[derive(Clone)]
pub struct Linear {
    weight: Weight,
    bias: Option<Weight>,
}

impl Linear {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Linear, WeightsError> {
        Ok(Linear {
            weight: w.take(&format!("{name}.weight"), &[outputs, inputs], Init::fan_in(inputs))?,
            bias: Some(w.take(&format!("{name}.bias"), &[outputs], Init::Zeros)?),
        })
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

    /// Several unbiased layers that read the same input, as one: their outputs lie side by side.
    pub fn joined(layers: &[Linear]) -> Linear {
        let weights: Vec<&Tensor> = layers.iter().map(|l| &*l.weight).collect();
        Linear { weight: Tensor::cat(&weights, 0).into(), bias: None }
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_deref())
    }

    /// Width of what it gives.
    pub fn outputs(&self) -> i64 {
        self.weight.size().first().copied().unwrap_or(0)
    }

    /// What so many rows take.
    pub fn work(&self, rows: i64) -> Work {
        let (outputs, inputs) = self.weight.size2().unwrap_or_default();
        Work::linear(rows, inputs, outputs)
    }

    pub fn device(&self) -> tch::Device {
        self.weight.device()
    }

    /// The kind that it computes in.
    pub fn kind(&self) -> tch::Kind {
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

/// A 3×3 convolution that keeps the canvas's size.
#[derive(Clone)]
pub struct Conv {
    weight: Weight,
    bias: Weight,
}

impl Conv {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Conv, WeightsError> {
        Conv::starting(w, name, outputs, inputs, Init::fan_in(9 * inputs))
    }

    /// The same with weights that start otherwise.
    pub fn starting(
        w: &mut Weights,
        name: &str,
        outputs: i64,
        inputs: i64,
        init: Init,
    ) -> Result<Conv, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[outputs, inputs, 3, 3], init)?;
        Ok(Conv { weight, bias: w.take(&format!("{name}.bias"), &[outputs], Init::Zeros)? })
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.conv2d(&self.weight, Some(&*self.bias), [1, 1], [1, 1], [1, 1], 1)
    }

    /// What `n` canvases take.
    pub fn work(&self, n: i64) -> Work {
        let (outputs, inputs, ..) = self.weight.size4().unwrap_or_default();
        Work::convolution(n * dataset::features::CELLS as i64, inputs, outputs)
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
        let stem = Conv::load(w, "trunk.stem", channels, dataset::features::PLANES as i64)?;
        let blocks = (0..blocks)
            .map(|b| {
                let name = |n| format!("trunk.blocks.{b}.conv{n}");
                let first = Conv::load(w, &name(1), channels, channels)?;
                Ok((first, Conv::starting(w, &name(2), channels, channels, Init::Zeros)?))
            })
            .collect::<Result<_, WeightsError>>()?;
        Ok(Trunk { stem, blocks })
    }

    pub fn device(&self) -> tch::Device {
        self.stem.weight.device()
    }

    /// The kind that it computes in.
    pub fn kind(&self) -> tch::Kind {
        self.stem.weight.kind()
    }

    /// What `n` canvases take.
    pub fn work(&self, n: i64) -> Work {
        let blocks = self.blocks.iter().map(|(first, second)| first.work(n) + second.work(n));
        self.stem.work(n) + blocks.sum()
    }

    pub fn forward(&self, planes: &Tensor) -> Tensor {
        let block = |x: Tensor, (first, second): &(Conv, Conv)| {
            let inner = first.forward(&x.relu());
            x + second.forward(&inner.relu())
        };
        let count = planes.size().first().copied().unwrap_or(0);
        let planes = padded(planes, count);
        let x = self.blocks.iter().fold(self.stem.forward(&planes), block).relu();
        x.narrow(0, 0, count)
    }
}

/// On CUDA, more canvases, empty ones, so that few numbers of them occur: for each, cuDNN plans its convolutions anew.
/// At most an eighth of them is added to large numbers.
fn padded(planes: &Tensor, count: i64) -> Tensor {
    if !planes.device().is_cuda() || count == 0 {
        return planes.shallow_clone();
    }
    let step = (count as u64).next_power_of_two() / 16;
    let padded = (count as u64).next_multiple_of(step.max(8)) as i64;
    planes.constant_pad_nd([0, 0, 0, 0, 0, 0, 0, padded - count])
}

/// Rows of a learned table, `[.., width]`. On CUDA its gradients are summed in float32; those of `index_select` in
/// the table's own kind, and in bfloat16 the many steps that share a row would soon add nothing any more.
pub fn table_rows(table: &Tensor, rows: &Tensor) -> Tensor {
    Tensor::embedding(table, rows, -1, false, false)
}

/// `gelu` in the tanh approximation with which the networks were trained.
pub fn gelu(x: &Tensor) -> Tensor {
    x.gelu("tanh")
}

/// Scaled dot-product attention: `[batch, heads, queries, width]` over `[batch, heads, keys, width]`; `mask` is
/// added to the scores (0 or minus infinity), broadcast to `[batch, heads, queries, keys]`.
/// Gives `[batch, queries, heads * width]`.
pub fn attend(q: &Tensor, k: &Tensor, v: &Tensor, mask: Option<&Tensor>) -> Tensor {
    let mask = mask.map(|mask| mask.to_kind(q.kind()));
    let o = Tensor::scaled_dot_product_attention(q, k, v, mask, 0.0, false, None::<f64>, false);
    o.transpose(1, 2).flatten(2, 3)
}
