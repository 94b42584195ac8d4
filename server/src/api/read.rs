//! What is asked, and never changes anything: each answer is of one moment.

use std::collections::{BTreeMap, BTreeSet};

use axum::extract::{FromRequestParts, Path, State};
use axum::http::HeaderName;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use gongxiang::book::{Account, AccountState, Book, DayRecord, Excerpt, Supply};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Price};
use gongxiang::release::Release;
use gongxiang::ruleset::Channel;
use serde::Serialize;
use serde_json::value::RawValue;

use super::App;
use super::actor::{operator, own, somebody};
use super::problem::{Failure, Problem};
use super::query::Parameters;
use crate::audit;
use crate::group::json;
use crate::journal;
use crate::limits::{GROUP_MAX, STATE_ACCOUNTS_MAX};
use crate::needs::Needs;
use crate::people::Actor;
use crate::store::{Entered, Page, Place, Posted};

/// JSON that is written.
pub(super) type Written = ([(HeaderName, &'static str); 1], String);

pub(super) fn written(value: &impl Serialize) -> Written {
    ([(CONTENT_TYPE, "application/json")], json(value))
}

#[derive(Serialize)]
struct MemberLine {
    member: Id,
    activated: bool,
    merchant: bool,
}

#[derive(Serialize)]
struct Members {
    members: Vec<MemberLine>,
    /// What to ask for next, as `after`; nothing on the last page.
    next: Option<Id>,
}

/// What part of a list by id is asked for.
struct ById {
    after: Option<Id>,
    limit: usize,
}

fn by_id(mut parameters: Parameters) -> Result<ById, Problem> {
    let after = parameters.optional("after", "where a page ended: an id", Id::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    Ok(ById { after, limit })
}

/// Ends a page of which one row too many was asked for; where the next one goes on, if there is one.
fn cut<V, C>(rows: &mut Vec<V>, limit: usize, cursor: impl Fn(&V) -> C) -> Option<C> {
    let more = rows.len() > limit;
    rows.truncate(limit);
    rows.last().filter(|_| more).map(cursor)
}

/// `GET /v1/members?after&limit`: by id.
pub async fn members(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    operator(&actor)?;
    let ById { after, limit } = by_id(parameters)?;
    let after = after.as_ref().map_or("", Id::as_str);
    let mut rows = app.ledger.read().await?.accounts(Page { after, limit: limit + 1 }).await?;
    let next = cut(&mut rows, limit, |(id, _)| id.clone());
    let line = |(member, account): (Id, Account)| MemberLine {
        member,
        activated: account.activated,
        merchant: account.shop.is_some(),
    };
    let members = rows.into_iter().map(line).collect();
    Ok(written(&Members { members, next }))
}

#[derive(Serialize)]
#[expect(clippy::struct_field_names, reason = "as the field is called everywhere")]
struct Member<'a> {
    member: &'a Id,
    day: Day,
    // As it was last settled: what a wallet computes from.
    account: &'a Account,
    /// Settled to the present.
    state: AccountState,
}

/// `GET /v1/members/{id}`.
pub async fn member(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    parameters: Parameters,
) -> Result<Written, Problem> {
    parameters.finish()?;
    own(&actor, &id)?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let needs = Needs { members: [id.clone()].into(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let account = part.accounts.get(&id).ok_or_else(Problem::unknown_member)?;
    let state = account.state(&part.head.release, &part.ended)?;
    Ok(written(&Member { member: &id, day: part.head.day, account, state }))
}

#[derive(Serialize)]
struct Days {
    days: Vec<DayRecord>,
}

/// `GET /v1/days?after&limit`: the closed days after `after`, oldest first.
pub async fn days(State(app): State<App>, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "a day such as `2026-01-31`", Day::parse)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    Ok(written(&Days { days: app.ledger.read().await?.days(Page { after, limit }).await? }))
}

#[derive(Serialize)]
struct SupplyNow<'a> {
    day: Day,
    price: Price,
    /// As the accounts were last settled: what they earned since is in `pool`.
    supply: &'a Supply,
    release: &'a Release,
}

/// `GET /v1/supply`: the scheme's own numbers now. Costs the same however many members there are.
pub async fn supply(State(app): State<App>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let head = app.ledger.read().await?.now().await?.head;
    Ok(written(&SupplyNow { day: head.day, price: head.price, supply: &head.supply, release: &head.release }))
}

/// `GET /v1/state`: everything, every account settled to the present (RULES.md section 9).
pub async fn state(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    operator(&actor)?;
    parameters.finish()?;
    let mut tx = app.ledger.read().await?;
    if tx.accounts(Page { after: "", limit: STATE_ACCOUNTS_MAX + 1 }).await?.len() > STATE_ACCOUNTS_MAX {
        let detail = format!(
            "more than {STATE_ACCOUNTS_MAX} accounts are not answered at once; `gongxiang export` has no limit"
        );
        return Err(Problem::new(Failure::TooLarge, "", detail));
    }
    Ok(written(&Book::from(audit::whole(&mut *tx).await?).state()?))
}

/// `GET /v1/excerpt?buyer&merchant&channel&region`: as much of the book as an order between these needs. Whoever has it
/// previews such an order as it would be settled now.
pub async fn excerpt(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    somebody(&actor)?;
    let buyer = parameters.member("buyer")?;
    let merchant = parameters.member("merchant")?;
    let channel = parameters.required("channel", "`online` or `offline`", |text| match text {
        "online" => Some(Channel::Online),
        "offline" => Some(Channel::Offline),
        _ => None,
    })?;
    let region = parameters.required("region", "a region of six digits", Region::parse)?;
    parameters.finish()?;
    let (order, amount, concession) = (buyer.clone(), Money::default(), Money::default());
    let order = OrderPlaced { order, buyer, merchant, channel, amount, concession, region };
    let needs = Needs::of([&Event::OrderPlaced(order.clone())]);
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let mut excerpt = Book::from(part).excerpt(&order);
    if !actor.is_operator() {
        // The preview needs who is above the buyer and what the merchant can pay, nobody else's balance.
        let own = actor.member().cloned();
        let keeps = |id: &Id| *id == order.merchant || own.as_ref() == Some(id);
        for (_, account) in excerpt.accounts.iter_mut().filter(|(id, _)| !keeps(id)) {
            account.hide_balances();
        }
    }
    Ok(written(&excerpt))
}

/// `GET /v1/days/{day}`.
pub async fn day(State(app): State<App>, Path(day): Path<String>, parameters: Parameters) -> Result<Written, Problem> {
    parameters.finish()?;
    let day = Day::parse(&day).ok_or(Failure::NotFound)?;
    let before = day.previous();
    let mut days = app.ledger.read().await?.days(Page { after: before, limit: 1 }).await?;
    let record = days.pop().filter(|record| record.day == day).ok_or(Failure::NotFound)?;
    Ok(written(&record))
}

#[derive(Serialize)]
struct Statement {
    /// Newest first.
    postings: Vec<Posted>,
    /// What to ask for next, as `before`; nothing on the last page.
    next: Option<String>,
}

/// `GET /v1/members/{member}/statement?before&limit`: a member's postings, newest first. What it earned since it was last
/// settled follows from the days.
pub async fn statement(
    State(app): State<App>,
    actor: Actor,
    Path(id): Path<String>,
    mut parameters: Parameters,
) -> Result<Written, Problem> {
    let cursor = |text: &str| {
        let (place, line) = text.split_once('-')?;
        Some((Place(place.parse().ok()?), line.parse().ok()?))
    };
    let before = parameters.optional("before", "where a page ended", cursor)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    own(&actor, &id)?;
    let id = Id::parse(&id).ok_or_else(Problem::unknown_member)?;
    let mut tx = app.ledger.read().await?;
    let after = before.unwrap_or((Place(i64::MAX), i64::MAX));
    let mut postings = tx.postings_of(&id, Page { after, limit: limit + 1 }).await?;
    let next = cut(&mut postings, limit, |last| format!("{}-{}", last.place, last.line));
    Ok(written(&Statement { postings, next }))
}

/// Where a page ended, as a number.
fn whole(text: &str) -> Option<i64> {
    text.parse().ok().filter(|number| *number >= 0)
}

/// A row with its id.
#[derive(Serialize)]
struct Named<V> {
    id: Id,
    #[serde(flatten)]
    value: V,
}

/// A page of rows.
#[derive(Serialize)]
struct Rows<V, C> {
    rows: Vec<Named<V>>,
    /// What to ask for next, as `after` or `before`; nothing on the last page.
    next: Option<C>,
}

fn rows<V: Serialize, C: Serialize>(mut rows: Vec<(Id, V)>, limit: usize, cursor: impl Fn(&(Id, V)) -> C) -> Written {
    let next = cut(&mut rows, limit, cursor);
    written(&Rows { rows: rows.into_iter().map(|(id, value)| Named { id, value }).collect(), next })
}

fn rows_by_id<V: Serialize>(found: Vec<(Id, V)>, limit: usize) -> Written {
    rows(found, limit, |(id, _)| id.clone())
}

/// `GET /v1/orders?merchant&before&limit`: a shop's, newest first, for the merchant and the operator.
pub async fn orders(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    somebody(&actor)?;
    let merchant = parameters.member("merchant")?;
    let before = parameters.optional("before", "where a page ended", whole)?;
    let limit = parameters.limit()?;
    parameters.finish()?;
    own(&actor, merchant.as_str())?;
    let page = Page { after: before.unwrap_or(i64::MAX), limit: limit + 1 };
    Ok(rows(app.ledger.read().await?.orders_of(&merchant, page).await?, limit, |(_, order)| order.sequence))
}

/// `GET /v1/offers?after&limit`: what can be taken, by id.
pub async fn offers(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    let ById { after, limit } = by_id(parameters)?;
    somebody(&actor)?;
    let after = after.as_ref().map_or("", Id::as_str);
    Ok(rows_by_id(app.ledger.read().await?.offers(true, Page { after, limit: limit + 1 }).await?, limit))
}

/// `GET /v1/trades?after&limit`: one's own, or all for the operator, by id.
pub async fn trades(State(app): State<App>, actor: Actor, parameters: Parameters) -> Result<Written, Problem> {
    let ById { after, limit } = by_id(parameters)?;
    somebody(&actor)?;
    let member = if let Actor::Member(member) = &actor {
        Some(member)
    } else {
        operator(&actor)?;
        None
    };
    let after = after.as_ref().map_or("", Id::as_str);
    Ok(rows_by_id(app.ledger.read().await?.trades(member, Page { after, limit: limit + 1 }).await?, limit))
}

/// One row that somebody asks for by its id.
pub struct One {
    app: App,
    actor: Actor,
    id: Id,
}

impl FromRequestParts<App> for One {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let actor = Actor::from_request_parts(parts, app).await?;
        Parameters::from_request_parts(parts, app).await?.finish()?;
        somebody(&actor)?;
        let Path(id) = Path::<String>::from_request_parts(parts, app).await.map_err(|_| Failure::NotFound)?;
        Ok(Self { app: app.clone(), actor, id: Id::parse(&id).ok_or(Failure::NotFound)? })
    }
}

impl One {
    async fn part(&self, needs: impl FnOnce(&mut Needs, BTreeSet<Id>)) -> Result<Excerpt, Problem> {
        let mut all = Needs::default();
        needs(&mut all, [self.id.clone()].into());
        Ok(self.app.ledger.read().await?.load(&all).await?.excerpt)
    }
}

/// `GET /v1/offers/{offer}`.
pub async fn offer(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.offers = id).await?;
    let value = part.offers.remove(&one.id).ok_or(Failure::NotFound)?;
    Ok(written(&Named { id: one.id, value }))
}

/// `GET /v1/trades/{trade}`: for buyer, seller and the operator.
pub async fn trade(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.trades = id).await?;
    let value = part.trades.remove(&one.id).ok_or(Failure::NotFound)?;
    let offer = part.offers.remove(&value.offer).ok_or(Failure::NotFound)?;
    if own(&one.actor, value.buyer(&offer).as_str()).is_err() {
        own(&one.actor, value.seller(&offer).as_str())?;
    }
    Ok(written(&Named { id: one.id, value }))
}

