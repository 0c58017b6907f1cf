//! The configuration of a training: a TOML file, and values that the command line puts in the place of its own.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, anyhow, bail};
use serde::Deserialize;
use tch::{Device, Kind};
use toml::{Table, Value};

use super::optimizer::OptimizerConfig;
use super::schedule::Schedule;
use crate::decode::traces::{Mask, Way};
use crate::models::registry::NetworkConfig;

/// Everything that decides what comes out of a training, the device aside.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// The name of the system, which its weights bear.
    pub name: String,
    /// The seed of the first weights, of the tasks, and of what is drawn from each.
    #[serde(default)]
    pub seed: u64,
    /// What CUDA computes in. The weights themselves are always float32, and so is everything on the CPU.
    #[serde(default)]
    pub arithmetic: Arithmetic,
    /// Decay of the average of the weights, such as 0.999; 0 for no average.
    #[serde(default)]
    pub ema: f64,
    /// `model`, the network's name, and its configuration.
    pub model: NetworkConfig,
    #[serde(default)]
    pub data: DataConfig,
    #[serde(default)]
    pub traces: TracesConfig,
    #[serde(default)]
    pub optimizer: OptimizerConfig,
    #[serde(default)]
    pub schedule: Schedule,
    #[serde(default)]
    pub evaluation: EvaluationConfig,
    /// The configuration as text, overrides included.
    #[serde(skip)]
    pub text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Arithmetic {
    #[default]
    Float32,
    BFloat16,
}

impl Arithmetic {
    pub fn kind(self, device: Device) -> Kind {
        match (self, device) {
            (Arithmetic::BFloat16, Device::Cuda(_)) => Kind::BFloat16,
            _ => Kind::Float,
        }
    }
}

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct DataConfig {
    /// Tasks in the public dataset's format, plain or gzip, read again and again; without it tasks are generated
    /// endlessly, and none is seen twice.
    pub file: Option<PathBuf>,
    /// Tasks of the file among which the next one is drawn.
    pub shuffle: usize,
    /// Tasks in a step.
    pub batch: usize,
    /// Least and most examples that are shown of a task; how many is drawn for each task.
    pub examples: [usize; 2],
    /// Share of tasks of which five examples are shown whatever `examples` says, as the paper shows them.
    pub five: f64,
    /// How a batch is cut, the smallest tasks first: what is padded together should be alike.
    pub micro_batches: Vec<f64>,
    /// A file of tasks whose programs are left out.
    pub exclude: Option<PathBuf>,
}

impl Default for DataConfig {
    fn default() -> DataConfig {
        DataConfig {
            file: None,
            shuffle: 50_000,
            batch: 1024,
            examples: [1, 10],
            five: 0.0,
            micro_batches: vec![1.0],
            exclude: None,
        }
    }
}

/// `[traces]`: which traces a code model reads. The shares need not add up to 1.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TracesConfig {
    /// Share of tasks with the program's own traces.
    pub gold: f64,
    /// Share of tasks with traces that a trace model finds as training goes; none where it fails.
    pub inferred: f64,
    /// Share of tasks without traces.
    pub none: f64,
    /// Share of inferred trace sets that are sampled; the others are greedy.
    pub sampled_share: f64,
    /// The temperature of sampled traces.
    pub temperature: f64,
    /// What is masked as they are inferred.
    pub mask: Mask,
    /// Sets of inferred traces per task, each a sample of its own. Sets after the first are always sampled.
    pub sets: usize,
    /// Weight file of the trace model, or `embedded`.
    pub trace_model: Option<String>,
}

impl Default for TracesConfig {
    fn default() -> TracesConfig {
        TracesConfig {
            gold: 1.0,
            inferred: 0.0,
            none: 0.0,
            sampled_share: 0.5,
            temperature: crate::decode::traces::TEMPERATURE,
            mask: Mask::default(),
            sets: 1,
            trace_model: None,
        }
    }
}

impl TracesConfig {
    /// How traces are inferred.
    pub fn way(&self) -> Way {
        Way { mask: self.mask, temperature: self.temperature }
    }
}

/// `[evaluation]`: what is measured as training goes, on tasks that are never trained on.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct EvaluationConfig {
    /// Minutes of training between two evaluations; there is always one at the end.
    pub minutes: f64,
    /// Tasks that are generated; 0 for none.
    pub tasks: usize,
    /// The seed of these tasks.
    pub seed: u64,
    /// A file of tasks to evaluate on too.
    pub file: Option<PathBuf>,
    /// How many of the file's tasks.
    pub limit: usize,
}

