//! `karel-synth adopt`: newly trained weights of `ours` take the place of those that the engine carries, if they are
//! better on the same tasks, and everything that was measured with the old ones is measured anew.

mod documents;
mod vectors;

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, bail};
use dataset::Task;
use indicatif::{ProgressBar, ProgressStyle};
use protocol::message::Budget;
use safetensors::SafeTensors;
use tch::Device;

use crate::decode::traces::Mask;
use crate::eval::paired::{self, DECISIVE, Paired};
use crate::eval::{
    self, Conditions, Report, SHOWN, ServedReport, ServedScores, ServedSettings, Settings, TaskResult,
    TraceSource, calibrate, evaluate, serve, spread,
};
use crate::grammar::Rules;
use crate::models::Models;
use crate::models::code_transformer::CodeTransformer;
use crate::models::network::Network as _;
use crate::models::registry::NetworkConfig;
use crate::models::trace_policy::TracePolicy;
use crate::models::weights::Weights;
use crate::rank::calibration::Calibration;
use crate::search::stages::SERVED;
use crate::train::pieces::crc;
use documents::{with_row, with_section};

/// The two files of `ours`, by network.
const FILES: [(&str, &str); 2] = [
    (TracePolicy::NAME, "trace-policy.safetensors"),
    (CodeTransformer::NAME, "code-transformer.safetensors"),
];

/// Tasks whose results are kept together: what a run that is stopped loses at the most.
const PART: usize = 96;

/// What is to be adopted, and by what it is judged.
#[derive(Debug, Clone)]
pub struct Request {
    /// Folders of trained weights. A network that is in none of them stays as it is.
    pub folders: Vec<PathBuf>,
    /// Name of the file of the tasks.
    pub file: String,
    pub tasks: Vec<Task>,
    /// They are spread over the file, and not all of it.
    pub spread: bool,
    /// Where results are kept, and from where a run that was stopped goes on.
    pub out: PathBuf,
    /// The engine's sources: its `weights`, `data`, `tests/fixtures` and `RESULTS.md` are written.
    pub into: PathBuf,
    /// Takes the new weights though they are not better.
    pub anyway: bool,
    /// Width of the beam.
    pub beam: usize,
    /// Tasks that are asked for as the language server does, for the calibration.
    pub served: usize,
    /// What such a request may take.
    pub budget: Budget,
    pub device: Device,
    pub threads: usize,
}

/// Compares the new weights with the old ones and puts them in their place. Gives what it did, as Markdown.
///
/// # Errors
/// Where the new weights are not better, or a file can't be read or written; before the comparison is done nothing in
/// `into` is changed.
pub fn adopt(request: &Request) -> anyhow::Result<String> {
    let (old, new) = (request.out.join("old"), request.out.join("new"));
    let is_new = gather(request, &old, &new)?;
    let (before, _) = evaluated(request, "the old weights", &old)?;
    let (after, report) = evaluated(request, "the new weights", &new)?;
    let comparison = paired::paired(&before, &after);
    let table = paired::markdown(&comparison);
    write(&request.out.join("comparison.md"), &table)?;
    anstream::println!("{} tasks of {}\n\n{table}", request.tasks.len(), request.file);
    let decisive = comparison.iter().find(|paired| paired.metric == DECISIVE);
    if !request.anyway && !decisive.is_some_and(Paired::is_better) {
        bail!(
            "the new weights are not shown to be better by {DECISIVE}: nothing is changed (`--anyway` takes them)"
        );
    }
    let files = measured(request, &new, is_new, &report, &table)?;
    for (file, content) in &files {
        write(file, content)?;
    }
    let names: Vec<String> = files.iter().map(|(file, _)| format!("- {}", file.display())).collect();
    Ok(format!(
        "Written:\n{}\n\nThe ablation in RESULTS.md is still of the old weights: `karel-synth ablate` measures it anew.\n",
        names.join("\n")
    ))
}

/// Puts the files of the old and of the new system into a folder each. Gives for each of [`FILES`] whether it is new.
fn gather(request: &Request, old: &Path, new: &Path) -> anyhow::Result<[bool; 2]> {
    let mut found: [Option<(PathBuf, Vec<u8>)>; 2] = [None, None];
    for folder in &request.folders {
        for file in weight_files(folder)? {
            let bytes = read(&file)?;
            let Some(place) =
                FILES.iter().position(|(network, _)| network_of(&bytes, &file).is_ok_and(|n| n == *network))
            else {
                bail!("{} is no network of `ours`: only those are adopted", file.display());
            };
            match &found[place] {
                Some((first, other)) if *other != bytes => {
                    bail!("{} and {} are of the same network: keep one", first.display(), file.display())
                }
                _ => found[place] = Some((file, bytes)),
            }
        }
    }
    if found.iter().all(Option::is_none) {
        bail!(
            "there are no weights (*.safetensors) to adopt: name the folder of a training, such as runs/trace-policy"
        );
    }
    for folder in [old, new] {
        fs::create_dir_all(folder).with_context(|| format!("can't make the folder {}", folder.display()))?;
    }
    let mut is_new = [false; 2];
    for (place, (_, name)) in FILES.iter().enumerate() {
        let carried = read(&request.into.join("weights").join(name))?;
        is_new[place] = found[place].as_ref().is_some_and(|(_, bytes)| *bytes != carried);
        write(&old.join(name), &carried)?;
        write(&new.join(name), found[place].as_ref().map_or(&carried, |(_, bytes)| bytes))?;
    }
    Ok(is_new)
}

