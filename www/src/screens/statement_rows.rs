//! The lines of a statement: a day's release with its formula, or an entry with its reason.

use gongxiang::identity::Id;
use gongxiang::receipt::{Class, Party, Reason, Rule};
use gongxiang::statement::{HistoryRow, StatementDay};
use gongxiang::wire::statement::BookedPosting;
use leptos::prelude::*;

use super::named;
use crate::figure::{grouped, money, number};
use crate::history::Past;
use crate::state::App;
use crate::text::{self, frame, home as h, statement as t, trades as w};
use crate::trade::TradeTerms;
use crate::ui;
use crate::wallet::{Agreement, agreement};

pub fn row(app: App, me: &Id, past: &Past, row: &HistoryRow) -> AnyView {
    match row {
        HistoryRow::Day(line) => day(app, line),
        HistoryRow::Posting(booked) => entry(app, me, past, booked),
    }
}

/// The formula of a day, `888 × 966.13 ÷ 1,610.00 = 532.87`; `None` if it does not give what was earned.
pub fn formula(line: &StatementDay) -> Option<String> {
    // A day on which nothing was released has no formula.
    let sign = match agreement(line).filter(|_| line.released.is_positive())? {
        Agreement::Exact => "=",
        Agreement::Close => "≈",
    };
    let [released, before, total, earned] =
        [line.released.to_string(), line.before.to_string(), line.total.to_string(), line.earned.to_string()]
            .map(|canonical| grouped(&canonical));
    Some(format!("{released} × {before} ÷ {total} {sign} {earned}"))
}

/// A closed day.
pub fn day(app: App, line: &StatementDay) -> AnyView {
    let formula = formula(line).map(|formula| {
        view! {
            <p class="why" data-testid="formula"><span class="hidden">{app.say(t::FORMULA)} ": "</span>{formula}</p>
        }
        .into_any()
    });
    view! {
        <li class="entry" data-testid="statement-day" data-day=line.day.to_string() data-earned=line.earned.to_string()
            data-share-value=line.state.share_value.to_string() data-worth=line.worth.to_string()>
            <p class="head">
                <span class="what">
                    {move || text::rule(app.lang(), Rule::Release)} " "
                    {ui::class_tag(app, Class::Static)}
                </span>
                <span class="gets gain">"+" {ui::amount(app, number(&line.earned), h::POINTS)}</span>
            </p>
            <p class="foot">
                <time>{line.day.to_string()}</time>
                <span>{app.say(t::WORTH_THEN)} " " {money(line.worth)}</span>
                <span>{app.say(t::SHARE_VALUE_AFTER)} " " {number(&line.state.share_value)}</span>
            </p>
            {formula}
        </li>
    }
    .into_any()
}

/// Whom an entry names: the shop of an order that the member gave, a member, or one of the scheme's own accounts. A reward for what
/// others do names nobody: who bought is not said, and the account that it comes from says nothing to a person.
fn other(me: &Id, past: &Past, booked: &BookedPosting) -> Option<Party> {
    match (past.shops.get(&(booked.place, booked.line)), booked.posting.rule) {
        (Some(shop), _) => Some(Party::Member(shop.clone())),
        (None, Rule::Reward(_)) => None,
        (None, _) => Some(booked.other(me).clone()),
    }
}

/// What was paid for the points of an entry: of a trade its price and its sum, of an offer those of each trade by which points of it were
/// sold.
fn terms(app: App, past: &Past, booked: &BookedPosting) -> Vec<AnyView> {
    let is_meant = |terms: &&TradeTerms| match &booked.posting.why {
        Reason::Trade { trade } | Reason::TradeCancelled { trade } => terms.trade == *trade,
        Reason::Offer { offer } => terms.offer == *offer && terms.is_done(),
        _ => false,
    };
    let line = |terms: &TradeTerms| {
        let TradeTerms { day, points, unit_price, sum, .. } = terms;
        let of_offer = matches!(booked.posting.why, Reason::Offer { .. }).then(|| {
            view! { {app.say(w::SOLD)} " " {number(points)} " · " <time>{day.to_string()}</time> " · " }.into_any()
        });
        view! {
            <p class="why" data-testid="entry-terms" data-price=unit_price.to_string() data-sum=sum.to_string()>
                {of_offer}
                {app.say(w::PRICE)} " " {ui::amount(app, number(unit_price), frame::YUAN)} " · "
                {app.say(w::SUM)} " " {ui::amount(app, money(*sum), frame::YUAN)}
            </p>
        }
        .into_any()
    };
    past.trades.iter().filter(is_meant).map(line).collect()
}

fn entry(app: App, me: &Id, past: &Past, booked: &BookedPosting) -> AnyView {
    let gain = booked.is_gain(me);
    let (rule, amount, why) = (booked.posting.rule, booked.posting.amount, booked.posting.why.clone());
    let other = match other(me, past, booked) {
        Some(Party::Member(id)) => {
            let whence = app.say(if gain { t::FROM } else { t::TO });
            view! { <span>{whence} " " {named::member(app, &id)}</span> }.into_any()
        }
        Some(_) => {
            let phrase = named::phrase(&booked.posting.from, &booked.posting.to, rule).map(|words| app.say(words));
            view! { <span data-testid="entry-phrase">{phrase}</span> }.into_any()
        }
        None => ().into_any(),
    };
    let class = rule.class().map(|class| view! { " " {ui::class_tag(app, class)} }.into_any());
    view! {
        <li class="entry" data-testid="entry" data-day=booked.day.to_string() data-rule=rule.as_str()
            data-asset=amount.asset() data-amount=amount.to_string() data-gain=gain.to_string()>
            <p class="head">
                <span class="what">{move || text::rule(app.lang(), rule)} {class}</span>
                <span class="gets" class:gain=gain>
                    {if gain { "+" } else { "−" }} {number(&amount)} " " <small>{move || text::asset(app.lang(), amount)}</small>
                </span>
            </p>
            <p class="foot">
                <time>{booked.day.to_string()}</time>
                {other}
            </p>
            {terms(app, past, booked)}
            <p class="why">{move || text::reason(app.lang(), &why)}</p>
        </li>
    }
    .into_any()
}
