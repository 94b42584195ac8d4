//! Trades between strangers: what the sides tell each other and until when, disputes and their decision, limits, and servers without a
//! market.

use serde_json::{Value, json};

use crate::members::{self, Town};
use crate::support::{Folder, Server, TestResult, all_accepted, by_hand, run_sql};

/// Ann sells to bob and buys of him; eve is a third. Ann and bob are there already.
fn people() -> Value {
    let mut events = vec![json!({"type": "member.registered", "member": "eve"})];
    for member in ["ann", "bob", "eve"] {
        events.push(json!({"type": "pack.purchased", "member": member, "pack": "member"}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": "100"}));
    }
    for (offer, member, side) in [("f", "ann", "sell"), ("g", "ann", "buy")] {
        events.push(json!({"type": "offer.placed", "offer": offer, "member": member, "side": side, "points": "50",
            "unit_price": "1.05"}));
    }
    for (offer, trade) in [("f", "t1"), ("f", "t2"), ("g", "u1")] {
        events.push(json!({"type": "offer.taken", "offer": offer, "trade": trade, "member": "bob", "points": "4.1"}));
    }
    json!(events)
}

/// A town with two sides and a third member, their cookies, and what they ask.
struct Market<'a> {
    town: &'a Town,
    ann: String,
    bob: String,
    eve: String,
}

impl<'a> Market<'a> {
    fn open(town: &'a Town) -> TestResult<Self> {
        let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&people()))?;
        all_accepted(&answers)?;
        let cookie = |member: &str| Ok::<_, Box<dyn std::error::Error>>(town.enrolled(member)?.1);
        Ok(Self { town, ann: cookie("ann")?, bob: cookie("bob")?, eve: cookie("eve")? })
    }

    /// Status and answer, or the code of a problem.
    fn say(&self, method: &str, path: &str, who: &str, body: &Value) -> TestResult<(u16, Value)> {
        let (status, answer, _) = self.town.ask(method, path, Some(who), Some(body))?;
        Ok((status, if status < 300 { answer } else { answer["code"].clone() }))
    }

    fn step(&self, step: &str, who: &str) -> TestResult<u16> {
        let key = format!("{step} {who}");
        let key = [("idempotency-key", key.replace([' ', '=', ';'], "-"))];
        let headers: Vec<(&str, &str)> = key.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let token = who.split_once('=').map_or(who, |(_, token)| token);
        Ok(self.town.server.ask("POST", &format!("/v1/trades/{step}"), Some(token), &headers, Some(&json!({})))?.0)
    }

    fn trades(&self, member: &str, who: &str) -> TestResult<Value> {
        let token = who.split_once('=').map_or(who, |(_, token)| token);
        Ok(self.town.server.ask("GET", &format!("/v1/members/{member}/trades"), Some(token), &[], None)?.1)
    }

    fn trade(&self, trade: &str, member: &str, who: &str) -> TestResult<Value> {
        let all = self.trades(member, who)?;
        let found = all["trades"].as_array().ok_or("no list")?.iter().find(|row| row["id"] == trade);
        Ok(found.ok_or_else(|| format!("no {trade} in {all}"))?.clone())
    }
}

fn coded(status: u16, code: &str) -> (u16, Value) {
    (status, json!(code))
}

