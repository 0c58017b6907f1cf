//! Files and folders: listed, copied, and put in the place of older ones.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use tempfile::TempPath;
use walkdir::WalkDir;

/// The files below `folder`, in the order of their paths.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in WalkDir::new(folder).sort_by_file_name() {
        let entry = entry?;
        if entry.file_type().is_file() {
            files.push(entry.into_path());
        }
    }
    Ok(files)
}

/// Copies the file `from` to `to`, whose folder is made. The copy takes its place whole: a running program's file cannot
/// be written, but it can be replaced.
pub(crate) fn place(from: &Path, to: &Path) -> Result<()> {
    place_with(from, to, |_| {})
}

/// Copies the file as [`place`] does, and has `finish` change the copy before it takes its place.
pub(crate) fn place_with(from: &Path, to: &Path, finish: impl Fn(&Path)) -> Result<()> {
    ensure!(from.exists(), "{} was built, but it is not there", from.display());
    let write = || -> std::io::Result<()> {
        let folder = to.parent().unwrap_or(to);
        fs::create_dir_all(folder)?;
        let fresh: TempPath = tempfile::NamedTempFile::new_in(folder)?.into_temp_path();
        // The copy has the permissions of `from`.
        fs::copy(from, &fresh)?;
        finish(&fresh);
        Ok(fresh.persist(to)?)
    };
    write().with_context(|| format!("{} can't be written", to.display()))
}

/// Copies all files below `from` to the same places below `to`.
pub(crate) fn place_folder(from: &Path, to: &Path) -> Result<()> {
    files(from)?.iter().try_for_each(|file| place(file, &to.join(file.strip_prefix(from)?)))
}
