//! Signing in and out. A browser holds its session in a cookie that no script reads and no other site sends; a mini-program
//! gets the token itself.

use axum::extract::{Request, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use gongxiang::event::Refusal;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::Serialize;

use super::actor::{COOKIE_NAME, token};
use super::answer::{Written, written};
use super::app::App;
use super::body::{Fields, json_body, table};
use super::newcomers::Newcomer;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::limits::WECHAT_CODE_LENGTH_MAX;
use crate::people::actor::Actor;

#[derive(Serialize)]
struct SignedIn<'a> {
    member: &'a Id,
    /// For who has no cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    /// Seconds.
    holds: i64,
}

/// `POST /v1/sessions/demo`: anybody signs in as any member, on a demo server only.
pub async fn demo(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Response, Problem> {
    parameters.finish()?;
    if !app.demo {
        return Err(Failure::NotFound.into());
    }
    let body = json_body(request).await?;
    let fields = table(&body, |name| name == "member")?;
    let member = match fields.first() {
        Some((_, Tree::Text(member))) => Id::parse(member),
        _ => None,
    };
    let member = member.ok_or_else(|| Refusal::bad_event("member", "has to be a member's id"))?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    let (token, holds) = app.people.sign_in(&member).await.map_err(StoreError::from)?;
    opened(&app, written(&SignedIn { member: &member, token: Some(&token), holds }), &token, holds)
}

/// `POST /v1/sessions/passkey/begin`: whoever it is.
pub async fn begin(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Written, Problem> {
    parameters.finish()?;
    let passkeys = app.passkeys()?;
    Fields::of(request, &[]).await?;
    Ok(written(&passkeys.begin_sign_in().await?))
}

/// `POST /v1/sessions/passkey`: what the authenticator says to it. The session is in the cookie only.
pub async fn passkey(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Response, Problem> {
    parameters.finish()?;
    let passkeys = app.passkeys()?;
    let mut fields = Fields::of(request, &["ceremony", "credential"]).await?;
    let (ceremony, credential) = (fields.required::<String>("ceremony")?, fields.required("credential")?);
    let (member, token, holds) = passkeys.finish_sign_in(&ceremony, &credential).await?;
    opened(&app, written(&SignedIn { member: &member, token: None, holds }), &token, holds)
}

/// `POST /v1/sessions/wechat`: by a code of `wx.login()`. An account that is no member's yet becomes one's by an enrolment
/// code, or as a new member.
pub async fn wechat(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Written, Problem> {
    parameters.finish()?;
    let wechat = app.sign_in.wechat.as_ref().ok_or_else(|| Problem::sign_in_off("wechat"))?;
    let mut fields = Fields::of(request, &["code", "enrolment", "register"]).await?;
    let code: String = fields.required("code")?;
    let enrolment: Option<String> = fields.optional("enrolment")?;
    let newcomer = Newcomer::read(&mut fields)?;
    if enrolment.is_some() && newcomer.is_some() {
        return Err(Problem::both("enrolment", "register"));
    }
    if !(1..=WECHAT_CODE_LENGTH_MAX).contains(&code.len()) {
        return Err(Failure::BadCode.into());
    }
    let account = wechat.account(&code).await?;
    let people = &app.people;
    let known = people.wechat_member(&account).await.map_err(StoreError::from)?;
    let member = match (enrolment, known, newcomer) {
        (Some(code), ..) => {
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
    Ok(written(&SignedIn { member: &member, token: Some(&token), holds }))
}

/// An answer that brings the session's cookie.
pub(super) fn opened(app: &App, answer: Written, token: &str, holds: i64) -> Result<Response, Problem> {
    let mut response = answer.into_response();
    response.headers_mut().insert(SET_COOKIE, cookie(token, holds, app)?);
    Ok(response)
}

/// `Strict` costs nothing: the page itself needs no cookie, and what it asks for then comes from the same site.
/// Without TLS a `Secure` cookie would not come back.
fn cookie(token: &str, seconds: i64, app: &App) -> Result<HeaderValue, Problem> {
    let plain = app.sign_in.origin.as_ref().map_or(app.demo, |origin| origin.scheme() == "http");
    let secure = if plain { "" } else { "; Secure" };
    let text = format!("{COOKIE_NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| Failure::Unavailable.into())
}

#[derive(Serialize)]
struct Who<'a> {
    role: &'static str,
    member: Option<&'a Id>,
    demo: bool,
    /// How members can sign in here.
    ways: Vec<&'static str>,
    /// Whether they may register themselves.
    open_registration: bool,
}

/// `GET /v1/session`: who one is.
pub async fn who(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
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
    Ok(written(&Who {
        role,
        member: actor.member(),
        demo: app.demo,
        ways: ways.into_iter().flatten().collect(),
        open_registration: app.sign_in.open_registration,
    }))
}

/// `DELETE /v1/session`: signs out; a token that holds no more is signed out already.
pub async fn sign_out(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Response, Problem> {
    parameters.finish()?;
    let (parts, _) = request.into_parts();
    if let Some(token) = token(&parts, &app)? {
        app.people.sign_out(token).await.map_err(StoreError::from)?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(SET_COOKIE, cookie("", 0, &app)?);
    Ok(response)
}
