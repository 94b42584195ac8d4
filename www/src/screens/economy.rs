//! The economy: the figures of past days, and scenarios that the rules compute here.

use std::sync::Arc;

use gongxiang::book::DayRecord;
use gongxiang::economy::{Beginning, DayFigures, Run, Scenario, Turnover, simulate, simulate_from};
use gongxiang::identity::Day;
use gongxiang::quantity::{Money, Rate, ShareValue};
use gongxiang::ruleset::RuleSet;
use leptos::prelude::*;

use super::answer::asked;
use crate::api::{self, Fault};
use crate::figure::{grouped, money, number, percent};
use crate::overview::{self, Overview};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, economy as t, frame};
use crate::ui::{self, Series};
use crate::wallet;

/// Limit of the points of a chart; more would not be visible.
const DRAWN: usize = 180;
/// One percent, as a raw rate with 8 places.
const PERCENT: i128 = 1_000_000;
/// How far a slider reaches, in multiples of what is so today.
const REACH: i64 = 3;

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

/// The book as it is, from which a scenario goes on.
#[derive(Clone, Debug, PartialEq)]
struct Today {
    beginning: Beginning,
    day: Day,
    /// The mean turnover of the last closed days, in yuan.
    daily: i64,
    /// The mean number of members who joined on a day.
    joining: i64,
}

impl Today {
    /// `None` before a day had turnover: then a scenario begins with nothing.
    fn of(overview: &Overview, share_value: ShareValue) -> Option<Self> {
        let turnovers: Vec<_> = overview.days.iter().rev().map(|closed| closed.turnover).collect();
        let count = i64::try_from(turnovers.len()).ok()?;
        let sum: i128 = turnovers.iter().map(|turnover| turnover.raw()).sum();
        let daily = i64::try_from(sum / 100).ok()?.checked_div(count)?;
        let joined: u64 = overview.days.iter().map(|closed| closed.report.registered).sum();
        let beginning = Beginning {
            price: overview.price,
            supply: overview.supply,
            share_value,
            shops_share_value: overview.shops_share_value,
            shops_points: overview.shops_points,
            members: overview.total.activated.max(1),
            turnovers,
        };
        let joining = i64::try_from(joined).ok()? / count;
        (daily > 0).then_some(Self { beginning, day: overview.day, daily, joining })
    }
}

pub fn screen(app: App) -> AnyView {
    let load = move || async move {
        let rules = api::rules().await?.value;
        let supply = api::supply().await?.value;
        wallet::fetch_days(supply.day, app.days).await?;
        let overview = overview::overview().await?;
        let today = Today::of(&overview, supply.release.total().map_err(|_| Fault::BadAnswer)?);
        Ok::<_, Fault>((Arc::new(rules), app.days.get_value(), today))
    };
    view! {
        {ui::intro(app, t::TITLE, t::NOTE)}
        {asked(app, load, move |(rules, days, today)| {
            view! { {so_far(app, &days)} {scenario(app, rules, days, today)} }.into_any()
        })}
    }
    .into_any()
}

/// At most so many items, evenly spaced, the last one included.
fn thinned<T>(all: &[T], most: usize) -> Vec<&T> {
    let step = all.len().div_ceil(most).max(1);
    let offset = all.len().saturating_sub(1) % step;
    all.iter().skip(offset).step_by(step).collect()
}

