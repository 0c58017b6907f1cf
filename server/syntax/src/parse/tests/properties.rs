//! What holds for any text: no panic, ranges that are in the text and nested, incremental as fresh, fixes that fix.

use super::{Parse, apply, count, parse};
use crate::ast::{Block, Condition, ConditionKind, Example, File, Grid, Item, Statement, StatementKind};
use crate::parse::reparse_part;
use proptest::prelude::*;
use text_size::TextRange;

/// Pieces that make all sorts of right and wrong text.
const PIECES: &[&str] = &[
    "def ",
    "main",
    "()",
    ":",
    "\n",
    "    ",
    "        ",
    "  ",
    "\t",
    "while",
    "repeat",
    "if",
    "else",
    "not",
    "(",
    ")",
    "?",
    "...",
    "move()",
    "turnLeft()",
    "frontIsClear()",
    "markersPresent",
    "3",
    "20",
    ";",
    "example ",
    "test ",
    "\"a\"",
    "\"",
    "crashes",
    "input",
    "output",
    "trace",
    "?:",
    ". . >",
    ". #",
    "12",
    "v3",
    "x",
    "# note",
    "\r\n",
    "\r",
    "é",
    "↑",
    "\u{a0}",
    "\0",
    "\u{feff}",
    "examples",
    "$",
    "whille",
    "foo",
    " ",
    " ",
    "else:",
    "if(leftIsClear()):",
    "repeat(4):",
    "\n    ",
    "\n        ",
    "\n    input:\n        . >\n",
    "\nexample \"b\":\n",
    "\ndef f():\n    ",
    "\n",
    "\n",
];

fn texts() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|pieces| pieces.concat())
}

const PROGRAM: &str = "\
# A program with everything in it.
def main():
    while(frontIsClear()):
        if(markersPresent()):
            pickMarker()
            # deep
        else:
            putMarker(); turnLeft()
        move()
    repeat(4): move(); turnAround()
    if(not(leftIsClear())): turnLeft() else: turnRight()
    while(?): ...

def turnAround():
    turnLeft(); turnLeft()

example \"short row\":
    input:
        . . . . .
        > 1 . 2 #
    # between
    output:
        . . . . .
        . . . >1 #
    trace: move pickMarker move move

test \"held out\" crashes:
    input:
        v3
    trace?: move
examples \"more.kgrid\"
";

