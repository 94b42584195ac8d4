//! The till: the customer, the amount and the concession, and then one sheet to confirm.

use gongxiang::identity::Id;
use gongxiang::order::Order;
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::ask;
use super::answer::ask_again;
use super::keypad::keypad;
use super::named;
use super::till_customer::customer;
use super::till_input::{Buyer, Till};
use super::{fault, invite};
use crate::action::Action;
use crate::api::Session;
use crate::counter::{self, Counter, Customer};
use crate::figure::{money, number};
use crate::input;
use crate::order::{ConcessionUnit, Parties};
use crate::order_parts::points_paid;
use crate::outbox::Outcome;
use crate::query::{Query, Remote, fetch};
use crate::reactive::{effect, memo};
use crate::route::{OrderToBe, Route};
use crate::state::App;
use crate::text::{counter as t, frame, home};
use crate::ui;

pub fn screen(app: App, shop: &Id) -> AnyView {
    let till = Till::new(app);
    let late = RwSignal::new(Vec::new());
    effect(move |first| {
        app.outbox.taken.track();
        if !first {
            till.clear();
        }
    });
    effect(move |first| {
        if let Some((_, Outcome::Settled(receipt))) = &*app.outbox.answered.read()
            && !first
        {
            till.compare(receipt);
        }
    });
    effect(move |_| {
        // After each change, since that shows that there is a network.
        app.changes.track();
        spawn_local(async move {
            let bad = counter::check_late().await;
            if !bad.is_empty() {
                late.try_update(|late| late.extend(bad));
            }
        });
    });
    effect(move |_| {
        if till.typed.with(|typed| Customer::is_whole(typed)) {
            till.take();
        } else if matches!(till.buyer.get_untracked(), Buyer::Wrong(_) | Buyer::Checking) {
            till.buyer.set(Buyer::Nobody);
        }
    });
    let found = open(app, shop);
    let now = memo(move || match &*found.state.read() {
        Remote::Ready(now) => Some(now.clone()),
        _ => None,
    });
    // Drawn once: an answer that comes later changes the figures, and leaves what is being typed.
    let stage = memo(move || match &*found.state.read() {
        Remote::Loading => None,
        Remote::Ready(_) => Some(Ok(())),
        Remote::Failed(why) => Some(Err(why.clone())),
    });
    view! {
        {move || match stage.get() {
            None => ui::skeleton(app),
            Some(Err(why)) => fault::fault(app, &why, Box::new(move || found.again())),
            Some(Ok(())) => shown(till, now),
        }}
        {move || till.compared.read().as_ref().and_then(|compared| compared.same).map(|same| view! {
            <p class="notice" class:bad=!same role="status" data-testid="compared" data-same=same.to_string()>
                {app.say(if same { t::BOTH_SAME } else { t::BOTH_DIFFERENT })}
            </p>
        }.into_any())}
        {move || late.with(|late| (!late.is_empty()).then(|| late_codes(app, late)))}
    }
    .into_any()
}

/// Asks what the till starts from, and again after each action.
fn open(app: App, shop: &Id) -> Query<Counter> {
    let shop = shop.clone();
    let found = fetch(move || {
        let shop = shop.clone();
        async move { counter::open(&shop).await }
    });
    ask_again(app, found);
    found
}

fn late_codes(app: App, late: &[Id]) -> AnyView {
    let members: Vec<_> = late.iter().map(|id| named::member(app, id)).collect();
    view! { <p class="notice bad" role="alert" data-testid="late-codes">{app.say(t::LATE_BAD)} {members}</p> }
        .into_any()
}

fn shown(till: Till, now: Memo<Option<Counter>>) -> AnyView {
    let app = till.app;
    let action = memo(move || {
        let now = now.read();
        let now = now.as_ref()?;
        let Buyer::Known { id, .. } = till.buyer.get() else { return None };
        let OrderToBe { amount, concession } = till.order(now)?;
        let (buyer, merchant) = (id, now.shop.clone());
        let parties = Parties { buyer, merchant, channel: Channel::Offline, region: now.region };
        let is_merchant = app.session.with(|session| is_merchant(session.as_ref(), &now.shop));
        Some(Action::charge(&parties, amount, concession, is_merchant))
    });
    view! {
        <section class="member" data-testid="till">
            <h1>{move || now.read().as_ref().and_then(|now| now.name.clone()).unwrap_or_else(|| app.say(t::TILL)().to_owned())}</h1>
            {move || now.read().as_ref().map(|now| left(app, now))}
        </section>
        {customer(till)}
        <form class="card form till" on:submit=ask(app, action)>
            {amount(till, now)}
            <button class="primary" data-testid="charge" disabled=move || action.read().is_none()>{app.say(t::CHARGE)}</button>
        </form>
        {proposal(till, now)}
    }
    .into_any()
}

