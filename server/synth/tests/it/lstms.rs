//! The paper's LSTM systems, all variants, tiny: what they learn from is what they decode by, alone or together.

use std::path::Path;
use std::process::Command;
use std::sync::atomic::AtomicBool;

use dataset::compact::BEGIN;
use dataset::generate::{Scratch, Settings, task};
use runtime::sample::Random;
use runtime::{Action, World};
use synth::models::config::Table;
use synth::models::network::{Model, Network, Sample};
use synth::models::parameters::Parameters;
use synth::models::registry::{self, NetworkConfig, Visitor};
use synth::models::weights::Weights;
use synth::models::{CodeModel, CodeTask, Models, Pair, Row, TraceModel, VOCABULARY};
use synth::train::checkpoint::save_weights;
use synth::train::config::Config;
use synth::train::optimizer::{Optimizer, OptimizerConfig};
use synth::train::{Options, Resume, train};
use tch::{Device, Kind};

/// All variants, by the words that differ from the paper's.
const VARIANTS: [(&str, &[(&str, &str)]); 10] = [
    ("IoCode", &[]),
    ("IoCode", &[("frame", "agent"), ("start", "published")]),
    ("IoTrace", &[]),
    ("IoTrace", &[("grids", "lgrl"), ("frame", "agent")]),
    ("IoTrace", &[("grids", "presnet")]),
    ("TraceCode", &[]),
    ("TraceCode", &[("input", "concatenated")]),
    ("TraceCode", &[("grids", "lgrl")]),
    ("TraceCode", &[("grids", "presnet"), ("frame", "agent")]),
    ("TraceCode", &[("grids", "lgrl"), ("input", "concatenated")]),
];

/// Tiny, with these words.
fn config_of(model: &str, words: &[(&str, &str)], hidden: i64) -> NetworkConfig {
    let sizes = [("channels", 4), ("pair", 16), ("embedding", 16), ("hidden", hidden)];
    let mut table: Table = sizes.iter().map(|&(key, size)| (key.to_owned(), size.into())).collect();
    table.extend(words.iter().map(|&(key, word)| (key.to_owned(), word.into())));
    table.insert("model".to_owned(), model.into());
    NetworkConfig::try_from(table).unwrap()
}

fn tiny(model: &str, words: &[(&str, &str)]) -> NetworkConfig {
    config_of(model, words, 16)
}

/// Generated tasks of 1 to 6 examples, some of whose traces are not known, or not right.
fn samples(count: u64) -> Vec<Sample> {
    let mut scratch = Scratch::default();
    (0..count)
        .map(|index| {
            let made = task(&Settings::default(), index, &mut scratch);
            let number = 1 + index as usize % made.examples.len();
            let examples = made.examples.into_iter().take(number);
            let (pairs, traces) = examples
                .enumerate()
                .map(|(n, e)| {
                    let trace = match (index as usize + n) % 5 {
                        3 => None,
                        4 => Some(vec![Action::TurnLeft; e.trace.len() + 1]),
                        _ => Some(e.trace),
                    };
                    (Pair { start: e.start, goal: e.goal }, trace)
                })
                .unzip();
            Sample { task: CodeTask { pairs, traces }, program: made.program }
        })
        .collect()
}

/// A network by its name, and what is done with it.
struct With<'a, F>(&'a mut Parameters, F);

/// What is asked of a network whose kind is known.
trait Question {
    type Answer;

    fn ask<N: Network>(self, config: &N::Config, network: N) -> Self::Answer;
}

impl<Q: Question> Visitor for With<'_, Q> {
    type Output = Q::Answer;

    fn visit<N: Network>(self, config: &N::Config) -> Q::Answer {
        let network = N::load(config, Weights::training(self.0, Kind::Float)).unwrap();
        self.1.ask(config, network)
    }
}

fn ask<Q: Question>(network: &NetworkConfig, parameters: &mut Parameters, question: Q) -> Q::Answer {
    // So small networks are slower on several threads.
    tch::set_num_threads(1);
    network.visit(With(parameters, question))
}

/// Sum of cross-entropies, number of targets; the gradients remain.
struct LossOf<'a>(&'a [Sample]);

impl Question for LossOf<'_> {
    type Answer = (f64, usize);

    fn ask<N: Network>(self, config: &N::Config, network: N) -> (f64, usize) {
        let features = N::features(config, self.0, &mut Random::new(1));
        let loss = network.loss(&features).sum;
        let targets = N::targets(&features);
        (&loss / targets as f64).backward();
        (loss.double_value(&[]), targets)
    }
}

