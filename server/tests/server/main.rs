//! The real server, over HTTP.

mod ahead;
mod backup;
mod bank;
mod clock;
mod config;
mod conformance;
mod courier;
mod edge;
mod exports;
mod http;
mod kill;
mod load;
mod openapi;
mod receiver;
mod rights;
mod rules;
mod startup;
mod support;
mod webhooks;

#[path = "../support/postgres.rs"]
mod postgres;
