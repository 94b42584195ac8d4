//! A member's trades, what the two sides of an open trade write to each other, and their disputes, which the operator
//! decides. The steps of a trade itself are commands.
//!
//! | what | who writes it | who reads it | until |
//! |---|---|---|---|
//! | payee detail | the seller | both sides, the operator | the trade ends |
//! | note of the payment | the buyer | both sides, the operator | the trade ends |
//! | statements of a dispute | each side its own | both sides, the operator | 180 days after the trade ended |
//! | reason of the decision | the operator | both sides, and who reads the actions | the same; in the actions for ever |

use axum::extract::{Path, State};
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Id;
use gongxiang::market::{Offer, Trade, TradeState};
use gongxiang::quantity::Money;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::answer::{Answer, Gone};
use super::app::App;
use super::body::SignInBody;
use super::page::cut;
use super::problem::{Failure, Problem};
use super::query::{Limit, Query};
use super::rights::{Arbiter, Owner, SignedIn, Somebody};
use crate::ledger::needs::Needs;
use crate::ledger::store::{Page, StoreError, TradeCursor};
use crate::people::actor::Actor;
use crate::people::role::Duty;
use crate::people::trades::{DisputeRow, NotesRow, Party, TradeText};

/// A trade as its two sides see it. All times are seconds since 1970.
#[derive(Serialize, ToSchema)]
pub struct TradeDetail {
    id: Id,
    #[serde(flatten)]
    trade: Trade,
    /// The offer that was taken, as it is now. Its price is that of the trade.
    terms: Offer,
    buyer: Id,
    seller: Id,
    /// The money, in yuan, rounded down to the cent.
    sum: Money,
    /// What is known while it lives.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    notes: Option<TradeNotes>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    dispute: Option<Dispute>,
}

/// What is known of a trade while it lives.
#[derive(Serialize, ToSchema)]
pub struct TradeNotes {
    /// When it was taken.
    taken: i64,
    /// Until when the buyer has to report the payment; none if the server sets no limit.
    #[schema(required = true)]
    until: Option<i64>,
    /// When the buyer reported the payment.
    #[schema(required = true)]
    paid: Option<i64>,
    /// Where the seller is paid; empty if it has not said.
    payee: String,
    /// The buyer's note of the payment; empty if there is none.
    payment: String,
}

/// A dispute about a trade.
#[derive(Serialize, ToSchema)]
pub struct Dispute {
    opened: i64,
    /// Which side opened it: `buyer` or `seller`.
    #[schema(pattern = "^(buyer|seller)$")]
    opener: String,
    /// The buyer's statement; empty if there is none.
    buyer: String,
    /// The seller's.
    seller: String,
    /// Why the operator decided so; empty if it has not, or did not say.
    reason: String,
    /// When the trade ended.
    #[schema(required = true)]
    ended: Option<i64>,
}

impl From<DisputeRow> for Dispute {
    fn from(DisputeRow { opened, opener, buyer, seller, reason, ended, .. }: DisputeRow) -> Self {
        Self { opened, opener, buyer, seller, reason, ended }
    }
}

impl TradeNotes {
    fn of(NotesRow { taken, paid, payee, payment, .. }: NotesRow, hours: u32) -> Self {
        Self { taken, until: deadline(taken, hours), paid, payee, payment }
    }
}

/// The end of the time that the buyer has.
fn deadline(taken: i64, hours: u32) -> Option<i64> {
    (hours > 0).then(|| taken.saturating_add(i64::from(hours) * 3_600))
}

impl TradeDetail {
    fn of(id: Id, trade: Trade, terms: Offer) -> Result<Self, Problem> {
        let (buyer, seller) = (trade.buyer(&terms).clone(), trade.seller(&terms).clone());
        let sum = trade.points.worth_floor(terms.unit_price)?;
        Ok(Self { id, trade, terms, buyer, seller, sum, notes: None, dispute: None })
    }
}

/// Adds what the sides told each other.
async fn with_notes(app: &App, mut trades: Vec<TradeDetail>) -> Result<Vec<TradeDetail>, Problem> {
    let ids: Vec<&Id> = trades.iter().map(|trade| &trade.id).collect();
    let mut notes = app.people.trade_notes(&ids).await.map_err(StoreError::from)?;
    let mut disputes = app.people.disputes_of(&ids).await.map_err(StoreError::from)?;
    for trade in &mut trades {
        let notes = notes.remove(trade.id.as_str());
        trade.notes = notes.map(|notes| TradeNotes::of(notes, app.trade_hours));
        trade.dispute = disputes.remove(trade.id.as_str()).map(Dispute::from);
    }
    Ok(trades)
}

