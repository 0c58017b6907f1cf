//! The settings, section `karel`. Their names, defaults and meanings for users are in `editors/README.md`.

use std::path::Path;

use protocol::{System, program};
use serde_json::{Map, Value};

use assist::notice::{Notice, SHORT};

const NOT_INSTALLED: &str = "The engine karel-synth is missing: install it.";
const NO_PROGRAM: &str = "karel.engine.command names no program: correct it.";

#[derive(Debug, Clone, PartialEq)]
pub struct Config {
    /// The engine's program and arguments; empty: `karel-synth serve`, wherever it is found.
    pub engine_command: Vec<String>,
    /// The networks that the engine is to use.
    pub engine_system: System,
    /// Longest time of one synthesis, in milliseconds.
    pub synthesis_budget: u64,
    /// Whether to ask at once which program is right, where programs that differ in meaning pass.
    pub synthesis_ask: bool,
    /// Steps after which an example's run is stopped.
    pub max_ticks: u64,
    /// Bytes that all recorded runs together may take.
    pub recordings: usize,
    pub inlay_hints: bool,
    pub code_lens: bool,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            engine_command: Vec::new(),
            engine_system: System::default(),
            synthesis_budget: 5_000,
            synthesis_ask: true,
            max_ticks: 1_000_000,
            recordings: ide::Recordings::BUDGET,
            inlay_hints: true,
            code_lens: true,
        }
    }
}

impl Config {
    /// The part that changes what `ide` answers.
    pub fn for_analysis(&self) -> ide::Config {
        ide::Config {
            max_ticks: self.max_ticks,
            inlay_hints: self.inlay_hints,
            code_lens: self.code_lens,
            no_engine: self.engine().err().map(|notice| notice.short),
        }
    }

    /// The command that starts the engine.
    ///
    /// # Errors
    /// There is none: says why, and what to do.
    pub fn engine(&self) -> Result<Vec<String>, Notice> {
        if let Some((program, arguments)) = self.engine_command.split_first() {
            let found = program::find(Path::new(program)).ok_or_else(|| {
                let long =
                    format!("The setting `karel.engine.command` names `{program}`, which is not there.");
                Notice::new(NO_PROGRAM, long)
            })?;
            let command = [vec![found.to_string_lossy().into_owned()], arguments.to_vec()].concat();
            return Ok(self.engine_system.served_by(command));
        }
        program::engine().map(|command| self.engine_system.served_by(command)).ok_or_else(|| {
            let long = "The synthesis engine `karel-synth` is neither beside the language server nor on PATH; install \
                        it, or set `karel.engine.command`.";
            Notice::new(NOT_INSTALLED, long)
        })
    }

    /// Reads the section's object: the settings, and a sentence about each name or value that can't be used. Such a
    /// setting has its default.
    pub fn read(section: &Value) -> (Config, Vec<Notice>) {
        let mut reader = Reader { config: Config::default(), warnings: Vec::new() };
        match section {
            Value::Object(settings) => reader.object("karel", settings),
            Value::Null => {}
            other => {
                let long =
                    format!("The settings `karel` should be an object, not {other}; defaults are used.");
                let short = "`karel` isn't usable: see the log.".to_owned();
                reader.warnings.push(Notice::new(short, long));
            }
        }
        (reader.config, reader.warnings)
    }
}

struct Reader {
    config: Config,
    warnings: Vec<Notice>,
}

impl Reader {
    /// Settings come nested (`{"run": {"maxTicks": 1}}`) and flat (`{"run.maxTicks": 1}`).
    fn object(&mut self, path: &str, settings: &Map<String, Value>) {
        for (name, value) in settings {
            let path = format!("{path}.{name}");
            match value {
                // The client's own.
                _ if path.starts_with("karel.server") || path.starts_with("karel.trace") => {}
                // VS Code sends null for what nobody has set.
                Value::Null => {}
                Value::Object(settings) => self.object(&path, settings),
                value => self.setting(&path, value),
            }
        }
    }

