//! The command against an engine of three lines of shell: what it sends, what it makes of the answer.

use crate::Folder;
use expect_test::expect;

const PROGRAM: &str = r#"def main():
    move()
    ...

example "a":
    input:
        > . .
        . . .
    output:
        . . >
        . . .

test "b":
    input:
        > . #
        . . .
    output:
        . > #
        . . .
"#;

/// Answers the first request with this outcome, and takes note of the request.
#[cfg(unix)]
fn engine(folder: &Folder, fills: &str) -> String {
    engine_that_says(folder, &format!(r#""candidates":[{fills}],"ambiguous":false"#))
}

#[cfg(unix)]
fn engine_that_says(folder: &Folder, outcome: &str) -> String {
    engine_that_does(folder, outcome, ":")
}

/// What it `does` first is shell, in the folder. The shell reads the script: a file that has just been written can't
/// always be executed, while other tests start programs.
#[cfg(unix)]
fn engine_that_does(folder: &Folder, outcome: &str, does: &str) -> String {
    let answer = format!(
        r#"{{"jsonrpc":"2.0","id":'"$id"',"result":{{{outcome},"tracesFound":1,"examples":1,"programsRun":7,"milliseconds":20,"device":"cpu","enumerated":false,"bestPassed":0,"stopped":"found"}}}}"#
    );
    let script = format!(
        "read -r request\n{does}\nprintf '%s' \"$request\" > request.json\n\
         id=$(printf '%s' \"$request\" | sed 's/.*\"id\":\\([0-9]*\\).*/\\1/')\n\
         printf '%s\\n' '{answer}'\nread -r rest\n"
    );
    let path = folder.path("engine.sh");
    std::fs::write(&path, script).unwrap();
    format!("sh {}", path.display())
}

const MOVE: &str = r#"{"fills":["move()"],"program":"","logProbability":-0.5,"length":7,"examplesPassed":1}"#;

#[test]
#[cfg(unix)]
fn fills_the_holes() {
    let folder = Folder::with(&[("a.karel", PROGRAM)]);
    let engine = engine(&folder, MOVE);
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine]);
    expect![[r#"
        def main():
            move()
            move()
        1/1 example, 0/1 held-out tests

        0.02 s on cpu, 7 programs run
        --- exit code 0
    "#]]
    .assert_eq(&ran.all());
    assert_eq!(folder.read("a.karel"), PROGRAM);
    let request = folder.read("request.json");
    assert!(request.contains(r#""program":"def main():\n    move()\n    ...\n""#), "{request}");
    assert!(
        request.contains(r#""name":"a""#) && !request.contains(r#""name":"b""#),
        "tests are held out: {request}"
    );

    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine, "--write"]);
    assert_eq!(ran.code, 0, "{}", ran.all());
    assert_eq!(folder.read("a.karel"), PROGRAM.replace("...", "move()"));
}

#[test]
#[cfg(unix)]
fn what_does_not_pass_is_not_shown() {
    let folder = Folder::with(&[("a.karel", PROGRAM)]);
    let engine = engine(&folder, &MOVE.replace("move()", "turnLeft()"));
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine, "--write"]);
    expect![[r#"
        no program found that passes every example; the best passes 0 of 1
        0.02 s on cpu, 7 programs run
        --- stderr
        left out: A program of the engine passes only 0/1 example.
        --- exit code 1
    "#]]
    .assert_eq(&ran.all());
    assert_eq!(folder.read("a.karel"), PROGRAM);
}

#[test]
#[cfg(unix)]
fn what_is_no_program_is_left_out() {
    let folder = Folder::with(&[("a.karel", PROGRAM)]);
    let engine = engine(&folder, &format!("{},{MOVE}", MOVE.replace("move()", "move(")));
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine]);
    expect![[r#"
        def main():
            move()
            move()
        1/1 example, 0/1 held-out tests

        0.02 s on cpu, 7 programs run
        --- stderr
        left out: The engine's answer 'move(' can't stand in this hole.
        --- exit code 0
    "#]]
    .assert_eq(&ran.all());
}

#[test]
#[cfg(unix)]
fn a_file_that_changes_meanwhile_stays_as_it_is() {
    let folder = Folder::with(&[("a.karel", PROGRAM)]);
    let outcome = format!(r#""candidates":[{MOVE}],"ambiguous":false"#);
    let engine = engine_that_does(&folder, &outcome, "printf '# mine\n' >> a.karel");
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine, "--write"]);
    expect![[r#"
        --- stderr
        error: a.karel has changed meanwhile and stays as it is: synthesize again
        --- exit code 2
    "#]]
    .assert_eq(&ran.all());
    assert_eq!(folder.read("a.karel"), format!("{PROGRAM}# mine\n"));
}

#[test]
#[cfg(unix)]
fn it_says_which_file_was_written() {
    let (program, examples) = PROGRAM.split_at(PROGRAM.find("example").unwrap());
    let folder = Folder::with(&[("a.karel", program), ("a.kgrid", examples)]);
    let engine = engine(&folder, MOVE);
    let ran = folder.karel(&["synth", "a.kgrid", "--engine", &engine, "--write"]);
    assert!(ran.code == 0 && ran.out.contains("\nwritten to a.karel\n"), "{}", ran.all());
    assert_eq!(folder.read("a.karel"), program.replace("...", "move()"));
    assert_eq!(folder.read("a.kgrid"), examples);
}

#[test]
fn standard_input_is_not_written_to() {
    let folder = Folder::with(&[]);
    let ran = folder.karel_with(&["synth", "-", "--write", "--engine", "false"], PROGRAM);
    expect![[r#"
        --- stderr
        error: --write can't write to standard input: name the program's file, or leave --write out
        --- exit code 2
    "#]]
    .assert_eq(&ran.all());
    assert!(!folder.path("-").exists());
}

#[test]
fn says_why_it_can_not() {
    let folder = Folder::with(&[("a.karel", PROGRAM), ("full.karel", "def main():\n    move()\n")]);
    expect![[r#"
        --- stderr
        error: can't start the synthesis engine `/no/such/engine`: there is no such program
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["synth", "a.karel", "--engine", "/no/such/engine"]).all());
    expect![[r#"
        --- stderr
        error: full.karel has no hole to fill: write ... for statements, or ? for a condition or a number, or have its main rewritten with --replace
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["synth", "full.karel", "--engine", "false"]).all());
    expect![[r#"
        --- stderr
        error: the synthesis engine ended before it answered (exit status: 1)
        --- exit code 2
    "#]]
    .assert_eq(&folder.karel(&["synth", "a.karel", "--engine", "false"]).all());
}

#[test]
#[cfg(unix)]
fn what_passes_is_replaced_only_if_that_is_asked_for() {
    let passing = "def main():\n    repeat(2): move()\n\nexample \"a\":\n    input:\n        > . .\n        . . .\n    \
                   output:\n        . . >\n        . . .\n";
    let folder = Folder::with(&[("a.karel", passing)]);
    let engine = engine(&folder, &MOVE.replace("move()", "move()\\nmove()"));
    for command in [&["synth", "a.karel", "--write"][..], &["synth", "a.karel"]] {
        let ran = folder.karel(&[command, &["--engine", &engine]].concat());
        expect![[r#"
            The example passes already. --replace looks for another program.
            --- exit code 0
        "#]]
        .assert_eq(&ran.all());
        assert_eq!(folder.read("a.karel"), passing);
    }
    let ran = folder.karel(&["synth", "a.karel", "--replace", "--engine", &engine]);
    assert!(ran.code == 0 && ran.out.contains("    move()\n    move()\n"), "{}", ran.all());
    assert_eq!(folder.read("a.karel"), passing);
    let ran = folder.karel(&["synth", "a.karel", "--replace", "--write", "--engine", &engine]);
    assert!(ran.code == 0, "{}", ran.all());
    assert_eq!(folder.read("a.karel"), passing.replace("repeat(2): move()", "move()\n    move()"));
}

const AMBIGUOUS: &str = r#""ambiguous":true,"candidates":[{"fills":["move()"],"program":"","length":7,"examplesPassed":1,"heldOut":{"percent":87.25,"tasks":2189}},{"fills":["if(frontIsClear()): move()"],"program":"","length":9,"examplesPassed":1}],"deciding":{"input":"> . #\n. . .","answers":[{"output":". > #\n. . .","candidates":[1]}],"crashing":[0]}"#;

#[test]
#[cfg(unix)]
fn says_where_candidates_differ() {
    let folder = Folder::with(&[("a.karel", PROGRAM)]);
    let engine = engine_that_says(&folder, AMBIGUOUS);
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine]);
    expect![[r#"
        def main():
            move()
            move()
        program 1: 1/1 example, 0/1 held-out tests
        Right in about 17 of 20 such tasks.

        def main():
            move()
            if(frontIsClear()):
                move()
        program 2: 1/1 example, 1/1 held-out tests

        0.02 s on cpu, 7 programs run
        ambiguous: these 2 programs differ in meaning; add an example that tells them apart
        --- exit code 0
    "#]]
    .assert_eq(&ran.all());
    let ran = folder.karel(&["synth", "a.karel", "--engine", &engine, "--json"]);
    let report: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(report["candidates"][0]["heldOut"], serde_json::json!({ "percent": 87.25, "tasks": 2189 }));
    expect!["null"].assert_eq(&serde_json::to_string_pretty(&report["deciding"]).unwrap());
}
