//! Who did what: the events of the journal and the changes beside the books, in one list.

use axum::extract::State;
use gongxiang::identity::Id;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::app::App;
use super::concerns::{self, Concerned};
use super::problem::Problem;
use super::query::{Limit, Query};
use super::rights::Auditor;
use super::sheet::{Address, Format, Listed, Sheet};
use crate::ledger::store::{Headline, Page, Place, StoreError};
use crate::people::actions::{ActionRow, Deed};
use crate::people::actor::Actor;
use crate::people::proposals::APPROVED_BY;

/// Something that somebody did.
#[derive(Serialize, ToSchema)]
pub struct Action {
    /// When (RFC 3339).
    at: String,
    /// Who, as in the journal; of what needed a second person, who proposed it.
    actor: String,
    /// Who approved it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    approver: Option<String>,
    /// What: an event's type, or `key.added`, `key.revoked`, `code.made`, `access.ended`, `staff.added`, `staff.ended`,
    /// `profile.written`, `profile.erased`, `preset.written`, `webhook.added`, `webhook.removed`, `webhook.secret_changed`, `trade.decided`, `item.written`,
    /// `item.withdrawn`, `picture.written`, `proposal.made`,
    /// `proposal.approved`, `proposal.declined`, `rules.announced`, `rules.withdrawn`, `application.approved`, `application.declined`.
    what: String,
    /// Where the event stands in the journal.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    place: Option<Place>,
    /// The members and shops that the event concerned.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    members: Vec<Id>,
    /// The order that the event is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    order: Option<Id>,
    /// Of whom or what, if it is beside the books.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    subject: Option<String>,
}

/// A page of actions.
#[derive(Serialize, ToSchema)]
pub struct ActionsPage {
    actions: Vec<Action>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<String>,
}

/// Which page of the actions.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActionsQuery {
    /// The `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,19}-[0-9]{1,19}$", nullable = false)]
    before: Option<Cursor>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

const COLUMNS: [&str; 8] = ["at", "actor", "approver", "what", "place", "members", "order", "subject"];

/// Where a page ended: in the journal, and beside it.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Cursor {
    place: i64,
    action: i64,
}

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = || {
            let (place, action) = text.split_once('-')?;
            Some(Self { place: place.parse().ok()?, action: action.parse().ok()? })
        };
        read().ok_or("must be where a page ended")
    }
}

/// For the operator and auditors. The journal and the list beside it are each in their own order, and merged by time.
pub async fn list(
    State(app): State<App>,
    address: Address,
    Query(ActionsQuery { before, limit, format }): Query<ActionsQuery>,
    _: Auditor,
) -> Result<Listed<ActionsPage>, Problem> {
    let mut cursor = before.unwrap_or(Cursor { place: i64::MAX, action: i64::MAX });
    let rows = limit.rows() + 1;
    let mut tx = app.ledger.read().await?;
    let journal = tx.headlines(Page { after: Place(cursor.place), limit: rows }).await?;
    let concerned = concerns::of(&mut *tx, &journal).await?;
    drop(tx);
    let beside = app.people.actions(cursor.action, rows).await.map_err(StoreError::from)?;
    let (mut journal, mut beside) = (journal.into_iter().zip(concerned).peekable(), beside.into_iter().peekable());
    let mut actions = Vec::new();
    while actions.len() < limit.rows() {
        let is_event = match (journal.peek(), beside.peek()) {
            (Some((event, _)), Some(action)) => moment(&event.at) >= moment(&action.at),
            (event, _) => event.is_some(),
        };
        if is_event && let Some((event, concerned)) = journal.next() {
            cursor.place = event.place.0;
            actions.push(Action::of_event(event, concerned));
        } else if let Some(action) = beside.next() {
            cursor.action = action.id;
            actions.push(action.into());
        } else {
            break;
        }
    }
    let more = journal.peek().is_some() || beside.peek().is_some();
    let next = more.then(|| format!("{}-{}", cursor.place, cursor.action));
    let page = ActionsPage { actions, next: next.clone() };
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "before" };
    Listed::of(&page, &page.actions, next, &sheet)
}

fn moment(at: &str) -> Option<Timestamp> {
    at.parse().ok()
}

impl Action {
    fn of_event(Headline { place, kind, at, actor, .. }: Headline, Concerned { members, order }: Concerned) -> Self {
        let (actor, approver) = match actor.split_once(APPROVED_BY) {
            Some((actor, approver)) => (actor.to_owned(), Some(approver.to_owned())),
            None => (actor, None),
        };
        Self { at, actor, approver, what: kind.as_str().into(), place: Some(place), members, order, subject: None }
    }
}

impl From<ActionRow> for Action {
    fn from(ActionRow { at, actor, deed, subject, .. }: ActionRow) -> Self {
        let (approver, members, order) = (None, Vec::new(), None);
        Self { at, actor, approver, what: deed, place: None, members, order, subject: Some(subject) }
    }
}

/// Enters a change beside the books.
pub async fn enter(app: &App, actor: &Actor, deed: Deed, subject: &str) -> Result<(), Problem> {
    Ok(app.people.enter_action(&actor.name(), deed, subject).await.map_err(StoreError::from)?)
}
