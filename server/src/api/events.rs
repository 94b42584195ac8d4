//! `POST /v1/events`: settles what is sent.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use gongxiang::book::Outcome;
use gongxiang::event::Refusal;
use gongxiang::receipt::Receipt;
use serde::Serialize;

use super::body::Body;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::Ledger;

/// The answer to one event.
#[derive(Serialize)]
struct Answer {
    /// Whether its `id` was settled before, and this is that answer.
    repeated: bool,
    #[serde(flatten)]
    outcome: Said,
}

#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Said {
    Receipt(Arc<Receipt>),
    Refusal(Refused),
}

#[derive(Serialize)]
struct Refused {
    code: &'static str,
    field: String,
    message: String,
}

#[derive(Serialize)]
struct Answers {
    answers: Vec<Answer>,
}

/// One event is answered with its receipt or a problem; many are answered each, in their order.
pub async fn settle(State(ledger): State<Ledger>, parameters: Parameters, body: Body) -> Result<Response, Problem> {
    parameters.finish()?;
    match body {
        Body::One(event) => {
            let outcome = ledger.settle(vec![event]).await?.pop().ok_or(Failure::Unavailable)?;
            let receipt = outcome.result?;
            Ok(Json(Answer { repeated: outcome.repeated, outcome: Said::Receipt(receipt) }).into_response())
        }
        Body::Many(events) => {
            let answers = ledger.settle(events).await?.into_iter().map(answer).collect();
            Ok(Json(Answers { answers }).into_response())
        }
    }
}

fn answer(Outcome { repeated, result }: Outcome) -> Answer {
    let outcome = match result {
        Ok(receipt) => Said::Receipt(receipt),
        Err(Refusal { code, field, message }) => {
            Said::Refusal(Refused { code: code.as_str(), field: field.into(), message: message.into() })
        }
    };
    Answer { repeated, outcome }
}
