//! Staff: the operator manages all of them, the owner of a shop those of the shop.

use axum::extract::{Path, State};
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::actions::enter;
use super::actor::SessionToken;
use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::passkeys::code_of;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Query};
use super::rights::{Somebody, has};
use super::sessions::Nothing;
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::people::actions::Deed;
use crate::people::actor::Actor;
use crate::people::holder::Holder;
use crate::people::role::{Duty, StaffRole};
use crate::people::staff::{NewStaff, StaffRow};

/// Which page of the staff.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct StaffQuery {
    /// Of this shop only.
    #[schema(nullable = false)]
    shop: Option<Id>,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Id>,
    #[serde(default)]
    limit: Limit,
}

/// A page of the staff.
#[derive(Serialize, ToSchema)]
pub struct StaffPage {
    staff: Vec<StaffRow>,
    /// What to ask for next, as `after`; nothing on the last page.
    #[schema(required = true)]
    next: Option<Id>,
}

/// Everybody who is there or was, by id.
pub async fn list(
    State(app): State<App>,
    Somebody(actor): Somebody,
    Query(StaffQuery { shop, after, limit }): Query<StaffQuery>,
) -> Result<Answer<StaffPage>, Problem> {
    let shop = if actor.may(Duty::Staff) { shop } else { Some(own_shop(&actor, shop.as_ref())?.clone()) };
    let after = after.as_ref().map_or("", Id::as_str);
    let found = app.people.staff(shop.as_ref(), after, limit.rows() + 1).await;
    let mut staff = found.map_err(StoreError::from)?;
    let next = cut(&mut staff, limit, |last| last.id.clone());
    Ok(Answer::of(&StaffPage { staff, next }))
}

/// Who is to be added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewStaffMember {
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    role: StaffRole,
    /// The shop of an owner or a cashier; an owner's own if it is left out.
    #[schema(nullable = false)]
    shop: Option<Id>,
}

/// Somebody who was added or gets a new code.
#[derive(Serialize, ToSchema)]
pub struct StaffCode {
    #[serde(flatten)]
    row: StaffRow,
    /// The code for a passkey. It works once.
    enrolment: String,
    /// For how many seconds it holds.
    holds: i64,
}

/// Adds somebody.
pub async fn add(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    SessionToken(token): SessionToken,
    body: Result<SignInBody<NewStaffMember>, Problem>,
) -> Result<Answer<StaffCode>, Problem> {
    // First, so that nobody else is told what a body needs.
    if !actor.may(Duty::Staff) {
        own_shop(&actor, None)?;
    }
    let NewStaffMember { name, role, mut shop } = body?.0;
    if !actor.may(Duty::Staff) {
        let own = own_shop(&actor, shop.as_ref())?.clone();
        if !role.is_of_a_shop() {
            return Err(Problem::needs_role(Duty::Staff));
        }
        shop = Some(own);
    }
    refuse_second_person(&app, role)?;
    if let Some(shop) = &shop {
        let needs = Needs { members: [shop.clone()].into(), ..Needs::default() };
        let part = app.ledger.read().await?.load(&needs).await?.excerpt;
        if part.accounts.get(shop).is_none_or(|account| account.shop.is_none()) {
            return Err(Refusal::new(Code::NotAMerchant, "shop").into());
        }
    }
    let new = NewStaff { name: &name, role, shop: shop.as_ref() };
    let row = app.people.add_staff(new, &actor.name()).await?;
    code(&app, row, &actor, token.as_deref()).await
}

/// Makes a new code, for a new device.
pub async fn enrol(
    State(app): State<App>,
    Somebody(actor): Somebody,
    SessionToken(token): SessionToken,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Answer<StaffCode>, Problem> {
    let row = own_staff(&app, &actor, &id).await?;
    body?;
    refuse_second_person(&app, row.role)?;
    code(&app, row, &actor, token.as_deref()).await
}

/// Ends somebody.
pub async fn end(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let row = own_staff(&app, &actor, &id).await?;
    let ended = app.people.end_staff(&row.id, &actor.name()).await.map_err(StoreError::from)?;
    if ended { Ok(Gone) } else { Err(Failure::NotFound.into()) }
}

/// Where something needs a second person, nobody makes one up: who could approve comes in by the command line only.
fn refuse_second_person(app: &App, role: StaffRole) -> Result<(), Problem> {
    if role != StaffRole::Operator || !app.second_person.is_set() {
        return Ok(());
    }
    let why = "operators are added, and get codes, by `gongxiang staff` on the server";
    Err(Problem::new(Failure::NeedsSecondPerson, "role", why))
}

/// The shop of an owner, which may name no other.
fn own_shop<'a>(actor: &'a Actor, named: Option<&Id>) -> Result<&'a Id, Problem> {
    has(actor, Duty::ShopStaff)?;
    let own = actor.member().ok_or(Failure::Forbidden)?;
    if named.is_none_or(|named| named == own) { Ok(own) } else { Err(Failure::Forbidden.into()) }
}

/// Somebody who is there. An owner does not learn who works elsewhere.
async fn own_staff(app: &App, actor: &Actor, id: &str) -> Result<StaffRow, Problem> {
    let shop = if actor.may(Duty::Staff) { None } else { Some(own_shop(actor, None)?) };
    let id = Id::parse(id).ok_or(Failure::NotFound)?;
    let row = app.people.one_of_staff(&id).await.map_err(StoreError::from)?;
    let row = row.filter(|row| shop.is_none() || row.shop.as_ref() == shop);
    Ok(row.ok_or(Failure::NotFound)?)
}

async fn code(app: &App, row: StaffRow, actor: &Actor, token: Option<&str>) -> Result<Answer<StaffCode>, Problem> {
    let made = app.people.enrol(&Holder::Staff(row.id.clone()), token).await.map_err(StoreError::from)?;
    let (enrolment, holds) = code_of(made)?;
    enter(app, actor, Deed::CodeMade, &row.title()).await?;
    Ok(Answer::of(&StaffCode { row, enrolment, holds }))
}
