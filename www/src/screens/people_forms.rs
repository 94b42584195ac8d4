//! The forms with which the desk acts for a member: a button for each event that the account and the user's role allow,
//! and below them the form of the chosen event.

use std::sync::Arc;

use gongxiang::event::Kind;
use gongxiang::identity::{Id, Region};
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::receipt::Amount;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::people_events::{self as events, Field, Format, Subject};
use crate::api::Item;
use crate::figure::{grouped, yuan};
use crate::ids;
use crate::input;
use crate::outbox::{self, Outcome};
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{self, calculator as c, people as t};
use crate::ui;

/// The most fields that a form has.
const FIELDS_MAX: usize = 3;

/// A pack that was bought can be returned for so many days, unless somebody types another number.
const RETURN_DAYS_PROPOSED: &str = "7";

/// The form that is open and what is typed in it. It lives as long as the screen, so that a refused action loses nothing.
#[derive(Clone, Copy)]
pub struct FormState {
    app: App,
    open: RwSignal<Option<Kind>>,
    typed: [RwSignal<String>; FIELDS_MAX],
}

impl FormState {
    pub fn new(app: App) -> Self {
        let typed = std::array::from_fn(|_| RwSignal::new(String::new()));
        let state = Self { app, open: RwSignal::new(None), typed };
        effect(move |is_first| {
            let answered = app.outbox.answered.get();
            match answered.filter(|_| !is_first) {
                Some((_, Outcome::Settled(receipt))) => state.settled(receipt.kind),
                // Sent again, it would be proposed twice.
                Some((_, Outcome::Proposed)) => state.open.set(None),
                _ => {}
            }
        });
        state
    }

    /// Closes the form of what is settled.
    fn settled(self, kind: Kind) {
        if self.open.get_untracked() == Some(kind) {
            self.open.set(None);
        }
    }

    /// Opens the form of an event, or closes it.
    fn choose(self, kind: Kind, of: &Subject) {
        let is_open = self.open.get_untracked() == Some(kind);
        for (field, typed) in events::fields(kind).iter().zip(self.typed) {
            typed.set(Self::proposed(kind, field, of));
        }
        self.open.set(Some(kind).filter(|_| !is_open));
    }

    /// What a field has when its form opens.
    fn proposed(kind: Kind, field: &Field, of: &Subject) -> String {
        match (field.format, kind) {
            (Format::Pack, _) => {
                let plain = of.rules.packs.iter().find(|(_, pack)| !pack.merchant && !pack.area_partner);
                plain.or(of.rules.packs.first()).map(|(name, _)| name.clone()).unwrap_or_default()
            }
            (Format::Role, _) => of.rules.service_roles.first().map(|role| role.name.clone()).unwrap_or_default(),
            (Format::Days, _) => RETURN_DAYS_PROPOSED.to_owned(),
            (Format::NewId, _) => new_id(if kind == Kind::PackPurchased { "p" } else { "r" }),
            (Format::Returnable, _) => newest(&of.returnable),
            (Format::Cancellable, _) => newest(&of.cancellable),
            _ => String::new(),
        }
    }
}

/// The id of what was made last.
fn newest<V>(rows: &[Item<V>]) -> String {
    rows.first().map(|row| row.id.to_string()).unwrap_or_default()
}

/// A short new id, which somebody can type again.
fn new_id(start: &str) -> String {
    let key = outbox::new_key().unwrap_or_default();
    format!("{start}-{}", key.get(..12).unwrap_or_default())
}

/// The buttons and the open form.
pub fn forms(state: FormState, of: &Arc<Subject>) -> AnyView {
    let FormState { app, open, .. } = state;
    let offered: Vec<_> =
        events::OFFERED.into_iter().filter(|kind| may(app, *kind) && events::is_offered(*kind, of)).collect();
    if offered.is_empty() {
        return ().into_any();
    }
    let buttons: Vec<_> = offered.into_iter().map(|kind| choice(state, kind, of.clone())).collect();
    let of = of.clone();
    view! {
        <section class="card form" data-testid="member-actions">
            {ui::heading(app, t::ACTIONS)}
            <div class="buttons">{buttons}</div>
            {move || open.get().map(|kind| form(state, kind, of.clone()))}
        </section>
    }
    .into_any()
}

/// Whether who is signed in gives this command.
pub fn may(app: App, kind: Kind) -> bool {
    app.session.with_untracked(|session| session.as_ref().is_some_and(|session| session.commands(kind)))
}

