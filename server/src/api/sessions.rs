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

use super::App;
use super::actor::{COOKIE_NAME, token};
use super::body::json_body;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use super::read::{Written, written};
use super::settle::table;
use crate::needs::Needs;
use crate::people::Actor;
use crate::store::StoreError;

#[derive(Serialize)]
struct SignedIn<'a> {
    member: &'a Id,
    token: &'a str,
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
    let mut response = written(&SignedIn { member: &member, token: &token, holds }).into_response();
    response.headers_mut().insert(SET_COOKIE, cookie(&token, holds, app.demo)?);
    Ok(response)
}

/// A demo is served without TLS, where a `Secure` cookie would not come back.
fn cookie(token: &str, seconds: i64, demo: bool) -> Result<HeaderValue, Problem> {
    let secure = if demo { "" } else { "; Secure" };
    let text = format!("{COOKIE_NAME}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| Failure::Unavailable.into())
}

#[derive(Serialize)]
struct Who<'a> {
    role: &'static str,
    member: Option<&'a Id>,
    demo: bool,
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
    Ok(written(&Who { role, member: actor.member(), demo: app.demo }))
}

/// `DELETE /v1/session`: signs out; a token that holds no more is signed out already.
pub async fn sign_out(State(app): State<App>, parameters: Parameters, request: Request) -> Result<Response, Problem> {
    parameters.finish()?;
    let (parts, _) = request.into_parts();
    if let Some(token) = token(&parts) {
        app.people.sign_out(token).await.map_err(StoreError::from)?;
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.headers_mut().insert(SET_COOKIE, cookie("", 0, app.demo)?);
    Ok(response)
}
