//! What the random journals reach, and what must hold in the model whatever they do.

use std::collections::BTreeMap;

use gongxiang_model::exact::{tiny, whole};
use gongxiang_model::journal::{journals, random_journal};
use gongxiang_model::{Model, Seen as Answer, Verdict};
use num_traits::{Signed, Zero};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

/// The event types and the codes with which each is refused, as in the table of section 4.
const TABLE: [(&str, &[&str]); 29] = [
    ("member.registered", &["member_exists", "unknown_member"]),
    ("pack.purchased", &["unknown_member", "unknown_pack", "purchase_exists"]),
    ("pack.refunded", &["unknown_purchase", "purchase_refunded", "pack_final"]),
    (
        "merchant.opened",
        &["unknown_member", "member_frozen", "merchant_pack_required", "merchant_exists", "deposit_short"],
    ),
    ("merchant.closed", &["unknown_member", "not_a_merchant"]),
    ("member.frozen", &["unknown_member", "member_frozen"]),
    ("member.unfrozen", &["unknown_member", "not_frozen"]),
    ("role.assigned", &["unknown_member", "unknown_role"]),
    ("role.withdrawn", &["unknown_member", "no_role"]),
    ("partner.appointed", &["unknown_member", "partner_pack_required", "partner_exists", "region_taken"]),
    ("partner.withdrawn", &["unknown_member", "not_a_partner"]),
    ("treasury.granted", &["unknown_member", "bad_amount", "treasury_short"]),
    ("treasury.reclaimed", &["unknown_member", "bad_amount", "points_short"]),
    ("balance.opened", &["unknown_member", "not_opening", "bad_amount", "treasury_short"]),
    ("price.set", &["bad_price"]),
    (
        "order.placed",
        &[
            "unknown_member",
            "member_frozen",
            "order_exists",
            "self_dealing",
            "not_a_merchant",
            "bad_amount",
            "bad_concession",
            "merchant_points_short",
        ],
    ),
    ("order.refunded", &["unknown_order", "order_refunded", "bad_concession"]),
    ("points.transferred", &["unknown_member", "member_frozen", "same_member", "bad_amount", "points_short"]),
    ("points.redeemed", &["unknown_member", "member_frozen", "redemption_exists", "bad_amount", "points_short"]),
    ("redemption.cancelled", &["unknown_redemption", "redemption_cancelled", "treasury_short"]),
    (
        "offer.placed",
        &["unknown_member", "member_frozen", "offer_exists", "bad_amount", "price_outside_band", "points_short"],
    ),
    (
        "offer.taken",
        &[
            "unknown_offer",
            "unknown_member",
            "member_frozen",
            "trade_exists",
            "offer_closed",
            "self_dealing",
            "bad_amount",
            "price_outside_band",
            "offer_short",
            "points_short",
        ],
    ),
    ("trade.paid", &["unknown_trade", "wrong_trade_state"]),
    ("trade.confirmed", &["unknown_trade", "wrong_trade_state"]),
    ("trade.cancelled", &["unknown_trade", "wrong_trade_state"]),
    ("offer.cancelled", &["unknown_offer", "offer_closed"]),
    ("rules.adopted", &["bad_rules"]),
    ("day.closing", &["wrong_day", "nothing_due"]),
    ("day.closed", &["wrong_day"]),
];

/// What else is worth comparing: each kind of refund, ids that come again, where rounding decides.
const OTHERS: [&str; 14] = [
    "refund of part, Some(Waiting)",
    "refund of part, Some(VestedToday)",
    "refund of part, Some(Vested)",
    "refund of all, Some(Waiting)",
    "refund of all, Some(VestedToday)",
    "refund of all, Some(Vested)",
    "recovered",
    "unrecovered",
    "returned",
    "released with slack",
    "order.placed: id_conflict",
    "repeated",
    "too_close",
    "new_era",
];

const KINDS: [&str; 7] = ["consumption", "sale", "share_online", "share_offline", "merchant_share", "service", "area"];

/// What happened, and how often.
#[derive(Default)]
struct Seen {
    counts: BTreeMap<String, usize>,
}

impl Seen {
    fn count(&mut self, what: impl Into<String>) {
        *self.counts.entry(what.into()).or_default() += 1;
    }

