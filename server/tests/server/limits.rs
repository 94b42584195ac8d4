//! What one member, one shop, one address or one day can take of the server.

use std::io::{Read as _, Write as _};
use std::net::{IpAddr, TcpStream, UdpSocket};
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::routing::get;
use gongxiang_server::http::changes::Changes;
use gongxiang_server::http::listen::{self, Addresses};
use gongxiang_server::ledger::close::close;
use gongxiang_server::ledger::journal;
use gongxiang_server::ledger::queue::Ledger;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::ledger::store::{Scope, Store};
use gongxiang_server::limits::{CLOSING_PART, HEADER_TIME_MAX, STALL_TIME_MAX};
use serde_json::{Value, json};

use crate::load::RULES;
use crate::support::{Folder, Server, TestResult, all_accepted, databases};

const DAY: &str = "1997-01-02";

/// A shop, its members, and so many orders of theirs that are due on [`DAY`], which is open.
fn due(orders: usize) -> Vec<Value> {
    let mut events = vec![
        json!({"type": "member.registered", "member": "shop"}),
        json!({"type": "pack.purchased", "member": "shop", "pack": "merchant"}),
        json!({"type": "treasury.granted", "member": "shop", "points": "9000"}),
        json!({"type": "merchant.opened", "member": "shop", "region": "320106"}),
        json!({"type": "member.registered", "member": "ann", "referrer": "shop"}),
        json!({"type": "pack.purchased", "member": "ann", "pack": "member"}),
        json!({"type": "member.registered", "member": "bob", "referrer": "ann"}),
        json!({"type": "pack.purchased", "member": "bob", "pack": "member"}),
    ];
    events.extend((0..orders).map(|n| {
        json!({"type": "order.placed", "order": format!("o{n}"), "buyer": if n % 3 == 0 { "ann" } else { "bob" },
            "merchant": "shop", "channel": "offline", "amount": "1", "concession": "0.01", "region": "320106"})
    }));
    events.push(json!({"type": "day.closed", "day": "1997-01-01"}));
    events
}

fn settle(server: &Server, events: &[Value]) -> TestResult {
    for events in events.chunks(5_000) {
        let (_, answers) = server.post("/v1/events", "application/json", json!(events).to_string())?;
        all_accepted(&answers)?;
    }
    Ok(())
}

/// Closes the day; asks again where that takes longer than a request may.
fn close_day(server: &Server) -> TestResult<u16> {
    for _ in 0..20 {
        let key = [("idempotency-key", "close")];
        let (status, _) = server.ask("POST", &format!("/v1/days/{DAY}/close"), None, &key, None)?;
        if status != 503 {
            return Ok(status);
        }
    }
    Err("it takes too long".into())
}

#[test]
fn who_buys_by_an_offer_holds_up_the_points_of_a_few_sellers_only() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES, "--open-trades-of-offer=2"])?;
    let mut events: Vec<_> =
        ["ann", "bob", "new", "old"].map(|member| json!({"type": "member.registered", "member": member})).into();
    events.extend(["ann", "bob"].map(|member| json!({"type": "treasury.granted", "member": member, "points": "100"})));
    events.extend(
        ["ann", "bob", "old"].map(|member| json!({"type": "pack.purchased", "member": member, "pack": "member"})),
    );
    for (offer, member) in [("n1", "new"), ("n2", "new"), ("o1", "old"), ("o2", "old")] {
        events.push(json!({"type": "offer.placed", "offer": offer, "member": member, "side": "buy", "points": "9",
            "unit_price": "1"}));
    }
    settle(&server, &events)?;
    let mut number = 0;
    let mut ask = |member: &str, path: &str, body: Value| -> TestResult<(u16, Value)> {
        let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
        number += 1;
        let key = format!("k{number}");
        server.ask("POST", path, session["token"].as_str(), &[("idempotency-key", &key)], Some(&body))
    };
    let mut take = |member: &str, offer: &str, limit: Option<&str>| -> TestResult<Value> {
        let (status, answer) = ask(member, &format!("/v1/offers/{offer}/trades"), json!({"points": "1"}))?;
        let said = (status, answer["code"].clone(), answer["field"].clone(), answer["limit"].clone());
        let expected = match limit {
            None => (200, Value::Null, Value::Null, Value::Null),
            Some(limit) => (422, json!("too_many_trades"), json!("offer"), json!(limit)),
        };
        assert_eq!(said, expected, "{member} {offer}: {answer}");
        Ok(answer)
    };
    take("ann", "n1", None)?;
    take("bob", "n2", Some("1"))?;
    take("ann", "o1", None)?;
    take("bob", "o2", None)?;
    take("ann", "o1", Some("2"))?;
    let (_, trades) = server.get("/v1/trades")?;
    let rows = trades["rows"].as_array().ok_or("no trades")?;
    let trade =
        rows.iter().find(|trade| trade["offer"] == "n1").ok_or("no trade of n1")?["id"].as_str().ok_or("no id")?;
    settle(&server, &[json!({"type": "trade.paid", "trade": trade})])?;
    take("bob", "n2", Some("1"))?;
    settle(&server, &[json!({"type": "trade.confirmed", "trade": trade})])?;
    take("bob", "n2", None)?;
    Ok(())
}

