//! `karel check`: all diagnostics of programs and their examples.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use ide::Config;
use owo_colors::OwoColorize;
use syntax::diagnostic::Severity;

use crate::progress::Progress;
use crate::{Verdict, files, findings};

/// Report mistakes: syntax, names, and what the examples show when they are run
///
/// Errors and warnings make the exit code 1; hints, such as a hole still to be filled, don't.
#[derive(Args)]
pub(crate) struct Check {
    /// Programs, example files, or folders of them; - for standard input
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Steps (actions, conditions, rounds) after which the run of an example is stopped
    #[arg(long, value_name = "N", default_value_t = Config::default().max_ticks)]
    max_ticks: u64,
    /// Print one JSON object a line: { file, code, severity, start, end, message, related, fix }
    #[arg(long)]
    json: bool,
}

impl Check {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let config = Config { max_ticks: self.max_ticks, ..Config::default() };
        let found = files::load_all(&self.paths, &config)?;
        let loaded = &found.files;
        let checked = Progress::over(loaded, "checking", |l| {
            findings::all(l)
                .iter()
                .map(|f| {
                    let text =
                        if self.json { serde_json::to_string(&f.to_json()) } else { Ok(f.render() + "\n") };
                    text.map(|text| (f.severity, text))
                })
                .collect::<Result<Vec<_>, _>>()
        });
        let mut checked = checked.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
        for unread in &found.unread {
            let text = if self.json {
                serde_json::to_string(&findings::Json::of_unread(unread))?
            } else {
                findings::render_unread(unread) + "\n"
            };
            checked.push((Severity::Error, text));
        }
        let mut out = anstream::stdout().lock();
        for (_, text) in &checked {
            writeln!(out, "{text}")?;
        }
        let number = |severity| checked.iter().filter(|(s, _)| *s == severity).count();
        let (errors, warnings) = (number(Severity::Error), number(Severity::Warning));
        let others = checked.len() - errors - warnings;
        if !self.json {
            let read: usize = loaded.iter().map(|l| l.analysis.sources().count()).sum();
            let files = read + found.unread.len();
            let mut parts = Vec::new();
            for (n, what) in [(errors, "error"), (warnings, "warning"), (others, "hint")] {
                if n > 0 {
                    parts.push(ide::count(n as u64, what));
                }
            }
            let found = if parts.is_empty() { "nothing to report".to_owned() } else { parts.join(", ") };
            let line = format!("{found} in {}", ide::count(files as u64, "file"));
            match (errors, warnings) {
                (0, 0) => writeln!(out, "{}", line.green().bold())?,
                (0, _) => writeln!(out, "{}", line.yellow().bold())?,
                _ => writeln!(out, "{}", line.red().bold())?,
            }
        }
        Ok(found.verdict().max(Verdict::fine_if(errors + warnings == 0)))
    }
}
