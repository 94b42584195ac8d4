//! The `OpenAPI` document (3.1), made from the same tables as the routes. `server/openapi.json` is this text, checked in so that
//! a change shows in review; a test compares the two.

mod parts;
mod sign_in;

use std::collections::BTreeMap;

use gongxiang::limits::CLOSING_MOST;
use gongxiang::review::FLAGS;
use serde_json::{Value, json};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, ParameterBuilder, ParameterIn, PathItem, PathsBuilder};
use utoipa::openapi::request_body::RequestBody;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ComponentsBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Required, ResponseBuilder};

use self::parts::{answer, body, named, operation, path_parameters, path_schema, reference, schema};
use super::answer::{Written, json_text};
use super::commands::{COMMANDS, Command, Field, Format, ORDER};
use super::rules::ACCEPT_FLAGS;
use crate::limits::PAGE_MAX;

/// Something that can be asked: address, title, whether anybody may, its parameters, the schema of its answer.
struct Read(&'static str, &'static str, bool, &'static [Parameter], &'static str);

/// A parameter: name, schema, whether it has to be there.
struct Parameter(&'static str, &'static str, bool);

const AFTER_ID: Parameter = Parameter("after", "Id", false);
const LIMIT: Parameter = Parameter("limit", "Limit", false);

const REVIEW: [Parameter; 2] = [Parameter("language", "Language", false), Parameter("concession_rate", "Rate", false)];

const READS: &[Read] = &[
    Read("/v1/members", "Members by id", false, &[AFTER_ID, LIMIT], "Members"),
    Read("/v1/members/{member}", "A member at this moment: what a wallet computes from", false, &[], "Member"),
    Read(
        "/v1/members/{member}/statement",
        "A member's postings, newest first",
        false,
        &[Parameter("before", "Cursor", false), LIMIT],
        "Statement",
    ),
    Read("/v1/members/{member}/eve", "The eve of the close: what a wallet forecasts from", false, &[], "Eve"),
    Read(
        "/v1/orders",
        "A shop's orders, newest first",
        false,
        &[Parameter("merchant", "Id", true), Parameter("before", "Place", false), LIMIT],
        "Orders",
    ),
    Read("/v1/orders/{order}", "An order", false, &[], "Order"),
    Read("/v1/orders/{order}/receipt", "How an order was answered", false, &[], "OrderReceipt"),
    Read("/v1/offers", "Offers that can be taken, by id", false, &[AFTER_ID, LIMIT], "Rows"),
    Read("/v1/offers/{offer}", "An offer", false, &[], "Named"),
    Read("/v1/trades", "One's own trades, by id", false, &[AFTER_ID, LIMIT], "Rows"),
    Read("/v1/trades/{trade}", "A trade", false, &[], "Named"),
    Read("/v1/days", "Closed days, oldest first", true, &[Parameter("after", "Day", false), LIMIT], "Days"),
    Read("/v1/days/{day}", "A closed day", true, &[], "DayRecord"),
    Read("/v1/rules", "The rules in force", true, &[], "Rules"),
    Read("/v1/rules/history", "All rules that were ever in force", true, &[], "History"),
    Read("/v1/rules/review", "The red flags of the rules in force", true, &REVIEW, "Review"),
    Read("/v1/supply", "The scheme's numbers now", true, &[], "Supply"),
    Read("/v1/state", "Everything, every account settled to the present", false, &[], "State"),
    Read(
        "/v1/excerpt",
        "As much of the book as a preview needs: of an order between buyer and merchant, or the accounts of members",
        false,
        &[
            Parameter("members", "Ids", false),
            Parameter("buyer", "Id", false),
            Parameter("merchant", "Id", false),
            Parameter("channel", "Channel", false),
            Parameter("region", "Region", false),
        ],
        "Excerpt",
    ),
    Read(
        "/v1/events",
        "Accepted events with their receipts, in their order",
        false,
        &[Parameter("after", "Place", false), LIMIT],
        "Journal",
    ),
    Read("/v1/session", "Who one is, and how members can sign in", true, &[], "Who"),
    Read("/v1/passkeys", "One's own passkeys, oldest first", false, &[], "Passkeys"),
    Read("/health/live", "The process answers", true, &[], "Status"),
    Read("/health/ready", "The database answers, and can be written", true, &[], "Status"),
];

