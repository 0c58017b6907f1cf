//! Evaluation from a file of tasks to a report, with the embedded weights, and the names that its JSON has.

use std::path::Path;

use dataset::Task;
use expect_test::expect;
use protocol::message::Budget;
use serde_json::Value;
use synth::decode::traces::Mask;
use synth::eval::{
    Conditions, Report, Served, ServedReport, ServedScores, ServedSettings, Settings, TaskResult,
    TraceSource, calibrate, evaluate, read, serve, spread,
};
use synth::grammar::Rules;
use synth::models::Models;
use synth::search::stages::SERVED;
use tch::Device;

fn tasks(count: usize) -> Vec<Task> {
    let lines = include_str!("../fixtures/tasks.jsonl").lines();
    lines.take(count).map(|line| Task::from_json(line.as_bytes()).unwrap()).collect()
}

fn settings() -> Settings {
    Settings {
        shown: 5,
        beam: 10,
        traces: TraceSource::Inferred,
        trace_beam: 1,
        mask: Mask::Possible,
        retries: true,
        batch: 2,
        workers: 1,
        seed: 0,
        rules: Rules::Dataset,
        plain: true,
        pruned: true,
    }
}

fn conditions(tasks: usize) -> Conditions {
    Conditions {
        file: "tasks.jsonl".to_owned(),
        tasks,
        lines_refused: 0,
        spread: false,
        examples: 5,
        beam: 10,
        traces: TraceSource::Inferred,
        trace_beam: 1,
        mask: Mask::Possible,
        retries: true,
        seed: 0,
        rules: Rules::Dataset,
        batch: 2,
        workers: 1,
        device: "cpu".to_owned(),
        models: vec!["embedded".to_owned()],
        excluded: None,
        seconds: 1.0,
        tasks_per_second: 1.0,
    }
}

fn evaluated(tasks: &[Task], settings: &Settings) -> Vec<TaskResult> {
    let models = Models::embedded(Device::Cpu).unwrap();
    evaluate(&models, Device::Cpu, tasks, settings, &|_| ())
}

/// The paths of all numbers, texts and truth values; of a list only the first entry.
fn names(value: &Value, path: &str, names: &mut Vec<String>) {
    match value {
        Value::Object(fields) if fields.contains_key("percent") && fields.contains_key("low") => {
            names.push(format!("{path}: rate"));
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                self::names(value, &format!("{path}.{name}"), names);
            }
        }
        Value::Array(values) => {
            values.iter().take(1).for_each(|value| self::names(value, &format!("{path}[]"), names));
        }
        _ => names.push(path.to_owned()),
    }
}

fn all_names(value: &impl serde::Serialize) -> String {
    let mut all = Vec::new();
    names(&serde_json::to_value(value).unwrap(), "", &mut all);
    all.join("\n")
}

