//! A member's home: balances, their worth today, and whether the server's figures are equal.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::statement::{ClassIncome, History, HistoryRow, StatementDay};
use leptos::prelude::*;

use super::answer::{asked, of_member};
use super::{statement, statement_rows};
use crate::figure::{money, number};
use crate::route::{MemberScreen, Route};
use crate::state::App;
use crate::text::{Words, economy, frame, home as t, statement as s};
use crate::ui::{self, Series};
use crate::wallet::Wallet;

/// Number of entries in the list of the latest.
const LATEST: usize = 5;

pub fn screen(app: App, id: Id) -> AnyView {
    of_member(app, id, frame::HOME, move |wallet| shown(app, &wallet))
}

fn shown(app: App, wallet: &Arc<Wallet>) -> AnyView {
    let load = {
        let wallet = Arc::clone(wallet);
        move || statement::opened(app, Arc::clone(&wallet))
    };
    let me = wallet.member.clone();
    view! {
        {figures(app, wallet)}
        {next(app, wallet)}
        {check(app, wallet)}
        {asked(app, load, move |history| past(app, &me, &history))}
        {days(app, wallet)}
        {wallet.account.shop.map(|_| view! {
            <a class="card link-card" href=Route::Member(wallet.member.clone(), MemberScreen::Shop).to_string()>
                {app.say(t::TO_SHOP)} <span aria-hidden="true">"›"</span>
            </a>
        }.into_any())}
    }
    .into_any()
}

fn figures(app: App, wallet: &Wallet) -> AnyView {
    let mine = &wallet.mine;
    let locked_note = if wallet.account.activated { t::LOCKED_NONE } else { t::LOCKED_NOTE };
    let worth = ui::amount(app, money(wallet.worth), frame::YUAN);
    let price = view! {
        <p class="note">
            {app.say(t::PRICE)} " "
            <span data-testid="price" data-value=wallet.price.to_string()>{number(&wallet.price)}</span> " "
            {app.say(frame::YUAN)}
        </p>
    }
    .into_any();
    view! {
        <section class="figures" data-testid="home" data-member=wallet.member.to_string()
            data-day=wallet.day.to_string()>
            <article class="card chief">
                {ui::heading(app, t::SHARE_VALUE)}
                <p class="big" data-testid="share-value" data-value=mine.share_value.to_string()>{number(&mine.share_value)}</p>
                {ui::note(app, t::SHARE_VALUE_NOTE)}
            </article>
            {ui::figure_card(app, t::POINTS, "points", &mine.points, number(&mine.points), ui::note(app, t::POINTS_NOTE))}
            {ui::figure_card(app, t::WORTH, "worth", &wallet.worth, worth, price)}
            {ui::figure_card(app, t::LOCKED, "locked", &mine.locked, number(&mine.locked), ui::note(app, locked_note))}
        </section>
    }
    .into_any()
}

/// The expected earnings of the next close of a day.
fn next(app: App, wallet: &Wallet) -> AnyView {
    let Some(next) = wallet.next.filter(|next| next.earned.is_positive()) else {
        return ui::empty(app, "next-none", t::NEXT_NONE);
    };
    view! {
        {ui::not_final(app)}
        <section class="card next" data-testid="next" data-value=next.earned.to_string()>
            <div>
                {ui::heading(app, t::NEXT)}
                <p class="note">
                    {app.say(t::NEXT_WHEN)} " " <time>{wallet.day.to_string()}</time> " · " {app.say(t::NEXT_NOTE)}
                </p>
            </div>
            <p class="mid">
                <span aria-hidden="true">"≈ "</span>{ui::amount(app, number(&next.earned), t::POINTS)}
                <small class="below">{money(next.worth)} " " {app.say(frame::YUAN)}</small>
            </p>
        </section>
    }
    .into_any()
}

/// Whether the figures computed here equal the server's, and if not, which differ.
fn check(app: App, wallet: &Wallet) -> AnyView {
    let day = wallet.day.to_string();
    let Some(server) = wallet.server else {
        return view! {
            <section class="check" data-testid="check" data-value="caught-up">
                <span class="sign" aria-hidden="true">"↻"</span>
                <div><p>{app.say(t::CAUGHT_UP)} " " {app.say(t::DAY)} " " <time>{day}</time></p></div>
            </section>
        }
        .into_any();
    };
    if wallet.is_verified() {
        return view! {
            <section class="check good" data-testid="check" data-value="equal">
                <span class="sign" aria-hidden="true">"✓"</span>
                <div>
                    <b>{app.say(t::VERIFIED)}</b>
                    <p>{app.say(t::VERIFIED_NOTE)} " " {app.say(t::DAY)} " " <time>{day}</time></p>
                </div>
            </section>
        }
        .into_any();
    }
    let mine = &wallet.mine;
    let row = |name: Words, here: String, there: String| {
        let differs = here != there;
        view! {
            <tr class:off=differs>
                <th scope="row">{app.say(name)}</th>
                <td>{number(&here)}</td>
                <td>{number(&there)}</td>
            </tr>
        }
        .into_any()
    };
    let rows = vec![
        row(t::SHARE_VALUE, mine.share_value.to_string(), server.share_value.to_string()),
        row(t::LOCKED, mine.locked.to_string(), server.locked.to_string()),
        row(t::POINTS, mine.points.to_string(), server.points.to_string()),
        row(t::UNITS, mine.units.to_string(), server.units.to_string()),
    ];
    view! {
        <section class="check bad" role="alert" data-testid="check" data-value="differs">
            <span class="sign" aria-hidden="true">"≠"</span>
            <div>
                <b>{app.say(t::DIFFERS)}</b>
                <p>{app.say(t::DIFFERS_NOTE)}</p>
                {ui::table(app, "balances", &[t::BALANCE, t::COMPUTED_HERE, t::SAID_BY_SERVER], rows)}
            </div>
        </section>
    }
    .into_any()
}

