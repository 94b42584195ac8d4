//! Orders of a shop and of a buyer, and their receipts.

use axum::extract::State;
use gongxiang::event::Event;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::order::{Order, OrderState};
use gongxiang::receipt::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::Answer;
use super::app::App;
use super::one::One;
use super::page::{self, OrderRow, OrdersPage};
use super::problem::{Failure, Problem};
use super::query::{Limit, Number, Query};
use super::rights::{Owner, Somebody, is_own, is_own_shop};
use super::sheet::{Address, Format, Listed, Sheet};
use super::view::{self, Seen};
use crate::ledger::journal;
use crate::ledger::needs::Needs;
use crate::ledger::store::{FirstOutcome, JournalEntry, Key, Page, Place, Transaction, paging};
use crate::limits::{ENDING_AMONG, ENDING_MIN, GROUP_MAX};
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// Which page of a shop's orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OrdersQuery {
    /// The shop.
    merchant: Id,
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
    /// Only the orders that were placed on this day.
    #[schema(nullable = false)]
    day: Option<Day>,
    /// Only the orders in this state. A page may then have fewer rows than `limit`, or none, although there is a next one.
    #[schema(nullable = false)]
    state: Option<StateFilter>,
    /// Only the order with this number of the shop's own: the first one, if a journal gave the number to several. It stands alone.
    #[schema(nullable = false)]
    reference: Option<Id>,
    /// Only the orders whose ids end so, in capital or small letters; of any day, among the shop's newest. There is no next page. It stands
    /// alone.
    #[schema(nullable = false)]
    ending: Option<Ending>,
    #[serde(default)]
    format: Format,
}

/// The state in which orders are listed.
#[derive(Clone, Copy, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum StateFilter {
    Pending,
    Vested,
    Refunded,
}

impl StateFilter {
    const fn is_of(self, order: &Order) -> bool {
        matches!(
            (self, order.state),
            (Self::Pending, OrderState::Pending)
                | (Self::Vested, OrderState::Vested(_))
                | (Self::Refunded, OrderState::Refunded)
        )
    }
}

const COLUMNS: [&str; 11] =
    ["id", "day", "buyer", "merchant", "amount", "concession", "left", "points", "due", "state", "state.vested"];

/// The last letters of an order's id, as people say it.
#[derive(Deserialize, ToSchema)]
#[serde(try_from = "String")]
#[schema(value_type = String, pattern = "^[A-Za-z0-9_.:-]{4,64}$")]
pub struct Ending(String);

impl TryFrom<String> for Ending {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let is_ending = text.len() >= ENDING_MIN && Id::parse(&text).is_some();
        if is_ending { Ok(Self(text)) } else { Err(format!("must be the last {ENDING_MIN} to 64 letters of an id")) }
    }
}

/// A shop's orders, newest first, for the merchant and the operator; a cashier gets those of the open day, and any by the end of its id or
/// its reference.
pub async fn orders(
    State(app): State<App>,
    Somebody(actor): Somebody,
    address: Address,
    Query(asked): Query<OrdersQuery>,
) -> Result<Listed<OrdersPage>, Problem> {
    let OrdersQuery { merchant, before, limit, day, state, reference, ending, format } = asked;
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "before" };
    if !is_own_shop(&actor, &merchant) {
        return Err(Failure::Forbidden.into());
    }
    let is_filtered = before.is_some() || day.is_some() || state.is_some();
    if (is_filtered && (reference.is_some() || ending.is_some())) || (reference.is_some() && ending.is_some()) {
        let field = if reference.is_some() { "reference" } else { "ending" };
        return Err(Problem::new(Failure::BadQuery, field, "stands alone, beside `merchant`, `limit` and `format`"));
    }
    let mut tx = app.ledger.read().await?;
    if let Some(Ending(ending)) = ending {
        app.names.numbers.count(&actor)?;
        let found = tx.orders_ending(&merchant, &ending, ENDING_AMONG, limit.rows()).await?;
        return seen(found, limit, &actor, &sheet);
    }
    let is_of_today = matches!(&actor, Actor::Staff(_)) && actor.is_till() && !actor.may(Duty::ShopOrders);
    if let Some(reference) = reference {
        if is_of_today {
            app.names.numbers.count(&actor)?;
        }
        let found = order_of(&mut *tx, &merchant, &reference).await?;
        return seen(found.into_iter().collect(), limit, &actor, &sheet);
    }
    let today = tx.now().await?.head.day;
    if is_of_today && day.is_some_and(|day| day != today) {
        return Err(Failure::Forbidden.into());
    }
    let day = if is_of_today { Some(today) } else { day };
    let end = match day.and_then(Day::next) {
        Some(next) if next <= today => paging::first_place(&mut *tx, next).await?,
        _ => None,
    };
    // An order's number is its place or somewhat less.
    let before = before.map_or(i64::MAX, |Number(before)| before).min(end.map_or(i64::MAX, |Place(end)| end));
    let mut found = tx.orders_of(&merchant, Page { after: before, limit: limit.rows() + 1 }).await?;
    let next = page::cut(&mut found, limit, |(_, order)| order.sequence);
    let is_over = day.zip(found.last()).is_some_and(|(day, (_, order))| order.day < day);
    found.retain(|(_, order)| day.is_none_or(|day| order.day == day) && state.is_none_or(|state| state.is_of(order)));
    let seen = found.into_iter().map(|(id, order)| (id, view::order(order, &actor))).collect();
    OrdersPage::of(seen, next.filter(|_| !is_over)).listed(&sheet)
}

