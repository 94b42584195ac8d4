//! Events told to others as Standard Webhooks: each at least once, to each webhook in the order of the journal.
//!
//! A delivery is kept in the transaction of its event ([`crate::ledger::store`]), so none is lost; one that failed in between
//! is sent again with the same `webhook-id`. Any number of processes may deliver: one at a time takes a webhook, for a while.

pub mod deliver;
pub mod registry;
mod secret;
