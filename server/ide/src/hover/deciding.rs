//! The deciding example as one sees it: its world, and what each program makes of it.

use crate::analysis::Analysis;
use crate::grid_view::{Panel, fenced};

/// In Markdown; differing cells are marked. Empty where nothing is left open.
pub(super) fn deciding(analysis: &Analysis) -> String {
    let Some(ambiguity) = analysis.ambiguity() else { return String::new() };
    let programs = ambiguity.programs.len();
    let mut text = format!("**Ambiguous.** The examples allow {programs} programs that differ in meaning");
    let Some(deciding) = &ambiguity.deciding else { return text + "; one more example has to decide.\n" };
    text.push_str(", in this world for instance:\n\n");
    let outputs = deciding.answers.iter().filter_map(|answer| {
        Some(Panel::new(&answer.whose(), answer.output.as_ref()?, &deciding.marked(answer)))
    });
    let panels: Vec<Panel> =
        std::iter::once(Panel::new("before", &deciding.input, &[])).chain(outputs).collect();
    text.push_str(&fenced(&panels));
    text.push('\n');
    for answer in &deciding.answers {
        text.push_str(&format!("- {}: {}\n", answer.whose(), deciding.describe(answer)));
    }
    text.push_str("\nWhich is right? A quick fix here adds the answer as an example.\n");
    text
}
