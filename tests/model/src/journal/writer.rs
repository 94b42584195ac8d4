//! Writing a journal, event by event.

use num_traits::{Signed, Zero};
use serde_json::{Value, json};

use super::{Dice, Step, rule_sets};
use crate::exact::{Exact, decimal, floor, text, tiny, whole};
use crate::state::TradeStage;
use crate::{Model, Seen, Verdict};

pub(crate) const REGIONS: [&str; 4] = ["440106", "440305", "110101", "310115"];
pub(crate) const CITIES: [&str; 4] = ["440100", "440300", "110100", "310100"];
const ROLES: [&str; 4] = ["vip", "shopkeeper", "dealer", "provider"];

pub(crate) struct Writer {
    pub dice: Dice,
    pub model: Model,
    pub steps: Vec<Step>,
    /// For new ids.
    count: usize,
    /// At most this many members.
    members: usize,
}

impl Writer {
    pub fn new(mut dice: Dice, rules: &Value) -> Result<Self, String> {
        let members = 5 + dice.below(8);
        Ok(Self { dice, model: Model::new(rules)?, steps: Vec::new(), count: 0, members })
    }

    pub fn write(mut self, length: usize) -> Vec<Step> {
        self.settle_in();
        while self.steps.len() < length {
            let event = if self.dice.chance(12) { self.wrong() } else { self.good() };
            if let Some(event) = event {
                self.push(event);
            }
        }
        self.steps.truncate(length);
        self.steps
    }

    pub fn push(&mut self, mut event: Value) {
        if event.get("id").is_none() && self.dice.chance(12) {
            event["id"] = json!(self.fresh("e"));
            if self.dice.chance(30) {
                event["at"] = json!("2026-01-01T08:00:00+08:00");
            }
        }
        let today = self.model.day();
        let mut verdict = self.model.apply(&event);
        if matches!(verdict, Verdict::TooClose(_)) {
            verdict = self.model.adopt(&event, &Seen::default()).unwrap_or(verdict);
        }
        let closes = verdict == Verdict::Applied && event["type"] == "day.closed" && event["day"] == today.as_str();
        self.steps.push(Step { event, closes });
    }

    pub fn fresh(&mut self, prefix: &str) -> String {
        self.count += 1;
        format!("{prefix}{}", self.count)
    }

    /// A few members with packs, roles, points and shops, so that there is something to do.
    fn settle_in(&mut self) {
        for at in 0..4 {
            let event = self.registration();
            self.push(event);
            let member = format!("m{}", at + 1);
            let pack = ["merchant", "all", "area", "member"][at];
            self.push(json!({"type": "pack.purchased", "member": member, "pack": pack}));
            if at < 3 {
                let points = self.share_of(&self.model.treasury.clone(), 25);
                if points.is_positive() {
                    self.push(json!({"type": "treasury.granted", "member": member, "points": text(&points, 8)}));
                }
            }
            if at < 2 {
                let region = self.dice.pick(&REGIONS);
                self.push(json!({"type": "merchant.opened", "member": member, "region": region}));
            }
        }
    }

    fn registration(&mut self) -> Value {
        let number = self.model.members.len() + 1;
        let mut event = json!({"type": "member.registered", "member": format!("m{number}")});
        if number > 1 && self.dice.chance(75) {
            event["referrer"] = json!(self.anybody());
        }
        event
    }

    pub fn anybody(&mut self) -> String {
        let at = self.dice.below(self.model.members.len());
        self.model.members.keys().nth(at).cloned().unwrap_or_default()
    }

    /// Somebody for whom `holds`.
    pub fn somebody(&mut self, holds: impl Fn(&crate::state::Member) -> bool) -> Option<String> {
        let all: Vec<&String> = self.model.members.iter().filter(|(_, m)| holds(m)).map(|(id, _)| id).collect();
        if all.is_empty() { None } else { Some(self.dice.pick(&all).clone()) }
    }

