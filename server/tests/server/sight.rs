//! Who sees what: every route of the document, asked by everybody, against `sight.txt`, the list of what each may see.
//!
//! A row of the list names the fields of an answer and the members of whom it speaks. A route, a field or a name that is not in it
//! fails, and so does the exact balance of anybody else, in whatever answer, error or header.

use std::collections::{BTreeMap, BTreeSet};

use gongxiang::quantity::Points;
use serde_json::{Value, json};

use crate::members;

use crate::support::{Database, Folder, Server, TestResult, add_key, all_accepted, databases};

/// Bob buys in tom's kiosk. Ann referred bob, meg the kiosk's owner, and pam is the partner of the city.
const MEMBERS: [&str; 8] = ["ann", "bob", "eve", "ivy", "meg", "pam", "tom", "zoe"];

/// Somebody who asks.
struct Actor {
    name: &'static str,
    token: Option<String>,
    /// Whose balances it may see: its own.
    own: Option<&'static str>,
}

/// Who sees what the operator sees, as far as it may ask.
const READERS: [&str; 4] = ["operator", "staff-operator", "clerk", "auditor"];

/// A town on a database, which everybody gets a copy of.
struct Town {
    database: Database,
    actors: Vec<Actor>,
    operator: String,
    price: String,
    red: Value,
    /// Somebody of the staff of the kiosk, who is given a new code and then ended.
    spare: String,
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

impl Town {
    fn found(database: Database) -> TestResult<Self> {
        let key = |arguments: &[&str]| add_key(&database, arguments).map(Some);
        let till = key(&["--role", "merchant", "--member", "tom"])?;
        let other_till = key(&["--role", "merchant", "--member", "zoe"])?;
        let payment = key(&["--role", "payment"])?;
        let town = members::empty_town(&database, &[])?;
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
        let mut actors = vec![
            Actor { name: "stranger", token: None, own: None },
            Actor { name: "operator", token: Some(town.operator.clone()), own: None },
            Actor { name: "payment", token: payment, own: None },
            Actor { name: "till", token: till, own: None },
            Actor { name: "other-till", token: other_till, own: None },
        ];
        for (name, member) in
            [("buyer", "bob"), ("referrer", "ann"), ("shop", "tom"), ("partner", "pam"), ("another", "eve")]
        {
            let (_, cookie) = town.enrolled(member)?;
            let token = cookie.split_once('=').map(|(_, token)| token.to_owned());
            actors.push(Actor { name, token, own: Some(member) });
        }
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
        let spare = json!({"name": "spare", "role": "cashier", "shop": "tom"});
        let (_, spare) = town.server.ask("POST", "/v1/staff", Some(&town.operator), &[], Some(&spare))?;
        let spare = spare["staff"].as_str().ok_or("nobody was added")?.to_owned();
        let red = get("/v1/rules/review")?["red"].clone();
        let operator = town.operator.clone();
        assert!(town.server.terminate()?);
        Ok(Self { database, actors, operator, price, red, spare })
    }
}

fn open(database: &str) -> TestResult<Server> {
    Server::start_closed(&["--database", database, "--rules", "seed", "--origin", members::ORIGIN])
}

/// A request: its row in the list, its method and address, and its body if it has one. Commands have a type as well, so that they are
/// previewed first.
struct Ask {
    row: &'static str,
    address: String,
    body: Value,
    kind: Option<&'static str>,
}

/// One request for each row of the list, in an order in which none takes away what a later one needs.
fn asks(town: &Town, actor: &Actor) -> Vec<Ask> {
    [reads(), looks(actor), dealings(town, actor), standing(town), staff(town), ends()].into_iter().flatten().collect()
}

/// A request as any, and one whose address is its row.
fn ask(method: &str, row: &'static str, address: &str, body: Value) -> Ask {
    Ask { row, address: format!("{method} {address}"), body, kind: None }
}

fn get(row: &'static str) -> Ask {
    ask("GET", row, row, Value::Null)
}

fn post(row: &'static str, body: Value) -> Ask {
    ask("POST", row, row, body)
}

fn command(kind: &'static str, row: &'static str, address: &str, body: Value) -> Ask {
    Ask { kind: Some(kind), ..ask("POST", row, address, body) }
}

fn plain(kind: &'static str, row: &'static str, body: Value) -> Ask {
    command(kind, row, row, body)
}

fn none() -> Value {
    json!({})
}

/// Only the operator says for whom it asks; everybody else asks for itself.
fn of(actor: &Actor, field: &str, member: &str, mut body: Value) -> Value {
    if ["operator", "staff-operator"].contains(&actor.name) {
        body[field] = json!(member);
    }
    body
}

fn order() -> Value {
    json!({"buyer": "bob", "channel": "offline", "amount": "100", "concession": "7.77", "region": "440106"})
}

fn reads() -> Vec<Ask> {
    let at = |row, address: &str| ask("GET", row, address, Value::Null);
    vec![
        get("/health/live"),
        get("/health/ready"),
        get("/v1/days"),
        at("/v1/days/{day}", "/v1/days/2026-01-02"),
        get("/v1/rules"),
        get("/v1/rules/history"),
        get("/v1/rules/review"),
        get("/v1/supply"),
        get("/v1/state"),
        get("/v1/events"),
        get("/v1/actions"),
        get("/v1/staff"),
        get("/v1/session"),
        get("/v1/passkeys"),
        get("/v1/access"),
        get("/v1/members"),
        at("/v1/members/{member}", "/v1/members/bob"),
        at("/v1/members/{member}/statement", "/v1/members/bob/statement"),
        at("/v1/members/{member}/eve", "/v1/members/bob/eve"),
        at("/v1/members/{member}/pending", "/v1/members/bob/pending"),
        // Of who only referred the buyer.
        at("/v1/members/{member}/pending of ann", "/v1/members/ann/pending"),
        at("/v1/members/{member}/orders", "/v1/members/bob/orders"),
        at("/v1/orders", "/v1/orders?merchant=tom"),
        at("/v1/orders/{order}", "/v1/orders/o1"),
        at("/v1/orders/{order}/receipt", "/v1/orders/o1/receipt"),
        get("/v1/offers"),
        at("/v1/offers/{offer}", "/v1/offers/f1"),
        get("/v1/trades"),
        at("/v1/trades/{trade}", "/v1/trades/t1"),
        at("/v1/excerpt of members", "/v1/excerpt?members=bob,tom,meg"),
        at("/v1/excerpt of an order", "/v1/excerpt?buyer=bob&merchant=tom&channel=offline&region=440106"),
    ]
}

/// What is computed and not stored, and the journal's own events.
fn looks(actor: &Actor) -> Vec<Ask> {
    let mut quote = order();
    quote["merchant"] = json!("tom");
    vec![
        post("/v1/quotes", quote),
        post("/v1/forecast", of(actor, "member", "bob", json!({"horizons": [1]}))),
        post("/v1/simulations", json!({"days": 2})),
        post("/v1/rules/check", json!({"rules": {}})),
        post("/v1/previews", json!({"type": "order.refunded", "order": "o1"})),
        post("/v1/events", json!({"type": "treasury.granted", "member": "meg", "points": "1"})),
    ]
}

/// Commands about orders, points and trades.
fn dealings(town: &Town, actor: &Actor) -> Vec<Ask> {
    vec![
        plain("order.placed", "/v1/orders", of(actor, "merchant", "tom", order())),
        plain("points.transferred", "/v1/transfers", of(actor, "from", "bob", json!({"to": "meg", "points": "0.5"}))),
        plain("points.redeemed", "/v1/redemptions", of(actor, "member", "bob", json!({"points": "0.25"}))),
        command("redemption.cancelled", "/v1/redemptions/{redemption}/cancel", "/v1/redemptions/r1/cancel", none()),
        plain(
            "offer.placed",
            "/v1/offers",
            of(actor, "member", "bob", json!({"side": "sell", "points": "0.5", "unit_price": town.price})),
        ),
        command("offer.cancelled", "/v1/offers/{offer}/cancel", "/v1/offers/f2/cancel", none()),
        command(
            "offer.taken",
            "/v1/offers/{offer}/trades",
            "/v1/offers/f1/trades",
            of(actor, "member", "ann", json!({"points": "0.5"})),
        ),
        command("order.refunded", "/v1/orders/{order}/refund", "/v1/orders/o1/refund", none()),
        command("trade.paid", "/v1/trades/{trade}/pay", "/v1/trades/t1/pay", none()),
        command("trade.confirmed", "/v1/trades/{trade}/confirm", "/v1/trades/t2/confirm", none()),
        command("trade.cancelled", "/v1/trades/{trade}/cancel", "/v1/trades/t3/cancel", none()),
        plain("merchant.opened", "/v1/merchants", of(actor, "member", "eve", json!({"region": "440106"}))),
    ]
}

/// Commands of the operator and its payment system.
fn standing(town: &Town) -> Vec<Ask> {
    vec![
        command("pack.purchased", "/v1/members/{member}/packs", "/v1/members/bob/packs", json!({"pack": "member"})),
        plain("treasury.granted", "/v1/treasury/grants", json!({"member": "bob", "points": "1"})),
        plain("treasury.reclaimed", "/v1/treasury/reclaims", json!({"member": "bob", "points": "1"})),
        command("pack.refunded", "/v1/purchases/{purchase}/refund", "/v1/purchases/p1/refund", none()),
        plain("member.registered", "/v1/members", json!({"referrer": "ann"})),
        command("member.frozen", "/v1/members/{member}/freeze", "/v1/members/eve/freeze", none()),
        command("member.unfrozen", "/v1/members/{member}/unfreeze", "/v1/members/eve/unfreeze", none()),
        command("balance.opened", "/v1/members/{member}/opening", "/v1/members/eve/opening", json!({"points": "1"})),
        command("role.assigned", "/v1/members/{member}/role", "/v1/members/eve/role", json!({"role": "vip"})),
        command("role.withdrawn", "/v1/members/{member}/role/withdraw", "/v1/members/eve/role/withdraw", none()),
        command("merchant.closed", "/v1/merchants/{member}/close", "/v1/merchants/zoe/close", none()),
        command("partner.withdrawn", "/v1/partners/{member}/withdraw", "/v1/partners/pam/withdraw", none()),
        plain("partner.appointed", "/v1/partners", json!({"member": "pam", "region": "440100"})),
        plain("price.set", "/v1/prices", json!({"price": town.price})),
        plain("rules.adopted", "/v1/rules", json!({"rules": {}, "accept_flags": town.red})),
        command("day.closing", "/v1/days/{day}/closing", "/v1/days/2026-01-04/closing", json!({"most": 1})),
        command("day.closed", "/v1/days/{day}/close", "/v1/days/2026-01-04/close", none()),
    ]
}

/// Staff.
fn staff(town: &Town) -> Vec<Ask> {
    let spare = &town.spare;
    vec![
        post("/v1/staff", json!({"name": "new", "role": "cashier", "shop": "tom"})),
        ask("POST", "/v1/staff/{staff}/enrolments", &format!("/v1/staff/{spare}/enrolments"), none()),
        ask("DELETE", "/v1/staff/{staff}", &format!("/v1/staff/{spare}"), Value::Null),
    ]
}

/// Signing in and out.
fn ends() -> Vec<Ask> {
    vec![
        post("/v1/sessions/demo", json!({"member": "bob"})),
        post("/v1/sessions/passkey/begin", none()),
        post("/v1/sessions/passkey", json!({"ceremony": "x", "credential": {}})),
        post("/v1/sessions/wechat", json!({"code": "x"})),
        ask("POST", "/v1/members/{member}/enrolments", "/v1/members/bob/enrolments", none()),
        post("/v1/passkeys/begin", none()),
        post("/v1/passkeys", json!({"ceremony": "x", "credential": {}})),
        ask("DELETE", "/v1/passkeys/{passkey}", "/v1/passkeys/x", Value::Null),
        ask("POST", "/v1/passkeys/{passkey}/name", "/v1/passkeys/x/name", json!({"name": "x"})),
        post("/v1/sessions/code", json!({"enrolment": "x"})),
        post("/v1/session/passkey", json!({"ceremony": "x", "credential": {}})),
        ask("DELETE", "/v1/access/codes/{code}", "/v1/access/codes/x", Value::Null),
        ask("DELETE", "/v1/access/wechat/{account}", "/v1/access/wechat/x", Value::Null),
        ask("DELETE", "/v1/access/sessions/{session}", "/v1/access/sessions/x", Value::Null),
        ask("DELETE", "/v1/access/sessions", "/v1/access/sessions", Value::Null),
        ask("DELETE", "/v1/members/{member}/access", "/v1/members/ivy/access", Value::Null),
        ask("DELETE", "/v1/session", "/v1/session", Value::Null),
    ]
}

/// What is public or was sent by who asks, in as many fields as there are: they are not listed.
const WHOLE: [&str; 5] =
    ["GET /v1/rules", "GET /v1/rules/history", "GET /v1/rules/review", "POST /v1/simulations", "POST /v1/rules/check"];

/// The fields of an answer, lists and tables by id taken together.
fn fields(value: &Value, at: &str, found: &mut BTreeSet<String>) {
    match value {
        // The rules are public; reasons have other fields with each rule; an event is the operator's own.
        Value::Object(table) if !["rules", "why", "event", "options"].iter().any(|whole| at.ends_with(whole)) => {
            for (name, value) in table {
                let by_id = ["accounts", "partners"].iter().any(|table| at.ends_with(table));
                let name = if by_id { "{}" } else { name };
                fields(value, &if at.is_empty() { name.to_owned() } else { format!("{at}.{name}") }, found);
            }
        }
        Value::Array(items) if items.iter().any(Value::is_object) => {
            for item in items {
                fields(item, &format!("{at}[]"), found);
            }
        }
        _ => {
            found.insert(at.to_owned());
        }
    }
}

/// The members of whom a text speaks.
fn names(text: &str) -> Vec<&'static str> {
    let words: BTreeSet<_> = text.split(|sign: char| !sign.is_ascii_alphanumeric()).collect();
    MEMBERS.into_iter().filter(|member| words.contains(member)).collect()
}

