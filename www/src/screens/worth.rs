//! What stands beside every value in yuan: the price behind it, when that price falls, its history, and how much could
//! be used if the scheme ended today.

use std::sync::Arc;

use gongxiang::absorption::{ABSORPTION_DAYS, Absorption};
use gongxiang::identity::Day;
use gongxiang::quantity::{Points, Price};
use gongxiang::ruleset::{PricePolicy, Redemption};
use leptos::prelude::*;
use serde_json::Value;
use web_sys::Element;

use super::answer::asked;
use crate::api::{self, Fault, field};
use crate::figure::{self, money, number};
use crate::state::App;
use crate::text::{Words, frame, home, trades as w, worth as t};
use crate::trade::TradeTerms;
use crate::ui::{self, Marks, Series};
use crate::wallet::Wallet;

/// What a worth at today's price rests on: a sentence that opens.
pub fn basis(app: App, price: Price, policy: PricePolicy) -> AnyView {
    basis_in(app, price, falls(policy))
}

/// When the price falls.
pub const fn falls(policy: PricePolicy) -> Words {
    match policy {
        PricePolicy::Turnover => t::FALLS_TURNOVER,
        PricePolicy::Market => t::FALLS_MARKET,
        PricePolicy::Operator => t::FALLS_OPERATOR,
    }
}

/// [`basis`] in the words of [`falls`].
pub fn basis_in(app: App, price: Price, falls: Words) -> AnyView {
    toggle(app, price, t::AT_PRICE, view! { {number(&price)} " " {app.say(falls)} }.into_any())
}

/// The same of worths at the prices of their days.
pub fn basis_then(app: App, price: Price) -> AnyView {
    toggle(app, price, home::AT_PRICE_THEN, view! { {app.say(t::FALLS_THEN)} }.into_any())
}

fn toggle(app: App, price: Price, title: Words, why: AnyView) -> AnyView {
    view! {
        <details class="basis" data-testid="basis" data-price=price.to_string()>
            <summary>{app.say(title)} <span aria-hidden="true">"ⓘ"</span></summary>
            <p class="note">{why}</p>
        </details>
    }
    .into_any()
}

/// The price of each closed day and of today, with its change over the days that are shown, and the member's own trades, which come newest
/// first.
pub fn prices(app: App, wallet: &Wallet, trades: Box<dyn Fn() -> Vec<TradeTerms> + Send>) -> AnyView {
    let (open, now) = (wallet.day, wallet.price);
    let mut all: Vec<_> = app.days.with_value(|days| {
        days.iter().filter(|record| record.day < open).map(|record| (record.day, record.price)).collect()
    });
    all.push((open, now));
    if all.len() < 2 {
        return ().into_any();
    }
    let range = RwSignal::new(30_usize);
    let drawn = move || {
        // So many closed days, and today.
        let shown = all.get((all.len() - 1).saturating_sub(range.get())..).unwrap_or_default();
        let (first, then) = *shown.first()?;
        let change = figure::change(then, now)?;
        let along: Vec<_> = shown.iter().map(|(day, _)| day.to_string()).collect();
        let values = shown.iter().map(|(_, price)| price.to_string()).collect();
        let name = home::PRICE.of(app.lang());
        let of_member = trades();
        let own = |buys: bool, name: Words| {
            // Of one day, the last.
            let on = |day: Day| of_member.iter().find(|own| own.is_done() && own.buys == buys && own.day == day);
            let values: Vec<_> = shown
                .iter()
                .map(|(day, _)| on(*day).map(|own| own.unit_price.to_string()).unwrap_or_default())
                .collect();
            let series = Series { name: name.of(app.lang()), values };
            series.values.iter().any(|value| !value.is_empty()).then(|| Marks { series, says: Vec::new() })
        };
        let marks: Vec<_> = [own(true, w::BOUGHT), own(false, w::SOLD)].into_iter().flatten().collect();
        let summary = format!("{}: {first} {then}, {open} {now}, {change}", t::PRICES.of(app.lang()));
        Some(
            view! {
                <p data-testid="price-change" data-since=first.to_string() data-from=then.to_string()>
                    {app.say(t::CHANGE)} " " <b class="num" data-testid="change">{change}</b> " "
                    <small>{app.say(t::SINCE)} " " <time>{first.to_string()}</time></small>
                </p>
                {ui::marked_chart("prices", summary, &along, Series { name, values }, &marks)}
            }
            .into_any(),
        )
    };
    view! {
        <section class="card course" data-testid="price-history">
            <div class="tools">
                {ui::heading(app, t::PRICES)}
                {ui::segments(app, range, t::RANGE, vec![(30, "prices-30", t::DAYS_30), (usize::MAX, "prices-all", t::ALL)])}
            </div>
            {move || drawn()}
        </section>
    }
    .into_any()
}

/// What was burned until the day before the closed days that are looked at, and for each of them until its end, with its price. Fewer
/// than [`ABSORPTION_DAYS`] where the book is young, or a version before stored no figure.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Burned {
    before: Points,
    days: Vec<(Points, Price)>,
}

