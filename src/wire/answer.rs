//! Answers of a server about one moment: the scheme's numbers, a member, a member's statement.

use serde::ser::{SerializeMap as _, Serializer};
use serde::{Deserialize, Serialize};

use super::receipt::{Written, WrittenList};
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
    /// Its price.
    pub price: Price,
    /// Where all points are. Accounts count as they were last settled: what they earned since is in `pool`. Only the operator sees the
    /// two apart; for everybody else `held` is both.
    pub supply: Supply,
    /// The release.
    pub release: Release,
}

/// A member (`GET /v1/members/{member}`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberNow {
    /// Who it is.
    pub member: Id,
    /// The open day.
    pub day: Day,
    /// The account as it was last settled: what a wallet computes from.
    pub account: Account,
    /// The account settled to the present by the server: what a wallet compares with.
    pub state: AccountState,
}

/// A line of the list of members.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberLine {
    /// Who it is.
    pub member: Id,
    /// Whether it has bought a pack.
    pub activated: bool,
    /// Whether it has a shop.
    pub merchant: bool,
}

/// A page of the list of members (`GET /v1/members`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MembersPage {
    /// By id.
    pub members: Vec<MemberLine>,
    /// Where the next page starts; nothing on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<Id>,
}

/// A page of closed days (`GET /v1/days`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DaysPage {
    /// Oldest first.
    pub days: Vec<DayRecord>,
}

/// A page of a member's statement (`GET /v1/members/{member}/statement`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StatementPage {
    /// Newest first.
    pub postings: Vec<BookedPosting>,
    /// Where the next page starts; nothing on the last one.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

impl Serialize for Written<'_, StatementPage> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(StatementPage { postings, next }, words) = self;
        let mut out = serializer.serialize_map(Some(2))?;
        out.serialize_entry("postings", &WrittenList(postings, *words))?;
        out.serialize_entry("next", next)?;
        out.end()
    }
}
