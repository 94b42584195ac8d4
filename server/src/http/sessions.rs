//! Signing in and out. A browser holds its session in a cookie that no script reads and no other site sends; a mini-program
//! gets the token itself.

use axum::extract::State;
use axum::http::HeaderValue;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::{SessionToken, cookie_name};
use super::answer::{Answer, SignedOut, WithCookie};
use super::app::App;
use super::body::{SignInBody, value};
use super::newcomers::{Newcomer, Registration};
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Anybody;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Key, StoreError};
use crate::limits::WECHAT_CODE_LENGTH_MAX;
use crate::people::actor::Actor;
use crate::people::passkeys::Ceremony;

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub struct Session {
    member: Id,
    /// For clients without cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// For how many seconds it holds.
    holds: i64,
}

/// Which member signs in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoSignIn {
    member: Id,
}

/// An empty table, or no body at all.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// What an authenticator says to a sign-in that was begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeySignIn {
    /// What stands for the beginning.
    #[schema(min_length = 1, max_length = 256)]
    ceremony: String,
    #[schema(value_type = Assertion)]
    credential: Tree,
}

/// `PublicKeyCredential.toJSON()` of a sign-in.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used: webauthn-rs reads it")]
struct Assertion {
    id: String,
    raw_id: String,
    #[schema(rename = "type")]
    kind: String,
    response: AssertionResponse,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct AssertionResponse {
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    authenticator_data: String,
    #[schema(pattern = "^[A-Za-z0-9_-]*$", rename = "clientDataJSON")]
    client_data: String,
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    signature: String,
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    user_handle: String,
}

/// A code of `wx.login()`. An account that is no member's yet comes with an enrolment code, or registers.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WeChatSignIn {
    #[schema(min_length = 1, max_length = 256)]
    code: String,
    #[schema(min_length = 1, max_length = 256, nullable = false)]
    enrolment: Option<String>,
    #[schema(nullable = false)]
    register: Option<Registration>,
    /// Whether an account that is another member's moves to the member of the code.
    #[serde(default)]
    rebind: bool,
}

/// Anybody signs in as any member, on a demo server only.
pub async fn demo(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    body: Result<SignInBody<DemoSignIn>, Problem>,
) -> Result<WithCookie<Answer<Session>>, Problem> {
    if !app.demo {
        return Err(Failure::NotFound.into());
    }
    let DemoSignIn { member } = body?.0;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    let (token, holds) = app.people.sign_in(&member).await.map_err(StoreError::from)?;
    let cookie = Some(cookie(&token, holds, &app)?);
    Ok(WithCookie(Answer::of(&Session { member, token: Some(token), holds }), cookie))
}

