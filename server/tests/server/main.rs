//! The real server, over HTTP.

mod backup;
mod clock;
mod config;
mod conformance;
mod courier;
mod edge;
mod http;
mod receiver;
mod startup;
mod support;
mod webhooks;
