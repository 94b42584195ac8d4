//! Packs that come back, redemptions that are cancelled, orders that are refunded in parts (RULES.md sections 4 and 6).

mod town;

use gongxiang::event::Code;
use gongxiang::identity::Id;
use gongxiang::purchase::PurchaseState;
use gongxiang::receipt::{Amount, Party, Receipt, Rule};
use serde_json::{Value, json};
use town::{TestResult, Town};

fn bought(member: &str, pack: &str, purchase: &str, days: u64) -> Value {
    json!({"type": "pack.purchased", "member": member, "pack": pack, "purchase": purchase, "return_days": days})
}

fn order(id: &str, channel: &str, concession: &str) -> Value {
    json!({"type": "order.placed", "order": id, "buyer": "a", "merchant": "shop", "channel": channel, "amount": "100",
        "concession": concession, "region": "440106"})
}

fn refund(id: &str, concession: &str) -> Value {
    json!({"type": "order.refunded", "order": id, "concession": concession})
}

/// The points that a refund's receipt moves: from, to, amount.
fn moved(receipt: &Receipt) -> Vec<(String, String, String)> {
    let points = receipt.postings.iter().filter(|posting| posting.rule == Rule::Refund);
    let row = |posting: &gongxiang::receipt::Posting| match posting.amount {
        Amount::Points(points) => Some((posting.from.to_string(), posting.to.to_string(), points.to_string())),
        _ => None,
    };
    points.filter_map(row).collect()
}

#[test]
fn a_pack_that_may_come_back_gives_nothing_before_its_days_have_passed() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&json!({"type": "member.registered", "member": "n", "referrer": "a"}))?;
    let before = town.has("a")?;
    let receipt = town.take(&bought("n", "merchant", "p", 2))?;
    assert!(receipt.postings.is_empty() && receipt.accounts.is_empty());
    town.close()?;
    assert_eq!(town.has("n")?, ["0", "0", "200"]);
    let open = json!({"type": "merchant.opened", "member": "n", "region": "440106"});
    town.refuses(&open, Code::MerchantPackRequired, "member")?;
    town.close()?;
    assert_eq!(town.has("n")?[2], "200");
    let closed = town.close()?;
    let given: Vec<_> = closed
        .postings
        .iter()
        .filter(|posting| posting.to != Party::Pool)
        .map(|posting| (posting.rule, posting.amount.to_string()))
        .collect();
    assert_eq!(
        given[1..],
        [
            (Rule::Activation, "200".into()),
            (Rule::Release, given[2].1.clone()),
            (Rule::SignUpReferrer, "20".into()),
            (Rule::Pack, "599".into())
        ]
    );
    assert_ne!(town.has("a")?, before);
    town.refuses(&json!({"type": "pack.refunded", "purchase": "p"}), Code::PackFinal, "purchase")?;
    town.take(&open)?;
    Ok(())
}

#[test]
fn a_pack_that_came_back_never_takes_effect() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&json!({"type": "member.registered", "member": "n"}))?;
    town.take(&bought("n", "member", "p", 1))?;
    town.refuses(&bought("n", "member", "p", 1), Code::PurchaseExists, "purchase")?;
    town.refuses(&json!({"type": "pack.refunded", "purchase": "q"}), Code::UnknownPurchase, "purchase")?;
    town.take(&json!({"type": "pack.refunded", "purchase": "p"}))?;
    town.refuses(&json!({"type": "pack.refunded", "purchase": "p"}), Code::PurchaseRefunded, "purchase")?;
    town.refuses(&bought("n", "member", "p", 1), Code::PurchaseExists, "purchase")?;
    town.close()?;
    town.close()?;
    assert_eq!(town.has("n")?, ["0", "0", "200"]);
    assert_eq!(town.book.purchase(&id("p")).map(|purchase| purchase.state), Some(PurchaseState::Refunded));
    Ok(())
}

#[test]
fn a_pack_of_30_days_takes_effect_at_the_close_of_the_30th_day_after_it() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&json!({"type": "member.registered", "member": "n"}))?;
    town.take(&bought("n", "member", "p", 30))?;
    for _ in 0..30 {
        town.close()?;
    }
    assert_eq!(town.has("n")?[2], "200");
    town.close()?;
    assert_eq!(town.has("n")?[2], "0");
    Ok(())
}

