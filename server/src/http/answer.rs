//! JSON as an answer.

use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use serde::Serialize;

use crate::text::json;

/// JSON that is written.
pub type Written = ([(HeaderName, &'static str); 1], String);

pub fn written(value: &impl Serialize) -> Written {
    json_text(json(value))
}

/// JSON that is text already.
pub fn json_text(text: String) -> Written {
    ([(CONTENT_TYPE, "application/json")], text)
}
