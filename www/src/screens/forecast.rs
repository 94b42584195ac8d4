//! The forecast: a band with its assumptions as sliders, and the past. It never shows a single number.

use std::sync::Arc;

use gongxiang::book::SoFar;
use gongxiang::economy::ratio;
use gongxiang::forecast::{Assumptions, Forecast, Inputs, Outlook, forecast};
use gongxiang::identity::Id;
use gongxiang::quantity::{Money, ShareValue};
use leptos::prelude::*;

use super::answer::of_member;
use super::forecast_earlier;
use crate::figure::{estimate, money, percent, two_places};
use crate::forecasts::{self, NoForecast, SPREAD, Start};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{Words, economy, forecast as t, frame};
use crate::ui::{self, Series};
use crate::wallet::Wallet;

/// Days of the chart's points. The chart spans a year.
const HORIZONS: [usize; 12] = [7, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 365];
const LISTED: [usize; 3] = [30, 180, 365];

/// Values of the sliders, in percent.
#[derive(Clone, Copy)]
struct ForecastSliders {
    turnover: RwSignal<i64>,
    inflow: RwSignal<i64>,
    spread: RwSignal<i64>,
}

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, t::TITLE, move |wallet| shown(app, &wallet))
}

fn shown(app: App, wallet: &Arc<Wallet>) -> AnyView {
    if !wallet.mine.share_value.is_positive() {
        return ui::empty(app, "forecast-none", t::NONE);
    }
    let Start { eve, means } = match forecasts::start(wallet, &wallet.closed(app.days)) {
        Ok(start) => start,
        Err(NoForecast::Young { days }) => return young(app, days),
        Err(NoForecast::Refused(refusal)) => return refused(app, &refusal.to_string()),
    };
    let work = move |assumptions: &Assumptions| forecast(&eve, assumptions, &mut |_| true);
    let sliders =
        ForecastSliders { turnover: RwSignal::new(100), inflow: RwSignal::new(100), spread: RwSignal::new(SPREAD) };
    let result = memo(move || {
        let of = |mean: i128, percent: i64| mean.saturating_mul(percent.into()) / 100;
        work(&Assumptions {
            paths: forecasts::band(sliders.spread.get()),
            horizons: HORIZONS.to_vec(),
            turnover: Money::checked_from_raw(of(means.turnover.raw(), sliders.turnover.get())),
            inflow: Some(ShareValue::from_raw(of(means.inflow.raw(), sliders.inflow.get()))),
        })
    });
    view! {
        <p class="lead">{app.say(t::NOTE)}</p>
        {ui::not_final(app)}
        // In the order of a phone: what somebody looks for, then what it assumes.
        <div class="columns assumed">
            <section class="card" data-testid="forecast">
                {move || match &*result.read() {
                    Ok(forecast) => band(app, forecast),
                    Err(refusal) => refused(app, &refusal.to_string()),
                }}
            </section>
            {assumed(app, sliders)}
            {move || result.read().as_ref().ok().map(|forecast| horizons(app, forecast))}
        </div>
        {move || result.read().as_ref().ok().map(|forecast| inputs(app, &forecast.inputs))}
        {move || result.read().as_ref().ok().and_then(|forecast| forecast.so_far).map(|so_far| real(app, &so_far))}
        {forecast_earlier::cards(app, wallet)}
    }
    .into_any()
}

/// Instead of a forecast: a mean of so few days says nothing.
fn young(app: App, days: usize) -> AnyView {
    view! {
        <section class="card" data-testid="forecast-young" data-days=days.to_string()>
            {ui::heading(app, t::YOUNG)}
            <p>{app.say(t::YOUNG_DAYS)} " " <b>{days.to_string()}</b></p>
            {ui::note(app, t::YOUNG_NOTE)}
        </section>
    }
    .into_any()
}

fn refused(app: App, why: &str) -> AnyView {
    view! { <p class="refusal" role="alert" data-testid="forecast-refused">{app.say(t::REFUSED)} " " {why.to_owned()}</p> }
        .into_any()
}

fn whole_percent(value: i64) -> String {
    format!("{value}%")
}

fn assumed(app: App, sliders: ForecastSliders) -> AnyView {
    view! {
        <section class="card form">
            {ui::heading(app, t::ASSUMED)}
            {ui::slider(app, "turnover", t::TURNOVER, sliders.turnover, (0, 300, 5), whole_percent)}
            {ui::slider(app, "inflow", t::INFLOW, sliders.inflow, (0, 300, 5), whole_percent)}
            {ui::slider(app, "spread", t::SPREAD, sliders.spread, (0, 50, 1), |value| format!("±{value}%"))}
            {ui::note(app, t::LATE)}
        </section>
    }
    .into_any()
}

