//! The answers about recordings, as whoever shows them puts them together.

use std::sync::Arc;

use ide::synthesis::Found;
use ide::{Analysis, Config, NEVER, Source};
use proptest::prelude::*;
use recording::messages::{
    ExampleKind, Heading, OccurrencesParams, OutcomeKind, Page, Position, Question, RecordingParams,
    RecordingsParams, SeekParams, StepKind, StepsParams, TextDocument, Verdict, Which, World,
};
use recording::{Failure, Plain, Program, Recorder};

const URI: &str = "file:///walk.karel";

const WALK: &str = "\
# Grüße 😀
def clear(): while(markersPresent()): pickMarker()
def main():
    repeat(2):
        clear()
        if(not(frontIsClear())):
            turnLeft()
        else:
            move()
    putMarker()
example \"a\":
    input:
        >2 3 .
    output:
        . . >1
example \"a\":
    input:
        ^
        3
example \"wall\":
    input:
        #
example \"other\" crashes:
    input:
        <
test \"a\":
    input:
        > . 9
    output:
        . . <
";

struct Shared(Analysis);

impl AsRef<Analysis> for Shared {
    fn as_ref(&self) -> &Analysis {
        &self.0
    }
}

fn program(text: &str) -> Arc<dyn Program> {
    let analysis = Analysis::new(Some(Source::new(URI, Some(1), text)), Vec::new(), Config::default());
    Arc::new(Plain::new(Shared(analysis)))
}

fn asked(example: Which, count: usize) -> RecordingParams {
    RecordingParams { text_document: document(), example, count: Some(count) }
}

fn document() -> TextDocument {
    TextDocument { uri: URI.to_owned() }
}

fn named(name: &str) -> Which {
    Which::Name(name.to_owned())
}

/// The worlds at each step of the page and after its last one, as the protocol says that they follow; of the robot after
/// the last one nothing is known.
fn worlds(page: &Page) -> Vec<World> {
    let mut world = page.world.clone();
    let mut worlds = Vec::new();
    for step in &page.steps {
        world.robot = step.robot;
        worlds.push(world.clone());
        let at = (step.robot.row, step.robot.col);
        let before = world.markers.iter().find(|m| (m.0, m.1) == at).map_or(0, |m| m.2);
        world.markers.retain(|m| (m.0, m.1) != at);
        let now = before.checked_add_signed(step.marker_change).unwrap();
        world.markers.extend((now > 0).then_some((at.0, at.1, now)));
        world.markers.sort_by_key(|m| (std::cmp::Reverse(m.0), m.1));
    }
    worlds
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(48) })]

    #[test]
    fn pages_put_together_are_the_recording(size in 1..40_usize, example in 0..2_usize, loops in 1..6_usize) {
        let nested = (0..loops).fold("clear()".to_owned(), |inner, _| format!("repeat(2): {inner}"));
        let text = WALK.replacen("        clear()", &format!("        {nested}"), 1);
        let (recorder, program) = (Recorder::default(), program(&text));
        let whole = recorder.recording(Arc::clone(&program), &asked(Which::Number(example), 5_000), NEVER).unwrap();
        prop_assert_eq!(whole.length, whole.page.steps.len());
        prop_assert_eq!(whole.ticks, whole.length as u64);
        let first = recorder.recording(program, &asked(Which::Number(example), size), NEVER).unwrap();
        let mut steps = first.page.steps.clone();
        let mut shown = worlds(&first.page);
        while steps.len() < first.length {
            let params = StepsParams { id: first.id.clone(), from: steps.len(), count: Some(size) };
            let page = recorder.steps(&params).unwrap();
            prop_assert!(page.from == steps.len() && !page.steps.is_empty() && page.steps.len() <= size);
            shown.extend(worlds(&page));
            steps.extend(page.steps);
        }
        prop_assert_eq!(&steps, &whole.page.steps);
        prop_assert_eq!(&shown, &worlds(&whole.page));
        let params = StepsParams { id: first.id, from: usize::MAX, count: None };
        let last = recorder.steps(&params).unwrap();
        prop_assert!(last.steps.is_empty() && last.from == whole.length);
        prop_assert_eq!(last.world, whole.end);
    }
}

