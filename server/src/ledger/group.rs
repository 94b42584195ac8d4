//! A group of events, settled by the rules on the part of the book that was loaded for it. Pure: no storage, no clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gongxiang::book::{Book, Excerpt};
use gongxiang::event::{Code, Entry, Event, Identity, Refusal};
use gongxiang::identity::Id;
use gongxiang::market::{Trade, TradeState};
use gongxiang::receipt::Receipt;
use gongxiang::review::{self, Declared};
use thiserror::Error;

use crate::ledger::journal::Line;
use crate::ledger::needs::Needs;
use crate::ledger::store::{Answered, Batch, Entered, HeadChange, Key, Loaded, NewAnswer, Place, Posted, Row};
use crate::text::{fingerprint, json};

/// An event to be settled once.
#[derive(Clone, Debug)]
pub struct Request {
    /// The event.
    pub line: Line,
    /// What makes it the same as an earlier request.
    pub key: Option<Key>,
    /// Who sends it.
    pub actor: Arc<str>,
    /// What has to be so when it is settled.
    pub guard: Option<Guard>,
}

/// What has to be so: looked at in the same transaction, so that nothing changes in between.
#[derive(Clone, Debug)]
pub enum Guard {
    /// Whose something has to be.
    Owner {
        /// Whose of what.
        ownership: Ownership,
        /// Who says so.
        member: Id,
    },
    /// New rules raise no red flags but these codes.
    Flags(Arc<[String]>),
}

/// Whose something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ownership {
    /// The merchant of the order.
    Order,
    /// Who made the offer.
    Offer,
    /// The buyer of the trade.
    Buyer,
    /// The seller of the trade.
    Seller,
    /// Either while the trade is `taken`, the buyer after `paid`.
    Canceller,
}

/// Why nothing was settled. What a guard says is not remembered under the key: it may be another the next time.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Denial {
    /// The rules say no.
    #[error(transparent)]
    Refused(Refusal),
    /// It belongs to somebody else.
    #[error("it belongs to somebody else")]
    Forbidden,
}

impl Denial {
    /// The rules' code, if it is they that say no.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::Forbidden => None,
        }
    }
}

impl Request {
    /// An event of a journal: its `id`, if it has one, makes it the same as an earlier one.
    #[must_use]
    pub fn of_journal(mut line: Line, actor: &str) -> Self {
        let key = line.entry.identity.take().map(|Identity { id, content }| Key {
            scope: "journal".into(),
            key: id.to_string(),
            fingerprint: fingerprint(content.as_bytes()),
        });
        Self { line, key, actor: actor.into(), guard: None }
    }
}

/// What is answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether this is the first outcome of a key that came again: nothing was settled now.
    pub repeated: bool,
    /// The receipt's JSON, or why there is none.
    pub outcome: Result<String, Denial>,
}

/// What came of a group.
#[derive(Debug)]
pub struct Group {
    /// In the order of the requests.
    pub answers: Vec<Answer>,
    /// What is to be kept; nothing if nothing changed.
    pub batch: Option<Batch>,
    /// Whether it wrote only what everyday events may write.
    pub everyday: bool,
}

/// Settles requests one after another. `answered` are the first outcomes of their keys, as far as they have one; `at` is the
/// time of settling, for information.
#[must_use]
pub fn settle(requests: &[Request], loaded: Loaded, answered: Vec<Answered>, needs: &Needs, at: &str) -> Group {
    let Loaded { excerpt, first } = loaded;
    let before = excerpt.clone();
    let mut book = Book::from(excerpt);
    let mut known: BTreeMap<(String, String), Answered> =
        answered.into_iter().map(|answer| ((answer.key.scope.clone(), answer.key.key.clone()), answer)).collect();
    let mut fresh = Vec::new();
    let mut journal: Vec<Entered> = Vec::new();
    let mut postings = Vec::new();
    let mut answers = Vec::with_capacity(requests.len());
    for Request { line, key, actor, guard } in requests {
        if let Some(answer) = key.as_ref().and_then(|key| recall(&known, key)) {
            answers.push(answer);
            continue;
        }
        let accepted_flags = match pass(guard.as_ref(), &line.entry.event, &book) {
            Ok(flags) => flags,
            Err(denial) => {
                answers.push(Answer { repeated: false, outcome: Err(denial) });
                continue;
            }
        };
        let day = book.head().day;
        // Without its key, which is looked after here: the book would remember every one of them.
        let outcome = match book.apply(&Entry::from(line.entry.event.clone())).result {
            Ok(receipt) => {
                let place = first.nth(journal.len());
                postings.extend(posted(place, &receipt));
                let receipt = json(&*receipt);
                journal.push(Entered {
                    place,
                    day,
                    kind: line.entry.event.kind().into(),
                    event: line.text.clone(),
                    receipt: receipt.clone(),
                    at: at.into(),
                    actor: actor.to_string(),
                    accepted_flags,
                });
                Ok(receipt)
            }
            Err(refusal) => Err(refusal),
        };
        if let Some(key) = key {
            let came_of = match &outcome {
                Ok(_) => Ok(first.nth(journal.len() - 1)),
                Err(refusal) => Err(refusal.clone()),
            };
            fresh.push(NewAnswer { key: key.clone(), came_of });
            let answer = Answered { key: key.clone(), outcome: outcome.clone() };
            known.insert((key.scope.clone(), key.key.clone()), answer);
        }
        answers.push(Answer { repeated: false, outcome: outcome.map_err(Denial::Refused) });
    }
    if journal.is_empty() && fresh.is_empty() {
        return Group { answers, batch: None, everyday: true };
    }
    let batch = changes(&before, book.into(), first, journal, postings, fresh);
    let everyday = is_everyday(&batch, needs, &before);
    Group { answers, batch: Some(batch), everyday }
}

