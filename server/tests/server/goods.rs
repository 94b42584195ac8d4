//! Goods for points: points and piece are taken together, once, whoever asks at the same time and whatever is killed in between; and what
//! cannot be is refused with code and field.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Database, Folder, JSON, Server, TestResult, add_key, all_accepted, databases, gongxiang, random};

type Failure = Box<dyn std::error::Error + Send + Sync>;

const PATIENCE: Duration = Duration::from_mins(1);

/// A shop, another one, and members with 10 points each; whoever asks without a token is the operator.
fn open(database: &str, members: usize) -> TestResult<Server> {
    let server = Server::start(&["--database", database, "--rules", "seed"])?;
    let mut events = Vec::new();
    for shop in ["kiosk", "bakery"] {
        events.extend([
            json!({"type": "member.registered", "member": shop}),
            json!({"type": "pack.purchased", "member": shop, "pack": "merchant"}),
            json!({"type": "treasury.granted", "member": shop, "points": "1000"}),
            json!({"type": "merchant.opened", "member": shop, "region": "440106"}),
        ]);
    }
    for n in 0..members {
        events.push(json!({"type": "member.registered", "member": format!("m{n}")}));
        events.push(json!({"type": "treasury.granted", "member": format!("m{n}"), "points": "10"}));
    }
    let (_, answers) = server.post("/v1/events", JSON, json!(events).to_string())?;
    all_accepted(&answers)?;
    Ok(server)
}

fn sign_in(server: &Server, member: &str) -> TestResult<String> {
    let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
    Ok(session["token"].as_str().ok_or("no token")?.into())
}

fn mug(stock: u32) -> Value {
    json!({"name": "Mug", "description": "Blue, 0.3 l", "points": "5", "money": "1.50", "stock": stock, "shops": ["kiosk"]})
}

fn price() -> Value {
    json!({"points": "5", "money": "1.5"})
}

fn write(server: &Server, item: &str, terms: &Value) -> TestResult<(u16, Value)> {
    server.ask("PUT", &format!("/v1/goods/{item}"), None, &[], Some(terms))
}

fn written(server: &Server, item: &str, terms: &Value) -> TestResult<Value> {
    let (status, answer) = write(server, item, terms)?;
    assert_eq!(status, 200, "{answer}");
    Ok(answer)
}

fn post(server: &Server, path: &str, token: &str, key: &str, body: &Value) -> TestResult<(u16, Value)> {
    server.ask("POST", path, Some(token), &[("idempotency-key", key)], Some(body))
}

fn redeem(server: &Server, token: &str, key: &str) -> TestResult<(u16, Value)> {
    post(server, "/v1/goods/mug/redemptions", token, key, &price())
}

fn points(server: &Server, member: &str) -> TestResult<Value> {
    let (_, now) = server.get(&format!("/v1/members/{member}"))?;
    Ok(now["state"]["points"].clone())
}

/// Stock, reserved, handed out and left.
fn pieces(server: &Server) -> TestResult<[Value; 4]> {
    let (_, item) = server.get("/v1/goods/mug")?;
    Ok(["stock", "reserved", "handed_out", "left"].map(|name| item[name].clone()))
}

fn code_of(redeemed: &Value) -> TestResult<String> {
    Ok(redeemed["code"]["code"].as_str().ok_or_else(|| format!("no code: {redeemed}"))?.into())
}

fn refused((status, problem): (u16, Value), expected: (u16, &str, &str)) {
    let said = (status, problem["code"].as_str(), problem["field"].as_str());
    assert_eq!(said, (expected.0, Some(expected.1), Some(expected.2)), "{problem}");
}

fn on_each_engine(members: usize, test: impl Fn(&Server, &Database) -> TestResult) -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        test(&open(&database, members)?, &database)?;
    }
    Ok(())
}

