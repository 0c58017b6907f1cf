//! What is not understood is never run past: a foreign word anywhere in a header, a condition, a count or between the
//! parentheses of a call makes a run stop where a broken statement would, and no example passes.

use ide::synthesis::actions;
use ide::{Analysis, Config, NEVER, Source, Verdict};
use runtime::sample::{Random, worlds};
use runtime::{Limits, Outcome, World, lower, record};
use syntax::ast::{Action, Block, Condition, ConditionKind, File, Item, Statement, StatementKind};
use syntax::diagnostic::{Diagnostic, Severity};
use syntax::flow;
use syntax::{TextRange, TextSize, parse};

/// No program of the language has one of these where we put them.
const FOREIGN: &[&str] = &[
    "==",
    "== False",
    "= 1",
    "and",
    "or",
    "&&",
    "!",
    "foo",
    "foo()",
    "é",
    "3",
    "7 + 1",
    "@",
    "{",
    "}",
    "[1]",
    ",",
    "\"x\"",
    "'",
    "frontIsClear()",
    "move()",
    "while",
    "True",
    "in",
    "—",
    "<",
    "$ %",
    "...",
];

const PROGRAMS: &[&str] = &[
    "def main():\n    while(frontIsClear()):\n        move()\n    turnLeft()\n    turn()\n    putMarker()\n\ndef turn():\n    \
     turnLeft()\n    turnLeft()\n",
    "def main():\n    repeat(3):\n        turnRight()\n        if(not(leftIsClear())):\n            turnLeft()\n        else:\n            \
     putMarker()\n    if markersPresent(): pickMarker()\n    repeat 2: turnLeft(); putMarker()\n    while not noMarkersPresent():\n        \
     pickMarker()\n",
];

/// The text in which a foreign word can be put, and the statement that it breaks (a procedure, where there is none).
fn places(file: &File) -> Vec<(TextRange, Option<TextRange>)> {
    let mut places = Vec::new();
    for procedure in file.procedures() {
        let header = TextRange::new(procedure.name.range.end(), procedure.body.range.start());
        places.push((header, None));
        block(&procedure.body, &mut places);
    }
    places
}

fn block(of: &Block, places: &mut Vec<(TextRange, Option<TextRange>)>) {
    for statement in &of.statements {
        let range = statement.range;
        let keyword = match statement.kind {
            StatementKind::While { .. } => "while",
            StatementKind::Repeat { .. } => "repeat",
            StatementKind::If { .. } => "if",
            _ => "",
        };
        let from = match &statement.kind {
            StatementKind::Action(action) => range.start() + TextSize::of(action.name()),
            StatementKind::Call(name) => name.range.end(),
            _ => range.start() + TextSize::of(keyword),
        };
        let end = statement.blocks().next().map_or(range.end(), |body| body.range.start());
        places.push((TextRange::new(from, end), Some(range)));
        if let StatementKind::If { otherwise: Some(clause), .. } = &statement.kind {
            let header = TextRange::new(clause.keyword.end(), clause.body.range.start());
            places.push((header, Some(range)));
        }
        statement.blocks().for_each(|inner| block(inner, places));
    }
}

/// Marks the statement, or all of the procedures that have the range's header.
fn break_at(file: &mut File, at: TextSize, statement: Option<TextRange>) {
    fn find(block: &mut Block, range: TextRange) {
        for statement in &mut block.statements {
            if statement.range == range {
                statement.broken = Some(range);
            }
            let Statement { kind, .. } = statement;
            match kind {
                StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => find(body, range),
                StatementKind::If { then, otherwise, .. } => {
                    find(then, range);
                    otherwise.iter_mut().for_each(|o| find(&mut o.body, range));
                }
                _ => {}
            }
        }
    }
    for item in &mut file.items {
        let Item::Procedure(procedure) = item else { continue };
        match statement {
            Some(range) => find(&mut procedure.body, range),
            None if procedure.range.contains(at) => procedure.broken = Some(procedure.name.range),
            None => {}
        }
    }
}

/// How a run ends, what it did and what it left.
fn run(file: &File, world: &World) -> (bool, Vec<Action>, World) {
    let program = lower(file);
    let run = record(&program.code, world, &Limits { ticks: 300, ..Limits::DATASET }, &|| false);
    (matches!(run.outcome, Outcome::Broken { .. }), run.actions().collect(), run.end)
}

/// From the beginning of the range to its last parenthesis or colon.
fn positions(text: &str, range: TextRange) -> Vec<usize> {
    let end = usize::from(range.end());
    let colon = text[usize::from(range.start())..end]
        .rfind([':', ')'])
        .map_or(end, |at| usize::from(range.start()) + at);
    (usize::from(range.start())..=colon).collect()
}