#[test]
fn a_recording_says_what_differs() {
    let (recorder, program) = (Recorder::default(), program(WALK));
    let a = recorder.recording(Arc::clone(&program), &asked(named("a"), 3), NEVER).unwrap();
    let verdict = |recording: &recording::messages::Recording| recording.example.as_ref().unwrap().verdict;
    assert_eq!((a.outcome.kind, verdict(&a)), (OutcomeKind::Finished, Some(Verdict::Passes)));
    assert_eq!(
        (a.start.robot.heading, a.start.markers.as_slice()),
        (Heading::East, &[(0, 0, 2), (0, 1, 3)][..])
    );
    assert_eq!(a.page.steps.len(), 3);
    let [round, condition, pick] = &a.page.steps[..] else { panic!("{:?}", a.page) };
    assert_eq!((round.kind, round.name.as_str(), round.depth), (StepKind::Round, "repeat(2)", 0));
    assert_eq!(round.round.map(|round| (round.done, round.count)), Some((0, 2)));
    assert_eq!((condition.name.as_str(), condition.depth), ("while(markersPresent())", 1));
    assert_eq!(condition.range.start, Position { line: 1, character: 13 });
    assert!(
        condition.condition.as_ref().is_some_and(|c| c.value && !c.negated && c.test == "markersPresent")
    );
    assert_eq!((pick.name.as_str(), pick.marker_change), ("pickMarker()", -1));

    let crash = recorder.recording(Arc::clone(&program), &asked(named("other"), 9), NEVER).unwrap();
    assert_eq!((crash.outcome.kind, crash.example.as_ref().unwrap().crashes), (OutcomeKind::Finished, true));
    assert_eq!(verdict(&crash), Some(Verdict::Fails));

    let test =
        recording::messages::One { name: "a".into(), kind: Some(ExampleKind::Test), ordinal: 0, uri: None };
    let test = recorder.recording(Arc::clone(&program), &asked(Which::One(test), 0), NEVER).unwrap();
    assert_eq!(
        (test.outcome.kind, test.example.as_ref().unwrap().kind),
        (OutcomeKind::Crashed, ExampleKind::Test)
    );
    assert_eq!(test.outcome.message, "putMarker() finds no room for a tenth marker at action 3.");
    assert_eq!(test.outcome.range.unwrap().start, Position { line: 9, character: 4 });
    assert!(test.robot_differs && !test.size_differs);
    assert_eq!((test.differences, test.ticks, test.length), (vec![(0, 2)], 9, 8));
}

#[test]
fn the_list_has_every_example_and_no_verdict_where_nothing_runs() {
    let (recorder, program) = (Recorder::default(), program(WALK));
    let list = |from, count| {
        let params = RecordingsParams { text_document: document(), from, count };
        recorder.recordings(&*program, &params, NEVER).unwrap()
    };
    let all = list(0, None);
    let told: Vec<_> = all.examples.iter().map(|e| (e.name.as_str(), e.ordinal, e.verdict)).collect();
    let passes = Some(Verdict::Passes);
    let fails = Some(Verdict::Fails);
    let open = Some(Verdict::Undecided);
    assert_eq!(
        told,
        [("a", 0, passes), ("a", 1, open), ("wall", 0, None), ("other", 0, fails), ("a", 0, fails)]
    );
    assert!(all.examples[2].input.is_none() && all.examples[2].range.start.line == 19);
    assert_eq!(all.total, 5);
    assert_eq!(list(1, Some(2)).examples, all.examples[1..3]);
    assert!(list(5, None).examples.is_empty());
}

#[test]
fn what_is_not_there_is_refused_with_a_sentence() {
    let recorder = Recorder::default();
    let refused = |text: &str, which: Which| {
        recorder.recording(program(text), &asked(which, 1), NEVER).unwrap_err().to_string()
    };
    assert_eq!(refused(WALK, named("zebra")), "There is no example \"zebra\" in this program.");
    assert_eq!(refused(WALK, Which::Number(5)), "There is no example number 6.");
    assert_eq!(refused(WALK, named("wall")), "This example has no input world that can be read.");
    let alone = "example \"a\":\n    input:\n        >\n";
    assert_eq!(refused(alone, named("a")), "There is no main to run: begin one with def main():");
    let params = StepsParams { id: "1".to_owned(), from: 0, count: None };
    assert_eq!(recorder.steps(&params), Err(Failure::Gone));
}

