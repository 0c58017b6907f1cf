//! How fast tasks are made up: tasks per second on one core, and what a world costs that is drawn as far as a program
//! looks, beside one that is drawn whole.
//!
//! `cargo bench -p dataset --bench generate`

#[path = "../../runtime/benches/clock/clock.rs"]
mod clock;

use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

use clock::Clock;
use dataset::generate::{Scratch, Settings, task};
use runtime::sample::{Random, Sketch, Style};

const TIME: Duration = Duration::from_secs(3);

fn main() {
    let mut out = std::io::stdout().lock();
    let mut report = |line: String| writeln!(out, "{line}").expect("standard output can be written to");
    report("one core, processor time".to_owned());
    let (settings, mut scratch, mut index) = (Settings::default(), Scratch::default(), 0);
    let tasks = per_second(100, || {
        black_box(task(&settings, index, &mut scratch));
        index += 1;
    });
    report(format!("tasks:           {tasks:10.0} a second"));
    let mut random = Random::new(0);
    let style = Style { to_be_chosen: true, ..Style::default() };
    let sketches = per_second(10_000, || {
        black_box(Sketch::new(&mut random, style));
    });
    report(format!("world, sketched: {:10.1} ns", 1e9 / sketches));
    let worlds = per_second(10_000, || {
        black_box(Sketch::new(&mut random, style).world());
    });
    report(format!("world, drawn:    {:10.1} ns", 1e9 / worlds));
}

/// How often a second of this thread's processor time; the clock is looked at after every `round` times.
fn per_second(round: u32, mut once: impl FnMut()) -> f64 {
    (0..round).for_each(|_| once());
    let (start, clock) = (Instant::now(), Clock::start());
    let mut done = 0;
    while start.elapsed() < TIME {
        (0..round).for_each(|_| once());
        done += round;
    }
    f64::from(done) / clock.seconds()
}
