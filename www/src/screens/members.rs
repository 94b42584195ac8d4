//! Signing in: by passkey; in a demo as any member, by its id or from the list, or as the operator.

use gongxiang::identity::Id;
use gongxiang::limits::ID_LENGTH_MAX;
use gongxiang::wire::answer::{MemberLine, MembersPage};
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::named;
use super::onward::enter;
use super::{entry, fault, guests};
use crate::api::{self, Fault, Session};
use crate::query::{Remote, fetch};
use crate::reactive::memo;
use crate::route::{Desk, MemberScreen, Route};
use crate::state::App;
use crate::text::{calculator, counter, fault as f, signin as t};
use crate::ui;

const PER_PAGE: u32 = 50;

pub fn screen(app: App) -> AnyView {
    let ask = move || async move {
        app.learn_session().await;
        app.session.get_untracked().filter(|session| !session.role.is_empty()).ok_or(Fault::Unreachable)
    };
    asked(app, ask, move |answer| {
        // A sign-out shows before the server has heard of it.
        let now = memo(move || app.session.get().unwrap_or_else(|| answer.clone()));
        view! { {move || entrance(app, &now.get())} }.into_any()
    })
}

fn entrance(app: App, session: &Session) -> AnyView {
    match session.sender() {
        Some(_) => view! {
            <section class="intro"><h1>{app.say(t::SIGN_IN)}</h1></section>
            {signing_out(app, session, true)}
        }
        .into_any(),
        None if session.is_operator() => choose(app, session),
        None => view! {
            <section class="intro"><h1>{app.say(t::SIGN_IN)}</h1></section>
            {entry::ways(app, session)}
        }
        .into_any(),
    }
}

/// Who is signed in, and signing out. `leads_on` adds the way to the account, the till or the desk.
pub fn signing_out(app: App, session: &Session, leads_on: bool) -> AnyView {
    let (Some(me), Some(home)) = (session.sender().cloned(), session.home()) else { return ().into_any() };
    let (name, way) = match &session.staff {
        None => (me.to_string(), t::CONTINUE),
        Some(staff) => (staff.name.clone(), if staff.shop.is_some() { counter::TO_TILL } else { t::DESK }),
    };
    let (out, question) = way_out(app, me, "secondary");
    view! {
        <section class="card form">
            <p>{app.say(t::SIGNED_IN)} " " <b><bdi data-testid="signed-in">{name}</bdi></b></p>
            <div class="buttons">
                {leads_on.then(|| view! {
                    <a class="primary" href=home.to_string() data-testid="go-on">{app.say(way)}</a>
                }.into_any())}
                {out}
            </div>
            {question}
        </section>
    }
    .into_any()
}

/// The button that signs out, and what it asks first while actions of who is signed in wait.
pub fn way_out(app: App, me: Id, class: &'static str) -> (AnyView, AnyView) {
    let asks = RwSignal::new(false);
    let out = move |_| {
        let me = me.clone();
        spawn_local(async move {
            if app.outbox.holds(&me).await {
                asks.set(true);
            } else {
                app.sign_out().await;
            }
        });
    };
    let question = move || {
        asks.get().then(|| {
            view! {
                <div class="refusal" role="alert" data-testid="sign-out-waits">
                    <p>{app.say(t::SIGN_OUT_WAITS)}</p>
                    {ui::button(app, "secondary", "sign-out-anyway", t::SIGN_OUT_ANYWAY, move |_| spawn_local(app.sign_out()))}
                </div>
            }
            .into_any()
        })
    };
    (ui::button(app, class, "sign-out", t::SIGN_OUT, out), view! { {question} }.into_any())
}