#[test]
fn a_foreign_word_stops_the_run() {
    let mut random = Random::new(3);
    let worlds: Vec<World> = worlds(random.bits()).take(6).collect();
    let mut wrong = Vec::new();
    for text in PROGRAMS {
        let sound = parse(text);
        assert_eq!(sound.diagnostics, []);
        for (range, statement) in places(&sound.file) {
            let mut reference = sound.file.clone();
            break_at(&mut reference, range.start(), statement);
            for at in positions(text, range) {
                for word in FOREIGN {
                    for piece in [format!(" {word} "), (*word).to_owned()] {
                        let mended = format!("{}{piece}{}", &text[..at], &text[at..]);
                        let parsed = parse(&mended);
                        // another name is for the check of names to report
                        let glued = text[..at].ends_with(char::is_alphanumeric)
                            && piece.starts_with(char::is_alphanumeric);
                        if glued {
                            continue;
                        }
                        let told = parsed.diagnostics.iter().any(|d| d.severity == Severity::Error);
                        let stop = worlds.iter().all(|w| run(&parsed.file, w) == run(&reference, w));
                        if !told || !stop {
                            let line = mended[..at].rfind('\n').map_or(0, |n| n + 1);
                            let line = mended[line..].lines().next().unwrap().trim().to_owned();
                            let codes: Vec<_> = parsed.diagnostics.iter().map(|d| d.code).collect();
                            wrong.push(format!("{line:<50} told {told} {codes:?}"));
                        }
                    }
                }
            }
        }
    }
    wrong.dedup();
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong[..wrong.len().min(60)].join("\n"));
}

const CLAIMED: &[&str] = &[
    "def main():\n    while(markersPresent()):\n        move()\n    pickMarker()\n    if(markersPresent()):\n        putMarker()\n",
    "def main():\n    while(frontIsClear()):\n        putMarker()\n    turnLeft()\n    turnRight()\n    move()\n",
    "def main():\n    if(not(frontIsClear())):\n        move()\n    else:\n        turnLeft()\n    main()\n",
    "def main():\n    repeat(0):\n        move()\n    while(not(markersPresent())):\n        turnLeft()\n    if(not(not(leftIsClear()))):\n        \
     main()\n",
];

/// The statements with each broken one between two holes, since nobody knows what it does, or whether its blocks run.
fn unknown(block: &Block) -> Block {
    let hole = |range: TextRange| Statement::new(range, StatementKind::Hole);
    let mut statements = Vec::new();
    for statement in &block.statements {
        let mut known = statement.clone();
        match &mut known.kind {
            StatementKind::While { body, .. } | StatementKind::Repeat { body, .. } => *body = unknown(body),
            StatementKind::If { then, otherwise, .. } => {
                *then = unknown(then);
                otherwise.iter_mut().for_each(|o| o.body = unknown(&o.body));
            }
            _ => {}
        }
        if !known.is_broken() {
            statements.push(known);
            continue;
        }
        statements.push(hole(statement.range));
        for body in known.blocks() {
            let condition = Condition { range: body.range, kind: ConditionKind::Hole };
            let kind = StatementKind::If { condition, then: body.clone(), otherwise: None };
            statements.push(Statement::new(statement.range, kind));
        }
        statements.push(hole(statement.range));
    }
    Block { range: block.range, statements }
}

/// What the flow shows of a program with a foreign word in it, it shows too where nothing is known of what that broke.
#[test]
fn nothing_follows_from_what_is_not_understood() {
    let mut claims = 0;
    for text in CLAIMED {
        let sound = parse(text);
        let of_sound = flow::check(&sound.file, text, NEVER).unwrap().len();
        assert!(of_sound > 0, "{text}");
        for (range, _) in places(&sound.file) {
            for at in positions(text, range) {
                for word in FOREIGN.iter().copied().chain(["not", "(", ")", ":", "?"]) {
                    let changed = format!("{} {word} {}", &text[..at], &text[at..]);
                    let mut file = parse(&changed).file;
                    let found = flow::check(&file, &changed, NEVER).unwrap();
                    claims += found.len();
                    file.items.iter_mut().for_each(|item| {
                        if let Item::Procedure(procedure) = item {
                            procedure.body = unknown(&procedure.body);
                        }
                    });
                    let known = flow::check(&file, &changed, NEVER).unwrap();
                    for claim in found {
                        let same = |k: &&Diagnostic| (k.code, k.range) == (claim.code, claim.range);
                        assert!(known.iter().find(same).is_some(), "{claim:?}\n{changed}");
                    }
                }
            }
        }
    }
    assert!(claims > 1000, "{claims}");
}

const EXAMPLE: &str = "example \"a\":\n    input:\n        > . 1\n    output:\n        . . >\n    trace: move move pickMarker\n";

fn analysis(program: &str) -> Analysis {
    Analysis::new(Some(Source::new("main.karel", None, program)), Vec::new(), Config::default())
}

fn passes(analysis: &Analysis) -> bool {
    analysis.cases().all(|case| analysis.verdict(case, NEVER).unwrap() == &Verdict::Passes)
}

