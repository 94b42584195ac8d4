//! The whole statement: each day's release and each posting, with filters, search and export.

use std::sync::Arc;

use gongxiang::identity::{Day, Id};
use gongxiang::quantity::Points;
use gongxiang::receipt::{Amount, Rule};
use gongxiang::statement::HistoryRow;
use gongxiang::wire::worded;
use gongxiang_words::Language;
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, Element, HtmlAnchorElement, Url};

use super::answer::{of_member_live, ready, recall_after_wallet};
use super::{statement_rows, worth};
use crate::figure::{self, number};
use crate::history::{self, Past};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{self, home, statement as t};
use crate::ui;
use crate::wallet::Wallet;

/// Lines of a month shown at first, and with each click on "more".
const SHOWN: usize = 60;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Filter {
    All,
    Release,
    Orders,
    Moves,
}

impl Filter {
    fn takes(self, row: &HistoryRow) -> bool {
        match (self, row) {
            (Self::All, _) | (Self::Release, HistoryRow::Day(_)) => true,
            (Self::Orders, HistoryRow::Posting(booked)) => is_of_orders(booked.posting.rule),
            (Self::Moves, HistoryRow::Posting(booked)) => !is_of_orders(booked.posting.rule),
            _ => false,
        }
    }
}

fn is_of_orders(rule: Rule) -> bool {
    rule.class().is_some() || matches!(rule, Rule::Concession | Rule::Refund)
}

pub fn screen(app: App, id: Id) -> AnyView {
    // They outlive a newer wallet.
    let (filter, typed) = (RwSignal::new(Filter::All), RwSignal::new(String::new()));
    of_member_live(app, id, t::TITLE, move |wallet| {
        let load = {
            let wallet = Arc::clone(&wallet);
            move || opened(app, Arc::clone(&wallet))
        };
        let found = recall_after_wallet(app, &wallet.member, load);
        ready(app, found, Box::new(move |past| shown(app, &wallet, past, filter, typed)))
    })
}

/// The past that belongs to a wallet.
pub async fn opened(app: App, wallet: Arc<Wallet>) -> Result<Arc<Past>, crate::api::Fault> {
    let days = wallet.closed(app.days);
    history::open(&wallet, &days).await
}

fn shown(app: App, wallet: &Wallet, past: Arc<Past>, filter: RwSignal<Filter>, typed: RwSignal<String>) -> AnyView {
    let (me, price) = (&wallet.member, wallet.price);
    let adds_up = past.history.adds_up;
    let fitting = {
        let (me, past) = (me.clone(), Arc::clone(&past));
        memo(move || {
            let (filter, typed) = (filter.get(), typed.read().trim().to_ascii_lowercase());
            let fits =
                |row: &&HistoryRow| filter.takes(row) && (typed.is_empty() || words(app, &me, row).contains(&typed));
            past.history.rows.iter().filter(fits).cloned().collect::<Vec<_>>()
        })
    };
    let (to_show, to_save) = (me.clone(), me.clone());
    view! {
        <p class="lead">{app.say(t::TITLE_NOTE)}</p>
        <div class="tools">
            {ui::segments(app, filter, t::FILTER, vec![
                (Filter::All, "filter-all", t::ALL),
                (Filter::Release, "filter-release", t::ONLY_RELEASE),
                (Filter::Orders, "filter-orders", t::ONLY_ORDERS),
                (Filter::Moves, "filter-moves", t::ONLY_MOVES),
            ])}
            <input type="search" data-testid="statement-search" aria-label=app.say(t::SEARCH)
                placeholder=app.say(t::SEARCH_HINT) prop:value=move || typed.get() on:input=move |event| typed.set(event_target_value(&event)) />
            {ui::button(app, "secondary", "export", t::EXPORT, move |_| {
                fitting.with_untracked(|rows| save(&format!("gongxiang-{to_save}.csv"), &csv(&to_save, rows)));
            })}
        </div>
        <p class="note" data-testid="adds-up" data-value=adds_up.to_string()>
            {move || fitting.read().len().to_string()} " " {app.say(t::ROWS)} " · "
            {app.say(if adds_up { t::ADDS_UP } else { t::ADDS_NOT })} " " {app.say(t::FORMULA_NOTE)}
        </p>
        {worth::basis_then(app, price)}
        {move || if fitting.read().is_empty() {
            ui::empty(app, "statement-none", t::NONE)
        } else {
            // What is searched for is shown at once, in whatever month it is.
            let searches = !typed.read().is_empty();
            let rows = fitting.get();
            let months = rows.chunk_by(|one, next| figure::month(day(one)) == figure::month(day(next))).enumerate();
            let months: Vec<_> = months.map(|(at, rows)| month(app, &to_show, &past, rows, at == 0 || searches)).collect();
            view! { <div data-testid="statement">{months}</div> }.into_any()
        }}
    }
    .into_any()
}

