//! The outbox: confirmed actions that have no outcome yet.
//!
//! An action is stored with its idempotency key before it is sent, and one tab at a time sends it. It stays until an
//! answer says its outcome. After any other answer nobody knows whether the server settled it. So it is sent again with
//! the same key, and the server settles a key only once.

use std::time::Duration;

use gongxiang::identity::Id;
use gongxiang::quantity::Points;
use gongxiang::receipt::Receipt;
use gongxiang::wire::command::Request;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::action::Action;
use crate::api::{self, Fault, Problem, Session, WithReceipt};
use crate::json;
use crate::keep::{self, Store};
use crate::locks;
use crate::reactive::effect;

/// A confirmed action that the server has not answered yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingAction {
    /// The idempotency key.
    pub key: String,
    /// Time of the confirmation, ISO 8601.
    pub at: String,
    /// The member, or who of the staff; `None` for the operator of a demo.
    pub member: Option<Id>,
    pub path: String,
    pub body: String,
    /// What it is, in both languages ([`crate::text::Words::both`]).
    #[serde(default)]
    pub title: String,
    /// The points that leave the member's balance with it.
    #[serde(default)]
    pub spends: Points,
    /// Whether it was sent: then the server may have settled it.
    #[serde(default)]
    pub is_sent: bool,
}

/// A refusal that nobody has read yet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub action: PendingAction,
    /// The stable code; empty if the answer had none.
    pub code: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Settled(Receipt),
    /// It waits for a second person.
    Proposed,
    /// New rules wait for their day.
    Announced,
    /// It is done, without a receipt.
    Done,
    /// Final: it is not sent again.
    Refused(Problem),
    /// The answer cannot be read. The outcome can be asked for later by the idempotency key.
    Unclear,
}

/// The first pause before an action is sent again; each further pause is twice as long.
const PAUSE: Duration = Duration::from_secs(5);
const PAUSE_MAX: Duration = Duration::from_mins(5);

/// The unanswered actions of all tabs.
#[derive(Clone, Copy, Debug)]
pub struct Outbox {
    /// Oldest first.
    pub waiting: RwSignal<Vec<PendingAction>>,
    /// Refusals that nobody has read yet, of everybody who used this browser.
    pub refused: RwSignal<Vec<Refused>>,
    /// The last outcome, with its idempotency key.
    pub answered: RwSignal<Option<(String, Outcome)>>,
    /// Counts the actions that were confirmed in this tab.
    pub taken: RwSignal<u64>,
    /// Set if the browser refused to store an action.
    pub storage_fails: RwSignal<bool>,
    session: RwSignal<Option<Session>>,
    /// The pause before the next attempt.
    pause: StoredValue<Duration>,
}

/// How an attempt to send ended.
enum Attempt {
    /// The answer decides the action.
    Outcome(u16, String),
    /// The server cannot say now.
    Later,
    /// The session has ended or belongs to somebody else.
    NotSignedIn,
}

impl Outbox {
    /// Sends what waits from earlier: now, and whenever the network comes back or somebody signs in.
    pub fn open(session: RwSignal<Option<Session>>) -> Self {
        let outbox = Self {
            waiting: RwSignal::default(),
            refused: RwSignal::default(),
            answered: RwSignal::default(),
            taken: RwSignal::default(),
            storage_fails: RwSignal::default(),
            session,
            pause: StoredValue::new(PAUSE),
        };
        window_event_listener(leptos::ev::online, move |_| outbox.flush());
        spawn_local(async move {
            let texts = keep::read_all(Store::Refused).await.unwrap_or_default();
            outbox.refused.update(|all| all.extend(texts.iter().filter_map(|text| api::read(text).ok())));
        });
        effect(move |_| {
            if outbox.session.read().is_some() {
                outbox.flush();
            }
        });
        outbox
    }

    /// Takes a confirmed action. The screen shows it as waiting only after it was stored, so that closing the wallet loses nothing.
    /// `spends` are the points that leave the member's balance.
    pub fn take(self, action: &Action, key: String, spends: Points) {
        let Request { path, body } = action.request();
        self.taken.update(|taken| *taken += 1);
        let at = js_sys::Date::new_0().to_iso_string().into();
        // Nobody else of the staff sends what somebody confirmed.
        let staff =
            || self.session.with_untracked(|session| session.as_ref()?.staff.as_ref().map(|staff| staff.id.clone()));
        let member = action.member.clone().or_else(staff);
        let title = action.title.both().to_owned();
        let waiting = PendingAction { key, at, member, path, body: body.canonical(), title, spends, is_sent: false };
        spawn_local(async move {
            let text = serde_json::to_string(&waiting).unwrap_or_default();
            let kept = keep::write(Store::Waiting, &waiting.key, &text).await;
            self.storage_fails.set(!kept);
            self.show(vec![waiting]);
            self.flush();
        });
    }

    /// Drops an action that waits. If it was sent, the server may have settled it nevertheless.
    pub fn cancel(self, key: String) {
        // Not while it is being sent.
        spawn_local(locks::alone("gongxiang-outbox", async move {
            if self.waiting.with_untracked(|all| all.iter().any(|waiting| waiting.key == key)) {
                keep::write(Store::Done, &key, &format!("{CANCELLED}\n")).await;
                keep::forget(Store::Waiting, &key).await;
                self.settle(&key, CANCELLED, "");
            }
        }));
    }

