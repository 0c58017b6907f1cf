//! How cost grows, counted in rounds of loops (each asks its `Cancel`), not in time; how often examples are run; and
//! how much room their recordings take.

use ide::{Analysis, Cancel, Config, NEVER, Recordings, Source};
use std::sync::Arc;
use syntax::cancel::times_asked;
use syntax::{TextRange, TextSize};

const URI: &str = "main.karel";

fn analysis(text: &str) -> Analysis {
    Analysis::new(Some(Source::new(URI, None, text)), Vec::new(), Config::default())
}

fn whole(analysis: &Analysis) -> TextRange {
    TextRange::up_to(TextSize::of(&*analysis.program().expect("a program").text))
}

/// All that an editor asks by itself, and the actions for all of the text.
fn everything(analysis: &Analysis, cancel: Cancel<'_>) {
    for source in analysis.sources() {
        ide::diagnostics::names(analysis, &source.uri, cancel).unwrap();
        ide::diagnostics::runtime(analysis, &source.uri, cancel).unwrap();
        ide::code_lens(analysis, &source.uri, cancel).unwrap();
    }
    ide::inlay_hints(analysis, URI, whole(analysis), cancel).unwrap();
    ide::quick_fixes(analysis, URI, whole(analysis), cancel).unwrap();
    ide::fix_all(analysis, URI, cancel).unwrap();
    ide::coverage(analysis, cancel).unwrap();
    ide::hover(analysis, URI, TextSize::of("def main():\n    m"), cancel).unwrap();
}

fn examples(n: usize, grid: impl Fn(usize) -> String) -> String {
    let example =
        |i| format!("example \"{i}\":\n    input:\n        {}\n    output:\n        {}\n", grid(i), grid(i));
    (0..n).map(example).collect()
}

#[test]
fn cost_grows_with_the_text() {
    type Text = fn(usize) -> String;
    let kinds: [(&str, Text); 7] = [
        ("examples", |n| {
            format!("def main():\n    move()\n{}", examples(n, |i| format!("> . {}", 1 + i % 9)))
        }),
        ("examples that begin alike", |n| {
            format!("def main():\n    turnLeft()\n{}", examples(n, |_| ">".to_owned()))
        }),
        ("examples that crash at as many places", |n| {
            let walk = "    if(frontIsClear()):\n        move()\n    else:\n        move()\n".repeat(n);
            format!("def main():\n{walk}{}", examples(n, |i| format!(">{}", " .".repeat(i % 90))))
        }),
        ("holes", |n| format!("def main():\n    move()\n{}", "    repeat(?): ...\n".repeat(n))),
        ("unknown procedures", |n| {
            let calls: String = (0..n).map(|i| format!("    around{i}()\n")).collect();
            format!("def main():\n    move()\n{calls}")
        }),
        ("turns to take out", |n| {
            format!("def main():\n    move()\n{}", "    move()\n    turnLeft()\n    turnRight()\n".repeat(n))
        }),
        ("procedures", |n| {
            let procedures: String = (0..n)
                .map(|i| format!("# {i}\ndef p{i}():\n    if(frontIsClear()): p{}()\n", i + 1))
                .collect();
            format!("def main():\n    move()\n{procedures}{}", examples(1, |_| "> .".to_owned()))
        }),
    ];
    for (what, text) in kinds {
        let cost = |n| {
            let analysis = analysis(&text(n));
            times_asked(|cancel| everything(&analysis, cancel))
        };
        let (once, twice) = (cost(150), cost(300));
        assert!(once >= 150 && 10 * twice <= 23 * once, "{what}: {once}, {twice}");
    }
}

