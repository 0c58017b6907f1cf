//! Arithmetic and memory traffic, counted where they are done: what a roofline is drawn from.

use std::iter::Sum;
use std::ops::{Add, AddAssign};

use serde::Serialize;

/// What some computation takes at least: every product's operations, and its operands and results moved once.
/// Norms, activations and residual sums are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Work {
    /// Floating-point operations; a multiplication and an addition are two.
    pub flop: f64,
    pub bytes: f64,
}

/// Bytes of a number: float32.
const SIZE: f64 = 4.0;

impl Work {
    /// `[rows, inputs]` → `[rows, outputs]`.
    pub fn linear(rows: i64, inputs: i64, outputs: i64) -> Work {
        let (r, i, o) = (rows as f64, inputs as f64, outputs as f64);
        Work { flop: 2.0 * r * i * o, bytes: SIZE * (i * o + r * (i + o)) }
    }

    /// `queries` by `keys`, all heads together `d` wide, in each of the batch.
    pub fn attention(batch: i64, queries: i64, keys: i64, d: i64) -> Work {
        let (b, q, k, d) = (batch as f64, queries as f64, keys as f64, d as f64);
        Work { flop: 4.0 * b * q * k * d, bytes: SIZE * b * 2.0 * d * (q + k) }
    }

    /// A 3×3 convolution over so many cells.
    pub fn convolution(cells: i64, inputs: i64, outputs: i64) -> Work {
        let (c, i, o) = (cells as f64, inputs as f64, outputs as f64);
        Work { flop: 18.0 * c * i * o, bytes: SIZE * (9.0 * i * o + c * (i + o)) }
    }

    /// The same, so many times.
    pub fn times(self, count: usize) -> Work {
        Work { flop: self.flop * count as f64, bytes: self.bytes * count as f64 }
    }
}

impl Add for Work {
    type Output = Work;

    fn add(self, other: Work) -> Work {
        Work { flop: self.flop + other.flop, bytes: self.bytes + other.bytes }
    }
}

impl Sum for Work {
    fn sum<I: Iterator<Item = Work>>(all: I) -> Work {
        all.fold(Work::default(), Add::add)
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        *self = *self + other;
    }
}