impl Default for EvaluationConfig {
    fn default() -> EvaluationConfig {
        EvaluationConfig { minutes: 1.0, tasks: 1000, seed: 0x6865_6c64_2d6f_7574, file: None, limit: 500 }
    }
}

impl Config {
    /// Reads a configuration, with each `key=value` of `overrides` in the place of its own value. Keys are as in
    /// `data.batch`; a value that is no TOML value is a string.
    ///
    /// # Errors
    /// What the file, or a key, or a value is not.
    pub fn read(file: &Path, overrides: &[String]) -> anyhow::Result<Config> {
        let text = fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        Config::parse(&text, &file.display().to_string(), overrides)
    }

    /// Reads a configuration from text; `file` is what errors call it.
    pub fn parse(text: &str, file: &str, overrides: &[String]) -> anyhow::Result<Config> {
        // Without overrides first: its errors know their lines.
        let own: Result<Config, toml::de::Error> = toml::from_str(text);
        let mut table: Table = match own {
            Err(error) if overrides.is_empty() => return Err(refusal(file, text, &error)),
            _ => toml::from_str(text).map_err(|error| refusal(file, text, &error))?,
        };
        for item in overrides {
            set(&mut table, item)?;
        }
        let text = toml::to_string(&table).with_context(|| format!("can't put {file} together again"))?;
        let config: Config =
            toml::from_str(&text).map_err(|error| anyhow!("{file}, with `--set`: {}", sentence(&error)))?;
        let config = Config { text, ..config };
        config.check().with_context(|| file.to_owned())?;
        Ok(config)
    }

    fn check(&self) -> anyhow::Result<()> {
        let usable = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
        if self.name.is_empty() || self.name.starts_with('.') || !self.name.chars().all(usable) {
            bail!("`name` is used for files: it must be of letters, digits, `-`, `_` and `.`");
        }
        let [least, most] = self.data.examples;
        if least < 1 || least > most || most > dataset::generate::MAX_EXAMPLES {
            let limit = dataset::generate::MAX_EXAMPLES;
            bail!("`data.examples` must be two numbers from 1 to {limit}, the smaller first");
        }
        if !(0.0..=1.0).contains(&self.data.five) {
            bail!("`data.five` must be 0 to 1");
        }
        if self.data.batch < 1 || self.data.batch > 1 << 20 {
            bail!("`data.batch` must be 1 to {}", 1 << 20);
        }
        if self.data.micro_batches.is_empty() || !self.data.micro_batches.iter().all(|&f| f > 0.0) {
            bail!("`data.micro_batches` must be shares above 0");
        }
        let TracesConfig { gold, inferred, none, sampled_share, temperature, sets, .. } = self.traces;
        if [gold, inferred, none].iter().any(|&f| !(0.0..=1e9).contains(&f)) || gold + inferred + none <= 0.0
        {
            bail!("`traces.gold`, `inferred` and `none` must be shares, not all of them 0");
        }
        if !(0.0..=1.0).contains(&sampled_share) {
            bail!("`traces.sampled_share` must be 0 to 1");
        }
        if !(temperature > 0.0 && temperature.is_finite()) {
            bail!("`traces.temperature` must be above 0");
        }
        if !(1..=64).contains(&sets) {
            bail!("`traces.sets` must be 1 to 64");
        }
        if inferred > 0.0 && self.traces.trace_model.is_none() {
            bail!("inferred traces need `traces.trace_model`: a weight file, or `embedded`");
        }
        if !(0.0..1.0).contains(&self.ema) {
            bail!("`ema` must be 0 (off) or below 1");
        }
        Ok(())
    }
}

/// One sentence, with the line where it is known.
fn refusal(file: &str, text: &str, error: &toml::de::Error) -> anyhow::Error {
    let line = error.span().map(|span| text[..span.start.min(text.len())].matches('\n').count() + 1);
    match line {
        Some(line) => anyhow!("{file}, line {line}: {}", sentence(error)),
        None => anyhow!("{file}: {}", sentence(error)),
    }
}

fn sentence(error: &toml::de::Error) -> String {
    error.message().lines().collect::<Vec<_>>().join(", ")
}

/// The values of another file, as overrides of a configuration: such as `systems/paper-sgd.toml`, a regime for any system.
///
/// # Errors
/// Where the file can't be read, or is no TOML.
pub fn overlay(file: &Path) -> anyhow::Result<Vec<String>> {
    let shown = file.display().to_string();
    let text = fs::read_to_string(file).with_context(|| format!("can't read {shown}"))?;
    Ok(flatten(&toml::from_str(&text).map_err(|error| refusal(&shown, &text, &error))?))
}

