//! The entries for each place.

use super::place::{Cursor, Place};
use super::{Completion, CompletionKind as Kind};
use crate::analysis::Analysis;
use crate::source::Source;
use crate::words::help;
use syntax::TextRange;
use syntax::ast::{Action, Example, Procedure, Test};
use syntax::names::MAIN;
use syntax::print::{INDENT, print_procedure};

const CONDITIONS: &str =
    "${1|frontIsClear(),leftIsClear(),rightIsClear(),markersPresent(),noMarkersPresent()|}";

pub(super) fn entries(
    analysis: &Analysis,
    source: &Source,
    cursor: &Cursor<'_>,
    place: Place,
) -> Vec<Completion> {
    let unit = source.unit(cursor.offset, source.indent(cursor.offset));
    let mut list = List { cursor, unit, found: Vec::new() };
    match place {
        Place::TopLevel => top_level(analysis, source, &mut list),
        Place::Statement { after_if } => statements(analysis, after_if, &mut list),
        Place::Condition => {
            for test in Test::ALL {
                list.call(Kind::Condition, test.name(), help(test.name()));
            }
            list.snippet("not", Kind::Keyword, "not()", "not($1)", help("not"));
            list.add("?", Kind::Hole, "?", help("?"));
        }
        Place::Count => {
            for count in 2..=10 {
                list.add(&count.to_string(), Kind::Number, &count.to_string(), None);
            }
            list.add("?", Kind::Hole, "?", help("?"));
        }
        Place::Section => sections(source, &mut list),
        Place::Header => list.add("crashes", Kind::Keyword, "crashes", help("crashes")),
        Place::Cell => cells(source, &mut list),
        // An action that is written out may be the last of its line.
        Place::Trace if Action::from_name(cursor.begun(source)).is_some() => {}
        Place::Trace => {
            for action in Action::ALL {
                list.add(action.name(), Kind::Action, action.name(), help(action.name()));
            }
        }
        Place::Nowhere => {}
    }
    list.found
}

struct List<'a> {
    cursor: &'a Cursor<'a>,
    /// One level of the file's indentation.
    unit: String,
    found: Vec<Completion>,
}

impl List<'_> {
    fn add(&mut self, label: &str, kind: Kind, insert: &str, documentation: Option<&str>) {
        self.found.push(Completion {
            label: label.to_owned(),
            kind,
            replace: self.cursor.word,
            insert: insert.to_owned(),
            snippet: None,
            detail: None,
            documentation: documentation.map(str::to_owned),
            sort: format!("{:03}", self.found.len()),
        });
    }

    /// `snippet` has four blanks a level; the entry's are the file's.
    fn snippet(&mut self, label: &str, kind: Kind, insert: &str, snippet: &str, documentation: Option<&str>) {
        self.add(label, kind, insert, documentation);
        if let Some(last) = self.found.last_mut() {
            last.snippet = Some(snippet.replace(INDENT, &self.unit));
        }
    }

    /// A name with its parentheses, unless they stand there already.
    fn call(&mut self, kind: Kind, name: &str, documentation: Option<&str>) {
        let insert = if self.cursor.called { name.to_owned() } else { format!("{name}()") };
        self.add(name, kind, &insert, documentation);
    }

    fn detail(&mut self, detail: &str) {
        if let Some(last) = self.found.last_mut() {
            last.detail = Some(detail.to_owned());
        }
    }
}

fn statements(analysis: &Analysis, after_if: bool, list: &mut List<'_>) {
    if after_if {
        list.snippet("else", Kind::Keyword, "else:", "else:\n    $0", help("else"));
    }
    for action in Action::ALL {
        list.call(Kind::Action, action.name(), help(action.name()));
    }
    let procedures = analysis.program().into_iter().flat_map(|source| source.file().procedures());
    for procedure in procedures.filter(|p| !p.name.text.is_empty() && p.name.text != MAIN) {
        list.call(Kind::Procedure, &procedure.name.text, Some(&about(analysis, procedure)));
        list.detail("procedure");
    }
    let condition = |word: &str, rest: &str| format!("{word}({CONDITIONS}):\n    {rest}");
    list.snippet("if", Kind::Keyword, "if(?):", &condition("if", "$0"), help("if"));
    let both = condition("if", "${2:...}\nelse:\n    ${3:...}");
    list.snippet("if … else", Kind::Snippet, "if(?):", &both, help("if"));
    list.snippet("while", Kind::Keyword, "while(?):", &condition("while", "$0"), help("while"));
    list.snippet("repeat", Kind::Keyword, "repeat(?):", "repeat(${1:4}):\n    $0", help("repeat"));
    list.add("...", Kind::Hole, "...", help("..."));
    list.detail("hole, for synthesis to fill");
}

