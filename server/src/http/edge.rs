//! What happens to every request before a handler gets it. It gets an id, a line in the log and a count in the metrics.
//! The rate of its client, its time and the encoding of its body are checked.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};
use std::pin::pin;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use ring::rand::{SecureRandom as _, SystemRandom};
use tokio::time::timeout;
use tower_http::set_header::SetResponseHeaderLayer;

use super::actor::MEMBER;
use super::arrival;
use super::changes::Changes;
use super::guard::forwarded_by;
use super::problem::{Failure, Problem};
use super::rates::Rates;
use super::settle::IDEMPOTENCY_KEY;
use crate::limits::REQUEST_ID_MAX;
use crate::metrics::Metrics;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// Headers that say who asks for what. Each is there once at most.
const ONCE: [HeaderName; 5] = [
    header::HOST,
    AUTHORIZATION,
    header::CONTENT_TYPE,
    HeaderName::from_static(IDEMPOTENCY_KEY),
    HeaderName::from_static(MEMBER),
];

/// The wallet has nothing inline. Its WebAssembly is compiled at run time.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");
/// What pages may use of the device: nothing.
const NO_DEVICES: &str = "camera=(), geolocation=(), microphone=(), payment=()";
/// The wallet's page may use the camera, with which a till and a transfer scan a member's code. All screens are one page, so the header cannot
/// tell them apart; only those two ask for it.
const CAMERA_ONLY: &str = "camera=(self), geolocation=(), microphone=(), payment=()";

const HEADERS: [(HeaderName, &str); 4] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The state of the middleware.
#[derive(Debug)]
struct Edge {
    metrics: Arc<Metrics>,
    addresses: Rates<IpAddr>,
    keys: Rates<String>,
    behind_proxy: bool,
    request_time: Duration,
    changes: Changes,
    random: SystemRandom,
}

/// What clients may ask for.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most requests a second of one address; 0 for no limit.
    pub rate_per_address: u32,
    /// Most requests a second with one key; 0 for no limit.
    pub rate_per_key: u32,
    /// Whether the client is the last address of `X-Forwarded-For`.
    pub behind_proxy: bool,
    /// Longest time of a request, its body included.
    pub request_time: Duration,
}

/// A router with all of it in front.
pub fn around(router: Router, limits: Limits, metrics: Arc<Metrics>, changes: Changes) -> Router {
    let edge = Edge {
        metrics,
        addresses: Rates::per_second(limits.rate_per_address),
        keys: Rates::per_second(limits.rate_per_key),
        behind_proxy: limits.behind_proxy,
        request_time: limits.request_time,
        changes,
        random: SystemRandom::new(),
    };
    with_headers(router.layer(from_fn_with_state(Arc::new(edge), pass)))
}

/// Every answer with the headers above. No cache stores an answer that does not say otherwise: most are personal.
fn with_headers(router: Router) -> Router {
    let private = HeaderValue::from_static("private, no-store");
    let router = router.layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, private));
    HEADERS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}

async fn pass(State(edge): State<Arc<Edge>>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    // The template, not the address, because an address may contain a member's id.
    let route = request.extensions().get::<MatchedPath>().map_or("unmatched", MatchedPath::as_str).to_owned();
    let id = edge.request_id(request.headers());
    let devices = if matches!(request.uri().path(), "/" | "/index.html") { CAMERA_ONLY } else { NO_DEVICES };
    let mut response =
        if let Some(refusal) = edge.refusal(&request) { refusal } else { edge.answer(request, next).await };
    let (status, time) = (response.status().as_u16(), started.elapsed());
    edge.metrics.answered(method.as_str(), &route, status, time);
    let (ms, name) = (u64::try_from(time.as_millis()).unwrap_or(u64::MAX), id.to_str().unwrap_or_default());
    tracing::info!(target: "gongxiang::request", %method, %route, status, ms, id = name, "answered");
    response.headers_mut().insert(REQUEST_ID, id);
    response.headers_mut().insert(PERMISSIONS, HeaderValue::from_static(devices));
    response
}

