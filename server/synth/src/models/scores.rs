//! The scores of one step of a decoder, and the likeliest extensions among them. On a device only those come back to
//! the host.

use std::ops::Range;

use tch::{Kind, Tensor};

use super::VOCABULARY;
use super::tensors::{dims, host, indices, tensor};
use crate::grammar::{Mask, tokens};

/// How the scores of a step lie on a device.
const LAYOUT: &str = "[tasks, rows, VOCABULARY]";

/// Log-probabilities of the next token after each row of a step.
pub enum Scores {
    /// `[rows, VOCABULARY]` flat.
    Host(Vec<f32>),
    /// `[tasks, rows, VOCABULARY]` in float32: of each task that has rows, in order, its rows, and padding to as many
    /// as the largest has.
    Device(Tensor),
}

/// One task's rows in a step, which lie together.
#[derive(Debug, Clone)]
pub struct Asked {
    /// The numbers of the rows, which are not empty.
    pub rows: Range<usize>,
    /// The score of each row's prefix, natural logarithm.
    pub scores: Vec<f64>,
    /// The tokens that may come next, for each row.
    pub allowed: Vec<Mask>,
}

/// A row and the token that extends it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Extension {
    /// The row's number, counted from the task's first.
    pub row: usize,
    pub token: u8,
    pub log_probability: f32,
}

/// The likeliest extensions of one task's rows, in no particular order.
#[derive(Debug, Clone, PartialEq)]
pub struct Shortlist {
    pub extensions: Vec<Extension>,
    /// A bound where some are left out: none of those scores more.
    pub left_out: Option<f64>,
}

impl Scores {
    /// The `most` extensions of each task with the greatest sum of prefix score and log-probability, all computed in
    /// float64 as on the host.
    pub fn best(&self, asked: &[Asked], most: usize) -> Vec<Shortlist> {
        match self {
            Scores::Host(_) => self.all(asked, &(0..asked.len()).collect::<Vec<_>>()),
            Scores::Device(scores) => best(scores, asked, most),
        }
    }

    /// The scores as `[rows, VOCABULARY]`, flat, where each task has as many rows as `counts` says.
    pub fn rows(&self, counts: &[usize]) -> Vec<f32> {
        match self {
            Scores::Host(scores) => scores.clone(),
            Scores::Device(scores) => {
                let [_, rows, vocabulary] = dims(scores, LAYOUT);
                let flat = host(scores);
                let rows = flat.chunks((rows * vocabulary) as usize).zip(counts);
                rows.flat_map(|(block, &count)| &block[..count * VOCABULARY]).copied().collect()
            }
        }
    }

    /// All extensions of these tasks.
    pub fn all(&self, asked: &[Asked], tasks: &[usize]) -> Vec<Shortlist> {
        let list = |task: usize, scores: &[f32]| {
            let rows = asked[task].allowed.iter().zip(scores.chunks(VOCABULARY)).enumerate();
            let extensions = rows.flat_map(|(row, (&allowed, scores))| {
                tokens(allowed).map(move |token| Extension {
                    row,
                    token,
                    log_probability: scores[usize::from(token)],
                })
            });
            Shortlist { extensions: extensions.collect(), left_out: None }
        };
        match self {
            Scores::Host(scores) => tasks
                .iter()
                .map(|&task| {
                    let Range { start, end } = asked[task].rows;
                    list(task, &scores[start * VOCABULARY..end * VOCABULARY])
                })
                .collect(),
            Scores::Device(scores) => {
                let [_, rows, vocabulary] = dims(scores, LAYOUT);
                let index: Vec<i64> = tasks.iter().map(|&task| task as i64).collect();
                let flat = host(&scores.index_select(0, &indices(&index, scores.device())));
                tasks
                    .iter()
                    .zip(flat.chunks((rows * vocabulary) as usize))
                    .map(|(&task, scores)| list(task, scores))
                    .collect()
            }
        }
    }
}

/// Masks forbidden tokens, adds the scores of prefixes and finds the greatest of each task: all on the device, with one
/// copy from it.
fn best(scores: &Tensor, asked: &[Asked], most: usize) -> Vec<Shortlist> {
    let [tasks, rows, vocabulary] = dims(scores, LAYOUT);
    let (device, places) = (scores.device(), (tasks * rows) as usize);
    let mut before = vec![0f64; places];
    let mut allowed = vec![0i64; places];
    for (task, asked) in asked.iter().enumerate() {
        let first = task * rows as usize;
        before[first..][..asked.scores.len()].copy_from_slice(&asked.scores);
        for (place, &mask) in allowed[first..].iter_mut().zip(&asked.allowed) {
            // The vocabulary has fewer than 63 tokens.
            *place = mask as i64;
        }
    }
    let shape = [tasks, rows, 1];
    let bit = Tensor::arange(vocabulary, (Kind::Int64, device));
    let forbidden = tensor(&allowed, &shape, device).bitwise_right_shift(&bit).bitwise_and(1).eq(0);
    let sums = (scores.to_kind(Kind::Double) + tensor(&before, &shape, device))
        .masked_fill(&forbidden, f64::NEG_INFINITY)
        .flatten(1, 2);
    let count = (most as i64).clamp(1, rows * vocabulary);
    let (_, index) = sums.topk(count, -1, true, true);
    let gained = scores.flatten(1, 2).gather(1, &index, false);
    // Places below 2^24 are exact in float32.
    let both = host(&Tensor::stack(&[index.to_kind(Kind::Float), gained], 0));
    let (index, gained) = both.split_at(both.len() / 2);
    let count = count as usize;
    asked
        .iter()
        .zip(index.chunks(count).zip(gained.chunks(count)))
        .map(|(asked, (index, gained))| shortlist(asked, index, gained))
        .collect()
}

fn shortlist(asked: &Asked, index: &[f32], gained: &[f32]) -> Shortlist {
    let found = index.iter().zip(gained).filter_map(|(&place, &log_probability)| {
        let (row, token) = (place as usize / VOCABULARY, (place as usize % VOCABULARY) as u8);
        // Where fewer are allowed than asked for, the list ends with others.
        let allowed = asked.allowed.get(row).is_some_and(|mask| mask & (1 << token) != 0);
        allowed.then_some(Extension { row, token, log_probability })
    });
    let extensions: Vec<Extension> = found.collect();
    let all: usize = asked.allowed.iter().map(|mask| mask.count_ones() as usize).sum();
    let sum = |e: &Extension| asked.scores[e.row] + f64::from(e.log_probability);
    let left_out = (extensions.len() < all).then(|| extensions.last().map_or(f64::INFINITY, sum));
    Shortlist { extensions, left_out }
}
