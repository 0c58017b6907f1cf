//! Reading and writing tasks: the real files, and lines with something wrong.

use std::io::Write;

use dataset::{Grids, MAX_LINE, Task, Tasks, compact};
use expect_test::{Expect, expect};
use flate2::{Compression, write::GzEncoder};
use runtime::{Limits, Outcome, World, lower, record, sample};
use syntax::ast::{File, Item};
use testdata::shared;

#[test]
fn every_real_task_survives_the_way_there_and_back() {
    for (name, count) in [("karel-val-2189.jsonl.gz", 2189), ("karel-real-4.jsonl", 4)] {
        let Some(path) = shared(name) else { continue };
        let mut read = 0;
        for task in dataset::read(&path).unwrap() {
            let task = task.unwrap();
            for grids in [Grids::Json, Grids::Tensor, Grids::Both] {
                let line = task.to_json(grids).unwrap();
                assert_eq!(Task::from_json(line.as_bytes()).unwrap(), task);
            }
            let tokens = task.tokens().unwrap();
            assert_eq!(syntax::tokens::parse_token_list(&tokens).unwrap(), task.program);
            let compact = task.compact().unwrap();
            assert_eq!(compact::to_procedure(&compact).unwrap(), task.program);
            assert_eq!(compact::to_surface(&compact).unwrap(), tokens.join(" "));
            read += 1;
        }
        assert_eq!(read, count);
    }
}

#[test]
fn compact_and_lowered_programs_run_alike() {
    let Some(path) = shared("karel-val-2189.jsonl.gz") else { return };
    for task in dataset::read(&path).unwrap() {
        let task = task.unwrap();
        let file = File { items: vec![Item::Procedure(task.program.clone())], comments: Vec::new() };
        let lowered = lower(&file).code;
        let compact = compact::code(&task.compact().unwrap());
        for example in &task.examples {
            let by_tree = record(&lowered, &example.input, &Limits::DATASET, &|| false);
            let by_tokens = record(&compact, &example.input, &Limits::DATASET, &|| false);
            assert_eq!(by_tree.outcome, Outcome::Finished);
            assert_eq!((by_tree.ticks, &by_tree.end), (by_tokens.ticks, &by_tokens.end));
            assert_eq!(by_tree.end, example.output);
            assert!(by_tree.actions().eq(example.actions.iter().copied()));
        }
    }
}

const GOOD: &str = r#"{"guid": "b9637eed2a253a87", "program_tokens": ["DEF", "run", "m(", "move", "m)"], "program_json": {"run": [{"type": "move"}]}, "examples": [{"actions": ["move"], "inpgrid_json": {"blocked": "1:1", "cols": 2, "crashed": false, "hero": "0:0:east", "markers": "0:1:3", "rows": 2}, "outgrid_json": {"blocked": "1:1", "cols": 2, "crashed": false, "hero": "0:1:east", "markers": "0:1:3", "rows": 2}}]}"#;