/// The program, with a few characters replaced by pieces.
fn damaged() -> impl Strategy<Value = String> {
    let damage = (0..PROGRAM.len(), 0..6usize, prop::sample::select(PIECES));
    prop::collection::vec(damage, 1..4).prop_map(|damages| {
        let mut text = PROGRAM.to_owned();
        for (at, length, piece) in damages {
            let at = (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let end = (at + length).min(text.len());
            let end = (end..=text.len()).find(|end| text.is_char_boundary(*end)).unwrap();
            text.replace_range(at..end, piece);
        }
        text
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![3 => texts(), 3 => damaged(), 1 => any::<String>()]
}

struct Ranges<'a> {
    text: &'a str,
}

impl Ranges<'_> {
    fn within(&self, outer: TextRange, range: TextRange) {
        let (start, end) = (usize::from(range.start()), usize::from(range.end()));
        assert!(end <= self.text.len(), "{range:?} is not in the text");
        assert!(
            self.text.is_char_boundary(start) && self.text.is_char_boundary(end),
            "{range:?} cuts a character"
        );
        assert!(outer.contains_range(range), "{range:?} is not within {outer:?}");
    }

    fn ordered(&self, ranges: impl Iterator<Item = TextRange>) {
        let mut end = 0.into();
        for range in ranges {
            assert!(range.start() >= end, "{range:?} begins before {end:?}");
            end = range.end();
        }
    }

    fn block(&self, outer: TextRange, block: &Block) {
        self.within(outer, block.range);
        self.ordered(block.statements.iter().map(|s| s.range));
        for Statement { range, kind, .. } in &block.statements {
            self.within(block.range, *range);
            match kind {
                StatementKind::Call(name) => {
                    self.within(*range, name.range);
                    assert_eq!(name.text, self.text[name.range]);
                }
                StatementKind::While { condition, body } => {
                    self.condition(*range, condition);
                    self.block(*range, body);
                }
                StatementKind::Repeat { count, body } => {
                    self.within(*range, count.range);
                    self.block(*range, body);
                }
                StatementKind::If { condition, then, otherwise } => {
                    self.condition(*range, condition);
                    self.block(*range, then);
                    if let Some(otherwise) = otherwise {
                        self.within(*range, otherwise.keyword);
                        self.block(*range, &otherwise.body);
                    }
                }
                StatementKind::Action(_) | StatementKind::Hole | StatementKind::Error => {}
            }
        }
    }

    fn condition(&self, outer: TextRange, condition: &Condition) {
        self.within(outer, condition.range);
        if let ConditionKind::Not(inner) = &condition.kind {
            self.condition(condition.range, inner);
        }
    }

    fn grid(&self, outer: TextRange, grid: &Grid) {
        self.within(outer, grid.range);
        self.within(grid.range, grid.keyword);
        self.ordered(grid.rows.iter().map(|r| r.range));
        for row in &grid.rows {
            self.within(grid.range, row.range);
            self.ordered(row.cells.iter().map(|c| c.range));
            row.cells.iter().for_each(|c| self.within(row.range, c.range));
        }
    }

    fn example(&self, example: &Example) {
        self.within(example.range, example.header);
        self.within(example.range, example.name.range);
        example.crashes.iter().for_each(|r| self.within(example.header, *r));
        example.input.iter().chain(&example.output).for_each(|g| self.grid(example.range, g));
        if let Some(trace) = &example.trace {
            self.within(example.range, trace.range);
            trace.actions.iter().for_each(|(_, r)| self.within(trace.range, *r));
        }
    }

    fn file(&self, file: &File) {
        let whole = TextRange::up_to(text_size::TextSize::of(self.text));
        self.ordered(file.comments.iter().map(|c| c.range));
        self.ordered(file.items.iter().map(|item| match item {
            Item::Procedure(p) => p.range,
            Item::Example(e) => e.range,
            Item::Include(i) => i.range,
            Item::Stray(b) => b.range,
        }));
        for item in &file.items {
            match item {
                Item::Procedure(p) => {
                    self.within(whole, p.range);
                    self.within(p.range, p.name.range);
                    self.block(p.range, &p.body);
                }
                Item::Example(e) => {
                    self.within(whole, e.range);
                    self.example(e);
                }
                Item::Include(i) => {
                    self.within(whole, i.range);
                    self.within(i.range, i.path.range);
                }
                Item::Stray(block) => self.block(whole, block),
            }
        }
    }
}

fn check_ranges(text: &str, parse: &Parse) {
    let ranges = Ranges { text };
    ranges.file(&parse.file);
    let whole = TextRange::up_to(text_size::TextSize::of(text));
    for diagnostic in &parse.diagnostics {
        ranges.within(whole, diagnostic.range);
        diagnostic.related.iter().for_each(|(r, _)| ranges.within(whole, *r));
        let edits = diagnostic.fix.iter().flat_map(|f| &f.edits);
        ranges.ordered(edits.clone().map(|e| e.range));
        edits.for_each(|e| ranges.within(whole, e.range));
    }
}

/// The fixes that leave their diagnostic, or make new ones.
fn bad_fixes(text: &str, parsed: &Parse) -> Vec<String> {
    let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
    let mut bad = vec![];
    for diagnostic in &parsed.diagnostics {
        let Some(fix) = &diagnostic.fix else { continue };
        let fixed = apply(text, fix);
        let left: Vec<_> = parse(&fixed).diagnostics.iter().map(|d| d.code).collect();
        if count(&left, diagnostic.code) >= count(&codes, diagnostic.code) || left.len() >= codes.len() {
            let first = (text.bytes().zip(PROGRAM.bytes())).take_while(|(a, b)| a == b).count();
            let line = text[..first].rfind('\n').map_or(0, |at| at + 1);
            let part: String = text[line..].chars().take(60).collect();
            bad.push(format!("{} {}: {codes:?} -> {left:?} {part:?}", diagnostic.code, fix.title));
        }
    }
    bad
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn ranges_are_in_the_text_and_nested(text in any_text()) {
        check_ranges(&text, &parse(&text));
    }

    #[test]
    fn almost_no_text_is_an_error_to_the_grammar(text in prop_oneof![texts(), damaged()]) {
        let tree = parse(&text).tree;
        prop_assert!(!tree.root_node().has_error(), "{}", tree.root_node().to_sexp());
    }

    #[test]
    fn incremental_is_as_fresh(old in any_text(), other in any_text(), from: prop::sample::Index, to: prop::sample::Index) {
        let boundary = |index: prop::sample::Index| {
            let at = index.index(old.len() + 1);
            (0..=at).rev().find(|at| old.is_char_boundary(*at)).unwrap()
        };
        let (from, to) = (boundary(from), boundary(to));
        let (from, to) = (from.min(to), from.max(to));
        let piece: String = other.chars().take(10).collect();
        let replaced = format!("{}{piece}{}", &old[..from], &old[to..]);
        let inserted = format!("{}{piece}{}", &old[..from], &old[from..]);
        for text in [inserted, replaced, other] {
            let part = reparse_part(&parse(&old), &old, &text);
            let fresh = parse(&text);
            prop_assert_eq!(part.file, fresh.file);
            prop_assert_eq!(part.diagnostics, fresh.diagnostics);
        }
    }
}

#[test]
fn what_is_right_is_not_reported() {
    let parsed = parse(PROGRAM);
    assert_eq!(parsed.diagnostics, []);
    check_ranges(PROGRAM, &parsed);
}

#[test]
fn every_fix_of_one_mistake_fixes_it() {
    let mut bad = vec![];
    // one piece put in, left out or doubled, wherever that is possible
    for (at, _) in PROGRAM.char_indices() {
        for piece in ["", ":", "(", ")", "\n", " ", "    ", "x", ";", "\"", "?", ".", "#"] {
            for length in [0, 1, 3] {
                let Some(end) = Some(at + length).filter(|e| PROGRAM.is_char_boundary(*e)) else { continue };
                let text = format!("{}{piece}{}", &PROGRAM[..at], &PROGRAM[end..]);
                let parsed = parse(&text);
                check_ranges(&text, &parsed);
                // several at once may be in each other's way
                if parsed.diagnostics.len() == 1 {
                    bad.extend(bad_fixes(&text, &parsed));
                }
            }
        }
    }
    assert!(bad.is_empty(), "{}: {:#?}", bad.len(), &bad[..bad.len().min(40)]);
}

#[test]
fn pathological_texts_are_survived() {
    let n = 100_000;
    let texts = [
        "if(".repeat(n),
        "if(frontIsClear()): ".repeat(n),
        format!("def main():\n    {}move()", "while(not(frontIsClear())): ".repeat(n)),
        format!("def main():\n    if({}", "not(".repeat(n)),
        format!("def main(): {}", "move(); ".repeat(n)),
        format!("def main(): {}", "x".repeat(10 * n)),
        format!("def main(): {}", "$ ".repeat(n)),
        format!("def main():\n{}    move()", "# low\n".repeat(n)),
        format!("def main():\n    move()\n{}", "    # in\n".repeat(n)),
        (0..2000).map(|i| format!("{}repeat(2):\n", " ".repeat(i))).collect(),
        (0..2000).map(|i| format!("{}move()\n", " ".repeat(i))).collect(),
        "example \"a\":\n    input:\n        ".to_owned() + &". ".repeat(n),
        "example \"a\":\n    input:\n".to_owned() + &"        .\n".repeat(n),
        "example \"a\":\n    input:\n".to_owned() + &"# x y\n".repeat(n),
        "else:".repeat(n),
        "(".repeat(n),
        "\"".repeat(n),
        "def ".repeat(n),
        "\r".repeat(n),
        "\t".repeat(n) + "move()",
        "repeat(4):\n".repeat(n),
        "def main():\n".to_owned() + &"    repeat(4):\n".repeat(n),
        "def main():\n".to_owned() + &"    else:\n        move()\n".repeat(n / 10),
    ];
    for text in texts {
        check_ranges(&text, &parse(&text));
    }
}