#[test]
fn what_members_and_shops_have_open_is_limited_and_the_answer_says_the_limit() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&[
        "--database",
        &folder.database(),
        "--rules",
        RULES,
        "--open-offers=2",
        "--open-trades=2",
        "--open-trades-of-offer=3",
        "--pending-orders=2",
        "--smallest-offer=2",
        "--smallest-trade=1",
        "--smallest-order=5",
    ])?;
    let mut events = due(1);
    events.extend(["ann", "bob", "new", "old"].map(|member| match member {
        "ann" | "bob" => json!({"type": "treasury.granted", "member": member, "points": "100"}),
        _ => json!({"type": "member.registered", "member": member}),
    }));
    events.push(json!({"type": "pack.purchased", "member": "old", "pack": "member"}));
    events.push(json!({"type": "offer.placed", "offer": "f", "member": "ann", "side": "sell", "points": "9.5",
        "unit_price": "1"}));
    settle(&server, &events)?;
    let sign_in = |member: &str| -> TestResult<String> {
        let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
        Ok(session["token"].as_str().ok_or("no token")?.into())
    };
    let tokens = ["ann", "bob", "new", "old", "shop"].map(|member| sign_in(member).map(|token| (member, token)));
    let tokens = tokens.into_iter().collect::<TestResult<std::collections::BTreeMap<_, _>>>()?;
    let offer = |points: &str| json!({"side": "buy", "points": points, "unit_price": "1"});
    let take = |points: &str| json!({"points": points});
    let order = |amount: &str| json!({"buyer": "bob", "channel": "offline", "amount": amount, "concession": "0.1", "region": "320106"});
    let (offers, taken, orders) = ("/v1/offers", "/v1/offers/f/trades", "/v1/orders");
    let fine = || (200, Value::Null, Value::Null, Value::Null);
    let refused = |code: &str, field: &str, limit: &str| (422, json!(code), json!(field), json!(limit));
    for (at, (member, path, body, expected)) in [
        ("ann", offers, offer("1.9"), refused("too_small", "points", "2")),
        ("ann", offers, offer("2"), fine()),
        ("ann", offers, offer("2"), refused("too_many_offers", "member", "2")),
        ("bob", taken, take("0.9"), refused("too_small", "points", "1")),
        ("bob", taken, take("1"), fine()),
        ("bob", taken, take("1"), fine()),
        ("bob", taken, take("1"), refused("too_many_trades", "member", "2")),
        ("new", taken, take("1"), fine()),
        ("new", taken, take("1"), refused("too_many_trades", "member", "1")),
        ("old", taken, take("1"), refused("too_many_trades", "offer", "3")),
        ("shop", orders, order("4.99"), refused("too_small", "amount", "5")),
        ("shop", orders, order("5"), fine()),
        ("shop", orders, order("5"), refused("too_many_orders", "merchant", "2")),
        ("new", offers, offer("2"), fine()),
        ("new", offers, offer("2"), refused("too_many_offers", "member", "1")),
    ]
    .into_iter()
    .enumerate()
    {
        let key = format!("k{at}");
        let (status, answer) =
            server.ask("POST", path, Some(&tokens[member]), &[("idempotency-key", &key)], Some(&body))?;
        let said = (status, answer["code"].clone(), answer["field"].clone(), answer["limit"].clone());
        assert_eq!(said, expected, "{member} {path} {body}: {answer}");
    }
    let key = [("idempotency-key", "again")];
    let (_, trades) = server.ask("GET", "/v1/trades", Some(&tokens["new"]), &[], None)?;
    let cancel = format!("/v1/trades/{}/cancel", trades["rows"][0]["id"].as_str().ok_or("no trade")?);
    let (status, answer) = server.ask("POST", &cancel, Some(&tokens["new"]), &key, None)?;
    assert_eq!(status, 200, "{answer}");
    // Under a key that was refused before: a limit is no outcome.
    let (status, answer) =
        server.ask("POST", taken, Some(&tokens["old"]), &[("idempotency-key", "k9")], Some(&take("1")))?;
    assert_eq!(status, 200, "{answer}");
    let (status, answer) = server.ask(
        "POST",
        orders,
        None,
        &[("idempotency-key", "mine")],
        Some(&{
            let mut order = order("1");
            order["merchant"] = json!("shop");
            order
        }),
    )?;
    assert_eq!(status, 200, "the operator has no limits: {answer}");
    Ok(())
}

