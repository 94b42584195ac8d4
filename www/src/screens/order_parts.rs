//! The picture of an order: its dates, and where its points and share value go. It shows no more of others than the answer on the order.

use gongxiang::identity::{Day, Id};
use gongxiang::order::{Order, OrderState};
use gongxiang::receipt::{Amount, RewardKind, Rule};
use leptos::prelude::*;

use super::named;
use crate::api::{Item, Session};
use crate::figure::number;
use crate::order_parts::{self, OrderParts, Part, Receiver, raw};
use crate::query::{Query, Remote, fetch};
use crate::state::App;
use crate::text::{self, Words, calculator as c, orders as t, summary};
use crate::ui;

/// The width of the picture.
const WIDTH: i128 = 1_000;
/// Between two parts of it.
const GAP: i128 = 14;

/// The card of an order. `me` is its buyer or its shop; `has_statement` says whether who is signed in may read the statement of `me`, from
/// which the days of refunds are: the order itself does not have them.
pub fn card(app: App, me: &Id, order: &Item<Order>, has_statement: bool) -> AnyView {
    // Whoever sees everything sees each reward.
    let is_whole = app.session.with_untracked(|session| session.as_ref().is_some_and(Session::is_operator));
    let Item { id, value } = order;
    let Ok(parts) = OrderParts::of(value, is_whole) else { return ().into_any() };
    let late = parts.has_vested && value.left != value.left_at_vesting;
    let value_title = if is_whole { t::BRINGS_VALUE } else { t::SEEN_VALUE };
    view! {
        <section class="card parts" data-testid="order-parts" data-whole=is_whole.to_string()>
            {ui::heading(app, t::PARTS)}
            {stages(app, me, id, value, parts.has_vested, has_statement)}
            {flow(app, me, "parts-points", t::SHOP_PAID, &parts.points)}
            {(value.state == OrderState::Pending).then(|| ui::note(app, t::HELD_NOTE))}
            {late.then(|| ui::note(app, t::BACK_NOTE))}
            {flow(app, me, "parts-share-value", value_title, &parts.share_value)}
            {(!is_whole).then(|| ui::note(app, t::OTHERS_NOTE))}
        </section>
    }
    .into_any()
}

/// The dates of an order, in their order.
fn stages(app: App, me: &Id, id: &Id, order: &Order, has_vested: bool, has_statement: bool) -> AnyView {
    let stage = |words: Words, name: &'static str, is_over: bool, days: AnyView| {
        view! { <li class:over=is_over data-testid="stage" data-stage=name><b>{app.say(words)}</b> {days}</li> }
            .into_any()
    };
    let time = |day: Day| view! { <time>{day.to_string()}</time> }.into_any();
    let vests = match order.state {
        OrderState::Vested(day) => Some(stage(t::VESTED, "vested", true, time(day))),
        OrderState::Pending => order.due.map(|day| stage(t::ARRIVES, "due", false, time(day))),
        OrderState::Refunded => order.due.filter(|_| has_vested).map(|day| stage(t::VESTED, "vested", true, time(day))),
    };
    let is_all = order.state == OrderState::Refunded;
    let refund = (is_all || order.left != order.concession).then(|| {
        let words = if is_all { t::REFUNDED } else { t::PART_REFUNDED };
        let days = has_statement.then(|| refund_days(me, id, order.day));
        stage(words, "refunded", true, days.into_any())
    });
    view! {
        <ol class="stages" aria-label=app.say(t::STAGES)>
            {stage(t::STAGE_PLACED, "placed", true, time(order.day))}
            {vests}
            {refund}
        </ol>
    }
    .into_any()
}

/// The days on which the order was refunded, as far as `me` has them in its statement.
fn refund_days(me: &Id, order: &Id, placed: Day) -> AnyView {
    let (me, order) = (me.clone(), order.clone());
    let found: Query<Vec<Day>> = fetch(move || {
        let (me, order) = (me.clone(), order.clone());
        async move { order_parts::refund_days(&me, &order, placed).await }
    });
    let shown = move || match &*found.state.read() {
        Remote::Ready(days) => {
            days.iter().map(|day| view! { <time>{day.to_string()}</time> }.into_any()).collect::<Vec<_>>()
        }
        Remote::Loading | Remote::Failed(_) => Vec::new(),
    };
    view! { {shown} }.into_any()
}

