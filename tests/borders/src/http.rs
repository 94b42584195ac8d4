//! Requests: the routes as they are served, on a book in a file of this process.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use gongxiang_server::goods::Goods;
use gongxiang_server::http::app::{App, Policy, SignIn};
use gongxiang_server::http::routes;
use gongxiang_server::ledger::queue::Ledger;
use gongxiang_server::ledger::quota::Quota;
use gongxiang_server::ledger::store::Store;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::notices::Notices;
use gongxiang_server::notices::channels::Channels;
use gongxiang_server::people::passkeys::{self, Passkeys};
use gongxiang_server::people::second_person::SecondPerson;
use gongxiang_server::people::store::People;
use serde_json::Value;
use tempfile::TempDir;
use tokio::runtime::Runtime;
use tower::ServiceExt as _;

use crate::seed;

/// After so many requests the next ones find the book as it was at first.
const REQUESTS_MAX: usize = 500;

/// Largest answer that is read.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// What is there before the first request: a shop, two members, an order, offers, a trade, and a closed day.
const OPENING: &str = include_str!("opening.jsonl");

struct Server {
    runtime: Runtime,
    router: Router,
    /// The session of the member `ann`.
    session: String,
    requests: usize,
    /// What the operator was last told of the whole book.
    state: Value,
    _folder: TempDir,
}

struct Answer {
    status: u16,
    body: Vec<u8>,
}

thread_local! {
    static SERVER: RefCell<Option<Server>> = const { RefCell::new(None) };
}

/// The first line is a method, an address and who asks (`ann`; else the operator of a demo); the rest is the body. The answer is
/// never a failure of the server; one that refuses is a problem with its code and a sentence, and the book is as it was before; one that settles
/// is given again, marked as repeated, to the same request.
pub fn request(data: &[u8]) {
    let end = data.iter().position(|byte| *byte == b'\n').unwrap_or(data.len());
    let Ok(line) = str::from_utf8(&data[..end]) else { return };
    let mut words = line.split(' ');
    let (Some(method), Some(path)) = (words.next(), words.next()) else { return };
    let (by_ann, body) = (words.next() == Some("ann"), data.get(end + 1..).unwrap_or_default());
    SERVER.with_borrow_mut(|server| {
        let server = match server {
            Some(server) if server.requests < REQUESTS_MAX => server,
            none => none.insert(Server::start()),
        };
        server.requests += 1;
        let Some(answer) = server.ask(method, path, by_ann, body) else { return };
        checked(&answer, &format!("{line}\n{}", String::from_utf8_lossy(body)));
        let state = server.state();
        if answer.status < 300 && method == "POST" {
            server.state = state;
            repeated(server, method, path, by_ann, body, &answer);
        } else {
            assert_eq!(state, server.state, "{line}: {}", answer.status);
        }
    });
}

/// Settled once, however often it is asked for. The events of a journal and what is only looked at have no key.
fn repeated(server: &mut Server, method: &str, path: &str, by_ann: bool, body: &[u8], first: &Answer) {
    let read = |answer: &Answer| serde_json::from_slice::<Value>(&answer.body).unwrap_or_default();
    let first = read(first);
    if first["repeated"].is_null() {
        return;
    }
    let again = server.ask(method, path, by_ann, body).expect("it was a request before");
    assert_eq!(again.status, 200, "{}", read(&again));
    let again = read(&again);
    assert_eq!((&again["repeated"], &again["receipt"]), (&Value::Bool(true), &first["receipt"]));
    assert_eq!(server.state(), server.state, "settled twice");
}

fn checked(answer: &Answer, asked: &str) {
    let Answer { status, body } = answer;
    assert!(!matches!(status, 500..=599), "{status} for {asked}: {}", String::from_utf8_lossy(body));
    if (400..500).contains(status) {
        let problem: Value = serde_json::from_slice(body).unwrap_or_else(|error| panic!("{status} {asked}: {error}"));
        let text = |field: &str| problem[field].as_str().unwrap_or_else(|| panic!("no {field}: {problem} for {asked}"));
        assert!(!text("code").is_empty() && !text("detail").is_empty(), "{problem} for {asked}");
        _ = text("field");
        assert_eq!(problem["status"].as_u64(), Some(u64::from(*status)), "{problem} for {asked}");
    }
}

impl Server {
    fn start() -> Self {
        let folder = tempfile::tempdir().expect("a directory");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        let router = runtime.block_on(router(&format!("sqlite:{}", folder.path().join("book.db").display())));
        let mut this =
            Self { runtime, router, session: String::new(), requests: 0, state: Value::Null, _folder: folder };
        for event in OPENING.lines() {
            let answer = this.ask("POST", "/v1/events", false, event.as_bytes()).expect("a request");
            assert_eq!(answer.status, 200, "{event}: {}", String::from_utf8_lossy(&answer.body));
        }
        let answer = this.ask("POST", "/v1/sessions/demo", false, br#"{"member":"ann"}"#).expect("a request");
        let session: Value = serde_json::from_slice(&answer.body).expect("JSON");
        session["token"].as_str().expect("a token").clone_into(&mut this.session);
        this.state = this.state();
        this
    }

    /// Nothing where the method or the address cannot even be sent.
    fn ask(&mut self, method: &str, path: &str, by_ann: bool, body: &[u8]) -> Option<Answer> {
        let mut request = Request::builder().method(method).uri(path).header("idempotency-key", key(path, body));
        if !body.is_empty() {
            request = request.header("content-type", "application/json");
        }
        if by_ann {
            request = request.header("authorization", format!("Bearer {}", self.session));
        }
        let request = request.body(Body::from(body.to_vec())).ok()?;
        let router = self.router.clone();
        self.runtime.block_on(async {
            let answer = router.oneshot(request).await.expect("a router answers");
            let status = answer.status().as_u16();
            let body = to_bytes(answer.into_body(), ANSWER_BYTES_MAX).await.expect("the answer can be read");
            Some(Answer { status, body: body.to_vec() })
        })
    }

    fn state(&mut self) -> Value {
        let answer = self.ask("GET", "/v1/state", false, b"").expect("a request");
        serde_json::from_slice(&answer.body).expect("JSON")
    }
}

/// The same request has the same key.
fn key(path: &str, body: &[u8]) -> String {
    gongxiang_server::text::fingerprint(&[path.as_bytes(), b"\n", body].concat())
}

async fn router(database: &str) -> Router {
    let store = SqlStore::open(database).await.expect("a database");
    store.open_book(None, seed()).await.expect("a book");
    let (people, goods) = (People::new(store.pool().clone()), Goods::new(store.pool().clone()));
    let notices = Notices::new(store.pool().clone());
    let store: Arc<dyn Store> = Arc::new(store);
    let (ledger, _) = Ledger::start(store, 0, Arc::default());
    let origin = passkeys::origin("http://localhost").expect("an origin");
    let passkeys = Passkeys::new(&origin, people.clone()).expect("passkeys");
    let sign_in =
        SignIn { origin: Some(origin), passkeys: Some(passkeys), open_registration: true, ..SignIn::default() };
    let second_person = SecondPerson::default();
    let policy = Policy {
        quota: Quota::default(),
        trade_hours: 24,
        second_person,
        goods_days: 30,
        shop_approval: false,
        allow_private_webhooks: false,
        request_time: Duration::from_secs(30),
        demo: true,
    };
    // No way to tell anybody: a test sends nothing to others.
    routes::router(App::new(ledger, people, goods, notices, Channels::default(), sign_in, policy), None)
}
