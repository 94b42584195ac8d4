//! A member's shop: how many concessions its points cover, a form for orders, and its orders with their refunds.

use std::sync::Arc;

use gongxiang::identity::{Id, Region};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::action_form::{action_button, ask, submit};
use super::answer::{asked, of_member};
use crate::action::Action;
use crate::api::{self, Fault, Item, OrdersPage};
use crate::figure::{money, number};
use crate::input;
use crate::order::Parties;
use crate::reactive::{effect, memo};
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{Words, actions as t, calculator as c, frame, signin};
use crate::ui;
use crate::wallet::Wallet;

/// Ten yuan, in cents: the concession of a typical order.
const TYPICAL_CENTS: i128 = 1_000;

pub fn screen(app: App, id: Id) -> AnyView {
    // Created here, so that it survives when the screen is drawn again after a settled action.
    let found = OrderSearch { typed: RwSignal::default(), order: RwSignal::default() };
    effect(move |first| {
        app.changes.track();
        if !first {
            found.look();
        }
    });
    of_member(app, id, t::SHOP, move |wallet| match wallet.account.shop {
        Some(region) => shown(app, &wallet, region, found),
        None => none(app, &wallet),
    })
}

fn none(app: App, wallet: &Wallet) -> AnyView {
    let me = wallet.member.clone();
    let region = RwSignal::new(String::new());
    let action = memo(move || Region::parse(region.read().trim()).map(|region| Action::open_shop(&me, region)));
    view! {
        {ui::empty(app, "no-shop", t::NO_SHOP)}
        <form class="card form" on:submit=ask(app, action)>
            {ui::heading(app, t::OPEN_SHOP)}
            {ui::note(app, t::OPEN_SHOP_NOTE)}
            {ui::field(app, "region", t::SHOP_REGION, "numeric", region, region_error(app, region))}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

fn region_error(app: App, region: RwSignal<String>) -> ui::FieldError {
    memo(move || {
        let typed = region.read();
        let bad = !typed.trim().is_empty() && Region::parse(typed.trim()).is_none();
        bad.then(|| c::REGION_BAD.of(app.lang()).to_owned())
    })
}

fn shown(app: App, wallet: &Arc<Wallet>, region: Region, found: OrderSearch) -> AnyView {
    let points = wallet.mine.points;
    let deposit = wallet.rules.merchant_deposit.points_ceil(wallet.price).unwrap_or_default();
    let short = points < deposit;
    // In percent of the deposit, at most 100.
    let reached = points.raw().saturating_mul(100).checked_div(deposit.raw()).unwrap_or(100).clamp(0, 100);
    let covers = wallet.worth;
    view! {
        <p class="lead">{app.say(t::SHOP_NOTE)}</p>
        <section class="card" data-testid="shop" data-region=region.to_string()>
            <div class="fixed">
                {ui::heading(app, t::WORKING)}
                {short.then(|| view! { <span class="tag bad">{app.say(t::BELOW_DEPOSIT)}</span> }.into_any())}
            </div>
            <p class="mid" data-testid="working" data-value=points.to_string()>{number(&points)}</p>
            <meter class="reach" min="0" max="100" value=reached.to_string() aria-label=app.say(t::DEPOSIT)></meter>
            <dl class="sums">
                {ui::figure(app, t::DEPOSIT, "deposit", &deposit, None)}
                <div data-testid="covers" data-value=covers.to_string()>
                    <dt>{app.say(t::COVERS)}</dt>
                    <dd>{ui::amount(app, money(covers), frame::YUAN)}</dd>
                </div>
                {ui::figure(app, t::COVERS_ORDERS, "covers-orders", &(covers.raw() / TYPICAL_CENTS), None)}
            </dl>
            <a class="secondary" href=Route::Member(wallet.member.clone(), MemberScreen::Market).to_string()
                data-testid="buy-points">{app.say(t::BUY_POINTS)}</a>
        </section>
        <div class="columns">{order(app, &wallet.member, region)} {orders(app, &wallet.member, found)}</div>
    }
    .into_any()
}

fn order(app: App, me: &Id, region: Region) -> AnyView {
    let me = me.clone();
    let (buyer, amount, concession) =
        (RwSignal::new(String::new()), RwSignal::new(String::new()), RwSignal::new(String::new()));
    let channel = RwSignal::new(Channel::Offline);
    let delivered = RwSignal::new(region.to_string());
    let action = memo(move || {
        let parties = Parties {
            buyer: Id::parse(buyer.read().trim())?,
            merchant: me.clone(),
            channel: channel.get(),
            region: Region::parse(delivered.read().trim())?,
        };
        let amount = input::read(&amount.read(), Money::parse).ok()?;
        let concession = input::read(&concession.read(), Money::parse).ok()?;
        Some(Action::order(&parties, amount, concession))
    });
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::heading(app, t::NEW_ORDER)}
            {ui::field(app, "buyer", t::BUYER, "text", buyer, ui::id_error(app, buyer))}
            {ui::segments(app, channel, c::CHANNEL, vec![
                (Channel::Offline, "offline", c::OFFLINE),
                (Channel::Online, "online", c::ONLINE),
            ])}
            {ui::field(app, "region", c::REGION, "numeric", delivered, region_error(app, delivered))}
            {ui::field(app, "amount", c::AMOUNT, "decimal", amount, ui::number_error(app, amount, Money::parse))}
            {ui::field(app, "concession", c::CONCESSION_IS, "decimal", concession, ui::number_error(app, concession, Money::parse))}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

/// The search for an order by its id.
#[derive(Clone, Copy)]
struct OrderSearch {
    typed: RwSignal<String>,
    order: RwSignal<Option<Result<Item<Order>, Fault>>>,
}

impl OrderSearch {
    fn look(self) {
        let Some(id) = Id::parse(self.typed.read_untracked().trim()) else { return };
        spawn_local(async move { self.order.set(Some(api::order(&id).await)) });
    }
}

/// The search for an order, and below it the newest orders.
fn orders(app: App, me: &Id, found: OrderSearch) -> AnyView {
    let OrderSearch { typed, order } = found;
    let newest = newest(app, me);
    let me = me.clone();
    view! {
        <section class="card form">
            {ui::heading(app, t::ORDERS)}
            <form class="form" on:submit=move |event| { event.prevent_default(); found.look(); }>
                {ui::field(app, "order-id", t::ORDER_ID, "text", typed, ui::id_error(app, typed))}
                <button class="secondary" data-testid="find">{app.say(t::FIND)}</button>
            </form>
            {move || order.get().map(|found| match found {
                Ok(order) => one(app, &me, &order, "order"),
                Err(_) => ui::empty(app, "order-not-found", t::NOT_FOUND),
            })}
            {newest}
        </section>
    }
    .into_any()
}

fn newest(app: App, me: &Id) -> AnyView {
    let (asks, me) = (me.clone(), me.clone());
    let load = move || {
        let me = asks.clone();
        async move { api::orders(&me, None).await }
    };
    asked(app, load, move |first| list(app, &me, first))
}

fn list(app: App, me: &Id, first: OrdersPage) -> AnyView {
    if first.rows.is_empty() {
        return ui::empty(app, "no-orders", t::NO_ORDERS);
    }
    let page = RwSignal::new(first);
    let (shop, me) = (me.clone(), me.clone());
    let more = move |_| {
        let Some(before) = page.with_untracked(|page| page.next) else { return };
        let shop = shop.clone();
        spawn_local(async move {
            // If that fails, the button stays.
            let Ok(older) = api::orders(&shop, Some(before)).await else { return };
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
        <div class="deals" data-testid="orders">
            {move || page.read().rows.iter().map(|order| one(app, &me, order, "shop-order")).collect::<Vec<_>>()}
        </div>
        {move || page.read().next.is_some().then(|| ui::button(app, "more", "more-orders", signin::MORE, more.clone()))}
    }
    .into_any()
}

fn one(app: App, me: &Id, order: &Item<Order>, id: &'static str) -> AnyView {
    let (state, name): (Words, _) = match order.value.state {
        OrderState::Pending => (t::ORDER_PENDING, "pending"),
        OrderState::Vested(_) => (t::ORDER_VESTED, "vested"),
        OrderState::Refunded => (t::ORDER_REFUNDED, "refunded"),
    };
    view! {
        <div class="deal" data-testid=id data-order=order.id.to_string() data-state=name>
            <span>
                <bdi>{order.id.to_string()}</bdi> " · " {ui::amount(app, money(order.value.concession), frame::YUAN)} " · "
                {number(&order.value.points)} " " <span class="tag">{app.say(state)}</span>
            </span>
            {(order.value.state != OrderState::Refunded)
                .then(|| action_button(app, "secondary", "refund", t::REFUND, Action::refund(me, order)))}
        </div>
    }
    .into_any()
}
