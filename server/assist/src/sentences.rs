//! The messages about a synthesis. Each sentence is here, so that one test sees how long it gets.

use ide::synthesis::{Answer, Deciding, Found, measured, trust};
use ide::{clipped, count};
use protocol::message::{HeldOut, Outcome, Progress, Stopped};

use crate::notice::Notice;

/// The answer to a button whose question is about a text that is no longer there.
pub const CHANGED: &str = "The text has changed since: synthesize again.";

/// `1.2 s, 340 candidates, 2 programs found`
pub fn so_far(progress: &Progress, examples: usize) -> String {
    let seconds = progress.milliseconds as f64 / 1000.0;
    let best = match progress.candidates {
        0 => format!("the best passes {} of {examples}", progress.best_passed),
        found => format!("{} found", count(found as u64, "program")),
    };
    format!("{seconds:.1} s, {}, {best}", count(progress.programs_run, "candidate"))
}

pub fn length(actions: usize) -> String {
    count(actions as u64, "action")
}

/// Why there is no program, as exactly as the engine knows.
pub fn nothing_passes(outcome: &Outcome) -> Notice {
    let seconds = outcome.milliseconds as f64 / 1000.0;
    let examples = match outcome.examples {
        1 => "the example".to_owned(),
        n => format!("all {n} examples"),
    };
    let tried = match outcome.programs_run {
        0 => "no candidate came to an end".to_owned(),
        1 => format!("the one candidate passed {}", outcome.best_passed),
        n => format!("the best of {} passed {}", count(n, "candidate"), outcome.best_passed),
    };
    let (advice, why) = match outcome.stopped {
        Stopped::Budget => {
            ("allow more time", format!("time was up after {seconds:.1} s (`karel.synthesis.budget`)"))
        }
        Stopped::Exhausted | Stopped::Found => {
            ("check the examples", format!("the search ended after {seconds:.1} s"))
        }
    };
    Notice::new(
        format!("Nothing passes {examples}: {advice}."),
        format!("Nothing passes {examples}; {tried}; {why}."),
    )
}

/// What the user should know about a program that passes: what is most urgent in short, all of it in full.
pub fn note(outcome: &Outcome, answer: &Answer, held_out: Option<HeldOut>, found: &Found) -> Option<Notice> {
    together(answer, [tests(answer), others_pass(found), trusted(answer, held_out), enumerated(outcome)])
}

/// The same where the programs lie before the user, who need not be told that there are several.
pub fn note_beside(outcome: &Outcome, answer: &Answer, held_out: Option<HeldOut>) -> Option<Notice> {
    together(answer, [tests(answer), trusted(answer, held_out), enumerated(outcome)])
}

/// The most urgent one in short, all in full.
fn together(answer: &Answer, notes: impl IntoIterator<Item = Option<Notice>>) -> Option<Notice> {
    let notes: Vec<Notice> = notes.into_iter().flatten().collect();
    let short = notes.first()?.short.clone();
    let all: Vec<&str> = notes.iter().map(Notice::in_full).collect();
    Some(Notice::new(short, format!("{}. {}", answer.score(), all.join(" "))))
}

fn tests(answer: &Answer) -> Option<Notice> {
    let tests = count(answer.tests as u64, "held-out test");
    (answer.tests_passed < answer.tests).then(|| {
        Notice::new(
            format!("{}, but only {}/{} tests pass.", answer.score(), answer.tests_passed, answer.tests),
            format!("It passes {} of {tests}.", answer.tests_passed),
        )
    })
}

fn others_pass(found: &Found) -> Option<Notice> {
    let decide = match found.deciding {
        Some(_) => "and the deciding example, a quick fix here, decides",
        None => "and one more example would decide",
    };
    let programs = found.programs.len();
    found.is_open.then(|| {
        Notice::new(
            format!("{programs} different programs pass: hover over main."),
            format!(
                "{programs} different programs pass all examples; this one comes first. 'Next solution' shows the \
                 others, {decide}."
            ),
        )
    })
}

fn trusted(answer: &Answer, held_out: Option<HeldOut>) -> Option<Notice> {
    let HeldOut { percent, tasks } = held_out?;
    Some(Notice::new(format!("{}. {}", answer.score(), trust(percent)), measured(percent, tasks)))
}

fn enumerated(outcome: &Outcome) -> Option<Notice> {
    outcome.enumerated.then(|| {
        Notice::new(
            "Found without the networks, by trying programs.",
            "The networks can't read this task; it was found by enumeration.",
        )
    })
}