#[test]
fn seeking_steps_over_and_out_in_both_directions() {
    let (recorder, program) = (Recorder::default(), program(WALK));
    let a = recorder.recording(program, &asked(named("a"), 5_000), NEVER).unwrap();
    let seek = |from: usize, backwards, depth| {
        let params = SeekParams { id: a.id.clone(), from, backwards, depth, kind: None };
        recorder.seek(&params).unwrap().step
    };
    let depths: Vec<u16> = a.page.steps.iter().map(|step| step.depth).collect();
    assert_eq!(depths[..8], [0, 1, 1, 1, 1, 1, 0, 0], "{depths:?}");
    assert_eq!(seek(0, false, Some(0)), Some(6));
    assert_eq!(seek(3, false, Some(0)), Some(6));
    assert_eq!(seek(6, true, Some(0)), Some(0));
    assert_eq!(seek(6, true, None), Some(5));
    assert_eq!((seek(0, true, None), seek(a.length - 1, false, None)), (None, None));
    assert_eq!(seek(usize::MAX, false, None), None);
    let params =
        SeekParams { id: a.id.clone(), from: 0, backwards: false, depth: None, kind: Some(StepKind::Round) };
    let next = recorder.seek(&params).unwrap().step.unwrap();
    assert_eq!(a.page.steps[next].round.unwrap().done, 1);
}

#[test]
fn the_world_at_the_cursor_is_the_one_before_the_statement() {
    let (recorder, program) = (Recorder::default(), program(WALK));
    let a = recorder.recording(program, &asked(named("a"), 5_000), NEVER).unwrap();
    let at = |line, character, from, count| {
        let position = Position { line, character };
        recorder.occurrences(&OccurrencesParams { id: a.id.clone(), position, from, count }, NEVER).unwrap()
    };
    let picks = at(1, 40, 0, None);
    let own: Vec<usize> = (0..a.length).filter(|n| a.page.steps[*n].name == "pickMarker()").collect();
    assert_eq!((picks.total, &picks.steps), (5, &own));
    assert_eq!(at(1, 40, 3, Some(1)).steps, own[3..4]);
    assert_eq!(at(4, 9, 0, None).steps.len(), 2, "the calls");
    assert_eq!(at(10, 0, 0, None).range, None);
}

#[test]
fn each_outdated_recording_is_named_once_and_still_gives_its_steps() {
    let (recorder, old) = (Recorder::default(), program(WALK));
    let ids: Vec<String> = (0..2)
        .map(|n| recorder.recording(Arc::clone(&old), &asked(Which::Number(n), 1), NEVER).unwrap().id)
        .collect();
    assert!(recorder.outdated(&*old).ids.is_empty());
    let new = program(&WALK.replace("putMarker()", "turnRight()"));
    let told = recorder.outdated(&*new);
    assert_eq!((told.uri.as_str(), told.version, told.ids.len()), (URI, Some(1), 2));
    assert!(ids.iter().all(|id| told.ids.contains(id)));
    assert!(recorder.outdated(&*new).ids.is_empty());
    let params = StepsParams { id: ids[0].clone(), from: 1, count: Some(1) };
    assert_eq!(recorder.steps(&params).unwrap().steps[0].name, "while(markersPresent())");
}

#[test]
fn only_so_many_are_kept() {
    let (recorder, program) = (Recorder::default(), program(WALK));
    let first = recorder.recording(Arc::clone(&program), &asked(named("a"), 1), NEVER).unwrap().id;
    let second = recorder.recording(Arc::clone(&program), &asked(named("a"), 1), NEVER).unwrap().id;
    for _ in 0..63 {
        recorder.recording(Arc::clone(&program), &asked(named("a"), 1), NEVER).unwrap();
        assert!(recorder.get(&first).is_ok(), "it is used");
    }
    assert_eq!(recorder.get(&second).err(), Some(Failure::Gone));
}

