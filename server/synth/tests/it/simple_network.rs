//! The README's worked example of a new network: it learns, decodes as it has learned, and is what the README prints.

mod simple;

use runtime::sample::Random;
use simple::{Simple, SimpleConfig};
use synth::decode::beam::{Anything, BeamTask, Breadth, Flow, search};
use synth::decode::template::Template;
use synth::models::network::{Model, Network, Sample};
use synth::models::parameters::Parameters;
use synth::models::weights::Weights;
use synth::models::{CodeTask, Pair};
use synth::train::optimizer::{Optimizer, OptimizerConfig};
use tch::{Device, Kind};

fn sample(index: u64) -> Sample {
    let task = dataset::generate::task(&Default::default(), index, &mut Default::default());
    let pairs: Vec<Pair> =
        task.examples.into_iter().take(3).map(|e| Pair { start: e.start, goal: e.goal }).collect();
    Sample { task: CodeTask { traces: vec![None; pairs.len()], pairs }, program: task.program }
}

#[test]
fn the_worked_example_learns_tasks_by_heart_and_finds_them_in_a_beam() {
    tch::set_num_threads(1);
    let config = SimpleConfig { width: 32 };
    let samples: Vec<Sample> = (0..4).map(sample).collect();
    let lesson = Simple::features(&config, &samples, &mut Random::new(0));
    let mut parameters = Parameters::new(Device::Cpu, 0);
    let rules = OptimizerConfig { rate: 1e-2, weight_decay: Some(0.0), ..OptimizerConfig::default() };
    let mut optimizer = Optimizer::new(&rules);
    const STEPS: i32 = 300;
    for step in 0..STEPS {
        parameters.zero_grad();
        let network = Simple::load(&config, Weights::training(&mut parameters, Kind::Float)).unwrap();
        (network.loss(&lesson).sum / Simple::targets(&lesson) as f64).backward();
        optimizer.step(&mut parameters, rules.rate * (1.0 - f64::from(step) / f64::from(STEPS)));
    }
    let network = Simple::load(&config, Weights::training(&mut parameters, Kind::Float)).unwrap();
    let taught = network.loss(&lesson).sum.double_value(&[]);
    // Every program has a probability of at least exp(-4), so that fewer than 64 prefixes can be likelier.
    assert!(taught < 4.0, "{taught}");

    let Model::Code(model) = network.model() else { panic!("a code model") };
    let tasks: Vec<CodeTask> = samples.iter().map(|sample| sample.task.clone()).collect();
    let template = Template::program(model.longest());
    let mut judges: Vec<Anything> = tasks.iter().map(|_| Anything).collect();
    let mut beams: Vec<BeamTask> =
        judges.iter_mut().map(|judge| BeamTask { template: &template, judge }).collect();
    let mut decoder = model.begin(&tasks);
    let found = search(&mut *decoder, &mut beams, Breadth::plain(64), &|| false, &mut |_, _| Flow::Continue);
    let mut decoded = 0.0;
    for (found, sample) in found.iter().zip(&samples) {
        let found = found.iter().find(|found| found.prefix.tokens == sample.program).unwrap();
        decoded -= found.log_probability;
    }
    assert!((taught - decoded).abs() < 1e-3, "{taught} taught, {decoded} decoded");
}

/// Every Rust block of the README is a part of the file that this test compiles and runs.
#[test]
fn the_readme_prints_the_worked_example() {
    let readme = include_str!("../../README.md");
    let blocks: Vec<&str> =
        readme.split("```rust\n").skip(1).filter_map(|rest| rest.split("```").next()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        assert!(include_str!("simple_network/simple.rs").contains(block), "{block}");
    }
}
