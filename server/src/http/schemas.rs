//! Schemas of what our own table describes: the body of a command, and its event.

use gongxiang::event::Format;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points, Price, ShareValue};
use gongxiang::ruleset::RuleSet;
use serde_json::{Value, json};
use utoipa::PartialSchema as _;
use utoipa::openapi::{RefOr, Schema};

use super::api::schema;
use super::commands::{BodyFormat, Command, Field};
use super::rules::accepted_schema;
use crate::limits::STATEMENT_LENGTH_MAX;

fn format_schema(format: BodyFormat) -> RefOr<Schema> {
    match format {
        BodyFormat::Event(format) => event_format_schema(format),
        BodyFormat::Reference => Id::schema(),
        BodyFormat::Flags => accepted_schema(),
        BodyFormat::Fingerprint => schema(json!({"type": "string", "pattern": "^[0-9a-f]{64}$"})),
        BodyFormat::Begins => Day::schema(),
        BodyFormat::Text => schema(json!({"type": "string", "minLength": 1, "maxLength": STATEMENT_LENGTH_MAX})),
    }
}

fn event_format_schema(format: Format) -> RefOr<Schema> {
    match format {
        Format::Id(_) => Id::schema(),
        Format::Money => Money::schema(),
        Format::Points => Points::schema(),
        Format::ShareValue => ShareValue::schema(),
        Format::Price => Price::schema(),
        Format::Region | Format::City => Region::schema(),
        Format::Channel => schema(json!({"type": "string", "enum": ["online", "offline"]})),
        Format::Side => schema(json!({"type": "string", "enum": ["sell", "buy"]})),
        Format::Day => Day::schema(),
        Format::Count(most) => schema(json!({"type": "integer", "minimum": 1, "maximum": most})),
        Format::Rules => RuleSet::schema(),
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
    let (mut properties, mut required) = fields_json(&command.fields);
    let in_path = |name| command.in_path().any(|other| other == name);
    for field in command.kind.fields().iter().filter(|field| in_path(field.name)) {
        properties.insert(field.name.into(), json!(event_format_schema(field.format)));
        required.push(field.name);
    }
    properties.insert("type".into(), json!({"type": "string", "enum": [command.kind.as_str()]}));
    required.push("type");
    schema(json!({
        "type": "object", "additionalProperties": false, "properties": properties, "required": required,
    }))
}
