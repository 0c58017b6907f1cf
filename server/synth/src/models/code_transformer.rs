//! I/O + TRACE → CODE: one Transformer whose encoder reads all examples and their traces as one sequence, and
//! whose decoder attends to all of it. 8,033,802 weights at the starting sizes; `e` examples a task.
//!
//! ```text
//! planes   [e, 32, 16, 16]     input and output worlds, turned so that the agent starts looking north
//! trunk    [e, 32, 16, 16]     stem + 3 residual blocks
//! i/o      [e * 6, 256]        per example: start cell, end cell, four quadrants of the canvas
//! steps    [sum(T + 1), 256]   per trace step: action, four condition bits, markers, heading, time, the agent's cell
//! memory   [e * 6 + steps, 256] 4 layers, 8 heads
//! logits   [beam, 42]          4 layers, 8 heads, one token at a time (see `decoder`)
//! ```

mod decoder;
mod layers;
mod paths;
mod reading;

use dataset::compact::BEGIN;
use runtime::sample::Random;
use serde::{Deserialize, Serialize};
use tch::{Device, Tensor};

use super::config::{Config, ConfigError, check_sizes};
use super::layers::{Conv, Linear, Norm, Seen, Trunk, attend, table_rows};
use super::network::{IGNORED, Loss, Model, Network, Sample};
use super::parameters::Init;
use super::step_decoder::BeamDecoder;
use super::tensors::{dims, indices, tensor};
use super::weights::{Weight, Weights, WeightsError};
use super::{CodeModel, CodeTask, Decoder, Row, VOCABULARY};
use decoder::State;
use layers::{Cross, DecoderLayer, EncoderLayer, heads_of};
use reading::Reading;

/// Examples of every task for weights that don't say.
const EXAMPLES: i64 = 5;
/// Learned positions in a program.
const POSITIONS: i64 = 48;
/// Tokens per example for its two worlds.
const WORLD_TOKENS: i64 = 6;
/// How far fresh embeddings spread.
const EMBEDDING: Init = Init::Normal(0.02);

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CodeTransformerConfig {
    /// Width of the model.
    pub d: i64,
    /// Heads of every attention.
    pub heads: i64,
    /// Layers of the encoder, and of the decoder.
    pub layers: i64,
    /// Channels of the trunk.
    pub channels: i64,
    /// Residual blocks of the trunk.
    pub blocks: i64,
    /// Most examples that a task may have; weights that don't say take tasks of exactly five.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub examples: Option<i64>,
}

impl CodeTransformerConfig {
    /// Rows of the table of examples.
    fn rows(&self) -> i64 {
        self.examples.unwrap_or(EXAMPLES)
    }
}

impl Config for CodeTransformerConfig {
    fn check(&self) -> Result<(), ConfigError> {
        let CodeTransformerConfig { d, heads, layers, channels, blocks, .. } = *self;
        check_sizes(&[
            ("d", d, 4096),
            ("heads", heads, 64),
            ("layers", layers, 64),
            ("channels", channels, 1024),
            ("blocks", blocks, 64),
            ("examples", self.rows(), reading::MAX_EXAMPLES),
        ])?;
        if d % heads != 0 {
            return Err(ConfigError::size("heads", "a divisor of `d`"));
        }
        Ok(())
    }
}

#[derive(Clone)]
pub struct CodeTransformer {
    config: CodeTransformerConfig,
    /// Width of the model, and heads.
    d: i64,
    heads: i64,
    trunk: Trunk,
    /// 8×8 cells, one token per quadrant.
    patch: Conv,
    at_start: Linear,
    at_end: Linear,
    at_agent: Linear,
    /// Rows: 4 end headings.
    end_heading: Weight,
    /// `[6, d]`
    io_position: Weight,
    /// The tables of a trace step, one below the other; see [`reading::table`].
    step_table: Weight,
    encoder: Vec<EncoderLayer>,
    encoder_norm: Norm,
    /// Keys and values of all decoder layers for the memory, in one product: `[layers * 2 * d, d]`.
    cross: Linear,
    token: Weight,
    position: Weight,
    decoder: Vec<DecoderLayer>,
    decoder_norm: Norm,
    out: Linear,
}

impl CodeTransformer {
    /// Tasks → memory `[tasks, length, d]`, and the lengths: shorter memories are padded at the end.
    pub fn read(&self, tasks: &[CodeTask]) -> (Tensor, Vec<i64>) {
        let reading = Reading::of(tasks.iter(), self.config.rows());
        (self.memory(&reading), reading.lengths)
    }

