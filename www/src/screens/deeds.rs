//! Who did what: the events and the changes beside the books, newest first.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::asked;
use crate::lang::Lang;
use crate::staff::{self, ActionsPage, DoneAction};
use crate::state::App;
use crate::text::{fault as f, signin, staff as t};
use crate::ui;

pub fn screen(app: App) -> AnyView {
    view! {
        {ui::intro(app, t::ACTIONS, t::ACTIONS_NOTE)}
        {asked(app, || staff::actions(None), move |page| shown(app, page))}
    }
    .into_any()
}

fn shown(app: App, first: ActionsPage) -> AnyView {
    if first.actions.is_empty() {
        return ui::empty(app, "no-action", t::NO_ACTION);
    }
    let found = RwSignal::new(first);
    let failed = RwSignal::new(false);
    let more = move |_| {
        let Some(next) = found.with_untracked(|page| page.next.clone()) else { return };
        spawn_local(async move {
            let page = staff::actions(Some(&next)).await;
            failed.set(page.is_err());
            let Ok(page) = page else { return };
            found.update(|found| {
                // A second click during the request would add the same page twice.
                if found.next.as_ref() == Some(&next) {
                    found.actions.extend(page.actions);
                    found.next = page.next;
                }
            });
        });
    };
    view! {
        <ul class="card entries" data-testid="actions">
            {move || found.read().actions.iter().map(|done| line(app, done)).collect::<Vec<_>>()}
        </ul>
        <p class="error" aria-live="polite">{move || failed.get().then(|| f::UNREACHABLE.of(app.lang()))}</p>
        {move || found.read().next.is_some().then(|| ui::button(app, "more", "more", signin::MORE, more))}
    }
    .into_any()
}

fn line(app: App, done: &DoneAction) -> AnyView {
    let DoneAction { at, actor, what, subject } = done.clone();
    let title = what.clone();
    view! {
        <li class="entry" data-testid="action" data-what=what>
            <p class="head"><span class="what">{move || words(app.lang(), &title)}</span></p>
            {subject.map(|subject| view! { <p class="why"><bdi>{subject}</bdi></p> }.into_any())}
            <p class="foot"><span><bdi>{who(app, &actor)}</bdi></span> <time datetime=at.clone()>{moment(&at)}</time></p>
        </li>
    }
    .into_any()
}

/// What an action is called.
fn words(lang: Lang, what: &str) -> String {
    let words = match what {
        "key.added" => t::KEY_ADDED,
        "key.revoked" => t::KEY_REVOKED,
        "code.made" => t::CODE_MADE,
        "access.ended" => t::ACCESS_ENDED,
        "staff.added" => t::STAFF_ADDED,
        "staff.ended" => t::STAFF_ENDED,
        "webhook.added" => t::WEBHOOK_ADDED,
        "webhook.removed" => t::WEBHOOK_REMOVED,
        event => return gongxiang_words::event(lang.catalogue(), event).unwrap_or(event).to_owned(),
    };
    words.of(lang).to_owned()
}

/// Who it was: staff by name, everybody else as the journal names it.
fn who(app: App, actor: &str) -> AnyView {
    if actor == "command line" {
        return view! { {app.say(t::COMMAND_LINE)} }.into_any();
    }
    let name = actor.strip_prefix("staff ").and_then(|rest| rest.rsplit_once(' ')).map_or(actor, |(name, _)| name);
    name.to_owned().into_any()
}

/// `2026-11-28T15:44:07.123Z` in the clock of this device, to the minute.
fn moment(at: &str) -> String {
    let date = js_sys::Date::new(&at.into());
    let two = |number: u32| format!("{number:02}");
    let (month, day) = (two(date.get_month() + 1), two(date.get_date()));
    format!("{}-{month}-{day} {}:{}", date.get_full_year(), two(date.get_hours()), two(date.get_minutes()))
}
