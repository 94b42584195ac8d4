//! A member's home: what its points are worth, yesterday's earnings, what is to come, and whether the server's figures
//! agree.

use std::collections::BTreeMap;
use std::sync::Arc;

use gongxiang::book::{MEAN_DAYS, Supply};
use gongxiang::identity::{Day, Id};
use gongxiang::limits::TURNOVER_DAYS_MIN;
use gongxiang::quantity::{Money, Points, Price, ShareValue};
use gongxiang::receipt::{Amount, Rule};
use gongxiang::statement::{ClassIncome, History, HistoryRow, StatementDay};
use gongxiang::wire::pending::{PendingNow, PendingReward};
use gongxiang::wire::statement::BookedPosting;
use leptos::prelude::*;

use super::answer::{of_member_live, ready, recall_after_wallet};
use super::{home_course, packs, statement, statement_rows, trades, whereabouts, worth};
use crate::api::{self, Fault};
use crate::figure::{self, money, month, number};
use crate::history::Past;
use crate::query::{Query, Remote};
use crate::route::{Counter, MemberScreen, Route};
use crate::state::App;
use crate::text::{self, Words, counter, frame, home as t, operator, orders as o, shops, statement as s};
use crate::trade::{self, InMarket};
use crate::ui::{self, Series};
use crate::wallet::Wallet;

/// Number of entries in the list of the latest.
const LATEST: usize = 5;

/// Number of days that have a bar.
const BARS: usize = 30;

/// Number of closed days that are listed.
const LISTED_DAYS: usize = 5;

pub fn screen(app: App, id: Id) -> AnyView {
    of_member_live(app, id, frame::HOME, move |wallet| shown(app, &wallet))
}

/// What is shown once a member's past is known, and what is to come.
#[derive(Clone, PartialEq, Eq)]
struct Known {
    past: Arc<Past>,
    /// `None` without a network, if it was not stored.
    pending: Option<PendingNow>,
}

async fn opened(app: App, wallet: Arc<Wallet>) -> Result<Known, Fault> {
    let pending = match api::pending(&wallet.member).await {
        Ok(pending) => Some(pending),
        Err(Fault::Unreachable) => None,
        Err(fault) => return Err(fault),
    };
    Ok(Known { past: statement::opened(app, wallet).await?, pending })
}

fn shown(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let asks = Arc::clone(wallet);
    let known = recall_after_wallet(app, &wallet.member, move || opened(app, Arc::clone(&asks)));
    let me = wallet.member.clone();
    let traded = recall_after_wallet(app, &wallet.member, move || trade::in_market(me.clone()));
    let (mine, of_past) = (Arc::clone(wallet), Arc::clone(wallet));
    view! {
        {wallet.account.frozen.then(|| view! {
            <p class="notice bad" role="status" data-testid="frozen">{app.say(t::FROZEN)}</p>
        }.into_any())}
        {figures(app, wallet, known, traded)}
        {trades::notices(app, &wallet.member, traded)}
        {shortcuts(app, wallet)}
        {packs::bought(app, &wallet.member)}
        {(!wallet.account.activated).then(|| packs::packs(app, wallet))}
        {ready(app, known, Box::new(move |known| {
            view! {
                {to_come(app, &mine, known.pending.as_ref())}
                {tonight(app, &mine, known.pending.as_ref())}
                {share_value(app, &mine)}
                {check(app, &mine)}
            }
            .into_any()
        }))}
        {worth::prices(app, wallet, Box::new(move || match &*known.state.read() {
            Remote::Ready(known) => known.past.trades.clone(),
            _ => Vec::new(),
        }))}
        {worth::ended(app, wallet)}
        {supply(app, wallet)}
        {move || match known.state.get() {
            Remote::Ready(known) => past(app, &of_past, &known.past),
            _ => ().into_any(),
        }}
    }
    .into_any()
}

/// How many points there are of all, and where they are.
fn supply(app: App, wallet: &Wallet) -> AnyView {
    let (supply, cap) = (&wallet.supply, wallet.rules.supply_cap);
    // What is released counts for its members: `pool` is what they have not settled yet.
    let held = supply.held.plus(supply.pool).unwrap_or(supply.held);
    view! {
        <section class="card" data-testid="supply">
            {ui::heading(app, t::ALL_POINTS)}
            <dl class="sums">
                {ui::figure(app, operator::ISSUED, "supply-issued", &supply.issued, None)}
                {ui::figure(app, operator::HELD, "supply-held", &held, None)}
                {ui::figure(app, operator::BURNED, "supply-burned", &supply.burned, None)}
                {ui::figure(app, operator::CAP, "supply-cap", &cap, None)}
            </dl>
            {whereabouts::whereabouts(app, &Supply { held, pool: Points::ZERO, ..*supply }, cap)}
        </section>
    }
    .into_any()
}

