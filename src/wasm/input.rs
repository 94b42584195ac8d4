//! Reads JavaScript values as plain data, strictly.
//!
//! serde-wasm-bindgen could read them, but it would add 14 KB to the package, and it accepts `undefined`, a `Map` or a
//! `BigInt` as plain data.

use js_sys::{Array, JsString, Object};
use wasm_bindgen::prelude::*;

use crate::limits::{DEPTH_MAX, TEXT_LENGTH_MAX, VALUES_MAX};
use crate::tree::Tree;

/// Reads a value that could have come out of `JSON.parse`.
///
/// # Errors
/// What is wrong with it, as the end of a sentence.
pub(super) fn read(value: &JsValue) -> Result<Tree, &'static str> {
    ValueReader { values: 0 }.value(value, 0)
}

struct ValueReader {
    values: usize,
}

impl ValueReader {
    fn value(&mut self, value: &JsValue, depth: usize) -> Result<Tree, &'static str> {
        self.values += 1;
        if depth > DEPTH_MAX {
            return Err("is nested too deeply");
        }
        if self.values > VALUES_MAX {
            return Err("has too many values");
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
            return Err("has a value that JSON does not have");
        }
        let entries = entries(value).map_err(|_| "has a property that cannot be read")?;
        if Array::is_array(value) {
            let items = entries.iter().map(|entry| self.value(&pair(entry).1, depth + 1));
            return items.collect::<Result<_, _>>().map(Tree::List);
        }
        let mut table = Vec::new();
        for entry in entries.iter() {
            let (key, value) = pair(entry);
            table.push((text(&key)?, self.value(&value, depth + 1)?));
        }
        Ok(Tree::Table(table))
    }
}

#[wasm_bindgen]
extern "C" {
    /// `Object.entries`, the one place where code of the page can run: a getter that throws must not pass through
    /// our frames, which hold the book.
    #[wasm_bindgen(catch, js_namespace = Object, js_name = entries)]
    fn entries(value: &JsValue) -> Result<Array, JsValue>;
}

/// Key and value of one of `Object.entries`.
fn pair(entry: JsValue) -> (JsValue, JsValue) {
    let entry: Array = entry.unchecked_into();
    (entry.get(0), entry.get(1))
}

fn text(value: &JsValue) -> Result<String, &'static str> {
    // A text is at least as long in UTF-8 as in UTF-16, so a text that is too long need not be copied.
    let length = usize::try_from(value.unchecked_ref::<JsString>().length()).unwrap_or(usize::MAX);
    let text = if length > TEXT_LENGTH_MAX { None } else { value.as_string() };
    text.filter(|text| text.len() <= TEXT_LENGTH_MAX).ok_or("has a text that is too long")
}
