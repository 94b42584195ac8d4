//! Members who are frozen, shops that close, roles and cities that are taken back, opening balances (RULES.md section 4).

mod town;

use gongxiang::event::Code;
use serde_json::{Value, json};
use town::{TestResult, Town};

fn order(id: &str, channel: &str) -> Value {
    json!({"type": "order.placed", "order": id, "buyer": "a", "merchant": "shop", "channel": channel, "amount": "100",
        "concession": "10", "region": "440106"})
}

fn of(kind: &str, member: &str) -> Value {
    json!({"type": kind, "member": member})
}

#[test]
fn a_frozen_member_can_do_nothing_of_its_own() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "5", "unit_price": "1"}))?;
    town.take(&of("member.frozen", "shop"))?;
    for (event, field) in [
        (of("member.frozen", "shop"), "member"),
        (order("o1", "offline"), "merchant"),
        (json!({"type": "merchant.opened", "member": "shop", "region": "440106"}), "member"),
        (json!({"type": "points.transferred", "from": "shop", "to": "a", "points": "1"}), "from"),
        (json!({"type": "points.transferred", "from": "a", "to": "shop", "points": "1"}), "to"),
        (json!({"type": "points.redeemed", "member": "shop", "points": "1"}), "member"),
        (
            json!({"type": "offer.placed", "offer": "g", "member": "shop", "side": "buy", "points": "1", "unit_price": "1"}),
            "member",
        ),
        (json!({"type": "offer.taken", "offer": "f", "trade": "t", "member": "a", "points": "1"}), "offer"),
    ] {
        town.refuses(&event, Code::MemberFrozen, field)?;
    }
    town.take(&json!({"type": "offer.cancelled", "offer": "f"}))?;
    town.take(&json!({"type": "treasury.reclaimed", "member": "shop", "points": "1"}))?;
    town.take(&json!({"type": "treasury.granted", "member": "shop", "points": "1"}))?;
    town.take(&json!({"type": "pack.purchased", "member": "shop", "pack": "member"}))?;
    town.take(&of("member.unfrozen", "shop"))?;
    town.take(&order("o1", "offline"))?;
    town.refuses(&of("member.unfrozen", "shop"), Code::NotFrozen, "member")
}

#[test]
fn a_frozen_buyer_and_a_frozen_taker_are_refused_before_anything_else_about_the_order_or_the_offer() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o1", "offline"))?;
    town.take(&json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "5", "unit_price": "1"}))?;
    town.take(&of("member.frozen", "a"))?;
    town.refuses(&order("o1", "offline"), Code::MemberFrozen, "buyer")?;
    town.refuses(
        &json!({"type": "offer.taken", "offer": "f", "trade": "t", "member": "a", "points": "9"}),
        Code::MemberFrozen,
        "member",
    )?;
    town.take(&of("member.frozen", "shop"))?;
    town.refuses(&order("o1", "offline"), Code::MemberFrozen, "buyer")
}

#[test]
fn events_about_members_refuse_unknown_members() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    for kind in
        ["merchant.closed", "member.frozen", "member.unfrozen", "role.withdrawn", "partner.withdrawn", "balance.opened"]
    {
        town.refuses(&of(kind, "ghost"), Code::UnknownMember, "member")?;
    }
    let reclaim = |points: &str| json!({"type": "treasury.reclaimed", "member": "shop", "points": points});
    town.refuses(
        &json!({"type": "treasury.reclaimed", "member": "ghost", "points": "1"}),
        Code::UnknownMember,
        "member",
    )?;
    town.refuses(&reclaim("0"), Code::BadAmount, "points")?;
    town.refuses(&reclaim("1000.00000001"), Code::PointsShort, "points")?;
    let before = town.book.head().supply.treasury;
    town.take(&reclaim("1000"))?;
    assert_eq!(town.book.head().supply.treasury.raw() - before.raw(), 1_000 * 100_000_000);
    Ok(())
}

