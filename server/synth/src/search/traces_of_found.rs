//! Consistent traces: what one program does in all examples, in place of what was inferred of each alone.

use crate::decode::beam::Finished;
use crate::decode::traces::Traces;
use crate::models::Pair;
use crate::search::executor::{Executor, NearMiss};

/// Programs that are looked at for traces not read yet.
const ASKED: usize = 10;

/// The traces of the best program that acts in a way not tried yet: the first of those that pass; where none does, the
/// one that passes most examples, if more than half, with the inferred traces in the others. `passing` and `near` come
/// best first; traces of more than `longest` actions can't be read.
pub(crate) fn next(
    executor: &mut Executor,
    passing: &[Finished],
    near: &[NearMiss],
    pairs: &[Pair],
    inferred: &Traces,
    longest: usize,
    read: &dyn Fn(&Traces) -> bool,
) -> Option<Traces> {
    let most = near.iter().filter(|near| 2 * near.passed > pairs.len() && passing.is_empty());
    let passing = passing.iter().map(|finished| &finished.prefix);
    passing
        .chain(most.map(|near| &near.prefix))
        .take(ASKED)
        .map(|prefix| executor.traces(prefix, pairs, inferred, longest))
        .find(|traces| !read(traces))
}
