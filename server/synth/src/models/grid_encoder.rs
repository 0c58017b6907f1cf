//! What the LSTM systems see of a state: its world, by one of the encoders that the paper compares (Table 3), and the
//! four condition bits.
//!
//! ```text
//! planes  [n, 16, 16, 16]
//! stem    [n, 64, 16, 16]   3×3 convolution
//! blocks  [n, 64, 16, 16]   `lgrl`: as for pairs of worlds
//!                           `presnet`: three, each x + two times (normalisation, ReLU, 3×3 convolution)
//! out     [n, 256]          linear layer on all 64 × 256 numbers
//! ```

use dataset::features::CELLS;
use serde::{Deserialize, Serialize};
use tch::Tensor;

use super::grids::GRID_PLANES;
use super::layers::{Conv, Linear, canvases, padded, table_rows};
use super::pair_encoder::{LgrlBlocks, LstmConfig};
use super::parameters::Init;
use super::tensors::indices;
use super::weights::{Weight, Weights, WeightsError};

/// How the current world is encoded (paper, Table 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum GridKind {
    /// The world is not encoded.
    #[default]
    None,
    /// The blocks are those of the pairs of worlds (Bunel et al. 2018).
    Lgrl,
    /// Residual blocks with normalisation before each convolution.
    Presnet,
}

/// One world → 256 numbers.
#[derive(Clone)]
pub(crate) struct GridEncoder {
    stem: Conv,
    blocks: Blocks,
    out: Linear,
}

#[derive(Clone)]
enum Blocks {
    Lgrl(LgrlBlocks),
    Presnet(Vec<[(GroupNorm, Conv); 2]>),
}

/// Normalisation over groups of channels (Wu and He 2018). The paper's code has batch normalisation, whose running
/// statistics a network that is only its weights does not have.
#[derive(Clone)]
struct GroupNorm {
    weight: Weight,
    bias: Weight,
    groups: i64,
}

impl GroupNorm {
    fn load(w: &mut Weights, name: &str, channels: i64) -> Result<GroupNorm, WeightsError> {
        let groups = [8, 4, 2].into_iter().find(|groups| channels % groups == 0).unwrap_or(1);
        let weight = w.take(&format!("{name}.weight"), &[channels], Init::Ones)?;
        Ok(GroupNorm { weight, bias: w.take(&format!("{name}.bias"), &[channels], Init::Zeros)?, groups })
    }

    fn forward(&self, x: &Tensor) -> Tensor {
        // On a CPU torch's kernel for channels that lie last takes several times as long.
        x.contiguous().group_norm(self.groups, Some(&*self.weight), Some(&*self.bias), 1e-5, true)
    }
}

impl GridEncoder {
    /// Takes the encoder's weights; `None` where the current world is not encoded.
    pub(crate) fn load(
        w: &mut Weights,
        name: &str,
        kind: GridKind,
        sizes: &LstmConfig,
    ) -> Result<Option<GridEncoder>, WeightsError> {
        let channels = sizes.channels;
        let blocks = match kind {
            GridKind::None => return Ok(None),
            GridKind::Lgrl => Blocks::Lgrl(LgrlBlocks::load(w, name, channels)?),
            GridKind::Presnet => {
                let part = |w: &mut Weights, b, n| {
                    let name = format!("{name}.blocks.{b}.{n}");
                    let norm = GroupNorm::load(w, &format!("{name}.norm"), channels)?;
                    Ok((norm, Conv::load(w, &name, channels, channels)?))
                };
                let block = |b| Ok([part(w, b, 0)?, part(w, b, 1)?]);
                Blocks::Presnet((0..3).map(block).collect::<Result<_, WeightsError>>()?)
            }
        };
        Ok(Some(GridEncoder {
            stem: Conv::load(w, &format!("{name}.stem"), channels, GRID_PLANES)?,
            blocks,
            out: Linear::load(w, &format!("{name}.out"), sizes.embedding, channels * CELLS as i64)?,
        }))
    }

    /// `planes [n, 16, 16, 16]` → `[n, embedding]`.
    pub(crate) fn forward(&self, planes: &Tensor) -> Tensor {
        let x = self.stem.forward(&padded(planes));
        let x = match &self.blocks {
            Blocks::Lgrl(blocks) => blocks.forward(x.relu()),
            Blocks::Presnet(blocks) => blocks.iter().fold(x, |x, block| {
                let part =
                    |x: Tensor, (norm, conv): &(GroupNorm, Conv)| conv.forward(&norm.forward(&x).relu());
                let inner = block.iter().fold(x.shallow_clone(), part);
                x + inner
            }),
        };
        self.out.forward(&x.narrow(0, 0, canvases(planes)).flatten(1, 3))
    }
}

/// The four condition bits of a state, each an embedding of a quarter of the width, side by side.
#[derive(Clone)]
pub(crate) struct ConditionEncoder {
    /// Two rows for each bit, `[8, width / 4]`.
    table: Weight,
}

impl ConditionEncoder {
    pub(crate) fn load(w: &mut Weights, name: &str, width: i64) -> Result<ConditionEncoder, WeightsError> {
        Ok(ConditionEncoder { table: w.take(&format!("{name}.weight"), &[8, width / 4], Init::Normal(1.0))? })
    }

    /// One row for each value of the four bits: `[16, width]`.
    pub(crate) fn rows(&self) -> Tensor {
        let bits: Vec<i64> =
            (0..16).flat_map(|value| (0..4).map(move |bit| 2 * bit + (value >> bit & 1))).collect();
        table_rows(&self.table, &indices(&bits, self.table.device())).view([16, -1])
    }
}
