//! What orders are to bring, and a buyer's own orders: for whom they are, and until when.

use serde_json::{Value, json};

use crate::members::{self, Town};
use crate::support::{Folder, TestResult, all_accepted, by_hand, databases, gongxiang, run_sql};

/// Bob buys in tom's shop. Ann referred bob, ivy has a role above her, and meg referred tom.
fn people() -> Value {
    json!([
        {"type": "member.registered", "member": "ivy"},
        {"type": "role.assigned", "member": "ivy", "role": "provider"},
        {"type": "member.registered", "member": "meg"},
        {"type": "member.registered", "member": "tom", "referrer": "meg"},
        {"type": "member.registered", "member": "ann", "referrer": "ivy"},
        {"type": "member.registered", "member": "bob", "referrer": "ann"},
        {"type": "pack.purchased", "member": "ivy", "pack": "member"},
        {"type": "pack.purchased", "member": "meg", "pack": "member"},
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
        {"type": "pack.purchased", "member": "bob", "pack": "member"},
        {"type": "pack.purchased", "member": "tom", "pack": "merchant"},
        {"type": "treasury.granted", "member": "tom", "points": "2000"},
        {"type": "merchant.opened", "member": "tom", "region": "440106"},
        {"type": "order.placed", "order": "o1", "buyer": "bob", "merchant": "tom", "channel": "offline",
         "amount": "1000", "concession": "100", "region": "440106"},
        {"type": "order.placed", "order": "o2", "buyer": "bob", "merchant": "tom", "channel": "online",
         "amount": "50.50", "concession": "10", "region": "440106"},
    ])
}

fn on_each_engine(test: impl Fn(&Town) -> TestResult) -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = members::empty_town(&database, &[])?;
        let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&people()))?;
        all_accepted(&answers)?;
        test(&town)?;
    }
    Ok(())
}

fn get(town: &Town, path: &str) -> TestResult<Value> {
    let (status, answer) = town.server.ask("GET", path, Some(&town.operator), &[], None)?;
    assert_eq!(status, 200, "{path}: {answer}");
    Ok(answer)
}

fn to_come(town: &Town, member: &str) -> TestResult<Value> {
    Ok(get(town, &format!("/v1/members/{member}/pending"))?["rewards"].clone())
}

fn settle(town: &Town, event: &Value) -> TestResult {
    let (status, answer) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(event))?;
    assert!(status == 200 && answer["receipt"].is_object(), "{answer}");
    Ok(())
}

fn reward(due: &str, kind: &str, orders: u64, share_value: &str, points: &str) -> Value {
    json!({"due": due, "kind": kind, "orders": orders, "share_value": share_value, "points": points})
}

#[test]
fn everybody_sees_what_is_to_come_until_it_has_come_or_was_refunded() -> TestResult {
    on_each_engine(|town| {
        let (soon, later) = ("2026-01-02", "2026-01-08");
        let bob = [reward(soon, "consumption", 1, "1000", "0"), reward(later, "consumption", 1, "100", "0")];
        assert_eq!(to_come(town, "bob")?, json!(bob));
        let tom = [reward(soon, "sale", 1, "200", "0"), reward(later, "sale", 1, "20", "0")];
        assert_eq!(to_come(town, "tom")?, json!(tom));
        let ann = [reward(soon, "share_offline", 1, "0", "5"), reward(later, "share_online", 1, "40", "0")];
        assert_eq!(to_come(town, "ann")?, json!(ann));
        assert_eq!(to_come(town, "meg")?, json!([reward(soon, "merchant_share", 1, "0", "5")]));
        let ivy = [reward(soon, "service", 1, "0", "4"), reward(later, "service", 1, "20", "0")];
        assert_eq!(to_come(town, "ivy")?, json!(ivy));

        // A frozen member's rewards go on; a part of a refund takes its part.
        settle(town, &json!({"type": "member.frozen", "member": "ann"}))?;
        settle(town, &json!({"type": "order.refunded", "order": "o1", "concession": "25"}))?;
        assert_eq!(to_come(town, "ann")?[0], reward(soon, "share_offline", 1, "0", "3.75"));
        assert_eq!(to_come(town, "bob")?[0], reward(soon, "consumption", 1, "750", "0"));

        for day in ["2026-01-01", "2026-01-02"] {
            settle(town, &json!({"type": "day.closed", "day": day}))?;
        }
        assert_eq!(to_come(town, "bob")?, json!([reward(later, "consumption", 1, "100", "0")]), "the first has come");
        assert_eq!(to_come(town, "meg")?, json!([]));
        settle(town, &json!({"type": "order.refunded", "order": "o2"}))?;
        for member in ["bob", "tom", "ann", "ivy"] {
            assert_eq!(to_come(town, member)?, json!([]), "{member}");
        }
        let unknown = town.server.ask("GET", "/v1/members/nobody/pending", Some(&town.operator), &[], None)?;
        assert_eq!((unknown.0, &unknown.1["code"]), (404, &json!("unknown_member")));
        Ok(())
    })
}

