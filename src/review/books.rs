//! What running books show: who stands above whom, what the platform lives on, and trades that go in a circle.

use std::collections::{BTreeMap, BTreeSet};

use super::{Finding, Findings, Severity};
use crate::book::Book;
use crate::economy::{Income, Sale, Takings, ratio};
use crate::event::{Event, Refusal};
use crate::identity::Id;
use crate::market::Side;
use crate::quantity::{Money, OutOfRange, Points, Price};
use crate::ruleset::Pack;

/// What a book does not keep and a reviewer asks for: collected event by event.
#[derive(Clone, Debug, Default)]
pub struct Books {
    takings: Takings,
    /// Cents paid for packs, by member.
    paid: BTreeMap<Id, i128>,
    /// Concessions between a buyer and a shop, in cents.
    bought: BTreeMap<(Id, Id), i128>,
    /// Points that went from one member to another outside orders.
    moved: BTreeSet<(Id, Id)>,
    /// Who offers what: to know who traded with whom.
    offers: BTreeMap<Id, (Id, Side, Price)>,
    /// Seller, buyer and money in 10^-16 yuan.
    trades: BTreeMap<Id, (Id, Id, i128)>,
    /// Money got for points, by member, in 10^-16 yuan.
    cash: BTreeMap<Id, i128>,
    turnover: i128,
}

/// What the platform earns by an event: for what, how many cents, and from which member if it is a pack. Below 0 for what goes
/// back.
#[derive(Clone, Debug, Default)]
pub struct Note {
    income: Option<(Sale, i128)>,
    payer: Option<Id>,
}

fn sale_of(pack: &Pack) -> Sale {
    match pack {
        Pack { area_partner: true, .. } => Sale::AreaPack,
        Pack { merchant: true, .. } => Sale::MerchantPack,
        _ => Sale::MemberPack,
    }
}

impl Books {
    /// What an event costs its member, by the rules and the price of the moment: asked just before it is applied.
    #[must_use]
    pub fn note(&self, event: &Event, before: &Book) -> Note {
        let points_worth = |points: &Points| points.worth_floor(before.head().price).map_or(0, Money::raw);
        match event {
            Event::PackPurchased { member, pack, .. } => {
                let pack = before.rules().pack_named(pack.as_str());
                let income = pack.map(|pack| (sale_of(pack), pack.price.raw()));
                Note { income, payer: Some(member.clone()) }
            }
            Event::PackRefunded { purchase } => {
                let Some(purchase) = before.purchase(purchase) else { return Note::default() };
                let income = Some((sale_of(&purchase.pack()), -purchase.price.raw()));
                Note { income, payer: Some(purchase.member.clone()) }
            }
            // The journal does not say for what the points are: deposits are counted with the rest.
            Event::TreasuryGranted { points, .. } => {
                Note { income: Some((Sale::OrderPoints, points_worth(points))), payer: None }
            }
            Event::TreasuryReclaimed { points, .. } => {
                Note { income: Some((Sale::OrderPoints, -points_worth(points))), payer: None }
            }
            _ => Note::default(),
        }
    }

    /// Takes an event that was accepted, with what was noted just before it.
    pub fn observe(&mut self, event: &Event, Note { income, payer }: Note) {
        if let Some((sale, cents)) = income {
            self.takings.add(sale, cents);
            if let Some(payer) = payer {
                *self.paid.entry(payer).or_default() += cents;
            }
        }
        match event {
            Event::OrderPlaced(order) => {
                self.turnover += order.concession.raw();
                let pair = (order.buyer.clone(), order.merchant.clone());
                *self.bought.entry(pair).or_default() += order.concession.raw();
            }
            Event::PointsTransferred { from, to, .. } => {
                self.moved.insert((from.clone(), to.clone()));
            }
            Event::OfferPlaced { offer, member, side, unit_price, .. } => {
                self.offers.insert(offer.clone(), (member.clone(), *side, *unit_price));
            }
            Event::OfferTaken { offer, trade, member, points } => {
                if let Some((owner, side, unit_price)) = self.offers.get(offer) {
                    let money = points.worth(*unit_price).unwrap_or(0);
                    let (seller, buyer) = if *side == Side::Sell { (owner, member) } else { (member, owner) };
                    self.trades.insert(trade.clone(), (seller.clone(), buyer.clone(), money));
                }
            }
            Event::TradeConfirmed { trade } => {
                if let Some((seller, buyer, money)) = self.trades.get(trade) {
                    self.moved.insert((seller.clone(), buyer.clone()));
                    *self.cash.entry(seller.clone()).or_default() += money;
                }
            }
            _ => {}
        }
    }

