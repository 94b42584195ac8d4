//! The notices above every screen: no network, actions that wait, no storage.

use leptos::prelude::*;

use crate::state::App;
use crate::text::frame as t;

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
            }
            .into_any()
        })
    };
    let storage = move || {
        outbox.storage_fails.get().then(|| {
            view! {
                <p class="notice bad" role="status" data-testid="storage-fails">{app.say(t::STORAGE_FAILS)}</p>
            }
            .into_any()
        })
    };
    view! { {move || offline()} {move || waiting()} {move || storage()} }.into_any()
}

/// A moment in the reader's time zone and language.
fn local_time(app: App, iso: &str) -> String {
    let date = js_sys::Date::new(&wasm_bindgen::JsValue::from_str(iso));
    date.to_locale_string(app.lang().tag(), &wasm_bindgen::JsValue::UNDEFINED).into()
}
