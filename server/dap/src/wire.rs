//! Messages as bytes: each is its length in a header, an empty line, and JSON.

use std::io::{self, BufRead, Read, Write};

use serde_json::Value;

/// The largest message that is read, in bytes: far more than any client sends.
const LARGEST: u64 = 16 << 20;

/// Reads the next message. `None` at the end of the input; an inner error is a message that can't be understood, after
/// which the next one can be read.
///
/// # Errors
/// The input can't be read, or what is read is no message, so that it is not known where the next one begins.
pub(crate) fn read(input: &mut impl BufRead) -> io::Result<Option<Result<Value, String>>> {
    let Some(length) = length(input)? else { return Ok(None) };
    if length > LARGEST {
        return Err(io::Error::new(io::ErrorKind::InvalidData, format!("a message of {length} bytes")));
    }
    let mut bytes = Vec::new();
    if input.take(length).read_to_end(&mut bytes)? as u64 != length {
        return Ok(None);
    }
    Ok(Some(serde_json::from_slice(&bytes).map_err(|error| error.to_string())))
}

/// The length that the header says; `None` at the end of the input.
fn length(input: &mut impl BufRead) -> io::Result<Option<u64>> {
    /// The longest line of a header.
    const LINE: u64 = 1 << 12;
    let mut length = None;
    loop {
        let mut line = Vec::new();
        if input.take(LINE).read_until(b'\n', &mut line)? == 0 {
            return Ok(None);
        }
        let line = String::from_utf8_lossy(&line);
        let line = line.trim();
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().ok();
        }
        if line.is_empty() {
            let missing = || io::Error::new(io::ErrorKind::InvalidData, "a header without Content-Length");
            return length.ok_or_else(missing).map(Some);
        }
    }
}

/// Writes one message.
///
/// # Errors
/// It can't be written.
pub(crate) fn write(output: &mut impl Write, message: &Value) -> io::Result<()> {
    let text = message.to_string();
    write!(output, "Content-Length: {}\r\n\r\n{text}", text.len())?;
    output.flush()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_written_is_read() {
        let mut bytes = Vec::new();
        write(&mut bytes, &json!({ "a": "ä" })).unwrap();
        bytes.extend(b"content-length: 2\nOther: x\n\n{]");
        write(&mut bytes, &json!(2)).unwrap();
        let mut input = &bytes[..];
        assert_eq!(read(&mut input).unwrap().unwrap().unwrap(), json!({ "a": "ä" }));
        assert!(read(&mut input).unwrap().unwrap().is_err(), "no JSON");
        assert_eq!(read(&mut input).unwrap().unwrap().unwrap(), json!(2));
        assert!(read(&mut input).unwrap().is_none());
    }

    #[test]
    fn what_is_no_message_ends_the_session() {
        assert!(read(&mut &b"hello\n\n"[..]).is_err());
        assert!(read(&mut &b"Content-Length: 99999999999\n\n"[..]).is_err());
        assert!(read(&mut &b"Content-Length: 9\n\n{}"[..]).unwrap().is_none(), "the end in the middle");
    }
}