/// The exact balances of all but one: points as they are and as they were last settled, share value and units.
fn balances(server: &Server, operator: &str, but: Option<&str>) -> TestResult<BTreeSet<String>> {
    let mut secret = BTreeSet::new();
    let members = MEMBERS.join(",");
    for path in ["/v1/state".to_owned(), format!("/v1/excerpt?members={members}")] {
        let (_, answer) = server.ask("GET", &path, Some(operator), &[], None)?;
        let accounts = answer["accounts"].as_object().ok_or("no accounts")?;
        for (_, account) in accounts.iter().filter(|(id, _)| Some(id.as_str()) != but) {
            let numbers = ["points", "share_value", "units", "locked"].map(|name| &account[name]);
            let numbers = numbers.into_iter().chain([&account["holding"]["units"], &account["holding"]["fraction"]]);
            // Short ones are in every second answer by chance.
            secret.extend(numbers.filter_map(Value::as_str).filter(|number| number.len() > 7).map(str::to_owned));
        }
    }
    assert!(secret.len() > MEMBERS.len(), "{secret:?}");
    Ok(secret)
}

fn numbers(text: &str) -> BTreeSet<&str> {
    text.split(|sign: char| !sign.is_ascii_digit() && sign != '.').collect()
}

/// What an answer shows, as a line of the list.
fn seen(route: &str, status: u16, text: &str) -> TestResult<String> {
    if status >= 400 {
        let problem: Value = serde_json::from_str(text)?;
        return Ok(format!("{status} {}", problem["code"].as_str().ok_or("no code")?));
    }
    let mut found = BTreeSet::new();
    if !WHOLE.contains(&route) && !text.is_empty() {
        fields(&serde_json::from_str(text)?, "", &mut found);
    }
    let found: Vec<_> = found.iter().map(String::as_str).collect();
    Ok(format!("{status} [{}] {}", names(text).join(" "), found.join(" ")).trim_end().to_owned())
}