    /// Somebody with points, and how many.
    pub fn owner(&mut self) -> Option<(String, Exact)> {
        let id = self.somebody(|m| m.holding.points > tiny(6))?;
        let points = self.model.members.get(&id)?.holding.points.clone();
        Some((id, points))
    }

    pub fn share_of(&mut self, whole_amount: &Exact, percent: usize) -> Exact {
        let part = i64::try_from(1 + self.dice.below(percent)).unwrap_or(1);
        floor(&(whole_amount * whole(part) / whole(100)), 8)
    }

    /// Some of an amount; now and then all of it, to the last decimal place.
    fn some_of(&mut self, points: &Exact) -> String {
        let some = if self.dice.chance(8) { floor(points, 8) } else { self.share_of(points, 40) };
        text(&some.max(tiny(8)), 8)
    }

    /// An event that ought to be accepted, if one of the kind that was drawn is possible now.
    fn good(&mut self) -> Option<Value> {
        match self.dice.below(100) {
            0..5 => (self.model.members.len() < self.members).then(|| self.registration()),
            5..11 => self.pack(),
            11..15 => self.shop(),
            15..19 => {
                let (member, role) = (self.anybody(), self.dice.pick(&ROLES));
                let named = self.model.rules.roles.iter().any(|r| r.name == role);
                named.then(|| json!({"type": "role.assigned", "member": member, "role": role}))
            }
            19..22 => self.partner(),
            22..28 => {
                let treasury = self.model.treasury.clone();
                let points = self.share_of(&treasury, 20);
                let member = self.somebody(|m| m.merchant_pack)?;
                let event = json!({"type": "treasury.granted", "member": member, "points": text(&points, 8)});
                points.is_positive().then_some(event)
            }
            28..30 => self.price(),
            30..50 => self.order(),
            50..56 => self.refund(),
            56..61 => {
                let ((from, points), to) = (self.owner()?, self.anybody());
                let points = self.some_of(&points);
                (from != to).then(|| json!({"type": "points.transferred", "from": from, "to": to, "points": points}))
            }
            61..64 => {
                let (member, points) = self.owner()?;
                let mut event = json!({"type": "points.redeemed", "member": member, "points": self.some_of(&points)});
                if self.dice.chance(50) {
                    event["item"] = json!("rice-5kg");
                }
                Some(event)
            }
            64..70 => self.offer(),
            70..76 => self.taking(),
            76..84 => self.trade(),
            84..86 => {
                let open: Vec<&String> = self.model.offers.iter().filter(|(_, o)| o.open).map(|(id, _)| id).collect();
                let offer = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
                Some(json!({"type": "offer.cancelled", "offer": offer}))
            }
            86..87 => Some(self.adoption()),
            _ => Some(json!({"type": "day.closed", "day": self.model.day()})),
        }
    }

    fn pack(&mut self) -> Option<Value> {
        let member = self.somebody(|m| !m.activated).filter(|_| self.dice.chance(60));
        let member = if let Some(member) = member { member } else { self.anybody() };
        let packs: Vec<&String> = self.model.rules.packs.keys().collect();
        let pack = if packs.is_empty() { return None } else { self.dice.pick(&packs).clone() };
        Some(json!({"type": "pack.purchased", "member": member, "pack": pack}))
    }

    fn shop(&mut self) -> Option<Value> {
        let need = &self.model.rules.deposit / &self.model.price + tiny(8);
        let member = self.somebody(|m| m.merchant_pack && m.shop.is_none() && m.holding.points > need)?;
        Some(json!({"type": "merchant.opened", "member": member, "region": self.dice.pick(&REGIONS)}))
    }

    fn partner(&mut self) -> Option<Value> {
        let member = self.somebody(|m| m.area_pack.is_some() && m.city.is_none())?;
        let city = self.dice.pick(&CITIES);
        let free = self.model.partner(city).is_none_or(|(_, m)| !self.model.eligible(m));
        free.then(|| json!({"type": "partner.appointed", "member": member, "region": city}))
    }