    /// Applies an event as the model sees fit and counts what happened.
    fn step(&mut self, model: &mut Model, event: &Value) -> Verdict {
        let kind = event["type"].as_str().unwrap_or_default();
        let stage = event["order"].as_str().and_then(|id| model.order_stage(id));
        let mut verdict = model.apply(event);
        if let Verdict::TooClose(_) = verdict {
            self.count("too_close");
            verdict = model.adopt(event, &Answer::default()).unwrap_or_else(|e| panic!("{e}"));
        }
        match verdict {
            Verdict::Applied if kind == "order.refunded" => {
                let whole = if event.get("concession").is_some() { "part" } else { "all" };
                self.count(format!("refund of {whole}, {stage:?}"));
                self.count(if model.unrecovered().0.is_zero() { "recovered" } else { "unrecovered" });
                self.count(kind);
            }
            Verdict::Applied => self.count(kind),
            Verdict::Refused(code) => self.count(format!("{kind}: {code}")),
            Verdict::Repeated(_) => self.count("repeated"),
            Verdict::TooClose(_) => {}
        }
        verdict
    }

    /// What a whole journal reached.
    fn journal(&mut self, model: &Model) {
        for reward in model.orders().iter().flat_map(|order| &order.rewards) {
            self.count(reward.kind);
        }
        if model.eras() > 0 {
            self.count("new_era");
        }
        if !model.returned().is_zero() {
            self.count("returned");
        }
        for day in model.days() {
            if day.released_slack.is_positive() {
                self.count("released with slack");
            }
        }
    }
}

/// Section 7, as far as it is about a model without index.
fn hold(model: &Model) {
    let supply = model.supply();
    let parts = &supply.held + &supply.escrow + &supply.treasury + &supply.burned;
    // Holdings are cut at 60 places after a close.
    assert!((&supply.issued - parts).abs() < tiny(50), "{supply:?}");
    assert!(!supply.escrow.is_negative() && !supply.treasury.is_negative() && !supply.burned.is_negative());
    assert_eq!(supply.escrow, model.in_escrow());
    assert!(supply.issued <= model.cap() + model.supply_slack().0, "{supply:?}");
    assert!(!model.returned().is_negative());
    for id in model.members() {
        let (share_value, points) = (model.share_value(id), model.points(id));
        let slack = model.slack(id).unwrap_or_default();
        assert!(share_value.is_some_and(|s| *s >= whole(0)), "{id} {share_value:?}");
        assert!(points.is_some_and(|p| *p >= -slack.points), "{id} {points:?}");
    }
}

#[test]
fn journals_reach_everything() {
    let mut seen = Seen::default();
    let (mut events_in_all, mut refused) = (0, 0);
    for seed in 0..300 {
        let (rules, events) = random_journal(seed, 220);
        assert_eq!(events.len(), 220);
        let mut model = Model::new(&rules).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        for event in &events {
            events_in_all += 1;
            refused += usize::from(matches!(seen.step(&mut model, event), Verdict::Refused(_)));
            hold(&model);
        }
        seen.journal(&model);
    }
    let accepted = 100 * (events_in_all - refused) / events_in_all;
    println!("{accepted} % of {events_in_all} events accepted: {:#?}", seen.counts);
    let codes = TABLE.iter().flat_map(|(kind, codes)| codes.iter().map(move |code| format!("{kind}: {code}")));
    let types = TABLE.iter().flat_map(|(kind, _)| [(*kind).to_owned(), format!("{kind}: bad_event")]);
    let others = KINDS.iter().chain(&OTHERS).map(|what| (*what).to_owned());
    let missing: Vec<String> =
        codes.chain(types).chain(others).filter(|what| !seen.counts.contains_key(what)).collect();
    assert!(missing.is_empty(), "never happened: {missing:#?}\n{:#?}", seen.counts);
    assert!(accepted >= 70, "only {accepted} % accepted");
}

#[test]
fn a_seed_gives_the_same_journal() {
    assert_eq!(random_journal(7, 150), random_journal(7, 150));
    assert_ne!(random_journal(7, 150), random_journal(8, 150));
}

#[test]
fn journals_shrink_to_what_matters() {
    let mut runner = TestRunner::deterministic();
    let mut tree = journals(150..=150).new_tree(&mut runner).unwrap_or_else(|e| panic!("{e}"));
    // The made-up fault: two days were closed.
    let fails = |events: &[Value]| events.iter().filter(|e| e["type"] == "day.closed").count() >= 2;
    assert!(fails(&tree.current().events));
    while tree.simplify() {
        while !fails(&tree.current().events) && tree.complicate() {}
    }
    let least = tree.current();
    assert_eq!(least.events.len(), 2, "{least:?}");
    assert_eq!(least.events[0]["day"], least.rules["genesis_day"]);
}
