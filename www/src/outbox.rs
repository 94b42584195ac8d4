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
use crate::keep::{self, Drawer};
use crate::locks;
use crate::reactive::effect;

/// A confirmed action that the server has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// The idempotency key.
    pub key: String,
    /// Time of the confirmation, ISO 8601.
    pub at: String,
    /// `None` for the operator.
    pub member: Option<Id>,
    pub path: String,
    pub body: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Settled(Receipt),
    /// Final: it is not sent again.
    Refused(Problem),
    /// The answer cannot be read. The outcome can be asked for later by the idempotency key.
    Unclear,
}

/// The unanswered actions of all tabs.
#[derive(Clone, Copy, Debug)]
pub struct Outbox {
    /// Oldest first.
    pub waiting: RwSignal<Vec<Waiting>>,
    /// The last outcome, with its idempotency key.
    pub answered: RwSignal<Option<(String, Outcome)>>,
    /// Set if the browser refused to store an action.
    pub storage_fails: RwSignal<bool>,
    session: RwSignal<Option<Session>>,
}

impl Outbox {
    /// Sends what waits from earlier: now, and whenever the network comes back or somebody signs in.
    pub fn open(session: RwSignal<Option<Session>>) -> Self {
        let outbox = Self {
            waiting: RwSignal::default(),
            answered: RwSignal::default(),
            storage_fails: RwSignal::default(),
            session,
        };
        window_event_listener(leptos::ev::online, move |_| outbox.flush());
        effect(move |_| {
            if outbox.session.read().is_some() {
                outbox.flush();
            }
        });
        outbox
    }

    /// Takes a confirmed action. The screen shows it as waiting only after it was stored, so closing the wallet then loses
    /// nothing.
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

    /// Sends what waits, oldest first. Stops when the server does not answer.
    pub fn flush(self) {
        spawn_local(locks::alone("gongxiang-outbox", self.send_all()));
    }

    async fn send_all(self) {
        if let Some(texts) = keep::read_all(Drawer::Waiting).await {
            let mut kept: Vec<Waiting> = texts.iter().filter_map(|text| api::read(text).ok()).collect();
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

    /// Follows other tabs: takes over actions that they stored, and reads the outcome of those that they sent.
    async fn adopt(self, kept: Vec<Waiting>) {
        for gone in self.waiting.get_untracked().iter().filter(|mine| !kept.contains(mine)) {
            let done = keep::read(Drawer::Done, &gone.key).await;
            let Some((status, text)) = done.as_deref().and_then(|done| done.split_once('\n')) else { continue };
            self.settle(&gone.key, status.parse().unwrap_or_default(), text);
        }
        self.show(kept);
    }

    fn show(self, mut new: Vec<Waiting>) {
        self.waiting.with_untracked(|known| new.retain(|waiting| !known.contains(waiting)));
        if !new.is_empty() {
            self.waiting.update(|waiting| waiting.extend(new));
        }
    }

    /// Whether the signed-in member may send it: members send only their own actions.
    fn may_send(self, waiting: &Waiting) -> bool {
        self.session.with_untracked(|session| {
            session.as_ref().is_none_or(|session| session.member.is_none() || session.member == waiting.member)
        })
    }

    fn settle(self, key: &str, status: u16, text: &str) {
        let outcome = match status {
            200 => api::read::<WithReceipt>(text).map_or(Outcome::Unclear, |said| Outcome::Settled(said.receipt)),
            _ => Outcome::Refused(api::read(text).unwrap_or_default()),
        };
        self.waiting.update(|all| all.retain(|waiting| waiting.key != key));
        self.answered.set(Some((key.to_owned(), outcome)));
    }
}

/// The server's answer to an action; `None` if it has to be sent again later.
async fn answer(waiting: &Waiting) -> Option<(u16, String)> {
    let answered = api::post(&waiting.path, Some(&waiting.key), waiting.body.clone()).await.ok()?;
    // In progress, rate-limited, or a server error: all are temporary.
    (!matches!(answered.0, 409 | 429 | 500..)).then_some(answered)
}

/// A new idempotency key: a random UUID.
pub fn new_key() -> String {
    let random = window().crypto().map(|crypto| crypto.random_uuid());
    random.unwrap_or_else(|_| js_sys::Date::new_0().to_iso_string().into())
}
