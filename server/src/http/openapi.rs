//! The `OpenAPI` document (3.1), made from the routes themselves. `server/openapi.json` is this text, checked in so that a change
//! shows in review; a test compares the two.

use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, LicenseBuilder, OpenApiBuilder, ServerBuilder};

use super::api::{Api, TAGS, TOKEN};

/// The document's text.
pub fn text(api: Api) -> String {
    let (paths, schemas) = api.into_document();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new().security_scheme(TOKEN, token), |all, (name, schema)| all.schema(name, schema));
    let licence = LicenseBuilder::new().name("Apache-2.0 OR MIT").identifier(Some("Apache-2.0 OR MIT"));
    let info = InfoBuilder::new()
        .title("Gongxiang")
        .version(env!("CARGO_PKG_VERSION"))
        .license(Some(licence.build()))
        .description(Some(
            "The settlement of a consumer-points scheme (共享购). Amounts are decimal texts, never numbers: yuan with at most 2 places, points and share value \
             with at most 8. Every error is a problem document (RFC 9457) with a stable code. docs/api.md tells it in ten steps.",
        ));
    let server = ServerBuilder::new().url("/").description(Some("The server that has this document"));
    let tags = TAGS.map(|(name, what)| TagBuilder::new().name(name).description(Some(what)).build());
    let document = OpenApiBuilder::new()
        .info(info.build())
        .servers(Some([server.build()]))
        .tags(Some(tags))
        .paths(paths)
        .components(Some(components.build()))
        .build();
    document.to_pretty_json().unwrap_or_default()
}
