//! A group of events, settled by the rules on the part of the book that was loaded for it. Pure: no storage, no
//! clock.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use gongxiang::book::{Book, ChangedRows, Excerpt, Head, Settlement};
use gongxiang::day_report::Before;
use gongxiang::event::{Code, Event, Identity, Kind, OrderPlaced, Refusal};
use gongxiang::identity::{Day, Id};
use gongxiang::market::{Trade, TradeState};
use gongxiang::quantity::Price;
use gongxiang::receipt::Receipt;
use gongxiang::review::{self, Declaration};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::command::Ownership;
use jiff::Timestamp;
use thiserror::Error;

use crate::ledger::goods::{Claim, Followed, GoodsChanges, GoodsError, Shelf, VoucherEnd};
use crate::ledger::journal::JournalLine;
use crate::ledger::needs::Needs;
use crate::ledger::network;
use crate::ledger::quota::{Excess, OpenCounts, Quota, Tally};
use crate::ledger::reports::ReportChanges;
use crate::ledger::store::{
    Batch, ClosedDay, FirstOutcome, HeadChange, JOURNAL, JournalEntry, Key, NewAnswer, Place, RowChange, WorkingSet,
};
use crate::text::fingerprint;

/// An event to be settled once.
#[derive(Clone, Debug)]
pub struct Request {
    pub line: JournalLine,
    /// Identifies a repetition of the same request.
    pub key: Option<Key>,
    pub actor: Arc<str>,
    pub guard: Option<Guard>,
}

/// A condition, checked in the transaction that settles, so that nothing changes in between.
#[derive(Clone, Debug)]
pub enum Guard {
    /// `member` owns what the event names, and the event stays within the server's limits.
    Owner { ownership: Ownership, member: Id, quota: Quota },
    /// New rules raise no red flags but these codes, and change the rules that their author saw.
    Rules(AdoptionTerms),
    /// The same of announced rules, whose day has come.
    Announced { terms: AdoptionTerms, from: Day },
    /// It stays within what members and shops may have open.
    Quota(Quota),
    /// The trade is not reported as paid.
    Unpaid,
    /// A piece of an item is taken together with the points.
    Claim(Claim),
    /// The redemption has a voucher that can be ended so.
    Voucher(VoucherEnd),
}

/// On what terms rules are adopted.
#[derive(Clone, Debug, Default)]
pub struct AdoptionTerms {
    /// The codes of the red flags that are accepted with them.
    pub accepted: Arc<[String]>,
    /// The fingerprint of the rules in force, as their author saw them: a change replaces whole parts of the rules, so one that was written
    /// on top of others would undo what somebody else changed meanwhile. `None` if it says nothing of it.
    pub based_on: Option<Arc<str>>,
}

impl AdoptionTerms {
    /// With these flags, on top of any rules.
    #[must_use]
    pub fn accepting(flags: Vec<String>) -> Self {
        Self { accepted: flags.into(), based_on: None }
    }
}

/// The fingerprint of a rule set, by which its booklet names it.
#[must_use]
pub fn rules_fingerprint(rules: &RuleSet) -> String {
    fingerprint(rules.to_tree().canonical().as_bytes())
}

/// Why nothing was settled. A guard's denial is not stored under the key: next time the guard may pass.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum Denial {
    /// The rules refuse the event.
    #[error(transparent)]
    Refused(Refusal),
    /// It belongs to another member, or does not exist: which of the two is not for whoever asks.
    #[error("there is no such thing of theirs")]
    NotTheirs,
    /// It is theirs, but not theirs to do.
    #[error("it is somebody else's to do")]
    Forbidden,
    /// More is open than may be, or it is too small.
    #[error("`{}`: the server's limit is {}", .0.field, .0.limit)]
    Exceeds(Excess),
    /// The piece cannot be had, or does not come back.
    #[error(transparent)]
    Goods(GoodsError),
    /// Others were adopted since the author of the new rules looked.
    #[error("other rules were adopted meanwhile")]
    RulesChanged,
    /// The day of announced rules has not come.
    #[error("their day is not open yet")]
    NotYet,
}