#[test]
fn reads_a_world_as_the_dataset_means_it() {
    let task = Task::from_json(GOOD.as_bytes()).unwrap();
    assert_eq!(task.examples[0].input, World::parse(". #\n> 3").unwrap());
    expect![[r#"{"guid":"b9637eed2a253a87","program_tokens":["DEF","run","m(","move","m)"],"program_json":{"run":[{"type":"move"}]},"examples":[{"example_index":0,"actions":["move"],"inpgrid_json":{"blocked":"1:1","cols":2,"crashed":false,"hero":"0:0:east","markers":"0:1:3","rows":2},"outgrid_json":{"blocked":"1:1","cols":2,"crashed":false,"hero":"0:1:east","markers":"0:1:3","rows":2},"inpgrid_tensor":"343:1.0 1334:1.0 1620:1.0 1621:1.0 1622:1.0 1623:1.0 1638:1.0 1641:1.0 1656:1.0 1659:1.0 1674:1.0 1675:1.0 1676:1.0 1677:1.0 2612:1.0","outgrid_tensor":"344:1.0 1334:1.0 1620:1.0 1621:1.0 1622:1.0 1623:1.0 1638:1.0 1641:1.0 1656:1.0 1659:1.0 1674:1.0 1675:1.0 1676:1.0 1677:1.0 2612:1.0"}]}"#]]
    .assert_eq(&task.to_json(Grids::Both).unwrap());
}

#[test]
fn says_what_is_wrong_with_a_line() {
    let check = |from: &str, to: &str, message: Expect| {
        let line = GOOD.replacen(from, to, 1);
        assert_ne!(line, GOOD);
        message.assert_eq(&Task::from_json(line.as_bytes()).unwrap_err().to_string());
    };
    check(r#"{"guid""#, r#"{guid"#, expect!["this is no JSON from column 2 on"]);
    check("]}", "", expect!["this is no JSON from column 137 on"]);
    check(r#""examples""#, r#""other""#, expect!["not a task: 'examples' is missing"]);
    check(
        r#""actions": ["move"]"#,
        r#""actions": ["jump"]"#,
        expect!["example 1, actions: 'jump' is no action"],
    );
    check(
        "outgrid_json",
        "outgrid",
        expect!["not a task: example 1 has neither 'outgrid_json' nor 'outgrid_tensor'"],
    );
    check("m(", "r(", expect!["program_tokens: token 3 is 'r(', but 'm(' must stand there"]);
    check(
        r#"[{"type": "move"}]"#,
        r#"[{"type": "turnLeft"}]"#,
        expect!["program_tokens and program_json are different programs"],
    );
    check(
        r#"[{"type": "move"}]"#,
        "[]",
        expect!["program_json: `run` is empty; every block needs a statement"],
    );
    check(r#"{"type": "move"}"#, r#"{"type": "repeat"}"#, expect!["program_json: `times` is missing"]);
    check(
        r#""hero": "0:0:east""#,
        r#""hero": "0:2:east""#,
        expect!["example 1, inpgrid_json: '0:2:east' is no hero of this world"],
    );
    check(
        r#""hero": "0:0:east""#,
        r#""hero": "1:1:east""#,
        expect!["example 1, inpgrid_json: '1:1' is no wall of this world"],
    );
    check(
        r#""markers": "0:1:3""#,
        r#""markers": "0:1:10""#,
        expect!["example 1, inpgrid_json: '0:1:10' is no marker of this world"],
    );
    check(
        r#""cols": 2"#,
        r#""cols": 101"#,
        expect!["example 1, inpgrid_json: 2 rows and 101 columns; 1 to 100 of each are allowed"],
    );
    check(
        r#""crashed": false"#,
        r#""crashed": true"#,
        expect!["example 1, inpgrid_json: the world is marked as crashed; only runs that succeed are tasks"],
    );
}

#[test]
fn refuses_tensors_that_say_something_else() {
    let both = Task::from_json(GOOD.as_bytes()).unwrap().to_json(Grids::Both).unwrap();
    let check = |from: &str, to: &str, message: Expect| {
        let line = both.replacen(from, to, 1);
        assert_ne!(line, both);
        message.assert_eq(&Task::from_json(line.as_bytes()).unwrap_err().to_string());
    };
    check(" 2612:1.0", "", expect!["example 1: inpgrid_json and inpgrid_tensor are different worlds"]);
    check("2612:1.0", "2612:0.5", expect!["example 1, inpgrid_tensor: '2612:0.5' is no entry of a tensor"]);
    check("2612:1.0", "99999:1.0", expect!["example 1, inpgrid_tensor: '99999:1.0' is no entry of a tensor"]);
    check(
        "2612:1.0",
        "2612:1.0 2936:1.0",
        expect![
            "example 1, inpgrid_tensor: the tensor is of no world: cells contradict each other or lie outside"
        ],
    );
    check("343:1.0 ", "", expect!["example 1, inpgrid_tensor: the world has no hero"]);
    check(
        " 1677:1.0",
        "",
        expect![
            "example 1, inpgrid_tensor: the tensor is of no world: cells contradict each other or lie outside"
        ],
    );
}

#[test]
fn reads_on_after_bad_lines() {
    let deep = format!("{{\"other\": {}", "[".repeat(1_000_000));
    let long = format!("\"{}\"", "x".repeat(MAX_LINE + 5));
    let text = format!("{GOOD}\n{{\n\n{deep}\n{long}\n\u{7f}\u{1}\n{GOOD}");
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(text.as_bytes()).unwrap();
    let compressed = gz.finish().unwrap();
    let expected = expect![[r#"
        line 2: the task is cut off: its end is missing
        line 4: this is no JSON from column 137 on
        line 5: the line has 4194312 bytes; at most 4 MiB are read
        line 6: not a task: a task is written as { "program_tokens": …, "examples": … }"#]];
    for source in [text.into_bytes(), compressed.clone()] {
        let results: Vec<_> = Tasks::new(std::io::Cursor::new(source)).unwrap().collect();
        assert!(results[0].is_ok() && results[5].is_ok());
        let errors: Vec<String> =
            results.iter().filter_map(|r| r.as_ref().err()).map(ToString::to_string).collect();
        expected.assert_eq(&errors.join("\n"));
    }
    let cut = compressed[..compressed.len() / 2].to_vec();
    let last = Tasks::new(std::io::Cursor::new(cut)).unwrap().last().unwrap();
    assert!(last.unwrap_err().message.contains("ends too early"));
}

#[test]
fn sampled_worlds_survive_the_way_there_and_back() {
    let mut task = Task::from_json(GOOD.as_bytes()).unwrap();
    for world in sample::worlds(3).take(200) {
        task.examples[0].input = world;
        for grids in [Grids::Json, Grids::Tensor, Grids::Both] {
            assert_eq!(Task::from_json(task.to_json(grids).unwrap().as_bytes()).unwrap(), task);
        }
    }
    task.examples[0].input = World::new(17, 2);
    assert!(task.to_json(Grids::Json).is_ok() && task.to_json(Grids::Both).is_err());
}
