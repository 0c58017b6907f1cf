//! How requests end before their answer, and engines before their time.

use super::*;

/// Says that it has got a question by a candidate, and answers none; `status` tells which were cancelled.
const HOLDS: &str = r#"
cancelled = []
for r in requests():
    if r["method"] == "synthesize": send(method="candidate", params=dict(id=r["id"], candidate=CANDIDATE))
    if r["method"] == "$/cancelRequest": cancelled.append(str(r["params"]["id"]))
    if r["method"] == "status": send(id=r["id"], result=dict(STATUS, models=cancelled))
"#;

/// Tells its process by `status`, and ends for nothing but a kill.
const STUBBORN: &str = r#"
import signal
signal.signal(signal.SIGTERM, signal.SIG_IGN)
for r in requests():
    if r["method"] == "status": send(id=r["id"], result=dict(STATUS, version=str(os.getpid())))
time.sleep(3600)
"#;

/// Whether the process is still there. One that has ended and was waited for is not.
#[cfg(target_os = "linux")]
fn lives(process: &str) -> bool {
    std::path::Path::new("/proc").join(process).exists()
}

#[tokio::test]
async fn cancelling_reaches_the_engine() {
    let engine = engine(HOLDS);
    let token = CancellationToken::new();
    let cancel = token.clone();
    let answer = engine.synthesize(&question(), move |_| cancel.cancel(), &token).await;
    assert_eq!(answer, Err(EngineError::Cancelled));
    assert_eq!(engine.status().await.unwrap().models, ["1"]);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_is_cancelled_in_the_engine() {
    let engine = engine(HOLDS);
    let begun = CancellationToken::new();
    let (tell, question, never) = (begun.clone(), question(), CancellationToken::new());
    tokio::select! {
        answer = engine.synthesize(&question, move |_| tell.cancel(), &never) => panic!("{answer:?}"),
        () = begun.cancelled() => {}
    }
    assert_eq!(engine.status().await.unwrap().models, ["1"]);
}

#[tokio::test]
async fn an_answered_request_is_not_cancelled() {
    let engine = engine(
        r#"
cancelled = []
for r in requests():
    if r["method"] == "synthesize": send(id=r["id"], result=OUTCOME)
    if r["method"] == "$/cancelRequest": cancelled.append(str(r["params"]["id"]))
    if r["method"] == "status": send(id=r["id"], result=dict(STATUS, models=cancelled))
"#,
    );
    assert!(synthesize(&engine).await.is_ok());
    assert_eq!(engine.status().await.unwrap().models, [""; 0]);
}

#[tokio::test]
async fn silence_ends_the_engine_whatever_it_was_asked() {
    let patience = Patience { answer: Duration::from_millis(100), ..patience() };
    let never = CancellationToken::new();
    for method in ["status", "traces", "synthesize"] {
        let engine = engine_with("time.sleep(3600)", patience);
        let budget = Budget { milliseconds: 1, ..Budget::default() };
        let error = match method {
            "status" => engine.status().await.err(),
            "traces" => engine.traces(&InferTraces { examples: vec![], milliseconds: 0 }, &never).await.err(),
            _ => engine.synthesize(&Synthesize { budget, ..question() }, |_| (), &never).await.err(),
        };
        assert_eq!(error, Some(EngineError::Silent(0)), "{method}");
        assert!(!engine.is_running().await, "{method}");
    }
}

#[tokio::test]
async fn an_engine_that_is_slow_with_one_request_lives_on_for_the_others() {
    let script = r#"
for r in requests():
    if r["method"] == "synthesize": send(method="candidate", params=dict(id=r["id"], candidate=CANDIDATE))
    if r["method"] == "traces": send(id=r["id"], error=dict(code=-32602, message=""))
"#;
    let engine =
        engine_with(script, Patience { answer: Duration::from_secs(2), pause: Duration::ZERO, ..patience() });
    let never = CancellationToken::new();
    // However long its start takes.
    while engine.traces(&InferTraces { examples: vec![], milliseconds: 0 }, &never).await
        == Err(EngineError::Silent(2))
    {}
    let slow = Synthesize { budget: Budget { milliseconds: 1, ..Budget::default() }, ..question() };
    assert_eq!(engine.synthesize(&slow, |_| (), &never).await, Err(EngineError::Slow(2)));
    assert!(engine.is_running().await);
}

#[tokio::test]
async fn an_idle_engine_is_ended_and_comes_back() {
    let engine = engine_with(
        r#"
for r in requests():
    if r["method"] == "shutdown":
        send(id=r["id"], result=None)
        break
    send(id=r["id"], result=STATUS)
"#,
        Patience { idle: Duration::from_millis(50), ..patience() },
    );
    engine.status().await.unwrap();
    while engine.is_running().await {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    engine.status().await.unwrap();
    engine.shutdown().await;
}

#[tokio::test]
async fn an_engine_at_work_is_not_idle() {
    // Ends without an answer where it is asked to end while it works. Reads no more than the question, to see that.
    let engine = engine_with(
        r#"
import select
question = b""
while not question.endswith(b"\n"): question += os.read(0, 1)
if not select.select([0], [], [], 1)[0]: send(id=json.loads(question)["id"], result=OUTCOME)
"#,
        Patience { idle: Duration::from_millis(1), ..patience() },
    );
    assert_eq!(synthesize(&engine).await.map(|outcome| outcome.programs_run), Ok(1));
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_engine_that_does_not_end_when_asked_to_is_killed() {
    let idle = Patience { idle: Duration::from_millis(1), ..patience() };
    let polite = |engine: Engine| async move { engine.shutdown_within(Duration::from_millis(10)).await };
    let hung = engine(STUBBORN);
    let process = hung.status().await.unwrap().version;
    assert!(lives(&process));
    polite(hung.clone()).await;
    assert!(!lives(&process), "it was asked to end");
    // The same where the one who waits for the end has no patience at all.
    let process = hung.status().await.unwrap().version;
    tokio::select! { biased; () = hung.shutdown() => {}, () = std::future::ready(()) => {} }
    gone(&process).await;
    // Nobody has any use for it any more.
    let process = hung.status().await.unwrap().version;
    drop(hung);
    gone(&process).await;
    let idle = engine_with(STUBBORN, idle);
    let process = idle.status().await.unwrap().version;
    gone(&process).await;
}

#[tokio::test]
async fn an_engine_that_is_let_go_as_it_is_asked_is_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("started");
    let engine = engine(&format!(
        r#"
first = not os.path.exists({marker:?})
open({marker:?}, "w").close()
for r in requests():
    if r["method"] == "shutdown": break
    if first: send(method="candidate", params=dict(id=r["id"], candidate=CANDIDATE))
    else: send(id=r["id"], result=OUTCOME)
"#
    ));
    let begun = CancellationToken::new();
    let (tell, question, never) = (begun.clone(), question(), CancellationToken::new());
    let asked = engine.synthesize(&question, move |_| tell.cancel(), &never);
    let end = async {
        begun.cancelled().await;
        engine.shutdown().await;
    };
    let (answer, ()) = tokio::join!(asked, end);
    assert_eq!(answer.map(|outcome| outcome.programs_run), Ok(1));
}

#[tokio::test]
async fn an_engine_that_was_idle_has_not_died() {
    let patience =
        Patience { idle: Duration::from_millis(1), pause: Duration::from_secs(3_000), ..patience() };
    let engine = engine_with(HOLDS, patience);
    for _ in 0..4 {
        let token = CancellationToken::new();
        let cancel = token.clone();
        let answer = engine.synthesize(&question(), move |_| cancel.cancel(), &token).await;
        assert_eq!(answer, Err(EngineError::Cancelled));
        while engine.is_running().await {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

#[tokio::test]
async fn an_engine_is_asked_to_end_and_given_time_for_it() {
    let folder = tempfile::tempdir().unwrap();
    let ended = folder.path().join("ended");
    let script = format!(
        r#"
for r in requests():
    if r["method"] == "shutdown":
        time.sleep(0.3)
        open({ended:?}, "w").close()
        break
    send(id=r["id"], result=STATUS)
"#
    );
    let engine = engine_with(&script, Patience { farewell: Duration::from_secs(60), ..patience() });
    engine.status().await.unwrap();
    engine.shutdown().await;
    assert!(ended.exists());
}

#[tokio::test]
async fn an_engine_that_closes_its_output_has_time_to_end() {
    let script = "for r in requests():\n    os.close(1)\n    time.sleep(0.3)\n    os._exit(3)";
    let engine = engine_with(script, Patience { farewell: Duration::from_secs(60), ..patience() });
    assert_eq!(synthesize(&engine).await, Err(EngineError::Died("exit status: 3".to_owned())));
}

#[tokio::test]
async fn an_engine_that_closes_its_output_and_stays_is_killed_when_it_is_let_go() {
    let script = r#"
for r in requests():
    send(method="candidate", params=dict(id=r["id"], candidate=CANDIDATE))
    os.close(1)
    time.sleep(3600)
"#;
    let engine = engine_with(script, Patience { farewell: Duration::from_secs(3600), ..patience() });
    let begun = CancellationToken::new();
    let (tell, question, never) = (begun.clone(), question(), CancellationToken::new());
    let end = async {
        begun.cancelled().await;
        engine.shutdown_within(Duration::from_millis(100)).await;
    };
    tokio::select! {
        answer = engine.synthesize(&question, move |_| tell.cancel(), &never) => panic!("{answer:?}"),
        () = end => {}
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn an_engine_that_is_silent_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("process");
    let script = format!(
        "open({file:?} + '.part', 'w').write(str(os.getpid()))\nos.rename({file:?} + '.part', {file:?})\ntime.sleep(3600)"
    );
    let engine = engine_with(
        &script,
        Patience { answer: Duration::from_secs(2), pause: Duration::ZERO, ..patience() },
    );
    // However long its start takes.
    while !file.exists() {
        assert_eq!(engine.status().await, Err(EngineError::Silent(2)));
    }
    gone(&std::fs::read_to_string(&file).unwrap()).await;
}

/// Hangs, and is ended by the test runner, where the process lives for ever.
#[cfg(target_os = "linux")]
async fn gone(process: &str) {
    while lives(process) {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
