//! What the user is told about a synthesis.

use ide::synthesis::{Ambiguity, Answer, trust};
use protocol::message::{HeldOut, Outcome, Stopped};

/// `2 programs found`
pub fn found_so_far(count: usize) -> String {
    format!("{} found", counted(count as u64, "program"))
}

pub fn length(actions: usize) -> String {
    counted(actions as u64, "action")
}

/// Why there is no program, as exactly as the engine knows.
pub fn nothing_passes(outcome: &Outcome) -> String {
    let seconds = outcome.milliseconds as f64 / 1000.0;
    let examples = match outcome.examples {
        1 => "the example".to_owned(),
        n => format!("all {n} examples"),
    };
    let tried = match outcome.programs_run {
        0 => "no candidate came to an end".to_owned(),
        1 => format!("the one candidate passed {}", outcome.best_passed),
        n => format!("the best of {} candidates passed {}", thousands(n), outcome.best_passed),
    };
    let why = match outcome.stopped {
        Stopped::Budget => format!("time was up after {seconds:.1} s (`karel.synthesis.budget`)"),
        Stopped::Exhausted | Stopped::Found => format!("the search ended after {seconds:.1} s"),
    };
    format!("Nothing passes {examples}; {tried}; {why}.")
}

/// What the user should know about a program that passes.
pub fn note(
    outcome: &Outcome,
    answer: &Answer,
    held_out: Option<HeldOut>,
    ambiguity: Option<&Ambiguity>,
) -> Option<String> {
    let mut notes = Vec::new();
    notes.extend(
        held_out.map(|held_out| format!("{}; {}.", answer.score(), trust(held_out.percent, held_out.tasks))),
    );
    if let Some(ambiguity) = ambiguity {
        let decide = match ambiguity.deciding {
            Some(_) => "and the deciding example, a quick fix here, decides",
            None => "and one more example would decide",
        };
        notes.push(format!(
            "{} different programs pass all examples; this one comes first. 'Next solution' shows the others, \
             {decide}.",
            ambiguity.programs.len()
        ));
    }
    if answer.tests_passed < answer.tests {
        let tests = counted(answer.tests as u64, "held-out test");
        notes.push(format!("It passes {} of {tests}.", answer.tests_passed));
    }
    if outcome.enumerated {
        notes.push("The networks can't read this program; it was found by enumeration.".to_owned());
    }
    (!notes.is_empty()).then(|| notes.join(" "))
}

pub fn no_trace(example: &str) -> String {
    format!("No trace was found that leads from the input of \"{example}\" to its output.")
}

/// With a capital and a full stop.
pub fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    let stop = if text.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{}{stop}", chars.as_str())
}

fn counted(n: u64, what: &str) -> String {
    format!("{} {what}{}", thousands(n), if n == 1 { "" } else { "s" })
}

/// `1,234`
fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.char_indices() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::*;

    fn outcome(programs_run: u64, stopped: Stopped) -> Outcome {
        Outcome {
            candidates: vec![],
            ambiguous: false,
            traces_found: 3,
            examples: 5,
            programs_run,
            milliseconds: 5012,
            device: "cpu".into(),
            enumerated: false,
            best_passed: 4,
            stopped,
            deciding: None,
        }
    }

    #[test]
    fn failures_are_told_exactly() {
        expect!["Nothing passes all 5 examples; the best of 1,234 candidates passed 4; time was up after 5.0 s (`karel.synthesis.budget`)."]
            .assert_eq(&nothing_passes(&outcome(1234, Stopped::Budget)));
        expect!["Nothing passes all 5 examples; no candidate came to an end; the search ended after 5.0 s."]
            .assert_eq(&nothing_passes(&outcome(0, Stopped::Exhausted)));
    }

    #[test]
    fn numbers_are_grouped() {
        assert_eq!([0, 12, 999, 1000, 1234567].map(thousands), ["0", "12", "999", "1,000", "1,234,567"]);
        assert_eq!(sentence("the engine died"), "The engine died.");
        assert_eq!(sentence(""), ".");
    }
}
