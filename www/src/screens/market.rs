//! The market: the board of offers by price, one's own offers and trades, and each step of a trade.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::market::{Offer, Side, Trade, TradeState};
use gongxiang::quantity::{Points, Price, Rate};
use leptos::prelude::*;

use super::action_form::{action_button, ask, available, submit};
use super::answer::{asked, of_member};
use crate::action::{Action, Step};
use crate::api::{self, Fault, Item};
use crate::figure::{money, number};
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, actions as t, frame, home};
use crate::ui;
use crate::wallet::Wallet;

/// Limit of the lines on each side of the board.
const BOARD_LINES: usize = 20;

#[derive(Clone, Debug)]
struct Market {
    offers: Vec<Item<Offer>>,
    /// The member's own open trades, each with its offer.
    trades: Vec<(Item<Trade>, Item<Offer>)>,
}

async fn open(me: Id) -> Result<Market, Fault> {
    let mut offers = api::offers().await?;
    let mut trades = Vec::new();
    for trade in api::trades().await? {
        if !matches!(trade.value.state, TradeState::Taken | TradeState::Paid) {
            continue;
        }
        let known = offers.iter().find(|offer| offer.id == trade.value.offer).cloned();
        let offer = match known {
            Some(offer) => offer,
            None => api::offer(&trade.value.offer).await?,
        };
        if trade.value.taker == me || offer.value.owner == me {
            trades.push((trade, offer));
        }
    }
    offers.retain(|offer| offer.value.remaining.is_positive());
    Ok(Market { offers, trades })
}

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, t::MARKET, move |wallet| {
        let me = wallet.member.clone();
        let load = move || open(me.clone());
        view! {
            <p class="lead">{app.say(t::MARKET_NOTE)}</p>
            {asked(app, load, move |market| shown(app, &wallet, &market))}
        }
        .into_any()
    })
}

fn shown(app: App, wallet: &Arc<Wallet>, market: &Market) -> AnyView {
    let me = &wallet.member;
    view! {
        {trades(app, me, &market.trades)}
        <div class="columns">
            {place(app, wallet)}
            <section class="card board" data-testid="board">
                {side(app, wallet, market, Side::Sell)}
                {side(app, wallet, market, Side::Buy)}
            </section>
        </div>
        {own(app, me, market)}
    }
    .into_any()
}

/// The form for a new offer.
fn place(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let me = wallet.member.clone();
    let sells = RwSignal::new(true);
    let points = RwSignal::new(String::new());
    let price = RwSignal::new(wallet.price.to_string());
    let action = memo(move || {
        let points = input::read(&points.read(), Points::parse).ok()?;
        let price = input::read(&price.read(), Price::parse).ok()?;
        Some(Action::place_offer(&me, sells.get(), points, price))
    });
    let total = move || {
        let points = input::read(&points.read(), Points::parse).ok()?;
        let price = input::read(&price.read(), Price::parse).ok()?;
        points.worth_floor(price).ok().map(money)
    };
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::heading(app, t::PLACE_OFFER)}
            {ui::segments(app, sells, t::SIDE, vec![(true, "sell", t::SELL), (false, "buy", t::BUY)])}
            {available(app, wallet)}
            {ui::field(app, "points", t::POINTS, "decimal", points, ui::number_error(app, points, Points::parse))}
            {ui::field(app, "unit-price", t::UNIT_PRICE, "decimal", price, ui::number_error(app, price, Price::parse))}
            {band(app, wallet)}
            <p class="fixed"><span>{app.say(t::TOTAL)}</span> <b>{move || total()} " " <small>{app.say(frame::YUAN)}</small></b></p>
            <p class="note">{move || app.say(if sells.get() { t::OFFER_SELL_NOTE } else { t::OFFER_BUY_NOTE })()}</p>
            {submit(app, action)}
        </form>
    }
    .into_any()
}

/// The range of prices that the rules allow today, rounded inwards.
fn band(app: App, wallet: &Wallet) -> AnyView {
    const ONE: i128 = 100_000_000;
    let part = |rate: i128, up: i128| {
        let raw = wallet.price.raw().checked_mul(rate)?.checked_add(up)?.div_euclid(ONE);
        Price::checked_from_raw(raw)
    };
    let width = Rate::raw(wallet.rules.market_price_band);
    let (low, high) = (part(ONE - width, ONE - 1), part(ONE + width, 0));
    let (Some(low), Some(high)) = (low, high) else { return ().into_any() };
    view! { <p class="hint">{app.say(t::BAND)} ": " {number(&low)} " – " {number(&high)}</p> }.into_any()
}

/// One side of the board, the best price first. The bars show the points up to each price.
fn side(app: App, wallet: &Wallet, market: &Market, side: Side) -> AnyView {
    let (title, id) = match side {
        Side::Sell => (t::ASKS, "asks"),
        Side::Buy => (t::BIDS, "bids"),
    };
    let mut offers: Vec<_> = market.offers.iter().filter(|offer| offer.value.side == side).collect();
    offers.sort_by_key(|offer| offer.value.unit_price);
    if side == Side::Buy {
        offers.reverse();
    }
    let all = offers.iter().take(BOARD_LINES).map(|offer| offer.value.remaining.raw()).sum::<i128>().max(1);
    let mut deep = 0;
    let lines: Vec<_> = offers
        .iter()
        .take(BOARD_LINES)
        .map(|offer| {
            deep += offer.value.remaining.raw();
            line(app, wallet, offer, deep.saturating_mul(100) / all)
        })
        .collect();
    let body = if lines.is_empty() {
        ui::empty(app, "no-offers", t::NO_OFFERS)
    } else {
        view! { <ul data-testid=id>{lines}</ul> }.into_any()
    };
    view! { {ui::heading(app, title)} {body} }.into_any()
}

