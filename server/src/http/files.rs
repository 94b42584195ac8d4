//! Serves the wallet's files, and says what pages of other sites may read.

use std::path::PathBuf;

use axum::Router;
use axum::handler::HandlerWithoutStateExt as _;
use axum::http::{HeaderValue, header};
use axum::middleware::from_fn;
use tower_http::services::ServeDir;
use tower_http::set_header::SetResponseHeaderLayer;

use super::app::App;
use super::wallet::BuiltWallet;
use super::{etag, problem};

/// Where the wallet's files are.
#[derive(Clone, Debug)]
pub enum WalletFiles {
    /// Inside the program.
    Built(BuiltWallet),
    /// In a directory, instead of those inside.
    Directory(PathBuf),
}

/// Serves the wallet's files at every address without a route. A missing file is a problem document. If there is an `x.js.br` beside
/// `x.js`, browsers that accept brotli get it.
pub fn with_files(router: Router<App>, files: &WalletFiles) -> Router<App> {
    let missing = problem::not_found.into_service();
    let files = match files {
        WalletFiles::Built(wallet) => {
            let files = ServeDir::with_backend("", *wallet).precompressed_br();
            let files = files.call_fallback_on_method_not_allowed(true).fallback(missing);
            // They have no time, so their content tells whether a browser has them.
            Router::new().fallback_service(files).layer(from_fn(etag::by_content))
        }
        WalletFiles::Directory(directory) => {
            let files = ServeDir::new(directory).precompressed_br();
            Router::new().fallback_service(files.call_fallback_on_method_not_allowed(true).fallback(missing))
        }
    };
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
