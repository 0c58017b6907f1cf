//! What the networks of `ours` compute for the tasks of `tests/fixtures/tasks.jsonl`, as `vectors.json` holds it: a later
//! change of the code, or another device, is compared with these values.

use dataset::{Example, Task};
use serde::Serialize;
use tch::Kind;

use crate::decode::beam::{Anything, BeamTask, Breadth, Finished, Flow, search};
use crate::decode::template::Template;
use crate::decode::traces;
use crate::eval::SHOWN;
use crate::eval::verify::LONGEST;
use crate::models::code_transformer::CodeTransformer;
use crate::models::trace_policy::TracePolicy;
use crate::models::{CodeModel as _, CodeTask, Pair};

/// Width of the beam, and how many of its programs are kept.
const BEAM: usize = 50;
const KEPT: usize = 10;

/// The values of one task, all in float32, rounded to six digits.
#[derive(Debug, Serialize)]
pub(super) struct Vector {
    guid: String,
    /// The greedy roll-outs of the first five examples, or a sampled one where that failed; none where no trace was found.
    traces: Vec<Option<Vec<&'static str>>>,
    /// The six classes of the policy.
    policy_logits_first_example_first_step: Vec<f64>,
    /// `[1, length, d]`
    memory_shape: [i64; 3],
    memory_mean_abs: f64,
    memory_first_row_first_8: Vec<f64>,
    memory_last_row_first_8: Vec<f64>,
    /// The 42 compact tokens.
    first_token_logits: Vec<f64>,
    /// The likeliest programs of the plain beam, likeliest first.
    beam: Vec<Candidate>,
}

#[derive(Debug, Serialize)]
struct Candidate {
    log_probability: f64,
    compact: Vec<u8>,
}

/// Computes the values of these tasks.
pub(super) fn vectors(policy: &TracePolicy, transformer: &CodeTransformer, tasks: &[Task]) -> Vec<Vector> {
    tch::no_grad(|| tasks.iter().map(|task| vector(policy, transformer, task)).collect())
}

fn vector(policy: &TracePolicy, transformer: &CodeTransformer, task: &Task) -> Vector {
    let pair = |e: &Example| Pair { start: e.input.clone(), goal: e.output.clone() };
    let pairs: Vec<Pair> = task.examples.iter().take(SHOWN).map(pair).collect();
    let traces = traces::infer(Some(policy), &[&pairs], 0, &|| false).remove(0);
    let first = policy.logits(&[(&pairs[0].start, &pairs[0].goal)]);
    let names = traces.iter().map(|t| t.as_ref().map(|t| t.iter().map(|a| a.name()).collect())).collect();
    let task_of_code = [CodeTask { pairs, traces }];
    let (memory, lengths) = transformer.read(&task_of_code);
    let whole = memory.get(0);
    let row =
        |n: i64| -> Vec<f64> { (0..8).map(|column| rounded(whole.double_value(&[n, column]))).collect() };
    let template = Template::program(LONGEST);
    let mut judge = Anything;
    let mut beams = [BeamTask { template: &template, judge: &mut judge }];
    let mut decoder = transformer.begin(&task_of_code);
    let go_on = &mut |_: usize, _: &Finished| Flow::Continue;
    let found = search(&mut *decoder, &mut beams, Breadth::plain(BEAM), &|| false, go_on).remove(0);
    let candidate = |finished: &Finished| Candidate {
        log_probability: rounded(finished.log_probability),
        compact: finished.prefix.tokens.clone(),
    };
    Vector {
        guid: task.guid.clone(),
        traces: names,
        policy_logits_first_example_first_step: first[0].iter().map(|&x| rounded(f64::from(x))).collect(),
        memory_shape: [1, whole.size()[0], whole.size()[1]],
        memory_mean_abs: rounded(whole.abs().mean(Kind::Float).double_value(&[])),
        memory_first_row_first_8: row(0),
        memory_last_row_first_8: row(whole.size()[0] - 1),
        first_token_logits: transformer.first_token_logits(&memory, &lengths)[0]
            .iter()
            .map(|&x| rounded(f64::from(x)))
            .collect(),
        beam: found.iter().take(KEPT).map(candidate).collect(),
    }
}

/// To six significant digits.
fn rounded(value: f64) -> f64 {
    format!("{value:.5e}").parse().unwrap_or(value)
}
