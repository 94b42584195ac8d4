//! The part of the document that says how members sign in.

use serde_json::{Value, json};
use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem, PathsBuilder};
use utoipa::openapi::{Required, ResponseBuilder};

use super::parts::{answer, body, named, operation, path_parameters, reference};

/// Something that is done: address, id, title, whether anybody may, the fields of its body (those that have to be there first),
/// the schema of its answer.
struct Action(&'static str, &'static str, &'static str, bool, &'static [Field], &'static str);

/// A field: name, schema, whether it has to be there.
struct Field(&'static str, &'static str, bool);

const ACTIONS: &[Action] = &[
    Action(
        "/v1/sessions/demo",
        "sign_in_demo",
        "Sign in as any member, on a demo server",
        true,
        &[Field("member", "Id", true)],
        "SignedIn",
    ),
    Action(
        "/v1/sessions/passkey/begin",
        "begin_sign_in",
        "Begin to sign in by passkey, whoever it is",
        true,
        &[],
        "SignInOptions",
    ),
    Action(
        "/v1/sessions/passkey",
        "sign_in",
        "Sign in by passkey; the session is in the cookie",
        true,
        &[Field("ceremony", "Secret", true), Field("credential", "Assertion", true)],
        "SignedIn",
    ),
    Action(
        "/v1/sessions/wechat",
        "sign_in_wechat",
        "Sign in by a code of `wx.login()`; an account that is nobody's yet comes with an enrolment code, or registers",
        true,
        &[Field("code", "Secret", true), Field("enrolment", "Secret", false), Field("register", "Newcomer", false)],
        "SignedIn",
    ),
    Action(
        "/v1/members/{member}/enrolments",
        "enrol",
        "Make a code that lets somebody in as the member, once",
        false,
        &[],
        "Enrolment",
    ),
    Action(
        "/v1/passkeys/begin",
        "begin_passkey",
        "Begin to register a passkey: by an enrolment code, as a new member, or as who is signed in",
        true,
        &[Field("enrolment", "Secret", false), Field("register", "Newcomer", false)],
        "PasskeyOptions",
    ),
    Action(
        "/v1/passkeys",
        "add_passkey",
        "Register a passkey; who was not signed in is so now",
        true,
        &[Field("ceremony", "Secret", true), Field("credential", "Attestation", true)],
        "Registered",
    ),
];

/// With all that has to do with signing in and out.
pub fn paths(paths: PathsBuilder) -> PathsBuilder {
    let sign_out = gone(operation("sign_out", "Sign out", true), "Signed out");
    let remove = operation("remove_passkey", "Remove one of one's own passkeys; its sessions end", false);
    let remove = gone(path_parameters("/v1/passkeys/{passkey}", remove), "It is removed");
    let shut_out =
        operation("shut_out", "End every way in of a member: passkeys, sessions, codes, WeChat accounts", false);
    let shut_out = gone(path_parameters("/v1/members/{member}/access", shut_out), "They are ended");
    let paths = ACTIONS
        .iter()
        .fold(paths, |paths, action| paths.path(action.0, PathItem::new(HttpMethod::Post, action_operation(action))));
    paths
        .path("/v1/session", PathItem::new(HttpMethod::Delete, sign_out))
        .path("/v1/members/{member}/access", PathItem::new(HttpMethod::Delete, shut_out))
        .path("/v1/passkeys/{passkey}", PathItem::new(HttpMethod::Delete, remove))
}

fn gone(operation: OperationBuilder, description: &str) -> OperationBuilder {
    operation.response("204", ResponseBuilder::new().description(description).build())
}

fn action_operation(Action(path, id, title, public, fields, answered): &Action) -> OperationBuilder {
    let properties: serde_json::Map<_, _> =
        fields.iter().map(|Field(name, schema, _)| ((*name).to_owned(), reference(schema))).collect();
    let required: Vec<_> = fields.iter().filter(|field| field.2).map(|field| field.0).collect();
    let mut table: Value = json!({"type": "object", "additionalProperties": false, "properties": properties});
    let may_be_missing = required.is_empty();
    if !may_be_missing {
        table["required"] = json!(required);
    }
    let mut body = body(table);
    if may_be_missing {
        body.required = Some(Required::False);
    }
    path_parameters(path, operation(id, title, *public))
        .request_body(Some(body))
        .response("200", answer("It is done", named(answered)))
}