/// Files, too: what is asked of each looks at that one.
#[test]
fn cost_grows_with_the_number_of_files() {
    let cost = |n: usize| {
        let includes: String = (0..n).map(|i| format!("examples \"{i}.kgrid\"\n")).collect();
        let grid =
            |i: usize| Source::new(format!("{i}.kgrid"), None, examples(1, |_| format!("> . {}", 1 + i % 9)));
        let program = Source::new(URI, None, format!("def main():\n    move()\n{includes}"));
        let analysis = Analysis::new(Some(program), (0..n).map(grid).collect(), Config::default());
        times_asked(|cancel| everything(&analysis, cancel))
    };
    let (once, twice) = (cost(150), cost(300));
    assert!(once >= 150 && 10 * twice <= 23 * once, "{once}, {twice}");
}

const BUSY: &str = "def main():
    move()
    repeat(10):
        repeat(10):
            if(frontIsClear()):
                turnLeft()
            else:
                turnRight()
            while(markersPresent()): pickMarker()
";

#[test]
fn every_example_is_run_once_whoever_asks() {
    let room = Arc::new(Recordings::new(Recordings::BUDGET));
    let text = format!("{BUSY}{}", examples(40, |i| format!("> . {}", 1 + i % 9)));
    let analysis = analysis(&text).with_recordings(&room);
    std::thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| everything(&analysis, NEVER));
        }
    });
    assert_eq!(room.made(), 40);
}

/// With room for next to nothing all is answered as with room for everything.
#[test]
fn recordings_that_went_are_made_again() {
    let text = format!("{BUSY}{}", examples(12, |i| format!("> {} #", 1 + i % 9)));
    let answers = |budget: usize| {
        let room = Arc::new(Recordings::new(budget));
        let analysis = analysis(&text).with_recordings(&room);
        let mut told = String::new();
        for _ in 0..2 {
            let hover = |at: usize| ide::hover(&analysis, URI, TextSize::new(at as u32), NEVER).unwrap();
            told += &format!(
                "{:?}",
                ["move", "repeat", "if(", "turnLeft", "while", "pick", "example \"7"]
                    .map(|word| hover(text.find(word).unwrap()))
            );
            told += &format!("{:?}", ide::inlay_hints(&analysis, URI, whole(&analysis), NEVER));
            told += &format!("{:?}", ide::coverage(&analysis, NEVER));
            told += &format!("{:?}", ide::diagnostics::runtime(&analysis, URI, NEVER));
            told += &format!("{:?}", ide::example_actions(&analysis, URI, whole(&analysis), NEVER));
        }
        assert!(room.bytes() <= budget);
        (told, room.made())
    };
    let (all, once) = answers(Recordings::BUDGET);
    let (nothing, often) = answers(0);
    let (some, _) = answers(20_000);
    assert_eq!(once, 12);
    assert!(often > 12);
    assert!(all == nothing && all == some, "{all}\n{nothing}\n{some}");
}

/// However many examples, however long: the room does not grow. What is superseded gives its part to others at once.
#[test]
fn recordings_stay_within_their_budget() {
    for (number, rounds) in [(6_000, 1), (100, 150)] {
        let body = "    repeat(10):\n";
        let inner = "        turnLeft()\n".repeat(10 * rounds);
        let text = format!(
            "def main():\n    move()\n{body}{inner}{}",
            examples(number, |i| format!("> . {}", 1 + i % 9))
        );
        let budget = 1 << 20;
        let room = Arc::new(Recordings::new(budget));
        let old = analysis(&text).with_recordings(&room);
        let mut most = 0;
        for case in old.cases() {
            assert!(old.verdict(case, NEVER).unwrap().failure().is_some());
            most = most.max(room.bytes());
        }
        assert!(most <= budget && most > budget / 2, "{most}");
        let new = analysis(&text).with_recordings(&room);
        old.supersede();
        assert_eq!(room.bytes(), 0);
        let first = old.cases().next().unwrap();
        assert!(old.recording(first, NEVER).unwrap().is_some(), "who still asks is answered");
        assert_eq!(room.bytes(), 0);
        new.verdict(new.cases().next().unwrap(), NEVER).unwrap();
        assert!(room.bytes() > 0);
        drop(new);
        assert_eq!(room.bytes(), 0);
    }
}