/// Which page of a member's trades.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberTradesQuery {
    /// The `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^(living|ended)-[0-9]{1,19}$", nullable = false)]
    before: Option<Cursor>,
    #[serde(default)]
    limit: Limit,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct Cursor(TradeCursor);

impl TryFrom<String> for Cursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = || {
            let (state, before) = text.split_once('-')?;
            let ended = ["living", "ended"].iter().position(|known| *known == state)? == 1;
            Some(Self(TradeCursor { ended, before: before.parse().ok().filter(|number| *number >= 0)? }))
        };
        read().ok_or("must be where a page ended")
    }
}

/// A page of a member's trades.
#[derive(Serialize, ToSchema)]
pub struct MemberTradesPage {
    trades: Vec<TradeDetail>,
    /// What to ask for next, as `before`; nothing on the last page.
    #[schema(required = true)]
    next: Option<String>,
}

fn is_living(trade: &Trade) -> bool {
    matches!(trade.state, TradeState::Taken | TradeState::Paid)
}

/// Those that live, then those that ended, each newest first. What the sides tell each other is for them and the operator.
pub async fn of_member(
    State(app): State<App>,
    Query(MemberTradesQuery { before, limit }): Query<MemberTradesQuery>,
    Owner(member): Owner,
    Somebody(actor): Somebody,
) -> Result<Answer<MemberTradesPage>, Problem> {
    let after = before.map_or(TradeCursor::START, |Cursor(cursor)| cursor);
    let mut found = app.ledger.read().await?.trades_of(&member, Page { after, limit: limit.rows() + 1 }).await?;
    let next = cut(&mut found, limit, |(_, trade, _)| {
        format!("{}-{}", if is_living(trade) { "living" } else { "ended" }, trade.sequence)
    });
    let trades = found.into_iter().map(|(id, trade, offer)| TradeDetail::of(id, trade, offer));
    let mut trades = trades.collect::<Result<Vec<_>, _>>()?;
    if matches!(actor, Actor::Member(_)) || actor.may(Duty::Disputes) {
        trades = with_notes(&app, trades).await?;
    }
    Ok(Answer::of(&MemberTradesPage { trades, next }))
}

/// Which page of the open disputes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DisputesQuery {
    /// The `next` of the page before.
    #[schema(value_type = Option<String>, pattern = "^[0-9]{1,19}-.{1,64}$", nullable = false)]
    after: Option<DisputeCursor>,
    #[serde(default)]
    limit: Limit,
}

#[derive(Deserialize)]
#[serde(try_from = "String")]
struct DisputeCursor {
    opened: i64,
    trade: Id,
}

impl TryFrom<String> for DisputeCursor {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        let read = || {
            let (opened, trade) = text.split_once('-')?;
            Some(Self { opened: opened.parse().ok()?, trade: Id::parse(trade)? })
        };
        read().ok_or("must be where a page ended")
    }
}

/// A page of the open disputes.
#[derive(Serialize, ToSchema)]
pub struct DisputesPage {
    trades: Vec<TradeDetail>,
    /// What to ask for next, as `after`; nothing on the last page.
    #[schema(required = true)]
    next: Option<String>,
}

/// Open ones, the oldest first, for the operator, who decides: with the commands that confirm or cancel a trade, and a `reason`.
pub async fn disputes(
    State(app): State<App>,
    Query(DisputesQuery { after, limit }): Query<DisputesQuery>,
    _: Arbiter,
) -> Result<Answer<DisputesPage>, Problem> {
    let after = after.as_ref().map_or((-1, ""), |cursor| (cursor.opened, cursor.trade.as_str()));
    let mut open = app.people.open_disputes(after, limit.rows() + 1).await.map_err(StoreError::from)?;
    let next = cut(&mut open, limit, |last| format!("{}-{}", last.opened, last.trade));
    let ids: Vec<Id> = open.iter().filter_map(|row| Id::parse(&row.trade)).collect();
    let needs = Needs { trades: ids.iter().cloned().collect(), ..Needs::default() };
    let part = app.ledger.read().await?.load(&needs).await?.excerpt;
    let trades = ids.into_iter().filter_map(|id| {
        let trade = part.trades.get(&id).filter(|trade| is_living(trade))?.clone();
        let terms = part.offers.get(&trade.offer)?.clone();
        Some(TradeDetail::of(id, trade, terms))
    });
    let trades = with_notes(&app, trades.collect::<Result<Vec<_>, _>>()?).await?;
    Ok(Answer::of(&DisputesPage { trades, next }))
}

/// Where the seller is paid.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PayeeDetail {
    /// Free text, such as an account number. Empty to take it back.
    #[schema(max_length = 200)]
    payee: String,
}

