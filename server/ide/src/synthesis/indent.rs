//! The file's own indentation: the engine writes four blanks a level, the file may have others, or tabs.

use crate::source::Source;
use syntax::TextSize;

/// What one level is indented by at `offset`: as the first statement below the header of its procedure.
pub(super) fn unit(source: &Source, offset: TextSize) -> String {
    let procedures = source.file().procedures();
    let own_first = |p: &syntax::ast::Procedure| {
        let start = p.body.statements.first()?.range.start();
        let indent = source.indent(start);
        let outer = source.indent(p.range.start());
        let below = source.line_start(start) > p.range.start();
        below.then(|| indent.strip_prefix(outer)).flatten().filter(|unit| !unit.is_empty()).map(str::to_owned)
    };
    let mut found: Vec<(bool, String)> =
        procedures.filter_map(|p| Some((p.range.contains_inclusive(offset), own_first(p)?))).collect();
    found.sort_by_key(|(here, _)| !here);
    found.into_iter().next().map_or_else(|| "    ".to_owned(), |(_, unit)| unit)
}

/// The lines of a text that the printer wrote, each behind `indent` and with its levels as `unit`.
pub(super) fn reindented(text: &str, indent: &str, unit: &str, line_ending: &str) -> String {
    let mut lines = Vec::new();
    for line in text.lines().filter(|line| !line.trim().is_empty()) {
        let content = line.trim_start_matches(' ');
        let levels = (line.len() - content.len()) / syntax::print::INDENT.len();
        lines.push(format!("{indent}{}{content}", unit.repeat(levels)));
    }
    lines.join(line_ending)
}
