//! The real server, over HTTP.

mod conformance;
mod exports;
mod http;
mod openapi;
mod rights;
mod support;
