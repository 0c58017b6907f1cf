//! I/O + TRACE → CODE: one Transformer whose encoder reads all five examples and their traces as one sequence, and
//! whose decoder attends to all of it.
//!
//! ```text
//! planes   [5, 32, 16, 16]     input and output worlds, turned so that the agent starts looking north
//! trunk    [5, 32, 16, 16]     stem + 3 residual blocks
//! i/o      [5 * 6, 256]        per example: start cell, end cell, four quadrants of the canvas
//! steps    [sum(T + 1), 256]   per trace step: action, four condition bits, markers, heading, time, the agent's cell
//! memory   [30 + steps, 256]   4 layers, 8 heads
//! logits   [beam, 42]          4 layers, 8 heads, one token at a time (see `decoder`)
//! ```

mod decoder;

use dataset::features::{CELLS, Canvas, PLANES, planes};
use tch::{Device, Tensor};

use super::layers::{Linear, Norm, Trunk, attend, gelu};
use super::weights::{Weights, WeightsError};
use super::{CodeModel, CodeTask, Decoder, Row, VOCABULARY, tensor};
use decoder::{DecoderLayer, TransformerDecoder};

/// Examples in a task, always.
const EXAMPLES: usize = 5;
/// Learned positions in a program.
const POSITIONS: i64 = 48;
/// Learned times in a trace: 75 actions, stop, and some to spare.
const TIMES: i64 = 80;
/// Tokens per example for its two worlds.
const WORLD_TOKENS: i64 = 6;
const STOP: i64 = 5;
const UNKNOWN: i64 = 6;

pub struct CodeTransformer {
    /// Channels of the trunk, width of the model, heads.
    channels: i64,
    d: i64,
    heads: i64,
    trunk: Trunk,
    /// `[d, channels, 8, 8]`, one token per quadrant.
    patch: (Tensor, Tensor),
    at_start: Linear,
    at_end: Linear,
    at_agent: Linear,
    /// Rows: 4 end headings.
    end_heading: Tensor,
    /// `[6, d]`
    io_position: Tensor,
    /// The tables of a trace step, one below the other; see [`StepTable`].
    step_table: Tensor,
    encoder: Vec<EncoderLayer>,
    encoder_norm: Norm,
    /// Keys and values of all decoder layers for the memory, in one product: `[layers * 2 * d, d]`.
    cross: Linear,
    token: Tensor,
    position: Tensor,
    decoder: Vec<DecoderLayer>,
    decoder_norm: Norm,
    out: Linear,
}

/// First rows of the parts of `step_table`.
struct StepTable;

impl StepTable {
    const ACTION: i64 = 0;
    const CONDITIONS: i64 = 8;
    const MARKERS: i64 = 24;
    const HEADING: i64 = 34;
    const TIME: i64 = 38;
    const EXAMPLE: i64 = StepTable::TIME + TIMES;
    const COLUMNS: usize = 6;
}

struct EncoderLayer {
    norm1: Norm,
    qkv: Linear,
    out: Linear,
    norm2: Norm,
    up: Linear,
    down: Linear,
}

impl EncoderLayer {
    fn load(w: &mut Weights, name: &str, d: i64) -> Result<EncoderLayer, WeightsError> {
        Ok(EncoderLayer {
            norm1: Norm::load(w, &format!("{name}.norm1"), d)?,
            qkv: Linear::load_unbiased(w, &format!("{name}.attention.qkv"), 3 * d, d)?,
            out: Linear::load_unbiased(w, &format!("{name}.attention.out"), d, d)?,
            norm2: Norm::load(w, &format!("{name}.norm2"), d)?,
            up: Linear::load_unbiased(w, &format!("{name}.up"), 4 * d, d)?,
            down: Linear::load_unbiased(w, &format!("{name}.down"), d, 4 * d)?,
        })
    }

    /// `x [tasks, length, d]`
    fn forward(&self, mut x: Tensor, heads: i64, mask: Option<&Tensor>) -> Tensor {
        let (tasks, length, d) = x.size3().unwrap_or_default();
        let qkv = self.qkv.forward(&self.norm1.forward(&x)).view([tasks, length, 3, heads, d / heads]);
        let part = |n| qkv.select(2, n).transpose(1, 2);
        x += self.out.forward(&attend(&part(0), &part(1), &part(2), mask));
        x += self.down.forward(&gelu(self.up.forward(&self.norm2.forward(&x))));
        x
    }

    fn share(&self) -> EncoderLayer {
        EncoderLayer {
            norm1: self.norm1.share(),
            qkv: self.qkv.share(),
            out: self.out.share(),
            norm2: self.norm2.share(),
            up: self.up.share(),
            down: self.down.share(),
        }
    }
}

impl CodeTransformer {
    pub const NAME: &'static str = "CodeTransformer";

