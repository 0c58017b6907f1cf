//! Beam search over programs, many tasks at once, every prefix within its template. Plain, it is the reference's:
//! finished programs keep their place among the unfinished. With a judge, what the judge refuses leaves the beam and
//! the next likeliest takes its place.

use dataset::compact::BEGIN;

use crate::models::{Decoder, Row, VOCABULARY};
use crate::template::{Move, Prefix, Template};

/// Says which prefixes may stay.
pub trait Judge {
    /// `finished` where it is a whole program, and whatever of it is refused is wrong for good.
    fn accepts(&mut self, prefix: &Prefix, finished: bool) -> bool;
}

/// Everything may stay: the plain beam.
pub struct Anything;

impl Judge for Anything {
    fn accepts(&mut self, _: &Prefix, _: bool) -> bool {
        true
    }
}

/// One task's part of the search.
pub struct BeamTask<'a> {
    pub template: &'a Template,
    pub judge: &'a mut dyn Judge,
}

/// A whole program that was accepted.
#[derive(Debug, Clone, PartialEq)]
pub struct Finished {
    pub log_probability: f64,
    pub prefix: Prefix,
}

/// How much a beam keeps.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Breadth {
    /// Places per task.
    pub width: usize,
    /// Where set, a prefix leaves the beam when it is less likely than the likeliest finished program by more than
    /// this, in natural logarithm: it would only become a far-fetched alternative.
    pub margin: Option<f64>,
}

impl Breadth {
    /// So many places, and nothing else that limits: the reference's beam.
    pub fn plain(width: usize) -> Breadth {
        Breadth { width, margin: None }
    }
}

/// Whether a task goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flow {
    Continue,
    Stop,
}

/// Between two questions whether to stop lie at most so many judgements.
const STOP_INTERVAL: usize = 64;

/// The live prefixes of one task, best first, and where the decoder keeps each.
struct Beam {
    live: Vec<(f64, Prefix, usize)>,
    done: Vec<Finished>,
}

/// A possible place in the next beam.
enum Candidate {
    /// Of the finished ones.
    Done(usize),
    Extended {
        parent: usize,
        chosen: Move,
    },
}

/// Searches until every place is taken by a finished program, or nothing is left to
/// extend, or `stop` says so (asked at least once a step). `on_finished` hears of each accepted program once, with
/// the number of its task, and may end that task. Gives each task's finished programs, likeliest first.
pub fn search(
    decoder: &mut dyn Decoder,
    tasks: &mut [BeamTask],
    breadth: Breadth,
    stop: &dyn Fn() -> bool,
    on_finished: &mut dyn FnMut(usize, &Finished) -> Flow,
) -> Vec<Vec<Finished>> {
    let mut beams: Vec<Beam> = tasks
        .iter()
        .enumerate()
        .map(|(number, task)| Beam { live: vec![(0.0, task.template.start(), number)], done: vec![] })
        .collect();
    let mut moves = Vec::new();
    loop {
        let rows: Vec<Row> = beams
            .iter()
            .flat_map(|beam| &beam.live)
            .map(|(_, prefix, parent)| Row {
                parent: *parent,
                token: prefix.tokens.last().copied().unwrap_or(BEGIN),
            })
            .collect();
        if rows.is_empty() || stop() {
            return beams.into_iter().map(|beam| beam.done).collect();
        }
        let scores = decoder.step(&rows);
        let mut first = 0;
        for (number, (beam, task)) in beams.iter_mut().zip(tasks.iter_mut()).enumerate() {
            let rows = first..first + beam.live.len();
            first = rows.end;
            if rows.is_empty() {
                continue;
            }
            let scores = &scores[rows.start * VOCABULARY..rows.end * VOCABULARY];
            let mut on_finished = |finished: &Finished| on_finished(number, finished);
            let flow = beam.grow(task, scores, rows.start, breadth, &mut moves, stop, &mut on_finished);
            if flow == Flow::Stop {
                beam.live.clear();
            }
        }
    }
}

impl Beam {
    /// One step: all extensions and the finished programs compete for the places. `first_row` is the decoder's row
    /// of the first live prefix.
    #[expect(clippy::too_many_arguments, reason = "one call, whose arguments are the loop's state")]
    fn grow(
        &mut self,
        task: &mut BeamTask,
        scores: &[f32],
        first_row: usize,
        breadth: Breadth,
        moves: &mut Vec<Move>,
        stop: &dyn Fn() -> bool,
        on_finished: &mut dyn FnMut(&Finished) -> Flow,
    ) -> Flow {
        let mut candidates: Vec<(f64, Candidate)> =
            self.done.iter().enumerate().map(|(i, d)| (d.log_probability, Candidate::Done(i))).collect();
        for (parent, (score, prefix, _)) in self.live.iter().enumerate() {
            let next = &scores[parent * VOCABULARY..][..VOCABULARY];
            task.template.moves(prefix, moves);
            candidates.extend(moves.iter().map(|&chosen| {
                let gain = f64::from(next[usize::from(chosen.token)]) + f64::from(chosen.bonus);
                (score + gain, Candidate::Extended { parent, chosen })
            }));
        }
        // Stable: among equals the finished ones, then the order of the beam, as the reference has it.
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));

        let (mut live, mut done) = (Vec::with_capacity(breadth.width.min(candidates.len())), Vec::new());
        for (judged, (score, candidate)) in candidates.into_iter().enumerate() {
            if live.len() + done.len() == breadth.width
                || (judged % STOP_INTERVAL == STOP_INTERVAL - 1 && stop())
            {
                break;
            }
            let (parent, chosen) = match candidate {
                Candidate::Done(index) => {
                    done.push(self.done[index].clone());
                    continue;
                }
                Candidate::Extended { parent, chosen } => (parent, chosen),
            };
            let prefix = task.template.extend(&self.live[parent].1, &chosen);
            let finished = task.template.is_finished(&prefix);
            if !task.judge.accepts(&prefix, finished) {
                continue;
            }
            if !finished {
                live.push((score, prefix, first_row + parent));
                continue;
            }
            let finished = Finished { log_probability: score, prefix };
            // Candidates come likeliest first, and so do the finished ones among them.
            let flow = on_finished(&finished);
            done.push(finished);
            if flow == Flow::Stop {
                self.done = done;
                return Flow::Stop;
            }
        }
        if let (Some(margin), Some(best)) = (breadth.margin, done.first()) {
            live.retain(|(score, ..)| *score >= best.log_probability - margin);
        }
        (self.live, self.done) = (live, done);
        Flow::Continue
    }
}
