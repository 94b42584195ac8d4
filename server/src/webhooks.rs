//! Webhooks tell other systems about events (Standard Webhooks): at least once, and to each webhook in the order of
//! the journal.
//!
//! A delivery is stored in the transaction of its event ([`crate::ledger::store`]), so none is lost. A failed attempt
//! is repeated with the same `webhook-id`. Any number of processes may deliver; a lease gives each webhook to one of
//! them at a time.

pub mod deliver;
mod post;
pub mod registry;
pub mod secret;
