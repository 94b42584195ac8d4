//! A member's own sessions, codes, passkeys and `WeChat` accounts: listed, named, ended.

use axum::extract::{Path, State};
use gongxiang::event::Refusal;
use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::SessionToken;
use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::passkeys::Passkey;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::SignedIn;
use crate::ledger::store::StoreError;
use crate::limits::PASSKEY_NAME_LENGTH_MAX;
use crate::people::access::{CodeRow, SessionRow, WeChatRow};
use crate::people::store::session_hash;

/// Every means of signing in of a member. All times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct Access {
    member: Id,
    /// The last used ones first, at most 100.
    sessions: Vec<OpenSession>,
    /// Enrolment codes that were not used yet, oldest first, as those below.
    codes: Vec<OpenCode>,
    passkeys: Vec<Passkey>,
    wechat: Vec<WeChatAccount>,
}

/// A session. Its id opens nothing.
#[derive(Serialize, ToSchema)]
struct OpenSession {
    id: String,
    /// Whether this request came in it.
    current: bool,
    made: i64,
    /// When it was last used, right to the hour.
    seen: i64,
    expires: i64,
    /// How it was opened: `passkey`, `code`, `wechat` or `demo`; `token` if an app reads by it.
    way: String,
    /// `iphone`, `ipad`, `android`, `harmony`, `windows`, `mac`, `chromebook`, `linux` or `other`.
    device: String,
}

/// An enrolment code. Its id opens nothing.
#[derive(Serialize, ToSchema)]
struct OpenCode {
    id: String,
    made: i64,
    expires: i64,
    /// The session that made it; null if the operator did.
    #[schema(required = true)]
    session: Option<String>,
}

/// A `WeChat` account.
#[derive(Serialize, ToSchema)]
struct WeChatAccount {
    id: String,
    /// Null if it is not known.
    #[schema(required = true)]
    made: Option<i64>,
}

/// One's own.
pub async fn list(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    SessionToken(token): SessionToken,
) -> Result<Answer<Access>, Problem> {
    Ok(Answer::of(&of(&app, member, token.as_deref()).await?))
}

/// Those of a member, for who asks with this token.
pub(super) async fn of(app: &App, member: Id, token: Option<&str>) -> Result<Access, Problem> {
    let access = app.people.access(&member).await.map_err(StoreError::from)?;
    let current = token.and_then(session_hash);
    let session = |SessionRow { hash, made, seen, expires, way, device }| {
        let current = current.as_ref() == Some(&hash);
        OpenSession { id: hash, current, made, seen, expires, way, device }
    };
    let code = |CodeRow { hash, made, expires, session }| OpenCode { id: hash, made, expires, session };
    let wechat = |WeChatRow { hash, made }| WeChatAccount { id: hash, made };
    Ok(Access {
        member,
        sessions: access.sessions.into_iter().map(session).collect(),
        codes: access.codes.into_iter().map(code).collect(),
        passkeys: access.passkeys.into_iter().map(Passkey::from).collect(),
        wechat: access.wechat.into_iter().map(wechat).collect(),
    })
}

/// One of one's own sessions, and the codes that it made.
pub async fn end_session(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(session): Path<String>,
) -> Result<Gone, Problem> {
    gone(app.people.end_session(&member, &session).await)
}

/// Every session of one's own but this one, and every code.
pub async fn end_others(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    SessionToken(token): SessionToken,
) -> Result<Gone, Problem> {
    let current = token.as_deref().and_then(session_hash).ok_or(Failure::Unauthorized)?;
    gone(app.people.end_others(&member, &current).await.map(|()| true))
}

/// One of one's own codes.
pub async fn end_code(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(code): Path<String>,
) -> Result<Gone, Problem> {
    gone(app.people.end_code(&member, &code).await)
}

/// One of one's own `WeChat` accounts; sessions that came by `WeChat` end with it.
pub async fn unbind_wechat(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(account): Path<String>,
) -> Result<Gone, Problem> {
    gone(app.people.unbind_wechat(&member, &account).await)
}

/// The name of a passkey.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// Empty for none.
    #[schema(max_length = 40)]
    name: String,
}

/// One of one's own passkeys.
pub async fn name_passkey(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    Path(passkey): Path<String>,
    body: Result<SignInBody<PasskeyName>, Problem>,
) -> Result<Gone, Problem> {
    let PasskeyName { name } = body?.0;
    let name = name.trim();
    if name.chars().count() > PASSKEY_NAME_LENGTH_MAX || name.chars().any(char::is_control) {
        let why = format!("has at most {PASSKEY_NAME_LENGTH_MAX} characters, and none that controls a screen");
        return Err(Refusal::bad_event("name", why).into());
    }
    gone(app.people.name_passkey(&member, &passkey, name).await)
}

/// What does not exist and what is somebody else's are answered alike.
fn gone(ended: sqlx::Result<bool>) -> Result<Gone, Problem> {
    if ended.map_err(StoreError::from)? { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}