/// Whoever it is: the passkey says so.
pub async fn begin(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<Ceremony>, Problem> {
    let passkeys = app.passkeys()?;
    body?;
    Ok(Answer::of(&passkeys.begin_sign_in().await?))
}

/// What the authenticator says to it. The session is in the cookie only.
pub async fn passkey(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    body: Result<SignInBody<PasskeySignIn>, Problem>,
) -> Result<WithCookie<Answer<Session>>, Problem> {
    let passkeys = app.passkeys()?;
    let PasskeySignIn { ceremony, credential } = body?.0;
    let credential = value("credential", credential)?;
    let (member, token, holds) = passkeys.finish_sign_in(&ceremony, &credential).await?;
    let cookie = Some(cookie(&token, holds, &app)?);
    Ok(WithCookie(Answer::of(&Session { member, token: None, holds }), cookie))
}

/// By a code of `wx.login()`. An account that is no member's yet becomes one's by an enrolment code, or as a new member.
pub async fn wechat(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    body: Result<SignInBody<WeChatSignIn>, Problem>,
) -> Result<Answer<Session>, Problem> {
    let wechat = app.sign_in.wechat.as_ref().ok_or_else(|| Problem::sign_in_off("wechat"))?;
    let WeChatSignIn { code, enrolment, register, rebind } = body?.0;
    if enrolment.is_some() && register.is_some() {
        return Err(Problem::both("enrolment", "register"));
    }
    let newcomer = register.map(Newcomer::try_from).transpose()?;
    if !(1..=WECHAT_CODE_LENGTH_MAX).contains(&code.len()) {
        return Err(Failure::BadCode.into());
    }
    let account = wechat.account(&code).await?;
    // Of an account that registers twice at once, each request would make a member.
    let key = Key { scope: "wechat".into(), key: account.clone(), fingerprint: String::new() };
    let _flight = app.flights.take_off(&key)?;
    let people = &app.people;
    let known = people.wechat_member(&account).await.map_err(StoreError::from)?;
    let member = match (enrolment, known, newcomer) {
        (Some(code), known, _) => {
            let (member, _) = people.enrolled(&code).await.map_err(StoreError::from)?.ok_or(Failure::BadEnrolment)?;
            // Whoever types a stranger's code would use the stranger's account without noticing.
            if !rebind && known.is_some_and(|known| known != member) {
                return Err(Failure::AccountBound.into());
            }
            let member = people.bind_wechat_by(&code, &account).await.map_err(StoreError::from)?;
            member.ok_or(Failure::BadEnrolment)?
        }
        (None, Some(member), _) => member,
        (None, None, Some(newcomer)) => {
            newcomer.register(&app).await?;
            people.bind_wechat(&account, &newcomer.member).await.map_err(StoreError::from)?;
            newcomer.member
        }
        (None, None, None) => return Err(Failure::UnknownAccount.into()),
    };
    let (token, holds) = people.sign_in(&member).await.map_err(StoreError::from)?;
    Ok(Answer::of(&Session { member, token: Some(token), holds }))
}

/// `Strict` costs nothing: the page itself needs no cookie, and what it asks for then comes from the same site.
pub(super) fn cookie(token: &str, seconds: i64, app: &App) -> Result<HeaderValue, Problem> {
    let (name, secure) = (cookie_name(app), if app.has_tls() { "; Secure" } else { "" });
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| Failure::Unavailable.into())
}

/// Who one is, and how members can sign in.
#[derive(Serialize, ToSchema)]
pub struct Who {
    /// `nobody`, `demo`, `operator`, `payment`, `merchant` or `member`.
    role: &'static str,
    #[schema(required = true)]
    member: Option<Id>,
    demo: bool,
    /// How members can sign in here: `passkey`, `wechat`, `demo`.
    ways: Vec<&'static str>,
    /// Whether they may register themselves.
    open_registration: bool,
}

/// Who one is.
pub async fn who(
    State(app): State<App>,
    _: Anybody,
    actor: Actor,
    _: Query<NoParameters>,
) -> Result<Answer<Who>, Problem> {
    let role = match actor {
        Actor::Nobody => "nobody",
        Actor::Demo => "demo",
        Actor::Operator(_) => "operator",
        Actor::Payment(_) => "payment",
        Actor::Merchant(..) => "merchant",
        Actor::Member(_) => "member",
    };
    let ways = [
        app.sign_in.passkeys.is_some().then_some("passkey"),
        app.sign_in.wechat.is_some().then_some("wechat"),
        app.demo.then_some("demo"),
    ];
    Ok(Answer::of(&Who {
        role,
        member: actor.member().cloned(),
        demo: app.demo,
        ways: ways.into_iter().flatten().collect(),
        open_registration: app.sign_in.open_registration,
    }))
}

/// Signs out; a token that holds no more is signed out already.
pub async fn sign_out(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    SessionToken(token): SessionToken,
) -> Result<SignedOut, Problem> {
    if let Some(token) = token {
        app.people.sign_out(&token).await.map_err(StoreError::from)?;
    }
    Ok(SignedOut(cookie("", 0, &app)?))
}