const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Id => "Id",
        Format::Money => "Money",
        Format::Decimal => "Decimal",
        Format::Region => "Region",
        Format::Table => "Rules",
        // Written out where they stand.
        Format::OneOf(_) => "Channel",
        Format::Whole => "Whole",
        Format::Flags => "Flag",
    }
}

/// The document.
#[must_use]
pub fn document() -> OpenApi {
    let mut paths = PathsBuilder::new();
    for read in READS {
        paths = paths.path(read.0, PathItem::new(HttpMethod::Get, read_operation(read)));
    }
    for command in COMMANDS {
        paths = paths.path(command.path, PathItem::new(HttpMethod::Post, command_operation(command)));
    }
    let quote = operation("quote", "What an order would be answered with now", false)
        .request_body(Some(body(json!({
            "type": "object", "additionalProperties": false,
            "properties": properties(ORDER), "required": names(ORDER),
        }))))
        .response("200", answer("The quote", named("Quote")));
    let events_of_commands: Vec<_> = COMMANDS.iter().map(event_schema).collect();
    let preview = operation("preview", "What a command would be answered with now", false)
        .parameter(key_parameter(Required::False))
        .request_body(Some(body(json!({"oneOf": events_of_commands}))))
        .response("200", answer("The receipt that would be", named("Previewed")));
    let forecast = operation("forecast", "What a member may expect: a band, with its inputs", false)
        .request_body(Some(may_be_left_out(body(reference("Assumptions")))))
        .response("200", answer("The forecast", named("Forecast")));
    let simulation = operation("simulate", "A scenario, day by day, on the rules in force or on other rules", false)
        .request_body(Some(may_be_left_out(body(reference("Scenario")))))
        .response("200", answer("The run", named("Run")));
    let accept_flags = Parameter(ACCEPT_FLAGS, "Flags", false);
    let events = operation("settle_events", "Settle events of a journal, each by itself", false)
        .parameter(query_parameter(&accept_flags))
        .request_body(Some(body(json!({"anyOf": [{"type": "object"}, {"type": "array"}]}))))
        .response("200", answer("The answers", named("EventAnswers")));
    let check = operation("check_rules", "What an adoption would make of the rules in force, and its red flags", false)
        .parameters(Some(REVIEW.iter().map(query_parameter)))
        .request_body(Some(body(json!({
            "type": "object", "additionalProperties": false,
            "properties": {"rules": reference("Rules")}, "required": ["rules"],
        }))))
        .response("200", answer("What would hold", named("Checked")));
    paths = paths
        .path("/v1/quotes", PathItem::new(HttpMethod::Post, quote))
        .path("/v1/previews", PathItem::new(HttpMethod::Post, preview))
        .path("/v1/forecast", PathItem::new(HttpMethod::Post, forecast))
        .path("/v1/simulations", PathItem::new(HttpMethod::Post, simulation))
        .path("/v1/rules/check", PathItem::new(HttpMethod::Post, check))
        .path("/v1/events", PathItem::new(HttpMethod::Post, events));
    paths = sign_in::paths(paths);
    let mut components =
        ComponentsBuilder::new().security_scheme("token", SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer)));
    for (name, json) in schemas() {
        components = components.schema(name, schema(json));
    }
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title("gongxiang 共享购")
                .version("1")
                .description(Some(
                    "The settlement of a consumer-points scheme. Amounts are decimal strings. Every error is a problem \
                     document (RFC 9457) with a stable code.",
                ))
                .build(),
        )
        .paths(paths)
        .components(Some(components.build()))
        .build()
}

fn may_be_left_out(mut body: RequestBody) -> RequestBody {
    body.required = Some(Required::False);
    body
}

fn id_of(method: &str, path: &str) -> String {
    let words: Vec<_> = path.trim_start_matches("/v1").split(['/', '{', '}']).filter(|word| !word.is_empty()).collect();
    format!("{method}_{}", words.join("_"))
}

