//! Offers and trades between members.

use axum::extract::State;
use gongxiang::identity::Id;

use super::actor::{operator, own, somebody};
use super::answer::{Written, written};
use super::app::App;
use super::one::One;
use super::page::{ById, Named, by_id, rows_by_id};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::store::Page;
use crate::people::actor::Actor;

/// `GET /v1/offers?after&limit`: what can be taken, by id.
pub async fn offers(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    let ById { after, limit } = by_id(parameters)?;
    somebody(&actor)?;
    let after = after.as_ref().map_or("", Id::as_str);
    Ok(rows_by_id(app.ledger.read().await?.offers(true, Page { after, limit: limit + 1 }).await?, limit))
}

/// `GET /v1/trades?after&limit`: one's own, or all for the operator, by id.
pub async fn trades(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    let ById { after, limit } = by_id(parameters)?;
    somebody(&actor)?;
    let member = if let Actor::Member(member) = &actor {
        Some(member)
    } else {
        operator(&actor)?;
        None
    };
    let after = after.as_ref().map_or("", Id::as_str);
    Ok(rows_by_id(app.ledger.read().await?.trades(member, Page { after, limit: limit + 1 }).await?, limit))
}

/// `GET /v1/offers/{offer}`.
pub async fn offer(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.offers = id).await?;
    let value = part.offers.remove(&one.id).ok_or(Failure::NotFound)?;
    Ok(written(&Named { id: one.id, value }))
}

/// `GET /v1/trades/{trade}`: for buyer, seller and the operator.
pub async fn trade(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.trades = id).await?;
    let value = part.trades.remove(&one.id).ok_or(Failure::NotFound)?;
    let offer = part.offers.remove(&value.offer).ok_or(Failure::NotFound)?;
    if own(&one.actor, value.buyer(&offer).as_str()).is_err() {
        own(&one.actor, value.seller(&offer).as_str())?;
    }
    Ok(written(&Named { id: one.id, value }))
}