/// The comment above a definition and its text.
fn about(analysis: &Analysis, procedure: &Procedure) -> String {
    let code = print_procedure(procedure);
    let comment = analysis.program().map_or_else(String::new, |source| comment_above(source, procedure));
    let code = format!("```kareldsl\n{code}```");
    if comment.is_empty() { code } else { format!("{comment}\n\n{code}") }
}

/// The comment lines that stand directly above the definition, without `#`.
fn comment_above(source: &Source, procedure: &Procedure) -> String {
    let mut top = procedure.range.start();
    let mut words = Vec::new();
    for comment in source.comments_before(top).filter(|c| c.own_line) {
        let between = source.slice(TextRange::new(comment.range.end(), top));
        let theirs = source.indent(comment.range.start()) == source.indent(procedure.range.start());
        if !theirs || !between.trim().is_empty() || between.matches('\n').count() > 1 {
            break;
        }
        words.push(comment.text.trim_start_matches('#').trim());
        top = comment.range.start();
    }
    words.reverse();
    words.join(" ")
}

fn top_level(analysis: &Analysis, source: &Source, list: &mut List<'_>) {
    let is_program = analysis.program().is_some_and(|program| program.uri == source.uri);
    if is_program {
        if analysis.main().is_none() {
            list.snippet("def main", Kind::Snippet, "def main():", "def main():\n    ${0:...}", help("def"));
        }
        list.snippet("def", Kind::Keyword, "def", "def ${1:name}():\n    ${0:...}", help("def"));
        list.detail("a procedure");
    }
    for (word, detail) in
        [("example", "a world before and after"), ("test", "an example that synthesis never sees")]
    {
        let block = format!(
            "{word} \"${{1:name}}\":\n    input:\n        ${{2:> . .}}\n    output:\n        ${{3:. . >}}\n"
        );
        list.snippet(word, Kind::Snippet, word, &block, help(word));
        list.detail(detail);
    }
    let crash = "example \"${1:name}\" crashes:\n    input:\n        ${2:> #}\n";
    list.snippet("example … crashes", Kind::Snippet, "example", crash, help("crashes"));
    if is_program {
        list.snippet("examples", Kind::Keyword, "examples", "examples \"${1:more}.kgrid\"", help("examples"));
    }
}

/// The example around the cursor, or the last one that begins above it.
fn example_above<'a>(source: &'a Source, cursor: &Cursor<'_>) -> Option<&'a Example> {
    source.file().examples().filter(|e| e.range.start() <= cursor.offset).last()
}

fn sections(source: &Source, list: &mut List<'_>) {
    let example = example_above(source, list.cursor);
    let here = list.cursor.offset;
    let has = |range: Option<TextRange>| range.is_some_and(|range| !range.contains_inclusive(here));
    let input = example.and_then(|e| e.input.as_ref()).map(|g| g.range);
    let output = example.and_then(|e| e.output.as_ref()).map(|g| g.range);
    let trace = example.and_then(|e| e.trace.as_ref()).map(|t| t.range);
    if !has(input) {
        list.snippet("input", Kind::Keyword, "input:", "input:\n    ${0:> . .}", help("input"));
    }
    if !has(output) && example.is_none_or(|e| e.crashes.is_none()) {
        list.snippet("output", Kind::Keyword, "output:", "output:\n    ${0:. . >}", help("output"));
    }
    if !has(trace) {
        list.snippet("trace", Kind::Keyword, "trace:", "trace: $0", help("trace"));
    }
}

fn cells(source: &Source, list: &mut List<'_>) {
    let line = source.slice(TextRange::up_to(list.cursor.offset));
    // A cell has one or two characters: with the first it may be complete, and the row with it.
    if !line.ends_with(char::is_whitespace) {
        return;
    }
    let mut cell = |label: &str, detail: &str| {
        list.add(label, Kind::Cell, label, None);
        list.detail(detail);
    };
    cell(".", "an empty cell");
    cell("#", "a wall");
    for (robot, heading) in [("^", "north"), (">", "east"), ("v", "south"), ("<", "west")] {
        cell(robot, &format!("the robot, facing {heading}"));
    }
    for markers in 1..=9 {
        cell(&markers.to_string(), if markers == 1 { "one marker" } else { "markers" });
    }
}
