//! Events that must be refused.

use num_traits::Zero;
use serde_json::{Value, json};

use super::dice::Dice;
use super::writer::{CITIES, REGIONS, Writer};
use crate::exact::{ceil, text, tiny, whole};
use crate::state::{PurchaseStage, TradeStage};

impl Writer {
    /// An event that is wrong on purpose, if one of the kind that was drawn is possible now. Now and then such an
    /// event is accepted after all: the member has bought a pack since, or the amount was not too large.
    pub fn wrong(&mut self) -> Option<Value> {
        match self.dice.below(15) {
            0..2 => self.wrong_party(),
            2..4 => self.wrong_order(),
            4..6 => self.wrong_points(),
            6..8 => self.wrong_offer(),
            8 => Some(self.wrong_trade()),
            9 => self.wrong_pack(),
            10 => self.frozen(),
            11..13 => self.muddled(),
            _ => self.wrong_form(),
        }
    }

    fn wrong_party(&mut self) -> Option<Value> {
        let member = self.anybody();
        Some(match self.dice.below(17) {
            0 => json!({"type": "member.registered", "member": member}),
            1 => json!({"type": "member.registered", "member": "new", "referrer": "ghost"}),
            2 => json!({"type": "pack.purchased", "member": "ghost", "pack": "member"}),
            3 => json!({"type": "pack.purchased", "member": member, "pack": "gold"}),
            4 => {
                let member = self.somebody(|m| !m.merchant_pack)?;
                json!({"type": "merchant.opened", "member": member, "region": self.dice.pick(&REGIONS)})
            }
            5 => {
                let member = self.somebody(|m| m.shop.is_some())?;
                json!({"type": "merchant.opened", "member": member, "region": "440106"})
            }
            6 => {
                let member = self.somebody(|m| m.merchant_pack && m.shop.is_none())?;
                json!({"type": "merchant.opened", "member": member, "region": "440106"})
            }
            7 => json!({"type": "role.assigned", "member": member, "role": "king"}),
            8 => {
                let member = self.somebody(|m| m.area_pack.is_none())?;
                json!({"type": "partner.appointed", "member": member, "region": self.dice.pick(&CITIES)})
            }
            9 => {
                let member = self.somebody(|m| m.city.is_some())?;
                json!({"type": "partner.appointed", "member": member, "region": self.dice.pick(&CITIES)})
            }
            10 => {
                let city = self.model.members.values().find_map(|m| m.city.clone())?;
                let member = self.somebody(|m| m.area_pack.is_some() && m.city.is_none())?;
                json!({"type": "partner.appointed", "member": member, "region": city})
            }
            11 => json!({"type": "merchant.closed", "member": self.somebody(|m| m.shop.is_none())?}),
            12 => json!({"type": "member.unfrozen", "member": self.free_member()?}),
            13 => json!({"type": "role.withdrawn", "member": self.somebody(|m| m.role.is_none())?}),
            14 => json!({"type": "partner.withdrawn", "member": self.somebody(|m| m.city.is_none())?}),
            15 => {
                let kinds =
                    ["merchant.closed", "member.frozen", "member.unfrozen", "role.withdrawn", "partner.withdrawn"];
                json!({"type": self.dice.pick(&kinds), "member": "ghost"})
            }
            _ => json!({"type": "partner.appointed", "member": member, "region": "110000"}),
        })
    }