/// What an event would be answered with now; nothing is kept.
///
/// # Errors
/// The denial that settling it would give.
pub fn preview(entry: &Entry, guard: Option<&Guard>, part: Excerpt) -> Result<Receipt, Denial> {
    let book = Book::from(part);
    pass(guard, &entry.event, &book)?;
    book.preview(entry).map(Arc::unwrap_or_clone).map_err(Denial::Refused)
}

/// The first outcome of a key, or a conflict if it was another request then.
fn recall(known: &BTreeMap<(String, String), Answered>, key: &Key) -> Option<Answer> {
    let first = known.get(&(key.scope.clone(), key.key.clone()))?;
    Some(if first.key.fingerprint == key.fingerprint {
        Answer { repeated: true, outcome: first.outcome.clone().map_err(Denial::Refused) }
    } else {
        Answer { repeated: false, outcome: Err(Denial::Refused(Refusal::new(Code::IdConflict, "id"))) }
    })
}

/// Whether the guard lets an event pass, and the red flags that were accepted with it.
fn pass(guard: Option<&Guard>, event: &Event, book: &Book) -> Result<Vec<String>, Denial> {
    match (guard, event) {
        (Some(Guard::Owner { ownership, member }), event) => {
            if owns(*ownership, member, event, book) {
                Ok(Vec::new())
            } else {
                Err(Denial::Forbidden)
            }
        }
        (Some(Guard::Flags(accepted)), Event::RulesAdopted { rules }) => {
            // What is not sound is refused by the rules themselves.
            let Ok(next) = book.rules().adopt(rules) else { return Ok(Vec::new()) };
            let findings = review::review(&next, &Declared::default()).map_err(Denial::Refused)?;
            let accepted: Vec<_> = accepted.iter().map(String::as_str).collect();
            review::check_accepted(&findings, &accepted).map_err(Denial::Refused)?;
            Ok(review::red(&findings).map(String::from).collect())
        }
        (Some(Guard::Flags(_)) | None, _) => Ok(Vec::new()),
    }
}

/// Whether what an event names belongs to a member. What is not there belongs to nobody: the rules refuse it.
fn owns(ownership: Ownership, member: &Id, event: &Event, book: &Book) -> bool {
    match event {
        Event::OrderRefunded { order } => book.order(order).is_none_or(|order| order.merchant == *member),
        Event::OfferCancelled { offer } => book.offer(offer).is_none_or(|offer| offer.owner == *member),
        Event::TradePaid { trade } | Event::TradeConfirmed { trade } | Event::TradeCancelled { trade } => {
            let Some(trade) = book.trade(trade) else { return true };
            let Some(offer) = book.offer(&trade.offer) else { return true };
            let (is_buyer, is_seller) = (trade.buyer(offer) == member, trade.seller(offer) == member);
            match ownership {
                Ownership::Buyer => is_buyer,
                Ownership::Seller => is_seller,
                Ownership::Canceller => is_buyer || (is_seller && trade.state != TradeState::Paid),
                Ownership::Order | Ownership::Offer => false,
            }
        }
        _ => false,
    }
}

/// Whether only rows were written that an everyday transaction has taken.
fn is_everyday(batch: &Batch, needs: &Needs, before: &Excerpt) -> bool {
    let takers = before.trades.values().map(|trade| &trade.taker);
    let traders: BTreeSet<&Id> = before.offers.values().map(|offer| &offer.owner).chain(takers).collect();
    matches!(batch.head, HeadChange::Flow(_))
        && batch.rules.is_none()
        && batch.days.is_empty()
        && batch.accounts.iter().all(|row| needs.members.contains(&row.id) || traders.contains(&row.id))
}

fn changes(
    before: &Excerpt,
    after: Excerpt,
    first: Place,
    journal: Vec<Entered>,
    postings: Vec<Posted>,
    answers: Vec<NewAnswer>,
) -> Batch {
    fn changed<V: PartialEq>(before: &BTreeMap<Id, V>, after: BTreeMap<Id, V>) -> Vec<Row<V>> {
        let row = |(id, value)| match before.get(&id) {
            Some(earlier) => (*earlier != value).then_some(Row { id, value, new: false }),
            None => Some(Row { id, value, new: true }),
        };
        after.into_iter().filter_map(row).collect()
    }
    let owned = |Row { id, value, new }: Row<Trade>| {
        let owner = after.offers.get(&value.offer)?.owner.clone();
        Some(Row { id, value: (value, owner), new })
    };
    let trades = changed(&before.trades, after.trades).into_iter().filter_map(owned).collect();
    let rules = (after.rules != before.rules).then_some(after.rules);
    // The head names the rules in force, so new rules change it even if no number does.
    let flow = after.head.flow_since(&before.head).filter(|_| rules.is_none());
    Batch {
        first,
        journal,
        postings,
        accounts: changed(&before.accounts, after.accounts),
        orders: changed(&before.orders, after.orders),
        offers: changed(&before.offers, after.offers),
        trades,
        days: after.days.into_iter().skip(before.days.len()).collect(),
        rules,
        head: flow.map_or(HeadChange::Whole(after.head), HeadChange::Flow),
        answers,
    }
}

/// A receipt's postings as rows.
pub(crate) fn posted(place: Place, receipt: &Receipt) -> impl Iterator<Item = Posted> {
    (0..).zip(&receipt.postings).map(move |(line, posting)| Posted {
        place,
        line,
        day: receipt.day.to_string(),
        giver: posting.from.to_string(),
        receiver: posting.to.to_string(),
        asset: posting.amount.asset().into(),
        amount: posting.amount.to_string(),
        rule: posting.rule.as_str().into(),
        reason: posting.reason.to_string(),
    })
}
