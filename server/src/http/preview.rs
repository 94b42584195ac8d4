//! Previews of commands. A wallet computes most of them itself. It asks here only if a preview needs other members'
//! accounts: a day's close, a refund after vesting.

use axum::extract::{FromRequestParts, State};
use axum::http::request::Parts;
use gongxiang::event::{Event, Refusal};
use gongxiang::quantity::Price;
use gongxiang::receipt::Receipt;
use gongxiang::tree::Tree;
use serde::Serialize;
use utoipa::openapi::path::ParameterIn;
use utoipa::openapi::{OneOfBuilder, RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use super::answer::Answer;
use super::api::{Description, Input};
use super::app::App;
use super::body::Table;
use super::commands::COMMANDS;
use super::event_errors;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::Somebody;
use super::schemas::event_schema;
use super::settle::{IDEMPOTENCY_KEY, IdempotencyKey, Resolved, check_admitted, idempotency_key, resolve};
use super::view::{self, Seen};
use crate::ledger::group::{self, Foreseen};
use crate::ledger::journal::JournalLine;
use crate::ledger::needs::{Due, Needs};
use crate::limits::{PREVIEWED_DUE_MAX, RULES_BYTES_MAX};

/// What a command would be answered with.
#[derive(Serialize, ToSchema)]
pub struct Preview {
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
    /// What the close of a day comes to; absent for other commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    close: Option<Close>,
}

/// What the close of a day comes to.
#[derive(Serialize, ToSchema)]
pub struct Close {
    /// The orders that vest.
    orders: usize,
    /// The price of the next day, in yuan for one point.
    price: Price,
}

/// The event of a command, without the id that the server makes.
pub struct PreviewRequest;

impl PartialSchema for PreviewRequest {
    fn schema() -> RefOr<Schema> {
        COMMANDS.iter().fold(OneOfBuilder::new(), |all, command| all.item(event_schema(command))).into()
    }
}

impl ToSchema for PreviewRequest {}

/// The idempotency key that the command will have, or an empty text.
pub struct PreviewKey(String);

impl<S: Send + Sync> FromRequestParts<S> for PreviewKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        // No command has an empty key, so the id made from it is new.
        let has_key = parts.headers.contains_key(IDEMPOTENCY_KEY);
        Ok(Self(if has_key { idempotency_key(&parts.headers)? } else { String::new() }))
    }
}

/// The body is an event as the journal has it. Whoever may give its command may ask, and sees what it will see of the settlement. With
/// the key that the command will have, the ids that the server makes are those that it will make. A shop's preview of a refund takes
/// it that the receivers still have their points: the refund itself brings less if they have not.
pub async fn preview(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    PreviewKey(key): PreviewKey,
    mut body: Table<PreviewRequest, RULES_BYTES_MAX>,
) -> Result<Answer<Preview>, Problem> {
    let kind = body.take("type");
    let command = COMMANDS.iter().find(|command| kind == Some(Tree::from(command.kind.as_str())));
    let command = command.ok_or_else(|| Refusal::bad_event("type", "has to be the event of a command"))?;
    let unknown = event_errors::take_unknown(&mut body.fields, |name| command.has(name));
    let resolved = resolve(command, &actor, app.quota, body.fields, &key);
    let Resolved { event, guard, .. } = resolved.map_err(|problem| event_errors::unknown_first(&unknown, problem))?;
    let JournalLine { entry, .. } = event_errors::line_of(command.kind, &event, unknown)?;
    check_admitted(&app, &actor, &entry.event).await?;
    let mut tx = app.ledger.read().await?;
    if let Event::DayClosed { day } = entry.event {
        let due = Due { day, most: Some(PREVIEWED_DUE_MAX + 1) };
        if tx.count_due(due).await? > PREVIEWED_DUE_MAX {
            return Err(Problem::exceeds(Failure::TooMuchDue, "day", PREVIEWED_DUE_MAX.to_string()));
        }
    }
    let mut part = tx.load(&Needs::of([&entry.event])).await?;
    drop(tx);
    if matches!(entry.event, Event::OrderRefunded { .. }) {
        view::assume_points_of_others(&mut part.excerpt, &actor);
    }
    let Foreseen { receipt, orders, price } = group::preview(&entry.event, guard.as_ref(), part)?;
    // A close changes no other orders than those that vest.
    let close = matches!(entry.event, Event::DayClosed { .. }).then_some(Close { orders, price });
    Ok(Answer::of(&Preview { receipt: Seen::receipt(receipt.into(), &actor), close }))
}

impl Input for PreviewKey {
    fn describe(description: &mut Description) {
        let schema = description.schema::<IdempotencyKey>();
        description.parameter(IDEMPOTENCY_KEY, ParameterIn::Header, false, schema);
    }
}
