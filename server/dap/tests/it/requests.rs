//! Every request, asked as an editor does.

use serde_json::{Value, json};

use crate::client::Client;

/// Turns round at the wall, then runs into it.
const CRASH: &str = r#"# Walks.
def main():
    while(frontIsClear()):
        step()
    step()

def step():
    move()
    if(noMarkersPresent()):
        putMarker()

example "short":
    input:
        > . .
    output:
        . . >

test "long":
    input:
        > . . . .
"#;

const RIGHT: &str = r#"def main():
    repeat(3):
        putMarker()
    turnLeft()
example "good":
    input:
        >
    output:
        ^3
example "bad":
    input:
        >1
    output:
        >4
"#;

#[test]
fn a_crash_is_an_exception_and_the_run_goes_back_from_it() {
    let mut client = Client::new();
    client.launch(CRASH, json!({ "example": "short" }));
    let stopped = client.start();
    assert_eq!(stopped["reason"], "exception");
    assert_eq!(stopped["text"], "move() runs into the edge of the world at action 5.");
    let trace = client.ask("stackTrace", json!({ "threadId": 1 }));
    let frame = |n: usize| {
        let frame = &trace["stackFrames"][n];
        format!(
            "{} {}:{}-{}:{}",
            frame["name"], frame["line"], frame["column"], frame["endLine"], frame["endColumn"]
        )
    };
    assert_eq!((frame(0), frame(1)), ("\"step\" 8:5-8:11".to_owned(), "\"main\" 5:5-5:11".to_owned()));
    assert_eq!(trace["totalFrames"], 2);
    let one = client.ask("stackTrace", json!({ "threadId": 1, "startFrame": 1, "levels": 1 }));
    assert_eq!(
        (&one["stackFrames"][0]["name"], one["stackFrames"].as_array().unwrap().len()),
        (&json!("main"), 1)
    );
    let info = client.ask("exceptionInfo", json!({ "threadId": 1 }));
    assert_eq!((&info["exceptionId"], &info["breakMode"]), (&json!("crash"), &json!("always")));
    assert_eq!(info["description"], "move() runs into the edge of the world at action 5.");
    // Back: to the call, then over the loop's last round.
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1 })), "step 5");
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1 })), "step 3");
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1 })), "step 4");
    assert_eq!(client.moves("stepIn", json!({ "threadId": 1 })), "step 8");
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1, "granularity": "instruction" })), "step 4");
    assert_eq!(client.moves("reverseContinue", json!({ "threadId": 1 })), "entry 3");
    assert!(client.refused("exceptionInfo", json!({ "threadId": 1 })).contains("not stopped by itself"));
    assert_eq!(client.moves("continue", json!({ "threadId": 1 })), "exception 8");
}

#[test]
fn steps_go_in_over_and_out() {
    let mut client = Client::new();
    client.launch(CRASH, json!({ "example": 1, "stopOnEntry": true }));
    assert_eq!(client.start()["reason"], "entry");
    let thread = json!({ "threadId": 1 });
    assert_eq!(client.moves("stepIn", thread.clone()), "step 4");
    assert_eq!(client.moves("next", thread.clone()), "step 3", "over the whole call");
    assert_eq!(client.moves("next", thread.clone()), "step 4");
    assert_eq!(client.moves("stepIn", thread.clone()), "step 8");
    assert_eq!(client.moves("stepIn", thread.clone()), "step 9");
    assert_eq!(client.moves("stepOut", thread.clone()), "step 3");
    assert_eq!(client.moves("stepOut", thread), "exception 8", "out of main is to the end");
}

