//! Bad input gets its code and its field, and the state afterwards is the state before.

use gongxiang::book::Book;
use gongxiang::event::{Code, Refusal};
use gongxiang::preset;
use gongxiang::ruleset::{RuleSet, RuleSetError};
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use serde_json::{Value, json};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// A book with a shop, two members and some share value in it.
fn book() -> Result<Book, Box<dyn std::error::Error>> {
    let mut book = Book::open(preset::seed()?);
    for event in [
        json!({"type": "member.registered", "member": "shop"}),
        json!({"type": "pack.purchased", "member": "shop", "pack": "merchant"}),
        json!({"type": "treasury.granted", "member": "shop", "points": "1000"}),
        json!({"type": "merchant.opened", "member": "shop", "region": "440106"}),
        json!({"type": "member.registered", "member": "a", "referrer": "shop"}),
        json!({"type": "pack.purchased", "member": "a", "pack": "member"}),
        order("100", "10"),
    ] {
        apply(&mut book, &event)?;
    }
    Ok(book)
}

fn order(amount: &str, concession: &str) -> Value {
    json!({
        "type": "order.placed", "order": "o1", "buyer": "a", "merchant": "shop", "channel": "online",
        "amount": amount, "concession": concession, "region": "440106",
    })
}

fn apply(book: &mut Book, event: &Value) -> Result<(), Refusal> {
    let tree: Tree =
        serde_json::from_value(event.clone()).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    let entry = event::read(&tree)?;
    let preview = book.preview(&entry);
    let outcome = book.apply(&entry);
    assert_eq!(preview, outcome.result, "a preview says what apply does");
    outcome.result.map(|_| ())
}

/// Checks that the event is refused with this code and field, and that it changes nothing.
fn refused(event: &Value, code: Code, field: &str) -> TestResult {
    let mut book = book()?;
    let before = book.state()?;
    match apply(&mut book, event) {
        Err(refusal) => {
            assert_eq!((refusal.code, &*refusal.field), (code, field), "{event}: {refusal}");
            assert!(!refusal.message.is_empty());
        }
        Ok(()) => panic!("accepted: {event}"),
    }
    assert_eq!(book.state()?, before, "{event}");
    Ok(())
}

fn with(mut event: Value, field: &str, value: Value) -> Value {
    event[field] = value;
    event
}

fn without(mut event: Value, field: &str) -> Value {
    event.as_object_mut().map(|event| event.remove(field));
    event
}

fn new_order() -> Value {
    with(order("100", "10"), "order", json!("o2"))
}

#[test]
fn an_unknown_type_or_field_and_a_missing_field_are_bad_events() -> TestResult {
    refused(&json!({"type": "member.deleted", "member": "a"}), Code::BadEvent, "type")?;
    refused(&json!({"member": "a"}), Code::BadEvent, "type")?;
    refused(&with(new_order(), "colour", json!("red")), Code::BadEvent, "colour")?;
    for field in ["order", "buyer", "merchant", "channel", "amount", "concession", "region"] {
        refused(&without(new_order(), field), Code::BadEvent, field)?;
        refused(&with(new_order(), field, Value::Null), Code::BadEvent, field)?;
        refused(&with(new_order(), field, json!(["x"])), Code::BadEvent, field)?;
    }
    for event in [json!(null), json!([]), json!("member.registered"), json!(1)] {
        refused(&event, Code::BadEvent, "")?;
    }
    Ok(())
}

#[test]
fn a_decimal_outside_the_grammar_is_a_bad_event() -> TestResult {
    let mut bad: Vec<Value> = [
        "1e3",
        ".5",
        "5.",
        "+1",
        "1_0",
        "NaN",
        "Infinity",
        "-",
        "",
        " 1",
        "1 ",
        "1,000",
        "01",
        "0x1",
        "１",
        "1.000",
        "1000000000000.01",
        "1000000000001",
        "-1000000000001",
        "1.0.0",
        "--1",
        "1-",
        "\u{0}",
    ]
    .map(Value::from)
    .to_vec();
    bad.extend([json!(100), json!(1.5), json!(true), json!({"value": "1"})]);
    for value in bad {
        refused(&with(new_order(), "amount", value.clone()), Code::BadEvent, "amount")?;
        refused(&with(new_order(), "concession", value), Code::BadEvent, "concession")?;
    }
    refused(&json!({"type": "price.set", "price": "1.000000000"}), Code::BadEvent, "price")?;
    refused(&json!({"type": "points.redeemed", "member": "a", "points": "0.000000000"}), Code::BadEvent, "points")
}

