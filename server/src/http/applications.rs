//! Applications for a shop: a member applies and the operator decides. The shop opens when pack, deposit and approval
//! are there.
//!
//! What an application says about people is not in the journal. Only the applicant and the staff who may read about
//! members see it.

use axum::extract::{Path, State};
use gongxiang::book::Excerpt;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::Points;
use gongxiang::wire::profile::Category;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Number, Query};
use super::rights::{Admitter, Owner, Reader, SignedIn, Somebody};
use super::sheet::{Address, Format, Listed, Sheet};
use super::trades::bad_note;
use crate::admission::{self, Wanting};
use crate::ledger::needs::Needs;
use crate::ledger::store::StoreError;
use crate::people::actor::Actor;
use crate::people::applications::{
    ApplicationRow, ApplicationState, ApplicationText, Applying, CheckedApplication, Deciding,
};
use crate::people::profile_text::TextError;
use crate::people::role::Duty;
use crate::people::trades::TradeText;

/// What still stands between an application and the shop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Missing {
    /// The operator has not decided.
    Approval,
    /// The merchant pack.
    Pack,
    /// Points of the deposit: `points_missing` says how many.
    Deposit,
    /// The member is frozen.
    Unfreezing,
}

/// An application. Times are seconds since 1970. What it said is null once the member erased its profile.
#[derive(Clone, Serialize, ToSchema)]
pub struct Application {
    #[serde(rename = "application")]
    id: i64,
    member: Id,
    /// Where the shop is to be.
    region: Region,
    #[schema(required = true)]
    shop_name: Option<String>,
    #[schema(required = true)]
    address: Option<String>,
    #[schema(required = true)]
    category: Option<Category>,
    /// Whom the operator asks for.
    #[schema(required = true)]
    contact: Option<String>,
    #[schema(required = true)]
    phone: Option<String>,
    /// The number of the business licence.
    #[schema(required = true)]
    licence: Option<String>,
    applied: i64,
    /// How often it was changed.
    changes: i64,
    /// `approved` until the shop is open: within a minute after nothing is missing.
    #[schema(pattern = "^(waiting|approved|opened|declined|withdrawn)$")]
    state: &'static str,
    #[schema(required = true)]
    decided: Option<i64>,
    /// Why it was declined.
    #[schema(required = true)]
    reason: Option<String>,
    /// Who decided, as in the journal. For who runs the scheme alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    decider: Option<String>,
    /// What is missing before the shop opens; nothing of what is over.
    missing: Vec<Missing>,
    /// Points of the deposit that the member has not, at today's price.
    points_missing: Points,
}

/// The fields of an application that are columns of a table.
const COLUMNS: [&str; 17] = [
    "application",
    "member",
    "region",
    "shop_name",
    "address",
    "category",
    "contact",
    "phone",
    "licence",
    "applied",
    "changes",
    "state",
    "decided",
    "reason",
    "decider",
    "missing",
    "points_missing",
];

/// A page of applications.
#[derive(Serialize, ToSchema)]
pub struct ApplicationsPage {
    /// Newest first.
    applications: Vec<Application>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// What a member says of the shop that it wants to open.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopApplication {
    /// Where the shop is: six digits.
    region: Region,
    #[schema(min_length = 1, max_length = 32)]
    shop_name: String,
    #[schema(min_length = 1, max_length = 100)]
    address: String,
    category: Category,
    /// Whom the operator asks for.
    #[schema(min_length = 1, max_length = 32)]
    contact: String,
    phone: String,
    /// The number of the business licence: 18 characters, or the 15 digits of an old one.
    #[schema(max_length = 64)]
    licence: String,
}

/// Which page of the applications.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationsQuery {
    /// Only those in this state.
    #[schema(value_type = Option<String>, pattern = "^(waiting|approved|opened|declined|withdrawn)$", nullable = false)]
    state: Option<Stage>,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

/// A state, as an address has it.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Stage(ApplicationState);

impl TryFrom<String> for Stage {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let all = || ApplicationState::ALL.map(ApplicationState::as_str).join(", ");
        ApplicationState::parse(&text).map(Self).ok_or_else(|| format!("must be one of {}", all()))
    }
}

/// Which page of a member's applications.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OwnApplicationsQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// For what an application is approved.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationApproval {
    /// The `changes` of the application as it was read: nobody approves what he has not read.
    changes: i64,
}

/// Why an application is declined.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApplicationDecline {
    /// The `changes` of the application as it was read.
    changes: i64,
    /// For the applicant to read.
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

