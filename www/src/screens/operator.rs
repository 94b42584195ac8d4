//! The operator's overview: supply, the next release, the price, shops at risk, and the day's close.

use gongxiang::book::DayRecord;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Points, Price};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::answer::SupplyNow;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::asked;
use super::named;
use super::proposals;
use crate::action::Action;
use crate::api::{self, Fault, Session};
use crate::figure::{money, number};
use crate::input;
use crate::proposal::{self, Proposal};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{actions, frame, home, operator as t};
use crate::ui::{self, Series};

/// Days that have a bar.
const BARS: usize = 30;

/// Limit of the shops that are asked for one by one.
const SHOPS_MAX: usize = 200;

#[derive(Clone, Debug)]
struct Overview {
    now: SupplyNow,
    rules: RuleSet,
    /// What waits for a second person.
    proposals: Vec<Proposal>,
}

/// Shops with fewer points than their deposit, the poorest first, and the number of all shops.
#[derive(Clone, Debug)]
struct ShopsAtRisk {
    below: Vec<(Id, Points)>,
    shops: usize,
}

pub fn screen(app: App) -> AnyView {
    let load = || async {
        let (now, rules) = (api::supply().await?.value, api::rules().await?.value);
        Ok(Overview { now, rules, proposals: proposal::open().await? })
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, load, move |overview| shown(app, &overview))}
    }
    .into_any()
}

fn shown(app: App, Overview { now, rules, proposals }: &Overview) -> AnyView {
    let total = now.release.total().unwrap_or_default();
    let supply = &now.supply;
    let mut after = now.release;
    let released = after.close(rules, now.price, supply.issued).map(|closed| closed.released).unwrap_or_default();
    let day = now.day;
    let deposit = rules.merchant_deposit.points_ceil(now.price).unwrap_or_default();
    view! {
        {proposals::waiting(app, proposals, now.price, rules)}
        <section class="figures" data-testid="operator" data-day=now.day.to_string()>
            <article class="card chief">
                {ui::heading(app, t::TOTAL)}
                <p class="big" data-testid="total" data-value=total.to_string()>{number(&total)}</p>
                <p class="note">{app.say(frame::DAY_NOW)} " " <time>{now.day.to_string()}</time></p>
            </article>
            {ui::figure_card(app, home::PRICE, "price", &now.price, number(&now.price), ui::note(app, frame::YUAN))}
            {ui::figure_card(app, t::RELEASE, "release", &released, number(&released), ui::note(app, t::AT_PRESENT))}
        </section>
        <section class="card">
            {ui::heading(app, t::SUPPLY)}
            <dl class="sums">
                {ui::figure(app, t::ISSUED, "issued", &supply.issued, None)}
                {ui::figure(app, t::CAP, "cap", &rules.supply_cap, None)}
                {ui::figure(app, t::HELD, "held", &supply.held, None)}
                {ui::figure(app, t::POOL, "pool", &supply.pool, None)}
                {ui::figure(app, t::ESCROW, "escrow", &supply.escrow, None)}
                {ui::figure(app, t::TREASURY, "treasury", &supply.treasury, None)}
                {ui::figure(app, t::BURNED, "burned", &supply.burned, None)}
            </dl>
        </section>
        {app.session.with(|session| session.as_ref().is_some_and(Session::is_operator)).then(|| {
            view! { <div class="columns">{price(app, now.price)} {close(app, now)}</div> }.into_any()
        })}
        {asked(app, move || closed(day), move |days| past(app, &days))}
        {asked(app, move || risk(deposit), move |risk| at_risk(app, &risk))}
    }
    .into_any()
}

/// The closed days before the open one that have a bar, oldest first.
async fn closed(open: Day) -> Result<Vec<DayRecord>, Fault> {
    let first = (0..=BARS).try_fold(open, |day, _| day.previous());
    let days = api::days(first, u32::try_from(BARS + 1).unwrap_or(u32::MAX)).await?;
    Ok(days.into_iter().filter(|record| record.day < open).collect())
}

