//! The ledger: events wait in a queue, are settled in groups by the rules, and are stored. Nothing here knows HTTP.

pub mod announced;
pub mod audit;
pub mod believed;
pub mod close;
pub mod deadline;
pub mod gathering;
pub mod goods;
pub mod group;
pub mod housekeeping;
pub mod journal;
pub mod merging;
pub mod missed;
pub mod needs;
pub mod network;
pub mod pending;
mod pulse;
pub mod queue;
pub mod quota;
pub mod reports;
pub mod store;
pub mod unavailable;
pub mod warnings;
