//! Reading files of JSON lines: one task a line, plain or gzip. A bad line is reported with its number, and the
//! rest is still read.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::task::Task;

/// Longest line that is read, in bytes. The dataset's are below 32 KiB; a longer one is reported, not kept.
pub const MAX_LINE: usize = 4 << 20;

/// Why a line can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// Counted from 1.
    pub line: u64,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for LineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for LineError {}

/// The tasks of a file, or of standard input for `-`; compressed or not is seen from the content.
///
/// # Errors
/// Where the file can't be opened or its beginning not be read.
pub fn read(path: &Path) -> io::Result<Tasks> {
    let lines =
        if path == Path::new("-") { Lines::new(io::stdin())? } else { Lines::new(File::open(path)?)? };
    Ok(Tasks { lines })
}

/// Tasks, read as they are asked for. A line that can't be used is an error, and the next ones still come.
pub struct Tasks {
    lines: Lines,
}

impl Tasks {
    /// From any source, plain or gzip.
    ///
    /// # Errors
    /// Where the beginning can't be read.
    pub fn new(source: impl Read + Send + 'static) -> io::Result<Tasks> {
        Ok(Tasks { lines: Lines::new(source)? })
    }
}

impl Iterator for Tasks {
    type Item = Result<Task, LineError>;

    fn next(&mut self) -> Option<Self::Item> {
        let (line, bytes) = self.lines.next()?;
        let task = bytes.and_then(|bytes| Task::from_json(&bytes).map_err(|e| e.to_string()));
        Some(task.map_err(|message| LineError { line, message }))
    }
}

/// The lines of a source with their numbers, empty ones left out; or what is wrong with a line in one sentence. For
/// parsing them elsewhere, as in parallel.
pub struct Lines {
    source: Option<Box<dyn BufRead + Send>>,
    number: u64,
}

impl Lines {
    /// From any source, plain or gzip.
    ///
    /// # Errors
    /// Where the beginning can't be read.
    pub fn new(source: impl Read + Send + 'static) -> io::Result<Lines> {
        let mut plain = BufReader::with_capacity(1 << 16, source);
        let compressed = plain.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let source: Box<dyn BufRead + Send> = if compressed {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        Ok(Lines { source: Some(source), number: 0 })
    }
}

impl Iterator for Lines {
    type Item = (u64, Result<Vec<u8>, String>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let source = self.source.as_mut()?;
            self.number += 1;
            let mut line = Vec::new();
            let length = match line_into(source, &mut line) {
                Ok(length) => length,
                Err(error) => {
                    // What follows can't be found any more.
                    self.source = None;
                    let why = match error.kind() {
                        io::ErrorKind::UnexpectedEof => "the compressed data ends too early".to_owned(),
                        _ => format!("the file can't be read further: {error}"),
                    };
                    return Some((self.number, Err(why)));
                }
            };
            if length == 0 {
                self.source = None;
                return None;
            }
            if length > MAX_LINE {
                let mib = MAX_LINE >> 20;
                let message = format!("the line has {length} bytes; at most {mib} MiB are read");
                return Some((self.number, Err(message)));
            }
            line.truncate(line.trim_ascii_end().len());
            if !line.is_empty() {
                return Some((self.number, Ok(line)));
            }
        }
    }
}

/// Reads a line, of which at most [`MAX_LINE`] bytes and one are kept. Returns how many it has, 0 at the end.
fn line_into(source: &mut dyn BufRead, line: &mut Vec<u8>) -> io::Result<usize> {
    let mut length = 0;
    loop {
        let available = match source.fill_buf() {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            available => available?,
        };
        let end = available.iter().position(|&byte| byte == b'\n');
        let used = end.map_or(available.len(), |at| at + 1);
        let room = (MAX_LINE + 1).saturating_sub(line.len());
        line.extend_from_slice(&available[..used.min(room)]);
        source.consume(used);
        length += used;
        if end.is_some() || used == 0 {
            return Ok(length);
        }
    }
}
