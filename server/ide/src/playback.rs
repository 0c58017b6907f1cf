//! A run to be played: all of its steps, what they are steps of, and when a statement is carried out.

use std::sync::Arc;

use runtime::{Limits, Outcome, Program, Recording, SiteKind, World};
use syntax::ast::StatementKind;
use syntax::{TextRange, TextSize};

use crate::analysis::{Analysis, Case};
use crate::cancel::{Cancel, Cancelled, check};
use crate::counting;
use crate::describe::crash;
use crate::run::Run;
use crate::statements::{closed, head_range, head_text, statement_at};
use crate::walk::walk;

/// The most steps that are recorded for playing; 16 bytes each.
const MOST_STEPS: u64 = 2_000_000;

/// An example's run with its steps.
pub struct Playback {
    pub run: Run,
    pub recording: Arc<Recording>,
    /// Whether the recording has all steps of the run, and not only the first [`MOST_STEPS`].
    pub complete: bool,
}

/// What the steps and the end of a run are of: one for each [`runtime::Origin`], by its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// A simple statement, the head of one with blocks, a hole.
    pub range: TextRange,
    /// As one writes it, without a colon: `while(frontIsClear())`.
    pub text: String,
}

/// When the statement at some place is carried out in a recording.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Occurrences {
    /// The statement; of one with blocks, its head.
    pub range: TextRange,
    /// Before which steps, in order; the number of all steps stands for the end of the recording.
    pub steps: Vec<usize>,
}

/// The example's run with all of its steps, also where it is a long one; none where there is nothing to run.
///
/// # Errors
/// The work was cancelled.
pub fn playback(
    analysis: &Analysis,
    case: Case<'_>,
    cancel: Cancel<'_>,
) -> Result<Option<Playback>, Cancelled> {
    let Some(run) = analysis.run(case, cancel)?.cloned() else { return Ok(None) };
    if run.complete() {
        let recording = analysis.recording(case, cancel)?;
        return Ok(recording.map(|recording| Playback { run, recording, complete: true }));
    }
    let (Some(program), Some(input)) = (analysis.lowered(), case.input()) else { return Ok(None) };
    whole(analysis, program, input, run, cancel).map(Some)
}

/// The program's run from a world that is no example's; none where there is no `main`.
///
/// # Errors
/// The work was cancelled.
pub fn playback_from(
    analysis: &Analysis,
    start: &World,
    cancel: Cancel<'_>,
) -> Result<Option<Playback>, Cancelled> {
    let Some(program) = analysis.lowered() else { return Ok(None) };
    let (run, recording) = crate::run::run(program, start, analysis.config(), cancel)?;
    if run.complete() {
        return Ok(Some(Playback { run, recording: Arc::new(recording), complete: true }));
    }
    whole(analysis, program, start, run, cancel).map(Some)
}

/// Records a run that is too long to be kept with the analysis.
fn whole(
    analysis: &Analysis,
    program: &Program,
    start: &World,
    run: Run,
    cancel: Cancel<'_>,
) -> Result<Playback, Cancelled> {
    let limits = Limits { ticks: analysis.config().max_ticks.min(MOST_STEPS), ..Limits::EDITOR };
    let recording = runtime::record(&program.code, start, &limits, &|| cancel());
    if recording.outcome == Outcome::Cancelled {
        return Err(Cancelled);
    }
    let complete = recording.ticks == run.ticks;
    Ok(Playback { run, recording: Arc::new(recording), complete })
}

/// The statements that steps of the program's runs are of.
pub fn heads(analysis: &Analysis) -> Vec<Head> {
    let (Some(source), Some(program)) = (analysis.program(), analysis.lowered()) else { return Vec::new() };
    let head = |site: runtime::Site| {
        let statement = statement_at(source.file(), site.range.start()).map(|(_, statement)| statement);
        match statement.filter(|statement| statement.range == site.range) {
            Some(statement) if !matches!(site.kind, SiteKind::Error) => {
                Head { range: closed(source, head_range(statement)), text: head_text(statement) }
            }
            _ => {
                let words: Vec<&str> = source.slice(site.range).split_whitespace().collect();
                Head { range: site.range, text: words.join(" ") }
            }
        }
    };
    program.sites().map(|(_, site)| head(site)).collect()
}

/// How the run ended, in a sentence.
pub fn ending(run: &Run) -> String {
    match run.outcome {
        Outcome::Finished => format!("The program came to its end {}.", counting::after(run)),
        Outcome::Crashed { action, .. } => format!("{} {}.", crash(&run.end, action), counting::at(run)),
        Outcome::OutOfTicks { .. } => {
            format!("The run was stopped after {}, the limit.", counting::steps(run.steps()))
        }
        Outcome::EndlessLoop { .. } => {
            "This loop never ends: the world is one that it has already seen here.".to_owned()
        }
        Outcome::TooDeep { .. } => "The run was stopped: this call is more than 1,000 calls deep.".to_owned(),
        Outcome::Hole { .. } => "The run stops at this hole.".to_owned(),
        Outcome::Broken { .. } => "The run stops at this mistake.".to_owned(),
        Outcome::Cancelled => "The run was cancelled.".to_owned(),
    }
}