#[test]
fn a_code_is_handed_out_once_by_a_shop_that_has_the_item() -> TestResult {
    on_each_engine(2, |server, _| {
        let (ann, bob) = (sign_in(server, "m0")?, sign_in(server, "m1")?);
        let (kiosk, bakery) = (sign_in(server, "kiosk")?, sign_in(server, "bakery")?);
        written(server, "mug", &mug(3))?;
        let (_, listed) = server.ask("GET", "/v1/goods", Some(&ann), &[], None)?;
        assert_eq!(
            listed["items"],
            json!([{"item": "mug", "name": "Mug", "description": "Blue, 0.3 l", "points": "5", "money": "1.5", "left": 3,
                    "per_member": 0, "from": null, "until": null, "shops": ["kiosk"], "delivery": false, "picture": null}]),
            "a member sees no more"
        );

        let (status, redeemed) = redeem(server, &ann, "a")?;
        assert_eq!(status, 200, "{redeemed}");
        let voucher = redeemed["voucher"]["voucher"].as_str().ok_or("no voucher")?.to_owned();
        assert_eq!(redeemed["voucher"]["until"], "2026-01-31", "30 days after the first");
        assert_eq!(redeemed["receipt"]["type"], "points.redeemed");
        assert_eq!((points(server, "m0")?, pieces(server)?), (json!("5"), [3, 1, 0, 2].map(|n| json!(n))));
        let code = code_of(&redeemed)?;
        assert_eq!(redeemed["code"]["qr"], json!(format!("GXG1.{}", code.replace('-', ""))));

        // The same key is the same redemption, and says no code again; another body under it is refused.
        let (status, again) = redeem(server, &ann, "a")?;
        assert_eq!((status, &again["repeated"], &again["code"]), (200, &json!(true), &Value::Null), "{again}");
        assert_eq!(again["voucher"]["voucher"], json!(voucher));
        refused(
            post(server, "/v1/goods/mug/redemptions", &ann, "a", &json!({"points": "6"}))?,
            (422, "key_reused", ""),
        );
        assert_eq!((points(server, "m0")?, pieces(server)?), (json!("5"), [3, 1, 0, 2].map(|n| json!(n))));

        // A new code takes the place of the old one, for its member alone.
        let renew = format!("/v1/vouchers/{voucher}/code");
        refused(post(server, &renew, &bob, "x", &json!({}))?, (404, "not_found", ""));
        let (_, renewed) = post(server, &renew, &ann, "x", &json!({}))?;
        let check =
            |token: &str, code: &str| post(server, "/v1/voucher-codes/check", token, "x", &json!({"code": code}));
        let hand_out = |token: &str, key: &str, code: &str| {
            post(server, "/v1/voucher-codes/hand-out", token, key, &json!({"code": code}))
        };
        refused(check(&kiosk, &code)?, (422, "bad_voucher_code", "code"));
        let code = renewed["code"].as_str().ok_or("no code")?;
        let (status, shown) = check(&kiosk, &code.to_lowercase())?;
        assert_eq!((status, &shown["name"], &shown["money"]), (200, &json!("Mug"), &json!("1.5")), "{shown}");
        refused(check(&bakery, code)?, (422, "voucher_elsewhere", "code"));
        refused(hand_out(&bakery, "h", code)?, (422, "voucher_elsewhere", "code"));
        refused(hand_out(&bob, "h", code)?, (422, "voucher_elsewhere", "code"));
        refused(hand_out(&kiosk, "h", "0000-0000-0000-0000")?, (422, "bad_voucher_code", "code"));
        refused(hand_out(&kiosk, "h", "GX1.m0.1.00000000")?, (422, "bad_voucher_code", "code"));
        let (status, out) = hand_out(&kiosk, "h1", code)?;
        assert_eq!((status, &out["voucher"], &out["repeated"]), (200, &json!(voucher), &json!(false)), "{out}");
        assert_eq!(hand_out(&kiosk, "h1", code)?.1["repeated"], json!(true), "the answer may have been lost");
        refused(hand_out(&kiosk, "h2", code)?, (422, "voucher_used", "voucher"));
        refused(check(&kiosk, code)?, (422, "voucher_used", "voucher"));
        assert_eq!(pieces(server)?, [3, 0, 1, 2].map(|n| json!(n)));
        let cancel = format!("/v1/vouchers/{voucher}/cancel");
        refused(post(server, &cancel, &ann, "c", &json!({}))?, (422, "voucher_used", "voucher"));
        refused(post(server, &renew, &ann, "x", &json!({}))?, (422, "voucher_used", "voucher"));

        // The goods came back: the operator's own event brings points and piece.
        let event = json!({"type": "redemption.cancelled", "redemption": voucher});
        assert_eq!(server.post("/v1/events", JSON, event.to_string())?.0, 200);
        assert_eq!((points(server, "m0")?, pieces(server)?), (json!("10"), [3, 0, 0, 3].map(|n| json!(n))));
        let (_, all) = server.get("/v1/vouchers?item=mug")?;
        assert_eq!((&all["vouchers"][0]["state"], &all["next"]), (&json!("cancelled"), &Value::Null), "{all}");
        Ok(())
    })
}

#[test]
fn a_cancelled_voucher_gives_points_and_piece_back_once() -> TestResult {
    on_each_engine(3, |server, _| {
        let (ann, bob, kiosk) = (sign_in(server, "m0")?, sign_in(server, "m1")?, sign_in(server, "kiosk")?);
        written(server, "mug", &mug(2))?;
        let (_, redeemed) = redeem(server, &ann, "a")?;
        let voucher = redeemed["voucher"]["voucher"].as_str().ok_or("no voucher")?.to_owned();
        let (cancel, code) = (format!("/v1/vouchers/{voucher}/cancel"), code_of(&redeemed)?);
        refused(post(server, &cancel, &bob, "c", &json!({}))?, (404, "not_found", ""));
        refused(post(server, "/v1/vouchers/nothing/cancel", &ann, "c", &json!({}))?, (404, "not_found", ""));
        let (status, cancelled) = post(server, &cancel, &ann, "c", &json!({}))?;
        assert_eq!((status, &cancelled["receipt"]["type"]), (200, &json!("redemption.cancelled")), "{cancelled}");
        assert_eq!(post(server, &cancel, &ann, "c", &json!({}))?.1["repeated"], json!(true));
        refused(post(server, &cancel, &ann, "d", &json!({}))?, (422, "voucher_cancelled", "voucher"));
        let by_operator = server.ask("POST", &cancel, None, &[("idempotency-key", "e")], Some(&json!({})))?;
        refused(by_operator, (422, "voucher_cancelled", "voucher"));
        let out = post(server, "/v1/voucher-codes/hand-out", &kiosk, "h", &json!({"code": code}))?;
        refused(out, (422, "voucher_cancelled", "voucher"));
        assert_eq!((points(server, "m0")?, pieces(server)?), (json!("10"), [2, 0, 0, 2].map(|n| json!(n))));

        // A whole journal takes and cancels without the catalogue, and one that names its item takes no piece.
        let events = json!([
            {"type": "points.redeemed", "member": "m2", "points": "1", "item": "mug", "redemption": "r"},
            {"type": "redemption.cancelled", "redemption": "r"},
        ]);
        all_accepted(&server.post("/v1/events", JSON, events.to_string())?.1)?;
        assert_eq!(pieces(server)?, [2, 0, 0, 2].map(|n| json!(n)));
        // A member cannot lose its points for an item without a piece of it.
        let body = json!({"points": "5", "item": "mug"});
        refused(post(server, "/v1/redemptions", &ann, "r", &body)?, (422, "bad_item", "item"));
        let body = json!({"points": "5", "item": "a-song"});
        assert_eq!(post(server, "/v1/redemptions", &ann, "r", &body)?.0, 200, "other things are as they were");
        Ok(())
    })
}

