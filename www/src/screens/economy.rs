//! The economy: the figures of past days, and scenarios that the rules compute here.

use std::sync::Arc;

use gongxiang::book::DayRecord;
use gongxiang::economy::{DayFigures, Run, Scenario, Turnover, simulate};
use gongxiang::quantity::{Money, Rate};
use gongxiang::ruleset::RuleSet;
use leptos::prelude::*;

use super::answer::asked;
use crate::api::{self, Fault};
use crate::figure::{grouped, money, number, percent};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, economy as t, frame};
use crate::ui::{self, Series};
use crate::wallet;

/// Limit of the points of a chart; more would not be visible.
const DRAWN: usize = 180;
/// One percent, as a raw rate with 8 places.
const PERCENT: i128 = 1_000_000;

/// The course of turnover.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    Flat,
    Crashing,
    Swinging,
}

/// Values of the sliders, in yuan, percent, people or days.
#[derive(Clone, Copy)]
struct ScenarioSliders {
    course: RwSignal<Course>,
    daily: RwSignal<i64>,
    growth: RwSignal<i64>,
    online: RwSignal<i64>,
    hold: RwSignal<i64>,
    redeem: RwSignal<i64>,
    joining: RwSignal<i64>,
    days: RwSignal<i64>,
}

pub fn screen(app: App) -> AnyView {
    let load = move || async move {
        let rules = api::rules().await?.value;
        let open = api::supply().await?.value.day;
        wallet::fetch_days(open, app.days).await?;
        Ok::<_, Fault>((Arc::new(rules), app.days.get_value()))
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, load, move |(rules, days)| view! { {so_far(app, &days)} {scenario(app, rules)} }.into_any())}
    }
    .into_any()
}

/// At most `DRAWN` items, evenly spaced, the last one included.
fn thinned<T>(all: &[T]) -> Vec<&T> {
    let step = all.len().div_ceil(DRAWN).max(1);
    let offset = all.len().saturating_sub(1) % step;
    all.iter().skip(offset).step_by(step).collect()
}

