//! What has to be trained and evaluated for the paper's tables.

use anyhow::Context;
use toml::{Table, Value};

use crate::eval::TraceSource;
use crate::train::config::flatten;

/// How large the networks are, and how long they are trained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Scale {
    /// The paper's sizes, for a GPU
    #[default]
    Full,
    /// The paper's systems at about a tenth of their arithmetic, for two cores and a day; `ours` as the engine has it
    Small,
}

impl Scale {
    /// As it is said on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Scale::Full => "full",
            Scale::Small => "small",
        }
    }

    /// Values in the place of those of the system's configuration.
    ///
    /// # Errors
    /// Where the table of them is damaged.
    pub fn overrides(self, system: &str) -> anyhow::Result<Vec<String>> {
        if self == Scale::Full {
            return Ok(Vec::new());
        }
        let tables: Table =
            toml::from_str(include_str!("../../systems/small.toml")).context("systems/small.toml")?;
        let mut overrides = Vec::new();
        for name in ["all", system] {
            if let Some(Value::Table(table)) = tables.get(name) {
                overrides.extend(flatten(table));
            }
        }
        Ok(overrides)
    }
}

/// A network to be trained: the name of its configuration, and that as text.
#[derive(Debug, Clone, Copy)]
pub struct Trainee {
    pub name: &'static str,
    pub config: &'static str,
    /// The network whose inferred traces it learns from.
    pub trace_model: Option<&'static str>,
}

macro_rules! trainee {
    ($name:literal) => {
        trainee!($name, None)
    };
    ($name:literal, $trace_model:expr) => {
        Trainee {
            name: $name,
            config: include_str!(concat!("../../systems/", $name, ".toml")),
            trace_model: $trace_model,
        }
    };
}

/// The paper's own trace model.
const PRESNET: Option<&str> = Some("io-trace-presnet");

/// In this order: `ours` first, then what learns fastest, and each after the network whose traces it needs.
pub const TRAINEES: [Trainee; 11] = [
    trainee!("trace-policy"),
    trainee!("code-transformer", Some("trace-policy")),
    trainee!("trace-code-gold"),
    trainee!("io-trace-lgrl"),
    trainee!("io-trace-presnet"),
    trainee!("io-trace-no-grids"),
    trainee!("trace-code-inferred", PRESNET),
    trainee!("io-code"),
    trainee!("trace-code-mixed", PRESNET),
    trainee!("trace-code-concatenated"),
    trainee!("trace-code-grids"),
];

/// Whether it is a network of `ours`, and not one of the paper's.
pub(crate) fn is_ours(name: &str) -> bool {
    Some(name) == POLICY || Some(name) == OURS
}

/// A system under conditions: a row of the tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    pub name: &'static str,
    /// As the tables call it.
    pub title: &'static str,
    /// Names of [`TRAINEES`].
    pub trace: Option<&'static str>,
    pub code: Option<&'static str>,
    pub traces: TraceSource,
}

impl Row {
    /// Names of its networks, the trace model first.
    pub fn networks(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.trace.into_iter().chain(self.code)
    }
}

const fn row(
    name: &'static str,
    title: &'static str,
    trace: Option<&'static str>,
    code: Option<&'static str>,
    traces: TraceSource,
) -> Row {
    Row { name, title, trace, code, traces }
}

