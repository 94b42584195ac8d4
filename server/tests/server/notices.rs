//! Notices: members are told in time what they want to be told of, each thing once, and a locked screen says nothing personal.

mod browser;
mod channels;
mod crashes;

use std::collections::BTreeMap;
use std::time::Duration;

use gongxiang::review::FLAGS;
use serde_json::{Value, json};

use self::browser::{Browser, Screen};
use crate::receiver::Receiver;
use crate::support::{Folder, JSON, Server, TestResult, all_accepted, databases};

/// Everything that there is to be told.
pub const ALL: [&str; 10] = [
    "earned",
    "vested",
    "order_refunded",
    "trade_taken",
    "trade_paid",
    "trade_disputed",
    "deposit_short",
    "partner_lapses",
    "rules_changed",
    "goods_handed_out",
];

/// A shop, ann and bob who trade, and pam, the partner of the city; whoever asks without a token is the operator.
pub fn open(database: &str, arguments: &[&str]) -> TestResult<Server> {
    let server = start(database, arguments)?;
    let mut events = Vec::new();
    for (member, pack, points) in
        [("shop", "merchant", "1000"), ("ann", "member", "100"), ("bob", "member", "100"), ("pam", "area", "10")]
    {
        events.push(json!({"type": "member.registered", "member": member}));
        events.push(json!({"type": "pack.purchased", "member": member, "pack": pack}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": points}));
    }
    events.push(json!({"type": "merchant.opened", "member": "shop", "region": "440106"}));
    events.push(json!({"type": "partner.appointed", "member": "pam", "region": "440100"}));
    settle(&server, &json!(events))?;
    Ok(server)
}

/// A server that may send to this machine.
pub fn start(database: &str, arguments: &[&str]) -> TestResult<Server> {
    Server::start(&[&["--database", database, "--rules", "seed", "--allow-private-webhooks"], arguments].concat())
}

pub fn settle(server: &Server, events: &Value) -> TestResult {
    let (_, answers) = server.post("/v1/events", JSON, events.to_string())?;
    all_accepted(&answers)
}

pub fn close(server: &Server, day: &str) -> TestResult {
    settle(server, &json!([{"type": "day.closed", "day": day}]))
}

pub fn order(id: &str) -> Value {
    json!({"type": "order.placed", "order": id, "buyer": "ann", "merchant": "shop", "channel": "offline",
        "amount": "100", "concession": "10", "region": "440106"})
}

/// The operator adopts other rules, whatever flags they raise.
pub fn adopt(server: &Server, rules: &Value) -> TestResult {
    let flags = FLAGS.map(|(code, ..)| code).join(",");
    let event = json!([{"type": "rules.adopted", "rules": rules}]).to_string();
    all_accepted(&server.post(&format!("/v1/events?accept_flags={flags}"), JSON, event)?.1)
}

/// Bob takes an offer of ann's.
pub fn take(server: &Server, offer: &str, trade: &str) -> TestResult {
    let price = server.get("/v1/supply")?.1["price"].clone();
    settle(
        server,
        &json!([
            {"type": "offer.placed", "offer": offer, "member": "ann", "side": "sell", "points": "5", "unit_price": price},
            {"type": "offer.taken", "offer": offer, "trade": trade, "member": "bob", "points": "5"},
        ]),
    )
}

pub fn sign_in(server: &Server, member: &str) -> TestResult<String> {
    let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
    Ok(session["token"].as_str().ok_or_else(|| format!("no token: {session}"))?.into())
}

/// Status and answer of a wish to be told by this browser.
pub fn ask(server: &Server, member: &str, browser: &Browser, kinds: &[&str]) -> TestResult<(u16, Value)> {
    let body = json!({"channel": "push", "kinds": kinds, "language": "zh", "push": browser.subscription()});
    subscribe(server, member, &body)
}

pub fn subscribe(server: &Server, member: &str, body: &Value) -> TestResult<(u16, Value)> {
    let token = sign_in(server, member)?;
    server.ask("POST", &format!("/v1/members/{member}/subscriptions"), Some(&token), &[], Some(body))
}

/// A browser of a member that is told of these kinds.
pub fn told(server: &Server, member: &str, kinds: &[&str]) -> TestResult<Browser> {
    let browser = Browser::of(&Receiver::start(&["201 Created"; 100])?)?;
    let (status, answer) = ask(server, member, &browser, kinds)?;
    assert_eq!((status, &answer["channel"], &answer["trouble"]), (200, &json!("push"), &Value::Null), "{answer}");
    Ok(browser)
}

pub fn subscriptions(server: &Server, member: &str) -> TestResult<Vec<Value>> {
    let token = sign_in(server, member)?;
    let (_, list) = server.ask("GET", &format!("/v1/members/{member}/subscriptions"), Some(&token), &[], None)?;
    let mut list = list["subscriptions"].as_array().ok_or("no list")?.clone();
    // Those of the same second have no order of their own.
    list.sort_by_key(|subscription| std::cmp::Reverse(subscription["kinds"].to_string().len()));
    Ok(list)
}

pub fn notices(server: &Server, member: &str) -> TestResult<Vec<Value>> {
    let token = sign_in(server, member)?;
    let (_, list) = server.ask("GET", &format!("/v1/members/{member}/notices?limit=500"), Some(&token), &[], None)?;
    Ok(list["notices"].as_array().ok_or("no list")?.clone())
}

/// How many notices of each kind.
pub fn counted(notices: &[Value]) -> BTreeMap<String, u64> {
    let mut counts = BTreeMap::new();
    for notice in notices {
        *counts.entry(notice["kind"].as_str().unwrap_or_default().to_owned()).or_default() += 1;
    }
    counts
}

/// Waits until it holds, and fails with what it says otherwise.
pub fn wait_until(mut holds: impl FnMut() -> TestResult<Result<(), String>>) -> TestResult {
    let mut why = String::new();
    for _ in 0..400 {
        match holds()? {
            Ok(()) => return Ok(()),
            Err(said) => why = said,
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err(why.into())
}

/// Waits until a browser shows these counts, and the list has as many.
fn shows(server: &Server, member: &str, browser: &Browser, expected: &[(&str, u64)]) -> TestResult {
    let expected: BTreeMap<_, _> = expected.iter().map(|(kind, count)| ((*kind).to_owned(), *count)).collect();
    wait_until(|| {
        let (shown, listed) = (browser.screen()?.counts(), counted(&notices(server, member)?));
        let holds = shown == expected && listed == expected;
        Ok(if holds { Ok(()) } else { Err(format!("{member}: {shown:?}, listed {listed:?}, not {expected:?}")) })
    })
}

#[test]
fn each_kind_is_told_once_and_no_message_says_an_amount_or_a_name() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let [shop, ann, bob, pam] = ["shop", "ann", "bob", "pam"].map(|member| told(&server, member, &ALL));
        let (shop, ann, bob, pam) = (shop?, ann?, bob?, pam?);

        settle(&server, &json!([order("o1"), order("o2"), {"type": "order.refunded", "order": "o2"}]))?;
        take(&server, "f", "t1")?;
        settle(&server, &json!([{"type": "trade.paid", "trade": "t1"}]))?;
        let token = sign_in(&server, "ann")?;
        let statement = json!({"statement": "nothing has arrived"});
        assert_eq!(server.ask("POST", "/v1/trades/t1/dispute", Some(&token), &[], Some(&statement))?.0, 204);
        let area = json!({"offline_points_rate": "0.08", "online_points_rate": "0", "repurchase_days": 5});
        adopt(&server, &json!({"area": area}))?;
        hand_out(&server)?;
        let moved = json!({"type": "points.transferred", "from": "shop", "to": "bob", "points": "600"});
        settle(&server, &json!([moved, order("o3"), order("o4")]))?;
        let at_once = [
            ("order_refunded", 1),
            ("trade_taken", 1),
            ("trade_paid", 1),
            ("rules_changed", 1),
            ("goods_handed_out", 1),
        ];
        shows(&server, "ann", &ann, &at_once)?;
        shows(&server, "shop", &shop, &[("rules_changed", 1), ("deposit_short", 1)])?;

        close(&server, "2026-01-01")?;
        shows(&server, "pam", &pam, &[("rules_changed", 1), ("partner_lapses", 1), ("earned", 1)])?;
        close(&server, "2026-01-02")?;
        shows(&server, "ann", &ann, &[&at_once[..], &[("earned", 2), ("vested", 1)]].concat())?;
        shows(&server, "shop", &shop, &[("rules_changed", 1), ("deposit_short", 1), ("earned", 2), ("vested", 1)])?;
        // The city's part of the orders.
        shows(&server, "pam", &pam, &[("rules_changed", 1), ("partner_lapses", 1), ("earned", 2), ("vested", 1)])?;
        shows(&server, "bob", &bob, &[("rules_changed", 1), ("trade_disputed", 1), ("earned", 2)])?;

        let listed = notices(&server, "ann")?;
        let about =
            |kind: &str| listed.iter().find(|notice| notice["kind"] == kind).map(|notice| notice["about"].clone());
        assert_eq!(about("trade_taken"), Some(json!({"offer": "f", "trade": "t1", "points": "5"})));
        assert_eq!(about("order_refunded"), Some(json!({"order": "o2", "left": "0"})));
        assert_eq!(about("vested"), Some(json!({"rewards": 3, "share_value": "300", "points": "0"})));
        let earned = about("earned").ok_or("no earnings")?;
        let (_, statement) = server.get("/v1/members/ann")?;
        assert!(earned["points"].is_string() && earned["worth"].is_string(), "{earned} {statement}");
        for browser in [&shop, &ann, &bob, &pam] {
            for message in browser.screen()?.messages {
                let fields: Vec<_> = message.as_object().ok_or("no object")?.keys().cloned().collect();
                assert_eq!(fields, ["body", "notices", "tag", "title"]);
                let text = message.to_string();
                for personal in ["ann", "bob", "shop", "pam", "t1", "o2", "300", "1000", "mug"] {
                    assert!(!text.contains(personal), "{text}");
                }
            }
        }
    }
    Ok(())
}

/// Ann has a piece of an item handed out by the shop.
fn hand_out(server: &Server) -> TestResult {
    let terms = json!({"name": "Mug", "points": "5", "money": "0", "stock": 1, "shops": ["shop"]});
    assert_eq!(server.ask("PUT", "/v1/goods/mug", None, &[], Some(&terms))?.0, 200);
    let (ann, shop) = (sign_in(server, "ann")?, sign_in(server, "shop")?);
    let post = |path: &str, token: &str, body: &Value| {
        server.ask("POST", path, Some(token), &[("idempotency-key", "x")], Some(body))
    };
    let (status, redeemed) = post("/v1/goods/mug/redemptions", &ann, &json!({"points": "5"}))?;
    assert_eq!(status, 200, "{redeemed}");
    let (status, out) = post("/v1/voucher-codes/hand-out", &shop, &json!({"code": redeemed["code"]["code"]}))?;
    assert_eq!(status, 200, "{out}");
    Ok(())
}

#[test]
fn a_member_is_told_only_of_what_it_wants_and_of_nothing_that_was_before() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        take(&server, "f0", "t0")?;
        let some = told(&server, "ann", &["trade_paid", "deposit_short"])?;
        let bob = told(&server, "bob", &ALL)?;
        settle(&server, &json!([{"type": "trade.paid", "trade": "t0"}]))?;
        take(&server, "f1", "t1")?;
        shows(&server, "ann", &some, &[("trade_paid", 1)])?;

        // Another browser, with another wish; and the first one changes its own.
        let other = told(&server, "ann", &["trade_taken"])?;
        let list = subscriptions(&server, "ann")?;
        let kinds: Vec<_> = list.iter().map(|one| one["kinds"].clone()).collect();
        assert_eq!(kinds, [json!(["trade_paid", "deposit_short"]), json!(["trade_taken"])]);
        let first = list[0]["subscription"].as_str().ok_or("no id")?;
        let token = sign_in(&server, "ann")?;
        let change = |id: &str, token: &str, body: &Value| {
            server.ask("PUT", &format!("/v1/subscriptions/{id}"), Some(token), &[], Some(body))
        };
        let wish = json!({"kinds": ["vested"], "language": "en"});
        let (status, changed) = change(first, &token, &wish)?;
        assert_eq!((status, &changed["kinds"], &changed["language"]), (200, &json!(["vested"]), &json!("en")));
        assert_eq!(change(first, &sign_in(&server, "bob")?, &wish)?.0, 404, "it is ann's");
        let (status, problem) = change(first, &token, &json!({"kinds": [], "language": "en"}))?;
        assert_eq!((status, &problem["code"]), (422, &json!("bad_subscription")), "{problem}");
        settle(&server, &json!([{"type": "trade.paid", "trade": "t1"}]))?;
        take(&server, "f2", "t2")?;
        wait_until(|| {
            let shown = other.screen()?.counts();
            Ok(if shown.get("trade_taken") == Some(&1) { Ok(()) } else { Err(format!("{shown:?}")) })
        })?;
        assert_eq!(
            some.screen()?.counts(),
            BTreeMap::from([("trade_paid".into(), 1)]),
            "it is not told of that any more"
        );
        assert_eq!(bob.screen()?.counts(), BTreeMap::new(), "nothing of it was bob's");

        let ended = server.ask("DELETE", &format!("/v1/subscriptions/{first}"), Some(&token), &[], None)?;
        assert_eq!(ended.0, 204);
        assert_eq!(subscriptions(&server, "ann")?.len(), 1);
    }
    Ok(())
}

