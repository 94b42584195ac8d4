//! What looks ahead: scenarios, forecasts, red flags, and the eve of a close, which a forecast starts from.

use js_sys::Function;
use wasm_bindgen::prelude::*;

use super::{Book, input, read_rules, to_error, to_js};
use crate::event::{Code, Refusal};
use crate::identity::Id;
use crate::quantity::ShareValue;
use crate::tree::Tree;
use crate::wire::answer::SupplyNow;
use crate::wire::{eve, scenario, snapshot};
use crate::{book, economy, forecast, review};

// A scenario on these rules, day by day.
#[wasm_bindgen(skip_jsdoc)]
pub fn simulate(rules: &JsValue, scenario: &JsValue, go_on: &JsValue) -> Result<JsValue, JsValue> {
    let rules = read_rules(rules)?;
    let run = read(scenario).and_then(|tree| {
        let (rules, scenario) = scenario::read(&tree, &rules)?;
        economy::simulate(&rules, &scenario, &mut |day| ask(go_on, day))
    });
    to_js(&run.map_err(|refusal| to_error(&refusal))?)
}

#[wasm_bindgen]
impl Book {
    // The eve of the close that follows, for one member.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn eve(&self, member: &JsValue) -> Result<JsValue, JsValue> {
        let unknown = || Refusal::new(Code::UnknownMember, "member");
        let id = member.as_string().and_then(|id| Id::parse(&id)).ok_or_else(unknown);
        to_js(&id.and_then(|id| self.0.eve(&id)).map_err(|refusal| to_error(&refusal))?)
    }
}

// The eve of a newcomer, from rules, the answer of `GET /v1/supply` and the share value that is new.
#[wasm_bindgen(skip_jsdoc)]
pub fn newcomer(rules: &JsValue, supply: &JsValue, share_value: &JsValue) -> Result<JsValue, JsValue> {
    let rules = read_rules(rules)?;
    let supply = read(supply).and_then(|tree| snapshot::now(&tree));
    let newcomer = supply.and_then(|SupplyNow { day, price, supply, release, turnover_days }| {
        let share_value = share_value.as_string().and_then(|text| ShareValue::parse(&text).ok());
        let share_value = share_value.filter(|value| value.raw() >= 0);
        let share_value =
            share_value.ok_or_else(|| Refusal::bad_scenario("share_value", "must be a decimal as text"))?;
        forecast::newcomer(&rules, (day, price, supply.issued), turnover_days, &release, share_value)
    });
    to_js(&newcomer.map_err(|refusal| to_error(&refusal))?)
}

// An eve that was read. It is kept because reading it takes as long as forecasting a year.
#[wasm_bindgen]
#[derive(Debug)]
pub struct OpenEve(book::Eve);

// Reads the eve of a close.
#[wasm_bindgen(js_name = openEve, skip_jsdoc)]
pub fn open_eve(eve: &JsValue) -> Result<OpenEve, JsValue> {
    let eve = read(eve).and_then(|tree| eve::read(&tree));
    eve.map(OpenEve).map_err(|refusal| to_error(&refusal))
}

#[wasm_bindgen]
impl OpenEve {
    // What the member may expect from there on.
    #[wasm_bindgen(skip_jsdoc)]
    pub fn forecast(&self, assumptions: &JsValue, go_on: &JsValue) -> Result<JsValue, JsValue> {
        let assumptions = read(assumptions).and_then(|tree| scenario::read_assumptions(&tree));
        let forecast =
            assumptions.and_then(|assumptions| forecast::forecast(&self.0, &assumptions, &mut |path| ask(go_on, path)));
        to_js(&forecast.map_err(|refusal| to_error(&refusal))?)
    }
}

// The red flags of a rule set.
#[wasm_bindgen(skip_jsdoc)]
pub fn review(rules: &JsValue, declared: &JsValue) -> Result<JsValue, JsValue> {
    let rules = read_rules(rules)?;
    let declared = read(declared).and_then(|tree| scenario::read_declared(&tree));
    let findings = declared.and_then(|declared| review::review(&rules, &declared));
    to_js(&findings.map_err(|refusal| to_error(&refusal))?)
}

// An argument that is left out counts as an empty table.
fn read(value: &JsValue) -> Result<Tree, Refusal> {
    if value.is_undefined() {
        return Ok(Tree::Table(Vec::new()));
    }
    input::read(value, Code::BadScenario, "")
}

// Whether to continue. The page's function stops the run if it returns `false` or throws.
fn ask(go_on: &JsValue, done: usize) -> bool {
    let Some(go_on) = go_on.dyn_ref::<Function>() else { return true };
    let done = u32::try_from(done).unwrap_or(u32::MAX);
    go_on.call1(&JsValue::UNDEFINED, &done.into()).is_ok_and(|answer| answer != JsValue::FALSE)
}
