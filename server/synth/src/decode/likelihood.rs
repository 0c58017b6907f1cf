//! How likely whole programs are to a network, whoever wrote them.

use dataset::compact::BEGIN;

use crate::models::{Decoder, Row, VOCABULARY};

/// The log-probabilities of all tokens at each place of each program, `[tokens, VOCABULARY]` flat. Programs come with
/// the number of their task in the decoder, ascending. Empty where stopped.
pub fn follow(
    decoder: &mut dyn Decoder,
    programs: &[(usize, &[u8])],
    stop: &dyn Fn() -> bool,
) -> Vec<Vec<f32>> {
    let mut tables: Vec<Vec<f32>> = vec![Vec::new(); programs.len()];
    // Of each program that goes on: its row in the step before.
    let mut live: Vec<(usize, usize)> = programs.iter().map(|(task, _)| *task).enumerate().collect();
    for place in 0.. {
        live.retain(|(program, _)| place < programs[*program].1.len());
        if live.is_empty() || stop() {
            break;
        }
        let token = |program: usize| if place == 0 { BEGIN } else { programs[program].1[place - 1] };
        let rows: Vec<Row> =
            live.iter().map(|&(program, parent)| Row { parent, token: token(program) }).collect();
        let scores = decoder.step(&rows);
        for ((row, (program, parent)), scores) in live.iter_mut().enumerate().zip(scores.chunks(VOCABULARY)) {
            tables[*program].extend(scores);
            *parent = row;
        }
    }
    tables
}

/// The log-probability of a program by its table.
pub fn log_probability(table: &[f32], program: &[u8]) -> f64 {
    let own = table.chunks(VOCABULARY).zip(program);
    own.map(|(scores, &token)| f64::from(scores[usize::from(token)])).sum()
}
