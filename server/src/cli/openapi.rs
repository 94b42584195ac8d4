//! `gongxiang openapi`.

use crate::http::routes;

/// Prints the document.
pub fn run() {
    println!("{}", routes::document());
}