/// A sum above, its parts below, and bands between them; under the picture the parts by name.
fn flow(app: App, me: &Id, id: &'static str, title: Words, parts: &[Part]) -> AnyView {
    let Some(sum) = order_parts::sum(parts) else { return ().into_any() };
    let lines: Vec<_> = parts.iter().map(|part| line(app, me, part, sum)).collect();
    view! {
        <figure data-testid=id data-value=sum.to_string()>
            <figcaption>{app.say(title)} " " <b>{number(&sum)}</b></figcaption>
            {picture(parts, raw(sum))}
            <ul>{lines}</ul>
        </figure>
    }
    .into_any()
}

/// The colour of a part.
const fn class(to: &Receiver) -> &'static str {
    match to {
        Receiver::Member(_, RewardKind::Consumption) => "of-held",
        Receiver::Member(_, RewardKind::Sale) => "of-sale",
        Receiver::Member(_, RewardKind::Service) => "of-pool",
        Receiver::Member(_, RewardKind::Area) => "of-treasury",
        Receiver::Member(_, RewardKind::MerchantShare) => "of-brought",
        Receiver::Member(..) => "of-escrow",
        Receiver::Burned => "of-burned",
        Receiver::Others => "of-others",
        Receiver::Shop => "of-back",
    }
}

fn picture(parts: &[Part], sum: i128) -> AnyView {
    let gaps = parts.iter().skip(1).map(|_| GAP).sum::<i128>();
    let at = |raw: i128| raw.saturating_mul(WIDTH - gaps).checked_div(sum).unwrap_or_default();
    let (mut before, mut gap) = (0_i128, 0);
    let mut drawn = Vec::new();
    for part in parts {
        let back = raw(part.back);
        for (class, raw) in [(class(&part.to), raw(part.amount) - back), ("of-back", back)] {
            let from = at(before);
            before = before.saturating_add(raw);
            let width = at(before) - from;
            if width > 0 {
                drawn.push(band(class, gaps / 2 + from, gap + from, width));
            }
        }
        gap += GAP;
    }
    view! { <svg class="bands" viewBox="0 0 1000 60" preserveAspectRatio="none" aria-hidden="true">{drawn}</svg> }
        .into_any()
}

/// A part in the sum above, in the row below, and the band between them.
fn band(class: &'static str, above: i128, below: i128, width: i128) -> AnyView {
    let (above_end, below_end) = (above + width, below + width);
    let path = format!(
        "M{above} 10C{above} 32 {below} 28 {below} 50L{below_end} 50C{below_end} 28 {above_end} 32 {above_end} 10Z"
    );
    view! {
        <rect class=class x=above.to_string() width=width.to_string() height="10"></rect>
        <path class=format!("{class} band") d=path></path>
        <rect class=class x=below.to_string() y="50" width=width.to_string() height="10"></rect>
    }
    .into_any()
}

/// A part by its name: how much, what part of the sum, and what of it was taken back.
fn line(app: App, me: &Id, part: &Part, sum: Amount) -> AnyView {
    let Part { to, amount, back } = part;
    let tenths = raw(*amount).saturating_mul(1_000).checked_div(raw(sum)).unwrap_or_default();
    let (who, name) = match to {
        Receiver::Member(id, kind) => {
            let kind = *kind;
            let you = (id == me).then(|| view! { <span class="tag">{app.say(c::YOU)}</span> " " }.into_any());
            let what = move || text::rule(app.lang(), Rule::Reward(kind));
            (view! { {named::plain(app, id)} " " {you} <small>{what}</small> }.into_any(), id.to_string())
        }
        Receiver::Burned => (view! { {app.say(t::TO_BURN)} }.into_any(), "burned".to_owned()),
        Receiver::Others => (view! { {app.say(t::TO_REST)} }.into_any(), "others".to_owned()),
        Receiver::Shop => (view! { {app.say(summary::SHOP_GETS_BACK)} }.into_any(), "shop".to_owned()),
    };
    let is_taken = raw(*back) > 0 && *to != Receiver::Shop;
    let taken =
        is_taken.then(|| view! { <small class="below">{app.say(t::BACK)} " " {number(back)}</small> }.into_any());
    view! {
        <li data-testid="part" data-to=name data-value=amount.to_string() data-back=back.to_string()>
            <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true"><rect class=class(to) width="12" height="12"></rect></svg>
            <span class="what">{who}</span>
            <span class="gets">
                {number(amount)} " " <small>{format!("{}.{}%", tenths / 10, tenths % 10)}</small>
                {taken}
            </span>
        </li>
    }
    .into_any()
}