impl Denial {
    /// The code of a refusal by the rules.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        match self {
            Self::Refused(refusal) => Some(refusal.code),
            Self::NotTheirs
            | Self::Forbidden
            | Self::Exceeds(_)
            | Self::Goods(_)
            | Self::RulesChanged
            | Self::NotYet => None,
        }
    }
}

impl Request {
    /// The item of which it takes a piece, and for whom.
    #[must_use]
    pub fn claimed(&self) -> Option<(Id, Id)> {
        match (&self.guard, &self.line.entry.event) {
            (Some(Guard::Claim(_)), Event::PointsRedeemed { item: Some(item), member, .. }) => {
                Some((item.clone(), member.clone()))
            }
            _ => None,
        }
    }

    /// What is known of it when it was settled.
    fn followed<'a>(&'a self, place: Place, today: Day, at: &str) -> Followed<'a> {
        let claim = match &self.guard {
            Some(Guard::Claim(claim)) => Some(claim),
            _ => None,
        };
        let expires = matches!(self.guard, Some(Guard::Voucher(VoucherEnd::Expiry)));
        let at = at.parse().map_or(0, Timestamp::as_second);
        Followed { claim, expires, place: place.0, today, at, actor: &self.actor }
    }

    /// All keys that make it the same as an earlier one.
    pub fn keys(&self) -> impl Iterator<Item = Key> {
        self.key.iter().cloned().chain(self.reference())
    }

    /// A shop's own name of its order, with all that it asked for: the id and the time are not the shop's.
    fn reference(&self) -> Option<Key> {
        const NOT_THE_SHOPS: [&str; 3] = ["order", "id", "at"];
        let Event::OrderPlaced(OrderPlaced { merchant, .. }) = &self.line.entry.event else { return None };
        // Most orders have none, and are not read again. A key of a journal's event may be written with escapes.
        if !self.line.text.contains(r#""reference""#) && !self.line.text.contains('\\') {
            return None;
        }
        let Ok(Tree::Table(mut fields)) = serde_json::from_str(&self.line.text) else { return None };
        let (_, reference) = fields.iter().find(|(name, _)| name == "reference")?;
        let Tree::Text(reference) = reference.clone() else { return None };
        fields.retain(|(name, _)| !NOT_THE_SHOPS.contains(&name.as_str()));
        let fingerprint = fingerprint(Tree::Table(fields).canonical().as_bytes());
        Some(Key { fingerprint, ..Key::of_reference(merchant, &reference) })
    }

    /// In a journal a reference is for information (RULES.md section 4): it is remembered, and stops nothing.
    fn is_of_journal(&self) -> bool {
        self.key.as_ref().is_none_or(Key::is_of_journal)
    }

    /// An event of a journal: its `id`, if it has one, makes it the same as an earlier one.
    #[must_use]
    pub fn of_journal(mut line: JournalLine, actor: &str) -> Self {
        let key = line.entry.identity.take().map(|Identity { id, content }| Key {
            scope: JOURNAL.into(),
            key: id.to_string(),
            fingerprint: fingerprint(content.as_bytes()),
        });
        Self { line, key, actor: actor.into(), guard: None }
    }
}

/// The answer to one request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// Whether this is the first outcome of a repeated key; if so, nothing was settled now.
    pub repeated: bool,
    pub outcome: Result<Arc<Receipt>, Denial>,
}

/// The result of settling a group.
#[derive(Debug)]
pub struct Group {
    /// In the order of the requests.
    pub answers: Vec<Answer>,
    /// What to store; `None` if nothing changed.
    pub batch: Option<Batch>,
    /// Whether it wrote only rows that everyday events may write.
    pub everyday: bool,
}

