//! A model that knows nothing: every token is as likely as any other. The beam over it is an enumeration by size,
//! for templates that the networks can't read.

use super::{CodeModel, CodeTask, Decoder, Row, VOCABULARY};

#[derive(Debug, Clone, Copy)]
pub struct Uniform {
    /// Greatest number of tokens in a program.
    pub longest: usize,
}

impl CodeModel for Uniform {
    fn begin<'m>(&'m self, _: &[CodeTask]) -> Box<dyn Decoder + 'm> {
        Box::new(*self)
    }

    fn examples(&self) -> std::ops::RangeInclusive<usize> {
        0..=usize::MAX
    }

    fn longest(&self) -> usize {
        self.longest
    }

    fn share(&self) -> Box<dyn CodeModel> {
        Box::new(*self)
    }
}

impl Decoder for Uniform {
    fn step(&mut self, rows: &[Row]) -> Vec<f32> {
        vec![-(VOCABULARY as f32).ln(); rows.len() * VOCABULARY]
    }
}
