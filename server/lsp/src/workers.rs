//! The threads that handlers, checks and runs work on: few, and kinds of work that may take long never take the place
//! of others. Work that is cancelled before its turn is never begun; work that has begun sees the cancellation, and
//! whoever waits for it goes on at once.

use std::any::Any;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

/// The kinds of work, by how long they may take and what waits for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Answers a key or a click: completion, signatures, definitions.
    Keys,
    /// Goes through a whole text: formatting, tokens, outlines.
    Text,
    /// Runs examples for what is seen beside the text: hovers, lenses, hints, actions.
    Sight,
    /// Runs examples because somebody asked for it: commands, syntheses.
    Commands,
    /// Looks for mistakes without running anything.
    Checks,
    /// Runs the examples for diagnostics.
    Examples,
    /// Records runs and makes pages of their steps, for those who show them.
    Worlds,
}

/// How many of each kind work at a time, in the order of [`Lane`]. Together far fewer than tokio has threads.
const WIDTHS: [usize; 7] = [4, 2, 8, 4, 2, 4, 2];

/// The most threads that work at a time.
pub const THREADS: usize = WIDTHS[0] + WIDTHS[1] + WIDTHS[2] + WIDTHS[3] + WIDTHS[4] + WIDTHS[5] + WIDTHS[6];

pub struct Workers {
    lanes: [Arc<Semaphore>; WIDTHS.len()],
    /// Pieces of work that were not cancelled before their turn.
    begun: AtomicUsize,
}

/// Why work has no result.
#[derive(Debug)]
pub enum Stopped {
    Cancelled,
    /// The work panicked, with this payload.
    Panicked(Box<dyn Any + Send>),
}

impl Default for Workers {
    fn default() -> Workers {
        Workers { lanes: WIDTHS.map(|width| Arc::new(Semaphore::new(width))), begun: AtomicUsize::new(0) }
    }
}

impl Workers {
    /// How many pieces of work were begun since the start.
    pub fn begun(&self) -> usize {
        self.begun.load(Ordering::Relaxed)
    }

    /// Does the work as soon as its lane has room. It returns at once when cancelled; the work itself has to look.
    ///
    /// # Errors
    /// The work was cancelled, or has panicked.
    pub async fn run<T: Send + 'static>(
        self: &Arc<Workers>,
        lane: Lane,
        cancel: &CancellationToken,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Stopped> {
        let room = Arc::clone(&self.lanes[lane as usize]).acquire_owned();
        let room = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Stopped::Cancelled),
            room = room => room,
        };
        let (workers, cancelled) = (Arc::clone(self), cancel.clone());
        let task = tokio::task::spawn_blocking(move || {
            // Held until the work is really over, whoever still waits for it.
            let _room = room;
            if cancelled.is_cancelled() {
                return None;
            }
            workers.begun.fetch_add(1, Ordering::Relaxed);
            Some(work())
        });
        let done = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(Stopped::Cancelled),
            done = task => done,
        };
        match done.map_err(|error| error.try_into_panic()) {
            Ok(Some(result)) => Ok(result),
            Err(Ok(panic)) => Err(Stopped::Panicked(panic)),
            // The session is over.
            Ok(None) | Err(Err(_)) => Err(Stopped::Cancelled),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    #[tokio::test]
    async fn what_is_cancelled_before_its_turn_is_never_begun_and_other_lanes_go_on() {
        let workers = Arc::new(Workers::default());
        let never = CancellationToken::new();
        let (release, released) = mpsc::channel::<()>();
        let released = Arc::new(std::sync::Mutex::new(released));
        let full: Vec<_> = (0..WIDTHS[Lane::Text as usize])
            .map(|_| {
                let (workers, never, released) = (workers.clone(), never.clone(), released.clone());
                tokio::spawn(async move {
                    let wait = move || {
                        let _ = released.lock().unwrap().recv();
                    };
                    workers.run(Lane::Text, &never, wait).await.is_ok()
                })
            })
            .collect();
        while workers.begun() < full.len() {
            tokio::task::yield_now().await;
        }
        let waiting: Vec<_> = (0..100)
            .map(|_| {
                let (workers, cancel) = (workers.clone(), CancellationToken::new());
                let token = cancel.clone();
                let task = tokio::spawn(async move { workers.run(Lane::Text, &token, || ()).await });
                (task, cancel)
            })
            .collect();
        assert!(workers.run(Lane::Keys, &never, || ()).await.is_ok(), "another lane");
        for (task, cancel) in waiting {
            cancel.cancel();
            assert!(matches!(task.await.unwrap(), Err(Stopped::Cancelled)));
        }
        drop(release);
        for task in full {
            assert!(task.await.unwrap());
        }
        assert!(workers.run(Lane::Text, &never, || ()).await.is_ok(), "there is room again");
        assert_eq!(workers.begun(), WIDTHS[Lane::Text as usize] + 2);
    }

    #[tokio::test]
    async fn who_waits_goes_on_when_the_work_is_cancelled_and_its_place_stays_taken() {
        let workers = Arc::new(Workers::default());
        let cancel = CancellationToken::new();
        let (tell, begun) = tokio::sync::oneshot::channel();
        let (release, released) = mpsc::channel::<()>();
        let work = move || {
            let _ = tell.send(());
            let _ = released.recv();
        };
        let stop = async {
            begun.await.unwrap();
            cancel.cancel();
        };
        let (result, ()) = tokio::join!(workers.run(Lane::Text, &cancel, work), stop);
        assert!(matches!(result, Err(Stopped::Cancelled)));
        let room = &workers.lanes[Lane::Text as usize];
        assert_eq!(room.available_permits(), WIDTHS[Lane::Text as usize] - 1);
        drop(release);
        drop(room.acquire_many(WIDTHS[Lane::Text as usize] as u32).await);
        let panic = workers.run(Lane::Keys, &CancellationToken::new(), || panic!("as asked")).await;
        assert!(matches!(panic, Err::<(), _>(Stopped::Panicked(_))));
    }
}