#[test]
fn a_shop_refunds_an_order_for_some_days_after_it_vests_and_later_only_the_operator_does() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES, "--refund-days=2"])?;
    settle(&server, &due(3))?;
    let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": "shop"})))?;
    let token = session["token"].as_str().ok_or("no token")?;
    let refund = |token: Option<&str>, order: &str, key: &str| {
        let path = format!("/v1/orders/{order}/refund");
        server.ask("POST", &path, token, &[("idempotency-key", key)], Some(&json!({})))
    };
    // They vest on the 2nd. On the 4th, two days later, the shop refunds one.
    for day in ["1997-01-02", "1997-01-03"] {
        settle(&server, &[json!({"type": "day.closed", "day": day})])?;
    }
    let (status, answer) = refund(Some(token), "o0", "a")?;
    assert_eq!(status, 200, "{answer}");
    settle(&server, &[json!({"type": "day.closed", "day": "1997-01-04"})])?;
    let (status, problem) = refund(Some(token), "o1", "b")?;
    let said = (status, &problem["code"], &problem["field"], &problem["limit"]);
    assert_eq!(said, (422, &json!("too_late"), &json!("order"), &json!("2")), "{problem}");
    let preview = json!({"type": "order.refunded", "order": "o1"});
    let (status, problem) = server.ask("POST", "/v1/previews", Some(token), &[], Some(&preview))?;
    assert_eq!((status, &problem["code"]), (422, &json!("too_late")), "a preview says the same");
    let (status, answer) = refund(Some(token), "o0", "a")?;
    assert_eq!((status, &answer["repeated"]), (200, &json!(true)), "what was settled in time is answered again");
    let (status, answer) = refund(None, "o1", "c")?;
    assert_eq!(status, 200, "the operator: {answer}");
    Ok(())
}

#[test]
fn the_rest_of_an_offer_may_be_smaller_than_a_trade() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES, "--smallest-trade=1"])?;
    settle(&server, &due(0))?;
    settle(
        &server,
        &[
            json!({"type": "offer.placed", "offer": "f", "member": "ann", "side": "buy", "points": "1.5", "unit_price": "1"}),
            json!({"type": "treasury.granted", "member": "bob", "points": "9"}),
        ],
    )?;
    let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": "bob"})))?;
    let token = session["token"].as_str().ok_or("no token")?;
    for (points, status) in [("1", 200), ("0.4", 422), ("0.5", 200)] {
        let body = json!({"points": points});
        let key = [("idempotency-key", points)];
        let (answered, answer) = server.ask("POST", "/v1/offers/f/trades", Some(token), &key, Some(&body))?;
        assert_eq!(answered, status, "{points}: {answer}");
    }
    Ok(())
}

/// The most memory that a process had since it was last asked, in MB.
#[cfg(target_os = "linux")]
fn memory_peak(server: &Server) -> TestResult<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id()))?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).ok_or("no peak")?;
    let kilobytes: u64 = peak.trim().trim_end_matches(" kB").parse()?;
    std::fs::write(format!("/proc/{}/clear_refs", server.id()), "5")?;
    Ok(kilobytes / 1_000)
}