    fn price(&mut self) -> Option<Value> {
        let factor = self.dice.pick(&["0.5", "2", "1.1", "0.9", "10", "0.1", "1000", "0.00001"]);
        let price = floor(&(&self.model.price * decimal(factor, 8)?), 8).max(tiny(8)).min(whole(1_000_000_000_000));
        // Prices far out are visited, not settled in.
        let far = self.model.price < tiny(3) || self.model.price > whole(10_000);
        let price = if far && self.dice.chance(70) { whole(1) } else { price };
        Some(json!({"type": "price.set", "price": text(&price, 8)}))
    }

    fn order(&mut self) -> Option<Value> {
        let buyer = self.anybody();
        let least = Exact::new_raw(2.into(), 100.into()) / &self.model.price;
        let merchant = self.somebody(|m| m.shop.is_some() && m.holding.points > least)?;
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

    fn refund(&mut self) -> Option<Value> {
        let mut open: Vec<&String> = self.model.orders.iter().filter(|o| !o.left.is_zero()).map(|o| &o.id).collect();
        // The latest orders are the likelier ones, some of them of today.
        let old = open.len().saturating_sub(8);
        if self.dice.chance(60) {
            open.drain(..old);
        }
        let order = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
        Some(json!({"type": "order.refunded", "order": order}))
    }

    fn unit_price(&mut self) -> String {
        let band = &self.model.rules.price_band;
        let steps = i64::try_from(self.dice.below(21)).unwrap_or_default() - 10;
        let price = &self.model.price * (whole(1) + band * whole(steps) / whole(10));
        let price = if steps < 0 { crate::exact::ceil(&price, 8) } else { floor(&price, 8) };
        text(&price.min(whole(1_000_000_000_000)), 8)
    }

    fn offer(&mut self) -> Option<Value> {
        let (owner, points) = self.owner()?;
        let (side, member) = if self.dice.chance(60) { ("sell", owner) } else { ("buy", self.anybody()) };
        let offer = self.fresh("f");
        Some(json!({
            "type": "offer.placed", "offer": offer, "member": member, "side": side,
            "points": self.some_of(&points), "unit_price": self.unit_price(),
        }))
    }

    fn taking(&mut self) -> Option<Value> {
        let open = self.model.offers.iter().filter(|(_, o)| {
            let band = &o.unit_price / &self.model.price - whole(1);
            o.open && !o.left.is_zero() && band.abs() <= self.model.rules.price_band
        });
        let open: Vec<&String> = open.map(|(id, _)| id).collect();
        let id = if open.is_empty() { return None } else { self.dice.pick(&open).clone() };
        let offer = self.model.offers.get(&id)?.clone();
        let (taker, most) = if offer.sells {
            (self.anybody(), offer.left)
        } else {
            let (taker, points) = self.owner()?;
            (taker, points.min(offer.left))
        };
        let points = if self.dice.chance(30) { text(&floor(&most, 8), 8) } else { self.some_of(&most) };
        let trade = self.fresh("t");
        (taker != offer.member)
            .then(|| json!({"type": "offer.taken", "offer": id, "trade": trade, "member": taker, "points": points}))
    }

    fn trade(&mut self) -> Option<Value> {
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

    fn adoption(&mut self) -> Value {
        let other = rule_sets::random(&mut self.dice);
        let keys = ["release", "price", "signup", "packs", "merchant", "order", "service", "area", "market"];
        let mut rules = json!({});
        for _ in 0..self.dice.below(3) {
            let key = self.dice.pick(&keys);
            rules[key] = other[key].clone();
        }
        if self.dice.chance(30) {
            rules["redemption"] = other["redemption"].clone();
        }
        json!({"type": "rules.adopted", "rules": rules})
    }
}