/// Settles requests one after another. `answered` has the first outcomes of repeated keys; `at` is the time of
/// settling, for information only.
#[must_use]
pub fn settle(requests: &[Request], loaded: WorkingSet, answered: Vec<FirstOutcome>, needs: &Needs, at: &str) -> Group {
    let WorkingSet { excerpt, first, open, mut shelf, .. } = loaded;
    let head = excerpt.head;
    let traders = traders(&excerpt);
    let mut tally = Tally::of(&excerpt, open);
    let mut book = Book::from(excerpt);
    let mut known: BTreeMap<(String, String), FirstOutcome> =
        answered.into_iter().map(|answer| (name(&answer.key), answer)).collect();
    let (mut fresh, mut journal) = (Vec::new(), Vec::<JournalEntry>::new());
    let (mut changed, mut closed) = (ChangedRows::default(), Vec::new());
    let (mut reports, mut above) = (ReportChanges::default(), Vec::new());
    let mut goods = GoodsChanges::default();
    let mut answers = Vec::with_capacity(requests.len());
    for request @ Request { line, key, actor, guard } in requests {
        let reference = request.reference();
        let by_key = key.as_ref().and_then(|key| recall(&known, key, "id"));
        let named = reference.as_ref().filter(|_| !request.is_of_journal());
        if let Some(answer) = by_key.or_else(|| recall(&known, named?, "reference")) {
            answers.push(answer);
            continue;
        }
        let accepted_flags = match pass(guard.as_ref(), &line.entry.event, &book, &tally.counts, &shelf) {
            Ok(flags) => flags,
            Err(denial) => {
                answers.push(Answer { repeated: false, outcome: Err(denial) });
                continue;
            }
        };
        let place = first.nth(journal.len());
        let (today, before) = (book.head().day, Before::of(&line.entry.event, &book));
        let outcome = book.settle(&line.entry.event).map(|mut applied| {
            let mut orders = applied.changed.orders.keys();
            let mut activated = before.activated(&book);
            above.extend(network::lines(&line.entry.event, &applied.receipt, &mut orders, &mut activated, &book));
            tally.follow(&mut applied.changed, &book);
            changed.extend(applied.changed);
            shelf.follow(&line.entry.event, request.followed(place, today, at), &mut goods);
            let receipt = Arc::new(applied.receipt);
            closed.extend(closed_day(&book, receipt.kind));
            journal.push(JournalEntry {
                place,
                day: receipt.day,
                kind: receipt.kind,
                event: line.text.clone(),
                receipt: Arc::clone(&receipt),
                at: at.into(),
                actor: actor.to_string(),
                accepted_flags,
            });
            receipt
        });
        reports.add(today, &line.entry.event, &before, outcome.as_deref(), &book);
        // An order that was refused is none: the shop may place it again under its name.
        let reference = reference.filter(|key| outcome.is_ok() && !known.contains_key(&name(key)));
        for key in key.iter().chain(&reference) {
            let came_of = outcome.as_ref().map(|_| place).map_err(Refusal::clone);
            fresh.push(NewAnswer { key: key.clone(), came_of });
            let answer = FirstOutcome { key: key.clone(), outcome: outcome.clone() };
            known.insert(name(key), answer);
        }
        answers.push(Answer { repeated: false, outcome: outcome.map_err(Denial::Refused) });
    }
    if journal.is_empty() && fresh.is_empty() {
        return Group { answers, batch: None, everyday: true };
    }
    let batch = Batch {
        open: tally.counts,
        reports,
        network: above,
        goods,
        ..batch(&book, &head, closed, first, journal, changed, fresh)
    };
    let everyday = is_everyday(&batch, needs, &traders);
    Group { answers, batch: Some(batch), everyday }
}

/// The day that an event of this kind has just closed, if it did.
fn closed_day(book: &Book, kind: Kind) -> Option<ClosedDay> {
    let record = book.days().last().filter(|_| kind == Kind::DayClosed)?.clone();
    Some(ClosedDay { record, burned: Some(book.head().supply.burned) })
}

/// What settling an event would do now.
#[derive(Clone, Debug)]
pub struct Foreseen {
    pub receipt: Receipt,
    /// The orders that it changes.
    pub orders: usize,
    /// The price after it.
    pub price: Price,
}

