//! An invitation: its link with a QR code, and the screen to which the link leads.

use fast_qr::QRBuilder;
use gongxiang::identity::Id;
use js_sys::{Function, Object, Promise, Reflect};
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast as _;
use wasm_bindgen_futures::JsFuture;

use super::answer::member_bar;
use super::{fault, onward};
use crate::action::Action;
use crate::api::{Fault, Session};
use crate::passkey;
use crate::route::Route;
use crate::state::App;
use crate::text::{Words, actions as t, signin};
use crate::ui;

pub fn screen(app: App, id: &Id) -> AnyView {
    let link = address_of(&Route::Join(id.clone()));
    let copied = RwSignal::new(false);
    let (to_copy, to_share) = (link.clone(), link.clone());
    let copy = move |_| {
        let written = window().navigator().clipboard().write_text(&to_copy);
        spawn_local(async move {
            copied.set(JsFuture::from(written).await.is_ok());
        });
    };
    view! {
        {member_bar(app, id, t::INVITE)}
        <p class="lead">{app.say(t::INVITE_NOTE)}</p>
        <section class="card invite">
            {qr(app, &link)}
            <div class="field">
                <label for="link">{app.say(t::INVITE_LINK)}</label>
                <input id="link" data-testid="link" readonly prop:value=link.clone() />
            </div>
            <button type="button" class="primary" data-testid="copy" on:click=copy>
                {move || app.say(if copied.get() { t::COPIED } else { t::COPY })()}
            </button>
            {sharing().is_some().then(|| ui::button(app, "secondary", "share", t::SHARE, move |_| share(&to_share)))}
        </section>
    }
    .into_any()
}

/// The phone's own list of apps to share with, where the browser has one.
fn sharing() -> Option<Function> {
    Reflect::get(&window().navigator(), &"share".into()).ok()?.dyn_into().ok()
}

fn share(link: &str) {
    let data = Object::new();
    let begun = Reflect::set(&data, &"url".into(), &link.into())
        .ok()
        .and_then(|_| sharing()?.call1(&window().navigator(), &data).ok()?.dyn_into::<Promise>().ok());
    if let Some(begun) = begun {
        // It fails if the person changes its mind.
        spawn_local(async move { _ = JsFuture::from(begun).await });
    }
}

/// The whole address of a screen, for a link.
pub fn address_of(route: &Route) -> String {
    let origin = window().location().origin().unwrap_or_default();
    let path = window().location().pathname().unwrap_or_default();
    format!("{origin}{path}{route}")
}

/// The QR code as one SVG path, a square for each dark module.
pub fn qr(app: App, text: &str) -> AnyView {
    qr_of(app, text, t::QR_LABEL)
}

/// [`qr`] of something else than an invitation.
pub fn qr_of(app: App, text: &str, label: Words) -> AnyView {
    let Ok(code) = QRBuilder::new(text).build() else { return ().into_any() };
    let mut path = String::new();
    for y in 0..code.size {
        for x in (0..code.size).filter(|x| code[y][*x].value()) {
            path.extend(["M", &x.to_string(), " ", &y.to_string(), "h1v1h-1z"]);
        }
    }
    // Readers need a quiet zone of four modules around the code.
    let view_box = format!("-4 -4 {0} {0}", code.size + 8);
    view! {
        <svg class="qr" role="img" aria-label=app.say(label) data-testid="qr" viewBox=view_box shape-rendering="crispEdges">
            <path d=path />
        </svg>
    }
    .into_any()
}

/// The screen to which an invitation leads.
pub fn joining(app: App, referrer: &Id) -> AnyView {
    let id = referrer.clone();
    let failed = RwSignal::new(None::<Fault>);
    let by = referrer.clone();
    let with_passkey = move |_| {
        let by = by.clone();
        onward::follow(app, async move { passkey::register(Some(&by)).await }, failed);
    };
    let register = move |_| app.asked.set(Some(Action::register(&id)));
    view! {
        <section class="intro">
            <h1>{app.say(t::JOIN)}</h1>
            <p>{app.say(t::INVITED_BY)} " " <bdi data-testid="referrer">{referrer.to_string()}</bdi></p>
        </section>
        <section class="card form">
            {ui::note(app, t::REGISTER_NOTE)}
            {ui::note(app, t::JOIN_SEEN)}
            {move || {
                let session = app.session.get();
                let may = |ask: fn(&Session) -> bool| session.as_ref().is_some_and(ask);
                let by_operator = may(Session::is_operator);
                let by_passkey = may(|session| session.open_registration && session.has_passkeys());
                view! {
                    {by_passkey.then(|| {
                        ui::button(app, "primary", "passkey-register", signin::PASSKEY_REGISTER, with_passkey.clone())
                    })}
                    {by_operator.then(|| ui::button(app, "secondary", "register", t::REGISTER, register.clone()))}
                    {(!by_operator && !by_passkey).then(|| view! { <p>{app.say(t::JOIN_CLOSED)}</p> }.into_any())}
                }.into_any()
            }}
            <p class="error" role="status">{move || failed.get().map(|fault| fault::line(app.lang(), &fault))}</p>
        </section>
    }
    .into_any()
}
