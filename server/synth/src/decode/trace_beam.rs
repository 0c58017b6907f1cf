//! The beam over actions: the likeliest traces of each example, as the paper counts its top-10. The [`Mask`] is that of
//! roll-outs. Without one, traces that stop elsewhere than at the goal keep their places in the beam, as the paper's do,
//! and are left out of what is found; those that crash leave it.

use dataset::features::Canvas;
use runtime::{Action, World};

use crate::decode::traces::Mask;
use crate::models::{Pair, TraceModel};

/// A trace under way is given up when it is less likely than the likeliest finished one by more than this, in natural
/// logarithm.
const MARGIN: f64 = 10.0;
/// The option to stop, beside the five actions.
const STOP: usize = 5;

/// A trace that leads to the goal.
#[derive(Debug, Clone, PartialEq)]
pub struct Likely {
    /// In natural logarithm, the stop included.
    pub log_probability: f64,
    pub actions: Vec<Action>,
}

/// The traces found for one pair, likeliest first.
pub type Ranked = Vec<Likely>;

/// One trace under way.
struct Live {
    log_probability: f64,
    /// The number of its pair, through all tasks.
    pair: usize,
    now: World,
    actions: Vec<Action>,
}

/// A trace that has ended.
#[derive(Clone)]
struct Done {
    log_probability: f64,
    actions: Vec<Action>,
    /// Whether it leads to the goal.
    right: bool,
}

/// What all traces of a search have in common.
struct Limits {
    width: usize,
    longest: usize,
    mask: Mask,
}

/// At most `width` traces for each pair of each task; ends early, with what it has,
/// when `stop` says so.
pub fn search(
    model: &dyn TraceModel,
    tasks: &[&[Pair]],
    width: usize,
    mask: Mask,
    stop: &dyn Fn() -> bool,
) -> Vec<Vec<Ranked>> {
    let limits = Limits { width, longest: model.longest(), mask };
    let pairs: Vec<&Pair> = tasks.iter().flat_map(|pairs| pairs.iter()).collect();
    let mut done: Vec<Vec<Done>> = vec![Vec::new(); pairs.len()];
    let mut rollouts = model.begin(tasks);
    let start = |(pair, p): (usize, &&Pair)| Live {
        log_probability: 0.0,
        pair,
        now: p.start.clone(),
        actions: Vec::new(),
    };
    let mut live: Vec<Live> = pairs.iter().enumerate().map(start).collect();
    let readable = |pair: usize| Canvas::fits(&pairs[pair].start) && Canvas::fits(&pairs[pair].goal);
    let mut keep: Vec<usize> = (0..live.len()).filter(|&pair| readable(pair)).collect();
    live.retain(|l| readable(l.pair));
    while !live.is_empty() && !stop() {
        rollouts.keep(&keep);
        let now: Vec<_> = live.iter().map(|l| (&l.now, l.actions.last().copied())).collect();
        let logits = rollouts.step(&now);
        keep.clear();
        let mut next = Vec::new();
        // The traces of one pair lie together.
        let mut first = 0;
        for group in live.chunk_by(|a, b| a.pair == b.pair) {
            let pair = group[0].pair;
            let goal = &pairs[pair].goal;
            for (parent, child) in extended(group, &logits[first..], goal, &limits, &mut done[pair]) {
                keep.push(first + parent);
                next.push(child);
            }
            first += group.len();
        }
        live = next;
    }
    let likely = |d: Done| Likely { log_probability: d.log_probability, actions: d.actions };
    let right = |done: Vec<Done>| done.into_iter().filter(|d| d.right).map(likely).collect();
    let mut done = done.into_iter().map(right);
    tasks.iter().map(|pairs| done.by_ref().take(pairs.len()).collect()).collect()
}

