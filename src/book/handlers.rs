//! Handlers of orders, transfers, redemptions, offers, trades and rules. A handler checks in the order of the table in RULES.md
//! section 4, then moves amounts. Handlers of members are in `book/standing.rs`, refunds in `book/refund.rs`.
//!
//! The longer handlers are never inlined. A browser compiles a whole function when it is first called, and a page that
//! previews one order calls few of them.

use std::sync::Arc;

use super::draft::{Draft, require};
use crate::event::{Code, Event, OrderPlaced, Refusal};
use crate::identity::Id;
use crate::market::{Offer, Side, Trade, TradeState};
use crate::order::{self, Order, OrderRewards, OrderState, Terms};
use crate::purchase::RedemptionRecord;
use crate::quantity::{Money, Points, Price};
use crate::receipt::{OrderQuote, Party, Reason, Reward, Rule};
use crate::ruleset::{Channel, Redemption};
use crate::tree::Tree;

/// The party that gets redeemed points.
const fn redeemed_to(to: Redemption) -> Party {
    match to {
        Redemption::Burn => Party::Burned,
        Redemption::Treasury => Party::Treasury,
    }
}

/// The reason of a reward. If a part of the order was refunded, it names the part that is left.
fn reason_left(order: &Order, reward: &Reward) -> Reason {
    let &Order { left, concession, .. } = order;
    if left == concession {
        reward.why.clone()
    } else if reward.points.is_positive() {
        Reason::PointsLeft { points: reward.points, left, concession }
    } else {
        Reason::ShareValueLeft { share_value: reward.share_value, left, concession }
    }
}

