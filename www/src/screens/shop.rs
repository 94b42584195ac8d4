//! What a merchant's own account shows at its counter: how to open a shop, and how many concessions its points cover.

use gongxiang::identity::{Id, Region};
use leptos::prelude::*;

use super::action_form::{ask, submit};
use super::answer::{asked, opened};
use super::{applying, worth};
use crate::action::Action;
use crate::figure::{money, number};
use crate::reactive::memo;
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{actions as t, frame};
use crate::ui;
use crate::wallet::Wallet;

/// Ten yuan, in cents: the concession of a typical order.
const TYPICAL_CENTS: i128 = 1_000;

/// The way for a member to a shop of its own: by itself, or by an application where the scheme asks for one.
pub fn opening(app: App, me: &Id) -> AnyView {
    let applies = app.session.with_untracked(|session| session.as_ref().is_some_and(|session| session.shop_approval));
    view! {
        <section class="member"><h1>{app.say(t::SHOP)}</h1></section>
        {ui::empty(app, "no-shop", t::NO_SHOP)}
        {if applies { applying::applying(app, me) } else { form(app, me) }}
    }
    .into_any()
}

fn form(app: App, me: &Id) -> AnyView {
    let me = me.clone();
    let region = RwSignal::new(String::new());
    let action = memo(move || Region::parse(region.read().trim()).map(|region| Action::open_shop(&me, region)));
    view! {
        <form class="card form" on:submit=ask(app, action)>
            {ui::heading(app, t::OPEN_SHOP)}
            {ui::note(app, t::OPEN_SHOP_NOTE)}
            {ui::field(app, "region", t::SHOP_REGION, "numeric", region, ui::region_error(app, region))}
            {ui::regions(app, "region")}
            {submit(app, action)}
        </form>
    }
    .into_any()
}

/// The points of a shop beside its deposit, and the concessions that they cover.
pub fn working(app: App, shop: Id) -> AnyView {
    asked(app, move || opened(app, shop.clone()), move |wallet| shown(app, &wallet))
}

fn shown(app: App, wallet: &Wallet) -> AnyView {
    let points = wallet.mine.points;
    let deposit = wallet.rules.merchant_deposit.points_ceil(wallet.price).unwrap_or_default();
    let short = points < deposit;
    // In percent of the deposit, at most 100.
    let reached = points.raw().saturating_mul(100).checked_div(deposit.raw()).unwrap_or(100).clamp(0, 100);
    let covers = wallet.worth;
    let missing = wallet.rules.merchant_deposit.minus(covers).unwrap_or_default();
    view! {
        <section class="card" data-testid="shop">
            <div class="fixed">
                {ui::heading(app, t::WORKING)}
                {short.then(|| view! { <span class="tag bad">{app.say(t::BELOW_DEPOSIT)}</span> }.into_any())}
            </div>
            <p class="mid" data-testid="working" data-value=points.to_string()>{number(&points)}</p>
            <meter class="reach" min="0" max="100" value=reached.to_string() aria-label=app.say(t::DEPOSIT)></meter>
            <dl class="sums">
                {ui::figure(app, t::DEPOSIT, "deposit", &deposit, None)}
                {short.then(|| ui::sum(app, t::MISSING, "missing", missing))}
                <div data-testid="covers" data-value=covers.to_string()>
                    <dt>{app.say(t::COVERS)}</dt>
                    <dd>{ui::amount(app, money(covers), frame::YUAN)}</dd>
                </div>
                {ui::figure(app, t::COVERS_ORDERS, "covers-orders", &(covers.raw() / TYPICAL_CENTS), None)}
            </dl>
            {worth::basis(app, wallet.price, wallet.rules.price_policy)}
            {short.then(|| view! { <p class="note" data-testid="below-deposit">{app.say(t::BELOW_DEPOSIT_NOTE)}</p> }.into_any())}
            {ui::note(app, t::SHOP_NOTE)}
            <a class="secondary" href=Route::Member(wallet.member.clone(), MemberScreen::Market).to_string()
                data-testid="buy-points">{app.say(t::BUY_POINTS)}</a>
        </section>
    }
    .into_any()
}
