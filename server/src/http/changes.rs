//! Requests that may change something are served to their end, even if their client goes away or their time is over.
//! Otherwise a client could leave in between, and have its change without the entry that says who made it.

use std::future::Future;
use std::panic::resume_unwind;

use axum::response::Response;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use super::arrival::Arrival;

/// The requests of this process that may change something and are being served.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    running: TaskTracker,
    dropped: CancellationToken,
}

/// One of them, as long as somebody waits for its answer.
struct Serving {
    answer: JoinHandle<Option<Response>>,
    arrival: Arrival,
}

impl Changes {
    /// Serves a request and returns its answer; nothing if the server ends before. If nobody waits for the answer any more,
    /// a request that has not arrived is dropped, because it has changed nothing. Every other one goes on.
    pub(super) async fn serve(
        &self,
        answer: impl Future<Output = Response> + Send + 'static,
        arrival: Arrival,
    ) -> Option<Response> {
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
