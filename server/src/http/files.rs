//! The wallet's files, and what other people's pages may ask for.

use std::path::Path;

use axum::Router;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::{HeaderValue, header};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::app::App;
use super::problem;

/// The files of a directory, wherever no other route leads; what is not there is a problem like any other. Where `x.js.br`
/// lies beside `x.js`, browsers that take brotli get that.
pub fn with_files(router: Router<App>, directory: &Path) -> Router<App> {
    let files = ServeDir::new(directory).precompressed_br();
    router.fallback_service(files.fallback(problem::not_found.into_service()))
}

/// What the widget asks for from other people's pages: nobody's data, and no credentials are taken.
pub fn for_every_page(router: Router<App>) -> Router<App> {
    let everybody = HeaderValue::from_static("*");
    router.route_layer(SetResponseHeaderLayer::overriding(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody))
}