#[test]
fn a_buyer_sees_its_own_orders_and_no_part_of_anybody_elses() -> TestResult {
    on_each_engine(|town| {
        let (_, bob) = town.enrolled("bob")?;
        let (_, ann) = town.enrolled("ann")?;
        let ask = |path: &str, cookie: &str| town.ask("GET", path, Some(cookie), None);
        let (_, first, _) = ask("/v1/members/bob/orders?limit=1", &bob)?;
        assert_eq!((&first["rows"][0]["id"], first["rows"].as_array().map(Vec::len)), (&json!("o2"), Some(1)));
        let (_, rest, _) = ask(&format!("/v1/members/bob/orders?before={}", first["next"]), &bob)?;
        let order = &rest["rows"][0];
        assert_eq!((&order["id"], &rest["next"]), (&json!("o1"), &Value::Null));
        let shown =
            ["merchant", "buyer", "amount", "concession", "day", "due", "state"].map(|field| order[field].clone());
        assert_eq!(json!(shown), json!(["tom", "bob", "1000", "100", "2026-01-01", "2026-01-02", "pending"]));
        let rewards = order["rewards"].as_array().ok_or("no rewards")?;
        let kinds: Vec<_> = rewards.iter().map(|one| &one["reward"]["kind"]).collect();
        assert_eq!(kinds, ["consumption"], "neither the shop's part nor a referrer's");
        assert_eq!(ask("/v1/orders/o1", &bob)?.1, *order);
        let (status, receipt, _) = ask("/v1/orders/o1/receipt", &bob)?;
        assert_eq!((status, &receipt["receipt"]["rewards"][0]["member"]), (200, &json!("bob")));
        let names = |other: &&str| {
            [format!("\"{other}\""), format!(" {other}")].iter().any(|name| receipt.to_string().contains(name))
        };
        assert!(!["ann", "ivy", "meg"].iter().any(names), "{receipt}");

        for path in ["/v1/members/bob/orders", "/v1/members/bob/pending"] {
            assert_eq!(ask(path, &ann)?.0, 403, "{path}");
        }
        for path in ["/v1/orders/o1", "/v1/orders/o1/receipt"] {
            assert_eq!(ask(path, &ann)?.0, 404, "{path}");
        }
        assert_eq!(ask("/v1/members/ann/orders", &ann)?.1, json!({"rows": [], "next": null}));
        let (_, to_come, _) = ask("/v1/members/ann/pending", &ann)?;
        assert!(!["bob", "tom", "o1"].iter().any(|other| to_come.to_string().contains(&format!("\"{other}\""))));
        Ok(())
    })
}

/// Makes a database what it was before it knew what is to come.
fn as_before(database: &str) -> TestResult {
    let undo = "DROP INDEX orders_by_buyer; DROP TABLE receivers; ALTER TABLE orders DROP COLUMN buyer;
        DELETE FROM _sqlx_migrations WHERE version = 26;";
    if database.starts_with("sqlite:") {
        let content = "UPDATE orders SET content = json_remove(content, '$.buyer', '$.day', '$.amount')";
        return Ok(by_hand(database, &format!("{undo} {content}"))?);
    }
    let content = "UPDATE orders SET content = (content::jsonb - 'buyer' - 'day' - 'amount')::text";
    run_sql(database, &format!("{undo} {content}"))
}

#[test]
fn a_book_that_is_there_already_learns_what_is_to_come() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = members::empty_town(&database, &[])?;
        let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&people()))?;
        all_accepted(&answers)?;
        settle(&town, &json!({"type": "day.closed", "day": "2026-01-01"}))?;
        settle(&town, &json!({"type": "day.closed", "day": "2026-01-02"}))?;
        let seen = |town: &Town| -> TestResult<Vec<Value>> {
            let members = ["bob", "tom", "ann", "ivy", "meg"].into_iter();
            let mut seen = members.map(|member| to_come(town, member)).collect::<TestResult<Vec<_>>>()?;
            seen.push(get(town, "/v1/members/bob/orders")?);
            Ok(seen)
        };
        let before = seen(&town)?;
        assert!(before.iter().any(|rewards| rewards.to_string().contains("service")), "{before:?}");
        let Town { server, .. } = town;
        assert!(server.terminate()?);
        as_before(&database)?;
        let town = members::empty_town(&database, &[])?;
        assert_eq!(seen(&town)?, before);
        drop(town);
        gongxiang(&["audit", "--database", &database])?;
    }
    Ok(())
}
