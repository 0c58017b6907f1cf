//! What happens in a session, as the tasks hear of it that act on it later.

use tower_lsp::lsp_types::MessageType;

use crate::notice::Notice;
use crate::state::document::Key;
use crate::state::on_disk::OnDisk;

/// What has happened, for those who act on it later.
#[derive(Clone)]
pub enum Event {
    /// The document has a new text, or none any more; or there is news about the text that it has.
    Changed(Key),
    /// The document is no longer open in the client.
    Closed(Key),
    /// Something changed on disk: what was read there may be outdated.
    FilesChanged(Vec<Key>),
    /// This is what the files are, which had not answered before.
    Read(Vec<(Key, OnDisk)>),
    /// What is said of files on disk may be outdated, in a session whose client watches none.
    Doubt,
    /// A check has found all that it can find without running anything.
    Checked,
    /// The settings may have changed in the client, which should be asked for them.
    AskForSettings,
    /// The settings have changed.
    Configured,
    /// To be shown to the user.
    Message(MessageType, Notice),
}
