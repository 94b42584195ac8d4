//! What a day brought (日报): for each thing that an operator asks about in the evening, a sum.
//!
//! The sums follow from the events of the day, one after the other. They are not part of the book. A server
//! stores them beside its journal, and a replay of the journal gives the same sums.

use serde::{Deserialize, Serialize};

use crate::book::Book;
use crate::economy::Sale;
use crate::event::{Code, Event, Refusal};
use crate::identity::Id;
use crate::quantity::{Money, OutOfRange, Points};
use crate::receipt::Receipt;

/// The sums of one day, or of several. Money is in yuan with 2 places, points have 8. Each sum counts what happened on the day, so
/// what is taken back later counts on the later day. A sum that grows beyond what fits stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayReport {
    /// Members who were registered.
    pub registered: u64,
    /// Members whose first pack took effect.
    pub activated: u64,
    /// Shops that were opened.
    pub shops_opened: u64,
    /// Shops that were closed.
    pub shops_closed: u64,
    /// Orders that were placed.
    pub orders: u64,
    /// Orders that were refused because the shop had too few points.
    pub orders_short: u64,
    /// What the customers of these orders paid.
    pub amount: Money,
    /// The concessions of these orders.
    pub concession: Money,
    /// Concessions that refunds took back, whenever the orders were placed.
    pub refunded: Money,
    /// The points that shops paid for these orders.
    pub order_points: Points,
    /// Points that members redeemed for goods.
    pub redeemed: Points,
    /// Points of redemptions that were cancelled, whenever they were made.
    pub redemptions_cancelled: Points,
    /// Points of trades that were confirmed.
    pub traded: Points,
    /// What was paid for these points.
    pub traded_money: Money,
    /// Income from packs of members. Like all packs: counted when a pack is bought, whenever it takes effect.
    pub member_packs: Money,
    /// Income from packs of merchants.
    pub merchant_packs: Money,
    /// Income from packs of area partners.
    pub area_packs: Money,
    /// What was paid back for packs, whenever they were bought.
    pub packs_refunded: Money,
    /// Points that the treasury gave.
    pub granted: Points,
    /// Their worth at the price of the moment. Where the treasury sells its points, this is the income from it.
    pub granted_worth: Money,
    /// Points that the treasury took back.
    pub reclaimed: Points,
}

/// What an event is about to change, as far as the receipt does not say it.
#[derive(Debug, Default)]
pub struct Before {
    sale: Option<(Sale, Money)>,
    /// The concession that is left of the order to be refunded.
    left: Option<Money>,
    /// Members who may be activated by the event.
    inactive: Vec<Id>,
    worth: Money,
}

impl Before {
    /// Looks at the book just before an event is applied.
    #[must_use]
    pub fn of(event: &Event, book: &Book) -> Self {
        let is_inactive = |id: &&Id| book.account(id.as_str()).is_some_and(|account| !account.activated);
        match event {
            Event::PackPurchased { member, pack, .. } => {
                let pack = book.rules().pack_named(pack.as_str());
                let sale = pack.map(|pack| (Sale::of(pack), pack.price));
                Self {
                    sale,
                    inactive: Some(member).filter(is_inactive).cloned().into_iter().collect(),
                    ..Self::default()
                }
            }
            Event::PackRefunded { purchase } => {
                let purchase = book.purchase(purchase);
                let sale = purchase.map(|purchase| (Sale::of(&purchase.pack()), purchase.price));
                Self { sale, ..Self::default() }
            }
            Event::OrderRefunded { order, .. } => {
                Self { left: book.order(order).map(|order| order.left), ..Self::default() }
            }
            Event::TreasuryGranted { points, .. } => {
                Self { worth: points.worth_floor(book.head().price).unwrap_or_default(), ..Self::default() }
            }
            Event::DayClosing { .. } | Event::DayClosed { .. } => {
                let mut inactive: Vec<_> = book.waiting_buyers().filter(is_inactive).cloned().collect();
                inactive.sort_unstable();
                inactive.dedup();
                Self { inactive, ..Self::default() }
            }
            _ => Self::default(),
        }
    }
}

impl Before {
    /// The members whom the event activated.
    pub fn activated<'a>(&'a self, after: &'a Book) -> impl Iterator<Item = &'a Id> {
        let is_active = |id: &&Id| after.account(id.as_str()).is_some_and(|account| account.activated);
        self.inactive.iter().filter(is_active)
    }
}

