//! What was confirmed and is not answered yet. Each action is kept with its idempotency key before it is sent, leaves when the
//! server answered, and is sent by one tab at a time: nothing is lost, nothing is settled twice.

use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::wire::command::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};

use crate::action::Action;
use crate::api::{self, Problem, Session, WithReceipt};
use crate::json;
use crate::keep::{self, Drawer};
use crate::locks;
use crate::markup::watch;

/// An action on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its idempotency key.
    pub key: String,
    /// When it was confirmed.
    pub at: String,
    /// Who acts; nobody for the operator.
    pub member: Option<Id>,
    pub path: String,
    pub body: String,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Settled, by this receipt.
    Settled(Receipt),
    /// Not settled, and not to be tried again.
    Refused(Problem),
    /// An answer that makes no sense. The key says later what became of it.
    Unclear,
}

/// The actions on their way, of all tabs.
#[derive(Clone, Copy, Debug)]
pub struct Outbox {
    /// Oldest first.
    pub waiting: RwSignal<Vec<Waiting>>,
    /// The last answer, with its key.
    pub answered: RwSignal<Option<(String, Outcome)>>,
    /// Whether the browser refused to keep something.
    pub storage_fails: RwSignal<bool>,
    session: RwSignal<Option<Session>>,
}

impl Outbox {
    /// Reads what waits from earlier, and sends it; again whenever the network comes back.
    pub fn open(session: RwSignal<Option<Session>>) -> Self {
        let outbox = Self {
            waiting: RwSignal::default(),
            answered: RwSignal::default(),
            storage_fails: RwSignal::default(),
            session,
        };
        window_event_listener(leptos::ev::online, move |_| outbox.flush());
        watch(Box::new(move |_| {
            if outbox.session.read().is_some() {
                outbox.flush();
            }
        }));
        outbox
    }

    /// Takes an action that was confirmed. It is said to wait once it is kept: whoever closes the wallet after reading so
    /// loses nothing.
    pub fn take(self, action: &Action, key: String) {
        let Request { path, body } = action.request();
        let at = js_sys::Date::new_0().to_iso_string().into();
        let waiting = Waiting { key, at, member: action.member.clone(), path, body: body.canonical() };
        spawn_local(async move {
            let text = serde_json::to_string(&waiting).unwrap_or_default();
            let kept = keep::write(Drawer::Waiting, &waiting.key, &text).await;
            self.storage_fails.set(!kept);
            self.show(vec![waiting]);
            self.flush();
        });
    }

    /// Sends what waits, in order, until the server does not answer.
    pub fn flush(self) {
        spawn_local(locks::alone("gongxiang-outbox", self.send_all()));
    }

    async fn send_all(self) {
        if let Some(texts) = keep::read_all(Drawer::Waiting).await {
            let mut kept: Vec<Waiting> = texts.iter().filter_map(|text| json::read(text).ok()).collect();
            kept.sort_by(|a, b| a.at.cmp(&b.at));
            self.adopt(kept).await;
        }
        for waiting in self.waiting.get_untracked() {
            if !self.may_send(&waiting) {
                continue;
            }
            let Some((status, text)) = answer(&waiting).await else { break };
            keep::write(Drawer::Done, &waiting.key, &format!("{status}\n{text}")).await;
            keep::forget(Drawer::Waiting, &waiting.key).await;
            self.settle(&waiting.key, status, &text);
        }
    }

    /// Follows what other tabs did: takes over what they left, and learns what they sent.
    async fn adopt(self, kept: Vec<Waiting>) {
        for gone in self.waiting.get_untracked().iter().filter(|mine| !kept.contains(mine)) {
            let done = keep::read(Drawer::Done, &gone.key).await;
            let Some((status, text)) = done.as_deref().and_then(|done| done.split_once('\n')) else { continue };
            self.settle(&gone.key, status.parse().unwrap_or_default(), text);
        }
        self.show(kept);
    }

    /// Shows that these wait, each once.
    fn show(self, mut new: Vec<Waiting>) {
        self.waiting.with_untracked(|known| new.retain(|waiting| !known.contains(waiting)));
        if !new.is_empty() {
            self.waiting.update(|waiting| waiting.extend(new));
        }
    }

    /// Whoever is signed in sends its own only.
    fn may_send(self, waiting: &Waiting) -> bool {
        self.session.with_untracked(|session| {
            session.as_ref().is_none_or(|session| session.member.is_none() || session.member == waiting.member)
        })
    }

    fn settle(self, key: &str, status: u16, text: &str) {
        let outcome = match status {
            200 => json::read::<WithReceipt>(text).map_or(Outcome::Unclear, |said| Outcome::Settled(said.receipt)),
            _ => Outcome::Refused(json::read(text).unwrap_or_default()),
        };
        self.waiting.update(|all| all.retain(|waiting| waiting.key != key));
        self.answered.set(Some((key.to_owned(), outcome)));
    }
}

/// The server's word on an action; nothing where it has to be asked again.
async fn answer(waiting: &Waiting) -> Option<(u16, String)> {
    let answered = api::post(&waiting.path, Some(&waiting.key), waiting.body.clone()).await.ok()?;
    // Being settled right now, too many at once, or a fault of the server: all of them pass.
    (!matches!(answered.0, 409 | 429 | 500..)).then_some(answered)
}

/// A key for an action that is asked for: 122 random bits, as the browser makes them.
pub fn new_key() -> String {
    let random = window().crypto().map(|crypto| crypto.random_uuid());
    random.unwrap_or_else(|_| js_sys::Date::new_0().to_iso_string().into())
}
