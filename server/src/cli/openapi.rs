//! `gongxiang openapi`.

use crate::http::openapi;

/// Prints the document.
pub fn run() {
    println!("{}", openapi::text());
}
