//! Commands that wait for a second person. A command that the setting lists is stored instead of settled. Somebody else
//! of the staff who may give the command approves or declines it. An API key can propose but not decide, because it is
//! not a person.
//!
//! An approved command is settled under its own idempotency key, by the rules of that moment. So if it is approved
//! again, or sent again, the answer is the same receipt.

use std::slice;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gongxiang::event::{Code, Kind, Refusal};
use gongxiang::identity::{Day, Id};
use gongxiang::receipt::Receipt;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::announced::{self, Announced, Announcement};
use super::answer::{Answer, Gone};
use super::api::{Description, Output};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, NoParameters, Number, Query};
use super::rights::{Auditor, Somebody, has};
use super::rules::FlagCode;
use super::sessions::Nothing;
use super::trades::bad_note;
use super::view::Seen;
use crate::ledger::announced::refused_with;
use crate::ledger::group::{self, AdoptionTerms, Denial, Guard};
use crate::ledger::journal;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Key, StoreError};
use crate::people::actor::{Actor, Staff};
use crate::people::proposals::{APPROVED_BY, NewProposal, ProposalRow, ProposalState, Proposing, Which};
use crate::people::role::Duty;
use crate::people::trades::TradeText;
use crate::text::json;

/// A command that waits for a second person, or did. All times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct Proposal {
    #[serde(rename = "proposal")]
    id: i64,
    kind: Kind,
    #[schema(value_type = Object)]
    event: Box<RawValue>,
    /// The red flags that are accepted with new rules.
    #[schema(value_type = Vec<FlagCode>)]
    accepted_flags: Vec<String>,
    /// The first day on which new rules hold, if they are to be announced.
    #[schema(required = true)]
    from: Option<Day>,
    /// Who proposed it, as in the journal.
    actor: String,
    /// The same, if it was somebody of the staff.
    #[schema(required = true)]
    staff: Option<Id>,
    proposed: i64,
    /// Until when it can be approved.
    expires: i64,
    /// `approved` until it is settled: whoever approves it again goes on.
    #[schema(pattern = "^(waiting|approved|settled|refused|declined|expired)$")]
    state: &'static str,
    /// Who decided, as in the journal.
    #[schema(required = true)]
    decider: Option<String>,
    #[schema(required = true)]
    decided: Option<i64>,
    /// Why it was declined.
    #[schema(required = true)]
    reason: Option<String>,
    /// The code with which the rules refused it.
    #[schema(required = true)]
    code: Option<String>,
}

/// The answer to a command that was not settled but kept (202).
pub struct Proposed(Proposal);

/// The answer to an approval: what the command is answered with.
#[derive(Serialize, ToSchema)]
pub struct Approval {
    /// Whether it was settled before, and this is that answer.
    repeated: bool,
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
}

/// What an approval is answered with.
pub enum Approved {
    Settled(Answer<Approval>),
    /// New rules wait for their day (202).
    Announced(Announced),
}

/// A page of proposals.
#[derive(Serialize, ToSchema)]
pub struct ProposalsPage {
    proposals: Vec<Proposal>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<i64>,
}

/// Which page of the proposals.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProposalsQuery {
    /// Only those that can still be decided.
    #[serde(default)]
    #[schema(value_type = Option<String>, pattern = "^(true|false)$", nullable = false)]
    open: Open,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// `true` or `false`, as an address has it.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Open {
    True,
    #[default]
    False,
}

/// Why a proposal is declined.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decline {
    #[schema(min_length = 1, max_length = 500)]
    reason: String,
}

impl Proposal {
    fn of(row: ProposalRow) -> Result<Self, Problem> {
        // Only what was read as JSON is kept.
        let event = RawValue::from_string(row.event.clone()).map_err(|_| Failure::Unavailable)?;
        let accepted_flags = serde_json::from_str(&row.flags).map_err(|_| Failure::Unavailable)?;
        let kind = Kind::parse(&row.kind).ok_or(Failure::Unavailable)?;
        let state = row.state().as_str();
        let ProposalRow { id, actor, staff, proposed, expires, decider, decided, reason, code, begins, .. } = row;
        let staff = staff.as_deref().and_then(Id::parse);
        let from = begins.as_deref().and_then(Day::parse);
        Ok(Self {
            id,
            kind,
            event,
            accepted_flags,
            from,
            actor,
            staff,
            proposed,
            expires,
            state,
            decider,
            decided,
            reason,
            code,
        })
    }
}

