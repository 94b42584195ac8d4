//! Signing in and out. A browser holds its session in a cookie that no script can read and no other site can send. A
//! mini-program gets the token itself.

use axum::extract::State;
use axum::http::HeaderValue;
use gongxiang::identity::Id;
use gongxiang::tree::Tree;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actor::{SessionToken, cookie_name};
use super::answer::{Answer, Gone, SignedOut, WithCookie};
use super::app::App;
use super::body::{SignInBody, value};
use super::newcomers::{Newcomer, Registration};
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{Anybody, SignedIn};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Key, StoreError};
use crate::limits::WECHAT_CODE_LENGTH_MAX;
use crate::people::actor::{Actor, Staff};
use crate::people::device::{Device, Way};
use crate::people::guests::Guest;
use crate::people::holder::Holder;
use crate::people::passkeys::Ceremony;
use crate::people::role::StaffRole;
use crate::people::store::session_hash;

/// A session that was opened.
#[derive(Serialize, ToSchema)]
pub struct Session {
    /// The member, unless it is staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    member: Option<Id>,
    /// Who of the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    staff: Option<StaffName>,
    /// For clients without cookies.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    token: Option<String>,
    /// For how many seconds it holds.
    holds: i64,
}

/// Who of the staff is signed in.
#[derive(Serialize, ToSchema)]
pub struct StaffName {
    id: Id,
    name: String,
    role: StaffRole,
    /// The shop of an owner or a cashier.
    #[schema(required = true)]
    shop: Option<Id>,
}

impl StaffName {
    /// Name and work, such as `张三 (clerk)`.
    pub fn title(&self) -> String {
        let shop = self.shop.as_ref().map_or_else(String::new, |shop| format!(", {shop}"));
        format!("{} ({}{shop})", self.name, self.role.as_str())
    }
}

impl From<Staff> for StaffName {
    fn from(Staff { id, name, role, shop }: Staff) -> Self {
        Self { id, name, role, shop }
    }
}

/// Who holds a passkey: a member, or somebody of the staff.
pub(super) async fn named(app: &App, holder: Holder) -> Result<(Option<Id>, Option<StaffName>), Problem> {
    match holder {
        Holder::Member(member) => Ok((Some(member), None)),
        Holder::Staff(id) => {
            let row = app.people.one_of_staff(&id).await.map_err(StoreError::from)?.ok_or(Failure::Unauthorized)?;
            Ok((None, Some(Staff::from(row).into())))
        }
    }
}

/// Who signs in: a member, or somebody of the staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DemoSignIn {
    #[schema(nullable = false)]
    member: Option<Id>,
    #[schema(nullable = false)]
    staff: Option<Id>,
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

/// Anybody signs in as any member or as somebody of the staff, on a demo server only.
pub async fn demo(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    device: Device,
    body: Result<SignInBody<DemoSignIn>, Problem>,
) -> Result<WithCookie<Answer<Session>>, Problem> {
    if !app.demo {
        return Err(Failure::NotFound.into());
    }
    let holder = match body?.0 {
        DemoSignIn { member: Some(_), staff: Some(_) } => return Err(Problem::both("member", "staff")),
        DemoSignIn { staff: Some(staff), .. } => {
            let row = app.people.one_of_staff(&staff).await.map_err(StoreError::from)?;
            Holder::Staff(row.ok_or(Failure::NotFound)?.id)
        }
        DemoSignIn { member, .. } => {
            let member = member.ok_or_else(Problem::unknown_member)?;
            if !is_registered(&app, &member).await? {
                return Err(Problem::unknown_member());
            }
            Holder::Member(member)
        }
    };
    let (token, holds) = app.people.sign_in(&holder, Way::Demo, device).await.map_err(StoreError::from)?;
    let cookie = Some(cookie(&token, holds, &app)?);
    let (member, staff) = named(&app, holder).await?;
    Ok(WithCookie(Answer::of(&Session { member, staff, token: Some(token), holds }), cookie))
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
    device: Device,
    body: Result<SignInBody<PasskeySignIn>, Problem>,
) -> Result<WithCookie<Answer<Session>>, Problem> {
    let passkeys = app.passkeys()?;
    let PasskeySignIn { ceremony, credential } = body?.0;
    let credential = value("credential", credential)?;
    let (holder, token, holds) = passkeys.finish_sign_in(&ceremony, &credential, device).await?;
    let cookie = Some(cookie(&token, holds, &app)?);
    let (member, staff) = named(&app, holder).await?;
    Ok(WithCookie(Answer::of(&Session { member, staff, token: None, holds }), cookie))
}

