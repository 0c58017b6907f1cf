//! I/O → CODE: a simple recurrent network that begins with the sum of what it sees of the examples.

use dataset::compact::BEGIN;
use dataset::features::{CELLS, Canvas, PLANES};
use runtime::sample::Random;
use serde::{Deserialize, Serialize};
use synth::models::config::{Config, ConfigError, check_sizes};
use synth::models::layers::{Linear, table_rows};
use synth::models::network::{IGNORED, Loss, Model, Network, Sample};
use synth::models::parameters::Init;
use synth::models::planes::Canvases;
use synth::models::step_decoder::{BeamDecoder, Step, StepDecoder};
use synth::models::tensors::{indices, tensor};
use synth::models::weights::{Weight, Weights, WeightsError};
use synth::models::{CodeModel, CodeTask, Decoder, VOCABULARY};
use tch::Tensor;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct SimpleConfig {
    /// Width of the state.
    pub width: i64,
}

impl Config for SimpleConfig {
    fn check(&self) -> Result<(), ConfigError> {
        check_sizes(&[("width", self.width, 4096)])
    }
}

#[derive(Clone)]
pub(crate) struct Simple {
    see: Linear,
    token: Weight,
    go_on: Linear,
    out: Linear,
    width: i64,
}

/// The examples of some tasks as plain numbers, and which task each belongs to.
#[derive(Default)]
pub(crate) struct Examples {
    canvases: Canvases,
    owners: Vec<i64>,
    tasks: i64,
}

impl Examples {
    fn of<'t>(tasks: impl IntoIterator<Item = &'t CodeTask>) -> Examples {
        let mut all = Examples::default();
        for task in tasks {
            for pair in &task.pairs {
                all.canvases.push(&Canvas::of(&pair.start), &Canvas::of(&pair.goal));
                all.owners.push(all.tasks);
            }
            all.tasks += 1;
        }
        all
    }
}

impl Simple {
    /// What is seen of the examples of each task: `[tasks, width]`.
    fn seen(&self, examples: &Examples) -> Tensor {
        let (device, kind) = (self.see.device(), self.see.kind());
        let planes = examples.canvases.planes(device, kind).flatten(1, 3);
        let none = Tensor::zeros([examples.tasks, self.width], (kind, device));
        none.index_add(0, &indices(&examples.owners, device), &self.see.forward(&planes).relu())
    }

    /// Goes on by a token: `state [n, width]` and `tokens [n]` give `[n, width]`.
    fn next(&self, state: &Tensor, tokens: &Tensor) -> Tensor {
        let both = Tensor::cat(&[state, &table_rows(&self.token, tokens)], 1);
        self.go_on.forward(&both).tanh()
    }
}

impl StepDecoder for Simple {
    /// `[slots, width]`
    type State = Tensor;

    fn encode(&self, tasks: &[CodeTask]) -> Tensor {
        self.seen(&Examples::of(tasks))
    }

    fn step(&self, state: &mut Tensor, step: &Step) -> Tensor {
        *state = self.next(&step.of_slots(state), &indices(&step.tokens, state.device()));
        self.out.forward(state).view([step.tasks, step.slots, VOCABULARY as i64])
    }
}

/// Tasks, the tokens before each place of their programs, and the tokens there: `[tasks, length]`.
pub(crate) struct Lesson {
    examples: Examples,
    before: Vec<i64>,
    targets: Vec<i64>,
}

impl Network for Simple {
    const NAME: &'static str = "Simple";
    type Config = SimpleConfig;
    type Features = Lesson;

    fn build(config: &SimpleConfig, w: &mut Weights) -> Result<Simple, WeightsError> {
        let width = config.width;
        Ok(Simple {
            see: Linear::load(w, "see", width, (PLANES * CELLS) as i64)?,
            token: w.take("token.weight", &[VOCABULARY as i64, width], Init::Normal(1.0))?,
            go_on: Linear::load(w, "go_on", width, 2 * width)?,
            out: Linear::load(w, "out", VOCABULARY as i64, width)?,
            width,
        })
    }

    fn features(_: &SimpleConfig, samples: &[Sample], _: &mut Random) -> Lesson {
        let examples = Examples::of(samples.iter().map(|sample| &sample.task));
        let length = samples.iter().map(|sample| sample.program.len()).max().unwrap_or(0);
        let (mut before, mut targets) = (Vec::new(), Vec::new());
        for sample in samples {
            let place = |at: usize| sample.program.get(at).map(|&token| i64::from(token));
            before.push(i64::from(BEGIN));
            before.extend((1..length).map(|at| place(at - 1).unwrap_or(i64::from(BEGIN))));
            targets.extend((0..length).map(|at| place(at).unwrap_or(IGNORED)));
        }
        Lesson { examples, before, targets }
    }

    fn targets(lesson: &Lesson) -> usize {
        lesson.targets.iter().filter(|&&target| target != IGNORED).count()
    }

    fn loss(&self, lesson: &Lesson) -> Loss {
        let (device, shape) = (self.see.device(), [lesson.examples.tasks, -1]);
        let mut state = self.seen(&lesson.examples);
        let mut logits = Vec::new();
        for tokens in tensor(&lesson.before, &shape, device).unbind(1) {
            state = self.next(&state, &tokens);
            logits.push(self.out.forward(&state));
        }
        Loss::of(&Tensor::stack(&logits, 1), &tensor(&lesson.targets, &shape, device))
    }

    fn model(self) -> Model {
        Model::Code(Box::new(self))
    }
}

impl CodeModel for Simple {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(BeamDecoder::new(self, tasks))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        1..=10
    }

    fn longest(&self) -> usize {
        48
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}
