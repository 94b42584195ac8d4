//! Events that do not parse, or whose day, rules, price or id is wrong.

use serde_json::{Value, json};

use super::writer::Writer;

/// Fields that may be missing.
const OPTIONAL: [&str; 9] =
    ["referrer", "item", "at", "reference", "purchase", "return_days", "redemption", "share_value", "concession"];

/// Types with few fields, or rare ones: an earlier event that is spoilt is seldom one of them.
const LITTLE: [&str; 14] = [
    "merchant.closed",
    "member.frozen",
    "member.unfrozen",
    "role.withdrawn",
    "partner.withdrawn",
    "pack.refunded",
    "redemption.cancelled",
    "balance.opened",
    "treasury.reclaimed",
    "price.set",
    "offer.cancelled",
    "trade.paid",
    "trade.confirmed",
    "trade.cancelled",
];

impl Writer {
    pub fn event_before(&mut self) -> Option<Value> {
        let at = self.dice.below(self.steps.len());
        self.steps.get(at).map(|step| step.event.clone())
    }

    pub fn wrong_form(&mut self) -> Option<Value> {
        let day = self.model.day();
        Some(match self.dice.below(9) {
            0 => json!({"type": "day.closed", "day": self.dice.pick(&["2020-02-29", "2031-12-31"])}),
            6 => json!({"type": "day.closing", "day": self.dice.pick(&["2020-02-29", "2031-12-31"]), "most": 1}),
            // Most of the time nothing is due.
            7 => json!({"type": "day.closing", "day": day, "most": 1 + self.dice.below(10_000)}),
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
            json!("redemption"),
            json!([]),
            json!(5),
        ];
        bad[self.dice.below(bad.len())].clone()
    }

    fn bad_event(&mut self) -> Option<Value> {
        let mut event = self.event_before()?;
        if let Some(map) = event.as_object_mut() {
            map.remove("id");
        }
        if self.dice.chance(40) {
            return Some(self.bad_field(event));
        }
        let keys: Vec<String> = event.as_object()?.keys().filter(|k| *k != "rules" && *k != "type").cloned().collect();
        let numbers = ["points", "amount", "concession", "price", "unit_price", "share_value"];
        let number = keys.iter().find(|k| numbers.contains(&k.as_str()));
        match (self.dice.below(5), number) {
            (0, _) => event["type"] = json!(self.dice.pick(&["order.lost", "Day.closed", ""])),
            (1, _) => event["colour"] = json!("red"),
            (2, _) => {
                let key = keys.iter().find(|k| !OPTIONAL.contains(&k.as_str()))?;
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

    /// A field that holds what it may not, in an event that has it or in a new one.
    fn bad_field(&mut self, mut event: Value) -> Value {
        let (member, day) = (self.anybody(), self.model.day());
        match self.dice.below(10) {
            0 => event["reference"] = self.one_of(&[json!("a b"), json!(""), json!(7), json!(null)]),
            1 => {
                let moments =
                    ["2026-01-01", "2026-02-30T08:00:00Z", "2026-01-01T08:00:00", "2026-01-01T25:00:00Z", "now"];
                event["at"] = json!(self.dice.pick(&moments));
            }
            2 => {
                let counts =
                    [json!(0), json!(10_001), json!(-1), json!(1.0), json!(1.5), json!(1e3), json!("1"), json!(null)];
                event = json!({"type": "day.closing", "day": day, "most": self.one_of(&counts)});
            }
            3 => {
                let days = [json!(0), json!(31), json!(2.0), json!("2"), json!(null), json!(-1)];
                event = json!({
                    "type": "pack.purchased", "member": member, "pack": "member", "purchase": self.fresh("p"),
                    "return_days": self.one_of(&days),
                });
            }
            4 => {
                event = json!({"type": "pack.purchased", "member": member, "pack": "member"});
                if self.dice.chance(50) {
                    event["purchase"] = json!("p0");
                } else {
                    event["return_days"] = json!(1);
                }
            }
            5 => event = json!({"type": "day.closed", "day": self.dice.pick(&["2026-02-29", "2026-1-1", "", "today"])}),
            _ => {
                event = json!({"type": self.dice.pick(&LITTLE), "member": member, "colour": "red"});
            }
        }
        event
    }

    fn one_of(&mut self, values: &[Value]) -> Value {
        values[self.dice.below(values.len())].clone()
    }
}
