//! What was announced of the rules: at the top of the rules in force, and at the desk.

use gongxiang::identity::Day;
use leptos::prelude::*;

use super::rule_difference;
use crate::announced::Announced;
use crate::state::App;
use crate::text::{Words, rulebook as t};
use crate::ui;

/// Rules that wait for their day, with what they change. `below` is what can be done with them.
pub fn card(app: App, announced: &Announced, below: AnyView) -> AnyView {
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

/// The same for members. `in_force` is the fingerprint of the rules in force.
pub fn told(app: App, announced: &Announced, in_force: &str, today: Day) -> AnyView {
    let words: Words = match announced.state.as_str() {
        "waiting" if announced.based_on == in_force => return card(app, announced, ().into_any()),
        "withdrawn" => t::WITHDRAWN,
        "waiting" | "refused" => t::NOT_ADOPTED,
        _ => return ().into_any(),
    };
    if announced.from.plus(TOLD_DAYS).is_none_or(|last| last < today) {
        return ().into_any();
    }
    let day = announced.from.to_string();
    view! {
        <p class="card notice" data-testid="announced" data-state=announced.state.clone()>
            {app.say(words)} " " <time>{day}</time>
        </p>
    }
    .into_any()
}
