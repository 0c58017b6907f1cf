//! Synthesis actions and commands, with engines that are a few lines of Python.

mod ambiguity;
pub(crate) mod engine;

use crate::client::{self, InProcess, capabilities};
use engine::{TEXT, URI, actions, server, shown, the_action, with_progress};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn an_action_is_listed_at_once_and_computed_when_it_is_chosen() {
    let engine = "send(method='candidate', params=dict(id=r['id'], candidate=candidate('move()')))
so_far = dict(id=r['id'], milliseconds=1200, programsRun=3400, bestPassed=2, candidates=1)
send(method='progress', params=so_far)
send(id=r['id'], result=outcome('move()'))";
    let mut server = server(capabilities(), engine).await;
    let action = the_action(&mut server).await;
    assert_eq!(action["title"], "Synthesize main from 2 examples");
    assert!(
        action.get("edit").is_none() && action.get("disabled").is_none() && action.get("command").is_none()
    );
    let (reply, progress) = with_progress(&mut server, "codeAction/resolve", action).await;
    let resolved = &reply["result"];
    assert_eq!(resolved["title"], "Synthesize main from 2 examples: 2/2 examples");
    let change = &resolved["edit"]["documentChanges"][0];
    assert_eq!(change["textDocument"], json!({ "uri": URI, "version": 1 }));
    assert_eq!(change["edits"][0]["newText"], "move()");
    assert_eq!(progress[0]["title"], "Synthesize main from 2 examples");
    assert_eq!(progress[0]["cancellable"], true);
    assert!(
        progress.iter().any(|value| value["message"] == "1.2 s, 3,400 candidates, 1 program found"),
        "{progress:?}"
    );
    assert_eq!(progress.last().expect("the end")["message"], "2/2 examples");
    let states: Vec<Value> =
        server.client.kept.iter().filter(|m| m["method"] == "karel/status").cloned().collect();
    let states: Vec<_> = states.iter().map(|m| m["params"]["state"].as_str().unwrap_or_default()).collect();
    assert_eq!(states, ["starting", "ready"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_pass_is_not_offered() {
    let mut server = server(capabilities(), "send(id=r['id'], result=outcome('turnLeft()', 'move()'))").await;
    let action = the_action(&mut server).await;
    let (reply, _) = with_progress(&mut server, "codeAction/resolve", action).await;
    assert_eq!(reply["result"]["edit"]["documentChanges"][0]["edits"][0]["newText"], "move()");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_says_how_near_it_came() {
    let engine = "send(id=r['id'], result=outcome(stopped='exhausted', best=1))";
    let mut server = server(capabilities(), engine).await;
    let action = the_action(&mut server).await;
    let (reply, _) = with_progress(&mut server, "codeAction/resolve", action).await;
    assert!(reply["result"].get("edit").is_none(), "{reply}");
    let message = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert_eq!(message, "Nothing passes all 2 examples: check the examples.");
    let logged = server.client.told("window/logMessage").await["params"]["message"].clone();
    assert_eq!(
        logged,
        "Nothing passes all 2 examples; the best of 1,234 candidates passed 1; the search ended after 0.0 s."
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_engine_that_dies_is_told_and_the_session_goes_on() {
    let mut server = server(capabilities(), "sys.exit(3)").await;
    let action = the_action(&mut server).await;
    let (reply, _) = with_progress(&mut server, "codeAction/resolve", action).await;
    assert!(reply["result"].get("edit").is_none(), "{reply}");
    let message = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert!(message.as_str().is_some_and(|message| message.contains("engine ended")), "{message}");
    let error = |m: &Value| m["method"] == "karel/status" && m["params"]["state"] == "error";
    server.client.next(error).await;
    assert!(!server.client.request("textDocument/hover", client::place(URI, 4, 6)).await.is_null());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_meanwhile_makes_the_answer_worthless() {
    // Answers the first question late: when the second, a cancellation or the end of input comes.
    let mut server =
        server(capabilities(), "sys.stdin.readline()\nsend(id=r['id'], result=outcome('move()'))").await;
    let action = the_action(&mut server).await;
    let first = server.client.ask("codeAction/resolve", action.clone()).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    server.client.change(URI, 2, json!([{ "text": format!("# changed\n{TEXT}") }])).await;
    let second = server.client.ask("codeAction/resolve", action).await;
    assert_eq!(server.client.reply(second).await["error"]["code"], -32801, "asked for an older version");
    let action = the_action(&mut server).await;
    let third = server.client.ask("codeAction/resolve", action).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    assert_eq!(server.client.reply(first).await["error"]["code"], -32801, "changed while it ran");
    server.client.cancel(third).await;
    assert_eq!(server.client.reply(third).await["error"]["code"], -32800);
}

#[tokio::test(flavor = "multi_thread")]
async fn cancelling_the_progress_cancels_the_request() {
    let mut server = server(capabilities(), "pass").await;
    let action = the_action(&mut server).await;
    let id = server.client.ask("codeAction/resolve", action).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    server.client.told("$/progress").await;
    let token = json!({ "token": create["params"]["token"] });
    server.client.notify("window/workDoneProgress/cancel", token).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32800);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_work_does_not_wait_for_a_client_that_is_slow_to_show_it() {
    let mut server = server(capabilities(), "send(id=r['id'], result=outcome('move()'))").await;
    let action = the_action(&mut server).await;
    let id = server.client.ask("codeAction/resolve", action).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    assert!(server.client.reply(id).await["result"]["edit"].is_object());
    server.client.answer(&create, Value::Null).await;
    let kinds = shown(&mut server, &create["params"]["token"]).await;
    let kinds: Vec<_> = kinds.iter().map(|value| value["kind"].as_str().unwrap_or_default()).collect();
    assert_eq!((kinds.first(), kinds.last()), (Some(&"begin"), Some(&"end")));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_of_the_requests_own_token_ends_before_its_reply() {
    let mut server = server(capabilities(), "send(id=r['id'], result=outcome('move()'))").await;
    let params =
        json!({ "command": "karel.synthesize", "arguments": [URI, client::at(1, 4)], "workDoneToken": 7 });
    let id = server.client.ask("workspace/executeCommand", params).await;
    let apply = server.client.told("workspace/applyEdit").await;
    server.client.answer(&apply, json!({ "applied": true })).await;
    assert!(server.client.reply(id).await.get("error").is_none());
    let mut progress = server.client.kept.iter().filter(|message| message["method"] == "$/progress");
    let last = progress.next_back().expect("it was shown");
    assert_eq!((&last["params"]["token"], &last["params"]["value"]["kind"]), (&json!(7), &json!("end")));
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_resolve_nothing_get_a_command() {
    let capabilities = json!({
        "workspace": { "applyEdit": true },
        "textDocument": { "codeAction": { "codeActionLiteralSupport": { "codeActionKind": { "valueSet": [] } } } },
    });
    let mut server = server(capabilities, "send(id=r['id'], result=outcome('move()'))").await;
    let action = the_action(&mut server).await;
    assert_eq!(action["command"]["command"], "karel.synthesize");
    let id = server.client.ask("workspace/executeCommand", action["command"].clone()).await;
    let apply = server.client.told("workspace/applyEdit").await;
    assert_eq!(apply["params"]["edit"]["changes"][URI][0]["newText"], "move()");
    server.client.answer(&apply, json!({ "applied": true })).await;
    assert!(server.client.reply(id).await.get("error").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_next_solution_replaces_the_last_one() {
    let engine =
        "send(id=r['id'], result=outcome('move()', 'turnLeft(); turnRight(); move()', ambiguous=True))";
    let mut server = server(capabilities(), engine).await;
    let here = json!({ "command": "karel.synthesize", "arguments": [URI, client::at(1, 4)] });
    let id = server.client.ask("workspace/executeCommand", here).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    let apply = server.client.told("workspace/applyEdit").await;
    assert_eq!(apply["params"]["label"], "Synthesize main from 2 examples: 2/2 examples");
    server.client.answer(&apply, json!({ "applied": true })).await;
    assert!(server.client.reply(id).await.get("error").is_none());
    let note = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert_eq!(note, "2 different programs pass: hover over main.");
    let next = json!({ "command": "karel.nextSolution", "arguments": [URI] });
    // Where none of them is in the text, the first one comes next.
    let id = server.client.ask("workspace/executeCommand", next.clone()).await;
    let apply = server.client.told("workspace/applyEdit").await;
    assert_eq!(apply["params"]["label"], "Solution 1 of 2");
    server.client.answer(&apply, json!({ "applied": false })).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803, "the editor refused");
    server.client.change(URI, 2, json!([{ "text": TEXT.replacen("...", "move()", 1) }])).await;
    let id = server.client.ask("workspace/executeCommand", next).await;
    let apply = server.client.told("workspace/applyEdit").await;
    let text = apply["params"]["edit"]["documentChanges"][0]["edits"][0]["newText"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(text.contains("turnLeft()"), "{text}");
    assert_eq!(apply["params"]["label"], "Solution 2 of 2");
    server.client.answer(&apply, json!({ "applied": false })).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803, "the editor refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_is_inferred_and_checked() {
    let engine = "send(id=r['id'], result=dict(traces=[['move']], milliseconds=1))";
    let mut server = server(capabilities(), engine).await;
    let actions = actions(&mut server, "refactor.karel.inferTrace", 3).await;
    assert_eq!(actions[0]["title"], "Infer the trace of \"one\"");
    let (reply, _) = with_progress(&mut server, "codeAction/resolve", actions[0].clone()).await;
    let text = reply["result"]["edit"]["documentChanges"][0]["edits"][0]["newText"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    assert!(text.contains("trace?: move"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_status_keeps_where_the_engine_runs() {
    let engine = "send(id=r['id'], result=dict(traces=[['move']], milliseconds=1) if r['method'] == 'traces' \
        else outcome('move()'))";
    let mut server = server(capabilities(), engine).await;
    let action = the_action(&mut server).await;
    with_progress(&mut server, "codeAction/resolve", action).await;
    let action = actions(&mut server, "refactor.karel.inferTrace", 3).await.remove(0);
    with_progress(&mut server, "codeAction/resolve", action).await;
    let states = server.client.kept.iter().filter(|message| message["method"] == "karel/status");
    let states: Vec<_> = states.map(|m| (&m["params"]["state"], &m["params"]["engine"])).collect();
    let states = json!(states);
    assert_eq!(states, json!([["starting", ""], ["ready", "cpu"], ["busy", "cpu"], ["ready", "cpu"]]));
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_engine_actions_say_why_and_all_else_works() {
    let mut server = InProcess::start();
    let options = json!({ "engine": { "command": ["no-such-engine"] } });
    let params = json!({ "processId": null, "rootUri": null, "capabilities": capabilities(), "initializationOptions": options });
    server.client.request("initialize", params).await;
    server.client.notify("initialized", json!({})).await;
    let status = server.client.told("karel/status").await;
    assert_eq!(status["params"]["state"], "absent");
    server.client.open(URI, "kareldsl", 1, TEXT).await;
    let action = the_action(&mut server).await;
    let reason = action["disabled"]["reason"].as_str().unwrap_or_default();
    assert_eq!(reason, "karel.engine.command names no program: correct it.");
    // The hole says it, too: editors show what is disabled nowhere.
    let hover = server.client.request("textDocument/hover", client::place(URI, 1, 5)).await;
    assert!(hover.to_string().contains(reason), "{hover}");
    let lenses = server.client.request("textDocument/codeLens", client::document(URI)).await;
    assert!(lenses.to_string().contains(reason), "{lenses}");
    let told = |m: &Value| m["method"] == "textDocument/publishDiagnostics" && m.to_string().contains(reason);
    server.client.next(told).await;
    let here = json!({ "command": "karel.synthesize", "arguments": [URI, client::at(1, 4)] });
    let id = server.client.ask("workspace/executeCommand", here).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32803);
    assert!(!server.client.request("textDocument/hover", client::place(URI, 4, 6)).await.is_null());
}

/// The example program with a `main` that passes.
fn passing() -> String {
    TEXT.replacen("...", "move()", 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn what_passes_is_shown_others_and_replaced_on_a_second_request() {
    let engine =
        "send(id=r['id'], result=outcome('move()', 'turnLeft(); turnRight(); move()', ambiguous=True))";
    let mut server = server(capabilities(), engine).await;
    server.client.change(URI, 2, json!([{ "text": passing() }])).await;
    // By itself the command does nothing but say so.
    let here = json!({ "command": "karel.synthesize", "arguments": [URI, client::at(0, 5)] });
    assert_eq!(server.client.request("workspace/executeCommand", here).await, Value::Null);
    let message = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert_eq!(message, "All 2 examples pass already.");
    assert!(actions(&mut server, "refactor.karel.synthesize.program", 1).await.is_empty());

    let look = actions(&mut server, "refactor.karel.synthesize.others", 1).await.remove(0);
    assert_eq!(look["title"], "Look for other programs: all 2 examples pass already");
    let (reply, _) = with_progress(&mut server, "codeAction/resolve", look).await;
    assert!(reply["result"].get("edit").is_none(), "{reply}");
    let message = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert_eq!(message, "1 other program passes: hover over main to see it.");
    let hover = server.client.request("textDocument/hover", client::place(URI, 0, 5)).await;
    assert!(
        hover["contents"]["value"]
            .as_str()
            .is_some_and(|text| text.contains("    turnLeft()\n    turnRight()\n")),
        "{hover}"
    );
    assert!(actions(&mut server, "quickfix", 0).await.is_empty(), "nothing is asked");

    let take = actions(&mut server, "refactor.karel.synthesize.solution", 0).await;
    let titles: Vec<&Value> = take.iter().map(|action| &action["title"]).collect();
    assert_eq!(titles, ["Take program 2 of 2 instead"]);
    assert!(take[0]["edit"].to_string().contains("turnRight()"), "{}", take[0]);
    let lenses = server.client.request("textDocument/codeLens", client::document(URI)).await;
    assert_eq!(lenses[1]["command"]["title"], "Next solution (this is 1 of 2)");
    assert_eq!(lenses[1]["command"]["command"], "karel.nextSolution");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_with_buttons_may_look_for_others_at_once() {
    let mut can = capabilities();
    can["window"]["showMessage"] = json!({ "messageActionItem": { "additionalPropertiesSupport": false } });
    let mut server = server(can, "send(id=r['id'], result=outcome('move()'))").await;
    server.client.change(URI, 2, json!([{ "text": passing() }])).await;
    let here = json!({ "command": "karel.synthesize", "arguments": [URI, client::at(0, 5)] });
    assert_eq!(server.client.request("workspace/executeCommand", here).await, Value::Null);
    let asked = server.client.told("window/showMessageRequest").await;
    assert_eq!(asked["params"]["message"], "All 2 examples pass already.");
    server.client.answer(&asked, asked["params"]["actions"][0].clone()).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    let message = server.client.told("window/showMessage").await["params"]["message"].clone();
    assert_eq!(message, "No other program was found that passes.");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hole_is_filled_by_a_fix_of_what_is_reported_there() {
    let mut server = server(capabilities(), "send(id=r['id'], result=outcome('move()'))").await;
    let hole = json!({ "range": { "start": client::at(1, 4), "end": client::at(1, 7) }, "code": "K301", "message": "…" });
    let mut params = client::document(URI);
    params["range"] = hole["range"].clone();
    params["context"] = json!({ "diagnostics": [hole] });
    for only in [Value::Null, json!(["quickfix"])] {
        params["context"]["only"] = only;
        let actions = server.client.request("textDocument/codeAction", params.clone()).await;
        let fixes: Vec<&Value> = actions.as_array().expect("a list").iter().collect();
        let found: Vec<&&Value> =
            fixes.iter().filter(|a| a["title"] == "Synthesize main from 2 examples").collect();
        let [fix] = found[..] else { panic!("once: {actions}") };
        assert_eq!((&fix["kind"], &fix["diagnostics"][0]["code"]), (&json!("quickfix"), &json!("K301")));
        let (reply, _) = with_progress(&mut server, "codeAction/resolve", (**fix).clone()).await;
        assert_eq!(reply["result"]["edit"]["documentChanges"][0]["edits"][0]["newText"], "move()");
    }
    let refactor = actions(&mut server, "refactor.karel.synthesize", 1).await;
    assert_eq!(refactor[0]["kind"], "refactor.karel.synthesize.program");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failing_example_offers_the_program_before_what_is_asked_of_it() {
    let mut server = server(capabilities(), "send(id=r['id'], result=outcome('move()'))").await;
    server.client.change(URI, 2, json!([{ "text": TEXT.replacen("...", "turnLeft()", 1) }])).await;
    let fixes = actions(&mut server, "quickfix", 8).await;
    let titles: Vec<&str> = fixes.iter().filter_map(|action| action["title"].as_str()).collect();
    assert_eq!(titles.len(), 2, "{titles:?}");
    assert_eq!(titles[0], "Rewrite main from 2 examples");
    assert!(
        titles[1].starts_with("Change the expected output of \"one\" to what the program does"),
        "{titles:?}"
    );
    assert!(fixes.iter().all(|fix| fix.get("isPreferred").is_none()), "{fixes:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_synthesis_says_nothing() {
    let mut server = server(capabilities(), "pass").await;
    let here = json!({ "command": "karel.synthesize", "arguments": [URI, client::at(1, 4)] });
    let id = server.client.ask("workspace/executeCommand", here).await;
    let create = server.client.told("window/workDoneProgress/create").await;
    server.client.answer(&create, Value::Null).await;
    server.client.cancel(id).await;
    assert_eq!(server.client.reply(id).await["error"]["code"], -32800);
    shown(&mut server, &create["params"]["token"]).await;
    // Whatever was said before the answer to a later question is here by now.
    server.client.request("textDocument/hover", client::place(URI, 4, 6)).await;
    let said = server.client.kept.iter().filter(|m| m["method"] == "window/showMessage").count();
    assert_eq!(said, 0);
}
