//! From a parsed text to all that an editor shows at once: diagnostics of all tiers, lenses, hints. A program of
//! 1,000 lines with 20 examples; prints the median and the 99th percentile. `cargo bench -p ide`.

use ide::{Analysis, Config, NEVER, Source};
use std::hint::black_box;
use std::time::{Duration, Instant};

fn text() -> String {
    let mut text = String::from("def main():\n");
    for n in 0..70 {
        text.push_str(&format!("    part{n}()\n"));
    }
    for n in 0..70 {
        text.push_str(&format!(
            "\n# Part {n}.\ndef part{n}():\n    while(frontIsClear()):\n        if(markersPresent()):\n            \
             pickMarker()\n        else:\n            move()\n    turnLeft()\n    repeat(2):\n        turnRight()\n"
        ));
    }
    for n in 0..20 {
        let row = ". 1 . . 2 . . . . . . . . . . .";
        let walls = "# . . . . . . # . . . . . 1 . .";
        let first = "> 1 . . 2 . . . . . . . . . . .";
        let rows = [first, row, walls, row].map(|row| format!("        {row}\n")).concat();
        text.push_str(&format!("\nexample \"{n}\":\n    input:\n{rows}    output:\n{rows}"));
    }
    text
}

#[allow(clippy::print_stdout, reason = "a benchmark reports to the terminal")]
fn main() {
    let text = text();
    let lines = text.lines().count();
    let mut times: [Vec<Duration>; 3] = Default::default();
    for _ in 0..500 {
        let start = Instant::now();
        let source = Source::new("main.karel", None, text.as_str());
        times[0].push(start.elapsed());
        let start = Instant::now();
        let analysis = Analysis::new(Some(source), Vec::new(), Config::default());
        black_box(ide::diagnostics::syntax(&analysis, "main.karel"));
        black_box(ide::diagnostics::names(&analysis, "main.karel", NEVER).ok());
        times[1].push(start.elapsed());
        let start = Instant::now();
        black_box(ide::diagnostics::runtime(&analysis, "main.karel", NEVER).ok());
        black_box(ide::code_lens(&analysis, "main.karel", NEVER).ok());
        let all = syntax::TextRange::up_to(syntax::TextSize::of(text.as_str()));
        black_box(ide::inlay_hints(&analysis, "main.karel", all, NEVER).ok());
        times[2].push(start.elapsed());
    }
    println!("{lines} lines, 20 examples, {} runs", times[0].len());
    for (name, mut times) in ["parse", "names and flow", "runs, lenses, hints"].iter().zip(times) {
        times.sort();
        let ms = |part: usize| times[times.len() * part / 100].as_secs_f64() * 1e3;
        println!("{name:>20}: p50 {:.2} ms, p99 {:.2} ms", ms(50), ms(99));
    }
}
