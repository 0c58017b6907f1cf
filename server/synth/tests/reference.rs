//! The networks, the roll-outs and the plain beam against the reference's values: eight tasks of the development
//! file and four real ones, in float32.

use dataset::features::Canvas;
use runtime::{Cell, Heading, Robot, World};
use serde_json::Value;
use synth::beam::{Anything, BeamTask, Breadth, Flow, search};
use synth::models::code_transformer::CodeTransformer;
use synth::models::trace_policy::TracePolicy;
use synth::models::weights::Weights;
use synth::models::{CodeModel, CodeTask, Pair};
use synth::template::Template;
use synth::traces::{Traces, infer};
use tch::{Device, Kind};

const TOLERANCE: f64 = 1e-3;

struct Reference {
    pairs: Vec<Pair>,
    values: Value,
}

fn world(json: &Value) -> World {
    let number = |v: &Value| v.as_u64().unwrap() as u8;
    let parts = |text: &Value| -> Vec<Vec<u8>> {
        let text = text.as_str().unwrap();
        text.split_whitespace().map(|p| p.split(':').map(|n| n.parse().unwrap()).collect()).collect()
    };
    let mut world = World::new(number(&json["rows"]), number(&json["cols"]));
    let mut hero = json["hero"].as_str().unwrap().split(':');
    let row = hero.next().unwrap().parse().unwrap();
    let col = hero.next().unwrap().parse().unwrap();
    let headings = ["north", "east", "south", "west"];
    let heading = Heading::ALL[headings.iter().position(|&h| Some(h) == hero.clone().next()).unwrap()];
    assert!(world.set_robot(Robot { row, col, heading }));
    for cell in parts(&json["blocked"]) {
        assert!(world.set_cell(cell[0], cell[1], Cell::Wall));
    }
    for cell in parts(&json["markers"]) {
        assert!(world.set_cell(cell[0], cell[1], Cell::Markers(cell[2])));
    }
    world
}

fn references() -> Vec<Reference> {
    let values: Vec<Value> = serde_json::from_str(include_str!("fixtures/vectors.json")).unwrap();
    let tasks =
        include_str!("fixtures/tasks.jsonl").lines().map(|l| serde_json::from_str::<Value>(l).unwrap());
    tasks
        .zip(values)
        .map(|(task, values)| {
            assert_eq!(task["guid"], values["guid"]);
            let pair = |e: &Value| Pair { start: world(&e["inpgrid_json"]), goal: world(&e["outgrid_json"]) };
            let pairs: Vec<Pair> = task["examples"].as_array().unwrap().iter().take(5).map(pair).collect();
            assert!(pairs.iter().all(|p| Canvas::fits(&p.start)));
            Reference { pairs, values }
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

fn policy() -> TracePolicy {
    let bytes = include_bytes!("../weights/trace-policy.safetensors");
    TracePolicy::load(Weights::parse(bytes, "trace-policy", Device::Cpu).unwrap()).unwrap()
}

fn transformer() -> CodeTransformer {
    let bytes = include_bytes!("../weights/code-transformer.safetensors");
    CodeTransformer::load(Weights::parse(bytes, "code-transformer", Device::Cpu).unwrap()).unwrap()
}

fn trace_names(traces: &Traces) -> Value {
    let names = |t: &Vec<runtime::Action>| t.iter().map(|a| a.name()).collect::<Vec<_>>();
    serde_json::to_value(traces.iter().map(|t| t.as_ref().map(names)).collect::<Vec<_>>()).unwrap()
}

#[test]
fn policy_and_traces_agree() {
    let policy = policy();
    let references = references();
    let tasks: Vec<&[Pair]> = references.iter().map(|r| &r.pairs[..]).collect();
    let traces = infer(&policy, &tasks, 0, &|| false);
    for (reference, traces) in references.iter().zip(&traces) {
        let first = &reference.pairs[0];
        let logits = policy.logits(&[(&first.start, &first.goal)]);
        let expected = &reference.values["policy_logits_first_example_first_step"];
        assert_close(logits[0].map(f64::from), expected, "policy logits");
        assert_eq!(trace_names(traces), reference.values["traces"]);
    }
}

fn tasks(references: &[Reference]) -> Vec<CodeTask> {
    let policy = policy();
    let pairs: Vec<&[Pair]> = references.iter().map(|r| &r.pairs[..]).collect();
    let traces = infer(&policy, &pairs, 0, &|| false);
    references.iter().zip(traces).map(|(r, traces)| CodeTask { pairs: r.pairs.clone(), traces }).collect()
}

#[test]
fn memory_and_first_token_agree() {
    let model = transformer();
    let references = references();
    let tasks = tasks(&references);
    // One by one, and all in one batch: padding must not change anything.
    let (batch, lengths) = model.encode(&tasks);
    let batch_logits = model.first_token_logits(&batch, &lengths);
    for (i, (reference, task)) in references.iter().zip(&tasks).enumerate() {
        let (memory, own) = model.encode(std::slice::from_ref(task));
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
    let model = transformer();
    let references = references();
    let tasks = tasks(&references);
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
