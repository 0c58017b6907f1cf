//! Finding and reading programs and the example files that belong to them.

use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, anyhow, bail};
use disk::{Unreadable, identity};
use ide::{Analysis, Config, Source};
use owo_colors::OwoColorize;
use serde::Serialize;
use syntax::TextRange;

use crate::{Verdict, import};

/// A program with its example files, or an example file that belongs to no program.
pub(crate) struct Loaded {
    pub analysis: Arc<Analysis>,
    /// Example files that belong to the program and can't be read: where it names them, and why not.
    pub unreadable: Vec<(TextRange, String)>,
    /// The canonical paths of all its files, also of those that are not there.
    pub paths: Vec<PathBuf>,
}

/// A file, or a folder, that is there and can't be read.
#[derive(Serialize)]
pub(crate) struct Unread {
    pub file: String,
    pub message: String,
    #[serde(skip)]
    path: PathBuf,
}

impl Unread {
    pub(crate) fn new(path: &Path, why: &Unreadable) -> Unread {
        let file = name(path);
        let message = format!("{file} can't be read: {why}");
        Unread { file, message, path: identity(path) }
    }

    /// An example file that this program names.
    pub(crate) fn inside(program: String, message: String) -> Unread {
        Unread { file: program, message, path: PathBuf::new() }
    }
}

/// The files that paths name, and those of them that can't be read. One bad file stops nothing.
#[derive(Default)]
pub(crate) struct Found<T> {
    pub files: Vec<T>,
    pub unread: Vec<Unread>,
    /// Whether a path that was named is missing, which has been reported.
    missing: bool,
}

impl<T> Found<T> {
    /// What finding the files came to.
    pub(crate) fn verdict(&self) -> Verdict {
        match self.missing {
            true => Verdict::Failed,
            false => Verdict::fine_if(self.unread.is_empty()),
        }
    }
}

/// Everything that the paths name: files themselves, and in folders all `.karel` and `.kgrid` files. A program and
/// its example files are loaded once, together, whichever of them is named.
///
/// # Errors
/// There is no file at all.
pub(crate) fn load_all(paths: &[PathBuf], config: &Config) -> anyhow::Result<Found<Loaded>> {
    let found = find(paths)?;
    let mut all = Found { files: Vec::new(), unread: found.unread, missing: found.missing };
    let mut seen = HashSet::new();
    for path in found.files {
        let program = program_of(&path);
        if seen.insert(identity(&program)) {
            match load(&program, config) {
                Ok(loaded) => all.files.push(loaded),
                Err(why) => all.unread.push(Unread::new(&program, &why)),
            }
        }
    }
    // An example file that a program names is loaded with it, and what is wrong with it is said there.
    let of_programs: HashSet<PathBuf> =
        all.files.iter().filter(|l| l.analysis.program().is_some()).flat_map(|l| l.paths.clone()).collect();
    all.files.retain(|l| l.analysis.program().is_some() || !l.paths.iter().all(|p| of_programs.contains(p)));
    all.unread.retain(|unread| !of_programs.contains(&unread.path));
    all.unread.sort_by(|a, b| a.file.cmp(&b.file));
    Ok(all)
}

/// The program of this path, with the example files that belong to it; says on standard error which of those can't be
/// read.
///
/// # Errors
/// The program can't be read.
pub(crate) fn load_one(path: &Path, config: &Config) -> anyhow::Result<Loaded> {
    let loaded = load(path, config).map_err(|why| anyhow!("{} can't be read: {why}", name(path)))?;
    for (_, message) in &loaded.unreadable {
        anstream::eprintln!("{} {message}", "warning:".yellow().bold());
    }
    Ok(loaded)
}

/// The program of this path with the example files beside it and those that it names; or an example file alone. `-`
/// is standard input.
fn load(path: &Path, config: &Config) -> Result<Loaded, Unreadable> {
    load_named(path, config, None, &name)
}

/// Loads as [`load_all`] does, and says nothing; `uri` names the files, all of which have this version.
///
/// # Errors
/// The program can't be read.
pub(crate) fn load_named(
    path: &Path,
    config: &Config,
    version: Option<i32>,
    uri: &dyn Fn(&Path) -> String,
) -> Result<Loaded, Unreadable> {
    let text = read(path)?;
    // The dataset's tokens are read as they are.
    let text = import::from_tokens(&text).unwrap_or(text);
    let source = Source::new(uri(path), version, text);
    if disk::is_example_file(path) {
        let analysis = Arc::new(Analysis::new(None, vec![source], config.clone()));
        return Ok(Loaded { analysis, unreadable: Vec::new(), paths: vec![identity(path)] });
    }
    let mut grids = Vec::new();
    let mut paths = vec![identity(path)];
    let mut failed = HashMap::new();
    let beside = disk::examples_of(path);
    let lines = source.file().includes().map(|include| &*include.path.text);
    for (file, text) in disk::read_example_files(path, lines) {
        if path == Path::new("-") && file == beside {
            continue;
        }
        paths.push(identity(&file));
        match text {
            Ok(text) => grids.push(Source::new(uri(&file), version, text)),
            Err(why) => drop(failed.insert(file, why)),
        }
    }
    let mut unreadable = Vec::new();
    if let Some(why) = failed.get(&beside).filter(|why| **why != Unreadable::Missing) {
        let file = beside.file_name().unwrap_or_default().to_string_lossy();
        unreadable.push((TextRange::default(), disk::broken_include(&file, why)));
    }
    for include in source.file().includes() {
        let text = &include.path.text;
        let why = match disk::included(path, text) {
            Ok(file) => failed.get(&file).cloned(),
            Err(why) => Some(why),
        };
        unreadable.extend(why.map(|why| (include.path.range, disk::broken_include(text, &why))));
    }
    let analysis = Arc::new(Analysis::new(Some(source), grids, config.clone()));
    Ok(Loaded { analysis, unreadable, paths })
}

