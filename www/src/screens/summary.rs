//! The summary at the top of the sheet: how much, to whom, what it is worth, what remains, and when it arrives.

use gongxiang::event::Event;
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Points, Price};
use gongxiang::receipt::{Amount, Party, Posting, Receipt, Rule};
use leptos::prelude::*;

use super::named;
use super::worth;
use crate::action::{Action, Mine};
use crate::api::{Close, Item};
use crate::counter::points_of_part;
use crate::figure::{money, number};
use crate::order::TO_BE_MADE;
use crate::state::App;
use crate::text::{Words, calculator as c, counter, frame, home, orders as o, summary as t};
use crate::ui;

/// The summary of an action as it is foreseen, or as it was settled; nothing for an action that its title says already.
pub fn summary(
    app: App,
    action: &Action,
    receipt: &Receipt,
    mine: Option<&Mine>,
    close: Option<&Close>,
    is_settled: bool,
) -> Option<AnyView> {
    let (chief, mut rows) = facts(app, action, receipt, is_settled)?;
    if let Some(Close { orders, price }) = close {
        rows.push(row(app, t::VESTING, "vesting", number(orders)));
        let old = action.replaces().map(|old| view! { {number(old)} " → " }.into_any());
        rows.push(row(
            app,
            t::NEXT_PRICE,
            "price",
            view! { {old} {ui::amount(app, number(price), frame::YUAN)} }.into_any(),
        ));
    }
    let mut basis = None;
    if let (Some(mine), Some(me)) = (mine, &action.member) {
        let after = mine.after(receipt, me);
        if let Event::PointsTransferred { points: amount, .. } | Event::PointsRedeemed { points: amount, .. } =
            action.event()
        {
            rows.extend(yuan(app, *amount, mine.price).map(|worth| row(app, t::WORTH, "worth", worth)));
            basis = action.basis.map(|falls| worth::basis_in(app, mine.price, falls));
        }
        if receipt.postings.iter().any(|posting| is_points(posting) && (posting.from.is(me) || posting.to.is(me))) {
            rows.extend(after.map(|after| row(app, t::AFTER, "after", points(app, after))));
        }
    }
    Some(
        view! {
            <section class="summary" data-testid="summary">
                {chief.map(|chief| view! { <p class="big">{chief}</p> }.into_any())}
                <dl class="sums">{rows}</dl>
                {nothing_for_buyer(app, action, receipt)}
                {basis}
            </section>
        }
        .into_any(),
    )
}

/// Said of an order that brings its buyer nothing, so that the buyer hears it at the till.
pub fn nothing_for_buyer(app: App, action: &Action, receipt: &Receipt) -> Option<AnyView> {
    let (Event::OrderPlaced(order), Some(quote)) = (action.event(), &receipt.order) else { return None };
    let is_nothing = quote.rewards.iter().all(|reward| reward.member != order.buyer);
    is_nothing.then(|| {
        view! { <p class="notice" data-testid="nothing-for-buyer">{app.say(counter::NOTHING_FOR_BUYER)}</p> }.into_any()
    })
}

/// No rule takes a fee for moving points. People ask, so the sheet says it.
pub fn no_fee(app: App) -> AnyView {
    row(app, t::FEE, "fee", view! { {app.say(t::NO_FEE)} }.into_any())
}

fn is_points(posting: &Posting) -> bool {
    matches!(posting.amount, Amount::Points(_))
}