impl DayReport {
    /// Adds an event with what was seen before it, its outcome, and the book just after it.
    pub fn add(&mut self, event: &Event, before: &Before, outcome: Result<&Receipt, &Refusal>, after: &Book) {
        let receipt = match outcome {
            Ok(receipt) => receipt,
            Err(refusal) => {
                let is_short = matches!(event, Event::OrderPlaced(_)) && refusal.code == Code::MerchantPointsShort;
                self.orders_short += u64::from(is_short);
                return;
            }
        };
        self.activated += u64::try_from(before.activated(after).count()).unwrap_or_default();
        match event {
            Event::MemberRegistered { .. } => self.registered += 1,
            Event::MerchantOpened { .. } => self.shops_opened += 1,
            Event::MerchantClosed { .. } => self.shops_closed += 1,
            Event::OrderPlaced(order) => {
                self.orders += 1;
                money(&mut self.amount, order.amount);
                money(&mut self.concession, order.concession);
                points(&mut self.order_points, receipt.order.as_ref().map_or(Points::ZERO, |quote| quote.points));
            }
            Event::OrderRefunded { order, .. } => {
                let left = after.order(order).map_or(Money::default(), |order| order.left);
                money(&mut self.refunded, before.left.unwrap_or_default().minus(left).unwrap_or_default());
            }
            Event::PointsRedeemed { points: redeemed, .. } => points(&mut self.redeemed, *redeemed),
            Event::RedemptionCancelled { redemption } => {
                let cancelled = after.redemption(redemption).map_or(Points::ZERO, |redemption| redemption.points);
                points(&mut self.redemptions_cancelled, cancelled);
            }
            Event::TradeConfirmed { trade } => {
                let Some(trade) = after.trade(trade) else { return };
                let Some(offer) = after.offer(&trade.offer) else { return };
                points(&mut self.traded, trade.points);
                money(&mut self.traded_money, trade.points.worth_floor(offer.unit_price).unwrap_or_default());
            }
            Event::PackPurchased { .. } => {
                let Some((sale, price)) = before.sale else { return };
                money(self.packs_of(sale), price);
            }
            Event::PackRefunded { .. } => {
                money(&mut self.packs_refunded, before.sale.map_or(Money::default(), |(_, price)| price));
            }
            Event::TreasuryGranted { points: granted, .. } => {
                points(&mut self.granted, *granted);
                money(&mut self.granted_worth, before.worth);
            }
            Event::TreasuryReclaimed { points: reclaimed, .. } => points(&mut self.reclaimed, *reclaimed),
            _ => {}
        }
    }

    fn packs_of(&mut self, sale: Sale) -> &mut Money {
        match sale {
            Sale::MerchantPack => &mut self.merchant_packs,
            Sale::AreaPack => &mut self.area_packs,
            _ => &mut self.member_packs,
        }
    }

    /// Adds the sums of another day, or of another part of this one.
    pub fn merge(&mut self, other: &Self) {
        self.registered += other.registered;
        self.activated += other.activated;
        self.shops_opened += other.shops_opened;
        self.shops_closed += other.shops_closed;
        self.orders += other.orders;
        self.orders_short += other.orders_short;
        money(&mut self.amount, other.amount);
        money(&mut self.concession, other.concession);
        money(&mut self.refunded, other.refunded);
        points(&mut self.order_points, other.order_points);
        points(&mut self.redeemed, other.redeemed);
        points(&mut self.redemptions_cancelled, other.redemptions_cancelled);
        points(&mut self.traded, other.traded);
        money(&mut self.traded_money, other.traded_money);
        money(&mut self.member_packs, other.member_packs);
        money(&mut self.merchant_packs, other.merchant_packs);
        money(&mut self.area_packs, other.area_packs);
        money(&mut self.packs_refunded, other.packs_refunded);
        points(&mut self.granted, other.granted);
        money(&mut self.granted_worth, other.granted_worth);
        points(&mut self.reclaimed, other.reclaimed);
    }

    /// Income from joining: all packs, less what was paid back for them. Never below 0.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn joining(&self) -> Result<Money, OutOfRange> {
        let packs = self.member_packs.plus(self.merchant_packs)?.plus(self.area_packs)?;
        Ok(packs.minus(self.packs_refunded).unwrap_or_default())
    }
}

fn money(sum: &mut Money, more: Money) {
    *sum = sum.plus(more).unwrap_or(*sum);
}

fn points(sum: &mut Points, more: Points) {
    *sum = sum.plus(more).unwrap_or(*sum);
}