#[test]
fn a_redemption_comes_back_once_from_where_it_went() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    let redeem = |id: &str, points: &str| json!({"type": "points.redeemed", "member": "shop", "points": points, "redemption": id});
    let cancel = |id: &str| json!({"type": "redemption.cancelled", "redemption": id});
    town.take(&redeem("burned", "30"))?;
    town.refuses(&redeem("burned", "30"), Code::RedemptionExists, "redemption")?;
    town.take(&json!({"type": "rules.adopted", "rules": {"redemption": "treasury"}}))?;
    town.take(&redeem("kept", "40"))?;
    let supply = town.book.head().supply;
    let receipt = town.take(&cancel("burned"))?;
    assert_eq!((&receipt.postings[0].from, receipt.postings[0].rule), (&Party::Burned, Rule::Redemption));
    assert_eq!(town.book.head().supply.treasury, supply.treasury);
    assert_eq!(town.book.head().supply.burned.raw(), 0);
    town.refuses(&cancel("burned"), Code::RedemptionCancelled, "redemption")?;
    town.refuses(&redeem("burned", "30"), Code::RedemptionExists, "redemption")?;
    town.refuses(&cancel("none"), Code::UnknownRedemption, "redemption")?;
    let all = town.book.head().supply.treasury.to_string();
    town.take(&json!({"type": "treasury.granted", "member": "a", "points": all}))?;
    town.refuses(&cancel("kept"), Code::TreasuryShort, "redemption")?;
    town.take(&json!({"type": "treasury.reclaimed", "member": "a", "points": "40"}))?;
    town.take(&cancel("kept"))?;
    assert_eq!(town.has("shop")?[0], "1000");
    Ok(())
}

#[test]
fn a_part_of_a_refund_is_at_most_what_is_left_of_the_concession() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o", "offline", "10"))?;
    town.refuses(&refund("o", "10.01"), Code::BadConcession, "concession")?;
    town.refuses(&refund("o", "0"), Code::BadConcession, "concession")?;
    town.refuses(&refund("o", "-1"), Code::BadConcession, "concession")?;
    town.take(&refund("o", "9.99"))?;
    town.refuses(&refund("o", "0.02"), Code::BadConcession, "concession")?;
    assert_eq!(town.has("shop")?[0], "999.99");
    town.take(&json!({"type": "order.refunded", "order": "o"}))?;
    town.refuses(&refund("o", "0.01"), Code::OrderRefunded, "order")?;
    town.refuses(&refund("p", "0.01"), Code::UnknownOrder, "order")?;
    assert_eq!(town.has("shop")?[0], "1000");
    Ok(())
}

#[test]
fn two_refunds_before_vesting_leave_what_one_would() -> TestResult {
    let mut whole = Town::with(&json!({}))?;
    let mut parts = Town::with(&json!({}))?;
    for town in [&mut whole, &mut parts] {
        town.take(&order("o", "offline", "9.99"))?;
    }
    whole.take(&refund("o", "3.34"))?;
    for part in ["0.01", "1.11", "2.22"] {
        parts.take(&refund("o", part))?;
    }
    for _ in 0..2 {
        whole.close()?;
        parts.close()?;
    }
    assert_eq!(whole.book.state()?, parts.book.state()?);
    assert_eq!(whole.book.days(), parts.book.days(), "the turnover is what is left of the concession");
    Ok(())
}

#[test]
fn the_reason_of_a_reward_names_the_part_that_a_refund_left() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o", "offline", "10"))?;
    town.take(&refund("o", "5"))?;
    town.close()?;
    let closed = town.close()?;
    let whys: Vec<String> = closed
        .postings
        .iter()
        .filter(|posting| posting.rule.class().is_some())
        .map(|posting| posting.why.tag().to_owned())
        .collect();
    assert!(whys.contains(&"share_value_left".into()) && whys.contains(&"points_left".into()), "{whys:?}");
    let share = closed.postings.iter().find(|posting| posting.rule.as_str() == "share_offline").ok_or("no share")?;
    // 5 % of 10 points; half of the order is left.
    assert_eq!(share.amount.to_string(), "0.25");
    Ok(())
}

