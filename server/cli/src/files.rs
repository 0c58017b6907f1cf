//! Finding and reading programs and the example files that belong to them.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use ide::{Analysis, Config, Source};
use syntax::TextRange;

/// Largest file that is read.
const MOST_BYTES: u64 = 16 << 20;

/// A program with its example files, or an example file that belongs to no program.
pub struct Loaded {
    pub analysis: Analysis,
    /// Example files that the program names and that can't be read: where it does, and why not.
    pub unreadable: Vec<(TextRange, String)>,
    /// Of all its files.
    paths: Vec<PathBuf>,
}

/// Everything that the paths name: files themselves, and in folders all `.karel` and `.kgrid` files. A program and
/// its example files are loaded once, together, whichever of them is named.
///
/// # Errors
/// Where a path is not there, or a file can't be read, or there is no file at all.
pub fn load_all(paths: &[PathBuf], config: &Config) -> anyhow::Result<Vec<Loaded>> {
    let mut loaded: Vec<Loaded> = Vec::new();
    let mut seen = HashSet::new();
    for path in find(paths)? {
        let program = program_of(&path);
        if seen.insert(identity(&program)) {
            loaded.push(load(&program, config)?);
        }
    }
    // An example file that a program names is loaded with it.
    let of_programs: HashSet<PathBuf> =
        loaded.iter().filter(|l| l.analysis.program().is_some()).flat_map(|l| l.paths.clone()).collect();
    loaded.retain(|l| l.analysis.program().is_some() || !l.paths.iter().all(|p| of_programs.contains(p)));
    Ok(loaded)
}

/// The program of this path with the example files beside it and those that it names; or an example file alone. `-`
/// is standard input.
///
/// # Errors
/// Where the file can't be read.
pub fn load(path: &Path, config: &Config) -> anyhow::Result<Loaded> {
    let source = Source::new(name(path), None, read(path)?);
    if is_grid_file(path) {
        let analysis = Analysis::new(None, vec![source], config.clone());
        return Ok(Loaded { analysis, unreadable: Vec::new(), paths: vec![identity(path)] });
    }
    let folder = path.parent().unwrap_or(Path::new(""));
    let mut grids = Vec::new();
    let mut paths = vec![identity(path)];
    let mut unreadable = Vec::new();
    let mut add = |path: &Path| -> anyhow::Result<()> {
        let id = identity(path);
        if !paths.contains(&id) {
            grids.push(Source::new(name(path), None, read(path)?));
            paths.push(id);
        }
        Ok(())
    };
    let beside = path.with_extension("kgrid");
    if path != Path::new("-") && beside.is_file() {
        add(&beside)?;
    }
    for include in source.file().includes() {
        if let Err(error) = add(&folder.join(&include.path.text)) {
            unreadable.push((include.path.range, format!("The example file {error:#}.")));
        }
    }
    Ok(Loaded { analysis: Analysis::new(Some(source), grids, config.clone()), unreadable, paths })
}

/// The files that the paths name: each file as it is, and in folders all `.karel` and `.kgrid` files, sorted.
///
/// # Errors
/// Where a path is not there, or there is no file at all.
pub fn find(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for path in paths {
        if path != Path::new("-")
            && fs::metadata(path).with_context(|| format!("can't open {}", path.display()))?.is_dir()
        {
            walk(path, &mut found)?;
        } else {
            found.push(path.clone());
        }
    }
    if found.is_empty() {
        bail!(
            "there is no .karel and no .kgrid file in {}",
            paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ")
        );
    }
    Ok(found)
}

/// Files in the folder and below it; hidden folders and links to folders are left out.
fn walk(folder: &Path, found: &mut Vec<PathBuf>) -> anyhow::Result<()> {
    let list = || -> io::Result<Vec<_>> { fs::read_dir(folder)?.collect() };
    let mut entries = list().with_context(|| format!("can't read the folder {}", folder.display()))?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        let hidden = entry.file_name().to_string_lossy().starts_with('.');
        if entry.file_type().is_ok_and(|t| t.is_dir()) {
            if !hidden {
                walk(&path, found)?;
            }
        } else if path.extension().is_some_and(|e| e == "karel" || e == "kgrid") && path.is_file() {
            found.push(path);
        }
    }
    Ok(())
}

/// The text of a file, or of standard input for `-`.
///
/// # Errors
/// Where it can't be read, is no text, or is too large.
pub fn read(path: &Path) -> anyhow::Result<String> {
    let mut bytes = Vec::new();
    let read = if path == Path::new("-") {
        io::stdin().take(MOST_BYTES + 1).read_to_end(&mut bytes)
    } else {
        File::open(path).and_then(|file| file.take(MOST_BYTES + 1).read_to_end(&mut bytes))
    };
    let name = name(path);
    read.with_context(|| format!("{name} can't be read"))?;
    if bytes.len() as u64 > MOST_BYTES {
        bail!("{name} is larger than {} MiB", MOST_BYTES >> 20);
    }
    String::from_utf8(bytes).ok().with_context(|| format!("{name} is no text in UTF-8"))
}

/// Writes the file so that there is always either the old or the new content, whole.
///
/// # Errors
/// Where the folder or the file can't be written.
pub fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    // A link stays one: what it points to is written.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let file_name = target.file_name().unwrap_or_default().to_string_lossy();
    let new = target.with_file_name(format!(".{file_name}.{}.new", std::process::id()));
    let written = replace(&target, &new, text);
    if written.is_err() {
        let _ = fs::remove_file(&new);
    }
    written.with_context(|| format!("can't write {}", path.display()))
}

/// Writes the text beside the file and then puts it in its place.
fn replace(target: &Path, new: &Path, text: &str) -> io::Result<()> {
    let mut file = File::create_new(new)?;
    file.write_all(text.as_bytes())?;
    if let Ok(metadata) = fs::metadata(target) {
        file.set_permissions(metadata.permissions())?;
    }
    file.sync_all()?;
    fs::rename(new, target)
}

/// How messages name it.
pub fn name(path: &Path) -> String {
    if path == Path::new("-") {
        return "<standard input>".to_owned();
    }
    path.strip_prefix(".").unwrap_or(path).display().to_string()
}

fn is_grid_file(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "kgrid")
}

/// Of `NAME.kgrid` the `NAME.karel` beside it, if there is one.
pub fn program_of(path: &Path) -> PathBuf {
    let program = path.with_extension("karel");
    if is_grid_file(path) && program.is_file() { program } else { path.to_owned() }
}

/// The same for two paths to one file.
fn identity(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}
