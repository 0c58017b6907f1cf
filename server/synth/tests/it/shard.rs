//! Runs that are split among processes give what one run gives, byte for byte, times aside.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::{TempDir, tempdir};

fn file(folder: &TempDir, name: &str) -> String {
    folder.path().join(name).display().to_string()
}

fn synth(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_karel-synth")).args(arguments).output().unwrap()
}

fn run(arguments: &[&str]) {
    let output = synth(arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// Four tasks, two at a time, five and three examples shown.
fn evaluate(more: &[&str]) {
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks.jsonl");
    let mut arguments = vec!["eval", "--device", "cpu", "--threads", "1", "--beam", "3", "--batch", "2"];
    arguments.extend(["--examples", "5,3", "--limit", "4", "--tasks", tasks.to_str().unwrap()]);
    arguments.extend(more);
    run(&arguments);
}

/// The report without what the clock says.
fn timeless(file: &str) -> Value {
    fn forget(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                fields.retain(|key, _| !key.contains("second"));
                fields.values_mut().for_each(forget);
            }
            Value::Array(values) => values.iter_mut().for_each(forget),
            _ => (),
        }
    }
    let mut value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
    forget(&mut value);
    value
}

#[test]
fn an_evaluation_in_parts_is_the_evaluation() {
    let folder = tempdir().unwrap();
    let (whole, merged) = (file(&folder, "whole.json"), file(&folder, "merged.json"));
    evaluate(&["--json", &whole]);
    let parts: Vec<String> = (1..=3).map(|number| file(&folder, &format!("part-{number}.json"))).collect();
    for (number, part) in (1..).zip(&parts) {
        evaluate(&["--shard", &format!("{number}/3"), "--json", part]);
    }
    // In any order.
    run(&["merge", &parts[2], &parts[0], &parts[1], "--json", &merged]);
    assert_eq!(timeless(&whole), timeless(&merged));

    let refused = |files: &[&str], expected: &str| {
        let output = synth(&[&["merge"], files].concat());
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && error.contains(expected), "{error}");
    };
    refused(&[&parts[0], &parts[1]], "2 of 3 parts");
    refused(&[&parts[0], &parts[0], &parts[2]], "part 1 of 3 is there twice");
    refused(&[&parts[0], &whole], "some are not");
    let other = file(&folder, "other.json");
    evaluate(&["--rules", "any", "--shard", "2/3", "--json", &other]);
    refused(&[&parts[0], &other, &parts[2]], "another evaluation");
}

#[test]
fn tasks_made_in_parts_are_the_tasks() {
    let folder = tempdir().unwrap();
    let (whole, merged) = (file(&folder, "whole.jsonl.gz"), file(&folder, "merged.jsonl.gz"));
    run(&["generate", "--tasks", "50", "--seed", "3", "--out", &whole]);
    let parts: Vec<String> = (1..=4).map(|number| file(&folder, &format!("{number}.jsonl"))).collect();
    for (number, part) in (1..).zip(&parts) {
        run(&["generate", "--tasks", "50", "--seed", "3", "--shard", &format!("{number}/4"), "--out", part]);
    }
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    run(&[&["merge", "--out", &merged], &parts[..]].concat());
    assert!(fs::read(&whole).unwrap() == fs::read(&merged).unwrap());
}
