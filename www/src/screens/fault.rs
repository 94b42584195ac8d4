//! The screens of faults: what went wrong, and what to do next.

use leptos::prelude::*;

use crate::api::Fault;
use crate::state::App;
use crate::text::{Words, fault as t, frame, signin, staff};
use crate::ui;

/// Of a fault: its `data-fault`, its title, and what can be done.
pub fn words(fault: &Fault) -> (&'static str, Words, Words) {
    match fault {
        _ if fault.is_unknown_member() => ("unknown-member", t::UNKNOWN_MEMBER, t::UNKNOWN_MEMBER_NOTE),
        Fault::Status { status: 401, .. } => ("signed-out", signin::SIGNED_OUT, signin::SIGNED_OUT_NOTE),
        Fault::Status { problem, .. } if problem.code == "needs_role" => ("needs-role", staff::NOT_ALLOWED, staff::ASK),
        Fault::Status { status: 403, .. } => ("forbidden", t::FORBIDDEN, t::FORBIDDEN_NOTE),
        Fault::Status { problem, .. } if problem.code == "bad_enrolment" => {
            ("bad-code", signin::CODE_ENDED, signin::CODE_ENDED_NOTE)
        }
        Fault::Unreachable => ("unreachable", t::UNREACHABLE, t::UNREACHABLE_NOTE),
        Fault::Status { .. } => ("failed", t::FAILED, t::FAILED_NOTE),
        Fault::NoRandom => ("no-random", t::NO_RANDOM, t::NO_RANDOM_NOTE),
        Fault::NoPasskey => ("no-passkey", signin::NO_PASSKEY, signin::NO_PASSKEY_NOTE),
        Fault::OtherRules => ("other-rules", frame::OTHER_VERSION, t::BAD_ANSWER_NOTE),
        Fault::BadAnswer => ("nonsense", t::BAD_ANSWER, t::BAD_ANSWER_NOTE),
    }
}

/// Shows a fault, with a button to try again.
pub fn fault(app: App, fault: &Fault, retry: Box<dyn Fn()>) -> AnyView {
    let (name, title, note) = words(fault);
    let detail = match fault {
        Fault::Status { status, problem } => format!("{status} {}", problem.code),
        _ => String::new(),
    };
    view! {
        <section class="card fault" role="alert" data-testid="fault" data-fault=name>
            {ui::heading(app, title)}
            <p>{app.say(note)}</p>
            {ui::code(app, detail)}
            {ui::button(app, "primary", "retry", frame::RETRY, move |_| retry())}
            <a href="#/">{app.say(signin::SIGN_IN)}</a>
        </section>
    }
    .into_any()
}

/// In place of another member's screen: this tab or another one is signed in as somebody else.
pub fn not_yours(app: App) -> AnyView {
    view! {
        <section class="card fault" role="alert" data-testid="fault" data-fault="forbidden">
            {ui::heading(app, signin::NOT_YOURS)}
            <p>{app.say(signin::NOT_YOURS_NOTE)}</p>
            <a class="primary" href="#/">{app.say(signin::SIGN_IN)}</a>
        </section>
    }
    .into_any()
}

pub fn nowhere(app: App) -> AnyView {
    view! {
        <section class="card fault" data-testid="fault" data-fault="nowhere">
            <h1>{app.say(t::NOWHERE)}</h1>
            <p>{app.say(t::NOWHERE_NOTE)}</p>
            <a class="primary" href="#/">{app.say(signin::ALL_MEMBERS)}</a>
        </section>
    }
    .into_any()
}