fn so_far(app: App, days: &[DayRecord]) -> AnyView {
    let Some(last) = days.last() else { return ui::empty(app, "no-days", t::NO_DAYS) };
    let drawn = thinned(days);
    let along: Vec<_> = drawn.iter().map(|record| record.day.to_string()).collect();
    let values = drawn.iter().map(|record| record.price.to_string()).collect();
    let summary = format!("{}: {} – {}", t::PRICE.of(app.lang()), days[0].price, last.price);
    let rows: Vec<_> = days
        .iter()
        .rev()
        .take(7)
        .map(|record| {
            view! {
                <tr>
                    <th scope="row"><time>{record.day.to_string()}</time></th>
                    <td>{number(&record.price)}</td>
                    <td>{money(record.turnover.unwrap_or_default())}</td>
                    <td>{number(&record.released)}</td>
                    <td>{number(&record.total)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <section class="card" data-testid="economy-so-far">
            <h2>{app.say(t::SO_FAR)} " · " {app.say(t::PRICE)}</h2>
            {ui::chart("price-so-far", summary, &along, &[Series { name: t::PRICE.of(app.lang()), values }])}
            <div class="scroll" tabindex="0" role="region" aria-label=app.say(t::SO_FAR)>
                {ui::table(app, "last-days", &[t::DAY, t::PRICE, t::TURNOVER, t::RELEASED, t::TOTAL], rows)}
            </div>
        </section>
    }
    .into_any()
}

impl ScenarioSliders {
    fn new() -> Self {
        Self {
            course: RwSignal::new(Course::Flat),
            daily: RwSignal::new(10_000),
            growth: RwSignal::new(0),
            online: RwSignal::new(50),
            hold: RwSignal::new(0),
            redeem: RwSignal::new(0),
            joining: RwSignal::new(0),
            days: RwSignal::new(365),
        }
    }

    fn scenario(self) -> Scenario {
        let rate = |percent: i64| Rate::checked_from_raw(i128::from(percent) * PERCENT).unwrap_or_default();
        let days = usize::try_from(self.days.get()).unwrap_or(365);
        let (crash, swing) = match self.course.get() {
            Course::Flat => (None, None),
            Course::Crashing => (Some((days / 2, rate(10))), None),
            Course::Swinging => (None, Some((90, rate(50)))),
        };
        let daily = Money::checked_from_raw(i128::from(self.daily.get()) * 100).unwrap_or_default();
        Scenario {
            days,
            turnover: Turnover::Steady { daily, growth_30d: rate(self.growth.get()), crash, swing },
            online: rate(self.online.get()),
            roles: true,
            partners: true,
            hold: rate(self.hold.get()),
            hold_days: days,
            // Held points cannot be redeemed.
            redeem: rate(self.redeem.get().min(100 - self.hold.get())),
            joining: u64::try_from(self.joining.get()).unwrap_or_default(),
            ..Scenario::default()
        }
    }
}

fn scenario(app: App, rules: Arc<RuleSet>) -> AnyView {
    let sliders = ScenarioSliders::new();
    let run = memo(move || simulate(&rules, &sliders.scenario(), &mut |_| true));
    let whole = |value: i64| format!("{value}%");
    view! {
        <div class="columns">
            <section class="card form">
                {ui::heading(app, t::SCENARIO)}
                {ui::note(app, t::SCENARIO_NOTE)}
                {ui::segments(app, sliders.course, t::KIND, vec![
                    (Course::Flat, "flat", t::FLAT),
                    (Course::Crashing, "crashing", t::CRASHING),
                    (Course::Swinging, "swinging", t::SWINGING),
                ])}
                {ui::slider(app, "daily", t::DAILY, sliders.daily, (500, 100_000, 500), |value| grouped(&value.to_string()))}
                {ui::slider(app, "growth", t::GROWTH, sliders.growth, (-30, 30, 1), whole)}
                {ui::slider(app, "online-part", t::ONLINE, sliders.online, (0, 100, 5), whole)}
                {ui::slider(app, "hold", t::HOLD, sliders.hold, (0, 90, 5), whole)}
                {ui::slider(app, "redeem", t::REDEEM, sliders.redeem, (0, 100, 5), whole)}
                {ui::slider(app, "joining", t::JOINING, sliders.joining, (0, 200, 1), |value| value.to_string())}
                {ui::slider(app, "days", t::DAYS, sliders.days, (30, 1_095, 5), |value| value.to_string())}
            </section>
            <section class="card" data-testid="scenario">
                {move || match &*run.read() {
                    Ok(run) => outcome(app, run),
                    Err(refusal) => view! {
                        <p class="refusal" role="alert" data-testid="scenario-refused">
                            {app.say(t::REFUSED)} " " {refusal.to_string()}
                        </p>
                    }
                    .into_any(),
                }}
            </section>
        </div>
    }
    .into_any()
}

fn outcome(app: App, run: &Run) -> AnyView {
    let drawn = thinned(&run.days);
    let along: Vec<_> = drawn.iter().map(|day| day.day.to_string()).collect();
    let line = |id: &'static str, name: Words, read: fn(&DayFigures) -> String| {
        let values: Vec<_> = drawn.iter().map(|day| read(day)).collect();
        let end = |value: Option<&String>| value.cloned().unwrap_or_default();
        let name = name.of(app.lang());
        let summary = format!("{name}: {} – {}", end(values.first()), end(values.last()));
        let series = Series { name, values };
        view! { <h3>{name}</h3> {ui::chart(id, summary, &along, &[series])} }.into_any()
    };
    let last = run.days.last().copied().unwrap_or_default();
    let totals = &run.totals;
    view! {
        {line("scenario-price", t::PRICE, |day| day.price.to_string())}
        {line("scenario-total", t::TOTAL, |day| day.total.to_string())}
        <dl class="sums">
            {ui::figure(app, t::LAST_PRICE, "last-price", &last.price, Some(frame::YUAN))}
            {ui::figure(app, t::LAST_TOTAL, "last-total", &last.total, None)}
            {ui::figure(app, t::MINTED, "minted", &totals.minted, None)}
            {ui::figure(app, t::CONVERTED, "converted", &totals.converted, None)}
            {ui::figure(app, t::BURNED, "burned", &totals.burned, None)}
            {ui::figure(app, t::EARLY_LATE, "early-late", &totals.early_late, None)}
            {ui::figure(app, t::GINI, "gini", &totals.gini, None)}
            {ui::figure_as(app, t::JOIN_INCOME, "join-income", &totals.income.joining, percent(totals.income.joining))}
        </dl>
        {cohorts(app, run)}
    }
    .into_any()
}

fn cohorts(app: App, run: &Run) -> AnyView {
    let rows: Vec<_> = run
        .cohorts
        .iter()
        .filter(|cohort| cohort.members > 0)
        .map(|cohort| {
            view! {
                <tr>
                    <th scope="row">{cohort.from_day.to_string()}</th>
                    <td>{number(&cohort.members)}</td>
                    <td>{percent(cohort.came_back)}</td>
                </tr>
            }
            .into_any()
        })
        .collect();
    view! {
        <h3>{app.say(t::COHORTS)}</h3>
        {ui::table(app, "cohorts", &[t::FROM_DAY, t::MEMBERS, t::CAME_BACK], rows)}
    }
    .into_any()
}
