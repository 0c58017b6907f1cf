//! The layers of the Transformer: pre-norm attention and feed-forward blocks, each added to what it reads. One layer
//! serves teacher forcing, all positions at once, and beams, one position at a time: they differ in how its
//! self-attention finds keys and values.

use tch::Tensor;

use super::super::layers::{Linear, Norm, Seen, attend, gelu};
use super::super::tensors::dims;
use super::super::weights::{Weights, WeightsError};

/// Splits `[tasks, length, parts * d]` into `parts` of `[tasks, heads, length, d / heads]`.
pub(crate) fn heads_of<const PARTS: usize>(x: &Tensor, heads: i64) -> [Tensor; PARTS] {
    let [tasks, length, width] = dims(x, "[tasks, length, parts * d]");
    let parts = PARTS as i64;
    let x = x.view([tasks, length, parts, heads, width / parts / heads]);
    std::array::from_fn(|part| x.select(2, part as i64).transpose(1, 2))
}

/// Puts `[tasks, heads, length, d / heads]` side by side: `[tasks, length, d]`.
fn side_by_side(x: &Tensor) -> Tensor {
    x.transpose(1, 2).flatten(2, 3)
}

#[derive(Clone)]
struct SelfAttention {
    norm: Norm,
    qkv: Linear,
    out: Linear,
}

impl SelfAttention {
    fn load(w: &mut Weights, name: &str, d: i64) -> Result<SelfAttention, WeightsError> {
        Ok(SelfAttention {
            norm: Norm::load(w, &format!("{name}.norm1"), d)?,
            qkv: Linear::load_unbiased(w, &format!("{name}.attention.qkv"), 3 * d, d)?,
            out: Linear::load_unbiased(w, &format!("{name}.attention.out"), d, d)?,
        })
    }

    /// `x [tasks, length, d]`; `attention` turns queries, keys and values, `[tasks, length, 3 * d]`, into
    /// `[tasks, heads, length, d / heads]`.
    fn forward(&self, x: Tensor, attention: impl FnOnce(&Tensor) -> Tensor) -> Tensor {
        let qkv = self.qkv.forward(&self.norm.forward(&x));
        x + self.out.forward(&side_by_side(&attention(&qkv)))
    }
}

#[derive(Clone)]
struct FeedForward {
    norm: Norm,
    up: Linear,
    down: Linear,
}

impl FeedForward {
    fn load(w: &mut Weights, name: &str, d: i64) -> Result<FeedForward, WeightsError> {
        Ok(FeedForward {
            norm: Norm::load(w, &format!("{name}.norm2"), d)?,
            up: Linear::load_unbiased(w, &format!("{name}.up"), 4 * d, d)?,
            down: Linear::load_unbiased(w, &format!("{name}.down"), d, 4 * d)?,
        })
    }

    fn forward(&self, x: Tensor) -> Tensor {
        let inner = gelu(&self.up.forward(&self.norm.forward(&x)));
        x + self.down.forward(&inner)
    }
}

#[derive(Clone)]
pub(crate) struct EncoderLayer {
    attention: SelfAttention,
    feed_forward: FeedForward,
}

impl EncoderLayer {
    pub(crate) fn load(w: &mut Weights, name: &str, d: i64) -> Result<EncoderLayer, WeightsError> {
        Ok(EncoderLayer {
            attention: SelfAttention::load(w, name, d)?,
            feed_forward: FeedForward::load(w, name, d)?,
        })
    }

    /// `x [tasks, length, d]`, every place of which sees what `seen` allows.
    pub(crate) fn forward(&self, x: Tensor, heads: i64, seen: Seen) -> Tensor {
        let x = self.attention.forward(x, |qkv| {
            let [q, k, v] = heads_of(qkv, heads);
            attend(&q, &k, &v, seen)
        });
        self.feed_forward.forward(x)
    }
}

#[derive(Clone)]
pub(crate) struct DecoderLayer {
    attention: SelfAttention,
    norm_cross: Norm,
    cross_q: Linear,
    cross_out: Linear,
    feed_forward: FeedForward,
}

/// The memory as one decoder layer sees it.
pub(crate) struct Cross<'m> {
    /// `[tasks, heads, memory, d / heads]`
    pub keys: Tensor,
    /// `[tasks, heads, memory, d / heads]`
    pub values: Tensor,
    pub seen: Seen<'m>,
}

impl DecoderLayer {
    pub(crate) fn load(w: &mut Weights, name: &str, d: i64) -> Result<DecoderLayer, WeightsError> {
        Ok(DecoderLayer {
            attention: SelfAttention::load(w, name, d)?,
            norm_cross: Norm::load(w, &format!("{name}.norm_cross"), d)?,
            cross_q: Linear::load_unbiased(w, &format!("{name}.cross.q"), d, d)?,
            cross_out: Linear::load_unbiased(w, &format!("{name}.cross.out"), d, d)?,
            feed_forward: FeedForward::load(w, name, d)?,
        })
    }

    /// `x [tasks, length, d]`; `attention` is the self-attention, from queries, keys and values of these places,
    /// `[tasks, length, 3 * d]`, to `[tasks, heads, length, d / heads]`.
    pub(crate) fn forward(
        &self,
        x: Tensor,
        heads: i64,
        cross: &Cross,
        attention: impl FnOnce(&Tensor) -> Tensor,
    ) -> Tensor {
        let x = self.attention.forward(x, attention);
        let [q] = heads_of(&self.cross_q.forward(&self.norm_cross.forward(&x)), heads);
        let attended = attend(&q, &cross.keys, &cross.values, cross.seen);
        let x = x + self.cross_out.forward(&side_by_side(&attended));
        self.feed_forward.forward(x)
    }
}
