//! A member's passkeys, and the enrolment codes with which it adds its first one.

use axum::extract::{Path, State};
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::enter;
use super::actor::SessionToken;
use super::answer::{Answer, Gone, WithCookie};
use super::app::App;
use super::body::{SignInBody, value};
use super::newcomers::{Newcomer, Registration};
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{Anybody, CodeMaker, Operator, SignedIn, signed_in};
use super::sessions::{Nothing, StaffName, cookie, named};
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::people::actions::Deed;
use crate::people::actor::Actor;
use crate::people::device::Device;
use crate::people::enrolments::EnrolmentOutcome;
use crate::people::holder::Holder;
use crate::people::passkeys::{Ceremony, Right};
use crate::people::sign_in::PasskeyRow;
use crate::people::store::session_hash;

/// A code that lets somebody in as the member, once.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "as the field is called where it is sent back")]
pub struct Enrolment {
    member: Id,
    enrolment: String,
    /// For how many seconds it holds.
    holds: i64,
}

/// A code that lets whoever has it in as the member, once. For the operator, and for the member itself, who signs in
/// elsewhere by it.
pub async fn enrol(
    State(app): State<App>,
    _: Query<NoParameters>,
    CodeMaker { member, actor }: CodeMaker,
    SessionToken(token): SessionToken,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<Enrolment>, Problem> {
    body?;
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    part.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    // Staff make codes for others.
    if actor.member() == Some(&member) {
        may_add_access(&app, &member, token.as_deref()).await?;
    }
    let holder = Holder::Member(member.clone());
    let made = app.people.enrol(&holder, token.as_deref()).await.map_err(StoreError::from)?;
    let (enrolment, holds) = code_of(made)?;
    enter(&app, &actor, Deed::CodeMade, &format!("member {member}")).await?;
    Ok(Answer::of(&Enrolment { member, enrolment, holds }))
}

/// The code that was made, and for how many seconds it holds.
pub(super) fn code_of(made: EnrolmentOutcome) -> Result<(String, i64), Failure> {
    match made {
        EnrolmentOutcome::Made { code, holds } => Ok((code, holds)),
        EnrolmentOutcome::SessionEnded => Err(Failure::Unauthorized),
        EnrolmentOutcome::TooMany => Err(Failure::TooManyCodes),
    }
}

/// Whoever finds a session open must not get a way in that lasts longer, so the member shows its passkey again. Keys of the operator
/// open no session, and nor does a demo without a cookie.
async fn may_add_access(app: &App, member: &Id, token: Option<&str>) -> Result<(), Problem> {
    let Some(session) = token.and_then(session_hash) else { return Ok(()) };
    let may = app.people.may_add_access(member, &session).await.map_err(StoreError::from)?;
    if may { Ok(()) } else { Err(Failure::PasskeyNeeded.into()) }
}

/// By what right a passkey is registered: an enrolment code, a registration, or the session if neither is there.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyBeginning {
    #[schema(min_length = 1, max_length = 256, nullable = false)]
    enrolment: Option<String>,
    #[schema(nullable = false)]
    register: Option<Registration>,
}

/// By an enrolment code, as a new member, or as the member who is signed in.
pub async fn begin(
    State(app): State<App>,
    _: Anybody,
    actor: Result<Actor, Problem>,
    token: Result<SessionToken, Problem>,
    _: Query<NoParameters>,
    body: Result<SignInBody<PasskeyBeginning>, Problem>,
) -> Result<Answer<Ceremony>, Problem> {
    let passkeys = app.passkeys()?;
    let (holder, right) = match body?.0 {
        PasskeyBeginning { enrolment: Some(code), register: None } => {
            let enrolled = app.people.enrolled(&code).await.map_err(StoreError::from)?;
            let (holder, hash) = enrolled.ok_or(Failure::BadEnrolment)?;
            (holder, Right::Enrolled(hash))
        }
        PasskeyBeginning { enrolment: None, register: Some(registration) } => {
            let newcomer = Newcomer::try_from(registration)?;
            newcomer.preview(&app).await?;
            (Holder::Member(newcomer.member), Right::New { referrer: newcomer.referrer })
        }
        PasskeyBeginning { enrolment: None, register: None } => {
            let member = signed_in(actor?)?;
            may_add_access(&app, &member, token?.0.as_deref()).await?;
            (Holder::Member(member), Right::SignedIn)
        }
        PasskeyBeginning { enrolment: Some(_), register: Some(_) } => {
            return Err(Problem::both("enrolment", "register"));
        }
    };
    // What the authenticator shows when it asks whether to sign in as that.
    let (member, staff) = named(&app, holder.clone()).await?;
    let name = staff.map_or_else(|| member.map_or_else(String::new, |id| id.to_string()), |staff| staff.title());
    Ok(Answer::of(&passkeys.begin_registration(holder, &name, right).await?))
}