#[test]
fn variables_are_those_of_the_moment() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "long" }));
    client.breakpoints(&program, json!([{ "line": 10 }]));
    client.start();
    assert_eq!(client.scope("Robot"), ["row=1", "column=2", "heading=east", "markers=0", "ahead=no marker"]);
    assert_eq!(
        client.scope("Conditions"),
        [
            "frontIsClear=true",
            "leftIsClear=false",
            "rightIsClear=false",
            "markersPresent=false",
            "noMarkersPresent=true"
        ]
    );
    assert_eq!(client.scope("Rounds"), Vec::<String>::new(), "not in this procedure");
    assert_eq!(
        client.scope("Run"),
        [
            "example=test \"long\"",
            "step=3 of 17",
            "calls=1",
            "ends=move() runs into the edge of the world at action 9"
        ]
    );
    assert_eq!(client.scope("World"), ["row 1=. > . . ."]);
    for (expression, expected) in [
        ("robot", "row 1, column 2, facing east"),
        ("markers", "0"),
        ("step", "3"),
        ("depth", "1"),
        ("frontIsClear", "true"),
        ("not(rightIsClear()) and cell(1, 2) == 0", "true"),
        ("world", ". > . . ."),
    ] {
        assert_eq!(client.evaluate(expression), expected, "{expression}");
    }
    // The caller's frame is in the loop, and so are its rounds.
    let round = client.ask("evaluate", json!({ "expression": "round", "frameId": 2 }));
    assert_eq!(round["result"], "1");
    let scopes = client.ask("scopes", json!({ "frameId": 2 }));
    let rounds = scopes["scopes"].as_array().unwrap().iter().find(|scope| scope["name"] == "Rounds").unwrap();
    let rounds = client.ask("variables", json!({ "variablesReference": rounds["variablesReference"] }));
    assert_eq!(rounds["variables"][0]["name"], "while(frontIsClear())");
    assert_eq!(rounds["variables"][0]["value"], "round 1");
    assert!(client.refused("evaluate", json!({ "expression": "beepers" })).contains("not known"));
    assert!(client.refused("scopes", json!({ "frameId": 99 })).contains("no such frame"));
    assert!(client.refused("variables", json!({ "variablesReference": 7 })).contains("no such variables"));
    assert_eq!(client.ask("threads", json!({}))["threads"][0]["name"], "test \"long\"");
}

#[test]
fn breakpoints_move_to_a_statement_or_say_why_not() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "short" }));
    let other = client.file("b.karel", CRASH);
    assert_eq!(
        client.breakpoints(
            &program,
            json!([
                { "line": 1 }, { "line": 6 }, { "line": 9 }, { "line": 12 },
                { "line": 4, "condition": "markers >" }, { "line": 4, "condition": "markers" },
                { "line": 4, "hitCondition": "often" }, { "line": 4, "logMessage": "{" },
            ])
        ),
        [
            "3",
            "8",
            "9",
            "No statement stands here or below.",
            "The end is missing.",
            "\"markers\" is a number, no condition. Write for instance \"markers > 0 and robot.heading == east\".",
            "\"often\" is no hit count. Write for instance 3 (the third time), >= 3 (from the third time on) or % 3 \
             (every third time).",
            "A brace { is not closed by }.",
        ]
    );
    assert_eq!(
        client.breakpoints(&other, json!([{ "line": 3 }])),
        ["This file is not the program that is debugged."]
    );
    let locations =
        client.ask("breakpointLocations", json!({ "source": { "path": program }, "line": 3, "endLine": 5 }));
    assert_eq!(
        locations["breakpoints"],
        json!([{ "line": 3, "column": 5 }, { "line": 4, "column": 9 }, { "line": 5, "column": 5 }])
    );
}

