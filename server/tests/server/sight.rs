//! Who sees what: every route of the document, asked by everybody, against `sight.txt`, the list of what each may see.
//!
//! A row of the list names the fields of an answer and the members of whom it speaks. A route, a field or a name that is not in it
//! fails, and so does the exact balance of anybody else, in whatever answer, error or header.

mod asks;
mod document;
mod town;

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use self::asks::{Ask, asks};
use self::document::Document;
use self::town::{Town, open};
use crate::support::{Folder, Server, TestResult, databases};

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
const READERS: [&str; 5] = ["operator", "staff-operator", "clerk", "auditor", "read-key"];

/// Grants above this many points wait for a second person.
const SECOND_PERSON: [&str; 2] = ["--second-person", "treasury=9000"];

/// What is public or was sent by who asks, in as many fields as there are: they are not listed.
const WHOLE: [&str; 8] = [
    "GET /v1/rules",
    "GET /v1/rules/announced",
    "GET /v1/rulebook",
    "GET /v1/rules/flags",
    "GET /v1/rules/history",
    "GET /v1/rules/review",
    "POST /v1/simulations",
    "POST /v1/rules/check",
];

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

/// Which fields of which answers whoever asked was shown.
type List = BTreeMap<String, BTreeMap<String, Vec<&'static str>>>;

/// Asks for everything as one of them.
fn look(town: &Town, actor: &Actor, document: &mut Document, list: &mut List) -> TestResult {
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
        document.check(route.split(" of ").next().unwrap_or_default(), status, &text)?;
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
        let (mut list, mut strict) = (List::new(), Document::read()?);
        for actor in &town.actors {
            look(&town, actor, &mut strict, &mut list)?;
        }
        assert_eq!(strict.differences, BTreeSet::new(), "answers are not what the document says");
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
                ("GET", "/v1/members/{}/purchases", "bob"),
                ("GET", "/v1/members/{}/redemptions", "bob"),
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