    fn memory(&self, reading: &Reading) -> Tensor {
        let (device, kind, d) = (self.trunk.device(), self.trunk.kind(), self.d);
        let examples = reading.canvases.len() as i64;
        let f = self.trunk.forward(&reading.canvases.planes(device, kind));
        // [examples, d, 2, 2] → [examples, 4, d], quadrants row by row from the south-west
        let quadrants = self.patch.forward(&f).flatten(2, 3).transpose(1, 2);
        // One row per canvas cell: [examples * 256, channels]
        let cells = f.permute([0, 2, 3, 1]).reshape([-1, self.config.channels]);
        let at = |places: &[i64]| cells.index_select(0, &indices(places, device));
        let row = |table: &Tensor, rows: &[i64]| table_rows(table, &indices(rows, device));
        let start = self.at_start.forward(&at(&reading.starts)).unsqueeze(1);
        let end = (self.at_end.forward(&at(&reading.ends)) + row(&self.end_heading, &reading.headings))
            .unsqueeze(1);
        let io = Tensor::cat(&[start, end, quadrants], 1)
            + &*self.io_position
            + row(&self.step_table, &reading.numbers).unsqueeze(1);
        let total = reading.agents.len() as i64;
        let columns = reading::table::COLUMNS as i64;
        let steps = row(&self.step_table, &reading.rows).view([total, columns, d]).sum_dim_intlist(
            [1i64].as_slice(),
            false,
            None,
        ) + self.at_agent.forward(&at(&reading.agents));
        let tokens = Tensor::cat(&[io.reshape([examples * WORLD_TOKENS, d]), steps], 0);
        let tasks = reading.lengths.len() as i64;
        let x = tokens.index_select(0, &indices(&reading.order, device)).view([tasks, -1, d]);
        let mask = padding_mask(&reading.lengths, device);
        let seen = mask.as_ref().map_or(Seen::All, Seen::Masked);
        let x = self.encoder.iter().fold(x, |x, layer| layer.forward(x, self.heads, seen));
        self.encoder_norm.forward(&x)
    }

    /// Keys and values of the memory for all decoder layers, `[layers, 2, tasks, heads, length, d / heads]`.
    fn cross_keys_and_values(&self, memory: &Tensor) -> Tensor {
        let [tasks, longest, d] = dims(memory, "[tasks, length, d]");
        let layers = self.decoder.len() as i64;
        let both = self.cross.forward(memory);
        both.view([tasks, longest, layers, 2, self.heads, d / self.heads]).permute([2, 3, 0, 4, 1, 5])
    }

    /// Logits of each next token, `[tasks, length, 42]`, after `tokens [tasks, length]`, the begin token first.
    fn teach(&self, memory: &Tensor, mask: Option<&Tensor>, tokens: &Tensor) -> Tensor {
        let [_, length] = dims(tokens, "[tasks, length]");
        let cross = self.cross_keys_and_values(memory);
        let mut x = table_rows(&self.token, tokens) + self.position.narrow(0, 0, length);
        for (number, layer) in self.decoder.iter().enumerate() {
            let both = cross.get(number as i64);
            let seen = mask.map_or(Seen::All, Seen::Masked);
            x = layer.forward(
                x,
                self.heads,
                &Cross { keys: both.get(0), values: both.get(1), seen },
                |qkv| {
                    let [q, k, v] = heads_of(qkv, self.heads);
                    attend(&q, &k, &v, Seen::Before)
                },
            );
        }
        self.out.forward(&self.decoder_norm.forward(&x))
    }

    /// Logits of the token after the begin token, for each task: `[tasks][42]`. For comparison with other
    /// implementations.
    pub fn first_token_logits(&self, memory: &Tensor, lengths: &[i64]) -> Vec<Vec<f32>> {
        let rows: Vec<Row> = (0..lengths.len()).map(|parent| Row { parent, token: BEGIN }).collect();
        let state = tch::no_grad(|| State::new(self, memory, lengths.to_vec()));
        let logits = BeamDecoder::resumed(self, state, lengths.len()).logits(&rows);
        logits.chunks(VOCABULARY).map(<[f32]>::to_vec).collect()
    }
}

/// What is learned from: tasks, and their programs.
pub struct Lesson {
    reading: Reading,
    /// Begin token and programs without their last token, padded with the begin token: `[tasks, length]`.
    tokens: Vec<i64>,
    /// The programs, padded with [`IGNORED`]: `[tasks, length]`.
    targets: Vec<i64>,
    count: usize,
}

