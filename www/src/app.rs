//! The frame around every screen: name, language, navigation, notices, and the caution.

use leptos::prelude::*;

use crate::lang::Lang;
use crate::reactive::effect;
use crate::route::{self, Desk, MemberScreen, Route};
use crate::screens;
use crate::state::App;
use crate::text::{Words, frame as t};
use crate::ui;

/// Shows the screen of a route; `None` if it belongs to the other binary.
pub type Screens = fn(App, Route) -> Option<AnyView>;

pub fn app(screens: Screens) -> AnyView {
    let app = App::new();
    let route = route::follow();
    app.ask_session();
    app.follow_session();
    effect(move |_| {
        let lang = app.lang.get();
        lang.announce();
        document().set_title(t::TITLE.of(lang));
    });
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
    .into_any()
}

fn screen(app: App, screens: Screens, route: Route) -> AnyView {
    app.stale.set(None);
    screens(app, route).unwrap_or_else(|| {
        route::load();
        ui::skeleton(app)
    })
}

/// Navigation: at the bottom on a phone, at the side on a desktop.
fn ways(app: App, route: &Route) -> AnyView {
    let way = |to: Route, words: Words, icon: &'static str, current: bool| {
        view! {
            <a class=format!("way {icon}") href=to.to_string() aria-current=current.then_some("page")>
                <span class="icon" aria-hidden="true"></span>
                <span>{app.say(words)}</span>
            </a>
        }
        .into_any()
    };
    let list = match route {
        Route::Order(id, _) => return ways(app, &Route::Member(id.clone(), MemberScreen::Orders)),
        Route::Member(id, page) => {
            let to = |page| Route::Member(id.clone(), page);
            let is = |other| *page == other;
            vec![
                way(to(MemberScreen::Home), t::HOME, "home", is(MemberScreen::Home) || is(MemberScreen::Orders)),
                way(to(MemberScreen::Statement), t::STATEMENT, "statement", is(MemberScreen::Statement)),
                way(to(MemberScreen::Calculator), t::CALCULATOR, "calculator", is(MemberScreen::Calculator)),
                way(to(MemberScreen::Forecast), t::FORECAST, "forecast", is(MemberScreen::Forecast)),
                way(to(MemberScreen::Move), t::MOVE, "move", page.is_way_to_move()),
                way(to(MemberScreen::Shop), t::SHOP, "shop", is(MemberScreen::Shop)),
            ]
        }
        Route::Operator(desk) => {
            let to = Route::Operator;
            let is = |other| *desk == other;
            let opens = |desk| app.session.with(|session| session.as_ref().is_some_and(|session| session.opens(desk)));
            [
                (Desk::Overview, t::OVERVIEW, "home"),
                (Desk::Rules, t::RULES, "statement"),
                (Desk::Economy, t::ECONOMY, "forecast"),
                (Desk::Staff, t::STAFF, "move"),
                (Desk::Actions, t::ACTIONS, "calculator"),
            ]
            .into_iter()
            .filter(|(desk, ..)| opens(*desk))
            .map(|(desk, words, icon)| way(to(desk), words, icon, is(desk)))
            .collect()
        }
        _ => return ().into_any(),
    };
    view! { <nav class="ways" aria-label=app.say(t::WAYS)>{list}</nav> }.into_any()
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
        .into_any()
    };
    view! {
        <div class="segments" role="group" aria-label=app.say(t::LANGUAGE)>
            {choice(Lang::Zh)} {choice(Lang::En)}
        </div>
    }
    .into_any()
}