/// Each would pass if what is not understood in it were left out.
#[test]
fn nothing_passes_with_what_is_not_understood_and_nothing_is_synthesized() {
    let programs = [
        "while(frontIsClear() == false):\n        move()",
        "while(frontIsClear() and noMarkersPresent()):\n        move()",
        "while(noMarkersPresent() or frontIsClear()):\n        move()",
        "while(!frontIsClear()):\n        move()",
        "while(frontIsClear()) really:\n        move()",
        "while really (frontIsClear()):\n        move()",
        "while(frontIsClear(3)):\n        move()",
        "while(frontIsClear):\n        move(1)",
        "while(not(leftIsClear() foo)):\n        move()",
        "while(frontClear()):\n        move()",
        "while():\n        move()",
        "whilst(frontIsClear()):\n        move()",
        "repeat(1+1):\n        move()",
        "repeat(2 times):\n        move()",
        "repeat(n):\n        move()",
        "repeat 2 times:\n        move()",
        "if(frontIsClear()):\n        move()\n    else really:\n        turnLeft()\n    move()",
        "if(frontIsClear()):\n        move()\n   else:\n        turnLeft()\n    move()",
        "move()\n    move(); $",
        "move() $\n    move()",
        "move and move()",
        "move() {\n    move()",
        "karel.move()\n    move()",
        "move()\n  move()",
        "while(frontIsClear()): move()\n        move()",
    ];
    for body in programs {
        let text = format!("def main():\n    {body}\n    pickMarker()\n\n{EXAMPLE}");
        never_right(&text);
    }
    for header in ["def main(n):", "def main() foo:", "def main(int n)", "void main():", "    def main():"] {
        let text = format!("{header}\n    move()\n    move()\n    pickMarker()\n\n{EXAMPLE}");
        if header.starts_with(' ') {
            continue;
        }
        never_right(&text);
    }
}

fn never_right(text: &str) {
    let analysis = analysis(text);
    assert!(analysis.source("main.karel").unwrap().parse.diagnostics.iter().any(|d| !d.slip), "{text}");
    assert!(!passes(&analysis), "{text}");
    let at = TextRange::empty(TextSize::new(4));
    for action in actions(&analysis, "main.karel", at, None, NEVER).unwrap() {
        let reason = action.disabled.unwrap_or_default();
        assert!(reason.ends_with("isn't understood: mend it first."), "{reason}\n{text}");
    }
}

/// What is wrong in an example is no smaller an example.
#[test]
fn an_example_that_is_not_understood_asks_for_nothing() {
    let main = "def main():\n    move()\n    move()\n    pickMarker()\n\n";
    assert!(passes(&analysis(&format!("{main}{EXAMPLE}"))));
    let changes = [
        (":\n    input:", " crahses:\n    input:"),
        (":\n    input:", " crashes foo:\n    input:"),
        (":\n    input:", ": foo\n    input:"),
        ("\"a\"", "a"),
        ("\"a\"", "\"a"),
        ("move move", "move mvoe"),
        ("move move", "move 2 move"),
        ("trace:", "trase:"),
        ("output:", "result:"),
        ("output:", "ouput:"),
        ("    output:", "output:"),
        ("output:", "output: foo"),
        (". . >", ". . > x"),
        (". . >", ". . >\n        . ."),
        (". . >", "> . >"),
        ("> . 1", "> . 1\n    input:\n        > . 1"),
        ("> . 1", "> . 12"),
    ];
    for (from, to) in changes {
        let example = EXAMPLE.replacen(from, to, 1);
        assert_ne!(example, EXAMPLE, "{from}");
        let analysis = analysis(&format!("{main}{example}"));
        assert!(!passes(&analysis), "{example}");
        assert!(analysis.cases().all(|case| case.input().is_none()), "{example}");
        let found = ide::diagnostics::runtime(&analysis, "main.karel", NEVER).unwrap();
        assert_eq!(found, [], "{example}");
    }
}

/// Their meaning is certain, and they run.
#[test]
fn slips_run() {
    let bodies = [
        "while frontIsClear(): move()",
        "while frontIsClear:\n        move()",
        "while(frontIsClear()):\n    move()\n",
        "while(frontIsClear())\n        move()",
        "while(frontIsClear():\n        move()",
        "while(frontIsClear())):\n        move()",
        "repeat 2:\n        move",
        "move() move()",
        "if(leftIsClear()):\n        turnLeft()\n    else if(frontIsClear()):\n        move()\n    move()",
        "move\n    move(",
        "move)\n        move()",
    ];
    for body in bodies {
        let text = format!("def main()\n    {body}\n    pickMarker()\n\n{EXAMPLE}");
        let text = if body.ends_with('\n') {
            text.replace("    pickMarker()\n", "")
                .replace("    trace: move move pickMarker\n", "")
                .replace(". . >\n", ". . >1\n")
        } else {
            text
        };
        let analysis = analysis(&text);
        assert!(
            passes(&analysis),
            "{text}\n{:?}",
            analysis.cases().map(|c| analysis.verdict(c, NEVER)).collect::<Vec<_>>()
        );
    }
}
