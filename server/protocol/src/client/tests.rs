//! The client against engines that misbehave; each is a few lines of Python.

mod ending;

use std::time::{Duration, Instant};

use super::*;
use crate::message::{Budget, Specification};

/// What every fake engine starts with.
const PRELUDE: &str = r#"
import json, sys, time, os
def send(**message):
    print(json.dumps(dict(jsonrpc="2.0", **message)), flush=True)
def requests():
    for line in sys.stdin:
        yield json.loads(line)
OUTCOME = dict(candidates=[], ambiguous=False, tracesFound=0, examples=0, programsRun=1, milliseconds=1,
               device="cpu", enumerated=False, bestPassed=0, stopped="exhausted")
STATUS = dict(version="0", device="cpu", models=[], memoryMib=None)
CANDIDATE = dict(fills=["move()"], program="def main():\n    move()\n", length=5, examplesPassed=1)
"#;

fn patience() -> Patience {
    Patience {
        answer: Duration::from_secs(60),
        idle: Duration::from_secs(600),
        pause: Duration::from_millis(20),
        farewell: Duration::from_secs(2),
    }
}

fn engine(script: &str) -> Engine {
    engine_with(script, patience())
}

fn engine_with(script: &str, patience: Patience) -> Engine {
    let python = ["python3", "-c"].map(str::to_owned);
    Engine::with_patience(python.into_iter().chain([format!("{PRELUDE}\n{script}")]).collect(), patience)
}

fn question() -> Synthesize {
    let specification = Specification { program: "def main():\n    ...\n".into(), examples: vec![] };
    Synthesize { specification, budget: Budget::default() }
}

async fn synthesize(engine: &Engine) -> Result<Outcome, EngineError> {
    engine.synthesize(&question(), |_| (), &CancellationToken::new()).await
}

#[tokio::test]
async fn candidates_come_before_the_outcome() {
    let engine = engine(
        r#"
for r in requests():
    if r["method"] == "synthesize":
        send(method="candidate", params=dict(id=r["id"], candidate=CANDIDATE))
        send(method="candidate", params=dict(id=r["id"] + 7, candidate=CANDIDATE))
        send(method="progress", params=dict(id=r["id"], milliseconds=250, programsRun=9, bestPassed=1, candidates=1))
        send(method="progress", params=dict(id=r["id"], nothing="known"))
        send(method="weather", params=dict(id=r["id"]))
        send(id=r["id"], result=OUTCOME)
"#,
    );
    let mut seen = Vec::new();
    let outcome = engine.synthesize(&question(), |news| seen.push(news), &CancellationToken::new()).await;
    assert_eq!(outcome.map(|o| o.programs_run), Ok(1));
    let [News::Found(candidate), News::Progress(progress)] = &seen[..] else {
        panic!("another request's candidate is not ours: {seen:?}")
    };
    assert_eq!((&candidate.fills[..], progress.programs_run), (&["move()".to_owned()][..], 9));
}

#[tokio::test]
async fn requests_are_answered_in_any_order() {
    let engine = engine(
        r#"
held = []
for r in requests():
    if r["method"] == "synthesize":
        held.append(r["id"])
    if r["method"] == "status":
        send(id=r["id"], result=STATUS)
        for i in reversed(held): send(id=i, result=OUTCOME)
"#,
    );
    // `join!` polls in order: both questions are sent before the status that releases them.
    let (a, b, status) = tokio::join!(synthesize(&engine), synthesize(&engine), async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        engine.status().await
    });
    assert!(a.is_ok() && b.is_ok());
    assert_eq!(status.unwrap().device, "cpu");
}

#[tokio::test]
async fn death_is_one_sentence_and_the_next_request_restarts() {
    let folder = tempfile::tempdir().unwrap();
    let marker = folder.path().join("started");
    let engine = engine(&format!(
        r#"
first = not os.path.exists({marker:?})
open({marker:?}, "w").close()
for r in requests():
    if first:
        print("out of memory", file=sys.stderr, flush=True)
        os._exit(3)
    send(id=r["id"], result=OUTCOME)
"#
    ));
    let error = synthesize(&engine).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the synthesis engine ended before it answered (exit status: 3: out of memory)"
    );
    assert!(synthesize(&engine).await.is_ok());
}

