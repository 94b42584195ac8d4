//! What who may do it gets: orders, previews, trades, redemptions, and that a command is settled once.

use serde_json::{Value, json};

use super::town;
use crate::support::{Folder, Server, TestResult, add_key};

#[test]
fn a_merchant_places_and_refunds_orders_of_its_own_shop() -> TestResult {
    let town = town()?;
    let order = json!({"buyer": "bob", "channel": "online", "amount": "10", "concession": "1", "region": "440106"});
    let (status, quote) = town.status("POST", "/v1/quotes", Some(&town.merchant), Some(&order))?;
    assert_eq!(status, 200, "{quote}");
    let (status, placed) = town.status("POST", "/v1/orders", Some(&town.merchant), Some(&order))?;
    assert_eq!(status, 200, "{placed}");
    assert_eq!(placed["receipt"]["rewards"], quote["rewards"]);
    assert_eq!(placed["receipt"]["points"], quote["points"]);
    let id = placed["order"].as_str().ok_or("no id")?;
    assert_eq!(placed["receipt"]["order"], id);
    assert_eq!(town.status("GET", &format!("/v1/orders/{id}"), Some(&town.merchant), None)?.0, 200);
    let (_, newest) = town.status("GET", "/v1/orders?merchant=shop&limit=1", Some(&town.merchant), None)?;
    assert_eq!((&newest["rows"][0]["id"], newest["rows"].as_array().map(Vec::len)), (&json!(id), Some(1)));
    let rest = format!("/v1/orders?merchant=shop&before={}", newest["next"]);
    let (_, rest) = town.status("GET", &rest, Some(&town.merchant), None)?;
    assert_eq!((&rest["rows"][0]["id"], &rest["next"]), (&json!("o1"), &json!(null)));
    assert_eq!(town.status("GET", "/v1/orders?merchant=ann", Some(&town.merchant), None)?.0, 403);
    assert_eq!(town.status("GET", "/v1/orders", Some(&town.merchant), None)?.1["field"], "merchant");
    let (_, again) = town.status("GET", &format!("/v1/orders/{id}/receipt"), Some(&town.merchant), None)?;
    assert_eq!(again["receipt"], placed["receipt"]);
    assert_eq!(town.status("GET", &format!("/v1/orders/{id}"), Some(&town.other_merchant), None)?.0, 404);
    assert_eq!(town.status("POST", &format!("/v1/orders/{id}/refund"), Some(&town.merchant), None)?.0, 200);
    let (status, problem) = town.status("POST", &format!("/v1/orders/{id}/refund"), Some(&town.merchant), None)?;
    assert_eq!((status, &problem["code"]), (422, &json!("order_refunded")));
    let own = json!({"order": "mine", "buyer": "bob", "channel": "online", "amount": "10", "concession": "1",
                     "region": "440106"});
    assert_eq!(town.status("POST", "/v1/orders", Some(&town.merchant), Some(&own))?.0, 403, "ids are the server's");
    Ok(())
}

/// The postings of a receipt to or from a member.
fn own(receipt: &Value, member: &str) -> Vec<Value> {
    let party = json!(format!("member {member}"));
    let postings = receipt["postings"].as_array().cloned().unwrap_or_default();
    postings.into_iter().filter(|posting| posting["from"] == party || posting["to"] == party).collect()
}

