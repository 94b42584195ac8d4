//! What a command would be answered with now, without being settled. For what a wallet cannot work out by itself, because it
//! would have to see others' accounts: a day's close, a refund after vesting.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use gongxiang::event::{Event, Refusal};
use gongxiang::identity::Id;
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use gongxiang::wire;
use serde::Serialize;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OneOfBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::api::{Description, Input};
use super::app::App;
use super::body::Table;
use super::commands::COMMANDS;
use super::orders::worded;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Somebody;
use super::schemas::event_schema;
use super::settle::{IDEMPOTENCY_KEY, IdempotencyKey, Resolved, idempotency_key, resolve};
use crate::ledger::group;
use crate::ledger::needs::{Due, Needs};
use crate::limits::PREVIEWED_DUE_MAX;

/// What a command would be answered with.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    #[serde(serialize_with = "worded")]
    receipt: Receipt,
}

/// The event of a command, without the id that the server makes.
pub struct PreviewRequest;

impl PartialSchema for PreviewRequest {
    fn schema() -> RefOr<Schema> {
        COMMANDS.iter().fold(OneOfBuilder::new(), |all, command| all.item(event_schema(command))).into()
    }
}

impl ToSchema for PreviewRequest {}

/// The key that the command will have, or none.
pub struct PreviewKey(String);

impl<S: Send + Sync> FromRequestParts<S> for PreviewKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // No command has an empty key, so nothing has the id that is made from it.
        let has_key = parts.headers.contains_key(IDEMPOTENCY_KEY);
        Ok(Self(if has_key { idempotency_key(&parts.headers)? } else { String::new() }))
    }
}

/// The body is an event as the journal has it. Whoever may give its command may ask; all but an operator see what moves on
/// their own account only. With the key that the command will have, the ids that the server makes are those that it will make.
pub async fn preview(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    PreviewKey(key): PreviewKey,
    mut body: Table<PreviewRequest>,
) -> Result<Answer<Preview>, Problem> {
    let kind = body.take("type");
    let command = COMMANDS.iter().find(|command| kind == Some(Tree::Text(command.kind.into())));
    let command = command.ok_or_else(|| Refusal::bad_event("type", "has to be the event of a command"))?;
    if let Some((name, _)) = body.fields.iter().find(|(name, _)| !command.has(name)) {
        return Err(Refusal::bad_event(name.clone(), "is unknown here").into());
    }
    let Resolved { event, guard, .. } = resolve(command, &actor, app.quota, body.fields, &key)?;
    let entry = wire::event::read(&event)?;
    let mut tx = app.ledger.read().await?;
    if let Event::DayClosed { day } = entry.event {
        let due = Due { day, most: Some(PREVIEWED_DUE_MAX + 1) };
        if tx.count_due(due).await? > PREVIEWED_DUE_MAX {
            return Err(Problem::exceeds(Failure::TooMuchDue, "day", PREVIEWED_DUE_MAX.to_string()));
        }
    }
    let loaded = tx.load(&Needs::of([&entry.event])).await?;
    drop(tx);
    let mut receipt = group::preview(&entry.event, guard.as_ref(), loaded)?;
    if let Some(member) = actor.member() {
        about(&mut receipt, member);
    }
    Ok(Answer::of(&Preview { receipt }))
}

/// Leaves what moves to or from a member.
fn about(receipt: &mut Receipt, member: &Id) {
    receipt.postings.retain(|posting| posting.from.is(member) || posting.to.is(member));
    receipt.accounts.retain(|account| account == member);
}

impl Input for PreviewKey {
    fn describe(description: &mut Description) {
        let schema = description.schema::<IdempotencyKey>();
        description.parameter(IDEMPOTENCY_KEY, ParameterIn::Header, false, schema);
    }
}
