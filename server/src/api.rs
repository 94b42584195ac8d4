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
mod newcomers;
pub mod openapi;
mod passkeys;
mod preview;
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
use std::sync::Arc;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef};
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};
use url::Url;

use crate::ledger::Ledger;
use crate::limits::BODY_BYTES_MAX;
use crate::passkeys::Passkeys;
use crate::people::People;
use crate::wechat::Code2Session;
use ahead::Lookout;
use problem::Problem;
use settle::Flights;

/// How members can sign in.
#[derive(Clone, Debug, Default)]
pub struct SignIn {
    /// Where the wallet's pages are.
    pub origin: Option<Url>,
    /// Passkeys of that origin.
    pub passkeys: Option<Passkeys>,
    /// The mini-program's.
    pub wechat: Option<Arc<dyn Code2Session>>,
    /// Whether members register themselves.
    pub open_registration: bool,
}

/// What every request can reach.
#[derive(Clone, Debug)]
pub struct App {
    ledger: Ledger,
    people: People,
    /// Whether everybody may do everything.
    demo: bool,
    flights: Flights,
    lookout: Lookout,
    sign_in: SignIn,
}

impl FromRef<App> for Ledger {
    fn from_ref(app: &App) -> Self {
        app.ledger.clone()
    }
}

impl App {
    /// On a ledger and its people.
    #[must_use]
    pub fn new(ledger: Ledger, people: People, sign_in: SignIn, demo: bool) -> Self {
        Self { ledger, people, demo, flights: Flights::default(), lookout: Lookout::default(), sign_in }
    }

    fn passkeys(&self) -> Result<&Passkeys, Problem> {
        self.sign_in.passkeys.as_ref().ok_or_else(|| Problem::sign_in_off("passkey"))
    }

    /// Everything that is answered, with the wallet's files at `/` if there are any.
    pub fn router(self, files: Option<&Path>) -> Router {
        let demo = self.demo;
        let router = Router::new()
            .route("/v1/members", get(read::members))
            .route("/v1/members/{member}", get(read::member))
            .route("/v1/members/{member}/statement", get(read::statement))
            .route("/v1/members/{member}/eve", get(ahead::eve))
            .route("/v1/orders", get(read::orders))
            .route("/v1/orders/{order}", get(read::order))
            .route("/v1/orders/{order}/receipt", get(read::receipt))
            .route("/v1/offers", get(read::offers))
            .route("/v1/offers/{offer}", get(read::offer))
            .route("/v1/trades", get(read::trades))
            .route("/v1/trades/{trade}", get(read::trade))
            .route("/v1/days", get(read::days))
            .route("/v1/days/{day}", get(read::day))
            .route("/v1/rules", wallet::for_every_page(get(rules::current)))
            .route("/v1/rules/history", get(rules::history))
            .route("/v1/rules/review", get(rules::flags))
            .route("/v1/supply", wallet::for_every_page(get(read::supply)))
            .route("/v1/state", get(read::state))
            .route("/v1/excerpt", get(read::excerpt))
            .route("/v1/events", get(read::events))
            .route("/v1/session", get(sessions::who))
            .route("/v1/passkeys", get(passkeys::list))
            .route_layer(from_fn(etag::by_content))
            .route("/v1/openapi.json", get(read::openapi))
            .route("/v1/events", post(events::settle))
            .route("/v1/quotes", post(quote::quote))
            .route("/v1/previews", post(preview::preview))
            .route("/v1/forecast", post(ahead::forecasts))
            .route("/v1/simulations", post(ahead::simulations))
            .route("/v1/rules/check", post(rules::check))
            .route("/v1/sessions/demo", post(sessions::demo))
            .route("/v1/sessions/passkey/begin", post(sessions::begin))
            .route("/v1/sessions/passkey", post(sessions::passkey))
            .route("/v1/sessions/wechat", post(sessions::wechat))
            .route("/v1/session", delete(sessions::sign_out))
            .route("/v1/members/{member}/enrolments", post(passkeys::enrol))
            .route("/v1/members/{member}/access", delete(passkeys::shut_out))
            .route("/v1/passkeys/begin", post(passkeys::begin))
            .route("/v1/passkeys", post(passkeys::finish))
            .route("/v1/passkeys/{passkey}", delete(passkeys::remove))
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
