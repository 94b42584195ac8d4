//! Clients that go away before they have their answer: what they began to change is changed with all that belongs to it, and
//! what they did not send to its end changes nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::routing::get;
use gongxiang_server::http::changes::Changes;
use gongxiang_server::http::edge::{self, Limits};
use gongxiang_server::http::listen::{self, Addresses};
use gongxiang_server::metrics::Metrics;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc, watch};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::support::TestResult;

const ENOUGH: Duration = Duration::from_secs(20);
/// After that long the server has seen that a client is gone.
const NOTICED: Duration = Duration::from_millis(300);
const POST: &str = "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 4\r\n\r\nbody";
const GET: &str = "GET / HTTP/1.1\r\nhost: localhost\r\n\r\n";

/// How far a handler came.
#[derive(Debug, PartialEq, Eq)]
enum Step {
    Begun,
    Done,
    Dropped,
}

/// Says how far its handler came.
struct Work {
    steps: mpsc::UnboundedSender<Step>,
    is_done: bool,
}

impl Drop for Work {
    fn drop(&mut self) {
        _ = self.steps.send(if self.is_done { Step::Done } else { Step::Dropped });
    }
}

/// A server with one address, whose handlers go on when they are let go.
struct House {
    address: SocketAddr,
    steps: mpsc::UnboundedReceiver<Step>,
    go: Arc<Semaphore>,
    end: watch::Sender<bool>,
    serving: JoinHandle<()>,
}

impl House {
    async fn open(request_time: Duration, drain: Duration) -> TestResult<Self> {
        Self::with(Changes::default(), request_time, drain).await
    }

    async fn with(changes: Changes, request_time: Duration, drain: Duration) -> TestResult<Self> {
        let (said, steps) = mpsc::unbounded_channel();
        let go = Arc::new(Semaphore::new(0));
        let gate = Arc::clone(&go);
        let work = move || {
            let (steps, gate) = (said.clone(), Arc::clone(&gate));
            async move {
                _ = steps.send(Step::Begun);
                let mut work = Work { steps, is_done: false };
                gate.acquire().await.expect("never closed").forget();
                work.is_done = true;
            }
        };
        let read = work.clone();
        let router = Router::new().route("/", get(read).post(move |_: Bytes| work()));
        let limits = Limits { rate_per_address: 0, rate_per_key: 0, behind_proxy: false, request_time };
        let router = edge::around(router, limits, Arc::new(Metrics::default()), changes.clone());
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let (end, ended) = watch::channel(false);
        let serving = tokio::spawn(async move {
            listen::serve(listener, router, Addresses::with_at_most(0), &changes, ended, drain).await;
        });
        Ok(Self { address, steps, go, end, serving })
    }

    async fn send(&self, request: &str) -> TestResult<TcpStream> {
        let mut stream = TcpStream::connect(self.address).await?;
        stream.write_all(request.as_bytes()).await?;
        Ok(stream)
    }

    /// Sends a request and leaves once it has begun.
    async fn leave(&mut self, request: &str) -> TestResult {
        let stream = self.send(request).await?;
        assert_eq!(self.step().await?, Step::Begun);
        drop(stream);
        sleep(NOTICED).await;
        Ok(())
    }

    async fn step(&mut self) -> TestResult<Step> {
        Ok(timeout(ENOUGH, self.steps.recv()).await?.ok_or("the server is gone")?)
    }

    async fn close(mut self) -> TestResult<Option<Step>> {
        self.end.send_replace(true);
        timeout(ENOUGH, self.serving).await??;
        Ok(self.steps.try_recv().ok())
    }
}

async fn answer(mut stream: TcpStream) -> TestResult<String> {
    let mut start = [0; 12];
    timeout(ENOUGH, stream.read_exact(&mut start)).await??;
    Ok(String::from_utf8_lossy(&start).into_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_on_when_its_client_leaves_and_reading_does_not() -> TestResult {
    let mut house = House::open(ENOUGH * 2, ENOUGH * 2).await?;
    house.leave(GET).await?;
    assert_eq!(house.step().await?, Step::Dropped, "nobody reads it");
    house.leave(POST).await?;
    house.go.add_permits(1);
    assert_eq!(house.step().await?, Step::Done);
    assert_eq!(house.close().await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_that_was_not_sent_to_its_end_is_none() -> TestResult {
    let mut house = House::open(ENOUGH * 2, ENOUGH * 2).await?;
    drop(house.send(POST.trim_end_matches('y')).await?);
    sleep(NOTICED).await;
    assert!(house.steps.try_recv().is_err(), "it has not begun");
    assert_eq!(house.close().await?, None, "and the end does not wait for it");

    let mut house = House::open(NOTICED, ENOUGH * 2).await?;
    let slow = house.send(POST.trim_end_matches('y')).await?;
    assert_eq!(answer(slow).await?, "HTTP/1.1 408");
    assert!(house.steps.try_recv().is_err(), "it has not begun");
    assert_eq!(house.close().await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_change_goes_on_when_its_time_is_over() -> TestResult {
    let mut house = House::open(NOTICED, ENOUGH * 2).await?;
    let slow = house.send(POST).await?;
    assert_eq!(house.step().await?, Step::Begun);
    assert_eq!(answer(slow).await?, "HTTP/1.1 503");
    house.go.add_permits(1);
    assert_eq!(house.step().await?, Step::Done);
    assert_eq!(house.close().await?, None);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_waits_for_what_clients_began_and_left_but_not_for_ever() -> TestResult {
    let mut house = House::open(ENOUGH * 2, ENOUGH * 2).await?;
    house.leave(POST).await?;
    let go = Arc::clone(&house.go);
    let later = tokio::spawn(async move {
        sleep(NOTICED).await;
        go.add_permits(1);
    });
    assert_eq!(house.close().await?, Some(Step::Done));
    later.await?;

    let mut house = House::open(ENOUGH * 2, NOTICED).await?;
    house.leave(POST).await?;
    assert_eq!(house.close().await?, Some(Step::Dropped));
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_clients_began_and_left_is_limited_like_connections() -> TestResult {
    let mut house = House::with(Changes::with_at_most(1), ENOUGH * 2, ENOUGH * 2).await?;
    house.leave(POST).await?;
    assert_eq!(answer(house.send(POST).await?).await?, "HTTP/1.1 503");
    assert!(house.steps.try_recv().is_err(), "it has not begun");
    house.go.add_permits(1);
    assert_eq!(house.step().await?, Step::Done);
    sleep(NOTICED).await;
    let later = house.send(POST).await?;
    assert_eq!(house.step().await?, Step::Begun);
    house.go.add_permits(1);
    assert_eq!(answer(later).await?, "HTTP/1.1 200");
    assert_eq!((house.step().await?, house.close().await?), (Step::Done, None));
    Ok(())
}
