//! What is asked, and never changes anything: each answer is of one moment.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use gongxiang::book::{Account, AccountState, Book, DayRecord, Supply};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Price};
use gongxiang::release::Release;
use gongxiang::ruleset::Channel;
use serde::Serialize;

use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::audit;
use crate::group::json;
use crate::ledger::Ledger;
use crate::limits::STATE_ACCOUNTS_MAX;
use crate::needs::Needs;
use crate::store::Page;

/// JSON that is written.
pub(super) type Written = ([(HeaderName, &'static str); 1], String);

pub(super) fn written(value: &impl Serialize) -> Written {
    ([(CONTENT_TYPE, "application/json")], json(value))
}

#[derive(Serialize)]
struct MemberLine {
    member: Id,
    activated: bool,
    merchant: bool,
}

#[derive(Serialize)]
struct Members {
    members: Vec<MemberLine>,
    /// What to ask for next, as `after`; nothing on the last page.
    next: Option<Id>,
}

/// `GET /v1/members?after&limit`: by id.
pub async fn members(State(ledger): State<Ledger>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "where a page ended: an id", Id::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    let after = after.as_ref().map_or("", Id::as_str);
    let mut rows = ledger.read().await?.accounts(Page { after, limit: limit + 1 }).await?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let line = |(member, account): (Id, Account)| MemberLine {
        member,
        activated: account.activated,
        merchant: account.shop.is_some(),
    };
    let members: Vec<_> = rows.into_iter().map(line).collect();
    let next = members.last().filter(|_| more).map(|line| line.member.clone());
    Ok(written(&Members { members, next }))
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as the field is called everywhere")]
struct Member<'a> {
    member: &'a Id,
    day: Day,
    // As it was last settled: what a wallet computes from.
    account: &'a Account,
    /// Settled to the present.
    state: AccountState,
}

/// `GET /v1/members/{id}`.
pub async fn member(
    State(ledger): State<Ledger>,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Written, Problem> {
    parameters.finish()?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let needs = Needs { members: [id.clone()].into(), ..Needs::default() };
    let part = ledger.read().await?.load(&needs).await?.excerpt;
    let account = part.accounts.get(&id).ok_or_else(Problem::unknown_member)?;
    let state = account.state(&part.head.release, &part.ended)?;
    Ok(written(&Member { member: &id, day: part.head.day, account, state }))
}

#[derive(Serialize)]
struct Days {
    days: Vec<DayRecord>,
}

/// `GET /v1/days?after&limit`: the closed days after `after`, oldest first.
pub async fn days(State(ledger): State<Ledger>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "a day such as `2026-01-31`", Day::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    Ok(written(&Days { days: ledger.read().await?.days(Page { after, limit }).await? }))
}

/// `GET /v1/rules`: those that hold now.
pub async fn rules(State(ledger): State<Ledger>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    Ok(written(&ledger.read().await?.now().await?.rules))
}

#[derive(Serialize)]
struct SupplyNow<'a> {
    day: Day,
    price: Price,
    /// As the accounts were last settled: what they earned since is in `pool`.
    supply: &'a Supply,
    release: &'a Release,
}

/// `GET /v1/supply`: the scheme's own numbers now. Costs the same however many members there are.
pub async fn supply(State(ledger): State<Ledger>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let head = ledger.read().await?.now().await?.head;
    Ok(written(&SupplyNow { day: head.day, price: head.price, supply: &head.supply, release: &head.release }))
}

/// `GET /v1/state`: everything, every account settled to the present (RULES.md section 9).
pub async fn state(State(ledger): State<Ledger>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let mut tx = ledger.read().await?;
    if tx.accounts(Page { after: "", limit: STATE_ACCOUNTS_MAX + 1 }).await?.len() > STATE_ACCOUNTS_MAX {
        let detail = format!(
            "more than {STATE_ACCOUNTS_MAX} accounts are not answered at once; `gongxiang export` has no limit"
        );
        return Err(Problem::new(Failure::TooLarge, "", detail));
    }
    Ok(written(&Book::from(audit::whole(&mut *tx).await?).state()?))
}

/// `GET /v1/excerpt?buyer&merchant&channel&region`: as much of the book as an order between these needs. Whoever has it
/// previews such an order as it would be settled now.
pub async fn excerpt(State(ledger): State<Ledger>, mut parameters: Parameters) -> Result<Written, Problem> {
    let buyer = parameters.member("buyer")?;
    let merchant = parameters.member("merchant")?;
    let channel = parameters.required("channel", "`online` or `offline`", |text| match text {
        "online" => Some(Channel::Online),
        "offline" => Some(Channel::Offline),
        _ => None,
    })?;
    let region = parameters.required("region", "a region of six digits", Region::parse)?;
    parameters.finish()?;
    let (order, amount, concession) = (buyer.clone(), Money::default(), Money::default());
    let order = OrderPlaced { order, buyer, merchant, channel, amount, concession, region };
    let needs = Needs::of([&Event::OrderPlaced(order.clone())]);
    let part = ledger.read().await?.load(&needs).await?.excerpt;
    Ok(written(&Book::from(part).excerpt(&order)))
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Written {
    written(&BTreeMap::from([("status", "ok")]))
}

/// `GET /health/ready`: the database answers.
pub async fn ready(State(ledger): State<Ledger>) -> Result<Written, Problem> {
    ledger.read().await?.now().await?;
    Ok(live().await)
}
