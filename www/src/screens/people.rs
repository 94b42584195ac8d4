//! Members at the desk: looking one up, and registering one, with a code to sign in.

use gongxiang::event::Kind;
use gongxiang::identity::Id;
use gongxiang::wire::answer::MemberLine;
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::{ask, submit};
use super::member_field::MemberField;
use super::members::{Found, search, shown};
use super::named;
use super::{fault, invite, table};
use crate::action::Action;
use crate::api::Fault;
use crate::ids;
use crate::outbox::Outcome;
use crate::people;
use crate::query::{Remote, fetch};
use crate::reactive::{effect, memo};
use crate::route::{self, Route};
use crate::state::App;
use crate::text::{applications, people as t, signin};
use crate::ui;

pub fn screen(app: App) -> AnyView {
    let may = app
        .session
        .with_untracked(|session| session.as_ref().is_some_and(|session| session.commands(Kind::MemberRegistered)));
    view! {
        {ui::intro(app, t::MEMBERS, t::MEMBERS_NOTE)}
        {may.then(|| register(app))}
        {list(app)}
        {table::download(app, "/v1/members", "members")}
        <a class="card link-card" href=Route::Operator(route::Desk::Applications).to_string() data-testid="to-applications">
            {app.say(applications::APPLICATIONS)} <span aria-hidden="true">"›"</span>
        </a>
    }
    .into_any()
}

/// A code to sign in, once it is made, and what failed.
#[derive(Clone, Copy)]
pub struct Code {
    pub app: App,
    made: RwSignal<Option<(Id, String)>>,
    pub failed: RwSignal<Option<Fault>>,
}

impl Code {
    pub fn new(app: App) -> Self {
        Self { app, made: RwSignal::new(None), failed: RwSignal::new(None) }
    }

    /// Makes a code for a member, and shows it.
    pub fn make(self, member: Id) {
        spawn_local(async move {
            let made = people::code(&member).await;
            self.failed.set(made.as_ref().err().cloned());
            self.made.set(made.ok().map(|code| (member, code)));
        });
    }

    pub fn shown(self) -> AnyView {
        let Self { app, made, failed } = self;
        view! {
            <p class="error" role="alert" data-testid="code-error">
                {move || failed.get().map(|fault| fault::line(app.lang(), &fault))}
            </p>
            {move || made.get().map(|(member, code)| card(app, &member, &code))}
        }
        .into_any()
    }
}

/// The card that the member takes along: it alone is printed.
fn card(app: App, member: &Id, code: &str) -> AnyView {
    let location = window().location();
    let link =
        format!("{}{}#/enrol/{code}", location.origin().unwrap_or_default(), location.pathname().unwrap_or_default());
    view! {
        <section class="card invite printed" data-testid="member-code" data-member=member.to_string()>
            <h2>{app.say(t::CODE)} " · " <bdi>{member.to_string()}</bdi></h2>
            {ui::note(app, t::CODE_NOTE)}
            {invite::qr(app, &link)}
            <p class="code"><code data-testid="code">{code.to_owned()}</code></p>
            <div class="field">
                <label for="code-link">{app.say(t::LINK)}</label>
                <input id="code-link" data-testid="code-link" readonly prop:value=link />
            </div>
            // Fails only where the browser cannot print.
            {ui::button(app, "secondary", "print", t::PRINT, |_| { let _ = window().print(); })}
        </section>
    }
    .into_any()
}

fn register(app: App) -> AnyView {
    let (id, typed) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let referrer = MemberField::new(app, typed);
    let with_code = RwSignal::new(true);
    let code = Code::new(app);
    let registered = RwSignal::new(None::<Id>);
    let action = memo(move || {
        let id = id.read();
        if is_bad(&id) || referrer.is_open() {
            return None;
        }
        Action::enter_member(Id::parse(id.trim()).as_ref(), referrer.id().as_ref())
    });
    effect(move |first| {
        let answered = app.outbox.answered.get();
        let Some((_, Outcome::Settled(receipt))) = answered.filter(|_| !first) else { return };
        let Some(member) = receipt.accounts.first().filter(|_| receipt.kind == Kind::MemberRegistered) else { return };
        registered.set(Some(member.clone()));
        id.set(String::new());
        typed.set(String::new());
        if with_code.get_untracked() {
            code.make(member.clone());
        }
    });
    view! {
        <details class="card">
            <summary data-testid="register-member">{app.say(t::REGISTER)}</summary>
            <form class="form" on:submit=ask(app, action)>
            {ui::field(app, "new-id", t::NEW_ID, "text", id, ui::id_error(app, id))}
            {referrer.shown("referrer", t::REFERRER, t::REFERRED_BY)}
            <label>
                <input type="checkbox" data-testid="with-code" prop:checked=move || with_code.get()
                    on:change:target=move |event| with_code.set(event.target().checked()) />
                {app.say(t::WITH_CODE)}
            </label>
            {submit(app, action)}
            </form>
        </details>
        {move || registered.get().map(|member| view! {
            <p class="check good" role="status" data-testid="registered" data-member=member.to_string()>
                <span class="sign" aria-hidden="true">"✓"</span>
                <span>{app.say(t::REGISTERED)} " " <a href=Route::DeskMember(member.clone()).to_string()>{ids::short(&member)}</a></span>
            </p>
        }.into_any())}
        {code.shown()}
    }
    .into_any()
}

/// Whether something is typed that is no id.
fn is_bad(typed: &str) -> bool {
    !typed.trim().is_empty() && Id::parse(typed.trim()).is_none()
}

fn list(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    let query = memo(move || typed.read().trim().to_owned());
    let first = fetch(move || search(query.get()));
    effect(move |is_first| {
        app.changes.track();
        if !is_first {
            first.again();
        }
    });
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        let typed = query.get_untracked();
        if let Some(id) = Found::meant(first.state.get_untracked(), &typed) {
            route::go(&Route::DeskMember(id));
        }
    };
    let no_error = memo(|| None);
    view! {
        <form class="search" on:submit=open>
            <div class="row">
                {ui::field(app, "find-member", t::FIND, "text", typed, no_error)}
                <button class="secondary" data-testid="open-member" disabled=move || query.read().is_empty()>
                    {app.say(signin::OPEN)}
                </button>
            </div>
            {ui::note(app, t::FIND_HINT)}
        </form>
        {move || match first.state.get() {
            Remote::Loading => ui::skeleton(app),
            Remote::Failed(why) => fault::fault(app, &why, Box::new(move || first.again())),
            Remote::Ready(found) if found.is_empty_book() => ui::empty(app, "no-members", t::NONE),
            Remote::Ready(found) => shown(app, found, line),
        }}
    }
    .into_any()
}

fn line(app: App, line: &MemberLine) -> AnyView {
    let state = app.say(if line.activated { signin::ACTIVATED } else { signin::NOT_ACTIVATED });
    let id = line.member.to_string();
    view! {
        <li>
            <a href=Route::DeskMember(line.member.clone()).to_string() data-member=id.clone()>
                <b>{id.clone()}</b>
                {named::beside(app, &line.member)}
                {line.merchant.then(|| view! { <span class="tag shop">{app.say(signin::MERCHANT)}</span> }.into_any())}
                <span class="tag" class:off=!line.activated>{state}</span>
            </a>
        </li>
    }
    .into_any()
}