/// Whether it is the shop's own merchant, whose account this wallet may compute with.
pub fn is_merchant(session: Option<&Session>, shop: &Id) -> bool {
    session.is_some_and(|session| session.member.as_ref() == Some(shop))
}

/// The points that are left, and for how many orders.
pub fn left(app: App, now: &Counter) -> AnyView {
    view! {
        <p class="note" data-testid="points-left" data-value=now.points.to_string() data-orders=now.orders_left.map(|orders| orders.to_string())>
            {app.say(t::POINTS_LEFT)} " " {number(&now.points)}
            {now.orders_left.map(|orders| view! {
                " · " {app.say(t::ORDERS_LEFT)} " " {number(&orders)} " " {app.say(t::ORDERS_UNIT)}
            }.into_any())}
        </p>
    }
    .into_any()
}

fn amount(till: Till, now: Memo<Option<Counter>>) -> AnyView {
    let app = till.app;
    let changes = memo(move || till.concession.read().is_some());
    let typed = RwSignal::new(String::new());
    effect(move |_| {
        let typed = typed.get();
        if till.concession.with_untracked(Option::is_some) {
            till.concession.set(Some(typed));
        }
    });
    let change = move |_| {
        let usual = now.with_untracked(|now| now.as_ref().and_then(|now| till.concession(now)));
        let text = usual.map(|usual| usual.to_string()).unwrap_or_default();
        till.concession.set(Some(text.clone()));
        typed.set(text);
    };
    let amount_error = above_nothing(app, till.amount);
    let typed_error = above_nothing(app, typed);
    let error = memo(move || {
        let too_much = || {
            let now = now.read();
            let too_much = till.concession(now.as_ref()?)? > till.amount()?;
            too_much.then(|| t::TOO_MUCH.of(app.lang()).to_owned())
        };
        typed_error.get().or_else(too_much)
    });
    view! {
        {ui::field(app, "till-amount", t::AMOUNT, "none", till.amount, amount_error)}
        {keypad(app, till.amount)}
        {move || if changes.get() {
            ui::field(app, "till-concession", t::CONCESSION_YUAN, "decimal", typed, error)
        } else {
            view! {
                <p class="fixed">
                    <span>{app.say(t::CONCESSION)} " " {move || now.read().as_ref().map(|now| usual(app, now))}</span>
                    {move || now.read().as_ref().and_then(|now| till.concession(now)).map(|concession| view! {
                        <b data-testid="concession" data-value=concession.to_string()>{ui::amount(app, money(concession), frame::YUAN)}</b>
                    }.into_any())}
                    {ui::button(app, "link", "change-concession", t::OTHER_CONCESSION, change)}
                </p>
            }.into_any()
        }}
    }
    .into_any()
}

/// The error of a sum that cannot be read, or is nothing or less; `None` while the field is empty.
fn above_nothing(app: App, typed: RwSignal<String>) -> ui::FieldError {
    let unreadable = ui::number_error(app, typed, Money::parse);
    memo(move || {
        let is_none = || input::read(&typed.read(), Money::parse).is_ok_and(|sum| !sum.is_positive());
        unreadable.get().or_else(|| is_none().then(|| t::NOT_POSITIVE.of(app.lang()).to_owned()))
    })
}

/// The shop's usual concession, such as `8.8%`.
fn usual(app: App, now: &Counter) -> AnyView {
    match now.preset {
        None => view! { <small>{app.say(t::NO_PRESET)}</small> }.into_any(),
        Some(preset) if preset.unit == ConcessionUnit::Percent => {
            view! { <small>{preset.value.to_string()} "%"</small> }.into_any()
        }
        Some(_) => ().into_any(),
    }
}

/// The order to be, for the customer's phone to scan.
fn proposal(till: Till, now: Memo<Option<Counter>>) -> AnyView {
    let app = till.app;
    let order = memo(move || now.read().as_ref().and_then(|now| till.order(now)));
    let toggle = move |_| till.shows.update(|shows| *shows = !*shows);
    view! {
        {move || order.read().is_some().then(|| {
            let words = if till.shows.get() { t::HIDE } else { t::SHOW };
            ui::button(app, "secondary", "show-order", words, toggle)
        })}
        {move || order.get().filter(|_| till.shows.get()).and_then(|order| {
            let shop = now.with_untracked(|now| now.as_ref().map(|now| now.shop.clone()))?;
            let link = invite::address_of(&Route::Pay(shop, Some(order)));
            Some(view! {
                <section class="card invite" data-testid="order-code" data-link=link.clone()>
                    {invite::qr_of(app, &link, t::SHOW)}
                    {ui::note(app, t::SHOW_NOTE)}
                </section>
            }.into_any())
        })}
    }
    .into_any()
}

/// The points that an order's shop paid for it, with the unit.
pub fn points_of(app: App, order: &Order) -> AnyView {
    let points = points_paid(order).unwrap_or_default();
    ui::amount(app, number(&points), home::POINTS)
}
