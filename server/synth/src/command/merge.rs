//! `karel-synth merge`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use synth::eval::shard::{self, Parts};

use super::generate::Out;

/// Put together what parts of a run have written: `eval --shard I/N`, or `generate --shard I/N`
///
/// The result is that of one run over everything, times aside.
#[derive(Args)]
pub(crate) struct Merge {
    /// What all parts have written; files of tasks in their order
    #[arg(required = true, value_name = "FILE")]
    parts: Vec<PathBuf>,
    /// Write the tasks to this file, compressed where its name ends with `.gz`; `-` for standard output
    #[arg(long, value_name = "FILE", default_value = "-")]
    out: PathBuf,
    /// Write all figures of an evaluation as JSON
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Write the tables of an evaluation as Markdown
    #[arg(long, value_name = "FILE")]
    markdown: Option<PathBuf>,
}

impl Merge {
    pub(crate) fn run(self) -> anyhow::Result<()> {
        match shard::read(&self.parts)? {
            Parts::Evaluation(pieces) => {
                let report = shard::merge(pieces)?;
                let text = report.markdown();
                anstream::print!("{text}");
                if let Some(path) = &self.json {
                    write(path, &(serde_json::to_string_pretty(&report)? + "\n"))?;
                }
                self.markdown.map_or(Ok(()), |path| write(&path, &text))
            }
            Parts::Tasks(files) => {
                if self.json.is_some() || self.markdown.is_some() {
                    bail!(
                        "the files are no parts of an evaluation: `eval --shard I/N --json FILE` writes such"
                    );
                }
                let mut out = Out::create(&self.out)?;
                shard::concatenate(&files, &mut out.writer)?;
                out.finish()
            }
        }
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::write(path, text).with_context(|| format!("can't write {}", path.display()))
}
