//! Connections: their number, the time and size of their headers, and their end.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tower::ServiceExt as _;

use crate::limits::{CLIENTS_MAX, HEADER_BYTES_MAX, HEADER_TIME_MAX, HEADERS_MAX};
use crate::shutdown::ended;

/// Serves until `end`. Then it accepts no more connections, and requests that have begun may finish within `drain`. When this
/// returns, nothing of the router is running.
pub async fn serve(listener: TcpListener, router: Router, mut end: watch::Receiver<bool>, drain: Duration) {
    let places = Arc::new(Semaphore::new(CLIENTS_MAX));
    let mut connections = JoinSet::new();
    loop {
        // When all places are taken, new connections wait in the system's queue.
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place,
            () = ended(&mut end) => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = ended(&mut end) => break,
        };
        while connections.try_join_next().is_some() {}
        match accepted {
            Ok((stream, peer)) => {
                // Small answers are sent at once.
                _ = stream.set_nodelay(true);
                let router = router.clone();
                let end = end.clone();
                connections.spawn(async move {
                    connection(stream, router, ConnectInfo(peer), end).await;
                    drop(place);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be taken");
                // There may be no file handle left. Trying again at once would only waste time.
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        }
    }
    drop(listener);
    if timeout(drain, async { while connections.join_next().await.is_some() {} }).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests that did not finish in time are dropped");
    }
    connections.shutdown().await;
}

async fn connection(
    stream: TcpStream,
    router: Router,
    peer: ConnectInfo<std::net::SocketAddr>,
    mut end: watch::Receiver<bool>,
) {
    let service = tower::service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(peer);
        answer(router.clone(), request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIME_MAX)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    tokio::pin!(connection);
    let done = tokio::select! {
        done = connection.as_mut() => done,
        () = ended(&mut end) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = done {
        // Clients disconnect all the time.
        tracing::debug!(%error, "a connection ended");
    }
}

async fn answer(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.oneshot(request).await
}
