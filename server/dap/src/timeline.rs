//! A recorded run as a row of moments at which a debugger can be stopped: before each step, before each call, and where
//! the run ended.

use runtime::{Origin, Program, Site, SiteKind, StepKind, Telling};

/// No frame, no round, no place in the program.
const NONE: u32 = u32::MAX;

/// A run, moment by moment. A moment is a number, from 0 to [`Timeline::last`].
pub(crate) struct Timeline {
    pub telling: Telling,
    moments: Vec<Moment>,
    frames: Vec<Frame>,
    rounds: Vec<Round>,
}

#[derive(Debug, Clone, Copy)]
struct Moment {
    /// The steps that are done before it.
    step: u32,
    /// The statement that is next.
    origin: u32,
    frame: u32,
    /// The round of the innermost loop around it.
    round: u32,
}

/// One activation of a procedure.
#[derive(Debug, Clone, Copy)]
struct Frame {
    /// The moment of its call; `main` has none.
    call: u32,
    /// The first moment in it.
    first: u32,
    depth: u16,
}

/// One round of a loop that has begun, or is about to be decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Round {
    pub origin: Origin,
    /// It is counted from 1.
    pub number: u32,
    /// The number of rounds of a `repeat`.
    pub of: Option<u8>,
    /// The moment at which the loop's head was.
    pub head: usize,
    /// The round of the loop around it.
    outer: u32,
}

impl Timeline {
    pub(crate) fn new(program: &Program, telling: Telling) -> Timeline {
        let (steps, calls) = (&telling.recording.steps, &telling.calls);
        let mut builder = Builder {
            sites: program.sites().map(|(_, site)| site).collect(),
            moments: Vec::with_capacity(steps.len() + calls.len() + 1),
            frames: vec![Frame { call: NONE, first: 0, depth: 0 }],
            rounds: Vec::new(),
            active: vec![Active { frame: 0, loops: Vec::new() }],
        };
        let mut calls = calls.iter().peekable();
        for (at, step) in (0..).zip(steps) {
            while let Some(call) = calls.next_if(|call| call.at <= at) {
                builder.call(call.at, call.origin, call.depth);
            }
            builder.step(at, step.origin, step.depth, step.kind);
        }
        for call in calls {
            builder.call(call.at, call.origin, call.depth);
        }
        let steps = u32::try_from(steps.len()).unwrap_or(NONE);
        match telling.recording.outcome.origin() {
            Some(origin) => builder.moment(steps, origin.0, telling.depth),
            None => builder.moment(steps, NONE, 0),
        }
        let Builder { moments, frames, rounds, .. } = builder;
        Timeline { telling, moments, frames, rounds }
    }

    /// The moment at which the run ended.
    pub(crate) fn last(&self) -> usize {
        self.moments.len() - 1
    }

    /// How many steps the run has.
    pub(crate) fn steps(&self) -> usize {
        self.telling.recording.steps.len()
    }

    /// The steps that are done before the moment.
    pub(crate) fn step(&self, moment: usize) -> usize {
        self.at(moment).step as usize
    }

    /// The statement that is next; none where the run has come to its end.
    pub(crate) fn origin(&self, moment: usize) -> Option<Origin> {
        let origin = self.at(moment).origin;
        (origin != NONE).then_some(Origin(origin))
    }

    /// The number of active calls.
    pub(crate) fn depth(&self, moment: usize) -> u16 {
        self.frame(moment).depth
    }

    /// The moment of the call that the moment's procedure was called by; none in `main`.
    pub(crate) fn caller(&self, moment: usize) -> Option<usize> {
        let call = self.frame(moment).call;
        (call != NONE).then_some(call as usize)
    }

    /// The moment at which the moment's procedure began.
    pub(crate) fn beginning(&self, moment: usize) -> usize {
        self.frame(moment).first as usize
    }

    /// The rounds of the loops around the moment in its procedure, the innermost first.
    pub(crate) fn rounds(&self, moment: usize) -> impl Iterator<Item = Round> {
        let mut next = self.at(moment).round;
        std::iter::from_fn(move || {
            let round = *self.rounds.get(next as usize)?;
            next = round.outer;
            Some(round)
        })
    }

