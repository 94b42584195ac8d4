//! Reads JavaScript values as plain data, strictly.
//!
//! serde-wasm-bindgen could read them, but it would add 14 KB to the package, and it accepts a `Map` or a `BigInt` as plain data.

use js_sys::{Array, JsString, Object};
use wasm_bindgen::prelude::*;

use crate::event::{Code, Refusal};
use crate::limits::{DEPTH_MAX, TEXT_LENGTH_MAX, VALUES_MAX};
use crate::tree::Tree;

/// Reads a value that could have come out of `JSON.parse`. `name` is what the caller calls the value; it may be empty.
///
/// # Errors
/// `code`, with the field that is wrong.
pub(super) fn read(value: &JsValue, code: Code, name: &str) -> Result<Tree, Refusal> {
    ValueReader { values: 0 }.value(value, 0).map_err(|flaw| {
        let Flaw { field, message } = flaw.within(name);
        Refusal { code, field: field.into(), message: message.into() }
    })
}

/// What is wrong with a value.
struct Flaw {
    /// The names on the way to it, with dots between them.
    field: String,
    /// The end of a sentence.
    message: &'static str,
}

impl Flaw {
    const fn new(message: &'static str) -> Self {
        Self { field: String::new(), message }
    }

    fn within(mut self, name: &str) -> Self {
        if !name.is_empty() {
            if !self.field.is_empty() {
                self.field.insert(0, '.');
            }
            self.field.insert_str(0, name);
        }
        self
    }
}

struct ValueReader {
    values: usize,
}

impl ValueReader {
    fn value(&mut self, value: &JsValue, depth: usize) -> Result<Tree, Flaw> {
        self.values += 1;
        if depth > DEPTH_MAX {
            return Err(Flaw::new("is nested too deeply"));
        }
        if self.values > VALUES_MAX {
            return Err(Flaw::new("has too many values"));
        }
        if value.is_string() {
            return text(value).map(Tree::Text);
        }
        if value.is_null() {
            return Ok(Tree::Null);
        }
        if let Some(value) = value.as_bool() {
            return Ok(Tree::Bool(value));
        }
        if value.as_f64().is_some() {
            return Ok(Tree::number(value.unchecked_ref::<Object>().to_string().into()));
        }
        if !value.is_object() || value.is_function() {
            return Err(Flaw::new("has a value that JSON does not have"));
        }
        let entries = plain_entries(value).map_err(|_| Flaw::new("has a property that cannot be read"))?;
        let entries = entries.ok_or(Flaw::new("has a value that JSON does not have"))?;
        if Array::is_array(value) {
            let items = entries.iter().map(|entry| self.value(&pair(entry).1, depth + 1));
            return items.collect::<Result<_, _>>().map(Tree::List);
        }
        let mut table = Vec::new();
        for entry in entries.iter() {
            let (key, value) = pair(entry);
            // Left out, as `JSON.stringify` does.
            if value.is_undefined() {
                continue;
            }
            let key = text(&key)?;
            let value = self.value(&value, depth + 1).map_err(|flaw| flaw.within(&key))?;
            table.push((key, value));
        }
        Ok(Tree::Table(table))
    }
}

#[wasm_bindgen]
extern "C" {
    // Here code of the page can run: a getter or a proxy that throws must not pass through our frames, which hold the book.
    #[wasm_bindgen(catch, js_namespace = Object)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
    #[wasm_bindgen(catch, js_namespace = Object, js_name = getPrototypeOf)]
    fn prototype_of(value: &JsValue) -> Result<JsValue, JsValue>;
}

/// Names and values of a plain object, or of an array without holes and names. `None` for anything else: a `Map`, a `Date` or an
/// instance of a class shows few of its values as properties, and would be read as an empty table.
fn plain_entries(value: &JsValue) -> Result<Option<Array>, JsValue> {
    let entries = entries(value)?;
    let is_plain = if Array::is_array(value) {
        let length = value.unchecked_ref::<Array>().length();
        let last = entries.length().checked_sub(1).map(|last| pair(entries.get(last)).0);
        entries.length() == length && last.is_none_or(|last| last.as_string() == Some((length - 1).to_string()))
    } else {
        // Above the prototype of plain objects there is none, whichever page or realm they come from.
        let prototype = prototype_of(value)?;
        prototype.is_null() || prototype_of(&prototype)?.is_null()
    };
    Ok(is_plain.then_some(entries))
}

/// Key and value of one of `Object.entries`.
fn pair(entry: JsValue) -> (JsValue, JsValue) {
    let entry: Array = entry.unchecked_into();
    (entry.get(0), entry.get(1))
}

fn text(value: &JsValue) -> Result<String, Flaw> {
    // A text is at least as long in UTF-8 as in UTF-16, so a text that is too long need not be copied.
    let length = usize::try_from(value.unchecked_ref::<JsString>().length()).unwrap_or(usize::MAX);
    let text = if length > TEXT_LENGTH_MAX { None } else { value.as_string() };
    text.filter(|text| text.len() <= TEXT_LENGTH_MAX).ok_or(Flaw::new("has a text that is too long"))
}
