//! The last 30 days of the overview as bars: one figure at a time.

use gongxiang::quantity::Points;
use leptos::prelude::*;

use super::overview_figures::income;
use crate::overview::{ClosedFigures, Overview};
use crate::state::App;
use crate::text::{operator, overview as t};
use crate::ui::{self, Series};

#[derive(Clone, Copy, PartialEq)]
enum Trend {
    Turnover,
    Released,
    Burned,
    Goods,
    Joined,
    Income,
}

/// A bar for each closed day.
pub fn trends(app: App, overview: &Overview) -> AnyView {
    if overview.days.is_empty() {
        return ui::empty(app, "none-closed", operator::NONE_CLOSED);
    }
    let choices = vec![
        (Trend::Turnover, "trend-turnover", t::BY_TURNOVER),
        (Trend::Released, "trend-released", t::BY_RELEASED),
        (Trend::Burned, "trend-burned", t::BY_BURNED),
        (Trend::Goods, "trend-goods", t::BY_GOODS),
        (Trend::Joined, "trend-joined", t::BY_JOINED),
        (Trend::Income, "trend-income", t::BY_INCOME),
    ];
    let words = choices.iter().map(|(trend, _, words)| (*trend, *words)).collect::<Vec<_>>();
    let shown = RwSignal::new(Trend::Turnover);
    let days = overview.days.clone();
    let along: Vec<_> = days.iter().map(|closed| closed.day.to_string()).collect();
    let chart = move || {
        let trend = shown.get();
        let words = words.iter().find(|(of, _)| *of == trend).map_or(t::TRENDS, |(_, words)| *words);
        let name = words.of(app.lang());
        let values = values(&days, trend);
        let summary = format!("{name}: {}", values.last().cloned().unwrap_or_default());
        ui::bars("trend", summary, &along, Series { name, values })
    };
    view! {
        <section class="card" data-testid="trends">
            {ui::heading(app, t::TRENDS)}
            {ui::segments(app, shown, t::TRENDS, choices)}
            {move || chart()}
        </section>
    }
    .into_any()
}

/// The figure of each day. What a day burned is the difference to the day before; nothing is known of the first.
fn values(days: &[ClosedFigures], trend: Trend) -> Vec<String> {
    let burned = |at: usize, day: &ClosedFigures| {
        let before = at.checked_sub(1).and_then(|before| days.get(before)?.burned);
        before.zip(day.burned).and_then(|(before, now)| now.minus(before).ok()).unwrap_or(Points::ZERO)
    };
    let value = |(at, day): (usize, &ClosedFigures)| match trend {
        Trend::Turnover => day.turnover.to_string(),
        Trend::Released => day.released.to_string(),
        Trend::Burned => burned(at, day).to_string(),
        Trend::Goods => day.report.redeemed.minus(day.report.redemptions_cancelled).unwrap_or(Points::ZERO).to_string(),
        Trend::Joined => day.report.registered.to_string(),
        Trend::Income => income(&day.report).to_string(),
    };
    days.iter().enumerate().map(value).collect()
}
