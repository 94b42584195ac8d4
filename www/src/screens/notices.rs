//! The notices above every screen: no network, actions that wait, no storage.

use leptos::prelude::*;

use crate::figure::number;
use crate::outbox::{PendingAction, Refused};
use crate::state::App;
use crate::text::{self, fault, frame as t, home};
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
                    {app.say(t::OFFLINE_DAY)} " " <time>{day.clone()}</time>
                </p>
            }
            .into_any(),
        )
    };
    let waiting = move || {
        let count = outbox.waiting.read().len();
        (count > 0).then(|| {
            view! {
                <p class="notice" role="status" data-testid="waiting" data-value=count.to_string()>
                    {count.to_string()} " " {app.say(t::WAITING_ONE)} " "
                    <button type="button" class="link" on:click=move |_| outbox.flush()>{app.say(t::SEND_NOW)}</button>
                </p>
                <ul class="notice list" data-testid="waiting-list">
                    {outbox.waiting.get().iter().map(|waiting| waits(app, waiting)).collect::<Vec<_>>()}
                </ul>
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
            {what(app, waiting)}
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
    let why = move || text::code(app.lang(), &code).unwrap_or_else(|| fault::FAILED_NOTE.of(app.lang()).to_owned());
    view! {
        <p class="notice bad" role="alert" data-testid="refused" data-code=refused.code.clone()>
            <b>{app.say(t::NOT_DONE)}</b> " " {what(app, &refused.action)} " " {why} " "
            <button type="button" class="link" data-testid="read-refusal" on:click=move |_| outbox.read(&key)>{app.say(t::READ)}</button>
        </p>
    }
    .into_any()
}

/// What an action is, how many points it moves, and when it was confirmed.
fn what(app: App, action: &PendingAction) -> AnyView {
    let (title, at, spends) = (action.title.clone(), action.at.clone(), action.spends);
    let time = at.clone();
    view! {
        <span>
            {move || text::of_both(&title, app.lang()).to_owned()} " "
            {spends.is_positive().then(|| ui::amount(app, number(&spends), home::POINTS))} " "
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