fn choice(state: FormState, kind: Kind, of: Arc<Subject>) -> AnyView {
    let FormState { app, open, .. } = state;
    let (title, _) = events::words(kind);
    let has_form = !events::fields(kind).is_empty();
    let choose = move |_| {
        if has_form {
            state.choose(kind, &of);
        } else {
            app.asked.set(events::action(kind, &of, &[], app.lang.get_untracked()));
        }
    };
    view! {
        <button type="button" class="secondary" data-testid=format!("do-{kind}") on:click=choose
            aria-expanded=move || has_form.then(|| (open.get() == Some(kind)).to_string())>
            {app.say(title)}
        </button>
    }
    .into_any()
}

fn form(state: FormState, kind: Kind, of: Arc<Subject>) -> AnyView {
    let FormState { app, typed, .. } = state;
    let (title, note) = events::words(kind);
    let inputs: Vec<_> =
        events::fields(kind).iter().zip(typed).map(|(field, typed)| input(app, field, typed, &of)).collect();
    let action = memo(move || {
        let typed = typed.map(|typed| typed.get());
        events::action(kind, &of, &typed, app.lang())
    });
    view! {
        <form class="form" data-testid="member-form" on:submit=ask(app, action)>
            <h3>{app.say(title)}</h3>
            {ui::note(app, note)}
            {inputs}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

fn input(app: App, field: &Field, typed: RwSignal<String>, of: &Subject) -> AnyView {
    let Field { name, label, format } = *field;
    let rules = &of.rules;
    let choices: Vec<(String, String)> = match format {
        Format::Pack => {
            let lang = app.lang.get_untracked();
            rules.packs.iter().map(|(name, pack)| (name.clone(), events::pack_name(name, pack, lang))).collect()
        }
        Format::Role => rules.service_roles.iter().map(|role| (role.name.clone(), called(app, &role.name))).collect(),
        Format::Returnable => of.returnable.iter().map(|row| (row.id.to_string(), returnable(app, row))).collect(),
        Format::Cancellable => of.cancellable.iter().map(|row| (row.id.to_string(), cancellable(app, row))).collect(),
        Format::Points | Format::ShareValue => {
            return ui::field(app, name, label, "decimal", typed, error(app, format, typed));
        }
        Format::Region | Format::City | Format::Days => {
            return ui::field(app, name, label, "numeric", typed, error(app, format, typed));
        }
        Format::Id | Format::NewId => return ui::field(app, name, label, "text", typed, error(app, format, typed)),
    };
    let options: Vec<_> = choices
        .into_iter()
        .map(|(value, shown)| {
            let this = value.clone();
            view! { <option value=value selected=move || *typed.read() == this>{shown}</option> }.into_any()
        })
        .collect();
    view! {
        <div class="field">
            <label for=name>{app.say(label)}</label>
            <select id=name data-testid=name on:change=move |event| typed.set(event_target_value(&event))>{options}</select>
        </div>
    }
    .into_any()
}

/// A pack that may come back, as one chooses it. The kind comes last, because a phone cuts the end.
pub fn returnable(app: App, row: &Item<Purchase>) -> String {
    let lang = app.lang.get_untracked();
    let Purchase { price, due, .. } = row.value;
    let until = due.map_or_else(String::new, |day| format!("{} {day} · ", t::RETURNABLE_UNTIL.of(lang)));
    format!("{} · {until}{}", yuan(price), text::people::pack(&row.value.pack()).of(lang))
}

/// A redemption, as one chooses it.
fn cancellable(app: App, row: &Item<RedemptionRecord>) -> String {
    let points = row.value.points;
    let unit = text::asset(app.lang.get_untracked(), Amount::Points(points));
    format!("{} {unit} · {}", grouped(&points.to_string()), ids::short(&row.id))
}

fn called(app: App, role: &str) -> String {
    Id::parse(role).map_or_else(String::new, |role| events::role_name(&role, app.lang.get_untracked()))
}

/// What is wrong with a field; nothing while it is empty.
fn error(app: App, format: Format, typed: RwSignal<String>) -> ui::FieldError {
    memo(move || {
        let typed = typed.read();
        let text = typed.trim();
        if text.is_empty() {
            return None;
        }
        let words = match format {
            Format::Points => input::read(text, Points::parse).err().map(input::error_words),
            Format::ShareValue => input::read(text, ShareValue::parse).err().map(input::error_words),
            Format::Region => Region::parse(text).is_none().then_some(c::REGION_BAD),
            Format::City => events::city(text).is_none().then_some(t::CITY_BAD),
            Format::Days => events::return_days(text).is_none().then_some(t::RETURN_DAYS_BAD),
            Format::Id | Format::NewId => Id::parse(text).is_none().then_some(c::ID_BAD),
            Format::Pack | Format::Role | Format::Returnable | Format::Cancellable => None,
        };
        words.map(|words| words.of(app.lang()).to_owned())
    })
}
