//! Orders of a shop, and how each was answered.

use axum::extract::State;
use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::{Deserialize, Serialize, Serializer};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::one::One;
use super::page::{OrderRow, OrdersPage};
use super::problem::{Failure, Problem};
use super::query::{Limit, Number, Query};
use super::rights::{Somebody, own};
use crate::ledger::store::{JournalEntry, Page, Place};
use crate::limits::GROUP_MAX;

/// Which page of a shop's orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersQuery {
    /// The shop.
    merchant: Id,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// A shop's orders, newest first, for the merchant and the operator.
pub async fn orders(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(OrdersQuery { merchant, before, limit }): Query<OrdersQuery>,
) -> Result<Answer<OrdersPage>, Problem> {
    own(&actor, merchant.as_str())?;
    let page = Page { after: before.map_or(i64::MAX, |Number(before)| before), limit: limit.rows() + 1 };
    Ok(OrdersPage::of(app.ledger.read().await?.orders_of(&merchant, page).await?, limit, |(_, order)| order.sequence))
}

/// An order, for the merchant and the operator.
pub async fn order(one: One) -> Result<Answer<OrderRow>, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let order = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, order.merchant.as_str())?;
    Ok(Answer::of(&OrderRow { id: one.id, value: order }))
}

/// An order's receipt.
#[derive(Serialize, ToSchema)]
pub struct OrderReceipt {
    order: Id,
    /// Where its event stands in the journal.
    place: Place,
    #[serde(serialize_with = "worded")]
    receipt: Receipt,
}

/// Writes a value with its reasons in English.
pub fn worded<T, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error>
where
    for<'a> Worded<'a, T>: Serialize,
{
    Worded(value, Language::En).serialize(serializer)
}

/// How an order was answered, for the merchant and the operator.
pub async fn receipt(one: One) -> Result<Answer<OrderReceipt>, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let order = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, order.merchant.as_str())?;
    // Orders are counted from their group's place on: the event stands at this number or a little later.
    let before = i64::try_from(order.sequence).unwrap_or(i64::MAX) - 1;
    let group = one.app.ledger.read().await?.journal(Page { after: Place(before), limit: GROUP_MAX }).await?;
    let places = |entered: &JournalEntry| entered.receipt.order.as_ref().is_some_and(|quote| quote.order == one.id);
    let entered = group.into_iter().find(places).ok_or(Failure::NotFound)?;
    let receipt = (*entered.receipt).clone();
    Ok(Answer::of(&OrderReceipt { order: one.id, place: entered.place, receipt }))
}
