//! What the `OpenAPI` document says of answers, read strictly: an answer has no field that the document does not name.

use std::collections::{BTreeMap, BTreeSet};

use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::support::TestResult;

pub(super) struct Document {
    paths: Value,
    components: Value,
    /// The schemas that were asked for, by route and status.
    validators: BTreeMap<(String, u16), Option<Validator>>,
    /// What answers had that the document does not say, or lacked.
    pub(super) differences: BTreeSet<String>,
}

impl Document {
    pub(super) fn read() -> TestResult<Self> {
        let mut document: Value = serde_json::from_str(include_str!("../../../openapi.json"))?;
        let mut joined = BTreeSet::new();
        find_joined(&document["components"], &mut joined);
        let schemas = document["components"]["schemas"].as_object_mut().ok_or("no schemas")?;
        for (name, schema) in schemas.iter_mut() {
            close(schema, joined.contains(name), &joined);
        }
        let [mut paths, components] = ["paths", "components"].map(|part| document[part].take());
        close(&mut paths, false, &joined);
        Ok(Self { paths, components, validators: BTreeMap::new(), differences: BTreeSet::new() })
    }

    /// Compares an answer to a route, such as `GET /v1/orders`.
    pub(super) fn check(&mut self, route: &str, status: u16, text: &str) -> TestResult {
        let key = (route.to_owned(), status);
        if !self.validators.contains_key(&key) {
            let validator = self.validator(route, status)?;
            self.validators.insert(key.clone(), validator);
        }
        let Some(validator) = &self.validators[&key] else {
            assert_eq!(text, "", "{route} has no content for {status}");
            return Ok(());
        };
        let answer = serde_json::from_str(text)?;
        let found = validator.iter_errors(&answer).map(|error| {
            let path = error.instance_path().to_string();
            let names: Vec<_> = path.split('/').filter(|name| name.parse::<usize>().is_err()).collect();
            format!("{route} {status} {}: {error}", names.join("/"))
        });
        self.differences.extend(found);
        Ok(())
    }

    /// Nothing for an answer without content.
    fn validator(&self, route: &str, status: u16) -> TestResult<Option<Validator>> {
        let (method, path) = route.split_once(' ').ok_or("no method")?;
        let responses = &self.paths[path][method.to_lowercase()]["responses"];
        let response = [status.to_string().as_str(), "default"].into_iter().find_map(|name| responses.get(name));
        let response = response.ok_or_else(|| format!("{route} has no answer {status}"))?;
        let Some(content) = response.get("content") else { return Ok(None) };
        let media = if status >= 400 { "application/problem+json" } else { "application/json" };
        let mut schema: Map<_, _> = content[media]["schema"].as_object().ok_or("no schema")?.clone();
        schema.insert("components".into(), self.components.clone());
        Ok(Some(jsonschema::draft202012::new(&Value::Object(schema))?))
    }
}

/// The schemas whose fields stand in one table with those of others.
fn find_joined(value: &Value, joined: &mut BTreeSet<String>) {
    match value {
        Value::Object(fields) => {
            let parts = fields.get("allOf").and_then(Value::as_array).into_iter().flatten();
            let names = parts.filter_map(|part| part["$ref"].as_str()?.rsplit('/').next());
            joined.extend(names.map(str::to_owned));
            fields.values().for_each(|value| find_joined(value, joined));
        }
        Value::Array(items) => items.iter().for_each(|value| find_joined(value, joined)),
        _ => {}
    }
}

/// Forbids what a schema does not name. A part of a joined table stays open: the whole is closed, and so is the part where it stands
/// alone.
fn close(schema: &mut Value, is_part: bool, joined: &BTreeSet<String>) {
    match schema {
        Value::Object(fields) => {
            let name = fields.get("$ref").and_then(|of| of.as_str()?.rsplit('/').next());
            let forbids = if fields.contains_key("allOf") || name.is_some_and(|name| joined.contains(name)) {
                Some("unevaluatedProperties")
            } else {
                fields.get("properties").filter(|properties| properties.is_object()).map(|_| "additionalProperties")
            };
            if let Some(forbids) = forbids.filter(|_| !is_part) {
                fields.entry(forbids).or_insert(json!(false));
            }
            for (name, value) in fields.iter_mut() {
                let same_table = matches!(name.as_str(), "allOf" | "oneOf" | "anyOf");
                close(value, name == "allOf" || (same_table && is_part), joined);
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| close(item, is_part, joined)),
        _ => {}
    }
}

#[test]
fn a_field_that_the_document_does_not_name_is_a_difference() -> TestResult {
    let day = json!({"day": "2026-01-01", "more": 1});
    let row = json!({"rows": [{"id": "o1", "more": 1}], "next": null});
    for (route, answer) in [
        ("GET /v1/supply", json!({"more": 1})),
        ("GET /v1/days/{day}", day.clone()),
        ("GET /v1/days", json!({"days": [day]})),
        ("GET /v1/orders", row),
        ("GET /v1/staff", json!({"staff": [{"more": 1}]})),
        ("GET /v1/rules/review", json!({"more": 1})),
    ] {
        let mut document = Document::read()?;
        document.check(route, 200, &answer.to_string())?;
        let said = document.differences.iter().any(|difference| difference.contains("'more'"));
        assert!(said, "{route}: {:#?}", document.differences);
    }
    Ok(())
}