/// A shop's order by its own number for it.
async fn order_of(tx: &mut dyn Transaction, merchant: &Id, reference: &Id) -> Result<Option<(Id, Order)>, Problem> {
    let Some(FirstOutcome { outcome: Ok(receipt), .. }) =
        tx.answered(&[Key::of_reference(merchant, reference.as_str())]).await?.pop()
    else {
        return Ok(None);
    };
    let Some(id) = receipt.order.as_ref().map(|quote| quote.order.clone()) else { return Ok(None) };
    let needs = Needs { orders: [id.clone()].into(), ..Needs::default() };
    Ok(tx.load(&needs).await?.excerpt.orders.remove(&id).map(|order| (id, order)))
}

/// Which page of a buyer's orders.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BoughtQuery {
    /// The `next` of the page before.
    #[schema(nullable = false)]
    before: Option<Number>,
    #[serde(default)]
    limit: Limit,
    #[serde(default)]
    format: Format,
}

/// What a member bought, newest first, for the member and the operator.
pub async fn bought(
    State(app): State<App>,
    address: Address,
    Query(BoughtQuery { before, limit, format }): Query<BoughtQuery>,
    Owner(member): Owner,
    Somebody(actor): Somebody,
) -> Result<Listed<OrdersPage>, Problem> {
    let page = Page { after: before.map_or(i64::MAX, |Number(before)| before), limit: limit.rows() + 1 };
    let found = app.ledger.read().await?.orders_by(&member, page).await?;
    let sheet = Sheet { format, columns: &COLUMNS, address: &address, cursor: "before" };
    seen(found, limit, &actor, &sheet)
}

fn seen(
    found: Vec<(Id, Order)>,
    limit: Limit,
    actor: &Actor,
    sheet: &Sheet<'_>,
) -> Result<Listed<OrdersPage>, Problem> {
    let seen = found.into_iter().map(|(id, order)| (id, view::order(order, actor))).collect();
    OrdersPage::cut(seen, limit, |(_, order)| order.sequence).listed(sheet)
}

/// An order, for its buyer, the merchant and the operator.
pub async fn order(one: One) -> Result<Answer<OrderRow>, Problem> {
    let order = find(&one).await?;
    Ok(Answer::of(&OrderRow { id: one.id, value: view::order(order, &one.actor).into() }))
}

/// Finds an order that one gave, or that is of one's own shop. Others do not learn whether it exists.
async fn find(one: &One) -> Result<Order, Problem> {
    let mut part = one.part(|needs, id| needs.orders = id).await?;
    let is_party = |order: &Order| is_own_shop(&one.actor, &order.merchant) || is_own(&one.actor, order.buyer.as_str());
    let order = part.orders.remove(&one.id).filter(is_party);
    Ok(order.ok_or(Failure::NotFound)?)
}

/// How an order was placed: what the books do not keep of it, but the journal.
#[derive(Serialize, ToSchema)]
struct Placed {
    #[schema(pattern = "^(online|offline)$")]
    channel: &'static str,
    /// Where it was delivered.
    region: Region,
    /// The shop's own number for it.
    #[schema(required = true)]
    reference: Option<Id>,
    /// When it was settled (RFC 3339).
    at: String,
    /// Who sent it, as in the journal; for the shop and for who runs the scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    actor: Option<String>,
}

impl Placed {
    fn of(entered: &JournalEntry, actor: &Actor) -> Result<Self, Problem> {
        #[derive(Deserialize)]
        struct Sent {
            reference: Option<Id>,
        }
        // Only what was read as an event is settled and stored.
        let event = journal::parse(entered.event.as_bytes()).map_err(|_| Failure::Unavailable)?.entry.event;
        let Event::OrderPlaced(order) = event else { return Err(Failure::Unavailable.into()) };
        let Sent { reference } = serde_json::from_str(&entered.event).map_err(|_| Failure::Unavailable)?;
        let is_for_shop = is_own_shop(actor, &order.merchant);
        Ok(Self {
            channel: order.channel.as_str(),
            region: order.region,
            reference,
            at: entered.at.clone(),
            actor: is_for_shop.then(|| entered.actor.clone()),
        })
    }
}

/// An order's receipt, and how it was placed.
#[derive(Serialize, ToSchema)]
pub struct OrderReceipt {
    order: Id,
    /// Where its event stands in the journal.
    place: Place,
    placed: Placed,
    #[schema(value_type = Receipt)]
    receipt: Seen<Receipt>,
}

/// The receipt of an order, for its buyer, the merchant and the operator.
pub async fn receipt(one: One) -> Result<Answer<OrderReceipt>, Problem> {
    let order = find(&one).await?;
    // Orders of a group are numbered from its first place on, so the event is at this place or soon after it.
    let before = i64::try_from(order.sequence).unwrap_or(i64::MAX) - 1;
    let group = one.app.ledger.read().await?.journal(Page { after: Place(before), limit: GROUP_MAX }).await?;
    let is_its = |entered: &JournalEntry| entered.receipt.order.as_ref().is_some_and(|quote| quote.order == one.id);
    let entered = group.into_iter().find(is_its).ok_or(Failure::NotFound)?;
    let placed = Placed::of(&entered, &one.actor)?;
    let receipt = Seen::receipt(entered.receipt, &one.actor);
    Ok(Answer::of(&OrderReceipt { order: one.id, place: entered.place, placed, receipt }))
}