    fn wrong_order(&mut self) -> Option<Value> {
        let merchant = self.somebody(|m| m.shop.is_some())?;
        let points = self.model.members.get(&merchant)?.holding.points.clone();
        let buyer = self.anybody();
        let order = self.fresh("o");
        let mut event = json!({
            "type": "order.placed", "order": order, "buyer": buyer, "merchant": merchant, "channel": "online",
            "amount": "10", "concession": "1", "region": "440106",
        });
        match self.dice.below(11) {
            0 => event["buyer"] = json!("ghost"),
            1 => event["order"] = json!(self.model.orders.first()?.id),
            2 => event["buyer"] = json!(merchant),
            3 => event["merchant"] = json!(self.somebody(|m| m.shop.is_none())?),
            4 => event["amount"] = json!(self.dice.pick(&["0", "-10", "0.00"])),
            5 => event["concession"] = json!(self.dice.pick(&["0", "-1", "10.01"])),
            6 => {
                let most = ceil(&(points * &self.model.price + tiny(2)), 2).min(whole(1_000_000_000_000));
                event["concession"] = json!(text(&most, 2));
                event["amount"] = json!(text(&most, 2));
            }
            7 => event = json!({"type": "order.refunded", "order": "o0"}),
            8 => {
                let done = self.model.orders.iter().find(|o| o.left.is_zero())?;
                event = json!({"type": "order.refunded", "order": done.id, "concession": self.dice.pick(&["0", "1"])});
            }
            _ => {
                let open = self.model.orders.iter().rev().find(|o| !o.left.is_zero())?;
                let (order, too_much) = (open.id.clone(), text(&(&open.left + tiny(2)), 2));
                let part = self.dice.pick(&["0", "-0.01", too_much.as_str()]).to_owned();
                event = json!({"type": "order.refunded", "order": order, "concession": part});
            }
        }
        Some(event)
    }

    fn wrong_points(&mut self) -> Option<Value> {
        let (owner, points) = self.owner()?;
        let too_many = text(&ceil(&(&points + tiny(self.dice.pick(&[&8, &2, &5]).to_owned())), 8), 8);
        let other = self.anybody();
        let zero = self.dice.pick(&["0", "-1", "-0", "0.00000000"]);
        let reclaimed = if self.dice.chance(50) { too_many.clone() } else { zero.to_owned() };
        Some(match self.dice.below(14) {
            0 => json!({"type": "points.transferred", "from": owner, "to": owner, "points": "1"}),
            1 => json!({"type": "points.transferred", "from": owner, "to": "ghost", "points": "1"}),
            2 => json!({"type": "points.transferred", "from": owner, "to": other, "points": zero}),
            3 => json!({"type": "points.redeemed", "member": owner, "points": too_many}),
            4 => json!({"type": "points.transferred", "from": owner, "to": other, "points": too_many}),
            5 => json!({"type": "treasury.granted", "member": other, "points": zero}),
            6 => {
                let points = text(&(&self.model.treasury + tiny(8)), 8);
                let kind = self.dice.pick(&["treasury.granted", "balance.opened"]);
                json!({"type": kind, "member": other, "points": points})
            }
            7 => json!({"type": "treasury.reclaimed", "member": owner, "points": reclaimed}),
            8 => self.wrong_opening(&other),
            9 => json!({"type": "points.redeemed", "member": owner, "points": zero}),
            10 => {
                let offer = self.model.offers.iter().find(|(_, o)| o.open && !o.sells && o.left > points)?;
                let (id, points) = (offer.0.clone(), text(&offer.1.left, 8));
                let trade = self.fresh("t");
                json!({"type": "offer.taken", "offer": id, "trade": trade, "member": owner, "points": points})
            }
            11 => {
                let known = self.model.redemptions.keys().next_back()?.clone();
                json!({"type": "points.redeemed", "member": owner, "points": zero, "redemption": known})
            }
            12 => json!({"type": "redemption.cancelled", "redemption": "r0"}),
            _ => {
                // Cancelled before, or the treasury is short.
                let treasury = &self.model.treasury;
                let done = self.model.redemptions.iter().find(|(_, r)| r.cancelled || r.points > *treasury)?;
                json!({"type": "redemption.cancelled", "redemption": done.0})
            }
        })
    }

    pub fn wrong_opening(&mut self, member: &str) -> Value {
        let zero = self.dice.pick(&["0", "-1", "-0", "0.00000000"]);
        match self.dice.below(4) {
            0 => json!({"type": "balance.opened", "member": member, "points": "1", "share_value": zero}),
            1 => json!({"type": "balance.opened", "member": member, "points": zero, "share_value": "1"}),
            2 => json!({"type": "balance.opened", "member": member}),
            _ => {
                let points = text(&(&self.model.treasury + tiny(8)), 8);
                json!({"type": "balance.opened", "member": member, "points": points, "share_value": "1"})
            }
        }
    }

