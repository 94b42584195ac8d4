//! The real server, over HTTP.

mod access;
mod ahead;
mod authenticator;
mod backup;
mod bank;
mod clock;
mod config;
mod conformance;
mod counter;
mod courier;
mod demo;
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
mod profiles;
mod receiver;
mod reports;
mod rights;
mod rules;
mod second_person;
mod sight;
mod staff;
mod startup;
mod stored;
mod support;
mod tills;
mod tls;
mod trades;
mod versions;
mod webhooks;
mod wechat;

#[path = "../support/postgres.rs"]
mod postgres;
