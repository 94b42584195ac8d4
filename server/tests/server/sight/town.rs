//! A town with somebody of every kind, and what each has.

use gongxiang::quantity::Points;
use serde_json::{Value, json};

use super::asks::application;
use super::{Actor, MEMBERS, SECOND_PERSON};
use crate::members;
use crate::support::{Database, Server, TestResult, add_key, all_accepted, run_sql};

/// A town on a database, which everybody gets a copy of.
pub(super) struct Town {
    pub(super) database: Database,
    pub(super) actors: Vec<Actor>,
    pub(super) operator: String,
    pub(super) price: String,
    pub(super) red: Value,
    /// Somebody of the staff of the kiosk, who is given a new code and then ended.
    pub(super) spare: String,
    /// Bob's short number.
    pub(super) number: String,
    /// Bob's vouchers with their codes: one to be fetched, one to be sent, and one to be cancelled.
    pub(super) vouchers: [(String, String); 3],
}

/// Its members, and what they do until the rewards of the first order have vested.
fn before() -> Value {
    let mut events = vec![
        json!({"type": "member.registered", "member": "ivy"}),
        json!({"type": "role.assigned", "member": "ivy", "role": "provider"}),
        json!({"type": "member.registered", "member": "meg"}),
        json!({"type": "member.registered", "member": "tom", "referrer": "meg"}),
        json!({"type": "member.registered", "member": "zoe"}),
        json!({"type": "member.registered", "member": "eve"}),
        json!({"type": "member.registered", "member": "pam"}),
        json!({"type": "member.registered", "member": "ann", "referrer": "ivy"}),
        json!({"type": "member.registered", "member": "bob", "referrer": "ann"}),
        json!({"type": "role.assigned", "member": "ann", "role": "shopkeeper"}),
        json!({"type": "pack.purchased", "member": "pam", "pack": "area"}),
        json!({"type": "partner.appointed", "member": "pam", "region": "440100"}),
    ];
    for (place, member) in MEMBERS.iter().enumerate() {
        let points = format!("{}.{}2345678", if *member == "tom" { 2_000 } else { 600 }, place + 1);
        let pack = if ["tom", "zoe", "eve"].contains(member) { "merchant" } else { "member" };
        events.push(json!({"type": "pack.purchased", "member": member, "pack": pack}));
        // Nobody has the same as another.
        let value = format!("1{place}0.{place}7654321");
        events.push(json!({"type": "balance.opened", "member": member, "share_value": value}));
        events.push(json!({"type": "treasury.granted", "member": member, "points": points}));
    }
    let order = |order: &str, merchant: &str, buyer: &str, channel: &str| {
        json!({"type": "order.placed", "order": order, "buyer": buyer, "merchant": merchant, "channel": channel,
               "amount": "1000", "concession": "88.77", "region": "440106"})
    };
    events.extend([
        json!({"type": "merchant.opened", "member": "tom", "region": "440106"}),
        json!({"type": "merchant.opened", "member": "zoe", "region": "440106"}),
        order("o1", "tom", "bob", "offline"),
        order("o2", "tom", "bob", "online"),
        order("o9", "zoe", "ivy", "offline"),
        json!({"type": "day.closed", "day": "2026-01-01"}),
        json!({"type": "day.closed", "day": "2026-01-02"}),
        json!({"type": "day.closed", "day": "2026-01-03"}),
    ]);
    json!(events)
}

/// What they trade afterwards. At its end bob and ann have less than the first order brought them.
fn after(price: &str, of_bob: &str, of_ann: &str) -> Value {
    json!([
        {"type": "offer.placed", "offer": "f1", "member": "bob", "side": "sell", "points": "10", "unit_price": price},
        {"type": "offer.placed", "offer": "f2", "member": "bob", "side": "sell", "points": "5", "unit_price": price},
        {"type": "offer.taken", "offer": "f1", "trade": "t1", "member": "ann", "points": "1"},
        {"type": "offer.taken", "offer": "f1", "trade": "t2", "member": "ann", "points": "2"},
        {"type": "offer.taken", "offer": "f1", "trade": "t3", "member": "ann", "points": "3"},
        {"type": "trade.paid", "trade": "t2"},
        {"type": "pack.purchased", "member": "eve", "pack": "member", "purchase": "p1", "return_days": 7},
        {"type": "points.redeemed", "member": "eve", "points": "1", "redemption": "r1"},
        {"type": "points.transferred", "from": "bob", "to": "meg", "points": of_bob},
        {"type": "points.transferred", "from": "ann", "to": "meg", "points": of_ann},
    ])
}

