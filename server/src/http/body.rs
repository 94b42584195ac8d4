//! Bodies of requests: either events of a journal, or one JSON object. Each event is read by itself, so an error in one
//! does not stop the others.

use std::fmt;
use std::marker::PhantomData;

use axum::body::{Bytes, HttpBody as _, to_bytes};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use gongxiang::event::Refusal;
use gongxiang::tree::Tree;
use http_body_util::LengthLimitError;
use serde::Deserializer as _;
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde_json::json;
use serde_json::value::RawValue;
use utoipa::ToSchema;
use utoipa::openapi::{RefOr, Schema};

use super::api::{self, Description, Input};
use super::fields::{self, FieldError};
use super::problem::{Failure, Problem};
use crate::ledger::group;
use crate::ledger::journal::{self, BYTE_ORDER_MARK, JournalLine, JournalReader};
use crate::ledger::queue::Submission;
use crate::limits::{BODY_BYTES_MAX, COMMAND_BYTES_MAX, EVENTS_MAX, FIELD_ERRORS_MAX, SIGN_IN_BYTES_MAX};

/// Events of a journal.
pub enum EventsBody {
    /// One event. An error is the answer.
    One(Box<Submission>),
    /// Many events. Each has an answer of its own.
    Many(Vec<Submission>),
}

impl EventsBody {
    /// Its schema in the document: an event, or a list of events.
    pub fn schema() -> RefOr<Schema> {
        api::schema(json!({"anyOf": [{"type": "object"}, {"type": "array"}]}))
    }

    /// Those events that could be read.
    pub fn requests(&mut self) -> impl Iterator<Item = &mut group::Request> {
        let sent = match self {
            Self::One(sent) => std::slice::from_mut(&mut **sent),
            Self::Many(sent) => sent,
        };
        sent.iter_mut().filter_map(|sent| sent.as_mut().ok())
    }
}

impl<S: Send + Sync> FromRequest<S> for EventsBody {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        // This keeps other sites' pages out: a browser sends these types to another site only if it is allowed.
        let lines = match media_type(&request) {
            Some("application/json") => false,
            Some("application/x-ndjson" | "application/jsonl") => true,
            _ => return Err(Problem::new(Failure::UnsupportedMediaType, "content-type", "name the type of the body")),
        };
        let bytes = bytes(request, BODY_BYTES_MAX).await?;
        let many = if lines {
            // Reading from memory does not fail.
            JournalReader::new(&*bytes).filter_map(Result::ok).take(EVENTS_MAX + 1).map(sent).collect()
        } else if bytes.trim_ascii_start().starts_with(b"[") {
            let events = serde_json::Deserializer::from_slice(&bytes).deserialize_seq(Events);
            events.map_err(|error| Problem::new(Failure::BadBody, "", error.to_string()))?
        } else {
            return Ok(Self::One(Box::new(sent(journal::parse(&bytes)))));
        };
        if many.len() > EVENTS_MAX {
            return Err(Problem::new(Failure::TooLarge, "", format!("at most {EVENTS_MAX} events at once")));
        }
        Ok(Self::Many(many))
    }
}

/// The body of a command: JSON, or empty.
pub async fn json_body(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    let wrong = || Problem::new(Failure::UnsupportedMediaType, "content-type", "the body is `application/json`");
    // This keeps other sites' pages out: a browser sends this type to another site only if it is allowed.
    match media_type(&request) {
        Some("application/json") => bytes(request, bytes_max).await,
        Some(_) => Err(wrong()),
        None => {
            bytes(request, bytes_max).await.and_then(|bytes| if bytes.is_empty() { Ok(bytes) } else { Err(wrong()) })
        }
    }
}

/// A JSON table. An empty body is an empty table.
pub fn table(body: &Bytes) -> Result<Vec<(String, Tree)>, Problem> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let tree: Tree = serde_json::from_slice(body).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    match tree {
        Tree::Table(fields) => Ok(fields),
        other => Err(Refusal::bad_event("", format!("has to be a table, not {}", other.kind())).into()),
    }
}

/// A JSON table, read as a struct. Unknown keys are refused.
pub struct Body<T, const BYTES_MAX: usize = COMMAND_BYTES_MAX>(pub T);

/// Reads a field of a body as a type of another crate.
pub fn value<T: DeserializeOwned>(field: &'static str, value: Tree) -> Result<T, Problem> {
    let read = fields::read_value(value);
    read.map_err(|FieldError { message, .. }| Refusal::bad_event(field, message).into())
}

/// A JSON table that is read field by field. The document describes it as `T`.
pub struct Table<T, const BYTES_MAX: usize = COMMAND_BYTES_MAX> {
    pub fields: Vec<(String, Tree)>,
    of: PhantomData<fn() -> T>,
}

