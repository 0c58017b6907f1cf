//! Lines of bounded length from a stream of bytes. A longer line is dropped while it arrives, never held.

use std::io::{BufRead, ErrorKind, Result};

use tokio::io::{AsyncBufRead, AsyncBufReadExt};

/// What was read from the stream.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Line {
    /// A line without its line end.
    Text(Vec<u8>),
    /// A line longer than the limit; the next one can be read.
    TooLong,
    /// The stream has ended.
    End,
}

/// Collects one line from pieces.
struct Collector {
    limit: usize,
    text: Vec<u8>,
    too_long: bool,
}

impl Collector {
    fn new(limit: usize) -> Collector {
        Collector { limit, text: Vec::new(), too_long: false }
    }

    /// Takes from `piece` what belongs to the line: how many bytes, and the line where it is complete.
    fn take(&mut self, piece: &[u8]) -> (usize, Option<Line>) {
        let end = piece.iter().position(|&b| b == b'\n');
        let part = &piece[..end.unwrap_or(piece.len())];
        if self.too_long || self.text.len() + part.len() > self.limit {
            self.too_long = true;
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(part);
        }
        (end.map_or(piece.len(), |end| end + 1), end.map(|_| self.finish()))
    }

    /// Takes what there is of a line where the stream has ended.
    fn end(&mut self) -> Line {
        if self.text.is_empty() && !self.too_long { Line::End } else { self.finish() }
    }

    fn finish(&mut self) -> Line {
        if self.too_long {
            return Line::TooLong;
        }
        if self.text.last() == Some(&b'\r') {
            self.text.pop();
        }
        Line::Text(std::mem::take(&mut self.text))
    }
}

/// The next line of at most `limit` bytes.
pub fn read(input: &mut impl BufRead, limit: usize) -> Result<Line> {
    let mut line = Collector::new(limit);
    loop {
        let piece = match input.fill_buf() {
            Ok(piece) => piece,
            Err(error) if error.kind() == ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if piece.is_empty() {
            return Ok(line.end());
        }
        let (taken, whole) = line.take(piece);
        input.consume(taken);
        if let Some(whole) = whole {
            return Ok(whole);
        }
    }
}

/// The next line of at most `limit` bytes, from an asynchronous stream. The future must not be dropped half-way: what
/// was read of the line would be lost.
pub async fn read_async(input: &mut (impl AsyncBufRead + Unpin), limit: usize) -> Result<Line> {
    let mut line = Collector::new(limit);
    loop {
        let piece = input.fill_buf().await?;
        if piece.is_empty() {
            return Ok(line.end());
        }
        let (taken, whole) = line.take(piece);
        input.consume(taken);
        if let Some(whole) = whole {
            return Ok(whole);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_every_kind() {
        let mut input =
            std::io::BufReader::with_capacity(3, &b"one\r\n\nfar too long\nsix in\nfive!\nlast"[..]);
        let mut next = || read(&mut input, 5).unwrap();
        assert_eq!(next(), Line::Text(b"one".to_vec()));
        assert_eq!(next(), Line::Text(vec![]));
        assert_eq!(next(), Line::TooLong);
        assert_eq!(next(), Line::TooLong);
        assert_eq!(next(), Line::Text(b"five!".to_vec()));
        assert_eq!(next(), Line::Text(b"last".to_vec()));
        assert_eq!(next(), Line::End);
    }

    #[tokio::test]
    async fn asynchronous_lines() {
        let mut input = tokio::io::BufReader::with_capacity(2, &b"a\nlonger than five"[..]);
        assert_eq!(read_async(&mut input, 5).await.unwrap(), Line::Text(b"a".to_vec()));
        assert_eq!(read_async(&mut input, 5).await.unwrap(), Line::TooLong);
        assert_eq!(read_async(&mut input, 5).await.unwrap(), Line::End);
    }
}
