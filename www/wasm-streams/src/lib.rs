//! Replaces the crate `wasm-streams` in this workspace (`[patch.crates-io]`). leptos needs it for server functions, which the wallet
//! does not have. The linker would keep all of its exported classes, for which the wallet's budget has no room.
//!
//! It has only what leptos calls. A version of leptos that calls more does not compile.

use futures_util::stream::Empty;
use wasm_bindgen::JsValue;

/// A stream of the browser, which is never made.
#[derive(Debug)]
pub struct ReadableStream(web_sys::ReadableStream);

impl ReadableStream {
    /// Wraps it.
    #[must_use]
    pub fn from_raw(raw: web_sys::ReadableStream) -> Self {
        Self(raw)
    }

    /// Panics: nothing here streams.
    #[must_use]
    pub fn from_stream<S>(_: S) -> Self {
        unreachable!("the wallet has no server functions")
    }

    /// Unwraps it.
    #[must_use]
    pub fn into_raw(self) -> web_sys::ReadableStream {
        self.0
    }

    /// Panics: nothing here streams.
    pub fn into_stream(self) -> Empty<Result<JsValue, JsValue>> {
        unreachable!("the wallet has no server functions")
    }
}