#[test]
fn amounts_of_0_and_below_get_the_events_own_code() -> TestResult {
    for zero in ["0", "-0", "0.00", "-1", "-1000000000000"] {
        refused(&with(new_order(), "amount", json!(zero)), Code::BadAmount, "amount")?;
        refused(&with(new_order(), "concession", json!(zero)), Code::BadConcession, "concession")?;
        refused(&json!({"type": "price.set", "price": zero}), Code::BadPrice, "price")?;
        for event in [
            json!({"type": "points.transferred", "from": "shop", "to": "a", "points": zero}),
            json!({"type": "points.redeemed", "member": "shop", "points": zero}),
            json!({"type": "treasury.granted", "member": "shop", "points": zero}),
            json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": zero, "unit_price": "1"}),
        ] {
            refused(&event, Code::BadAmount, "points")?;
        }
        let offer = json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "1", "unit_price": zero});
        refused(&offer, Code::PriceOutsideBand, "unit_price")?;
    }
    refused(&order("100", "100.01"), Code::OrderExists, "order")?;
    refused(&with(new_order(), "concession", json!("100.01")), Code::BadConcession, "concession")
}

#[test]
fn the_largest_numbers_are_exact_or_refused_and_never_wrap() -> TestResult {
    let largest = "1000000000000";
    refused(&json!({"type": "treasury.granted", "member": "a", "points": largest}), Code::TreasuryShort, "points")?;
    let event = with(with(new_order(), "amount", json!(largest)), "concession", json!(largest));
    refused(&event, Code::MerchantPointsShort, "merchant")?;
    let mut book = book()?;
    let packs = json!({"type": "rules.adopted", "rules": {"packs": {
        "huge": {"price": largest, "share_value_rate": largest}}}});
    apply(&mut book, &packs)?;
    apply(&mut book, &json!({"type": "price.set", "price": "0.00000001"}))?;
    // 10^24 share value at a time, until the sum does not fit.
    let huge = json!({"type": "pack.purchased", "member": "a", "pack": "huge"});
    let mut given = 0;
    while apply(&mut book, &huge).is_ok() {
        given += 1;
        assert!(given < 1_000_000, "the limit is reached");
        if given % 20_000 == 0 {
            let day = book.head().day.to_string();
            apply(&mut book, &json!({"type": "day.closed", "day": day}))?;
        }
    }
    assert_eq!(apply(&mut book, &huge).map_err(|refusal| refusal.code), Err(Code::OutOfRange));
    let day = book.head().day.to_string();
    apply(&mut book, &json!({"type": "day.closed", "day": day}))?;
    let state = book.state()?;
    let parts = [state.supply.held, state.supply.burned, state.supply.treasury, state.supply.escrow, state.supply.pool];
    assert_eq!(parts.iter().map(|part| part.raw()).sum::<i128>(), state.supply.issued.raw());
    Ok(())
}

#[test]
fn an_id_outside_its_grammar_is_a_bad_event() -> TestResult {
    let too_long = "x".repeat(65);
    for id in ["", " ", "a b", "á", "a/b", "<script>", "a\u{202e}b", "😀", too_long.as_str()] {
        refused(&json!({"type": "member.registered", "member": id}), Code::BadEvent, "member")?;
        refused(&json!({"type": "member.registered", "member": "b", "referrer": id}), Code::BadEvent, "referrer")?;
        refused(&json!({"type": "member.registered", "member": "b", "id": id}), Code::BadEvent, "id")?;
        let item = json!({"type": "points.redeemed", "member": "a", "points": "1", "item": id});
        refused(&item, Code::BadEvent, "item")?;
    }
    refused(&json!({"type": "member.registered", "member": "b", "at": "yesterday"}), Code::BadEvent, "at")?;
    refused(&with(new_order(), "region", json!("4401")), Code::BadEvent, "region")?;
    refused(&json!({"type": "partner.appointed", "member": "a", "region": "440106"}), Code::BadEvent, "region")?;
    refused(&json!({"type": "partner.appointed", "member": "a", "region": "440000"}), Code::BadEvent, "region")
}

