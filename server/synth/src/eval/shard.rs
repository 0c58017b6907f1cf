//! A run over many tasks, split among machines: each does a range of the tasks, and what they write is put together
//! ([`merge`]) as if one had done all of it.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};
use flate2::read::MultiGzDecoder;
use serde::{Deserialize, Serialize};

use crate::eval::{Conditions, Report, TaskResult};

/// Part number `number` of `count`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shard {
    pub number: u32,
    pub count: u32,
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
        match parts {
            Some((number, count)) if (1..=count).contains(&number) => Ok(Shard { number, count }),
            _ => Err("not I/N, a part from 1 to N, such as 1/4".to_owned()),
        }
    }
}

impl Shard {
    /// The tasks of this part, of `total`: whole groups of `group` tasks, so that no group is torn.
    pub fn range(self, total: u64, group: u64) -> Range<u64> {
        let group = group.max(1);
        let groups = total.div_ceil(group);
        let bound = |part: u32| {
            let groups = u128::from(groups) * u128::from(part) / u128::from(self.count);
            total.min(groups as u64 * group)
        };
        bound(self.number - 1)..bound(self.number)
    }
}

/// What a part of an evaluation writes.
#[derive(Debug, Serialize, Deserialize)]
pub struct Piece {
    pub shard: Shard,
    /// The conditions of the whole evaluation, but for the time, which is the part's own.
    pub conditions: Conditions,
    /// Results by number of examples shown.
    pub results: Vec<(usize, Vec<TaskResult>)>,
}

/// The report of a whole evaluation from all its parts, in any order.
///
/// # Errors
/// Where a part is missing, there twice, or of another evaluation.
pub fn merge(mut pieces: Vec<Piece>) -> anyhow::Result<Report> {
    pieces.sort_by_key(|piece| piece.shard.number);
    let Some(first) = pieces.first() else { bail!("there are no parts to merge") };
    let (count, timeless) = (first.shard.count, first.conditions.timeless());
    for (number, piece) in (1..).zip(&pieces) {
        if piece.shard.count != count || piece.conditions.timeless() != timeless {
            bail!("part {number} is of another evaluation than part 1: merge parts of one command only");
        }
        if piece.shard.number != number {
            bail!("part {} of {count} is there twice, or part {number} is missing", piece.shard.number);
        }
    }
    if pieces.len() != count as usize {
        bail!("{} of {count} parts are there: run the others too", pieces.len());
    }
    let seconds: f64 = pieces.iter().map(|piece| piece.conditions.seconds).sum();
    let mut results: Vec<(usize, Vec<TaskResult>)> = Vec::new();
    for piece in pieces {
        for (shown, part) in piece.results {
            match results.iter_mut().find(|(other, _)| *other == shown) {
                Some((_, all)) => all.extend(part),
                None => results.push((shown, part)),
            }
        }
    }
    let requests: usize = results.iter().map(|(_, results)| results.len()).sum();
    let conditions =
        Conditions { seconds, tasks_per_second: requests as f64 / seconds.max(1e-9), ..timeless };
    Ok(Report::new(conditions, &results))
}

/// What parts are of, as their first bytes tell.
pub enum Parts {
    Evaluation(Vec<Piece>),
    /// Files of tasks.
    Tasks(Vec<PathBuf>),
}

/// Looks into the files.
///
/// # Errors
/// Where one can't be read, or they are of both kinds.
pub fn read(files: &[PathBuf]) -> anyhow::Result<Parts> {
    let mut pieces = Vec::new();
    for file in files {
        let mut text = String::new();
        open(file)?.read_to_string(&mut text).with_context(|| unreadable(file))?;
        if let Ok(piece) = serde_json::from_str::<Piece>(&text) {
            pieces.push(piece);
        }
    }
    match pieces.len() {
        0 => Ok(Parts::Tasks(files.to_vec())),
        all if all == files.len() => Ok(Parts::Evaluation(pieces)),
        _ => bail!("some of the files are parts of an evaluation, and some are not"),
    }
}

/// Copies the lines of all files, in their order.
///
/// # Errors
/// Where one can't be read, or `out` not be written.
pub fn concatenate(files: &[PathBuf], out: &mut dyn Write) -> anyhow::Result<()> {
    for file in files {
        for line in BufReader::new(open(file)?).lines() {
            let line = line.with_context(|| unreadable(file))?;
            writeln!(out, "{line}").context("the tasks can't be written")?;
        }
    }
    Ok(())
}

/// The file's text, decompressed where it is compressed.
fn open(file: &Path) -> anyhow::Result<Box<dyn Read>> {
    let mut reader = BufReader::new(std::fs::File::open(file).with_context(|| unreadable(file))?);
    let compressed = reader.fill_buf().with_context(|| unreadable(file))?.starts_with(&[0x1f, 0x8b]);
    Ok(if compressed { Box::new(MultiGzDecoder::new(reader)) } else { Box::new(reader) })
}

fn unreadable(file: &Path) -> String {
    format!("can't read {}", file.display())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_part_is_named_by_two_numbers() {
        assert_eq!("2/4".parse(), Ok(Shard { number: 2, count: 4 }));
        for text in ["0/4", "5/4", "1/0", "1", "a/b", "", "1/4/2", "-1/4"] {
            assert!(text.parse::<Shard>().is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn parts_make_the_whole_and_tear_no_group(total in 0u64..5_000, group in 0u64..70, count in 1u32..40) {
            let mut next = 0;
            for number in 1..=count {
                let range = Shard { number, count }.range(total, group);
                prop_assert_eq!(range.start, next);
                prop_assert!(range.end == total || range.end.is_multiple_of(group.max(1)));
                next = range.end;
            }
            prop_assert_eq!(next, total);
        }
    }
}