    fn setting(&mut self, path: &str, value: &Value) {
        let config = &mut self.config;
        let expected = match path {
            "karel.engine.command" => match serde_json::from_value(value.clone()) {
                Ok(command) => return config.engine_command = command,
                Err(_) => "a list of strings",
            },
            "karel.engine.system" => match serde_json::from_value(value.clone()) {
                Ok(system) => return config.engine_system = system,
                Err(_) => &System::names('"'),
            },
            "karel.synthesis.budget" => match value.as_u64().filter(|&n| n > 0) {
                Some(budget) => return config.synthesis_budget = budget,
                None => "a positive number of milliseconds",
            },
            "karel.synthesis.ask" => match value.as_bool() {
                Some(on) => return config.synthesis_ask = on,
                None => "true or false",
            },
            "karel.run.maxTicks" => match value.as_u64().filter(|&n| n > 0) {
                Some(ticks) => return config.max_ticks = ticks,
                None => "a positive number",
            },
            "karel.run.memory" => match value.as_u64().and_then(|n| usize::try_from(n).ok()) {
                Some(mebibytes) => return config.recordings = mebibytes.saturating_mul(1 << 20),
                None => "a number of MiB",
            },
            "karel.inlayHints.enabled" => match value.as_bool() {
                Some(on) => return config.inlay_hints = on,
                None => "true or false",
            },
            "karel.codeLens.enabled" => match value.as_bool() {
                Some(on) => return config.code_lens = on,
                None => "true or false",
            },
            _ => {
                let long = format!("There is no setting `{path}`; it is ignored.");
                let short =
                    [format!("There is no setting `{path}`."), "A setting is unknown: see the log.".into()];
                return self.warn(short, long);
            }
        };
        let long = format!("The setting `{path}` should be {expected}, not {value}; its default is used.");
        self.warn(
            [format!("`{path}` isn't usable: see the log."), "A setting isn't usable: see the log.".into()],
            long,
        );
    }

    /// Warns with the first short form that can be seen whole.
    fn warn(&mut self, short: [String; 2], long: String) {
        let [named, general] = short;
        let short = if named.chars().count() <= SHORT { named } else { general };
        self.warnings.push(Notice::new(short, long));
    }
}

#[cfg(test)]
mod tests {
    use expect_test::expect;
    use serde_json::json;

    use super::*;

    #[test]
    fn settings_are_read_nested_and_flat() {
        let (config, warnings) = Config::read(&json!({
            "engine": { "command": ["ssh", "box", "karel-synth", "serve"], "system": "pipeline" },
            "synthesis.budget": 900,
            "run": { "maxTicks": null, "memory": 64 },
            "codeLens": { "enabled": false },
            "server": { "path": "" },
            "trace.server": "off",
        }));
        assert_eq!(warnings, []);
        assert_eq!(config.engine_command.len(), 4);
        assert_eq!(
            config,
            Config {
                engine_command: config.engine_command.clone(),
                engine_system: System::Pipeline,
                synthesis_budget: 900,
                recordings: 64 << 20,
                code_lens: false,
                ..Config::default()
            }
        );
    }

    #[test]
    fn a_command_that_is_not_there_is_named() {
        let config = Config { engine_command: vec!["no-such-engine-at-all".into()], ..Config::default() };
        let reason = config.engine().unwrap_err();
        assert!(reason.in_full().contains("no-such-engine-at-all"), "{reason:?}");
        for short in [NOT_INSTALLED, NO_PROGRAM] {
            assert!(short.len() <= SHORT, "{short}");
        }
        let here = std::env::current_exe().unwrap().to_string_lossy().into_owned();
        let config = Config { engine_command: vec![here.clone(), "serve".into()], ..Config::default() };
        assert_eq!(config.engine(), Ok(vec![here.clone(), "serve".into()]));
        let config = Config { engine_system: System::IoCode, ..config };
        assert_eq!(config.engine(), Ok([&here, "serve", "--system", "io-code"].map(str::to_owned).to_vec()));
    }

    #[test]
    fn what_cannot_be_used_is_said_and_has_its_default() {
        let (config, warnings) = Config::read(&json!({
            "engine": { "command": "karel-synth", "system": "paper" },
            "synthesis": { "budget": -1, "bugdet": 1 },
            "inlayHints": true,
        }));
        assert_eq!(config, Config::default());
        expect![[r#"
            The setting `karel.engine.command` should be a list of strings, not "karel-synth"; its default is used.
            The setting `karel.engine.system` should be "ours", "pipeline" or "io-code", not "paper"; its default is used.
            There is no setting `karel.inlayHints`; it is ignored.
            The setting `karel.synthesis.budget` should be a positive number of milliseconds, not -1; its default is used.
            There is no setting `karel.synthesis.bugdet`; it is ignored."#]]
        .assert_eq(&warnings.iter().map(Notice::in_full).collect::<Vec<_>>().join("\n"));
        assert!(warnings.iter().all(|warning| warning.short.chars().count() <= SHORT), "{warnings:?}");
        assert_eq!(warnings[2].short, "There is no setting `karel.inlayHints`.");
        let long = Config::read(&json!({ ("a".repeat(60)): 1 })).1;
        assert_eq!(long[0].short, "A setting is unknown: see the log.");
        assert_eq!(Config::read(&Value::Null), (Config::default(), vec![]));
        assert_eq!(Config::read(&json!(3)).1.len(), 1);
    }
}