impl Application {
    fn of(row: ApplicationRow, book: &Excerpt, is_reader: bool) -> Result<Self, Problem> {
        let state = row.state();
        let ApplicationRow { id, member, region, shop_name, address, category, contact, phone, licence, .. } = row;
        let ApplicationRow { applied, changes, decider, decided, reason, .. } = row;
        let member = Id::parse(&member).ok_or(Failure::Unavailable)?;
        let (missing, points_missing) = missing(state, &member, book)?;
        Ok(Self {
            id,
            region: Region::parse(&region).ok_or(Failure::Unavailable)?,
            shop_name,
            address,
            category: category.as_deref().and_then(Category::parse),
            contact,
            phone,
            licence,
            applied,
            changes,
            state: state.as_str(),
            decided,
            reason,
            decider: decider.filter(|_| is_reader),
            missing,
            points_missing,
            member,
        })
    }
}

/// What is missing before the shop opens, and how many points of it.
fn missing(state: ApplicationState, member: &Id, book: &Excerpt) -> Result<(Vec<Missing>, Points), Problem> {
    let account = book.accounts.get(member).filter(|_| state.is_open());
    let Some(wanting) = account.map(|account| Wanting::of(account, book)).transpose()?.flatten() else {
        return Ok((Vec::new(), Points::ZERO));
    };
    let all = [
        (Missing::Approval, state == ApplicationState::Waiting),
        (Missing::Pack, wanting.pack),
        (Missing::Deposit, !wanting.points.is_zero()),
        (Missing::Unfreezing, wanting.frozen),
    ];
    let missing = all.into_iter().filter_map(|(missing, is_missing)| is_missing.then_some(missing)).collect();
    Ok((missing, wanting.points))
}

/// The book of these members.
async fn book(app: &App, members: impl Iterator<Item = &str>) -> Result<Excerpt, Problem> {
    let needs = Needs { members: members.filter_map(Id::parse).collect(), ..Needs::default() };
    Ok(app.ledger.read().await?.load(&needs).await?.excerpt)
}

async fn now(app: &App, row: ApplicationRow, is_reader: bool) -> Result<Answer<Application>, Problem> {
    let book = book(app, [row.member.as_str()].into_iter()).await?;
    Ok(Answer::of(&Application::of(row, &book, is_reader)?))
}

async fn page(app: &App, rows: Vec<ApplicationRow>, is_reader: bool) -> Result<Vec<Application>, Problem> {
    let book = book(app, rows.iter().map(|row| row.member.as_str())).await?;
    rows.into_iter().map(|row| Application::of(row, &book, is_reader)).collect()
}

/// The application in an address.
async fn known(app: &App, id: &str) -> Result<ApplicationRow, Problem> {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    Ok(app.people.application(id).await.map_err(StoreError::from)?.ok_or(Failure::NotFound)?)
}

/// For the operator, clerks and auditors.
pub async fn list(
    State(app): State<App>,
    _: Reader,
    address: Address,
    Query(ApplicationsQuery { state, before, limit, format }): Query<ApplicationsQuery>,
) -> Result<Listed<ApplicationsPage>, Problem> {
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let found = app.people.applications(state.map(|Stage(state)| state), before, limit.rows() + 1).await;
    let mut rows = found.map_err(StoreError::from)?;
    let next = cut(&mut rows, limit, |last| last.id);
    let page = ApplicationsPage { applications: page(&app, rows, true).await?, next };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "before" };
    Listed::of(&page, &page.applications, next.map(|next| next.to_string()), &sheet)
}

/// For the member, the operator, clerks and auditors.
pub async fn of_member(
    State(app): State<App>,
    Query(OwnApplicationsQuery { before, limit }): Query<OwnApplicationsQuery>,
    Owner(member): Owner,
    Somebody(actor): Somebody,
) -> Result<Answer<ApplicationsPage>, Problem> {
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let found = app.people.applications_of(&member, before, limit.rows() + 1).await;
    let mut rows = found.map_err(StoreError::from)?;
    let next = cut(&mut rows, limit, |last| last.id);
    let applications = page(&app, rows, actor.may(Duty::Read)).await?;
    Ok(Answer::of(&ApplicationsPage { applications, next }))
}