#[test]
fn the_sides_of_a_living_trade_tell_each_other_how_to_pay_and_nobody_else_reads_it() -> TestResult {
    members::on_each_engine(&[], |town, _| {
        let market = Market::open(town)?;
        let Market { ann, bob, eve, .. } = &market;
        let (payee, note) = ("/v1/trades/t1/payee", "/v1/trades/t1/payment-note");
        let account = json!({"payee": " 支付宝 138 0013 8000 "});
        for (who, expected) in
            [(bob, coded(403, "forbidden")), (eve, coded(404, "not_found")), (ann, (204, Value::Null))]
        {
            assert_eq!(market.say("PUT", payee, who, &account)?, expected);
        }
        for text in ["a\u{202e}b".to_owned(), "a\nb".to_owned(), "积".repeat(201)] {
            assert_eq!(market.say("PUT", payee, ann, &json!({"payee": text}))?, coded(422, "bad_note"), "{text:?}");
        }
        assert_eq!(market.say("PUT", note, ann, &json!({"note": "x"}))?, coded(403, "forbidden"));
        assert_eq!(market.say("PUT", note, bob, &json!({"note": "尾号 6543"}))?, (204, Value::Null));

        let seen = market.trade("t1", "bob", bob)?;
        assert_eq!(
            (&seen["buyer"], &seen["seller"], &seen["terms"]["unit_price"], &seen["points"], &seen["sum"]),
            (&json!("bob"), &json!("ann"), &json!("1.05"), &json!("4.1"), &json!("4.3"))
        );
        assert_eq!(
            (&seen["notes"]["payee"], &seen["notes"]["payment"]),
            (&json!("支付宝 138 0013 8000"), &json!("尾号 6543"))
        );
        let taken = seen["notes"]["taken"].as_i64().ok_or("no time")?;
        assert_eq!(seen["notes"]["until"], taken + 24 * 3_600);
        assert_eq!(market.trade("t1", "ann", ann)?, seen, "both sides see the same");
        assert_eq!(market.trade("t1", "ann", &town.operator)?, seen, "so does the operator");
        assert_eq!(market.trades("bob", eve)?["code"], "forbidden");
        // Of an offer to buy, the owner is the buyer.
        assert_eq!(market.say("PUT", "/v1/trades/u1/payee", ann, &account)?, coded(403, "forbidden"));
        assert_eq!(market.say("PUT", "/v1/trades/u1/payee", bob, &account)?, (204, Value::Null));

        assert_eq!(market.step("t1/pay", bob)?, 200);
        assert!(market.trade("t1", "ann", ann)?["notes"]["paid"].as_i64().is_some_and(|paid| paid >= taken));
        assert_eq!(market.step("t1/confirm", ann)?, 200);
        let ended = market.trade("t1", "ann", ann)?;
        assert_eq!((&ended["state"], &ended["sum"], ended.get("notes")), (&json!("confirmed"), &json!("4.3"), None));
        assert_eq!(market.say("PUT", payee, ann, &account)?, coded(422, "wrong_trade_state"));
        Ok(())
    })
}

#[test]
fn what_the_sides_told_each_other_is_deleted_when_the_trade_ends_whoever_ends_it() -> TestResult {
    members::on_each_engine(&[], everything_is_deleted)
}

fn everything_is_deleted(town: &Town, database: &str) -> TestResult {
    let market = Market::open(town)?;
    for trade in ["t1", "t2"] {
        let path = format!("/v1/trades/{trade}/payee");
        assert_eq!(market.say("PUT", &path, &market.ann, &json!({"payee": "secret account"}))?.0, 204);
    }
    assert_eq!(market.say("PUT", "/v1/trades/u1/payee", &market.bob, &json!({"payee": "secret account"}))?.0, 204);
    // By a side, by the operator's journal, and by the close of the next day.
    assert_eq!(market.step("t1/cancel", &market.bob)?, 200);
    let events = json!([{"type": "trade.confirmed", "trade": "t2"}, {"type": "day.closed", "day": "2026-01-01"},
        {"type": "day.closed", "day": "2026-01-02"}]);
    let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&events))?;
    all_accepted(&answers)?;
    let states: Vec<_> = ["t1", "t2", "u1"]
        .map(|trade| market.trade(trade, "ann", &market.ann).map(|row| row["state"].clone()))
        .into_iter()
        .collect::<TestResult<_>>()?;
    assert_eq!(states, ["cancelled", "confirmed", "cancelled"]);
    // Fails if a row is left.
    if database.starts_with("sqlite:") {
        let left = "CREATE TEMP TABLE none (n CHECK (n = 0)); INSERT INTO none SELECT COUNT(*) FROM trade_notes";
        return Ok(by_hand(database, left)?);
    }
    run_sql(database, "SELECT 1 / (CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END) FROM trade_notes")
}

