//! `POST /v1/quotes`: what an order would be answered with now, without placing it. The same function settles it.

use axum::extract::{Request, State};
use gongxiang::book::Book;
use gongxiang::event::Entry;
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::receipt::{OrderQuote, Receipt, Reward};
use gongxiang::tree::Tree;
use gongxiang::wire;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;

use super::actor::somebody;
use super::answer::{Written, written};
use super::app::App;
use super::body::{json_body, table};
use super::commands::ORDER;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use super::settle::speak_for;
use crate::ledger::needs::Needs;
use crate::people::actor::Actor;

#[derive(Serialize)]
struct Quote<'a> {
    /// The open day: the quote holds for this moment only.
    day: Day,
    points: Points,
    due: Option<Day>,
    rewards: Worded<'a, Vec<Reward>>,
}

/// A member may ask as the buyer or for its own shop.
pub async fn quote(
    State(app): State<App>,
    actor: Actor,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    somebody(&actor)?;
    let body = json_body(request).await?;
    let mut fields = table(&body, |name| ORDER.iter().any(|field| field.name == name))?;
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
    Ok(written(&Quote { day, points, due, rewards: Worded(&rewards, Language::En) }))
}
