//! `karel fmt`: the canonical form of programs and example files.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use owo_colors::OwoColorize;

use crate::{Verdict, files};

/// Write programs and example files in their canonical form
///
/// A file with a syntax error is left as it is and reported.
#[derive(Args)]
pub struct Fmt {
    /// Files, or folders of .karel and .kgrid files; - reads standard input and writes standard output
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Change nothing; list the files that would change, and exit with 1 if there are any
    #[arg(long)]
    check: bool,
}

impl Fmt {
    pub fn run(&self) -> anyhow::Result<Verdict> {
        let mut fine = true;
        for path in files::find(&self.paths)? {
            let text = files::read(&path)?;
            let stdin = path == Path::new("-");
            let mut out = anstream::stdout().lock();
            match syntax::format::format(&syntax::parse(&text), &text) {
                None => {
                    fine = false;
                    let name = files::name(&path);
                    let error = "error:".red().bold().to_string();
                    anstream::eprintln!(
                        "{error} {name} has a syntax error and stays as it is; see it with karel check"
                    );
                    if stdin && !self.check {
                        write!(out, "{text}")?;
                    }
                }
                Some(formatted) if self.check => {
                    if formatted != text {
                        fine = false;
                        writeln!(out, "{}", files::name(&path))?;
                    }
                }
                Some(formatted) if stdin => write!(out, "{formatted}")?,
                Some(formatted) => {
                    if formatted != text {
                        files::write(&path, &formatted)?;
                    }
                }
            }
        }
        Ok(Verdict::fine_if(fine))
    }
}
