//! The `OpenAPI` document (3.1), made from the routes themselves. `server/openapi.json` is this text, checked in so that a change
//! shows in review; a test compares the two.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApiBuilder};

use super::api::{Api, TOKEN};

/// The document's text.
pub fn text(api: Api) -> String {
    let (paths, schemas) = api.into_document();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new().security_scheme(TOKEN, token), |all, (name, schema)| all.schema(name, schema));
    let info = InfoBuilder::new().title("gongxiang 共享购").version("1").description(Some(
        "The settlement of a consumer-points scheme. Amounts are decimal strings. Every error is a problem document \
         (RFC 9457) with a stable code.",
    ));
    let document = OpenApiBuilder::new().info(info.build()).paths(paths).components(Some(components.build())).build();
    document.to_pretty_json().unwrap_or_default()
}