fn so_far(app: App, days: &[DayRecord]) -> AnyView {
    let Some(last) = days.last() else { return ui::empty(app, "no-days", t::NO_DAYS) };
    let drawn = thinned(days, DRAWN);
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
    fn new(today: Option<&Today>) -> Self {
        let (daily, joining) = today.map_or((10_000, 0), |today| (today.daily, today.joining));
        Self {
            course: RwSignal::new(Course::Flat),
            daily: RwSignal::new(daily),
            growth: RwSignal::new(0),
            online: RwSignal::new(50),
            hold: RwSignal::new(0),
            redeem: RwSignal::new(0),
            joining: RwSignal::new(joining),
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

/// The bounds of a slider that can show what is so today: from 0 to a multiple of it.
fn reach(now: i64, least: i64) -> (i64, i64, i64) {
    let most = now.saturating_mul(REACH).max(least);
    let step = (most / 100).max(1);
    (0, most - most % step, step)
}

fn scenario(app: App, rules: Arc<RuleSet>, days: Vec<DayRecord>, today: Option<Today>) -> AnyView {
    let sliders = ScenarioSliders::new(today.as_ref());
    let (daily, joining) = today
        .as_ref()
        .map_or(((500, 100_000, 500), (0, 200, 1)), |today| (reach(today.daily, 100), reach(today.joining, 20)));
    let of_run = today.clone();
    let run = memo(move || match &of_run {
        Some(today) => simulate_from(&today.beginning, &rules, &sliders.scenario(), &mut |_| true),
        None => simulate(&rules, &sliders.scenario(), &mut |_| true),
    });
    let whole = |value: i64| format!("{value}%");
    let begins = if today.is_some() { t::FROM_TODAY } else { t::FROM_NOTHING };
    let history = StoredValue::new((days, today));
    view! {
        <div class="columns">
            <section class="card form">
                {ui::heading(app, t::SCENARIO)}
                {ui::note(app, t::SCENARIO_NOTE)}
                {ui::note(app, begins)}
                {ui::segments(app, sliders.course, t::KIND, vec![
                    (Course::Flat, "flat", t::FLAT),
                    (Course::Crashing, "crashing", t::CRASHING),
                    (Course::Swinging, "swinging", t::SWINGING),
                ])}
                {ui::slider(app, "daily", t::DAILY, sliders.daily, daily, |value| grouped(&value.to_string()))}
                {ui::slider(app, "growth", t::GROWTH, sliders.growth, (-30, 30, 1), whole)}
                {ui::slider(app, "online-part", t::ONLINE, sliders.online, (0, 100, 5), whole)}
                {ui::slider(app, "hold", t::HOLD, sliders.hold, (0, 90, 5), whole)}
                {ui::slider(app, "redeem", t::REDEEM, sliders.redeem, (0, 100, 5), whole)}
                {ui::slider(app, "joining", t::JOINING, sliders.joining, joining, |value| value.to_string())}
                {ui::slider(app, "days", t::DAYS, sliders.days, (30, 1_095, 5), |value| value.to_string())}
            </section>
            <section class="card" data-testid="scenario">
                {move || match &*run.read() {
                    Ok(run) => history.with_value(|(days, today)| outcome(app, run, days, today.as_ref())),
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

/// The result; where the scenario goes on from today's book, with what was before it and what is now.
fn outcome(app: App, run: &Run, days: &[DayRecord], today: Option<&Today>) -> AnyView {
    let last = run.days.last().copied().unwrap_or_default();
    let totals = &run.totals;
    let supply = today.map(|today| today.beginning.supply);
    // A figure at the end, and what it is now.
    let from = |name: Words, id: &'static str, then: &dyn ToString, now: Option<String>, unit: Option<Words>| {
        let shown = view! {
            {number(then)} " " {unit.map(|unit| view! { <small class="unit">{app.say(unit)}</small> }.into_any())}
            {now.map(|now| view! { " " <small class="below">{app.say(t::NOW)} " " {number(&now)}</small> }.into_any())}
        };
        ui::figure_as(app, name, id, then, shown.into_any())
    };
    view! {
        {course(app, "scenario-price", t::PRICE, (run, days, today), |day| day.price.to_string(), |day| day.price.to_string())}
        {course(app, "scenario-total", t::TOTAL, (run, days, today), |day| day.total.to_string(), |day| day.total.to_string())}
        <dl class="sums">
            {from(t::LAST_PRICE, "last-price", &last.price, today.map(|today| today.beginning.price.to_string()), Some(frame::YUAN))}
            {from(t::LAST_TOTAL, "last-total", &last.total, today.map(|today| today.beginning.share_value.to_string()), None)}
            {ui::figure(app, t::MINTED, "minted", &totals.minted, None)}
            {ui::figure(app, t::CONVERTED, "converted", &totals.converted, None)}
            {from(t::BURNED, "burned", &totals.burned, supply.map(|supply| supply.burned.to_string()), None)}
            {from(t::TREASURY, "treasury-left", &totals.treasury, supply.map(|supply| supply.treasury.to_string()), None)}
            {ui::figure(app, t::EARLY_LATE, "early-late", &totals.early_late, None)}
            {ui::figure(app, t::GINI, "gini", &totals.gini, None)}
            {ui::figure_as(app, t::JOIN_INCOME, "join-income", &totals.income.joining, percent(totals.income.joining))}
        </dl>
        {cohorts(app, run)}
    }
    .into_any()
}

/// One figure day by day: what was, and behind it what the scenario makes of it.
fn course(
    app: App,
    id: &'static str,
    name: Words,
    (run, days, today): (&Run, &[DayRecord], Option<&Today>),
    of_past: fn(&DayRecord) -> String,
    of_run: fn(&DayFigures) -> String,
) -> AnyView {
    let name = name.of(app.lang());
    let later = thinned(&run.days, DRAWN);
    let values: Vec<_> = later.iter().map(|day| of_run(day)).collect();
    let end = |value: Option<&String>| value.cloned().unwrap_or_default();
    let summary = format!("{name}: {} – {}", end(values.first()), end(values.last()));
    let chart = if let Some(today) = today {
        let past = thinned(days, DRAWN);
        let none = |count: usize| std::iter::repeat_n(String::new(), count);
        let so_far = past.iter().map(|record| of_past(record)).chain(none(later.len())).collect();
        let scenario = none(past.len()).chain(values).collect();
        let on = |day: &&DayFigures| {
            let days = u64::try_from(day.day).unwrap_or_default().saturating_sub(1);
            today.day.plus(days).unwrap_or(today.day).to_string()
        };
        let along: Vec<_> = past.iter().map(|record| record.day.to_string()).chain(later.iter().map(on)).collect();
        let lines = [
            Series { name: t::SO_FAR.of(app.lang()), values: so_far },
            Series { name: t::SCENARIO_LINE.of(app.lang()), values: scenario },
        ];
        ui::chart(id, summary, &along, &lines)
    } else {
        let along: Vec<_> = later.iter().map(|day| day.day.to_string()).collect();
        ui::chart(id, summary, &along, &[Series { name, values }])
    };
    view! { <h3>{name}</h3> {chart} }.into_any()
}

/// What each cohort got back. Everybody who was there before the run is the first.
fn cohorts(app: App, run: &Run) -> AnyView {
    let rows: Vec<_> = run
        .cohorts
        .iter()
        .filter(|cohort| cohort.members > 0)
        .map(|cohort| {
            view! {
                <tr>
                    <th scope="row">{match cohort.from_day {
                        0 => view! { {app.say(t::THERE_BEFORE)} }.into_any(),
                        from => view! { {from.to_string()} }.into_any(),
                    }}</th>
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
