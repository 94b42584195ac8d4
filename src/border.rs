//! Where text and foreign values become typed quantities, strictly, and back.
//!
//! Requests and answers as plain data; the wasm surface, the server and the wallet stand on this and on nothing below
//! it that they do not need.

pub mod eve;
pub mod event;
mod fields;
pub mod replay;
pub mod scenario;
pub mod snapshot;
