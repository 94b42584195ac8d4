//! Orders and their refunds, transfers, redemptions, offers and trades.

use num_traits::{Signed, Zero};
use serde_json::{Value, json};

use super::writer::{REGIONS, Writer};
use crate::exact::{Exact, floor, text, tiny, whole};
use crate::state::{Order, TradeStage};

impl Writer {
    pub fn order(&mut self) -> Option<Value> {
        let buyer = self.free_member()?;
        let least = Exact::new_raw(2.into(), 100.into()) / &self.model.price;
        let merchant = self.somebody(|m| !m.frozen && m.shop.is_some() && m.holding.points > least)?;
        let points = self.model.members.get(&merchant)?.holding.points.clone();
        let worth = points * &self.model.price;
        let most = self.share_of(&worth, 25).min(whole(20_000));
        let cent = tiny(2);
        let concession = floor(&most, 2).max(cent.clone());
        let amount = (&concession * whole(10) + cent).min(whole(1_000_000_000_000)).max(concession.clone());
        let order = self.fresh("o");
        let event = json!({
            "type": "order.placed", "order": order, "buyer": buyer, "merchant": merchant,
            "channel": self.dice.pick(&["online", "offline"]), "amount": text(&amount, 2),
            "concession": text(&concession, 2), "region": self.dice.pick(&REGIONS),
        });
        (buyer != merchant).then_some(event)
    }

    /// A refund, whole or of a part, before vesting, on the day of vesting or later.
    pub fn refund(&mut self) -> Option<Value> {
        let today = self.model.today;
        let when = self.dice.below(3);
        let open = self.model.orders.iter().filter(|o| !o.left.is_zero());
        let of = |o: &&Order| match (when, &o.vesting) {
            (0, vesting) => vesting.is_none(),
            (1, vesting) => vesting.as_ref().is_some_and(|v| v.day == today),
            (_, vesting) => vesting.as_ref().is_some_and(|v| v.day < today),
        };
        let open: Vec<&Order> = open.filter(of).collect();
        let order = if open.is_empty() { return None } else { (*self.dice.pick(&open)).clone() };
        Some(self.refund_of(&order))
    }

    /// Another part of the order that was refunded last, or of the latest.
    pub fn further_refund(&mut self) -> Option<Value> {
        let last = self.steps.iter().rev().find_map(|step| {
            let refund = step.event["type"] == "order.refunded";
            refund.then(|| step.event["order"].as_str()).flatten()
        });
        let again = self.model.orders.iter().find(|o| Some(o.id.as_str()) == last && !o.left.is_zero());
        let order = again.or_else(|| self.model.orders.iter().rev().find(|o| !o.left.is_zero()))?.clone();
        Some(self.refund_of(&order))
    }

    fn refund_of(&mut self, order: &Order) -> Value {
        let mut event = json!({"type": "order.refunded", "order": order.id});
        let cents = &order.left * whole(100);
        let part = match self.dice.below(20) {
            0..7 => return event,
            7..9 => order.left.clone(),
            9..11 => tiny(2),
            // All but a cent, where there is more than one.
            11 if cents > whole(1) => &order.left - tiny(2),
            12..14 => &order.left / whole(3),
            _ => self.share_of(&order.left, 80),
        };
        event["concession"] = json!(text(&floor(&part, 2).max(tiny(2)), 2));
        event
    }

    pub fn transfer(&mut self) -> Option<Value> {
        let ((from, points), to) = (self.owner()?, self.free_member()?);
        let points = self.some_of(&points);
        (from != to).then(|| json!({"type": "points.transferred", "from": from, "to": to, "points": points}))
    }

