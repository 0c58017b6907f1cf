//! Programs and example files on disk: which belong together, what is read, and the messages about what can't be. The
//! command line and the language server both use it, so that they agree about every file.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// The largest text that is read, in bytes. Hand-written programs are far smaller; the limit bounds time and memory.
pub const MAX_BYTES: usize = 4 << 20;

/// Why a file's text can't be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Unreadable {
    /// There is no file of that name.
    Missing,
    /// The line `examples "…"` gives no name, or one that no file can have.
    NoName,
    /// An `examples` line names a file whose name does not end in `.kgrid`.
    NoExampleFile,
    Folder,
    /// A pipe or a device, whose end may never come.
    NoRegularFile,
    /// It is larger than [`MAX_BYTES`].
    TooLarge,
    /// It is known to be of a kind that holds no text.
    Binary(&'static str),
    /// This line, counted from 1, is the first that is not in UTF-8.
    NotUtf8 {
        line: usize,
    },
    /// The operating system's reason.
    Other(String),
}

/// Writes the reason as a clause that follows the file's name: `it is a folder`.
impl fmt::Display for Unreadable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Unreadable::Missing => f.write_str("there is no such file"),
            Unreadable::NoName => f.write_str("the path names no file"),
            Unreadable::NoExampleFile => f.write_str("the name of an example file ends in .kgrid"),
            Unreadable::Folder => f.write_str("it is a folder"),
            Unreadable::NoRegularFile => f.write_str("it is a pipe or a device, not a regular file"),
            Unreadable::TooLarge => write!(f, "it is larger than {} MiB", MAX_BYTES >> 20),
            Unreadable::Binary(kind) => write!(f, "it is {kind}, not a program"),
            Unreadable::NotUtf8 { line } => write!(f, "line {line} is not in UTF-8; save it as UTF-8"),
            Unreadable::Other(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Unreadable {}

impl From<io::Error> for Unreadable {
    fn from(error: io::Error) -> Unreadable {
        match error.kind() {
            io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => Unreadable::Missing,
            io::ErrorKind::IsADirectory => Unreadable::Folder,
            io::ErrorKind::PermissionDenied => {
                Unreadable::Other("you have no permission to read it".to_owned())
            }
            _ => Unreadable::Other(error.to_string()),
        }
    }
}

/// The text of a regular file. It never waits for a pipe or a device, and never reads more than [`MAX_BYTES`].
///
/// # Errors
/// There is no such file, it is not a regular one, it can't be read, or it is not text.
pub fn read(path: &Path) -> Result<String, Unreadable> {
    let metadata = std::fs::metadata(path)?;
    if metadata.is_dir() {
        return Err(Unreadable::Folder);
    }
    if !metadata.is_file() {
        return Err(Unreadable::NoRegularFile);
    }
    read_from(File::open(path)?)
}

/// The text of a source that the user has named, such as standard input.
///
/// # Errors
/// It can't be read, is too large, or is not text.
pub fn read_from(source: impl Read) -> Result<String, Unreadable> {
    let mut bytes = Vec::new();
    source.take(MAX_BYTES as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_BYTES {
        return Err(Unreadable::TooLarge);
    }
    if let Some(kind) = binary_kind(&bytes) {
        return Err(Unreadable::Binary(kind));
    }
    String::from_utf8(bytes).map_err(|error| {
        let good = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Unreadable::NotUtf8 { line: good.iter().filter(|&&byte| byte == b'\n').count() + 1 }
    })
}

/// What a file that begins with these bytes is, where it is known to hold no text: `a picture`.
pub fn binary_kind(bytes: &[u8]) -> Option<&'static str> {
    BINARY.iter().find(|(magic, _)| bytes.starts_with(magic)).map(|&(_, kind)| kind)
}

/// The first bytes of other files that lie beside programs, and what these files are.
const BINARY: [(&[u8], &str); 6] = [
    (b"\x89HDF\r\n\x1a\n", "an HDF5 file"),
    (b"PK\x03\x04", "a ZIP archive, as NumPy's .npz is"),
    (b"\x93NUMPY", "a NumPy array"),
    (b"\x1f\x8b", "a compressed file"),
    (b"\x89PNG", "a picture"),
    (b"%PDF-", "a PDF document"),
];

/// Whether the file holds example blocks only, by its name.
pub fn is_example_file(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "kgrid")
}

/// Whether the file is a program or an example file, by its name.
pub fn is_karel_file(path: &Path) -> bool {
    is_example_file(path) || path.extension().is_some_and(|extension| extension == "karel")
}

/// The example file `NAME.kgrid` that belongs to the program `NAME.karel`, where it is there.
pub fn examples_of(program: &Path) -> PathBuf {
    program.with_extension("kgrid")
}

/// The program `NAME.karel` that the example file `NAME.kgrid` belongs to, where it is there.
pub fn program_of(examples: &Path) -> PathBuf {
    examples.with_extension("karel")
}

/// The file that a line `examples "path.kgrid"` of the program names. The path counts from the program's folder; `.`
/// and `..` are taken out by name, so that `a/../b.kgrid` and `b.kgrid` are one file.
///
/// # Errors
/// The line names no file, or one that is not an example file.
pub fn included(program: &Path, path: &str) -> Result<PathBuf, Unreadable> {
    if path.trim().is_empty() || path.contains('\0') {
        return Err(Unreadable::NoName);
    }
    let mut file = program.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir if matches!(file.components().next_back(), Some(Component::Normal(_))) => {
                file.pop();
            }
            // Above the root is the root; above a relative path is its parent.
            Component::ParentDir if file.has_root() => {}
            Component::CurDir => {}
            part => file.push(part),
        }
    }
    if !is_example_file(&file) {
        // A folder is better called one.
        return Err(if file.is_dir() { Unreadable::Folder } else { Unreadable::NoExampleFile });
    }
    Ok(file)
}

/// The example files that belong to a program: the one of its name, then those that its `examples` lines name, each once.
/// Paths are compared by name, as editors do, so that a link is a file of its own.
pub fn example_files<'a>(program: &Path, lines: impl IntoIterator<Item = &'a str>) -> Vec<PathBuf> {
    let named = lines.into_iter().filter_map(|path| included(program, path).ok());
    let mut known = HashSet::new();
    let files = std::iter::once(examples_of(program)).chain(named);
    files.filter(|file| known.insert(file.clone())).collect()
}

/// The [`example_files`] of a program with their texts, or why one has none.
pub fn read_example_files<'a>(
    program: &Path,
    lines: impl IntoIterator<Item = &'a str>,
) -> Vec<(PathBuf, Result<String, Unreadable>)> {
    let with_text = |file: PathBuf| {
        let text = read(&file);
        (file, text)
    };
    example_files(program, lines).into_iter().map(with_text).collect()
}

/// The canonical path, by which two paths to one file are known to be one; of a file that is not there, the path itself.
pub fn identity(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// What diagnostic K190 says of the line `examples "path.kgrid"` whose file can't be read.
pub fn broken_include(path: &str, why: &Unreadable) -> String {
    match why {
        Unreadable::Missing => {
            format!("There is no example file \"{path}\"; the path counts from this file's folder.")
        }
        Unreadable::NoName => {
            "This line names no example file: write its path between the quotes.".to_owned()
        }
        why => format!("The example file \"{path}\" can't be read: {why}."),
    }
}