    pub fn load(mut w: Weights) -> Result<CodeTransformer, WeightsError> {
        w.expect_model(CodeTransformer::NAME)?;
        let (d, heads, layers) = (w.size("d", 4096)?, w.size("heads", 64)?, w.size("layers", 64)?);
        let (channels, blocks) = (w.size("channels", 1024)?, w.size("blocks", 64)?);
        if d % heads != 0 {
            return Err(w.unusable("heads"));
        }
        let step_table = {
            let mut part = |name: &str, rows| w.take(&format!("{name}.weight"), &[rows, d]);
            let parts = [
                part("action", 8)?,
                part("conditions", 16)?,
                part("markers", 10)?,
                part("heading", 4)?,
                part("time", TIMES)?,
                part("example", EXAMPLES as i64)?,
            ];
            Tensor::cat(&parts, 0)
        };
        let encoder = (0..layers)
            .map(|i| EncoderLayer::load(&mut w, &format!("encoder.{i}"), d))
            .collect::<Result<Vec<_>, _>>()?;
        let decoder = (0..layers)
            .map(|i| DecoderLayer::load(&mut w, &format!("decoder.{i}"), d))
            .collect::<Result<Vec<_>, _>>()?;
        let cross = (0..layers)
            .map(|i| Linear::load_unbiased(&mut w, &format!("decoder.{i}.cross.kv"), 2 * d, d))
            .collect::<Result<Vec<_>, _>>()?;
        let model = CodeTransformer {
            channels,
            d,
            heads,
            trunk: Trunk::load(&mut w, channels, blocks)?,
            patch: (w.take("patch.weight", &[d, channels, 8, 8])?, w.take("patch.bias", &[d])?),
            at_start: Linear::load(&mut w, "at_start", d, channels)?,
            at_end: Linear::load(&mut w, "at_end", d, channels)?,
            at_agent: Linear::load(&mut w, "at_agent", d, channels)?,
            end_heading: w.take("end_heading.weight", &[4, d])?,
            io_position: w.take("io_position", &[WORLD_TOKENS, d])?,
            step_table,
            encoder,
            encoder_norm: Norm::load(&mut w, "encoder_norm", d)?,
            cross: Linear::joined(&cross),
            token: w.take("token.weight", &[VOCABULARY as i64, d])?,
            position: w.take("position.weight", &[POSITIONS, d])?,
            decoder,
            decoder_norm: Norm::load(&mut w, "decoder_norm", d)?,
            out: Linear::load(&mut w, "out", VOCABULARY as i64, d)?,
        };
        w.finish()?;
        Ok(model)
    }

