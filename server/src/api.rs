//! HTTP, version 1: who asks for what, and in which words it is answered.
//!
//! Every answer under `/v1` is JSON; every error is a problem document (RFC 9457) with a stable code and the field. What
//! can be done is one table (`commands.rs`); what can be asked is in `read.rs`, what
//! looks ahead in `ahead.rs`.

mod actor;
mod ahead;
mod body;
pub mod commands;
mod etag;
mod events;
mod guard;
pub mod openapi;
pub(crate) mod problem;
mod query;
mod quote;
mod read;
pub(crate) mod rules;
mod sessions;
mod settle;
mod wallet;

pub(crate) use wallet::with_headers;

use std::path::Path;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::from_fn;
use axum::routing::{get, post};

use crate::ledger::Ledger;
use crate::limits::BODY_BYTES_MAX;
use crate::people::People;
use ahead::Lookout;
use settle::Flights;

/// What every request can reach.
#[derive(Clone, Debug)]
pub struct App {
    ledger: Ledger,
    people: People,
    /// Whether everybody may do everything.
    demo: bool,
    flights: Flights,
    lookout: Lookout,
}

impl FromRef<App> for Ledger {
    fn from_ref(app: &App) -> Self {
        app.ledger.clone()
    }
}

impl App {
    /// On a ledger and its people.
    #[must_use]
    pub fn new(ledger: Ledger, people: People, demo: bool) -> Self {
        Self { ledger, people, demo, flights: Flights::default(), lookout: Lookout::default() }
    }

    /// Everything that is answered, with the wallet's files at `/` if there are any.
    pub fn router(self, files: Option<&Path>) -> Router {
        let demo = self.demo;
        let router = Router::new()
            .route("/v1/members", get(read::members))
            .route("/v1/members/{member}", get(read::member))
            .route("/v1/members/{member}/statement", get(read::statement))
            .route("/v1/members/{member}/eve", get(ahead::eve))
            .route("/v1/orders/{order}", get(read::order))
            .route("/v1/orders/{order}/receipt", get(read::receipt))
            .route("/v1/offers", get(read::offers))
            .route("/v1/offers/{offer}", get(read::offer))
            .route("/v1/trades", get(read::trades))
            .route("/v1/trades/{trade}", get(read::trade))
            .route("/v1/days", get(read::days))
            .route("/v1/days/{day}", get(read::day))
            .route("/v1/rules", get(rules::current))
            .route("/v1/rules/history", get(rules::history))
            .route("/v1/rules/review", get(rules::flags))
            .route("/v1/supply", get(read::supply))
            .route("/v1/state", get(read::state))
            .route("/v1/excerpt", get(read::excerpt))
            .route("/v1/events", get(read::events))
            .route("/v1/session", get(sessions::who))
            .route_layer(from_fn(etag::by_content))
            .route("/v1/openapi.json", get(read::openapi))
            .route("/v1/events", post(events::settle))
            .route("/v1/quotes", post(quote::quote))
            .route("/v1/forecast", post(ahead::forecasts))
            .route("/v1/simulations", post(ahead::simulations))
            .route("/v1/rules/check", post(rules::check))
            .route("/v1/sessions/demo", post(sessions::demo))
            .route("/v1/session", axum::routing::delete(sessions::sign_out))
            .route("/health/live", get(read::live))
            .route("/health/ready", get(read::ready))
            .route("/metrics", get(crate::scrape::metrics));
        let router = settle::routes(router).method_not_allowed_fallback(problem::method_not_allowed);
        let router = match files {
            Some(files) => wallet::with_files(router, files),
            None => router.fallback(problem::not_found),
        };
        let router = router.with_state(self).layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
        // Without credentials, only pages of this machine may ask.
        if demo { router.layer(from_fn(guard::from_this_machine)) } else { router }
    }
}
