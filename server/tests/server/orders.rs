//! A shop's list of orders: by day, by state, and by the shop's own number.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::members::{Town, on_each_engine, refused};
use crate::support::{TestResult, all_accepted};

const OPENING: &str = r#"[
    {"type": "member.registered", "member": "kiosk"},
    {"type": "pack.purchased", "member": "kiosk", "pack": "merchant"},
    {"type": "treasury.granted", "member": "kiosk", "points": "5000"},
    {"type": "merchant.opened", "member": "kiosk", "region": "440106"},
    {"type": "member.registered", "member": "bakery"},
    {"type": "pack.purchased", "member": "bakery", "pack": "merchant"},
    {"type": "treasury.granted", "member": "bakery", "points": "5000"},
    {"type": "merchant.opened", "member": "bakery", "region": "440106"},
    {"type": "member.registered", "member": "zoe"}
]"#;

fn settle(town: &Town, events: &Value) -> TestResult {
    all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(events))?.1)
}

/// An order of the kiosk; its number there is its id in capital letters.
fn order(id: &str) -> Value {
    json!({
        "type": "order.placed", "order": id, "reference": id.to_uppercase(), "buyer": "zoe", "merchant": "kiosk",
        "channel": "offline", "amount": "50", "concession": "5", "region": "440106",
    })
}

/// Two orders on each of five days; others between them, and an open day with one. The first order of each day is refunded.
fn five_days(town: &Town) -> TestResult {
    settle(town, &serde_json::from_str(OPENING)?)?;
    for day in 1..=5 {
        let (first, second) = (format!("o{day}a"), format!("o{day}b"));
        let mut elsewhere = order(&format!("x{day}"));
        elsewhere["merchant"] = json!("bakery");
        let refund = json!({"type": "order.refunded", "order": first});
        let close = json!({"type": "day.closed", "day": format!("2026-01-0{day}")});
        settle(town, &json!([order(&first), elsewhere, order(&second), refund, close]))?;
    }
    settle(town, &json!([order("o6a")]))
}

/// The ids of a list, from all its pages.
fn listed(town: &Town, filter: &str) -> TestResult<Vec<String>> {
    let (mut ids, mut before) = (Vec::new(), String::new());
    loop {
        let path = format!("/v1/orders?merchant=kiosk&{filter}{before}");
        let (status, page) = town.server.ask("GET", &path, Some(&town.operator), &[], None)?;
        assert_eq!(status, 200, "{path}: {page}");
        let rows = page["rows"].as_array().ok_or("no rows")?;
        ids.extend(rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned));
        let Some(next) = page["next"].as_u64() else { return Ok(ids) };
        before = format!("&before={next}");
    }
}

#[test]
fn a_shop_lists_its_orders_by_day_and_by_state() -> TestResult {
    on_each_engine(&["--close-days=false"], |town, _| {
        five_days(town)?;
        let all = listed(town, "limit=500")?;
        assert_eq!(all.len(), 11, "{all:?}");
        for limit in [1, 2, 3, 500] {
            let of = |filter: &str| listed(town, &format!("limit={limit}&{filter}"));
            for day in 1..=5 {
                let both = [format!("o{day}b"), format!("o{day}a")];
                assert_eq!(of(&format!("day=2026-01-0{day}"))?, both, "{limit}");
                assert_eq!(of(&format!("day=2026-01-0{day}&state=refunded"))?, both[1..], "{limit}");
            }
            assert_eq!(of("day=2026-01-06")?, ["o6a"], "{limit}");
            for empty in ["day=2025-12-31", "day=2026-01-07", "day=9999-12-31", "day=2026-01-06&state=refunded"] {
                assert_eq!(of(empty)?, [""; 0], "{limit} {empty}");
            }
            let states = ["pending", "vested", "refunded"].map(|state| Ok((state, of(&format!("state={state}"))?)));
            let states: BTreeMap<_, _> = states.into_iter().collect::<TestResult<_>>()?;
            assert_eq!(states["refunded"], ["o5a", "o4a", "o3a", "o2a", "o1a"], "{limit}");
            let mut together: Vec<_> = states.into_values().flatten().collect();
            together.sort_unstable();
            let mut every = all.clone();
            every.sort_unstable();
            assert_eq!(together, every, "{limit}");
        }
        for bad in [
            "day=2026-02-30",
            "day=today",
            "state=open",
            "state=",
            "reference=O1A&day=2026-01-01",
            "reference=O1A&ending=o1a",
        ] {
            let path = format!("/v1/orders?merchant=kiosk&{bad}");
            let (status, problem) = town.server.ask("GET", &path, Some(&town.operator), &[], None)?;
            assert_eq!((status, &problem["code"]), (400, &json!("bad_query")), "{bad}: {problem}");
        }
        Ok(())
    })
}

#[test]
fn a_shop_finds_an_order_by_its_own_number() -> TestResult {
    on_each_engine(&["--close-days=false"], |town, database| {
        five_days(town)?;
        assert_eq!(listed(town, "reference=O3A")?, ["o3a"]);
        for nothing in ["o3a", "X3", "O9A"] {
            assert_eq!(listed(town, &format!("reference={nothing}"))?, [""; 0], "{nothing}");
        }
        let ask = |cookie: &str, filter: &str| {
            town.ask("GET", &format!("/v1/orders?merchant=kiosk&{filter}"), Some(cookie), None)
        };
        let (_, cashier) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        let (_, other) = town.staff(database, &["Wu", "--role", "cashier", "--shop", "bakery"])?;
        assert_eq!(ask(&cashier, "reference=O3A")?.1["rows"][0]["id"], json!("o3a"), "a customer brings an old slip");
        refused(ask(&other, "reference=O3A")?, (403, "forbidden"));
        // A cashier lists the open day alone.
        refused(ask(&cashier, "day=2026-01-03")?, (403, "forbidden"));
        assert_eq!(ask(&cashier, "day=2026-01-06")?.1["rows"][0]["id"], json!("o6a"));
        assert_eq!(ask(&cashier, "state=refunded")?.1["rows"], json!([]));
        Ok(())
    })
}
