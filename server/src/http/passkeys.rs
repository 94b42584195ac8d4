//! A member's passkeys, and the enrolment codes by which the first one comes.

use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use gongxiang::identity::Id;
use serde::Serialize;

use super::actor::{operator, own, signed_in};
use super::answer::{Written, written};
use super::app::App;
use super::body::Fields;
use super::newcomers::Newcomer;
use super::problem::{Failure, Problem};
use super::query::Parameters;
use super::sessions::opened;
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::people::actor::Actor;
use crate::people::passkeys::Right;
use crate::people::sign_in::PasskeyRow;

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as the field is called where it is sent back")]
struct Enrolment<'a> {
    member: &'a Id,
    enrolment: &'a str,
    /// Seconds.
    holds: i64,
}

/// `POST /v1/members/{member}/enrolments`: a code that lets whoever has it in as the member, once. For the operator, and for
/// the member itself, who signs in elsewhere by it.
pub async fn enrol(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    own(&actor, &id)?;
    if matches!(actor, Actor::Merchant(..)) {
        // It is for the shop, not for its owner's points.
        return Err(Failure::Forbidden.into());
    }
    Fields::of(request, &[]).await?;
    let member = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    let (enrolment, holds) = app.people.enrol(&member).await.map_err(StoreError::from)?;
    Ok(written(&Enrolment { member: &member, enrolment: &enrolment, holds }))
}

/// `POST /v1/passkeys/begin`: by an enrolment code, as a new member, or as the member who is signed in.
pub async fn begin(
    State(app): State<App>,
    actor: Result<Actor, Problem>,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    let passkeys = app.passkeys()?;
    let mut fields = Fields::of(request, &["enrolment", "register"]).await?;
    let (member, right) = match (fields.optional::<String>("enrolment")?, Newcomer::read(&mut fields)?) {
        (Some(code), None) => {
            let enrolled = app.people.enrolled(&code).await.map_err(StoreError::from)?;
            let (member, hash) = enrolled.ok_or(Failure::BadEnrolment)?;
            (member, Right::Enrolled(hash))
        }
        (None, Some(newcomer)) => {
            newcomer.preview(&app).await?;
            (newcomer.member, Right::New { referrer: newcomer.referrer })
        }
        (None, None) => (signed_in(&actor?)?.clone(), Right::SignedIn),
        (Some(_), Some(_)) => return Err(Problem::both("enrolment", "register")),
    };
    Ok(written(&passkeys.begin_registration(member, right).await?))
}

/// `POST /v1/passkeys`: what the authenticator says to it. Who was not signed in is so now.
pub async fn finish(
    State(app): State<App>,
    actor: Result<Actor, Problem>,
    parameters: Parameters,
    request: Request,
) -> Result<Response, Problem> {
    parameters.finish()?;
    let passkeys = app.passkeys()?;
    let mut fields = Fields::of(request, &["ceremony", "credential"]).await?;
    let (ceremony, credential) = (fields.required::<String>("ceremony")?, fields.required("credential")?);
    let registration = passkeys.finish_registration(&ceremony, &credential).await?;
    match &registration.right {
        // Who began it may have been signed out meanwhile.
        Right::SignedIn if *signed_in(&actor?)? != registration.member => return Err(Failure::Forbidden.into()),
        Right::SignedIn | Right::Enrolled(_) => {}
        // First, so that no passkey waits for a member whom somebody else registers.
        Right::New { referrer } => {
            let newcomer = Newcomer { member: registration.member.clone(), referrer: referrer.clone() };
            newcomer.register(&app).await?;
        }
    }
    let session = passkeys.keep(&registration).await?;
    let kept = written(&Registered { member: &registration.member, passkey: registration.id() });
    match session {
        Some((token, holds)) => opened(&app, kept, &token, holds),
        None => Ok(kept.into_response()),
    }
}

/// `DELETE /v1/members/{member}/access`: ends every way in of a member whose phone was stolen, say. For the operator, who then
/// makes a new code.
pub async fn shut_out(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.finish()?;
    operator(&actor)?;
    let member = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    app.people.shut_out(&member).await.map_err(StoreError::from)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Serialize)]
struct Registered<'a> {
    member: &'a Id,
    passkey: &'a str,
}

#[derive(Serialize)]
struct Passkeys {
    /// Oldest first.
    passkeys: Vec<Passkey>,
}

#[derive(Serialize)]
struct Passkey {
    id: String,
    /// Seconds since 1970, as `used`.
    made: i64,
    used: Option<i64>,
}

/// `GET /v1/passkeys`: one's own.
pub async fn list(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let rows = app.people.passkeys(signed_in(&actor)?).await.map_err(StoreError::from)?;
    let line = |row: PasskeyRow| Passkey { id: row.id, made: row.made, used: row.used };
    Ok(written(&Passkeys { passkeys: rows.into_iter().map(line).collect() }))
}

/// `DELETE /v1/passkeys/{passkey}`: one of one's own; sessions that it opened end with it.
pub async fn remove(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<StatusCode, Problem> {
    parameters.finish()?;
    let removed = app.people.remove_passkey(signed_in(&actor)?, &id).await.map_err(StoreError::from)?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(Failure::NotFound.into()) }
}
