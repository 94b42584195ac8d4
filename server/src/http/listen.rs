//! Connections: how many in all and per address, how long and large their headers may be, how long they may make no
//! progress, and how they end.

use std::collections::HashMap;
use std::convert::Infallible;
use std::net::IpAddr;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
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
use tokio_io_timeout::TimeoutStream;
use tower::ServiceExt as _;

use super::changes::Changes;
use super::edge::network;
use crate::limits::{CLIENTS_MAX, HEADER_BYTES_MAX, HEADER_TIME_MAX, HEADERS_MAX, STALL_TIME_MAX};
use crate::shutdown::ended;

/// The number of connections of each address. Connections from this machine are not counted.
#[derive(Clone, Debug)]
pub struct Addresses {
    most: usize,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One connection of an address, until it is dropped.
#[derive(Debug)]
pub struct Place {
    address: IpAddr,
    all: Addresses,
}

impl Addresses {
    /// At most so many connections per address; 0 for no limit.
    #[must_use]
    pub fn with_at_most(most: u32) -> Self {
        let most = if most == 0 { usize::MAX } else { usize::try_from(most).unwrap_or(usize::MAX) };
        Self { most, open: Arc::default() }
    }

    /// A place for one more connection of an address; `None` if it has too many. An IPv6 network of 64 bits is one address.
    #[must_use]
    pub fn place(&self, peer: IpAddr) -> Option<Place> {
        let address = network(peer.to_canonical());
        let mut open = self.open();
        let count = open.entry(address).or_default();
        if *count >= self.most && !address.is_loopback() {
            return None;
        }
        *count += 1;
        Some(Place { address, all: self.clone() })
    }

    fn open(&self) -> MutexGuard<'_, HashMap<IpAddr, usize>> {
        // A count cannot be half done.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut open = self.all.open();
        if let Some(count) = open.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.address);
            }
        }
    }
}

/// Serves until `end`. Then it accepts no more connections, and requests that have begun may finish within `drain`, those
/// for whose answer nobody waits too. When this returns, nothing of the router is running.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    addresses: Addresses,
    changes: &Changes,
    mut end: watch::Receiver<bool>,
    drain: Duration,
) {
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
                // Closed without an answer: a client with that many connections can read it on another one.
                let Some(of_address) = addresses.place(peer.ip()) else { continue };
                // Small answers are sent at once.
                _ = stream.set_nodelay(true);
                let router = router.clone();
                let end = end.clone();
                connections.spawn(async move {
                    connection(stream, router, ConnectInfo(peer), end).await;
                    drop((place, of_address));
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
    let finish = async {
        while connections.join_next().await.is_some() {}
        changes.ended().await;
    };
    if timeout(drain, finish).await.is_err() {
        tracing::warn!(connections = connections.len(), "requests that did not finish in time are dropped");
    }
    connections.shutdown().await;
    changes.stop().await;
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
        .serve_connection(TokioIo::new(with_patience(stream)), TowerToHyperService::new(service));
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

/// A connection that ends if its client takes nothing of an answer for too long.
fn with_patience(stream: TcpStream) -> Pin<Box<TimeoutStream<TcpStream>>> {
    let mut stream = TimeoutStream::new(stream);
    stream.set_write_timeout(Some(STALL_TIME_MAX));
    Box::pin(stream)
}

async fn answer(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.oneshot(request).await
}
