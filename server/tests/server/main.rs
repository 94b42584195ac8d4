//! The real server, over HTTP.

mod access;
mod ahead;
mod authenticator;
mod backup;
mod bank;
mod clock;
mod config;
mod conformance;
mod courier;
mod edge;
mod enrolments;
mod exports;
mod failover;
mod faults;
mod framing;
mod http;
mod kill;
mod limits;
mod load;
mod members;
mod once;
mod openapi;
mod passkeys;
mod pending;
mod receiver;
mod rights;
mod rules;
mod sight;
mod staff;
mod startup;
mod stored;
mod support;
mod tills;
mod tls;
mod versions;
mod webhooks;
mod wechat;

#[path = "../support/postgres.rs"]
mod postgres;
