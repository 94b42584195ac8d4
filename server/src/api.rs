//! HTTP, version 1: who asks for what, and in which words it is answered.
//!
//! Every answer under `/v1` is JSON; every error is a problem document (RFC 9457) with a stable code and the field. There
//! is no sign-in yet, so `guard.rs` lets only this machine in.

mod body;
mod events;
mod guard;
pub(crate) mod problem;
mod query;
mod read;
mod wallet;

use std::path::Path;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::ledger::Ledger;
use crate::limits::BODY_BYTES_MAX;

/// Everything that is answered, with the wallet's files at `/` if there are any.
pub fn app(ledger: Ledger, files: Option<&Path>) -> Router {
    let router = Router::new()
        .route("/v1/events", post(events::settle))
        .route("/v1/members", get(read::members))
        .route("/v1/members/{id}", get(read::member))
        .route("/v1/days", get(read::days))
        .route("/v1/rules", get(read::rules))
        .route("/v1/supply", get(read::supply))
        .route("/v1/state", get(read::state))
        .route("/v1/excerpt", get(read::excerpt))
        .route("/health/live", get(read::live))
        .route("/health/ready", get(read::ready))
        .route("/metrics", get(crate::scrape::metrics))
        .method_not_allowed_fallback(problem::method_not_allowed);
    let router = match files {
        Some(files) => wallet::with_files(router, files),
        None => router.fallback(problem::not_found),
    };
    wallet::with_headers(router.with_state(ledger))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(from_fn(guard::from_this_machine))
}
