//! What of a member's can be taken back: packs, and redemptions of points. Taking it back is a command.

use axum::extract::State;
use gongxiang::identity::Id;
use serde::Deserialize;
use utoipa::ToSchema;

use super::app::App;
use super::page::{PurchasesPage, RedemptionsPage};
use super::problem::{Failure, Problem};
use super::query::{Limit, Number, Query};
use super::rights::Owner;
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::store::Page;

/// Which page of a member's packs.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PurchasesQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const PURCHASE_COLUMNS: [&str; 6] = ["id", "member", "price", "share_value_rate", "due", "state"];

/// The packs of a member that could be returned when they were bought, newest first. A pack that took effect at once is not among them.
pub async fn purchases(
    State(app): State<App>,
    address: Address,
    Query(PurchasesQuery { before, limit, format }): Query<PurchasesQuery>,
    Owner(member): Owner,
) -> Result<Listed<PurchasesPage>, Problem> {
    let sheet = Sheet { format, columns: &PURCHASE_COLUMNS, address: &address, cursor: "before" };
    let page = Page { after: before.map_or(i64::MAX, |Number(before)| before), limit: limit.rows() + 1 };
    let found = app.ledger.read().await?.purchases_of(&member, page).await?;
    PurchasesPage::cut(found, limit, |(_, purchase)| purchase.sequence).listed(&sheet)
}

/// Which page of a member's redemptions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedemptionsQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Id>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const REDEMPTION_COLUMNS: [&str; 5] = ["id", "member", "points", "to", "cancelled"];

/// The redemptions of a member that have an id, newest first, so they could be cancelled.
pub async fn redemptions(
    State(app): State<App>,
    address: Address,
    Query(RedemptionsQuery { before, limit, format }): Query<RedemptionsQuery>,
    Owner(member): Owner,
) -> Result<Listed<RedemptionsPage>, Problem> {
    let sheet = Sheet { format, columns: &REDEMPTION_COLUMNS, address: &address, cursor: "before" };
    let page = Page { after: before.as_ref(), limit: limit.rows() + 1 };
    let found = app.ledger.read().await?.redemptions_of(&member, page).await?;
    let found = found.ok_or_else(|| Problem::new(Failure::BadQuery, "before", "no redemption of this member"))?;
    RedemptionsPage::cut(found, limit, |(id, _)| id.clone()).listed(&sheet)
}