/// The seller says where it is paid. Both sides and the operator read it until the trade ends.
pub async fn payee(
    State(app): State<App>,
    Path(id): Path<String>,
    SignedIn(me): SignedIn,
    body: Result<SignInBody<PayeeDetail>, Problem>,
) -> Result<Gone, Problem> {
    let one = OwnTrade::find(&app, &me, &id).await?;
    one.needs_party(Party::Seller)?;
    let text = TradeText::note(&body?.0.payee).ok_or_else(|| bad_note("payee"))?;
    one.needs_state(&[TradeState::Taken, TradeState::Paid])?;
    OwnTrade::done(app.people.set_payee(&one.id, &text).await)
}

/// The buyer's note of a payment.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PaymentNote {
    /// Free text, such as the name of the payer or the last digits of an order. Empty to take it back.
    #[schema(max_length = 200)]
    note: String,
}

/// The buyer says how the seller finds the payment.
pub async fn payment_note(
    State(app): State<App>,
    Path(id): Path<String>,
    SignedIn(me): SignedIn,
    body: Result<SignInBody<PaymentNote>, Problem>,
) -> Result<Gone, Problem> {
    let one = OwnTrade::find(&app, &me, &id).await?;
    one.needs_party(Party::Buyer)?;
    let text = TradeText::note(&body?.0.note).ok_or_else(|| bad_note("note"))?;
    one.needs_state(&[TradeState::Taken, TradeState::Paid])?;
    OwnTrade::done(app.people.set_payment_note(&one.id, &text).await)
}

/// What one side has to say.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Statement {
    #[schema(min_length = 1, max_length = 500)]
    statement: String,
}

/// Enters one's own statement about a trade that is `paid`. The first one opens the dispute: the seller's at any time, as the buyer may not
/// have paid; the buyer's once the deadline has passed, as the seller has until then to look.
pub async fn dispute(
    State(app): State<App>,
    Path(id): Path<String>,
    SignedIn(me): SignedIn,
    body: Result<SignInBody<Statement>, Problem>,
) -> Result<Gone, Problem> {
    let one = OwnTrade::find(&app, &me, &id).await?;
    let text = TradeText::statement(&body?.0.statement).ok_or_else(|| bad_note("statement"))?;
    one.needs_state(&[TradeState::Paid])?;
    if one.party == Party::Buyer && app.people.disputes_of(&[&one.id]).await.map_err(StoreError::from)?.is_empty() {
        let notes = app.people.trade_notes(&[&one.id]).await.map_err(StoreError::from)?;
        let taken = notes.get(one.id.as_str()).map_or(i64::MAX, |notes| notes.taken);
        let now = Timestamp::now().as_second();
        if deadline(taken, app.trade_hours).is_some_and(|until| now < until) {
            return Err(Problem::exceeds(Failure::TooEarly, "trade", app.trade_hours.to_string()));
        }
    }
    OwnTrade::done(app.people.dispute(&one.id, one.party, &text).await)
}

/// A trade of somebody who asks.
struct OwnTrade {
    id: Id,
    state: TradeState,
    party: Party,
}

impl OwnTrade {
    /// Others do not learn whether it exists.
    async fn find(app: &App, me: &Id, id: &str) -> Result<Self, Problem> {
        let id = Id::parse(id).ok_or(Failure::NotFound)?;
        let needs = Needs { trades: [id.clone()].into(), ..Needs::default() };
        let part = app.ledger.read().await?.load(&needs).await?.excerpt;
        let trade = part.trades.get(&id).ok_or(Failure::NotFound)?;
        let terms = part.offers.get(&trade.offer).ok_or(Failure::NotFound)?;
        let party = match (trade.buyer(terms) == me, trade.seller(terms) == me) {
            (true, _) => Party::Buyer,
            (_, true) => Party::Seller,
            _ => return Err(Failure::NotFound.into()),
        };
        Ok(Self { id, state: trade.state, party })
    }

    fn needs_party(&self, party: Party) -> Result<(), Problem> {
        if self.party == party { Ok(()) } else { Err(Failure::Forbidden.into()) }
    }

    fn needs_state(&self, states: &[TradeState]) -> Result<(), Problem> {
        if states.contains(&self.state) { Ok(()) } else { Err(wrong_state()) }
    }

    /// Nothing was written if the trade ended in the meantime.
    fn done(written: sqlx::Result<bool>) -> Result<Gone, Problem> {
        if written.map_err(StoreError::from)? { Ok(Gone) } else { Err(wrong_state()) }
    }
}

fn wrong_state() -> Problem {
    Refusal::new(Code::WrongTradeState, "trade").into()
}

pub(super) fn bad_note(field: &str) -> Problem {
    Problem::new(Failure::BadNote, field, Failure::BadNote.sentence())
}