/// The ways to what a member needs in a shop.
fn shortcuts(app: App, wallet: &Wallet) -> AnyView {
    let me = &wallet.member;
    let way = |route: Route, id: &'static str, words: Words| {
        view! { <a class="card link-card" href=route.to_string() data-testid=id>{app.say(words)}</a> }.into_any()
    };
    view! {
        <div class="shortcuts">
            {way(Route::Member(me.clone(), MemberScreen::Code), "to-code", counter::MY_CODE)}
            {way(Route::Member(me.clone(), MemberScreen::Orders), "to-orders", o::MY_ORDERS)}
            {way(Route::Shops, "to-shops", shops::SHOPS)}
            {wallet.account.shop.map(|_| way(Route::Shop(me.clone(), Counter::Till), "to-shop", t::TO_SHOP))}
        </div>
    }
    .into_any()
}

/// The worth of the points, and what yesterday brought.
fn figures(app: App, wallet: &Arc<Wallet>, known: Query<Known>, traded: Query<InMarket>) -> AnyView {
    let mine = &wallet.mine;
    let day = wallet.day;
    let yesterday = move || match known.state.get() {
        Remote::Ready(Known { past, .. }) => yesterday(app, day, &past.history),
        _ => ().into_any(),
    };
    let escrow = {
        let me = wallet.member.clone();
        move || match &*traded.state.read() {
            Remote::Ready(traded) => {
                traded.escrow(&me).filter(|points| points.is_positive()).map(|points| in_escrow(app, points))
            }
            _ => None,
        }
    };
    view! {
        <section class="figures" data-testid="home" data-member=wallet.member.to_string()
            data-day=day.to_string()>
            <article class="card chief">
                {ui::heading(app, t::WORTH)}
                <p class="big" data-testid="worth" data-value=wallet.worth.to_string()>
                    {ui::amount(app, money(wallet.worth), frame::YUAN)}
                </p>
                {worth::basis(app, wallet.price, wallet.rules.price_policy)}
                <dl class="sums">
                    {yesterday}
                    <div>
                        <dt>{app.say(t::POINTS)}</dt>
                        <dd data-testid="points" data-value=mine.points.to_string()>{number(&mine.points)}</dd>
                    </div>
                    {escrow}
                    <div>
                        <dt>{app.say(t::PRICE)}</dt>
                        <dd data-testid="price" data-value=wallet.price.to_string()>
                            {ui::amount(app, number(&wallet.price), frame::YUAN)}
                        </dd>
                    </div>
                </dl>
                {is_young(app, day).then(|| ui::note(app, t::YOUNG))}
            </article>
        </section>
    }
    .into_any()
}

/// The points that are held until a buyer has paid: they are the member's, and not in its balance.
fn in_escrow(app: App, points: Points) -> AnyView {
    view! {
        <div>
            <dt>{app.say(t::ESCROW)}</dt>
            <dd data-testid="escrow" data-value=points.to_string()>{number(&points)}</dd>
        </div>
    }
    .into_any()
}

/// Whether too few of the last 30 closed days had turnover for the price to say much.
fn is_young(app: App, open: Day) -> bool {
    app.days.with_value(|days| {
        let closed = days.iter().rev().filter(|record| record.day < open).take(MEAN_DAYS);
        let turnovers = closed.filter(|record| record.turnover.is_some_and(Money::is_positive));
        turnovers.count() < TURNOVER_DAYS_MIN
    })
}

/// The points that each day brought: its release and its rewards.
fn brought(history: &History) -> BTreeMap<Day, Points> {
    let mut sums = BTreeMap::<Day, Points>::new();
    for row in &history.rows {
        let (day, points) = match row {
            HistoryRow::Day(line) => (line.day, line.earned),
            HistoryRow::Posting(booked) => (booked.day, income(booked)),
        };
        let sum = sums.entry(day).or_default();
        *sum = sum.plus(points).unwrap_or(*sum);
    }
    sums
}