impl Burned {
    /// Of the day before them and these days, each with what is known; oldest first.
    fn of(rows: &[(Option<Points>, Price)]) -> Self {
        let (before, days) = match rows.len().checked_sub(ABSORPTION_DAYS) {
            // With as many days as that, nothing is before the first: the book begins with it.
            Some(0) => (Some(Points::ZERO), rows),
            Some(earlier) => {
                (rows.get(earlier - 1).and_then(|(burned, _)| *burned), rows.get(earlier..).unwrap_or_default())
            }
            None => (None, rows),
        };
        let known: Option<Vec<_>> = days.iter().map(|(burned, price)| Some(((*burned)?, *price))).collect();
        before.zip(known).map(|(before, days)| Self { before, days }).unwrap_or_default()
    }
}

async fn burned(wallet: Arc<Wallet>) -> Result<Burned, Fault> {
    // The day before the first of them is asked for too, and `after` is the one before that.
    let after = (0..=ABSORPTION_DAYS + 1).try_fold(wallet.day, |day, _| day.previous());
    let after = after.map(|day| format!("&after={day}")).unwrap_or_default();
    let limit = ABSORPTION_DAYS + 1;
    let page = Box::pin(api::get_value_or_kept(&format!("/v1/days?limit={limit}{after}"))).await?.value;
    let rows = page.get("days").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
    let row = |row: &Value| {
        Ok::<_, Fault>((row.get("burned").map(|_| field(row, "burned")).transpose()?, field(row, "price")?))
    };
    Ok(Burned::of(&rows.iter().map(row).collect::<Result<Vec<_>, _>>()?))
}

/// What the last closed days absorbed, and what that makes of the member's worth.
pub fn ended(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let opened = RwSignal::new(false);
    let wallet = Arc::clone(wallet);
    let content = move || {
        opened.get().then(|| {
            let (asks, of) = (Arc::clone(&wallet), Arc::clone(&wallet));
            asked(app, move || burned(Arc::clone(&asks)), move |burned| absorbed(app, &of, &burned))
        })
    };
    view! {
        <details class="card" data-testid="ended" on:toggle=move |event| {
            opened.set(event_target::<Element>(&event).has_attribute("open"));
        }>
            <summary data-testid="ended-open">{app.say(t::ENDED)}</summary>
            {content}
        </details>
    }
    .into_any()
}

fn absorbed(app: App, wallet: &Wallet, burned: &Burned) -> AnyView {
    let none = |why: Words| ui::empty(app, "ended-none", why);
    if burned.days.len() < ABSORPTION_DAYS {
        return none(t::FEW_DAYS);
    }
    let supply = wallet.supply;
    let figures = || {
        let held = supply.held.plus(supply.pool)?.plus(supply.escrow)?;
        let Some(week) = Absorption::of(burned.before, &burned.days)? else { return Ok(None) };
        let soon = week.worth_soon(wallet.mine.points, held, wallet.price)?;
        Ok::<_, gongxiang::quantity::OutOfRange>(Some((week, held, soon, week.worth_daily()?, week.days_until(held)?)))
    };
    let (week, held, soon, worth, days) = match figures() {
        Ok(Some(figures)) => figures,
        Ok(None) => return none(t::NOTHING),
        Err(_) => return none(t::TOO_MUCH),
    };
    view! {
        <p>{app.say(t::SOON)}</p>
        <p class="mid" data-testid="ended-soon" data-value=soon.to_string()>
            {ui::amount(app, money(soon), frame::YUAN)} " "
            <small>{app.say(t::OF_WORTH)} " " {money(wallet.worth)} " " {app.say(frame::YUAN)}</small>
        </p>
        <dl class="sums">
            {ui::figure(app, t::DAILY, "ended-daily", &week.points_daily(), None)}
            <div data-testid="ended-worth" data-value=worth.to_string()>
                <dt>{app.say(t::DAILY_WORTH)}</dt>
                <dd>{ui::amount(app, money(worth), frame::YUAN)}</dd>
            </div>
            {ui::figure(app, t::HELD, "ended-held", &held, None)}
            {ui::figure(app, t::DAYS_UNTIL, "ended-days", &days, None)}
        </dl>
        {ui::note(app, t::ENDED_NOTE)}
        {(wallet.rules.redemption == Redemption::Treasury).then(|| ui::note(app, t::GOODS_KEPT))}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_days_and_the_one_before_are_looked_at_or_the_first_seven_of_the_book() {
        let price = Price::parse("1").expect("a price");
        let known = |burned: i128| (Some(Points::from_raw(burned)), price);
        let rows: Vec<_> = (1..=8).map(known).collect();
        let of = Burned::of(&rows);
        assert_eq!((of.before.raw(), of.days.len()), (1, 7));
        let first = Burned::of(&rows[1..]);
        assert_eq!((first.before.raw(), first.days.len()), (0, 7), "the book begins with the first of seven");
        assert_eq!(Burned::of(&rows[2..]), Burned::default(), "six are too few");
        let mut old = rows;
        old[0].0 = None;
        assert_eq!(Burned::of(&old), Burned::default(), "what was burned before is not known");
    }
}
