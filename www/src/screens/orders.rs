//! A member's own orders, and the page of one.

use gongxiang::identity::Id;
use gongxiang::order::{Order, OrderState};
use gongxiang::receipt::{Reward, Rule};
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::answer::{asked, follow, member_bar, ready};
use super::{invite, named, order_parts};
use crate::api::{self, Item, OrdersPage};
use crate::figure::{money, number};
use crate::ids;
use crate::query::refetch;
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{self, Words, calculator as c, frame, home, orders as t, signin};
use crate::ui::{self, text_row};

pub fn screen(app: App, id: &Id) -> AnyView {
    let (asks, me) = (id.clone(), id.clone());
    let load = move || {
        let me = asks.clone();
        async move { api::bought(&me, None).await }
    };
    let found = refetch(None, load);
    follow(app, found);
    view! {
        {member_bar(app, id, t::MY_ORDERS)}
        {ready(app, found, Box::new(move |first| list(app, &me, first)))}
    }
    .into_any()
}

fn list(app: App, me: &Id, first: OrdersPage) -> AnyView {
    if first.rows.is_empty() {
        return ui::empty(app, "no-orders", t::NONE);
    }
    let page = RwSignal::new(first);
    let (mine, me) = (me.clone(), me.clone());
    let more = move |_| {
        let Some(before) = page.with_untracked(|page| page.next) else { return };
        let me = me.clone();
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok(older) = api::bought(&me, Some(before)).await else { return };
            page.update(|page| {
                // A second click during the request would add the same page twice.
                if page.next == Some(before) {
                    page.rows.extend(older.rows);
                    page.next = older.next;
                }
            });
        });
    };
    view! {
        <ul class="card entries" data-testid="orders">
            {move || page.read().rows.iter().map(|order| line(app, &mine, order)).collect::<Vec<_>>()}
        </ul>
        {move || page.read().next.is_some().then(|| ui::button(app, "more", "more-orders", signin::MORE, more.clone()))}
    }
    .into_any()
}

fn line(app: App, me: &Id, order: &Item<Order>) -> AnyView {
    let Item { id, value } = order;
    let (state, name) = state(value);
    view! {
        <li class="entry" data-testid="order" data-order=id.to_string() data-state=name>
            <p class="head">
                <a class="what" href=Route::Order(me.clone(), id.clone()).to_string()>{named::plain(app, &value.merchant)}</a>
                <span class="gets">{ui::amount(app, money(value.amount), frame::YUAN)}</span>
            </p>
            <p class="foot">
                <time>{value.day.to_string()}</time>
                {own(value).map(|part| view! { <span>"+" {gets(app, &part)}</span> }.into_any())}
                <span class="tag">{app.say(state)}</span>
            </p>
        </li>
    }
    .into_any()
}

/// The state of an order as its buyer sees it.
fn state(order: &Order) -> (Words, &'static str) {
    match order.state {
        OrderState::Pending => (t::PENDING, "pending"),
        OrderState::Vested(_) => (t::VESTED, "vested"),
        OrderState::Refunded => (t::REFUNDED, "refunded"),
    }
}

/// The buyer's reward, as far as the order was not refunded; `None` if there is nothing of it.
fn own(order: &Order) -> Option<Reward> {
    let (reward, _) = order.rewards.iter().find(|(reward, _)| reward.member == order.buyer)?;
    let left = Reward {
        share_value: order.reward_value_left(reward, order.left).ok()?,
        points: order.reward_points_left(reward, order.left).ok()?,
        ..reward.clone()
    };
    Some(left).filter(|left| left.share_value.is_positive() || left.points.is_positive())
}

fn gets(app: App, reward: &Reward) -> AnyView {
    if reward.points.is_positive() {
        ui::amount(app, number(&reward.points), home::POINTS)
    } else {
        ui::amount(app, number(&reward.share_value), home::SHARE_VALUE)
    }
}