/// The points that the last closed day brought. Nothing before the member's first closed day.
fn yesterday(app: App, open: Day, history: &History) -> AnyView {
    let Some(last) = history.days.last().filter(|line| line.day.next() == Some(open)) else {
        return ().into_any();
    };
    let points = brought(history).remove(&last.day).unwrap_or_default();
    let worth = points.worth_floor(last.price).ok();
    view! {
        <div class="yesterday">
            <dt>{app.say(t::YESTERDAY)}</dt>
            <dd data-testid="yesterday" data-value=points.to_string()>
                "+" {ui::amount(app, number(&points), t::POINTS)}
                {worth.map(|worth| view! { <small class="below">{ui::amount(app, money(worth), frame::YUAN)} " " {app.say(t::AT_PRICE_THEN)}</small> }.into_any())}
            </dd>
        </div>
    }
    .into_any()
}

/// The points that a posting brings as income; 0 if it is none.
fn income(booked: &BookedPosting) -> Points {
    match booked.posting.amount {
        Amount::Points(points) if booked.posting.rule.class().is_some() && booked.posting.rule != Rule::Refund => {
            points
        }
        _ => Points::ZERO,
    }
}

/// What orders are to bring, day by day.
fn to_come(app: App, wallet: &Wallet, pending: Option<&PendingNow>) -> AnyView {
    let Some(pending) = pending.filter(|pending| !pending.rewards.is_empty()) else { return ().into_any() };
    let days = pending.rewards.chunk_by(|one, next| one.due == next.due);
    let rows: Vec<_> = days.filter_map(|rewards| coming(app, wallet.day, rewards)).collect();
    view! {
        <section class="card statement" data-testid="pending">
            {ui::heading(app, o::TO_COME)}
            <ul class="entries">{rows}</ul>
            {ui::note(app, o::TO_COME_NOTE)}
        </section>
    }
    .into_any()
}

/// What one day brings: its sums, and for what.
fn coming(app: App, open: Day, rewards: &[PendingReward]) -> Option<AnyView> {
    let due = rewards.first()?.due;
    let value = rewards.iter().try_fold(ShareValue::ZERO, |sum, reward| sum.plus(reward.share_value)).ok()?;
    let points = rewards.iter().try_fold(Points::ZERO, |sum, reward| sum.plus(reward.points)).ok()?;
    let kinds: Vec<_> = rewards.iter().map(|reward| Rule::Reward(reward.kind)).collect();
    let what = move || kinds.iter().map(|rule| text::rule(app.lang(), *rule)).collect::<Vec<_>>().join(" · ");
    Some(
        view! {
            <li class="entry" data-testid="pending-day" data-due=due.to_string()
                data-share-value=value.to_string() data-points=points.to_string()>
                <p class="head">
                    <span class="what">
                        <time>{due.to_string()}</time> " "
                        {(due == open).then(|| view! { <span class="tag">{app.say(o::TONIGHT)}</span> }.into_any())}
                    </span>
                    <span class="gets gain">
                        {value.is_positive().then(|| view! {
                            <span class="below">"+" {ui::amount(app, number(&value), t::SHARE_VALUE)}</span>
                        }.into_any())}
                        {points.is_positive().then(|| view! {
                            <span class="below">"+" {ui::amount(app, number(&points), t::POINTS)}</span>
                        }.into_any())}
                    </span>
                </p>
                <p class="foot"><span>{what}</span></p>
            </li>
        }
        .into_any(),
    )
}

/// What the close of the open day is expected to bring.
fn tonight(app: App, wallet: &Wallet, pending: Option<&PendingNow>) -> AnyView {
    let expected = wallet.tonight(&wallet.closed(app.days), pending).filter(|tonight| tonight.earned.is_positive());
    let Some(expected) = expected else { return ui::empty(app, "next-none", t::NEXT_NONE) };
    let vests = pending.is_some_and(|pending| pending.rewards.iter().any(|reward| reward.due <= wallet.day));
    view! {
        {ui::not_final(app)}
        <section class="card next" data-testid="next" data-value=expected.earned.to_string()>
            <div>
                {ui::heading(app, t::NEXT)}
                <p class="note">
                    {app.say(t::NEXT_WHEN)} " " <time>{wallet.day.to_string()}</time> " · "
                    {app.say(if vests { t::NEXT_WITH_ORDERS } else { t::NEXT_NOTE })}
                </p>
            </div>
            <p class="mid">
                <span aria-hidden="true">"≈ "</span>{ui::amount(app, number(&expected.earned), t::POINTS)}
                <small class="below">{money(expected.worth)} " " {app.say(frame::YUAN)}</small>
            </p>
            {worth::basis(app, wallet.price, wallet.rules.price_policy)}
        </section>
    }
    .into_any()
}

