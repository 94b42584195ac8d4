//! Serves the wallet's files, and says what pages of other sites may read.

use std::path::Path;

use axum::Router;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::{HeaderValue, header};
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::app::App;
use super::problem;

/// Serves the files of a directory at every address without a route. A missing file is a problem document. If there is an `x.js.br`
/// beside `x.js`, browsers that accept brotli get it.
pub fn with_files(router: Router<App>, directory: &Path) -> Router<App> {
    let files = ServeDir::new(directory).precompressed_br();
    let files = Router::new().fallback_service(files.fallback(problem::not_found.into_service()));
    router.fallback_service(asked_again(files))
}

/// Lets pages of other sites read what the widget needs: public data, without credentials.
pub fn for_every_page(router: Router<App>) -> Router<App> {
    let everybody = HeaderValue::from_static("*");
    asked_again(router.route_layer(SetResponseHeaderLayer::overriding(header::ACCESS_CONTROL_ALLOW_ORIGIN, everybody)))
}

/// Lets browsers store the answers, and ask again before they show them. Nothing of it is personal.
fn asked_again<S: Clone + Send + Sync + 'static>(router: Router<S>) -> Router<S> {
    let no_cache = HeaderValue::from_static("no-cache");
    router.layer(SetResponseHeaderLayer::if_not_present(header::CACHE_CONTROL, no_cache))
}
