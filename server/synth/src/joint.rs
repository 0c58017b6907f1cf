//! How likely whole programs and whole traces are to the networks, whoever wrote them. Together: the *joint score* of a
//! program, log p(program | its own traces) + Σ log p(its trace | the example), which asks both networks about one story
//! instead of asking the second about what the first happened to guess.

use dataset::compact::BEGIN;
use runtime::{Action, World};

use crate::models::{CodeModel, CodeTask, Decoder, Pair, Row, TraceModel, VOCABULARY};
use crate::traces::{self, Traces};

/// Log-probability of a trace that is too long to be read.
const UNTRACED: f64 = -50.0;

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

/// The log-probability of each trace under the policy, steps that can't be done left out of account as in a roll-out.
pub fn traces(model: &dyn TraceModel, pairs: &[(&Pair, &[Action])], stop: &dyn Fn() -> bool) -> Vec<f64> {
    let single: Vec<[Pair; 1]> = pairs.iter().map(|(pair, _)| [(*pair).clone()]).collect();
    let tasks: Vec<&[Pair]> = single.iter().map(<[Pair; 1]>::as_slice).collect();
    let mut rollouts = model.begin(&tasks);
    let mut sums = vec![0.0; pairs.len()];
    let mut live: Vec<(usize, World)> =
        pairs.iter().enumerate().map(|(n, (pair, _))| (n, pair.start.clone())).collect();
    for place in 0usize.. {
        if live.is_empty() || stop() {
            break;
        }
        let before = |n: usize| place.checked_sub(1).and_then(|at| pairs[n].1.get(at).copied());
        let now: Vec<(&World, Option<Action>)> = live.iter().map(|(n, now)| (now, before(*n))).collect();
        let logits = rollouts.step(&now);
        let mut going = Vec::new();
        let mut next = Vec::new();
        for (row, ((n, mut now), logits)) in live.into_iter().zip(logits).enumerate() {
            let (pair, trace) = pairs[n];
            let action = trace.get(place).copied();
            let arrived = now == pair.goal;
            sums[n] += traces::log_probability(&now, arrived, logits, action);
            if action.is_some_and(|action| now.act(action)) {
                going.push(row);
                next.push((n, now));
            }
        }
        rollouts.keep(&going);
        live = next;
    }
    sums
}

/// The joint scores of programs with their own traces, one per pair of examples (of which the code model reads those
/// that `choose` picks).
pub fn scores(
    code: &dyn CodeModel,
    policy: Option<&dyn TraceModel>,
    pairs: &[Pair],
    programs: &[(&[u8], Traces)],
    stop: &dyn Fn() -> bool,
) -> Vec<f64> {
    // Programs that do the same in the examples share an encoding, and examples done alike share a roll-out.
    let mut sets: Vec<&Traces> = Vec::new();
    let mut known: Vec<(usize, &[Action])> = Vec::new();
    for (_, own) in programs {
        if !sets.contains(&own) {
            sets.push(own);
        }
        for (example, trace) in own.iter().enumerate() {
            let Some(trace) = trace else { continue };
            if !known.contains(&(example, &trace[..])) {
                known.push((example, trace));
            }
        }
    }
    let asked: Vec<(&Pair, &[Action])> = known.iter().map(|&(i, trace)| (&pairs[i], trace)).collect();
    let of_traces = policy.map_or_else(|| vec![0.0; asked.len()], |policy| traces(policy, &asked, stop));
    let of_trace = |(example, trace): (usize, &Option<Vec<Action>>)| {
        let place = trace.as_ref().and_then(|t| known.iter().position(|k| *k == (example, &t[..])));
        place.map_or(UNTRACED, |place| of_traces[place])
    };

    let tasks: Vec<CodeTask> =
        sets.iter().map(|set| crate::choose::choose(pairs, set, &code.examples())).collect();
    let mut order: Vec<(usize, usize)> = programs
        .iter()
        .enumerate()
        .map(|(n, (_, own))| (sets.iter().position(|set| *set == own).unwrap_or(0), n))
        .collect();
    order.sort_unstable();
    let rows: Vec<(usize, &[u8])> = order.iter().map(|&(set, n)| (set, programs[n].0)).collect();
    let mut joint = vec![f64::NEG_INFINITY; programs.len()];
    if rows.is_empty() || stop() {
        return joint;
    }
    let tables = follow(&mut *code.begin(&tasks), &rows, stop);
    for (&(_, n), table) in order.iter().zip(&tables) {
        let (tokens, own) = &programs[n];
        joint[n] = log_probability(table, tokens) + own.iter().enumerate().map(of_trace).sum::<f64>();
    }
    joint
}