#[test]
fn a_shop_that_was_closed_takes_no_order_and_opens_as_if_for_the_first_time() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o1", "offline"))?;
    town.take(&of("merchant.closed", "shop"))?;
    town.refuses(&order("o2", "offline"), Code::NotAMerchant, "merchant")?;
    town.refuses(&of("merchant.closed", "shop"), Code::NotAMerchant, "member")?;
    // Orders that were placed before still vest.
    town.take(&json!({"type": "order.refunded", "order": "o1", "concession": "4"}))?;
    assert_eq!(town.has("shop")?[0], "994");
    town.take(&json!({"type": "treasury.reclaimed", "member": "shop", "points": "494.00000001"}))?;
    let open = json!({"type": "merchant.opened", "member": "shop", "region": "310101"});
    town.refuses(&open, Code::DepositShort, "member")?;
    town.take(&json!({"type": "treasury.granted", "member": "shop", "points": "0.00000001"}))?;
    town.take(&open)?;
    town.take(&order("o2", "offline"))?;
    Ok(())
}

#[test]
fn a_withdrawn_role_or_city_earns_by_no_later_order_and_keeps_what_earlier_ones_promise() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&json!({"type": "role.assigned", "member": "r", "role": "provider"}))?;
    town.take(&json!({"type": "pack.purchased", "member": "r", "pack": "area"}))?;
    town.take(&json!({"type": "partner.appointed", "member": "r", "region": "440100"}))?;
    let kinds = |receipt: gongxiang::receipt::Receipt| -> Vec<String> {
        let rewards = receipt.order.map(|order| order.rewards).unwrap_or_default();
        rewards
            .iter()
            .filter(|reward| reward.member.as_str() == "r")
            .map(|reward| format!("{:?}", reward.kind))
            .collect()
    };
    assert_eq!(kinds(town.take(&order("o1", "offline"))?), ["ShareOffline", "Service", "Area"]);
    town.take(&of("role.withdrawn", "r"))?;
    assert_eq!(kinds(town.take(&order("o2", "offline"))?), ["ShareOffline", "Area"]);
    town.take(&of("partner.withdrawn", "r"))?;
    assert_eq!(kinds(town.take(&order("o3", "offline"))?), ["ShareOffline"]);
    town.refuses(&of("role.withdrawn", "r"), Code::NoRole, "member")?;
    town.refuses(&of("partner.withdrawn", "r"), Code::NotAPartner, "member")?;
    // The city is free, so the former partner can be appointed again.
    town.take(&json!({"type": "partner.appointed", "member": "r", "region": "440100"}))?;
    town.close()?;
    town.close()?;
    // 3 × 0.5 + 0.4 + 2 × 0.8 points of 10 each.
    assert!(town.has("r")?[0].parse::<f64>()? > 3.5);
    Ok(())
}

#[test]
fn opening_balances_come_before_the_first_close_and_are_locked_until_the_activation() -> TestResult {
    let mut town = Town::empty(&json!({}))?;
    town.take(&of("member.registered", "x"))?;
    let open = |share_value: Value, points: Value| json!({"type": "balance.opened", "member": "x", "share_value": share_value, "points": points});
    town.refuses(&of("balance.opened", "x"), Code::BadAmount, "points")?;
    town.refuses(&open("0".into(), "1".into()), Code::BadAmount, "share_value")?;
    town.refuses(&open("1".into(), "-1".into()), Code::BadAmount, "points")?;
    town.refuses(&open("1".into(), "27640.00000001".into()), Code::TreasuryShort, "points")?;
    town.take(&open("50".into(), "7".into()))?;
    assert_eq!(town.has("x")?, ["7", "0", "250"]);
    town.take(&json!({"type": "pack.purchased", "member": "x", "pack": "member"}))?;
    town.take(&json!({"type": "balance.opened", "member": "x", "share_value": "1"}))?;
    town.take(&json!({"type": "balance.opened", "member": "x", "points": "1"}))?;
    assert_eq!(town.has("x")?, ["8", "550", "0"]);
    town.close()?;
    town.refuses(&open("1".into(), "1".into()), Code::NotOpening, "type")
}
