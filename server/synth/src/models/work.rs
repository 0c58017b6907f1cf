//! Arithmetic and memory traffic of the networks, counted by the layers that do them: what a roofline is drawn from.

use std::cell::Cell;
use std::ops::{Add, AddAssign};

use serde::Serialize;
use tch::Tensor;

/// What a computation takes at least: the operations of every product, and its operands and results moved once.
/// Norms, activations and residual sums are not counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Work {
    /// Floating-point operations; a multiplication and an addition are two.
    pub flop: f64,
    pub bytes: f64,
}

/// Bytes of a number: float32.
const SIZE: f64 = 4.0;

thread_local! {
    /// The count of this thread; `None` while nobody counts.
    static COUNT: Cell<Option<Work>> = const { Cell::new(None) };
}

/// Computes, and counts what the layers do meanwhile on this thread. Counts may be nested: the outer one includes the
/// inner one.
pub fn counted<T>(compute: impl FnOnce() -> T) -> (T, Work) {
    /// Gives the outer count back, also where `compute` panics.
    struct Outer(Option<Work>);
    impl Drop for Outer {
        fn drop(&mut self) {
            let inner = COUNT.take().unwrap_or_default();
            COUNT.set(self.0.map(|outer| outer + inner));
        }
    }
    let _outer = Outer(COUNT.replace(Some(Work::default())));
    let value = compute();
    (value, COUNT.get().unwrap_or_default())
}

/// Adds a product of so many multiplications, each with an addition, to this thread's count. `moved` are its operands
/// and its result.
pub(super) fn count(multiplications: usize, moved: &[&Tensor]) {
    if let Some(work) = COUNT.get() {
        let numbers: usize = moved.iter().map(|tensor| tensor.numel()).sum();
        let more = Work { flop: 2.0 * multiplications as f64, bytes: SIZE * numbers as f64 };
        COUNT.set(Some(work + more));
    }
}

impl Add for Work {
    type Output = Work;

    fn add(self, other: Work) -> Work {
        Work { flop: self.flop + other.flop, bytes: self.bytes + other.bytes }
    }
}

impl AddAssign for Work {
    fn add_assign(&mut self, other: Work) {
        *self = *self + other;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tch::{Device, Kind};

    #[test]
    fn only_what_is_asked_for_is_counted() {
        let x = Tensor::zeros([2, 3], (Kind::Float, Device::Cpu));
        count(5, &[&x]);
        let ((inner, outer), all) = counted(|| {
            count(5, &[&x]);
            let inner = counted(|| count(7, &[&x, &x])).1;
            (inner, COUNT.get())
        });
        assert_eq!(inner, Work { flop: 14.0, bytes: 48.0 });
        assert_eq!(all, Work { flop: 24.0, bytes: 72.0 });
        assert_eq!(outer, Some(all));
        assert_eq!(COUNT.get(), None);
    }
}
