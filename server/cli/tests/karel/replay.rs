use std::io::Write;
use std::path::PathBuf;

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
        changed(r#""guid": "b9637eed2a253a87", "#, ""),
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
        tasks.jsonl: line 7: bad JSON: EOF while parsing a value, at column 345
        tasks.jsonl: line 8: example 1: inpgrid_json and inpgrid_tensor are different worlds
        tasks.jsonl: line 9: not a task: missing field `guid`, at column 323
        tasks.jsonl: line 10: the line has 5242881 bytes; at most 4 MiB are read
        2 of 7 pairs agree (7 tasks); 4 lines can't be used
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["replay", "tasks.jsonl"]).all());
}

#[test]
fn prints_json() {
    let folder = Folder::with(&[("tasks.jsonl", &format!("{GOOD}\n[]\n"))]);
    expect![[r#"
        {"tasks":1,"pairs":1,"agree":1,"problems":[{"file":"tasks.jsonl","line":2,"example":null,"message":"not a task: invalid length 0, expected an object with a task's fields, at column 2"}]}
        --- exit code 1
    "#]].assert_eq(&folder.karel(&["replay", "--json", "tasks.jsonl"]).all());
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
    let root = std::env::var_os("KAREL_SHARED").map(PathBuf::from);
    let root = root.unwrap_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared")));
    let expected = [
        ("karel-val-2189.jsonl.gz", "13134 of 13134 pairs agree (2189 tasks)\n"),
        ("karel-real-4.jsonl", "24 of 24 pairs agree (4 tasks)\n"),
    ];
    for (name, summary) in expected {
        let path = root.join("data").join(name);
        if !path.exists() {
            eprintln!("skipped: {} is not there (set KAREL_SHARED)", path.display());
            continue;
        }
        let ran = Folder::with(&[]).karel(&["replay", path.canonicalize().unwrap().to_str().unwrap()]);
        assert_eq!((ran.code, ran.out.as_str()), (0, summary));
    }
}