impl Output for Approved {
    fn describe(description: &mut Description) {
        Answer::<Approval>::describe(description);
        let announced = description.schema::<Announcement>();
        description.response("202", "The new rules wait for their day", Some(announced));
    }
}

impl IntoResponse for Approved {
    fn into_response(self) -> Response {
        match self {
            Self::Settled(settled) => settled.into_response(),
            Self::Announced(announced) => announced.into_response(),
        }
    }
}

impl IntoResponse for Proposed {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, Answer::of(&self.0)).into_response()
    }
}

/// Keeps a command in place of settling it. `None` if it needs no second person, or if its key has an outcome, which is then the answer.
pub(super) async fn instead(
    app: &App,
    actor: &Actor,
    request: &group::Request,
    begins: Option<Day>,
) -> Result<Option<Proposed>, Problem> {
    let (line, Some(key)) = (&request.line, &request.key) else { return Ok(None) };
    if !app.second_person.is_needed(&line.entry.event) {
        return Ok(None);
    }
    let known = app.people.proposal_of(&key.scope, &key.key).await.map_err(StoreError::from)?;
    let mut tx = app.ledger.read().await?;
    if !tx.answered(slice::from_ref(key)).await?.is_empty() {
        return Ok(None);
    }
    let row = if let Some(row) = known {
        row
    } else {
        // What would be refused now waits for nobody.
        let part = tx.load(&Needs::of([&line.entry.event])).await?;
        if let Some(from) = begins {
            announced::check(&mut *tx, part.excerpt.head.day, from).await?;
        }
        drop(tx);
        group::preview(&line.entry.event, request.guard.as_ref(), part)?;
        keep(app, actor, request, key, begins).await?
    };
    if row.fingerprint != key.fingerprint {
        return Err(Failure::KeyReused.into());
    }
    Proposal::of(row).map(|proposal| Some(Proposed(proposal)))
}

async fn keep(
    app: &App,
    actor: &Actor,
    request: &group::Request,
    key: &Key,
    begins: Option<Day>,
) -> Result<ProposalRow, Problem> {
    let flags = match &request.guard {
        Some(Guard::Rules(terms)) => json(&terms.accepted.to_vec()),
        _ => "[]".into(),
    };
    let based_on = match &request.guard {
        Some(Guard::Rules(terms)) => terms.based_on.as_deref(),
        _ => None,
    };
    let staff = if let Actor::Staff(staff) = actor { Some(&staff.id) } else { None };
    let new = NewProposal {
        owner: &key.scope,
        key: &key.key,
        fingerprint: &key.fingerprint,
        kind: request.line.entry.event.kind(),
        event: &request.line.text,
        flags: &flags,
        based_on,
        staff,
        actor: &request.actor,
        begins,
    };
    match app.people.propose(new).await.map_err(StoreError::from)? {
        Proposing::Kept(row) | Proposing::Known(row) => Ok(row),
        Proposing::TooMany => Err(Failure::TooManyProposals.into()),
    }
}

/// For the operator and auditors, newest first.
pub async fn list(
    State(app): State<App>,
    _: Auditor,
    Query(ProposalsQuery { open, before, limit }): Query<ProposalsQuery>,
) -> Result<Answer<ProposalsPage>, Problem> {
    let which = if matches!(open, Open::True) { Which::Open } else { Which::All };
    let before = before.map_or(i64::MAX, |Number(before)| before);
    let found = app.people.proposals(which, before, limit.rows() + 1).await;
    let mut rows = found.map_err(StoreError::from)?;
    let next = cut(&mut rows, limit, |last| last.id);
    let proposals = rows.into_iter().map(Proposal::of).collect::<Result<_, _>>()?;
    Ok(Answer::of(&ProposalsPage { proposals, next }))
}

