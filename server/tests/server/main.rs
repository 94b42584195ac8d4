//! The real server, over HTTP.

mod backup;
mod clock;
mod config;
mod conformance;
mod edge;
mod http;
mod startup;
mod support;
mod webhooks;
