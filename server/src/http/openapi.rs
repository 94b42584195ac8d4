//! The `OpenAPI` document (3.1), made from the routes themselves. `server/openapi.json` is this text, checked in so that a change
//! shows in review; a test compares the two.

use axum::response::IntoResponse;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, RefOr, Schema};

use super::answer::Answer;
use super::api::{TOKEN, schema};
use super::commands::{Command, Field, Format};
use super::routes;
use super::rules::accepted_schema;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points};
use gongxiang::ruleset::RuleSet;

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let (paths, schemas) = routes::api().into_document();
    let token = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    let components = schemas
        .into_iter()
        .fold(ComponentsBuilder::new().security_scheme(TOKEN, token), |all, (name, schema)| all.schema(name, schema));
    let info = InfoBuilder::new().title("gongxiang 共享购").version("1").description(Some(
        "The settlement of a consumer-points scheme. Amounts are decimal strings. Every error is a problem document \
         (RFC 9457) with a stable code.",
    ));
    OpenApiBuilder::new().info(info.build()).paths(paths).components(Some(components.build())).build()
}

fn format_schema(format: Format) -> RefOr<Schema> {
    match format {
        Format::Id => Id::schema(),
        Format::Money => Money::schema(),
        Format::Decimal => Points::schema(),
        Format::Region => Region::schema(),
        Format::Whole(least, most) => schema(json!({"type": "integer", "minimum": least, "maximum": most})),
        Format::Table => RuleSet::schema(),
        Format::OneOf(values) => schema(json!({"type": "string", "enum": values})),
        Format::Flags => accepted_schema(),
    }
}

fn fields_json(fields: &[Field]) -> (serde_json::Map<String, Value>, Vec<&'static str>) {
    let property = |field: &Field| (field.name.to_owned(), json!(format_schema(field.format)));
    let required = fields.iter().filter(|field| field.required).map(|field| field.name);
    (fields.iter().map(property).collect(), required.collect())
}

/// A table with these fields, and with the id that the server makes if it is left out.
#[must_use]
pub fn fields_schema(fields: &[Field], made: Option<&'static str>) -> RefOr<Schema> {
    let (mut properties, required) = fields_json(fields);
    if let Some(made) = made {
        properties.insert(made.into(), json!(Id::schema()));
    }
    schema(json!({
        "type": "object", "additionalProperties": false, "properties": properties, "required": required,
    }))
}

/// The event of a command, without the id that the server makes.
#[must_use]
pub fn event_schema(command: &Command) -> RefOr<Schema> {
    let (mut properties, mut required) = fields_json(command.fields);
    for name in command.in_path() {
        let text = if name == "day" { Day::schema() } else { Id::schema() };
        properties.insert(name.into(), json!(text));
        required.push(name);
    }
    properties.insert("type".into(), json!({"type": "string", "enum": [command.kind]}));
    required.push("type");
    schema(json!({
        "type": "object", "additionalProperties": false, "properties": properties, "required": required,
    }))
}

/// The document, for whoever asks.
pub async fn served() -> impl IntoResponse {
    Answer::<()>::from_text(text())
}

/// The document's text.
#[must_use]
pub fn text() -> String {
    document().to_pretty_json().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    #[test]
    fn the_document_that_is_checked_in_is_the_one_that_is_served() {
        let kept = include_str!("../../openapi.json");
        assert_eq!(kept.trim(), super::text().trim(), "`gongxiang openapi > server/openapi.json` brings it up to date");
    }

    #[test]
    fn whatever_the_document_refers_to_is_in_it() -> Result<(), serde_json::Error> {
        let document: Value = serde_json::from_str(&super::text())?;
        let mut named = BTreeSet::new();
        references(&document, &mut named);
        assert!(named.len() > 30, "{named:?}");
        for name in named {
            assert!(document.pointer(name.trim_start_matches('#')).is_some(), "{name} is missing");
        }
        Ok(())
    }

    fn references<'a>(value: &'a Value, named: &mut BTreeSet<&'a str>) {
        match value {
            Value::Object(fields) => {
                named.extend(fields.get("$ref").and_then(Value::as_str));
                fields.values().for_each(|value| references(value, named));
            }
            Value::Array(items) => items.iter().for_each(|value| references(value, named)),
            _ => {}
        }
    }
}