#[test]
fn a_voucher_that_nobody_used_expires_by_the_days_that_are_closed() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        drop(open(&database, 1)?);
        let arguments: [&str; 5] = ["--database", &database, "--rules", "seed", "--goods-days=1"];
        let server = Server::start(&arguments)?;
        let (ann, kiosk) = (sign_in(&server, "m0")?, sign_in(&server, "kiosk")?);
        written(&server, "mug", &mug(1))?;
        let (_, redeemed) = redeem(&server, &ann, "a")?;
        assert_eq!(redeemed["voucher"]["until"], "2026-01-02");
        let close = |day: &str| server.post("/v1/events", JSON, json!({"type": "day.closed", "day": day}).to_string());
        assert_eq!(close("2026-01-01")?.0, 200);
        let check = |server: &Server| {
            post(server, "/v1/voucher-codes/check", &kiosk, "x", &json!({"code": redeemed["code"]["qr"]}))
        };
        assert_eq!(check(&server)?.0, 200, "it holds on its last day");
        assert_eq!(close("2026-01-02")?.0, 200);
        refused(check(&server)?, (422, "voucher_expired", "voucher"));
        let out = post(&server, "/v1/voucher-codes/hand-out", &kiosk, "h", &json!({"code": redeemed["code"]["code"]}))?;
        refused(out, (422, "voucher_expired", "voucher"));
        let voucher = redeemed["voucher"]["voucher"].as_str().ok_or("no voucher")?.to_owned();
        let before = points(&server, "m0")?;
        server.kill()?;

        // Two processes look for it as soon as they start.
        let server = Server::start(&arguments)?;
        let other = Server::start(&arguments)?;
        let started = Instant::now();
        while pieces(&server)?[3] != json!(1) {
            assert!(started.elapsed() < PATIENCE, "it does not expire");
            thread::sleep(Duration::from_millis(20));
        }
        thread::sleep(Duration::from_millis(300));
        assert_eq!(pieces(&other)?, [1, 0, 0, 1].map(|n| json!(n)));
        let back = |points: &Value| points.as_str().and_then(|points| points.parse::<f64>().ok()).ok_or("no points");
        assert!((back(&points(&server, "m0")?)? - back(&before)? - 5.0).abs() < 1e-6, "once");
        let (_, now) = server.get(&format!("/v1/vouchers/{voucher}"))?;
        assert_eq!((&now["state"], &now["ended_by"]), (&json!("expired"), &json!("scheduler")), "{now}");
        refused(check(&server)?, (422, "voucher_expired", "voucher"));
        let cancel = format!("/v1/vouchers/{voucher}/cancel");
        refused(post(&server, &cancel, &ann, "c", &json!({}))?, (422, "voucher_expired", "voucher"));
        // What goods absorbed, for everybody who is signed in.
        let (_, absorbed) = server.ask("GET", "/v1/absorbed", Some(&ann), &[], None)?;
        assert_eq!(absorbed["days"][0], json!({"day": "2026-01-01", "redeemed": "5", "cancelled": "0"}));
    }
    Ok(())
}

