//! Schemas of what a table of ours describes: the body of a command, and its event.

use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points};
use gongxiang::ruleset::RuleSet;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;
use utoipa::openapi::{RefOr, Schema};

use super::api::schema;
use super::commands::{Command, Field, Format};
use super::rules::accepted_schema;

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
