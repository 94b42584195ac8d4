//! The journal over HTTP: `POST /v1/events?accept_flags` settles what is sent, `GET /v1/events` reads what was settled.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use gongxiang::event::Kind;
use gongxiang::identity::Day;
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::actor::operator;
use super::answer::{Written, written};
use super::app::App;
use super::body::Body;
use super::page::{cut, whole};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use super::rules::accepted_in_address;
use crate::ledger::group::{Answer, Denial};
use crate::ledger::store::{JournalEntry, Page, Place, StoredRefusal};
use crate::people::actor::Actor;

/// The answer to one event.
#[derive(Serialize)]
struct Answered {
    /// Whether its `id` was settled before, and this is that answer.
    repeated: bool,
    #[serde(flatten)]
    outcome: Said,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    #[serde(serialize_with = "in_words")]
    Receipt(Arc<Receipt>),
    Refusal(StoredRefusal),
}

fn in_words<S: Serializer>(receipt: &Arc<Receipt>, serializer: S) -> Result<S::Ok, S::Error> {
    Worded(&**receipt, Language::En).serialize(serializer)
}

#[derive(Serialize)]
struct Answers {
    answers: Vec<Answered>,
}

/// One event is answered with its receipt or a problem; many are answered each, in their order.
pub async fn settle(
    State(app): State<App>,
    actor: Actor,
    mut parameters: Parameters,
    mut body: Body,
) -> Result<Response, Problem> {
    let guard = accepted_in_address(&mut parameters)?;
    parameters.finish()?;
    operator(&actor)?;
    body.requests().for_each(|request| request.guard = Some(guard.clone()));
    match body {
        Body::One(event) => {
            let Answer { repeated, outcome } =
                app.ledger.settle(vec![*event]).await?.pop().ok_or(Failure::Unavailable)?;
            let outcome = Said::Receipt(outcome?);
            Ok(Json(Answered { repeated, outcome }).into_response())
        }
        Body::Many(events) => {
            let answers = app.ledger.settle(events).await?.into_iter().map(answer).collect::<Result<_, _>>()?;
            Ok(Json(Answers { answers }).into_response())
        }
    }
}

fn answer(Answer { repeated, outcome }: Answer) -> Result<Answered, Problem> {
    let outcome = match outcome {
        Ok(receipt) => Said::Receipt(receipt),
        Err(Denial::Refused(refusal)) => Said::Refusal(StoredRefusal::from(&refusal)),
        Err(Denial::Forbidden) => return Err(Failure::Forbidden.into()),
    };
    Ok(Answered { repeated, outcome })
}

/// An accepted event as it is answered.
#[derive(Serialize)]
struct JournalRow<'a> {
    place: Place,
    day: Day,
    kind: Kind,
    event: &'a RawValue,
    receipt: Worded<'a, Receipt>,
    at: &'a str,
    actor: &'a str,
    accepted_flags: &'a [String],
}

impl<'a> JournalRow<'a> {
    fn of(entered: &'a JournalEntry) -> Result<Self, Problem> {
        let JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags } = entered;
        // What is kept was read as JSON before it was settled.
        let event = serde_json::from_str(event).map_err(|_| Failure::Unavailable)?;
        let receipt = Worded(&**receipt, Language::En);
        Ok(Self { place: *place, day: *day, kind: *kind, event, receipt, at, actor, accepted_flags })
    }
}

#[derive(Serialize)]
struct Journal<'a> {
    events: Vec<JournalRow<'a>>,
    /// What to ask for next, as `after`; nothing on the last page.
    next: Option<Place>,
}

/// `GET /v1/events?after&limit`: accepted events with their receipts, in their order. Whoever goes on from `next` misses none.
pub async fn journal(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "where a page ended", whole)?.map(Place);
    let limit = parameters.limit()?;
    parameters.finish()?;
    operator(&actor)?;
    let tip = app.ledger.tip().await?;
    let page = Page { after: after.unwrap_or_default(), limit: limit + 1 };
    let mut events = app.ledger.read().await?.journal(page).await?;
    events.retain(|entered| entered.place < tip);
    let next = cut(&mut events, limit, |last| last.place);
    let events = events.iter().map(JournalRow::of).collect::<Result<_, _>>()?;
    Ok(written(&Journal { events, next }))
}
