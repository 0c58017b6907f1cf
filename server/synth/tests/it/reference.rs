//! The networks, the roll-outs and the plain beam against the reference's values: eight tasks of the development
//! file and four real ones, in float32.

use std::sync::OnceLock;

use dataset::{Example, Task};
use serde_json::Value;
use synth::decode::beam::{Anything, BeamTask, Breadth, Flow, search};
use synth::decode::template::Template;
use synth::decode::traces::{Traces, infer};
use synth::device::{self, DevicePreference};
use synth::models::code_transformer::CodeTransformer;
use synth::models::network::Network;
use synth::models::trace_policy::TracePolicy;
use synth::models::weights::Weights;
use synth::models::{CodeModel, CodeTask, Pair};
use tch::{Device, Kind};

const TOLERANCE: f64 = 1e-3;

struct Reference {
    pairs: Vec<Pair>,
    values: Value,
}

fn references() -> Vec<Reference> {
    let values: Vec<Value> = serde_json::from_str(include_str!("../fixtures/vectors.json")).unwrap();
    let tasks =
        include_str!("../fixtures/tasks.jsonl").lines().map(|l| Task::from_json(l.as_bytes()).unwrap());
    tasks
        .zip(values)
        .map(|(task, values)| {
            assert_eq!(values["guid"], task.guid);
            let pair = |e: &Example| Pair { start: e.input.clone(), goal: e.output.clone() };
            Reference { pairs: task.examples.iter().take(5).map(pair).collect(), values }
        })
        .collect()
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|v| v.as_f64().unwrap()).collect()
}

fn assert_close(found: impl IntoIterator<Item = f64>, expected: &Value, what: &str) {
    let found: Vec<f64> = found.into_iter().collect();
    let expected = numbers(expected);
    assert_eq!(found.len(), expected.len(), "{what}");
    for (f, e) in found.iter().zip(&expected) {
        assert!((f - e).abs() <= TOLERANCE, "{what}: {found:?} instead of {expected:?}");
    }
}

/// The CPU, and CUDA where there is one.
fn devices() -> &'static [Device] {
    static DEVICES: OnceLock<Vec<Device>> = OnceLock::new();
    DEVICES.get_or_init(|| match device::open(DevicePreference::Auto) {
        Ok(cuda @ Device::Cuda(_)) => vec![Device::Cpu, cuda],
        _ => vec![Device::Cpu],
    })
}

fn policy(device: Device) -> TracePolicy {
    let bytes = include_bytes!("../../weights/trace-policy.safetensors");
    TracePolicy::of_file(Weights::parse(bytes, "trace-policy", device).unwrap()).unwrap()
}

fn transformer(device: Device) -> CodeTransformer {
    let bytes = include_bytes!("../../weights/code-transformer.safetensors");
    CodeTransformer::of_file(Weights::parse(bytes, "code-transformer", device).unwrap()).unwrap()
}

fn trace_names(traces: &Traces) -> Value {
    let names = |t: &Vec<runtime::Action>| t.iter().map(|a| a.name()).collect::<Vec<_>>();
    serde_json::to_value(traces.iter().map(|t| t.as_ref().map(names)).collect::<Vec<_>>()).unwrap()
}

#[test]
fn policy_and_traces_agree() {
    devices().iter().for_each(|&device| policy_and_traces_agree_on(device));
}

fn policy_and_traces_agree_on(device: Device) {
    let policy = policy(device);
    let references = references();
    let tasks: Vec<&[Pair]> = references.iter().map(|r| &r.pairs[..]).collect();
    let traces = infer(Some(&policy), &tasks, 0, &|| false);
    for (reference, traces) in references.iter().zip(&traces) {
        let first = &reference.pairs[0];
        let logits = policy.logits(&[(&first.start, &first.goal)]);
        let expected = &reference.values["policy_logits_first_example_first_step"];
        assert_close(logits[0].map(f64::from), expected, "policy logits");
        assert_eq!(trace_names(traces), reference.values["traces"]);
    }
}

fn tasks(references: &[Reference], device: Device) -> Vec<CodeTask> {
    let policy = policy(device);
    let pairs: Vec<&[Pair]> = references.iter().map(|r| &r.pairs[..]).collect();
    let traces = infer(Some(&policy), &pairs, 0, &|| false);
    references.iter().zip(traces).map(|(r, traces)| CodeTask { pairs: r.pairs.clone(), traces }).collect()
}

#[test]
fn memory_and_first_token_agree() {
    devices().iter().for_each(|&device| memory_and_first_token_agree_on(device));
}

fn memory_and_first_token_agree_on(device: Device) {
    let model = transformer(device);
    let references = references();
    let tasks = tasks(&references, device);
    // One by one, and all in one batch: padding must not change anything.
    let (batch, lengths) = model.read(&tasks);
    let batch_logits = model.first_token_logits(&batch, &lengths);
    for (i, (reference, task)) in references.iter().zip(&tasks).enumerate() {
        let (memory, own) = model.read(std::slice::from_ref(task));
        assert_eq!(own, [lengths[i]]);
        let values = &reference.values;
        for memory in [&memory.get(0), &batch.get(i as i64).narrow(0, 0, lengths[i])] {
            let row = |n: i64| -> Vec<f64> {
                Vec::<f32>::try_from(memory.get(n).narrow(0, 0, 8))
                    .unwrap()
                    .into_iter()
                    .map(f64::from)
                    .collect()
            };
            assert_eq!(serde_json::json!([1, memory.size()[0], memory.size()[1]]), values["memory_shape"]);
            assert_close(
                [memory.abs().mean(Kind::Float).double_value(&[])],
                &serde_json::json!([values["memory_mean_abs"]]),
                "mean",
            );
            assert_close(row(0), &values["memory_first_row_first_8"], "first row");
            assert_close(row(memory.size()[0] - 1), &values["memory_last_row_first_8"], "last row");
        }
        let logits = model.first_token_logits(&memory, &own);
        for logits in [&logits[0], &batch_logits[i]] {
            assert_close(logits.iter().map(|&x| f64::from(x)), &values["first_token_logits"], "first token");
        }
    }
}

#[test]
fn plain_beam_agrees() {
    devices().iter().for_each(|&device| plain_beam_agrees_on(device));
}

fn plain_beam_agrees_on(device: Device) {
    let model = transformer(device);
    let references = references();
    let tasks = tasks(&references, device);
    let template = Template::program(32);
    for batch in [1, tasks.len()] {
        for (references, tasks) in references.chunks(batch).zip(tasks.chunks(batch)) {
            let mut judges: Vec<Anything> = tasks.iter().map(|_| Anything).collect();
            let mut beams: Vec<BeamTask> =
                judges.iter_mut().map(|judge| BeamTask { template: &template, judge }).collect();
            let found = tch::no_grad(|| {
                let mut decoder = model.begin(tasks);
                search(&mut *decoder, &mut beams, Breadth::plain(50), &|| false, &mut |_, _| Flow::Continue)
            });
            for (reference, found) in references.iter().zip(found) {
                for (expected, found) in reference.values["beam"].as_array().unwrap().iter().zip(&found) {
                    assert_eq!(serde_json::json!(found.prefix.tokens), expected["compact"]);
                    assert_close(
                        [found.log_probability],
                        &serde_json::json!([expected["log_probability"]]),
                        "beam",
                    );
                }
            }
        }
    }
}
