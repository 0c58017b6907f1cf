//! The deciding example as one sees it: its world, and what each program makes of it.

use crate::analysis::Analysis;
use crate::synthesis::{Deciding, Found};

/// The deciding example in Markdown, with marks on the cells that differ. Empty where nothing is left open.
pub(super) fn deciding(analysis: &Analysis) -> String {
    let Some(ambiguity) = analysis.ambiguity() else { return String::new() };
    let programs = ambiguity.programs.len();
    let mut text = match (ambiguity.beside_own, programs - 1) {
        (true, 1) => "**Another program** passes all examples; yours is program 1".to_owned(),
        (true, others) => format!("**{others} other programs** pass all examples; yours is program 1"),
        (false, _) => format!("**Ambiguous.** The examples allow {programs} programs that differ in meaning"),
    };
    match &ambiguity.deciding {
        Some(deciding) => {
            let end = if ambiguity.beside_own {
                ". They differ in this world:"
            } else {
                ", in this world for instance:"
            };
            text.push_str(&format!("{end}\n\n"));
            worlds(deciding, &mut text);
            if !ambiguity.beside_own {
                text.push_str("\nWhich is right? A quick fix here adds the answer as an example.\n");
            }
        }
        None if ambiguity.beside_own => text.push_str(".\n"),
        None => text.push_str("; one more example has to decide.\n"),
    }
    programs_in_full(analysis, ambiguity, &mut text);
    text
}

fn worlds(deciding: &Deciding, text: &mut String) {
    text.push_str(&format!("```text\n{}```\n\n", deciding.picture()));
    for (letter, answer) in deciding.lettered() {
        text.push_str(&format!("- {}\n", deciding.tell(letter, answer)));
    }
    for other in deciding.unanswered() {
        text.push_str(&format!("- {other}\n"));
    }
}

/// The programs that don't stand in the file, as far as they differ from it.
fn programs_in_full(analysis: &Analysis, ambiguity: &Found, text: &mut String) {
    let Some(current) = analysis.program() else { return };
    let own: Vec<&str> = current.file().procedures().map(|p| current.slice(p.range)).collect();
    for (number, program) in (1..).zip(&ambiguity.programs) {
        let parse = syntax::parse(program);
        let procedures = parse.file.procedures().map(|p| syntax::lines::slice(program, p.range));
        let other: Vec<&str> = procedures.filter(|text| !own.contains(text)).map(str::trim_end).collect();
        if !other.is_empty() {
            text.push_str(&format!("\n**Program {number}**\n```kareldsl\n{}\n```\n", other.join("\n\n")));
        }
    }
}
