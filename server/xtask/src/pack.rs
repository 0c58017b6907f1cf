//! `cargo xtask pack`: one folder that trains and measures on a machine which has nothing but Python's torch 2.11, such
//! as a GPU that is lent for half an hour.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};

use crate::files::{files, place, place_folder};
use crate::{libtorch, process, repo, target};

/// Greatest size of the folder in bytes.
const LIMIT: u64 = 60_000_000;

#[derive(clap::Args)]
pub(crate) struct Args {
    /// The folder to make; `target/pack` if not given.
    #[arg(value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// Tasks to evaluate on and to keep out of the training, as `.jsonl.gz`.
    #[arg(long, value_name = "FILE")]
    tasks: Option<PathBuf>,
    /// An engine that is built already, in place of one without embedded weights that is built now.
    #[arg(long, value_name = "FILE")]
    engine: Option<PathBuf>,
}

pub(crate) fn run(args: Args) -> Result<()> {
    let folder = args.folder.unwrap_or_else(|| target::folder().join("pack"));
    let engine = args.engine.map_or_else(build, Ok)?;
    let size = pack(&folder, &engine, args.tasks.as_deref())?;
    check_size(&folder, size)?;
    anstream::println!("{}: {:.1} MB; there, run ./go.sh OUT MINUTES", folder.display(), size as f64 / 1e6);
    Ok(())
}

/// Makes the folder, and gives its size in bytes.
pub(crate) fn pack(folder: &Path, engine: &Path, tasks: Option<&Path>) -> Result<u64> {
    let synth = repo::root().join("server/synth");
    fs::create_dir_all(folder).with_context(|| format!("{} can't be made", folder.display()))?;
    let packed = folder.join("karel-synth");
    place(engine, &packed)?;
    // Without debugging information it is a quarter of the size; where there is no `strip` it is as it is.
    let _ = process::run_quietly(process::command("strip").arg(&packed));
    place(&synth.join("pack/go.sh"), &folder.join("go.sh"))?;
    place_folder(&synth.join("systems"), &folder.join("systems"))?;
    // Those that are trained further there; the small networks stay here.
    for file in ["trace-policy.safetensors", "code-transformer.safetensors"] {
        place(&synth.join("weights").join(file), &folder.join("weights").join(file))?;
    }
    for file in ["tasks.jsonl", "vectors.json"] {
        place(&synth.join("tests/fixtures").join(file), &folder.join("fixtures").join(file))?;
    }
    if let Some(tasks) = tasks {
        place(tasks, &folder.join("tasks.jsonl.gz"))?;
    }
    size_of(folder)
}

/// Fails where a pack of that many bytes is too large.
pub(crate) fn check_size(folder: &Path, size: u64) -> Result<()> {
    ensure!(size <= LIMIT, "{} has {size} bytes, more than the {LIMIT} that travel", folder.display());
    Ok(())
}

/// The weights that a usual engine has embedded (`models/carried.rs`), and a packed one has not.
const EMBEDDED: [&str; 5] = [
    "trace-policy",
    "code-transformer",
    "small/io-trace-presnet",
    "small/trace-code-inferred",
    "small/io-code",
];

/// Their size in bytes.
pub(crate) fn embedded() -> Result<u64> {
    let weights = repo::root().join("server/synth/weights");
    let size = |name: &str| {
        let file = weights.join(format!("{name}.safetensors"));
        Ok(file.metadata().with_context(|| format!("{} can't be read", file.display()))?.len())
    };
    EMBEDDED.into_iter().map(size).sum()
}

fn size_of(folder: &Path) -> Result<u64> {
    Ok(files(folder)?.iter().map(|file| file.metadata().map_or(0, |file| file.len())).sum())
}

/// Builds the engine without weights in a target folder of its own, so that the usual one stays as it is.
fn build() -> Result<PathBuf> {
    libtorch::find_or_get()?;
    let target = target::folder().join("without-weights");
    let mut cargo = process::cargo();
    cargo.args(["build", "--release", "--package=karel-synth", "--no-default-features", "--target-dir"]);
    process::run(cargo.arg(&target))?;
    Ok(target.join("release").join(format!("karel-synth{}", std::env::consts::EXE_SUFFIX)))
}
