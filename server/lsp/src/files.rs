//! Reading the files that belong to open documents. Never on the transport's task.

use std::path::Path;
use std::sync::Arc;

use disk::Unreadable;
use tower_lsp::lsp_types::Url;

use crate::document::{Document, Key};
use crate::text::Text;
use crate::workspace::OnDisk;

/// Reads each file that has a path.
pub fn read(keys: &[Key]) -> Vec<(Key, OnDisk)> {
    keys.iter().filter_map(|key| Some((key.clone(), read_one(key.path()?)))).collect()
}

fn read_one(path: &Path) -> OnDisk {
    let Ok(uri) = Url::from_file_path(path) else {
        return OnDisk::Unreadable(Unreadable::Other("its path is not absolute".to_owned()));
    };
    match disk::read(path) {
        Ok(text) => OnDisk::Text(Arc::new(Document::new(uri, None, "", Text::from(text.as_str())))),
        Err(Unreadable::Missing) => OnDisk::Missing,
        Err(why) => OnDisk::Unreadable(why),
    }
}
