//! What was announced of the rules: at the top of the rules in force, and at the desk.

use gongxiang::identity::Day;
use leptos::prelude::*;

use super::rule_difference;
use crate::announced::Announced;
use crate::state::App;
use crate::text::{Words, rulebook as t};
use crate::ui;

/// Rules that wait for their day, with what they change, or that they will be refused because others are in force now than those that they
/// change. `in_force` is the fingerprint of the rules in force, `below` what can be done.
pub fn card(app: App, announced: &Announced, in_force: &str, below: AnyView) -> AnyView {
    if announced.based_on != in_force {
        return notice(app, announced, t::NOT_ADOPTED, below);
    }
    let day = announced.from.to_string();
    view! {
        <section class="card notice" data-testid="announced" data-state=announced.state.clone()>
            <h2>{app.say(t::FROM)} " " <time data-testid="announced-from">{day}</time> " " {app.say(t::OTHERS_HOLD)}</h2>
            {ui::note(app, t::OTHERS_NOTE)}
            {rule_difference::table(app, &announced.differences)}
            {below}
        </section>
    }
    .into_any()
}

/// For so many days after their day, members are told that announced rules do not come.
const TOLD_DAYS: u64 = 7;

/// Why announced rules do not come.
fn notice(app: App, announced: &Announced, words: Words, below: AnyView) -> AnyView {
    view! {
        <section class="card notice" data-testid="announced" data-state=announced.state.clone()>
            <p>{app.say(words)} " " <time>{announced.from.to_string()}</time></p>
            {below}
        </section>
    }
    .into_any()
}

/// [`card`] for members, who are also told what became of announced rules.
pub fn told(app: App, announced: &Announced, in_force: &str, today: Day) -> AnyView {
    let words: Words = match announced.state.as_str() {
        "waiting" => return card(app, announced, in_force, ().into_any()),
        "withdrawn" => t::WITHDRAWN,
        "refused" => t::NOT_ADOPTED,
        _ => return ().into_any(),
    };
    if announced.from.plus(TOLD_DAYS).is_none_or(|last| last < today) {
        return ().into_any();
    }
    notice(app, announced, words, ().into_any())
}
