//! This device's clock. It can be wrong.

use wasm_bindgen::prelude::wasm_bindgen;

#[wasm_bindgen(module = "/src/clock.js")]
extern "C" {
    /// Seconds since 1970; enough until 2106.
    pub fn seconds() -> u32;
}