fn day(row: &HistoryRow) -> Day {
    match row {
        HistoryRow::Day(line) => line.day,
        HistoryRow::Posting(booked) => booked.day,
    }
}

/// A month: its sums, and its lines once somebody opens it.
fn month(app: App, me: &Id, past: &Arc<Past>, rows: &[HistoryRow], is_open: bool) -> AnyView {
    let Some(name) = rows.first().map(|row| figure::month(day(row))) else { return ().into_any() };
    let (gained, given) = sums(me, rows);
    let opened = RwSignal::new(is_open);
    let count = RwSignal::new(SHOWN);
    let all = rows.len();
    let lines = {
        let (me, past, rows) = (me.clone(), Arc::clone(past), rows.to_vec());
        move || {
            opened.get().then(|| {
                let shown = rows.iter().take(count.get());
                let lines: Vec<_> = shown.map(|row| statement_rows::row(app, &me, &past, row)).collect();
                view! { <ul class="entries">{lines}</ul> }.into_any()
            })
        }
    };
    view! {
        <details class="card month" data-testid="statement-month" data-month=name.clone() data-gained=gained.to_string()
            data-given=given.to_string() open=is_open on:toggle=move |event| {
                opened.set(event_target::<Element>(&event).has_attribute("open"));
            }>
            <summary>
                <time>{name.clone()}</time>
                <span class="gets">
                    <span class="gain">"+" {ui::amount(app, number(&gained), home::POINTS)}</span>
                    {given.is_positive().then(|| view! { <span>"−" {number(&given)}</span> }.into_any())}
                </span>
            </summary>
            {lines}
            {move || (opened.get() && all > count.get()).then(|| {
                ui::button(app, "more", "more-rows", t::MORE, move |_| count.update(|count| *count += SHOWN))
            })}
        </details>
    }
    .into_any()
}

/// The points that came and went by these lines.
fn sums(me: &Id, rows: &[HistoryRow]) -> (Points, Points) {
    let (mut gained, mut given) = (Points::ZERO, Points::ZERO);
    for row in rows {
        let (sum, points) = match row {
            HistoryRow::Day(line) => (&mut gained, line.earned),
            HistoryRow::Posting(booked) => match booked.posting.amount {
                Amount::Points(points) if booked.is_gain(me) => (&mut gained, points),
                Amount::Points(points) => (&mut given, points),
                _ => continue,
            },
        };
        *sum = sum.plus(points).unwrap_or(*sum);
    }
    (gained, given)
}

/// The text in which the search looks.
fn words(app: App, me: &Id, row: &HistoryRow) -> String {
    let lang = app.lang();
    let text = match row {
        HistoryRow::Day(line) => format!("{} {} {}", line.day, text::rule(lang, Rule::Release), line.earned),
        HistoryRow::Posting(booked) => format!(
            "{} {} {} {} {} {}",
            booked.day,
            text::rule(lang, booked.posting.rule),
            booked.posting.amount,
            booked.other(me),
            worded::reason(&booked.posting.why, Language::En),
            text::reason(lang, &booked.posting.why)
        ),
    };
    // All other letters are Chinese, which has no case.
    text.to_ascii_lowercase()
}

/// The lines as CSV (RFC 4180), newest first as on the screen.
fn csv(me: &Id, rows: &[HistoryRow]) -> String {
    let line = |row: &HistoryRow| match row {
        HistoryRow::Day(line) => {
            let formula = statement_rows::formula(line).unwrap_or_default();
            format!(
                "{},release,points,{},pool,{},{},{}\r\n",
                line.day,
                line.earned,
                cell(&formula),
                line.state.share_value,
                line.price
            )
        }
        HistoryRow::Posting(booked) => {
            let (rule, amount) = (booked.posting.rule, booked.posting.amount);
            let sign = if booked.is_gain(me) { "" } else { "-" };
            let other = cell(&booked.other(me).to_string());
            let reason = cell(&worded::reason(&booked.posting.why, Language::En));
            format!("{},{rule},{},{sign}{amount},{other},{reason},,\r\n", booked.day, amount.asset())
        }
    };
    // Without a byte order mark, spreadsheets do not read Chinese as UTF-8.
    let head = "\u{feff}day,rule,asset,amount,other,reason,share_value_after,price\r\n".to_owned();
    std::iter::once(head).chain(rows.iter().map(line)).collect()
}

/// A quoted cell. The apostrophe stops spreadsheets from reading it as a formula.
fn cell(text: &str) -> String {
    let start = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{start}{}\"", text.replace('"', "\"\""))
}

/// Downloads the text as a file.
pub fn save(name: &str, text: &str) {
    let parts = Array::of1(&JsValue::from_str(text));
    let Ok(url) = Blob::new_with_str_sequence(&parts).and_then(|blob| Url::create_object_url_with_blob(&blob)) else {
        return;
    };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(name);
        link.click();
    }
    let _ = Url::revoke_object_url(&url);
}
