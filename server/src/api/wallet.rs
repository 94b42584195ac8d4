//! The wallet's files, and what browsers are told about every answer.

use std::path::Path;

use axum::Router;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::{HeaderName, HeaderValue, header};
use axum::routing::MethodRouter;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::App;
use super::problem;

/// The wallet is files and nothing inline; only its WebAssembly is compiled at run time.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
                      connect-src 'self'; manifest-src 'self'; worker-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    // Nothing of the wallet looks, listens or locates; invitations are copied.
    (HeaderName::from_static("permissions-policy"), "camera=(), geolocation=(), microphone=(), payment=()"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // Balances and programs alike: whatever was seen is asked for again.
    (header::CACHE_CONTROL, "no-cache"),
];

/// The files of a directory, wherever no other route leads; what is not there is a problem like any other. Where `x.js.br`
/// lies beside `x.js`, browsers that take brotli get that.
pub fn with_files(router: Router<App>, directory: &Path) -> Router<App> {
    let files = ServeDir::new(directory).precompressed_br();
    router.fallback_service(files.fallback(problem::not_found.into_service()))
}

/// What the widget asks for from other people's pages: nobody's data, and no credentials are taken.
pub fn for_every_page(route: MethodRouter<App>) -> MethodRouter<App> {
    let everybody = HeaderValue::from_static("*");
    route.layer(SetResponseHeaderLayer::overriding(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody))
}

/// Every answer with the headers above.
pub fn with_headers(router: Router) -> Router {
    HEADERS.into_iter().fold(router, |router, (name, value)| {
        router.layer(SetResponseHeaderLayer::overriding(name, HeaderValue::from_static(value)))
    })
}
