//! The chart of a member's home: the balance, the share value, all share value, or the member's part of it, day by day.

use std::collections::BTreeMap;
use std::sync::Arc;

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::Points;
use gongxiang::receipt::{Amount, Rule};
use gongxiang::statement::{History, HistoryRow, StatementDay};
use leptos::prelude::*;

use crate::figure;
use crate::history::Past;
use crate::state::App;
use crate::text::{Words, home as t};
use crate::ui::{self, Marks, Series};

/// The line that the chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Curve {
    Points,
    ShareValue,
    Total,
    /// The member's part of all share value, in percent.
    Part,
}

/// What the chart calls a kind of fall, and whether a rule is of it.
type Fall = (Words, fn(Rule) -> bool);

/// What takes points off the balance beside the orders of one's own shop.
const FALLS: [Fall; 3] = [
    (t::FELL_SOLD, |rule| matches!(rule, Rule::Offer | Rule::Trade)),
    (t::FELL_TRANSFERRED, |rule| rule == Rule::Transfer),
    (t::FELL_REDEEMED, |rule| rule == Rule::Redemption),
];

/// The points that left the balance on each day by one kind of [`FALLS`].
fn fallen(me: &Id, history: &History, is_meant: fn(Rule) -> bool) -> BTreeMap<Day, Points> {
    let mut sums = BTreeMap::<Day, Points>::new();
    for row in &history.rows {
        if let HistoryRow::Posting(booked) = row
            && let Amount::Points(points) = booked.posting.amount
            && is_meant(booked.posting.rule)
            && !booked.is_gain(me)
        {
            let sum = sums.entry(booked.day).or_default();
            *sum = sum.plus(points).unwrap_or(*sum);
        }
    }
    sums
}

/// The days on which the balance fell, at the balance of their end. Each says by how many points.
fn falls(app: App, days: &[StatementDay], fallen: &[(Words, BTreeMap<Day, Points>)]) -> Vec<Marks> {
    let of = |(words, sums): &(Words, BTreeMap<Day, Points>)| {
        let at = |read: &dyn Fn(&StatementDay, Points) -> String| {
            days.iter().map(|day| sums.get(&day.day).map(|sum| read(day, *sum)).unwrap_or_default()).collect::<Vec<_>>()
        };
        let values = at(&|day, _| day.state.points.to_string());
        let says = at(&|_, sum| format!("-{sum}"));
        let is_any = values.iter().any(|value| !value.is_empty());
        is_any.then(|| Marks { series: Series { name: words.of(app.lang()), values }, says })
    };
    fallen.iter().filter_map(of).collect()
}

pub fn course(app: App, me: &Id, past: &Arc<Past>) -> AnyView {
    let past = Arc::clone(past);
    if past.history.days.len() < 2 {
        return ().into_any();
    }
    let fallen = FALLS.map(|(words, is_meant)| (words, fallen(me, &past.history, is_meant)));
    let shown = RwSignal::new(Curve::Points);
    let range = RwSignal::new(usize::MAX);
    let drawn = move || {
        let days = &past.history.days;
        let from = days.len().saturating_sub(range.get());
        let latest = days.get(from..).unwrap_or_default();
        let (words, read): (Words, fn(&StatementDay) -> String) = match shown.get() {
            Curve::Points => (t::POINTS, |day| day.state.points.to_string()),
            Curve::ShareValue => (t::SHARE_VALUE, |day| day.state.share_value.to_string()),
            Curve::Total => (t::TOTAL, |day| day.total.to_string()),
            Curve::Part => (t::PART_PERCENT, |day| figure::part(day.before, day.total).unwrap_or_else(|| "0".into())),
        };
        let along: Vec<_> = latest.iter().map(|day| day.day.to_string()).collect();
        let values: Vec<_> = latest.iter().map(read).collect();
        let end = |at: Option<&String>| at.cloned().unwrap_or_default();
        let name = words.of(app.lang());
        let summary = format!(
            "{name}: {} {} {}, {} {} {}",
            t::FROM.of(app.lang()),
            end(along.first()),
            end(values.first()),
            t::TO.of(app.lang()),
            end(along.last()),
            end(values.last())
        );
        let marks = if shown.get() == Curve::Points { falls(app, latest, &fallen) } else { Vec::new() };
        ui::marked_chart("course", summary, &along, Series { name, values }, &marks)
    };
    view! {
        <section class="card course">
            <div class="tools">
                {ui::heading(app, t::COURSE)}
                {ui::segments(app, shown, t::SERIES, vec![
                    (Curve::Points, "course-points", t::POINTS),
                    (Curve::ShareValue, "course-share-value", t::SHARE_VALUE),
                    (Curve::Total, "course-total", t::TOTAL),
                    (Curve::Part, "course-part", t::PART_PERCENT),
                ])}
                {ui::segments(app, range, t::RANGE, vec![
                    (30, "range-30", t::RANGE_30),
                    (90, "range-90", t::RANGE_90),
                    (usize::MAX, "range-all", t::RANGE_ALL),
                ])}
            </div>
            {move || drawn()}
        </section>
    }
    .into_any()
}