#[test]
fn breakpoints_stop_forwards_and_backwards() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "long" }));
    client.breakpoints(&program, json!([{ "line": 9 }, { "line": 4, "condition": "robot.column = 3" }]));
    let stopped = client.start();
    assert_eq!(
        (&stopped["reason"], stopped["hitBreakpointIds"].as_array().unwrap().len()),
        (&json!("breakpoint"), 1)
    );
    let thread = json!({ "threadId": 1 });
    assert_eq!(client.evaluate("robot.column"), "2");
    assert_eq!(client.moves("continue", thread.clone()), "breakpoint 9");
    assert_eq!(client.evaluate("robot.column"), "3");
    assert_eq!(client.moves("continue", thread.clone()), "breakpoint 4");
    assert_eq!(client.moves("next", thread.clone()), "breakpoint 9", "a step over stops within");
    assert_eq!(client.moves("reverseContinue", thread.clone()), "breakpoint 4");
    assert_eq!(client.moves("reverseContinue", thread.clone()), "breakpoint 9");
    assert_eq!(client.evaluate("robot.column"), "3");
    client.breakpoints(&program, json!([]));
    assert_eq!(client.moves("continue", thread), "exception 8");
}

#[test]
fn hit_counts_are_the_runs_own() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "long" }));
    client.breakpoints(&program, json!([{ "line": 8, "hitCondition": "% 2" }]));
    client.start();
    let thread = json!({ "threadId": 1 });
    assert_eq!(client.evaluate("robot.column"), "2");
    client.moves("continue", thread.clone());
    assert_eq!(client.evaluate("robot.column"), "4");
    client.moves("reverseContinue", thread.clone());
    assert_eq!(client.evaluate("robot.column"), "2", "the same hits, whichever way they are met");
    client.breakpoints(&program, json!([{ "line": 8, "condition": "markers == 1", "hitCondition": "2" }]));
    client.moves("reverseContinue", thread.clone());
    client.moves("continue", thread);
    assert_eq!(client.evaluate("robot.column"), "3", "the second time that the condition holds");
}

#[test]
fn log_points_write_and_do_not_stop() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "short" }));
    client
        .breakpoints(&program, json!([{ "line": 8, "logMessage": "at column {robot.column}, step {step}" }]));
    client.ask("configurationDone", json!({}));
    for expected in ["at column 1, step 1\n", "at column 2, step 5\n", "at column 3, step 9\n"] {
        assert_eq!(client.event("output")["output"], expected);
    }
    assert_eq!(client.event("output")["category"], "stderr");
    assert_eq!(client.event("stopped")["reason"], "exception");
}

#[test]
fn a_run_that_passes_ends_and_one_that_fails_stops() {
    let mut client = Client::new();
    client.launch(RIGHT, json!({ "example": "good" }));
    client.ask("configurationDone", json!({}));
    let output = client.event("output");
    assert_eq!(
        (&output["output"], &output["category"]),
        (&json!("✓ example \"good\": passes · 4 actions\n"), &json!("stdout"))
    );
    assert_eq!(client.event("exited")["exitCode"], 0);
    client.event("terminated");
    assert_eq!(client.refused("next", json!({ "threadId": 1 })), "The run is over.");

    let mut client = Client::new();
    client.launch(RIGHT, json!({}));
    let stopped = client.start();
    assert_eq!(stopped["reason"], "exception");
    assert_eq!(stopped["description"], "Stopped: wrong result");
    assert_eq!(stopped["text"], "Expected the robot to face east, but it faces north.");
    assert_eq!(client.line(), 4, "the end of main");
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1 })), "step 4");
    assert_eq!(client.scope("Rounds"), Vec::<String>::new(), "after the loop");
    assert_eq!(client.moves("stepBack", json!({ "threadId": 1 })), "step 3");
    assert_eq!(client.scope("Rounds"), ["repeat(3)=round 3 of 3"]);
}

#[test]
fn filters_say_where_a_run_stops_by_itself() {
    let end = |example: &str, filters: Value| {
        let mut client = Client::new();
        client.launch(RIGHT, json!({ "example": example }));
        client.ask("setExceptionBreakpoints", json!({ "filters": filters }));
        client.ask("configurationDone", json!({}));
        loop {
            let event = client.read().unwrap();
            if event["event"] == "stopped" || event["event"] == "exited" {
                return event["body"]["description"]
                    .as_str()
                    .map_or(event["body"]["exitCode"].to_string(), str::to_owned);
            }
        }
    };
    assert_eq!(end("good", json!(["end"])), "The run is over");
    assert_eq!(end("bad", json!(["stopped"])), "1");
    assert_eq!(end("bad", json!(["wrong"])), "Stopped: wrong result");
    assert_eq!(end("good", json!(["stopped", "wrong"])), "0");
}

