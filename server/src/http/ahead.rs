//! What looks ahead: the eve of the close, a member's forecast, scenarios. Nothing is changed by them.
//!
//! They are work for a processor, not for the database: a few at a time, beside the requests' own threads, each with an end.
//! Whoever does not wait for the answer any more stops it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

use axum::extract::{Path, Request, State};
use gongxiang::book::{Book, Eve};
use gongxiang::economy::simulate;
use gongxiang::event::{Code, Refusal};
use gongxiang::forecast::forecast;
use gongxiang::identity::Id;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::scenario;
use serde::Serialize;
use tokio::sync::OwnedSemaphorePermit;

use super::actor::{own, somebody};
use super::answer::{Written, written};
use super::app::App;
use super::body::{json_body, table};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::ledger::needs::{Due, Needs};
use crate::ledger::store::paging;
use crate::limits::LOOK_TIME_MAX;
use crate::people::actor::Actor;

/// `GET /v1/members/{member}/eve`: what a wallet forecasts from by itself.
pub async fn eve(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Written, Problem> {
    parameters.finish()?;
    own(&actor, &id)?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let place = app.lookout.place().await?;
    let book = book_of(&app, &id).await?;
    if book.account(id.as_str()).is_none() {
        return Err(Problem::unknown_member());
    }
    work(place, move |_| book.eve(&id)).await
}

/// `POST /v1/forecast`: what a member may expect. A member asks for itself only.
pub async fn forecasts(
    State(app): State<App>,
    actor: Actor,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    somebody(&actor)?;
    let body = json_body(request).await?;
    let mut fields = table(&body, |_| true)?;
    let member = match take(&mut fields, "member") {
        None => actor.member().cloned(),
        Some(Tree::Text(text)) => Id::parse(&text),
        Some(_) => None,
    };
    let member = member.ok_or_else(|| Refusal::bad_event("member", "must be the id of a member"))?;
    own(&actor, member.as_str())?;
    let assumptions = scenario::read_assumptions(&Tree::Table(fields))?;
    let place = app.lookout.place().await?;
    let book = book_of(&app, &member).await?;
    work(place, move |go_on| {
        let eve: Eve = book.eve(&member)?;
        forecast(&eve, &assumptions, go_on)
    })
    .await
}

/// `POST /v1/simulations`: a scenario on the rules in force, or on rules that come with it.
pub async fn simulations(
    State(app): State<App>,
    actor: Actor,
    parameters: Parameters,
    request: Request,
) -> Result<Written, Problem> {
    parameters.finish()?;
    somebody(&actor)?;
    let body = json_body(request).await?;
    let mut fields = table(&body, |_| true)?;
    let rules = match take(&mut fields, "rules") {
        Some(rules) => RuleSet::from_tree(&rules).map_err(Refusal::from)?,
        None => app.ledger.read().await?.now().await?.rules,
    };
    let (rules, scenario) = scenario::read(&Tree::Table(fields), &rules)?;
    let place = app.lookout.place().await?;
    work(place, move |go_on| simulate(&rules, &scenario, go_on)).await
}

fn take(fields: &mut Vec<(String, Tree)>, name: &str) -> Option<Tree> {
    let at = fields.iter().position(|(key, _)| key == name)?;
    Some(fields.swap_remove(at).1)
}

/// As much of the book as the close that follows needs, and all days, for what they have brought so far.
async fn book_of(app: &App, member: &Id) -> Result<Book, Problem> {
    let mut tx = app.ledger.read().await?;
    let day = tx.now().await?.head.day;
    let needs = Needs { members: [member.clone()].into(), due: Some(Due { day, most: None }), ..Needs::default() };
    let mut part = tx.load(&needs).await?.excerpt;
    part.days = paging::days(&mut *tx).await?;
    Ok(Book::from(part))
}

/// Says stop when nobody waits any more.
struct Waiting(Arc<AtomicBool>);

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

/// Works it out and writes it, beside the threads that answer requests.
async fn work<T: Serialize>(
    place: OwnedSemaphorePermit,
    look: impl FnOnce(&mut dyn FnMut(usize) -> bool) -> Result<T, Refusal> + Send + 'static,
) -> Result<Written, Problem> {
    let left = Arc::new(AtomicBool::new(false));
    let _waiting = Waiting(left.clone());
    let done = tokio::task::spawn_blocking(move || {
        let _place = place;
        let until = Instant::now() + LOOK_TIME_MAX;
        let mut go_on = |_| !left.load(Ordering::Relaxed) && Instant::now() < until;
        look(&mut go_on).map(|answer| written(&answer))
    });
    let answer = done.await.map_err(|_| Problem::from(Failure::Unavailable))?;
    answer.map_err(|refusal| match refusal.code {
        Code::Cancelled => Refusal { message: "it takes too long: ask for less".into(), ..refusal }.into(),
        _ => refusal.into(),
    })
}
