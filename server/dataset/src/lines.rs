//! Reading files of tasks: one task a line, as published, or an array of tasks, or tasks written over several lines;
//! plain or gzip. A bad line is reported with its number, and the rest is still read.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use flate2::bufread::MultiGzDecoder;

use crate::error::NO_OBJECT;
use crate::task::Task;

/// The length of the longest line that is read, in bytes. The dataset's lines are below 32 KiB; a longer line is
/// reported, not kept.
pub const MAX_LINE: usize = 4 << 20;

/// Why a line can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineError {
    /// The number of the line, counted from 1.
    pub line: u64,
    /// What is wrong, in one sentence.
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
/// Fails where the file can't be opened or its beginning not be read.
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
    /// Reads any source, plain or gzip.
    ///
    /// # Errors
    /// Fails where the beginning can't be read.
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

/// The tasks of a source as text, with the numbers of the lines that they begin in; or what is wrong there in one
/// sentence. For parsing them elsewhere, as in parallel.
pub struct Lines {
    source: Option<Box<dyn BufRead + Send>>,
    number: u64,
    /// The reader of tasks that are not written one a line.
    nested: Option<Nested>,
}

/// This many bytes are looked at to see how the tasks are written.
const HEAD: u64 = 64 << 10;

impl Lines {
    /// Reads any source, plain or gzip.
    ///
    /// # Errors
    /// Fails where the beginning can't be read.
    pub fn new(source: impl Read + Send + 'static) -> io::Result<Lines> {
        let mut plain = BufReader::with_capacity(1 << 16, source);
        let compressed = plain.fill_buf()?.starts_with(&[0x1f, 0x8b]);
        let mut source: Box<dyn BufRead + Send> = if compressed {
            Box::new(BufReader::with_capacity(1 << 16, MultiGzDecoder::new(plain)))
        } else {
            Box::new(plain)
        };
        let mut head = Vec::new();
        // What can't be read is met again, and said, where its line is.
        let failed = source.by_ref().take(HEAD).read_to_end(&mut head).err();
        let nested = is_nested(&head).then(Nested::default);
        let rest: Box<dyn BufRead + Send> = match failed {
            Some(error) => Box::new(BufReader::new(Failing(Some(error)))),
            None => source,
        };
        Ok(Lines { source: Some(Box::new(io::Cursor::new(head).chain(rest))), number: 0, nested })
    }

    /// What is wrong with a source that can't be read any more.
    fn broken(&mut self, error: &io::Error) -> (u64, Result<Vec<u8>, String>) {
        // What follows can't be found any more.
        self.source = None;
        let why = match error.kind() {
            io::ErrorKind::UnexpectedEof => "the compressed data ends too early".to_owned(),
            _ => format!("the file can't be read further: {error}"),
        };
        (self.number.max(1), Err(why))
    }

    fn next_nested(&mut self) -> Option<(u64, Result<Vec<u8>, String>)> {
        loop {
            let source = self.source.as_mut()?;
            let nested = self.nested.as_mut()?;
            let available = match source.fill_buf() {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Some(self.broken(&error)),
                Ok(available) => available,
            };
            if available.is_empty() {
                self.source = None;
                let (line, open) = (nested.start, nested.depth > 0);
                return open.then(|| (line, Err("the file ends in the middle of a task".to_owned())));
            }
            let mut found = None;
            let used = available.iter().position(|&byte| {
                found = nested.take(byte);
                found.is_some()
            });
            let used = used.map_or(available.len(), |at| at + 1);
            source.consume(used);
            if found.is_some() {
                return found;
            }
        }
    }
}

/// A source that fails once, as the one did whose beginning was read before.
struct Failing(Option<io::Error>);

impl Read for Failing {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

/// Whether a file that begins like this holds an array, or tasks that go over several lines.
fn is_nested(head: &[u8]) -> bool {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let mut lines = head.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii).filter(|line| !line.is_empty());
    let (first, second) = (lines.next().unwrap_or(b""), lines.next());
    match first {
        [b'[', ..] => true,
        [b'{', ..] => {
            let mut scan = Nested::default();
            let whole = first.iter().any(|&byte| scan.take(byte).is_some());
            !whole && second.is_some_and(|second| !second.starts_with(b"{"))
        }
        _ => false,
    }
}

/// A scanner that takes the objects out of JSON that is not written one object a line.
#[derive(Default)]
struct Nested {
    object: Vec<u8>,
    /// The number of open braces.
    depth: usize,
    in_string: bool,
    escaped: bool,
    /// The number of line ends that were seen.
    lines: u64,
    /// The line in which the object begins, counted from 1.
    start: u64,
    /// Whether something that is neither an object nor between objects has been reported, which happens once.
    strange: bool,
}

