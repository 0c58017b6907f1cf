//! What an example asks for is its author's: no preferred action, which editors take by themselves (*Auto Fix*), and
//! no *Fix all* asks for less or for something else. Other actions that do say so in their titles.

use ide::{Action, Analysis, Config, NEVER, Source, apply};
use syntax::{TextRange, TextSize};

/// Programs that pass, fail in every way, stop at a hole, or have mistakes with fixes of their own.
const PROGRAMS: &[&str] = &[
    "def main():\n    move()\n",
    "def main():\n    turnLeft()\n    move()\n",
    "def main():\n    move()\n    putMarker()\n",
    "def main():\n    move()\n    move()\n    move()\n",
    "def main():\n    turnLeft()\n    turnRight()\n    move()\n",
    "def main():\n    while(noMarkersPresent()):\n        turnLeft()\n",
    "def main():\n    ...\n",
    "def main():\n    mov()\n",
    "def main()\n    move()\n",
    "def aside(): move()\n",
];

/// What follows a sound header and input.
const EXPECTATIONS: &[(&str, &str)] = &[
    ("", "    output:\n        . > .\n        . . .\n"),
    ("", "    output:\n        . . >\n        . 2 .\n"),
    ("", "    output:\n        . > .\n        . . .\n    trace: move\n"),
    ("", "    output:\n        . > .\n        . . .\n    trace: turnLeft turnRight move\n"),
    ("", "    output:\n        . . >\n        . . .\n    trace?: turnLeft\n"),
    ("", "    output:\n        .>.\n        . . .\n"),
    ("", "    trace: putMarker\n"),
    ("", ""),
    (" crashes", ""),
    (" crashes", "    trace: move\n"),
    (" crashes", "    output:\n        . > .\n        . . .\n"),
];

/// What each example asks for, where that can be read.
fn asked_for(analysis: &Analysis) -> Vec<String> {
    let case = |case: ide::Case<'_>| {
        let trace = case.example.trace.as_ref().filter(|trace| trace.valid && !trace.inferred);
        let trace = trace.map(|trace| trace.actions.iter().map(|action| action.0).collect::<Vec<_>>());
        let output = case.output().map(ToString::to_string);
        format!("{} {:?} {output:?} {trace:?}", case.is_test(), case.example.crashes.is_some())
    };
    analysis.cases().map(case).collect()
}

fn analysis(text: &str) -> Analysis {
    let config = Config { max_ticks: 1_000, ..Config::default() };
    Analysis::new(Some(Source::new("main.karel", None, text)), Vec::new(), config)
}

/// What can be chosen anywhere in the text, each once.
fn all_actions(analysis: &Analysis, text: &str) -> Vec<Action> {
    let everywhere = TextRange::up_to(TextSize::of(text));
    let mut found = ide::quick_fixes(analysis, "main.karel", everywhere, NEVER).unwrap();
    found.extend(ide::example_actions(analysis, "main.karel", everywhere, NEVER).unwrap());
    found.extend(ide::synthesis::question(analysis, "main.karel", everywhere));
    found.extend(ide::fix_all(analysis, "main.karel", NEVER).unwrap());
    found
}

#[test]
fn no_preferred_action_changes_what_an_example_asks_for() {
    let (mut preferred, mut changing) = (0, 0);
    for program in PROGRAMS {
        for kind in ["example", "test"] {
            for (word, rest) in EXPECTATIONS {
                let text = format!(
                    "{program}\n{kind} \"a\"{word}:\n    input:\n        > . .\n        . . .\n{rest}"
                );
                let analysis = analysis(&text);
                let before = asked_for(&analysis);
                for action in all_actions(&analysis, &text) {
                    let after = self::analysis(&apply(&text, &action.change.files[0].edits));
                    let after = asked_for(&after);
                    let less = before.iter().zip(&after).any(|(before, after)| {
                        // What was not asked for, or could not be read, may be filled in.
                        before != after && !before.contains("false None")
                    });
                    if action.preferred || action.id == "fix-all" {
                        preferred += 1;
                        assert!(!less, "{} of\n{text}\nmakes {before:?} {after:?}", action.title);
                    } else if less {
                        changing += 1;
                        let told = ["Change ", "Remove "].iter().any(|word| action.title.starts_with(word))
                            || action.title.contains("trace of");
                        assert!(told, "{} of\n{text}\nmakes {before:?} {after:?}", action.title);
                    }
                }
            }
        }
    }
    assert!(preferred > 20 && changing > 20, "{preferred} preferred, {changing} that change");
}
