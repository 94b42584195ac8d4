//! The pieces of which the document's operations are made.

use serde_json::{Value, json};
use utoipa::openapi::path::{OperationBuilder, ParameterBuilder, ParameterIn};
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::security::SecurityRequirement;
use utoipa::openapi::{Content, Ref, RefOr, Required, ResponseBuilder, Schema};

use crate::http::commands::in_braces;

/// A schema by its JSON.
pub fn schema(json: Value) -> RefOr<Schema> {
    // A test reads every one of them.
    serde_json::from_value(json).unwrap_or_else(|_| named("Rules"))
}

pub fn named(name: &str) -> RefOr<Schema> {
    RefOr::Ref(Ref::from_schema_name(name))
}

pub fn reference(name: &str) -> Value {
    json!({"$ref": format!("#/components/schemas/{name}")})
}

pub fn operation(id: &str, title: &str, public: bool) -> OperationBuilder {
    let operation = OperationBuilder::new().operation_id(Some(id)).summary(Some(title));
    let operation = operation.response("default", problem());
    if public { operation } else { operation.security(SecurityRequirement::new("token", Vec::<String>::new())) }
}

pub fn problem() -> RefOr<utoipa::openapi::Response> {
    let content = Content::new(Some(named("Problem")));
    ResponseBuilder::new().description("A problem").content("application/problem+json", content).build().into()
}

pub fn answer(description: &str, schema: RefOr<Schema>) -> RefOr<utoipa::openapi::Response> {
    let content = Content::new(Some(schema));
    ResponseBuilder::new().description(description).content("application/json", content).build().into()
}

pub fn body(json: Value) -> RequestBody {
    let content = Content::new(Some(schema(json)));
    RequestBodyBuilder::new().content("application/json", content).required(Some(Required::True)).build()
}

pub fn path_schema(name: &str) -> &'static str {
    if name == "day" { "Day" } else { "Id" }
}

/// The names in braces.
pub fn path_parameters(path: &'static str, mut operation: OperationBuilder) -> OperationBuilder {
    for name in in_braces(path) {
        let schema = path_schema(name);
        operation = operation.parameter(
            ParameterBuilder::new()
                .name(name)
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .schema(Some(named(schema))),
        );
    }
    operation
}
