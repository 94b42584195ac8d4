//! The server's answers, as far as the wallet asks for them, and what can go wrong with them.
//!
//! They are read with `serde_json`: amounts are strings in them and become typed quantities by the rules' own strict
//! readers, so nothing ever is a JavaScript number on the way.

use gloo_net::http::Request;
use gongxiang::book::{Account, AccountState, DayRecord, Excerpt};
use gongxiang::event::Code;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::Price;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::order::{Parties, channel_name};

/// Why there is no answer to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// No answer came.
    Unreachable,
    /// The server said no, or failed itself.
    Status {
        /// The status of the answer.
        status: u16,
        /// What the problem document says, if it was one.
        problem: Problem,
    },
    /// An answer that is not what was asked for, or does not fit together.
    Nonsense,
}

impl Fault {
    /// Whether the server said that there is no such member.
    pub fn is_unknown_member(&self) -> bool {
        matches!(self, Self::Status { problem, .. } if problem.code == Code::UnknownMember.as_str())
    }
}

/// RFC 9457, as far as it is of use here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// The stable code; empty if it has none.
    pub code: String,
    /// The field that it is about; empty if it is none in particular.
    pub field: String,
}

/// A line of the list of members.
#[derive(Clone, Debug, Deserialize)]
pub struct MemberLine {
    pub member: Id,
    pub activated: bool,
    pub merchant: bool,
}

/// A page of the list of members.
#[derive(Clone, Debug, Deserialize)]
pub struct MembersPage {
    pub members: Vec<MemberLine>,
    /// Where the next page starts; nothing on the last one.
    pub next: Option<Id>,
}

/// A member at one moment.
#[derive(Clone, Debug, Deserialize)]
pub struct MemberNow {
    pub member: Id,
    /// The open day at that moment.
    pub day: Day,
    /// As it was last settled: what the wallet computes from.
    pub account: Account,
    /// Settled to the present by the server: what the wallet compares with.
    pub state: AccountState,
}

/// The scheme at one moment, as far as it is needed.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct SupplyNow {
    pub day: Day,
    pub price: Price,
}

#[derive(Deserialize)]
struct DaysPage {
    days: Vec<DayRecord>,
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, Fault> {
    let asked = Request::get(path).header("accept", "application/json").send().await;
    let response = asked.map_err(|_| Fault::Unreachable)?;
    let text = response.text().await.map_err(|_| Fault::Unreachable)?;
    if response.ok() {
        return serde_json::from_str(&text).map_err(|_| Fault::Nonsense);
    }
    Err(Fault::Status { status: response.status(), problem: serde_json::from_str(&text).unwrap_or_default() })
}

/// `/v1/members`: those whose ids come after `after`, by id.
pub async fn members(after: &str, limit: u32) -> Result<MembersPage, Fault> {
    if after.is_empty() {
        return get(&format!("/v1/members?limit={limit}")).await;
    }
    get(&format!("/v1/members?after={after}&limit={limit}")).await
}

/// `/v1/members/ID`.
pub async fn member(id: &Id) -> Result<MemberNow, Fault> {
    get(&format!("/v1/members/{id}")).await
}

/// `/v1/supply`.
pub async fn supply() -> Result<SupplyNow, Fault> {
    get("/v1/supply").await
}

/// `/v1/days`: the closed days after `after`, oldest first.
pub async fn days(after: Option<Day>, limit: u32) -> Result<Vec<DayRecord>, Fault> {
    let path = match after {
        Some(day) => format!("/v1/days?after={day}&limit={limit}"),
        None => format!("/v1/days?limit={limit}"),
    };
    get::<DaysPage>(&path).await.map(|page| page.days)
}

/// `/v1/excerpt`: as much of the book as an order between these parties needs.
pub async fn excerpt(parties: &Parties) -> Result<Excerpt, Fault> {
    let Parties { buyer, merchant, channel, region } = parties;
    let channel = channel_name(*channel);
    get(&format!("/v1/excerpt?buyer={buyer}&merchant={merchant}&region={region}&channel={channel}")).await
}