#[test]
fn what_a_day_brings_is_one_message_after_its_close() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let ann = told(&server, "ann", &ALL)?;
        let english = told(&server, "ann", &["vested", "earned"])?;
        let list = subscriptions(&server, "ann")?;
        let id = list[1]["subscription"].as_str().ok_or("no id")?;
        let wish = json!({"kinds": ["vested", "earned"], "language": "en"});
        let token = sign_in(&server, "ann")?;
        assert_eq!(server.ask("PUT", &format!("/v1/subscriptions/{id}"), Some(&token), &[], Some(&wish))?.0, 200);
        settle(&server, &json!([order("o1"), order("o2"), order("o3")]))?;
        close(&server, "2026-01-01")?;
        shows(&server, "ann", &ann, &[("earned", 1)])?;
        // The close in parts: each part has rewards of its own, and none is told before the day is over.
        for _ in 0..2 {
            settle(&server, &json!([{"type": "day.closing", "day": "2026-01-02", "most": 1}]))?;
        }
        wait_until(|| {
            let listed = counted(&notices(&server, "ann")?);
            Ok(if listed.get("vested") == Some(&2) { Ok(()) } else { Err(format!("{listed:?}")) })
        })?;
        std::thread::sleep(Duration::from_millis(1_500));
        assert_eq!(ann.screen()?.messages.len(), 1, "the day is not over");
        close(&server, "2026-01-02")?;
        shows(&server, "ann", &ann, &[("earned", 2), ("vested", 3)])?;
        let Screen { messages, .. } = ann.screen()?;
        assert_eq!(messages.len(), 2, "one for each day: {messages:?}");
        assert_eq!(messages[1]["body"], "昨日收益已到账；订单奖励已到账（3 条）");
        assert_eq!(messages[1]["title"], "共享购");
        wait_until(|| {
            let messages = english.screen()?.messages;
            let newest = messages.last().map(|message| message["body"].clone()).unwrap_or_default();
            let is_there = newest == "Yesterday’s points have arrived. Rewards of orders have arrived (3)";
            Ok(if is_there { Ok(()) } else { Err(newest.to_string()) })
        })?;
    }
    Ok(())
}

#[test]
fn a_shop_is_told_once_when_it_falls_below_its_deposit_and_again_after_it_was_above() -> TestResult {
    let folder = Folder::new()?;
    let server = open(&folder.database(), &[])?;
    let shop = told(&server, "shop", &["deposit_short"])?;
    let give = |from: &str, to: &str| json!({"type": "points.transferred", "from": from, "to": to, "points": "700"});
    settle(&server, &json!([order("a"), give("shop", "bob"), order("b"), order("c")]))?;
    close(&server, "2026-01-01")?;
    shows(&server, "shop", &shop, &[("deposit_short", 1)])?;
    settle(&server, &json!([give("bob", "shop"), order("d")]))?;
    // Looked at with the order above; a transfer alone is noticed at the close.
    std::thread::sleep(Duration::from_millis(1_500));
    settle(&server, &json!([give("shop", "bob")]))?;
    close(&server, "2026-01-02")?;
    shows(&server, "shop", &shop, &[("deposit_short", 2)])
}