    /// Tasks of five examples → memory `[tasks, length, d]`, and the lengths: shorter memories are padded at the end.
    pub fn encode(&self, tasks: &[CodeTask]) -> (Tensor, Vec<i64>) {
        let device = self.token.device();
        let (count, d) = (tasks.len() as i64, self.d);
        let mut input = vec![0f32; tasks.len() * EXAMPLES * PLANES * CELLS];
        // Indices into the flat canvases [count * 5 * 256], and into the tables.
        let (mut starts, mut ends, mut headings) = (vec![], vec![], vec![]);
        let (mut agents, mut rows, mut lengths) = (vec![], vec![], vec![]);
        for (example, (pair, trace)) in tasks.iter().flat_map(|t| t.pairs.iter().zip(&t.traces)).enumerate() {
            if example % EXAMPLES == 0 {
                lengths.push(0);
            }
            let quarter = pair.start.robot().heading as u8;
            let (mut now, end) =
                (Canvas::of(&pair.start).rotated(quarter), Canvas::of(&pair.goal).rotated(quarter));
            planes(&now, &end, &mut input[example * PLANES * CELLS..][..PLANES * CELLS]);
            let canvas = example * CELLS;
            starts.push((canvas + now.place()) as i64);
            ends.push((canvas + end.place()) as i64);
            headings.push(end.heading as i64);
            let mut step = |time: usize, action: i64, now: &Canvas| {
                agents.push((canvas + now.place()) as i64);
                rows.extend([
                    StepTable::ACTION + action,
                    StepTable::CONDITIONS + i64::from(now.condition_bits()),
                    StepTable::MARKERS + i64::from(now.markers_here()),
                    StepTable::HEADING + now.heading as i64,
                    StepTable::TIME + time as i64,
                    StepTable::EXAMPLE + (example % EXAMPLES) as i64,
                ]);
            };
            let before = match trace {
                None => {
                    step(0, UNKNOWN, &now);
                    1
                }
                Some(actions) => {
                    for (time, &action) in actions.iter().enumerate() {
                        step(time, action as i64, &now);
                        now.act(action);
                    }
                    step(actions.len(), STOP, &now);
                    actions.len() + 1
                }
            };
            *lengths.last_mut().expect("a task has begun") += before as i64;
        }
        let examples = count * EXAMPLES as i64;
        let f = self.trunk.forward(&tensor(&input, &[examples, PLANES as i64, 16, 16], device));
        // [examples, d, 2, 2] → [examples, 4, d], quadrants row by row from the south-west
        let quadrants = f.conv2d(&self.patch.0, Some(&self.patch.1), [8, 8], [0, 0], [1, 1], 1);
        let quadrants = quadrants.flatten(2, 3).transpose(1, 2);
        // One row per canvas cell: [examples * 256, channels]
        let cells = f.permute([0, 2, 3, 1]).reshape([examples * CELLS as i64, self.channels]);
        let at = |places: &[i64]| cells.index_select(0, &tensor(places, &[places.len() as i64], device));
        let start = self.at_start.forward(&at(&starts)).unsqueeze(1);
        let heading = self.end_heading.index_select(0, &tensor(&headings, &[examples], device));
        let end = (self.at_end.forward(&at(&ends)) + heading).unsqueeze(1);
        let of_example = self.step_table.narrow(0, StepTable::EXAMPLE, EXAMPLES as i64).unsqueeze(1);
        let io = (Tensor::cat(&[start, end, quadrants], 1) + &self.io_position).view([
            count,
            EXAMPLES as i64,
            WORLD_TOKENS,
            d,
        ]) + of_example;
        let io = io.view([count, EXAMPLES as i64 * WORLD_TOKENS, d]);
        let total = agents.len() as i64;
        let embedded =
            self.step_table.index_select(0, &tensor(&rows, &[total * StepTable::COLUMNS as i64], device));
        let steps = embedded.view([total, StepTable::COLUMNS as i64, d]).sum_dim_intlist(
            [1i64].as_slice(),
            false,
            None,
        ) + self.at_agent.forward(&at(&agents));

        let longest = lengths.iter().copied().max().unwrap_or(0);
        let steps = if lengths.iter().all(|&l| l == longest) {
            steps.view([count, longest, d])
        } else {
            let mut first = 0;
            let mut index = Vec::with_capacity((count * longest) as usize);
            for &length in &lengths {
                index.extend((0..longest).map(|t| if t < length { first + t } else { 0 }));
                first += length;
            }
            steps.index_select(0, &tensor(&index, &[count * longest], device)).view([count, longest, d])
        };
        let fixed = EXAMPLES as i64 * WORLD_TOKENS;
        let lengths: Vec<i64> = lengths.into_iter().map(|l| l + fixed).collect();
        let mask = padding_mask(&lengths, device);
        let mut x = Tensor::cat(&[io, steps], 1);
        for layer in &self.encoder {
            x = layer.forward(x, self.heads, mask.as_ref());
        }
        (self.encoder_norm.forward(&x), lengths)
    }

    /// Logits of the token after the begin token, for each task: `[tasks][42]`. For comparison with other
    /// implementations.
    pub fn first_token_logits(&self, memory: &Tensor, lengths: &[i64]) -> Vec<Vec<f32>> {
        let rows: Vec<Row> =
            (0..lengths.len()).map(|parent| Row { parent, token: dataset::compact::BEGIN }).collect();
        let logits = TransformerDecoder::new(self, memory, lengths).logits(&rows);
        logits.chunks(VOCABULARY).map(<[f32]>::to_vec).collect()
    }
}

/// `[tasks, 1, 1, longest]`: 0 for what is there, minus infinity for padding. None where nothing is padded.
fn padding_mask(lengths: &[i64], device: Device) -> Option<Tensor> {
    let longest = lengths.iter().copied().max()?;
    if lengths.iter().all(|&l| l == longest) {
        return None;
    }
    let mask: Vec<f32> = lengths
        .iter()
        .flat_map(|&l| (0..longest).map(move |t| if t < l { 0.0 } else { f32::NEG_INFINITY }))
        .collect();
    Some(tensor(&mask, &[lengths.len() as i64, 1, 1, longest], device))
}

impl CodeModel for CodeTransformer {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        let (memory, lengths) = self.encode(tasks);
        Box::new(TransformerDecoder::new(self, &memory, &lengths))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        EXAMPLES..=EXAMPLES
    }

    fn longest(&self) -> usize {
        POSITIONS as usize
    }

    fn share(&self) -> Box<dyn CodeModel> {
        let same = Tensor::shallow_clone;
        Box::new(CodeTransformer {
            channels: self.channels,
            d: self.d,
            heads: self.heads,
            trunk: self.trunk.share(),
            patch: (same(&self.patch.0), same(&self.patch.1)),
            at_start: self.at_start.share(),
            at_end: self.at_end.share(),
            at_agent: self.at_agent.share(),
            end_heading: same(&self.end_heading),
            io_position: same(&self.io_position),
            step_table: same(&self.step_table),
            encoder: self.encoder.iter().map(EncoderLayer::share).collect(),
            encoder_norm: self.encoder_norm.share(),
            cross: self.cross.share(),
            token: same(&self.token),
            position: same(&self.position),
            decoder: self.decoder.iter().map(DecoderLayer::share).collect(),
            decoder_norm: self.decoder_norm.share(),
            out: self.out.share(),
        })
    }
}