fn line(app: App, wallet: &Wallet, offer: &Item<Offer>, depth: i128) -> AnyView {
    let Offer { owner, remaining, unit_price, .. } = &offer.value;
    let mine = *owner == wallet.member;
    let in_band = wallet.price.band_holds(wallet.rules.market_price_band, *unit_price).unwrap_or(false);
    let open = RwSignal::new(false);
    let (me, taken) = (wallet.member.clone(), offer.clone());
    let form = move || open.get().then(|| take(app, &me, &taken));
    view! {
        <li class="offer" data-testid="offer" data-offer=offer.id.to_string() data-owner=owner.to_string()
            data-points=remaining.to_string() data-price=unit_price.to_string()>
            <meter class="depth" min="0" max="100" value=depth.to_string() aria-hidden="true"></meter>
            <span class="price">{number(unit_price)}</span>
            <span class="points">{ui::amount(app, number(remaining), home::POINTS)}</span>
            <bdi class="who">{owner.to_string()}</bdi>
            {(!mine && in_band).then(|| view! {
                <button type="button" class="secondary" data-testid="take" aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)>
                    {app.say(t::TAKE)}
                </button>
            }.into_any())}
            {move || form()}
        </li>
    }
    .into_any()
}

fn take(app: App, me: &Id, offer: &Item<Offer>) -> AnyView {
    let points = RwSignal::new(offer.value.remaining.to_string());
    let (me, taken) = (me.clone(), offer.clone());
    let action = memo(move || {
        let points = input::read(&points.read(), Points::parse).ok()?;
        Some(Action::take_offer(&me, &taken, points))
    });
    view! {
        <form class="take" on:submit=ask(app, action)>
            {ui::field(app, "take-points", t::POINTS, "decimal", points, ui::number_error(app, points, Points::parse))}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

/// The member's own offers.
fn own(app: App, me: &Id, market: &Market) -> AnyView {
    let mine: Vec<_> = market.offers.iter().filter(|offer| offer.value.owner == *me).collect();
    if mine.is_empty() {
        return ().into_any();
    }
    let lines = mine.into_iter().map(|offer| {
        let side = if offer.value.side == Side::Sell { t::SELL } else { t::BUY };
        view! {
            <li class="deal" data-testid="my-offer" data-offer=offer.id.to_string()>
                <span>
                    {app.say(side)} " " {number(&offer.value.remaining)} " × " {number(&offer.value.unit_price)}
                </span>
                {action_button(app, "secondary", "cancel-offer", t::CANCEL_OFFER, Action::cancel_offer(me, offer))}
            </li>
        }
        .into_any()
    });
    view! {
        <section class="card">{ui::heading(app, t::MY_OFFERS)}<ul class="deals">{lines.collect::<Vec<_>>()}</ul></section>
    }
    .into_any()
}

/// The member's own open trades, with the next steps.
fn trades(app: App, me: &Id, trades: &[(Item<Trade>, Item<Offer>)]) -> AnyView {
    if trades.is_empty() {
        return ().into_any();
    }
    let lines: Vec<_> = trades.iter().map(|(trade, offer)| deal(app, me, trade, offer)).collect();
    view! { <section class="card">{ui::heading(app, t::MY_TRADES)}<ul class="deals">{lines}</ul></section> }.into_any()
}

fn deal(app: App, me: &Id, trade: &Item<Trade>, offer: &Item<Offer>) -> AnyView {
    let buys = trade.value.buyer(&offer.value) == me;
    let (state, name, note) = match (trade.value.state, buys) {
        (TradeState::Paid, true) => (t::STATE_PAID, "paid", t::PAY_NOTE),
        (TradeState::Paid, false) => (t::STATE_PAID, "paid", t::CONFIRM_NOTE),
        (_, true) => (t::STATE_TAKEN, "taken", t::TAKE_SELL_NOTE),
        (_, false) => (t::STATE_TAKEN, "taken", t::TAKE_BUY_NOTE),
    };
    let steps: &[(Step, Words, &'static str)] = match (buys, trade.value.state) {
        (true, TradeState::Taken) => &[(Step::Pay, t::PAY, "pay"), (Step::Cancel, t::CANCEL_TRADE, "cancel-trade")],
        (true, _) => &[(Step::Cancel, t::CANCEL_TRADE, "cancel-trade")],
        (false, TradeState::Taken) => {
            &[(Step::Confirm, t::CONFIRM, "confirm-trade"), (Step::Cancel, t::CANCEL_TRADE, "cancel-trade")]
        }
        (false, _) => &[(Step::Confirm, t::CONFIRM, "confirm-trade")],
    };
    let buttons = steps.iter().map(|(step, words, id)| {
        let class = if *step == Step::Cancel { "secondary" } else { "primary" };
        action_button(app, class, id, *words, Action::trade(me, *step, trade, offer))
    });
    let total = trade.value.points.worth_floor(offer.value.unit_price).ok();
    view! {
        <li class="deal" data-testid="trade" data-trade=trade.id.to_string() data-state=name>
            <span>
                {app.say(if buys { t::YOU_BUY } else { t::YOU_SELL })} " " {number(&trade.value.points)} " × "
                {number(&offer.value.unit_price)} " "
                {total.map(|total| view! { "= " {ui::amount(app, money(total), frame::YUAN)} }.into_any())} " "
                <span class="tag">{app.say(state)}</span>
            </span>
            {ui::note(app, note)}
            <div class="buttons">{buttons.collect::<Vec<_>>()}</div>
        </li>
    }
    .into_any()
}
