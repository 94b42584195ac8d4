//! The entry to the desk: signing in, the first passkey of somebody of the staff, and which screens a role opens.

use leptos::prelude::*;

use super::{entry, fault, members, onward, staff};
use crate::api::{Fault, Session};
use crate::passkey;
use crate::route::{self, Desk, Route};
use crate::state::App;
use crate::text::{signin, staff as t};
use crate::ui;

/// A screen of the desk, if who is signed in may open it.
pub fn screen(app: App, desk: Desk, opened: &dyn Fn() -> AnyView) -> AnyView {
    let Some(session) = app.session.get() else { return ui::skeleton(app) };
    if session.opens(desk) {
        return view! { {bar(app, &session)} {opened()} }.into_any();
    }
    if let (Desk::Overview, Some(shop)) = (desk, session.home().filter(|_| session.shop().is_some())) {
        // Who works in a shop begins at its till.
        route::go(&shop);
        return ui::skeleton(app);
    }
    if session.staff.is_some() {
        let first = Desk::ALL.into_iter().map(|(desk, _)| desk).find(|desk| session.opens(*desk));
        let words = match first {
            // The address of the desk leads to the first screen that the role has.
            Some(first) if desk == Desk::Overview => {
                route::replace(&Route::Operator(first));
                return ui::skeleton(app);
            }
            Some(_) => t::NOT_ALLOWED,
            None => t::NO_SCREEN,
        };
        return view! { {bar(app, &session)} {ui::empty(app, "not-allowed", words)} }.into_any();
    }
    if session.role.is_empty() {
        return fault::fault(app, &Fault::Unreachable, Box::new(move || app.ask_session()));
    }
    let failed = RwSignal::new(None::<Fault>);
    view! {
        {ui::intro(app, t::DESK, t::DESK_NOTE)}
        {if session.has_passkeys() {
            view! {
                <section class="card form">
                    {entry::by_passkey(app, &session, failed)}
                    {entry::error_line(app, failed)}
                </section>
            }.into_any()
        } else {
            ui::empty(app, "no-ways", signin::NO_WAYS)
        }}
    }
    .into_any()
}

/// Who of the staff is signed in, and the way out.
fn bar(app: App, session: &Session) -> AnyView {
    let Some(staff) = &session.staff else { return ().into_any() };
    let role = staff::role(&session.role);
    let (out, question) = members::way_out(app, staff.id.clone(), "link");
    view! {
        <section class="member" data-testid="staff" data-staff=staff.id.to_string() data-role=session.role.clone()>
            <p>{app.say(t::SIGNED_IN)} " " <b><bdi>{staff.name.clone()}</bdi></b> " " <span class="tag">{app.say(role)}</span></p>
            {out}
        </section>
        {question}
    }
    .into_any()
}

/// The screen of a staff member's link.
pub fn enrol(app: App, code: String) -> AnyView {
    let failed = RwSignal::new(None::<Fault>);
    let create = move |_| {
        let code = code.clone();
        onward::follow(app, async move { passkey::register_by(&code).await }, failed);
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
