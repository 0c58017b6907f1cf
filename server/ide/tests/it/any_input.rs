//! Nothing panics, whatever the text and wherever the cursor: every function on broken files at every kind of offset.

use ide::synthesis::{actions, task, trace_prompt};
use ide::{Analysis, Config, NEVER, Source};
use proptest::prelude::*;
use syntax::{TextRange, TextSize};

const PIECES: &[&str] = &[
    "def main():",
    "def ä():",
    "def",
    "while(frontIsClear()):",
    "while ?:",
    "if(not(?)):",
    "else:",
    "repeat(3):",
    "repeat(?):",
    "repeat(99):",
    "move()",
    "turnLeft(); ",
    "...",
    "?",
    "main()",
    "ä()",
    "# c",
    "example \"a\":",
    "example \"a\" crashes:",
    "test \"😀\":",
    "input:",
    "output:",
    "trace: move",
    "trace?: move turnLeft",
    "> . #",
    ". > #",
    ">3 1 2",
    "^ ^",
    "examples \"x\"",
    "(",
    ")",
    ":",
    "\"",
    "\n",
    "\n",
    "\n",
    "\r\n",
    "\r",
    "    ",
    "        ",
    "\t",
    " ",
    "\u{2028}",
    "\0",
];

fn text() -> impl Strategy<Value = String> {
    prop::collection::vec(0..PIECES.len(), 0..60)
        .prop_map(|pieces| pieces.into_iter().map(|n| PIECES[n]).collect())
}

/// A sound file with a few pieces put in or taken out.
fn damaged() -> impl Strategy<Value = String> {
    const SOUND: &str = "# c\ndef main():\n    while(frontIsClear()):\n        move()\n        ...\n    repeat(2): a(); move()\n\
        def a():\n    if(not(leftIsClear())):\n        a()\n    else: turnLeft()\n\
        example \"x\":\n    input:\n        > . 1\n    output:\n        . . >\n    trace?: move\n\
        test \"y\" crashes:\n    input:\n        > .\n        . .\n    trace: move\n";
    let change = (any::<prop::sample::Index>(), 0..12_usize, 0..PIECES.len());
    prop::collection::vec(change, 0..6).prop_map(|changes| {
        let mut chars: Vec<char> = SOUND.chars().collect();
        for (at, removed, piece) in changes {
            let at = at.index(chars.len() + 1);
            chars.splice(at..(at + removed).min(chars.len()), PIECES[piece].chars());
        }
        chars.into_iter().collect()
    })
}

fn ask_everything(program: Option<&str>, grids: &[&str], a: usize, b: usize) {
    let program = program.map(|text| Source::new("main.karel", None, text));
    let grids: Vec<Source> =
        grids.iter().enumerate().map(|(n, text)| Source::new(format!("{n}.kgrid"), None, *text)).collect();
    let config = Config { max_ticks: 2_000, ..Config::default() };
    let analysis = Analysis::new(program, grids, config);
    let offset = |n: usize| TextSize::new(u32::try_from(n).unwrap());
    let range = TextRange::new(offset(a.min(b)), offset(a.max(b)));
    let uris: Vec<String> = analysis.sources().map(|s| s.uri.clone()).collect();
    for uri in uris {
        ide::diagnostics::syntax(&analysis, &uri);
        ide::diagnostics::names(&analysis, &uri, NEVER).unwrap();
        ide::diagnostics::runtime(&analysis, &uri, NEVER).unwrap();
        ide::code_lens(&analysis, &uri, NEVER).unwrap();
        ide::inlay_hints(&analysis, &uri, range, NEVER).unwrap();
        let text = analysis.source(&uri).unwrap().text.clone();
        for at in [a, b] {
            ide::hover(&analysis, &uri, offset(at), NEVER).unwrap();
        }
        for action in ide::example_actions(&analysis, &uri, range, NEVER).unwrap() {
            for file in &action.change.files {
                let source = analysis.source(&file.uri).unwrap();
                assert!(file.edits.iter().all(|e| usize::from(e.range.end()) <= source.text.len()));
                ide::apply(&source.text, &file.edits);
            }
        }
        for range in [range, TextRange::empty(offset(a)), TextRange::up_to(TextSize::of(&*text))] {
            for action in actions(&analysis, &uri, range, None, NEVER).unwrap() {
                let _ = task(&analysis, &action.goal);
            }
        }
    }
    ide::coverage(&analysis, NEVER).unwrap();
    ide::example_results(&analysis, NEVER).unwrap();
    for case in 0..3 {
        let _ = trace_prompt(&analysis, case);
    }
}

proptest! {
    #[test]
    fn broken_programs(text in prop_oneof![text(), damaged()], grid in text(), a in 0..400_usize, b in 0..400_usize) {
        ask_everything(Some(&text), &[&grid], a, b);
    }

    #[test]
    fn examples_alone(text in prop_oneof![text(), damaged()], a in 0..400_usize, b in 0..400_usize) {
        ask_everything(None, &[&text], a, b);
    }

    #[test]
    fn any_characters(text in "\\PC{0,80}", a in 0..400_usize) {
        ask_everything(Some(&text), &[&text], a, a);
    }
}