/// The files that the paths name: each file as it is, and in folders all `.karel` and `.kgrid` files, sorted. A path that
/// is not there is said on standard error.
///
/// # Errors
/// There is no file at all.
pub(crate) fn find(paths: &[PathBuf]) -> anyhow::Result<Found<PathBuf>> {
    let mut found = Found::default();
    for path in paths {
        if is_stream(path) {
            found.files.push(path.clone());
            continue;
        }
        match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => walk(path, &mut found),
            Ok(_) => found.files.push(path.clone()),
            Err(error) => {
                anstream::eprintln!("{} can't open {}: {error}", "error:".red().bold(), path.display());
                found.missing = true;
            }
        }
    }
    if found.files.is_empty() && found.unread.is_empty() && !found.missing {
        let names: Vec<_> = paths.iter().map(|p| p.display().to_string()).collect();
        match names.as_slice() {
            [here] if here == "." => bail!("there is no .karel and no .kgrid file in this folder"),
            names => bail!("there is no .karel and no .kgrid file in {}", names.join(", ")),
        }
    }
    Ok(found)
}

/// Karel's files in the folder and below it; what is hidden and links to folders are left out.
fn walk(folder: &Path, found: &mut Found<PathBuf>) {
    let list = || -> io::Result<Vec<_>> { fs::read_dir(folder)?.collect() };
    let mut entries = match list() {
        Ok(entries) => entries,
        Err(error) => return found.unread.push(Unread::new(folder, &error.into())),
    };
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            walk(&path, found);
        } else if disk::is_karel_file(&path) && !path.is_dir() {
            found.files.push(path);
        }
    }
}

/// Standard input, or a pipe that the shell has made for the command to read: `<(…)`.
fn is_stream(path: &Path) -> bool {
    path == Path::new("-") || path == Path::new("/dev/stdin") || path.starts_with("/dev/fd")
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// It can't be read, is not text, or is too large.
pub(crate) fn read(path: &Path) -> Result<String, Unreadable> {
    match path {
        path if path == Path::new("-") => disk::read_from(io::stdin()),
        path if is_stream(path) => disk::read_from(File::open(path)?),
        path => disk::read(path),
    }
}

/// Writes the file and keeps what it is: its mode and owner, the links to it, a link that it is. Where it can be, there
/// is always either the old or the new content, whole.
///
/// # Errors
/// The file is read-only, or can't be written.
pub(crate) fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    let failed = || format!("can't write {}", name(path));
    // A link stays one: what it points to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let Ok(old) = fs::metadata(&target) else {
        return fs::write(&target, text).with_context(failed);
    };
    if old.permissions().readonly() {
        bail!("{} is read-only and stays as it is", name(path));
    }
    // Whoever may not write it may not replace it either.
    let mut file = File::options().write(true).open(&target).with_context(failed)?;
    let file_name = target.file_name().unwrap_or_default().to_string_lossy();
    let new = target.with_file_name(format!(".{file_name}.{}.new", std::process::id()));
    let written = match beside(&new, &old) {
        Some(mut beside) => beside
            .write_all(text.as_bytes())
            .and_then(|()| beside.sync_all())
            .and_then(|()| fs::rename(&new, &target)),
        // Not cut off first: a full disk then has room at least for what was there.
        None => file
            .write_all(text.as_bytes())
            .and_then(|()| file.set_len(text.len() as u64))
            .and_then(|()| file.sync_all()),
    };
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.with_context(failed)
}

/// A new file that can take the place of the old one; none where that has several names, of which only one would be
/// the new file's, where the folder is read-only, or where the file belongs to somebody else.
fn beside(new: &Path, old: &fs::Metadata) -> Option<File> {
    if has_other_names(old) {
        return None;
    }
    let file = File::create_new(new).ok()?;
    let kept = keep_owner(&file, old).and_then(|()| file.set_permissions(old.permissions()));
    if kept.is_err() {
        let _ = fs::remove_file(new);
        return None;
    }
    Some(file)
}

#[cfg(unix)]
fn has_other_names(metadata: &fs::Metadata) -> bool {
    std::os::unix::fs::MetadataExt::nlink(metadata) > 1
}

#[cfg(not(unix))]
fn has_other_names(_: &fs::Metadata) -> bool {
    false
}

#[cfg(unix)]
fn keep_owner(new: &File, old: &fs::Metadata) -> io::Result<()> {
    use std::os::unix::fs::{MetadataExt, fchown};
    let own = new.metadata()?;
    match (own.uid(), own.gid()) == (old.uid(), old.gid()) {
        true => Ok(()),
        false => fchown(new, Some(old.uid()), Some(old.gid())),
    }
}

#[cfg(not(unix))]
fn keep_owner(_: &File, _: &fs::Metadata) -> io::Result<()> {
    Ok(())
}

/// The path as messages name it.
pub(crate) fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "<standard input>".to_owned();
    }
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

/// The program `NAME.karel` beside the example file `NAME.kgrid`, if there is one; else the path itself.
pub(crate) fn program_of(path: &Path) -> PathBuf {
    let program = disk::program_of(path);
    if disk::is_example_file(path) && program.is_file() { program } else { path.to_owned() }
}
