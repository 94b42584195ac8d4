//! The screens of faults: what went wrong, and what to do next.

use leptos::prelude::*;

use crate::api::Fault;
use crate::lang::Lang;
use crate::state::App;
use crate::text::{self, Words, fault as t, frame, signin, staff};
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
        Fault::Status { problem, .. } if problem.code == "not_found" => ("not-found", t::NOT_FOUND, t::NOT_FOUND_NOTE),
        Fault::Unreachable => ("unreachable", t::UNREACHABLE, t::UNREACHABLE_NOTE),
        Fault::Status { .. } => ("failed", t::FAILED, t::FAILED_NOTE),
        Fault::NoRandom => ("no-random", t::NO_RANDOM, t::NO_RANDOM_NOTE),
        Fault::NoPasskey => ("no-passkey", signin::NO_PASSKEY, signin::NO_PASSKEY_NOTE),
        Fault::OtherRules => ("other-rules", frame::OTHER_VERSION, t::BAD_ANSWER_NOTE),
        Fault::BadAnswer => ("nonsense", t::BAD_ANSWER, t::BAD_ANSWER_NOTE),
    }
}

/// The server's refusal in words, if its code has some and [`words`] has none.
fn refusal(lang: Lang, fault: &Fault) -> Option<String> {
    match fault {
        Fault::Status { problem, .. } if words(fault).0 == "failed" => text::refusal(lang, &problem.code),
        _ => None,
    }
}

/// What went wrong, in one line.
pub fn line(lang: Lang, fault: &Fault) -> String {
    refusal(lang, fault).unwrap_or_else(|| words(fault).1.of(lang).to_owned())
}

/// Title and note of a fault.
pub fn said(lang: Lang, fault: &Fault) -> (&'static str, String) {
    let (_, title, note) = words(fault);
    match refusal(lang, fault) {
        Some(sentence) => (t::REFUSED.of(lang), sentence),
        None => (title.of(lang), note.of(lang).to_owned()),
    }
}

/// Shows a fault, with a button to try again.
pub fn fault(app: App, fault: &Fault, retry: Box<dyn Fn()>) -> AnyView {
    let (name, ..) = words(fault);
    let of = fault.clone();
    let said = move || said(app.lang(), &of);
    let (title, note) = (said.clone(), said);
    let is_known =
        move || app.session.with(|of| of.as_ref().is_some_and(|of| of.member.is_some() || of.staff.is_some()));
    let detail = match fault {
        Fault::Status { status, problem } => format!("{status} {}", problem.code),
        _ => String::new(),
    };
    view! {
        <section class="card fault" role="alert" data-testid="fault" data-fault=name>
            <h2>{move || title().0}</h2>
            <p>{move || note().1}</p>
            {ui::code(app, detail)}
            {ui::button(app, "primary", "retry", frame::RETRY, move |_| retry())}
            <a href="#/">{move || app.say(if is_known() { signin::ALL_MEMBERS } else { signin::SIGN_IN })}</a>
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Problem;

    fn fault(status: u16, code: &str) -> Fault {
        Fault::Status { status, problem: Problem { code: code.to_owned(), field: String::new() } }
    }

    #[test]
    fn a_refusal_is_told_in_its_own_words_and_a_broken_server_as_one() {
        for (status, code, zh, en) in [
            (
                409,
                "too_late",
                "已超过商家可退款的期限，请联系平台处理。",
                "It is too late for a shop to refund this order; ask the operator.",
            ),
            (422, "points_short", "共享积分不足。", "The member has fewer points than this takes."),
            (422, "bad_passkey", "无法识别此通行密钥。", "This passkey is unknown, or its signature is not valid."),
            (404, "not_found", "内容不存在", "Not found"),
            (500, "", "服务暂时不可用", "Something went wrong"),
        ] {
            let fault = fault(status, code);
            assert_eq!((line(Lang::Zh, &fault).as_str(), line(Lang::En, &fault).as_str()), (zh, en), "{code}");
        }
        let (title, note) = said(Lang::En, &fault(422, "too_small"));
        assert_eq!((title, note.as_str()), ("That didn’t work", "This is less than the server takes."));
    }

    #[test]
    fn no_code_of_the_server_is_told_as_a_failure_of_the_server() {
        let sections = gongxiang_words::keys(Lang::En.catalogue());
        let (_, codes) = sections.into_iter().find(|(section, _)| *section == "failures").expect("a section");
        for code in codes {
            assert!(line(Lang::En, &fault(422, code)) != t::FAILED.of(Lang::En), "{code}");
        }
    }
}
