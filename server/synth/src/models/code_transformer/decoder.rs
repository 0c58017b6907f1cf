//! The decoder, one token a step for a whole beam.
//!
//! The prefixes of a beam form a tree. Each node's keys and values are kept once, however many rows pass through
//! it; a step first drops the nodes that no row passes through any more, then adds one node per row, and a mask lets
//! each row see its own path only. Keys and values of the memory are computed once and shared by the whole beam.

use tch::{Kind, Tensor};

use super::super::layers::{Linear, Norm, attend, gelu};
use super::super::weights::{Weights, WeightsError};
use super::super::{CodeTask, Decoder, Row, Scores, VOCABULARY, Work, tensor};
use super::paths::Paths;
use super::{CodeTransformer, padding_mask};

#[derive(Clone)]
pub struct DecoderLayer {
    norm1: Norm,
    qkv: Linear,
    out: Linear,
    norm_cross: Norm,
    cross_q: Linear,
    cross_out: Linear,
    norm2: Norm,
    up: Linear,
    down: Linear,
}

impl DecoderLayer {
    pub fn load(w: &mut Weights, name: &str, d: i64) -> Result<DecoderLayer, WeightsError> {
        Ok(DecoderLayer {
            norm1: Norm::load(w, &format!("{name}.norm1"), d)?,
            qkv: Linear::load_unbiased(w, &format!("{name}.attention.qkv"), 3 * d, d)?,
            out: Linear::load_unbiased(w, &format!("{name}.attention.out"), d, d)?,
            norm_cross: Norm::load(w, &format!("{name}.norm_cross"), d)?,
            cross_q: Linear::load_unbiased(w, &format!("{name}.cross.q"), d, d)?,
            cross_out: Linear::load_unbiased(w, &format!("{name}.cross.out"), d, d)?,
            norm2: Norm::load(w, &format!("{name}.norm2"), d)?,
            up: Linear::load_unbiased(w, &format!("{name}.up"), 4 * d, d)?,
            down: Linear::load_unbiased(w, &format!("{name}.down"), d, 4 * d)?,
        })
    }

    /// All positions of the programs at once, each of which sees those before it: `x [tasks, length, d]`. `keys` and
    /// `values [tasks, heads, memory, d / heads]` are the memory's.
    pub fn teach(
        &self,
        x: Tensor,
        heads: i64,
        keys: &Tensor,
        values: &Tensor,
        mask: Option<&Tensor>,
    ) -> Tensor {
        let (tasks, length, d) = x.size3().unwrap_or_default();
        let qkv = self.qkv.forward(&self.norm1.forward(&x)).view([tasks, length, 3, heads, d / heads]);
        let part = |n| qkv.select(2, n).transpose(1, 2);
        let own = Tensor::scaled_dot_product_attention::<Tensor>(
            &part(0),
            &part(1),
            &part(2),
            None,
            0.0,
            true,
            None::<f64>,
            false,
        );
        let x = x + self.out.forward(&own.transpose(1, 2).flatten(2, 3));
        let q = self.cross_q.forward(&self.norm_cross.forward(&x)).view([tasks, length, heads, d / heads]);
        let x = x + self.cross_out.forward(&attend(&q.transpose(1, 2), keys, values, mask));
        let inner = gelu(&self.up.forward(&self.norm2.forward(&x)));
        x + self.down.forward(&inner)
    }
}

pub struct TransformerDecoder<'m> {
    model: &'m CodeTransformer,
    /// Keys and values of the memories: `[layers, 2, tasks, heads, memory, d / heads]`; the tasks are those that have
    /// rows.
    cross: Tensor,
    /// How much of each memory counts.
    lengths: Vec<i64>,
    /// `[tasks, 1, 1, memory]`
    cross_mask: Option<Tensor>,
    /// Per layer the nodes' keys and values, `[tasks * columns, 2 * d]`.
    nodes: Vec<Tensor>,
    paths: Paths,
    work: Work,
}

