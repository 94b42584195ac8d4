//! What a wallet computes from the answers of a server.

use js_sys::Array;
use serde::Serialize;
use wasm_bindgen::prelude::*;

use super::{Book, input, read_rules, to_error, to_js};
use crate::book::{AccountState, DayRecord};
use crate::event::{Code, Refusal};
use crate::quantity::{Points, ShareValue};
use crate::statement::{self, StatementDay};
use crate::tree::Tree;
use crate::wire::answer::SupplyNow;
use crate::wire::snapshot;

// The part of a book that a server gives for an order's preview.
#[wasm_bindgen(js_name = openExcerpt, skip_jsdoc)]
pub fn open_excerpt(excerpt: &JsValue) -> Result<Book, JsValue> {
    read_snapshot("excerpt", excerpt, snapshot::excerpt).map(Book)
}

// An account brought up to date.
#[wasm_bindgen(skip_jsdoc)]
pub fn balance(account: &JsValue, days: &JsValue) -> Result<JsValue, JsValue> {
    let account = read_snapshot("account", account, snapshot::account)?;
    to_js(&statement::balance(&account, &read_days(days)?).map_err(|error| to_error(&error.into()))?)
}

// A day of an account, as scripts get it.
#[derive(Serialize)]
struct DayLine {
    earned: Points,
    state: AccountState,
}

// The last days of an account, one by one.
#[wasm_bindgen(skip_jsdoc)]
pub fn statement(account: &JsValue, days: &JsValue, count: u32) -> Result<JsValue, JsValue> {
    let account = read_snapshot("account", account, snapshot::account)?;
    let count = usize::try_from(count).unwrap_or(usize::MAX);
    let days = statement::statement(&account, &read_days(days)?, count).map_err(|error| to_error(&error.into()))?;
    // The caller has the records of the days already.
    let lines: Vec<_> = days.into_iter().map(|StatementDay { earned, state, .. }| DayLine { earned, state }).collect();
    to_js(&lines)
}

// The points that the next close releases to the account. Share value of its own that vests before may be given, as text.
#[wasm_bindgen(js_name = nextRelease, skip_jsdoc)]
pub fn next_release(
    account: &JsValue,
    days: &JsValue,
    supply: &JsValue,
    rules: &JsValue,
    vesting: Option<String>,
) -> Result<String, JsValue> {
    let account = read_snapshot("account", account, snapshot::account)?;
    let SupplyNow { price, supply, release, .. } = read_snapshot("supply", supply, snapshot::now)?;
    let (days, rules) = (read_days(days)?, read_rules(rules)?);
    let vesting = vesting.map_or(Ok(ShareValue::ZERO), |text| ShareValue::from_balance(&text));
    let vesting = vesting.map_err(|_| to_error(&snapshot::bad("vesting", "must be a decimal as text")))?;
    let points = statement::next_release(&account, &days, &release, &rules, price, supply.issued, vesting);
    points.map(|points| points.to_string()).map_err(|error| to_error(&error.into()))
}

pub(super) fn read_snapshot<T>(
    field: &'static str,
    value: &JsValue,
    read: fn(&Tree) -> Result<T, Refusal>,
) -> Result<T, JsValue> {
    let tree = input::read(value, Code::BadSnapshot, field);
    tree.and_then(|tree| read(&tree)).map_err(|refusal| to_error(&refusal))
}

pub(super) fn read_days(days: &JsValue) -> Result<Vec<DayRecord>, JsValue> {
    read_list("days", days, snapshot::day_record)
}

// Read one by one, because the records of many years have more values than one input may have.
pub(super) fn read_list<T>(
    field: &'static str,
    list: &JsValue,
    read: fn(&Tree) -> Result<T, Refusal>,
) -> Result<Vec<T>, JsValue> {
    let list: &Array = list.dyn_ref().ok_or_else(|| to_error(&snapshot::bad(field, "must be an array")))?;
    list.iter().map(|item| read_snapshot(field, &item, read)).collect()
}
