//! The state that every screen shares.

use std::ops::Deref;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::action::Action;
use crate::api::{self, Answer, Session};
use crate::keep;
use crate::lang::Lang;
use crate::mark;
use crate::names::Names;
use crate::outbox::Outbox;
use crate::route;
use crate::text::Words;
use crate::wallet::Days;

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
    /// Set while the screen shows stored data because the server did not answer: when it was stored, and the day up to which it
    /// is computed.
    pub stale: RwSignal<Option<(String, String)>>,
    /// Set if the server's figures differ from those computed here, or if its rules are unknown to this wallet. Then no preview is
    /// final.
    pub doubted: RwSignal<bool>,
    /// Names of other members.
    pub names: Names,
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
            stale: RwSignal::default(),
            doubted: RwSignal::default(),
            names: Names::default(),
        })))
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
        if mark::is_set(mark::SIGNED_OUT) {
            if api::sign_out().await.is_err() {
                return self.enter(Session::nobody());
            }
            mark::remove(mark::SIGNED_OUT);
        }
        match api::session().await {
            Ok(Answer { value, since }) => {
                // The session ended elsewhere: nothing of it stays on this device.
                let has_left = self.session.with_untracked(|known| {
                    known.as_ref().is_some_and(|known| known.member.is_some() && known.member != value.member)
                });
                if (value.is_nobody() || has_left) && since.is_none() {
                    keep::forget_answers().await;
                }
                self.enter(value);
            }
            Err(_) if self.session.read_untracked().is_none() => self.enter(Session::default()),
            Err(_) => {}
        }
    }

    /// Signs out. This device forgets everything at once. Without a network the server is told at the next start.
    pub async fn sign_out(self) {
        let heard = api::sign_out().await.is_ok();
        keep::forget_answers().await;
        self.days.set_value(Vec::new());
        if heard {
            self.learn_session().await;
        } else {
            mark::set(mark::SIGNED_OUT);
            self.enter(Session::nobody());
        }
        mark::set(mark::SESSION);
        self.changes.update(|changes| *changes += 1);
    }

    /// Learns the new session after signing in, and tells the other tabs.
    pub async fn signed_in(self) {
        mark::remove(mark::SIGNED_OUT);
        self.learn_session().await;
        mark::set(mark::SESSION);
    }

    fn enter(self, session: Session) {
        match session.home() {
            Some(home) => mark::write(mark::START, &home.to_string()),
            None => mark::remove(mark::START),
        }
        // An equal session must not draw the screens again.
        if self.session.with_untracked(|known| known.as_ref() != Some(&session)) {
            self.names.forget();
            self.session.set(Some(session));
        }
    }

    /// Asks for the session again when this tab gets the focus, and when another tab signs in or out.
    pub fn follow_session(self) {
        window_event_listener(leptos::ev::focus, move |_| self.ask_session());
        window_event_listener(leptos::ev::visibilitychange, move |_| self.ask_session());
        window_event_listener(leptos::ev::storage, move |_| {
            spawn_local(async move {
                self.learn_session().await;
                // Another tab has signed in: the screen that asked for it in this one goes on.
                if let Some(member) = self.session.with_untracked(|session| session.as_ref()?.member.clone())
                    && route::is_asked()
                {
                    route::go(&route::onward(&member));
                }
            });
        });
    }
}
