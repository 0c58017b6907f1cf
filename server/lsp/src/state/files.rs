//! Reading the files that belong to open documents. A file may lie on a drive that is gone, and then not even a question
//! about it comes back: each read has a thread of its own and a deadline, after which the file counts as unreadable
//! until it does answer. Nothing that has to go on waits for a read itself.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use disk::Unreadable;
use futures::FutureExt;
use futures::future::{BoxFuture, Shared, join_all};
use tokio::sync::{Semaphore, mpsc, oneshot};
use tower_lsp::lsp_types::Url;

use crate::state::document::{Document, Key};
use crate::state::event::Event;
use crate::state::on_disk::OnDisk;
use crate::state::text::Text;

/// The longest that a request waits for a file.
const DEADLINE: Duration = Duration::from_secs(2);
/// How many files of one folder are read at a time. A drive that is gone keeps as many threads for each of its folders.
const AT_A_TIME: usize = 4;

/// How a file's text is read: with [`disk::read`], except in tests.
pub type Read = fn(&Path) -> Result<String, Unreadable>;

/// The reader of files.
pub struct Files {
    read: Read,
    /// Gets what came after its deadline.
    events: mpsc::UnboundedSender<Event>,
    folders: Mutex<HashMap<PathBuf, Arc<Semaphore>>>,
    reading: Mutex<HashMap<Key, Reading>>,
}

/// A read that is not over.
#[derive(Clone)]
struct Reading {
    begun: Instant,
    file: Shared<BoxFuture<'static, OnDisk>>,
}

impl Files {
    pub fn new(read: Read, events: mpsc::UnboundedSender<Event>) -> Arc<Files> {
        Arc::new(Files { read, events, folders: Mutex::default(), reading: Mutex::default() })
    }

    /// What is in each of the files, as far as they have a path; not later than the deadline.
    pub async fn read(self: &Arc<Files>, keys: Vec<Key>) -> Vec<(Key, OnDisk)> {
        let files = keys.into_iter().filter_map(|key| {
            let Reading { begun, file } = self.begin(&key)?;
            Some(async move {
                let left = DEADLINE.saturating_sub(begun.elapsed());
                let file = tokio::time::timeout(left, file).await;
                (key, file.unwrap_or_else(|_| unreadable("it has not answered for two seconds")))
            })
        });
        join_all(files.collect::<Vec<_>>()).await
    }

    /// Forgets reads of these files that are on their way, which may bring an old text: later requests read again.
    pub fn outdate(&self, keys: &[Key]) {
        let mut reading = self.reading();
        keys.iter().for_each(|key| drop(reading.remove(key)));
    }

    /// The read of the file, begun now where it is not on its way.
    fn begin(self: &Arc<Files>, key: &Key) -> Option<Reading> {
        let path = key.path()?.to_owned();
        if let Some(reading) = self.reading().get(key) {
            return Some(reading.clone());
        }
        let begun = Instant::now();
        let file = Arc::clone(self).in_thread(path).boxed().shared();
        let reading = Reading { begun, file: file.clone() };
        self.reading().insert(key.clone(), reading.clone());
        let (files, key) = (Arc::clone(self), key.clone());
        tokio::spawn(async move {
            let file = file.await;
            // Another one may have taken its place.
            let is_ours = |reading: &Reading| reading.begun == begun;
            let ours = files.reading().remove_if(&key, is_ours);
            if ours && begun.elapsed() >= DEADLINE {
                // Nobody listens any more when the session ends.
                let _ = files.events.send(Event::Read(vec![(key, file)]));
            }
        });
        Some(reading)
    }

    async fn in_thread(self: Arc<Files>, path: PathBuf) -> OnDisk {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let room =
            Arc::clone(self.folders().entry(folder).or_insert_with(|| Arc::new(Semaphore::new(AT_A_TIME))));
        let room = room.acquire_owned().await;
        let (tell, told) = oneshot::channel();
        let read = self.read;
        let thread = std::thread::Builder::new().name("file".to_owned()).spawn(move || {
            let _room = room;
            // Nobody listens any more when the session ends.
            let _ = tell.send(on_disk(&path, read));
        });
        if let Err(error) = thread {
            return unreadable(&error.to_string());
        }
        told.await.unwrap_or_else(|_| unreadable("reading it failed"))
    }

    fn reading(&self) -> MutexGuard<'_, HashMap<Key, Reading>> {
        self.reading.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn folders(&self) -> MutexGuard<'_, HashMap<PathBuf, Arc<Semaphore>>> {
        self.folders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

trait RemoveIf {
    fn remove_if(&mut self, key: &Key, is_meant: impl Fn(&Reading) -> bool) -> bool;
}

impl RemoveIf for HashMap<Key, Reading> {
    fn remove_if(&mut self, key: &Key, is_meant: impl Fn(&Reading) -> bool) -> bool {
        self.get(key).is_some_and(is_meant) && self.remove(key).is_some()
    }
}

fn on_disk(path: &Path, read: Read) -> OnDisk {
    let Ok(uri) = Url::from_file_path(path) else { return unreadable("its path is not absolute") };
    match read(path) {
        Ok(text) => OnDisk::Text(Arc::new(Document::new(uri, None, "", Text::from(text.as_str())))),
        Err(Unreadable::Missing) => OnDisk::Missing,
        Err(why) => OnDisk::Unreadable(why),
    }
}

fn unreadable(why: &str) -> OnDisk {
    OnDisk::Unreadable(Unreadable::Other(why.to_owned()))
}

#[cfg(test)]
mod tests {
    use std::sync::OnceLock;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Opened when the drive of the tests answers again.
    static DRIVE: OnceLock<()> = OnceLock::new();
    static ASKED: AtomicUsize = AtomicUsize::new(0);

    /// A drive that is gone under `/gone`; elsewhere all is well.
    fn read(path: &Path) -> Result<String, Unreadable> {
        if path.starts_with("/gone") {
            ASKED.fetch_add(1, Ordering::Relaxed);
            DRIVE.wait();
        }
        Ok("# here".to_owned())
    }

    fn keys(folder: &str, count: usize) -> Vec<Key> {
        (0..count).map(|number| Key::Path(format!("{folder}/{number}.kgrid").into())).collect()
    }

    #[tokio::test]
    async fn a_drive_that_is_gone_holds_up_nobody_else_and_is_heard_when_it_is_back() {
        let (events, mut told) = mpsc::unbounded_channel();
        let files = Files::new(read, events);
        for _ in 0..20 {
            let found = files.read(keys("/gone", 30)).await;
            assert_eq!(found.len(), 30);
            assert!(found.iter().all(|(_, file)| matches!(file, OnDisk::Unreadable(_))));
        }
        assert_eq!(ASKED.load(Ordering::Relaxed), AT_A_TIME, "each is asked once, and few at a time");
        let found = files.read(keys("/here", 100)).await;
        assert!(found.iter().all(|(_, file)| matches!(file, OnDisk::Text(_))));
        assert!(told.is_empty());
        DRIVE.set(()).unwrap();
        for _ in 0..30 {
            let Some(Event::Read(late)) = told.recv().await else { panic!("another event") };
            assert!(matches!(&late[..], [(Key::Path(path), OnDisk::Text(_))] if path.starts_with("/gone")));
        }
        assert!(files.reading().is_empty());
    }
}
