//! Beam search over programs, many tasks at once, every prefix within its template. Plain, it is the reference's:
//! finished programs keep their place among the unfinished. With a judge, what the judge refuses leaves the beam and
//! the next likeliest takes its place.
//!
//! The decoder's device ranks the extensions of all tasks; the host gets the likeliest few of each and judges them, the
//! tasks on all cores. Where a task refuses more than it got, it gets the rest: the result is that of a full sort.

use std::sync::{Mutex, PoisonError};

use dataset::compact::BEGIN;
use rayon::prelude::*;

use crate::decode::template::{Move, Prefix, Template};
use crate::models::{Asked, Decoder, Row, Shortlist};

/// A judge says which prefixes may stay.
pub trait Judge: Send {
    /// `finished` where it is a whole program, and whatever of it is refused is wrong for good.
    fn accepts(&mut self, prefix: &Prefix, finished: bool) -> bool;
}

/// A judge that accepts everything, for the plain beam.
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
    /// The number of places per task.
    pub width: usize,
    /// Where set, a prefix leaves the beam when it is less likely than the likeliest finished program by more than
    /// this, in natural logarithm: it would only become a far-fetched alternative.
    pub margin: Option<f64>,
}

impl Breadth {
    /// The reference's beam: `width` places, and no margin.
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

/// Is called with each accepted program and the number of its task.
type OnFinished<'f> = dyn FnMut(usize, &Finished) -> Flow + Send + 'f;

/// At most this many judgements pass between two checks of the stop flag.
const STOP_INTERVAL: usize = 64;
/// The number of extensions that the decoder ranks for each place in the beam: a judge refuses about as many as it
/// accepts, and a place needs one.
const RANKED: usize = 3;

/// Searches until every place is taken by a finished program, or nothing is left to
/// extend, or `stop` says so (asked at least once a step). `on_finished` hears of each accepted program once, with
/// the number of its task, and may end that task. Gives each task's finished programs, likeliest first.
///
/// Tasks don't depend on each other: each finds what it finds alone.
pub fn search(
    decoder: &mut dyn Decoder,
    tasks: &mut [BeamTask],
    breadth: Breadth,
    stop: &(dyn Fn() -> bool + Sync),
    on_finished: &mut (dyn FnMut(usize, &Finished) -> Flow + Send),
) -> Vec<Vec<Finished>> {
    let on_finished = Mutex::new(on_finished);
    let mut beams: Vec<Beam> = tasks
        .iter_mut()
        .enumerate()
        .map(|(number, task)| Beam {
            number,
            live: vec![(0.0, task.template.start(), number)],
            done: Vec::new(),
            next: Next::default(),
            moves: Vec::new(),
            task,
        })
        .collect();
    let context = Context { breadth, stop, on_finished: &on_finished };
    loop {
        let mut live: Vec<&mut Beam> = beams.iter_mut().filter(|beam| !beam.live.is_empty()).collect();
        if live.is_empty() || stop() {
            return beams.into_iter().map(|beam| beam.done).collect();
        }
        let rows: Vec<Row> = live.iter().flat_map(|beam| beam.rows()).collect();
        // The device computes while the host finds out which tokens may come.
        let scores = decoder.scores(&rows);
        let mut asked = each(&mut live, |beam, _| beam.asked());
        let mut first = 0;
        for asked in &mut asked {
            asked.rows = first..first + asked.scores.len();
            first = asked.rows.end;
        }
        let lists = scores.best(&asked, breadth.width.saturating_mul(RANKED));
        let enough = each(&mut live, |beam, n| beam.grow(&lists[n], asked[n].rows.start, &context));
        let short: Vec<usize> = (0..live.len()).filter(|&n| !enough[n]).collect();
        if !short.is_empty() {
            let rest = scores.all(&asked, &short);
            let mut beams: Vec<&mut &mut Beam> =
                live.iter_mut().enumerate().filter(|(n, _)| !enough[*n]).map(|(_, beam)| beam).collect();
            each(&mut beams, |beam, n| beam.grow(&rest[n], asked[short[n]].rows.start, &context));
        }
    }
}

/// Does the work for every beam, on all cores; a single beam is not worth waking another thread.
fn each<B: Send, T: Send>(beams: &mut [B], work: impl Fn(&mut B, usize) -> T + Sync + Send) -> Vec<T> {
    match beams {
        [one] => vec![work(one, 0)],
        many => many.par_iter_mut().enumerate().map(|(number, beam)| work(beam, number)).collect(),
    }
}

/// What all tasks of a search have in common.
struct Context<'s, 'f> {
    breadth: Breadth,
    stop: &'s (dyn Fn() -> bool + Sync),
    on_finished: &'s Mutex<&'f mut OnFinished<'f>>,
}

/// The live prefixes of one task, best first, and where the decoder keeps each.
struct Beam<'s, 't> {
    number: usize,
    task: &'s mut BeamTask<'t>,
    live: Vec<(f64, Prefix, usize)>,
    done: Vec<Finished>,
    /// The step under way.
    next: Next,
    moves: Vec<Move>,
}

/// The places of the next step that are taken, and how many candidates were judged for them.
#[derive(Default)]
struct Next {
    live: Vec<(f64, Prefix, usize)>,
    done: Vec<Finished>,
    judged: usize,
}

/// A possible place in the next beam.
#[derive(Clone, Copy)]
enum Candidate {
    /// A finished program, by its number.
    Done(usize),
    Extended {
        parent: usize,
        chosen: Move,
    },
}

impl Beam<'_, '_> {
    fn rows(&self) -> impl Iterator<Item = Row> {
        self.live.iter().map(|(_, prefix, parent)| Row {
            parent: *parent,
            token: prefix.tokens.last().copied().unwrap_or(BEGIN),
        })
    }

