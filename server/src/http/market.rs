//! Offers and trades between members.

use axum::extract::State;
use gongxiang::identity::{Day, Id};
use gongxiang::market::Side;
use serde::Deserialize;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::one::One;
use super::page::{OfferRow, OffersPage, PageById, TradeRow, TradesPage};
use super::problem::{Failure, Problem};
use super::query::{Limit, Query};
use super::rights::{Somebody, has, is_own, own};
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::store::Page;
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// Which page of offers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OffersQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
    /// Only this member's, for the member and the operator.
    #[schema(nullable = false)]
    owner: Option<Id>,
    /// Only this side of the board, the best price first. Not together with `owner`.
    #[schema(nullable = false)]
    side: Option<Side>,
    #[serde(default)]
    format: Format,
}

const OFFER_COLUMNS: [&str; 6] = ["id", "owner", "side", "remaining", "unit_price", "open"];

/// Open offers: of one side by price, otherwise by id.
pub async fn offers(
    State(app): State<App>,
    Somebody(actor): Somebody,
    address: Address,
    Query(OffersQuery { after, limit, owner, side, format }): Query<OffersQuery>,
) -> Result<Listed<OffersPage>, Problem> {
    let sheet = Sheet { format, columns: &OFFER_COLUMNS, address: &address, cursor: "after" };
    let page = PageById { after, limit };
    let found = match (owner, side) {
        (Some(_), Some(_)) => return Err(Problem::new(Failure::BadQuery, "side", "not together with `owner`")),
        (Some(owner), None) => {
            own(&actor, owner.as_str())?;
            app.ledger.read().await?.offers_of(&owner, page.and_one()).await?
        }
        (None, Some(side)) => {
            let page = Page { after: page.after.as_ref(), limit: limit.rows() + 1 };
            let board = app.ledger.read().await?.board(side, page).await?;
            board.ok_or_else(|| Problem::new(Failure::BadQuery, "after", "no offer of this side"))?
        }
        (None, None) => app.ledger.read().await?.offers(true, page.and_one()).await?,
    };
    OffersPage::cut(found, limit, |(id, _)| id.clone()).listed(&sheet)
}

/// Which page of trades.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TradesQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
    /// For the operator: only trades that are `paid`, and were taken on this day or before.
    #[schema(nullable = false)]
    paid_until: Option<Day>,
    #[serde(default)]
    format: Format,
}

const TRADE_COLUMNS: [&str; 6] = ["id", "offer", "taker", "points", "day", "state"];

/// A member's own trades, or all for the operator, by id.
pub async fn trades(
    State(app): State<App>,
    // Before the query, whose days a stranger would otherwise be told about.
    Somebody(actor): Somebody,
    address: Address,
    Query(TradesQuery { after, limit, paid_until, format }): Query<TradesQuery>,
) -> Result<Listed<TradesPage>, Problem> {
    let sheet = Sheet { format, columns: &TRADE_COLUMNS, address: &address, cursor: "after" };
    let page = PageById { after, limit };
    if let Some(until) = paid_until {
        has(&actor, Duty::Read)?;
        let found = app.ledger.read().await?.paid_trades(until, page.and_one()).await?;
        return TradesPage::cut(found, limit, |(id, _)| id.clone()).listed(&sheet);
    }
    let member = if let Actor::Member(member) = &actor {
        Some(member)
    } else {
        has(&actor, Duty::Read)?;
        None
    };
    let found = app.ledger.read().await?.trades(member, page.and_one()).await?;
    TradesPage::cut(found, limit, |(id, _)| id.clone()).listed(&sheet)
}

pub async fn offer(one: One) -> Result<Answer<OfferRow>, Problem> {
    let mut part = one.part(|needs, id| needs.offers = id).await?;
    let value = part.offers.remove(&one.id).ok_or(Failure::NotFound)?;
    Ok(Answer::of(&OfferRow { id: one.id, value }))
}

/// For buyer, seller and the operator.
pub async fn trade(one: One) -> Result<Answer<TradeRow>, Problem> {
    let mut part = one.part(|needs, id| needs.trades = id).await?;
    let value = part.trades.remove(&one.id).ok_or(Failure::NotFound)?;
    let offer = part.offers.remove(&value.offer).ok_or(Failure::NotFound)?;
    let is_own = [value.buyer(&offer), value.seller(&offer)].iter().any(|party| is_own(&one.actor, party.as_str()));
    // Others do not learn whether it exists.
    if !is_own {
        return Err(Failure::NotFound.into());
    }
    Ok(Answer::of(&TradeRow { id: one.id, value }))
}
