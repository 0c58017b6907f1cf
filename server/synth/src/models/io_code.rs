//! I/O → CODE, the paper's baseline: the network of Bunel et al. (2018), trained by maximum likelihood.
//!
//! ```text
//! pairs    [tasks, e, 512]   two worlds per example (see `pair_encoder`), e examples
//! decoder  [tasks, 42]       an LSTM per example, pooled (see `program_lstm`)
//! ```

use runtime::sample::Random;
use tch::Tensor;

use super::grids::Frame;
use super::network::{Loss, Model, Network, Sample};
use super::pair_encoder::{LstmConfig, PairEncoder, Pairs};
use super::program_lstm::{EXAMPLES, Known, LONGEST, Lesson, ProgramLstm, State, readable};
use super::step_decoder::{BeamDecoder, Step, StepDecoder};
use super::weights::{Weights, WeightsError};
use super::{CodeModel, CodeTask, Decoder};

#[derive(Clone)]
pub struct IoCode {
    frame: Frame,
    pairs: PairEncoder,
    decoder: ProgramLstm,
}

impl IoCode {
    fn known(&self, pairs: &Pairs) -> Known {
        Known { pairs: pairs.encode(&self.pairs), traces: None }
    }
}

impl Network for IoCode {
    const NAME: &'static str = "IoCode";

    type Config = LstmConfig;

    type Features = (Pairs, Lesson);

    fn build(config: &LstmConfig, w: &mut Weights) -> Result<IoCode, WeightsError> {
        Ok(IoCode {
            frame: config.frame,
            pairs: PairEncoder::load(w, "pairs", config)?,
            decoder: ProgramLstm::load(w, config, None)?,
        })
    }

    fn features(config: &LstmConfig, samples: &[Sample], _: &mut Random) -> (Pairs, Lesson) {
        let (tasks, lesson) = readable(samples);
        (Pairs::of(&tasks, config.frame), lesson)
    }

    fn targets((_, lesson): &(Pairs, Lesson)) -> usize {
        lesson.len()
    }

    fn loss(&self, (pairs, lesson): &(Pairs, Lesson)) -> Loss {
        self.decoder.loss(&pairs.encode(&self.pairs), None, lesson)
    }

    fn model(self) -> Model {
        Model::Code(Box::new(self))
    }
}

impl StepDecoder for IoCode {
    type State = State;

    fn encode(&self, tasks: &[CodeTask]) -> State {
        let tasks: Vec<&CodeTask> = tasks.iter().collect();
        self.decoder.begin(self.known(&Pairs::of(&tasks, self.frame)))
    }

    fn step(&self, state: &mut State, step: &Step) -> Tensor {
        self.decoder.step(state, step)
    }
}

impl CodeModel for IoCode {
    fn begin<'m>(&'m self, tasks: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(BeamDecoder::new(self, tasks))
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        EXAMPLES
    }

    fn longest(&self) -> usize {
        LONGEST
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(self.clone())
    }
}
