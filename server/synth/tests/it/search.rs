//! Search with the networks in process: whole programs, holes of every kind, what the networks can't read, what is
//! refused; and that no candidate is ever offered that fails an example.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use proptest::prelude::*;
use protocol::message::{Budget, Example, Outcome, Specification, Stopped};
use runtime::sample::worlds;
use runtime::{Limits, Machine, World, lower};
use synth::decode::template_of_program::context;
use synth::models::Models;
use synth::search::memory::Memory;
use synth::search::specification::Problem;
use synth::search::stages::{Part, SERVED, Step};
use synth::search::watch::Pace;
use synth::search::{Surroundings, synthesize};
use tch::Device;

thread_local! {
    static MODELS: Models = Models::embedded(Device::Cpu).unwrap();
}

fn budget() -> Budget {
    Budget { milliseconds: 600_000, candidates: 1, beam: 30 }
}

/// The first `count` sampled worlds on which the program comes to an end, as examples.
fn examples(program: &str, count: usize, seed: u64) -> Vec<Example> {
    let code = lower(&syntax::parse(program).file).code;
    let mut machine = Machine::new();
    let run = |start: World| {
        let mut end = start.clone();
        let finished = machine.run(&code, &mut end, &Limits::DATASET) == runtime::Outcome::Finished;
        finished.then_some((start, end))
    };
    worlds(seed)
        .take(2_000)
        .filter_map(run)
        .take(count)
        .enumerate()
        .map(|(number, (start, end))| Example {
            name: number.to_string(),
            input: start.to_string(),
            output: Some(end.to_string()),
            crashes: false,
            trace: None,
        })
        .collect()
}

fn ask_with(program: &str, examples: Vec<Example>, budget: &Budget) -> Result<Outcome, String> {
    let specification = Specification { program: program.to_owned(), examples };
    let mut streamed = 0;
    let outcome = MODELS.with(|models| {
        synthesize(models, "cpu", &specification, budget, &|| false, &mut |candidate| {
            streamed += 1;
            assert!(passes(&candidate.program, &specification.examples), "streamed: {}", candidate.program);
        })
    });
    let outcome = outcome.map_err(|e| e.to_string())?;
    assert!(streamed >= outcome.candidates.len());
    for candidate in &outcome.candidates {
        assert!(passes(&candidate.program, &specification.examples), "offered: {}", candidate.program);
        assert_eq!(candidate.examples_passed, specification.examples.len());
    }
    Ok(outcome)
}

fn ask(program: &str, examples: Vec<Example>) -> Outcome {
    ask_with(program, examples, &budget()).unwrap()
}

/// Judged apart from the engine: the program's text is parsed and run on the grids' text.
fn passes(program: &str, examples: &[Example]) -> bool {
    let parsed = syntax::parse(program);
    assert!(parsed.diagnostics.is_empty(), "{program}\n{:?}", parsed.diagnostics);
    let code = lower(&parsed.file).code;
    examples.iter().all(|example| {
        let mut world = World::parse(&example.input).unwrap();
        let outcome = Machine::new().run(&code, &mut world, &Limits::SERVING);
        match &example.output {
            _ if example.crashes => matches!(outcome, runtime::Outcome::Crashed { .. }),
            Some(output) => outcome == runtime::Outcome::Finished && world == World::parse(output).unwrap(),
            None => true,
        }
    })
}

const CLEAR: &str = "def main():\n    while(frontIsClear()):\n        move()\n        if(markersPresent()):\n            pickMarker()\n";

#[test]
fn a_whole_program() {
    let outcome = ask("def main():\n    ...\n", examples(CLEAR, 5, 1));
    assert_eq!((outcome.examples, outcome.traces_found, outcome.stopped), (5, 5, Stopped::Found));
    assert!(!outcome.enumerated && outcome.candidates[0].log_probability.is_some());
    assert_eq!(outcome.candidates[0].fills.len(), 1);
}

#[test]
fn from_one_example_and_from_nine() {
    for count in [1, 9] {
        assert_eq!(ask("def main(): ...", examples(CLEAR, count, 2)).candidates.len(), 1, "{count} examples");
    }
}

#[test]
fn statements_a_condition_and_a_count_among_fixed_text() {
    let whole = "# comes round\ndef main():\n    repeat(4):\n        while(frontIsClear()):\n            move()\n        turnLeft()\n    putMarker()\n";
    let given = examples(whole, 5, 3);
    // More than one condition or count may do; all of them are found.
    let all = Budget { candidates: 20, ..budget() };
    for (program, fill, budget) in [
        (whole.replace("frontIsClear()", "?"), "frontIsClear()", all),
        (whole.replace('4', "?"), "4", all),
        (whole.replace("    putMarker()", "    ..."), "putMarker()", budget()),
    ] {
        let outcome = ask_with(&program, given.clone(), &budget).unwrap();
        let found = outcome.candidates.iter().find(|c| c.fills == [fill]);
        assert_eq!(found.map(|c| &*c.program), Some(whole), "{program}: {outcome:?}");
    }
    let both = whole.replace("frontIsClear()", "?").replace("    putMarker()", "    ...");
    assert_eq!(ask(&both, given).candidates[0].fills, ["frontIsClear()", "putMarker()"]);
}