struct ModelOf;

impl Question for ModelOf {
    type Answer = Model;

    fn ask<N: Network>(self, _: &N::Config, network: N) -> Model {
        network.model()
    }
}

fn code(network: &NetworkConfig, parameters: &mut Parameters) -> Box<dyn CodeModel> {
    match ask(network, parameters, ModelOf) {
        Model::Code(model) => model,
        Model::Trace(_) => unreachable!("{} is a code model", network.name()),
    }
}

fn trace(network: &NetworkConfig, parameters: &mut Parameters) -> Box<dyn TraceModel> {
    match ask(network, parameters, ModelOf) {
        Model::Trace(model) => model,
        Model::Code(_) => unreachable!("{} is a trace model", network.name()),
    }
}

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-3 * (1.0 + a.abs())
}

#[test]
fn every_weight_learns_and_tasks_do_not_disturb_each_other() {
    let samples = samples(7);
    for (model, words) in VARIANTS {
        let network = tiny(model, words);
        let mut parameters = Parameters::new(Device::Cpu, 5);
        let (together, targets) = ask(&network, &mut parameters, LossOf(&samples));
        assert!(targets > 30);
        for (name, value) in parameters.iter() {
            let size = value.grad().abs().max().double_value(&[]);
            assert!(size.is_finite() && size > 0.0, "{model} {words:?}: {name} has the gradient {size}");
        }
        let mut alone = 0.0;
        // Without traces to learn a trace model has nothing to do.
        for sample in samples.iter().filter(|s| s.task.traces.iter().any(Option::is_some)) {
            alone += ask(&network, &mut parameters, LossOf(std::slice::from_ref(sample))).0;
        }
        if model != "IoTrace" {
            for sample in samples.iter().filter(|s| s.task.traces.iter().all(Option::is_none)) {
                alone += ask(&network, &mut parameters, LossOf(std::slice::from_ref(sample))).0;
            }
        }
        assert!(close(together, alone), "{model} {words:?}: {together} together, {alone} alone");
    }
}

/// Follows the programs of all tasks, each beside two others that fork from it in every step, and gives the sum of
/// the log-probabilities of each.
fn decoded(model: &dyn CodeModel, samples: &[Sample]) -> Vec<f64> {
    let tasks: Vec<CodeTask> = samples.iter().map(|s| s.task.clone()).collect();
    let mut decoder = model.begin(&tasks);
    let mut sums = vec![0.0; samples.len()];
    // Rows of the step before: those of each task, its program's being the second one of three.
    let mut parents: Vec<usize> = (0..samples.len()).collect();
    for time in 0..samples.iter().map(|s| s.program.len()).max().unwrap() {
        let mut rows = Vec::new();
        let mut now = vec![usize::MAX; samples.len()];
        for (number, sample) in samples.iter().enumerate().filter(|(_, s)| time < s.program.len()) {
            let token = if time == 0 { BEGIN } else { sample.program[time - 1] };
            let parent = parents[number];
            if time > 0 {
                rows.push(Row { parent, token: (token + 1) % VOCABULARY as u8 });
            }
            now[number] = rows.len();
            rows.push(Row { parent, token });
            if (time + number) % 2 == 1 {
                rows.push(Row { parent, token: (token + 7) % VOCABULARY as u8 });
            }
        }
        let scores = decoder.step(&rows);
        assert_eq!(scores.len(), rows.len() * VOCABULARY);
        for (number, sample) in samples.iter().enumerate().filter(|(_, s)| time < s.program.len()) {
            sums[number] += f64::from(scores[now[number] * VOCABULARY + usize::from(sample.program[time])]);
        }
        parents = now;
    }
    sums
}

#[test]
fn programs_are_decoded_as_they_are_learned() {
    let samples = samples(5);
    for (name, words) in VARIANTS.into_iter().filter(|(name, _)| *name != "IoTrace") {
        let network = tiny(name, words);
        let mut parameters = Parameters::new(Device::Cpu, 6);
        let model = code(&network, &mut parameters);
        for (sample, sum) in samples.iter().zip(decoded(&*model, &samples)) {
            let (loss, _) = ask(&network, &mut parameters, LossOf(std::slice::from_ref(sample)));
            assert!(close(loss, -sum), "{name} {words:?}: {loss} taught, {sum} decoded");
        }
    }
}