/// A subscription of the buyer that has failed, and a notice.
fn tell_bob(database: &Database) -> TestResult {
    for sql in [
        "INSERT INTO subscriptions (id, member, channel, address, secrets, kinds, language, made, trouble)
         VALUES ('s-bob', 'bob', 'email', 'bob@shop.example', '', ',earned,', 'en', 0, 'it answers 500')",
        "INSERT INTO notices (member, kind, subject, day, detail, made)
         VALUES ('bob', 'earned', '2026-01-01', '2026-01-01', '{\"points\":\"1\",\"worth\":\"1\"}', 0)",
    ] {
        run_sql(database, sql)?;
    }
    Ok(())
}

/// Whoever asks without having signed in.
fn machines(town: &members::Town, database: &str) -> TestResult<Vec<Actor>> {
    let key = |arguments: &[&str]| add_key(database, arguments).map(Some);
    Ok(vec![
        Actor { name: "stranger", token: None, own: None },
        Actor { name: "operator", token: Some(town.operator.clone()), own: None },
        Actor { name: "payment", token: key(&["--role", "payment"])?, own: None },
        Actor { name: "read-key", token: key(&["--role", "read"])?, own: None },
        Actor { name: "till", token: key(&["--role", "merchant", "--member", "tom"])?, own: None },
        Actor { name: "other-till", token: key(&["--role", "merchant", "--member", "zoe"])?, own: None },
    ])
}

