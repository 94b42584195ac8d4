//! The whole statement: each day's release and each posting, with filters, search and export.

use std::sync::Arc;

use gongxiang::identity::Id;
use gongxiang::receipt::Rule;
use gongxiang::statement::HistoryRow;
use gongxiang::wire::worded;
use gongxiang_words::Language;
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::{JsCast as _, JsValue};
use web_sys::{Blob, HtmlAnchorElement, Url};

use super::answer::{asked, of_member};
use super::statement_rows;
use crate::history::{self, Past};
use crate::reactive::memo;
use crate::state::App;
use crate::text::{self, statement as t};
use crate::ui;
use crate::wallet::Wallet;

/// Lines shown at first, and with each click on "more".
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
    of_member(app, id, t::TITLE, move |wallet| {
        let load = {
            let wallet = Arc::clone(&wallet);
            move || opened(app, Arc::clone(&wallet))
        };
        asked(app, load, move |past| shown(app, &wallet.member, past))
    })
}

/// The past that belongs to a wallet.
pub async fn opened(app: App, wallet: Arc<Wallet>) -> Result<Arc<Past>, crate::api::Fault> {
    let days = wallet.closed(app.days);
    history::open(&wallet, &days).await
}

fn shown(app: App, me: &Id, past: Arc<Past>) -> AnyView {
    let filter = RwSignal::new(Filter::All);
    let typed = RwSignal::new(String::new());
    let count = RwSignal::new(SHOWN);
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
                placeholder=app.say(t::SEARCH_HINT) on:input=move |event| typed.set(event_target_value(&event)) />
            {ui::button(app, "secondary", "export", t::EXPORT, move |_| {
                fitting.with_untracked(|rows| save(&to_save, &csv(&to_save, rows)));
            })}
        </div>
        <p class="note" data-testid="adds-up" data-value=adds_up.to_string()>
            {move || fitting.read().len().to_string()} " " {app.say(t::ROWS)} " · "
            {app.say(if adds_up { t::ADDS_UP } else { t::ADDS_NOT })} " " {app.say(t::FORMULA_NOTE)}
        </p>
        {move || if fitting.read().is_empty() {
            ui::empty(app, "statement-none", t::NONE)
        } else {
            let rows: Vec<_> = fitting.read().iter().take(count.get())
                .map(|row| statement_rows::row(app, &to_show, &past, row)).collect();
            view! { <ul class="card entries" data-testid="statement">{rows}</ul> }.into_any()
        }}
        {move || (fitting.read().len() > count.get()).then(|| {
            ui::button(app, "more", "more-rows", t::MORE, move |_| count.update(|count| *count += SHOWN))
        })}
    }
    .into_any()
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
    let head = "day,rule,asset,amount,other,reason,share_value_after,price\r\n".to_owned();
    std::iter::once(head).chain(rows.iter().map(line)).collect()
}

/// A quoted cell. The apostrophe stops spreadsheets from reading it as a formula.
fn cell(text: &str) -> String {
    let start = if text.starts_with(['=', '+', '-', '@']) { "'" } else { "" };
    format!("\"{start}{}\"", text.replace('"', "\"\""))
}

/// Downloads the text as a file.
fn save(me: &Id, text: &str) {
    // Without a byte order mark, spreadsheets do not read Chinese as UTF-8.
    let parts = Array::of1(&JsValue::from_str(&format!("\u{feff}{text}")));
    let Ok(url) = Blob::new_with_str_sequence(&parts).and_then(|blob| Url::create_object_url_with_blob(&blob)) else {
        return;
    };
    let link = document().create_element("a").ok().and_then(|link| link.dyn_into::<HtmlAnchorElement>().ok());
    if let Some(link) = link {
        link.set_href(&url);
        link.set_download(&format!("gongxiang-{me}.csv"));
        link.click();
    }
    let _ = Url::revoke_object_url(&url);
}