impl Draft<'_> {
    /// One event: one arm.
    pub(super) fn handle(&mut self, event: &Event) -> Result<(), Refusal> {
        match event {
            Event::MemberRegistered { member, referrer } => self.register(member, referrer.as_ref()),
            Event::PackPurchased { member, pack, terms } => self.buy_pack(member, pack, terms.as_ref()),
            Event::PackRefunded { purchase } => self.refund_pack(purchase),
            Event::MerchantOpened { member, region } => self.open_shop(member, *region),
            Event::MerchantClosed { member } => self.close_shop(member),
            Event::MemberFrozen { member } => self.freeze(member),
            Event::MemberUnfrozen { member } => self.unfreeze(member),
            Event::RoleAssigned { member, role } => self.assign_role(member, role),
            Event::RoleWithdrawn { member } => self.withdraw_role(member),
            Event::PartnerAppointed { member, region } => self.appoint_partner(member, *region),
            Event::PartnerWithdrawn { member } => self.withdraw_city(member),
            Event::TreasuryGranted { member, points } => self.grant_from_treasury(member, *points),
            Event::TreasuryReclaimed { member, points } => self.reclaim_to_treasury(member, *points),
            Event::BalanceOpened { member, share_value, points } => self.open_balance(member, *share_value, *points),
            Event::PriceSet { price } => self.set_price(*price),
            Event::OrderPlaced(order) => self.place_order(order),
            Event::OrderRefunded { order, concession } => self.refund(order, *concession),
            Event::PointsTransferred { from, to, points } => self.transfer(from, to, *points),
            Event::PointsRedeemed { member, points, item: _, redemption } => {
                self.redeem(member, *points, redemption.as_ref())
            }
            Event::RedemptionCancelled { redemption } => self.cancel_redemption(redemption),
            Event::OfferPlaced { offer, member, side, points, unit_price } => self.place_offer(
                offer,
                Offer { owner: member.clone(), side: *side, remaining: *points, unit_price: *unit_price, open: true },
            ),
            Event::OfferTaken { offer, trade, member, points } => self.take_offer(offer, trade, member, *points),
            Event::TradePaid { trade } => self.pay_trade(trade),
            Event::TradeConfirmed { trade } => self.confirm_trade(trade),
            Event::TradeCancelled { trade } => self.cancel_trade(trade),
            Event::OfferCancelled { offer } => self.cancel_offer(offer),
            Event::RulesAdopted { rules } => self.adopt(rules),
            Event::DayClosing { day, most } => self.close_part(*day, *most),
            Event::DayClosed { day } => self.close_day(*day),
        }
    }

    fn set_price(&mut self, price: Price) -> Result<(), Refusal> {
        require(price.is_positive(), Code::BadPrice, "price")?;
        self.changes.head.price = price;
        Ok(())
    }

    #[inline(never)]
    fn place_order(&mut self, placed: &OrderPlaced) -> Result<(), Refusal> {
        let OrderPlaced { order: id, buyer, merchant, channel, amount, concession, region } = placed;
        let buyer_frozen = self.member(buyer, "buyer")?.frozen;
        let seller = self.member(merchant, "merchant")?;
        require(!buyer_frozen, Code::MemberFrozen, "buyer")?;
        require(!seller.frozen, Code::MemberFrozen, "merchant")?;
        let shop = seller.shop;
        require(self.order(id).is_none(), Code::OrderExists, "order")?;
        require(buyer != merchant, Code::SelfDealing, "merchant")?;
        let shop = shop.ok_or_else(|| Refusal::new(Code::NotAMerchant, "merchant"))?;
        require(amount.is_positive(), Code::BadAmount, "amount")?;
        require(concession.is_positive() && concession <= amount, Code::BadConcession, "concession")?;
        let price = self.changes.head.price;
        let points = concession.points_ceil(price)?;
        require(self.settle(merchant)? >= points, Code::MerchantPointsShort, "merchant")?;

        let rules = Arc::clone(&self.changes.rules);
        let area = match channel {
            Channel::Online => *region,
            Channel::Offline => shop,
        };
        let terms = Terms { buyer, merchant, channel: *channel, concession: *concession, points, city: area.city() };
        let rewards: Arc<[_]> = order::rewards(&terms, &rules, self)?.into();

        let why = Reason::AtPrice { concession: *concession, price };
        self.pay(Party::Member(merchant.clone()), Party::Escrow, points, Rule::Concession, why)?;
        let head = &mut self.changes.head;
        let days = rules.vesting_days(*channel);
        let order = Order {
            buyer: buyer.clone(),
            merchant: merchant.clone(),
            day: head.day,
            amount: *amount,
            concession: *concession,
            points,
            sequence: head.order_count,
            due: head.day.plus(days),
            state: OrderState::Pending,
            left: *concession,
            left_at_vesting: Money::default(),
            burned_back: Points::ZERO,
            rewards: OrderRewards { grants: vec![None; rewards.len()], rewards: Arc::clone(&rewards) },
        };
        head.order_count += 1;
        self.quote = Some(OrderQuote { order: id.clone(), points, due: order.due, rewards });
        self.changes.orders.insert(id.clone(), order);
        if days == 0 { self.vest(id) } else { Ok(()) }
    }

    /// Gives an order's rewards and burns the points that no reward takes (RULES.md section 6, Vesting).
    #[inline(never)]
    pub(super) fn vest(&mut self, id: &Id) -> Result<(), Refusal> {
        let today = self.changes.head.day;
        let order = self.order_mut(id)?.clone();
        let left = order.left;
        let (points, burned) = (order.points_left(left)?, order.burned(left)?);
        let mut grants = Vec::with_capacity(order.rewards.grants.len());
        for reward in &*order.rewards.rewards {
            let rule = Rule::Reward(reward.kind);
            let (value, paid) = (order.reward_value_left(reward, left)?, order.reward_points_left(reward, left)?);
            grants.push(self.give(&reward.member, value, rule, reason_left(&order, reward))?);
            self.pay(Party::Escrow, Party::Member(reward.member.clone()), paid, rule, reason_left(&order, reward))?;
        }
        let why = Reason::Rest { points, rewards: points.minus(burned)? };
        self.pay(Party::Escrow, Party::Burned, burned, Rule::Burn, why)?;
        self.changes.head.turnover = self.changes.head.turnover.plus(left)?;
        let order = self.order_mut(id)?;
        order.rewards.grants = grants;
        order.left_at_vesting = left;
        order.state = OrderState::Vested(today);
        Ok(())
    }

    #[inline(never)]
    fn transfer(&mut self, from: &Id, to: &Id, points: Points) -> Result<(), Refusal> {
        self.member(from, "from")?;
        self.member(to, "to")?;
        self.active_member(from, "from")?;
        self.active_member(to, "to")?;
        require(from != to, Code::SameMember, "to")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(self.settle(from)? >= points, Code::PointsShort, "points")?;
        let why = Reason::Transfer {};
        self.pay(Party::Member(from.clone()), Party::Member(to.clone()), points, Rule::Transfer, why)
    }

    #[inline(never)]
    fn redeem(&mut self, member: &Id, points: Points, id: Option<&Id>) -> Result<(), Refusal> {
        self.active_member(member, "member")?;
        require(id.is_none_or(|id| self.redemption(id).is_none()), Code::RedemptionExists, "redemption")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(self.settle(member)? >= points, Code::PointsShort, "points")?;
        let to = self.changes.rules.redemption;
        if let Some(id) = id {
            let record = RedemptionRecord { member: member.clone(), points, to, cancelled: false };
            self.changes.rare().redemptions.insert(id.clone(), record);
        }
        self.pay(Party::Member(member.clone()), redeemed_to(to), points, Rule::Redemption, Reason::Redemption {})
    }

    #[inline(never)]
    fn cancel_redemption(&mut self, id: &Id) -> Result<(), Refusal> {
        let record = self.redemption(id).ok_or_else(|| Refusal::new(Code::UnknownRedemption, "redemption"))?.clone();
        require(!record.cancelled, Code::RedemptionCancelled, "redemption")?;
        let enough = record.to == Redemption::Burn || record.points <= self.changes.head.supply.treasury;
        require(enough, Code::TreasuryShort, "redemption")?;
        self.redemption_mut(id)?.cancelled = true;
        let why = Reason::RedemptionCancelled { redemption: id.clone() };
        self.pay(redeemed_to(record.to), Party::Member(record.member), record.points, Rule::Redemption, why)
    }

    fn price_is_in_band(&self, unit_price: Price) -> Result<(), Refusal> {
        let inside = self.changes.head.price.band_holds(self.changes.rules.market_price_band, unit_price)?;
        require(inside, Code::PriceOutsideBand, "unit_price")
    }

    #[inline(never)]
    fn place_offer(&mut self, id: &Id, offer: Offer) -> Result<(), Refusal> {
        self.active_member(&offer.owner, "member")?;
        require(self.offer(id).is_none(), Code::OfferExists, "offer")?;
        require(offer.remaining.is_positive(), Code::BadAmount, "points")?;
        self.price_is_in_band(offer.unit_price)?;
        if offer.side == Side::Sell {
            require(self.settle(&offer.owner)? >= offer.remaining, Code::PointsShort, "points")?;
            let why = Reason::Offer { offer: id.clone() };
            self.pay(Party::Member(offer.owner.clone()), Party::Escrow, offer.remaining, Rule::Offer, why)?;
        }
        self.changes.offers.insert(id.clone(), offer);
        Ok(())
    }

    #[inline(never)]
    fn take_offer(&mut self, offer_id: &Id, trade_id: &Id, taker: &Id, points: Points) -> Result<(), Refusal> {
        let offer = self.offer(offer_id).ok_or_else(|| Refusal::new(Code::UnknownOffer, "offer"))?.clone();
        self.active_member(taker, "member")?;
        require(!self.account(&offer.owner).is_some_and(|owner| owner.frozen), Code::MemberFrozen, "offer")?;
        require(self.trade(trade_id).is_none(), Code::TradeExists, "trade")?;
        require(offer.open, Code::OfferClosed, "offer")?;
        require(offer.owner != *taker, Code::SelfDealing, "member")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        self.price_is_in_band(offer.unit_price)?;
        require(points <= offer.remaining, Code::OfferShort, "points")?;
        if offer.side == Side::Buy {
            require(self.settle(taker)? >= points, Code::PointsShort, "points")?;
            let why = Reason::Trade { trade: trade_id.clone() };
            self.pay(Party::Member(taker.clone()), Party::Escrow, points, Rule::Trade, why)?;
        }
        self.offer_mut(offer_id)?.remaining = offer.remaining.minus(points)?;
        let head = &mut self.changes.head;
        let trade = Trade {
            offer: offer_id.clone(),
            taker: taker.clone(),
            points,
            day: head.day,
            sequence: head.trade_count,
            state: TradeState::Taken,
        };
        head.trade_count += 1;
        self.changes.trades.insert(trade_id.clone(), trade);
        Ok(())
    }

    /// Moves a trade to its next state. Returns the trade as it was before, and its offer.
    fn advance(&mut self, id: &Id, next: TradeState) -> Result<(Trade, Offer), Refusal> {
        let trade = self.trade(id).ok_or_else(|| Refusal::new(Code::UnknownTrade, "trade"))?.clone();
        require(trade.state.leads_to(next), Code::WrongTradeState, "trade")?;
        let offer = self.offer(&trade.offer).ok_or_else(|| Refusal::new(Code::UnknownOffer, "trade"))?.clone();
        self.trade_mut(id)?.state = next;
        Ok((trade, offer))
    }

    fn pay_trade(&mut self, id: &Id) -> Result<(), Refusal> {
        self.advance(id, TradeState::Paid).map(|_| ())
    }

    #[inline(never)]
    fn confirm_trade(&mut self, id: &Id) -> Result<(), Refusal> {
        let (trade, offer) = self.advance(id, TradeState::Confirmed)?;
        let head = &mut self.changes.head;
        head.traded = head.traded.plus(trade.points)?;
        let unit_price = head.price.held_within(self.changes.rules.market_price_band, offer.unit_price)?;
        let money = trade.points.worth_held(unit_price)?;
        head.traded_money =
            head.traded_money.checked_add(money).ok_or_else(|| Refusal::new(Code::OutOfRange, "trade"))?;
        let why = Reason::Trade { trade: id.clone() };
        self.pay(Party::Escrow, Party::Member(trade.buyer(&offer).clone()), trade.points, Rule::Trade, why)
    }

    #[inline(never)]
    pub(super) fn cancel_trade(&mut self, id: &Id) -> Result<(), Refusal> {
        let (trade, offer) = self.advance(id, TradeState::Cancelled)?;
        if offer.open {
            let offer = self.offer_mut(&trade.offer)?;
            offer.remaining = offer.remaining.plus(trade.points)?;
        }
        if offer.side == Side::Sell && offer.open {
            // The points stay in escrow, for the offer.
            return Ok(());
        }
        let why = Reason::TradeCancelled { trade: id.clone() };
        self.pay(Party::Escrow, Party::Member(trade.seller(&offer).clone()), trade.points, Rule::Trade, why)
    }

    #[inline(never)]
    fn cancel_offer(&mut self, id: &Id) -> Result<(), Refusal> {
        let offer = self.offer(id).ok_or_else(|| Refusal::new(Code::UnknownOffer, "offer"))?.clone();
        require(offer.open, Code::OfferClosed, "offer")?;
        let closed = self.offer_mut(id)?;
        closed.open = false;
        closed.remaining = Points::ZERO;
        if offer.side == Side::Buy {
            return Ok(());
        }
        let why = Reason::OfferCancelled { offer: id.clone() };
        self.pay(Party::Escrow, Party::Member(offer.owner), offer.remaining, Rule::Offer, why)
    }

    #[inline(never)]
    fn adopt(&mut self, changes: &Tree) -> Result<(), Refusal> {
        self.changes.rules = Arc::new(self.changes.rules.adopt(changes)?);
        Ok(())
    }
}