/// The chief figure if there is one, and the rows below it.
fn facts(app: App, action: &Action, receipt: &Receipt, is_settled: bool) -> Option<(Option<AnyView>, Vec<AnyView>)> {
    let at_once = || row(app, t::ARRIVES, "arrives", view! { {app.say(t::AT_ONCE)} }.into_any());
    Some(match action.event() {
        Event::PointsTransferred { to, points: amount, .. } => {
            (Some(points(app, *amount)), vec![row(app, t::TO, "to", named::member(app, to)), no_fee(app), at_once()])
        }
        Event::PointsRedeemed { points: amount, item, .. } => {
            let item = item.as_ref().map(|item| row(app, t::ITEM, "item", text(item.to_string())));
            (Some(points(app, *amount)), item.into_iter().chain([no_fee(app)]).collect())
        }
        // The sheet says it above, before and after it is confirmed (`trades::summary`).
        _ if action.deal().is_some() => (None, Vec::new()),
        Event::OrderPlaced(order) => {
            let mut rows = vec![
                row(app, c::BUYER, "buyer", named::member(app, &order.buyer)),
                row(app, c::CONCESSION_IS, "concession", ui::amount(app, money(order.concession), frame::YUAN)),
            ];
            if let Some(quote) = &receipt.order {
                rows.push(row(app, t::YOU_PAY, "pays", points(app, quote.points)));
                rows.extend(quote.due.map(|due| row(app, t::REWARDS_ON, "due", text(due.to_string()))));
            }
            (Some(ui::amount(app, money(order.amount), frame::YUAN)), rows)
        }
        Event::OrderRefunded { concession: part, .. } => {
            let Some(Item { id, value: order }) = action.order_of() else {
                // At the desk. What is refunded stands above.
                return receipt.unrecovered.map(|missing| (None, vec![not_recovered(app, missing)]));
            };
            let Order { merchant, left, state, .. } = order;
            // Nobody is shown what the receivers of an order that was paid out still have.
            let (gets_back, is_lost) = match state {
                OrderState::Vested(_) if !is_settled => (t::AT_MOST_BACK, t::AT_LEAST_LOST),
                _ => (t::SHOP_GETS_BACK, counter::LOST),
            };
            let back = sum_of(receipt, |posting| posting.to.is(merchant) && posting.rule != Rule::Release)?;
            let lost = points_of_part(order, part.unwrap_or(*left))?.minus(back).unwrap_or_default();
            let mut rows = vec![row(app, o::NUMBER, "order", named::number(id))];
            rows.push(row(app, gets_back, "back", points(app, back)));
            rows.extend(lost.is_positive().then(|| row(app, is_lost, "lost", points(app, lost))));
            rows.extend(receipt.unrecovered.map(|missing| not_recovered(app, missing)));
            (Some(ui::amount(app, money(part.unwrap_or(*left)), frame::YUAN)), rows)
        }
        Event::MerchantOpened { region, .. } => (Some(ui::place(app, &region.to_string())), Vec::new()),
        Event::PriceSet { price } => {
            let old = action.replaces().map(|old| row(app, t::NOW, "now", ui::amount(app, number(old), frame::YUAN)));
            (Some(ui::amount(app, number(price), frame::YUAN)), old.into_iter().collect())
        }
        Event::DayClosed { day } => {
            // What of it is credited to accounts on the way is a part of it.
            let released = sum_of(receipt, |posting| posting.rule == Rule::Release && posting.from == Party::Issuance)?;
            (Some(text(day.to_string())), vec![row(app, t::RELEASED, "released", points(app, released))])
        }
        Event::MemberRegistered { member, referrer: Some(referrer) } => {
            // Without an id of the form, the server makes one.
            let is_named = member.as_str() != TO_BE_MADE;
            let new = is_named.then(|| row(app, t::NEW_MEMBER, "member", named::member(app, member)));
            (None, new.into_iter().chain([row(app, t::REFERRER, "referrer", named::member(app, referrer))]).collect())
        }
        _ => return None,
    })
}

/// What a refund was to take back from those who got it, and could not. The server says it to the operator alone.
fn not_recovered(app: App, missing: Points) -> AnyView {
    row(app, t::NOT_RECOVERED, "unrecovered", points(app, missing))
}

/// The points of these postings.
fn sum_of(receipt: &Receipt, of: impl Fn(&Posting) -> bool) -> Option<Points> {
    let points = receipt.postings.iter().filter(|posting| of(posting)).filter_map(|posting| match posting.amount {
        Amount::Points(points) => Some(points),
        _ => None,
    });
    points.into_iter().try_fold(Points::ZERO, Points::plus).ok()
}

fn yuan(app: App, amount: Points, price: Price) -> Option<AnyView> {
    amount.worth_floor(price).ok().map(|worth| ui::amount(app, money(worth), frame::YUAN))
}

fn points(app: App, points: Points) -> AnyView {
    ui::amount(app, number(&points), home::POINTS)
}

fn text(text: String) -> AnyView {
    view! { <bdi>{text}</bdi> }.into_any()
}

fn row(app: App, name: Words, id: &'static str, value: AnyView) -> AnyView {
    view! { <div data-testid=format!("summary-{id}")><dt>{app.say(name)}</dt><dd>{value}</dd></div> }.into_any()
}
