//! `gongxiang openapi`.

use crate::http::routes;

pub fn run() {
    println!("{}", routes::document());
}
