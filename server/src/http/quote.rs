//! What an order would be answered with now, without placing it. The same function settles it.

use std::sync::Arc;

use axum::extract::State;
use gongxiang::book::Book;
use gongxiang::event::{Entry, Kind, Refusal};
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::receipt::{OrderQuote, Receipt, Reward};
use gongxiang::tree::Tree;
use gongxiang::wire;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::app::App;
use super::body::Table;
use super::commands::Command;
use super::orders::worded;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Somebody;
use super::schemas::fields_schema;
use super::settle::speak_for;
use crate::ledger::needs::Needs;

/// What an order would be answered with.
#[derive(Serialize, ToSchema)]
pub struct Quote {
    /// The open day: the quote holds for this moment only.
    day: Day,
    points: Points,
    /// The day of its vesting.
    #[schema(required = true)]
    due: Option<Day>,
    #[serde(serialize_with = "worded")]
    #[schema(value_type = Vec<Reward>)]
    rewards: Arc<[Reward]>,
}

/// The fields of an order that is not placed.
pub struct QuoteRequest;

impl PartialSchema for QuoteRequest {
    fn schema() -> RefOr<Schema> {
        fields_schema(&Command::of(Kind::OrderPlaced).fields, None)
    }
}

impl ToSchema for QuoteRequest {}

/// A member may ask as the buyer or for its own shop.
pub async fn quote(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Table { mut fields, .. }: Table<QuoteRequest>,
) -> Result<Answer<Quote>, Problem> {
    let order = Command::of(Kind::OrderPlaced).fields;
    if let Some((name, _)) = fields.iter().find(|(name, _)| order.iter().all(|field| field.name != name)) {
        return Err(Refusal::bad_event(name.clone(), "is unknown here").into());
    }
    let buys = actor.member().is_some_and(|member| {
        fields.iter().any(|(name, value)| name == "buyer" && *value == Tree::Text(member.to_string()))
    });
    if !buys {
        speak_for(&actor, "merchant", &mut fields)?;
    }
    fields.push(("type".into(), Tree::Text("order.placed".into())));
    // No id that an order has: ids of the server's own are longer.
    fields.push(("order".into(), Tree::Text("quote".into())));
    let entry: Entry = wire::event::read(&Tree::Table(fields))?;
    let mut part = app.ledger.read().await?.load(&Needs::of([&entry.event])).await?.excerpt;
    part.orders.clear();
    let Receipt { day, order, .. } = Book::from(part).foresee(&entry.event)?;
    let OrderQuote { points, due, rewards, .. } = order.ok_or(Failure::Unavailable)?;
    Ok(Answer::of(&Quote { day, points, due, rewards }))
}
