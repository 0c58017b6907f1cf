//! What has to be trained and evaluated for the paper's tables.

use crate::eval::TraceSource;

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

/// In this order: `ours` first, and each after the network whose traces it needs.
pub const TRAINEES: [Trainee; 9] = [
    trainee!("trace-policy"),
    trainee!("code-transformer", Some("trace-policy")),
    trainee!("io-code"),
    trainee!("io-trace-presnet"),
    trainee!("io-trace-lgrl"),
    trainee!("io-trace-no-grids"),
    trainee!("trace-code-gold"),
    trainee!("trace-code-inferred", PRESNET),
    trainee!("trace-code-mixed", PRESNET),
];

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

const fn row(
    name: &'static str,
    title: &'static str,
    trace: Option<&'static str>,
    code: Option<&'static str>,
    traces: TraceSource,
) -> Row {
    Row { name, title, trace, code, traces }
}

pub const ROWS: [Row; 13] = [
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
    row("io-trace-no-grids", "no grids", Some("io-trace-no-grids"), None, TraceSource::Inferred),
    row("io-trace-lgrl", "LGRL", Some("io-trace-lgrl"), None, TraceSource::Inferred),
    row("io-trace-presnet", "PResNet", PRESNET, None, TraceSource::Inferred),
];
const POLICY: Option<&str> = Some("trace-policy");
const OURS: Option<&str> = Some("code-transformer");

/// What makes the plan small enough for a test on two CPU cores: everything happens, nothing is learned.
pub const QUICK: [&str; 7] = [
    "data.batch=4",
    "data.micro_batches=[1.0]",
    "schedule.steps=2",
    "schedule.warmup=1",
    "schedule.minutes=1.0",
    "evaluation.tasks=0",
    "arithmetic=float32",
];

/// Sizes of small networks, by the model's name.
pub fn quick_sizes(model: &str) -> &'static [&'static str] {
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
    fn everything_that_is_named_is_there() {
        let known = |name: &str| TRAINEES.iter().position(|t| t.name == name);
        for (place, trainee) in TRAINEES.iter().enumerate() {
            let config = Config::parse(trainee.config, trainee.name, &[]).unwrap();
            assert_eq!(config.name, trainee.name);
            assert!(trainee.trace_model.is_none_or(|of| known(of).is_some_and(|before| before < place)));
            assert_eq!(config.traces.inferred > 0.0, trainee.trace_model.is_some(), "{}", trainee.name);
            let quick: Vec<String> =
                QUICK.iter().chain(quick_sizes(config.model.model())).map(|&o| o.to_owned()).collect();
            Config::parse(trainee.config, trainee.name, &quick).unwrap();
        }
        for row in ROWS {
            assert!(row.trace.iter().chain(&row.code).all(|name| known(name).is_some()), "{row:?}");
        }
    }
}
