//! Rules that are announced: what they change and from which day, for everybody; announcing and withdrawing them, for the operator.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use gongxiang::event::{Event, Refusal};
use gongxiang::identity::Day;
use gongxiang::ruleset::RuleSet;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer::{Answer, Gone};
use super::app::App;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{Anybody, Operator};
use super::rules::{FROM, FlagCode};
use crate::flags::changed;
use crate::ledger::group::{self, Guard, rules_fingerprint};
use crate::ledger::journal;
use crate::ledger::needs::Needs;
use crate::ledger::store::announcement::{AnnouncedRules, NewAnnouncement};
use crate::ledger::store::{Scope, StoreError, Transaction, differs};
use crate::limits::ANNOUNCED_DAYS_MAX;
use crate::people::actions::Deed;

/// Rules that were announced.
#[derive(Serialize, ToSchema)]
pub struct Announcement {
    #[serde(rename = "announcement")]
    id: i64,
    /// The first day on which they hold.
    from: Day,
    /// Since when they are announced, in seconds since 1970.
    announced: i64,
    #[schema(pattern = "^(waiting|adopted|refused|withdrawn)$")]
    state: &'static str,
    /// The code with which they were refused when their day came.
    #[schema(required = true)]
    code: Option<String>,
    /// The fingerprint of the rules that they change.
    based_on: String,
    /// The top-level keys that change.
    changed: Vec<String>,
    /// The rules that they change.
    before: RuleSet,
    /// The rules that hold from that day.
    rules: RuleSet,
    /// The red flags that are accepted with them.
    #[schema(value_type = Vec<FlagCode>)]
    accepted_flags: Vec<String>,
}

/// The rules that were announced last.
#[derive(Serialize, ToSchema)]
pub struct AnnouncedNow {
    /// Nothing if none ever were.
    #[schema(required = true)]
    announced: Option<Announcement>,
}

/// The answer to rules that were not adopted but announced (202).
pub struct Announced(Answer<Announcement>);

impl Announcement {
    async fn of(tx: &mut dyn Transaction, row: AnnouncedRules) -> Result<Self, Problem> {
        let AnnouncedRules { id, made, announced, state, code } = row;
        let NewAnnouncement { event, flags, based_on, from, .. } = made;
        let Event::RulesAdopted { rules: adopted } = journal::parse(event.as_bytes())?.entry.event else {
            return Err(differs("announced rules are another event").into());
        };
        let ever = tx.rules().await?.into_iter().map(|(_, rules)| rules);
        let before = ever.rev().find(|rules| rules_fingerprint(rules) == based_on);
        let before = before.ok_or_else(|| differs("announced rules change none that ever were"))?;
        let rules = before.adopt(&adopted).map_err(Refusal::from)?;
        let changed = changed(&before, &rules);
        let state = state.as_str();
        Ok(Self { id, from, announced, state, code, based_on, changed, before, rules, accepted_flags: flags })
    }
}

impl IntoResponse for Announced {
    fn into_response(self) -> Response {
        (StatusCode::ACCEPTED, self.0).into_response()
    }
}

/// The rules that were announced last, whatever became of them.
pub async fn current(
    State(app): State<App>,
    _: Anybody,
    _: Query<NoParameters>,
) -> Result<Answer<AnnouncedNow>, Problem> {
    let mut tx = app.ledger.read().await?;
    let announced = match tx.announced().await? {
        Some(row) => Some(Announcement::of(&mut *tx, row).await?),
        None => None,
    };
    Ok(Answer::of(&AnnouncedNow { announced }))
}

/// Checks that rules can be announced for a day: it is to come, and no others wait for theirs.
pub(super) async fn check(tx: &mut dyn Transaction, open: Day, from: Day) -> Result<(), Problem> {
    let last = open.plus(ANNOUNCED_DAYS_MAX);
    if from <= open || last.is_some_and(|last| from > last) {
        let why = format!("must be a day after {open}, at most {ANNOUNCED_DAYS_MAX} days ahead");
        return Err(Refusal::bad_event(FROM, why).into());
    }
    let waits = tx.announced().await?.is_some_and(|announced| announced.is_waiting());
    if waits { Err(Failure::RulesAnnounced.into()) } else { Ok(()) }
}

/// Keeps new rules for their day, after all checks of an adoption. A repeated request is answered with what it announced.
pub(super) async fn announce(app: &App, request: &group::Request, from: Day) -> Result<Announced, Problem> {
    let (line, Some(key)) = (&request.line, &request.key) else { return Err(Failure::Unavailable.into()) };
    let mut tx = app.ledger.store().begin(Scope::Alone { shard: 0 }).await?;
    // It takes the turns of all writers: the open day and the rules stay as they are until the commit.
    let part = tx.load(&Needs::of([&line.entry.event])).await?;
    if let Some(row) = tx.announced_by(key).await? {
        if row.made.key.fingerprint != key.fingerprint {
            return Err(Failure::KeyReused.into());
        }
        return Ok(Announced(Answer::of(&Announcement::of(&mut *tx, row).await?)));
    }
    if !tx.answered(std::slice::from_ref(key)).await?.is_empty() {
        return Err(Failure::KeyReused.into());
    }
    check(&mut *tx, part.excerpt.head.day, from).await?;
    let flags = match &request.guard {
        Some(Guard::Rules(terms)) => terms.accepted.to_vec(),
        _ => Vec::new(),
    };
    let based_on = rules_fingerprint(&part.excerpt.rules);
    group::preview(&line.entry.event, request.guard.as_ref(), part)?;
    let (key, event, actor) = (key.clone(), line.text.clone(), request.actor.to_string());
    let row = tx.announce(&NewAnnouncement { key, event, flags, based_on, from, actor }).await?;
    let announced = Announcement::of(&mut *tx, row).await?;
    tx.commit().await?;
    enter(app, &request.actor, Deed::RulesAnnounced, &format!("rules {} from {from}", announced.id)).await?;
    Ok(Announced(Answer::of(&announced)))
}

/// Withdraws rules that wait for their day. Those of which that is not so any more are not found.
pub async fn withdraw(
    State(app): State<App>,
    _: Query<NoParameters>,
    Operator(actor): Operator,
    Path(id): Path<String>,
) -> Result<Gone, Problem> {
    let id = id.parse().map_err(|_| Failure::NotFound)?;
    let mut tx = app.ledger.store().begin(Scope::Alone { shard: 0 }).await?;
    tx.load(&Needs::default()).await?;
    if !tx.withdraw(id).await? {
        return Err(Failure::NotFound.into());
    }
    tx.commit().await?;
    enter(&app, &actor.name(), Deed::RulesWithdrawn, &format!("rules {id}")).await?;
    Ok(Gone)
}

async fn enter(app: &App, actor: &str, deed: Deed, subject: &str) -> Result<(), Problem> {
    Ok(app.people.enter_action(actor, deed, subject).await.map_err(StoreError::from)?)
}
