//! Fitting the learned choice: the weights that make it likeliest that the behaviour put first is a right one.

use super::TaskResult;
use crate::rank::weights::{COUNT, Ranking, log_sum};

const ROUNDS: usize = 3_000;
/// The learning rate of Adam.
const RATE: f64 = 0.02;
/// Pull of the weights towards 0, per task.
const DECAY: f64 = 1e-4;

/// Fits on the tasks that have both right and wrong behaviours; gives also how many those are. By gradient ascent on
/// the logarithm of the probability that the choice gives to the right ones together (a conditional logit), features
/// scaled to unit variance meanwhile. Starts from nothing and is always the same for the same results.
pub fn fit(results: &[TaskResult]) -> (Ranking, usize) {
    let tasks: Vec<Vec<([f64; COUNT], bool)>> = results
        .iter()
        .map(|r| r.choices.behaviours.iter().map(|(f, right)| (f.values(), *right)).collect::<Vec<_>>())
        .filter(|task| task.iter().any(|b| b.1) && task.iter().any(|b| !b.1))
        .collect();
    let scales = scales(&tasks);
    let (mut weights, mut first, mut second) = ([0.0; COUNT], [0.0; COUNT], [0.0; COUNT]);
    for round in 1..=ROUNDS as i32 {
        let gradient = gradient(&tasks, &scales, &weights);
        for i in 0..COUNT {
            let g = gradient[i] - DECAY * weights[i];
            first[i] = 0.9 * first[i] + 0.1 * g;
            second[i] = 0.999 * second[i] + 0.001 * g * g;
            let (m, v) = (first[i] / (1.0 - 0.9f64.powi(round)), second[i] / (1.0 - 0.999f64.powi(round)));
            weights[i] += RATE * m / (v.sqrt() + 1e-8);
        }
    }
    (Ranking::new(std::array::from_fn(|i| weights[i] * scales[i])), tasks.len())
}

/// One over the standard deviation of each feature within the tasks; 0 where it never differs.
fn scales(tasks: &[Vec<([f64; COUNT], bool)>]) -> [f64; COUNT] {
    std::array::from_fn(|i| {
        let (mut squares, mut count) = (0.0, 0usize);
        for task in tasks {
            let mean = task.iter().map(|b| b.0[i]).sum::<f64>() / task.len() as f64;
            squares += task.iter().map(|b| (b.0[i] - mean).powi(2)).sum::<f64>();
            count += task.len();
        }
        let deviation = (squares / count.max(1) as f64).sqrt();
        if deviation > 1e-9 { 1.0 / deviation } else { 0.0 }
    })
}

/// Mean gradient of the log-likelihood: what the right ones have on average, less what all have.
fn gradient(
    tasks: &[Vec<([f64; COUNT], bool)>],
    scales: &[f64; COUNT],
    weights: &[f64; COUNT],
) -> [f64; COUNT] {
    let mut gradient = [0.0; COUNT];
    for task in tasks {
        let score =
            |values: &[f64; COUNT]| (0..COUNT).map(|i| weights[i] * scales[i] * values[i]).sum::<f64>();
        let scores: Vec<f64> = task.iter().map(|b| score(&b.0)).collect();
        let all = log_sum(scores.iter().copied());
        let right = log_sum(scores.iter().zip(task).filter(|(_, b)| b.1).map(|(s, _)| *s));
        for (score, (values, is_right)) in scores.iter().zip(task) {
            let share = if *is_right { (score - right).exp() } else { 0.0 } - (score - all).exp();
            for i in 0..COUNT {
                gradient[i] += share * scales[i] * values[i] / tasks.len() as f64;
            }
        }
    }
    gradient
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::eval::Choices;
    use crate::rank::weights::{Features, Profile};

    #[test]
    fn finds_what_matters() {
        // The right one of each pair is the shorter one, nine times out of ten, whatever its probability.
        let behaviour = |length: f64, log_probability: f64, right| {
            let profile = Profile { length, ..Profile::default() };
            (Features { log_probability, profile, ..Features::default() }, right)
        };
        let task = |number: usize| {
            let (log, odd) = (number as f64 % 7.0, number.is_multiple_of(10));
            let behaviours = vec![behaviour(8.0, -log, !odd), behaviour(12.0, log - 6.0, odd)];
            TaskResult { choices: Choices { behaviours, ..Choices::default() }, ..TaskResult::default() }
        };
        let mut results: Vec<TaskResult> = (0..200).map(task).collect();
        results.push(TaskResult::default());
        let (choice, tasks) = fit(&results);
        assert_eq!(tasks, 200);
        let weights = choice.weights();
        // 9 : 1 over a difference of 4 tokens.
        assert!((weights["length"] + 9f64.ln() / 4.0).abs() < 0.1, "{weights:?}");
        assert!(weights["log_probability"].abs() < 0.1 && weights["finishes"] == 0.0, "{weights:?}");
    }
}
