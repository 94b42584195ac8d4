//! Tokens with which somebody else's app reads what a member sees.

use axum::extract::{MatchedPath, Path, State};
use axum::http::Method;
use axum::http::request::Parts;
use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::body::SignInBody;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Operator;
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::limits::{TOKEN_MINUTES_DEFAULT, TOKEN_MINUTES_MAX};
use crate::people::actor::Actor;

/// All that a token may ask. Everybody may ask what is public. Codes, ways of signing in, what one writes to others and whatever changes
/// something are not for apps.
const ALLOWED: [(Method, &str); 11] = [
    (Method::GET, "/v1/session"),
    (Method::GET, "/v1/members/{member}"),
    (Method::GET, "/v1/members/{member}/statement"),
    (Method::GET, "/v1/members/{member}/pending"),
    (Method::GET, "/v1/members/{member}/orders"),
    (Method::GET, "/v1/members/{member}/team"),
    (Method::GET, "/v1/members/{member}/city"),
    (Method::GET, "/v1/members/{member}/eve"),
    (Method::GET, "/v1/orders/{order}"),
    (Method::GET, "/v1/orders/{order}/receipt"),
    (Method::POST, "/v1/forecast"),
];

/// Whether a token may ask this.
pub fn allows(parts: &Parts) -> bool {
    let route = parts.extensions.get::<MatchedPath>().map(MatchedPath::as_str);
    let method = if parts.method == Method::HEAD { &Method::GET } else { &parts.method };
    ALLOWED.iter().any(|(allowed, path)| allowed == method && Some(*path) == route)
}

/// For how long a token is made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// For how many minutes it is valid.
    #[serde(default)]
    #[schema(value_type = i64, minimum = 1, maximum = 1440, default = 15)]
    minutes: Minutes,
}

/// How long a token is valid.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "i64")]
struct Minutes(i64);

impl Default for Minutes {
    fn default() -> Self {
        Self(TOKEN_MINUTES_DEFAULT)
    }
}

impl TryFrom<i64> for Minutes {
    type Error = String;

    fn try_from(minutes: i64) -> Result<Self, String> {
        let fits = (1..=TOKEN_MINUTES_MAX).contains(&minutes);
        if fits { Ok(Self(minutes)) } else { Err(format!("must be from 1 to {TOKEN_MINUTES_MAX}")) }
    }
}

/// A token, which is shown only once.
#[derive(Serialize, ToSchema)]
pub struct MadeToken {
    /// What the app sends as `Authorization: Bearer …`.
    token: String,
    /// The member as whom it reads.
    member: Id,
    /// Until when it is valid, in seconds since 1970. It ends earlier if the key that made it is revoked, or if the member ends it.
    expires: i64,
}

/// An app reads with it what the member sees of its own account and orders, and asks for forecasts as the member. It changes nothing, and
/// opens no session. A key makes it, not a person.
pub async fn make(
    State(app): State<App>,
    Operator(actor): Operator,
    _: Query<NoParameters>,
    Path(member): Path<String>,
    body: Result<SignInBody<NewToken>, Problem>,
) -> Result<Answer<MadeToken>, Problem> {
    let NewToken { minutes: Minutes(minutes) } = body?.0;
    let member = Id::parse(&member).ok_or_else(Problem::unknown_member)?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    if app.ledger.read().await?.load(&needs).await?.excerpt.accounts.is_empty() {
        return Err(Problem::unknown_member());
    }
    let key = match &actor {
        Actor::Operator(key) => Some(key.as_str()),
        Actor::Demo => None,
        // A token ends with its key. A person of the staff has none.
        _ => return Err(Failure::Forbidden.into()),
    };
    let made = app.people.make_token(&member, minutes * 60, key).await.map_err(StoreError::from)?;
    let (token, expires) = made.ok_or(Failure::Unauthorized)?;
    Ok(Answer::of(&MadeToken { token, member, expires }))
}