#[test]
fn a_dispute_goes_to_the_operator_with_both_statements_and_the_sides_read_the_reason() -> TestResult {
    members::on_each_engine(&[], |town, database| {
        let market = Market::open(town)?;
        let Market { ann, bob, eve, .. } = &market;
        let dispute = "/v1/trades/t1/dispute";
        let says = |text: &str| json!({"statement": text});
        assert_eq!(market.say("POST", dispute, ann, &says("No money."))?, coded(422, "wrong_trade_state"));
        assert_eq!(market.step("t1/pay", bob)?, 200);
        assert_eq!(market.say("POST", dispute, eve, &says("I too."))?, coded(404, "not_found"));
        assert_eq!(market.say("POST", dispute, ann, &says(" "))?, coded(422, "bad_note"));
        // The seller has until the deadline to look.
        assert_eq!(market.say("POST", dispute, bob, &says("I paid."))?, coded(422, "too_early"));
        assert_eq!(market.say("POST", dispute, ann, &says("No money came."))?, (204, Value::Null));
        assert_eq!(market.say("POST", dispute, bob, &says("I paid at noon."))?, (204, Value::Null));

        let ask = |who: &str| town.server.ask("GET", "/v1/disputes", Some(who), &[], None);
        let (status, open) = ask(&town.operator)?;
        assert_eq!((status, open["trades"].as_array().map(Vec::len), &open["next"]), (200, Some(1), &Value::Null));
        let case = &open["trades"][0];
        assert_eq!(
            (&case["id"], &case["sum"], &case["buyer"], &case["seller"]),
            (&json!("t1"), &json!("4.3"), &json!("bob"), &json!("ann"))
        );
        let said = &case["dispute"];
        assert_eq!(
            (&said["opener"], &said["seller"], &said["buyer"], &said["reason"], &said["ended"]),
            (&json!("seller"), &json!("No money came."), &json!("I paid at noon."), &json!(""), &Value::Null)
        );
        assert_eq!(market.trade("t1", "bob", bob)?["dispute"], *said, "the sides read both statements");
        for (role, status) in [("clerk", 403), ("auditor", 403), ("operator", 200)] {
            let (_, cookie) = town.staff(database, &[role, "--role", role])?;
            let token = cookie.split_once('=').ok_or("no cookie")?.1.to_owned();
            assert_eq!(ask(&token)?.0, status, "{role}");
            if role == "auditor" {
                let seen = market.trade("t1", "bob", &token)?;
                assert!(seen.get("dispute").is_none() && seen.get("notes").is_none(), "{seen}");
            }
        }

        let reason = json!({"reason": "The bank's receipt shows the payment."});
        let key = [("idempotency-key", "decision")];
        let member = bob.split_once('=').ok_or("no cookie")?.1;
        let decide =
            |who: &str, body: &Value| town.server.ask("POST", "/v1/trades/t1/confirm", Some(who), &key, Some(body));
        assert_eq!(decide(member, &reason)?.0, 403, "a side gives no reason");
        assert_eq!(decide(&town.operator, &json!({"reason": "\u{202e}"}))?.1["code"], "bad_note");
        assert_eq!(decide(&town.operator, &reason)?.0, 200);
        assert_eq!(decide(&town.operator, &reason)?.1["repeated"], true);
        assert_eq!(ask(&town.operator)?.1["trades"], json!([]));
        let ended = market.trade("t1", "bob", bob)?;
        assert_eq!((&ended["state"], &ended["dispute"]["reason"]), (&json!("confirmed"), &reason["reason"]));
        assert!(ended["dispute"]["ended"].is_i64() && ended.get("notes").is_none(), "{ended}");
        let (_, actions) = town.server.ask("GET", "/v1/actions", Some(&town.operator), &[], None)?;
        let decided: Vec<_> = actions["actions"]
            .as_array()
            .ok_or("no list")?
            .iter()
            .filter(|action| action["what"] == "trade.decided")
            .collect();
        assert_eq!(decided.len(), 1, "{actions}");
        assert_eq!(decided[0]["subject"], "trade t1: The bank's receipt shows the payment.");
        Ok(())
    })
}

#[test]
fn without_a_deadline_the_buyer_disputes_as_soon_as_it_has_paid() -> TestResult {
    members::on_each_engine(&["--trade-hours=0"], |town, _| {
        let market = Market::open(town)?;
        assert_eq!(market.step("t1/pay", &market.bob)?, 200);
        assert_eq!(market.trade("t1", "bob", &market.bob)?["notes"]["until"], Value::Null);
        let statement = json!({"statement": "It is paid."});
        assert_eq!(market.say("POST", "/v1/trades/t1/dispute", &market.bob, &statement)?.0, 204);
        Ok(())
    })
}

