//! The frame around every screen: name, language, navigation, notices, and the warning that values can fall.

use leptos::prelude::*;
use leptos::wasm_bindgen::JsCast as _;

use crate::figure;
use crate::lang::Lang;
use crate::reactive::effect;
use crate::route::{self, Counter, Desk, MemberScreen, Route};
use crate::screens;
use crate::state::App;
use crate::text::{
    Words, account, actions, applications, counter as c, frame as t, goods, orders, people, profile, shops, signin,
    team, told, trades,
};
use crate::ui;

/// Shows the screen of a route; `None` if it belongs to another program.
pub type Screens = fn(App, Route) -> Option<AnyView>;

pub fn app(screens: Screens) -> AnyView {
    let app = App::new();
    let route = route::follow();
    app.ask_session();
    app.follow_tabs();
    effect(move |_| {
        let lang = app.lang.get();
        lang.announce();
        let title = t::TITLE.of(lang);
        document().set_title(
            &title_of(&route.read()).map_or_else(|| title.to_owned(), |it| format!("{} · {title}", it.of(lang))),
        );
    });
    effect(move |first| {
        route.track();
        // Who reads the screen by ear hears the new one, and the next Tab is in it.
        if !first {
            focus_main();
            window().scroll_to_with_x_and_y(0.0, 0.0);
        }
    });
    window_event_listener(leptos::ev::click, |event| {
        if let Some(tapped) = event.target().and_then(|target| target.dyn_into::<web_sys::Element>().ok()) {
            figure::swap(&tapped);
        }
    });
    // Without somebody signed in, the entry.
    let home = move || app.session.with(|session| session.as_ref()?.home()).unwrap_or(Route::SignIn).to_string();
    view! {
        <a class="skip" href="#main" on:click=|event| {
            event.prevent_default();
            focus_main();
        }>{app.say(t::SKIP)}</a>
        <header class="bar">
            <a class="brand" href=home>
                <span class="mark" aria-hidden="true"></span>
                <span><b>{app.say(t::TITLE)}</b><small>{app.say(t::TAGLINE)}</small></span>
            </a>
            <div class="bar-end">{languages(app)} {move || menu(app, &route.get())}</div>
        </header>
        {move || ways(app, &route.get())}
        <main id="main" tabindex="-1">
            {screens::notices::notices(app)}
            {move || screen(app, screens, route.get())}
        </main>
        <footer><p>{app.say(t::CAUTION)} " " <a href="#/rules" data-testid="rules-in-force">{app.say(t::RULES_IN_FORCE)}</a></p></footer>
        {screens::sheet::sheet(app)}
    }
    .into_any()
}

fn focus_main() {
    if let Some(main) = document().get_element_by_id("main") {
        main.scroll_into_view();
        // Fails only if the page is being left already.
        let _ = main.unchecked_into::<web_sys::HtmlElement>().focus();
    }
}

