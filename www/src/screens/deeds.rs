//! Who did what: the events, and the changes that are not events, newest first.

use gongxiang::identity::Id;
use leptos::prelude::*;

use super::answer::asked;
use super::pages::Pages;
use super::staff::role as staff_role;
use super::{named, table};
use crate::ids;
use crate::lang::Lang;
use crate::route::Route;
use crate::staff::{self, ActionsPage, DoneAction};
use crate::state::App;
use crate::text::{actions as summary, proposals as p, staff as t};
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
    let pages = Pages::begin((first.actions, first.next));
    let ask = |before: String| async move { staff::actions(Some(&before)).await.map(|page| (page.actions, page.next)) };
    view! {
        <ul class="card entries" data-testid="actions">
            {move || pages.rows.read().iter().map(|done| line(app, done)).collect::<Vec<_>>()}
        </ul>
        {pages.more(app, "more", ask)}
        {table::download(app, "/v1/actions", "actions")}
    }
    .into_any()
}

fn line(app: App, done: &DoneAction) -> AnyView {
    let DoneAction { at, actor, approver, what, members, order, subject } = done.clone();
    let title = what.clone();
    view! {
        <li class="entry" data-testid="action" data-what=what>
            <p class="head"><span class="what">{move || words(app.lang(), &title)}</span></p>
            {subject.map(|subject| view! { <p class="why">{about(app, &subject)}</p> }.into_any())}
            {(!members.is_empty()).then(|| concerned(app, &members, order.as_ref()))}
            <p class="foot">
                <span>{who(app, &actor)}</span>
                {approver.map(|approver| view! { <span>{app.say(p::APPROVED_BY)} " " {who(app, &approver)}</span> }.into_any())}
                <time datetime=at.clone()>{moment(&at)}</time>
            </p>
        </li>
    }
    .into_any()
}

/// The members and shops that an event concerned, each with the way to its page, and the order by which they did.
fn concerned(app: App, members: &[Id], order: Option<&Id>) -> AnyView {
    let mut all: Vec<_> = members.iter().map(|id| way(id, named::plain(app, id))).collect();
    // Its shop's page has the order.
    if let (Some(order), Some(shop)) = (order, members.last()) {
        let order = ids::short(order);
        all.push(way(shop, view! { {app.say(summary::ORDER_ID)} " " <bdi>{order}</bdi> }.into_any()));
    }
    view! { <p class="why links" data-testid="concerned">{all}</p> }.into_any()
}

/// The way to the page of a member or a shop.
fn way(id: &Id, shown: AnyView) -> AnyView {
    view! { <a href=Route::DeskMember(id.clone()).to_string()>{shown}</a> " " }.into_any()
}

/// What an action is called.
pub fn words(lang: Lang, what: &str) -> String {
    let words = match what {
        "key.added" => t::KEY_ADDED,
        "key.revoked" => t::KEY_REVOKED,
        "code.made" => t::CODE_MADE,
        "access.ended" => t::ACCESS_ENDED,
        "staff.added" => t::STAFF_ADDED,
        "staff.ended" => t::STAFF_ENDED,
        "profile.written" => t::PROFILE_WRITTEN,
        "profile.erased" => t::PROFILE_ERASED,
        "preset.written" => t::PRESET_WRITTEN,
        "webhook.added" => t::WEBHOOK_ADDED,
        "webhook.removed" => t::WEBHOOK_REMOVED,
        "webhook.secret_changed" => t::WEBHOOK_SECRET,
        "trade.decided" => t::TRADE_DECIDED,
        "item.written" => t::ITEM_WRITTEN,
        "item.withdrawn" => t::ITEM_WITHDRAWN,
        "picture.written" => t::PICTURE_WRITTEN,
        "proposal.made" => p::MADE,
        "proposal.approved" => p::APPROVED,
        "proposal.declined" => p::REFUSED,
        "rules.announced" => t::RULES_ANNOUNCED,
        "rules.withdrawn" => t::RULES_WITHDRAWN,
        event => return gongxiang_words::event(lang.catalogue(), event).unwrap_or(event).to_owned(),
    };
    words.of(lang).to_owned()
}

/// Who it was: members and staff by name, keys by their ids.
pub fn who(app: App, actor: &str) -> AnyView {
    if actor == "command line" {
        return view! { {app.say(t::COMMAND_LINE)} }.into_any();
    }
    if let Some(member) = actor.strip_prefix("member ").and_then(Id::parse) {
        return named::plain(app, &member);
    }
    let key = ["operator ", "payment ", "merchant "].iter().find_map(|kind| actor.strip_prefix(kind));
    match key {
        Some(key) => view! { {app.say(t::API_KEY)} " " <bdi>{key.to_owned()}</bdi> }.into_any(),
        None => view! { <bdi>{name_of(actor).to_owned()}</bdi> }.into_any(),
    }
}

/// Somebody's name, as far as the journal has it.
pub fn name_of(actor: &str) -> &str {
    let name = actor.strip_prefix("staff ").and_then(|rest| rest.rsplit_once(' ')).map_or(actor, |(name, _)| name);
    without_kind(name)
}

/// Of whom or what a change beside the books was.
fn about(app: App, subject: &str) -> AnyView {
    let member = ["member ", "shop "].iter().find_map(|kind| subject.strip_prefix(kind)).and_then(Id::parse);
    if let Some(member) = member {
        return way(&member, named::plain(app, &member));
    }
    let subject = subject.to_owned();
    view! { <bdi>{move || said_of(app.lang(), &subject)}</bdi> }.into_any()
}

/// Of a proposal, `proposal 3 (price.set): why`, the event has its name; of staff, `staff Li s-1 (cashier, kiosk)`, the role.
fn said_of(lang: Lang, subject: &str) -> String {
    let of_proposal = || {
        let (number, rest) = subject.strip_prefix("proposal ")?.split_once(" (")?;
        let (kind, why) = rest.split_once(')')?;
        Some(format!("#{number} {}{why}", words(lang, kind)))
    };
    let of_staff = || {
        let (who, rest) = subject.strip_prefix("staff ")?.rsplit_once(" (")?;
        let (name, _id) = who.rsplit_once(' ')?;
        let role = rest.trim_end_matches(')').split(", ").next()?;
        Some(format!("{name} · {}", staff_role(role).of(lang)))
    };
    of_proposal().or_else(of_staff).unwrap_or_else(|| without_kind(subject).to_owned())
}

/// An id without the English word for what it names, which the action says.
fn without_kind(text: &str) -> &str {
    ["member ", "newcomer ", "trade ", "staff "].iter().find_map(|kind| text.strip_prefix(kind)).unwrap_or(text)
}

/// `2026-11-28T15:44:07.123Z` in the clock of this device, to the minute.
fn moment(at: &str) -> String {
    shown_at(&js_sys::Date::new(&at.into()))
}

/// The same of seconds since 1970.
pub fn instant(seconds: u32) -> String {
    // The wallet has no floats of its own; milliseconds are a number of JavaScript.
    let ms = js_sys::Number::parse_float(&format!("{seconds}000"));
    shown_at(&js_sys::Date::new(&ms.into()))
}

fn shown_at(date: &js_sys::Date) -> String {
    let two = |number: u32| format!("{number:02}");
    let (month, day) = (two(date.get_month() + 1), two(date.get_date()));
    format!("{}-{month}-{day} {}:{}", date.get_full_year(), two(date.get_hours()), two(date.get_minutes()))
}