/// The figures of the last closed day, and the turnover of those before.
fn past(app: App, days: &[DayRecord]) -> AnyView {
    let Some(last) = days.last() else { return ui::empty(app, "none-closed", t::NONE_CLOSED) };
    let turnover = |record: &DayRecord| record.turnover.unwrap_or_default();
    let along: Vec<_> = days.iter().map(|record| record.day.to_string()).collect();
    let values: Vec<_> = days.iter().map(|record| turnover(record).to_string()).collect();
    let newest = format!("{} {}", last.day, turnover(last));
    let chart = move || {
        let name = t::TURNOVER.of(app.lang());
        let summary = format!("{name}: {newest}");
        ui::bars("turnovers", summary, &along, Series { name, values: values.clone() })
    };
    view! {
        <section class="card" data-testid="last-close" data-day=last.day.to_string()>
            <h2>{app.say(t::LAST_CLOSE)} " " <time>{last.day.to_string()}</time></h2>
            <dl class="sums">
                <div data-testid="last-turnover" data-value=turnover(last).to_string()>
                    <dt>{app.say(t::TURNOVER)}</dt>
                    <dd>{ui::amount(app, money(turnover(last)), frame::YUAN)}</dd>
                </div>
                {ui::figure(app, t::RELEASED, "last-released", &last.released, None)}
                {ui::figure(app, home::PRICE, "last-price", &last.price, Some(frame::YUAN))}
            </dl>
            {move || chart()}
        </section>
    }
    .into_any()
}

fn price(app: App, now: Price) -> AnyView {
    let typed = RwSignal::new(String::new());
    let action = memo(move || input::read(&typed.read(), Price::parse).ok().map(|price| Action::set_price(price, now)));
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::heading(app, actions::SET_PRICE)}
            {ui::field(app, "new-price", t::NEW_PRICE, "decimal", typed, ui::number_error(app, typed, Price::parse))}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

fn close(app: App, now: &SupplyNow) -> AnyView {
    let action = Action::close_day(now.day);
    view! {
        <section class="card form">
            {ui::heading(app, actions::CLOSE_DAY)}
            {ui::note(app, actions::CLOSE_DAY_NOTE)}
            <button type="button" class="primary" data-testid="close-day"
                on:click=move |_| app.asked.set(Some(action.clone()))>
                {app.say(actions::CLOSE_DAY)} " " {now.day.to_string()}
            </button>
        </section>
    }
    .into_any()
}

async fn risk(deposit: Points) -> Result<ShopsAtRisk, Fault> {
    let shops = crate::api::shops().await?;
    let mut below = Vec::new();
    for id in shops.iter().take(SHOPS_MAX).map(|(shop, _)| shop) {
        let now = api::member(id).await?.value;
        if now.state.points < deposit {
            below.push((id.clone(), now.state.points));
        }
    }
    below.sort_by_key(|(_, points)| *points);
    Ok(ShopsAtRisk { below, shops: shops.len() })
}

fn at_risk(app: App, risk: &ShopsAtRisk) -> AnyView {
    let lines = risk.below.iter().map(|(id, points)| {
        view! {
            <div data-testid="at-risk" data-member=id.to_string()>
                <dt>{named::member(app, id)}</dt>
                <dd>{number(points)}</dd>
            </div>
        }
        .into_any()
    });
    let body = if risk.below.is_empty() {
        ui::empty(app, "none-at-risk", t::NONE_AT_RISK)
    } else {
        view! { <dl class="sums">{lines.collect::<Vec<_>>()}</dl> }.into_any()
    };
    view! {
        <section class="card">
            <h2>{app.say(t::AT_RISK)} " " <small>{format!("{} / {}", risk.below.len(), risk.shops)}</small></h2>
            {ui::note(app, t::AT_RISK_NOTE)}
            {body}
        </section>
    }
    .into_any()
}