pub const ROWS: [Row; 15] = [
    row("ours", "ours, inferred traces", POLICY, OURS, TraceSource::Inferred),
    row("ours-gold", "ours, gold traces", POLICY, OURS, TraceSource::Gold),
    row("ours-none", "ours, no traces", POLICY, OURS, TraceSource::None),
    row("io-code", "I/O → CODE", None, Some("io-code"), TraceSource::None),
    row("gold-gold", "gold", None, Some("trace-code-gold"), TraceSource::Gold),
    row("gold-inferred", "gold", PRESNET, Some("trace-code-gold"), TraceSource::Inferred),
    row("inferred-gold", "inferred", None, Some("trace-code-inferred"), TraceSource::Gold),
    row("pipeline", "inferred", PRESNET, Some("trace-code-inferred"), TraceSource::Inferred),
    row("mixed-gold", "both", None, Some("trace-code-mixed"), TraceSource::Gold),
    row("mixed-inferred", "both", PRESNET, Some("trace-code-mixed"), TraceSource::Inferred),
    row("concatenated", "gold, concatenated input", None, Some("trace-code-concatenated"), TraceSource::Gold),
    row("grids", "gold, grids in the trace encoder", None, Some("trace-code-grids"), TraceSource::Gold),
    row("io-trace-no-grids", "no grids", Some("io-trace-no-grids"), None, TraceSource::Inferred),
    row("io-trace-lgrl", "LGRL", Some("io-trace-lgrl"), None, TraceSource::Inferred),
    row("io-trace-presnet", "PResNet", PRESNET, None, TraceSource::Inferred),
];
const POLICY: Option<&str> = Some("trace-policy");
const OURS: Option<&str> = Some("code-transformer");

/// What makes the plan small enough for a test on two CPU cores: everything happens, nothing is learned.
pub(crate) const QUICK: [&str; 7] = [
    "data.batch=4",
    "data.micro_batches=[1.0]",
    "schedule.steps=2",
    "schedule.warmup=1",
    "schedule.minutes=1.0",
    "evaluation.tasks=0",
    "arithmetic=float32",
];

/// Sizes of small networks, by the model's name.
pub(crate) fn quick_sizes(model: &str) -> &'static [&'static str] {
    match model {
        "TracePolicy" => &["model.channels=8", "model.blocks=1", "model.hidden=16"],
        "CodeTransformer" => {
            &["model.d=32", "model.heads=2", "model.layers=1", "model.channels=8", "model.blocks=1"]
        }
        _ => &["model.channels=8", "model.pair=16", "model.embedding=8", "model.hidden=16"],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::train::config::Config;

    #[test]
    fn systems_that_are_compared_have_the_same_processor_time() {
        let minutes = |name: &str| {
            let trainee = TRAINEES.iter().find(|t| t.name == name).unwrap();
            let config = Config::parse(trainee.config, name, &Scale::Small.overrides(name).unwrap()).unwrap();
            config.schedule.processor_minutes.unwrap()
        };
        let traces = ["io-trace-presnet", "io-trace-lgrl", "io-trace-no-grids"].map(minutes);
        let code = ["trace-code-gold", "trace-code-inferred", "trace-code-mixed"].map(minutes);
        let inferior = ["trace-code-concatenated", "trace-code-grids"].map(minutes);
        assert!(traces.iter().all(|&m| m == traces[0]));
        assert!(code.iter().chain(&inferior).all(|&m| m == code[0]));
        assert_eq!(minutes("io-code"), traces[0] + code[0]);
        assert!(minutes("io-code") <= 180.0);
    }

    #[test]
    fn everything_that_is_named_is_there() {
        let known = |name: &str| TRAINEES.iter().position(|t| t.name == name);
        for (place, trainee) in TRAINEES.iter().enumerate() {
            let config = Config::parse(trainee.config, trainee.name, &[]).unwrap();
            assert_eq!(config.name, trainee.name);
            assert!(trainee.trace_model.is_none_or(|of| known(of).is_some_and(|before| before < place)));
            assert_eq!(config.traces.inferred > 0.0, trainee.trace_model.is_some(), "{}", trainee.name);
            let quick: Vec<String> =
                QUICK.iter().chain(quick_sizes(config.model.name())).map(|&o| o.to_owned()).collect();
            Config::parse(trainee.config, trainee.name, &quick).unwrap();
            if !is_ours(trainee.name) {
                let small = Scale::Small.overrides(trainee.name).unwrap();
                let small = Config::parse(trainee.config, trainee.name, &small).unwrap();
                assert!(small.model.metadata()["config"].contains("\"channels\":16"), "{}", trainee.name);
                // As much as its configuration has, so that whichever comes first is the processor's.
                assert!(small.schedule.processor_minutes.is_some(), "{}", trainee.name);
            }
        }
        for row in ROWS {
            assert!(row.trace.iter().chain(&row.code).all(|name| known(name).is_some()), "{row:?}");
        }
    }
}