/// Asks for everything as one of them.
fn look(town: &Town, actor: &Actor, list: &mut BTreeMap<String, BTreeMap<String, Vec<&'static str>>>) -> TestResult {
    let folder = Folder::new()?;
    let database = town.database.copy(&folder)?;
    let server = open(&database)?;
    let mut secret = balances(&server, &town.operator, actor.own)?;
    for (place, Ask { row, address, body, kind }) in asks(town, actor).into_iter().enumerate() {
        let (method, path) = address.split_once(' ').ok_or("no method")?;
        let route = format!("{method} {row}");
        let key = format!("k{place}");
        let key = [("idempotency-key", key.as_str())];
        let mut ask = |path: &str, body: &Value| -> TestResult<(u16, String)> {
            let sent = Some(body).filter(|body| !body.is_null());
            let (status, headers, text) = server.ask_for_text(method, path, actor.token.as_deref(), &key, sent)?;
            // What holds before a command and after it; nothing else changes a balance.
            let mut all = secret.clone();
            if status == 200 && method == "POST" && path != "/v1/previews" {
                secret = balances(&server, &town.operator, actor.own)?;
                all.extend(secret.iter().cloned());
            }
            if !READERS.contains(&actor.name) {
                let said = numbers(&headers).into_iter().chain(numbers(&text)).find(|number| all.contains(*number));
                assert_eq!(said, None, "{} learns a balance by {route}: {text}", actor.name);
            }
            Ok((status, text))
        };
        let previewed = kind.map(|kind| ask("/v1/previews", &event(kind, row, path, &body))).transpose()?;
        let (status, text) = ask(path, &body)?;
        list.entry(route.clone()).or_default().entry(seen(&route, status, &text)?).or_default().push(actor.name);
        if let Some((foreseen, preview)) = previewed {
            assert_eq!(foreseen, status, "{} {route}: {preview} {text}", actor.name);
            let receipt = |text: &str| serde_json::from_str::<Value>(text).map(|answer| answer["receipt"].clone());
            // A shop's refund takes it that the receivers have all their points.
            if row.ends_with("{order}/refund") && status == 200 && !READERS.contains(&actor.name) {
                assert_ne!(receipt(&preview)?, receipt(&text)?, "ann had less than is taken back");
                assert_eq!(
                    seen(&route, 200, &receipt(&preview)?.to_string())?,
                    seen(&route, 200, &receipt(&text)?.to_string())?
                );
            } else {
                assert_eq!(receipt(&preview)?, receipt(&text)?, "{} {route}", actor.name);
            }
        }
        if status >= 400 {
            let asked = names(&format!("{path} {body}"));
            assert!(names(&text).iter().all(|name| asked.contains(name)), "{} {route}: {text}", actor.name);
        }
    }
    Ok(())
}