/// What an authenticator says to a registration that was begun.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What stands for the beginning.
    #[schema(min_length = 1, max_length = 256)]
    ceremony: String,
    #[schema(value_type = Attestation)]
    credential: Tree,
}

/// `PublicKeyCredential.toJSON()` of a registration.
#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used: webauthn-rs reads it")]
struct Attestation {
    id: String,
    raw_id: String,
    #[schema(rename = "type")]
    kind: String,
    response: AttestationResponse,
}

#[derive(ToSchema)]
#[schema(rename_all = "camelCase")]
#[expect(dead_code, reason = "only its schema is used")]
struct AttestationResponse {
    #[schema(pattern = "^[A-Za-z0-9_-]*$")]
    attestation_object: String,
    #[schema(pattern = "^[A-Za-z0-9_-]*$", rename = "clientDataJSON")]
    client_data: String,
}

/// A passkey that was registered.
#[derive(Serialize, ToSchema)]
pub struct RegisteredPasskey {
    /// The member, unless it is staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    member: Option<Id>,
    /// Who of the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    staff: Option<StaffName>,
    passkey: String,
}

/// What the authenticator says to it. Whoever was not signed in is so now.
pub async fn finish(
    State(app): State<App>,
    _: Anybody,
    actor: Result<Actor, Problem>,
    device: Device,
    _: Query<NoParameters>,
    body: Result<SignInBody<NewPasskey>, Problem>,
) -> Result<WithCookie<Answer<RegisteredPasskey>>, Problem> {
    let passkeys = app.passkeys()?;
    let NewPasskey { ceremony, credential } = body?.0;
    let credential = value("credential", credential)?;
    let registration = passkeys.finish_registration(&ceremony, &credential).await?;
    match &registration.right {
        // Who began it may have been signed out meanwhile.
        Right::SignedIn if Holder::Member(signed_in(actor?)?) != registration.holder => {
            return Err(Failure::Forbidden.into());
        }
        Right::SignedIn | Right::Enrolled(_) => {}
        // First, so that no passkey waits for a member whom somebody else registers.
        Right::New { referrer } => {
            let member = registration.holder.clone().member().ok_or(Failure::BadCeremony)?;
            let newcomer = Newcomer { member, referrer: referrer.clone() };
            newcomer.register(&app).await?;
        }
    }
    let session = passkeys.keep(&registration, device).await?;
    let cookie = session.map(|(token, holds)| cookie(&token, holds, &app)).transpose()?;
    let passkey = registration.id().to_owned();
    let (member, staff) = named(&app, registration.holder).await?;
    Ok(WithCookie(Answer::of(&RegisteredPasskey { member, staff, passkey }), cookie))
}

/// Ends every way in of a member whose phone was stolen, say. For the operator, who then makes a new code.
pub async fn shut_out(
    State(app): State<App>,
    _: Query<NoParameters>,
    Operator(actor): Operator,
    Path(member): Path<String>,
) -> Result<Gone, Problem> {
    let member = Id::parse(&member).ok_or_else(Problem::unknown_member)?;
    app.people.shut_out(&member).await.map_err(StoreError::from)?;
    enter(&app, &actor, Deed::AccessEnded, &format!("member {member}")).await?;
    Ok(Gone)
}

/// One's own passkeys.
#[derive(Serialize, ToSchema)]
pub struct PasskeyList {
    /// Oldest first.
    passkeys: Vec<Passkey>,
}

#[derive(Serialize, ToSchema)]
pub(super) struct Passkey {
    id: String,
    /// As the member calls it; empty if it has not named it.
    name: String,
    /// Seconds since 1970, as `used`.
    made: i64,
    #[schema(required = true)]
    used: Option<i64>,
}

impl From<PasskeyRow> for Passkey {
    fn from(PasskeyRow { id, name, made, used, .. }: PasskeyRow) -> Self {
        Self { id, name, made, used }
    }
}

/// One's own.
pub async fn list(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
) -> Result<Answer<PasskeyList>, Problem> {
    let rows = app.people.passkeys(&Holder::Member(member)).await.map_err(StoreError::from)?;
    Ok(Answer::of(&PasskeyList { passkeys: rows.into_iter().map(Passkey::from).collect() }))
}

/// One of one's own; sessions that it opened end with it. Whoever finds another session open must not remove the last passkey, and then add
/// its own as if the member never had one.
pub async fn remove(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    SessionToken(token): SessionToken,
    Path(passkey): Path<String>,
) -> Result<Gone, Problem> {
    if let Some(session) = token.as_deref().and_then(session_hash) {
        let may = app.people.may_remove_passkey(&member, &session, &passkey).await.map_err(StoreError::from)?;
        may.then_some(()).ok_or(Failure::PasskeyNeeded)?;
    }
    let removed = app.people.remove_passkey(&member, &passkey).await.map_err(StoreError::from)?;
    if removed { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}
