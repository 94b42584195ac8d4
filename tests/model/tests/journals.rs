//! What the random journals reach, and what must hold in the model whatever they do.

use std::collections::BTreeMap;

use gongxiang_model::exact::{tiny, whole};
use gongxiang_model::journal::{journals, random_journal};
use gongxiang_model::{Model, Seen, Verdict};
use num_traits::{Signed, Zero};
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;
use serde_json::Value;

const TYPES: [&str; 19] = [
    "member.registered",
    "pack.purchased",
    "merchant.opened",
    "role.assigned",
    "partner.appointed",
    "treasury.granted",
    "price.set",
    "order.placed",
    "order.refunded",
    "points.transferred",
    "points.redeemed",
    "offer.placed",
    "offer.taken",
    "trade.paid",
    "trade.confirmed",
    "trade.cancelled",
    "offer.cancelled",
    "rules.adopted",
    "day.closed",
];

const CODES: [&str; 37] = [
    "bad_amount",
    "bad_concession",
    "bad_event",
    "bad_price",
    "bad_rules",
    "deposit_short",
    "id_conflict",
    "member_exists",
    "merchant_exists",
    "merchant_pack_required",
    "merchant_points_short",
    "not_a_merchant",
    "offer_closed",
    "offer_exists",
    "offer_short",
    "order_exists",
    "order_refunded",
    "partner_exists",
    "partner_pack_required",
    "points_short",
    "price_outside_band",
    "region_taken",
    "same_member",
    "self_dealing",
    "trade_exists",
    "treasury_short",
    "unknown_member",
    "unknown_offer",
    "unknown_order",
    "unknown_pack",
    "unknown_role",
    "unknown_trade",
    "wrong_day",
    "wrong_trade_state",
    "repeated",
    "too_close",
    "new_era",
];

const KINDS: [&str; 7] = ["consumption", "sale", "share_online", "share_offline", "merchant_share", "service", "area"];

/// Applies an event as the model sees fit and counts what happened.
fn step(model: &mut Model, event: &Value, seen: &mut BTreeMap<String, usize>) -> Verdict {
    let mut count = |key: &str| *seen.entry(key.to_owned()).or_default() += 1;
    let mut verdict = model.apply(event);
    if let Verdict::TooClose(_) = verdict {
        count("too_close");
        verdict = model.adopt(event, &Seen::default()).unwrap_or_else(|e| panic!("{e}"));
    }
    match verdict {
        Verdict::Applied => count(event["type"].as_str().unwrap_or_default()),
        Verdict::Refused(code) => count(code),
        Verdict::Repeated(_) => count("repeated"),
        Verdict::TooClose(_) => {}
    }
    verdict
}

/// Section 7, as far as it is about a model without index.
fn hold(model: &Model) {
    let supply = model.supply();
    let parts = &supply.held + &supply.escrow + &supply.treasury + &supply.burned;
    // Holdings are cut at 60 places after a close.
    assert!((&supply.issued - parts).abs() < tiny(50), "{supply:?}");
    assert!(!supply.escrow.is_negative() && !supply.treasury.is_negative() && !supply.burned.is_negative());
    for id in model.members() {
        let (share_value, points) = (model.share_value(id), model.points(id));
        let slack = model.slack(id).unwrap_or_default();
        assert!(share_value.is_some_and(|s| *s >= whole(0)), "{id} {share_value:?}");
        assert!(points.is_some_and(|p| *p >= -slack.points), "{id} {points:?}");
    }
}

#[test]
fn journals_reach_everything() {
    let mut seen = BTreeMap::new();
    let (mut events_in_all, mut refused) = (0, 0);
    // Without optimization the fractions are slow; fewer journals reach everything as well.
    let journals = if cfg!(debug_assertions) { 30 } else { 200 };
    for seed in 0..journals {
        let (rules, events) = random_journal(seed, 220);
        assert_eq!(events.len(), 220);
        let mut model = Model::new(&rules).unwrap_or_else(|e| panic!("seed {seed}: {e}"));
        for event in &events {
            events_in_all += 1;
            refused += usize::from(matches!(step(&mut model, event, &mut seen), Verdict::Refused(_)));
        }
        hold(&model);
        for reward in model.orders().iter().flat_map(|order| &order.rewards) {
            *seen.entry(reward.kind.to_owned()).or_default() += 1;
        }
        *seen.entry("new_era".to_owned()).or_default() += usize::from(model.eras() > 0);
        *seen.entry("returned".to_owned()).or_default() += usize::from(!model.returned().is_zero());
        let capped = model.days().iter().filter(|day| day.released_slack.is_positive()).count();
        *seen.entry("released with slack".to_owned()).or_default() += capped;
    }
    let accepted = 100 * (events_in_all - refused) / events_in_all;
    println!("{accepted} % of {events_in_all} events accepted: {seen:#?}");
    for expected in TYPES.iter().chain(&CODES).chain(&KINDS) {
        assert!(seen.contains_key(*expected), "{expected} never happened: {seen:#?}");
    }
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