#[test]
fn what_an_item_or_a_redemption_cannot_be_is_refused_with_its_field() -> TestResult {
    on_each_engine(2, |server, _| {
        let ann = sign_in(server, "m0")?;
        refused(server.ask("PUT", "/v1/goods/mug", Some(&ann), &[], Some(&mug(1)))?, (403, "forbidden", ""));
        refused(redeem(server, &ann, "a")?, (422, "not_offered", "item"));
        let with = |field: &str, value: Value| {
            let mut terms = mug(2);
            terms[field] = value;
            terms
        };
        for (terms, expected) in [
            (with("name", json!("")), (422, "bad_text", "name")),
            (with("name", json!("Mug\u{202e}guM")), (422, "bad_text", "name")),
            (with("name", json!("Mug\u{7}")), (422, "bad_text", "name")),
            (with("name", json!("\u{1f600}".repeat(64))), (422, "bad_text", "name")),
            (with("name", json!("长".repeat(33))), (422, "bad_text", "name")),
            (with("name", json!("<script>")), (422, "bad_text", "name")),
            (with("description", json!("a\u{202e}b")), (422, "bad_note", "description")),
            (with("description", json!("a\nb")), (422, "bad_note", "description")),
            (with("description", json!("x".repeat(501))), (422, "bad_note", "description")),
            (with("points", json!("0")), (422, "bad_item", "points")),
            (with("points", json!("-1")), (400, "bad_event", "points")),
            (with("points", json!(5)), (400, "bad_event", "points")),
            (with("points", json!("5.000000001")), (400, "bad_event", "points")),
            (with("money", json!("-0.01")), (400, "bad_event", "money")),
            (with("stock", json!(-1)), (400, "bad_event", "stock")),
            (with("stock", json!(10_000_001)), (422, "bad_item", "stock")),
            (with("shops", json!([])), (422, "bad_item", "shops")),
            (with("shops", json!(["m0"])), (422, "bad_item", "shops")),
            (with("shops", json!(["nobody"])), (422, "bad_item", "shops")),
            (with("colour", json!("blue")), (400, "bad_event", "colour")),
            (with("until", json!("2026-02-30")), (400, "bad_event", "until")),
        ] {
            refused(write(server, "mug", &terms)?, expected);
        }
        let mut backwards = mug(2);
        backwards["from"] = json!("2026-01-02");
        backwards["until"] = json!("2026-01-01");
        refused(write(server, "mug", &backwards)?, (422, "bad_item", "until"));
        refused(server.ask("GET", "/v1/goods/mug", Some(&ann), &[], None)?, (404, "not_found", ""));

        written(server, "mug", &with("per_member", json!(1)))?;
        for (body, expected) in [
            (json!({"points": "4", "money": "1.5"}), (409, "item_changed", "points")),
            (json!({"points": "5"}), (409, "item_changed", "money")),
            (json!({"points": "5", "money": "1.5", "deliver_to": "Road 1"}), (422, "bad_delivery", "deliver_to")),
            (json!({"points": "5", "money": "1.5", "deliver_to": ""}), (422, "bad_delivery", "deliver_to")),
            (json!({"points": "5", "money": "1.5", "deliver_to": "a\u{202e}b"}), (422, "bad_delivery", "deliver_to")),
            (json!({"money": "1.5"}), (400, "bad_event", "points")),
            (json!({"points": "5", "member": "m1"}), (400, "bad_event", "member")),
        ] {
            refused(post(server, "/v1/goods/mug/redemptions", &ann, "a", &body)?, expected);
        }
        let without_key = server.ask("POST", "/v1/goods/mug/redemptions", Some(&ann), &[], Some(&price()))?;
        refused(without_key, (400, "bad_key", "idempotency-key"));
        assert_eq!(redeem(server, &ann, "b")?.0, 200);
        let (status, problem) = redeem(server, &ann, "c")?;
        assert_eq!((status, &problem["code"], &problem["limit"]), (422, &json!("too_many_of_item"), &json!("1")));

        // Two of three have gone to nobody: the stock cannot be lower than what is reserved.
        let (status, problem) = write(server, "mug", &with("stock", json!(0)))?;
        assert_eq!((status, &problem["code"], &problem["field"]), (422, &json!("stock_reserved"), &json!("stock")));
        assert_eq!(problem["limit"], "1");
        assert_eq!(pieces(server)?, [2, 1, 0, 1].map(|n| json!(n)), "nothing of it was written");
        written(server, "mug", &with("stock", json!(1)))?;
        let bob = sign_in(server, "m1")?;
        refused(redeem(server, &bob, "a")?, (422, "sold_out", "item"));

        // The window holds by the day of the scheme; what is withdrawn is not offered, and can be looked at.
        for (field, value) in [("from", "2026-01-02"), ("until", "2025-12-31")] {
            written(server, "mug", &with(field, json!(value)))?;
            refused(redeem(server, &bob, "a")?, (422, "not_offered", "item"));
            assert_eq!(server.ask("GET", "/v1/goods", Some(&bob), &[], None)?.1["items"], json!([]));
        }
        written(server, "mug", &with("until", json!("2026-01-01")))?;
        assert_eq!(server.ask("DELETE", "/v1/goods/mug", None, &[], None)?.0, 204);
        refused(redeem(server, &bob, "a")?, (422, "not_offered", "item"));
        assert_eq!(server.ask("GET", "/v1/goods/mug", Some(&bob), &[], None)?.0, 200);
        assert_eq!(server.get("/v1/goods?all=true")?.1["items"][0]["withdrawn"], json!(true));
        refused(server.ask("GET", "/v1/goods?all=true", Some(&bob), &[], None)?, (403, "forbidden", ""));
        // Who has too few points takes no piece either.
        written(server, "mug", &with("points", json!("10.5")))?;
        let dear = json!({"points": "10.5", "money": "1.5"});
        refused(post(server, "/v1/goods/mug/redemptions", &bob, "d", &dear)?, (422, "points_short", "points"));
        assert_eq!((points(server, "m1")?, pieces(server)?), (json!("10"), [2, 1, 0, 1].map(|n| json!(n))));
        Ok(())
    })
}

