//! Training, from a configuration to weights that evaluate and serve: tiny networks on the CPU.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::AtomicBool;

use dataset::compact::BEGIN;
use runtime::sample::Random;
use synth::decode::traces::Mask;
use synth::eval::{Rate, SHOWN, Settings, TaskResult, TraceScores, TraceSource, evaluate, read};
use synth::grammar::Rules;
use synth::models::code_transformer::CodeTransformer;
use synth::models::network::{Model, Network, Sample};
use synth::models::parameters::Parameters;
use synth::models::registry::NetworkConfig;
use synth::models::weights::Weights;
use synth::models::{CodeTask, Models, Pair, Row, VOCABULARY};
use synth::train::config::Config;
use synth::train::evaluation::{Evaluation, Figures};
use synth::train::metrics::Line;
use synth::train::{From, Options, Resume, SAVE, Summary, train};
use tch::{Device, Kind};
use tempfile::{TempDir, tempdir};

/// One of the shipped configurations, made small.
fn config(name: &str, overrides: &[&str]) -> Config {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("systems").join(name);
    let small: &[&str] = match name {
        "trace-policy.toml" => &["model.channels=8", "model.blocks=1", "model.hidden=16"],
        _ => &[
            "model.d=32",
            "model.heads=2",
            "model.layers=1",
            "model.channels=8",
            "model.blocks=1",
            "data.examples=[1,3]",
        ],
    };
    let all = ["data.batch=32", "schedule.warmup=5", "schedule.minutes=1000.0", "evaluation.tasks=8"];
    let overrides: Vec<String> =
        small.iter().chain(&all).chain(overrides).map(|&item| item.to_owned()).collect();
    Config::read(&file, &overrides).unwrap()
}

fn options(out: &Path, steps: u64) -> Options {
    // Sums of several threads come in any order; one thread of arithmetic, however many prepare the data.
    tch::set_num_threads(1);
    Options {
        out: out.to_owned(),
        minutes: None,
        steps: Some(steps),
        resume: Resume::Auto,
        from: From::Nothing,
        save: SAVE,
        pause_above: None,
        after: 0.0,
        keep: synth::train::Keep::Exact,
        device: Device::Cpu,
        threads: 2,
        show: false,
    }
}

fn run(config: &Config, options: &Options) -> Summary {
    train(config, options, &AtomicBool::new(false)).unwrap()
}

fn error(config: &Config, options: &Options) -> String {
    let error = train(config, options, &AtomicBool::new(false)).err().unwrap();
    let text = format!("{error:#}");
    assert!(!text.contains('\n'), "{text}");
    text
}

