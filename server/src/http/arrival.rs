//! Whether a request's body has arrived. Until then nothing was settled; afterwards something may have been.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use hyper::body::{Frame, SizeHint};

/// Whether one request's body has arrived.
#[derive(Clone, Debug)]
pub struct Arrival(Arc<AtomicBool>);

impl Arrival {
    pub fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Wraps a request's body, so that it notes when it was read to its end.
pub fn watch(request: Request) -> (Request, Arrival) {
    let arrival = Arrival(Arc::new(AtomicBool::new(request.body().is_end_stream())));
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
            self.arrival.0.store(true, Ordering::Release);
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