/// What settling an event would do now. Nothing is stored.
///
/// # Errors
/// The denial that settling it would give.
pub fn preview(event: &Event, guard: Option<&Guard>, loaded: WorkingSet) -> Result<Foreseen, Denial> {
    let mut book = Book::from(loaded.excerpt);
    pass(guard, event, &book, &loaded.open, &loaded.shelf)?;
    let Settlement { receipt, changed } = book.settle(event).map_err(Denial::Refused)?;
    Ok(Foreseen { receipt, orders: changed.orders.len(), price: book.head().price })
}

fn name(key: &Key) -> (String, String) {
    (key.scope.clone(), key.key.clone())
}

/// The first outcome of a key, or a conflict in this field if it was another request then.
fn recall(known: &BTreeMap<(String, String), FirstOutcome>, key: &Key, field: &'static str) -> Option<Answer> {
    let first = known.get(&name(key))?;
    Some(if first.key.fingerprint == key.fingerprint {
        Answer { repeated: true, outcome: first.outcome.clone().map_err(Denial::Refused) }
    } else {
        Answer { repeated: false, outcome: Err(Denial::Refused(Refusal::new(Code::IdConflict, field))) }
    })
}

/// Checks the guard; returns the codes of the red flags that were accepted with the event.
fn pass(
    guard: Option<&Guard>,
    event: &Event,
    book: &Book,
    open: &OpenCounts,
    shelf: &Shelf,
) -> Result<Vec<String>, Denial> {
    match (guard, event) {
        (Some(Guard::Owner { ownership, member, quota }), event) => {
            let may = may(*ownership, member, event, book).ok_or(Denial::NotTheirs)?;
            if !may {
                return Err(Denial::Forbidden);
            }
            quota.check(event, book, open).map_err(Denial::Exceeds)?;
            Ok(Vec::new())
        }
        (Some(Guard::Announced { from, .. }), _) if book.head().day < *from => Err(Denial::NotYet),
        (Some(Guard::Rules(terms) | Guard::Announced { terms, .. }), Event::RulesAdopted { rules }) => {
            accept(terms, rules, book)
        }
        (Some(Guard::Quota(quota)), event) => {
            quota.check(event, book, open).map_err(Denial::Exceeds)?;
            Ok(Vec::new())
        }
        (Some(Guard::Unpaid), Event::TradeCancelled { trade }) => {
            let is_paid = book.trade(trade).is_some_and(|trade| trade.state == TradeState::Paid);
            if is_paid { Err(Denial::Forbidden) } else { Ok(Vec::new()) }
        }
        (Some(Guard::Claim(claim)), Event::PointsRedeemed { member, points, item: Some(item), .. }) => {
            let checked = shelf.check_claim(claim, item, member, *points, book.head().day);
            checked.map(|()| Vec::new()).map_err(Denial::Goods)
        }
        (Some(Guard::Voucher(end)), Event::RedemptionCancelled { redemption }) => {
            let checked = shelf.check_end(end, redemption, book.head().day).ok_or(Denial::NotTheirs)?;
            checked.map(|()| Vec::new()).map_err(Denial::Goods)
        }
        (Some(Guard::Rules(_) | Guard::Unpaid) | None, _) => Ok(Vec::new()),
        // Never made with another event; without its rows nothing is settled.
        (Some(Guard::Claim(_) | Guard::Voucher(_) | Guard::Announced { .. }), _) => Err(Denial::NotTheirs),
    }
}

/// Checks new rules; returns the codes of the red flags that were accepted with them.
fn accept(terms: &AdoptionTerms, changes: &Tree, book: &Book) -> Result<Vec<String>, Denial> {
    if terms.based_on.as_deref().is_some_and(|seen| seen != rules_fingerprint(book.rules())) {
        return Err(Denial::RulesChanged);
    }
    // The rules themselves refuse an invalid rule set.
    let Ok(next) = book.rules().adopt(changes) else { return Ok(Vec::new()) };
    let findings = review::review(&next, &Declaration::default()).map_err(Denial::Refused)?;
    let accepted: Vec<_> = terms.accepted.iter().map(String::as_str).collect();
    review::check_accepted(&findings, &accepted).map_err(Denial::Refused)?;
    Ok(review::red(&findings).map(String::from).collect())
}

