//! The lines of a file of tasks, again and again, in an order that the seed decides: epoch by epoch, each shuffled by
//! a buffer of so many lines. Lines are parsed elsewhere.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::{io, mem, thread};

use dataset::Lines;
use runtime::sample::Random;

/// A line of the file; none where it can't be read.
pub type Line = Option<Vec<u8>>;

/// Batches that are read ahead.
const AHEAD: usize = 2;

/// How a file is read.
#[derive(Debug, Clone)]
pub struct Reading {
    pub file: PathBuf,
    pub seed: u64,
    /// Lines among which the next one is drawn; 0 and 1 keep the file's order.
    pub shuffle: usize,
    /// Lines in a batch.
    pub batch: usize,
}

/// Batches of lines from line number `first` of the endless sequence on. The thread behind it ends when the receiver
/// goes; the sequence ends where the file holds no line or can't be opened any more.
///
/// # Errors
/// Where the file can't be opened.
pub fn batches(reading: Reading, first: u64) -> io::Result<Receiver<Vec<Line>>> {
    open(&reading.file)?;
    let (give, take) = sync_channel(AHEAD);
    thread::spawn(move || read(&reading, first, &give));
    Ok(take)
}

fn open(file: &Path) -> io::Result<Lines> {
    Lines::new(std::fs::File::open(file)?)
}

fn read(reading: &Reading, mut skip: u64, give: &SyncSender<Vec<Line>>) {
    let mut batch = Vec::with_capacity(reading.batch);
    let mut epoch: u64 = 0;
    loop {
        let Ok(lines) = open(&reading.file) else { return };
        let mut random = Random::new(reading.seed ^ Random::new(epoch).bits());
        let mut given = 0;
        // False where nobody wants any more.
        let mut out = |line: Line| {
            given += 1;
            if skip > 0 {
                skip -= 1;
                return true;
            }
            batch.push(line);
            batch.len() < reading.batch || give.send(mem::take(&mut batch)).is_ok()
        };
        let mut waiting: Vec<Line> = Vec::new();
        for (_, line) in lines {
            waiting.push(line.ok());
            if waiting.len() >= reading.shuffle.max(1) {
                let drawn = random.below(waiting.len() as u32) as usize;
                if !out(waiting.swap_remove(drawn)) {
                    return;
                }
            }
        }
        while !waiting.is_empty() {
            let drawn = random.below(waiting.len() as u32) as usize;
            if !out(waiting.swap_remove(drawn)) {
                return;
            }
        }
        if given == 0 {
            return;
        }
        // Whole epochs that are to be skipped need not be read.
        epoch += 1 + skip / given;
        skip %= given;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_epoch_has_every_line_and_skipping_changes_nothing() {
        let file = std::env::temp_dir().join(format!("karel-lines-{}", std::process::id()));
        let text: String = (0..23).map(|n| format!("{n}\n")).collect();
        std::fs::write(&file, text).unwrap();
        let reading = Reading { file: file.clone(), seed: 5, shuffle: 7, batch: 4 };
        let numbers = |first, count: usize| -> Vec<u32> {
            let batches = batches(reading.clone(), first).unwrap();
            let lines = batches.into_iter().flatten().flatten();
            lines.take(count).map(|l| String::from_utf8(l).unwrap().trim().parse().unwrap()).collect()
        };
        let all = numbers(0, 23 * 4);
        for epoch in all.chunks(23) {
            let mut sorted = epoch.to_vec();
            sorted.sort_unstable();
            assert_eq!(sorted, (0..23).collect::<Vec<_>>());
        }
        assert_ne!(all[..23], all[23..46]);
        for first in [1, 22, 23, 24, 60] {
            assert_eq!(numbers(first, 20), all[first as usize..][..20], "from {first}");
        }
        std::fs::remove_file(file).unwrap();
    }

    #[test]
    fn a_file_without_lines_ends() {
        let file = std::env::temp_dir().join(format!("karel-no-lines-{}", std::process::id()));
        std::fs::write(&file, "\n\n").unwrap();
        let reading = Reading { file: file.clone(), seed: 0, shuffle: 1, batch: 1 };
        assert!(batches(reading.clone(), 0).unwrap().recv().is_err());
        std::fs::remove_file(file).unwrap();
        assert!(batches(reading, 0).is_err());
    }
}
