//! The layers that both networks are made of. Inference only: f32, no dropout, no gradients.

use tch::Tensor;

use super::weights::{Weights, WeightsError};

/// `x W^T + b`: `[.., inputs]` → `[.., outputs]`.
pub struct Linear {
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Linear, WeightsError> {
        Ok(Linear {
            weight: w.take(&format!("{name}.weight"), &[outputs, inputs])?,
            bias: Some(w.take(&format!("{name}.bias"), &[outputs])?),
        })
    }

    pub fn load_unbiased(
        w: &mut Weights,
        name: &str,
        outputs: i64,
        inputs: i64,
    ) -> Result<Linear, WeightsError> {
        Ok(Linear { weight: w.take(&format!("{name}.weight"), &[outputs, inputs])?, bias: None })
    }

    /// Several unbiased layers that read the same input, as one: their outputs lie side by side.
    pub fn joined(layers: &[Linear]) -> Linear {
        Linear { weight: Tensor::cat(&layers.iter().map(|l| &l.weight).collect::<Vec<_>>(), 0), bias: None }
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.linear(&self.weight, self.bias.as_ref())
    }

    pub fn share(&self) -> Linear {
        Linear { weight: self.weight.shallow_clone(), bias: self.bias.as_ref().map(Tensor::shallow_clone) }
    }
}

/// Layer normalisation over the last axis.
pub struct Norm {
    weight: Tensor,
    bias: Tensor,
    width: i64,
}

impl Norm {
    pub fn load(w: &mut Weights, name: &str, width: i64) -> Result<Norm, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[width])?;
        let bias = w.take(&format!("{name}.bias"), &[width])?;
        Ok(Norm { weight, bias, width })
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.layer_norm([self.width], Some(&self.weight), Some(&self.bias), 1e-5, false)
    }

    pub fn share(&self) -> Norm {
        Norm { weight: self.weight.shallow_clone(), bias: self.bias.shallow_clone(), width: self.width }
    }
}

/// A 3×3 convolution that keeps the canvas's size.
pub struct Conv {
    weight: Tensor,
    bias: Tensor,
}

impl Conv {
    pub fn load(w: &mut Weights, name: &str, outputs: i64, inputs: i64) -> Result<Conv, WeightsError> {
        let weight = w.take(&format!("{name}.weight"), &[outputs, inputs, 3, 3])?;
        Ok(Conv { weight, bias: w.take(&format!("{name}.bias"), &[outputs])? })
    }

    pub fn forward(&self, x: &Tensor) -> Tensor {
        x.conv2d(&self.weight, Some(&self.bias), [1, 1], [1, 1], [1, 1], 1)
    }

    pub fn share(&self) -> Conv {
        Conv { weight: self.weight.shallow_clone(), bias: self.bias.shallow_clone() }
    }
}

/// Residual 3×3 convolutions without normalisation: `[n, 32, 16, 16]` → `[n, channels, 16, 16]`.
pub struct Trunk {
    stem: Conv,
    blocks: Vec<(Conv, Conv)>,
}

impl Trunk {
    pub fn load(w: &mut Weights, channels: i64, blocks: i64) -> Result<Trunk, WeightsError> {
        let stem = Conv::load(w, "trunk.stem", channels, dataset::features::PLANES as i64)?;
        let blocks = (0..blocks)
            .map(|b| {
                let conv = |w: &mut Weights, n| {
                    Conv::load(w, &format!("trunk.blocks.{b}.conv{n}"), channels, channels)
                };
                Ok((conv(w, 1)?, conv(w, 2)?))
            })
            .collect::<Result<_, WeightsError>>()?;
        Ok(Trunk { stem, blocks })
    }

    pub fn device(&self) -> tch::Device {
        self.stem.weight.device()
    }

    pub fn forward(&self, planes: &Tensor) -> Tensor {
        let mut x = self.stem.forward(planes);
        for (first, second) in &self.blocks {
            let mut inner = first.forward(&x.relu());
            x += second.forward(&inner.relu_());
        }
        x.relu_()
    }

    pub fn share(&self) -> Trunk {
        let blocks = self.blocks.iter().map(|(a, b)| (a.share(), b.share())).collect();
        Trunk { stem: self.stem.share(), blocks }
    }
}

/// `gelu` in the tanh approximation with which the networks were trained.
pub fn gelu(mut x: Tensor) -> Tensor {
    x.gelu_("tanh")
}

/// Scaled dot-product attention: `[batch, heads, queries, width]` over `[batch, heads, keys, width]`; `mask` is
/// added to the scores (0 or minus infinity), broadcast to `[batch, heads, queries, keys]`.
/// Gives `[batch, queries, heads * width]`.
pub fn attend(q: &Tensor, k: &Tensor, v: &Tensor, mask: Option<&Tensor>) -> Tensor {
    let o = Tensor::scaled_dot_product_attention(q, k, v, mask, 0.0, false, None::<f64>, false);
    o.transpose(1, 2).flatten(2, 3)
}