fn query_parameter(Parameter(name, schema, required): &Parameter) -> ParameterBuilder {
    let required = if *required { Required::True } else { Required::False };
    ParameterBuilder::new().name(*name).parameter_in(ParameterIn::Query).required(required).schema(Some(named(schema)))
}

fn key_parameter(required: Required) -> ParameterBuilder {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(required)
        .schema(Some(named("IdempotencyKey")))
}

fn read_operation(Read(path, title, public, parameters, answered): &Read) -> OperationBuilder {
    let mut operation = path_parameters(path, operation(&id_of("get", path), title, *public));
    for parameter in *parameters {
        operation = operation.parameter(query_parameter(parameter));
    }
    operation
        .response("200", answer("The answer", named(answered)))
        .response("304", ResponseBuilder::new().description("It has not changed").build())
}

fn properties(fields: &[Field]) -> Value {
    let property = |field: &Field| {
        let schema = match field.format {
            Format::OneOf(values) => json!({"type": "string", "enum": values}),
            // Each field's own range is the rules' business.
            Format::Whole => json!({"type": "integer", "minimum": 1, "maximum": CLOSING_MOST}),
            Format::Flags => json!({"type": "array", "uniqueItems": true, "items": reference("Flag")}),
            format => reference(format_name(format)),
        };
        (field.name.to_owned(), schema)
    };
    Value::Object(fields.iter().map(property).collect())
}

fn names(fields: &[Field]) -> Vec<&'static str> {
    fields.iter().filter(|field| field.required).map(|field| field.name).collect()
}

fn command_operation(command: &Command) -> OperationBuilder {
    let operation = path_parameters(command.path, operation(&id_of("post", command.path), command.title, false))
        .parameter(key_parameter(Required::True))
        .response("200", answer("It is settled", named("Settled")));
    let mut properties = properties(command.fields);
    if let (Some((made, _)), Value::Object(properties)) = (command.made, &mut properties) {
        properties.insert(made.into(), reference("Id"));
    }
    operation.request_body(Some(body(json!({
        "type": "object", "additionalProperties": false, "properties": properties, "required": names(command.fields),
    }))))
}

/// The event of a command, without the id that the server makes.
fn event_schema(command: &Command) -> Value {
    let (mut properties, mut required) = (properties(command.fields), names(command.fields));
    if let Value::Object(properties) = &mut properties {
        properties.extend(command.in_path().map(|name| (name.to_owned(), reference(path_schema(name)))));
        properties.insert("type".into(), json!({"type": "string", "enum": [command.kind]}));
    }
    required.extend(command.in_path().chain(["type"]));
    json!({"type": "object", "additionalProperties": false, "properties": properties, "required": required})
}

/// All schemas, by name: those of `schemas.json`, and those that a limit or a list of ours decides.
fn schemas() -> BTreeMap<String, Value> {
    let mut schemas: BTreeMap<String, Value> =
        serde_json::from_str(include_str!("openapi/schemas.json")).unwrap_or_default();
    let flags: Vec<_> = FLAGS.iter().map(|(code, ..)| *code).collect();
    let one = flags.join("|");
    schemas.insert("Flags".into(), json!({"type": "string", "pattern": format!("^({one})(,({one}))*$")}));
    schemas.insert("Flag".into(), json!({"type": "string", "enum": flags}));
    schemas.insert("Limit".into(), json!({"type": "integer", "minimum": 1, "maximum": PAGE_MAX}));
    schemas
}

/// `GET /v1/openapi.json`: what can be asked and done, as `OpenAPI` 3.1.
pub async fn served() -> Written {
    json_text(text())
}

/// The document's text.
#[must_use]
pub fn text() -> String {
    document().to_pretty_json().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_document_that_is_checked_in_is_the_one_that_is_served() {
        let kept = include_str!("../../openapi.json");
        assert_eq!(kept.trim(), super::text().trim(), "`gongxiang openapi > server/openapi.json` brings it up to date");
    }

    #[test]
    fn every_schema_is_read() {
        let schemas = super::schemas();
        assert!(schemas.len() > 30, "schemas.json is read");
        for (name, json) in schemas {
            assert!(serde_json::from_value::<utoipa::openapi::RefOr<utoipa::openapi::Schema>>(json).is_ok(), "{name}");
        }
    }
}
