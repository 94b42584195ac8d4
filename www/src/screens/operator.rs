//! The operator's overview: supply, the next release, the price, shops at risk, and the day's close.

use gongxiang::identity::Id;
use gongxiang::quantity::{Points, Price};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::answer::SupplyNow;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::asked;
use crate::action::Action;
use crate::api::{self, Fault, Session};
use crate::figure::number;
use crate::input;
use crate::reactive::memo;
use crate::state::App;
use crate::text::{actions, frame, home, operator as t};
use crate::ui;

/// Limit of the shops that are asked for one by one.
const SHOPS_MAX: usize = 200;

#[derive(Clone, Debug)]
struct Overview {
    now: SupplyNow,
    rules: RuleSet,
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
        Ok(Overview { now, rules })
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, load, move |overview| shown(app, &overview))}
    }
    .into_any()
}

fn shown(app: App, Overview { now, rules }: &Overview) -> AnyView {
    let total = now.release.total().unwrap_or_default();
    let supply = &now.supply;
    let mut after = now.release;
    let released = after.close(rules, now.price, supply.issued).map(|closed| closed.released).unwrap_or_default();
    let deposit = rules.merchant_deposit.points_ceil(now.price).unwrap_or_default();
    view! {
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
            view! { <div class="columns">{price(app)} {close(app, now)}</div> }.into_any()
        })}
        {asked(app, move || risk(deposit), move |risk| at_risk(app, &risk))}
    }
    .into_any()
}

fn price(app: App) -> AnyView {
    let typed = RwSignal::new(String::new());
    let action = memo(move || input::read(&typed.read(), Price::parse).ok().map(Action::set_price));
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
    let shops = super::order_form::merchants().await?;
    let mut below = Vec::new();
    for id in shops.iter().take(SHOPS_MAX) {
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
                <dt><bdi>{id.to_string()}</bdi></dt>
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
