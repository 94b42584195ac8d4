//! Signing in: by passkey; in a demo as any member, by its id or from the list, or as the operator.

use gongxiang::identity::Id;
use gongxiang::limits::ID_LENGTH_MAX;
use gongxiang::wire::answer::{MemberLine, MembersPage};
use leptos::ev::{MouseEvent, SubmitEvent};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::fault;
use crate::api::{self, Fault, Session};
use crate::passkey::{self, Holder};
use crate::query::{Remote, fetch};
use crate::reactive::memo;
use crate::route::{self, Desk, MemberScreen, Route};
use crate::state::App;
use crate::text::{calculator, fault as f, signin as t};
use crate::ui;

const PER_PAGE: u32 = 50;

pub fn screen(app: App) -> AnyView {
    let ask = move || async move {
        app.learn_session().await;
        app.session.get_untracked().filter(|session| !session.role.is_empty()).ok_or(Fault::Unreachable)
    };
    asked(app, ask, move |session| match session.member {
        Some(member) => signed_in(app, member),
        None if session.staff.is_some() => {
            let desk = Route::Operator(Desk::Overview).to_string();
            view! { <p><a class="primary" href=desk data-testid="to-desk">{app.say(t::DESK)}</a></p> }.into_any()
        }
        None if session.is_operator() => choose(app, &session),
        None if session.has_passkeys() => view! {
            <section class="intro"><h1>{app.say(t::SIGN_IN)}</h1></section>
            {passkeys(app, &session)}
        }
        .into_any(),
        None => view! {
            <section class="intro"><h1>{app.say(t::SIGN_IN)}</h1></section>
            {ui::empty(app, "members-only", t::MEMBERS_ONLY)}
        }
        .into_any(),
    })
}

/// The button to sign in by passkey, if the server offers it.
pub fn passkeys(app: App, session: &Session) -> AnyView {
    if !session.has_passkeys() {
        return ().into_any();
    }
    let failed = RwSignal::new(None::<Fault>);
    let sign_in = move |_| spawn_local(async move { follow(app, passkey::sign_in().await, failed) });
    view! {
        <section class="card form">
            {ui::button(app, "primary", "passkey", t::PASSKEY, sign_in)}
            <p class="error" role="status" data-testid="passkey-error">
                {move || failed.get().map(|fault| fault::words(&fault).1.of(app.lang()))}
            </p>
        </section>
    }
    .into_any()
}

/// Goes to the account of the member who just signed in, or to the desk of the staff, or shows why signing in failed.
pub fn follow(app: App, signed_in: Result<Holder, Fault>, failed: RwSignal<Option<Fault>>) {
    match signed_in {
        Ok(Holder { member }) => {
            spawn_local(async move {
                app.signed_in().await;
                let home = |id| Route::Member(id, MemberScreen::Home);
                route::go(&member.map_or(Route::Operator(Desk::Overview), home));
            });
        }
        Err(fault) => failed.set(Some(fault)),
    }
}

fn signed_in(app: App, member: Id) -> AnyView {
    // Set once somebody wants to sign out while actions wait.
    let asks = RwSignal::new(false);
    let leave = move || spawn_local(app.sign_out());
    let mine = member.clone();
    let waits = move || app.outbox.waiting.with(|all| all.iter().any(|waiting| waiting.member.as_ref() == Some(&mine)));
    let out = move |_| if waits() { asks.set(true) } else { leave() };
    view! {
        <section class="intro"><h1>{app.say(t::SIGN_IN)}</h1></section>
        <section class="card form">
            <p>{app.say(t::SIGNED_IN)} " " <b><bdi data-testid="signed-in">{member.to_string()}</bdi></b></p>
            <div class="buttons">
                <a class="primary" href=Route::Member(member, MemberScreen::Home).to_string()>{app.say(t::CONTINUE)}</a>
                {ui::button(app, "secondary", "sign-out", t::SIGN_OUT, out)}
            </div>
            {move || asks.get().then(|| view! {
                <div class="refusal" role="alert" data-testid="sign-out-waits">
                    <p>{app.say(t::SIGN_OUT_WAITS)}</p>
                    {ui::button(app, "secondary", "sign-out-anyway", t::SIGN_OUT_ANYWAY, move |_| leave())}
                </div>
            }.into_any())}
        </section>
    }
    .into_any()
}

