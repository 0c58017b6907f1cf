use std::io::Write;

use crate::{Folder, run};
use expect_test::expect;

const GOOD: &str = r#"{"guid": "b9637eed2a253a87", "program_tokens": ["DEF", "run", "m(", "move", "m)"], "examples": [{"actions": ["move"], "inpgrid_json": {"blocked": "1:1", "cols": 2, "crashed": false, "hero": "0:0:east", "markers": "0:1:3", "rows": 2}, "outgrid_json": {"blocked": "1:1", "cols": 2, "crashed": false, "hero": "0:1:east", "markers": "0:1:3", "rows": 2}}]}"#;

/// Tensor of the good line's input, with 2 markers instead of 3.
const OTHER_TENSOR: &str = "343:1.0 1334:1.0 1620:1.0 1621:1.0 1622:1.0 1623:1.0 1638:1.0 1641:1.0 1656:1.0 \
                            1659:1.0 1674:1.0 1675:1.0 1676:1.0 1677:1.0 2288:1.0";

#[test]
fn reports_each_bad_line_and_reads_on() {
    let changed = |from: &str, to: &str| {
        let line = GOOD.replacen(from, to, 1);
        assert_ne!(line, GOOD);
        line
    };
    let lines = [
        GOOD.to_owned(),
        changed(r#""hero": "0:1:east""#, r#""hero": "0:1:west""#),
        changed(r#""markers": "0:1:3", "rows": 2}}]"#, r#""markers": "0:1:4", "rows": 2}}]"#),
        changed(r#""actions": ["move"]"#, r#""actions": ["turnLeft"]"#),
        changed(r#""actions": ["move"]"#, r#""actions": ["move", "turnLeft"]"#),
        changed(r#""move", "m)""#, r#""move", "move", "m)""#),
        GOOD[..GOOD.len() - 5].to_owned(),
        changed(r#""outgrid_json""#, &format!(r#""inpgrid_tensor": "{OTHER_TENSOR}", "outgrid_json""#)),
        changed(r#""examples""#, r#""other""#),
        "x".repeat(5 << 20),
        GOOD.to_owned(),
    ];
    let folder = Folder::with(&[("tasks.jsonl", &lines.join("\n"))]);
    expect![[r#"
        tasks.jsonl: line 2: example 1: wrong output: the robot is at 0:1 west in the file, but at 0:1 east in the run
        tasks.jsonl: line 3: example 1: wrong output: cell 0:1 holds 4 markers in the file, but 3 markers in the run
        tasks.jsonl: line 4: example 1: wrong trace: action 1 is turnLeft in the file, but move in the run
        tasks.jsonl: line 5: example 1: wrong trace: the run ends before action 2, turnLeft in the file
        tasks.jsonl: line 6: example 1: wrong run: move() crashes at action 2 in cell 0:1
        tasks.jsonl: line 7: the task is cut off: its end is missing
        tasks.jsonl: line 8: example 1: inpgrid_json and inpgrid_tensor are different worlds
        tasks.jsonl: line 9: not a task: 'examples' is missing
        tasks.jsonl: line 10: the line has 5242881 bytes; at most 4 MiB are read
        2 of 7 pairs agree (7 tasks); 4 lines can't be used
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["replay", "tasks.jsonl"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("tasks.jsonl", &format!("{GOOD}\n[]\n"))]);
    expect![[r#"
        {"tasks":1,"pairs":1,"agree":1,"problems":[{"file":"tasks.jsonl","line":2,"example":null,"message":"not a task: a task is written as { \"program_tokens\": …, \"examples\": … }"}]}
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["replay", "--json", "tasks.jsonl"]).all());
}

/// One task in every form that people have it in.
#[test]
fn reads_tasks_however_they_are_written() {
    let value: serde_json::Value = serde_json::from_str(GOOD).unwrap();
    let pretty = serde_json::to_string_pretty(&value).unwrap();
    let changed = |change: &dyn Fn(&mut serde_json::Value)| {
        let mut value = value.clone();
        change(&mut value);
        value.to_string()
    };
    let forms = [
        (format!("[{GOOD}, {GOOD}]"), 2),
        (format!("[\n{GOOD},\n{GOOD}\n]\n"), 2),
        (pretty.clone(), 1),
        (format!("{pretty}\n{pretty}\n"), 2),
        (format!("[\n  {}\n]", pretty.replace('\n', "\n  ")), 1),
        (format!("\u{feff}{GOOD}\r\n\r\n{GOOD}"), 2),
        (changed(&|task| drop(task.as_object_mut().unwrap().remove("guid"))), 1),
        (changed(&|task| task["program_tokens"] = "DEF run m( move m)".into()), 1),
        (changed(&|task| drop(task["examples"][0].as_object_mut().unwrap().remove("actions"))), 1),
        (changed(&|task| task["examples"][0]["actions"] = serde_json::Value::Null), 1),
        (changed(&|task| task["note"] = "a } and a \\\" [".into()), 1),
    ];
    for (text, tasks) in forms {
        let folder = Folder::with(&[("tasks.json", &text)]);
        let ran = folder.karel(&["replay", "tasks.json"]);
        assert!(ran.out.starts_with(&format!("{tasks} of {tasks} pairs agree")), "{}\n{text}", ran.all());
        assert_eq!(ran.code, 0);
    }
}

#[test]
fn says_in_plain_words_what_is_no_task() {
    let forms = [
        ("", "nothing was replayed: there is no task with examples"),
        ("[]", "nothing was replayed: there is no task with examples"),
        (r#"{"program_tokens": ["DEF", "run", "m(", "move", "m)"], "examples": []}"#, "nothing was replayed"),
        (r#"["x", null, ["DEF"]]"#, "line 1: not a task: a task is written as { \"program_tokens\""),
        ("DEF run m( move m)", "line 1: a program without examples: there is nothing to compare it with"),
        (
            r#"{"program_tokens": 3, "examples": []}"#,
            "'program_tokens' must be a list of tokens, or one text",
        ),
        (r#"{"program_tokens": "DEF run m( move m)"}"#, "line 1: not a task: 'examples' is missing"),
        (r#"{"examples": [{"actions": "move"}]}"#, "example 1: 'actions' must be a list of names"),
        (r#"{"examples": [{"inpgrid_json": {"rows": 2}}]}"#, "example 1, inpgrid_json: 'cols' is missing"),
        (r#"{"guid": 3, "examples": []}"#, "line 1: 'guid' must be a text"),
        ("{\"a\": \"\n\"", "line 1: the file ends in the middle of a task"),
        ("hello", "line 1: not a task: a task is written as"),
    ];
    for (text, message) in forms {
        let folder = Folder::with(&[("tasks.json", text)]);
        let ran = folder.karel(&["replay", "tasks.json"]);
        assert!(ran.code == 1 && ran.out.contains(message), "{text}: {}", ran.all());
        assert!(!ran.out.contains("expected") && !ran.out.contains("invalid"), "serde's words: {}", ran.out);
    }
}

#[test]
fn repeated_messages_are_counted() {
    let wrong = GOOD.replacen(r#""hero": "0:1:east""#, r#""hero": "0:1:west""#, 1);
    let folder = Folder::with(&[("tasks.jsonl", &format!("{wrong}\n").repeat(2188))]);
    let ran = folder.karel(&["replay", "tasks.jsonl"]);
    let lines: Vec<&str> = ran.out.lines().collect();
    assert_eq!(lines.len(), 7, "{}", ran.out);
    assert_eq!(lines[5], "tasks.jsonl: and 2,183 more like line 1");
}

#[test]
fn files_of_numbers_and_folders_are_named() {
    let folder = Folder::with(&[]);
    std::fs::write(folder.path("a.npz"), b"PK\x03\x04....").unwrap();
    let ran = folder.karel(&["replay", "a.npz"]);
    assert!(ran.code == 2 && ran.err.contains("NumPy's .npz"), "{}", ran.all());
    let ran = folder.karel(&["replay", "."]);
    assert!(ran.code == 2 && ran.err.contains("is a folder"), "{}", ran.all());
}

#[test]
fn reads_compressed_standard_input() {
    let mut gz = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    gz.write_all(GOOD.as_bytes()).unwrap();
    let folder = Folder::with(&[]);
    let ran = run(&["replay", "-"], &gz.finish().unwrap(), &folder.path(""), &[]);
    assert_eq!((ran.code, ran.out.as_str()), (0, "1 of 1 pairs agree (1 task)\n"));
}

#[test]
fn all_shared_tasks_agree() {
    let expected = [
        ("karel-val-2189.jsonl.gz", "13134 of 13134 pairs agree (2,189 tasks)\n"),
        ("karel-real-4.jsonl", "24 of 24 pairs agree (4 tasks)\n"),
    ];
    for (name, summary) in expected {
        let Some(path) = testdata::shared(name) else { continue };
        let ran = Folder::with(&[]).karel(&["replay", path.to_str().unwrap()]);
        assert_eq!((ran.code, ran.out.as_str()), (0, summary));
    }
}