/// Takes one step of one pair, in which finished traces and extensions compete for the places. It gives those that go
/// on, each with its parent's number in the group.
fn extended(
    group: &[Live],
    logits: &[[f32; 6]],
    goal: &World,
    limits: &Limits,
    done: &mut Vec<Done>,
) -> Vec<(usize, Live)> {
    // Score; parent and option, none for a finished one with its number.
    let mut places: Vec<(f64, usize, Option<usize>)> =
        done.iter().enumerate().map(|(number, done)| (done.log_probability, number, None)).collect();
    for (parent, (live, logits)) in group.iter().zip(logits).enumerate() {
        let possible = |option: usize| {
            (option == STOP || live.actions.len() < limits.longest)
                && limits.mask.allows(option, &live.now, goal)
        };
        let total = (0..=STOP).filter(|&o| possible(o)).map(|o| f64::from(logits[o]).exp()).sum::<f64>().ln();
        let options = (0..=STOP).filter(|&option| possible(option));
        places.extend(
            options.map(|option| {
                (live.log_probability + f64::from(logits[option]) - total, parent, Some(option))
            }),
        );
    }
    places.sort_by(|a, b| b.0.total_cmp(&a.0));
    places.truncate(limits.width);
    let (mut finished, mut going) = (Vec::new(), Vec::new());
    for (score, number, option) in places {
        let Some(option) = option else {
            finished.push(done[number].clone());
            continue;
        };
        let parent = &group[number];
        let Some(&action) = Action::ALL.get(option) else {
            let (actions, right) = (parent.actions.clone(), parent.now == *goal);
            finished.push(Done { log_probability: score, actions, right });
            continue;
        };
        let (mut now, mut actions) = (parent.now.clone(), parent.actions.clone());
        actions.push(action);
        if now.act(action) {
            going.push((number, Live { log_probability: score, pair: parent.pair, now, actions }));
        }
    }
    if let Some(best) = finished.first() {
        going.retain(|(_, live)| live.log_probability >= best.log_probability - MARGIN);
    }
    *done = finished;
    going
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::Rollouts;

    /// Likes to move, a little less to turn left, and never thinks of anything else.
    struct Mover {
        longest: usize,
    }

    impl TraceModel for Mover {
        fn begin<'m>(&'m self, _: &[&[Pair]]) -> Box<dyn Rollouts + 'm> {
            Box::new(Mover { longest: self.longest })
        }
        fn remembers(&self) -> bool {
            false
        }
        fn longest(&self) -> usize {
            self.longest
        }
        fn share(&self) -> Box<dyn TraceModel> {
            Box::new(Mover { longest: self.longest })
        }
    }

    impl Rollouts for Mover {
        fn step(&mut self, now: &[(&World, Option<Action>)]) -> Vec<[f32; 6]> {
            vec![[1.0, 0.5, -9.0, -9.0, -9.0, 0.0]; now.len()]
        }
        fn keep(&mut self, _: &[usize]) {}
    }

    #[test]
    fn finds_what_greed_misses() {
        // One step ahead, then turned round: greed runs into the wall and turns for ever.
        let world = |text| World::parse(text).unwrap();
        let pair = |start, goal| Pair { start: world(start), goal: world(goal) };
        let pairs = [pair("> . .\n. . .", ". ^ .\n. . ."), pair("> . .\n. . .", "> . .\n. . .")];
        let found = search(&Mover { longest: 75 }, &[&pairs, &pairs[1..]], 10, Mask::Possible, &|| false);
        assert_eq!(found[0][0][0].actions, [Action::Move, Action::TurnLeft]);
        assert!(found[0][1][0].actions.is_empty() && found[1][0][0].actions.is_empty());
        for (traces, pair) in found[0].iter().zip(&pairs) {
            assert!((1..=10).contains(&traces.len()));
            for trace in traces {
                let mut end = pair.start.clone();
                assert!(trace.actions.iter().all(|&action| end.act(action)) && end == pair.goal);
            }
        }
        assert!(
            search(&Mover { longest: 1 }, &[&pairs], 10, Mask::Possible, &|| false)[0][0].is_empty(),
            "two actions are needed"
        );
    }

    #[test]
    fn without_a_mask_wrong_traces_take_places() {
        let world = |text| World::parse(text).unwrap();
        let pairs = [Pair { start: world("> . .\n. . ."), goal: world(". ^ .\n. . .") }];
        let found =
            |mask, width| search(&Mover { longest: 75 }, &[&pairs], width, mask, &|| false)[0][0].len();
        // To stop at once is likelier than to turn left, and takes a place of the beam without being a trace.
        let all = |mask| (1..=10).map(|width| found(mask, width)).collect::<Vec<_>>();
        let (masked, free) = (all(Mask::Possible), all(Mask::None));
        assert!(masked.iter().zip(&free).all(|(masked, free)| masked >= free), "{masked:?} {free:?}");
        assert!(masked.iter().sum::<usize>() > free.iter().sum(), "{masked:?} {free:?}");
        assert!(free[9] >= 1, "{free:?}");
    }
}
