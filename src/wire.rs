//! The shapes of data that enter and leave the rules, with serde in both directions. They are declared only here.
//!
//! Input is read strictly into typed quantities, or refused with a code and a field; nothing is guessed. The JavaScript
//! surface, the server and the wallet use this room.

pub mod answer;
pub mod command;
pub mod eve;
pub mod event;
mod fields;
mod format;
pub mod pending;
pub mod profile;
mod receipt;
pub mod replay;
pub mod scenario;
#[cfg(feature = "openapi")]
pub mod schema;
pub mod snapshot;
pub mod statement;
pub mod worded;

pub use receipt::RECEIPT_VERSION;