/// The largest list and recording that one example makes: a message that a page can read at once.
#[test]
fn the_largest_world_fits_a_message() {
    let row = format!("        {}\n", vec!["9"; 100].join(" "));
    let robot = format!("        >{}", row.trim_start());
    let text =
        format!("def main():\n    turnLeft()\nexample \"full\":\n    input:\n{robot}{}", row.repeat(99));
    let (recorder, program) = (Recorder::default(), program(&text));
    let full = recorder.recording(program, &asked(named("full"), 1), NEVER).unwrap();
    assert_eq!((full.start.rows, full.start.cols, full.start.markers.len()), (100, 100, 10_000));
    let bytes = serde_json::to_vec(&full).unwrap().len();
    assert!(bytes < 1 << 20, "{bytes}");
}

#[test]
fn an_open_question_can_be_seen_and_played() {
    let programs = ["move()", "move(); move()", "turnLeft()", "move(); putMarker()"];
    let programs: Vec<String> = programs.iter().map(|body| format!("def main(): {body}\n")).collect();
    let ambiguity = Found::ambiguous(programs, Some("> ."), &Config::default(), NEVER).unwrap();
    let source = Source::new(URI, Some(3), "def main(): move()\n");
    let analysis = Analysis::new(Some(source), Vec::new(), Config::default());
    let analysis = analysis.with_found(Some(Arc::new(ambiguity)));
    let program: Arc<dyn Program> = Arc::new(Plain::new(Shared(analysis)));
    let recorder = Recorder::default();
    let ask = |program: &Arc<dyn Program>| -> serde_json::Value {
        let params = serde_json::json!({ "textDocument": { "uri": URI } });
        let answer = recorder.answer("karel/question", params, &|_| Ok(Arc::clone(program)), NEVER).unwrap();
        serde_json::from_str(&answer).unwrap()
    };
    let question: Question = serde_json::from_value(ask(&program)).unwrap();
    assert_eq!((question.programs, question.crashing, question.endless), (4, 1, 0));
    assert_eq!(question.document.version, Some(3));
    let told: Vec<(&[usize], &str)> = question
        .answers
        .iter()
        .map(|a| (&a.programs[..], a.recording.example.as_ref().unwrap().name.as_str()))
        .collect();
    assert_eq!(told, [(&[1][..], "A"), (&[3][..], "B"), (&[4][..], "C")]);
    for answer in &question.answers {
        let run = &answer.recording;
        assert_eq!(run.start, question.input);
        assert_eq!(run.expected.as_ref(), Some(&run.end), "it is the program's own ending");
        assert!(!answer.marked.is_empty() && !answer.description.is_empty());
        let page = recorder.steps(&StepsParams { id: run.id.clone(), from: 0, count: None }).unwrap();
        assert_eq!(page.steps.len(), run.length);
        assert!(answer.text.contains(page.steps[0].name.as_str()), "{}", answer.text);
    }
    assert_eq!(ask(&self::program(WALK)), serde_json::Value::Null);
}

#[test]
fn a_crash_says_which_cell_could_not_be_entered() {
    let text = |action: &str, grid: &str| {
        format!("def main():\n    {action}()\nexample \"a\":\n    input:\n        {grid}\n")
    };
    for (action, grid, at) in [
        ("move", "> #", Some((0, 1))),
        ("move", "v", Some((-1, 0))),
        ("move", "<", Some((0, -1))),
        ("move", "^", Some((1, 0))),
        ("move", ". >", Some((0, 2))),
        ("pickMarker", ">", None),
        ("putMarker", ">9", None),
        ("turnLeft", ">", None),
    ] {
        let run =
            Recorder::default().recording(program(&text(action, grid)), &asked(Which::Number(0), 9), NEVER);
        assert_eq!(run.unwrap().outcome.at, at, "{action} in {grid}");
    }
}

#[test]
fn a_page_says_how_many_actions_come_before_it() {
    let text = "\
def main():
    repeat(19):
        repeat(19):
            repeat(19):
                turnLeft()
example \"a\":
    input:
        >
";
    let recorder = Recorder::default();
    let run = recorder.recording(program(text), &asked(Which::Number(0), 0), NEVER).unwrap();
    let page = |from| recorder.steps(&StepsParams { id: run.id.clone(), from, count: Some(1) }).unwrap();
    let mut actions = 0;
    for from in 0..=run.length {
        let page = page(from);
        assert_eq!(page.actions, actions, "before step {from}");
        actions += page.steps.iter().filter(|step| step.kind == StepKind::Action).count();
    }
    assert_eq!(actions, 19 * 19 * 19);
}