#[test]
fn holes_in_procedures_that_are_called_twice_or_never() {
    let whole = "def main():\n    corner()\n    move()\n    corner()\n\n\ndef corner():\n    turnLeft()\n    putMarker()\n";
    let program = "def main():\n    corner()\n    move()\n    corner()\n\ndef corner():\n    turnLeft()\n    ...\n\ndef other():\n    ...\n";
    let outcome = ask(program, examples(whole, 5, 4));
    assert!(!outcome.enumerated);
    assert_eq!(outcome.candidates[0].fills, ["putMarker()", "..."]);
}

#[test]
fn what_the_vocabulary_cannot_say_is_searched_all_the_same() {
    // Counts of 1 and 12, and a negated test of markers, are outside the networks' vocabulary.
    let whole = "def main():\n    repeat(12):\n        if(not(markersPresent())):\n            putMarker()\n        turnLeft()\n    repeat(1):\n        move()\n";
    let given = examples(whole, 5, 5);
    let outcome = ask(&whole.replace("12", "?"), given.clone());
    assert!(!outcome.enumerated);
    assert_eq!(outcome.candidates.len(), 1);
    assert_eq!(ask(&whole.replace("move()", "..."), given).candidates[0].fills, ["move()"]);
}

#[test]
fn recursion_is_enumerated() {
    let whole = "def main():\n    walk()\n    turnLeft()\n\n\ndef walk():\n    if(frontIsClear()):\n        move()\n        walk()\n";
    let program = whole.replace("        move()", "        ...").replace("    turnLeft()", "    ...");
    let outcome = ask(&program, examples(whole, 5, 6));
    assert!(outcome.enumerated);
    let best = &outcome.candidates[0];
    assert_eq!(
        (&best.fills[..], best.log_probability),
        (&["turnLeft()".to_owned(), "move()".to_owned()][..], None)
    );
}

#[test]
fn over_long_context_is_enumerated() {
    let long = "    move()\n    turnLeft()\n".repeat(40);
    let outcome = ask(
        &format!("def main():\n    ...\n{long}"),
        examples(&format!("def main():\n    putMarker()\n{long}"), 5, 7),
    );
    assert!(outcome.enumerated);
    assert_eq!(outcome.candidates[0].fills, ["putMarker()"]);
}

#[test]
fn expected_crashes_and_traces_bind() {
    let program = "def main():\n    ...\n";
    let world = |text: &str| text.to_owned();
    let example = |input: &str, output: Option<&str>, trace: Option<&[&str]>| Example {
        name: input.to_owned(),
        input: world(input),
        output: output.map(world),
        crashes: output.is_none(),
        trace: trace.map(|t| t.iter().map(|a| (*a).to_owned()).collect()),
    };
    let trace: &[&str] = &["turnLeft", "turnLeft", "turnLeft", "move"];
    let given =
        vec![example("> . .\n. . .", Some(". . .\nv . ."), Some(trace)), example("# . .\n> . .", None, None)];
    let outcome = ask(program, given);
    assert_eq!(outcome.examples, 2, "candidates are run on the one that is to crash, too");
    let code = lower(&syntax::parse(&outcome.candidates[0].program).file).code;
    let run = runtime::record(&code, &World::parse("> . .\n. . .").unwrap(), &Limits::SERVING, &|| false);
    assert_eq!(run.actions().map(|a| a.name()).collect::<Vec<_>>(), trace);
}

#[test]
fn the_trace_of_a_crash_is_followed_to_its_end() {
    let example = |input: &str, output: Option<&str>, trace: &[&str]| Example {
        name: input.to_owned(),
        input: input.to_owned(),
        output: output.map(str::to_owned),
        crashes: output.is_none(),
        trace: (!trace.is_empty()).then(|| trace.iter().map(|a| (*a).to_owned()).collect()),
    };
    let examples = |trace: &[&str]| {
        vec![example("> 1 .\n. . .", Some(". > .\n. . ."), &[]), example("> . .\n. . .", None, trace)]
    };
    // The action that crashes may be written, or left out.
    for trace in [&["move", "pickMarker"][..], &["move"]] {
        assert_eq!(ask("def main(): ...", examples(trace)).candidates[0].fills, ["move()\npickMarker()"]);
    }
    let short = Budget { milliseconds: 2_000, ..budget() };
    let elsewhere = examples(&["move", "turnLeft", "turnRight"]);
    let outcome = ask_with(
        "def main():\n    move()\n    pickMarker()\n    repeat(?):\n        move()\n",
        elsewhere,
        &short,
    );
    assert!(outcome.unwrap().candidates.is_empty());
}

