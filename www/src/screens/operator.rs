//! The operator's overview: what needs attention, the chief figures and their trends, shops that run dry, and the day's close.

use gongxiang::identity::Day;
use gongxiang::quantity::Price;
use gongxiang::ruleset::RuleSet;
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::asked;
use super::{overview_figures, overview_trends};
use super::{proposals, table, whereabouts};
use crate::action::Action;
use crate::api::{self, Session};
use crate::input;
use crate::overview::{self, Overview};
use crate::proposal::{self, Proposal};
use crate::reactive::memo;
use crate::route::{self, Route};
use crate::state::App;
use crate::text::{actions, applications, frame, goods, home, operator as t};
use crate::ui;

#[derive(Clone, Debug)]
struct Desk {
    overview: Overview,
    rules: RuleSet,
    /// What waits for a second person.
    proposals: Vec<Proposal>,
}

pub fn screen(app: App) -> AnyView {
    let load = || async {
        let (overview, rules) = (overview::overview().await?, api::rules().await?.value);
        Ok(Desk { overview, rules, proposals: proposal::open().await? })
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, load, move |desk| shown(app, &desk))}
    }
    .into_any()
}

fn shown(app: App, Desk { overview, rules, proposals }: &Desk) -> AnyView {
    let is_operator = app.session.with(|session| session.as_ref().is_some_and(Session::is_operator));
    view! {
        {proposals::waiting(app, proposals, overview.price, rules)}
        {overview_figures::attention(app, &overview.warnings)}
        {overview_figures::chief(app, overview)}
        {overview_trends::trends(app, overview)}
        {overview_figures::running_dry(app, overview)}
        {overview_figures::incomes(app, overview)}
        {overview_figures::liabilities(app, overview)}
        {supply(app, overview, rules)}
        <a class="card link-card" href=Route::Operator(route::Desk::Goods).to_string() data-testid="to-desk-goods">
            {app.say(goods::AT_DESK)} <span aria-hidden="true">"›"</span>
        </a>
        <a class="card link-card" href=Route::Operator(route::Desk::Applications).to_string() data-testid="to-applications">
            {app.say(applications::APPLICATIONS)} <span aria-hidden="true">"›"</span>
        </a>
        {is_operator.then(|| {
            view! { <div class="columns">{price(app, overview.price)} {close(app, overview.day, overview.price)}</div> }.into_any()
        })}
        {last_close(app, overview)}
        {table::download(app, "/v1/reports", "reports")}
    }
    .into_any()
}

fn supply(app: App, overview: &Overview, rules: &RuleSet) -> AnyView {
    let supply = &overview.supply;
    view! {
        <section class="card">
            {ui::heading(app, t::SUPPLY)}
            {whereabouts::whereabouts(app, &overview.supply, rules.supply_cap)}
            <dl class="sums">
                {ui::figure(app, home::PRICE, "price", &overview.price, Some(frame::YUAN))}
                {ui::figure(app, t::ISSUED, "issued", &supply.issued, None)}
                {ui::figure(app, t::CAP, "cap", &rules.supply_cap, None)}
                {ui::figure(app, t::HELD, "held", &supply.held, None)}
                {ui::figure(app, t::POOL, "pool", &supply.pool, None)}
                {ui::figure(app, t::ESCROW, "escrow", &supply.escrow, None)}
                {ui::figure(app, t::TREASURY, "treasury", &supply.treasury, None)}
                {ui::figure(app, t::BURNED, "burned", &supply.burned, None)}
            </dl>
        </section>
    }
    .into_any()
}

/// The figures of the last closed day.
fn last_close(app: App, overview: &Overview) -> AnyView {
    let Some(last) = overview.days.last() else { return ().into_any() };
    view! {
        <section class="card" data-testid="last-close" data-day=last.day.to_string()>
            <h2>{app.say(t::LAST_CLOSE)} " " <time>{last.day.to_string()}</time></h2>
            <dl class="sums">
                {ui::figure(app, t::TURNOVER, "last-turnover", &last.turnover, Some(frame::YUAN))}
                {ui::figure(app, t::RELEASED, "last-released", &last.released, None)}
                {ui::figure(app, home::PRICE, "last-price", &last.price, Some(frame::YUAN))}
            </dl>
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

fn close(app: App, day: Day, price: Price) -> AnyView {
    let action = Action::close_day(day, price);
    view! {
        <section class="card form">
            {ui::heading(app, actions::CLOSE_DAY)}
            {ui::note(app, actions::CLOSE_DAY_NOTE)}
            <button type="button" class="primary" data-testid="close-day"
                on:click=move |_| app.asked.set(Some(action.clone()))>
                {app.say(actions::CLOSE_DAY)} " " {day.to_string()}
            </button>
        </section>
    }
    .into_any()
}
