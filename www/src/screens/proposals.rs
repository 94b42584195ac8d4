//! What waits for a second person: who proposed what, and approving or declining it.

use gongxiang::event::Event;
use gongxiang::quantity::Price;
use gongxiang::ruleset::RuleSet;
use leptos::prelude::*;

use super::named;
use super::{deeds, rule_difference, rules};
use crate::action::Action;
use crate::figure::number;
use crate::proposal::Proposal;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, frame, home, operator as o, proposals as t};
use crate::ui;

/// The proposal that somebody is about to decline, and why.
#[derive(Clone, Copy, Default)]
struct Refused {
    proposal: RwSignal<Option<i64>>,
    reason: RwSignal<String>,
}

/// The card of what waits; nothing if nothing does. What is in force now stands beside what is proposed.
pub fn waiting(app: App, open: &[Proposal], price: Price, rules: &RuleSet) -> AnyView {
    if open.is_empty() {
        return ().into_any();
    }
    let refused = Refused::default();
    let lines: Vec<_> = open.iter().map(|proposal| line(app, proposal, price, rules, refused)).collect();
    view! {
        <section class="card" data-testid="proposals">
            {ui::heading(app, t::WAITING)}
            {ui::note(app, t::WAITING_NOTE)}
            <ul class="entries">{lines}</ul>
        </section>
    }
    .into_any()
}

fn line(app: App, proposal: &Proposal, price: Price, rules: &RuleSet, refused: Refused) -> AnyView {
    let kind = proposal.event.kind().as_str();
    let changes = match &proposal.event {
        Event::RulesAdopted { rules: changes } => Some(rules::changes(rules, changes)),
        _ => None,
    };
    let mut facts =
        changes.as_deref().map(|changes| rules::facts(app.lang.get_untracked(), changes)).unwrap_or_default();
    facts.extend(proposal.from.map(|day| (o::BEGINS_ROW, day.to_string())));
    let at = deeds::instant(proposal.proposed);
    let until = deeds::instant(proposal.expires);
    view! {
        <li class="entry" data-testid="proposal" data-kind=kind>
            <p class="head">
                <span class="what">{move || deeds::words(app.lang(), kind)}</span>
                {change(app, &proposal.event, price)}
            </p>
            {changes.map(|changes| rule_difference::table(app, &changes))}
            {proposal.from.map(|day| view! { <p class="why">{app.say(o::BEGINS_ROW)} " " <time>{day.to_string()}</time></p> }.into_any())}
            <p class="foot">
                <span>{deeds::who(app, &proposal.actor)}</span>
                <span>{at}</span>
                <span>{app.say(t::UNTIL)} " " {until}</span>
            </p>
            {choices(app, proposal, price, facts, refused)}
        </li>
    }
    .into_any()
}

/// What would change, in short: `1 → 1.25`, or whom a grant is for.
fn change(app: App, event: &Event, price: Price) -> AnyView {
    match event {
        Event::PriceSet { price: new } => {
            view! { <span class="gets">{number(&price)} " → " {ui::amount(app, number(new), frame::YUAN)}</span> }
                .into_any()
        }
        Event::TreasuryGranted { member, points } => view! {
            <span class="gets">{ui::amount(app, number(points), home::POINTS)} " → " {named::member(app, member)}</span>
        }
        .into_any(),
        _ => ().into_any(),
    }
}

/// What who is signed in may do about it. Who proposed it waits for somebody else, or takes it back.
fn choices(app: App, proposal: &Proposal, price: Price, changes: Vec<(Words, String)>, refused: Refused) -> AnyView {
    let (me, may) = app.session.with(|session| {
        let staff = session.as_ref().and_then(|session| session.staff.as_ref().map(|staff| staff.id.clone()));
        (staff, session.as_ref().is_some_and(|session| session.role == "operator"))
    });
    if !may || me.is_none() {
        return ().into_any();
    }
    let is_mine = me == proposal.staff;
    let Refused { proposal: declines, reason } = refused;
    let id = Some(proposal.id);
    let (to_approve, to_decline) = (proposal.clone(), proposal.clone());
    let what = deeds::words(app.lang.get_untracked(), proposal.event.kind().as_str());
    let mut facts = vec![(t::WHAT, what), (t::PROPOSER, deeds::name_of(&proposal.actor).to_owned())];
    facts.extend(changes);
    let of_decline = facts.clone();
    let approve = move |_| app.asked.set(Some(Action::approve(&to_approve, price).with_facts(facts.clone())));
    let ask = move |_| {
        reason.set(String::new());
        declines.update(|declines| *declines = id.filter(|_| *declines != id));
    };
    let decline = move |_| {
        let why = reason.get_untracked().split_whitespace().collect::<Vec<_>>().join(" ");
        let mut facts = of_decline.clone();
        facts.push((t::REASON, why.clone()));
        app.asked.set(Some(Action::decline(&to_decline, why).with_facts(facts)));
    };
    let away = if is_mine { t::WITHDRAW } else { t::DECLINE };
    view! {
        {is_mine.then(|| view! { <p class="note" data-testid="own-proposal">{app.say(t::YOURS)}</p> }.into_any())}
        <div class="buttons">
            {(!is_mine).then(|| ui::button(app, "primary", "approve", t::APPROVE, approve))}
            {ui::button(app, "secondary", "decline", away, ask)}
        </div>
        {move || (declines.get() == id).then(|| view! {
            {ui::field(app, "decline-reason", t::REASON, "text", reason, memo(|| None))}
            <button type="button" class="secondary" data-testid="decline-now"
                disabled=move || reason.read().trim().is_empty() on:click=decline.clone()>
                {app.say(away)}
            </button>
        }.into_any())}
    }
    .into_any()
}