#[test]
#[cfg(target_os = "linux")]
fn the_memory_of_a_close_and_of_an_eve_does_not_grow_with_what_is_due() -> TestResult {
    const ORDERS: usize = 16_000;
    const STALE_TRADES: usize = 6_000;
    // A part with its accounts, receipts and statements takes some 70 MB; all at once would take some 180.
    const GROWTH_MAX: u64 = 110;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = Server::start(&["--database", &database, "--rules", RULES])?;
        let mut events = due(ORDERS);
        let close = events.pop().ok_or("no close")?;
        events.push(json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "9",
            "unit_price": "1"}));
        events.extend((0..STALE_TRADES).map(|n| {
            json!({"type": "offer.taken", "offer": "f", "trade": format!("t{n}"), "member": "bob", "points": "0.001"})
        }));
        events.push(close);
        settle(&server, &events)?;
        // Settled once before, so that what is kept for later requests is there.
        memory_peak(&server)?;
        std::thread::sleep(Duration::from_secs(1));
        server.get("/v1/members/shop")?;
        let before = memory_peak(&server)?;
        let (status, eve) = server.get("/v1/members/bob/eve")?;
        assert_eq!(status, 200, "{eve}");
        let eve = memory_peak(&server)?.saturating_sub(before);
        assert_eq!(close_day(&server)?, 200);
        let close = memory_peak(&server)?.saturating_sub(before);
        assert!(
            eve < GROWTH_MAX && close < GROWTH_MAX,
            "{eve} MB for an eve, {close} MB for a close of {ORDERS} and {STALE_TRADES}"
        );
    }
    Ok(())
}

#[test]
fn an_eve_with_much_due_is_the_close_that_follows_to_the_last_digit() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES])?;
    let mut events = due(CLOSING_PART * 2 + 300);
    // Packs that take effect at the same close: one of them activates its member, and gives to the referrer.
    let last = events.pop().ok_or("no close")?;
    events.push(json!({"type": "member.registered", "member": "cat", "referrer": "bob"}));
    events.extend(["p1", "p2"].map(|purchase| {
        json!({"type": "pack.purchased", "member": "cat", "pack": "member", "purchase": purchase, "return_days": 1})
    }));
    events.push(last);
    settle(&server, &events)?;
    let members = ["shop", "ann", "bob", "cat"];
    let mut expected = Vec::new();
    for member in members {
        let body = json!({"member": member, "growth_30d": [], "horizons": [1]});
        let (status, forecast) = server.ask("POST", "/v1/forecast", None, &[], Some(&body))?;
        assert_eq!(status, 200, "{forecast}");
        expected.push(forecast["first"].clone());
    }
    assert_eq!(close_day(&server)?, 200);
    let (_, after) = server.get("/v1/state")?;
    for (member, first) in members.iter().zip(&expected) {
        let account = &after["accounts"][member];
        assert_eq!(
            (&first["points"], &first["share_value"]),
            (&account["points"], &account["share_value"]),
            "{member}"
        );
    }
    Ok(())
}

#[test]
fn a_close_with_more_due_than_a_preview_shows_is_previewed_in_parts() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES])?;
    settle(&server, &due(10_001))?;
    let preview = |event: Value| server.ask("POST", "/v1/previews", None, &[], Some(&event));
    let (status, problem) = preview(json!({"type": "day.closed", "day": DAY}))?;
    assert_eq!((status, &problem["code"], &problem["limit"]), (422, &json!("too_much_due"), &json!("10000")));
    let (status, part) = preview(json!({"type": "day.closing", "day": DAY, "most": 2}))?;
    assert_eq!(status, 200, "{part}");
    Ok(())
}

#[test]
fn a_previewed_close_says_how_many_orders_vest_and_the_price_after_it() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES])?;
    settle(&server, &due(3))?;
    let preview = |event: Value| server.ask("POST", "/v1/previews", None, &[], Some(&event));
    let (status, close) = preview(json!({"type": "day.closed", "day": DAY}))?;
    assert_eq!((status, &close["close"]["orders"]), (200, &json!(3)), "{close}");
    let (status, other) = preview(json!({"type": "price.set", "price": "2"}))?;
    assert_eq!((status, other.get("close")), (200, None), "{other}");
    assert_eq!(close_day(&server)?, 200);
    let (_, supply) = server.ask("GET", "/v1/supply", None, &[], None)?;
    assert_eq!(close["close"]["price"], supply["price"]);
    Ok(())
}

#[test]
fn no_event_of_a_journal_closes_more_at_once_than_fits() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES])?;
    settle(&server, &due(10_001))?;
    let close = json!({"type": "day.closed", "day": DAY});
    for body in [close.clone(), json!([close]), json!([{"type": "member.registered", "member": "new"}, close])] {
        let (status, problem) = server.post("/v1/events", "application/json", body.to_string())?;
        assert_eq!(
            (status, &problem["code"], &problem["field"]),
            (422, &json!("too_much_due"), &json!("day")),
            "{problem}"
        );
        let detail = problem["detail"].as_str().ok_or("no detail")?;
        assert!(detail.contains("10001 rows") && detail.contains(&format!("POST /v1/days/{DAY}/close")), "{detail}");
    }
    assert_eq!(server.get("/v1/members/new")?.0, 404, "nothing of it was settled");
    let part = json!([{"type": "day.closing", "day": DAY, "most": 10}, close]);
    assert_eq!(
        server.post("/v1/events", "application/json", part.to_string())?.0,
        422,
        "it is counted before anything is settled"
    );
    assert_eq!(close_day(&server)?, 200, "as the sentence says");
    Ok(())
}

