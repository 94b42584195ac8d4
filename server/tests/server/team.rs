//! The sums of teams and cities against the orders that they come of.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use gongxiang::quantity::Money;
use serde_json::{Value, json};

use crate::members::{Town, empty_town};
use crate::support::{Folder, TestResult, all_accepted, databases};

const ORDERS: usize = 600;
const BUYERS: usize = 30;

/// Two shops in the partner's city, two elsewhere.
const SHOPS: [(&str, &str); 4] = [("s0", "440106"), ("s1", "440106"), ("s2", "440305"), ("s3", "440305")];

/// How long the sums may take.
const TIME_MAX: Duration = Duration::from_secs(30);

fn people() -> Vec<Value> {
    let registered =
        |member: &str, referrer: &str| json!({"type": "member.registered", "member": member, "referrer": referrer});
    let mut events = vec![json!({"type": "member.registered", "member": "top"}), registered("mid", "top")];
    events.extend((0..BUYERS).map(|n| registered(&format!("b{n}"), "mid")));
    events.push(registered("pam", "top"));
    events.push(json!({"type": "pack.purchased", "member": "pam", "pack": "area"}));
    events.push(json!({"type": "partner.appointed", "member": "pam", "region": "440100"}));
    for (shop, region) in SHOPS {
        events.push(json!({"type": "member.registered", "member": shop}));
        events.push(json!({"type": "pack.purchased", "member": shop, "pack": "merchant"}));
        events.push(json!({"type": "treasury.granted", "member": shop, "points": "3000"}));
        events.push(json!({"type": "merchant.opened", "member": shop, "region": region}));
    }
    events
}

fn concession(n: usize) -> String {
    format!("{}.{}", 1 + n % 7, 10 + n % 13)
}

fn order(n: usize) -> Value {
    let (shop, region) = SHOPS[n % SHOPS.len()];
    json!({
        "type": "order.placed", "order": format!("o{n}"), "buyer": format!("b{}", n % BUYERS), "merchant": shop,
        "channel": "offline", "amount": "100", "concession": concession(n), "region": region,
    })
}

/// How many of the orders there are, and their concessions in all.
fn sum(of: impl Fn(usize) -> bool) -> TestResult<(usize, String)> {
    let (mut count, mut all) = (0, Money::default());
    for n in (0..ORDERS).filter(|n| of(*n)) {
        (count, all) = (count + 1, all.plus(Money::parse(&concession(n))?)?);
    }
    Ok((count, all.to_string()))
}

fn get(town: &Town, path: &str) -> TestResult<Value> {
    let (status, answer) = town.server.ask("GET", path, Some(&town.operator), &[], None)?;
    assert_eq!(status, 200, "{path}: {answer}");
    Ok(answer)
}

/// Waits until a member's team has this many orders, and a while longer: no line may count twice.
fn settled_team(town: &Town, member: &str, orders: usize) -> TestResult<Value> {
    let started = Instant::now();
    loop {
        let team = get(town, &format!("/v1/members/{member}/team"))?;
        let counted = team["months"][0]["levels"].as_array().into_iter().flatten();
        let counted: u64 = counted.filter_map(|level| level["orders"].as_u64()).sum();
        if usize::try_from(counted)? >= orders {
            std::thread::sleep(Duration::from_millis(1_500));
            return get(town, &format!("/v1/members/{member}/team"));
        }
        assert!(started.elapsed() < TIME_MAX, "{counted} of {orders}: {team}");
        std::thread::sleep(Duration::from_millis(100));
    }
}

#[test]
fn the_sums_of_teams_and_cities_are_those_of_their_orders() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = empty_town(&database, &["--close-days=false"])?;
        let settle = |events: &Value| {
            all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(events))?.1)
        };
        settle(&json!(people()))?;
        // Some in large groups, some one by one.
        settle(&json!((0..ORDERS - 20).map(order).collect::<Vec<_>>()))?;
        for n in ORDERS - 20..ORDERS {
            settle(&json!([order(n)]))?;
        }
        let (count, concession) = sum(|_| true)?;
        let top = settled_team(&town, "top", count)?;
        let trade = |level: u8| json!([{"level": level, "orders": count, "concession": concession}]);
        assert_eq!(top["months"][0]["levels"], trade(2), "{top}");
        assert_eq!(top["levels"][0]["members"], json!(2), "{top}");
        assert_eq!(top["levels"][1]["members"], json!(BUYERS), "{top}");
        assert_eq!(get(&town, "/v1/members/mid/team")?["months"][0]["levels"], trade(1));

        let city = get(&town, "/v1/members/pam/city")?;
        let (count, concession) = sum(|n| n % SHOPS.len() < 2)?;
        assert_eq!(city["days"], json!([{"day": "2026-01-01", "orders": count, "concession": concession}]), "{city}");
        let shops: BTreeMap<_, _> = [0, 1].map(|shop| (shop, sum(|n| n % SHOPS.len() == shop))).into();
        for (shop, of_shop) in shops {
            let (count, concession) = of_shop?;
            let name = SHOPS[shop].0;
            assert_eq!(city["shops"][shop], json!({"shop": name, "orders": count, "concession": concession}), "{city}");
        }
        assert_eq!(city["shops"].as_array().map(Vec::len), Some(2), "{city}");
    }
    Ok(())
}
