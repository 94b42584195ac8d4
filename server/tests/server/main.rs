//! The real server, over HTTP.

mod backup;
mod clock;
mod config;
mod conformance;
mod courier;
mod edge;
mod exports;
mod http;
mod openapi;
mod receiver;
mod rights;
mod startup;
mod support;
mod webhooks;