/// Signs in as a member of a demo, and goes to its account.
fn enter(app: App, id: Id) {
    spawn_local(async move {
        // If there is no such member, its screen says so.
        let _ = api::sign_in_to_demo(&id).await;
        app.signed_in().await;
        route::go(&Route::Member(id, MemberScreen::Home));
    });
}

fn choose(app: App, session: &Session) -> AnyView {
    let typed = RwSignal::new(String::new());
    let query = memo(move || typed.read().trim().to_owned());
    let first = fetch(move || {
        let query = query.get();
        async move { page(&query, &before(&query)).await }
    });
    let bad = move || !query.read().is_empty() && Id::parse(&query.read()).is_none();
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        if let Some(id) = Id::parse(&query.get_untracked()) {
            enter(app, id);
        }
    };
    view! {
        <section class="intro">
            <h1>{app.say(t::MEMBERS)}</h1>
            <p>{app.say(t::DEMO_NOTE)}</p>
            <p><a href=Route::Operator(Desk::Overview).to_string() data-testid="operator-view">{app.say(t::OPERATOR)}</a></p>
        </section>
        {passkeys(app, session)}
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
            Remote::Ready(page) => shown(app, query.get_untracked(), page),
        }}
    }
    .into_any()
}

fn shown(app: App, query: String, first: MembersPage) -> AnyView {
    if first.members.is_empty() {
        return view! { <p class="loading" data-testid="none-found">{app.say(t::NONE_FOUND)}</p> }.into_any();
    }
    let found = RwSignal::new(first);
    let failed = RwSignal::new(false);
    let more = move |_| {
        let query = query.clone();
        let Some(next) = found.with_untracked(|page| page.next.clone()) else { return };
        spawn_local(async move {
            let page = page(&query, next.as_str()).await;
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
            {move || found.read().members.iter().map(|line| member(app, line)).collect::<Vec<_>>()}
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
        enter(app, id.clone());
    };
    view! {
        <li>
            <a href=Route::Member(line.member.clone(), MemberScreen::Home).to_string() data-member=line.member.to_string()
                on:click=sign_in>
                <b>{line.member.to_string()}</b>
                {line.merchant.then(|| view! { <span class="tag shop">{app.say(t::MERCHANT)}</span> }.into_any())}
                <span class="tag" class:off=!activated>{state}</span>
            </a>
        </li>
    }
    .into_any()
}

/// The members after `after` whose ids start with `query`.
async fn page(query: &str, after: &str) -> Result<MembersPage, Fault> {
    if !query.is_empty() && Id::parse(query).is_none() {
        return Ok(MembersPage { members: Vec::new(), next: None });
    }
    let mut page = api::members(after, PER_PAGE).await?;
    let asked = page.members.len();
    page.members.retain(|line| line.member.as_str().starts_with(query));
    // The list is sorted, so the first other id is the end.
    page.next = page.next.filter(|_| page.members.len() == asked);
    Ok(page)
}

/// An id just before all ids that start with `query`, because a request asks for the ids after one.
fn before(query: &str) -> String {
    const SORTED: &str = "-.0123456789:ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
    let mut id = query.to_owned();
    let Some(last) = id.pop() else { return id };
    if let Some(lower) = SORTED.find(last).and_then(|at| SORTED[..at].chars().next_back()) {
        id.push(lower);
        while id.len() < ID_LENGTH_MAX {
            id.push('z');
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_starts_with_the_query_comes_before_it() {
        for (query, earlier) in [("c0001", "c0000"), ("a", "_zz"), ("a-", "a"), ("A0", "A.z"), ("0", ".")] {
            let before = before(query);
            assert!(Id::parse(&before).is_some() && before.as_str() < query, "{before}");
            assert!(earlier <= before.as_str(), "{earlier} is before {before}");
        }
        assert_eq!(before(""), "");
    }
}
