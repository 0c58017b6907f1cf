//! What the user can set that changes what this crate answers.

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Ticks (actions, conditions, rounds of `repeat`) after which the run of an example is stopped.
    pub max_ticks: u64,
    pub inlay_hints: bool,
    pub code_lens: bool,
    /// Why the synthesis engine can't be asked, and what to do, in a short sentence; absent where it can.
    pub no_engine: Option<String>,
}

impl Default for Config {
    fn default() -> Self {
        Config { max_ticks: 1_000_000, inlay_hints: true, code_lens: true, no_engine: None }
    }
}