fn share_value(app: App, wallet: &Wallet) -> AnyView {
    let mine = &wallet.mine;
    view! {
        <section class="card">
            {ui::heading(app, t::SHARE_VALUE)}
            <p class="mid" data-testid="share-value" data-value=mine.share_value.to_string()>{number(&mine.share_value)}</p>
            {ui::note(app, t::SHARE_VALUE_NOTE)}
            <dl class="sums">
                <div>
                    <dt>{app.say(t::LOCKED)}</dt>
                    <dd data-testid="locked" data-value=mine.locked.to_string()>{number(&mine.locked)}</dd>
                </div>
            </dl>
            {(!wallet.account.activated).then(|| ui::note(app, t::LOCKED_NOTE))}
        </section>
    }
    .into_any()
}

/// The member's part of all share value at the last close, and a month before: it decides what part of a day's release is the member's.
fn part_of_all(app: App, history: &History) -> AnyView {
    let Some(last) = history.days.last() else { return ().into_any() };
    let then = history.days.len().checked_sub(BARS + 1).and_then(|at| history.days.get(at));
    let row = |line: &StatementDay, id: &'static str| {
        let part = figure::part(line.before, line.total)?;
        Some(
            view! {
                <div>
                    <dt>{app.say(t::MY_PART)} " · " <time>{line.day.to_string()}</time></dt>
                    <dd data-testid=id data-value=part.clone()>
                        {number(&part)} "%"
                        <small class="below">{number(&line.before)} " / " {number(&line.total)}</small>
                    </dd>
                </div>
            }
            .into_any(),
        )
    };
    view! {
        <section class="card">
            {ui::heading(app, t::MY_PART)}
            <dl class="sums">
                {row(last, "part")}
                {then.and_then(|line| row(line, "part-then"))}
            </dl>
            {ui::note(app, t::MY_PART_NOTE)}
        </section>
    }
    .into_any()
}

/// Whether the figures computed here equal the server's, and if not, which differ.
fn check(app: App, wallet: &Wallet) -> AnyView {
    let day = wallet.day.to_string();
    let Some(server) = wallet.server else {
        return view! {
            <section class="check" data-testid="check" data-value="caught-up">
                <span class="sign" aria-hidden="true">"↻"</span>
                <div><p>{app.say(t::CAUGHT_UP)} " " {app.say(t::DAY)} " " <time>{day}</time></p></div>
            </section>
        }
        .into_any();
    };
    if wallet.is_verified() {
        return view! {
            <section class="check good" data-testid="check" data-value="equal">
                <span class="sign" aria-hidden="true">"✓"</span>
                <div>
                    <b>{app.say(t::VERIFIED)}</b>
                    <p>{app.say(t::VERIFIED_NOTE)} " " {app.say(t::DAY)} " " <time>{day}</time></p>
                </div>
            </section>
        }
        .into_any();
    }
    let mine = &wallet.mine;
    let row = |name: Words, here: String, there: String| {
        let differs = here != there;
        view! {
            <tr class:off=differs>
                <th scope="row">{app.say(name)}</th>
                <td>{number(&here)}</td>
                <td>{number(&there)}</td>
            </tr>
        }
        .into_any()
    };
    let rows = vec![
        row(t::SHARE_VALUE, mine.share_value.to_string(), server.share_value.to_string()),
        row(t::LOCKED, mine.locked.to_string(), server.locked.to_string()),
        row(t::POINTS, mine.points.to_string(), server.points.to_string()),
        row(t::UNITS, mine.units.to_string(), server.units.to_string()),
    ];
    view! {
        <section class="check bad" role="alert" data-testid="check" data-value="differs">
            <span class="sign" aria-hidden="true">"≠"</span>
            <div>
                <b>{app.say(t::DIFFERS)}</b>
                <p>{app.say(t::DIFFERS_NOTE)}</p>
                {ui::table(app, "balances", &[t::BALANCE, t::COMPUTED_HERE, t::SAID_BY_SERVER], rows)}
            </div>
        </section>
    }
    .into_any()
}

