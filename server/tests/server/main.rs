//! The real server, over HTTP.

mod conformance;
mod http;
mod rights;
mod support;
