//! Applying for a shop: the form, and the state of the application.

use gongxiang::identity::{Id, Region};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;
use serde_json::json;

use super::answer::asked;
use super::profile::{self, Outcome};
use crate::api::Fault;
use crate::application::{self, Application};
use crate::figure::number;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, actions, applications as t, home, profile as p};
use crate::ui;

/// The member's application, or the form for one.
pub fn applying(app: App, me: &Id) -> AnyView {
    let member = me.clone();
    let load = move || {
        let member = member.clone();
        async move { application::newest(&member).await }
    };
    asked(app, load, move |newest| shown(app, newest.as_ref()))
}

fn shown(app: App, newest: Option<&Application>) -> AnyView {
    let Some(newest) = newest.filter(|newest| newest.state != "withdrawn") else { return form(app, None) };
    view! {
        {state(app, newest)}
        {if newest.is_waiting() {
            view! {
                <details class="card">
                    <summary data-testid="change-application">{app.say(t::CHANGE)}</summary>
                    {form(app, Some(newest))}
                </details>
            }
            .into_any()
        } else if newest.is_open() {
            ().into_any()
        } else {
            form(app, Some(newest))
        }}
    }
    .into_any()
}

/// What became of it, and what the shop still needs.
fn state(app: App, newest: &Application) -> AnyView {
    let lines: Vec<_> = newest.missing.iter().filter_map(|missing| line(app, newest, missing)).collect();
    let reason = newest.reason.clone().map(|why| {
        view! { <p class="notice bad" data-testid="application-reason"><b>{app.say(t::REASON)}</b> " " <bdi>{why}</bdi></p> }
            .into_any()
    });
    view! {
        <section class="card" data-testid="application" data-state=newest.state.clone()>
            <div class="fixed">
                <h2><bdi>{newest.shop_name.clone()}</bdi></h2>
                <span class="tag">{app.say(state_words(&newest.state))}</span>
            </div>
            {reason}
            {(!lines.is_empty()).then(|| view! {
                <p class="note">{app.say(t::MISSING)}</p>
                <ul>{lines}</ul>
            }.into_any())}
            {newest.is_waiting().then(|| withdrawing(app, newest.id))}
        </section>
    }
    .into_any()
}

/// Something that the shop still needs. A newer server may ask for what this wallet does not know.
fn line(app: App, newest: &Application, missing: &str) -> Option<AnyView> {
    let words = missing_words(missing)?;
    let points = (missing == "deposit")
        .then(|| view! { " " {ui::amount(app, number(&newest.points_missing), home::POINTS)} }.into_any());
    Some(view! { <li data-testid="missing" data-missing=missing.to_owned()>{app.say(words)} {points}</li> }.into_any())
}

fn missing_words(missing: &str) -> Option<Words> {
    Some(match missing {
        "approval" => t::MISSING_APPROVAL,
        "pack" => t::MISSING_PACK,
        "deposit" => t::MISSING_DEPOSIT,
        "unfreezing" => t::MISSING_UNFREEZING,
        _ => return None,
    })
}

pub fn state_words(state: &str) -> Words {
    match state {
        "approved" => t::APPROVED,
        "opened" => t::OPENED,
        "declined" => t::DECLINED,
        "withdrawn" => t::WITHDRAWN,
        _ => t::WAITING,
    }
}

/// Takes the application back, with the second tap.
fn withdrawing(app: App, id: i64) -> AnyView {
    let sure = RwSignal::new(false);
    let withdraw = move |_| {
        if !sure.get_untracked() {
            return sure.set(true);
        }
        spawn_local(async move {
            // Whatever the answer, the state is asked for anew.
            let _ = application::withdraw(id).await;
            app.changed();
        });
    };
    view! {
        <button type="button" class="secondary" data-testid="withdraw-application" on:click=withdraw>
            {move || app.say(if sure.get() { t::SURE } else { t::WITHDRAW })()}
        </button>
    }
    .into_any()
}

/// The form, with what is known: of the application that waits, or of the one before.
fn form(app: App, known: Option<&Application>) -> AnyView {
    let outcome: Outcome = RwSignal::default();
    let typed = |read: fn(&Application) -> Option<String>| RwSignal::new(known.and_then(read).unwrap_or_default());
    let region = typed(|it| Some(it.region.to_string()));
    let texts = [
        ("shop_name", p::SHOP_NAME, "text", typed(|it| it.shop_name.clone())),
        ("address", p::ADDRESS, "text", typed(|it| it.address.clone())),
        ("contact", t::CONTACT, "text", typed(|it| it.contact.clone())),
        ("phone", t::CONTACT_PHONE, "tel", typed(|it| it.phone.clone())),
        ("licence", t::LICENCE, "text", typed(|it| it.licence.clone())),
    ];
    let category = typed(|it| it.category.clone());
    let id = known.filter(|known| known.is_waiting()).map(|known| known.id);
    let ready = memo(move || {
        let is_typed = |text: RwSignal<String>| !text.read().trim().is_empty();
        Region::parse(region.read().trim()).is_some()
            && is_typed(category)
            && texts.iter().all(|(.., text)| is_typed(*text))
    });
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        let mut body = json!({ "region": region.get_untracked().trim(), "category": category.get_untracked() });
        for (name, .., text) in texts {
            body[name] = json!(text.get_untracked().trim());
        }
        spawn_local(async move {
            let sent = application::send(id, &body).await;
            let is_sent = sent.is_ok();
            outcome.set(Some(sent.map(|()| p::SAVED)));
            if is_sent {
                app.changed();
            }
        });
    };
    let fields: Vec<_> = texts
        .into_iter()
        .map(|(name, label, keyboard, text)| {
            ui::field(app, name, label, keyboard, text, profile::field_error(app, outcome, name))
        })
        .collect();
    view! {
        <form class="card form" data-testid="application-form" on:submit=send>
            {id.is_none().then(|| view! { {ui::heading(app, t::APPLY)} {ui::note(app, t::APPLY_NOTE)} }.into_any())}
            {fields}
            {profile::category(app, category)}
            {ui::field(app, "region", actions::SHOP_REGION, "numeric", region, ui::region_error(app, region))}
            {ui::regions(app, "region")}
            <button class="primary" data-testid="apply" disabled=move || !ready.get()>
                {app.say(if id.is_some() { t::SAVE } else { t::SUBMIT })}
            </button>
            <p role="status" data-testid="applied">{move || told(app, &outcome.get()?)}</p>
        </form>
    }
    .into_any()
}

/// Why it was refused, unless that stands at a field.
fn told(app: App, outcome: &Result<Words, Fault>) -> Option<String> {
    match outcome {
        Err(Fault::Status { problem, .. }) => match &*problem.code {
            "too_many_applications" => Some(t::TOO_MANY.of(app.lang()).to_owned()),
            "application_decided" | "application_open" | "merchant_exists" => {
                Some(t::DECIDED.of(app.lang()).to_owned())
            }
            _ => profile::told(app, outcome),
        },
        _ => profile::told(app, outcome),
    }
}
