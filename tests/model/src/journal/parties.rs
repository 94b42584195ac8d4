//! Members, packs, shops, roles, partners; what the operator gives and takes.

use num_traits::Signed;
use serde_json::{Value, json};

use super::writer::{CITIES, REGIONS, Writer};
use crate::exact::{decimal, floor, text, tiny, whole};
use crate::state::PurchaseStage;

const ROLES: [&str; 4] = ["vip", "shopkeeper", "dealer", "provider"];

impl Writer {
    pub fn registration(&mut self) -> Value {
        let number = self.model.members.len() + 1;
        let mut event = json!({"type": "member.registered", "member": format!("m{number}")});
        if number > 1 && self.dice.chance(75) {
            event["referrer"] = json!(self.anybody());
        }
        event
    }

    pub fn pack(&mut self) -> Option<Value> {
        let member = self.somebody(|m| !m.activated).filter(|_| self.dice.chance(60));
        let member = if let Some(member) = member { member } else { self.anybody() };
        let packs: Vec<&String> = self.model.rules.packs.keys().collect();
        let pack = if packs.is_empty() { return None } else { self.dice.pick(&packs).clone() };
        let mut event = json!({"type": "pack.purchased", "member": member, "pack": pack});
        if self.dice.chance(50) {
            let days = if self.dice.chance(90) { 1 + self.dice.below(4) } else { 30 };
            event["purchase"] = json!(self.fresh("p"));
            event["return_days"] = json!(days);
        }
        Some(event)
    }

    pub fn pack_refund(&mut self) -> Option<Value> {
        let waiting = self.model.purchases.iter().filter(|p| p.stage == PurchaseStage::Waiting);
        let waiting: Vec<&String> = waiting.map(|p| &p.id).collect();
        let id = if waiting.is_empty() { return None } else { self.dice.pick(&waiting).clone() };
        Some(json!({"type": "pack.refunded", "purchase": id}))
    }

    pub fn shop(&mut self) -> Option<Value> {
        let need = &self.model.rules.deposit / &self.model.price + tiny(8);
        let member = self.somebody(|m| !m.frozen && m.merchant_pack && m.shop.is_none() && m.holding.points > need)?;
        Some(json!({"type": "merchant.opened", "member": member, "region": self.dice.pick(&REGIONS)}))
    }

    /// Few are frozen at a time, and not for long, so that the rest can go on.
    pub fn freezing(&mut self) -> Option<Value> {
        let frozen = self.somebody(|m| m.frozen);
        let many = self.model.members.values().filter(|m| m.frozen).count() > 1;
        if let Some(member) = frozen.filter(|_| many || self.dice.chance(60)) {
            return Some(json!({"type": "member.unfrozen", "member": member}));
        }
        let member = self.free_member()?;
        Some(json!({"type": "member.frozen", "member": member}))
    }

    pub fn role(&mut self) -> Option<Value> {
        let (member, role) = (self.anybody(), self.dice.pick(&ROLES));
        let named = self.model.rules.roles.iter().any(|r| r.name == role);
        named.then(|| json!({"type": "role.assigned", "member": member, "role": role}))
    }

    pub fn partner(&mut self) -> Option<Value> {
        let member = self.somebody(|m| m.area_pack.is_some() && m.city.is_none())?;
        let city = self.dice.pick(&CITIES);
        let free = self.model.partner(city).is_none_or(|(_, m)| !self.model.eligible(m));
        free.then(|| json!({"type": "partner.appointed", "member": member, "region": city}))
    }

    /// Now and then all of the treasury, so that it is short later.
    pub fn grant(&mut self) -> Option<Value> {
        let treasury = self.model.treasury.clone();
        let points = if self.dice.chance(4) { treasury } else { self.share_of(&treasury, 20) };
        let member = self.somebody(|m| m.merchant_pack)?;
        let event = json!({"type": "treasury.granted", "member": member, "points": text(&points, 8)});
        points.is_positive().then_some(event)
    }

    pub fn reclaim(&mut self) -> Option<Value> {
        let member = self.somebody(|m| m.holding.points > tiny(6))?;
        let points = self.model.members.get(&member)?.holding.points.clone();
        Some(json!({"type": "treasury.reclaimed", "member": member, "points": self.some_of(&points)}))
    }

    pub fn opening(&mut self) -> Option<Value> {
        let member = self.anybody();
        self.model.days.is_empty().then(|| self.opening_of(&member))
    }

    /// What a member has in another system.
    pub fn opening_of(&mut self, member: &str) -> Value {
        let mut event = json!({"type": "balance.opened", "member": member});
        let points = self.share_of(&self.model.treasury.clone(), 10);
        let given = self.dice.below(3);
        if given != 0 && points.is_positive() {
            event["points"] = json!(text(&points, 8));
        }
        if given != 1 || !points.is_positive() {
            event["share_value"] = json!(self.dice.pick(&["0.00000001", "12.3456789", "1500", "123456.78900001"]));
        }
        event
    }

    pub fn price(&mut self) -> Option<Value> {
        let factor = self.dice.pick(&["0.5", "2", "1.1", "0.9", "10", "0.1", "1000", "0.00001"]);
        let price = floor(&(&self.model.price * decimal(factor, 8)?), 8).max(tiny(8)).min(whole(1_000_000_000_000));
        // Prices far out are visited, not settled in.
        let far = self.model.price < tiny(3) || self.model.price > whole(10_000);
        let price = if far && self.dice.chance(70) { whole(1) } else { price };
        Some(json!({"type": "price.set", "price": text(&price, 8)}))
    }
}