/// The band: a sentence and a chart.
fn band(app: App, forecast: &Forecast) -> AnyView {
    let names = [t::FALLING, t::STEADY, t::RISING];
    let series: Vec<_> = forecast
        .paths
        .iter()
        .zip(names)
        .map(|(path, name)| Series {
            name: name.of(app.lang()),
            values: path.outlooks.iter().map(|outlook| two_places(outlook.worth)).collect(),
        })
        .collect();
    let along: Vec<_> = HORIZONS.iter().map(usize::to_string).collect();
    let last = |at: usize| {
        let outlook = forecast.paths.get(at).and_then(|path| path.outlooks.last());
        outlook.map(|outlook| two_places(outlook.worth)).unwrap_or_default()
    };
    let summary =
        format!("{}: 365 {}: {} – {}", t::BAND_CHART.of(app.lang()), t::AFTER.of(app.lang()), last(0), last(2));
    view! {
        {in_a_year(app, forecast)}
        {ui::heading(app, t::BAND_CHART)}
        {ui::chart("band", summary, &along, &series)}
    }
    .into_any()
}

/// The figures of three horizons.
fn horizons(app: App, forecast: &Forecast) -> AnyView {
    let tables: Vec<_> = LISTED.into_iter().map(|days| horizon(app, forecast, days)).collect();
    view! { <section class="card">{tables}</section> }.into_any()
}

/// The band as a sentence: what the share value brings in a year.
fn in_a_year(app: App, forecast: &Forecast) -> AnyView {
    let worths: Vec<_> =
        forecast.paths.iter().filter_map(|path| path.outlooks.last()).map(|outlook| outlook.worth).collect();
    let &[falling, steady, rising] = &*worths else { return ().into_any() };
    let (low, high) = (falling.min(rising), falling.max(rising));
    view! {
        <p class="lead" data-testid="in-a-year" data-low=low.to_string() data-value=steady.to_string() data-high=high.to_string()>
            {app.say(t::IF_STEADY)} " " {estimate(&forecast.inputs.share_value)} " " {app.say(t::BRINGS)} " "
            <b>{money(steady)}</b> " " {app.say(t::IN_A_YEAR)} {money(low)} "–" {money(high)} {app.say(t::YUAN_END)}
        </p>
    }
    .into_any()
}

fn horizon(app: App, forecast: &Forecast, days: usize) -> AnyView {
    let at: Vec<Outlook> = forecast
        .paths
        .iter()
        .filter_map(|path| path.outlooks.iter().find(|outlook| outlook.days == days).copied())
        .collect();
    let row = |name: Words, read: &dyn Fn(&Outlook) -> AnyView| {
        let cells: Vec<_> = at.iter().map(|outlook| view! { <td>{read(outlook)}</td> }.into_any()).collect();
        view! { <tr><th scope="row">{app.say(name)}</th> {cells}</tr> }.into_any()
    };
    let earned: Vec<_> = at.iter().map(|outlook| outlook.earned.to_string()).collect();
    view! {
        <table class="band" data-testid="horizon" data-days=days.to_string() data-earned=earned.join(" ")>
            <thead>
                <tr>
                    <th scope="col">{days.to_string()} " " {app.say(t::AFTER)}</th>
                    {ui::column(app, t::FALLING)}
                    {ui::column(app, t::STEADY)}
                    {ui::column(app, t::RISING)}
                </tr>
            </thead>
            <tbody>
                {row(t::EARNED, &|outlook| estimate(&outlook.earned))}
                {row(t::WORTH, &|outlook| money(outlook.worth))}
                {row(t::LEFT, &|outlook| estimate(&outlook.share_value))}
                {row(t::BACK, &|outlook| percent(outlook.concession_back))}
            </tbody>
        </table>
    }
    .into_any()
}

fn inputs(app: App, inputs: &Inputs) -> AnyView {
    view! {
        <section class="card">
            {ui::heading(app, t::IN_USE)}
            <dl class="sums">
                {ui::sum(app, t::DAILY_TURNOVER, "used-turnover", inputs.turnover)}
                {ui::figure(app, t::DAILY_INFLOW, "used-inflow", &inputs.inflow, None)}
                {ui::figure(app, t::MY_PART, "used-share-value", &inputs.share_value, None)}
                {ui::figure(app, t::ALL, "used-total", &inputs.total, None)}
                {ui::figure(app, economy::RELEASED, "used-release", &inputs.release_daily, None)}
                {ui::figure(app, economy::PRICE, "used-price", &inputs.price, Some(frame::YUAN))}
            </dl>
        </section>
    }
    .into_any()
}

/// What 1 share value of the first day has been worth.
fn real(app: App, so_far: &SoFar) -> AnyView {
    // The rules count the cents of 1000 share value.
    let one = |worth: Money| ratio(worth.raw(), 100_000);
    view! {
        <section class="card" data-testid="so-far" data-days=so_far.days.to_string()>
            {ui::heading(app, t::SO_FAR)}
            <p class="note">{app.say(t::SO_FAR_NOTE)} " " <time>{so_far.since.to_string()}</time></p>
            <dl class="sums">
                {ui::figure(app, t::THEN, "worth-then", &one(so_far.worth_then), Some(frame::YUAN))}
                {ui::figure(app, t::NOW, "worth-now", &one(so_far.worth), Some(frame::YUAN))}
            </dl>
        </section>
    }
    .into_any()
}