/// A command as the event that is previewed.
fn event(kind: &str, row: &str, path: &str, body: &Value) -> Value {
    let mut event = body.clone();
    event["type"] = json!(kind);
    for (name, value) in row.split('/').zip(path.split('/')) {
        if let Some(name) = name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            event[name] = json!(value);
        }
    }
    event
}

#[test]
fn everybody_sees_what_the_list_says_and_nobody_anothers_balance() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = Town::found(database)?;
        let mut list = BTreeMap::new();
        for actor in &town.actors {
            look(&town, actor, &mut list)?;
        }
        let document: Value = serde_json::from_str(include_str!("../../openapi.json"))?;
        for (path, methods) in document["paths"].as_object().ok_or("no paths")? {
            for method in methods.as_object().ok_or("no methods")?.keys() {
                let route = format!("{} {path}", method.to_uppercase());
                let asked = list.keys().any(|row| row.split(" of ").next() == Some(&route));
                assert!(asked, "nobody asks for {route}: it needs a request in `asks`");
            }
        }
        let row = |(shown, who): (String, Vec<_>)| format!("  {}: {shown}\n", who.join(", "));
        let rows = |rows: BTreeMap<_, _>| rows.into_iter().map(row).collect::<String>();
        let text: Vec<_> = list.into_iter().map(|(route, all)| format!("{route}\n{}", rows(all))).collect();
        let text = text.join("\n");
        let kept = include_str!("sight.txt");
        let there = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("sight.txt");
        std::fs::write(&there, &text)?;
        let differs = kept.lines().zip(text.lines()).find(|(kept, now)| kept != now);
        let hint = format!("look at each difference between `sight.txt` and {}", there.display());
        assert_eq!(differs, None, "{hint}");
        assert_eq!(kept, text, "{hint}");
    }
    Ok(())
}