    /// Whether an action of this member, or of this one of the staff, waits, also one that this tab has not read from the store yet.
    pub async fn holds(self, sender: &Id) -> bool {
        let is_mine = |waiting: &PendingAction| waiting.member.as_ref() == Some(sender);
        self.waiting.with_untracked(|all| all.iter().any(is_mine))
            || keep::read_all(Store::Waiting)
                .await
                .unwrap_or_default()
                .iter()
                .any(|text| api::read(text).is_ok_and(|waiting| is_mine(&waiting)))
    }

    /// Somebody has read a refusal.
    pub fn read(self, key: &str) {
        let key = key.to_owned();
        // It goes once it is forgotten: a page that is loaded at once would show it again.
        spawn_local(async move {
            keep::forget(Store::Refused, &key).await;
            self.refused.update(|all| all.retain(|refused| refused.action.key != key));
        });
    }

    /// The points that will leave this member's balance with what waits.
    pub fn spends(self, member: &Id) -> Points {
        let all = self.waiting.read();
        let mine = all.iter().filter(|waiting| waiting.member.as_ref() == Some(member));
        mine.fold(Points::ZERO, |sum, waiting| sum.plus(waiting.spends).unwrap_or(sum))
    }

    /// Sends what waits, oldest first. Stops at the first action that the server cannot decide now, and tries again later.
    pub fn flush(self) {
        spawn_local(locks::alone("gongxiang-outbox", self.send_all()));
    }

    async fn send_all(self) {
        if let Some(texts) = keep::read_all(Store::Waiting).await {
            let mut kept: Vec<PendingAction> = texts.iter().filter_map(|text| api::read(text).ok()).collect();
            kept.sort_by(|a, b| a.at.cmp(&b.at));
            self.adopt(kept).await;
        }
        if self.waiting.read_untracked().is_empty() {
            return;
        }
        // Another tab may have signed in somebody else since this one asked.
        let Ok(session) = api::session_now().await else { return self.flush_later() };
        self.notice(&session);
        for waiting in self.waiting.get_untracked() {
            if !session.may_send_for(waiting.member.as_ref()) {
                continue;
            }
            match send(&waiting).await {
                Attempt::Outcome(status, text) => {
                    keep::write(Store::Done, &waiting.key, &format!("{status}\n{text}")).await;
                    keep::forget(Store::Waiting, &waiting.key).await;
                    self.settle(&waiting.key, status, &text);
                    self.pause.set_value(PAUSE);
                }
                Attempt::Later => {
                    self.mark_sent(waiting).await;
                    return self.flush_later();
                }
                Attempt::NotSignedIn => {
                    if let Ok(session) = api::session_now().await {
                        self.notice(&session);
                    }
                    return;
                }
            }
        }
    }

    /// From now on the server may have settled it.
    async fn mark_sent(self, waiting: PendingAction) {
        if waiting.is_sent {
            return;
        }
        let sent = PendingAction { is_sent: true, ..waiting };
        keep::write(Store::Waiting, &sent.key, &serde_json::to_string(&sent).unwrap_or_default()).await;
        self.waiting.update(|all| {
            for waiting in all.iter_mut().filter(|waiting| waiting.key == sent.key) {
                waiting.is_sent = true;
            }
        });
    }

    fn notice(self, session: &Session) {
        if self.session.with_untracked(|known| known.as_ref() != Some(session)) {
            self.session.set(Some(session.clone()));
        }
    }

    fn flush_later(self) {
        let pause = self.pause.get_value();
        self.pause.set_value((pause * 2).min(PAUSE_MAX));
        set_timeout(move || self.flush(), pause);
    }

    /// Follows other tabs: takes over actions that they stored, and reads the outcome of those that they sent.
    async fn adopt(self, kept: Vec<PendingAction>) {
        let is_kept = |mine: &PendingAction| kept.iter().any(|kept| kept.key == mine.key);
        for gone in self.waiting.get_untracked().iter().filter(|mine| !is_kept(mine)) {
            let done = keep::read(Store::Done, &gone.key).await;
            let Some((status, text)) = done.as_deref().and_then(|done| done.split_once('\n')) else { continue };
            self.settle(&gone.key, status.parse().unwrap_or_default(), text);
        }
        self.show(kept);
    }

    /// Keeps a refusal until it is read.
    fn refuse(self, refused: Refused) {
        let (key, text) = (refused.action.key.clone(), serde_json::to_string(&refused).unwrap_or_default());
        spawn_local(async move {
            keep::write(Store::Refused, &key, &text).await;
        });
        self.refused.update(|all| all.push(refused));
    }

    fn show(self, mut new: Vec<PendingAction>) {
        self.waiting.with_untracked(|known| new.retain(|waiting| known.iter().all(|known| known.key != waiting.key)));
        if !new.is_empty() {
            self.waiting.update(|waiting| waiting.extend(new));
        }
    }

