//! The JavaScript surface: plain data in, plain data out.
//!
//! Values are plain objects with decimals as strings; no money is a number. [`input`] reads them. Every failure is an `Error`
//! with `code` and `field`. What a wallet computes from a server's answers (feature `wasm-wallet`), the past of a member
//! (`wasm-phone`, for mini-programs) and what looks ahead (`wasm-economy`) are in larger binaries, so a page that only previews
//! does not load them. The exports are documented in `pkg/index.d.ts`, `pkg/wallet.d.ts`, `pkg/miniprogram/index.d.ts` and
//! `pkg/economy.d.ts`. Doc comments here would be shipped a second time, in the glue.

#[cfg(feature = "wasm-economy")]
mod economy;
mod input;
#[cfg(feature = "wasm-phone")]
mod past;
#[cfg(feature = "wasm-wallet")]
mod wallet;

use gongxiang_words::Language;
use js_sys::{Array, Error, JSON, Object};
use serde::Serialize;
use wasm_bindgen::prelude::*;

use crate::book;
use crate::event::{Code, Entry, Refusal};
use crate::ruleset::RuleSet;
use crate::wire::event;
use crate::wire::replay::Replay;
use crate::wire::worded::Worded;

// As fast as the standard library's allocator at a third of its size. Freed memory is merged and used again.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

// The version of the rules.
#[wasm_bindgen(skip_jsdoc)]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

// The version as a number: how the loader knows its own binary, before any text can be read from it.
#[wasm_bindgen(skip_jsdoc)]
#[must_use]
pub fn release() -> u32 {
    const fn number(digits: &str) -> u32 {
        match u32::from_str_radix(digits, 10) {
            Ok(number) => number,
            Err(_) => panic!("a part of the version is no number"),
        }
    }
    const RELEASE: u32 = (number(env!("CARGO_PKG_VERSION_MAJOR")) * 1_000 + number(env!("CARGO_PKG_VERSION_MINOR")))
        * 1_000
        + number(env!("CARGO_PKG_VERSION_PATCH"));
    RELEASE
}

// A whole journal at once: the object of RULES.md section 9.
#[wasm_bindgen(skip_jsdoc)]
pub fn replay(rules: &JsValue, events: &JsValue) -> Result<JsValue, JsValue> {
    let mut replay = Replay::new(read_rules(rules)?);
    let events: &Array = events.dyn_ref().ok_or_else(|| to_error(&Refusal::bad_event("events", "must be an array")))?;
    for value in events.iter() {
        // The answer lists the refusals.
        _ = replay.push(read_event(&value));
    }
    let replayed = replay.finish().map_err(|error| to_error(&error.into()))?;
    to_js(&replayed)
}

// A book: all state of a scheme.
#[wasm_bindgen]
#[derive(Debug)]
pub struct Book(book::Book);

// An empty book under these rules.
#[wasm_bindgen(js_name = openBook, skip_jsdoc)]
pub fn open_book(rules: &JsValue) -> Result<Book, JsValue> {
    Ok(Book(book::Book::open(read_rules(rules)?)))
}

#[wasm_bindgen]
impl Book {
    // Applies an event as a whole, or refuses it. Returns its receipt.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn apply(&mut self, event: &JsValue) -> Result<JsValue, JsValue> {
        let entry = read_event(event).map_err(|refusal| to_error(&refusal))?;
        let receipt = self.0.apply(&entry).result.map_err(|refusal| to_error(&refusal))?;
        to_js(&Worded(&*receipt, Language::En))
    }

    // The receipt that `apply` would give now; changes nothing.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn preview(&self, event: &JsValue) -> Result<JsValue, JsValue> {
        let receipt = read_event(event).and_then(|entry| self.0.preview(&entry));
        to_js(&Worded(&*receipt.map_err(|refusal| to_error(&refusal))?, Language::En))
    }

    // The whole state, every account settled to the present.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn state(&self) -> Result<JsValue, JsValue> {
        let state = self.0.state().map_err(|error| to_error(&error.into()))?;
        to_js(&state)
    }

    // One account, settled to the present.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn account(&self, id: &JsValue) -> Result<JsValue, JsValue> {
        let id = id.as_string().ok_or_else(|| to_error(&Refusal::bad_event("id", "must be a text")))?;
        match self.0.account_state(&id) {
            Ok(Some(state)) => to_js(&state),
            Ok(None) => Err(to_error(&Refusal::new(Code::UnknownMember, "id"))),
            Err(error) => Err(to_error(&error.into())),
        }
    }
}

fn read_rules(value: &JsValue) -> Result<RuleSet, JsValue> {
    let tree = input::read(value, Code::BadRules, "");
    let rules = tree.and_then(|tree| RuleSet::from_tree(&tree).map_err(Refusal::from));
    rules.map_err(|refusal| to_error(&refusal))
}

fn read_event(value: &JsValue) -> Result<Entry, Refusal> {
    event::read(&input::read(value, Code::BadEvent, "")?)
}

/// An answer as plain data. It crosses the border as one text. serde-wasm-bindgen, which writes small values here, would call JavaScript for
/// each value in it, and a receipt has a hundred.
fn to_js(answer: &impl Serialize) -> Result<JsValue, JsValue> {
    let text = serde_json::to_string(answer).map_err(|error| Error::new(&error.to_string()))?;
    JSON::parse(&text)
}

/// A refusal as an `Error` with `name`, `code` and `field`.
fn to_error(refusal: &Refusal) -> JsValue {
    #[derive(Serialize)]
    struct Details<'a> {
        name: &'a str,
        code: &'a str,
        field: &'a str,
    }
    let details = Details { name: "GongxiangError", code: refusal.code.as_str(), field: &refusal.field };
    let error = Error::new(&refusal.to_string());
    // Texts are always written.
    if let Ok(details) = serde_wasm_bindgen::to_value(&details) {
        Object::assign(&error, details.unchecked_ref());
    }
    error.into()
}
