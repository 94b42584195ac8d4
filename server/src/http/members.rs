//! Members: the list, one of them with its account, its statement.

use axum::extract::{Path, State};
use gongxiang::book::Account;
use gongxiang::identity::Id;
use gongxiang::wire::answer::{MemberLine, MemberNow, MembersPage, StatementPage};
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;

use super::actor::{operator, own};
use super::answer::{Written, written};
use super::app::App;
use super::page::{ById, by_id, cut};
use super::problem::Problem;
use super::query::Parameters;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, Place};
use crate::people::actor::Actor;

/// `GET /v1/members?after&limit`: by id.
pub async fn members(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    operator(&actor)?;
    let ById { after, limit } = by_id(parameters)?;
    let after = after.as_ref().map_or("", Id::as_str);
    let mut rows = app.ledger.read().await?.accounts(Page { after, limit: limit + 1 }).await?;
    let next = cut(&mut rows, limit, |(id, _)| id.clone());
    let line = |(member, account): (Id, Account)| MemberLine {
        member,
        activated: account.activated,
        merchant: account.shop.is_some(),
    };
    let members = rows.into_iter().map(line).collect();
    Ok(written(&MembersPage { members, next }))
}

/// `GET /v1/members/{id}`.
pub async fn member(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Written, Problem> {
    parameters.finish()?;
    own(&actor, &id)?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let needs = Needs { members: [id.clone()].into(), ..Needs::default() };
    let mut part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let account = part.accounts.remove(&id).ok_or_else(Problem::unknown_member)?;
    let state = account.state(&part.head.release, &part.ended)?;
    Ok(written(&MemberNow { member: id, day: part.head.day, account, state }))
}

/// `GET /v1/members/{member}/statement?before&limit`: a member's postings, newest first. What it earned since it was last
/// settled follows from the days.
pub async fn statement(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    mut parameters: Parameters,
) -> Result<Written, Problem> {
    let cursor = |text: &str| {
        let (place, line) = text.split_once('-')?;
        Some((Place(place.parse().ok()?), line.parse().ok()?))
    };
    let before = parameters.optional("before", "where a page ended", cursor)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    own(&actor, &id)?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let mut tx = app.ledger.read().await?;
    let after = before.unwrap_or((Place(i64::MAX), i64::MAX));
    let mut postings = tx.postings_of(&id, Page { after, limit: limit + 1 }).await?;
    let next = cut(&mut postings, limit, |last| format!("{}-{}", last.place, last.line));
    Ok(written(&Worded(&StatementPage { postings, next }, Language::En)))
}
