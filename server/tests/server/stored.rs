//! What is stored: nothing of the past can be changed, the audit finds what was changed all the same, and what was not
//! stored did not happen.

use serde_json::json;

use crate::support::{
    Folder, JSON, Server, TestResult, all_accepted, audit, by_hand, register, start, start_with_a_shop,
};

#[test]
fn the_database_refuses_to_change_the_past() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let events = json!([register("ann"), register("bob"), {"type": "day.closed", "day": "2026-01-01"}]);
    server.post("/v1/events", JSON, events.to_string())?;
    server.kill()?;
    for (change, why) in [
        ("UPDATE journal SET event = '{}'", "the journal is append-only"),
        ("DELETE FROM journal", "the journal is append-only"),
        ("UPDATE postings SET amount = '0'", "postings are append-only"),
        ("DELETE FROM postings", "postings are append-only"),
        ("UPDATE postings_of_members SET member = 'eve'", "postings are append-only"),
        ("DELETE FROM postings_of_members", "postings are append-only"),
        ("UPDATE days SET record = '{}'", "a closed day never changes"),
        ("DELETE FROM days", "a closed day never changes"),
        ("UPDATE rules SET rules = '{}'", "the history of the rules never changes"),
        ("DELETE FROM rules", "the history of the rules never changes"),
        ("DELETE FROM accounts", "an account is never deleted"),
    ] {
        let error = by_hand(&folder.database(), change).err().ok_or_else(|| format!("`{change}` was done"))?;
        assert!(error.to_string().contains(why), "`{change}`: {error}");
    }
    start(&folder)?;
    Ok(())
}

#[test]
fn the_audit_finds_every_changed_row() -> TestResult {
    for (protection, change) in [
        (None, "UPDATE accounts SET account = json_set(account, '$.points', '1') WHERE member = 'ann'"),
        (
            None,
            "INSERT INTO accounts (member, clock, account) SELECT 'eve', 1, account FROM accounts WHERE member = 'ann'",
        ),
        (None, "UPDATE shards SET flow = json_set(flow, '$.held', 1)"),
        (
            None,
            "INSERT INTO postings SELECT place, line + 100, day, giver, receiver, asset, amount, rule, why FROM postings LIMIT 1",
        ),
        (Some("DROP TRIGGER postings_are_not_changed"), "UPDATE postings SET amount = '1' WHERE line = 0"),
        (Some("DROP TRIGGER postings_of_members_are_not_deleted"), "DELETE FROM postings_of_members WHERE line = 0"),
        (
            None,
            "INSERT INTO postings_of_members SELECT 'bob', place, line FROM postings_of_members WHERE member = 'ann'",
        ),
        (Some("DROP TRIGGER rules_are_not_changed"), "UPDATE rules SET rules = replace(rules, '200', '201')"),
        (Some("DROP TRIGGER accounts_are_not_deleted"), "DELETE FROM accounts WHERE member = 'bob'"),
        (Some("DROP TRIGGER days_are_not_changed"), "UPDATE days SET record = json_set(record, '$.released', '999')"),
        (Some("DROP TRIGGER days_are_not_deleted"), "DELETE FROM days"),
        (
            Some("DROP TRIGGER journal_is_not_changed"),
            "UPDATE journal SET receipt = json_set(receipt, '$.day', '2020-01-01')",
        ),
        (Some("DROP TRIGGER journal_is_not_deleted"), "DELETE FROM journal WHERE kind = 'day.closed'"),
    ] {
        let folder = Folder::new()?;
        let server = start(&folder)?;
        let events = json!([register("ann"), register("bob"), {"type": "day.closed", "day": "2026-01-01"}]);
        server.post("/v1/events", JSON, events.to_string())?;
        server.kill()?;
        if let Some(protection) = protection {
            by_hand(&folder.database(), protection)?;
        }
        assert_eq!(audit(&folder)?, (true, String::new()));
        by_hand(&folder.database(), change)?;
        let (clean, said) = audit(&folder)?;
        assert!(!clean && said.contains("do not add up"), "{change}: {said}");
    }
    Ok(())
}

#[test]
fn an_event_that_the_database_cannot_store_is_not_settled() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    server.post("/v1/events", JSON, register("ann").to_string())?;
    server.kill()?;
    // As if the disk were full for one event.
    by_hand(
        &folder.database(),
        "CREATE TRIGGER full BEFORE INSERT ON journal WHEN new.event LIKE '%unlucky%' \
         BEGIN SELECT RAISE(ABORT, 'disk full'); END",
    )?;
    let server = start(&folder)?;
    let before = server.get("/v1/state")?;
    let together = json!([register("bob"), register("unlucky")]).to_string();
    let (status, problem) = server.post("/v1/events", JSON, together)?;
    assert_eq!((status, &problem["code"]), (503, &json!("unavailable")));
    assert_eq!(server.get("/v1/state")?, before, "nothing of it is half there");
    assert_eq!(server.get("/health/ready")?.0, 200);
    assert_eq!(server.post("/v1/events", JSON, register("bob").to_string())?.0, 200);
    let after = server.get("/v1/state")?;
    server.kill()?;
    assert_eq!(start(&folder)?.get("/v1/state")?, after);
    Ok(())
}

#[test]
fn a_day_with_much_due_is_closed_in_parts() -> TestResult {
    const ORDERS: usize = 1_300;
    let folder = Folder::new()?;
    let server = start_with_a_shop(&folder)?;
    let (_, supply) = server.get("/v1/supply")?;
    let mut day = supply["day"].as_str().ok_or("no day")?.to_owned();
    let orders: Vec<_> = (0..ORDERS)
        .map(|n| {
            json!({
                "type": "order.placed", "order": format!("o{n}"), "buyer": "bob", "merchant": "shop",
                "channel": "offline", "amount": "1", "concession": "0.01", "region": "320106",
            })
        })
        .collect();
    let (_, answers) = server.post("/v1/events", JSON, json!(orders).to_string())?;
    all_accepted(&answers)?;
    let mut orders_left = true;
    while orders_left {
        let key = [("idempotency-key", day.as_str())];
        let (status, closed) = server.ask("POST", &format!("/v1/days/{day}/close"), None, &key, None)?;
        assert_eq!(status, 200, "{closed}");
        let (_, last) = server.get(&format!("/v1/orders/o{}", ORDERS - 1))?;
        orders_left = !last["state"].to_string().contains("vested");
        day = server.get("/v1/supply")?.1["day"].as_str().ok_or("no day")?.to_owned();
    }
    let (_, journal) = server.get(&format!("/v1/events?after={}&limit=500", place_of(&server, "o1299")?))?;
    let kinds: Vec<_> = journal["events"].as_array().ok_or("no events")?.iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds.iter().filter(|kind| **kind == "day.closing").count(), 1, "one part of 1,000: {kinds:?}");
    assert_eq!(kinds.last(), Some(&&json!("day.closed")), "then the close with the rest");
    Ok(())
}

fn place_of(server: &Server, order: &str) -> TestResult<i64> {
    let (_, receipt) = server.get(&format!("/v1/orders/{order}/receipt"))?;
    Ok(receipt["place"].as_i64().ok_or("no place")?)
}
