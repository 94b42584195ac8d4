//! Applications for a shop at the desk: what each applicant wrote, and the decision.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use super::applying::state_words;
use super::pages::Pages;
use super::{deeds, fault, named, profile, table};
use crate::api::{Fault, Session};
use crate::application::{self, Application, ApplicationsPage};
use crate::lang::Lang;
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{Words, applications as t, people, profile as p};
use crate::ui;

/// The states that one can look at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Waiting,
    Approved,
    Opened,
    Declined,
}

impl State {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Approved => "approved",
            Self::Opened => "opened",
            Self::Declined => "declined",
        }
    }
}

pub fn screen(app: App) -> AnyView {
    let state = RwSignal::new(State::Waiting);
    let failed = RwSignal::new(None::<Fault>);
    effect(move |_| {
        state.track();
        failed.set(None);
    });
    view! {
        {ui::intro(app, t::APPLICATIONS, t::APPLICATIONS_NOTE)}
        <div class="tools">
            {ui::segments(app, state, t::STATE, vec![
                (State::Waiting, "state-waiting", t::WAITING),
                (State::Approved, "state-approved", t::APPROVED),
                (State::Opened, "state-opened", t::OPENED),
                (State::Declined, "state-declined", t::DECLINED),
            ])}
        </div>
        <p class="error" role="status" data-testid="application-error">
            {move || failed.get().map(|fault| why(app.lang(), &fault))}
        </p>
        {table::download(app, "/v1/applications", "applications")}
        {asked(app, move || application::in_state(state.get().as_str(), None), move |page| {
            shown(app, state.get_untracked(), page, failed)
        })}
    }
    .into_any()
}

fn why(lang: Lang, fault: &Fault) -> String {
    let words = match fault {
        Fault::Status { problem, .. } if problem.code == "application_changed" => t::CHANGED,
        Fault::Status { problem, .. } if problem.code == "application_decided" => t::DECIDED,
        Fault::Status { problem, .. } if problem.code == "bad_text" => p::BAD_TEXT,
        other => return fault::line(lang, other),
    };
    words.of(lang).to_owned()
}

fn shown(app: App, state: State, first: ApplicationsPage, failed: RwSignal<Option<Fault>>) -> AnyView {
    if first.applications.is_empty() {
        return ui::empty(app, "no-applications", t::NOTHING);
    }
    let pages = Pages::begin((first.applications, first.next));
    let ask = move |before| async move {
        application::in_state(state.as_str(), Some(before)).await.map(|page| (page.applications, page.next))
    };
    view! {
        {move || pages.rows.read().iter().map(|known| card(app, known, failed)).collect::<Vec<_>>()}
        {pages.more(app, "more-applications", ask)}
    }
    .into_any()
}

fn card(app: App, known: &Application, failed: RwSignal<Option<Fault>>) -> AnyView {
    let row = |name: Words, text: &Option<String>| text.clone().map(|text| ui::text_row(app, name, text));
    let code = known.region.to_string();
    let category = known.category().map(|category| {
        view! { <div><dt>{app.say(p::CATEGORY)}</dt><dd>{app.say(profile::words(category))}</dd></div> }.into_any()
    });
    view! {
        <section class="card form" data-testid="application" data-application=known.id.to_string() data-state=known.state.clone()>
            <div class="fixed">
                <h2><bdi>{known.shop_name.clone()}</bdi></h2>
                <span class="tag">{app.say(state_words(&known.state))}</span>
            </div>
            {known.shop_name.is_none().then(|| ui::note(app, t::ERASED))}
            <dl class="sums">
                <div><dt>{app.say(people::MEMBER)}</dt><dd>{named::member(app, &known.member)}</dd></div>
                <div><dt>{app.say(t::APPLIED)}</dt><dd><time>{deeds::instant(known.applied)}</time></dd></div>
                {category}
                <div>
                    <dt>{app.say(p::ADDRESS)}</dt>
                    <dd>
                        {ui::place(app, &code)} " "
                        <bdi>{known.address.clone()}</bdi>
                    </dd>
                </div>
                {row(t::CONTACT, &known.contact)}
                {row(t::CONTACT_PHONE, &known.phone)}
                {row(t::LICENCE, &known.licence)}
                {row(t::REASON, &known.reason)}
            </dl>
            {deciding(app, known, failed)}
        </section>
    }
    .into_any()
}

/// The decision, for who may take it.
fn deciding(app: App, known: &Application, failed: RwSignal<Option<Fault>>) -> AnyView {
    let may = app.session.with(|session| session.as_ref().is_some_and(Session::is_operator));
    if !may || !known.is_waiting() {
        return ().into_any();
    }
    let reason = RwSignal::new(String::new());
    let (declines, approves) = (RwSignal::new(false), known.clone());
    let refused = known.clone();
    let settled = move |answer: Result<(), Fault>| {
        failed.set(answer.err());
        app.changed();
    };
    let approve = move |_| {
        let known = approves.clone();
        spawn_local(async move { settled(application::approve(&known).await) });
    };
    let decline = move |_| {
        let known = refused.clone();
        let why = reason.get_untracked().split_whitespace().collect::<Vec<_>>().join(" ");
        spawn_local(async move { settled(application::decline(&known, &why).await) });
    };
    view! {
        <div class="buttons">
            {ui::button(app, "primary", "approve-application", t::APPROVE, approve)}
            {ui::button(app, "secondary", "decline-application", t::DECLINE, move |_| declines.update(|it| *it = !*it))}
        </div>
        {move || declines.get().then(|| view! {
            {ui::field(app, "decline-reason", t::DECLINE_REASON, "text", reason, memo(|| None))}
            <button type="button" class="secondary" data-testid="decline-now"
                disabled=move || reason.read().trim().is_empty() on:click=decline.clone()>
                {app.say(t::DECLINE)}
            </button>
        }.into_any())}
    }
    .into_any()
}
