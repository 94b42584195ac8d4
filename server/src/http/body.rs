//! One event, a list or lines of events, each read by itself: what is wrong with one does not touch the others.

use std::fmt;

use axum::body::{Bytes, HttpBody as _};
use axum::extract::rejection::{BytesRejection, FailedToBufferBody};
use axum::extract::{FromRequest, Request};
use axum::http::header::{CONTENT_ENCODING, CONTENT_TYPE};
use gongxiang::event::Refusal;
use gongxiang::tree::Tree;
use serde::Deserializer as _;
use serde::de::{DeserializeOwned, Error, SeqAccess, Visitor};
use serde_json::value::RawValue;
use serde_json::{Map, Value};

use super::problem::{Failure, Problem};
use crate::ledger::group::Request as Event;
use crate::ledger::journal::{self, JournalLine, Lines};
use crate::ledger::queue::Submission;
use crate::limits::{BODY_BYTES_MAX, EVENTS_MAX};

/// What was sent.
pub enum Body {
    /// One event: an error is the whole answer's.
    One(Box<Submission>),
    /// Many events: each has its answer.
    Many(Vec<Submission>),
}

impl Body {
    /// What could be read of it.
    pub fn requests(&mut self) -> impl Iterator<Item = &mut Event> {
        let sent = match self {
            Self::One(sent) => std::slice::from_mut(&mut **sent),
            Self::Many(sent) => sent,
        };
        sent.iter_mut().filter_map(|sent| sent.as_mut().ok())
    }
}

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        // Also what keeps other sites' pages out: a browser asks before it sends these types elsewhere.
        let lines = match media_type(&request) {
            Some("application/json") => false,
            Some("application/x-ndjson" | "application/jsonl") => true,
            _ => return Err(Problem::new(Failure::UnsupportedMediaType, "content-type", "name the type of the body")),
        };
        let bytes = bytes(request, state).await?;
        let many = if lines {
            // Reading from memory does not fail.
            Lines::new(&*bytes).filter_map(Result::ok).take(EVENTS_MAX + 1).map(sent).collect()
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

/// The body of a command: JSON, or nothing at all.
pub async fn json_body(request: Request) -> Result<Bytes, Problem> {
    let wrong = || Problem::new(Failure::UnsupportedMediaType, "content-type", "the body is `application/json`");
    // Also what keeps other sites' pages out: a browser asks before it sends this type elsewhere.
    match media_type(&request) {
        Some("application/json") => bytes(request, &()).await,
        Some(_) => Err(wrong()),
        None => bytes(request, &()).await.and_then(|bytes| if bytes.is_empty() { Ok(bytes) } else { Err(wrong()) }),
    }
}

/// A JSON table with known keys only.
pub fn table(body: &Bytes, known: impl Fn(&str) -> bool) -> Result<Vec<(String, Tree)>, Problem> {
    if body.trim_ascii().is_empty() {
        return Ok(Vec::new());
    }
    let tree: Tree = serde_json::from_slice(body).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    let Tree::Table(fields) = tree else {
        return Err(Refusal::bad_event("", format!("has to be a table, not {}", tree.kind())).into());
    };
    match fields.iter().find(|(name, _)| !known(name)) {
        Some((name, _)) => Err(Refusal::bad_event(name.clone(), "is unknown here").into()),
        None => Ok(fields),
    }
}

/// A JSON table of a request about signing in, read field by field; none is left over.
pub struct Fields(Map<String, Value>);

impl Fields {
    /// The body, with known keys only. Nothing at all is an empty table.
    pub async fn of(request: Request, known: &[&str]) -> Result<Self, Problem> {
        let body = json_body(request).await?;
        if body.trim_ascii().is_empty() {
            return Ok(Self(Map::new()));
        }
        let value = serde_json::from_slice(&body).map_err(|error| Refusal::bad_event("", error.to_string()))?;
        Self::table(value, "", known)
    }

    fn table(value: Value, name: &str, known: &[&str]) -> Result<Self, Problem> {
        let Value::Object(fields) = value else {
            return Err(Refusal::bad_event(name.to_owned(), "has to be a table").into());
        };
        match fields.keys().find(|key| !known.contains(&key.as_str())) {
            Some(key) => Err(Refusal::bad_event(key.clone(), "is unknown here").into()),
            None => Ok(Self(fields)),
        }
    }

    /// A table in it that may be missing.
    pub fn inner(&mut self, name: &str, known: &[&str]) -> Result<Option<Self>, Problem> {
        self.0.remove(name).map(|value| Self::table(value, name, known)).transpose()
    }

    /// What may be missing.
    pub fn optional<T: DeserializeOwned>(&mut self, name: &str) -> Result<Option<T>, Problem> {
        let Some(value) = self.0.remove(name) else { return Ok(None) };
        let value = serde_json::from_value(value);
        value.map(Some).map_err(|error| Refusal::bad_event(name.to_owned(), error.to_string()).into())
    }

    /// What has to be there.
    pub fn required<T: DeserializeOwned>(&mut self, name: &str) -> Result<T, Problem> {
        self.optional(name)?.ok_or_else(|| Refusal::bad_event(name.to_owned(), "is missing").into())
    }
}

async fn bytes<S: Send + Sync>(request: Request, state: &S) -> Result<Bytes, Problem> {
    if request.headers().contains_key(CONTENT_ENCODING) {
        let detail = "a compressed body is not taken";
        return Err(Problem::new(Failure::UnsupportedMediaType, "content-encoding", detail));
    }
    // Before anything of it is waited for.
    let fits = usize::try_from(request.body().size_hint().lower()).is_ok_and(|bytes| bytes <= BODY_BYTES_MAX);
    if !fits {
        return Err(Failure::TooLarge.into());
    }
    Bytes::from_request(request, state).await.map_err(|rejection| match rejection {
        BytesRejection::FailedToBufferBody(FailedToBufferBody::LengthLimitError(_)) => Failure::TooLarge.into(),
        _ => Failure::BadBody.into(),
    })
}

fn sent(line: Result<JournalLine, Refusal>) -> Submission {
    line.map(|line| Event::of_journal(line, "operator"))
}

fn media_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
}

/// A JSON list of events, of which one more than allowed is read.
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
