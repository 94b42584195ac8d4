//! Answers of a server: the numbers of the scheme, members, closed days, statements.

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

use super::receipt::{WireForm, WireList};
use super::statement::BookedPosting;
use crate::book::{Account, AccountState, DayRecord, Supply};
use crate::identity::{Day, Id};
use crate::quantity::Price;
use crate::release::Release;

/// The scheme's own numbers (`GET /v1/supply`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SupplyNow {
    /// The open day.
    pub day: Day,
    /// Its price in yuan for one point.
    pub price: Price,
    /// Where all points are. Accounts count as they were last settled; points that they earned since then are in `pool`. Only the
    /// operator sees the two apart; for everybody else `held` is both.
    pub supply: Supply,
    /// The release.
    pub release: Release,
    /// How many of the last 30 closed days had turnover. With fewer than 7 there is no forecast.
    pub turnover_days: usize,
}

/// A member (`GET /v1/members/{member}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberNow {
    /// The member's id.
    pub member: Id,
    /// The open day.
    pub day: Day,
    /// The account as it was last settled. A wallet computes from it.
    pub account: Account,
    /// The account settled to the present by the server. A wallet compares its own result with it.
    pub state: AccountState,
}

/// A line of the list of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberLine {
    /// The member's id.
    pub member: Id,
    /// Whether the member is activated.
    pub activated: bool,
    /// Whether the member has a shop.
    pub merchant: bool,
}

/// A page of the list of members (`GET /v1/members`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembersPage {
    /// The members, by id.
    pub members: Vec<MemberLine>,
    /// Where the next page starts; `null` on the last page.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<Id>,
}

/// A page of closed days (`GET /v1/days`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DaysPage {
    /// The records, oldest first.
    pub days: Vec<DayRecord>,
}

/// A page of a member's statement (`GET /v1/members/{member}/statement`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementPage {
    /// The postings, newest first.
    pub postings: Vec<BookedPosting>,
    /// Where the next page starts; `null` on the last page.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

impl Serialize for WireForm<'_, StatementPage> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(StatementPage { postings, next }, words) = self;
        let mut out = serializer.serialize_map(Some(2))?;
        out.serialize_entry("postings", &WireList(postings, *words))?;
        out.serialize_entry("next", next)?;
        out.end()
    }
}