#[test]
fn what_is_previewed_is_what_is_settled_and_shows_nothing_of_others() -> TestResult {
    let town = town()?;
    let close = |day: &str| -> TestResult {
        let previewed = json!({"type": "day.closed", "day": day});
        let (status, foreseen) = town.status("POST", "/v1/previews", Some(&town.operator), Some(&previewed))?;
        assert_eq!(status, 200, "{foreseen}");
        let (_, settled) = town.status("POST", &format!("/v1/days/{day}/close"), Some(&town.operator), None)?;
        assert_eq!(foreseen["receipt"], settled["receipt"]);
        Ok(())
    };
    for day in 1..=20 {
        close(&format!("2026-01-{day:02}"))?;
    }
    let (_, order) = town.status("GET", "/v1/orders/o1", Some(&town.merchant), None)?;
    assert!(order["state"].to_string().contains("vested"), "{order}");
    let before = town.status("GET", "/v1/state", Some(&town.operator), None)?;
    let refund = json!({"type": "order.refunded", "order": "o1"});
    let (status, foreseen) = town.status("POST", "/v1/previews", Some(&town.merchant), Some(&refund))?;
    assert_eq!(status, 200, "{foreseen}");
    let postings = own(&foreseen["receipt"], "shop");
    assert!(!postings.is_empty());
    assert_eq!(foreseen["receipt"]["postings"], json!(postings), "only the shop's own");
    assert_eq!(foreseen["receipt"]["accounts"], json!(["shop"]));
    assert_eq!(town.status("GET", "/v1/state", Some(&town.operator), None)?, before, "nothing was settled");
    let (_, settled) = town.status("POST", "/v1/orders/o1/refund", Some(&town.merchant), None)?;
    assert_eq!(postings, own(&settled["receipt"], "shop"));
    assert_eq!((&foreseen["receipt"]["unrecovered"], &settled["receipt"]["unrecovered"]), (&Value::Null, &Value::Null));
    // With the key that the command will have, its ids are foreseen as well.
    let ask = |path: &str, body: Value| {
        town.server.ask("POST", path, Some(&town.operator), &[("idempotency-key", "joins")], Some(&body))
    };
    let (_, foreseen) = ask("/v1/previews", json!({"type": "member.registered", "referrer": "bob"}))?;
    let (_, settled) = ask("/v1/members", json!({"referrer": "bob"}))?;
    assert_eq!(foreseen["receipt"], settled["receipt"]);
    assert!(foreseen["receipt"]["accounts"].to_string().contains("m-"), "{foreseen}");
    assert_eq!(
        town.server.ask("POST", "/v1/previews", Some(&town.operator), &[("idempotency-key", " ")], Some(&refund))?.1["code"],
        "bad_key"
    );
    Ok(())
}

#[test]
fn what_would_be_refused_is_refused_in_a_preview() -> TestResult {
    let town = town()?;
    for (event, status, code, field) in [
        (json!({}), 400, "bad_event", "type"),
        (json!({"type": 7}), 400, "bad_event", "type"),
        (json!({"type": "day.opened"}), 400, "bad_event", "type"),
        (json!({"type": "day.closed", "day": "2026-01-01", "id": "x"}), 400, "bad_event", "id"),
        (json!({"type": "day.closed"}), 400, "bad_event", "day"),
        (json!({"type": "day.closed", "day": "2026-01-02"}), 422, "wrong_day", "day"),
        (
            json!({"type": "points.transferred", "from": "bob", "to": "ann", "points": "51"}),
            422,
            "points_short",
            "points",
        ),
        (json!({"type": "rules.adopted", "rules": {}, "accept_flags": ["NOPE"]}), 400, "bad_event", "accept_flags"),
    ] {
        let (answered, problem) = town.status("POST", "/v1/previews", Some(&town.operator), Some(&event))?;
        assert_eq!((answered, &problem["code"], &problem["field"]), (status, &json!(code), &json!(field)), "{event}");
    }
    Ok(())
}

#[test]
fn a_key_is_settled_once_and_stands_for_one_request() -> TestResult {
    let town = town()?;
    let ask = |key: &str, body: &Value| {
        town.server.ask("POST", "/v1/treasury/grants", Some(&town.payment), &[("idempotency-key", key)], Some(body))
    };
    let grant = json!({"member": "ann", "points": "7"});
    let (status, first) = ask("k1", &grant)?;
    assert_eq!((status, &first["repeated"]), (200, &json!(false)));
    let (status, again) = ask("k1", &grant)?;
    assert_eq!((status, &again["repeated"], &again["receipt"]), (200, &json!(true), &first["receipt"]));
    let (status, problem) = ask("k1", &json!({"member": "ann", "points": "8"}))?;
    assert_eq!((status, &problem["code"]), (422, &json!("key_reused")));
    let (status, problem) = ask("k2", &json!({"member": "ann", "points": "99999999"}))?;
    assert_eq!((status, &problem["code"]), (422, &json!("treasury_short")));
    assert_eq!(ask("k2", &json!({"member": "ann", "points": "99999999"}))?.1["code"], "treasury_short");
    for bad in ["", "with space", &"x".repeat(129)] {
        assert_eq!(ask(bad, &grant)?.1["code"], "bad_key", "{bad}");
    }
    let missing = town.server.ask("POST", "/v1/treasury/grants", Some(&town.payment), &[], Some(&grant))?;
    assert_eq!((missing.0, &missing.1["field"]), (400, &json!("idempotency-key")));
    let (_, ann) = town.status("GET", "/v1/members/ann", Some(&town.operator), None)?;
    assert_eq!(ann["state"]["points"], "7");
    Ok(())
}

#[test]
fn a_revoked_or_expired_key_opens_nothing() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start_closed(&["--database", &database])?;
    let expired = add_key(&database, &["--role", "operator", "--days", "0"])?;
    let revoked = add_key(&database, &["--role", "operator"])?;
    let id = revoked.split('_').nth(1).ok_or("no id")?;
    crate::support::gongxiang(&["keys", "--database", &database, "revoke", id])?;
    for token in [&expired, &revoked] {
        assert_eq!(server.ask("GET", "/v1/state", Some(token), &[], None)?.0, 401);
    }
    Ok(())
}