    fn settle(self, key: &str, status: u16, text: &str) {
        let outcome = match status {
            CANCELLED => return self.waiting.update(|all| all.retain(|waiting| waiting.key != key)),
            200 => api::read::<WithReceipt>(text).map_or(Outcome::Unclear, |said| Outcome::Settled(said.receipt)),
            202 if is_announced(text) => Outcome::Announced,
            202 => Outcome::Proposed,
            204 => Outcome::Done,
            _ => Outcome::Refused(api::read(text).unwrap_or_default()),
        };
        if let Outcome::Refused(problem) = &outcome {
            let action = self.waiting.with_untracked(|all| all.iter().find(|waiting| waiting.key == key).cloned());
            if let Some(action) = action {
                self.refuse(Refused { action, code: problem.code.clone() });
            }
        }
        self.waiting.update(|all| all.retain(|waiting| waiting.key != key));
        self.answered.set(Some((key.to_owned(), outcome)));
    }
}

fn is_announced(text: &str) -> bool {
    json::parse(text).is_ok_and(|answer| answer.get("announcement").is_some())
}

/// The status of an action that its member cancelled, in the store of outcomes.
const CANCELLED: u16 = 0;

async fn send(waiting: &PendingAction) -> Attempt {
    let key = Some(&*waiting.key);
    let Ok((status, text)) = api::post_for(waiting.member.as_ref(), &waiting.path, key, waiting.body.clone()).await
    else {
        return Attempt::Later;
    };
    attempt(&waiting.path, status, text)
}

/// Reads an answer to an action at this path: only a receipt, a proposal, an announcement or a refusal decides it. What stands between here and the server
/// answers too, with pages of its own: a proxy, a captive portal.
fn attempt(path: &str, status: u16, text: String) -> Attempt {
    let answer = json::parse(&text).unwrap_or_default();
    let code = answer.get("code").and_then(Value::as_str).unwrap_or_default();
    let is_ours = match status {
        200 => answer.get("receipt").is_some(),
        202 => answer.get("proposal").is_some() || answer.get("announcement").is_some(),
        // Only what is declined has no receipt.
        204 => path.ends_with("/decline"),
        // A code that this version does not know is one of a newer server.
        400.. => !code.is_empty() && code.bytes().all(|letter| letter.is_ascii_lowercase() || letter == b'_'),
        _ => false,
    };
    match (status, code) {
        (401, _) | (_, "wrong_member") => Attempt::NotSignedIn,
        (408 | 425 | 429 | 500.., _) | (409, "in_flight") => Attempt::Later,
        _ if is_ours => Attempt::Outcome(status, text),
        _ => Attempt::Later,
    }
}

/// A new idempotency key: 128 random bits.
pub fn new_key() -> Result<String, Fault> {
    let mut bits = [0; 16];
    // `getRandomValues` also works on a page without TLS, where there is no `randomUUID`.
    let crypto = window().crypto().map_err(|_| Fault::NoRandom)?;
    crypto.get_random_values_with_u8_array(&mut bits).map_err(|_| Fault::NoRandom)?;
    let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
    Ok(bits.iter().fold(String::new(), hex))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_waits_until_an_answer_decides_it() {
        let answered = |status, code: &str| attempt("/v1/transfers", status, format!(r#"{{"code":"{code}"}}"#));
        let waits = |status, code| matches!(answered(status, code), Attempt::Later);
        let decides = |status, code| matches!(answered(status, code), Attempt::Outcome(..));
        for (status, code) in
            [(408, "timeout"), (409, "in_flight"), (429, "rate_limited"), (500, ""), (502, ""), (503, "x")]
        {
            assert!(waits(status, code), "{status} {code}");
        }
        for (status, code) in [
            (400, "bad_event"),
            (403, "forbidden"),
            (409, "id_conflict"),
            (422, "points_short"),
            (422, "of_a_newer_server"),
        ] {
            assert!(decides(status, code), "{status} {code}");
        }
        for (status, code) in [(401, "unauthorized"), (403, "wrong_member"), (409, "wrong_member")] {
            assert!(matches!(answered(status, code), Attempt::NotSignedIn), "{status} {code}");
        }
    }

    #[test]
    fn what_is_no_answer_of_the_server_decides_nothing() {
        let decides = |path, status, text: &str| matches!(attempt(path, status, text.to_owned()), Attempt::Outcome(..));
        let transfer = "/v1/transfers";
        for (status, text) in
            [(200, r#"{"repeated":false,"receipt":{}}"#), (202, r#"{"proposal":1}"#), (202, r#"{"announcement":1}"#)]
        {
            assert!(decides(transfer, status, text), "{status} {text}");
        }
        assert!(decides("/v1/proposals/1/decline", 204, ""));
        for status in [200, 202, 204, 301, 304, 400, 402, 403, 404, 405, 413, 451] {
            for text in
                ["", "<html>", "null", "[]", "{}", r#"{"code":403}"#, r#"{"code":"AccessDenied"}"#, r#"{"code":""}"#]
            {
                assert!(!decides(transfer, status, text), "{status} {text}");
            }
        }
    }
}
