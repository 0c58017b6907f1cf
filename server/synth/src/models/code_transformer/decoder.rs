//! The decoder, one token a step for a whole beam.
//!
//! The prefixes of a beam form a tree. Each node's keys and values are kept once, however many rows pass through
//! it; a step first drops the nodes that no row passes through any more, then adds one node per row, and a mask lets
//! each row see its own path only. Keys and values of the memory are computed once and shared by the whole beam.

use tch::{Device, Kind, Tensor};

use super::super::layers::{Linear, Norm, attend, gelu};
use super::super::weights::{Weights, WeightsError};
use super::super::{Decoder, Row, VOCABULARY, tensor};
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
    /// Keys and values of the memories: `[layers, 2, tasks, heads, memory, d / heads]`; the tasks are those in `tasks`.
    cross: Tensor,
    /// `[tasks, 1, 1, memory]`
    cross_mask: Option<Tensor>,
    /// Numbers of the tasks that still have rows.
    tasks: Vec<usize>,
    /// Per layer the nodes' keys and values, `[tasks * width, 2 * d]`.
    nodes: Vec<Tensor>,
    /// Nodes per task, padding included.
    width: usize,
    /// The rows of the last step: task, and the nodes on the path, as columns below `width`.
    rows: Vec<(usize, Vec<usize>)>,
    /// Tokens fed so far.
    length: i64,
}

impl<'m> TransformerDecoder<'m> {
    /// `memory [tasks, length, d]`, of which the first `lengths[task]` count.
    pub fn new(model: &'m CodeTransformer, memory: &Tensor, lengths: &[i64]) -> TransformerDecoder<'m> {
        let layers = model.decoder.len() as i64;
        let cross = tch::no_grad(|| model.cross_keys_and_values(memory).contiguous());
        TransformerDecoder {
            model,
            cross,
            cross_mask: padding_mask(lengths, memory.device()),
            tasks: (0..lengths.len()).collect(),
            nodes: (0..layers)
                .map(|_| Tensor::zeros([0, 2 * model.d], (memory.kind(), memory.device())))
                .collect(),
            width: 0,
            rows: (0..lengths.len()).map(|task| (task, Vec::new())).collect(),
            length: 0,
        }
    }

    /// Logits of the next token, `[rows.len(), VOCABULARY]` flat.
    pub fn logits(&mut self, rows: &[Row]) -> Vec<f32> {
        self.forward(rows, |logits| logits)
    }

    fn forward(&mut self, rows: &[Row], finish: impl Fn(Tensor) -> Tensor) -> Vec<f32> {
        if rows.is_empty() {
            self.rows.clear();
            return Vec::new();
        }
        let _no_grad = tch::no_grad_guard();
        let (model, device) = (self.model, self.cross.device());
        let (d, heads) = (model.d, model.heads);
        let step = self.plan(rows);
        let tasks = self.tasks.len() as i64;
        let (beam, kept) = (step.beam as i64, step.kept as i64);
        let columns = kept + beam;
        let kept_nodes = tensor(&step.kept_nodes, &[tasks * kept], device);
        let mask = step.mask.map(|m| tensor(&m, &[tasks, 1, beam, columns], device));

        // [tasks * beam, d]
        let mut x = model.token.index_select(0, &tensor(&step.tokens, &[tasks * beam], device))
            + model.position.select(0, self.length);
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
        self.width = columns as usize;
        self.length += 1;
        let scores = finish(model.out.forward(&model.decoder_norm.forward(&x)));
        let mut flat = vec![0f32; step.tokens.len() * VOCABULARY];
        scores
            .to_kind(Kind::Float)
            .to_device(Device::Cpu)
            .contiguous()
            .copy_data(&mut flat, step.tokens.len() * VOCABULARY);
        if rows.len() == step.tokens.len() {
            return flat;
        }
        step.slots.iter().flat_map(|&slot| &flat[slot * VOCABULARY..][..VOCABULARY]).copied().collect()
    }

    /// Drops what no row needs any more, and says where everything goes.
    fn plan(&mut self, rows: &[Row]) -> Step {
        let placed: Vec<(usize, &[usize])> =
            rows.iter().map(|row| (self.rows[row.parent].0, &self.rows[row.parent].1[..])).collect();
        let mut live: Vec<usize> = placed.iter().map(|&(task, _)| task).collect();
        live.sort_unstable();
        live.dedup();
        let old_block = |task: usize| self.tasks.binary_search(&task).unwrap_or(0);

        // Per live task: its rows, and the old columns that they still pass through.
        let mut members = vec![Vec::new(); live.len()];
        let mut columns = vec![vec![usize::MAX; self.width]; live.len()];
        let mut kept = vec![Vec::new(); live.len()];
        for (row, &(task, path)) in placed.iter().enumerate() {
            let block = live.binary_search(&task).unwrap_or(0);
            members[block].push(row);
            for &column in path {
                if columns[block][column] == usize::MAX {
                    columns[block][column] = kept[block].len();
                    kept[block].push(column);
                }
            }
        }
        let beam = members.iter().map(Vec::len).max().unwrap_or(0);
        let most = kept.iter().map(Vec::len).max().unwrap_or(0);

        let mut kept_nodes = Vec::with_capacity(live.len() * most);
        for (block, kept) in kept.iter().enumerate() {
            let base = old_block(live[block]) * self.width;
            kept_nodes.extend(kept.iter().map(|&column| (base + column) as i64));
            kept_nodes.resize((block + 1) * most, base as i64);
        }
        let total = most + beam;
        let mut tokens = vec![i64::from(dataset::compact::BEGIN); live.len() * beam];
        let mut slots = vec![0; rows.len()];
        let mut paths = vec![(0, Vec::new()); rows.len()];
        let mut mask = vec![f32::NEG_INFINITY; live.len() * beam * total];
        for (block, members) in members.iter().enumerate() {
            for (place, slot) in (0..beam).map(|place| (place, block * beam + place)) {
                let seen = &mut mask[slot * total..][..total];
                // Padding rows see themselves, so that no row is without anything to attend to.
                seen[most + place] = 0.0;
                let Some(&row) = members.get(place) else { continue };
                let mut path: Vec<usize> =
                    placed[row].1.iter().map(|&column| columns[block][column]).collect();
                path.push(most + place);
                for &column in &path {
                    seen[column] = 0.0;
                }
                tokens[slot] = i64::from(rows[row].token);
                slots[row] = slot;
                paths[row] = (live[block], path);
            }
        }
        if live.len() != self.tasks.len() {
            let device = self.cross.device();
            let blocks: Vec<i64> = live.iter().map(|&task| old_block(task) as i64).collect();
            self.cross = self.cross.index_select(2, &tensor(&blocks, &[blocks.len() as i64], device));
            let index = tensor(&blocks, &[blocks.len() as i64], device);
            self.cross_mask = self.cross_mask.as_ref().map(|m| m.index_select(0, &index));
            self.tasks = live;
        }
        self.rows = paths;
        let mask = (total > 1).then_some(mask);
        Step { beam, kept: most, kept_nodes, tokens, slots, mask }
    }
}

/// Where the rows of one step lie on the device: blocks of `beam` slots, one block per task.
struct Step {
    beam: usize,
    /// Old nodes per task, padding included.
    kept: usize,
    kept_nodes: Vec<i64>,
    tokens: Vec<i64>,
    /// Slot of each row.
    slots: Vec<usize>,
    /// `[tasks, beam, kept + beam]`
    mask: Option<Vec<f32>>,
}

impl Decoder for TransformerDecoder<'_> {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        self.forward(rows, |logits| logits.log_softmax(-1, None))
    }
}