impl Nested {
    /// The object that this byte completes, or what is wrong.
    fn take(&mut self, byte: u8) -> Option<(u64, Result<Vec<u8>, String>)> {
        self.lines += u64::from(byte == b'\n');
        if self.depth == 0 {
            match byte {
                b'{' => {
                    (self.depth, self.start) = (1, self.lines + 1);
                    self.object.push(byte);
                }
                b'[' | b']' | b',' | 0xef | 0xbb | 0xbf => {}
                byte if byte.is_ascii_whitespace() => {}
                _ if self.strange => {}
                _ => {
                    self.strange = true;
                    return Some((self.lines + 1, Err(NO_OBJECT.to_owned())));
                }
            }
            return None;
        }
        if self.object.len() <= MAX_LINE {
            self.object.push(byte);
        }
        if self.in_string {
            self.in_string = self.escaped || byte != b'"';
            self.escaped = !self.escaped && byte == b'\\';
            return None;
        }
        match byte {
            b'"' => self.in_string = true,
            b'{' => self.depth += 1,
            b'}' => self.depth -= 1,
            _ => {}
        }
        if self.depth > 0 {
            return None;
        }
        let object = std::mem::take(&mut self.object);
        let mib = MAX_LINE >> 20;
        let fits = object.len() <= MAX_LINE;
        let object = if fits { Ok(object) } else { Err(format!("the task is larger than {mib} MiB")) };
        Some((self.start, object))
    }
}

impl Iterator for Lines {
    type Item = (u64, Result<Vec<u8>, String>);

    fn next(&mut self) -> Option<Self::Item> {
        if self.nested.is_some() {
            return self.next_nested();
        }
        loop {
            let source = self.source.as_mut()?;
            self.number += 1;
            let mut line = Vec::new();
            let length = match line_into(source, &mut line) {
                Ok(length) => length,
                Err(error) => return Some(self.broken(&error)),
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

/// Reads a line, of which at most [`MAX_LINE`] bytes and one are kept. Returns the number of its bytes, 0 at the end.
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

#[cfg(test)]
mod tests {
    use super::*;

    /// Everything that is read of a text.
    fn read(text: &[u8]) -> Vec<(u64, Result<Vec<u8>, String>)> {
        Lines::new(io::Cursor::new(text.to_vec())).unwrap().collect()
    }

    #[test]
    fn no_more_of_a_line_is_kept_than_is_read() {
        let text = [vec![b'x'; 3 * MAX_LINE], b"\nnext".to_vec()].concat();
        let mut source = BufReader::new(io::Cursor::new(text));
        let mut line = Vec::new();
        assert_eq!(line_into(&mut source, &mut line).unwrap(), 3 * MAX_LINE + 1);
        assert_eq!(line.len(), MAX_LINE + 1);
        line.clear();
        assert_eq!((line_into(&mut source, &mut line).unwrap(), &line[..]), (4, &b"next"[..]));
        assert_eq!(line_into(&mut source, &mut line).unwrap(), 0);

        let mut nested = Nested::default();
        nested.take(b'{');
        for _ in 0..3 * MAX_LINE {
            nested.take(b'1');
        }
        assert!(nested.object.len() <= MAX_LINE + 1);
    }

    #[test]
    fn a_line_of_the_greatest_length_is_read() {
        let line = [vec![b'{'], vec![b' '; MAX_LINE - 2], vec![b'}']].concat();
        assert_eq!(read(&line), [(1, Ok(line.clone()))]);
        let longer = [&line[..], b" "].concat();
        assert_eq!(
            read(&longer),
            [(1, Err("the line has 4194305 bytes; at most 4 MiB are read".to_owned()))]
        );
        let nested = |object: &[u8]| read(&[b"[\n", object, b"]"].concat());
        assert_eq!(nested(&line), [(2, Ok(line.clone()))]);
        let longer = [&line[..1], b" ", &line[1..]].concat();
        assert_eq!(nested(&longer), [(2, Err("the task is larger than 4 MiB".to_owned()))]);
    }

    #[test]
    fn an_array_and_tasks_over_several_lines_are_taken_apart() {
        let object = |number, text: &str| (number, Ok(text.as_bytes().to_vec()));
        assert_eq!(read(b"[{\"a\": {}},\n {\"b\": 2}]"), [object(1, "{\"a\": {}}"), object(2, "{\"b\": 2}")]);
        assert_eq!(read(b"{\n\"a\": 1\n}\n\n{}\n"), [object(1, "{\n\"a\": 1\n}"), object(5, "{}")]);
        // Braces and quotes in strings end nothing.
        assert_eq!(read(b"[{\"a\": \"}\\\"{\"}]"), [object(1, "{\"a\": \"}\\\"{\"}")]);
        assert_eq!(read(b"[{\"a\":"), [(1, Err("the file ends in the middle of a task".to_owned()))]);
        let strange = read(b"[\nnull, nil, {}]");
        assert_eq!(strange, [(2, Err(NO_OBJECT.to_owned())), object(2, "{}")]);
        assert_eq!(read(b"{}\n{}\n"), [object(1, "{}"), object(2, "{}")]);
    }
}