impl Network for CodeTransformer {
    const NAME: &'static str = "CodeTransformer";

    type Config = CodeTransformerConfig;

    type Features = Lesson;

    fn build(config: &CodeTransformerConfig, w: &mut Weights) -> Result<CodeTransformer, WeightsError> {
        let CodeTransformerConfig { d, heads, layers, channels, blocks, .. } = *config;
        let step_table = {
            let parts = reading::table::parts(config.rows())
                .into_iter()
                .map(|(name, rows)| w.take(&format!("{name}.weight"), &[rows, d], EMBEDDING))
                .collect::<Result<Vec<_>, _>>()?;
            Tensor::cat(&parts.iter().map(|part| &**part).collect::<Vec<&Tensor>>(), 0).into()
        };
        let encoder = (0..layers)
            .map(|i| EncoderLayer::load(w, &format!("encoder.{i}"), d))
            .collect::<Result<Vec<_>, _>>()?;
        let decoder = (0..layers)
            .map(|i| DecoderLayer::load(w, &format!("decoder.{i}"), d))
            .collect::<Result<Vec<_>, _>>()?;
        let cross = (0..layers)
            .map(|i| Linear::load_unbiased(w, &format!("decoder.{i}.cross.kv"), 2 * d, d))
            .collect::<Result<Vec<_>, _>>()?;
        Ok(CodeTransformer {
            config: config.clone(),
            d,
            heads,
            trunk: Trunk::load(w, channels, blocks)?,
            patch: Conv::patches(w, "patch", d, channels, 8)?,
            at_start: Linear::load(w, "at_start", d, channels)?,
            at_end: Linear::load(w, "at_end", d, channels)?,
            at_agent: Linear::load(w, "at_agent", d, channels)?,
            end_heading: w.take("end_heading.weight", &[4, d], EMBEDDING)?,
            io_position: w.take("io_position", &[WORLD_TOKENS, d], EMBEDDING)?,
            step_table,
            encoder,
            encoder_norm: Norm::load(w, "encoder_norm", d)?,
            cross: Linear::joined(&cross),
            token: w.take("token.weight", &[VOCABULARY as i64, d], EMBEDDING)?,
            position: w.take("position.weight", &[POSITIONS, d], EMBEDDING)?,
            decoder,
            decoder_norm: Norm::load(w, "decoder_norm", d)?,
            out: Linear::load(w, "out", VOCABULARY as i64, d)?,
        })
    }

    fn features(config: &CodeTransformerConfig, samples: &[Sample], _: &mut Random) -> Lesson {
        let examples = config.rows();
        let readable = |s: &&Sample| {
            s.program.len() <= POSITIONS as usize && (1..=examples as usize).contains(&s.task.pairs.len())
        };
        let samples: Vec<&Sample> = samples.iter().filter(readable).collect();
        let length = samples.iter().map(|s| s.program.len()).max().unwrap_or(0);
        let (mut tokens, mut targets) = (Vec::new(), Vec::new());
        for (number, program) in samples.iter().map(|s| &s.program).enumerate() {
            tokens.push(i64::from(BEGIN));
            tokens.extend(program.iter().take(program.len().saturating_sub(1)).map(|&t| i64::from(t)));
            tokens.resize((number + 1) * length, i64::from(BEGIN));
            targets.extend(program.iter().map(|&t| i64::from(t)));
            targets.resize((number + 1) * length, IGNORED);
        }
        Lesson {
            reading: Reading::of(samples.iter().map(|s| &s.task), examples),
            count: samples.iter().map(|s| s.program.len()).sum(),
            tokens,
            targets,
        }
    }

    fn targets(lesson: &Lesson) -> usize {
        lesson.count
    }

    fn loss(&self, lesson: &Lesson) -> Loss {
        let device = self.trunk.device();
        let memory = self.memory(&lesson.reading);
        let tasks = lesson.reading.lengths.len() as i64;
        let mask = padding_mask(&lesson.reading.lengths, device);
        let tokens = tensor(&lesson.tokens, &[tasks, -1], device);
        let targets = tensor(&lesson.targets, &[tasks, -1], device);
        Loss::of(&self.teach(&memory, mask.as_ref(), &tokens), &targets)
    }

    fn model(self) -> Model {
        Model::Code(Box::new(self))
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
        Box::new(BeamDecoder::new(self, tasks))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        match self.config.examples {
            Some(most) => 1..=most as usize,
            None => EXAMPLES as usize..=EXAMPLES as usize,
        }
    }

    fn longest(&self) -> usize {
        POSITIONS as usize
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}
