//! An order at the desk, with a form to refund it, in whole or by the value of the returned goods.

use gongxiang::event::{Event, Kind};
use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::named;
use super::people_events as events;
use super::people_forms::may;
use crate::action::Action;
use crate::figure::{money, yuan};
use crate::input;
use crate::order::returned_concession_ceil;
use crate::outbox::Outcome;
use crate::people::{OrderLine, OrderStage};
use crate::reactive::{effect, memo};
use crate::state::App;
use crate::text::{actions as a, calculator as c, frame, people as t, signin};
use crate::ui;

/// The order whose refund is open, and the value of the goods that come back. It lives as long as the screen.
#[derive(Clone, Copy)]
pub struct RefundState {
    pub app: App,
    open: RwSignal<Option<Id>>,
    goods: RwSignal<String>,
}

impl RefundState {
    pub fn new(app: App) -> Self {
        let state = Self { app, open: RwSignal::new(None), goods: RwSignal::new(String::new()) };
        effect(move |is_first| {
            let answered = app.outbox.answered.get();
            if let Some((_, Outcome::Settled(receipt))) = answered.filter(|_| !is_first)
                && receipt.kind == Kind::OrderRefunded
            {
                state.open.set(None);
            }
        });
        state
    }
}

/// The line of an order. `is_sold` shows the buyer instead of the shop.
pub fn line(state: RefundState, order: &OrderLine, is_sold: bool) -> AnyView {
    let RefundState { app, open, goods } = state;
    let (tag, name) = match order.stage {
        OrderStage::Pending => (a::ORDER_PENDING, "pending"),
        OrderStage::Vested => (a::ORDER_VESTED, "vested"),
        OrderStage::Refunded => (a::ORDER_REFUNDED, "refunded"),
    };
    let other = if is_sold { &order.buyer } else { &order.merchant };
    let is_open = order.stage != OrderStage::Refunded;
    let (this, of) = (order.order.clone(), order.clone());
    let choose = move |_| {
        let was_open = open.get_untracked().as_ref() == Some(&this);
        goods.set(String::new());
        open.set(Some(this.clone()).filter(|_| !was_open));
    };
    view! {
        <li class="entry" data-testid="desk-order" data-order=order.order.to_string() data-stage=name
            data-left=order.left.to_string()>
            <p class="head">
                <span class="what">{named::plain(app, other)}</span>
                <span class="gets">{ui::amount(app, money(order.amount), frame::YUAN)}</span>
            </p>
            <p class="foot">
                <time>{order.day.to_string()}</time>
                <span>{app.say(c::CONCESSION_IS)} " " {money(order.concession)}</span>
                {(order.left != order.concession)
                    .then(|| view! { <span>{app.say(t::REFUND_LEFT)} " " {money(order.left)}</span> }.into_any())}
                <span class="tag">{app.say(tag)}</span>
            </p>
            <p class="why"><bdi>{order.order.to_string()}</bdi></p>
            {(is_open && may(app, Kind::OrderRefunded)).then(|| view! {
                <div class="buttons">{ui::button(app, "secondary", "refund", a::REFUND, choose)}</div>
                {move || (open.read().as_ref() == Some(&of.order)).then(|| form(state, of.clone()))}
            }.into_any())}
        </li>
    }
    .into_any()
}

/// What of the concession comes back for what was typed: all of what is left if nothing was.
fn returned(order: &OrderLine, typed: &str) -> Option<Money> {
    if typed.trim().is_empty() {
        return Some(order.left);
    }
    let goods = input::read(typed, Money::parse).ok()?;
    returned_concession_ceil(goods, order.amount, order.concession, order.left)
}

fn form(state: RefundState, order: OrderLine) -> AnyView {
    let RefundState { app, goods, .. } = state;
    let (amount, of) = (order.amount, order.clone());
    let unreadable = ui::number_error(app, goods, Money::parse);
    let error = memo(move || {
        let too_much = input::read(&goods.read(), Money::parse).is_ok_and(|goods| goods > amount);
        unreadable.get().or_else(|| too_much.then(|| t::GOODS_TOO_MUCH.of(app.lang()).to_owned()))
    });
    let concession = memo(move || returned(&of, &goods.read()));
    let action = memo(move || concession.get().map(|concession| refund(app, &order, concession)));
    view! {
        <form class="form" data-testid="refund-form" on:submit=ask(app, action)>
            {ui::field(app, "goods", t::GOODS, "decimal", goods, error)}
            <p class="fixed">
                <span>{app.say(t::REFUNDS)}</span>
                <b data-testid="returned">
                    {move || concession.get().map(|concession| ui::amount(app, money(concession), frame::YUAN))}
                </b>
            </p>
            {submit(app, action)}
        </form>
    }
    .into_any()
}

fn refund(app: App, order: &OrderLine, concession: Money) -> Action {
    // Without a number the rules refund all that is left.
    let part = Some(concession).filter(|part| *part != order.left);
    let event = Event::OrderRefunded { order: order.order.clone(), concession: part };
    let left = order.left.minus(concession).unwrap_or_default();
    let (title, note) = events::words(Kind::OrderRefunded);
    Action::of_desk(title, note, event).with_facts(vec![
        (a::ORDER_ID, order.order.to_string()),
        (c::BUYER, app.names.of(&order.buyer)),
        (signin::MERCHANT, app.names.of(&order.merchant)),
        (t::REFUNDS, yuan(concession)),
        (t::REFUND_LEFT, format!("{} → {}", yuan(order.left), yuan(left))),
    ])
}