/// Log-probability of going on so.
fn log_probability(logits: [f32; 6], class: usize) -> f64 {
    let sum: f64 = logits.iter().map(|&l| f64::from(l).exp()).sum();
    f64::from(logits[class]) - sum.ln()
}

#[test]
fn traces_are_rolled_out_as_they_are_learned() {
    let mut samples = samples(6);
    samples.iter_mut().for_each(|s| {
        s.task.traces.iter_mut().zip(&s.task.pairs).for_each(|(trace, pair)| {
            // What can't be done leaves the world as it is in lessons, but is no roll-out.
            let possible = |t: &Vec<Action>| {
                let mut now = pair.start.clone();
                t.iter().all(|&action| now.act(action))
            };
            *trace = trace.take().filter(possible);
        });
    });
    for (name, words) in VARIANTS.into_iter().filter(|(name, _)| *name == "IoTrace") {
        let network = tiny(name, words);
        let mut parameters = Parameters::new(Device::Cpu, 7);
        let (loss, targets) = ask(&network, &mut parameters, LossOf(&samples));
        let model = trace(&network, &mut parameters);
        let tasks: Vec<&[Pair]> = samples.iter().map(|s| &s.task.pairs[..]).collect();
        let mut rollouts = model.begin(&tasks);
        let pairs = samples.iter().flat_map(|s| s.task.pairs.iter().zip(&s.task.traces));
        let mut live: Vec<(World, &[Action])> = Vec::new();
        let mut kept = Vec::new();
        for (row, (pair, trace)) in pairs.enumerate() {
            let Some(trace) = trace else { continue };
            live.push((pair.start.clone(), trace));
            kept.push(row);
        }
        // Every roll-out twice, in another order.
        kept.extend(kept.clone().into_iter().rev());
        live.extend(live.clone().into_iter().rev());
        rollouts.keep(&kept);
        let (mut sum, mut steps) = (0.0, 0);
        let mut time = 0_usize;
        while !live.is_empty() {
            let now: Vec<_> = live
                .iter()
                .map(|(world, trace)| (world, time.checked_sub(1).map(|before| trace[before])))
                .collect();
            let logits = rollouts.step(&now);
            for ((_, trace), &logits) in live.iter().zip(&logits) {
                sum += log_probability(logits, trace.get(time).map_or(5, |&action| action as usize));
                steps += 1;
            }
            let going: Vec<usize> = (0..live.len()).filter(|&row| time < live[row].1.len()).collect();
            rollouts.keep(&going);
            live = going.iter().map(|&row| live[row].clone()).collect();
            live.iter_mut().for_each(|(world, trace)| assert!(world.act(trace[time])));
            time += 1;
        }
        assert_eq!(steps, 2 * targets);
        assert!(close(2.0 * loss, -sum), "{words:?}: {loss} taught, {sum} rolled out");
    }
}

#[test]
fn weights_survive_a_file() {
    let samples = samples(3);
    let file = std::env::temp_dir().join(format!("karel-lstms-{}.safetensors", std::process::id()));
    for (name, words) in VARIANTS {
        let network = tiny(name, words);
        let mut parameters = Parameters::new(Device::Cpu, 8);
        ask(&network, &mut parameters, ModelOf);
        // As f16 holds them.
        let rounded: Vec<(String, tch::Tensor)> =
            parameters.iter().map(|(name, value)| (name.to_owned(), value.to_kind(Kind::Half))).collect();
        rounded.iter().for_each(|(name, value)| parameters.set(name, value));
        save_weights(&file, parameters.iter(), &network.metadata()).unwrap();
        let bytes = std::fs::read(&file).unwrap();
        let read = registry::build(Weights::parse(&bytes, "a file", Device::Cpu).unwrap()).unwrap();
        match (ask(&network, &mut parameters, ModelOf), read) {
            (Model::Code(model), Model::Code(read)) => {
                assert_eq!(decoded(&*model, &samples), decoded(&*read, &samples), "{name} {words:?}");
                assert_eq!(read.examples(), 1..=10);
            }
            (Model::Trace(model), Model::Trace(read)) => {
                let tasks: Vec<&[Pair]> = samples.iter().map(|s| &s.task.pairs[..]).collect();
                let now: Vec<_> =
                    samples.iter().flat_map(|s| &s.task.pairs).map(|p| (&p.start, None)).collect();
                let first = |model: &dyn TraceModel| model.begin(&tasks).step(&now);
                assert_eq!(first(&*model), first(&*read), "{words:?}");
                assert!(read.remembers() && read.longest() == 199);
            }
            _ => unreachable!("the file holds the same kind of network"),
        }
    }
    let _ = std::fs::remove_file(&file);
}

