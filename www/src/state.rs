//! The state that every screen shares.

use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

use gongxiang::identity::Id;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::action::Action;
use crate::api::{self, Answer, Session};
use crate::clock;
use crate::keep;
use crate::lang::Lang;
use crate::mark;
use crate::names::Names;
use crate::outbox::Outbox;
use crate::route;
use crate::subscription;
use crate::text::Words;
use crate::wallet::Days;

/// Who comes back to a tab within this time sees what is there.
const LOOK_SECONDS: u32 = 30;

/// The state that every screen shares. It lives as long as the page, so a closure that captures it carries one pointer.
#[derive(Clone, Copy)]
pub struct App(&'static AppState);

/// The fields behind [`App`].
pub struct AppState {
    pub lang: RwSignal<Lang>,
    pub days: Days,
    /// Who is signed in; `None` until the server has answered.
    pub session: RwSignal<Option<Session>>,
    /// The action that the sheet asks to confirm.
    pub asked: RwSignal<Option<Action>>,
    /// The confirmed actions.
    pub outbox: Outbox,
    /// Counts settled actions. An effect that reads it runs again after each, and asks the server again.
    pub changes: RwSignal<u64>,
    /// Counts how often somebody came back to this tab, or another tab settled something. Screens that only show ask the server again.
    pub looked: RwSignal<u64>,
    /// Whether the wallet on the screen is the last answer. It is not while the server is asked again.
    pub is_fresh: RwSignal<bool>,
    /// Counts the times at which a wallet was asked for.
    pub wallets_asked: StoredValue<u64>,
    /// What the screens of a member knew last, each type once. Without its types, a program contains nothing of what it does not keep.
    known: StoredValue<Vec<(Id, Arc<dyn Any + Send + Sync>)>>,
    /// Set while the screen shows stored data because the server did not answer: when it was stored, and the day up to which it
    /// is computed.
    pub stale: RwSignal<Option<(String, String)>>,
    /// Set if the server's figures differ from those computed here, or if its rules are unknown to this wallet. Then no preview is
    /// final.
    pub doubted: RwSignal<bool>,
    /// Names of other members.
    pub names: Names,
    /// Whether the server has not heard yet of a sign-out in this tab; beside the mark, which a browser may refuse to store.
    signs_out: StoredValue<bool>,
    /// How often the session was asked for, and which of these was answered last: an answer that a later one overtook is dropped.
    sessions: StoredValue<(u64, u64)>,
}

impl Deref for App {
    type Target = AppState;

    fn deref(&self) -> &AppState {
        self.0
    }
}

impl App {
    pub fn new() -> Self {
        let session = RwSignal::default();
        Self(Box::leak(Box::new(AppState {
            lang: RwSignal::new(Lang::preferred()),
            days: StoredValue::new(Vec::new()),
            session,
            asked: RwSignal::default(),
            outbox: Outbox::open(session),
            changes: RwSignal::default(),
            looked: RwSignal::default(),
            is_fresh: RwSignal::default(),
            wallets_asked: StoredValue::default(),
            known: StoredValue::default(),
            stale: RwSignal::default(),
            doubted: RwSignal::default(),
            names: Names::default(),
            signs_out: StoredValue::new(false),
            sessions: StoredValue::default(),
        })))
    }

    /// What was known last of a member.
    pub fn known<T: Clone + 'static>(self, member: &Id) -> Option<T> {
        self.known.with_value(|all| {
            all.iter().filter(|(of, _)| of == member).find_map(|(_, known)| known.downcast_ref::<T>()).cloned()
        })
    }

    /// Keeps what is known of a member for the next screen to begin with.
    pub fn keep<T: Clone + Send + Sync + 'static>(self, member: &Id, known: T) {
        self.known.update_value(|all| {
            all.retain(|(of, known)| of == member && !known.is::<T>());
            all.push((member.clone(), Arc::new(known)));
        });
    }

    /// The language; a reactive read.
    pub fn lang(self) -> Lang {
        self.lang.get()
    }

    /// A text in the current language, as a reactive value.
    pub fn say(self, words: Words) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || words.of(self.lang.get())
    }

    /// Asks the server who is signed in.
    pub fn ask_session(self) {
        spawn_local(self.learn_session());
    }

    /// [`App::ask_session`], to be awaited. Without an answer the wallet uses the stored session.
    pub async fn learn_session(self) {
        let (turn, _) = self.sessions.get_value();
        self.sessions.update_value(|(asked, _)| *asked += 1);
        if mark::is_set(mark::SIGNED_OUT) || self.signs_out.get_value() {
            // First: a network that hangs answers late, or never.
            self.lock();
            if api::sign_out().await.is_err() {
                return;
            }
            self.has_signed_out();
        }
        let answer = api::session().await;
        if self.sessions.with_value(|(_, answered)| turn < *answered) {
            return;
        }
        self.sessions.update_value(|(_, answered)| *answered = turn);
        match answer {
            Ok(Answer { value, since }) => {
                // The session ended elsewhere: nothing of it stays on this device.
                let has_left = self.session.with_untracked(|known| {
                    known.as_ref().is_some_and(|known| known.member.is_some() && known.member != value.member)
                });
                // Somebody else signed in while no page was open that knew the one before.
                let start = value.start();
                let has_left = has_left || mark::read(mark::START).is_some_and(|known| Some(known) != start);
                if (value.is_nobody() || has_left) && since.is_none() {
                    spawn_local(subscription::end_here());
                    keep::forget_answers().await;
                }
                self.enter(value);
            }
            Err(_) if self.session.read_untracked().is_none() => self.enter(Session::default()),
            Err(_) => {}
        }
    }

    /// Signs out. This device locks and forgets everything at once. The server is told as soon as it can be, also by another tab or the next
    /// start; where that cannot be stored, the page says so until the server has heard.
    pub async fn sign_out(self) {
        mark::set(mark::SIGNED_OUT);
        self.signs_out.set_value(true);
        self.outbox.storage_fails.set(!mark::is_set(mark::SIGNED_OUT));
        self.days.set_value(Vec::new());
        self.known.set_value(Vec::new());
        self.lock();
        // Not awaited: a push service may not answer.
        spawn_local(subscription::end_here());
        keep::forget_answers().await;
        mark::set(mark::SESSION);
        self.ask_session();
    }

    /// Nobody is signed in on this device, whatever the server knows.
    fn lock(self) {
        self.enter(self.session.with_untracked(|known| known.as_ref().map_or_else(Session::nobody, Session::left)));
    }

    fn has_signed_out(self) {
        mark::remove(mark::SIGNED_OUT);
        if self.signs_out.get_value() {
            self.signs_out.set_value(false);
            self.outbox.storage_fails.set(false);
        }
    }

    /// Takes an answer, and says above the screen since when it is stored, if the server did not give it now.
    pub fn took<T>(self, answer: Answer<T>) -> T {
        self.stale.set(answer.since.map(|since| (since, String::new())));
        answer.value
    }

    /// Something was settled or changed: what is on the screen is asked for again, here and in the other tabs.
    pub fn changed(self) {
        self.changes.update(|changes| *changes += 1);
        mark::set(mark::CHANGED);
    }

    /// Somebody is about to sign in: an answer that is still to come says who it was before, and must not draw another entry meanwhile.
    pub fn signs_in(self) {
        self.sessions.update_value(|(asked, answered)| *answered = *asked);
    }

    /// Learns the new session after signing in, and tells the other tabs.
    pub async fn signed_in(self) {
        self.has_signed_out();
        self.learn_session().await;
        // A merchant begins at its counter. Without an answer it begins at its account, which says it later.
        if let Some(member) = self.session.with_untracked(|session| session.as_ref()?.member.clone())
            && let Ok(Answer { value, .. }) = api::member(&member).await
        {
            self.learn_shop(&member, value.account.shop.is_some());
        }
        mark::set(mark::SESSION);
    }

    /// An account says whether it has a shop. If it is that of who is signed in, the wallet opens at the counter from now on, or no longer.
    pub fn learn_shop(self, member: &Id, has_shop: bool) {
        let known = self.session.get_untracked().filter(|known| known.member.as_ref() == Some(member));
        let Some(known) = known.filter(|known| known.has_shop != has_shop) else { return };
        if has_shop {
            mark::write(mark::MERCHANT, member.as_str());
        } else {
            mark::remove(mark::MERCHANT);
        }
        self.enter(Session { has_shop, ..known });
    }

    fn enter(self, session: Session) {
        match session.start() {
            Some(start) => mark::write(mark::START, &start),
            None => [mark::START, mark::MERCHANT].into_iter().for_each(mark::remove),
        }
        // An equal session must not draw the screens again.
        if self.session.with_untracked(|known| known.as_ref() != Some(&session)) {
            self.names.forget();
            self.known.set_value(Vec::new());
            self.session.set(Some(session));
        }
    }

    /// Asks for the session again when this tab gets the focus, and when another tab signs in or out; and then for what is on the screen.
    pub fn follow_tabs(self) {
        let seen = StoredValue::new(clock::seconds());
        let look = move || {
            self.ask_session();
            let now = clock::seconds();
            // A device's clock may be set back.
            if !document().hidden() && now.abs_diff(seen.get_value()) >= LOOK_SECONDS {
                seen.set_value(now);
                self.looked.update(|looked| *looked += 1);
            }
        };
        window_event_listener(leptos::ev::focus, move |_| look());
        window_event_listener(leptos::ev::online, move |_| self.ask_session());
        window_event_listener(leptos::ev::visibilitychange, move |_| look());
        window_event_listener(leptos::ev::storage, move |event| {
            if event.key().as_deref() == Some(mark::CHANGED) {
                return self.looked.update(|looked| *looked += 1);
            }
            if mark::is_set(mark::SIGNED_OUT) {
                // The tab in which it happened tells the server, and takes the mark away when it has heard.
                return self.lock();
            }
            spawn_local(async move {
                self.learn_session().await;
                // Another tab has signed in: the screen that asked for it in this one goes on.
                if let Some(member) = self.session.with_untracked(|session| session.as_ref()?.member.clone())
                    && route::is_asked()
                {
                    let home = self.session.with_untracked(|session| session.as_ref()?.home());
                    route::go(&route::onward(&member, home));
                }
            });
        });
    }
}