/// The chart, the last days, the income by class, and the latest postings.
fn past(app: App, wallet: &Wallet, past: &Arc<Past>) -> AnyView {
    let history = &past.history;
    view! {
        {earned(app, history)}
        {days(app, wallet.price, history)}
        {home_course::course(app, &wallet.member, past)}
        {part_of_all(app, history)}
        <section class="card" data-testid="past">
            {ui::heading(app, t::INCOME)}
            <dl class="sums income">
                {class_income(app, t::INCOME_STATIC, "income-static", history.from_release)}
                {class_income(app, t::INCOME_OWN, "income-own", history.own)}
                {class_income(app, t::INCOME_DYNAMIC, "income-dynamic", history.from_others)}
            </dl>
        </section>
        {latest(app, &wallet.member, past)}
    }
    .into_any()
}

/// A bar for each of the last closed days, and the sum of the month.
fn earned(app: App, history: &History) -> AnyView {
    let Some(last) = history.days.last().map(|line| line.day) else { return ().into_any() };
    let sums = brought(history);
    let of = |day: Day| sums.get(&day).copied().unwrap_or_default();
    let shown = history.days.get(history.days.len().saturating_sub(BARS)..).unwrap_or_default();
    let month = month(last);
    let in_month = history.days.iter().filter(|line| figure::month(line.day) == month);
    let sum = in_month.fold(Points::ZERO, |sum, line| sum.plus(of(line.day)).unwrap_or(sum));
    let days: Vec<_> = shown.iter().map(|line| line.day.to_string()).collect();
    let values: Vec<_> = shown.iter().map(|line| of(line.day).to_string()).collect();
    let (summed, shown_month) = (format!("{month} {sum}"), month.clone());
    let chart = move || {
        let name = t::EARNED.of(app.lang());
        let summary = format!("{name}: {summed}");
        ui::bars("earned", summary, &days, Series { name, values: values.clone() })
    };
    view! {
        <section class="card">
            {ui::heading(app, t::EARNED)}
            <p class="mid" data-testid="month" data-month=month data-value=sum.to_string()>
                "+" {ui::amount(app, number(&sum), t::POINTS)} " " <small><time>{shown_month}</time></small>
            </p>
            {move || chart()}
        </section>
    }
    .into_any()
}

/// The last closed days on which the member held share value.
fn days(app: App, price: Price, history: &History) -> AnyView {
    let closed = history.rows.iter().filter_map(|row| match row {
        HistoryRow::Day(line) => Some(line),
        HistoryRow::Posting(_) => None,
    });
    let lines: Vec<_> = closed.take(LISTED_DAYS).map(|line| statement_rows::day(app, line)).collect();
    if lines.is_empty() {
        return ui::empty(app, "statement-empty", s::STATEMENT_EMPTY);
    }
    view! {
        <section class="card statement">
            {ui::heading(app, s::STATEMENT)}
            <p class="note">{app.say(s::FORMULA_NOTE)}</p>
            {worth::basis_then(app, price)}
            <ul class="entries">{lines}</ul>
        </section>
    }
    .into_any()
}

fn class_income(app: App, name: Words, id: &'static str, income: ClassIncome) -> AnyView {
    let points = income.points.is_positive() || !income.share_value.is_positive();
    view! {
        <div data-testid=id data-points=income.points.to_string() data-share-value=income.share_value.to_string()>
            <dt>{app.say(name)}</dt>
            <dd>
                {points.then(|| view! {
                    <span>{ui::amount(app, number(&income.points), t::POINTS)}</span>
                }.into_any())}
                {income.share_value.is_positive().then(|| view! {
                    <span>{ui::amount(app, number(&income.share_value), t::SHARE_VALUE)}</span>
                }.into_any())}
            </dd>
        </div>
    }
    .into_any()
}

fn latest(app: App, me: &Id, past: &Past) -> AnyView {
    let entries: Vec<_> = past
        .history
        .rows
        .iter()
        .filter(|row| matches!(row, HistoryRow::Posting(_)))
        .take(LATEST)
        .map(|row| statement_rows::row(app, me, past, row))
        .collect();
    let body = if entries.is_empty() {
        ui::empty(app, "no-entries", t::NO_ENTRIES)
    } else {
        view! { <ul class="entries">{entries}</ul> }.into_any()
    };
    view! {
        <section class="card statement">
            {ui::heading(app, t::LATEST)}
            {body}
            <a href=Route::Member(me.clone(), MemberScreen::Statement).to_string()>{app.say(t::SEE_ALL)}</a>
        </section>
    }
    .into_any()
}