#[test]
fn calls_that_double_at_each_level_are_walked_once() {
    let mut program = "def main():\n    ...\n    p0()\n".to_owned();
    for level in 0..60 {
        let next = (level + 1) % 60;
        program += &format!("\ndef p{level}():\n    p{next}()\n    p{next}()\n");
    }
    let holes = syntax::parse(&program).file;
    assert!(context(&holes, &[], 32).unwrap().template.is_none(), "recursion is not for the networks");
}

#[test]
fn candidates_differ_in_behaviour() {
    // One example in which nothing but a move is seen: many programs fit.
    let one = Example {
        name: "move".to_owned(),
        input: "> . .\n. . .".to_owned(),
        output: Some(". > .\n. . .".to_owned()),
        crashes: false,
        trace: None,
    };
    let wide = Budget { candidates: 3, ..budget() };
    let outcome = ask_with("def main(): ...", vec![one], &wide).unwrap();
    assert_eq!((outcome.candidates.len(), outcome.ambiguous, outcome.stopped), (3, true, Stopped::Found));
    assert_eq!(outcome.candidates[0].fills, ["move()"], "shortest first");
}

#[test]
fn contradicting_examples_end_with_an_account() {
    let example = |output: &str| Example {
        name: "one".to_owned(),
        input: "> .\n. .".to_owned(),
        output: Some(output.to_owned()),
        crashes: false,
        trace: None,
    };
    let short = Budget { milliseconds: 3_000, ..budget() };
    let outcome =
        ask_with("def main(): ...", vec![example(". >\n. ."), example("v .\n. .")], &short).unwrap();
    assert!(outcome.candidates.is_empty() && outcome.best_passed <= 1);
    assert_ne!(outcome.stopped, Stopped::Found);
}

#[test]
fn refusals_are_sentences() {
    let example = |input: &str, output: Option<&str>| Example {
        name: "a".to_owned(),
        input: input.to_owned(),
        output: output.map(str::to_owned),
        crashes: false,
        trace: None,
    };
    let usual = || vec![example("> .\n. .", Some(". >\n. ."))];
    let with_trace = Example { trace: Some(vec!["turnLeft".to_owned()]), ..usual().remove(0) };
    let cases: Vec<(&str, Vec<Example>, &str)> = vec![
        ("def main():\n    move()\n", usual(), "The program has no hole"),
        ("def other():\n    ...\n", usual(), "The program has no `main`"),
        ("def main():\n    move()\n\ndef other():\n    ...\n", usual(), "No hole is ever reached"),
        ("def main():\n    fly()\n    ...\n", usual(), "The program calls `fly`, which is not defined."),
        ("def main(:\n    ...", usual(), "The program has a syntax error"),
        ("def main(): ...", vec![], "No example has an output grid"),
        ("def main(): ...", vec![example("> .", None)], "No example has an output grid"),
        (
            "def main(): ...",
            vec![example("> x", Some("> ."))],
            "Example \"a\" has an input grid that can't be read",
        ),
        (
            "def main(): ...",
            vec![example("> .\n. .", Some("> . .\n. . ."))],
            "Example \"a\" changes the size",
        ),
        ("def main(): ...", vec![with_trace], "Example \"a\" has a trace that does not lead to its output"),
    ];
    for (program, examples, sentence) in cases {
        let refusal = ask_with(program, examples, &budget()).unwrap_err();
        assert!(refusal.starts_with(sentence), "{program}: {refusal}");
        assert!(!refusal.contains('\n'), "{refusal}");
    }
}

#[test]
fn cancelling_ends_a_search() {
    let specification =
        Specification { program: "def main(): ...".to_owned(), examples: examples(CLEAR, 5, 1) };
    let asked = AtomicUsize::new(0);
    let cancelled = || asked.fetch_add(1, Ordering::Relaxed) >= 3;
    let outcome = MODELS
        .with(|models| synthesize(models, "cpu", &specification, &budget(), &cancelled, &mut |_| ()))
        .unwrap();
    assert!(outcome.candidates.is_empty());
}

