//! Encoded traces as the decoders attend to them. Traces are of very different lengths: in one tensor for all of a
//! training batch most states would be padding. So examples whose traces are about equally long lie together.

use tch::Tensor;

use super::layers::{Seen, attend, table_rows};
use super::tensors::{dims, indices};

/// Traces of up to this many states lie together; each further group takes those up to twice as long.
const SHORTEST: usize = 16;

/// The states of some traces, padded: `[traces, longest, width]`, and what is added to their scores, 0 where there is a
/// state and minus infinity for padding, `[traces, longest]`. `encoded [outputs, width]` holds the states of trace `i` in
/// the rows `places[i]`.
pub(crate) fn padded(encoded: &Tensor, places: &[&[i64]]) -> (Tensor, Tensor) {
    let longest = places.iter().map(|places| places.len()).max().unwrap_or(0);
    let (mut rows, mut mask) = (Vec::new(), Vec::new());
    for places in places {
        let padding = longest - places.len();
        rows.extend(places.iter().copied().chain(std::iter::repeat_n(0, padding)));
        mask.extend(std::iter::repeat_n(0.0f32, places.len()));
        mask.extend(std::iter::repeat_n(f32::NEG_INFINITY, padding));
    }
    let [_, width] = dims(encoded, "[outputs, width]");
    let states = table_rows(encoded, &indices(&rows, encoded.device()));
    let mask = Tensor::from_slice(&mask).to_device(encoded.device()).to_kind(encoded.kind());
    (states.view([-1, longest as i64, width]), mask.view([-1, longest as i64]))
}

/// The encoded traces of a batch, for training.
pub(crate) struct AttendedTraces {
    groups: Vec<Group>,
    width: i64,
}

/// Examples whose traces are about equally long.
struct Group {
    /// Their numbers, counted through all tasks, in ascending order.
    examples: Vec<i64>,
    /// `[examples, 1, longest, width]`
    states: Tensor,
    /// `[examples, 1, 1, longest]`
    mask: Tensor,
}

impl AttendedTraces {
    /// Groups the examples; `places` are the rows of `encoded` that hold each one's states.
    pub(crate) fn new(encoded: &Tensor, places: &[Vec<i64>]) -> AttendedTraces {
        let group = |places: &[i64]| places.len().max(SHORTEST).next_power_of_two();
        let mut lengths: Vec<usize> = places.iter().map(|places| group(places)).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let groups = lengths.into_iter().map(|length| {
            let members = (0..places.len()).filter(|&example| group(&places[example]) == length);
            let examples: Vec<i64> = members.map(|example| example as i64).collect();
            let places: Vec<&[i64]> = examples.iter().map(|&example| &places[example as usize][..]).collect();
            let (states, mask) = padded(encoded, &places);
            Group { examples, states: states.unsqueeze(1), mask: mask.unsqueeze(1).unsqueeze(1) }
        });
        let [_, width] = dims(encoded, "[outputs, width]");
        AttendedTraces { groups: groups.collect(), width }
    }

    /// The width of a state.
    pub(crate) fn width(&self) -> i64 {
        self.width
    }

    /// The traces of the first examples only.
    pub(crate) fn first(&self, examples: i64) -> AttendedTraces {
        let part = |group: &Group| {
            let count = group.examples.partition_point(|&example| example < examples);
            (count > 0).then(|| Group {
                examples: group.examples[..count].to_vec(),
                states: group.states.narrow(0, 0, count as i64),
                mask: group.mask.narrow(0, 0, count as i64),
            })
        };
        AttendedTraces { groups: self.groups.iter().filter_map(part).collect(), width: self.width }
    }

    /// Attends to each example's trace: `queries [examples, width]` → `[examples, width]`.
    pub(crate) fn attend(&self, queries: &Tensor) -> Tensor {
        let device = queries.device();
        let context = |group: &Group| {
            let own = queries.index_select(0, &indices(&group.examples, device)).view([-1, 1, 1, self.width]);
            attend(&own, &group.states, &group.states, Seen::Masked(&group.mask)).flatten(0, 2)
        };
        let contexts: Vec<Tensor> = self.groups.iter().map(context).collect();
        let order: Vec<i64> = self.groups.iter().flat_map(|group| group.examples.iter().copied()).collect();
        let mut place = vec![0; order.len()];
        for (at, example) in order.into_iter().enumerate() {
            place[example as usize] = at as i64;
        }
        Tensor::cat(&contexts, 0).index_select(0, &indices(&place, device))
    }
}