/// When the innermost statement of the program at the offset is carried out; none where there is no statement. The
/// recording must be one of the analysis's program.
///
/// # Errors
/// The work was cancelled.
pub fn occurrences(
    analysis: &Analysis,
    recording: &Recording,
    offset: TextSize,
    cancel: Cancel<'_>,
) -> Result<Option<Occurrences>, Cancelled> {
    let (Some(source), Some(program)) = (analysis.program(), analysis.lowered()) else { return Ok(None) };
    let Some((_, statement)) = statement_at(source.file(), offset) else { return Ok(None) };
    check(cancel)?;
    let mut steps = Vec::new();
    if matches!(statement.kind, StatementKind::Call(_)) {
        walk(analysis, recording, &mut |visited, visit| {
            if std::ptr::eq(visited, statement) {
                steps.push(visit.from);
            }
        });
        // Of a call within itself the inner one is over first.
        steps.sort_unstable();
    } else {
        // Its own place, and those of a hole or a mistake in its head.
        let head = head_range(statement);
        let is_its = |site: runtime::Site| site.range == statement.range || head.contains_range(site.range);
        let own: Vec<bool> = program.sites().map(|(_, site)| is_its(site)).collect();
        let of = |origin: runtime::Origin| own.get(origin.0 as usize).is_some_and(|own| *own);
        let numbered = recording.steps.iter().enumerate();
        steps.extend(numbered.filter(|(_, step)| of(step.origin)).map(|(number, _)| number));
        // An action that crashed, or a hole, is no step: the run stopped before it.
        let stopped = match recording.outcome {
            Outcome::Crashed { origin, .. } | Outcome::Hole { origin } | Outcome::Broken { origin } => {
                of(origin)
            }
            _ => false,
        };
        steps.extend(stopped.then_some(recording.steps.len()));
    }
    Ok(Some(Occurrences { range: closed(source, head_range(statement)), steps }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cancel::NEVER;
    use crate::fixture::{Fixture, fixture};
    use expect_test::expect;

    fn played(fixture: &Fixture) -> Playback {
        let case = fixture.analysis.cases().next().unwrap();
        playback(&fixture.analysis, case, NEVER).unwrap().unwrap()
    }

    /// Where the cursor's statement is carried out.
    fn at_cursor(text: &str) -> String {
        let fixture = fixture(text);
        let played = played(&fixture);
        let found = occurrences(&fixture.analysis, &played.recording, fixture.offset(), NEVER).unwrap();
        found.map_or("nothing".to_owned(), |found| {
            let source = fixture.source("main.karel");
            format!("{} {:?} of {}", source.slice(found.range), found.steps, played.recording.steps.len())
        })
    }

    const EXAMPLE: &str = "example \"a\":\n    input:\n        > . .\n";

    #[test]
    fn every_statement_knows_its_steps() {
        let program = |main: &str| format!("{main}{EXAMPLE}");
        expect!["while(frontIsClear()) [0, 2, 4] of 5"]
            .assert_eq(&at_cursor(&program("def main():\n    whi$0le(frontIsClear()):\n        move()\n")));
        expect!["move() [1, 3] of 5"]
            .assert_eq(&at_cursor(&program("def main():\n    while(frontIsClear()):\n        mo$0ve()\n")));
        expect!["repeat(2) [0, 2] of 4"]
            .assert_eq(&at_cursor(&program("def main():\n    rep$0eat(2):\n        turnLeft()\n")));
        expect!["move() [2] of 2"]
            .assert_eq(&at_cursor(&program("def main():\n    move()\n    move()\n    mo$0ve()\n")));
        expect!["... [1] of 1"].assert_eq(&at_cursor(&program("def main():\n    move()\n    $0...\n")));
        expect!["step() [0, 1] of 2"].assert_eq(&at_cursor(&program(
            "def step():\n    move()\ndef again():\n    st$0ep()\ndef main():\n    again()\n    again()\n",
        )));
        expect!["nothing"].assert_eq(&at_cursor(&program("def main():\n    move()\n$0\n\n")));
    }

    #[test]
    fn a_long_run_is_played_whole() {
        let body = "        repeat(19):\n            repeat(19):\n                repeat(19):\n                    turnLeft()\n";
        let fixture = fixture(&format!("def main():\n    repeat(19):\n{body}{EXAMPLE}"));
        let played = played(&fixture);
        assert!(!played.run.complete() && played.complete);
        assert_eq!(played.recording.steps.len() as u64, played.run.ticks);
        assert_eq!(played.recording.end, played.run.end);
        assert!(
            ending(&played.run).starts_with("The program came to its end after "),
            "{}",
            ending(&played.run)
        );
    }

    #[test]
    fn heads_and_endings_are_as_one_writes_them() {
        let told = |main: &str| {
            let fixture = fixture(&format!("{main}{EXAMPLE}"));
            let heads: Vec<String> = heads(&fixture.analysis).into_iter().map(|head| head.text).collect();
            format!("{} | {}", heads.join(" "), ending(&played(&fixture).run))
        };
        expect!["if(not(markersPresent())) move() | The program came to its end after 1 action."]
            .assert_eq(&told("def main():\n    if(not(markersPresent())):\n        move()\n"));
        expect!["move() move() move() | move() runs into the edge of the world at action 3."]
            .assert_eq(&told("def main():\n    move()\n    move()\n    move()\n"));
        expect!["while(noMarkersPresent()) turnLeft() | This loop never ends: the world is one that it has already seen here."]
            .assert_eq(&told("def main():\n    while(noMarkersPresent()):\n        turnLeft()\n"));
    }
}