#[test]
fn a_demo_signs_anybody_in_as_a_member_who_sees_and_moves_only_its_own() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "member.registered", "member": "bob"},
        {"type": "treasury.granted", "member": "ann", "points": "10"},
    ]);
    server.ask("POST", "/v1/events", None, &[], Some(&events))?;
    let (status, problem) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": "eve"})))?;
    assert_eq!((status, &problem["code"]), (404, &json!("unknown_member")));
    let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": "ann"})))?;
    let token = session["token"].as_str().ok_or("no token")?;
    assert_eq!(server.ask("GET", "/v1/session", Some(token), &[], None)?.1["member"], "ann");
    assert_eq!(server.ask("GET", "/v1/members/ann", Some(token), &[], None)?.0, 200);
    assert_eq!(server.ask("GET", "/v1/members/bob", Some(token), &[], None)?.0, 403);
    let transfer = |from: Value, key: &str| {
        let mut body = json!({"to": "bob", "points": "4"});
        if from.is_string() {
            body["from"] = from;
        }
        server.ask("POST", "/v1/transfers", Some(token), &[("idempotency-key", key)], Some(&body))
    };
    assert_eq!(transfer(json!("bob"), "a")?.0, 403);
    assert_eq!(transfer(Value::Null, "b")?.0, 200);
    assert_eq!(server.ask("GET", "/v1/members/ann", Some(token), &[], None)?.1["state"]["points"], "6");
    let (_, statement) = server.ask("GET", "/v1/members/ann/statement", Some(token), &[], None)?;
    assert_eq!(statement["postings"].as_array().map(Vec::len), Some(3), "{statement}");
    server.ask("DELETE", "/v1/session", Some(token), &[], None)?;
    assert_eq!(server.ask("GET", "/v1/session", Some(token), &[], None)?.0, 401);
    Ok(())
}