#[test]
fn whether_something_of_another_exists_is_not_said() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = Town::found(database)?;
        let server = open(&town.database)?;
        for actor in town.actors.iter().filter(|actor| ["other-till", "another", "partner"].contains(&actor.name)) {
            for (method, path, existing) in [
                ("GET", "/v1/orders/{}", "o1"),
                ("GET", "/v1/orders/{}/receipt", "o1"),
                ("POST", "/v1/orders/{}/refund", "o1"),
                ("GET", "/v1/trades/{}", "t1"),
                ("POST", "/v1/trades/{}/pay", "t1"),
                ("POST", "/v1/trades/{}/confirm", "t2"),
                ("POST", "/v1/trades/{}/cancel", "t3"),
                ("POST", "/v1/offers/{}/cancel", "f2"),
                ("GET", "/v1/members/{}", "bob"),
                ("GET", "/v1/members/{}/pending", "bob"),
                ("GET", "/v1/members/{}/orders", "bob"),
                ("GET", "/v1/orders?merchant={}", "tom"),
            ] {
                // Under one key: what is refused so is not remembered either.
                let key = [("idempotency-key", path)];
                let ask = |id: &str| server.ask(method, &path.replace("{}", id), actor.token.as_deref(), &key, None);
                let answer = ask(existing)?;
                assert!(answer.0 >= 400, "{} {path}: {answer:?}", actor.name);
                assert_eq!(answer, ask("nothing")?, "{} {path}", actor.name);
            }
        }
    }
    Ok(())
}

