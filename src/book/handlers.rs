//! One short handler per event: the checks in the order of the table in RULES.md section 4, then the effect.
//!
//! The longer ones are never inlined: a browser translates a function when it is called first, all of it, and a page that
//! shows one order needs few of them.

use std::sync::Arc;

use super::Account;
use super::draft::Draft;
use crate::event::{Code, Event, OrderPlaced, Refusal};
use crate::identity::{Id, Region};
use crate::market::{Offer, Side, Trade, TradeState};
use crate::order::{self, Order, OrderReward, OrderState, Parties as _, Terms};
use crate::quantity::{Points, Price, ShareValue};
use crate::receipt::{Amount, OrderQuote, Party, Reason, Rule};
use crate::ruleset::{Channel, Redemption};
use crate::tree::Tree;

/// Refuses with a code at a field unless the condition holds.
fn require(condition: bool, code: Code, field: &'static str) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err(Refusal::new(code, field)) }
}

impl Draft<'_> {
    /// One event: one arm.
    pub(super) fn handle(&mut self, event: &Event) -> Result<(), Refusal> {
        match event {
            Event::MemberRegistered { member, referrer } => self.register(member, referrer.as_ref()),
            Event::PackPurchased { member, pack } => self.buy_pack(member, pack),
            Event::MerchantOpened { member, region } => self.open_shop(member, *region),
            Event::RoleAssigned { member, role } => self.assign_role(member, role),
            Event::PartnerAppointed { member, city } => self.appoint_partner(member, *city),
            Event::TreasuryGranted { member, points } => self.grant_from_treasury(member, *points),
            Event::PriceSet { price } => self.set_price(*price),
            Event::OrderPlaced(order) => self.place_order(order),
            Event::OrderRefunded { order } => self.refund(order),
            Event::PointsTransferred { from, to, points } => self.transfer(from, to, *points),
            Event::PointsRedeemed { member, points, item: _ } => self.redeem(member, *points),
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
            Event::DayClosed { day } => self.close_day(*day),
        }
    }

    fn register(&mut self, member: &Id, referrer: Option<&Id>) -> Result<(), Refusal> {
        require(self.account(member).is_none(), Code::MemberExists, "member")?;
        if let Some(referrer) = referrer {
            self.member(referrer, "referrer")?;
        }
        let release = &self.changes.head.release;
        let mut account = Account { referrer: referrer.cloned(), ..Account::default() };
        account.holding.acc = release.acc;
        account.holding.era = release.era;
        self.changes.accounts.insert(member.clone(), account);
        let gift = self.changes.rules.signup_member;
        self.give(member, gift, Rule::SignUp, Reason::SignUpGift {})?;
        Ok(())
    }

    fn buy_pack(&mut self, member: &Id, name: &Id) -> Result<(), Refusal> {
        let activated = self.member(member, "member")?.activated;
        let rules = Arc::clone(&self.changes.rules);
        let pack = rules.pack_named(name.as_str()).ok_or_else(|| Refusal::new(Code::UnknownPack, "pack"))?;
        if !activated {
            self.activate(member, rules.signup_referrer)?;
        }
        let value = pack.price.share_value_floor(pack.share_value_rate)?;
        self.give(member, value, Rule::Pack, Reason::Pack { rate: pack.share_value_rate, price: pack.price })?;
        let today = self.changes.head.day;
        let account = self.account_mut(member)?;
        account.merchant_pack |= pack.merchant;
        if pack.area_partner {
            account.area_pack = Some(today);
        }
        Ok(())
    }

    fn activate(&mut self, member: &Id, for_referrer: ShareValue) -> Result<(), Refusal> {
        let account = self.account_mut(member)?;
        let locked = std::mem::take(&mut account.locked);
        account.activated = true;
        let referrer = account.referrer.clone();
        if !locked.is_zero() {
            let why = Reason::Activation {};
            self.post(
                Party::Member(member.clone()),
                Party::Issuance,
                Amount::Locked(locked),
                Rule::Activation,
                why.clone(),
            );
            self.give(member, locked, Rule::Activation, why)?;
        }
        if let Some(referrer) = referrer {
            let why = Reason::ReferredActivation { member: member.clone() };
            self.give(&referrer, for_referrer, Rule::SignUpReferrer, why)?;
        }
        Ok(())
    }

    fn open_shop(&mut self, member: &Id, region: Region) -> Result<(), Refusal> {
        let account = self.member(member, "member")?;
        require(account.merchant_pack, Code::MerchantPackRequired, "member")?;
        require(account.shop.is_none(), Code::MerchantExists, "member")?;
        let deposit = self.changes.rules.merchant_deposit.points_ceil(self.changes.head.price)?;
        require(self.settle(member)? >= deposit, Code::DepositShort, "member")?;
        self.account_mut(member)?.shop = Some(region);
        Ok(())
    }

    fn assign_role(&mut self, member: &Id, role: &Id) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(self.changes.rules.role_named(role.as_str()).is_some(), Code::UnknownRole, "role")?;
        self.account_mut(member)?.role = Some(role.clone());
        Ok(())
    }

    fn appoint_partner(&mut self, member: &Id, city: Region) -> Result<(), Refusal> {
        let account = self.member(member, "member")?;
        require(account.area_pack.is_some(), Code::PartnerPackRequired, "member")?;
        require(account.city.is_none(), Code::PartnerExists, "member")?;
        require(self.eligible_partner(city).is_none(), Code::RegionTaken, "region")?;
        if let Some(replaced) = self.book.partners.get(&city) {
            self.account_mut(replaced)?.city = None;
        }
        self.account_mut(member)?.city = Some(city);
        self.changes.partners.insert(city, member.clone());
        Ok(())
    }

    fn grant_from_treasury(&mut self, member: &Id, points: Points) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(points <= self.changes.head.supply.treasury, Code::TreasuryShort, "points")?;
        let why = Reason::Grant {};
        self.pay(Party::Treasury, Party::Member(member.clone()), points, Rule::Treasury, why)
    }

    fn set_price(&mut self, price: Price) -> Result<(), Refusal> {
        require(price.is_positive(), Code::BadPrice, "price")?;
        self.changes.head.price = price;
        Ok(())
    }

    #[inline(never)]
    fn place_order(&mut self, placed: &OrderPlaced) -> Result<(), Refusal> {
        let OrderPlaced { order: id, buyer, merchant, channel, amount, concession, region } = placed;
        self.member(buyer, "buyer")?;
        let shop = self.member(merchant, "merchant")?.shop;
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
        let rewards = order::rewards(&terms, &rules, self)?;

        let why = Reason::AtPrice { concession: *concession, price };
        self.pay(Party::Member(merchant.clone()), Party::Escrow, points, Rule::Concession, why)?;
        let head = &mut self.changes.head;
        let days = rules.vesting_days(*channel);
        let order = Order {
            merchant: merchant.clone(),
            concession: *concession,
            points,
            sequence: head.order_count,
            due: head.day.plus(days),
            state: OrderState::Pending,
            rewards: rewards.iter().map(|reward| OrderReward { reward: reward.clone(), grant: None }).collect(),
        };
        head.order_count += 1;
        self.quote = Some(OrderQuote { order: id.clone(), points, due: order.due, rewards });
        self.changes.orders.insert(id.clone(), order);
        if days == 0 { self.vest(id) } else { Ok(()) }
    }

    /// Gives an order's rewards; what nobody gets is burned (RULES.md section 6, Vesting).
    #[inline(never)]
    pub(super) fn vest(&mut self, id: &Id) -> Result<(), Refusal> {
        let today = self.changes.head.day;
        let mut order = self.order_mut(id)?.clone();
        for OrderReward { reward, grant } in &mut order.rewards {
            let rule = Rule::Reward(reward.kind);
            *grant = self.give(&reward.member, reward.share_value, rule, reward.why.clone())?;
            self.pay(Party::Escrow, Party::Member(reward.member.clone()), reward.points, rule, reward.why.clone())?;
        }
        let burned = order.burned()?;
        let why = Reason::Rest { points: order.points, rewards: order.points.minus(burned)? };
        self.pay(Party::Escrow, Party::Burned, burned, Rule::Burn, why)?;
        self.changes.head.turnover = self.changes.head.turnover.plus(order.concession)?;
        order.state = OrderState::Vested(today);
        *self.order_mut(id)? = order;
        Ok(())
    }

    #[inline(never)]
    fn refund(&mut self, id: &Id) -> Result<(), Refusal> {
        let order = self.order(id).ok_or_else(|| Refusal::new(Code::UnknownOrder, "order"))?.clone();
        let missing = match order.state {
            OrderState::Refunded => return Err(Refusal::new(Code::OrderRefunded, "order")),
            OrderState::Pending => {
                let why = Reason::RefundBeforeVesting { order: id.clone() };
                self.pay(Party::Escrow, Party::Member(order.merchant.clone()), order.points, Rule::Refund, why)?;
                Points::ZERO
            }
            OrderState::Vested(day) => self.refund_vested(id, &order, day == self.changes.head.day)?,
        };
        self.unrecovered = Some(missing);
        self.order_mut(id)?.state = OrderState::Refunded;
        Ok(())
    }

    /// Takes back what the receivers still have; answers with what they do not have any more.
    fn refund_vested(&mut self, id: &Id, order: &Order, vested_today: bool) -> Result<Points, Refusal> {
        let why = || Reason::Refund { order: id.clone() };
        let (mut all_earned, mut owed, mut back) = (Points::ZERO, Points::ZERO, Points::ZERO);
        for OrderReward { reward, grant } in &order.rewards {
            let member = &reward.member;
            let points = self.settle(member)?;
            let mut due = reward.points;
            if let Some(grant) = grant {
                let mut release = self.changes.head.release;
                let earned = release.earned(grant, &self.book.ended)?;
                let ended = &self.book.ended;
                let units = release.take_back(&mut self.account_mut(member)?.holding, grant, ended)?;
                self.changes.head.release = release;
                let value = Amount::ShareValue(units.share_value_floor(release.nav)?);
                self.post(Party::Member(member.clone()), Party::Issuance, value, Rule::Refund, why());
                all_earned = all_earned.plus(earned)?;
                due = due.plus(earned)?;
            }
            let taken = due.min(points);
            self.pay(Party::Member(member.clone()), Party::Escrow, taken, Rule::Refund, why())?;
            owed = owed.plus(due)?;
            back = back.plus(taken)?;
        }
        let missing = owed.minus(back)?;
        if vested_today {
            let burned = order.burned()?;
            self.pay(Party::Burned, Party::Escrow, burned, Rule::Refund, why())?;
            back = back.plus(burned)?;
            self.changes.head.turnover = self.changes.head.turnover.minus(order.concession)?;
        }
        // Earned points leave the supply and are released again; what the merchant had paid goes back to it.
        let again = all_earned.min(back);
        self.pay(Party::Escrow, Party::Issuance, again, Rule::Refund, why())?;
        self.changes.head.release.returned = self.changes.head.release.returned.plus(again)?;
        self.pay(Party::Escrow, Party::Member(order.merchant.clone()), back.minus(again)?, Rule::Refund, why())?;
        Ok(missing)
    }

    #[inline(never)]
    fn transfer(&mut self, from: &Id, to: &Id, points: Points) -> Result<(), Refusal> {
        self.member(from, "from")?;
        self.member(to, "to")?;
        require(from != to, Code::SameMember, "to")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(self.settle(from)? >= points, Code::PointsShort, "points")?;
        let why = Reason::Transfer {};
        self.pay(Party::Member(from.clone()), Party::Member(to.clone()), points, Rule::Transfer, why)
    }

    #[inline(never)]
    fn redeem(&mut self, member: &Id, points: Points) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(self.settle(member)? >= points, Code::PointsShort, "points")?;
        let to = match self.changes.rules.redemption {
            Redemption::Burn => Party::Burned,
            Redemption::Treasury => Party::Treasury,
        };
        self.pay(Party::Member(member.clone()), to, points, Rule::Redemption, Reason::Redemption {})
    }

    fn price_is_in_band(&self, unit_price: Price) -> Result<(), Refusal> {
        let inside = self.changes.head.price.band_holds(self.changes.rules.market_price_band, unit_price)?;
        require(inside, Code::PriceOutsideBand, "unit_price")
    }

    #[inline(never)]
    fn place_offer(&mut self, id: &Id, offer: Offer) -> Result<(), Refusal> {
        self.member(&offer.owner, "member")?;
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
        self.member(taker, "member")?;
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

    /// Moves a trade on; answers with it as it was and its offer.
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
        let money = trade.points.worth_exact(offer.unit_price)?;
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
