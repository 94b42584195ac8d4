//! The market: the board of offers by price, and one's own offers. One's own trades are in `trades.rs`.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::market::{Offer, Side};
use gongxiang::quantity::{Points, Price, Rate};
use leptos::prelude::*;

use super::action_form::{action_button, ask, available, submit, typed};
use super::answer::{asked, of_member};
use super::named;
use super::trades;
use super::worth;
use crate::action::Action;
use crate::api::{self, Fault, Item};
use crate::figure::{money, number};
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, actions as t, frame, home, trades as w};
use crate::trade::{self, TradeTerms, TradesPage};
use crate::ui;
use crate::wallet::Wallet;

/// How many lines each side of the board has at most.
const BOARD_LINES: usize = 20;

#[derive(Clone, Debug)]
struct Market {
    asks: Vec<Item<Offer>>,
    bids: Vec<Item<Offer>>,
    own: Vec<Item<Offer>>,
    trades: TradesPage,
}

async fn open(me: Id) -> Result<Market, Fault> {
    Ok(Market {
        asks: api::board(Side::Sell, BOARD_LINES).await?,
        bids: api::board(Side::Buy, BOARD_LINES).await?,
        own: api::offers_of(&me).await?,
        trades: trade::of_member(&me, None).await?,
    })
}

pub fn screen(app: App, id: Id) -> AnyView {
    let typed = Placing { sells: RwSignal::new(true), points: typed(app) };
    of_member(app, id, t::MARKET, move |wallet| {
        let me = wallet.member.clone();
        let load = move || open(me.clone());
        view! {
            {asked(app, load, move |market| shown(app, &wallet, &market, typed))}
        }
        .into_any()
    })
}

fn shown(app: App, wallet: &Arc<Wallet>, market: &Market, typed: Placing) -> AnyView {
    let me = &wallet.member;
    // Without a market, what has begun is finished, and nothing else begins.
    let is_off = app.session.with_untracked(|session| session.as_ref().is_some_and(|session| session.no_market));
    let board = || {
        let traded: Vec<_> = market.trades.trades.iter().map(|trade| TradeTerms::of(trade, me)).collect();
        view! {
            <p class="lead">{app.say(t::MARKET_NOTE)}</p>
            {worth::prices(app, wallet, Box::new(move || traded.clone()))}
            <div class="columns">
                {place(app, wallet, typed)}
                <section class="card board" data-testid="board">
                    {side(app, wallet, "asks", t::ASKS, &market.asks)}
                    {side(app, wallet, "bids", t::BIDS, &market.bids)}
                </section>
            </div>
        }
        .into_any()
    };
    let page = RwSignal::new(market.trades.clone());
    view! {
        {trades::living(app, me, page)}
        {if is_off { ui::empty(app, "market-off", w::MARKET_OFF) } else { board() }}
        {own(app, me, market)}
        {trades::ended(app, me, page)}
    }
    .into_any()
}

/// What is chosen and typed for a new offer. It outlives a newer wallet; the price begins with the one of the wallet.
#[derive(Clone, Copy)]
struct Placing {
    sells: RwSignal<bool>,
    points: RwSignal<String>,
}

/// The form for a new offer.
fn place(app: App, wallet: &Arc<Wallet>, Placing { sells, points }: Placing) -> AnyView {
    let me = wallet.member.clone();
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
            {move || total().map(|total| view! {
                <p class="fixed"><span>{app.say(t::TOTAL)}</span> <b>{ui::amount(app, total, frame::YUAN)}</b></p>
            }.into_any())}
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
fn side(app: App, wallet: &Wallet, id: &'static str, title: Words, offers: &[Item<Offer>]) -> AnyView {
    let all = offers.iter().map(|offer| offer.value.remaining.raw()).sum::<i128>().max(1);
    let mut deep = 0;
    let lines: Vec<_> = offers
        .iter()
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
            <span class="who">{named::member(app, owner)}</span>
            {(!mine && in_band).then(|| view! {
                <button type="button" class="secondary" data-testid="take" aria-expanded=move || open.get().to_string()
                    on:click=move |_| open.update(|open| *open = !*open)>
                    {app.say(if offer.value.side == Side::Sell { t::BUY } else { t::SELL })}
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
    if market.own.is_empty() {
        return ().into_any();
    }
    let lines = market.own.iter().map(|offer| {
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