#[test]
fn a_members_trades_come_page_by_page_those_that_live_first() -> TestResult {
    members::on_each_engine(&[], |town, _| {
        let market = Market::open(town)?;
        assert_eq!(market.step("t2/cancel", &market.bob)?, 200);
        let token = market.bob.split_once('=').ok_or("no cookie")?.1;
        let (mut seen, mut before) = (Vec::new(), String::new());
        loop {
            let path = format!("/v1/members/bob/trades?limit=1{before}");
            let (_, page) = town.server.ask("GET", &path, Some(token), &[], None)?;
            seen.push(page["trades"][0]["id"].clone());
            let Some(next) = page["next"].as_str() else { break };
            before = format!("&before={next}");
        }
        assert_eq!(json!(seen), json!(["u1", "t1", "t2"]));
        for bad in ["living", "living--1", "dead-1", "ended-x"] {
            let path = format!("/v1/members/bob/trades?before={bad}");
            assert_eq!(town.server.ask("GET", &path, Some(token), &[], None)?.1["code"], "bad_query", "{bad}");
        }
        Ok(())
    })
}

#[test]
fn a_member_takes_only_so_many_trades_in_a_day() -> TestResult {
    members::on_each_engine(&["--trades-per-day=4"], |town, _| {
        let market = Market::open(town)?;
        let take = |key: &str| -> TestResult<Value> {
            let token = market.bob.split_once('=').ok_or("no cookie")?.1;
            let body = json!({"points": "1"});
            Ok(town.server.ask("POST", "/v1/offers/f/trades", Some(token), &[("idempotency-key", key)], Some(&body))?.1)
        };
        // Those that were cancelled count, or taking and cancelling would keep an offer from others.
        assert_eq!(market.step("t1/cancel", &market.bob)?, 200);
        assert!(take("1")?["trade"].is_string());
        let refused = take("2")?;
        assert_eq!(
            (&refused["code"], &refused["field"], &refused["limit"]),
            (&json!("too_many_trades_today"), &json!("member"), &json!("4"))
        );
        let close = json!([{"type": "day.closed", "day": "2026-01-01"}]);
        let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&close))?;
        all_accepted(&answers)?;
        assert!(take("3")?["trade"].is_string(), "tomorrow");
        Ok(())
    })
}

/// Whether there is a market, and what a member who places and one who takes an offer are told. There is an offer already.
fn market_of(arguments: &[&str]) -> TestResult<(Value, Value, Value)> {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&[&["--database", &database], arguments].concat())?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "member.registered", "member": "bob"},
        {"type": "treasury.granted", "member": "ann", "points": "10"},
        {"type": "offer.placed", "offer": "f", "member": "ann", "side": "sell", "points": "5", "unit_price": "1"},
        {"type": "offer.taken", "offer": "f", "trade": "t", "member": "bob", "points": "1"},
    ]);
    let (_, answers) = server.ask("POST", "/v1/events", None, &[], Some(&events))?;
    all_accepted(&answers)?;
    let sign_in = |member: &str| -> TestResult<String> {
        let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
        Ok(session["token"].as_str().ok_or("no token")?.into())
    };
    let (ann, bob) = (sign_in("ann")?, sign_in("bob")?);
    let key = |key: &'static str| [("idempotency-key", key)];
    // What has begun is finished in any case.
    for (step, who) in [("pay", &bob), ("confirm", &ann)] {
        let (status, answer) =
            server.ask("POST", &format!("/v1/trades/t/{step}"), Some(who), &key(step), Some(&json!({})))?;
        assert_eq!(status, 200, "{step}: {answer}");
    }
    let offer = json!({"side": "sell", "points": "1", "unit_price": "1"});
    let (_, placed) = server.ask("POST", "/v1/offers", Some(&bob), &key("place"), Some(&offer))?;
    let (_, taken) =
        server.ask("POST", "/v1/offers/f/trades", Some(&bob), &key("take"), Some(&json!({"points": "1"})))?;
    let (status, answer) = server.ask("POST", "/v1/offers/f/cancel", Some(&ann), &key("cancel"), Some(&json!({})))?;
    assert_eq!(status, 200, "an offer is cancelled: {answer}");
    let (_, session) = server.ask("GET", "/v1/session", Some(&ann), &[], None)?;
    Ok((session["market"].clone(), placed["code"].clone(), taken["code"].clone()))
}

#[test]
fn a_server_has_no_market_where_its_setting_or_the_preset_says_so() -> TestResult {
    let (on, off) = ((json!(true), Value::Null, Value::Null), (json!(false), json!("market_off"), json!("market_off")));
    assert_eq!(market_of(&["--rules", "seed"])?, on);
    assert_eq!(market_of(&["--rules", "seed", "--market=false"])?, off);
    assert_eq!(market_of(&["--rules", "single-level"])?, off);
    assert_eq!(market_of(&["--rules", "single-level", "--market"])?, on);
    Ok(())
}