impl Edge {
    /// The API's answer, if it comes in time.
    async fn answer(&self, request: Request, next: Next) -> Response {
        let (request, arrival) = arrival::watch(request);
        let only_reads = request.method().is_safe();
        let answer = next.run(request);
        let answer =
            async { if only_reads { Some(answer.await) } else { self.changes.serve(answer, arrival.clone()).await } };
        // It is not dropped before it was asked how far it came.
        let mut answer = pin!(answer);
        match timeout(self.request_time, answer.as_mut()).await {
            Ok(Some(response)) => {
                arrival.discard_rest().await;
                response
            }
            Err(_) if arrival.is_awaited() => Problem::from(Failure::Timeout).into_response(),
            Ok(None) => Problem::from(Failure::Unavailable).into_response(),
            // It may still be settled. A repeated request gets the outcome.
            Err(_) => {
                let why = "it takes longer than a request may, and may still be settled; ask again with the same key";
                Problem::new(Failure::Unavailable, "", why).into_response()
            }
        }
    }

    /// The client's own id, if it is harmless in a log. Otherwise a new one.
    fn request_id(&self, headers: &HeaderMap) -> HeaderValue {
        let harmless = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
        let named = headers
            .get(REQUEST_ID)
            .filter(|id| (1..=REQUEST_ID_MAX).contains(&id.len()) && id.as_bytes().iter().all(harmless));
        named.cloned().unwrap_or_else(|| {
            let mut bytes = [0; 8];
            // Without randomness all ids are the same, which does no harm.
            _ = self.random.fill(&mut bytes);
            HeaderValue::from(u64::from_be_bytes(bytes))
        })
    }

    fn refusal(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        if let Some(client) = self.client(request) {
            let key = headers.get(AUTHORIZATION).map(|key| crate::text::fingerprint(key.as_bytes()));
            let wait = self.addresses.wait(&network(client)).or_else(|| self.keys.wait(&key?));
            if let Some(wait) = wait {
                let mut response = Problem::from(Failure::RateLimited).into_response();
                // In whole seconds, rounded up.
                response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait.as_secs() + 1));
                return Some(response);
            }
        }
        // A proxy and this server could each believe another one of two.
        if let Some(name) = ONCE.iter().find(|name| headers.get_all(*name).iter().nth(1).is_some()) {
            return Some(
                Problem::new(Failure::BadHeader, name.as_str(), Failure::BadHeader.sentence()).into_response(),
            );
        }
        // Nothing has this character in its name, and PostgreSQL takes no text with it.
        let has_nul = |text: &str| text.contains("%00");
        if has_nul(request.uri().path()) {
            return Some(Problem::from(Failure::NotFound).into_response());
        }
        if request.uri().query().is_some_and(has_nul) {
            return Some(Problem::from(Failure::BadQuery).into_response());
        }
        let compressed = headers.get(CONTENT_ENCODING).is_some_and(|encoding| encoding != "identity");
        compressed.then(|| {
            let why = "bodies come uncompressed";
            Problem::new(Failure::UnsupportedMediaType, "content-encoding", why).into_response()
        })
    }

    /// The client's address. Nothing for this machine itself, which has no limits.
    fn client(&self, request: &Request) -> Option<IpAddr> {
        let peer = peer(request)?;
        if !self.behind_proxy {
            return Some(peer).filter(|peer| !peer.is_loopback());
        }
        // The proxy adds the last address. The client can write anything before it.
        let named = request.headers().get_all(FORWARDED_FOR).iter().next_back();
        let Some(named) = named else { return Some(peer).filter(|peer| !peer.is_loopback()) };
        let last = named.to_str().ok().and_then(|list| list.rsplit(',').next()?.trim().parse().ok());
        Some(last.unwrap_or(peer))
    }
}

fn peer(request: &Request) -> Option<IpAddr> {
    let ConnectInfo(peer) = request.extensions().get::<ConnectInfo<SocketAddr>>()?;
    Some(peer.ip().to_canonical())
}

/// Who has one IPv6 address usually has 2^64, so the network counts.
pub(super) fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() >> 64 << 64)),
    }
}

/// Whether a request comes from this machine or a private network, and not through a proxy. Only those may read the figures.
#[must_use]
pub fn is_from_inside(request: &Request) -> bool {
    let direct = forwarded_by(request.headers()).is_none();
    direct && peer(request).is_some_and(|peer| !crate::outbound::is_public(peer))
}