    fn asked(&mut self) -> Asked {
        let (template, moves) = (self.task.template, &mut self.moves);
        Asked {
            rows: 0..0,
            scores: self.live.iter().map(|(score, ..)| *score).collect(),
            allowed: self.live.iter().map(|(_, prefix, _)| template.allowed(prefix, moves)).collect(),
        }
    }

    /// Takes one step: extensions and the finished programs compete for the places. `first_row` is the decoder's row of
    /// the first live prefix. False where places are left that extensions outside the list may take: to be called
    /// again with a list of all.
    fn grow(&mut self, list: &Shortlist, first_row: usize, context: &Context) -> bool {
        let width = context.breadth.width;
        let candidates = self.candidates(list);
        let mut next = std::mem::take(&mut self.next);
        let mut over = next.live.len() + next.done.len() >= width;
        for (score, candidate) in candidates.into_iter().skip(next.judged) {
            if next.live.len() + next.done.len() >= width
                || (next.judged % STOP_INTERVAL == STOP_INTERVAL - 1 && (context.stop)())
            {
                over = true;
                break;
            }
            next.judged += 1;
            let (parent, chosen) = match candidate {
                Candidate::Done(index) => {
                    next.done.push(self.done[index].clone());
                    continue;
                }
                Candidate::Extended { parent, chosen } => (parent, chosen),
            };
            let prefix = self.task.template.extend(&self.live[parent].1, &chosen);
            let finished = self.task.template.is_finished(&prefix);
            if !self.task.judge.accepts(&prefix, finished) {
                continue;
            }
            if !finished {
                next.live.push((score, prefix, first_row + parent));
                continue;
            }
            let finished = Finished { log_probability: score, prefix };
            // Candidates come likeliest first, and so do the finished ones among them.
            let mut on_finished = context.on_finished.lock().unwrap_or_else(PoisonError::into_inner);
            let flow = on_finished(self.number, &finished);
            next.done.push(finished);
            if flow == Flow::Stop {
                self.live.clear();
                self.done = next.done;
                return true;
            }
        }
        if !over && list.left_out.is_some() && next.live.len() + next.done.len() < width {
            self.next = next;
            return false;
        }
        if let (Some(margin), Some(best)) = (context.breadth.margin, next.done.first()) {
            next.live.retain(|(score, ..)| *score >= best.log_probability - margin);
        }
        (self.live, self.done) = (next.live, next.done);
        true
    }

    /// The finished programs and the listed extensions, likeliest first, as far as nothing outside the list can come
    /// before them.
    fn candidates(&mut self, list: &Shortlist) -> Vec<(f64, Candidate)> {
        let mut candidates: Vec<(f64, Candidate)> =
            self.done.iter().enumerate().map(|(i, d)| (d.log_probability, Candidate::Done(i))).collect();
        let mut extensions = list.extensions.clone();
        extensions.sort_unstable_by_key(|e| (e.row, e.token));
        for listed in extensions.chunk_by(|a, b| a.row == b.row) {
            let parent = listed[0].row;
            let (score, prefix, _) = &self.live[parent];
            self.task.template.moves(prefix, &mut self.moves);
            candidates.extend(self.moves.iter().filter_map(|&chosen| {
                let extension = listed.iter().find(|e| e.token == chosen.token)?;
                let gain = f64::from(extension.log_probability) + f64::from(chosen.bonus);
                Some((score + gain, Candidate::Extended { parent, chosen }))
            }));
        }
        // Bonuses are never positive, so what is left out stays below its bound.
        if let Some(bound) = list.left_out {
            candidates.retain(|(score, _)| *score > bound);
        }
        // Stable: among equals the finished ones, then the order of the beam, as the reference has it.
        candidates.sort_by(|a, b| b.0.total_cmp(&a.0));
        candidates
    }
}