/// The question which of the programs is meant, and below it the endings in a fixed-width font, for a client that shows a
/// button for each letter.
pub fn which(programs: usize, deciding: &Deciding) -> Notice {
    let short = format!("{programs} programs pass: which ending is right?");
    let endings: String =
        deciding.lettered().map(|(letter, answer)| deciding.tell(letter, answer) + "\n").collect();
    let long = format!("{short}\n\n{}\n{}", deciding.picture(), endings.trim_end());
    Notice::new(short, long)
}

/// How many programs there are beside the user's own.
pub fn others(programs: usize) -> Notice {
    match programs {
        0 => Notice::from("No other program was found that passes."),
        1 => Notice::from("1 other program passes: hover over main to see it."),
        n => Notice::from(format!("{n} other programs pass: hover over main.")),
    }
}

pub fn other_programs(programs: usize) -> String {
    count(programs as u64, "other program")
}

pub fn no_trace(example: &str) -> Notice {
    Notice::new(
        format!("No trace found for \"{}\": check its output.", clipped(example)),
        format!("No trace was found that leads from the input of \"{example}\" to its output."),
    )
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;
    use crate::notice::SHORT;

    fn outcome(programs_run: u64, stopped: Stopped, examples: usize) -> Outcome {
        Outcome {
            candidates: vec![],
            ambiguous: false,
            traces_found: 3,
            examples,
            programs_run,
            milliseconds: 5012,
            device: "cpu".into(),
            enumerated: true,
            best_passed: 4,
            stopped,
            deciding: None,
        }
    }

    #[test]
    fn failures_are_told_exactly() {
        let notice = nothing_passes(&outcome(1234, Stopped::Budget, 5));
        expect!["Nothing passes all 5 examples: allow more time."].assert_eq(&notice.short);
        expect!["Nothing passes all 5 examples; the best of 1,234 candidates passed 4; time was up after 5.0 s (`karel.synthesis.budget`)."]
            .assert_eq(notice.in_full());
        let notice = nothing_passes(&outcome(0, Stopped::Exhausted, 5));
        expect!["Nothing passes all 5 examples: check the examples."].assert_eq(&notice.short);
        expect!["Nothing passes all 5 examples; no candidate came to an end; the search ended after 5.0 s."]
            .assert_eq(notice.in_full());
    }

    /// Every short form fits: editors cut longer ones.
    #[test]
    fn every_sentence_is_short_whatever_is_in_it() {
        let mut all = vec![
            Notice::from(CHANGED),
            no_trace("a name that is as long as nobody would think that a name could be"),
        ];
        let world = runtime::World::new(1, 1);
        let ending = ide::synthesis::Ending { output: world.clone(), programs: vec![1] };
        let answers = vec![ending.clone(), ending];
        let deciding = Deciding { input: world, answers, crashing: vec![], endless: vec![] };
        for n in [1, 9, 100] {
            all.extend(
                [Stopped::Budget, Stopped::Exhausted, Stopped::Found]
                    .map(|s| nothing_passes(&outcome(9, s, n))),
            );
            all.extend([which(n, &deciding), others(n), others(0)]);
            for (tests_passed, programs, held_out) in [
                (0, 0, None),
                (n, n, None),
                (n, 0, Some(95.4)),
                (n, 0, Some(0.2)),
                (n, 0, Some(99.9)),
                (n, 0, None),
            ] {
                let change = ide::Change::default();
                let answer = Answer { change, passed: n, examples: n, tests_passed, tests: n };
                let programs = vec![String::new(); programs];
                let found = Found { is_open: programs.len() > 1, ..Found::clear(programs) };
                let held_out = held_out.map(|percent| HeldOut { percent, tasks: 2189 });
                all.extend(note(&outcome(9, Stopped::Found, n), &answer, held_out, &found));
            }
        }
        let short: std::collections::BTreeSet<String> = all.into_iter().map(|notice| notice.short).collect();
        for short in &short {
            assert!(short.chars().count() <= SHORT, "{} characters: {short}", short.chars().count());
        }
        assert!(short.len() > 12, "{short:?}");
    }

    #[test]
    fn progress_tells_time_candidates_and_the_best() {
        let progress = |candidates| Progress {
            id: 1,
            milliseconds: 1_240,
            programs_run: 3_400,
            best_passed: 4,
            candidates,
        };
        expect!["1.2 s, 3,400 candidates, the best passes 4 of 5"].assert_eq(&so_far(&progress(0), 5));
        expect!["1.2 s, 3,400 candidates, 1 program found"].assert_eq(&so_far(&progress(1), 5));
    }
}
