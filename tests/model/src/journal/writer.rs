//! Writing a journal, event by event.

use num_traits::Signed;
use serde_json::{Value, json};

use super::dice::{Dice, Step};
use super::rule_sets;
use crate::exact::{Exact, floor, text, tiny, whole};
use crate::state::Member;
use crate::{Model, Seen, Verdict};

pub(crate) const REGIONS: [&str; 4] = ["440106", "440305", "110101", "310115"];
pub(crate) const CITIES: [&str; 4] = ["440100", "440300", "110100", "310100"];

/// How often each kind of event is tried, in parts of their sum.
const WEIGHTS: [(usize, Kind); 28] = [
    (6, Kind::Registration),
    (8, Kind::Pack),
    (2, Kind::PackRefund),
    (5, Kind::Shop),
    (1, Kind::ShopClosed),
    (2, Kind::Freezing),
    (4, Kind::Role),
    (1, Kind::RoleWithdrawn),
    (4, Kind::Partner),
    (1, Kind::PartnerWithdrawn),
    (6, Kind::Grant),
    (2, Kind::Reclaim),
    (3, Kind::Opening),
    (2, Kind::Price),
    (22, Kind::Order),
    (11, Kind::Refund),
    (5, Kind::Transfer),
    (5, Kind::Redemption),
    (2, Kind::RedemptionCancelled),
    (6, Kind::Offer),
    (7, Kind::Taking),
    (10, Kind::Trade),
    (2, Kind::OfferCancelled),
    (1, Kind::Adoption),
    (8, Kind::Closing),
    (14, Kind::Close),
    (3, Kind::FurtherRefund),
    (4, Kind::Emptying),
];

#[derive(Debug, Clone, Copy)]
enum Kind {
    Registration,
    Pack,
    PackRefund,
    Shop,
    ShopClosed,
    Freezing,
    Role,
    RoleWithdrawn,
    Partner,
    PartnerWithdrawn,
    Grant,
    Reclaim,
    Opening,
    Price,
    Order,
    Refund,
    Transfer,
    Redemption,
    RedemptionCancelled,
    Offer,
    Taking,
    Trade,
    OfferCancelled,
    Adoption,
    Closing,
    Close,
    /// Another part of an order that was refunded in part.
    FurtherRefund,
    /// Somebody moves all its points away, so that refunds find nothing.
    Emptying,
}

pub(crate) struct Writer {
    pub dice: Dice,
    pub model: Model,
    pub steps: Vec<Step>,
    /// For new ids.
    count: usize,
    /// At most this many members.
    pub most_members: usize,
}

impl Writer {
    pub fn new(mut dice: Dice, rules: &Value) -> Result<Self, String> {
        let most_members = 5 + dice.below(8);
        Ok(Self { dice, model: Model::new(rules)?, steps: Vec::new(), count: 0, most_members })
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
        if event.get("reference").is_none() && self.dice.chance(5) {
            event["reference"] = json!("till:7-0012");
        }
        let names_today = event["day"] == self.model.day().as_str();
        let mut verdict = self.model.apply(&event);
        if matches!(verdict, Verdict::TooClose(_)) {
            verdict = self.model.adopt(&event, &Seen::default()).unwrap_or(verdict);
        }
        let closes = verdict == Verdict::Applied && event["type"] == "day.closed";
        self.steps.push(Step { event, names_today, closes });
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
            if self.dice.chance(25) {
                let event = if self.dice.chance(30) { self.wrong_opening(&member) } else { self.opening_of(&member) };
                self.push(event);
            }
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

    pub fn anybody(&mut self) -> String {
        let at = self.dice.below(self.model.members.len());
        self.model.members.keys().nth(at).cloned().unwrap_or_default()
    }

    /// Somebody for whom `holds`.
    pub fn somebody(&mut self, holds: impl Fn(&Member) -> bool) -> Option<String> {
        let all: Vec<&String> = self.model.members.iter().filter(|(_, m)| holds(m)).map(|(id, _)| id).collect();
        if all.is_empty() { None } else { Some(self.dice.pick(&all).clone()) }
    }

    /// Somebody who may act.
    pub fn free_member(&mut self) -> Option<String> {
        self.somebody(|m| !m.frozen)
    }

    /// Somebody who may act and has points, and how many.
    pub fn owner(&mut self) -> Option<(String, Exact)> {
        let id = self.somebody(|m| !m.frozen && m.holding.points > tiny(6))?;
        let points = self.model.members.get(&id)?.holding.points.clone();
        Some((id, points))
    }

    pub fn share_of(&mut self, whole_amount: &Exact, percent: usize) -> Exact {
        let part = i64::try_from(1 + self.dice.below(percent)).unwrap_or(1);
        floor(&(whole_amount * whole(part) / whole(100)), 8)
    }

    /// Some of an amount; now and then all of it, to the last decimal place.
    pub fn some_of(&mut self, points: &Exact) -> String {
        let some = if self.dice.chance(8) { floor(points, 8) } else { self.share_of(points, 40) };
        text(&some.max(tiny(8)), 8)
    }

    /// An event that ought to be accepted, if one of the kind that was drawn is possible now.
    fn good(&mut self) -> Option<Value> {
        let mut at = self.dice.below(WEIGHTS.iter().map(|(weight, _)| weight).sum());
        let (_, kind) = WEIGHTS.iter().find(|(weight, _)| {
            let found = at < *weight;
            at = at.saturating_sub(*weight);
            found
        })?;
        match kind {
            Kind::Registration => (self.model.members.len() < self.most_members).then(|| self.registration()),
            Kind::Pack => self.pack(),
            Kind::PackRefund => self.pack_refund(),
            Kind::Shop => self.shop(),
            Kind::ShopClosed => self.for_somebody("merchant.closed", |m| m.shop.is_some()),
            Kind::Freezing => self.freezing(),
            Kind::Role => self.role(),
            Kind::RoleWithdrawn => self.for_somebody("role.withdrawn", |m| m.role.is_some()),
            Kind::Partner => self.partner(),
            Kind::PartnerWithdrawn => self.for_somebody("partner.withdrawn", |m| m.city.is_some()),
            Kind::Grant => self.grant(),
            Kind::Reclaim => self.reclaim(),
            Kind::Opening => self.opening(),
            Kind::Price => self.price(),
            Kind::Order => self.order(),
            Kind::Refund => self.refund(),
            Kind::FurtherRefund => self.further_refund(),
            Kind::Transfer => self.transfer(),
            Kind::Emptying => self.emptying(),
            Kind::Redemption => self.redemption(),
            Kind::RedemptionCancelled => self.redemption_cancelled(),
            Kind::Offer => self.offer(),
            Kind::Taking => self.taking(),
            Kind::Trade => self.trade(),
            Kind::OfferCancelled => self.offer_cancelled(),
            Kind::Adoption => Some(self.adoption()),
            Kind::Closing => self.closing(),
            Kind::Close => Some(json!({"type": "day.closed", "day": self.model.day()})),
        }
    }

    /// An event that names a member for whom `holds`.
    fn for_somebody(&mut self, kind: &str, holds: impl Fn(&Member) -> bool) -> Option<Value> {
        let member = self.somebody(holds)?;
        Some(json!({"type": kind, "member": member}))
    }

    /// A part of the close, if there is one.
    fn closing(&mut self) -> Option<Value> {
        let most = if self.dice.chance(85) { 1 + self.dice.below(3) } else { 10_000 };
        let day = self.model.day();
        self.model.is_due().then(|| json!({"type": "day.closing", "day": day, "most": most}))
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