/// In the session that is open: its member shows a passkey again, and may add ways of signing in for five minutes. The ceremony is that of
/// a sign-in.
pub async fn verify(
    State(app): State<App>,
    _: Query<NoParameters>,
    SignedIn(member): SignedIn,
    SessionToken(token): SessionToken,
    body: Result<SignInBody<PasskeySignIn>, Problem>,
) -> Result<Gone, Problem> {
    let passkeys = app.passkeys()?;
    let PasskeySignIn { ceremony, credential } = body?.0;
    let credential = value("credential", credential)?;
    let session = token.as_deref().and_then(session_hash).ok_or(Failure::Unauthorized)?;
    passkeys.finish_verification(&ceremony, &credential, &member, &session).await?;
    Ok(Gone)
}

/// A code that the operator made, or the member in another session.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeSignIn {
    #[schema(min_length = 1, max_length = 256)]
    enrolment: String,
}

/// By an enrolment code, which is used up. For browsers that have no passkeys; others register one by the code.
pub async fn code(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    device: Device,
    body: Result<SignInBody<CodeSignIn>, Problem>,
) -> Result<WithCookie<Answer<Session>>, Problem> {
    let CodeSignIn { enrolment } = body?.0;
    let opened = app.people.sign_in_by_code(&enrolment, device).await.map_err(StoreError::from)?;
    let (member, token, holds) = opened.ok_or(Failure::BadEnrolment)?;
    let cookie = Some(cookie(&token, holds, &app)?);
    Ok(WithCookie(Answer::of(&Session { member: Some(member), staff: None, token: None, holds }), cookie))
}

/// By a code of `wx.login()`. An account that is no member's yet becomes one's by an enrolment code, or as a new member.
pub async fn wechat(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    device: Device,
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
    let account = wechat.user(&code).await?.account;
    let key = Key { scope: "wechat".into(), key: account.clone(), fingerprint: String::new() };
    let _flight = app.flights.take_off(&key)?;
    let people = &app.people;
    // Its id may be claimed but not registered: the rules refused the registration, or it is on its way.
    let known = match people.wechat_member(&account).await.map_err(StoreError::from)? {
        Some(member) if is_registered(&app, &member).await? => Some(member),
        _ => None,
    };
    let member = match (enrolment, known, newcomer) {
        (Some(code), known, _) => {
            let enrolled = people.enrolled(&code).await.map_err(StoreError::from)?;
            // Staff sign in by passkey only.
            let member = enrolled.and_then(|(holder, _)| holder.member()).ok_or(Failure::BadEnrolment)?;
            // Whoever types a stranger's code would use the stranger's account without noticing.
            if !rebind && known.is_some_and(|known| known != member) {
                return Err(Failure::AccountBound.into());
            }
            let member = people.bind_wechat_by(&code, &account).await.map_err(StoreError::from)?;
            member.ok_or(Failure::BadEnrolment)?
        }
        (None, Some(member), _) => member,
        (None, None, Some(newcomer)) => {
            newcomer.preview(&app).await?;
            let member = people.claim_wechat(&account, &newcomer.member).await.map_err(StoreError::from)?;
            let newcomer = Newcomer { member, ..newcomer };
            if let Err(problem) = newcomer.register(&app).await
                && !is_registered(&app, &newcomer.member).await?
            {
                return Err(problem);
            }
            newcomer.member
        }
        (None, None, None) => return Err(Failure::UnknownAccount.into()),
    };
    let holder = Holder::Member(member.clone());
    let (token, holds) = people.sign_in(&holder, Way::WeChat, device).await.map_err(StoreError::from)?;
    Ok(Answer::of(&Session { member: Some(member), staff: None, token: Some(token), holds }))
}

