//! API keys: for the operator.

use axum::extract::{Path, State};
use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Operator;
use crate::ledger::store::StoreError;
use crate::limits::{KEY_DAYS_MAX, KEY_NOTE_CHARS_MAX};
use crate::people::keys::{KeySummary, Role};

/// A key without its secret. Times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct KeyNow {
    key: String,
    #[schema(value_type = Role)]
    role: String,
    /// The merchant of the shop.
    #[schema(required = true)]
    member: Option<String>,
    /// What it is for.
    note: String,
    #[schema(required = true)]
    expires: Option<i64>,
    #[schema(required = true)]
    revoked: Option<i64>,
}

impl From<KeySummary> for KeyNow {
    fn from(KeySummary { id, role, member, note, expires, revoked }: KeySummary) -> Self {
        Self { key: id, role, member, note, expires, revoked }
    }
}

/// All keys, by id.
#[derive(Serialize, ToSchema)]
pub struct KeyList {
    keys: Vec<KeyNow>,
}

pub async fn list(State(app): State<App>, _: Operator, _: Query<NoParameters>) -> Result<Answer<KeyList>, Problem> {
    let keys = app.people.keys().await.map_err(StoreError::from)?;
    Ok(Answer::of(&KeyList { keys: keys.into_iter().map(KeyNow::from).collect() }))
}

/// A key to be made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    role: Role,
    /// The merchant, for a merchant's key.
    #[schema(nullable = false)]
    member: Option<Id>,
    /// What it is for.
    #[serde(default)]
    #[schema(max_length = 200)]
    note: String,
    /// For how many days it is valid; without it, until it is revoked.
    #[schema(minimum = 1, maximum = 36500, nullable = false)]
    days: Option<i64>,
}

/// A key, which is shown whole only once.
#[derive(Serialize, ToSchema)]
pub struct MadeKey {
    key: String,
}

pub async fn add(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    body: Result<SignInBody<NewKey>, Problem>,
) -> Result<Answer<MadeKey>, Problem> {
    let NewKey { role, member, note, days } = body?.0;
    let bad = |field: &str, why: String| Problem::new(Failure::BadApiKey, field, why);
    if (role == Role::Merchant) != member.is_some() {
        return Err(bad("member", "is for a merchant's key, and a merchant's key needs it".into()));
    }
    if note.chars().count() > KEY_NOTE_CHARS_MAX || note.chars().any(char::is_control) {
        return Err(bad("note", format!("has at most {KEY_NOTE_CHARS_MAX} characters, and no control characters")));
    }
    if days.is_some_and(|days| !(1..=KEY_DAYS_MAX).contains(&days)) {
        return Err(bad("days", format!("is from 1 to {KEY_DAYS_MAX}")));
    }
    // Where something needs a second person, a key for everything is made on the server only, as an operator is.
    if role == Role::Operator && app.second_person.is_set() {
        let why = "an operator's key is made by `gongxiang keys` on the server";
        return Err(Problem::new(Failure::NeedsSecondPerson, "role", why));
    }
    let key = app.people.add_key(role, member.as_ref(), &note, days, &actor.name()).await.map_err(StoreError::from)?;
    Ok(Answer::of(&MadeKey { key }))
}

/// Revokes it at once.
pub async fn revoke(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let revoked = app.people.revoke_key(&id, &actor.name()).await.map_err(StoreError::from)?;
    if revoked { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}