    /// The moments at which the statement is next, in order.
    pub(crate) fn occurrences(&self, origin: Origin) -> impl Iterator<Item = usize> {
        let at = move |(_, moment): &(usize, &Moment)| moment.origin == origin.0;
        self.moments.iter().enumerate().filter(at).map(|(moment, _)| moment)
    }

    /// The first moment after this one that is no deeper in calls than `depth`; else the last.
    pub(crate) fn next_within(&self, moment: usize, depth: u16) -> usize {
        (moment + 1..self.moments.len()).find(|m| self.depth(*m) <= depth).unwrap_or(self.last())
    }

    /// The last moment before this one that is no deeper in calls than `depth`; else the first.
    pub(crate) fn previous_within(&self, moment: usize, depth: u16) -> usize {
        (0..moment).rev().find(|m| self.depth(*m) <= depth).unwrap_or(0)
    }

    fn at(&self, moment: usize) -> Moment {
        self.moments[moment.min(self.last())]
    }

    fn frame(&self, moment: usize) -> Frame {
        self.frames[self.at(moment).frame as usize]
    }
}

/// A procedure that is being carried out.
struct Active {
    frame: u32,
    /// Its loops that are being carried out, each as its statement and its round.
    loops: Vec<(u32, u32)>,
}

struct Builder {
    sites: Vec<Site>,
    moments: Vec<Moment>,
    frames: Vec<Frame>,
    rounds: Vec<Round>,
    active: Vec<Active>,
}

impl Builder {
    fn step(&mut self, at: u32, origin: Origin, depth: u16, kind: StepKind) {
        let is_loop = matches!(self.sites.get(origin.0 as usize), Some(site) if site.kind == SiteKind::While);
        let round = match kind {
            StepKind::Round { done, count } => Some((u32::from(done) + 1, Some(count))),
            // Counted below, from the round before.
            StepKind::Test { .. } if is_loop => Some((0, None)),
            _ => None,
        };
        if let Some((number, of)) = round {
            let head = self.moments.len();
            self.leave(origin.0, depth);
            let Some(active) = self.active.last_mut() else { return };
            let before = active.loops.pop_if(|(of, _)| *of == origin.0);
            let number = match before.and_then(|(_, round)| self.rounds.get(round as usize)) {
                Some(before) if of.is_none() => before.number + 1,
                _ => number.max(1),
            };
            let outer = active.loops.last().map_or(NONE, |(_, round)| *round);
            active.loops.push((origin.0, u32::try_from(self.rounds.len()).unwrap_or(NONE)));
            self.rounds.push(Round { origin, number, of, head, outer });
        }
        self.moment(at, origin.0, depth);
        if let (true, StepKind::Test { result: false, .. }, Some(active)) =
            (is_loop, kind, self.active.last_mut())
        {
            active.loops.pop();
        }
    }

    fn call(&mut self, at: u32, origin: Origin, depth: u16) {
        let call = u32::try_from(self.moments.len()).unwrap_or(NONE);
        self.moment(at, origin.0, depth);
        self.active
            .push(Active { frame: u32::try_from(self.frames.len()).unwrap_or(NONE), loops: Vec::new() });
        self.frames.push(Frame { call, first: call + 1, depth: depth + 1 });
    }

    /// Leaves the procedures and the loops that the statement is not in.
    fn leave(&mut self, origin: u32, depth: u16) {
        self.active.truncate(usize::from(depth) + 1);
        let Some(active) = self.active.last_mut() else { return };
        let range = self.sites.get(origin as usize).map(|site| site.range);
        while let Some((of, _)) = active.loops.last() {
            let around = self.sites.get(*of as usize).map(|site| site.range);
            match (around, range) {
                (Some(around), Some(range)) if around.contains_range(range) => return,
                _ => drop(active.loops.pop()),
            }
        }
    }