/// The page of an order.
pub fn one(app: App, me: Id, order: Id) -> AnyView {
    let load = move || {
        let order = order.clone();
        async move { api::order(&order).await }
    };
    let (title, all) = (member_bar(app, &me, t::ORDER), Route::Member(me.clone(), MemberScreen::Orders));
    view! {
        {title}
        {asked(app, load, move |order| details(app, &me, &order))}
        <a class="card link-card" href=all.to_string()>
            {app.say(t::MY_ORDERS)} <span aria-hidden="true">"›"</span>
        </a>
    }
    .into_any()
}

fn details(app: App, me: &Id, order: &Item<Order>) -> AnyView {
    let Item { id, value } = order;
    if value.buyer != *me {
        return ui::empty(app, "order-not-found", t::NOT_FOUND);
    }
    let (state, name) = state(value);
    let part = value.state != OrderState::Refunded && value.left != value.concession;
    view! {
        <section class="card" data-testid="order-page" data-order=id.to_string() data-state=name>
            <div class="fixed">
                <h2>{named::plain(app, &value.merchant)}</h2>
                <span class="tag">{app.say(state)}</span>
                {part.then(|| view! { <span class="tag">{app.say(t::PART_REFUNDED)}</span> }.into_any())}
            </div>
            <p class="mid">{ui::amount(app, money(value.amount), frame::YUAN)}</p>
            <dl class="sums">
                {text_row(app, t::PLACED, value.day.to_string())}
                <div><dt>{app.say(c::CONCESSION_IS)}</dt><dd>{ui::amount(app, money(value.concession), frame::YUAN)}</dd></div>
                {part.then(|| view! {
                    <div><dt>{app.say(t::REFUND_LEFT)}</dt><dd>{ui::amount(app, money(value.left), frame::YUAN)}</dd></div>
                }.into_any())}
                <div><dt>{app.say(t::NUMBER)}</dt><dd data-testid="order-number" data-value=ids::ending(id).to_owned()>{named::number(id)}</dd></div>
            </dl>
            {at_counter(app, &value.merchant, id)}
        </section>
        {reward(app, value)}
        {order_parts::card(app, me, order, true)}
    }
    .into_any()
}

/// The code by which a till finds the order.
fn at_counter(app: App, shop: &Id, order: &Id) -> AnyView {
    let link = invite::address_of(&Route::ShopOrder(shop.clone(), order.clone()));
    view! {
        <details class="invite" data-testid="order-code" data-link=link.clone()>
            <summary data-testid="show-code">{app.say(t::SHOW_CODE)}</summary>
            {invite::qr_of(app, &link, t::SHOW_CODE)}
            {ui::note(app, t::SHOW_CODE_NOTE)}
        </details>
    }
    .into_any()
}

/// What the buyer gets, when, and why so much.
fn reward(app: App, order: &Order) -> AnyView {
    if order.state == OrderState::Refunded {
        return ().into_any();
    }
    let Some(part) = own(order) else { return ui::note(app, t::NO_REWARD) };
    let (when, day) = match order.state {
        OrderState::Vested(day) => (t::ARRIVED, Some(day)),
        _ => (t::ARRIVES, order.due),
    };
    let kind = part.kind;
    let why = part.why.clone();
    view! {
        <section class="card" data-testid="order-reward" data-share-value=part.share_value.to_string()>
            {ui::heading(app, t::YOU_GET)}
            <p class="mid">"+" {gets(app, &part)}</p>
            <dl class="sums">
                {day.map(|day| text_row(app, when, day.to_string()))}
                <div><dt>{move || text::rule(app.lang(), Rule::Reward(kind))}</dt><dd>{ui::class_tag(app, kind.class())}</dd></div>
            </dl>
            <p class="why">{move || text::reason(app.lang(), &why)}</p>
            {(order.state == OrderState::Pending).then(|| ui::note(app, t::TO_COME_NOTE))}
        </section>
    }
    .into_any()
}
