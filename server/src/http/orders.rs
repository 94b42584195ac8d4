//! Orders of a shop, and how each was answered.

use axum::extract::State;
use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;

use super::actor::{own, somebody};
use super::answer::{Written, written};
use super::app::App;
use super::one::One;
use super::page::{Named, rows, whole};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::store::{JournalEntry, Page, Place};
use crate::limits::GROUP_MAX;
use crate::people::actor::Actor;

/// `GET /v1/orders?merchant&before&limit`: a shop's, newest first, for the merchant and the operator.
pub async fn orders(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    somebody(&actor)?;
    let merchant = parameters.member("merchant")?;
    let before = parameters.optional("before", "where a page ended", whole)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    own(&actor, merchant.as_str())?;
    let page = Page { after: before.unwrap_or(i64::MAX), limit: limit + 1 };
    Ok(rows(app.ledger.read().await?.orders_of(&merchant, page).await?, limit, |(_, order)| order.sequence))
}

/// `GET /v1/orders/{order}`: for the merchant and the operator.
pub async fn order(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let value = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, value.merchant.as_str())?;
    Ok(written(&Named { id: one.id, value: Worded(&value, Language::En) }))
}

#[derive(Serialize)]
struct Placed<'a> {
    order: Id,
    place: Place,
    receipt: Worded<'a, Receipt>,
}

/// `GET /v1/orders/{order}/receipt`: how the order was answered, for the merchant and the operator.
pub async fn receipt(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let order = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, order.merchant.as_str())?;
    // Orders are counted from their group's place on: the event stands at this number or a little later.
    let before = i64::try_from(order.sequence).unwrap_or(i64::MAX) - 1;
    let group = one.app.ledger.read().await?.journal(Page { after: Place(before), limit: GROUP_MAX }).await?;
    let places = |entered: &JournalEntry| entered.receipt.order.as_ref().is_some_and(|quote| quote.order == one.id);
    let entered = group.into_iter().find(places).ok_or(Failure::NotFound)?;
    let receipt = Worded(&*entered.receipt, Language::En);
    Ok(written(&Placed { order: one.id, place: entered.place, receipt }))
}