/// Whether a member may do something with what an event names; nothing if that is not its own, or is not there.
fn may(ownership: Ownership, member: &Id, event: &Event, book: &Book) -> Option<bool> {
    let is_own = match event {
        Event::OrderRefunded { order, .. } => book.order(order)?.merchant == *member,
        Event::OfferCancelled { offer } => book.offer(offer)?.owner == *member,
        Event::TradePaid { trade } | Event::TradeConfirmed { trade } | Event::TradeCancelled { trade } => {
            let trade = book.trade(trade)?;
            let offer = book.offer(&trade.offer)?;
            let (is_buyer, is_seller) = (trade.buyer(offer) == member, trade.seller(offer) == member);
            // Where the seller is frozen, the operator alone finishes or cancels (RULES.md section 4).
            let frozen = book.account(trade.seller(offer).as_str()).is_some_and(|seller| seller.frozen);
            let may = match ownership {
                Ownership::Buyer => is_buyer,
                Ownership::Seller => is_seller && !frozen,
                Ownership::Canceller => (is_buyer || trade.state != TradeState::Paid) && !frozen,
                Ownership::Order | Ownership::Offer => false,
            };
            return (is_buyer || is_seller).then_some(may);
        }
        _ => false,
    };
    is_own.then_some(true)
}

/// The members whose accounts a trade or an offer of the excerpt may touch.
fn traders(part: &Excerpt) -> BTreeSet<Id> {
    let takers = part.trades.values().map(|trade| &trade.taker);
    part.offers.values().map(|offer| &offer.owner).chain(takers).cloned().collect()
}

/// Whether only rows were written that an everyday transaction has locked.
fn is_everyday(batch: &Batch, needs: &Needs, traders: &BTreeSet<Id>) -> bool {
    matches!(batch.head, HeadChange::Flow(_))
        && batch.rules.is_none()
        && batch.days.is_empty()
        && batch.accounts.iter().all(|row| needs.members.contains(&row.id) || traders.contains(&row.id))
}

/// The rows that the events changed, as they are now.
fn batch(
    book: &Book,
    before: &Head,
    days: Vec<ClosedDay>,
    first: Place,
    journal: Vec<JournalEntry>,
    changed: ChangedRows,
    answers: Vec<NewAnswer>,
) -> Batch {
    fn rows<'a, V: Clone + 'a>(changed: BTreeMap<Id, bool>, now: impl Fn(&Id) -> Option<&'a V>) -> Vec<RowChange<V>> {
        let row = |(id, new): (Id, bool)| now(&id).map(|value| RowChange { value: value.clone(), id: id.clone(), new });
        changed.into_iter().filter_map(row).collect()
    }
    let owned = |RowChange { id, value, new }: RowChange<Trade>| {
        let owner = book.offer(&value.offer)?.owner.clone();
        Some(RowChange { id, value: (value, owner), new })
    };
    let rules = changed.rules.then(|| book.rules().clone());
    // The head names the rules in force, so new rules change the head even if no number changes.
    let flow = book.head().flow_since(before).filter(|_| rules.is_none());
    Batch {
        first,
        journal,
        accounts: rows(changed.accounts, |id| book.account(id.as_str())),
        orders: rows(changed.orders, |id| book.order(id)),
        offers: rows(changed.offers, |id| book.offer(id)),
        trades: rows(changed.trades, |id| book.trade(id)).into_iter().filter_map(owned).collect(),
        purchases: rows(changed.purchases, |id| book.purchase(id)),
        redemptions: rows(changed.redemptions, |id| book.redemption(id)),
        days,
        rules,
        head: flow.map_or(HeadChange::Whole(*book.head()), HeadChange::Flow),
        answers,
        open: OpenCounts::default(),
        reports: ReportChanges::default(),
        network: Vec::new(),
        goods: GoodsChanges::default(),
        announced: None,
    }
}
