//! Below the forecast: what it would have said some time ago for the days that are over now, and what came.

use std::sync::Arc;

use gongxiang::quantity::Points;
use gongxiang::statement::History;
use leptos::prelude::*;

use super::answer::recall_after_wallet;
use crate::figure::{estimate, number};
use crate::forecasts::{Change, Earlier, Said, earlier};
use crate::history;
use crate::query::Remote;
use crate::state::App;
use crate::text::{self, Words, forecast as t, home};
use crate::ui;
use crate::wallet::Wallet;

/// The days that are compared. Of the first it is said, too, why there is nothing to compare.
const DAYS: [usize; 2] = [30, 90];
/// The width of the bars.
const WIDTH: i128 = 1_000;
/// The least that is drawn of a band.
const BAND_MIN: i128 = 8;

pub fn cards(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let asks = Arc::clone(wallet);
    let past = recall_after_wallet(app, &wallet.member, move || {
        let wallet = Arc::clone(&asks);
        async move { history::alone(&wallet, &wallet.closed(app.days)).await }
    });
    let wallet = Arc::clone(wallet);
    // Without the past, the forecast above still stands.
    let shown = move || match &*past.state.read() {
        Remote::Ready(past) => card(app, &wallet, past),
        Remote::Loading | Remote::Failed(_) => ().into_any(),
    };
    view! { {shown} }.into_any()
}

fn card(app: App, wallet: &Wallet, past: &History) -> AnyView {
    if !past.adds_up {
        return ().into_any();
    }
    let closed = wallet.closed(app.days);
    let mut parts = Vec::new();
    for (at, days) in DAYS.into_iter().enumerate() {
        match earlier(wallet, &closed, past, days) {
            Some(Earlier::Said(said)) => parts.push(against(app, days, &said)),
            Some(Earlier::NoRecords) if at == 0 => parts.push(nothing(app, days, "records", t::AGO_NO_RECORDS)),
            Some(Earlier::NoShareValue) if at == 0 => parts.push(nothing(app, days, "share-value", t::AGO_NO_VALUE)),
            Some(Earlier::Young) if at == 0 => parts.push(nothing(app, days, "young", t::AGO_YOUNG)),
            _ => {}
        }
    }
    if parts.is_empty() {
        return ().into_any();
    }
    view! {
        <section class="card" data-testid="earlier">
            {ui::heading(app, t::EARLIER)}
            {parts}
            {ui::note(app, t::EARLIER_NOTE)}
        </section>
    }
    .into_any()
}

fn nothing(app: App, days: usize, why: &'static str, words: Words) -> AnyView {
    view! { <p data-testid="earlier-none" data-why=why>{days.to_string()} " " {app.say(words)}</p> }.into_any()
}

/// A sentence, two bars of the same scale, and what that forecast could not know.
fn against(app: App, days: usize, said: &Said) -> AnyView {
    let Said { from, low, high, came, changes, has_moves } = said;
    let most = (*high).max(*came).raw().max(1);
    let at = |points: Points| points.raw().saturating_mul(WIDTH) / most;
    let (left, right) = (at(*low), at(*high));
    let band = (right - left).max(BAND_MIN);
    view! {
        <div class="against" data-testid="earlier-said" data-days=days.to_string() data-from=from.to_string() data-low=low.to_string()
            data-high=high.to_string() data-came=came.to_string()>
            <p>
                {days.to_string()} " " {app.say(t::DAYS_AGO)} " " {estimate(low)} "–" {estimate(high)} " " {app.say(t::FOR_DAYS)} " "
                {days.to_string()} " " {app.say(t::DAYS_CAME)} " " <b>{estimate(came)}</b> " " {app.say(t::CAME_END)}
            </p>
            <dl class="bars">
                {bar(app, t::SAID_BAR, ("of-escrow", left.min(WIDTH - band), band), view! { {estimate(low)} "–" {estimate(high)} }.into_any())}
                {bar(app, t::CAME_BAR, ("of-held", 0, at(*came)), estimate(came))}
            </dl>
            {(!changes.is_empty()).then(|| changed(app, changes))}
            {has_moves.then(|| ui::note(app, t::MOVED))}
        </div>
    }
    .into_any()
}

/// A bar below its name and its figure: its class, where it begins, and its width.
fn bar(app: App, name: Words, (class, from, width): (&'static str, i128, i128), shown: AnyView) -> AnyView {
    view! {
        <div>
            <dt>{app.say(name)}</dt>
            <dd>{shown}</dd>
            <dd aria-hidden="true">
                <svg viewBox="0 0 1000 12" preserveAspectRatio="none">
                    <rect class="of-rest" width="1000" height="12"></rect>
                    <rect class=class x=from.to_string() width=width.to_string() height="12"></rect>
                </svg>
            </dd>
        </div>
    }
    .into_any()
}

/// What changed the share value in between.
fn changed(app: App, changes: &[Change]) -> AnyView {
    let line = |change: &Change| {
        let Change { rule, is_gain, share_value } = *change;
        view! {
            <li data-testid="earlier-change" data-rule=rule.as_str() data-value=share_value.to_string()>
                {move || text::rule(app.lang(), rule)} " " {if is_gain { "+" } else { "−" }}
                {ui::amount(app, number(&share_value), home::SHARE_VALUE)}
            </li>
        }
        .into_any()
    };
    let lines: Vec<_> = changes.iter().map(line).collect();
    view! {
        {ui::note(app, t::CHANGED)}
        <ul class="legend">{lines}</ul>
    }
    .into_any()
}
