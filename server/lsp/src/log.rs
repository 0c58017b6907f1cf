//! The log. It is written by a thread of its own: a standard error that nobody reads, or a full disk, stops that thread
//! and nothing else. What doesn't fit into the queue meanwhile is dropped.

use std::io::{self, Write};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::time::Duration;

use tracing_subscriber::fmt::MakeWriter;

/// Lines that may wait.
const QUEUE: usize = 1 << 10;
/// How long the end of the process waits for what has not been written.
const FAREWELL: Duration = Duration::from_millis(200);

enum Note {
    Line(Vec<u8>),
    /// A signal for the sender when all before it has been written.
    End(SyncSender<()>),
}

/// A writer that takes lines and never waits.
#[derive(Clone)]
pub struct Log {
    queue: SyncSender<Note>,
}

impl Log {
    /// Starts the thread that writes into `to`.
    pub fn new(to: impl Write + Send + 'static) -> Log {
        let (queue, notes) = sync_channel(QUEUE);
        std::thread::spawn(move || write(notes, to));
        Log { queue }
    }

    /// Waits a moment for what has been logged to be written.
    pub fn finish(&self) {
        let (done, is_done) = sync_channel(1);
        if self.queue.try_send(Note::End(done)).is_ok() {
            let _ = is_done.recv_timeout(FAREWELL);
        }
    }
}

fn write(notes: Receiver<Note>, mut to: impl Write) {
    for note in notes {
        match note {
            // There is nowhere left to say that it can't be written.
            Note::Line(line) => drop(to.write_all(&line).and_then(|()| to.flush())),
            Note::End(done) => drop(done.try_send(())),
        }
    }
}

/// One line.
pub struct Line(Log, Vec<u8>);

impl Write for Line {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.1.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        match self.0.queue.try_send(Note::Line(std::mem::take(&mut self.1))) {
            Ok(()) | Err(TrySendError::Full(_) | TrySendError::Disconnected(_)) => {}
        }
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line(self.clone(), Vec::new())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Sender, channel};

    use super::*;

    /// A writer that waits for ever, as a full pipe does.
    struct Stuck(Receiver<()>, Sender<Vec<u8>>);

    impl Write for Stuck {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let _ = self.0.recv();
            let _ = self.1.send(bytes.to_vec());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_never_reads_stops_nobody_and_one_that_comes_back_sees_whole_lines() {
        let (release, stuck) = channel();
        let (tell, written) = channel();
        let log = Log::new(Stuck(stuck, tell));
        // Hangs, and is ended by the test runner, where the log waits for its reader.
        for number in 0..10 * QUEUE {
            write!(log.make_writer(), "line ").and_then(|()| log.make_writer().flush()).unwrap();
            writeln!(log.make_writer(), "{number}").unwrap();
        }
        log.finish();
        drop(release);
        assert_eq!(written.recv().unwrap(), b"line ");
        assert_eq!(written.recv().unwrap(), b"0\n");
        drop(log);
        assert!(written.iter().count() <= QUEUE + 1);
    }
}
