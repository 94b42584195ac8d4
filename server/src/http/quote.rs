//! Quotes of orders. The function that settles an order computes them.

use axum::extract::State;
use gongxiang::book::Book;
use gongxiang::event::Kind;
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::receipt::{OrderQuote, Receipt, Reward};
use gongxiang::tree::Tree;
use serde::Serialize;
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::app::App;
use super::body::Table;
use super::commands::Command;
use super::event_errors;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Somebody;
use super::schemas::fields_schema;
use super::settle::speak_for;
use super::view::{self, Seen};
use crate::ledger::journal::JournalLine;
use crate::ledger::needs::Needs;
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// What an order would be answered with.
#[derive(Serialize, ToSchema)]
pub struct Quote {
    /// The open day: the quote holds for this moment only.
    day: Day,
    points: Points,
    /// The day of its vesting.
    #[schema(required = true)]
    due: Option<Day>,
    #[schema(value_type = Vec<Reward>)]
    rewards: Seen<Vec<Reward>>,
}

/// The fields of an order that is not placed.
pub struct QuoteRequest;

impl PartialSchema for QuoteRequest {
    fn schema() -> RefOr<Schema> {
        fields_schema(&Command::of(Kind::OrderPlaced).fields, None)
    }
}

impl ToSchema for QuoteRequest {}

/// A member may ask as the buyer or for its own shop. A buyer sees who gets what, and a shop the buyer's part and its own. A buyer's
/// quote takes it that the shop has the points.
pub async fn quote(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Table { mut fields, .. }: Table<QuoteRequest>,
) -> Result<Answer<Quote>, Problem> {
    let order = Command::of(Kind::OrderPlaced).fields;
    let unknown = event_errors::take_unknown(&mut fields, |name| order.iter().any(|field| field.name == name));
    let is_me = |value: &Tree| matches!((&actor, value), (Actor::Member(me), Tree::Text(id)) if me.as_str() == id);
    let buys = fields.iter().any(|(name, value)| name == "buyer" && is_me(value));
    if !buys {
        speak_for(&actor, Duty::Read, "merchant", &mut fields)?;
    }
    fields.push(("type".into(), Tree::Text("order.placed".into())));
    // No stored order can conflict with it, since none is kept below.
    fields.push(("order".into(), Tree::Text("quote".into())));
    let JournalLine { entry, .. } = event_errors::line_of(Kind::OrderPlaced, &Tree::Table(fields), unknown)?;
    let mut part = app.ledger.read().await?.load(&Needs::of([&entry.event])).await?.excerpt;
    part.orders.clear();
    view::assume_points_of_others(&mut part, &actor);
    let Receipt { day, order, .. } = Book::from(part).foresee(&entry.event)?;
    let OrderQuote { points, due, rewards, .. } = order.ok_or(Failure::Unavailable)?;
    Ok(Answer::of(&Quote { day, points, due, rewards: Seen::quote(&rewards, &actor, buys) }))
}
