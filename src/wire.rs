//! What crosses a border: the only declarations of these shapes, with serde in both directions.
//!
//! Foreign values become typed quantities here, strictly, and typed values become plain data. The wasm surface, the server and
//! the wallet stand on this room. What is read is refused with a code and a field; nothing is guessed.

pub mod answer;
pub mod command;
pub mod eve;
pub mod event;
mod fields;
mod format;
mod receipt;
pub mod replay;
pub mod scenario;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod snapshot;
pub mod statement;
pub mod worded;

pub use receipt::RECEIPT_VERSION;
