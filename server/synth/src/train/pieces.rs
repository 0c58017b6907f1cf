//! A checkpoint in pieces small enough to travel. Every piece says which save it is of, so that pieces of two saves are
//! never put together; a save's pieces take the place of the one before only when all of them are there. The first piece
//! is written last: where it is missing, the save was never finished, and counts for nothing.
//!
//! ```text
//! file    compact-STEP-NUMBER-of-COUNT
//! header  magic [8], step u64, number u32, count u32, checksum of the whole u32, little-endian
//! then    the piece
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use super::checkpoint::{CheckpointError, write};

/// Greatest size of a file in bytes, its header included.
const PIECE: usize = 15_000_000;
const MAGIC: &[u8; 8] = b"KARELCP1";
const HEADER: usize = 28;

/// What the header of a piece says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Header {
    step: u64,
    count: u32,
    /// CRC-32 of the whole.
    checksum: u32,
    number: u32,
}

impl Header {
    fn bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..8].copy_from_slice(MAGIC);
        bytes[8..16].copy_from_slice(&self.step.to_le_bytes());
        bytes[16..20].copy_from_slice(&self.number.to_le_bytes());
        bytes[20..24].copy_from_slice(&self.count.to_le_bytes());
        bytes[24..].copy_from_slice(&self.checksum.to_le_bytes());
        bytes
    }

    /// Returns nothing where the file is not a piece of a checkpoint.
    fn read(bytes: &[u8]) -> Option<Header> {
        let four = |at: usize| Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?));
        let step = u64::from_le_bytes(bytes.get(8..16)?.try_into().ok()?);
        let header = Header { step, number: four(16)?, count: four(20)?, checksum: four(24)? };
        (bytes.starts_with(MAGIC) && (1..=header.count).contains(&header.number)).then_some(header)
    }
}

/// Writes the save of this step, then removes the one before. Gives its files.
///
/// # Errors
/// Where a file can't be written; then the save before stays.
pub fn save(folder: &Path, step: u64, bytes: &[u8]) -> Result<Vec<PathBuf>, CheckpointError> {
    let pieces: Vec<&[u8]> = bytes.chunks(PIECE - HEADER).collect();
    let (count, checksum) = (pieces.len() as u32, crc(bytes));
    let mut files = Vec::new();
    for (place, piece) in pieces.into_iter().enumerate().rev() {
        let number = place as u32 + 1;
        let file = folder.join(format!("compact-{step}-{number}-of-{count}"));
        let header = Header { step, count, checksum, number };
        write(&file, &[&header.bytes()[..], piece].concat())?;
        files.insert(0, file);
    }
    for old in named(folder).into_iter().filter(|old| !files.contains(old)) {
        let _ = fs::remove_file(old);
    }
    Ok(files)
}

/// The whole of the latest save whose pieces are all in the folder; none where no save was finished.
///
/// # Errors
/// Where pieces of a finished save are missing or damaged, and there is no other.
pub fn read(folder: &Path) -> Result<Option<Vec<u8>>, CheckpointError> {
    let mut saves: BTreeMap<(u64, u32, u32), BTreeMap<u32, PathBuf>> = BTreeMap::new();
    for file in named(folder) {
        let bytes = read_file(&file)?;
        let Some(Header { step, count, checksum, number }) = Header::read(&bytes) else {
            return Err(CheckpointError::Damaged {
                file,
                reason: "it is no piece of a checkpoint".to_owned(),
            });
        };
        saves.entry((step, count, checksum)).or_default().insert(number, file);
    }
    let mut problem = None;
    let finished = saves.into_iter().filter(|(_, pieces)| pieces.contains_key(&1));
    for ((step, count, checksum), pieces) in finished.rev() {
        if let Some(piece) = (1..=count).find(|number| !pieces.contains_key(number)) {
            let folder = folder.to_owned();
            problem.get_or_insert(CheckpointError::Lacking { folder, step, piece, pieces: count });
            continue;
        }
        let mut whole = Vec::new();
        for file in pieces.values() {
            whole.extend_from_slice(read_file(file)?.get(HEADER..).unwrap_or_default());
        }
        if crc(&whole) == checksum {
            return Ok(Some(whole));
        }
        let reason = format!("the pieces of step {step} don't add up to what was saved");
        problem.get_or_insert(CheckpointError::Damaged { file: folder.to_owned(), reason });
    }
    problem.map_or(Ok(None), Err)
}

/// Files of the folder that are called like pieces.
fn named(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let is_piece = |path: &PathBuf| {
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        name.starts_with("compact-") && !name.ends_with(".new")
    };
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).filter(is_piece).collect();
    files.sort();
    files
}

fn read_file(file: &Path) -> Result<Vec<u8>, CheckpointError> {
    fs::read(file).map_err(|error| CheckpointError::Unreadable { file: file.to_owned(), error })
}

/// A checksum that tells files apart.
pub(crate) fn crc(bytes: &[u8]) -> u32 {
    let mut crc = flate2::Crc::new();
    crc.update(bytes);
    crc.sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::tempdir;

    fn whole(step: u8) -> Vec<u8> {
        (0..PIECE + 1000).map(|i| (i as u8).wrapping_mul(step)).collect()
    }

    #[test]
    fn what_was_saved_last_is_read_whatever_is_left_of_other_saves() {
        let folder = tempdir().unwrap();
        assert!(read(folder.path()).unwrap().is_none());
        let first = save(folder.path(), 1, &whole(1)).unwrap();
        assert_eq!(first.len(), 2);
        assert!(first.iter().all(|file| fs::metadata(file).unwrap().len() <= PIECE as u64));
        let kept: Vec<Vec<u8>> = first.iter().map(|file| fs::read(file).unwrap()).collect();
        let second = save(folder.path(), 2, &whole(2)).unwrap();
        assert!(first.iter().all(|file| !file.exists()));
        // As a copy finds the folder that is made while it is written: all of one save, a part of the next.
        first.iter().zip(&kept).for_each(|(file, bytes)| fs::write(file, bytes).unwrap());
        assert_eq!(read(folder.path()).unwrap(), Some(whole(2)));
        fs::remove_file(&second[1]).unwrap();
        assert_eq!(read(folder.path()).unwrap(), Some(whole(1)));
        fs::remove_file(&first[0]).unwrap();
        let error = read(folder.path()).unwrap_err().to_string();
        assert!(error.contains("step 2 lacks piece 2 of 2"), "{error}");
        // Of both, what is left was never finished.
        fs::remove_file(&second[0]).unwrap();
        assert!(first[1].exists() && read(folder.path()).unwrap().is_none());
    }

    #[test]
    fn mixed_and_damaged_pieces_are_refused() {
        let (folder, other) = (tempdir().unwrap(), tempdir().unwrap());
        let files = save(folder.path(), 5, &whole(3)).unwrap();
        let others = save(other.path(), 5, &whole(4)).unwrap();
        // The same step of another training, under the same name.
        fs::copy(&others[0], &files[0]).unwrap();
        assert!(read(folder.path()).unwrap_err().to_string().contains("lacks piece"));
        let mut bytes = fs::read(&others[1]).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        fs::write(&others[1], bytes).unwrap();
        assert!(read(other.path()).unwrap_err().to_string().contains("don't add up"));
        fs::write(&others[1], "something else").unwrap();
        assert!(read(other.path()).unwrap_err().to_string().contains("no piece of a checkpoint"));
    }
}
