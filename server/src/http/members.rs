//! Members: the list, a member's account, its statement.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::State;
use gongxiang::book::Account;
use gongxiang::identity::Id;
use gongxiang::limits::ID_LENGTH_MAX;
use gongxiang::wire::answer::{MemberLine, MemberNow, MembersPage, StatementPage};
use gongxiang::wire::profile::{MemberNumber, Profile};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::page::{PageById, cut};
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Query};
use super::rights::{Owner, Reader};
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, Place, StoreError};
use crate::people::profiles::StoredProfile;

/// Which page of the members.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MembersQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
    /// Only members whose id starts with this, or whose name, shop's name or phone contains it, or whose short number it is. Case does
    /// not matter, except that an id in mixed case is found only as it is written.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    search: Option<String>,
    #[serde(default)]
    format: Format,
}

/// A member as a row of a table, which nobody completes with its name afterwards.
#[derive(Serialize)]
struct NamedMember<'a> {
    #[serde(flatten)]
    line: &'a MemberLine,
    number: Option<MemberNumber>,
    #[serde(flatten)]
    profile: Profile,
}

const COLUMNS: [&str; 6] = ["member", "number", "name", "shop_name", "activated", "merchant"];

/// By id. A table has names and short numbers, too.
pub async fn members(
    State(app): State<App>,
    _: Reader,
    address: Address,
    Query(MembersQuery { after, limit, search, format }): Query<MembersQuery>,
) -> Result<Listed<MembersPage>, Problem> {
    let page = PageById { after, limit };
    let mut rows = match search {
        None => app.ledger.read().await?.accounts(page.and_one()).await?,
        Some(text) => found(&app, &text, page.and_one()).await?,
    };
    let next = cut(&mut rows, page.limit, |(id, _)| id.clone());
    let line = |(member, account): (Id, Account)| MemberLine {
        member,
        activated: account.activated,
        merchant: account.shop.is_some(),
    };
    let page = MembersPage { members: rows.into_iter().map(line).collect(), next: next.clone() };
    let rows = if format == Format::Csv { named(&app, &page.members).await? } else { Vec::new() };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "after" };
    Listed::of(&page, &rows, next.map(|next| next.to_string()), &sheet)
}

/// The members that a text finds, by id.
async fn found(app: &App, text: &str, page: Page<&str>) -> Result<Vec<(Id, Account)>, Problem> {
    if !(1..=ID_LENGTH_MAX).contains(&text.chars().count()) {
        let why = format!("must have 1 to {ID_LENGTH_MAX} characters");
        return Err(Problem::new(Failure::BadQuery, "search", why));
    }
    let mut members: BTreeSet<Id> =
        app.people.members_like(text, page.after, page.limit).await.map_err(StoreError::from)?.into_iter().collect();
    let mut tx = app.ledger.read().await?;
    for beginning in BTreeSet::from([text.to_owned(), text.to_lowercase(), text.to_uppercase()]) {
        members.extend(tx.members_starting(&beginning, page).await?);
    }
    // Each query found the first of its members, so the first of all are among them.
    let needs = Needs { members: members.into_iter().take(page.limit).collect(), ..Needs::default() };
    Ok(tx.load(&needs).await?.excerpt.accounts.into_iter().collect())
}

async fn named<'a>(app: &App, members: &'a [MemberLine]) -> Result<Vec<NamedMember<'a>>, Problem> {
    let stored = app.people.profiles(members.iter().map(|line| &line.member)).await.map_err(StoreError::from)?;
    let mut stored: BTreeMap<Id, StoredProfile> =
        stored.into_iter().map(|stored| (stored.member.clone(), stored)).collect();
    let named = |line: &'a MemberLine| match stored.remove(&line.member) {
        Some(StoredProfile { number, profile, .. }) => NamedMember { line, number: Some(number), profile },
        None => NamedMember { line, number: None, profile: Profile::default() },
    };
    Ok(members.iter().map(named).collect())
}

pub async fn member(
    State(app): State<App>,
    _: Query<NoParameters>,
    Owner(member): Owner,
) -> Result<Answer<MemberNow>, Problem> {
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let mut part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let account = part.accounts.remove(&member).ok_or_else(Problem::unknown_member)?;
    let state = account.state(&part.head.release, &part.ended)?;
    Ok(Answer::of(&MemberNow { member, day: part.head.day, account, state }))
}

/// Which page of a statement.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StatementQuery {
    /// The `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,18}-[0-9]{1,9}$", nullable = false)]
    before: Option<Cursor>,
    #[serde(default)]
    limit: Limit,
}

/// Where a page of a statement ended: the place of an event and the line in its receipt.
#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Cursor(Place, i64);

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = || {
            let (place, line) = text.split_once('-')?;
            Some(Self(Place(place.parse().ok()?), line.parse().ok()?))
        };
        read().ok_or("must be where a page ended")
    }
}

/// A member's postings, newest first. What it earned since it was last settled follows from the closed days.
pub async fn statement(
    State(app): State<App>,
    Query(StatementQuery { before, limit }): Query<StatementQuery>,
    Owner(member): Owner,
) -> Result<Answer<StatementPage>, Problem> {
    let mut tx = app.ledger.read().await?;
    let after = before.map_or((Place(i64::MAX), i64::MAX), |Cursor(place, line)| (place, line));
    let mut postings = tx.postings_of(&member, Page { after, limit: limit.rows() + 1 }).await?;
    let next = cut(&mut postings, limit, |last| format!("{}-{}", last.place, last.line));
    Ok(Answer::worded(&StatementPage { postings, next }))
}
