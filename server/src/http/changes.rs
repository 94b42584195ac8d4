//! Requests that may change something are served to their end, even if their client goes away or their time is over.
//! Otherwise a client could leave in between, and have its change without the entry that says who made it.

use std::future::Future;
use std::panic::resume_unwind;
use std::sync::Arc;

use axum::response::Response;
use tokio::sync::Semaphore;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::arrival::Arrival;
use crate::limits::CLIENTS_MAX;

/// The requests of this process that may change something and are being served.
#[derive(Clone, Debug)]
pub struct Changes {
    /// One is taken until the request has ended, even if its connection ended before.
    places: Arc<Semaphore>,
    running: TaskTracker,
    dropped: CancellationToken,
}

/// One of them, as long as somebody waits for its answer.
struct Serving {
    answer: JoinHandle<Option<Response>>,
    arrival: Arrival,
}

impl Default for Changes {
    fn default() -> Self {
        Self::with_at_most(CLIENTS_MAX)
    }
}

impl Changes {
    /// At most so many at once.
    #[must_use]
    pub fn with_at_most(most: usize) -> Self {
        Self { places: Arc::new(Semaphore::new(most)), running: TaskTracker::new(), dropped: CancellationToken::new() }
    }

    /// Serves a request and returns its answer; nothing if there are too many, or the server ends before. If nobody waits
    /// for the answer any more, a request that has not arrived is dropped, because it has changed nothing. Every other one
    /// goes on.
    pub(super) async fn serve(
        &self,
        answer: impl Future<Output = Response> + Send + 'static,
        arrival: Arrival,
    ) -> Option<Response> {
        let place = Arc::clone(&self.places).try_acquire_owned().ok()?;
        let answer = async move {
            let _place = place;
            answer.await
        };
        let answer = self.dropped.clone().run_until_cancelled_owned(answer);
        let mut serving = Serving { answer: self.running.spawn(answer), arrival };
        match (&mut serving.answer).await {
            Ok(answer) => answer,
            Err(error) if error.is_panic() => resume_unwind(error.into_panic()),
            // The runtime ends.
            Err(_) => None,
        }
    }

    /// Waits until all of them have ended.
    pub(super) async fn ended(&self) {
        self.running.close();
        self.running.wait().await;
    }

    /// Drops those that are left.
    pub(super) async fn stop(&self) {
        self.dropped.cancel();
        self.ended().await;
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        if self.arrival.is_awaited() {
            self.answer.abort();
        }
    }
}
