//! Watches the body of a request as it arrives: whether all of it has arrived, and what a handler left unread.
//!
//! Before a body has arrived, nothing was settled; afterwards something may have been. An unread rest is read and
//! thrown away before the answer is sent, because many clients read no answer until they have sent their whole body.

use std::mem;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use http_body_util::BodyExt as _;
use hyper::body::{Frame, SizeHint};
use tokio::time::timeout;

use crate::limits::{DISCARD_BYTES_MAX, DISCARD_TIME_MAX};

/// What became of one request's body.
#[derive(Clone, Debug, Default)]
pub struct Arrival(Arc<Mutex<State>>);

#[derive(Debug, Default)]
enum State {
    #[default]
    Awaited,
    Complete,
    /// The handler has its answer and dropped the body unread.
    Left(Body),
}

impl Arrival {
    /// Whether the handler still waits for the body, and so has begun nothing.
    pub fn is_awaited(&self) -> bool {
        matches!(*self.state(), State::Awaited)
    }

    /// Reads what the handler left, up to a limit of bytes and time.
    pub async fn discard_rest(&self) {
        let state = mem::take(&mut *self.state());
        let State::Left(mut body) = state else { return };
        if body.size_hint().lower() > DISCARD_BYTES_MAX {
            return;
        }
        let discard = async {
            let mut bytes = 0;
            while let Some(Ok(frame)) = body.frame().await {
                bytes += frame.data_ref().map_or(0, |data| u64::try_from(data.len()).unwrap_or(u64::MAX));
                if bytes > DISCARD_BYTES_MAX {
                    break;
                }
            }
        };
        // The answer is sent whether or not the rest came in time.
        _ = timeout(DISCARD_TIME_MAX, discard).await;
    }

    fn set(&self, state: State) {
        *self.state() = state;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A state cannot be half set.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Wraps a request's body, so that it notes when it was read to its end and gives back what was not.
pub fn watch(request: Request) -> (Request, Arrival) {
    let arrival = Arrival::default();
    if request.body().is_end_stream() {
        arrival.set(State::Complete);
    }
    let watched = |body| Body::new(Watched { body, arrival: arrival.clone() });
    (request.map(watched), arrival)
}

struct Watched {
    body: Body,
    arrival: Arrival,
}

impl HttpBody for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = Pin::new(&mut self.body).poll_frame(context);
        // If the length of a body is known, it is not always polled again after its last frame.
        let ended = matches!(frame, Poll::Ready(None)) || (frame.is_ready() && self.body.is_end_stream());
        if ended {
            self.arrival.set(State::Complete);
        }
        frame
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if self.arrival.is_awaited() {
            self.arrival.set(State::Left(mem::take(&mut self.body)));
        }
    }
}
