//! Who dealt with whom, and what the platform earned, summed event by event. A review needs these sums and a book does not store
//! them.

use std::collections::{BTreeMap, BTreeSet};

use crate::book::Book;
use crate::economy::{Income, Sale, Takings};
use crate::event::Event;
use crate::identity::Id;
use crate::market::Side;
use crate::quantity::{Money, OutOfRange, Points, Price};

/// The dealings of members with each other and with the platform.
#[derive(Clone, Debug, Default)]
pub struct Dealings {
    takings: Takings,
    /// Cents paid for packs, by member.
    pub(super) paid: BTreeMap<Id, i128>,
    /// Concessions between a buyer and a shop, in cents.
    pub(super) bought: BTreeMap<(Id, Id), i128>,
    /// Giver and receiver of points that moved outside orders.
    pub(super) moved: BTreeSet<(Id, Id)>,
    /// Owner, side and price of every offer, to know who traded with whom.
    offers: BTreeMap<Id, (Id, Side, Price)>,
    /// Seller, buyer and money in 10^-16 yuan.
    trades: BTreeMap<Id, (Id, Id, i128)>,
    /// Money got for points, by member, in 10^-16 yuan.
    cash: BTreeMap<Id, i128>,
    pub(super) turnover: i128,
}

/// The platform's income from one event: for what, in cents, and the paying member of a pack. Negative if the platform pays back.
#[derive(Clone, Debug, Default)]
pub struct IncomeEntry {
    income: Option<(Sale, i128)>,
    payer: Option<Id>,
}

impl Dealings {
    /// The platform's income from an event. Call it just before the event is applied: it depends on the rules and the price
    /// of that moment.
    #[must_use]
    pub fn income_of(&self, event: &Event, before: &Book) -> IncomeEntry {
        let points_worth = |points: &Points| points.worth_floor(before.head().price).map_or(0, Money::raw);
        match event {
            Event::PackPurchased { member, pack, .. } => {
                let pack = before.rules().pack_named(pack.as_str());
                let income = pack.map(|pack| (Sale::of(pack), pack.price.raw()));
                IncomeEntry { income, payer: Some(member.clone()) }
            }
            Event::PackRefunded { purchase } => {
                let Some(purchase) = before.purchase(purchase) else { return IncomeEntry::default() };
                let income = Some((Sale::of(&purchase.pack()), -purchase.price.raw()));
                IncomeEntry { income, payer: Some(purchase.member.clone()) }
            }
            // The journal does not say what the points are for, so points for deposits count as points for orders.
            Event::TreasuryGranted { points, .. } => {
                IncomeEntry { income: Some((Sale::OrderPoints, points_worth(points))), payer: None }
            }
            Event::TreasuryReclaimed { points, .. } => {
                IncomeEntry { income: Some((Sale::OrderPoints, -points_worth(points))), payer: None }
            }
            _ => IncomeEntry::default(),
        }
    }

    /// Adds an event that was accepted, with its income from [`Dealings::income_of`].
    pub fn record(&mut self, event: &Event, IncomeEntry { income, payer }: IncomeEntry) {
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

    /// Money that a member received for points, in 10^-16 yuan.
    #[must_use]
    pub fn cash(&self, member: &Id) -> i128 {
        self.cash.get(member).copied().unwrap_or(0)
    }

    /// The platform's income so far. Points sold for deposits are included in the points, because the journal does
    /// not distinguish them.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit.
    pub fn income(&self) -> Result<Income, OutOfRange> {
        self.takings.income()
    }
}
