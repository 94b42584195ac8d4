//! The messages above every screen: no network, waiting actions, no storage.

use gongxiang::identity::Id;
use leptos::prelude::*;
use serde_json::Value;

use super::named;
use crate::api;
use crate::figure::number;
use crate::json;
use crate::outbox::{PendingAction, Refused};
use crate::state::App;
use crate::text::{self, Words, actions, counter, fault, frame as t, home};
use crate::ui;

/// The notices that apply now.
pub fn notices(app: App) -> AnyView {
    let outbox = app.outbox;
    let offline = move || {
        let (since, day) = app.stale.get()?;
        Some(
            view! {
                <p class="notice" role="status" data-testid="offline" data-since=since.clone() data-day=day.clone()>
                    {app.say(t::OFFLINE_SINCE)} " " <time datetime=since.clone()>{local_time(app, &since)}</time>
                    {(!day.is_empty()).then(|| view! { {app.say(t::OFFLINE_DAY)} " " <time>{day.clone()}</time> }.into_any())}
                </p>
            }
            .into_any(),
        )
    };
    // Nobody reads what others who used this browser confirmed.
    let mine = move || {
        let may_send = |action: &&PendingAction| {
            app.session.with(|session| session.as_ref().is_some_and(|it| it.may_send_for(action.member.as_ref())))
        };
        let rows: Vec<_> = outbox.waiting.get().iter().filter(may_send).map(|action| waits(app, action)).collect();
        (!rows.is_empty()).then(|| view! { <ul class="notice list" data-testid="waiting-list">{rows}</ul> }.into_any())
    };
    // Nobody is signed in who could send them.
    let has_ended = move || {
        app.session.with(|session| session.as_ref().is_some_and(|it| it.sender().is_none() && !it.is_operator()))
    };
    let waiting = move || {
        let count = outbox.waiting.read().len();
        (count > 0).then(|| {
            view! {
                <p class="notice" role="status" data-testid="waiting" data-value=count.to_string()>
                    {count.to_string()} " " {app.say(if has_ended() { t::WAITING_SIGNED_OUT } else { t::WAITING_ONE })} " "
                    {(!has_ended()).then(|| view! {
                        <button type="button" class="link" on:click=move |_| outbox.flush()>{app.say(t::SEND_NOW)}</button>
                    }.into_any())}
                </p>
                {mine()}
            }
            .into_any()
        })
    };
    let refusals = move || {
        let refused = outbox.refused.get();
        let sender = app.session.with(|session| session.as_ref().and_then(|session| session.sender().cloned()));
        let mine = refused.iter().filter(|refused| refused.action.member == sender);
        mine.map(|refused| refusal(app, refused)).collect::<Vec<_>>()
    };
    let storage = move || {
        outbox.storage_fails.get().then(|| {
            view! {
                <p class="notice bad" role="status" data-testid="storage-fails">{app.say(t::STORAGE_FAILS)}</p>
            }
            .into_any()
        })
    };
    view! { {move || offline()} {move || waiting()} {refusals} {move || storage()} }.into_any()
}

/// An action that waits, and the way to cancel it.
fn waits(app: App, waiting: &PendingAction) -> AnyView {
    let (outbox, key) = (app.outbox, waiting.key.clone());
    view! {
        <li data-testid="waiting-action" data-path=waiting.path.clone()>
            <details data-testid="waiting-more">
                <summary>{what(app, waiting)}</summary>
                {details(app, waiting)}
            </details>
            <button type="button" class="link" data-testid="cancel-waiting" on:click=move |_| outbox.cancel(key.clone())>
                {app.say(t::CANCEL_WAITING)}
            </button>
            {waiting.is_sent.then(|| view! { <small class="below">{app.say(t::MAYBE_DONE)}</small> }.into_any())}
        </li>
    }
    .into_any()
}

/// A refusal; it stays until it is read.
fn refusal(app: App, refused: &Refused) -> AnyView {
    let (outbox, key, code) = (app.outbox, refused.action.key.clone(), refused.code.clone());
    let why = move || text::refusal(app.lang(), &code).unwrap_or_else(|| fault::FAILED_NOTE.of(app.lang()).to_owned());
    view! {
        <div class="notice bad" role="alert" data-testid="refused" data-code=refused.code.clone()>
            <b>{app.say(t::NOT_DONE)}</b> " " {what(app, &refused.action)} " " {why}
            {details(app, &refused.action)}
            <button type="button" class="link" data-testid="read-refusal" on:click=move |_| outbox.read(&key)>{app.say(t::READ)}</button>
        </div>
    }
    .into_any()
}

/// What a command says, with its words.
const FIELDS: [(&str, Words); 5] = [
    ("points", home::POINTS),
    ("unit_price", home::PRICE),
    ("amount", counter::AMOUNT),
    ("concession", counter::CONCESSION_YUAN),
    ("item", actions::ITEM),
];

/// To whom an action is, with the whole id to copy, and what its command says.
fn details(app: App, action: &PendingAction) -> AnyView {
    let body = json::parse(&action.body).unwrap_or_default();
    let row = |words: Words, value: AnyView| view! { <div><dt>{app.say(words)}</dt><dd>{value}</dd></div> }.into_any();
    let to = receiver(action, &body).map(|id| row(actions::TO_WHOM, named::member(app, &id)));
    let said = FIELDS.iter().filter_map(|(name, words)| Some(row(*words, api::text_of(&body, name)?.into_any())));
    let said: Vec<_> = to.into_iter().chain(said).collect();
    view! { <dl class="sums">{said}</dl> }.into_any()
}

/// The member whom an action concerns beside the one who confirmed it.
fn receiver(action: &PendingAction, body: &Value) -> Option<Id> {
    let named = ["to", "buyer", "member"].into_iter().find_map(|field| api::text_of(body, field))?;
    Id::parse(&named).filter(|id| action.member.as_ref() != Some(id))
}

/// What an action is, how many points it moves and to whom, and when it was confirmed.
fn what(app: App, action: &PendingAction) -> AnyView {
    let (title, at, spends) = (action.title.clone(), action.at.clone(), action.spends);
    let time = at.clone();
    let to = json::parse(&action.body).ok().and_then(|body| receiver(action, &body));
    view! {
        <span>
            {move || text::of_both(&title, app.lang()).to_owned()} " "
            {spends.is_positive().then(|| ui::amount(app, number(&spends), home::POINTS))} " "
            {to.map(|to| view! { "→ " {named::plain(app, &to)} " " }.into_any())}
            <time datetime=at>{move || local_time(app, &time)}</time>
        </span>
    }
    .into_any()
}

/// [`local_time`] of seconds since 1970.
pub fn local_seconds(app: App, seconds: u64) -> String {
    // The wallet has no floats of its own; milliseconds are a number of JavaScript.
    let ms = js_sys::Number::parse_float(&format!("{seconds}000"));
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_f64(ms));
    date.to_locale_string(app.lang().tag(), &wasm_bindgen::JsValue::UNDEFINED).into()
}

/// A moment in the reader's time zone and language.
fn local_time(app: App, iso: &str) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_str(iso));
    date.to_locale_string(app.lang().tag(), &wasm_bindgen::JsValue::UNDEFINED).into()
}
