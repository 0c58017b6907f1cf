//! Who answers a page.

use std::sync::Arc;

use futures::future::BoxFuture;
use recording::Failure;
use recording::messages::Show;
use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::broadcast;
use tokio_util::sync::CancellationToken;

/// Who answers pages.
pub trait Host: Send + Sync + 'static {
    /// Answers a request with JSON text. The token is cancelled when nobody waits for the answer any more.
    fn answer(
        &self,
        method: String,
        params: Value,
        cancel: CancellationToken,
    ) -> BoxFuture<'static, Result<String, Failure>>;

    /// Takes a notification.
    fn take(&self, method: &str, params: Value);

    /// What a page that has just connected is to show.
    fn first(&self) -> Show;
}

/// How many notifications a page may be behind. Then it is told anew what to show.
const BEHIND: usize = 64;

/// All pages that are connected, now and later.
#[derive(Debug, Clone)]
pub struct Pages(broadcast::Sender<Arc<str>>);

impl Default for Pages {
    fn default() -> Pages {
        Pages(broadcast::Sender::new(BEHIND))
    }
}

impl Pages {
    /// Sends a notification to each of them.
    pub fn tell(&self, method: &str, params: &impl Serialize) {
        // There may be none.
        let _ = self.0.send(notification(method, params).into());
    }

    /// Whether there are any now.
    pub fn any(&self) -> bool {
        self.0.receiver_count() > 0
    }

    pub(crate) fn listen(&self) -> broadcast::Receiver<Arc<str>> {
        self.0.subscribe()
    }
}

pub(crate) fn notification(method: &str, params: &impl Serialize) -> String {
    json!({ "jsonrpc": "2.0", "method": method, "params": params }).to_string()
}
