//! The journal over HTTP: `POST /v1/events?accept_flags` settles what is sent, `GET /v1/events` reads what was settled.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
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
use crate::ledger::store::{Entered, Page, Place, Refused};
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
    Receipt(Box<RawValue>),
    Refusal(Refused),
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
            let outcome = Said::Receipt(raw(outcome?)?);
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
        Ok(receipt) => Said::Receipt(raw(receipt)?),
        Err(Denial::Refused(refusal)) => Said::Refusal(Refused::from(&refusal)),
        Err(Denial::Forbidden) => return Err(Failure::Forbidden.into()),
    };
    Ok(Answered { repeated, outcome })
}

/// A receipt as it is kept.
fn raw(receipt: String) -> Result<Box<RawValue>, Problem> {
    RawValue::from_string(receipt).map_err(|_| Failure::Unavailable.into())
}

#[derive(Serialize)]
struct Journal {
    events: Vec<Entered>,
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
    Ok(written(&Journal { events, next }))
}