    /// Somebody who got a reward moves all its points away, or all but a few.
    pub fn emptying(&mut self) -> Option<Value> {
        let rewards = self.model.orders.iter().rev().take(6).flat_map(|o| &o.rewards);
        let receivers: Vec<&String> = rewards.map(|r| &r.member).collect();
        let from = if receivers.is_empty() { return None } else { self.dice.pick(&receivers).clone() };
        let (to, from_member) = (self.free_member()?, self.model.members.get(&from)?);
        let (points, frozen) = (floor(&from_member.holding.points, 8), from_member.frozen);
        let kept = if self.dice.chance(50) { tiny(8) } else { self.share_of(&points, 30) };
        let points = points - kept;
        let event = json!({"type": "points.transferred", "from": from, "to": to, "points": text(&points, 8)});
        (from != to && !frozen && points.is_positive()).then_some(event)
    }

    pub fn redemption(&mut self) -> Option<Value> {
        let (member, points) = self.owner()?;
        let mut event = json!({"type": "points.redeemed", "member": member, "points": self.some_of(&points)});
        if self.dice.chance(50) {
            event["item"] = json!("rice-5kg");
        }
        if self.dice.chance(70) {
            event["redemption"] = json!(self.fresh("r"));
        }
        Some(event)
    }

    pub fn redemption_cancelled(&mut self) -> Option<Value> {
        let open = self.model.redemptions.iter().filter(|(_, r)| !r.cancelled);
        let open: Vec<&String> = open.map(|(id, _)| id).collect();
        let id = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
        Some(json!({"type": "redemption.cancelled", "redemption": id}))
    }

    fn unit_price(&mut self) -> String {
        let band = &self.model.rules.price_band;
        let steps = i64::try_from(self.dice.below(21)).unwrap_or_default() - 10;
        let price = &self.model.price * (whole(1) + band * whole(steps) / whole(10));
        let price = if steps < 0 { crate::exact::ceil(&price, 8) } else { floor(&price, 8) };
        text(&price.min(whole(1_000_000_000_000)), 8)
    }

    pub fn offer(&mut self) -> Option<Value> {
        let (owner, points) = self.owner()?;
        let (side, member) = if self.dice.chance(60) { ("sell", owner) } else { ("buy", self.free_member()?) };
        let offer = self.fresh("f");
        Some(json!({
            "type": "offer.placed", "offer": offer, "member": member, "side": side,
            "points": self.some_of(&points), "unit_price": self.unit_price(),
        }))
    }

    pub fn taking(&mut self) -> Option<Value> {
        let open = self.model.offers.iter().filter(|(_, o)| {
            let band = &o.unit_price / &self.model.price - whole(1);
            let frozen = self.model.members.get(&o.member).is_some_and(|m| m.frozen);
            o.open && !frozen && !o.left.is_zero() && band.abs() <= self.model.rules.price_band
        });
        let open: Vec<&String> = open.map(|(id, _)| id).collect();
        let id = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
        let offer = self.model.offers.get(&id)?.clone();
        let (taker, most) = if offer.sells {
            (self.free_member()?, offer.left)
        } else {
            let (taker, points) = self.owner()?;
            (taker, points.min(offer.left))
        };
        let points = if self.dice.chance(30) { text(&floor(&most, 8), 8) } else { self.some_of(&most) };
        let trade = self.fresh("t");
        (taker != offer.member)
            .then(|| json!({"type": "offer.taken", "offer": id, "trade": trade, "member": taker, "points": points}))
    }

    pub fn trade(&mut self) -> Option<Value> {
        let open = |stage| matches!(stage, TradeStage::Taken | TradeStage::Paid);
        let open: Vec<&(String, _)> = self.model.trades.iter().filter(|(_, t)| open(t.stage)).collect();
        let (id, trade) = if open.is_empty() { return None } else { self.dice.pick(&open) };
        let kind = match (self.dice.below(10), trade.stage) {
            (0..4, TradeStage::Taken) => "trade.paid",
            (4..6, _) => "trade.cancelled",
            _ => "trade.confirmed",
        };
        Some(json!({"type": kind, "trade": id}))
    }

    pub fn offer_cancelled(&mut self) -> Option<Value> {
        let open: Vec<&String> = self.model.offers.iter().filter(|(_, o)| o.open).map(|(id, _)| id).collect();
        let offer = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
        Some(json!({"type": "offer.cancelled", "offer": offer}))
    }
}