/// `GET /v1/orders/{order}`: for the merchant and the operator.
pub async fn order(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let value = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, value.merchant.as_str())?;
    Ok(written(&Named { id: one.id, value }))
}

#[derive(Serialize)]
struct Placed {
    order: Id,
    place: Place,
    receipt: Box<RawValue>,
}

/// `GET /v1/orders/{order}/receipt`: how the order was answered, for the merchant and the operator.
pub async fn receipt(one: One) -> Result<Written, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let order = part.orders.remove(&one.id).ok_or(Failure::NotFound)?;
    own(&one.actor, order.merchant.as_str())?;
    // Orders are counted from their group's place on: the event stands at this number or a little later.
    let before = i64::try_from(order.sequence).unwrap_or(i64::MAX) - 1;
    let group = one.app.ledger.read().await?.journal(Page { after: Place(before), limit: GROUP_MAX }).await?;
    let places = |entered: &Entered| {
        let event = journal::parse(entered.event.as_bytes()).ok().map(|line| line.entry.event);
        matches!(event, Some(Event::OrderPlaced(placed)) if placed.order == one.id)
    };
    let entered = group.into_iter().find(places).ok_or(Failure::NotFound)?;
    let receipt = RawValue::from_string(entered.receipt).map_err(|_| Failure::Unavailable)?;
    Ok(written(&Placed { order: one.id, place: entered.place, receipt }))
}

