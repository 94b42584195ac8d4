//! Forecasts: the eve of the close, a member's forecast, scenarios. They change nothing.
//!
//! They need a processor, not the database. So only a few run at a time, on their own threads and with a time limit. If
//! a client disconnects, its forecast is stopped.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::extract::State;
use gongxiang::book::{Book, Eve, Head};
use gongxiang::economy::{Run, Scenario, simulate};
use gongxiang::event::{Code, Event, Refusal};
use gongxiang::forecast::{Assumptions, Forecast, forecast};
use gongxiang::identity::Id;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::scenario;
use serde::Serialize;

use super::answer::Answer;
use super::app::App;
use super::body::Table;
use super::lookout::LookoutPlace;
use super::problem::{Failure, Problem};
use super::query::{NoParameters, Query};
use super::rights::{Owner, Somebody, own};
use crate::ledger::needs::{Due, Needs};
use crate::ledger::store::paging;
use crate::limits::{CLOSING_PART, LOOK_TIME_MAX, LOOKED_AT_PARTS_MAX, RULES_BYTES_MAX};

/// What a wallet needs to compute a forecast by itself.
pub async fn eve(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    Owner(member): Owner,
) -> Result<Answer<Eve>, Problem> {
    let place = app.lookout.place(&actor).await?;
    let book = book_of(&app, &member).await?;
    if book.account(member.as_str()).is_none() {
        return Err(Problem::unknown_member());
    }
    work(place, move |_| book.eve(&member)).await
}

/// What a member may expect. A member asks for itself only.
pub async fn forecasts(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    mut body: Table<Assumptions>,
) -> Result<Answer<Forecast>, Problem> {
    let member = match body.take("member") {
        None => actor.member().cloned(),
        Some(Tree::Text(text)) => Id::parse(&text),
        Some(_) => None,
    };
    let member = member.ok_or_else(|| Refusal::bad_event("member", "must be the id of a member"))?;
    own(&actor, member.as_str())?;
    let assumptions = scenario::read_assumptions(&Tree::Table(body.fields))?;
    let place = app.lookout.place(&actor).await?;
    let book = book_of(&app, &member).await?;
    work(place, move |go_on| {
        let eve: Eve = book.eve(&member)?;
        forecast(&eve, &assumptions, go_on)
    })
    .await
}

/// A scenario on the rules in force, or on rules that come with it.
pub async fn simulations(
    State(app): State<App>,
    _: Query<NoParameters>,
    Somebody(actor): Somebody,
    mut body: Table<Scenario, RULES_BYTES_MAX>,
) -> Result<Answer<Run>, Problem> {
    let rules = match body.take("rules") {
        Some(rules) => RuleSet::from_tree(&rules).map_err(Refusal::from)?,
        None => app.ledger.read().await?.now().await?.rules,
    };
    let (rules, scenario) = scenario::read(&Tree::Table(body.fields), &rules)?;
    let place = app.lookout.place(&actor).await?;
    work(place, move |go_on| simulate(&rules, &scenario, go_on)).await
}

/// The part of the book that the next close needs, and all closed days, since a forecast also says what they brought. It is loaded
/// and settled in parts, so memory does not grow with what is due. Beyond [`LOOKED_AT_PARTS_MAX`] parts the rest is left out; it
/// would change all weights by part of one day.
async fn book_of(app: &App, member: &Id) -> Result<Book, Problem> {
    let mut tx = app.ledger.read().await?;
    let day = tx.now().await?.head.day;
    let due = Some(Due { day, most: Some(CLOSING_PART) });
    let mut needs = Needs { members: [member.clone()].into(), due, ..Needs::default() };
    let mut parts = 0;
    let mut head: Option<Head> = None;
    // As the parts before have left them: the member's own, and those whose packs have taken effect.
    let mut accounts = BTreeMap::new();
    loop {
        let mut part = tx.load(&needs).await?.excerpt;
        // An account that was settled in a part before is as it was, and would take its points from the pool once more.
        if let Some(mut head) = head {
            head.supply = part.head.supply;
            part.head = head;
        }
        part.accounts.extend(accounts.clone());
        if part.trades.len() + part.purchases.len() + part.orders.len() < CLOSING_PART {
            part.days = paging::days(&mut *tx).await?.into_iter().map(|closed| closed.record).collect();
            return Ok(Book::from(part));
        }
        needs.due_after.pass(&part);
        parts += 1;
        if parts == LOOKED_AT_PARTS_MAX {
            needs.due = None;
        }
        let has_packs = !part.purchases.is_empty();
        let mut book = Book::from(part);
        let changed = book.settle(&Event::DayClosing { day, most: CLOSING_PART })?.changed.accounts;
        head = Some(*book.head());
        let kept = changed.into_keys().filter(|id| has_packs || id == member);
        accounts.extend(kept.filter_map(|id| Some((id.clone(), book.account(id.as_str())?.clone()))));
    }
}

/// Stops the work when the client disconnects.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Computes and writes an answer on a thread of its own.
async fn work<T: Serialize + 'static>(
    place: LookoutPlace,
    look: impl FnOnce(&mut dyn FnMut(usize) -> bool) -> Result<T, Refusal> + Send + 'static,
) -> Result<Answer<T>, Problem> {
    let left = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(left.clone());
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        let until = Instant::now() + LOOK_TIME_MAX;
        let mut go_on = |_| !left.load(Ordering::Relaxed) && Instant::now() < until;
        look(&mut go_on).map(|answer| Answer::of(&answer))
    });
    let answer = done.await.map_err(|_| Problem::from(Failure::Unavailable))?;
    answer.map_err(|refusal| match refusal.code {
        Code::Cancelled => Refusal { message: "it takes too long: ask for less".into(), ..refusal }.into(),
        _ => refusal.into(),
    })
}