    fn wrong_pack(&mut self) -> Option<Value> {
        let at = self.dice.below(self.model.purchases.len());
        let known = self.model.purchases.get(at).map(|p| p.id.clone());
        let member = self.anybody();
        Some(match self.dice.below(4) {
            0 => json!({"type": "pack.refunded", "purchase": "p0"}),
            1 => {
                let pack = self.dice.pick(&["member", "gold"]);
                json!({
                    "type": "pack.purchased", "member": member, "pack": pack, "purchase": known?, "return_days": 1,
                })
            }
            _ => {
                let done = self.model.purchases.iter().filter(|p| p.stage != PurchaseStage::Waiting);
                let done: Vec<&String> = done.map(|p| &p.id).collect();
                let id = if done.is_empty() { return None } else { self.dice.pick(&done).clone() };
                json!({"type": "pack.refunded", "purchase": id})
            }
        })
    }

    /// What a frozen member may not do, as it might be done otherwise.
    fn frozen(&mut self) -> Option<Value> {
        let frozen = self.somebody(|m| m.frozen)?;
        let other = self.anybody();
        let (order, offer, trade) = (self.fresh("o"), self.fresh("f"), self.fresh("t"));
        let price = text(&self.model.price, 8);
        let shop = self.somebody(|m| m.shop.is_some());
        Some(match self.dice.below(9) {
            0 => json!({"type": "member.frozen", "member": frozen}),
            1 => json!({"type": "merchant.opened", "member": frozen, "region": "440106"}),
            2 => json!({
                "type": "order.placed", "order": order, "buyer": frozen, "merchant": shop?, "channel": "offline",
                "amount": "10", "concession": "1", "region": "440106",
            }),
            3 => json!({
                "type": "order.placed", "order": order, "buyer": other, "merchant": frozen, "channel": "online",
                "amount": "0", "concession": "1", "region": "440106",
            }),
            4 => json!({"type": "points.transferred", "from": frozen, "to": frozen, "points": "0"}),
            5 => json!({"type": "points.transferred", "from": other, "to": frozen, "points": "0.00000001"}),
            6 => json!({"type": "points.redeemed", "member": frozen, "points": "0.00000001"}),
            7 => json!({
                "type": "offer.placed", "offer": offer, "member": frozen, "side": "buy", "points": "1",
                "unit_price": price,
            }),
            _ => {
                let open = self.model.offers.iter().filter(|(_, o)| o.open);
                let by_frozen = |member: &str| self.model.members.get(member).is_some_and(|m| m.frozen);
                let of_frozen = open.clone().find(|(_, o)| by_frozen(&o.member)).map(|(id, _)| (id.clone(), other));
                let (offer, taker) =
                    of_frozen.or_else(|| Some((open.map(|(id, _)| id.clone()).next_back()?, frozen)))?;
                json!({
                    "type": "offer.taken", "offer": offer, "trade": trade, "member": taker, "points": "0.00000001",
                })
            }
        })
    }

    /// An event of before with some of its fields changed: several things may be wrong with it, so that the order of
    /// checking shows.
    fn muddled(&mut self) -> Option<Value> {
        let mut event = self.event_before()?;
        let map = event.as_object_mut()?;
        map.remove("id");
        let kept = ["type", "rules", "day", "most", "return_days", "channel", "side", "at", "reference", "item"];
        let keys: Vec<String> = map.keys().filter(|key| !kept.contains(&key.as_str())).cloned().collect();
        for key in keys {
            if self.dice.chance(50) {
                event[&key] = json!(self.other_value(&key));
            }
        }
        Some(event)
    }