#[test]
fn an_item_that_is_sent_has_an_address_until_the_operator_says_that_it_was() -> TestResult {
    on_each_engine(2, |server, _| {
        let (ann, kiosk) = (sign_in(server, "m0")?, sign_in(server, "kiosk")?);
        let mut terms = mug(3);
        terms["delivery"] = json!(true);
        written(server, "mug", &terms)?;
        let body = json!({"points": "5", "money": "1.5", "deliver_to": "Ann, Road 1 😀"});
        let (status, sent) = post(server, "/v1/goods/mug/redemptions", &ann, "a", &body)?;
        assert_eq!((status, &sent["voucher"]["deliver_to"]), (200, &json!("Ann, Road 1 😀")), "{sent}");
        let hand_out = post(server, "/v1/voucher-codes/hand-out", &kiosk, "h", &json!({"code": code_of(&sent)?}))?;
        refused(hand_out, (422, "voucher_elsewhere", "code"));
        let (_, fetched) = redeem(server, &ann, "b")?;
        let deliver = |redeemed: &Value, key: &str| -> TestResult<(u16, Value)> {
            let voucher = redeemed["voucher"]["voucher"].as_str().ok_or("no voucher")?;
            let path = format!("/v1/vouchers/{voucher}/deliver");
            server.ask("POST", &path, None, &[("idempotency-key", key)], Some(&json!({})))
        };
        refused(deliver(&fetched, "k")?, (422, "voucher_elsewhere", "voucher"));
        assert_eq!(deliver(&sent, "k")?.0, 200);
        assert_eq!(deliver(&sent, "k")?.1["repeated"], json!(true));
        refused(deliver(&sent, "l")?, (422, "voucher_used", "voucher"));
        let (_, mine) = server.ask("GET", "/v1/vouchers?limit=1", Some(&ann), &[], None)?;
        let next = mine["next"].as_i64().ok_or_else(|| format!("no next page: {mine}"))?;
        let (_, mine) = server.ask("GET", &format!("/v1/vouchers?before={next}"), Some(&ann), &[], None)?;
        let last = &mine["vouchers"][0];
        assert_eq!((&last["state"], &last["deliver_to"], &last["shop"]), (&json!("used"), &Value::Null, &Value::Null));
        // Whoever erases its profile erases where goods were to be sent.
        let bob = sign_in(server, "m1")?;
        let again = post(server, "/v1/goods/mug/redemptions", &bob, "c", &body)?;
        assert_eq!(again.0, 200, "{}", again.1);
        let addresses = || -> TestResult<Vec<Value>> {
            let (_, mine) = server.ask("GET", "/v1/vouchers", Some(&bob), &[], None)?;
            let rows = mine["vouchers"].as_array().ok_or("no vouchers")?;
            Ok(rows.iter().map(|row| row["deliver_to"].clone()).filter(|to| !to.is_null()).collect())
        };
        assert_eq!(addresses()?, [json!("Ann, Road 1 😀")]);
        assert_eq!(server.ask("DELETE", "/v1/members/m1/profile", Some(&bob), &[], None)?.0, 204);
        assert_eq!(addresses()?, [Value::Null; 0]);
        Ok(())
    })
}

/// Status, JSON and headers of a picture that is sent.
fn send_picture(server: &Server, media_type: &str, content: &[u8]) -> TestResult<(u16, Value)> {
    let mut answer = ureq::put(format!("{}/v1/goods/mug/picture", server.address))
        .config()
        .http_status_as_error(false)
        .max_idle_connections(0)
        .build()
        .header("content-type", media_type)
        .send(content)?;
    Ok((answer.status().as_u16(), serde_json::from_str(&answer.body_mut().read_to_string()?)?))
}

