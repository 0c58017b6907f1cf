//! What happens in a session, for the tasks that act on it later.

use tower_lsp::lsp_types::MessageType;

use crate::state::document::Key;
use crate::state::on_disk::OnDisk;
use assist::notice::Notice;

/// Something that has happened.
#[derive(Clone)]
pub enum Event {
    /// The document has a new text, or none any more; or there is news about the text that it has.
    Changed(Key),
    /// The document is no longer open in the client.
    Closed(Key),
    /// Something changed on disk: what was read there may be outdated.
    FilesChanged(Vec<Key>),
    /// Files that had not been read within the deadline have now been read.
    Read(Vec<(Key, OnDisk)>),
    /// What was read from disk may be outdated, in a session whose client watches no files.
    Doubt,
    /// A check has found all that it can find without running anything.
    Checked,
    /// The settings may have changed in the client, which should be asked for them.
    AskForSettings,
    /// The settings have changed.
    Configured,
    /// A message for the user.
    Message(MessageType, Notice),
}
