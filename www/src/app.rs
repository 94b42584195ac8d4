//! The frame around every screen: name, language, ways to go, what waits, and the caution that is always there.

use std::ops::Deref;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::action::Action;
use crate::api::{self, Session};
use crate::lang::Lang;
use crate::markup::{view, watch};
use crate::outbox::Outbox;
use crate::route::{self, Desk, Page, Route};
use crate::screens;
use crate::text::{Words, frame as t};
use crate::ui;
use crate::wallet::Days;

/// What every screen shares. It lives as long as the page, so that a closure that has it carries one pointer.
#[derive(Clone, Copy)]
pub struct App(&'static Shared);

/// What is behind it.
pub struct Shared {
    /// The language.
    lang: RwSignal<Lang>,
    /// The records of the closed days.
    pub days: Days,
    /// Who one is to the server; nothing until it said so.
    pub session: RwSignal<Option<Session>>,
    /// What is to be confirmed: shown in the sheet over the screen.
    pub asked: RwSignal<Option<Action>>,
    /// What was confirmed.
    pub outbox: Outbox,
    /// Counts what was settled: who reads it asks the server again.
    pub changes: RwSignal<u64>,
    /// Since when the data on the screen is kept, where the server did not answer, and the day up to which it was brought.
    pub stale: RwSignal<Option<(String, String)>>,
    /// Whether the server's figures are not those computed here, or its rules are none that this wallet knows: then no preview
    /// is final.
    pub doubted: RwSignal<bool>,
}

impl Deref for App {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        self.0
    }
}

impl App {
    fn new() -> Self {
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

    /// The language; whoever reads it follows a switch.
    pub fn lang(self) -> Lang {
        self.lang.get()
    }

    /// A text, which follows a switch of the language.
    pub fn say(self, words: Words) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
        move || words.of(self.lang.get())
    }

    /// Asks the server who one is.
    pub fn ask_session(self) {
        spawn_local(async move {
            // Without an answer the wallet shows what it kept.
            if let Ok(session) = api::session().await {
                self.session.set(Some(session));
            }
        });
    }
}

/// The screens of a binary; nothing for an address that is the other binary's.
pub type Screens = fn(App, Route) -> Option<AnyView>;

/// The wallet, with these screens.
pub fn app(screens: Screens) -> AnyView {
    let app = App::new();
    let route = route::follow();
    app.ask_session();
    watch(Box::new(move |_| app.lang.get().announce()));
    view! {
        <a class="skip" href="#main" on:click=|event| {
            event.prevent_default();
            if let Some(main) = document().get_element_by_id("main") {
                main.scroll_into_view();
                let _ = wasm_bindgen::JsCast::unchecked_into::<web_sys::HtmlElement>(main).focus();
            }
        }>{app.say(t::SKIP)}</a>
        <header class="bar">
            <a class="brand" href="#/">
                <span class="mark" aria-hidden="true"></span>
                <span><b>{app.say(t::TITLE)}</b><small>{app.say(t::TAGLINE)}</small></span>
            </a>
            {languages(app)}
        </header>
        {move || ways(app, &route.get())}
        <main id="main" tabindex="-1">
            {screens::notices::notices(app)}
            {move || screen(app, screens, route.get())}
        </main>
        <footer><p>{app.say(t::CAUTION)}</p></footer>
        {screens::sheet::sheet(app)}
    }
}

fn screen(app: App, screens: Screens, route: Route) -> AnyView {
    app.stale.set(None);
    screens(app, route).unwrap_or_else(|| {
        route::load();
        ui::skeleton(app)
    })
}

/// The ways from here: at the bottom on a phone, at the side on a desk.
fn ways(app: App, route: &Route) -> AnyView {
    let way = |to: Route, words: Words, icon: &'static str, current: bool| {
        view! {
            <a class=format!("way {icon}") href=to.to_string() aria-current=current.then_some("page")>
                <span class="icon" aria-hidden="true"></span>
                <span>{app.say(words)}</span>
            </a>
        }
    };
    let list = match route {
        Route::Member(id, page) => {
            let to = |page| Route::Member(id.clone(), page);
            let is = |other| *page == other;
            vec![
                way(to(Page::Home), t::HOME, "home", is(Page::Home)),
                way(to(Page::Statement), t::STATEMENT, "statement", is(Page::Statement)),
                way(to(Page::Calculator), t::CALCULATOR, "calculator", is(Page::Calculator)),
                way(to(Page::Forecast), t::FORECAST, "forecast", is(Page::Forecast)),
                way(to(Page::Move), t::MOVE, "move", page.is_way_to_move()),
                way(to(Page::Shop), t::SHOP, "shop", is(Page::Shop)),
            ]
        }
        Route::Operator(desk) => {
            let to = Route::Operator;
            let is = |other| *desk == other;
            vec![
                way(to(Desk::Overview), t::OVERVIEW, "home", is(Desk::Overview)),
                way(to(Desk::Rules), t::RULES, "statement", is(Desk::Rules)),
                way(to(Desk::Economy), t::ECONOMY, "forecast", is(Desk::Economy)),
            ]
        }
        _ => return ().into_any(),
    };
    view! { <nav class="ways" aria-label=app.say(t::WAYS)>{list}</nav> }
}

fn languages(app: App) -> AnyView {
    let choice = move |lang: Lang| {
        let choose = move |_| {
            lang.remember();
            app.lang.set(lang);
        };
        view! {
            <button type="button" lang=lang.tag() data-testid=format!("lang-{}", lang.tag())
                aria-pressed=move || (app.lang.get() == lang).to_string() on:click=choose>
                {lang.name()}
            </button>
        }
    };
    view! {
        <div class="segments" role="group" aria-label=app.say(t::LANGUAGE)>
            {choice(Lang::Zh)} {choice(Lang::En)}
        </div>
    }
}