#[test]
fn every_event_may_carry_a_reference_that_is_an_id() -> TestResult {
    for bad in [json!(""), json!("a b"), json!("x".repeat(65)), json!(7), Value::Null] {
        refused(&with(new_order(), "reference", bad), Code::BadEvent, "reference")?;
    }
    let mut book = book()?;
    let plain = with(new_order(), "id", json!("e"));
    let marked = with(plain.clone(), "reference", json!("till-7:42"));
    apply(&mut book, &marked)?;
    // The reference is a part of the content: with another one the same `id` is a conflict.
    apply(&mut book, &marked)?;
    assert_eq!(apply(&mut book, &plain).map_err(|refusal| refusal.code), Err(Code::IdConflict));
    Ok(())
}

#[test]
fn a_pack_that_may_come_back_has_a_purchase_and_1_to_30_days_or_neither() -> TestResult {
    let pack = json!({"type": "pack.purchased", "member": "a", "pack": "member", "purchase": "p", "return_days": 7});
    refused(&without(pack.clone(), "return_days"), Code::BadEvent, "return_days")?;
    refused(&without(pack.clone(), "purchase"), Code::BadEvent, "purchase")?;
    for days in [json!(0), json!(31), json!(-1), json!(1.5), json!("7"), json!(1e300), json!(u64::MAX), Value::Null] {
        refused(&with(pack.clone(), "return_days", days), Code::BadEvent, "return_days")?;
    }
    for id in [json!(""), json!("a b"), json!(7), Value::Null] {
        refused(&with(pack.clone(), "purchase", id.clone()), Code::BadEvent, "purchase")?;
        refused(&json!({"type": "pack.refunded", "purchase": id}), Code::BadEvent, "purchase")?;
    }
    refused(&json!({"type": "pack.refunded"}), Code::BadEvent, "purchase")?;
    refused(&with(pack.clone(), "member", json!("ghost")), Code::UnknownMember, "member")?;
    refused(&with(pack.clone(), "pack", json!("ghost")), Code::UnknownPack, "pack")?;
    for days in [1, 30] {
        apply(&mut book()?, &with(pack.clone(), "return_days", json!(days)))?;
    }
    Ok(())
}