fn choose(app: App, session: &Session) -> AnyView {
    let typed = RwSignal::new(String::new());
    let query = memo(move || typed.read().trim().to_owned());
    let first = fetch(move || search(query.get()));
    // What was typed when somebody pressed "open", if it leads nowhere.
    let refused = RwSignal::new(None::<String>);
    let bad = move || refused.read().as_ref().is_some_and(|refused| *refused == *query.read());
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = query.get_untracked();
        match Found::meant(first.state.get_untracked(), &typed) {
            Some(id) => enter(app, id.clone(), Route::Member(id, MemberScreen::Home)),
            None => refused.set(Some(typed)),
        }
    };
    view! {
        <section class="intro">
            <h1>{app.say(t::MEMBERS)}</h1>
            <p>{app.say(t::DEMO_NOTE)}</p>
            <p><a href=Route::Operator(Desk::Overview).to_string() data-testid="operator-view">{app.say(t::OPERATOR)}</a></p>
        </section>
        {guests::cards(app, &session.guests)}
        {ui::heading(app, t::ALL)}
        <form class="search" on:submit=open>
            <label for="search">{app.say(t::SEARCH)}</label>
            <div class="row">
                <input id="search" data-testid="search" autocomplete="off" autocapitalize="off" spellcheck="false"
                    placeholder=app.say(t::SEARCH_HINT) aria-invalid=move || bad().to_string()
                    aria-describedby="search-error" on:input=move |event| typed.set(event_target_value(&event)) />
                <button class="primary" data-testid="open">{app.say(t::OPEN)}</button>
            </div>
            <p class="error" id="search-error" data-testid="search-error" aria-live="polite">
                {move || bad().then(|| calculator::ID_BAD.of(app.lang()))}
            </p>
        </form>
        {move || match first.state.get() {
            Remote::Loading => ui::skeleton(app),
            Remote::Failed(why) => fault::fault(app, &why, Box::new(move || first.again())),
            Remote::Ready(found) => shown(app, found, member),
        }}
        {entry::ways(app, session)}
    }
    .into_any()
}

/// The members that were found, a line for each, and a button for the next page.
pub fn shown(app: App, found: Found, line: fn(App, &MemberLine) -> AnyView) -> AnyView {
    let Found { text, page: first } = found;
    if first.members.is_empty() {
        return view! { <p class="loading" data-testid="none-found">{app.say(t::NONE_FOUND)}</p> }.into_any();
    }
    let found = RwSignal::new(first);
    let failed = RwSignal::new(false);
    let more = move |_| {
        let text = text.clone();
        let Some(next) = found.with_untracked(|page| page.next.clone()) else { return };
        spawn_local(async move {
            let page = api::members(&text, next.as_str(), PER_PAGE).await;
            failed.set(page.is_err());
            let Ok(page) = page else { return };
            found.update(|found| {
                // A second click during the request would add the same page twice.
                if found.next.as_ref() == Some(&next) {
                    found.members.extend(page.members);
                    found.next = page.next;
                }
            });
        });
    };
    view! {
        <ul class="members" data-testid="members">
            {move || found.read().members.iter().map(|member| line(app, member)).collect::<Vec<_>>()}
        </ul>
        <p class="error" aria-live="polite">{move || failed.get().then(|| f::UNREACHABLE.of(app.lang()))}</p>
        {move || found.read().next.is_some().then(|| ui::button(app, "more", "more", t::MORE, more.clone()))}
    }
    .into_any()
}

fn member(app: App, line: &MemberLine) -> AnyView {
    let activated = line.activated;
    let state = app.say(if activated { t::ACTIVATED } else { t::NOT_ACTIVATED });
    let id = line.member.clone();
    let sign_in = move |event: MouseEvent| {
        event.prevent_default();
        enter(app, id.clone(), Route::Member(id.clone(), MemberScreen::Home));
    };
    view! {
        <li>
            <a href=Route::Member(line.member.clone(), MemberScreen::Home).to_string() data-member=line.member.to_string()
                on:click=sign_in>
                <b>{named::plain(app, &line.member)}</b>
                <small>{line.member.to_string()}</small>
                {line.merchant.then(|| view! { <span class="tag shop">{app.say(t::MERCHANT)}</span> }.into_any())}
                <span class="tag" class:off=!activated>{state}</span>
            </a>
        </li>
    }
    .into_any()
}

/// Who was found, and by what.
#[derive(Clone)]
pub struct Found {
    text: String,
    page: MembersPage,
}

impl Found {
    /// Whether there is nobody at all.
    pub fn is_empty_book(&self) -> bool {
        self.text.is_empty() && self.page.members.is_empty()
    }

    /// Whom this text means: the only one who was found by it, or the member of this id.
    pub fn meant(state: Remote<Self>, typed: &str) -> Option<Id> {
        let found = match state {
            Remote::Ready(found) if found.text == typed => found.page.members,
            _ => Vec::new(),
        };
        match found.as_slice() {
            [line] => Some(line.member.clone()),
            _ => Id::parse(typed),
        }
    }
}

/// The members that a text finds, by id; everybody if it is empty.
pub async fn search(text: String) -> Result<Found, Fault> {
    // The server refuses a text that no id and no name is long enough for.
    let page = if text.chars().count() > ID_LENGTH_MAX {
        MembersPage { members: Vec::new(), next: None }
    } else {
        api::members(&text, "", PER_PAGE).await?
    };
    Ok(Found { text, page })
}