fn weight_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let unreadable = || format!("can't read the folder {}", folder.display());
    let entries = fs::read_dir(folder).with_context(unreadable)?;
    let files = entries.map(|entry| Ok(entry?.path())).collect::<std::io::Result<Vec<_>>>();
    let mut files = files.with_context(unreadable)?;
    files.retain(|file| file.extension().is_some_and(|ending| ending == "safetensors"));
    files.sort();
    Ok(files)
}

fn network_of(bytes: &[u8], file: &Path) -> anyhow::Result<&'static str> {
    let weights = Weights::parse(bytes, &file.display().to_string(), Device::Cpu)?;
    Ok(NetworkConfig::of_metadata(weights.metadata())?.name())
}

/// As the paper's tables of `ours` are measured.
fn beam_settings(request: &Request) -> Settings {
    Settings {
        shown: SHOWN,
        beam: request.beam,
        traces: TraceSource::Inferred,
        trace_beam: 1,
        mask: Mask::Possible,
        retries: true,
        batch: if request.device == Device::Cpu { 8 } else { 64 },
        workers: if request.device == Device::Cpu { request.threads } else { 2 },
        seed: 0,
        rules: Rules::Dataset,
        plain: true,
        pruned: true,
    }
}

/// What the system in the folder does with each task. Parts that were finished before are taken from `out`.
fn evaluated(request: &Request, title: &str, folder: &Path) -> anyhow::Result<(Vec<TaskResult>, Report)> {
    let settings = beam_settings(request);
    let models = Models::from_folder(folder, request.device)?;
    let mut weights = format!("{:?}", Settings { workers: 0, ..settings.clone() }).into_bytes();
    for (_, name) in FILES {
        weights.extend(read(&folder.join(name))?);
    }
    let bar = bar(title, request.tasks.len());
    let (start, mut results) = (Instant::now(), Vec::new());
    for part in request.tasks.chunks(PART) {
        let mut of = weights.clone();
        of.extend(
            part.iter()
                .filter_map(|task| task.to_json(dataset::Grids::Json).ok())
                .collect::<String>()
                .bytes(),
        );
        let file = request.out.join(format!("results-{:08x}.json", crc(&of)));
        let before =
            fs::read(&file).ok().and_then(|bytes| serde_json::from_slice::<Vec<TaskResult>>(&bytes).ok());
        let part = match before {
            Some(done) => {
                bar.inc(part.len() as u64);
                done
            }
            None => {
                let done = evaluate(&models, request.device, part, &settings, &|n| bar.inc(n));
                write(&file, serde_json::to_string(&done)?)?;
                done
            }
        };
        results.extend(part);
    }
    bar.finish_and_clear();
    let excluded = models.excluded.clone();
    let conditions = Conditions { excluded, ..conditions(request, &settings, request.tasks.len(), start) };
    let runs = [(SHOWN, results)];
    let report = Report::new(conditions, &runs);
    let [(_, results)] = runs;
    Ok((results, report))
}

fn conditions(request: &Request, settings: &Settings, tasks: usize, start: Instant) -> Conditions {
    let seconds = start.elapsed().as_secs_f64();
    Conditions {
        file: request.file.clone(),
        tasks,
        spread: request.spread || tasks < request.tasks.len(),
        models: FILES.iter().map(|(_, name)| (*name).to_owned()).collect(),
        seconds,
        tasks_per_second: tasks as f64 / seconds.max(1e-9),
        ..Conditions::of(settings, request.device)
    }
}

/// Everything that depends on the weights, measured with the new ones: the files and what is to stand in them.
fn measured(
    request: &Request,
    new: &Path,
    is_new: [bool; 2],
    report: &Report,
    comparison: &str,
) -> anyhow::Result<Vec<(PathBuf, Vec<u8>)>> {
    let into = |name: &str| request.into.join(name);
    let text = |name: &str| {
        fs::read_to_string(into(name)).with_context(|| format!("can't read {}", into(name).display()))
    };
    let (served, calibration) = calibrated(request, new)?;
    let beams = format!(
        "{}\nAgainst the weights before, on the same tasks:\n\n{comparison}",
        body(&report.markdown())
    );
    let results = with_section(&text("RESULTS.md")?, "beams", &beams)?;
    let results = with_section(&results, "served", body(&served))?;
    let mut readme = text("weights/README.md")?;
    let mut files = Vec::new();
    for ((_, name), _) in FILES.iter().zip(is_new).filter(|(_, is_new)| *is_new) {
        let bytes = read(&new.join(name))?;
        readme = with_row(&readme, &row(name, &bytes)?)?;
        files.push((into("weights").join(name), bytes));
    }
    let json = |value: String| (value + "\n").into_bytes();
    files.extend([
        (into("tests/fixtures/vectors.json"), json(serde_json::to_string(&vectors_of(request, new)?)?)),
        (into("data/calibration.json"), json(serde_json::to_string_pretty(&calibration)?)),
        (into("RESULTS.md"), results.into_bytes()),
        (into("weights/README.md"), readme.into_bytes()),
    ]);
    Ok(files)
}

