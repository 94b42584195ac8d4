//! The JavaScript surface: border in, border out, nothing else.
//!
//! Plain objects cross the border, decimals as strings: outward through serde-wasm-bindgen, inward through [`input`]. Every failure is a real `Error`
//! with `code` and `field`; no number crosses that is money. What is exported is documented in `pkg/index.d.ts`: doc
//! comments here would only be shipped once more, in the glue.

mod input;

use js_sys::{Array, Error, Function, Reflect};
use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

use crate::book;
use crate::border::replay::Replay;
use crate::border::{event, scenario};
use crate::event::{Code, Entry, Refusal};
use crate::identity::Id;
use crate::ruleset::RuleSet;
use crate::tree::Tree;
use crate::{economy, forecast};

// The version of the rules.
#[wasm_bindgen(skip_jsdoc)]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").into()
}

// A whole journal at once: the object of RULES.md section 9.
#[wasm_bindgen(skip_jsdoc)]
pub fn replay(rules: &JsValue, events: &JsValue) -> Result<JsValue, JsValue> {
    let mut replay = Replay::new(read_rules(rules)?);
    let events: &Array = events.dyn_ref().ok_or_else(|| to_error(&Refusal::bad_event("events", "must be an array")))?;
    for value in events.iter() {
        // A refusal is listed in the answer.
        _ = replay.push(read_event(&value));
    }
    let replayed = replay.finish().map_err(|error| to_error(&error.into()))?;
    to_js(&replayed)
}

// A scenario on these rules, day by day.
#[wasm_bindgen(skip_jsdoc)]
pub fn simulate(rules: &JsValue, scenario: &JsValue, go_on: &JsValue) -> Result<JsValue, JsValue> {
    let rules = read_rules(rules)?;
    let run = read_scenario(scenario).and_then(|tree| {
        let (rules, scenario) = scenario::read(&tree, &rules)?;
        economy::simulate(&rules, &scenario, &mut |day| ask(go_on, day))
    });
    to_js(&run.map_err(|refusal| to_error(&refusal))?)
}

// The red flags of a rule set.
#[wasm_bindgen(skip_jsdoc)]
pub fn review(rules: &JsValue, declared: &JsValue) -> Result<JsValue, JsValue> {
    let rules = read_rules(rules)?;
    let declared = read_scenario(declared).and_then(|tree| scenario::read_declared(&tree));
    let findings = declared.and_then(|declared| crate::review::review(&rules, &declared));
    to_js(&findings.map_err(|refusal| to_error(&refusal))?)
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
    // Applies an event, whole or not at all; answers with its receipt.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn apply(&mut self, event: &JsValue) -> Result<JsValue, JsValue> {
        let entry = read_event(event).map_err(|refusal| to_error(&refusal))?;
        let receipt = self.0.apply(&entry).result.map_err(|refusal| to_error(&refusal))?;
        to_js(&*receipt)
    }

    // The receipt that `apply` would give now; changes nothing.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn preview(&self, event: &JsValue) -> Result<JsValue, JsValue> {
        let receipt = read_event(event).and_then(|entry| self.0.preview(&entry));
        to_js(&*receipt.map_err(|refusal| to_error(&refusal))?)
    }

    // What a member may expect.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn forecast(&self, id: &JsValue, assumptions: &JsValue, go_on: &JsValue) -> Result<JsValue, JsValue> {
        let unknown = || Refusal::new(Code::UnknownMember, "member");
        let id = id.as_string().and_then(|id| Id::parse(&id)).ok_or_else(unknown);
        let forecast = id.and_then(|id| {
            let assumptions = scenario::read_assumptions(&read_scenario(assumptions)?)?;
            forecast::forecast(&self.0, &id, &assumptions, &mut |path| ask(go_on, path))
        });
        to_js(&forecast.map_err(|refusal| to_error(&refusal))?)
    }

    // The whole state, every account settled to the present.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn state(&self) -> Result<JsValue, JsValue> {
        to_js(&self.0.state().map_err(|error| to_error(&error.into()))?)
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
    let refuse = |message: &'static str| Refusal { code: Code::BadRules, field: "".into(), message: message.into() };
    let tree = input::read(value).map_err(refuse);
    let rules = tree.and_then(|tree| RuleSet::from_tree(&tree).map_err(Refusal::from));
    rules.map_err(|refusal| to_error(&refusal))
}

fn read_event(value: &JsValue) -> Result<Entry, Refusal> {
    event::read(&input::read(value).map_err(|message| Refusal::bad_event("", message))?)
}

// What is left out is an empty table.
fn read_scenario(value: &JsValue) -> Result<Tree, Refusal> {
    if value.is_undefined() {
        return Ok(Tree::Table(Vec::new()));
    }
    let refuse = |message: &'static str| Refusal { code: Code::BadScenario, field: "".into(), message: message.into() };
    input::read(value).map_err(refuse)
}

// Whether to go on: `false` from the page's own function stops, and so does its failure.
fn ask(go_on: &JsValue, done: usize) -> bool {
    let Some(go_on) = go_on.dyn_ref::<Function>() else { return true };
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    go_on.call1(&JsValue::UNDEFINED, &done.into()).is_ok_and(|answer| answer != JsValue::FALSE)
}

fn to_js(value: &impl Serialize) -> Result<JsValue, JsValue> {
    value.serialize(&Serializer::json_compatible()).map_err(JsValue::from)
}

/// A refusal as an `Error` with `name`, `code` and `field`.
fn to_error(refusal: &Refusal) -> JsValue {
    let error = Error::new(&refusal.to_string());
    error.set_name("GongxiangError");
    for (key, value) in [("code", refusal.code.as_str()), ("field", &*refusal.field)] {
        // Setting a property of a fresh object does not fail.
        _ = Reflect::set(&error, &key.into(), &value.into());
    }
    error.into()
}
