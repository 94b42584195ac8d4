//! A member's past, day by day, from a server's statement. Mini-programs show it; no page of a browser asks the package for it.

use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::wallet::{read_days, read_list, read_snapshot};
use super::{to_error, to_js};
use crate::book::AccountState;
use crate::identity::{Day, Id};
use crate::quantity::{Points, Price};
use crate::receipt::{Amount, Posting, Rule};
use crate::statement::{self, BookedPosting, History, HistoryRow, StatementDay};
use crate::wire::snapshot;

// A closed day of a member's past, as scripts get it.
#[derive(Serialize)]
struct PastDay {
    day: Day,
    price: Price,
    earned: Points,
    // With the rewards of that day.
    income: Points,
    state: AccountState,
}

// Every closed day since the member's first posting, oldest first. The postings are newest first, as a server gives them.
#[wasm_bindgen(skip_jsdoc)]
pub fn history(member: &JsValue, account: &JsValue, postings: &JsValue, days: &JsValue) -> Result<JsValue, JsValue> {
    let id = member.as_string().and_then(|id| Id::parse(&id));
    let id = id.ok_or_else(|| to_error(&snapshot::bad("member", "must be an id")))?;
    let account = read_snapshot("account", account, snapshot::account)?;
    let mut postings = read_list("postings", postings, snapshot::booked_posting)?;
    postings.reverse();
    let History { days, rows, .. } =
        statement::history(&id, &account, &postings, &read_days(days)?).map_err(|error| to_error(&error.into()))?;
    let line = |StatementDay { day, price, earned, state, .. }| PastDay { day, price, earned, income: earned, state };
    let mut lines: Vec<_> = days.into_iter().map(line).collect();
    for row in &rows {
        let HistoryRow::Posting(booked) = row else { continue };
        // What was booked on the open day has no line yet.
        let Ok(at) = lines.binary_search_by_key(&booked.day, |line| line.day) else { continue };
        if let Some(line) = lines.get_mut(at) {
            line.income = line.income.plus(reward(&id, booked)).map_err(|error| to_error(&error.into()))?;
        }
    }
    to_js(&lines)
}

// The points that a posting brings the member as income.
fn reward(member: &Id, booked: &BookedPosting) -> Points {
    let Posting { amount, rule, .. } = &booked.posting;
    let is_income = rule.class().is_some() && *rule != Rule::Refund && booked.is_gain(member);
    match amount {
        Amount::Points(points) if is_income => *points,
        _ => Points::ZERO,
    }
}