#[test]
fn every_way_not_to_end_is_named() {
    let tail = "example \"e\":\n    input:\n        . . .\n        . > .\n        . . .\n";
    for (body, id, text) in [
        ("pickMarker()", "crash", "pickMarker() finds no marker to pick at action 1."),
        (
            "while(frontIsClear()): turnLeft()",
            "endless loop",
            "while(frontIsClear()) repeats itself for ever: after 4 actions the world is one it has already seen here.",
        ),
        ("...", "hole", "The run comes to a hole; write a statement there, or have it synthesized."),
        (
            "if(?): move()",
            "hole",
            "The run comes to a hole; write a statement there, or have it synthesized.",
        ),
        ("main()", "too many calls", "main() is called more than 1,000 calls deep."),
        (
            "repeat(19): repeat(19): repeat(19): turnLeft()",
            "limit of steps",
            "The run is still going after 2,000 steps, the limit.",
        ),
        ("mvoe()", "mistake", "The run comes to a mistake: "),
    ] {
        let mut client = Client::new();
        client.launch(&format!("def main():\n    {body}\n{tail}"), json!({ "maxTicks": 2000 }));
        let stopped = client.start();
        assert_eq!(stopped["description"], format!("Stopped: {id}"), "{body}");
        let told = stopped["text"].as_str().unwrap();
        assert!(told == text || id == "mistake" && told.starts_with(text), "{told}");
        assert_eq!(client.line(), 2, "{body}");
        assert_eq!(client.ask("exceptionInfo", json!({ "threadId": 1 }))["exceptionId"], id);
    }
}

#[test]
fn a_thousand_frames_come_in_parts() {
    let mut client = Client::new();
    client.launch("def main(): main()\nexample \"e\":\n    input:\n        >\n", json!({}));
    client.start();
    let trace = client.ask("stackTrace", json!({ "threadId": 1, "startFrame": 990, "levels": 100 }));
    assert_eq!((&trace["totalFrames"], trace["stackFrames"].as_array().unwrap().len()), (&json!(1001), 11));
}

#[test]
fn goto_moves_to_the_next_time_or_the_last() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "long", "stopOnEntry": true }));
    client.start();
    let target = |client: &mut Client, line: u64| {
        let targets = client.ask("gotoTargets", json!({ "source": { "path": program }, "line": line }));
        targets["targets"][0].clone()
    };
    let move_target = target(&mut client, 8);
    assert_eq!((&move_target["label"], &move_target["line"]), (&json!("move()"), &json!(8)));
    let goto = json!({ "threadId": 1, "targetId": move_target["id"] });
    assert_eq!(client.moves("goto", goto.clone()), "goto 8");
    assert_eq!(client.evaluate("robot.column"), "1");
    assert_eq!(client.moves("goto", goto), "goto 8");
    assert_eq!(client.evaluate("robot.column"), "2");
    let last = target(&mut client, 5)["id"].clone();
    assert_eq!(client.moves("goto", json!({ "threadId": 1, "targetId": last })), "goto 5");
    let back = target(&mut client, 4)["id"].clone();
    assert_eq!(
        client.moves("goto", json!({ "threadId": 1, "targetId": back })),
        "goto 4",
        "none comes after: the last before"
    );
    assert_eq!(client.moves("stepIn", json!({ "threadId": 1 })), "step 8");
    assert_eq!(client.moves("stepIn", json!({ "threadId": 1 })), "step 9");
    assert_eq!(client.moves("restartFrame", json!({ "frameId": 1 })), "goto 8");
    assert_eq!(client.moves("restartFrame", json!({ "frameId": 2 })), "goto 3");
    assert_eq!(
        client.refused("goto", json!({ "threadId": 1, "targetId": 9999 })),
        "The run never comes to this statement."
    );
    assert!(target(&mut client, 1).is_null());
}