#[test]
fn a_close_that_was_killed_goes_on_where_it_was() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let mut server = Server::start(&["--database", &database, "--rules", RULES])?;
        settle(&server, &due(CLOSING_PART * 4))?;
        let mut closed = false;
        for wait in [150, 300, 600, 60_000] {
            let address = server.address.clone();
            let closing = std::thread::spawn(move || {
                let path = format!("{address}/v1/days/{DAY}/close");
                ureq::post(&path).header("idempotency-key", "close").send("").is_ok_and(|answer| answer.status() == 200)
            });
            let started = Instant::now();
            while !closing.is_finished() && started.elapsed() < Duration::from_millis(wait) {
                std::thread::sleep(Duration::from_millis(5));
            }
            server.stop()?;
            closed = closing.join().map_err(|_| "the client fell")?;
            server = Server::start(&["--database", &database])?;
        }
        assert!(closed, "{}: at last it is closed", &*database);
        assert_eq!(server.get("/v1/supply")?.1["day"], "1997-01-03");
        let (_, last) = server.get(&format!("/v1/orders/o{}", CLOSING_PART * 4 - 1))?;
        assert!(last["state"].to_string().contains("vested"), "{last}");
        drop(server);
        crate::support::gongxiang(&["audit", "--database", &database])?;
    }
    Ok(())
}

/// The book of one process.
async fn book(database: &str, shard: u8) -> TestResult<(Ledger, Arc<dyn Store>)> {
    let store: Arc<dyn Store> = Arc::new(SqlStore::open(database).await?);
    Ok((Ledger::start(Arc::clone(&store), shard, Arc::default()).0, store))
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "long: cargo xtask faults"]
async fn several_processes_close_a_day_in_parts_together_and_serve_meanwhile() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = Server::start(&["--database", &database, "--rules", RULES])?;
        settle(&server, &due(CLOSING_PART * 8))?;
        let day = gongxiang::identity::Day::parse(DAY).ok_or("no day")?;
        let ((one, store), (other, _)) = (book(&database, 0).await?, book(&database, 8).await?);
        let closing = [one.clone(), other].map(|ledger| tokio::spawn(async move { close(&ledger, day, "test").await }));
        let (mut count, mut slowest, begun) = (0, Duration::ZERO, Instant::now());
        while !closing.iter().all(tokio::task::JoinHandle::is_finished) {
            let event =
                format!(r#"{{"type":"points.transferred","from":"shop","to":"ann","points":"0.01","id":"t{count}"}}"#);
            let line = journal::parse(event.as_bytes()).map_err(|refusal| refusal.to_string())?;
            let request = gongxiang_server::ledger::group::Request::of_journal(line, "test");
            let started = Instant::now();
            one.settle_one(request).await?.outcome?;
            slowest = slowest.max(started.elapsed());
            count += 1;
        }
        let mut closed = Vec::new();
        for task in closing {
            closed.push(task.await??);
        }
        closed.sort_unstable();
        assert_eq!(closed, [false, true], "one of them closes the day");
        // A ratio, because a busy machine slows both down.
        let together = begun.elapsed();
        assert!(
            count >= 4 && slowest < together / 2,
            "{count} were served meanwhile, the slowest after {slowest:?}, and the close took {together:?}"
        );
        let mut tx = store.begin(Scope::Reading).await?;
        gongxiang_server::ledger::audit::audit(&mut *tx).await?;
        assert_eq!(tx.now().await?.head.day.to_string(), "1997-01-03");
    }
    Ok(())
}