/// One red pixel, as a PNG that image programs read.
const PIXEL: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01\x01\0\xc9\xfe\x92\xef\0\0\0\0IEND\xaeB`\x82";

#[test]
fn a_picture_is_what_its_bytes_say_and_nothing_else_is_taken() -> TestResult {
    on_each_engine(0, |server, _| {
        refused(send_picture(server, "image/png", PIXEL)?, (404, "not_found", ""));
        written(server, "mug", &mug(1))?;
        let svg = b"<svg xmlns=\"http://www.w3.org/2000/svg\"><script>alert(1)</script></svg>";
        refused(send_picture(server, "image/svg+xml", svg)?, (422, "bad_picture", "picture"));
        refused(send_picture(server, "image/png", svg)?, (422, "bad_picture", "picture"));
        refused(send_picture(server, "image/jpeg", PIXEL)?, (422, "bad_picture", "content-type"));
        refused(send_picture(server, "application/octet-stream", PIXEL)?, (422, "bad_picture", "content-type"));
        let mut more = PIXEL.to_vec();
        more.extend(b"<script>alert(1)</script>");
        refused(send_picture(server, "image/png", &more)?, (422, "bad_picture", "picture"));
        refused(send_picture(server, "image/png", b"")?, (422, "bad_picture", "picture"));
        let large = vec![0x89; 50 << 20];
        match send_picture(server, "image/png", &large) {
            Ok(answer) => refused(answer, (413, "too_large", "picture")),
            // The server need not read all of it before it closes the connection.
            Err(error) => {
                assert!(error.to_string().contains("onnection") || error.to_string().contains("pipe"), "{error}");
            }
        }
        refused(send_picture(server, "image/png", &large[..2 << 20])?, (413, "too_large", "picture"));
        assert_eq!(server.get("/v1/goods/mug")?.1["picture"], Value::Null, "nothing of it was stored");

        let (status, stored) = send_picture(server, "image/png", PIXEL)?;
        assert_eq!(status, 200, "{stored}");
        let picture = stored["picture"].as_str().ok_or("no picture")?;
        assert_eq!(server.get("/v1/goods/mug")?.1["picture"], json!(picture));
        let mut answer = ureq::get(format!("{}/v1/pictures/{picture}", server.address)).call()?;
        let header = |name: &str| answer.headers().get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert_eq!((header("content-type"), header("x-content-type-options")), ("image/png", "nosniff"));
        let policy = header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("unsafe-inline"), "{policy}");
        assert_eq!(header("cache-control"), "public, max-age=31536000, immutable");
        assert_eq!(answer.body_mut().read_to_vec()?, PIXEL, "as it was sent");
        refused(server.get("/v1/pictures/nothing")?, (404, "not_found", ""));
        // Another picture takes its place, and the old one is gone.
        let webp = b"RIFF\x16\0\0\0WEBPVP8L\x0a\0\0\0\x2f\0\0\0\0\0\0\0\0\0";
        assert_eq!(send_picture(server, "image/webp", webp)?.0, 200);
        refused(server.get(&format!("/v1/pictures/{picture}"))?, (404, "not_found", ""));
        Ok(())
    })
}

#[test]
fn a_backup_has_the_catalogue_its_pictures_and_the_vouchers() -> TestResult {
    let folder = Folder::new()?;
    let server = open(&folder.database(), 1)?;
    written(&server, "mug", &mug(2))?;
    let picture = send_picture(&server, "image/png", PIXEL)?.1["picture"].as_str().ok_or("no picture")?.to_owned();
    let (_, redeemed) = redeem(&server, &sign_in(&server, "m0")?, "a")?;
    let (copy, restored) = (folder.path("copy.db"), format!("sqlite:{}", folder.path("restored.db").display()));
    gongxiang(&["backup", "--database", &folder.database(), crate::support::argument(&copy)])?;
    server.kill()?;
    gongxiang(&["restore", crate::support::argument(&copy), "--database", &restored])?;
    let server = Server::start(&["--database", &restored, "--rules", "seed"])?;
    assert_eq!(pieces(&server)?, [2, 1, 0, 1].map(|n| json!(n)));
    let content = ureq::get(format!("{}/v1/pictures/{picture}", server.address)).call()?.body_mut().read_to_vec()?;
    assert_eq!(content, PIXEL);
    let body = json!({"code": redeemed["code"]["qr"]});
    assert_eq!(post(&server, "/v1/voucher-codes/hand-out", &sign_in(&server, "kiosk")?, "h", &body)?.0, 200);
    Ok(())
}

#[test]
fn a_cashier_hands_out_and_no_other_role_of_the_staff_does() -> TestResult {
    crate::members::on_each_engine(&[], |town, database| {
        let shop = json!([
            {"type": "member.registered", "member": "kiosk"},
            {"type": "pack.purchased", "member": "kiosk", "pack": "merchant"},
            {"type": "treasury.granted", "member": "kiosk", "points": "1000"},
            {"type": "merchant.opened", "member": "kiosk", "region": "440106"},
            {"type": "treasury.granted", "member": "ann", "points": "10"},
        ]);
        all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&shop))?.1)?;
        let till = add_key(database, &["--role", "merchant", "--member", "kiosk"])?;
        let put = |token: &str| town.server.ask("PUT", "/v1/goods/mug", Some(token), &[], Some(&mug(5)));
        assert_eq!(put(&till)?.0, 403);
        assert_eq!(put(&town.operator)?.0, 200);
        let (_, ann) = town.enrolled("ann")?;
        let keyed = |cookie: &str, path: &str, key: &str, body: &Value| {
            let headers = [("cookie", cookie), ("origin", crate::members::ORIGIN), ("idempotency-key", key)];
            town.server.ask("POST", path, None, &headers, Some(body))
        };
        for (role, expected) in
            [("cashier", None), ("owner", None), ("clerk", Some("needs_role")), ("auditor", Some("needs_role"))]
        {
            let of_shop: &[&str] = if expected.is_none() { &["--shop", "kiosk"] } else { &[] };
            let (_, cookie) = town.staff(database, &[&[role, "--role", role], of_shop].concat())?;
            let (status, redeemed) = keyed(&ann, "/v1/goods/mug/redemptions", role, &price())?;
            if expected.is_none() {
                assert_eq!(status, 200, "{redeemed}");
            }
            let body = json!({"code": redeemed["code"]["code"].as_str().unwrap_or("0000-0000-0000-0000")});
            let (status, out) = keyed(&cookie, "/v1/voucher-codes/hand-out", role, &body)?;
            assert_eq!(
                (status, out["code"].as_str()),
                (if expected.is_none() { 200 } else { 403 }, expected),
                "{role} {out}"
            );
            refused_write(town, &cookie)?;
        }
        Ok(())
    })
}

fn refused_write(town: &crate::members::Town, cookie: &str) -> TestResult {
    let (status, problem, _) = town.ask("PUT", "/v1/goods/mug", Some(cookie), Some(&mug(9)))?;
    assert_eq!((status, &problem["code"]), (403, &json!("needs_role")), "{problem}");
    Ok(())
}

/// Sends until it is decided: what was not answered, is being settled, or finds no server, is sent again with its key.
fn insist(
    address: &Arc<Mutex<String>>,
    path: &str,
    token: &str,
    key: &str,
    body: &Value,
) -> Result<(u16, Value), Failure> {
    let started = Instant::now();
    let agent: ureq::Agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_idle_connections(0)
        .timeout_global(Some(Duration::from_secs(20)))
        .build()
        .into();
    loop {
        let at = address.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let sent = agent
            .post(format!("{at}{path}"))
            .header("authorization", format!("Bearer {token}"))
            .header("idempotency-key", key)
            .header("content-type", JSON)
            .send(body.to_string());
        let answer = sent.and_then(|mut answer| Ok((answer.status().as_u16(), answer.body_mut().read_to_string()?)));
        if let Ok((status, text)) = answer
            && status < 500
            && let Ok(json) = serde_json::from_str::<Value>(&text)
            && json["code"] != "in_flight"
        {
            return Ok((status, json));
        }
        if started.elapsed() > PATIENCE {
            return Err(format!("{path} is not answered").into());
        }
        thread::sleep(Duration::from_millis(5));
    }
}

fn at(server: &Server) -> Arc<Mutex<String>> {
    Arc::new(Mutex::new(server.address.clone()))
}

#[test]
fn two_hundred_clients_at_two_servers_get_the_last_ten_pieces() -> TestResult {
    const CLIENTS: usize = 200;
    const LEFT: usize = 10;
    on_each_engine(CLIENTS, |server, database| {
        let other = Server::start(&["--database", database, "--rules", "seed"])?;
        written(server, "mug", &mug(u32::try_from(LEFT)?))?;
        let tokens = (0..CLIENTS).map(|n| sign_in(server, &format!("m{n}"))).collect::<TestResult<Vec<_>>>()?;
        let servers = [at(server), at(&other)];
        let answers = thread::scope(|scope| {
            let client = |(n, token): (usize, &String)| {
                let (address, token) = (servers[n % 2].clone(), token.clone());
                scope.spawn(move || insist(&address, "/v1/goods/mug/redemptions", &token, "k", &price()))
            };
            let clients: Vec<_> = tokens.iter().enumerate().map(client).collect();
            clients
                .into_iter()
                .map(|client| client.join().map_err(|_| "a client failed"))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let (mut codes, mut redeemed) = (BTreeSet::new(), BTreeSet::new());
        for (n, answer) in answers.into_iter().enumerate() {
            let (status, answer) = answer.map_err(|error| error.to_string())?;
            if status == 200 {
                redeemed.insert(n);
                codes.insert(code_of(&answer)?);
            } else {
                assert_eq!((status, &answer["code"]), (422, &json!("sold_out")), "{answer}");
            }
        }
        assert_eq!((redeemed.len(), codes.len()), (LEFT, LEFT));
        assert_eq!(pieces(server)?, [10, 10, 0, 0].map(|n| json!(n)));
        for n in 0..CLIENTS {
            let expected = if redeemed.contains(&n) { "5" } else { "10" };
            assert_eq!(points(server, &format!("m{n}"))?, json!(expected), "m{n}");
        }
        let kiosk = sign_in(server, "kiosk")?;
        // Every code at both servers at once: one of them hands it out.
        for (number, code) in codes.iter().enumerate() {
            let body = json!({"code": code});
            let both = thread::scope(|scope| {
                let by = |place: usize| {
                    let (address, key, body, kiosk) = (&servers[place], format!("h{number}-{place}"), &body, &kiosk);
                    scope.spawn(move || insist(address, "/v1/voucher-codes/hand-out", kiosk, &key, body))
                };
                [by(0), by(1)].map(|client| client.join().map_err(|_| "a counter failed"))
            });
            let mut said = Vec::new();
            for answer in both {
                let (status, answer) = answer?.map_err(|error| error.to_string())?;
                said.push((status, answer["code"].as_str().unwrap_or_default().to_owned()));
            }
            said.sort();
            assert_eq!(said, [(200, String::new()), (422, "voucher_used".into())]);
        }
        assert_eq!(pieces(server)?, [10, 0, 10, 0].map(|n| json!(n)));
        Ok(())
    })
}

#[test]
fn the_limit_of_a_member_holds_for_all_its_requests_at_once() -> TestResult {
    on_each_engine(1, |server, database| {
        let other = Server::start(&["--database", database, "--rules", "seed"])?;
        let mut terms = mug(50);
        (terms["per_member"], terms["points"]) = (json!(2), json!("0.1"));
        written(server, "mug", &terms)?;
        let (token, servers) = (sign_in(server, "m0")?, [at(server), at(&other)]);
        let body = json!({"points": "0.1", "money": "1.5"});
        let answers = thread::scope(|scope| {
            let client = |n: usize| {
                let (address, token, body) = (&servers[n % 2], &token, &body);
                scope.spawn(move || insist(address, "/v1/goods/mug/redemptions", token, &format!("k{n}"), body))
            };
            let clients: Vec<_> = (0..24).map(client).collect();
            clients
                .into_iter()
                .map(|client| client.join().map_err(|_| "a client failed"))
                .collect::<Result<Vec<_>, _>>()
        })?;
        let mut got = 0;
        for answer in answers {
            let (status, answer) = answer.map_err(|error| error.to_string())?;
            got += usize::from(status == 200);
            assert!(status == 200 || answer["code"] == "too_many_of_item", "{answer}");
        }
        assert_eq!((got, points(server, "m0")?), (2, json!("9.8")));
        Ok(())
    })
}

/// What a client did while servers were killed: its open vouchers, and how many it cancelled.
struct Held {
    open: BTreeSet<String>,
    cancelled: usize,
}

/// Redeems and cancels until nothing is left for it.
fn work(address: &Arc<Mutex<String>>, token: &str) -> Result<Held, Failure> {
    let mut held = Held { open: BTreeSet::new(), cancelled: 0 };
    for n in 0..12 {
        let (status, answer) = insist(address, "/v1/goods/mug/redemptions", token, &format!("k{n}"), &price())?;
        if status != 200 {
            if !["sold_out", "points_short"].contains(&answer["code"].as_str().unwrap_or_default()) {
                return Err(answer.to_string().into());
            }
            continue;
        }
        let voucher = answer["voucher"]["voucher"].as_str().ok_or("no voucher")?.to_owned();
        if n % 3 == 0 {
            let (status, answer) =
                insist(address, &format!("/v1/vouchers/{voucher}/cancel"), token, &format!("c{n}"), &json!({}))?;
            if status != 200 {
                return Err(answer.to_string().into());
            }
            held.cancelled += 1;
        } else if !held.open.insert(voucher) {
            return Err("a voucher was given twice".into());
        }
    }
    Ok(held)
}

fn killed_in_between(database: &str) -> TestResult {
    const CLIENTS: usize = 48;
    const STOCK: u32 = 60;
    let mut server = open(database, CLIENTS)?;
    written(&server, "mug", &mug(STOCK))?;
    let tokens = (0..CLIENTS).map(|n| sign_in(&server, &format!("m{n}"))).collect::<TestResult<Vec<_>>>()?;
    let address = at(&server);
    let held = thread::scope(|scope| -> TestResult<Vec<Held>> {
        let client = |token: &String| {
            let (address, token) = (address.clone(), token.clone());
            scope.spawn(move || work(&address, &token))
        };
        let clients: Vec<_> = tokens.iter().map(client).collect();
        let mut kills = 0;
        while clients.iter().any(|client| !client.is_finished()) && kills < 15 {
            thread::sleep(Duration::from_millis(10 + random() % 120));
            server.stop()?;
            server = Server::start(&["--database", database, "--rules", "seed"])?;
            server.address.clone_into(&mut address.lock().unwrap_or_else(PoisonError::into_inner));
            kills += 1;
        }
        assert!(kills > 2, "the clients were too fast: {kills}");
        let held = clients.into_iter().map(|client| client.join().map_err(|_| "a client failed"));
        held.map(|held| Ok(held?.map_err(|error| error.to_string())?)).collect()
    })?;

    let open: usize = held.iter().map(|held| held.open.len()).sum();
    let cancelled: usize = held.iter().map(|held| held.cancelled).sum();
    assert!(open > 0 && cancelled > 0, "{open} {cancelled}");
    let left = usize::try_from(STOCK)?.checked_sub(open).ok_or("more than there were")?;
    assert_eq!(pieces(&server)?, [STOCK.try_into()?, open, 0, left].map(|n: usize| json!(n)));
    let mut out = 0;
    for (n, (token, held)) in tokens.iter().zip(&held).enumerate() {
        let expected = 10 - 5 * held.open.len();
        assert_eq!(points(&server, &format!("m{n}"))?, json!(expected.to_string()), "m{n}");
        let (_, mine) = server.ask("GET", "/v1/vouchers?limit=500", Some(token), &[], None)?;
        let mine = mine["vouchers"].as_array().ok_or("no list")?;
        let of_state = |state: &'static str| {
            mine.iter().filter(move |row| row["state"] == state).filter_map(|row| row["voucher"].as_str())
        };
        assert_eq!(of_state("open").collect::<BTreeSet<_>>(), held.open.iter().map(String::as_str).collect());
        assert_eq!(of_state("cancelled").count(), held.cancelled);
        // Who never saw its code has a new one made.
        for voucher in &held.open {
            let (_, code) = post(&server, &format!("/v1/vouchers/{voucher}/code"), token, "x", &json!({}))?;
            // By the operator, who may look up more codes a minute than a shop.
            let hand_out = |key: &str| {
                let key = [("idempotency-key", key)];
                server.ask("POST", "/v1/voucher-codes/hand-out", None, &key, Some(&json!({"code": code["qr"]})))
            };
            assert_eq!(hand_out(&format!("{voucher}-1"))?.0, 200);
            refused(hand_out(&format!("{voucher}-2"))?, (422, "voucher_used", "voucher"));
            out += 1;
        }
    }
    assert_eq!(pieces(&server)?, [STOCK.try_into()?, 0, out, left].map(|n: usize| json!(n)));
    server.kill()?;
    gongxiang(&["audit", "--database", database]).map(drop)
}

#[test]
fn a_server_that_is_killed_takes_points_and_piece_together_or_neither_on_sqlite() -> TestResult {
    killed_in_between(&Folder::new()?.database())
}

#[test]
fn a_server_that_is_killed_takes_points_and_piece_together_or_neither_on_postgresql() -> TestResult {
    let database = crate::postgres::Database::new().map_err(|error| error.to_string())?;
    killed_in_between(&database.url())
}
