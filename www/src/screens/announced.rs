//! What was announced of the rules: at the top of the rules in force, and at the desk.

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

/// The same for members. What was announced and does not come is said until its day has passed.
pub fn told(app: App, announced: &Announced, today: &str) -> AnyView {
    let words: Words = match announced.state.as_str() {
        "waiting" => return card(app, announced, ().into_any()),
        "withdrawn" => t::WITHDRAWN,
        "refused" => t::NOT_ADOPTED,
        _ => return ().into_any(),
    };
    let day = announced.from.to_string();
    if day.as_str() < today {
        return ().into_any();
    }
    view! {
        <p class="card notice" data-testid="announced" data-state=announced.state.clone()>
            {app.say(words)} " " <time>{day}</time>
        </p>
    }
    .into_any()
}
