//! The way into the desk: signing in, the first passkey of somebody of the staff, and what a role opens.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{deeds, economy, fault, members, operator, rules, staff};
use crate::api::{Fault, Session};
use crate::passkey;
use crate::route::Desk;
use crate::state::App;
use crate::text::{signin, staff as t};
use crate::ui;

/// A screen of the desk, if who is signed in may open it.
pub fn screen(app: App, desk: Desk) -> AnyView {
    let Some(session) = app.session.get() else { return ui::skeleton(app) };
    if session.opens(desk) {
        return view! { {bar(app, &session)} {opened(app, desk)} }.into_any();
    }
    if session.staff.is_some() {
        let first = Desk::ALL.into_iter().map(|(desk, _)| desk).find(|desk| session.opens(*desk));
        let (shown, words) = match first {
            // The address of the desk leads to the first screen that the role has.
            Some(first) if desk == Desk::Overview => (opened(app, first), None),
            Some(_) => (().into_any(), Some(t::NOT_ALLOWED)),
            None => (().into_any(), Some(t::NO_SCREEN)),
        };
        return view! { {bar(app, &session)} {shown} {words.map(|words| ui::empty(app, "not-allowed", words))} }
            .into_any();
    }
    if session.role.is_empty() {
        return fault::fault(app, &Fault::Unreachable, Box::new(move || app.ask_session()));
    }
    view! {
        {ui::intro(app, t::DESK, t::DESK_NOTE)}
        {if session.has_passkeys() { members::passkeys(app, &session) } else { ui::empty(app, "members-only", signin::MEMBERS_ONLY) }}
    }
    .into_any()
}

fn opened(app: App, desk: Desk) -> AnyView {
    match desk {
        Desk::Overview => operator::screen(app),
        Desk::Rules => rules::screen(app),
        Desk::Economy => economy::screen(app),
        Desk::Staff => staff::screen(app),
        Desk::Actions => deeds::screen(app),
    }
}

/// Who of the staff is signed in, and the way out.
fn bar(app: App, session: &Session) -> AnyView {
    let Some(staff) = &session.staff else { return ().into_any() };
    let role = staff::role(&session.role);
    view! {
        <section class="member" data-testid="staff" data-staff=staff.id.to_string() data-role=session.role.clone()>
            <p>{app.say(t::SIGNED_IN)} " " <b><bdi>{staff.name.clone()}</bdi></b> " " <span class="tag">{app.say(role)}</span></p>
            {ui::button(app, "link", "sign-out", signin::SIGN_OUT, move |_| spawn_local(app.sign_out()))}
        </section>
    }
    .into_any()
}

/// The screen of a staff member's link.
pub fn enrol(app: App, code: String) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let create = move |_| {
        let code = code.clone();
        spawn_local(async move { members::follow(app, passkey::enrol(&code).await, failed) });
    };
    view! {
        {ui::intro(app, t::ENROL, t::ENROL_NOTE)}
        <section class="card form">
            {ui::button(app, "primary", "enrol", t::CREATE_PASSKEY, create)}
            <p class="error" role="status" data-testid="enrol-error">
                {move || failed.get().map(|fault| staff::why(app, &fault))}
            </p>
        </section>
    }
    .into_any()
}