#[test]
fn a_transfer_to_a_member_does_not_say_what_it_earned() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = Town::found(database)?;
        let server = open(&town.database)?;
        let eve = town.actors.iter().find(|actor| actor.name == "another").ok_or("no eve")?;
        let eve = eve.token.as_deref();
        let supply = |token: Option<&str>| server.ask("GET", "/v1/supply", token, &[], None);
        let excerpt = || -> TestResult<Value> {
            Ok(server.ask("GET", "/v1/excerpt?members=ivy", eve, &[], None)?.1["head"]["supply"].clone())
        };
        let points = || -> TestResult<Value> {
            let path = "/v1/members/ivy";
            Ok(server.ask("GET", path, Some(&town.operator), &[], None)?.1["account"]["points"].clone())
        };
        // What eve earned itself is booked with its first transfer.
        let send = |key: &str, to: &str| -> TestResult {
            let body = json!({"to": to, "points": "0.00000001"});
            let (status, answer) =
                server.ask("POST", "/v1/transfers", eve, &[("idempotency-key", key)], Some(&body))?;
            assert_eq!(status, 200, "{answer}");
            Ok(())
        };
        send("a", "meg")?;
        let before = (supply(None)?, supply(eve)?, excerpt()?);
        let (of_operator, settled) = (supply(Some(&town.operator))?, points()?);
        send("b", "ivy")?;
        assert_ne!(points()?, settled, "what ivy earned was booked");
        assert_ne!(supply(Some(&town.operator))?, of_operator);
        assert_eq!((supply(None)?, supply(eve)?, excerpt()?), before);
    }
    Ok(())
}