#[test]
fn a_restart_runs_what_is_on_the_disk_now() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "short" }));
    assert_eq!(client.breakpoints(&program, json!([{ "line": 8 }])), ["8"]);
    client.start();
    client.file("a.karel", &CRASH.replace("# Walks.", "# Walks\n# and walks."));
    client.ask("restart", json!({}));
    let changed = client.event("breakpoint");
    assert_eq!((&changed["reason"], &changed["breakpoint"]["line"]), (&json!("changed"), &json!(9)));
    assert_eq!(client.event("stopped")["reason"], "breakpoint");
    assert_eq!(client.line(), 9);
    std::fs::remove_file(client.path("a.karel")).unwrap();
    assert_eq!(client.refused("restart", json!({})), "a.karel can't be read: there is no such file.");
    assert_eq!(client.line(), 9, "what was being debugged still is");
}

#[test]
fn breakpoints_may_come_before_the_launch() {
    let mut client = Client::new();
    let program = client.path("a.karel").display().to_string();
    assert_eq!(client.breakpoints(&program, json!([{ "line": 4 }])), ["The program has not been run yet."]);
    client.file("a.karel", CRASH);
    client.ask("launch", json!({ "program": program, "example": "short" }));
    assert_eq!(client.event("breakpoint")["breakpoint"]["verified"], true);
    client.event("initialized");
    assert_eq!(client.start()["reason"], "breakpoint");
}

#[test]
fn what_can_not_be_launched_is_said() {
    let mut client = Client::new();
    let mut refused = |text: &str, more: Value| {
        let mut arguments = json!({ "program": client.file("a.karel", text) });
        arguments.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        client.refused("launch", arguments)
    };
    for (text, more, expected) in [
        (CRASH, json!({ "example": "none" }), "a.karel has no example and no test named \"none\"."),
        (CRASH, json!({ "example": 3 }), "a.karel has 2 examples, and no number 3."),
        (
            CRASH,
            json!({ "example": { "name": "short", "test": true } }),
            "a.karel has no example \"short\" any more.",
        ),
        (CRASH, json!({ "maxTicks": 0 }), "\"maxTicks\" is 1 to 10000000, and not 0: the run is kept whole."),
        (
            CRASH,
            json!({ "program": "" }),
            "The launch names no program: \"program\" is the path of a .karel file.",
        ),
        (
            "def main(): move()\n",
            json!({}),
            "a.karel has no example to run: draw one with example \"name\": and its input.",
        ),
        (
            "example \"e\":\n    input:\n        >\n",
            json!({}),
            "There is no main in a.karel: write def main(): and what the robot is to do.",
        ),
        (
            "def main(): move()\nexample \"e\":\n    input:\n        . .\n",
            json!({}),
            "In example \"e\" of a.karel there is no input that can be read: the editor marks why.",
        ),
        (
            "DEF run m( move m)\n",
            json!({}),
            "a.karel is in the dataset's tokens, which have no lines to stop at: karel import a.karel writes it as one.",
        ),
    ] {
        assert_eq!(refused(text, more), expected);
    }
    let program = client.path("none.karel").display().to_string();
    assert_eq!(
        client.refused("launch", json!({ "program": program })),
        "none.karel can't be read: there is no such file."
    );
    let grid = client.file("b.kgrid", "example \"e\":\n    input:\n        >\n");
    assert_eq!(
        client.refused("launch", json!({ "program": grid })),
        "b.kgrid holds examples only, and there is no b.karel beside it: debug the program that names it."
    );
    client.file("b.karel", "def main(): move()\n");
    client.ask("launch", json!({ "program": grid, "example": { "name": "e", "file": grid } }));
    assert!(client.refused("launch", json!({ "program": grid })).contains("being debugged already"));
}