    /// Money that a member got for points, in 10^-16 yuan.
    #[must_use]
    pub fn cash(&self, member: &Id) -> i128 {
        self.cash.get(member).copied().unwrap_or(0)
    }

    /// The platform's income so far. Deposits are points like any other: the journal does not tell them apart.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn income(&self) -> Result<Income, OutOfRange> {
        self.takings.income()
    }
}

/// A member with everybody below it.
#[derive(Clone, Copy, Debug, Default)]
struct Subtree {
    people: u64,
    levels: u64,
    paid: i128,
}

/// The largest subtree by people, of those with at least three levels: its root and what it is.
fn largest_subtree(book: &Book, books: &Books) -> Option<(Id, Subtree)> {
    let mut below: BTreeMap<&Id, Vec<&Id>> = BTreeMap::new();
    let mut roots = Vec::new();
    for (id, account) in book.accounts() {
        match &account.referrer {
            Some(referrer) => below.entry(referrer).or_default().push(id),
            None => roots.push(id),
        }
    }
    // Parents before children, without recursion: a chain may be as long as the network is large.
    let mut order = roots;
    let mut next = 0;
    while let Some(id) = order.get(next).copied() {
        order.extend(below.get(id).into_iter().flatten());
        next += 1;
    }
    let mut trees: BTreeMap<&Id, Subtree> = BTreeMap::new();
    let mut largest: Option<(&Id, Subtree)> = None;
    for id in order.into_iter().rev() {
        let mut tree = Subtree { people: 1, levels: 1, paid: books.paid.get(id).copied().unwrap_or(0) };
        for child in below.get(id).into_iter().flatten().filter_map(|child| trees.get(child)) {
            tree.people += child.people;
            tree.levels = tree.levels.max(child.levels + 1);
            tree.paid += child.paid;
        }
        trees.insert(id, tree);
        if tree.levels >= 3 && largest.is_none_or(|(_, other)| tree.people > other.people) {
            largest = Some((id, tree));
        }
    }
    largest.map(|(id, tree)| (id.clone(), tree))
}

/// The flags that running books raise.
///
/// # Errors
/// `out_of_range` if a figure does not fit.
pub fn review_books(book: &Book, books: &Books) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Findings::default();
    if let Some((root, tree)) = largest_subtree(book, books).filter(|(_, tree)| tree.people >= 30) {
        let mut evidence = vec![
            Findings::evidence("member", root.to_string()),
            Findings::evidence("people", tree.people.to_string()),
            Findings::evidence("levels", tree.levels.to_string()),
            Findings::evidence("paid", Money::checked_from_raw(tree.paid).ok_or(OutOfRange)?.to_string()),
        ];
        // 立案追诉标准(二) art. 78 and the interpretation of 2013: 120 people or 2.5 million yuan is grave.
        if tree.people >= 120 || tree.paid >= 250_000_000 {
            evidence.push(Findings::evidence("severe", "true".into()));
        }
        findings.raise("SUBTREE", evidence);
    }
    let income = books.income()?;
    if income.joining.raw() > 30_000_000 {
        findings.raise("JOIN_INCOME_SHARE", vec![Findings::evidence("income.joining", income.joining.to_string())]);
    }
    let referrer = |id: &Id| book.account(id.as_str()).and_then(|account| account.referrer.as_ref());
    let mut circles = 0;
    for ((buyer, shop), cents) in &books.bought {
        let tied = referrer(buyer) == Some(shop) || referrer(shop) == Some(buyer);
        if tied && books.moved.contains(&(buyer.clone(), shop.clone())) {
            circles += cents;
        }
    }
    let part = ratio(circles, books.turnover);
    if part.raw() > 1_000_000 {
        findings.raise("WASH_TRADE", vec![Findings::evidence("closed_loops.turnover", part.to_string())]);
    }
    debug_assert!(findings.0.iter().all(|finding| finding.severity >= Severity::High));
    Ok(findings.sorted())
}