fn days(app: App, wallet: &Wallet) -> AnyView {
    if wallet.lines.is_empty() {
        return ui::empty(app, "statement-empty", s::STATEMENT_EMPTY);
    }
    let lines: Vec<_> = wallet.lines.iter().map(|line| statement_rows::day(app, line)).collect();
    view! {
        <section class="card statement">
            {ui::heading(app, s::STATEMENT)}
            <p class="note">{app.say(s::FORMULA_NOTE)} " " {app.say(s::STATEMENT_NOTE)}</p>
            <ul class="entries">{lines}</ul>
        </section>
    }
    .into_any()
}

/// The chart, the income by class, and the latest postings.
fn past(app: App, me: &Id, history: &Arc<History>) -> AnyView {
    view! {
        {course(app, history)}
        <section class="card">
            {ui::heading(app, t::INCOME)}
            <dl class="sums income">
                {income(app, t::INCOME_STATIC, "income-static", history.from_release)}
                {income(app, t::INCOME_OWN, "income-own", history.own)}
                {income(app, t::INCOME_DYNAMIC, "income-dynamic", history.from_others)}
            </dl>
        </section>
        {latest(app, me, history)}
    }
    .into_any()
}

fn income(app: App, name: Words, id: &'static str, income: ClassIncome) -> AnyView {
    let points = income.points.is_positive() || !income.share_value.is_positive();
    view! {
        <div data-testid=id data-points=income.points.to_string() data-share-value=income.share_value.to_string()>
            <dt>{app.say(name)}</dt>
            <dd>
                {points.then(|| view! {
                    <span>{ui::amount(app, number(&income.points), t::POINTS)}</span>
                }.into_any())}
                {income.share_value.is_positive().then(|| view! {
                    <span>{ui::amount(app, number(&income.share_value), t::SHARE_VALUE)}</span>
                }.into_any())}
            </dd>
        </div>
    }
    .into_any()
}

fn latest(app: App, me: &Id, history: &History) -> AnyView {
    let entries: Vec<_> = history
        .rows
        .iter()
        .filter(|row| matches!(row, HistoryRow::Posting(_)))
        .take(LATEST)
        .map(|row| statement_rows::row(app, me, row))
        .collect();
    let body = if entries.is_empty() {
        ui::empty(app, "no-entries", t::NO_ENTRIES)
    } else {
        view! { <ul class="entries">{entries}</ul> }.into_any()
    };
    view! {
        <section class="card statement">
            {ui::heading(app, t::LATEST)}
            {body}
            <a href=Route::Member(me.clone(), MemberScreen::Statement).to_string()>{app.say(t::SEE_ALL)}</a>
        </section>
    }
    .into_any()
}

/// The line that the chart shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Curve {
    Points,
    ShareValue,
    Price,
}

fn course(app: App, history: &Arc<History>) -> AnyView {
    let history = Arc::clone(history);
    if history.days.len() < 2 {
        return ().into_any();
    }
    let shown = RwSignal::new(Curve::Points);
    let range = RwSignal::new(usize::MAX);
    let drawn = move || {
        let from = history.days.len().saturating_sub(range.get());
        let part = history.days.get(from..).unwrap_or_default();
        let (words, read): (Words, fn(&StatementDay) -> String) = match shown.get() {
            Curve::Points => (t::POINTS, |day| day.state.points.to_string()),
            Curve::ShareValue => (t::SHARE_VALUE, |day| day.state.share_value.to_string()),
            Curve::Price => (t::PRICE, |day| day.price.to_string()),
        };
        let along: Vec<_> = part.iter().map(|day| day.day.to_string()).collect();
        let values: Vec<_> = part.iter().map(read).collect();
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
        ui::chart("course", summary, &along, &[Series { name, values }])
    };
    view! {
        <section class="card course">
            <div class="tools">
                {ui::heading(app, t::COURSE)}
                {ui::segments(app, shown, t::SERIES, vec![
                    (Curve::Points, "course-points", t::POINTS),
                    (Curve::ShareValue, "course-share-value", t::SHARE_VALUE),
                    (Curve::Price, "course-price", economy::PRICE),
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
