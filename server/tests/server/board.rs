//! The board of offers: the best price first, page by page.

use serde_json::{Value, json};

use crate::support::{Folder, Server, TestResult, all_accepted, databases};

/// Open offers of both sides; two have the same price, and two are not on the board.
fn offers() -> Value {
    let mut events = Vec::new();
    for member in ["ann", "bob"] {
        events.push(json!({"type": "member.registered", "member": member}));
        events.push(json!({"type": "pack.purchased", "member": member, "pack": "member"}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": "100"}));
    }
    for (offer, side, price) in [
        ("a", "sell", "1.05"),
        ("b", "sell", "0.95"),
        ("c", "sell", "1"),
        ("d", "sell", "1.0000001"),
        ("e", "sell", "1"),
        ("gone", "sell", "0.91"),
        ("taken", "sell", "0.92"),
        ("p", "buy", "0.95"),
        ("q", "buy", "1.05"),
        ("r", "buy", "1"),
    ] {
        events.push(json!({"type": "offer.placed", "offer": offer, "member": "ann", "side": side, "points": "2",
            "unit_price": price}));
    }
    events.push(json!({"type": "offer.cancelled", "offer": "gone"}));
    events.push(json!({"type": "offer.taken", "offer": "taken", "trade": "t", "member": "bob", "points": "2"}));
    json!(events)
}

#[test]
fn the_board_has_the_best_price_first_page_by_page() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = Server::start(&["--database", &database, "--rules", "seed"])?;
        let (_, answers) = server.ask("POST", "/v1/events", None, &[], Some(&offers()))?;
        all_accepted(&answers)?;
        let page = |query: &str| -> TestResult<(Vec<String>, Value)> {
            let (status, page) = server.get(&format!("/v1/offers?{query}"))?;
            assert_eq!(status, 200, "{query}: {page}");
            let ids =
                page["rows"].as_array().ok_or("no rows")?.iter().map(|row| row["id"].to_string().replace('"', ""));
            Ok((ids.collect(), page["next"].clone()))
        };
        for (side, expected) in [("sell", vec!["b", "c", "e", "d", "a"]), ("buy", vec!["q", "r", "p"])] {
            for limit in [1, 2, 3, 500] {
                let (mut seen, mut after) = (Vec::new(), String::new());
                loop {
                    let (ids, next) = page(&format!("side={side}&limit={limit}{after}"))?;
                    seen.extend(ids);
                    let Some(next) = next.as_str() else { break };
                    after = format!("&after={next}");
                }
                assert_eq!(seen, expected, "{side} by {limit}");
            }
        }
        assert_eq!(page("")?.0, ["a", "b", "c", "d", "e", "p", "q", "r"], "all of them are by id");

        // A page goes on where it was, although its last offer is gone meanwhile.
        let cancelled = json!([{"type": "offer.cancelled", "offer": "c"}]);
        all_accepted(&server.ask("POST", "/v1/events", None, &[], Some(&cancelled))?.1)?;
        assert_eq!(page("side=sell&after=c")?.0, ["e", "d", "a"]);

        for (query, field) in [
            ("side=up", "side"),
            ("side=sell&owner=ann", "side"),
            ("side=sell&after=p", "after"),
            ("side=sell&after=no", "after"),
        ] {
            let (status, problem) = server.get(&format!("/v1/offers?{query}"))?;
            assert_eq!(
                (status, &problem["code"], &problem["field"]),
                (400, &json!("bad_query"), &json!(field)),
                "{query}"
            );
        }
    }
    Ok(())
}
