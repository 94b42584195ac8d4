//! The entry for visitors who are not signed in: by passkey, by a code, or as a new member, depending on what this
//! server offers.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::fault;
use super::onward::follow;
use crate::access;
use crate::api::{Fault, Session};
use crate::passkey;
use crate::route::{self, Route};
use crate::state::App;
use crate::text::{account as a, shops, signin as t};
use crate::ui;

/// What went wrong, as a line below the buttons.
pub fn error_line(app: App, failed: RwSignal<Option<Fault>>) -> AnyView {
    view! {
        <p class="error" role="status" data-testid="passkey-error">
            {move || failed.get().map(|fault| {
                let (title, note) = fault::said(app.lang(), &fault);
                view! { <b>{title}</b><br/>{note} }
            })}
        </p>
    }
    .into_any()
}

/// The button to sign in by passkey, if this server and this browser have them.
pub fn by_passkey(app: App, session: &Session, failed: RwSignal<Option<Fault>>) -> AnyView {
    if !session.has_passkeys() {
        return ().into_any();
    }
    if !passkey::supported() {
        return ui::note(app, t::NO_PASSKEYS_HERE);
    }
    let sign_in = move |_| follow(app, passkey::sign_in(), failed);
    ui::button(app, "primary", "passkey", t::PASSKEY, sign_in)
}

/// Every way in that this server and this browser offer.
pub fn ways(app: App, session: &Session) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let may_register = session.has_passkeys() && passkey::supported() && session.open_registration;
    let register = move |_| follow(app, passkey::register(None), failed);
    view! {
        <section class="card form">
            {by_passkey(app, session, failed)}
            {may_register.then(|| view! {
                {ui::button(app, "secondary", "passkey-register", t::PASSKEY_REGISTER, register)}
                {ui::note(app, t::REGISTER_FREE)}
            }.into_any())}
            {error_line(app, failed)}
        </section>
        {code_form(app)}
        {(!session.demo && !session.open_registration).then(|| ui::note(app, t::BY_OPERATOR))}
        <a class="card link-card" href=Route::Shops.to_string() data-testid="to-shops">
            {app.say(shops::SHOPS)} <span aria-hidden="true">"›"</span>
        </a>
        {session.ways.is_empty().then(|| ui::empty(app, "no-ways", t::NO_WAYS))}
    }
    .into_any()
}

/// A field for a code, or for the link with it.
fn code_form(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    let bad = RwSignal::new(false);
    let open = move |event: SubmitEvent| {
        event.prevent_default();
        let code = typed.with_untracked(|typed| Route::code_of(typed));
        bad.set(code.is_none());
        if let Some(code) = code {
            route::go(&Route::Enrol(code));
        }
    };
    view! {
        <form class="card search" on:submit=open>
            <label for="code">{app.say(t::HAVE_CODE)}</label>
            <div class="row">
                <input id="code" data-testid="code-typed" autocomplete="one-time-code" autocapitalize="off" spellcheck="false"
                    placeholder="gxe_…" aria-invalid=move || bad.get().to_string() aria-describedby="code-error"
                    on:input=move |event| typed.set(event_target_value(&event)) />
                <button class="secondary" data-testid="code-open">{app.say(t::GO_ON)}</button>
            </div>
            <p class="error" id="code-error" data-testid="code-error" aria-live="polite">
                {move || bad.get().then(|| t::CODE_BAD.of(app.lang()))}
            </p>
        </form>
    }
    .into_any()
}

/// The screen to which a code leads: `#/enrol/CODE`.
pub fn enrolling(app: App, code: String) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let (by_passkey, by_code) = (code.clone(), code);
    let with_passkey = move |_| {
        let code = by_passkey.clone();
        follow(app, async move { passkey::register_by(&code).await }, failed);
    };
    let without = move |_| {
        let code = by_code.clone();
        follow(app, async move { access::sign_in_by_code(&code).await }, failed);
    };
    view! {
        {ui::intro(app, t::ENROL, t::ENROL_NOTE)}
        <section class="card form">
            {move || app.session.get().map(|session| {
                let has_passkeys = session.has_passkeys() && passkey::supported();
                let (class, words) = if has_passkeys { ("secondary", t::WITHOUT_PASSKEY) } else { ("primary", t::SIGN_IN) };
                view! {
                    {session.member.clone().map(|member| view! {
                        <p class="note" data-testid="enrol-other">{app.say(t::SIGNED_IN)} " " <bdi>{member.to_string()}</bdi> " " {app.say(t::ENROL_OTHER)}</p>
                    }.into_any())}
                    {has_passkeys.then(|| ui::button(app, "primary", "enrol-passkey", a::ADD_PASSKEY, with_passkey.clone()))}
                    {ui::button(app, class, "enrol", words, without.clone())}
                }.into_any()
            })}
            {error_line(app, failed)}
        </section>
    }
    .into_any()
}