/// A report without its heading.
fn body(report: &str) -> &str {
    report.split_once('\n').map_or(report, |(_, body)| body)
}

/// Requests as they are served, and how far their answers can be trusted.
fn calibrated(request: &Request, new: &Path) -> anyhow::Result<(String, Calibration)> {
    const EXAMPLES: [usize; 4] = [1, 2, 3, 5];
    let models = Models::from_folder(new, request.device)?;
    let tasks = spread(request.tasks.clone(), request.served);
    let bar = bar("requests as they are served", tasks.len() * EXAMPLES.len());
    let start = Instant::now();
    let settings = |shown| ServedSettings {
        shown,
        questions: 1,
        budget: request.budget,
        workers: request.threads,
        steps: SERVED.to_vec(),
    };
    let runs = EXAMPLES
        .map(|shown| (shown, serve(&models, request.device, &tasks, &settings(shown), &|n| bar.inc(n))));
    bar.finish_and_clear();
    let conditions = Conditions {
        batch: 1,
        excluded: models.excluded.clone(),
        ..conditions(request, &beam_settings(request), tasks.len(), start)
    };
    let calibration = calibrate(&conditions, &runs).worth_telling();
    let report = ServedReport {
        conditions,
        budget_milliseconds: request.budget.milliseconds,
        budget_candidates: request.budget.candidates,
        questions: 1,
        served: runs.iter().map(|(shown, served)| ServedScores::new(*shown, served)).collect(),
    };
    Ok((report.markdown(), calibration))
}

/// The reference values of the new weights, always as the CPU computes them.
fn vectors_of(request: &Request, new: &Path) -> anyhow::Result<Vec<vectors::Vector>> {
    let (tasks, errors) = eval::read(&request.into.join("tests/fixtures/tasks.jsonl"), None)?;
    if let Some(error) = errors.first() {
        bail!("tests/fixtures/tasks.jsonl, {error}");
    }
    let [policy, transformer] = FILES.map(|(_, name)| new.join(name));
    let [policy, transformer] = [read(&policy)?, read(&transformer)?];
    let policy = TracePolicy::of_file(Weights::parse(&policy, FILES[0].1, Device::Cpu)?)?;
    let transformer = CodeTransformer::of_file(Weights::parse(&transformer, FILES[1].1, Device::Cpu)?)?;
    Ok(vectors::vectors(&policy, &transformer, &tasks))
}

/// The row of a file in `weights/README.md`, from what the file says of its training.
fn row(name: &str, bytes: &[u8]) -> anyhow::Result<String> {
    let tensors = SafeTensors::deserialize(bytes).with_context(|| format!("{name} is damaged"))?;
    let count: usize = tensors.iter().map(|(_, tensor)| tensor.shape().iter().product::<usize>()).sum();
    let weights = Weights::parse(bytes, name, Device::Cpu)?;
    let word = |key: &str| weights.metadata().get(key).map_or("not known", String::as_str).to_owned();
    let what = match name == FILES[0].1 {
        true => "I/O → TRACE, one step at a time (`src/models/trace_policy.rs`)",
        false => "I/O + TRACE → CODE (`src/models/code_transformer.rs`)",
    };
    let minutes = word("trained_minutes").parse::<f64>().map_or("?".to_owned(), |m| format!("{m:.1}"));
    Ok(format!(
        "| `{name}` | {what} | {:.2} M | `{}`, {minutes} minutes, {} tasks of {}, seed {}; evaluated programs left out: {} |",
        count as f64 / 1e6,
        word("trained"),
        word("trained_tasks"),
        word("trained_on"),
        word("trained_seed"),
        word("excluded"),
    ))
}

fn bar(title: &str, length: usize) -> ProgressBar {
    let bar = ProgressBar::new(length as u64);
    if let Ok(style) =
        ProgressStyle::with_template(&format!("{title} {{bar:40}} {{pos}}/{{len}}, {{eta}} left"))
    {
        bar.set_style(style);
    }
    bar
}

fn read(file: &Path) -> anyhow::Result<Vec<u8>> {
    fs::read(file).with_context(|| format!("can't read {}", file.display()))
}

/// Replaces the file whole, or not at all.
fn write(file: &Path, content: impl AsRef<[u8]>) -> anyhow::Result<()> {
    let aside = file.with_extension("new");
    let written = fs::write(&aside, content).and_then(|()| fs::rename(&aside, file));
    written.with_context(|| format!("can't write {}", file.display()))
}