impl<S: Send + Sync, T, const BYTES_MAX: usize> FromRequest<S> for Table<T, BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        Ok(Self { fields: table(&json_body(request, BYTES_MAX).await?)?, of: PhantomData })
    }
}

impl<T, const BYTES_MAX: usize> Table<T, BYTES_MAX> {
    /// Takes a field out.
    pub fn take(&mut self, name: &str) -> Option<Tree> {
        let at = self.fields.iter().position(|(key, _)| key == name)?;
        Some(self.fields.swap_remove(at).1)
    }
}

/// The body of a request about signing in. It is limited to a small size, because anybody may send one.
pub type SignInBody<T> = Body<T, SIGN_IN_BYTES_MAX>;

impl<S: Send + Sync, T: DeserializeOwned + ToSchema, const BYTES_MAX: usize> FromRequest<S> for Body<T, BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, _: &S) -> Result<Self, Problem> {
        read(table(&json_body(request, BYTES_MAX).await?)?).map(Self)
    }
}

/// Reads a table as a struct. A refusal names every field that is wrong.
pub fn read<T: DeserializeOwned + ToSchema>(table: Vec<(String, Tree)>) -> Result<T, Problem> {
    fields::read(table.clone()).map_err(|first| Problem::of_fields(all_errors::<T>(first, table)))
}

/// The errors of a table that cannot be read, beginning with the one at which reading it stopped: one for each of its fields.
fn all_errors<T: DeserializeOwned + ToSchema>(first: FieldError, table: Vec<(String, Tree)>) -> Vec<Refusal> {
    let required = match T::schema() {
        RefOr::T(Schema::Object(object)) => object.required,
        _ => Vec::new(),
    };
    let missing = required.into_iter().filter(|name| table.iter().all(|(key, _)| key != name));
    let missing: Vec<_> = missing.map(|field| FieldError { field, message: fields::MISSING.into() }).collect();
    let wrong = table.into_iter().filter_map(|(key, value)| {
        // Read alone, a field that is right leads to the next one that is missing.
        let error = fields::read::<T>(vec![(key.clone(), value)]).err()?;
        let rest = error.field.strip_prefix(&key)?;
        (rest.is_empty() || rest.starts_with(['.', '['])).then_some(error)
    });
    let mut errors = vec![first];
    for error in wrong.chain(missing) {
        if errors.len() == FIELD_ERRORS_MAX {
            break;
        }
        if errors.iter().all(|known| known.field != error.field) {
            errors.push(error);
        }
    }
    errors.into_iter().map(|FieldError { field, message }| Refusal::bad_event(field, message)).collect()
}

/// The bytes of a body that is no JSON.
pub async fn raw(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    bytes(request, bytes_max).await
}

async fn bytes(request: Request, bytes_max: usize) -> Result<Bytes, Problem> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        let detail = "a compressed body is not taken";
        return Err(Problem::new(Failure::UnsupportedMediaType, "content-encoding", detail));
    }
    // Refused before it is read.
    let fits = usize::try_from(request.body().size_hint().lower()).is_ok_and(|bytes| bytes <= bytes_max);
    if !fits {
        return Err(Failure::TooLarge.into());
    }
    let bytes = to_bytes(request.into_body(), bytes_max).await.map_err(|error| {
        let too_large = error.into_inner().is::<LengthLimitError>();
        Problem::from(if too_large { Failure::TooLarge } else { Failure::BadBody })
    })?;
    // Some programs on Windows begin a text with a byte order mark.
    let start = if bytes.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 };
    Ok(bytes.slice(start..))
}

fn sent(line: Result<JournalLine, Refusal>) -> Submission {
    line.map(|line| group::Request::of_journal(line, "operator"))
}

pub fn media_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// A JSON list of events. It stops at the first one too many.
struct Events;

impl<'de> Visitor<'de> for Events {
    type Value = Vec<Submission>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list of events")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Vec<Submission>, A::Error> {
        let mut events = Vec::new();
        while let Some(event) = list.next_element::<&RawValue>()? {
            if events.len() == EVENTS_MAX {
                return Err(A::Error::custom(format_args!("at most {EVENTS_MAX} events at once")));
            }
            events.push(sent(journal::parse(event.get().as_bytes())));
        }
        Ok(events)
    }
}

impl<T: ToSchema, const BYTES_MAX: usize> Input for Body<T, BYTES_MAX> {
    fn describe(description: &mut Description) {
        let may_be_empty = matches!(T::schema(), RefOr::T(Schema::Object(table)) if table.required.is_empty());
        let schema = description.schema::<T>();
        description.body(schema, !may_be_empty);
    }
}

impl<T: ToSchema, const BYTES_MAX: usize> Input for Table<T, BYTES_MAX> {
    fn describe(description: &mut Description) {
        <Body<T> as Input>::describe(description);
    }
}

impl Input for EventsBody {
    fn describe(description: &mut Description) {
        description.body(EventsBody::schema(), true);
    }
}