#[test]
fn a_trade_is_paid_by_its_buyer_and_confirmed_by_its_seller() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "member.registered", "member": "bob"},
        {"type": "member.registered", "member": "eve"},
        {"type": "treasury.granted", "member": "ann", "points": "10"},
        {"type": "offer.placed", "offer": "f", "member": "ann", "side": "sell", "points": "10", "unit_price": "1"},
        {"type": "offer.taken", "offer": "f", "trade": "t", "member": "bob", "points": "4"},
        {"type": "offer.taken", "offer": "f", "trade": "u", "member": "bob", "points": "4"},
    ]);
    server.ask("POST", "/v1/events", None, &[], Some(&events))?;
    let sign_in = |member: &str| -> TestResult<String> {
        let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
        Ok(session["token"].as_str().ok_or("no token")?.into())
    };
    let (seller, buyer, other) = (sign_in("ann")?, sign_in("bob")?, sign_in("eve")?);
    let step = |step: &str, token: &str, key: &str| -> TestResult<u16> {
        Ok(server.ask("POST", &format!("/v1/trades/{step}"), Some(token), &[("idempotency-key", key)], None)?.0)
    };
    let paid = |token: Option<&str>, until: &str| -> TestResult<(u16, Option<usize>)> {
        let path = format!("/v1/trades?paid_until={until}");
        let (status, page) = server.ask("GET", &path, token, &[], None)?;
        Ok((status, page["rows"].as_array().map(Vec::len)))
    };
    assert_eq!(paid(None, "2026-01-01")?, (200, Some(0)), "nothing is paid yet");
    let of_ann = |token: Option<&str>| -> TestResult<(u16, Value)> {
        let (status, page) = server.ask("GET", "/v1/offers?owner=ann", token, &[], None)?;
        Ok((status, page["rows"][0]["remaining"].clone()))
    };
    assert_eq!(of_ann(Some(seller.as_str()))?, (200, json!("2")), "a member sees what it offers");
    assert_eq!(of_ann(None)?, (200, json!("2")), "the operator too");
    assert_eq!(of_ann(Some(buyer.as_str()))?.0, 403, "nobody else asks for one member’s");
    for (at, (what, who, status)) in [
        ("t/pay", &other, 404),
        ("t/pay", &seller, 403),
        ("t/confirm", &buyer, 403),
        ("t/cancel", &other, 404),
        ("t/pay", &buyer, 200),
        ("t/cancel", &seller, 403),
        ("t/confirm", &seller, 200),
        ("t/cancel", &buyer, 422),
        ("u/cancel", &seller, 200),
        ("no/pay", &buyer, 404),
    ]
    .into_iter()
    .enumerate()
    {
        assert_eq!(step(what, who, &format!("k{at}"))?, status, "{what}");
        if at == 5 {
            assert_eq!(paid(None, "2026-01-01")?, (200, Some(1)), "the operator sees what is paid");
            assert_eq!(paid(None, "2025-12-31")?, (200, Some(0)), "it was taken later");
            assert_eq!(paid(Some(buyer.as_str()), "2026-01-01")?.0, 403, "a member sees its own only");
        }
    }
    assert_eq!(server.ask("GET", "/v1/members/bob", Some(&buyer), &[], None)?.1["state"]["points"], "4");
    let (_, trades) = server.ask("GET", "/v1/trades", Some(&buyer), &[], None)?;
    assert_eq!(trades["rows"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn where_the_seller_is_frozen_the_operator_alone_finishes_a_trade() -> TestResult {
    let town = town()?;
    let (bob, ann) = (town.signed_in("bob")?, town.signed_in("ann")?);
    let ask = |path: &str, token: &str| town.status("POST", path, Some(token), None);
    assert_eq!(ask("/v1/members/bob/freeze", &town.operator)?.0, 200);
    for (path, token) in [("confirm", &bob), ("cancel", &bob), ("cancel", &ann)] {
        assert_eq!(ask(&format!("/v1/trades/t1/{path}"), token)?.0, 403, "{path}");
    }
    // The buyer may say that it has paid: that moves nothing.
    assert_eq!(ask("/v1/trades/t1/pay", &ann)?.0, 200);
    let (status, problem) = town.status("POST", "/v1/redemptions", Some(&bob), Some(&json!({"points": "1"})))?;
    assert_eq!((status, &problem["code"]), (422, &json!("member_frozen")));
    assert_eq!(ask("/v1/trades/t1/confirm", &town.operator)?.0, 200);
    assert_eq!(ask("/v1/members/bob/unfreeze", &town.operator)?.0, 200);
    assert_eq!(town.status("POST", "/v1/redemptions", Some(&bob), Some(&json!({"points": "1"})))?.0, 200);
    Ok(())
}

#[test]
fn a_member_redeems_under_an_id_of_the_server_and_the_operator_cancels_it() -> TestResult {
    let town = town()?;
    let bob = town.signed_in("bob")?;
    let points = || -> TestResult<Value> {
        Ok(town.status("GET", "/v1/members/bob", Some(&town.operator), None)?.1["state"]["points"].clone())
    };
    let named = json!({"points": "3", "redemption": "mine"});
    assert_eq!(town.status("POST", "/v1/redemptions", Some(&bob), Some(&named))?.0, 403, "ids are the server's");
    let (status, redeemed) = town.status("POST", "/v1/redemptions", Some(&bob), Some(&json!({"points": "3"})))?;
    assert_eq!(status, 200, "{redeemed}");
    assert_eq!(points()?, "37");
    let path = format!("/v1/redemptions/{}/cancel", redeemed["redemption"].as_str().ok_or("no id")?);
    assert_eq!(town.status("POST", &path, Some(&bob), None)?.0, 403);
    assert_eq!(town.status("POST", &path, Some(&town.operator), None)?.0, 200);
    assert_eq!(points()?, "40");
    assert_eq!(town.status("POST", &path, Some(&town.operator), None)?.1["code"], "redemption_cancelled");
    Ok(())
}

#[test]
fn a_merchant_refunds_a_part_of_an_order_of_its_own_shop() -> TestResult {
    let town = town()?;
    let refund = |concession: &str| {
        town.status("POST", "/v1/orders/o1/refund", Some(&town.merchant), Some(&json!({"concession": concession})))
    };
    assert_eq!(refund("4")?.0, 200);
    let (_, order) = town.status("GET", "/v1/orders/o1", Some(&town.merchant), None)?;
    assert_eq!((&order["concession"], &order["left"]), (&json!("10"), &json!("6")), "{order}");
    assert_eq!(refund("6.01")?.1["code"], "bad_concession");
    assert_eq!(refund("6")?.0, 200);
    assert_eq!(refund("1")?.1["code"], "order_refunded");
    Ok(())
}

#[test]
fn what_has_not_changed_is_not_sent_again() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let tag = server.etag("/v1/supply")?;
    assert_eq!(server.ask("GET", "/v1/supply", None, &[("if-none-match", &tag)], None)?.0, 304);
    server.ask("POST", "/v1/events", None, &[], Some(&json!([{"type": "day.closed", "day": "2026-01-01"}])))?;
    assert_eq!(server.ask("GET", "/v1/supply", None, &[("if-none-match", &tag)], None)?.0, 200);
    Ok(())
}
