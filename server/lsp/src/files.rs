//! Reading the files that belong to open documents. Never on the transport's task.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;
use std::sync::Arc;

use tower_lsp::lsp_types::Url;

use crate::document::{Document, Key, MAX_ANALYSED};
use crate::text::Text;
use crate::workspace::OnDisk;

/// Reads each file that has a path.
pub fn read(keys: &[Key]) -> Vec<(Key, OnDisk)> {
    keys.iter().filter_map(|key| Some((key.clone(), read_one(key.path()?)))).collect()
}

fn read_one(path: &Path) -> OnDisk {
    let Ok(uri) = Url::from_file_path(path) else {
        return OnDisk::Unreadable("its path is not absolute".into());
    };
    match text(path) {
        Ok(text) => OnDisk::Text(Arc::new(Document::new(uri, None, "", Text::from(text.as_str())))),
        Err(error) if error.kind() == io::ErrorKind::NotFound => OnDisk::Missing,
        Err(error) => OnDisk::Unreadable(error.to_string()),
    }
}

fn text(path: &Path) -> io::Result<String> {
    // A path may name a pipe or a device, whose end may never come.
    if !std::fs::metadata(path)?.is_file() {
        return Err(io::Error::other("it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(MAX_ANALYSED as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_ANALYSED {
        return Err(io::Error::other(format!("it is larger than {} MiB", MAX_ANALYSED >> 20)));
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}
