//! The systems that an engine can serve: which networks find the programs.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// Which networks find the programs. Whatever they propose, the same search goes on from there, and the interpreter
/// judges.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// This project's own networks.
    #[default]
    Ours,
    /// I/O → TRACE and TRACE → CODE of Shin, Polosukhin and Song (2018), at a tenth of their size.
    Pipeline,
    /// I/O → CODE, the baseline of that paper (Bunel et al. 2018), at the same size. It sees no traces.
    IoCode,
}

impl System {
    /// All systems, the usual one first.
    pub const ALL: [System; 3] = [System::Ours, System::Pipeline, System::IoCode];

    /// The name by which settings and commands call it.
    pub fn name(self) -> &'static str {
        match self {
            System::Ours => "ours",
            System::Pipeline => "pipeline",
            System::IoCode => "io-code",
        }
    }

    /// The names of all, each between such quotes: `"ours", "pipeline" or "io-code"`.
    pub fn names(quote: char) -> String {
        let names = System::ALL.map(|system| format!("{quote}{}{quote}", system.name()));
        let [others @ .., last] = &names;
        format!("{} or {last}", others.join(", "))
    }

    /// The command that has an engine serve this system. Nothing is added for the usual one, so that engines of other
    /// kinds go on working.
    pub fn served_by(self, mut engine: Vec<String>) -> Vec<String> {
        if self != System::default() {
            engine.extend(["--system".to_owned(), self.name().to_owned()]);
        }
        engine
    }
}

/// A name that no system has. The text is one sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no system `{0}`: it is {names}", names = System::names('`'))]
pub struct NoSystem(String);

impl FromStr for System {
    type Err = NoSystem;

    fn from_str(name: &str) -> Result<System, NoSystem> {
        System::ALL.into_iter().find(|system| system.name() == name).ok_or_else(|| NoSystem(name.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_settings() {
        for system in System::ALL {
            assert_eq!(system.name().parse(), Ok(system));
            assert_eq!(serde_json::to_value(system).unwrap(), system.name());
        }
        let error = "Ours".parse::<System>().unwrap_err().to_string();
        assert_eq!(error, "there is no system `Ours`: it is `ours`, `pipeline` or `io-code`");
    }

    #[test]
    fn only_another_system_than_the_usual_is_named() {
        let command = || vec!["karel-synth".to_owned(), "serve".to_owned()];
        assert_eq!(System::Ours.served_by(command()), command());
        assert_eq!(System::Pipeline.served_by(command()).join(" "), "karel-synth serve --system pipeline");
    }
}
