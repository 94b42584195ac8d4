//! The journal over HTTP: `POST /v1/events?accept_flags` settles what is sent, `GET /v1/events` reads what was settled.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use gongxiang::event::{Event, Kind};
use gongxiang::identity::Day;
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::body::EventsBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, Number, Query};
use super::rights::{Auditor, Operator};
use super::rules::{AcceptedFlags, FlagCode};
use super::view::Seen;
use crate::ledger::group::{self, Denial};
use crate::ledger::needs::Due;
use crate::ledger::store::{JournalEntry, Page, Place, StoredRefusal};
use crate::limits::PREVIEWED_DUE_MAX;
use crate::text::json;

/// The answer to one event.
#[derive(Serialize, ToSchema)]
pub struct EventAnswer {
    /// Whether its `id` was settled before, and this is that answer.
    repeated: bool,
    #[serde(flatten)]
    outcome: Outcome,
}

/// The outcome of an event.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum Outcome {
    #[schema(value_type = Receipt)]
    Receipt(Seen<Receipt>),
    Refusal(StoredRefusal),
}

/// The answer to one event, or to each of many in their order.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum EventAnswers {
    One(EventAnswer),
    Many { answers: Vec<EventAnswer> },
}

/// The red flags that are accepted with the events.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Codes with commas between them.
    #[serde(default)]
    accept_flags: AcceptedFlags,
}

/// One event is answered with its receipt or a problem. Many events get one answer each, in their order. An event is settled on the open
/// day: its `at` is kept for information, and moves it to no earlier one.
pub async fn settle(
    State(app): State<App>,
    Query(EventsQuery { accept_flags }): Query<EventsQuery>,
    Operator(actor): Operator,
    mut body: EventsBody,
) -> Result<Answer<EventAnswers>, Problem> {
    let (guard, actor) = (accept_flags.guard(), Arc::<str>::from(actor.name()));
    body.requests().for_each(|request| {
        request.guard = Some(guard.clone());
        request.actor = actor.clone();
    });
    refuse_second_person(&app, &mut body)?;
    refuse_too_much_due(&app, &mut body).await?;
    match body {
        EventsBody::One(event) => {
            let group::Answer { repeated, outcome } =
                app.ledger.settle(vec![*event]).await?.pop().ok_or(Failure::Unavailable)?;
            let receipt = outcome.map_err(|denial| Problem::from(denial).repeated(repeated))?;
            let outcome = Outcome::Receipt(Seen::whole(receipt));
            Ok(Answer::of(&EventAnswers::One(EventAnswer { repeated, outcome })))
        }
        EventsBody::Many(events) => {
            let answers = app.ledger.settle(events).await?.into_iter().map(answer).collect::<Result<_, _>>()?;
            Ok(Answer::of(&EventAnswers::Many { answers }))
        }
    }
}

/// A journal waits for nobody: what needs a second person is sent as a command.
fn refuse_second_person(app: &App, body: &mut EventsBody) -> Result<(), Problem> {
    let mut events = body.requests().map(|request| &request.line.entry.event);
    let Some(event) = events.find(|event| app.second_person.is_needed(event)) else { return Ok(()) };
    let why = format!("`{}` needs a second person: send it as a command, which then waits for one", event.kind());
    Err(Problem::new(Failure::NeedsSecondPerson, "type", why))
}

/// A close loads all that is due at once. An event that would close more than [`PREVIEWED_DUE_MAX`] rows is refused, because
/// everybody would wait for it.
async fn refuse_too_much_due(app: &App, body: &mut EventsBody) -> Result<(), Problem> {
    let closed = |request: &mut group::Request| match request.line.entry.event {
        Event::DayClosed { day } => Some(day),
        _ => None,
    };
    let days: BTreeSet<Day> = body.requests().filter_map(closed).collect();
    let mut before = 0;
    for day in days {
        let due = app.ledger.read().await?.count_due(Due { day, most: None }).await?;
        if due.saturating_sub(before) > PREVIEWED_DUE_MAX {
            let why = format!(
                "{due} rows are due on {day}, and an event closes at most {PREVIEWED_DUE_MAX}: send `day.closing` before it, or close it with `POST /v1/days/{day}/close`"
            );
            return Err(Problem::new(Failure::TooMuchDue, "day", why));
        }
        before = due;
    }
    Ok(())
}

fn answer(group::Answer { repeated, outcome }: group::Answer) -> Result<EventAnswer, Problem> {
    let outcome = match outcome {
        Ok(receipt) => Outcome::Receipt(Seen::whole(receipt)),
        Err(Denial::Refused(refusal)) => Outcome::Refusal(StoredRefusal::from(&refusal)),
        Err(denial) => return Err(denial.into()),
    };
    Ok(EventAnswer { repeated, outcome })
}

/// An accepted event in an answer.
#[derive(Serialize, ToSchema)]
struct JournalRow<'a> {
    place: Place,
    day: Day,
    kind: Kind,
    #[schema(value_type = Object)]
    event: &'a RawValue,
    #[schema(value_type = Receipt)]
    receipt: Worded<'a, Receipt>,
    at: &'a str,
    /// Who sent it.
    actor: &'a str,
    #[schema(value_type = Vec<FlagCode>)]
    accepted_flags: &'a [String],
}

impl<'a> JournalRow<'a> {
    fn of(entered: &'a JournalEntry) -> Result<Self, Problem> {
        let JournalEntry { place, day, kind, event, receipt, at, actor, accepted_flags } = entered;
        // Only what was read as JSON is settled and stored.
        let event = serde_json::from_str(event).map_err(|_| Failure::Unavailable)?;
        let receipt = Worded(&**receipt, Language::En);
        Ok(Self { place: *place, day: *day, kind: *kind, event, receipt, at, actor, accepted_flags })
    }
}

/// A page of the journal.
#[derive(Serialize, ToSchema)]
pub struct Journal<'a> {
    events: Vec<JournalRow<'a>>,
    /// What to ask for next, as `after`; nothing on the last page.
    #[schema(required = true)]
    next: Option<Place>,
}

/// Which page of the journal.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct JournalQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    after: Option<Number>,
    #[serde(default)]
    limit: Limit,
}

/// Accepted events with their receipts, in their order. A client that continues at `next` misses none.
pub async fn journal(
    State(app): State<App>,
    Query(JournalQuery { after, limit }): Query<JournalQuery>,
    _: Auditor,
) -> Result<Answer<Journal<'static>>, Problem> {
    let tip = app.ledger.tip().await?;
    let page = Page { after: after.map_or(Place::default(), |Number(after)| Place(after)), limit: limit.rows() + 1 };
    let mut events = app.ledger.read().await?.journal(page).await?;
    events.retain(|entered| entered.place < tip);
    let next = cut(&mut events, limit, |last| last.place);
    let events = events.iter().map(JournalRow::of).collect::<Result<_, _>>()?;
    Ok(Answer::from_text(json(&Journal { events, next })))
}