#[derive(Serialize)]
struct Journal {
    events: Vec<Entered>,
    /// What to ask for next, as `after`; nothing on the last page.
    next: Option<Place>,
}

/// `GET /v1/events?after&limit`: accepted events with their receipts, in their order. Whoever goes on from `next` misses none.
pub async fn events(State(app): State<App>, actor: Actor, mut parameters: Parameters) -> Result<Written, Problem> {
    let after = parameters.optional("after", "where a page ended", whole)?.map(Place);
    let limit = parameters.limit()?;
    parameters.finish()?;
    operator(&actor)?;
    let tip = app.ledger.tip().await?;
    let page = Page { after: after.unwrap_or_default(), limit: limit + 1 };
    let mut events = app.ledger.read().await?.journal(page).await?;
    events.retain(|entered| entered.place < tip);
    let next = cut(&mut events, limit, |last| last.place);
    Ok(written(&Journal { events, next }))
}

/// `GET /v1/openapi.json`: what can be asked and done, as `OpenAPI` 3.1.
pub async fn openapi() -> Written {
    ([(CONTENT_TYPE, "application/json")], super::openapi::text())
}

/// `GET /health/live`: the process answers.
pub async fn live() -> Written {
    written(&BTreeMap::from([("status", "ok")]))
}

/// `GET /health/ready`: the database answers.
pub async fn ready(State(app): State<App>) -> Result<Written, Problem> {
    app.ledger.read().await?.now().await?;
    Ok(live().await)
}