#[test]
fn earned_points_of_a_receiver_are_released_again_before_anything_goes_to_the_merchant() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o", "offline", "100"))?;
    town.close()?;
    town.close()?;
    town.close()?;
    let receipt = town.take(&refund("o", "50"))?;
    let moved = moved(&receipt);
    assert!(moved.iter().any(|(from, to, _)| from == "member a" && to == "issuance"), "{moved:?}");
    // The order gave `r` only points. All of them go to the merchant, through the escrow.
    assert!(
        moved.iter().any(|(from, to, points)| from == "member r" && to == "escrow" && points == "2.5"),
        "{moved:?}"
    );
    assert_eq!(
        moved.last().map(|(from, to, points)| (from.as_str(), to.as_str(), points.as_str())),
        Some(("escrow", "member shop", "2.5"))
    );
    assert_eq!(receipt.unrecovered.map(|points| points.to_string()).as_deref(), Some("0"));
    let returned: i128 = receipt
        .postings
        .iter()
        .filter(|posting| posting.to == Party::Issuance)
        .map(|posting| match posting.amount {
            Amount::Points(points) => points.raw(),
            _ => 0,
        })
        .sum();
    assert_eq!(town.book.head().release.returned.raw(), returned);
    assert!(returned > 0);
    Ok(())
}

#[test]
fn what_a_receiver_spent_is_unrecovered_and_only_what_it_has_comes_back() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    town.take(&order("o", "offline", "100"))?;
    town.close()?;
    town.close()?;
    let points = town.has("r")?[0].clone();
    town.take(&json!({"type": "points.transferred", "from": "r", "to": "a", "points": points}))?;
    let receipt = town.take(&json!({"type": "order.refunded", "order": "o"}))?;
    assert_eq!(receipt.unrecovered.map(|points| points.to_string()).as_deref(), Some("5"));
    assert_eq!(town.has("r")?[0], "0");
    Ok(())
}

#[test]
fn on_the_day_of_vesting_a_refund_lowers_the_turnover_and_brings_burned_points_back() -> TestResult {
    let at_once = json!({"order": {"buyer_multiple": "10", "merchant_multiple": "2", "vesting_days": {"online": 0, "offline": 0}}});
    let mut town = Town::with(&at_once)?;
    town.take(&order("o", "offline", "100"))?;
    assert_eq!(town.book.head().supply.burned.to_string(), "95");
    town.take(&refund("o", "40"))?;
    // 57 of the 95 stay burned: 60 of 100.
    assert_eq!(town.book.head().supply.burned.to_string(), "57");
    assert_eq!(town.has("shop")?[0], "940");
    town.close()?;
    assert_eq!(
        town.book.days().last().and_then(|day| day.turnover).map(|turnover| turnover.to_string()).as_deref(),
        Some("60")
    );
    let burned = town.book.head().supply.burned;
    town.take(&refund("o", "10"))?;
    assert_eq!(town.book.head().supply.burned, burned, "later, what is burned stays burned");
    town.close()?;
    assert_eq!(
        town.book.days().last().and_then(|day| day.turnover).map(|turnover| turnover.to_string()).as_deref(),
        Some("0")
    );
    Ok(())
}

#[test]
fn settling_lists_every_purchase_and_redemption_that_changed() -> TestResult {
    let mut town = Town::with(&json!({}))?;
    let mut settle = |event: Value| -> Result<(Vec<String>, Vec<String>), Box<dyn std::error::Error>> {
        let entry = gongxiang::wire::event::read(&serde_json::from_value(event)?)?;
        let changed = town.book.settle(&entry.event)?.changed;
        let rows =
            |rows: &std::collections::BTreeMap<Id, bool>| rows.iter().map(|(id, new)| format!("{id} {new}")).collect();
        Ok((rows(&changed.purchases), rows(&changed.redemptions)))
    };
    let none = Vec::<String>::new;
    assert_eq!(settle(bought("a", "member", "p", 1))?, (vec!["p true".into()], none()));
    assert_eq!(settle(bought("a", "member", "q", 1))?, (vec!["q true".into()], none()));
    assert_eq!(settle(json!({"type": "pack.refunded", "purchase": "p"}))?, (vec!["p false".into()], none()));
    let redeem = json!({"type": "points.redeemed", "member": "shop", "points": "1", "redemption": "x"});
    assert_eq!(settle(redeem)?, (none(), vec!["x true".into()]));
    assert_eq!(settle(json!({"type": "redemption.cancelled", "redemption": "x"}))?, (none(), vec!["x false".into()]));
    assert_eq!(settle(json!({"type": "day.closed", "day": "2026-01-01"}))?, (none(), none()));
    assert_eq!(settle(json!({"type": "day.closed", "day": "2026-01-02"}))?, (vec!["q false".into()], none()));
    Ok(())
}

fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}