/// `key=value` for each value of the table, keys as in `data.batch`.
pub fn flatten(table: &Table) -> Vec<String> {
    let mut items = Vec::new();
    for (key, value) in table {
        match value {
            Value::Table(inner) => {
                items.extend(flatten(inner).into_iter().map(|item| format!("{key}.{item}")));
            }
            value => items.push(format!("{key}={value}")),
        }
    }
    items
}

/// Puts `key=value` into the table.
fn set(table: &mut Table, item: &str) -> anyhow::Result<()> {
    let (key, value) = item.split_once('=').with_context(|| format!("`--set {item}` is no key=value"))?;
    let (key, value) = (key.trim(), value.trim());
    let value = toml::from_str::<Table>(&format!("value = {value}"))
        .ok()
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(value.to_owned()));
    let mut parts: Vec<&str> = key.split('.').collect();
    let last = parts.pop().unwrap_or_default();
    let mut place = table;
    for part in parts {
        let inner = place.entry(part).or_insert_with(|| Value::Table(Table::new()));
        place = inner.as_table_mut().with_context(|| format!("`--set {item}`: `{part}` is no table"))?;
    }
    place.insert(last.to_owned(), value);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::models::trace_policy::TracePolicyConfig;

    const SMALL: &str =
        "name = \"small\"\n[model]\nmodel = \"TracePolicy\"\nchannels = 8\nblocks = 1\nhidden = 4\n";

    #[test]
    fn overrides_take_the_place_of_values() {
        let overrides = ["data.batch=7", "model.channels = 16", "name=other", "data.examples=[6, 6]"];
        let config = Config::parse(SMALL, "x.toml", &overrides.map(str::to_owned)).unwrap();
        assert_eq!((config.data.batch, config.data.examples, &*config.name), (7, [6, 6], "other"));
        let model = TracePolicyConfig { channels: 16, blocks: 1, hidden: 4 };
        assert_eq!(config.model, NetworkConfig::TracePolicy(model));
        assert_eq!(Config::parse(&config.text, "again", &[]).unwrap().data.batch, 7);
    }

    #[test]
    fn what_is_wrong_is_named_in_one_line() {
        let with = |more: &str, overrides: &[&str]| {
            let overrides: Vec<String> = overrides.iter().map(|&o| o.to_owned()).collect();
            let error = Config::parse(&format!("{SMALL}{more}"), "x.toml", &overrides).unwrap_err();
            let text = format!("{error:#}");
            assert!(!text.contains('\n'), "{text}");
            text
        };
        for (more, overrides, expected) in [
            ("[data]\nbatches = 3", &[][..], "x.toml, line 8: unknown field `batches`"),
            ("[data]\nbatch = \"many\"", &[], "line 8: invalid type"),
            ("[data", &[], "line 7"),
            ("", &["data.batches=3"], "unknown field `batches`"),
            ("", &["optimizer.kind=magic"], "unknown variant `magic`"),
            (
                "",
                &["model.model=Oracle"],
                "there is no network Oracle: `model.model` is one of TracePolicy, ",
            ),
            ("", &["model.chanels=8"], "no key `chanels`"),
            ("", &["model.channels=0"], "`channels` must be from 1 to 1024"),
            ("", &["model.channels=many"], "invalid type: string \"many\""),
            ("", &["batch"], "no key=value"),
            ("", &["name.x=3"], "`name` is no table"),
            ("", &["name=a/b"], "`name` is used for files"),
            ("", &["data.examples=[5,2]"], "`data.examples`"),
            ("", &["data.five=2.0"], "`data.five`"),
            ("", &["data.batch=0"], "`data.batch`"),
            ("", &["data.micro_batches=[]"], "`data.micro_batches`"),
            ("", &["traces.gold=0"], "not all of them 0"),
            ("", &["traces.inferred=0.5"], "need `traces.trace_model`"),
            ("", &["traces.temperature=0"], "`traces.temperature`"),
            ("", &["traces.sets=0"], "`traces.sets`"),
            ("", &["ema=1.0"], "`ema`"),
        ] {
            let text = with(more, overrides);
            assert!(text.contains(expected), "{text} instead of {expected}");
        }
        assert!(format!("{:#}", Config::parse("name = \"a\"", "x", &[]).unwrap_err()).contains("`model`"));
    }
}