#[test]
fn the_first_example_that_fails_is_taken_by_default() {
    let mut client = Client::new();
    client.launch(RIGHT, json!({ "stopOnEntry": true }));
    client.start();
    assert_eq!(client.scope("Run")[0], "example=example \"bad\"");
}

#[test]
fn without_debugging_it_just_runs() {
    let mut client = Client::new();
    let program = client.launch(CRASH, json!({ "example": "short", "noDebug": true, "stopOnEntry": true }));
    client.breakpoints(&program, json!([{ "line": 4 }, { "line": 8, "logMessage": "here" }]));
    client.ask("configurationDone", json!({}));
    let mut output = String::new();
    loop {
        let event = client.read().unwrap();
        output += event["body"]["output"].as_str().unwrap_or_default();
        assert_ne!(event["event"], "stopped");
        if event["event"] == "terminated" {
            break;
        }
    }
    assert_eq!(
        output,
        "before:\n> . .\nafter:\n. 1 >1\n✗ example \"short\": move() runs into the edge of the world at action 5\n"
    );
}

#[test]
fn clients_may_count_from_0_and_name_files_by_uri() {
    let mut client = Client::silent();
    let hello = json!({ "linesStartAt1": false, "columnsStartAt1": false, "pathFormat": "uri" });
    client.ask("initialize", hello);
    let uri = url::Url::from_file_path(client.file("a.karel", CRASH)).unwrap().to_string();
    client.ask("launch", json!({ "program": uri, "example": "short" }));
    assert_eq!(client.breakpoints(&uri, json!([{ "line": 7 }])), ["7"]);
    client.start();
    let frame = client.ask("stackTrace", json!({ "threadId": 1 }))["stackFrames"][0].clone();
    assert_eq!(
        (&frame["line"], &frame["column"], &frame["source"]["path"]),
        (&json!(7), &json!(4), &json!(uri))
    );
}

#[test]
fn a_run_of_a_million_ticks_can_be_paused_while_it_writes() {
    let mut body = "turnLeft()".to_owned();
    for _ in 0..5 {
        body = format!("repeat(14): {body}");
    }
    let mut client = Client::new();
    let program = client
        .launch(&format!("def main():\n    {body}\nexample \"e\":\n    input:\n        >\n"), json!({}));
    let column = 5 + "repeat(14): ".len() * 5;
    client.breakpoints(&program, json!([{ "line": 2, "column": column, "logMessage": "{step}" }]));
    client.ask("configurationDone", json!({}));
    client.event("output");
    client.ask("pause", json!({ "threadId": 1 }));
    assert_eq!(client.event("stopped")["reason"], "pause");
    let step: u64 = client.evaluate("step").parse().unwrap();
    assert!(step < 1_000_000, "{step}");
    client.breakpoints(&program, json!([{ "line": 2, "column": column, "condition": "step > 900000" }]));
    assert_eq!(client.moves("continue", json!({ "threadId": 1 })), "breakpoint 2");
    assert_eq!(client.evaluate("step"), "900001");
    assert_eq!(client.moves("reverseContinue", json!({ "threadId": 1 })), "entry 2");
}

#[test]
fn a_session_ends_as_the_protocol_has_it() {
    let mut client = Client::new();
    assert_eq!(client.refused("next", json!({ "threadId": 1 })), "No program has been launched.");
    assert_eq!(client.refused("fly", json!({})), "The Karel debugger does not know the request \"fly\".");
    assert!(client.refused("attach", json!({})).contains("launch a program instead"));
    assert!(client.refused("setBreakpoints", json!({})).starts_with("The arguments of \"setBreakpoints\""));
    client.launch(CRASH, json!({ "stopOnEntry": true }));
    client.start();
    client.ask("terminate", json!({}));
    client.event("terminated");
    client.ask("disconnect", json!({}));
    assert!(client.read().is_none());
    assert!(client.close().is_ok());
}
