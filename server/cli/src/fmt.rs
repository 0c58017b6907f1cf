//! `karel fmt`: the canonical form of programs and example files.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use owo_colors::OwoColorize;

use crate::{Verdict, files, import};

/// Write programs and example files in their canonical form
///
/// A file with a syntax error, a file that is read-only, and one that can't be read are left as they are and reported.
#[derive(Args)]
pub(crate) struct Fmt {
    /// Files, or folders of .karel and .kgrid files; - reads standard input and writes standard output
    #[arg(default_value = ".", value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub(crate) fn run(&self) -> anyhow::Result<Verdict> {
        let found = files::find(&self.paths)?;
        let mut verdict = found.verdict();
        found.unread.iter().for_each(|unread| say(&unread.message));
        for path in &found.files {
            verdict = verdict.max(self.file(path)?);
        }
        Ok(verdict)
    }

    /// # Errors
    /// Standard output can't be written.
    fn file(&self, path: &Path) -> anyhow::Result<Verdict> {
        let name = files::name(path);
        let text = match files::read(path) {
            Ok(text) => text,
            Err(why) => {
                say(&format!("{name} can't be read: {why}"));
                return Ok(Verdict::Findings);
            }
        };
        let stdin = path == Path::new("-");
        let mut out = anstream::stdout().lock();
        let formatted =
            import::canonical_tokens(&text).or_else(|| syntax::format::format(&syntax::parse(&text), &text));
        match formatted {
            None => {
                say(&format!("{name} has a syntax error and stays as it is; see it with karel check"));
                if stdin && !self.check {
                    write!(out, "{text}")?;
                }
                return Ok(Verdict::Findings);
            }
            Some(formatted) if self.check => {
                if formatted != text {
                    writeln!(out, "{name}")?;
                    return Ok(Verdict::Findings);
                }
            }
            Some(formatted) if stdin => write!(out, "{formatted}")?,
            Some(formatted) => {
                if formatted != text
                    && let Err(error) = files::write(path, &formatted)
                {
                    say(&format!("{error:#}"));
                    return Ok(Verdict::Findings);
                }
            }
        }
        Ok(Verdict::Fine)
    }
}

fn say(message: &str) {
    anstream::eprintln!("{} {message}", "error:".red().bold());
}