async fn is_registered(app: &App, member: &Id) -> Result<bool, Problem> {
    let needs = Needs { members: [member.clone()].into(), ..Needs::default() };
    Ok(app.ledger.read().await?.load(&needs).await?.excerpt.accounts.contains_key(member))
}

/// `Strict` costs nothing: the page itself needs no cookie, and what it asks for then comes from the same site.
pub(super) fn cookie(token: &str, seconds: i64, app: &App) -> Result<HeaderValue, Problem> {
    let (name, secure) = (cookie_name(app), if app.has_tls() { "; Secure" } else { "" });
    let text = format!("{name}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}");
    HeaderValue::from_str(&text).map_err(|_| Failure::Unavailable.into())
}

/// Who one is, and how members can sign in.
#[expect(clippy::struct_excessive_bools, reason = "what a server is set to, each by itself")]
#[derive(Serialize, ToSchema)]
pub struct Who {
    /// `nobody`, `demo`, `operator`, `payment`, `read`, `merchant`, `member`, or the role of staff: `operator`, `clerk`, `auditor`, `owner`,
    /// `cashier`.
    role: &'static str,
    /// The member, or the merchant of a key's shop.
    #[schema(required = true)]
    member: Option<Id>,
    /// Who of the staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    staff: Option<StaffName>,
    demo: bool,
    /// How members can sign in here: `passkey`, `wechat`, `demo`.
    ways: Vec<&'static str>,
    /// Whether they may register themselves.
    open_registration: bool,
    /// Whether they trade points with each other.
    market: bool,
    /// Whether a shop opens only once the operator has approved its application.
    shop_approval: bool,
    /// People to sign in as, on a demo server that has some.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    guests: Vec<Guest>,
}

/// Who one is.
pub async fn who(
    State(app): State<App>,
    _: Anybody,
    actor: Actor,
    _: Query<NoParameters>,
) -> Result<Answer<Who>, Problem> {
    let role = match &actor {
        Actor::Nobody => "nobody",
        Actor::Demo => "demo",
        Actor::Operator(_) => "operator",
        Actor::Payment(_) => "payment",
        Actor::ReadKey(_) => "read",
        Actor::Merchant(..) => "merchant",
        Actor::Member(_) => "member",
        Actor::Staff(staff) => staff.role.as_str(),
    };
    // The shop of staff is not the member who is signed in.
    let member = actor.member().filter(|_| !matches!(actor, Actor::Staff(_))).cloned();
    let ways = [
        app.sign_in.passkeys.is_some().then_some("passkey"),
        app.sign_in.wechat.is_some().then_some("wechat"),
        app.demo.then_some("demo"),
    ];
    Ok(Answer::of(&Who {
        role,
        member,
        staff: if let Actor::Staff(staff) = actor { Some(staff.into()) } else { None },
        demo: app.demo,
        ways: ways.into_iter().flatten().collect(),
        open_registration: app.sign_in.open_registration,
        market: app.quota.has_market(&app.ledger.read().await?.now().await?.rules),
        shop_approval: app.shop_approval,
        guests: app.sign_in.guests.to_vec(),
    }))
}

/// Signs out; a token that holds no more is signed out already. The cookie goes also where the database cannot be written.
pub async fn sign_out(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
    SessionToken(token): SessionToken,
) -> Result<SignedOut, Problem> {
    let mut failed = None;
    if let Some(token) = token {
        let done = app.people.sign_out(&token).await;
        failed = done.err().map(|error| Problem::from(StoreError::from(error)));
    }
    Ok(SignedOut { cookie: cookie("", 0, &app)?, failed })
}
