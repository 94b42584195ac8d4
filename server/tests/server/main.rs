//! The real server, over HTTP.

mod bank;
mod conformance;
mod http;
mod kill;
mod load;
mod support;

#[path = "../support/postgres.rs"]
mod postgres;