/// For the applicant, the operator, clerks and auditors. Others do not learn whether it exists.
pub async fn one(
    State(app): State<App>,
    Somebody(actor): Somebody,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Answer<Application>, Problem> {
    let row = known(&app, &id).await?;
    let is_reader = actor.may(Duty::Read);
    let is_own = matches!(&actor, Actor::Member(member) if member.as_str() == row.member);
    if is_reader || is_own { now(&app, row, is_reader).await } else { Err(Failure::NotFound.into()) }
}

fn check(text: ShopApplication) -> Result<CheckedApplication, Problem> {
    let ShopApplication { region, shop_name, address, category, contact, phone, licence } = text;
    let text = ApplicationText { region, shop_name, address, category, contact, phone, licence };
    CheckedApplication::of(text).map_err(|(field, error)| {
        let failure = match error {
            TextError::Phone => Failure::BadPhone,
            TextError::Licence => Failure::BadLicence,
            TextError::Reserved => Failure::ReservedName,
            _ => Failure::BadText,
        };
        Problem::new(failure, field, error.to_string())
    })
}

async fn stored(app: &App, applying: Applying) -> Result<Answer<Application>, Problem> {
    match applying {
        Applying::Stored(row) => now(app, *row, false).await,
        Applying::Open => Err(Failure::ApplicationOpen.into()),
        Applying::Decided => Err(Failure::ApplicationDecided.into()),
        Applying::TooMany(most) => Err(Problem::exceeds(Failure::TooManyApplications, "", most.to_string())),
        Applying::ShopNameTaken => {
            Err(Problem::new(Failure::ShopNameTaken, "shop_name", Failure::ShopNameTaken.sentence()))
        }
    }
}

/// Keeps a new application. Pack and deposit may come later, and so may the shop.
pub async fn apply(
    State(app): State<App>,
    SignedIn(member): SignedIn,
    _: Query<NoParameters>,
    body: Result<SignInBody<ShopApplication>, Problem>,
) -> Result<Answer<Application>, Problem> {
    let text = check(body?.0)?;
    let book = book(&app, [member.as_str()].into_iter()).await?;
    let account = book.accounts.get(&member).ok_or_else(Problem::unknown_member)?;
    if account.shop.is_some() {
        return Err(Refusal::new(Code::MerchantExists, "member").into());
    }
    let applying = app.people.apply(&member, &text).await.map_err(StoreError::from)?;
    stored(&app, applying).await
}

/// An application of one's own. Others do not learn whether it exists.
async fn own(app: &App, member: &Id, id: &str) -> Result<i64, Problem> {
    let row = known(app, id).await?;
    if row.member == member.as_str() { Ok(row.id) } else { Err(Failure::NotFound.into()) }
}

pub async fn change(
    State(app): State<App>,
    SignedIn(member): SignedIn,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<ShopApplication>, Problem>,
) -> Result<Answer<Application>, Problem> {
    let id = own(&app, &member, &id).await?;
    let text = check(body?.0)?;
    let applying = app.people.change_application(id, &member, &text).await.map_err(StoreError::from)?;
    stored(&app, applying).await
}

pub async fn withdraw(
    State(app): State<App>,
    SignedIn(member): SignedIn,
    _: Query<NoParameters>,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let id = own(&app, &member, &id).await?;
    let withdrawn = app.people.withdraw_application(id, &member).await.map_err(StoreError::from)?;
    if withdrawn { Ok(Gone) } else { Err(Failure::ApplicationDecided.into()) }
}

/// Approves an application, and opens the shop if nothing is missing. Approving it again looks again. An approval stays whatever happens
/// afterwards: what is approved and not open is looked at every half minute.
pub async fn approve(
    State(app): State<App>,
    Admitter(actor): Admitter,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<ApplicationApproval>, Problem>,
) -> Result<Answer<Application>, Problem> {
    let ApplicationApproval { changes } = body?.0;
    let row = known(&app, &id).await?;
    let deciding = app.people.decide_application(&row, changes, &actor.name(), None).await;
    let deciding = deciding.map_err(StoreError::from)?;
    // Somebody else may have been faster, either way.
    let row = known(&app, &id).await?;
    match (deciding, row.state()) {
        (Deciding::Changed, _) => return Err(Failure::ApplicationChanged.into()),
        (_, ApplicationState::Approved | ApplicationState::Opened) => {}
        _ => return Err(Failure::ApplicationDecided.into()),
    }
    let book = book(&app, [row.member.as_str()].into_iter()).await?;
    if let Err(error) = admission::open(&app.ledger, &app.people, &row, &book).await {
        tracing::warn!(%error, application = row.id, "an approved shop could not be opened; trying again later");
    }
    now(&app, known(&app, &id).await?, true).await
}

/// Declines an application. The member reads why, and may apply again.
pub async fn decline(
    State(app): State<App>,
    Admitter(actor): Admitter,
    _: Query<NoParameters>,
    Path(id): Path<String>,
    body: Result<SignInBody<ApplicationDecline>, Problem>,
) -> Result<Gone, Problem> {
    let ApplicationDecline { changes, reason } = body?.0;
    let reason = TradeText::statement(&reason).ok_or_else(|| bad_note("reason"))?;
    let row = known(&app, &id).await?;
    let deciding = app.people.decide_application(&row, changes, &actor.name(), Some(&reason)).await;
    match deciding.map_err(StoreError::from)? {
        Deciding::Done => Ok(Gone),
        Deciding::Changed => Err(Failure::ApplicationChanged.into()),
        Deciding::Decided => Err(Failure::ApplicationDecided.into()),
    }
}
