//! The deciding example on a terminal and in the report: a world in which programs that pass all examples end
//! differently.

use std::io::Write;

use ide::synthesis::{Deciding, Found};
use owo_colors::OwoColorize;
use serde::Serialize;

use crate::worlds::{self, Panel};

/// The deciding example as JSON, with grids as text.
#[derive(Serialize)]
pub(crate) struct Report {
    input: String,
    answers: Vec<Answer>,
    /// Indices of the candidates that crash there, and of those that don't come to an end.
    crashing: Vec<usize>,
    endless: Vec<usize>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    output: String,
    /// Indices into the candidates.
    candidates: Vec<usize>,
}

impl Report {
    pub(crate) fn of(deciding: &Deciding) -> Report {
        let indices = |numbers: &[usize]| numbers.iter().map(|number| number - 1).collect();
        let answers = deciding.answers.iter().map(|answer| Answer {
            output: answer.output.to_string(),
            candidates: indices(&answer.programs),
        });
        Report {
            input: deciding.input.to_string(),
            answers: answers.collect(),
            crashing: indices(&deciding.crashing),
            endless: indices(&deciding.endless),
        }
    }
}

/// The worlds side by side, differing cells marked, and what to do.
pub(crate) fn show(ambiguity: &Found, out: &mut impl Write) -> anyhow::Result<()> {
    let programs = ambiguity.programs.len();
    let ambiguous = format!("ambiguous: these {programs} programs differ in meaning");
    let Some(deciding) = &ambiguity.deciding else {
        writeln!(out, "{}; add an example that tells them apart", ambiguous.yellow().bold())?;
        return Ok(());
    };
    writeln!(out, "{}, for instance here:", ambiguous.yellow().bold())?;
    let titles: Vec<String> = deciding.lettered().map(|(letter, _)| letter.to_string()).collect();
    let marked: Vec<_> = deciding.answers.iter().map(|answer| deciding.marked(answer)).collect();
    let mut panels = vec![Panel { title: "before", world: &deciding.input, marked: &[] }];
    for ((answer, title), marked) in deciding.answers.iter().zip(&titles).zip(&marked) {
        panels.push(Panel { title, world: &answer.output, marked });
    }
    worlds::write(out, "    ", &panels)?;
    for (letter, answer) in deciding.lettered() {
        writeln!(out, "{}", deciding.tell(letter, answer))?;
    }
    for other in deciding.unanswered() {
        writeln!(out, "{other}")?;
    }
    writeln!(out, "add this world to the examples, with the output that is right, and synthesize again")?;
    Ok(())
}