#[test]
fn a_number_with_a_fraction_or_an_exponent_is_no_whole_number() {
    for number in ["1.0", "1e1", "10E0", "1.5", "01", "+1", "\"1\"", "true", "[]"] {
        let text = format!(r#"{{"type":"day.closing","day":"2026-01-01","most":{number}}}"#);
        let refusal = match serde_json::from_str::<Tree>(&text) {
            Ok(tree) => event::read(&tree).err(),
            Err(_) => continue,
        };
        let refusal = refusal.unwrap_or_else(|| panic!("{number} is taken for a whole number"));
        assert_eq!((refusal.code, &*refusal.field), (Code::BadEvent, "most"), "{number}");
    }
}

#[test]
fn a_part_of_a_close_takes_1_to_10000_rows() -> TestResult {
    let closing = json!({"type": "day.closing", "day": "2026-01-01", "most": 1});
    for most in [json!(0), json!(10_001), json!(-1), json!(0.5), json!("1"), Value::Null] {
        refused(&with(closing.clone(), "most", most), Code::BadEvent, "most")?;
    }
    refused(&without(closing.clone(), "most"), Code::BadEvent, "most")?;
    refused(&with(closing.clone(), "day", json!("2026-02-30")), Code::BadEvent, "day")?;
    refused(&with(closing.clone(), "day", json!("2026-01-02")), Code::WrongDay, "day")?;
    for most in [1, 10_000] {
        refused(&with(closing.clone(), "most", json!(most)), Code::NothingDue, "day")?;
    }
    Ok(())
}

#[test]
fn the_fields_that_may_be_left_out_are_read_as_strictly_as_the_others() -> TestResult {
    let refund = json!({"type": "order.refunded", "order": "o1"});
    for bad in [json!("1.000"), json!(1), json!(""), Value::Null] {
        refused(&with(refund.clone(), "concession", bad), Code::BadEvent, "concession")?;
    }
    let redeem = json!({"type": "points.redeemed", "member": "shop", "points": "1"});
    let cancel = json!({"type": "redemption.cancelled"});
    for bad in [json!("a b"), json!(1), json!(""), Value::Null] {
        refused(&with(redeem.clone(), "redemption", bad.clone()), Code::BadEvent, "redemption")?;
        refused(&with(cancel.clone(), "redemption", bad), Code::BadEvent, "redemption")?;
    }
    let opened = json!({"type": "balance.opened", "member": "a"});
    for bad in [json!("1.000000000"), json!(1), json!("1e3"), Value::Null] {
        refused(&with(opened.clone(), "share_value", bad.clone()), Code::BadEvent, "share_value")?;
        refused(&with(opened.clone(), "points", bad), Code::BadEvent, "points")?;
    }
    for kind in ["merchant.closed", "member.frozen", "member.unfrozen", "role.withdrawn", "partner.withdrawn"] {
        refused(&json!({"type": kind}), Code::BadEvent, "member")?;
        refused(&json!({"type": kind, "member": "a", "region": "440100"}), Code::BadEvent, "region")?;
    }
    refused(&json!({"type": "treasury.reclaimed", "member": "a", "points": 1}), Code::BadEvent, "points")
}

#[test]
fn no_cycle_of_referrers_can_be_made() -> TestResult {
    refused(&json!({"type": "member.registered", "member": "b", "referrer": "b"}), Code::UnknownMember, "referrer")?;
    refused(
        &json!({"type": "member.registered", "member": "b", "referrer": "ghost"}),
        Code::UnknownMember,
        "referrer",
    )?;
    refused(&json!({"type": "member.registered", "member": "shop", "referrer": "a"}), Code::MemberExists, "member")
}

#[test]
fn only_the_open_day_can_be_closed() -> TestResult {
    for day in ["2025-12-31", "2026-01-02", "9999-12-31"] {
        refused(&json!({"type": "day.closed", "day": day}), Code::WrongDay, "day")?;
    }
    for day in ["2026-02-30", "2026-1-1", "today", ""] {
        refused(&json!({"type": "day.closed", "day": day}), Code::BadEvent, "day")?;
    }
    Ok(())
}

#[test]
fn after_the_last_day_of_the_calendar_no_day_is_closed() -> TestResult {
    let mut rules = serde_json::to_value(preset::seed()?)?;
    rules["genesis_day"] = json!("9999-12-31");
    let mut book = Book::open(serde_json::from_value(rules)?);
    let closed = apply(&mut book, &json!({"type": "day.closed", "day": "9999-12-31"}));
    assert_eq!(closed.map_err(|refusal| refusal.code), Err(Code::OutOfRange));
    Ok(())
}

#[test]
fn the_same_id_is_applied_once_and_with_another_content_is_a_conflict() -> TestResult {
    let mut book = book()?;
    let transfer = |points: &str, id: &str| {
        let event = json!({"type": "points.transferred", "from": "shop", "to": "a", "points": points, "id": id});
        serde_json::from_value(event).map_err(|error| Refusal::bad_event("", error.to_string()))
    };
    let first = event::read(&transfer("1", "t1")?)?;
    let receipt = book.apply(&first);
    assert!(!receipt.repeated && receipt.result.is_ok());
    let after = book.state()?;
    let again = book.apply(&first);
    assert!(again.repeated);
    assert_eq!(again.result, receipt.result);

    // The same JSON value with its keys in another order is the same event.
    let reordered: Tree =
        serde_json::from_str(r#"{"id":"t1","points":"1","to":"a","from":"shop","type":"points.transferred"}"#)?;
    assert!(book.apply(&event::read(&reordered)?).repeated);

    // `1.0` and `1` are different texts, so the content differs.
    for other in [transfer("1.0", "t1")?, transfer("2", "t1")?] {
        let conflict = book.apply(&event::read(&other)?);
        assert!(!conflict.repeated);
        assert_eq!(
            conflict.result.map_err(|refusal| (refusal.code, refusal.field)),
            Err((Code::IdConflict, "id".into()))
        );
    }

    // A refusal is an outcome as well, so the event is not tried again.
    let too_much = event::read(&transfer("1000000", "t2")?)?;
    assert!(!book.apply(&too_much).repeated);
    let again = book.apply(&too_much);
    assert_eq!((again.repeated, again.result.map_err(|refusal| refusal.code)), (true, Err(Code::PointsShort)));
    assert_eq!(book.state()?, after);

    // An event that does not parse leaves its `id` free.
    let unread = event::read(&transfer("1e3", "t3")?).map_err(|refusal| (refusal.code, refusal.field));
    assert_eq!(unread.err(), Some((Code::BadEvent, "points".into())));
    assert!(book.apply(&event::read(&transfer("1", "t3")?)?).result.is_ok());
    Ok(())
}

#[test]
fn hostile_json_is_refused_while_it_is_read() {
    let deep = format!("{}1{}", "[".repeat(100), "]".repeat(100));
    let wide = format!("[{}1]", "1,".repeat(100_000));
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(2_000));
    for (text, why) in [
        (deep.as_str(), "is nested too deeply"),
        (&wide, "has too many values"),
        (&long, "has a text that is too long"),
        (r#"{"type":"a","type":"b"}"#, "names the key `type` twice"),
        ("{", "EOF while parsing an object"),
        ("", "EOF while parsing a value"),
        ("\u{feff}{}", "expected value"),
    ] {
        let error = serde_json::from_str::<Tree>(text).map_err(|error| error.to_string()).err().unwrap_or_default();
        assert!(error.contains(why), "`{error}` does not say `{why}`");
    }
}

fn check(rules: &Value) -> Result<RuleSet, RuleSetError> {
    let tree: Tree = serde_json::from_value(rules.clone())
        .map_err(|error| RuleSetError { key: String::new(), message: error.to_string() })?;
    RuleSet::from_tree(&tree)
}

#[test]
fn every_preset_is_valid_and_is_written_as_it_was_read() -> TestResult {
    for (name, text) in preset::PRESETS {
        let rules = preset::from_toml(text)?;
        assert_eq!(check(&serde_json::to_value(&rules)?)?, rules, "{name}");
        assert_eq!(preset::by_name(name), Some(Ok(rules)));
    }
    assert_eq!(preset::by_name("none"), None);
    Ok(())
}

#[test]
fn an_invalid_rule_set_is_refused_with_the_key_that_is_wrong() -> TestResult {
    let seed = serde_json::to_value(preset::seed()?)?;
    let role_list = "/service/roles";
    for (pointer, value, key) in [
        ("/genesis_day", json!("2026-02-30"), "genesis_day"),
        ("/supply/cap", json!("27639"), "supply.cap"),
        ("/supply/cap", json!("1000000000001"), "supply.cap"),
        ("/release/daily", json!("0"), "release.daily"),
        ("/release/daily", json!("-1"), "release.daily"),
        ("/release/daily", json!(888), "release.daily"),
        ("/release/daily", json!("0.000000001"), "release.daily"),
        ("/release/min_total", json!("0"), "release.min_total"),
        ("/price/initial", json!("0"), "price.initial"),
        ("/price/policy", json!("vote"), "price.policy"),
        ("/price/window_days", json!(0), "price.window_days"),
        ("/price/window_days", json!("7"), "price.window_days"),
        ("/price/window_days", json!(1.5), "price.window_days"),
        ("/price/window_days", json!(-7), "price.window_days"),
        ("/price/window_days", json!(1_000_000_000_001_u64), "price.window_days"),
        ("/price/daily_limit", json!("1"), "price.daily_limit"),
        ("/market/price_band", json!("1"), "market.price_band"),
        ("/merchant/deposit", json!("500.001"), "merchant.deposit"),
        ("/packs/member/price", json!("1e2"), "packs.member.price"),
        ("/packs/member/merchant", json!("yes"), "packs.member.merchant"),
        ("/packs/member", json!({"price": "1"}), "packs.member.share_value_rate"),
        ("/packs/member", json!({"price": "1", "share_value_rate": "1", "colour": false}), "packs.member.colour"),
        ("/order/vesting_days", json!(7), "order.vesting_days"),
        ("/service/roles/1/points_rate", json!("0.05"), "service.roles.2"),
        ("/service/roles/3/name", json!("vip"), "service.roles.3.name"),
        ("/service/roles/3/points_rate", json!("0.9"), "share.offline_points_rate"),
        (role_list, json!([1]), "service.roles.0"),
        (role_list, json!({}), "service.roles"),
        ("/area/online_points_rate", json!("1.00000001"), "area.online_points_rate"),
        ("/redemption", json!("keep"), "redemption"),
        ("/redemption", json!(null), "redemption"),
    ] {
        let mut rules = seed.clone();
        *rules.pointer_mut(pointer).unwrap_or(&mut Value::Null) = value.clone();
        match (check(&rules), pointer) {
            // The preset does not write this flag, so it has no value to replace.
            (Ok(_), "/packs/member/merchant") => {
                rules["packs"]["member"]["merchant"] = value;
                assert_eq!(check(&rules).map_err(|error| error.key), Err(key.into()));
            }
            (checked, _) => assert_eq!(checked.map_err(|error| error.key), Err(key.into()), "{pointer} {value}"),
        }
    }
    let mut rules = seed.clone();
    rules["colour"] = json!(false);
    assert_eq!(check(&rules).map_err(|error| error.key), Err("colour".into()));
    for key in ["supply", "redemption", "packs", "market"] {
        let key_of_error = check(&without(seed.clone(), key)).map_err(|error| error.key).err().unwrap_or_default();
        assert!(key_of_error.starts_with(key), "{key}: {key_of_error}");
    }
    for nonsense in [json!(null), json!([]), json!("seed"), json!(1)] {
        let error = check(&nonsense).err().unwrap_or_else(|| panic!("{nonsense} is taken for a rule set"));
        assert_eq!(error.key, "", "{nonsense}");
        assert!(error.message.starts_with("must be a table"), "{nonsense}: {}", error.message);
    }
    Ok(())
}

#[test]
fn rules_that_cannot_be_adopted_change_nothing() -> TestResult {
    for (rules, field) in [
        (json!({"genesis_day": "2026-01-01"}), "genesis_day"),
        (json!({"supply": {"cap": "1", "treasury": "0"}}), "supply"),
        (json!({"colour": "red"}), "colour"),
        (json!({"redemption": "keep"}), "redemption"),
        (json!({"redemption": 1}), "redemption"),
        (json!({"release": {"daily": "1"}}), "release.min_total"),
        (json!({"market": null}), "market"),
        (json!({"redemption": "burn", "market": {"price_band": "2"}}), "market.price_band"),
    ] {
        refused(&json!({"type": "rules.adopted", "rules": rules}), Code::BadRules, field)?;
    }
    for no_table in [json!("seed"), json!(1), json!(null), json!([])] {
        refused(&json!({"type": "rules.adopted", "rules": no_table}), Code::BadRules, "rules")?;
    }
    refused(&json!({"type": "rules.adopted"}), Code::BadEvent, "rules")?;
    let mut book = book()?;
    let before = book.state()?;
    apply(&mut book, &json!({"type": "rules.adopted", "rules": {}}))?;
    assert_eq!(book.state()?, before);
    Ok(())
}