/// The title of a screen; `None` for one that has the wallet's.
const fn title_of(route: &Route) -> Option<Words> {
    Some(match route {
        Route::SignIn => signin::SIGN_IN,
        Route::Account => account::ACCOUNT,
        Route::Shops => shops::SHOPS,
        Route::Order(..) => orders::MY_ORDERS,
        Route::Shop(..) | Route::ShopOrder(..) => t::SHOP,
        Route::Member(_, page) => match page {
            MemberScreen::Home => t::HOME,
            MemberScreen::Statement => t::STATEMENT,
            MemberScreen::Calculator => t::CALCULATOR,
            MemberScreen::Orders => orders::MY_ORDERS,
            MemberScreen::Forecast => t::FORECAST,
            MemberScreen::Move => t::MOVE,
            MemberScreen::Transfer => actions::TRANSFER,
            MemberScreen::Redeem => goods::GOODS,
            MemberScreen::Market => actions::MARKET,
            MemberScreen::Invite => actions::INVITE,
            MemberScreen::Profile => profile::PROFILE,
            MemberScreen::Code => c::MY_CODE,
            MemberScreen::Team => team::TEAM,
            MemberScreen::City => team::CITY,
            MemberScreen::Notices => told::NOTICES,
        },
        Route::Operator(desk) => match desk {
            Desk::Overview => t::OVERVIEW,
            Desk::Members => people::MEMBERS,
            Desk::Rules => t::RULES,
            Desk::Economy => t::ECONOMY,
            Desk::Staff => t::STAFF,
            Desk::Actions => t::ACTIONS,
            Desk::Goods => goods::AT_DESK,
            Desk::Disputes => trades::DISPUTES,
            Desk::Applications => applications::APPLICATIONS,
        },
        _ => return None,
    })
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
        // None of the ways leads to the account or the shops, so none is marked.
        Route::Account | Route::Shops => match app.session.with(|session| session.as_ref()?.member.clone()) {
            Some(id) => return ways(app, &Route::Member(id, MemberScreen::Code)),
            None => return ().into_any(),
        },
        Route::Member(id, page) => {
            let to = |page| Route::Member(id.clone(), page);
            let is = |other| *page == other;
            vec![
                way(to(MemberScreen::Home), t::HOME, "home", is(MemberScreen::Home) || is(MemberScreen::Orders)),
                way(to(MemberScreen::Statement), t::STATEMENT, "statement", is(MemberScreen::Statement)),
                way(to(MemberScreen::Calculator), t::CALCULATOR, "calculator", is(MemberScreen::Calculator)),
                way(to(MemberScreen::Forecast), t::FORECAST, "forecast", is(MemberScreen::Forecast)),
                way(to(MemberScreen::Move), t::MOVE, "move", page.is_way_to_move()),
                way(Route::Shop(id.clone(), Counter::Till), t::SHOP, "shop", false),
            ]
        }
        Route::DeskMember(_) => return ways(app, &Route::Operator(Desk::Members)),
        Route::ShopOrder(shop, _) => return ways(app, &Route::Shop(shop.clone(), Counter::Orders)),
        Route::Shop(shop, page) => {
            let to = |page| Route::Shop(shop.clone(), page);
            let is = |other| *page == other;
            // A merchant's own account is one tap away.
            let me = app.session.with(|session| session.as_ref()?.member.clone()).filter(|me| me == shop);
            let own = me.map(|me| way(Route::Member(me, MemberScreen::Home), t::HOME, "home", false));
            vec![
                way(to(Counter::Till), c::TILL, "till", is(Counter::Till)),
                way(to(Counter::Orders), c::ORDERS, "statement", is(Counter::Orders)),
                way(to(Counter::Manage), c::MANAGE, "manage", !is(Counter::Till) && !is(Counter::Orders)),
            ]
            .into_iter()
            .chain(own)
            .collect::<Vec<_>>()
        }
        Route::Operator(desk) => {
            let to = Route::Operator;
            // The catalogue is behind the overview, and the applications behind the members: nine ways would be too narrow on a phone.
            let behind = match desk {
                Desk::Goods => Desk::Overview,
                Desk::Applications => Desk::Members,
                other => *other,
            };
            let is = |other| behind == other;
            let opens = |desk| app.session.with(|session| session.as_ref().is_some_and(|session| session.opens(desk)));
            [
                (Desk::Overview, t::OVERVIEW, "home"),
                (Desk::Members, people::MEMBERS, "people"),
                (Desk::Rules, t::RULES, "statement"),
                (Desk::Economy, t::ECONOMY, "forecast"),
                (Desk::Staff, t::STAFF, "move"),
                (Desk::Disputes, trades::DISPUTES, "statement"),
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

/// The menu of who is signed in.
fn menu(app: App, route: &Route) -> AnyView {
    let Some(member) = app.session.with(|session| session.as_ref()?.member.clone()) else {
        return of_staff(app, route);
    };
    // Made anew with each screen, so it is closed on the next one.
    let is_open = RwSignal::new(false);
    let at_account = *route == Route::Account;
    let to = |page| Route::Member(member.clone(), page).to_string();
    let (home, to_profile) = (to(MemberScreen::Home), to(MemberScreen::Profile));
    let to_shop = Route::Shop(member.clone(), Counter::Till).to_string();
    view! {
        <div class="menu">
            <button type="button" class="way account" data-testid="menu" aria-label=app.say(account::MENU)
                aria-expanded=move || is_open.get().to_string() aria-controls="menu"
                on:click=move |_| is_open.update(|open| *open = !*open)>
                <span class="icon" aria-hidden="true"></span>
            </button>
            <div class="card" id="menu" hidden=move || !is_open.get()>
                <p class="who">{member.to_string()}</p>
                <a href=home>{app.say(t::HOME)}</a>
                <a href=to_shop data-testid="menu-shop">{app.say(t::SHOP)}</a>
                <a href=to_profile data-testid="menu-profile">{app.say(profile::PROFILE)}</a>
                <a href="#/account" data-testid="menu-account" aria-current=at_account.then_some("page")>
                    {app.say(account::ACCOUNT)}
                </a>
                <button type="button" class="link" data-testid="menu-sign-out" on:click=move |_| screens::leave(app)>
                    {app.say(signin::SIGN_OUT)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// Who of the staff is at the counter, and the way out. The desk has its own bar.
fn of_staff(app: App, route: &Route) -> AnyView {
    let name = app.session.with(|session| Some(session.as_ref()?.staff.as_ref()?.name.clone()));
    let Some(name) = name.filter(|_| matches!(route, Route::Shop(..) | Route::ShopOrder(..))) else {
        return ().into_any();
    };
    view! {
        <span class="note" data-testid="staff-name"><bdi>{name}</bdi></span>
        {ui::button(app, "link", "sign-out", signin::SIGN_OUT, move |_| screens::leave(app))}
    }
    .into_any()
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