/// Settles the command of a proposal.
pub async fn approve(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Path(id): Path<String>,
    body: Result<SignInBody<Nothing>, Problem>,
) -> Result<Approved, Problem> {
    let (staff, mut row) = decidable(&app, &actor, &id).await?;
    body?;
    if row.staff.as_deref() == Some(staff.id.as_str()) {
        return Err(Failure::OwnProposal.into());
    }
    if row.state() == ProposalState::Waiting {
        app.people.approve(&row, &actor.name()).await.map_err(StoreError::from)?;
        // Somebody else may have been faster, either way.
        row = app.people.proposal(row.id).await.map_err(StoreError::from)?.ok_or(Failure::NotFound)?;
    }
    match row.state() {
        ProposalState::Approved | ProposalState::Settled => settle(&app, &actor, &row).await,
        ProposalState::Refused => {
            let code = row.code.as_deref().and_then(Code::parse);
            Err(code
                .map_or(Failure::ProposalDecided.into(), |code| Problem::from(Refusal::new(code, "")).repeated(true)))
        }
        ProposalState::Waiting | ProposalState::Declined | ProposalState::Expired => {
            Err(Failure::ProposalDecided.into())
        }
    }
}

/// Ends a proposal that nobody wants; who proposed it may do so, too.
pub async fn decline(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Path(id): Path<String>,
    body: Result<SignInBody<Decline>, Problem>,
) -> Result<Gone, Problem> {
    let (_, row) = decidable(&app, &actor, &id).await?;
    let reason = TradeText::statement(&body?.0.reason).ok_or_else(|| bad_note("reason"))?;
    let declined = app.people.decline(&row, &actor.name(), &reason).await.map_err(StoreError::from)?;
    if declined { Ok(Gone) } else { Err(Failure::ProposalDecided.into()) }
}

/// A proposal, and who decides about it: somebody of the staff who may give its command.
async fn decidable<'a>(app: &App, actor: &'a Actor, id: &str) -> Result<(&'a Staff, ProposalRow), Problem> {
    has(actor, Duty::Audit)?;
    let Actor::Staff(staff) = actor else { return Err(Failure::Forbidden.into()) };
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let row = app.people.proposal(id).await.map_err(StoreError::from)?.ok_or(Failure::NotFound)?;
    has(actor, Duty::Command(Kind::parse(&row.kind).ok_or(Failure::Unavailable)?))?;
    Ok((staff, row))
}

/// Settles an approved command, once, and keeps what became of it.
async fn settle(app: &App, actor: &Actor, row: &ProposalRow) -> Result<Approved, Problem> {
    let accepted: Vec<String> = serde_json::from_str(&row.flags).map_err(|_| Failure::Unavailable)?;
    let decider = row.decider.as_deref().unwrap_or_default();
    let request = group::Request {
        line: journal::parse(row.event.as_bytes())?,
        key: Some(Key { scope: row.owner.clone(), key: row.request_key.clone(), fingerprint: row.fingerprint.clone() }),
        actor: format!("{}{APPROVED_BY}{decider}", row.actor).into(),
        // Events of other types pass it.
        guard: Some(Guard::Rules(AdoptionTerms {
            accepted: accepted.into(),
            based_on: row.based_on.as_deref().map(Into::into),
        })),
    };
    if let Some(from) = &row.begins {
        let from = Day::parse(from).ok_or(Failure::Unavailable)?;
        let announced = announced::announce(app, &request, from).await;
        // What is not an answer of the rules may be otherwise next time.
        let code = announced.as_ref().err().and_then(Problem::decided);
        if announced.is_ok() || code.is_some() {
            app.people.conclude(row.id, code).await.map_err(StoreError::from)?;
        }
        return announced.map(Approved::Announced);
    }
    let group::Answer { repeated, outcome } = app.ledger.settle_one(request).await?;
    let code = outcome.as_ref().err().map(refused_with);
    app.people.conclude(row.id, code).await.map_err(StoreError::from)?;
    let receipt = outcome.map_err(|denial: Denial| Problem::from(denial).repeated(repeated))?;
    Ok(Approved::Settled(Answer::of(&Approval { repeated, receipt: Seen::receipt(receipt, actor) })))
}
