//! Events that must be refused.

use serde_json::{Value, json};

use super::writer::{CITIES, REGIONS, Writer};
use crate::exact::{ceil, text, tiny, whole};
use crate::state::TradeStage;

impl Writer {
    /// An event that is wrong on purpose, if one of the kind that was drawn is possible now. Now and then such an
    /// event is accepted after all: the member has bought a pack since, or the amount was not too large.
    pub fn wrong(&mut self) -> Option<Value> {
        match self.dice.below(6) {
            0 => self.wrong_party(),
            1 => self.wrong_order(),
            2 => self.wrong_points(),
            3 => self.wrong_offer(),
            4 => Some(self.wrong_trade()),
            _ => self.wrong_form(),
        }
    }

    fn event_before(&mut self) -> Option<Value> {
        let at = self.dice.below(self.steps.len());
        self.steps.get(at).map(|step| step.event.clone())
    }

    fn wrong_form(&mut self) -> Option<Value> {
        Some(match self.dice.below(6) {
            0 => json!({"type": "day.closed", "day": self.dice.pick(&["2020-02-29", "2031-12-31"])}),
            1 => json!({"type": "rules.adopted", "rules": self.bad_rules()}),
            2 => json!({"type": "price.set", "price": self.dice.pick(&["0", "-1", "-0.00000001"])}),
            3 => {
                // The same event again: with an id it changes nothing, without one it may well be accepted.
                let event = self.steps.iter().rev().find(|s| s.event.get("id").is_some())?.event.clone();
                if event["type"] == "day.closed" {
                    return None;
                }
                event
            }
            4 => {
                let id = self.steps.iter().rev().find_map(|s| s.event.get("id"))?.clone();
                let mut event = self.event_before()?;
                event["id"] = id;
                event
            }
            _ => self.bad_event()?,
        })
    }

    fn bad_rules(&mut self) -> Value {
        let bad = [
            json!({"supply": {"cap": "1000000", "treasury": "27640"}}),
            json!({"genesis_day": "2026-01-01"}),
            json!({"colour": "red"}),
            json!({"redemption": "keep"}),
            json!({"release": {"daily": "0", "min_total": "1"}}),
            json!({"release": {"daily": "888"}}),
            json!({"market": {"price_band": "1"}}),
            json!({"market": {"price_band": "-0.1"}}),
            json!({"merchant": {"deposit": "500.001"}}),
            json!({"signup": {"member": 200, "referrer": "20"}}),
            json!({"share": {
                "online_share_value_rate": "0.4", "offline_points_rate": "0.9", "merchant_points_rate": "0.05",
            }}),
            json!({"area": {"offline_points_rate": "0", "online_points_rate": "1.1", "repurchase_days": 30}}),
            json!({"service": {"max_depth": 64, "roles": [
                {"name": "vip", "share_value_rate": "0.1", "points_rate": "0"},
                {"name": "dealer", "share_value_rate": "0", "points_rate": "0"},
            ]}}),
            json!({"service": {"max_depth": "64", "roles": []}}),
        ];
        bad[self.dice.below(bad.len())].clone()
    }

    fn bad_event(&mut self) -> Option<Value> {
        let mut event = self.event_before()?;
        if let Some(map) = event.as_object_mut() {
            map.remove("id");
        }
        let keys: Vec<String> = event.as_object()?.keys().filter(|k| *k != "rules" && *k != "type").cloned().collect();
        let numbers = ["points", "amount", "concession", "price", "unit_price"];
        let number = keys.iter().find(|k| numbers.contains(&k.as_str()));
        match (self.dice.below(5), number) {
            (0, _) => event["type"] = json!(self.dice.pick(&["order.lost", "Day.closed", ""])),
            (1, _) => event["colour"] = json!("red"),
            (2, _) => {
                let optional = ["referrer", "item", "at"];
                let key = keys.iter().find(|k| !optional.contains(&k.as_str()))?;
                event.as_object_mut()?.remove(key);
            }
            (_, Some(number)) => {
                let texts = ["1.", ".5", "01", "+1", "1e3", "", " 1", "1.000000000", "1000000000000.01", "--1", "1,5"];
                event[number] = if self.dice.chance(20) { json!(1) } else { json!(self.dice.pick(&texts)) };
            }
            (3, _) => {
                let key = keys.first()?;
                event[key] = json!(self.dice.pick(&["", "a b", "a/b", "店", &"x".repeat(65)]));
            }
            _ => event["id"] = json!("no id"),
        }
        Some(event)
    }

    fn wrong_party(&mut self) -> Option<Value> {
        let member = self.anybody();
        Some(match self.dice.below(12) {
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
        match self.dice.below(9) {
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
            _ => {
                let done = self.model.orders.iter().find(|o| num_traits::Zero::is_zero(&o.left))?;
                event = json!({"type": "order.refunded", "order": done.id});
            }
        }
        Some(event)
    }

    fn wrong_points(&mut self) -> Option<Value> {
        let (owner, points) = self.owner()?;
        let too_many = text(&ceil(&(points + tiny(self.dice.pick(&[&8, &2, &5]).to_owned())), 8), 8);
        let other = self.anybody();
        let zero = self.dice.pick(&["0", "-1", "-0", "0.00000000"]);
        Some(match self.dice.below(7) {
            0 => json!({"type": "points.transferred", "from": owner, "to": owner, "points": "1"}),
            1 => json!({"type": "points.transferred", "from": owner, "to": "ghost", "points": "1"}),
            2 => json!({"type": "points.transferred", "from": owner, "to": other, "points": zero}),
            3 => json!({"type": "points.redeemed", "member": owner, "points": too_many}),
            4 => json!({"type": "points.transferred", "from": owner, "to": other, "points": too_many}),
            5 => json!({"type": "treasury.granted", "member": other, "points": zero}),
            _ => {
                let points = text(&(&self.model.treasury + tiny(8)), 8);
                json!({"type": "treasury.granted", "member": other, "points": points})
            }
        })
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