fn lines(folder: &Path) -> Vec<Line> {
    let text = fs::read_to_string(folder.join("metrics.jsonl")).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// A tiny policy, whose traces the code models of the tests are told.
fn policy(folder: &Path) -> String {
    let summary = run(&config("trace-policy.toml", &[]), &options(folder, 3));
    format!("traces.trace_model={}", summary.weights.display())
}

#[test]
fn a_tiny_system_learns_resumes_compactly_evaluates_and_serves() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    let trace_model = policy(first.path());
    let config = config(
        "code-transformer.toml",
        &[&trace_model, "optimizer.rate=5e-3", "traces.inferred=0.05", "schedule.steps=200"],
    );
    let summary = run(&config, &Options { keep: synth::train::Keep::Both, ..options(second.path(), 150) });
    assert_eq!((summary.progress.step, summary.progress.tasks), (150, 150 * 32));
    let lines = lines(second.path());
    let losses: Vec<f64> =
        lines.iter().filter_map(|l| if let Line::Training(l) = l { Some(l.loss) } else { None }).collect();
    let last = *losses.last().unwrap();
    assert!(last < unigram() - 0.25, "{losses:?} against {}", unigram());
    let figures =
        lines.iter().rev().find_map(|l| if let Line::Evaluation(l) = l { Some(&l.figures) } else { None });
    let figures = figures.unwrap();
    for traces in ["inferred", "gold", "none"] {
        let name = format!("generated, traces {traces}: top_1_generalization");
        assert!(figures.contains_key(&name), "{figures:?}");
    }
    assert!(fs::read_to_string(second.path().join("curve.svg")).unwrap().contains("</svg>"));

    // The compact checkpoint alone goes on about where it was.
    assert_eq!(summary.compact.len(), 1);
    let travelled = tempdir().unwrap();
    for file in &summary.compact {
        fs::copy(file, travelled.path().join(file.file_name().unwrap())).unwrap();
    }
    let on = run(&config, &options(travelled.path(), 10));
    assert_eq!(on.progress.step, 160);
    let loss = on.sums.total.loss / on.sums.total.targets as f64;
    assert!((loss - last).abs() < 0.3, "{loss} after {last}");

    // What was written is a whole system: code model and trace model.
    let models = Models::from_folder(second.path(), Device::Cpu).unwrap();
    assert!(models.trace.is_some());
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks.jsonl");
    let evaluated = engine(second.path(), &["eval", "--beam", "2", "--tasks", tasks.to_str().unwrap()], "");
    assert!(evaluated.contains("top-1"), "{evaluated}");
    let asked =
        [r#"{"jsonrpc":"2.0","id":1,"method":"status"}"#, r#"{"jsonrpc":"2.0","id":2,"method":"shutdown"}"#];
    let answered = engine(second.path(), &["serve"], &format!("{}\n{}\n", asked[0], asked[1]));
    assert!(answered.contains("code-transformer.safetensors"), "{answered}");
    let bytes = fs::read(&summary.weights).unwrap();
    let weights = Weights::parse(&bytes, "weights", Device::Cpu).unwrap();
    assert_eq!(weights.metadata()["excluded"], "no");
    assert_eq!(weights.metadata()["trained_tasks"], "4800");
}

/// What `karel-synth` says with these weights, given this input.
fn engine(models: &Path, arguments: &[&str], input: &str) -> String {
    let mut engine = Command::new(env!("CARGO_BIN_EXE_karel-synth"))
        .args(arguments)
        .args(["--device", "cpu", "--threads", "1", "--models"])
        .arg(models)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    engine.stdin.take().unwrap().write_all(input.as_bytes()).unwrap();
    let output = engine.wait_with_output().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

/// Nats per token of the best prediction that looks at nothing.
fn unigram() -> f64 {
    let mut counts = [0u32; VOCABULARY];
    let settings = dataset::generate::Settings::default();
    let mut scratch = dataset::generate::Scratch::default();
    for index in 0..300 {
        let task = dataset::generate::task(&settings, index, &mut scratch);
        task.program.iter().for_each(|&token| counts[usize::from(token)] += 1);
    }
    let all = f64::from(counts.iter().sum::<u32>());
    let share = |&count: &u32| f64::from(count) / all;
    -counts.iter().filter(|&&c| c > 0).map(share).map(|p| p * p.ln()).sum::<f64>()
}

#[test]
fn resumed_is_uninterrupted() {
    let first = tempdir().unwrap();
    let trace_model = policy(first.path());
    let (whole, halves) = (tempdir().unwrap(), tempdir().unwrap());
    let config = config("code-transformer.toml", &[&trace_model, "schedule.steps=8", "traces.sets=2"]);
    run(&config, &Options { threads: 3, ..options(whole.path(), 6) });
    run(&config, &Options { threads: 1, ..options(halves.path(), 3) });
    run(&config, &Options { threads: 2, ..options(halves.path(), 3) });
    let read = |folder: &TempDir, name| fs::read(folder.path().join(name)).unwrap();
    assert!(read(&whole, "code-transformer.safetensors").len() > 10_000);
    // Masters, memories of the optimizer and average, bit for bit; the seconds are not the same.
    let tensors = |folder: &TempDir| {
        let bytes = read(folder, "checkpoint");
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        let mut all: Vec<_> =
            tensors.iter().map(|(name, view)| (name.to_owned(), view.data().to_vec())).collect();
        all.sort();
        all
    };
    let (whole, halves) = (tensors(&whole), tensors(&halves));
    assert_eq!(whole.len(), halves.len());
    for (a, b) in whole.iter().zip(&halves) {
        assert!(a == b, "{} differs", a.0);
    }
}

#[test]
fn what_does_not_fit_is_refused_in_one_sentence() {
    let folder = tempdir().unwrap();
    let gold = ["traces.inferred=0", "traces.trace_model=/nowhere.safetensors"];
    let text = error(&config("code-transformer.toml", &gold), &options(folder.path(), 1));
    assert!(text.contains("can't read the trace model /nowhere.safetensors"), "{text}");
    let policy = |more: &[&str]| config("trace-policy.toml", more);
    let text = error(&policy(&["data.file=/nowhere.json"]), &options(folder.path(), 1));
    assert!(text.contains("can't read /nowhere.json"), "{text}");
    let empty = folder.path().join("empty.json");
    fs::write(&empty, "").unwrap();
    let text = error(&policy(&[&format!("data.file={}", empty.display())]), &options(folder.path(), 1));
    assert!(text.contains("holds none"), "{text}");

    run(&policy(&[]), &options(folder.path(), 1));
    let text = error(&policy(&["model.channels=4"]), &options(folder.path(), 1));
    assert!(text.contains("other sizes"), "{text}");
    let text = error(&policy(&["seed=5"]), &options(folder.path(), 1));
    assert!(text.contains("of seed 0"), "{text}");
    let checkpoint = folder.path().join("checkpoint");
    let bytes = fs::read(&checkpoint).unwrap();
    fs::write(&checkpoint, &bytes[..bytes.len() / 2]).unwrap();
    let text = error(&policy(&[]), &options(folder.path(), 1));
    assert!(text.contains("is damaged") && text.contains("remove it"), "{text}");
    let elsewhere = Options { resume: Resume::From("/nowhere".into()), ..options(folder.path(), 1) };
    let text = error(&policy(&[]), &elsewhere);
    assert!(text.contains("no checkpoint to resume from"), "{text}");
    run(&policy(&[]), &Options { resume: Resume::Never, ..options(folder.path(), 1) });
}

#[test]
fn a_training_starts_from_finished_weights() {
    let (traces, first, second) = (tempdir().unwrap(), tempdir().unwrap(), tempdir().unwrap());
    let trace_model = policy(traces.path());
    let gold = ["traces.inferred=0.0", "data.examples=[1,3]", "model.examples=3", &*trace_model];
    let finished = run(&config("code-transformer.toml", &gold), &options(first.path(), 60));
    let loss = |summary: &Summary| summary.sums.total.loss / summary.sums.total.targets as f64;

    // A longer table of examples is grown; with a rate of next to nothing the first losses are those of the weights.
    let from = |of: &Path| From::Weights(of.display().to_string());
    let longer = [
        "traces.inferred=0.0",
        "data.examples=[1,3]",
        "model.examples=5",
        "optimizer.rate=1e-9",
        &*trace_model,
    ];
    let config = config("code-transformer.toml", &longer);
    let further = run(&config, &Options { from: from(&finished.weights), ..options(second.path(), 5) });
    assert_eq!(further.progress.step, 5);
    let scratch = tempdir().unwrap();
    let anew = run(&config, &options(scratch.path(), 5));
    assert!(loss(&further) < loss(&anew) - 0.2, "{} against {} anew", loss(&further), loss(&anew));
    let bytes = fs::read(&further.weights).unwrap();
    let rows = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(rows.tensor("example.weight").unwrap().shape(), [5, 32]);

    // What there is of a checkpoint goes before the weights.
    let on =
        run(&config, &Options { from: From::Weights("/nowhere".to_owned()), ..options(second.path(), 1) });
    assert_eq!(on.progress.step, 6);

    let refused = |config: &Config, from: &str| {
        let folder = tempdir().unwrap();
        error(config, &Options { from: From::Weights(from.to_owned()), ..options(folder.path(), 1) })
    };
    let text = refused(&config, "/nowhere.safetensors");
    assert!(text.contains("can't read the weights /nowhere.safetensors"), "{text}");
    let text = refused(&config, &traces.path().join("trace-policy.safetensors").display().to_string());
    assert!(text.contains("TracePolicy, but those of CodeTransformer are needed"), "{text}");
    let other = self::config("code-transformer.toml", &["model.d=64", &*trace_model]);
    let text = refused(&other, &finished.weights.display().to_string());
    assert!(text.contains("has the shape"), "{text}");
}

#[test]
fn a_training_goes_on_from_what_it_has_left() {
    let (first, second) = (tempdir().unwrap(), tempdir().unwrap());
    let config = config("trace-policy.toml", &[]);
    let begun = run(&config, &options(first.path(), 4));
    let unfinished = || From::Unfinished(begun.weights.clone());
    let on = run(&config, &Options { from: unfinished(), ..options(second.path(), 3) });
    assert_eq!((on.progress.step, on.progress.tasks), (7, 7 * 32), "no task is learned twice");
    assert!(on.progress.processor_seconds > 0.9 * begun.progress.processor_seconds);
    // From there on there is a checkpoint.
    let on = run(&config, &Options { from: unfinished(), ..options(second.path(), 1) });
    assert_eq!(on.progress.step, 8);

    let other = self::config("trace-policy.toml", &["seed=5"]);
    let folder = tempdir().unwrap();
    let text = error(&other, &Options { from: unfinished(), ..options(folder.path(), 1) });
    assert!(text.contains("is of another training than trace-policy"), "{text}");
}

#[test]
fn the_shortest_run_comes_farther() {
    let folder = tempdir().unwrap();
    let short = Options { minutes: Some(1e-9), ..options(folder.path(), 100) };
    for step in 1..=2 {
        assert_eq!(run(&config("trace-policy.toml", &[]), &short).progress.step, step);
    }
}

#[test]
fn a_file_of_tasks_is_learned_from() {
    let folder = tempdir().unwrap();
    let tasks = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks.jsonl");
    let file = format!("data.file={}", tasks.display());
    let summary = run(&config("trace-policy.toml", &[&file, "data.batch=16"]), &options(folder.path(), 2));
    assert_eq!((summary.progress.tasks, summary.progress.samples), (32, 32));
    let exclude = format!("data.exclude={}", tasks.display());
    let text = error(
        &config("trace-policy.toml", &[&file, &exclude, "seed=1"]),
        &Options { resume: Resume::Never, ..options(folder.path(), 1000) },
    );
    assert!(text.contains("nothing was learned"), "{text}");
}

/// What is measured as training goes is what `karel-synth eval` measures at beam 1.
#[test]
fn training_and_evaluation_measure_the_same() {
    tch::set_num_threads(1);
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tasks.jsonl");
    let on_file = format!("evaluation.file={}", file.display());
    let overrides = [&on_file, "evaluation.tasks=0", "evaluation.limit=10", "traces.trace_model=embedded"];
    let config = config("code-transformer.toml", &overrides);
    let evaluation = Evaluation::new(&config, Device::Cpu, Kind::Float).unwrap();
    let models = || Models::embedded(Device::Cpu).unwrap();
    let mut figures = evaluation.measure(Model::Code(models().code), &|| false).unwrap();
    figures.extend(evaluation.measure(Model::Trace(models().trace.unwrap()), &|| false).unwrap());

    let (tasks, _) = read(&file, Some(10)).unwrap();
    let mut expected = Figures::new();
    for traces in [TraceSource::Inferred, TraceSource::Gold, TraceSource::None] {
        let settings = Settings {
            shown: SHOWN,
            beam: 1,
            traces,
            trace_beam: 1,
            mask: Mask::Possible,
            retries: true,
            batch: 3,
            workers: 2,
            seed: 0,
            rules: Rules::Any,
            plain: true,
            pruned: false,
        };
        let results = evaluate(&models(), Device::Cpu, &tasks, &settings, &|_| ());
        let mut expect = |name: &str, rate: Rate| expected.insert(format!("file{name}"), rate.percent);
        let rate = |of: fn(&TaskResult) -> bool| Rate::of(results.iter().map(of));
        for (name, rate) in [
            ("top_1_exact", rate(|r| r.plain.top_1_exact())),
            ("top_1_generalization", rate(|r| r.plain.top_1_generalization())),
            ("consistent", rate(|r| r.plain.consistent())),
        ] {
            expect(&format!(", traces {traces}: {name}"), rate);
        }
        if traces == TraceSource::Inferred {
            let scores = TraceScores::new(&results);
            expect(": traces.exact", scores.exact);
            expect(": traces.correct", scores.correct);
            expect(": traces.exact_all_shown", scores.exact_all_shown);
            expect(": traces.correct_all_shown", scores.correct_all_shown);
            expect(": traces.retried_all_shown", scores.retried_all_shown);
        }
    }
    assert_eq!(figures, expected);
    assert!(figures["file, traces inferred: top_1_generalization"] > 50.0, "{figures:?}");
    assert!(evaluation.measure(Model::Code(models().code), &|| true).is_none());
}

/// What a decoder with its cache says token by token is what all positions at once were trained to say.
#[test]
fn teaching_and_decoding_agree() {
    tch::set_num_threads(1);
    let config = config("code-transformer.toml", &["traces.inferred=0", "model.layers=2"]);
    let mut parameters = Parameters::new(Device::Cpu, 3);
    let NetworkConfig::CodeTransformer(config) = &config.model else { panic!("{:?}", config.model) };
    let mut network =
        || CodeTransformer::load(config, Weights::training(&mut parameters, Kind::Float)).unwrap();
    let samples: Vec<Sample> = (0..6).map(|index| sample(index, 1 + index as usize % 3)).collect();
    let lesson = CodeTransformer::features(config, &samples, &mut Random::new(0));
    let taught = network().loss(&lesson).sum.double_value(&[]);

    let Model::Code(model) = network().model() else { panic!("a code model") };
    let tasks: Vec<CodeTask> = samples.iter().map(|s| s.task.clone()).collect();
    let _no_grad = tch::no_grad_guard();
    let mut decoder = model.begin(&tasks);
    let mut decoded = 0.0;
    let mut rows: Vec<(usize, Row)> = (0..6).map(|task| (task, Row { parent: task, token: BEGIN })).collect();
    for time in 0.. {
        let asked: Vec<Row> = rows.iter().map(|&(_, row)| row).collect();
        if asked.is_empty() {
            break;
        }
        let scores = decoder.step(&asked);
        let mut next = Vec::new();
        for (place, &(task, _)) in rows.iter().enumerate() {
            let program = &samples[task].program;
            let token = program[time];
            decoded -= f64::from(scores[place * VOCABULARY + usize::from(token)]);
            if time + 1 < program.len() {
                next.push((task, Row { parent: place, token }));
            }
        }
        rows = next;
    }
    assert!((taught - decoded).abs() < 1e-3 * decoded, "{taught} and {decoded}");
}

fn sample(index: u64, examples: usize) -> Sample {
    let task = dataset::generate::task(&Default::default(), index, &mut Default::default());
    let examples = task.examples.into_iter().take(examples);
    let (pairs, traces) = examples.map(|e| (Pair { start: e.start, goal: e.goal }, Some(e.trace))).unzip();
    Sample { task: CodeTask { pairs, traces }, program: task.program }
}
