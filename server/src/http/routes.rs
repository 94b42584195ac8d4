//! HTTP, version 1: who asks for what, and in which words it is answered.
//!
//! Every answer under `/v1` is JSON; every error is a problem document (RFC 9457) with a stable code and the field. What
//! can be done is one table (`commands.rs`); each other file is a resource, and what looks ahead is in `ahead.rs`.

use std::path::Path;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn;
use axum::routing::{delete, get, post};

use super::app::App;
use super::{
    ahead, days, etag, events, files, guard, health, market, members, metrics, openapi, orders, passkeys, preview,
    problem, quote, rules, scheme, sessions, settle,
};
use crate::limits::BODY_BYTES_MAX;

/// Everything that is answered, with the wallet's files at `/` if there are any.
pub fn router(app: App, files: Option<&Path>) -> Router {
    let demo = app.demo;
    let router = Router::new()
        .route("/v1/members", get(members::members))
        .route("/v1/members/{member}", get(members::member))
        .route("/v1/members/{member}/statement", get(members::statement))
        .route("/v1/members/{member}/eve", get(ahead::eve))
        .route("/v1/orders", get(orders::orders))
        .route("/v1/orders/{order}", get(orders::order))
        .route("/v1/orders/{order}/receipt", get(orders::receipt))
        .route("/v1/offers", get(market::offers))
        .route("/v1/offers/{offer}", get(market::offer))
        .route("/v1/trades", get(market::trades))
        .route("/v1/trades/{trade}", get(market::trade))
        .route("/v1/days", get(days::days))
        .route("/v1/days/{day}", get(days::day))
        .route("/v1/rules", files::for_every_page(get(rules::current)))
        .route("/v1/rules/history", get(rules::history))
        .route("/v1/rules/review", get(rules::flags))
        .route("/v1/supply", files::for_every_page(get(scheme::supply)))
        .route("/v1/state", get(scheme::state))
        .route("/v1/excerpt", get(scheme::excerpt))
        .route("/v1/events", get(events::journal))
        .route("/v1/session", get(sessions::who))
        .route("/v1/passkeys", get(passkeys::list))
        .route_layer(from_fn(etag::by_content))
        .route("/v1/openapi.json", get(openapi::served))
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
        .route("/health/live", get(health::live))
        .route("/health/ready", get(health::ready))
        .route("/metrics", get(metrics::metrics));
    let router = settle::routes(router).method_not_allowed_fallback(problem::method_not_allowed);
    let router = match files {
        Some(files) => files::with_files(router, files),
        None => router.fallback(problem::not_found),
    };
    let router = router.with_state(app).layer(DefaultBodyLimit::max(BODY_BYTES_MAX));
    // Without credentials, only pages of this machine may ask.
    if demo { router.layer(from_fn(guard::from_this_machine)) } else { router }
}