impl<'m> TransformerDecoder<'m> {
    /// `memory [tasks, length, d]`, of which the first `lengths[task]` count, and what making it took.
    pub fn new(
        model: &'m CodeTransformer,
        memory: &Tensor,
        lengths: &[i64],
        work: Work,
    ) -> TransformerDecoder<'m> {
        let layers = model.decoder.len() as i64;
        let cross = tch::no_grad(|| model.cross_keys_and_values(memory).contiguous());
        TransformerDecoder {
            model,
            cross,
            lengths: lengths.to_vec(),
            cross_mask: padding_mask(lengths, memory.device()),
            nodes: (0..layers)
                .map(|_| Tensor::zeros([0, 2 * model.d], (memory.kind(), memory.device())))
                .collect(),
            paths: Paths::new(lengths.len()),
            work,
        }
    }

    /// Logits of the next token, `[rows.len(), VOCABULARY]` flat.
    pub fn logits(&mut self, rows: &[Row]) -> Vec<f32> {
        let (logits, counts) = self.forward(rows);
        Scores::Device(logits).rows(&counts)
    }

    /// Logits of the next token, `[tasks, beam, VOCABULARY]` in float32, and how many rows each task has. Only numbers
    /// of rows, columns and tokens go to the device, and nothing comes back.
    fn forward(&mut self, rows: &[Row]) -> (Tensor, Vec<usize>) {
        let _no_grad = tch::no_grad_guard();
        let (model, device, kind) = (self.model, self.cross.device(), self.cross.kind());
        let (d, heads) = (model.d, model.heads);
        let step = self.paths.step(rows);
        if let Some(blocks) = &step.going_on {
            let index = tensor(blocks, &[blocks.len() as i64], device);
            self.lengths = blocks.iter().map(|&block| self.lengths[block as usize]).collect();
            let longest = self.lengths.iter().copied().max().unwrap_or(0);
            self.cross = self.cross.narrow(4, 0, longest).index_select(2, &index);
            let mask = self.cross_mask.as_ref();
            self.cross_mask = mask.map(|mask| mask.narrow(3, 0, longest).index_select(0, &index));
        }
        let (tasks, beam, kept) = (step.tasks as i64, step.beam as i64, step.kept as i64);
        let columns = kept + beam;
        let memory = self.cross.size().get(4).copied().unwrap_or(0);
        self.work += layer_work(tasks, beam, columns, memory, d).times(model.decoder.len())
            + Work::linear(tasks * beam, d, VOCABULARY as i64);
        let kept_nodes = tensor(&step.kept_nodes, &[tasks * kept], device);
        let mask = (columns > 1).then(|| {
            let seen = tensor(&step.seen, &[tasks, 1, beam, step.seen_width as i64], device);
            let unseen = Tensor::full([tasks, 1, beam, columns], f64::NEG_INFINITY, (kind, device));
            unseen.scatter_value(-1, &seen.to_kind(Kind::Int64), 0.0)
        });

        // [tasks * beam, d]
        let mut x = model.token.index_select(0, &tensor(&step.tokens, &[tasks * beam], device))
            + model.position.index_select(0, &tensor(&step.positions, &[tasks * beam], device));
        for (i, layer) in model.decoder.iter().enumerate() {
            let qkv = layer.qkv.forward(&layer.norm1.forward(&x));
            let q = qkv.narrow(1, 0, d).view([tasks, beam, heads, d / heads]).transpose(1, 2);
            let new = qkv.narrow(1, d, 2 * d);
            let nodes = if kept == 0 {
                new.contiguous()
            } else {
                let old = self.nodes[i].index_select(0, &kept_nodes).view([tasks, kept, 2 * d]);
                Tensor::cat(&[old, new.view([tasks, beam, 2 * d])], 1).view([tasks * columns, 2 * d])
            };
            let kv = nodes.view([tasks, columns, 2, heads, d / heads]);
            let part = |n| kv.select(2, n).transpose(1, 2);
            x += layer.out.forward(&attend(&q, &part(0), &part(1), mask.as_ref()).view([tasks * beam, d]));
            self.nodes[i] = nodes;

            let q = layer.cross_q.forward(&layer.norm_cross.forward(&x));
            let q = q.view([tasks, beam, heads, d / heads]).transpose(1, 2);
            let cross = self.cross.get(i as i64);
            let o = attend(&q, &cross.get(0), &cross.get(1), self.cross_mask.as_ref());
            x += layer.cross_out.forward(&o.view([tasks * beam, d]));
            x += layer.down.forward(&gelu(&layer.up.forward(&layer.norm2.forward(&x))));
        }
        let logits = model.out.forward(&model.decoder_norm.forward(&x));
        (logits.view([tasks, beam, VOCABULARY as i64]).to_kind(Kind::Float), step.rows)
    }
}

/// What one layer takes for `beam` tokens of each task, each of which may see `columns` of them and `memory` tokens of
/// what was read. Not counted: keys and values of that memory.
pub(super) fn layer_work(tasks: i64, beam: i64, columns: i64, memory: i64, d: i64) -> Work {
    let rows = tasks * beam;
    Work::linear(rows, d, 3 * d)
        + Work::attention(tasks, beam, columns, d)
        + Work::linear(rows, d, d).times(3)
        + Work::attention(tasks, beam, memory, d)
        + Work::linear(rows, d, 4 * d)
        + Work::linear(rows, 4 * d, d)
}

impl Decoder for TransformerDecoder<'_> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        let (logits, counts) = self.forward(rows);
        Scores::Device(logits.log_softmax(-1, None)).rows(&counts)
    }

    fn scores(&mut self, rows: &[Row]) -> Scores {
        Scores::Device(self.forward(rows).0.log_softmax(-1, None))
    }

    fn join(&mut self, tasks: &[CodeTask]) -> bool {
        let _no_grad = tch::no_grad_guard();
        let (memory, lengths, work) = self.model.read(tasks);
        let new = self.model.cross_keys_and_values(&memory);
        let length = |cross: &Tensor| cross.size().get(4).copied().unwrap_or(0);
        let longest = length(&self.cross).max(length(&new));
        let padded = |cross: &Tensor| cross.constant_pad_nd([0, 0, 0, longest - length(cross)]);
        let cross = Tensor::cat(&[padded(&self.cross), padded(&new)], 2);
        let all = [&self.lengths[..], &lengths[..]].concat();
        self.cross_mask = padding_mask(&all, cross.device());
        self.work += work;
        (self.cross, self.lengths) = (cross, all);
        self.paths.join(tasks.len());
        true
    }

    fn work(&self) -> Work {
        self.work
    }
}
