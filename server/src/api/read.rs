//! What can be read: members, days, rules, and what a wallet needs to compute by itself.

use std::collections::BTreeMap;

use axum::extract::{Path, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use gongxiang::book::{Account, AccountState, Book, DayRecord, Supply};
use gongxiang::event::OrderPlaced;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Price};
use gongxiang::release::Release;
use gongxiang::ruleset::Channel;
use serde::Serialize;

use super::problem::Problem;
use super::query::Parameters;
use crate::ledger::Ledger;
use crate::storage::json;

/// JSON that was written while the book was held: nothing of it is copied first.
pub(super) type Written = ([(HeaderName, &'static str); 1], String);

fn written(value: &impl Serialize) -> Written {
    ([(CONTENT_TYPE, "application/json")], json(value))
}

#[derive(Serialize)]
struct MemberLine<'a> {
    member: &'a Id,
    activated: bool,
    merchant: bool,
}

#[derive(Serialize)]
struct Members<'a> {
    members: Vec<MemberLine<'a>>,
    /// What to ask for next, as `after`; nothing on the last page.
    next: Option<&'a Id>,
}

/// `GET /v1/members?after&limit`: by id.
pub async fn members(State(ledger): State<Ledger>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "where a page ended: an id", Id::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    let page = |book: &Book| {
        let mut rest = book.accounts_after(after.as_ref().map_or("", Id::as_str));
        let line = |(member, account): (_, &Account)| MemberLine {
            member,
            activated: account.activated,
            merchant: account.shop.is_some(),
        };
        let members: Vec<_> = rest.by_ref().take(limit).map(line).collect();
        let next = rest.next().and(members.last()).map(|line| line.member);
        written(&Members { members, next })
    };
    Ok(ledger.read(page).await?)
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
    let answer = ledger.read(|book| {
        let account = book.account(id.as_str()).ok_or_else(Problem::unknown_member)?;
        let state = book.account_state(id.as_str())?.ok_or_else(Problem::unknown_member)?;
        Ok::<_, Problem>(written(&Member { member: &id, day: book.head().day, account, state }))
    });
    answer.await?
}

#[derive(Serialize)]
struct Days<'a> {
    days: &'a [DayRecord],
}

/// `GET /v1/days?after&limit`: the closed days after `after`, oldest first.
pub async fn days(State(ledger): State<Ledger>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "a day such as `2026-01-31`", Day::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    let page = |book: &Book| {
        let start = book.days().partition_point(|record| after.is_some_and(|after| record.day <= after));
        let rest = book.days().get(start..).unwrap_or_default();
        written(&Days { days: rest.get(..limit).unwrap_or(rest) })
    };
    Ok(ledger.read(page).await?)
}

/// `GET /v1/rules`: those that hold now.
pub async fn rules(State(ledger): State<Ledger>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    Ok(ledger.read(|book| written(book.rules())).await?)
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
    let answer = |book: &Book| {
        let head = book.head();
        written(&SupplyNow { day: head.day, price: head.price, supply: &head.supply, release: &head.release })
    };
    Ok(ledger.read(answer).await?)
}

/// `GET /v1/state`: everything, every account settled to the present (RULES.md section 9).
pub async fn state(State(ledger): State<Ledger>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let answer = ledger.read(|book| Ok::<_, Problem>(written(&book.state()?)));
    answer.await?
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
    Ok(ledger.read(|book| written(&book.excerpt(&order))).await?)
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Written {
    written(&BTreeMap::from([("status", "ok")]))
}

/// `GET /health/ready`: the book can be asked.
pub async fn ready(State(ledger): State<Ledger>) -> Result<Written, Problem> {
    ledger.read(|_| ()).await?;
    Ok(live().await)
}