#[tokio::test]
async fn an_engine_that_keeps_dying_is_left_alone_for_a_while() {
    let engine = engine_with("os._exit(1)", Patience { pause: Duration::from_secs(40), ..patience() });
    for _ in 0..2 {
        assert!(matches!(synthesize(&engine).await, Err(EngineError::Died(_))));
    }
    let error = synthesize(&engine).await.unwrap_err();
    assert!(matches!(error, EngineError::Resting { deaths: 2, .. }), "{error}");
}

#[tokio::test]
async fn deaths_with_answers_between_them_are_no_row() {
    for answer in ["result=STATUS", "error=dict(code=-32602, message='')"] {
        let script = format!(
            r#"
for r in requests():
    if r["method"] != "status": os._exit(1)
    send(id=r["id"], {answer})
"#
        );
        let engine = engine_with(&script, Patience { pause: Duration::from_secs(3_000), ..patience() });
        for _ in 0..4 {
            assert!(matches!(engine.status().await, Ok(_) | Err(EngineError::Refused(_))));
            assert!(matches!(synthesize(&engine).await, Err(EngineError::Died(_))));
        }
    }
}

#[test]
fn the_pause_doubles_up_to_a_minute() {
    let pauses = |deaths: u32| pause_after(deaths, Duration::from_millis(500)).as_secs_f64();
    assert_eq!([0, 1, 2, 3, 4, 8].map(pauses), [0.0, 0.0, 0.5, 1.0, 2.0, 32.0]);
    assert_eq!([9, 17, 18, 100, u32::MAX].map(pauses), [60.0; 5]);
}

#[tokio::test]
async fn the_pause_grows_with_the_deaths() {
    let engine = engine_with("os._exit(1)", Patience { pause: Duration::from_secs(15), ..patience() });
    *engine.shared.state.lock().await =
        State { connection: None, deaths: 4, last_death: Some(Instant::now()) };
    let error = synthesize(&engine).await.unwrap_err();
    assert!(matches!(error, EngineError::Resting { deaths: 4, seconds: 16..=60 }), "{error}");
}

#[tokio::test]
async fn garbage_is_reported() {
    let engine = engine("print('Welcome to gpu-box!', flush=True)\nfor r in requests(): pass");
    let error = synthesize(&engine).await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "the synthesis engine sent something that is not a message: `Welcome to gpu-box!`"
    );
}

#[tokio::test]
async fn a_line_of_100_megabytes_is_dropped_as_it_comes() {
    let engine = engine(
        "for r in requests():\n    for _ in range(100): sys.stdout.write('x' * (1 << 20))\n    print(flush=True)",
    );
    let error = synthesize(&engine).await.unwrap_err();
    assert!(matches!(&error, EngineError::Garbled(what) if what.contains("16 MiB")), "{error}");
}

#[tokio::test]
async fn what_is_too_long_is_not_sent() {
    let engine = engine("for r in requests(): send(id=r['id'], result=OUTCOME)");
    let mut question = question();
    question.specification.program = "#".repeat(crate::message::MAX_LINE);
    let answer = engine.synthesize(&question, |_| (), &CancellationToken::new()).await;
    assert_eq!(answer, Err(EngineError::TooLong(16)));
    assert!(synthesize(&engine).await.is_ok());
}

#[tokio::test]
async fn refusals_and_failures_keep_their_sentence() {
    let engine = engine(
        r#"
code = iter([-32602, -32603, -32800])
for r in requests(): send(id=r["id"], error=dict(code=next(code), message="No hole is left to fill."))
"#,
    );
    let sentence = "No hole is left to fill.".to_owned();
    assert_eq!(synthesize(&engine).await, Err(EngineError::Refused(sentence.clone())));
    assert_eq!(synthesize(&engine).await, Err(EngineError::Failed(sentence)));
    assert_eq!(synthesize(&engine).await, Err(EngineError::Cancelled));
    assert!(engine.is_running().await);
}

#[tokio::test]
async fn a_command_that_is_not_there() {
    let engine = Engine::new(vec!["/nonexistent/karel-synth".to_owned(), "serve".to_owned()]);
    let error = engine.status().await.unwrap_err().to_string();
    assert!(
        error.starts_with("can't start the synthesis engine `/nonexistent/karel-synth serve`: "),
        "{error}"
    );
    assert_eq!(Engine::new(vec![]).status().await, Err(EngineError::NoCommand));
}