/// One of the shipped configurations, made small.
fn config(name: &str, overrides: &[String]) -> Config {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systems").join(name);
    let small =
        ["model.channels=4", "model.pair=16", "model.embedding=16", "model.hidden=16", "data.batch=8"];
    let short = ["schedule.minutes=1000.0", "evaluation.tasks=4"];
    let small = small.iter().chain(&short).map(|&item| item.to_owned());
    Config::read(&file, &small.chain(overrides.iter().cloned()).collect::<Vec<_>>()).unwrap()
}

#[test]
fn every_configuration_trains_and_a_pipeline_evaluates() {
    tch::set_num_threads(1);
    let folder = std::env::temp_dir().join(format!("karel-systems-{}", std::process::id()));
    // Of a run that was killed.
    let _ = std::fs::remove_dir_all(&folder);
    let train = |name: &str, overrides: &[String]| {
        let out = folder.join(name);
        let options = Options {
            out: out.clone(),
            minutes: None,
            steps: Some(2),
            resume: Resume::Never,
            from: synth::train::From::Nothing,
            save: synth::train::SAVE,
            pause_above: None,
            after: 0.0,
            keep: synth::train::Keep::Exact,
            device: Device::Cpu,
            threads: 1,
            show: false,
        };
        let config = config(&format!("{name}.toml"), overrides);
        let summary = train(&config, &options, &AtomicBool::new(false)).unwrap();
        assert_eq!(summary.progress.step, 2);
        (out, summary.weights)
    };
    for name in ["io-code", "io-trace-no-grids", "io-trace-lgrl"] {
        train(name, &[]);
    }
    let (_, weights) = train("io-trace-presnet", &[]);
    let traces = [format!("traces.trace_model={}", weights.display())];
    for name in ["gold", "concatenated", "grids"] {
        train(&format!("trace-code-{name}"), &[]);
    }
    train("trace-code-mixed", &traces);
    let (pipeline, _) = train("trace-code-inferred", &traces);
    let models = Models::from_folder(&pipeline, Device::Cpu).unwrap();
    assert!(models.trace.is_some_and(|model| model.remembers()));
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks.jsonl");
    let evaluated = Command::new(env!("CARGO_BIN_EXE_karel-synth"))
        .args(["eval", "--beam", "2", "--limit", "3", "--device", "cpu", "--threads", "1", "--models"])
        .args([pipeline.as_path(), Path::new("--tasks"), &tasks])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&evaluated.stdout);
    assert!(evaluated.status.success() && said.contains("top-1"), "{said}");
    let _ = std::fs::remove_dir_all(&folder);
}

#[test]
fn a_tiny_one_learns_eight_tasks_by_heart() {
    let mut samples = samples(8);
    // Traces that can be learned: the author's.
    for (index, sample) in samples.iter_mut().enumerate() {
        sample.task.pairs.truncate(2);
        let made = task(&Settings::default(), index as u64, &mut Scratch::default());
        let traces = made.examples.into_iter().map(|e| Some(e.trace));
        sample.task.traces = traces.take(sample.task.pairs.len()).collect();
    }
    for (name, words) in [VARIANTS[0], VARIANTS[2], VARIANTS[5]].map(|(name, words)| (name, words.to_vec())) {
        let network = config_of(name, &words, 48);
        let mut parameters = Parameters::new(Device::Cpu, 9);
        let config = OptimizerConfig { rate: 1e-2, weight_decay: Some(0.0), ..OptimizerConfig::default() };
        let mut optimizer = Optimizer::new(&config);
        let mut loss = f64::NAN;
        for _ in 0..150 {
            parameters.zero_grad();
            let (sum, targets) = ask(&network, &mut parameters, LossOf(&samples));
            optimizer.step(&mut parameters, config.rate);
            loss = sum / targets as f64;
            if loss < 0.3 {
                break;
            }
        }
        assert!(loss < 0.3, "{name} {words:?}: {loss}");
    }
}
