//! Generated tasks: the same for every number of threads, within the dataset's rules, and of its statistics.

use std::sync::Arc;

use dataset::generate::check::Check;
use dataset::generate::statistics::Counts;
use dataset::generate::{
    Generated, MAX_EXAMPLES, MAX_TRACE, Scratch, Settings, program_hash, rules, stream, task,
};
use dataset::{Grids, Task, compact};
use proptest::prelude::*;
use runtime::{Limits, Machine, Outcome, record};

fn tasks(settings: &Settings, first: u64, count: u64) -> Vec<Generated> {
    let mut scratch = Scratch::default();
    (first..first + count).map(|index| task(settings, index, &mut scratch)).collect()
}

#[test]
fn the_same_tasks_come_from_any_number_of_threads_and_from_the_middle() {
    let settings = Settings { seed: 5, ..Settings::default() };
    let expected = tasks(&settings, 0, 300);
    for threads in [0, 1, 2, 5] {
        let made: Vec<_> = stream(settings.clone(), 0, threads).take(300).collect();
        assert_eq!(made, expected, "{threads} threads");
    }
    let middle: Vec<_> = stream(settings.clone(), 123, 3).take(100).collect();
    assert_eq!(middle, expected[123..223]);
    assert_eq!(task(&settings, 299, &mut Scratch::default()), expected[299]);
    assert_ne!(tasks(&Settings { seed: 6, ..settings }, 0, 20), expected[..20]);
}

/// What holds of every task.
fn assert_sound(generated: &Generated, examples: usize) {
    let program = &generated.program;
    assert!(rules::neighbours(program), "{:?}", compact::to_surface(program));
    assert_eq!(program.last(), Some(&compact::EOP));
    assert!(compact::to_statements(program).is_ok());
    assert_eq!(generated.examples.len(), examples);
    let code = compact::code(program);
    for example in &generated.examples {
        assert!(rules::example(&example.start, &example.trace, &example.goal));
        assert!(example.trace.len() <= MAX_TRACE);
        let run = record(&code, &example.start, &Limits::DATASET, &|| false);
        assert_eq!((run.outcome, &run.end), (Outcome::Finished, &example.goal));
        assert!(run.actions().eq(example.trace.iter().copied()));
        let mut world = example.start.clone();
        let mut bits = vec![world.condition_bits()];
        for &action in &example.trace {
            assert!(world.act(action));
            bits.push(world.condition_bits());
        }
        assert_eq!(bits, example.conditions);
    }
}

#[test]
fn no_task_breaks_a_rule() {
    for generated in tasks(&Settings { seed: 1, ..Settings::default() }, 0, 2_000) {
        assert_sound(&generated, 6);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn any_seed_index_and_number_of_examples_gives_sound_tasks(
        seed in any::<u64>(), index in any::<u64>(), examples in 0..20_usize,
    ) {
        let settings = Settings { seed, examples, ..Settings::default() };
        assert_sound(&task(&settings, index, &mut Scratch::default()), examples.clamp(1, MAX_EXAMPLES));
    }
}

#[test]
fn excluded_programs_never_come() {
    let settings = Settings { seed: 2, ..Settings::default() };
    let hashes = |settings: &Settings| -> Vec<u64> {
        tasks(settings, 0, 1_000).iter().map(|t| program_hash(&t.program)).collect()
    };
    let some = hashes(&settings).into_iter().step_by(2).collect();
    let exclude = Settings { exclude: Arc::new(some), ..settings };
    assert!(hashes(&exclude).iter().all(|hash| !exclude.exclude.contains(hash)));
}

#[test]
fn tasks_survive_the_way_to_the_dataset_and_back() {
    let settings = Settings { seed: 3, ..Settings::default() };
    for (index, generated) in (0..).zip(tasks(&settings, 0, 200)) {
        let program = generated.program.clone();
        let task = generated.into_task(settings.seed, index).unwrap();
        let back = Task::from_json(task.to_json(Grids::Both).unwrap().as_bytes()).unwrap();
        assert_eq!(back, task);
        assert_eq!(back.compact().unwrap(), program);
        assert_eq!(back.guid.len(), 16);
        let mut world = task.examples[0].input.clone();
        let outcome = Machine::new().run(&compact::code(&program), &mut world, &Limits::DATASET);
        assert_eq!((outcome, world), (Outcome::Finished, task.examples[0].output.clone()));
    }
}

/// With so few tasks chance alone makes distances of about 0.02; `karel-synth generate --check` is the exact one.
#[test]
fn statistics_are_near_the_dataset_s() {
    let mut counts = Counts::default();
    for generated in tasks(&Settings { seed: 4, ..Settings::default() }, 0, 2_000) {
        counts.add(&generated.program, &generated.counted(), 1.0);
    }
    let check = Check::new(&counts);
    assert_eq!((check.broken_neighbours, check.broken_examples), (0, 0));
    for comparison in &check.comparisons {
        let goal = comparison.goal.unwrap_or(0.15);
        assert!(comparison.distance <= goal + 0.06, "{}: {:.3}", comparison.statistic, comparison.distance);
    }
}