    fn moment(&mut self, step: u32, origin: u32, depth: u16) {
        self.leave(origin, depth);
        let Some(active) = self.active.last() else { return };
        let round = active.loops.last().map_or(NONE, |(_, round)| *round);
        self.moments.push(Moment { step, origin, frame: active.frame, round });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use runtime::{Limits, World, lower, tell};

    fn timeline(text: &str, world: &str) -> (Program, Timeline) {
        let program = lower(&syntax::parse(text).file);
        let telling = tell(&program.code, &World::parse(world).unwrap(), &Limits::EDITOR, &|| false);
        let timeline = Timeline::new(&program, telling);
        (program, timeline)
    }

    /// `LINE@STEP/DEPTH` of every moment, with the rounds around it.
    fn told(text: &str, world: &str) -> String {
        let (program, timeline) = timeline(text, world);
        let line = |origin| {
            let range = program.range(origin).unwrap();
            text[..usize::from(range.start())].lines().count()
        };
        let moment = |m: usize| {
            let place = timeline.origin(m).map_or("end".to_owned(), |origin| line(origin).max(1).to_string());
            let rounds: Vec<String> = timeline.rounds(m).map(|r| r.number.to_string()).collect();
            let rounds = if rounds.is_empty() { String::new() } else { format!(" r{}", rounds.join(",")) };
            format!("{place}@{}/{}{rounds}", timeline.step(m), timeline.depth(m))
        };
        (0..=timeline.last()).map(moment).collect::<Vec<_>>().join("; ")
    }

    #[test]
    fn calls_are_moments_and_a_crash_is_the_last() {
        let text = "def main():\n    around()\n    move()\n    move()\ndef around():\n    turnLeft()\n    turnLeft()\n";
        assert_eq!(told(text, "> ."), "2@0/0; 6@0/1; 7@1/1; 3@2/0");
        assert_eq!(told(text, ". . >"), "2@0/0; 6@0/1; 7@1/1; 3@2/0; 4@3/0; end@4/0");
    }

    #[test]
    fn rounds_are_counted_within_one_activation() {
        let text = "def main():\n    repeat(2):\n        while(frontIsClear()):\n            move()\n        turnLeft()\n        turnLeft()\n";
        assert_eq!(
            told(text, "> . ."),
            "2@0/0 r1; 3@1/0 r1,1; 4@2/0 r1,1; 3@3/0 r2,1; 4@4/0 r2,1; 3@5/0 r3,1; 5@6/0 r1; 6@7/0 r1; \
             2@8/0 r2; 3@9/0 r1,2; 4@10/0 r1,2; 3@11/0 r2,2; 4@12/0 r2,2; 3@13/0 r3,2; 5@14/0 r2; 6@15/0 r2; end@16/0"
        );
    }

    #[test]
    fn a_crash_after_a_recursion_knows_its_caller() {
        let text = "def main():\n    go()\ndef go():\n    if(frontIsClear()):\n        move()\n        go()\n    pickMarker()\n";
        assert_eq!(told(text, "> 1"), "2@0/0; 4@0/1; 5@1/1; 6@2/1; 4@2/2; 7@3/2; 7@4/1");
        let (_, timeline) = timeline(text, "> 1");
        let last = timeline.last();
        assert_eq!((timeline.caller(last), timeline.beginning(last)), (Some(0), 1));
        assert_eq!((timeline.caller(last - 1), timeline.beginning(last - 1)), (Some(3), 4));
    }

    #[test]
    fn an_endless_loop_ends_at_its_head() {
        let text = "def main():\n    while(frontIsClear()): turnLeft()\n";
        let told = told(text, ". . .\n. > .\n. . .");
        assert!(told.ends_with("2@7/0 r4; 2@8/0 r4"), "{told}");
    }

    #[test]
    fn steps_over_out_and_back_follow_the_calls() {
        let text = "def main():\n    around()\n    move()\ndef around():\n    turnLeft()\n    turnLeft()\n";
        let (_, timeline) = timeline(text, ". . >");
        assert_eq!(timeline.next_within(0, 0), 3);
        assert_eq!(timeline.next_within(1, 0), 3);
        assert_eq!(timeline.next_within(1, 1), 2);
        assert_eq!(timeline.previous_within(3, 0), 0);
        assert_eq!(timeline.previous_within(1, 1), 0);
        assert_eq!(timeline.next_within(timeline.last(), 0), timeline.last());
    }
}
