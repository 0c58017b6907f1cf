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
use super::pair_encoder::{PairEncoder, Pairs, PaperSizes};
use super::program_lstm::{EXAMPLES, Known, LONGEST, Lesson, ProgramLstm, State, readable};
use super::step_decoder::{BeamDecoder, Step, StepDecoder};
use super::weights::{Sizes, Weights, WeightsError};
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

    type Features = (Pairs, Lesson);

    fn build(mut w: Weights) -> Result<IoCode, WeightsError> {
        w.expect_model(IoCode::NAME)?;
        let sizes = PaperSizes::of(&w)?;
        let model = IoCode {
            frame: sizes.frame,
            pairs: PairEncoder::load(&mut w, "pairs", &sizes)?,
            decoder: ProgramLstm::load(&mut w, &sizes, None)?,
        };
        w.finish()?;
        Ok(model)
    }

    fn features(sizes: &Sizes, samples: &[Sample], _: &mut Random) -> (Pairs, Lesson) {
        let (tasks, lesson) = readable(samples);
        (Pairs::of(&tasks, PaperSizes::of_built(sizes).frame), lesson)
    }

    fn targets((_, lesson): &(Pairs, Lesson)) -> usize {
        lesson.len()
    }

    fn loss(&self, (pairs, lesson): &(Pairs, Lesson)) -> Loss {
        self.decoder.loss(&self.known(pairs), lesson)
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
