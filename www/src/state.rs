//! The state that every screen shares.

use std::ops::Deref;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::action::Action;
use crate::api::{self, Session};
use crate::lang::Lang;
use crate::outbox::Outbox;
use crate::text::Words;
use crate::wallet::Days;

/// State that every screen shares. It lives as long as the page, so a closure that captures it carries one pointer.
#[derive(Clone, Copy)]
pub struct App(&'static Shared);

/// The fields behind [`App`].
pub struct Shared {
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
    /// Set while the screen shows kept data because the server did not answer: when it was kept, and the day up to which it
    /// was brought.
    pub stale: RwSignal<Option<(String, String)>>,
    /// Set if the server's figures differ from those computed here, or if this wallet does not know the server's rules. Then no
    /// preview is final.
    pub doubted: RwSignal<bool>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

impl App {
    pub fn new() -> Self {
        let session = RwSignal::default();
        Self(Box::leak(Box::new(Shared {
            lang: RwSignal::new(Lang::preferred()),
            days: StoredValue::new(Vec::new()),
            session,
            asked: RwSignal::default(),
            outbox: Outbox::open(session),
            changes: RwSignal::default(),
            stale: RwSignal::default(),
            doubted: RwSignal::default(),
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
        spawn_local(async move {
            // Without an answer the wallet shows what it kept.
            if let Ok(session) = api::session().await {
                self.session.set(Some(session));
            }
        });
    }
}