impl Town {
    pub(super) fn found(database: Database) -> TestResult<Self> {
        let town = members::empty_town(&database, &SECOND_PERSON)?;
        let settle = |events: &Value| {
            let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(events))?;
            all_accepted(&answers)
        };
        let get = |path: &str| {
            Ok::<_, Box<dyn std::error::Error>>(town.server.ask("GET", path, Some(&town.operator), &[], None)?.1)
        };
        settle(&before())?;
        let price = get("/v1/supply")?["price"].as_str().ok_or("no price")?.to_owned();
        let all_but = |member: &str, left: &str| -> TestResult<String> {
            let member = get(&format!("/v1/members/{member}"))?;
            let points = Points::parse(member["state"]["points"].as_str().ok_or("no points")?)?;
            Ok(points.minus(Points::parse(left)?)?.to_string())
        };
        settle(&after(&price, &all_but("bob", "22.04681239")?, &all_but("ann", "2.34561238")?))?;
        let profile = |member: &str, profile: &Value| {
            let path = format!("/v1/members/{member}/profile");
            Ok::<_, Box<dyn std::error::Error>>(
                town.server.ask("PUT", &path, Some(&town.operator), &[], Some(profile))?.1,
            )
        };
        let stored = profile("bob", &json!({"name": "Robert", "phone": "13800138000"}))?;
        let number = stored["number"].as_str().ok_or("no number")?.to_owned();
        profile(
            "tom",
            &json!({"name": "Thomas", "phone": "13900139000", "shop_name": "Corner", "address": "Road 1",
                               "category": "food"}),
        )?;
        let mug = json!({"name": "Mug", "points": "0.5", "stock": 9, "shops": ["tom"], "delivery": true});
        let (status, answer) = town.server.ask("PUT", "/v1/goods/mug", Some(&town.operator), &[], Some(&mug))?;
        assert_eq!(status, 200, "{answer}");
        let mut actors = machines(&town, &database)?;
        for (name, member) in
            [("buyer", "bob"), ("referrer", "ann"), ("shop", "tom"), ("partner", "pam"), ("another", "eve")]
        {
            let (_, cookie) = town.enrolled(member)?;
            let token = cookie.split_once('=').map(|(_, token)| token.to_owned());
            actors.push(Actor { name, token, own: Some(member) });
        }
        let made = town.server.ask("POST", "/v1/members/bob/tokens", Some(&town.operator), &[], Some(&json!({})))?.1;
        actors.push(Actor { name: "app-of-buyer", token: made["token"].as_str().map(str::to_owned), own: Some("bob") });
        let of = |name: &str| actors.iter().find(|actor| actor.name == name).and_then(|actor| actor.token.as_deref());
        for (who, shop_name) in [("buyer", "Bench"), ("referrer", "Shelf")] {
            let body = application(shop_name);
            let (status, answer) = town.server.ask("POST", "/v1/applications", of(who), &[], Some(&body))?;
            assert_eq!(status, 200, "{answer}");
        }
        for (method, what, who, body) in [
            ("PUT", "payee", "buyer", json!({"payee": "secret account"})),
            ("PUT", "payment-note", "referrer", json!({"note": "secret note"})),
            ("POST", "dispute", "buyer", json!({"statement": "secret statement"})),
        ] {
            let path = format!("/v1/trades/t2/{what}");
            let (status, answer) = town.server.ask(method, &path, of(who), &[], Some(&body))?;
            assert_eq!(status, 204, "{path}: {answer}");
        }
        let vouchers = vouchers(&town.server, of("buyer"))?;
        for (name, role) in [
            ("staff-operator", &["--role", "operator"][..]),
            ("clerk", &["--role", "clerk"]),
            ("auditor", &["--role", "auditor"]),
            ("owner", &["--role", "owner", "--shop", "tom"]),
            ("cashier", &["--role", "cashier", "--shop", "tom"]),
            ("other-cashier", &["--role", "cashier", "--shop", "zoe"]),
        ] {
            let (_, cookie) = town.staff(&database, &[&[name], role].concat())?;
            let token = cookie.split_once('=').map(|(_, token)| token.to_owned());
            actors.push(Actor { name, token, own: None });
        }
        // Two proposals of a machine, for somebody to decide.
        for key in ["p1", "p2"] {
            let grant = json!({"member": "meg", "points": "9001"});
            let headers = [("idempotency-key", key)];
            let (status, answer) =
                town.server.ask("POST", "/v1/treasury/grants", Some(&town.operator), &headers, Some(&grant))?;
            assert_eq!(status, 202, "{answer}");
        }
        let spare = json!({"name": "spare", "role": "cashier", "shop": "tom"});
        let (_, spare) = town.server.ask("POST", "/v1/staff", Some(&town.operator), &[], Some(&spare))?;
        let spare = spare["staff"].as_str().ok_or("nobody was added")?.to_owned();
        let red = get("/v1/rules/review")?["red"].clone();
        // Rules for a later day, for somebody to withdraw.
        let later = json!({"rules": {}, "accept_flags": red, "from": "2026-03-01"});
        let headers = [("idempotency-key", "later")];
        let (status, answer) = town.server.ask("POST", "/v1/rules", Some(&town.operator), &headers, Some(&later))?;
        assert_eq!(status, 202, "{answer}");
        // The sums of teams follow within seconds.
        while get("/v1/members/ann/team")?["months"][0]["points"].as_str().is_none_or(|points| points == "0") {
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        tell_bob(&database)?;
        let operator = town.operator.clone();
        assert!(town.server.terminate()?);
        Ok(Self { database, actors, operator, price, red, spare, number, vouchers })
    }
}

/// Vouchers of a member with their codes: one to be fetched, one to be sent, and one to be cancelled.
fn vouchers(server: &Server, token: Option<&str>) -> TestResult<[(String, String); 3]> {
    let mut vouchers = Vec::new();
    for key in ["fetched", "sent", "cancelled"] {
        let mut body = json!({"points": "0.5"});
        if key == "sent" {
            body["deliver_to"] = json!("secret address");
        }
        let headers = [("idempotency-key", key)];
        let (status, answer) = server.ask("POST", "/v1/goods/mug/redemptions", token, &headers, Some(&body))?;
        assert_eq!(status, 200, "{answer}");
        vouchers.push((
            answer["voucher"]["voucher"].as_str().ok_or("no voucher")?.to_owned(),
            answer["code"]["code"].as_str().ok_or("no code")?.to_owned(),
        ));
    }
    vouchers.try_into().map_err(|_| "three vouchers".into())
}

pub(super) fn open(database: &str) -> TestResult<Server> {
    let arguments = ["--database", database, "--rules", "seed", "--origin", members::ORIGIN];
    Server::start_closed(&[&arguments[..], &SECOND_PERSON].concat())
}