/// An address of this machine that other machines know it by; none without a network. Nothing is sent.
fn own_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind("0.0.0.0:0").ok()?;
    socket.connect("192.0.2.1:9").ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_has_so_many_connections_and_others_have_theirs() -> TestResult {
    let addresses = Addresses::with_at_most(2);
    let [ann, bob] = ["203.0.113.9".parse()?, "2001:db8:1:2::1".parse()?];
    let places = [addresses.place(ann), addresses.place(ann)];
    assert!(places.iter().all(Option::is_some) && addresses.place(ann).is_none(), "two of one address");
    let _one = (addresses.place(bob), addresses.place("2001:db8:1:2::2".parse()?));
    assert!(addresses.place("2001:db8:1:2:3::".parse()?).is_none(), "a network is one address");
    assert!((0..9).map(|_| addresses.place("127.0.0.1".parse().ok()?)).all(|place| place.is_some()), "this machine");
    drop(places);
    assert!(addresses.place(ann).is_some(), "a place that is left can be taken");

    let Some(own) = own_address() else { return Ok(()) };
    let listener = tokio::net::TcpListener::bind((own, 0)).await?;
    let address = listener.local_addr()?;
    let (end, ended) = tokio::sync::watch::channel(false);
    let router = Router::new().route("/", get(|| async { "here" }));
    let serving = tokio::spawn(async move {
        let addresses = Addresses::with_at_most(2);
        listen::serve(listener, router, addresses, &Changes::default(), ended, Duration::ZERO).await;
    });
    let connect = move || -> std::io::Result<TcpStream> {
        let stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(Duration::from_secs(20)))?;
        Ok(stream)
    };
    let answers = |stream: &mut TcpStream| {
        let mut start = [0; 15];
        let asked =
            stream.write_all(b"GET / HTTP/1.1\r\nhost: here\r\n\r\n").and_then(|()| stream.read_exact(&mut start));
        asked.is_ok() && start.ends_with(b"200 OK")
    };
    tokio::task::spawn_blocking(move || {
        let mut two = [connect()?, connect()?];
        assert!(two.iter_mut().all(answers), "two are served");
        assert!(!answers(&mut connect()?), "a third one is closed");
        drop(two);
        let started = Instant::now();
        while !answers(&mut connect()?) {
            assert!(started.elapsed() < Duration::from_secs(10), "a place that was left is not given again");
            std::thread::sleep(Duration::from_millis(20));
        }
        Ok::<_, std::io::Error>(())
    })
    .await??;
    end.send_replace(true);
    Ok(serving.await?)
}

#[test]
fn a_connection_that_is_idle_or_takes_nothing_of_its_answers_ends() -> TestResult {
    const ASKED: usize = 1_000;
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", RULES])?;
    let connect = || -> TestResult<TcpStream> {
        let stream = TcpStream::connect(server.address.trim_start_matches("http://"))?;
        stream.set_read_timeout(Some(HEADER_TIME_MAX * 2))?;
        stream.set_write_timeout(Some(Duration::from_secs(1)))?;
        Ok(stream)
    };
    let get = "GET /v1/openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut stalled = connect()?;
    // As much as goes: the server stops reading where it cannot write.
    _ = stalled.write_all(get.repeat(ASKED).as_bytes());
    let since = Instant::now();

    let mut idle = connect()?;
    idle.write_all(get.as_bytes())?;
    let mut answer = Vec::new();
    idle.read_to_end(&mut answer)?;
    assert!(answer.starts_with(b"HTTP/1.1 200"), "it is answered");
    assert!(since.elapsed() < HEADER_TIME_MAX * 2, "and closed when it is idle, after {:?}", since.elapsed());

    std::thread::sleep((STALL_TIME_MAX + Duration::from_secs(10)).saturating_sub(since.elapsed()));
    let mut answers = Vec::new();
    // It may also end with a reset.
    _ = stalled.read_to_end(&mut answers);
    let full = answers.windows(12).filter(|start| start == b"HTTP/1.1 200").count();
    assert!((1..ASKED / 2).contains(&full), "{full} of {ASKED} were answered to a client that took nothing");
    Ok(())
}

#[test]
fn a_body_that_trickles_is_waited_for_as_long_as_a_request_may_take() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--request-seconds=2"])?;
    let mut stream = TcpStream::connect(server.address.trim_start_matches("http://"))?;
    let head =
        "POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n";
    stream.write_all(head.as_bytes())?;
    let mut trickling = stream.try_clone()?;
    std::thread::spawn(move || {
        for _ in 0..99 {
            if trickling.write_all(b" ").is_err() {
                return;
            }
            std::thread::sleep(Duration::from_millis(200));
        }
    });
    let started = Instant::now();
    let mut start = [0; 12];
    stream.read_exact(&mut start)?;
    assert_eq!(&start, b"HTTP/1.1 408");
    assert!(started.elapsed() < Duration::from_secs(8), "after {:?}", started.elapsed());
    Ok(())
}