#[test]
fn a_report_has_these_fields() {
    let tasks = tasks(4);
    let runs: Vec<_> = [3, 5]
        .into_iter()
        .map(|shown| (shown, evaluated(&tasks, &Settings { shown, trace_beam: 3, ..settings() })))
        .collect();
    let report = Report::new(Conditions { trace_beam: 3, ..conditions(4) }, &runs);
    expect![[r#"
        .by_examples[].ambiguous: rate
        .by_examples[].examples
        .by_examples[].guided_search: rate
        .by_examples[].guided_search_pruned: rate
        .by_examples[].guided_search_ranked: rate
        .by_examples[].top_1_generalization: rate
        .by_examples[].top_k_generalization: rate
        .choices.ambiguous: rate
        .choices.any: rate
        .choices.behaviours
        .choices.kept[].ambiguous: rate
        .choices.kept[].any: rate
        .choices.kept[].share
        .choices.likeliest: rate
        .choices.ranked: rate
        .choices.shortest: rate
        .conditions.batch
        .conditions.beam
        .conditions.device
        .conditions.examples
        .conditions.excluded
        .conditions.file
        .conditions.lines_refused
        .conditions.mask
        .conditions.models[]
        .conditions.retries
        .conditions.rules
        .conditions.seconds
        .conditions.seed
        .conditions.spread
        .conditions.tasks
        .conditions.tasks_per_second
        .conditions.trace_beam
        .conditions.traces
        .conditions.workers
        .plain.candidates_run
        .plain.consistent: rate
        .plain.guided_search: rate
        .plain.guided_search_shortest: rate
        .plain.seconds_per_task
        .plain.slices[].guided_search: rate
        .plain.slices[].slice
        .plain.slices[].top_1_exact: rate
        .plain.slices[].top_1_generalization: rate
        .plain.top_1_exact: rate
        .plain.top_1_generalization: rate
        .plain.top_k_generalization: rate
        .pruned.candidates_run
        .pruned.consistent: rate
        .pruned.guided_search: rate
        .pruned.guided_search_shortest: rate
        .pruned.seconds_per_task
        .pruned.slices[].guided_search: rate
        .pruned.slices[].slice
        .pruned.slices[].top_1_exact: rate
        .pruned.slices[].top_1_generalization: rate
        .pruned.top_1_exact: rate
        .pruned.top_1_generalization: rate
        .pruned.top_k_generalization: rate
        .traces.correct: rate
        .traces.correct_all_shown: rate
        .traces.exact: rate
        .traces.exact_all_shown: rate
        .traces.retried_all_shown: rate
        .traces.seconds_per_task
        .traces.top_k.correct: rate
        .traces.top_k.correct_all_shown: rate
        .traces.top_k.exact: rate
        .traces.top_k.exact_all_shown: rate"#]]
    .assert_eq(&all_names(&report));
    let examples: Vec<usize> = report.by_examples.iter().map(|b| b.examples).collect();
    assert_eq!((examples, report.plain.guided_search.of), (vec![3, 5], 4));
    // These four are easy: the reference solves them all.
    assert_eq!((report.plain.guided_search.count, report.pruned.consistent.count), (4, 4));
    let traces = report.traces.as_ref().unwrap();
    assert_eq!((traces.correct.of, traces.retried_all_shown.count), (20, 4));
    let top = traces.top_k.as_ref().unwrap();
    assert!(top.exact.count >= traces.exact.count && top.correct.count >= traces.correct.count);
    let c = &report.choices;
    assert!(c.any.count >= c.ranked.count.max(c.likeliest.count).max(c.shortest.count));
    let markdown = report.markdown();
    assert!(markdown.contains("| top-3, all shown |") && markdown.contains("| guided search | 100.0"));
}

#[test]
fn gold_traces_and_none() {
    let tasks = tasks(2);
    for traces in [TraceSource::Gold, TraceSource::None] {
        let results = evaluated(&tasks, &Settings { traces, ..settings() });
        let report = Report::new(Conditions { traces, ..conditions(2) }, &[(5, results)]);
        assert!(report.traces.is_none() && report.plain.candidates_run > 0.0, "{traces:?}");
    }
}

#[test]
fn requests_as_served_with_a_question_answered() {
    let models = Models::embedded(Device::Cpu).unwrap();
    let tasks = tasks(4);
    let budget = Budget { milliseconds: 600_000, candidates: 3, beam: 20 };
    let settings = ServedSettings { shown: 1, questions: 1, budget, workers: 1, steps: SERVED.to_vec() };
    let results = serve(&models, Device::Cpu, &tasks, &settings, &|_| ());
    assert_eq!(results.len(), 4);
    for (served, task) in results.iter().zip(&tasks) {
        assert!(!served.right.is_empty() && served.right.len() <= 3);
        assert_eq!(served.ambiguous, served.right.len() > 1);
        assert!(served.asked.len() <= 1 && (served.ambiguous || served.asked.is_empty()));
        for &(rows, cols) in &served.asked {
            assert!((2..=16).contains(&rows) && (2..=16).contains(&cols));
            let greatest = task.examples.iter().map(|e| e.input.rows()).max().unwrap().max(16);
            assert!(rows <= greatest);
        }
    }
    assert!(results.iter().any(|served| !served.asked.is_empty()), "one example leaves something open");

    let runs = vec![(1, results)];
    let report = ServedReport {
        conditions: conditions(4),
        budget_milliseconds: budget.milliseconds,
        budget_candidates: budget.candidates,
        questions: 1,
        served: runs.iter().map(|(shown, results)| ServedScores::new(*shown, results)).collect(),
    };
    expect![[r#"
        .budget_candidates
        .budget_milliseconds
        .conditions.batch
        .conditions.beam
        .conditions.device
        .conditions.examples
        .conditions.excluded
        .conditions.file
        .conditions.lines_refused
        .conditions.mask
        .conditions.models[]
        .conditions.retries
        .conditions.rules
        .conditions.seconds
        .conditions.seed
        .conditions.spread
        .conditions.tasks
        .conditions.tasks_per_second
        .conditions.trace_beam
        .conditions.traces
        .conditions.workers
        .questions
        .served[].after: rate
        .served[].ambiguous: rate
        .served[].any: rate
        .served[].asked: rate
        .served[].cells
        .served[].crashed: rate
        .served[].examples
        .served[].first: rate
        .served[].found: rate
        .served[].seconds_per_task
        .served[].surprised: rate"#]]
    .assert_eq(&all_names(&report));
    assert!(report.markdown().contains("| first one passes, 1 answered |"));
    let calibration = calibrate(&report.conditions, &runs);
    let first: u32 = calibration.groups.iter().filter(|g| g.rank == 0).map(|g| g.tasks).sum();
    assert_eq!(first, 4, "every request has a first program");
}

#[test]
fn groups_of_a_calibration() {
    let served = |right: &[bool], ambiguous| Served { right: right.to_vec(), ambiguous, ..Served::default() };
    let results = vec![
        served(&[true], false),
        served(&[false, true], true),
        served(&[true, false], true),
        served(&[true, false], true),
        served(&[], false),
    ];
    let calibration = calibrate(&conditions(5), &[(5, results)]);
    let groups: Vec<_> =
        calibration.groups.iter().map(|g| (g.ambiguous, g.rank, g.percent, g.tasks)).collect();
    assert_eq!(groups, [(false, 0, 100.0, 1), (true, 0, 66.7, 3), (true, 1, 33.3, 3)]);
}

#[test]
fn tasks_are_taken_evenly() {
    let all = tasks(9);
    let guids = |tasks: &[Task]| tasks.iter().map(|t| t.guid.clone()).collect::<Vec<_>>();
    let taken = spread(all.clone(), 3);
    assert_eq!(guids(&taken), guids(&[all[0].clone(), all[3].clone(), all[6].clone()]));
    assert_eq!((spread(all.clone(), 20).len(), spread(all, 0).len()), (9, 0));
}

#[test]
fn nothing_is_read_where_nothing_is_wanted() {
    let nowhere = Path::new("no such file.jsonl");
    assert_eq!(read(nowhere, Some(0)).unwrap().0.len(), 0);
    assert!(read(nowhere, Some(1)).is_err());
}