    fn other_value(&mut self, key: &str) -> String {
        let known = |ids: Vec<String>, dice: &mut Dice| {
            if ids.is_empty() { "none".to_owned() } else { ids[dice.below(ids.len())].clone() }
        };
        let model = &self.model;
        let ids: Vec<String> = match key {
            "order" => model.orders.iter().map(|o| o.id.clone()).collect(),
            "offer" => model.offers.keys().cloned().collect(),
            "trade" => model.trades.iter().map(|(id, _)| id.clone()).collect(),
            "purchase" => model.purchases.iter().map(|p| p.id.clone()).collect(),
            "redemption" => model.redemptions.keys().cloned().collect(),
            "pack" => return self.dice.pick(&["member", "all", "gold"]).to_owned(),
            "role" => return self.dice.pick(&["vip", "dealer", "king"]).to_owned(),
            "region" => return self.dice.pick(&CITIES).to_owned(),
            "points" | "amount" | "concession" | "price" | "unit_price" | "share_value" => {
                return self.dice.pick(&["0", "-1", "0.01", "1", "123456789", "1000000000000"]).to_owned();
            }
            _ => {
                let frozen = self.somebody(|m| m.frozen).unwrap_or_else(|| "ghost".to_owned());
                let anybody = self.anybody();
                return self.dice.pick(&["ghost", frozen.as_str(), anybody.as_str(), anybody.as_str()]).to_owned();
            }
        };
        if self.dice.chance(25) { self.fresh("x") } else { known(ids, &mut self.dice) }
    }

    fn wrong_offer(&mut self) -> Option<Value> {
        let member = self.anybody();
        let (offer, trade) = (self.fresh("f"), self.fresh("t"));
        let price = text(&self.model.price, 8);
        let mut placed = json!({
            "type": "offer.placed", "offer": offer, "member": member, "side": "sell", "points": "1", "unit_price": price,
        });
        let known = self.model.offers.keys().nth(self.dice.below(self.model.offers.len())).cloned();
        let mut taken = json!({
            "type": "offer.taken", "offer": known, "trade": trade, "member": member, "points": "0.00000001",
        });
        let closed = self.model.offers.iter().find(|(_, o)| !o.open).map(|(id, _)| id.clone());
        match self.dice.below(13) {
            0 => placed["member"] = json!("ghost"),
            1 => placed["offer"] = json!(known?),
            2 => placed["points"] = json!("0"),
            3 => placed["unit_price"] = json!(self.dice.pick(&["0", "-1", "1000000000000"])),
            4 => placed["points"] = json!("1000000000000"),
            5 => return Some(json!({"type": "offer.cancelled", "offer": self.dice.pick(&["f0", closed.as_deref()?])})),
            6 => {
                taken["offer"] = json!("f0");
                return Some(taken);
            }
            7 => {
                taken["trade"] = json!(self.model.trades.last()?.0);
                known?;
                return Some(taken);
            }
            8 => {
                taken["offer"] = json!(closed?);
                return Some(taken);
            }
            9 => {
                let (id, offer) = self.model.offers.iter().find(|(_, o)| o.open)?;
                taken["offer"] = json!(id);
                taken["member"] = json!(offer.member);
                return Some(taken);
            }
            10 => {
                known?;
                taken["points"] = json!("0");
                return Some(taken);
            }
            11 => {
                let (id, offer) = self.model.offers.iter().find(|(_, o)| o.open && o.sells)?;
                taken["offer"] = json!(id);
                taken["points"] = json!(text(&(&offer.left + tiny(8)), 8));
                return Some(taken);
            }
            _ => {
                known?;
                return Some(taken);
            }
        }
        Some(placed)
    }

    fn wrong_trade(&mut self) -> Value {
        let kind = self.dice.pick(&["trade.paid", "trade.confirmed", "trade.cancelled"]);
        let done = |stage| matches!(stage, TradeStage::Confirmed | TradeStage::Cancelled);
        let done = self.model.trades.iter().find(|(_, t)| done(t.stage)).map(|(id, _)| id.clone());
        match done {
            Some(id) if self.dice.chance(60) => json!({"type": kind, "trade": id}),
            _ => json!({"type": kind, "trade": "t0"}),
        }
    }
}