/// By the real programs' rules a marker action never follows a turn, and no action comes three times running. Where
/// the author does that, programs that do it are found all the same.
#[test]
fn programs_that_break_the_datasets_rules_are_found() {
    let example = |input: &str, output: &str, trace: &[&str]| Example {
        name: input.to_owned(),
        input: input.to_owned(),
        output: Some(output.to_owned()),
        crashes: false,
        trace: Some(trace.iter().map(|a| (*a).to_owned()).collect()),
    };
    let trace = ["turnLeft", "putMarker", "move", "turnLeft", "putMarker", "turnLeft", "putMarker"];
    let start = ". . .\n> . .";
    let mut world = World::parse(start).unwrap();
    for name in trace {
        assert!(world.act(runtime::Action::from_name(name).unwrap()));
    }
    let given = vec![example(start, &world.to_string(), &trace)];
    let outcome = ask("def main():\n    turnLeft()\n    putMarker()\n    ...\n", given.clone());
    assert!(!outcome.candidates.is_empty());
    // Nothing fixed: the whole program is asked for.
    let outcome = ask("def main():\n    ...\n", given);
    assert!(!outcome.candidates.is_empty());
}

/// Texts with and without meaning.
fn text(pieces: &'static [&'static str]) -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>(),
        prop::collection::vec(prop::sample::select(pieces), 0..24).prop_map(|pieces| pieces.concat()),
    ]
}

const PROGRAM: &[&str] = &[
    "def main():",
    "def f():",
    "\n",
    "    ",
    "...",
    "?",
    "while(",
    "repeat(",
    "if(",
    "not(",
    ")",
    ":",
    "else:",
    "f()",
    "main()",
    "frontIsClear()",
    "3",
    "0",
    "99",
    "move()",
    ";",
    "#",
    "example \"a\":",
    "input:",
    "> .",
];
const GRID: &[&str] = &[".", " ", "\n", ">", "^3", "#", "9", "12", "v"];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn any_request_is_understood_or_refused(program in text(PROGRAM), input in text(GRID), output in prop::option::of(text(GRID)), crashes: bool) {
        let trace = crashes.then(|| vec!["move".to_owned()]);
        let example = Example { name: program.clone(), input, output, crashes, trace };
        let specification = Specification { program, examples: vec![example] };
        if let Ok(problem) = Problem::new(&specification) {
            prop_assert!(!problem.holes.is_empty() && !problem.cases.is_empty());
            if let Ok(context) = context(&problem.file, &problem.holes, 48) {
                prop_assert_eq!(context.reached.len(), problem.holes.len());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    /// Whatever the examples, `ask_with` checks every candidate on all of them.
    #[test]
    fn no_candidate_ever_fails_an_example(seed in any::<u64>(), count in 1usize..7, program in prop::sample::select(vec![
        "def main():\n    move()\n    putMarker()\n    turnRight()\n",
        "def main():\n    if(frontIsClear()):\n        move()\n    else:\n        turnLeft()\n    putMarker()\n",
        "def main():\n    repeat(3):\n        turnLeft()\n        putMarker()\n",
        CLEAR,
    ])) {
        let quick = Budget { milliseconds: 20_000, candidates: 2, beam: 20 };
        let outcome = ask_with("def main(): ...", examples(program, count, seed), &quick).unwrap();
        prop_assert!(outcome.candidates.len() <= 2);
    }
}

/// Runs these steps on two examples that contradict each other, so that nothing ever passes, and lists the parts that
/// were taken.
fn taken(steps: &[Step], milliseconds: u64) -> Vec<Part> {
    let mut examples = examples("def main():\n    move()\n", 2, 3);
    let first = examples[0].input.clone();
    examples[1].output = Some(first.clone());
    examples[1].input = first;
    let specification = Specification { program: "def main():\n    ...\n".to_owned(), examples };
    let heard = Mutex::new(Vec::new());
    let note = |step: &Step, _| heard.lock().unwrap().push(step.part);
    MODELS.with(|models| {
        let (clock, memory) = (Pace::new(Instant::now()), Memory::default());
        let around =
            Surroundings { steps, on_step: &note, ..Surroundings::new(models, "cpu", &clock, &memory) };
        let budget = Budget { milliseconds, candidates: 1, beam: 4 };
        let outcome = around.synthesize(&specification, &budget, &mut |_| ()).unwrap();
        assert!(outcome.candidates.is_empty());
    });
    heard.into_inner().unwrap()
}

#[test]
fn the_steps_of_the_table_are_taken_in_its_order() {
    let due = |step: &&Step| step.part != Part::Narrow;
    let expected: Vec<Part> = SERVED.iter().filter(due).map(|step| step.part).collect();
    assert_eq!(taken(SERVED, 600_000), expected, "nothing is found, and there is time for all of it");
    let some: Vec<Step> =
        SERVED.iter().copied().filter(|step| [Part::Traces, Part::Beam].contains(&step.part)).collect();
    assert_eq!(taken(&some, 600_000), [Part::Traces, Part::Traces, Part::Beam]);
    assert_eq!(taken(SERVED, 0), [], "no step begins after the time is up");
}
