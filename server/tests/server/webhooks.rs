//! Webhooks: deliveries are signed, in order, made at least once, and never sent to a forbidden address.

use std::net::TcpListener;
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use gongxiang_server::limits::OUTBOUND_TIME_MAX;
use serde_json::{Value, json};

use crate::receiver::{Received, Receiver};
use crate::support::{Folder, JSON, Server, TestResult, add_key, databases};

fn webhooks(database: &str, arguments: &[&str]) -> TestResult<Output> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_gongxiang"));
    Ok(command.args(["webhooks", "--database", database]).args(arguments).output()?)
}

/// Id and secret.
fn add(database: &str, address: &str, more: &[&str]) -> TestResult<(String, String)> {
    let url = format!("http://{address}/hook");
    let arguments = [&["add", url.as_str(), "--allow-private-webhooks"], more].concat();
    let output = webhooks(database, &arguments)?;
    let said = String::from_utf8(output.stdout)?;
    let (id, secret) =
        said.trim().split_once(' ').ok_or_else(|| String::from_utf8_lossy(&output.stderr).into_owned())?;
    Ok((id.into(), secret.into()))
}

fn start(database: &str) -> TestResult<Server> {
    Server::start(&["--database", database, "--allow-private-webhooks"])
}

fn register(server: &Server, members: &[&str]) -> TestResult {
    for member in members {
        let event = json!({"type": "member.registered", "member": member}).to_string();
        assert_eq!(server.post("/v1/events", JSON, event)?.0, 200);
    }
    Ok(())
}

fn members(received: &[Received]) -> TestResult<Vec<String>> {
    received
        .iter()
        .map(|one| {
            let receipt = &one.json()?["data"]["receipt"];
            let event = receipt.to_string();
            Ok(event.split('"').find(|word| word.starts_with("m-")).unwrap_or_default().to_owned())
        })
        .collect()
}

#[test]
fn every_event_is_told_once_in_order_and_its_signature_verifies() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&[])?;
        let server = start(&database)?;
        register(&server, &["m-before"])?;
        let (_, secret) = add(&database, &receiver.address, &[])?;
        let refused = json!({"type": "member.registered", "member": "m-before"}).to_string();
        assert_eq!(server.post("/v1/events", JSON, refused)?.0, 422);
        register(&server, &["m-1", "m-2", "m-3"])?;
        server.post("/v1/events", JSON, json!({"type": "day.closed", "day": "2026-01-01"}).to_string())?;
        let messages = receiver.wait_for(4)?;
        let mut places = Vec::new();
        for one in &messages {
            one.verify(&secret)?;
            let message = one.json()?;
            places.push(message["data"]["place"].as_i64().ok_or("no place")?);
            assert_eq!(message["data"]["day"], "2026-01-01");
            assert_eq!(one.header("webhook-id"), format!("msg_{}", message["data"]["place"]));
            assert_eq!(one.header("content-type"), JSON);
            assert!(message["timestamp"].as_str().is_some_and(|at| at.ends_with('Z')));
        }
        assert!(places.is_sorted());
        let kinds: Vec<_> = messages.iter().filter_map(|one| one.json().ok()).map(|one| one["type"].clone()).collect();
        assert_eq!(kinds, ["member.registered", "member.registered", "member.registered", "day.closed"]);
        std::thread::sleep(Duration::from_millis(1_500));
        assert_eq!(receiver.all().len(), 4, "once");
        server.kill()?;
    }
    Ok(())
}

#[test]
fn a_failure_is_tried_again_with_the_same_id_and_what_comes_later_waits() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let receiver = Receiver::start(&["500 Internal Server Error", "302 Found"])?;
    let server = start(&database)?;
    let (_, secret) = add(&database, &receiver.address, &[])?;
    register(&server, &["m-1", "m-2"])?;
    let messages = receiver.wait_for(4)?;
    let ids: Vec<_> = messages.iter().map(|one| one.header("webhook-id").to_owned()).collect();
    assert!(ids[0] == ids[1] && ids[1] == ids[2] && ids[2] != ids[3], "{ids:?}");
    for one in &messages {
        one.verify(&secret)?;
    }
    std::thread::sleep(Duration::from_millis(500));
    let said = String::from_utf8(webhooks(&database, &["list"])?.stdout)?;
    assert!(said.contains("; 0 waiting, 0 given up\n"), "{said}");
    Ok(())
}

#[test]
fn a_kill_between_commit_and_delivery_loses_nothing() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        // An address where nothing listens yet.
        let address = TcpListener::bind("127.0.0.1:0")?.local_addr()?.to_string();
        let server = start(&database)?;
        let (_, secret) = add(&database, &address, &[])?;
        register(&server, &["m-1", "m-2", "m-3"])?;
        server.kill()?;
        let receiver = Receiver::on(&address, &[])?;
        let _server = start(&database)?;
        let messages = receiver.wait_for(3)?;
        assert_eq!(members(&messages)?, ["m-1", "m-2", "m-3"]);
        for one in &messages {
            one.verify(&secret)?;
        }
    }
    Ok(())
}

#[test]
fn several_processes_tell_each_event_once() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&[])?;
        let servers = [start(&database)?, start(&database)?];
        add(&database, &receiver.address, &[])?;
        let names: Vec<_> = (0..40).map(|number| format!("m-{number}")).collect();
        for (name, server) in names.iter().zip(servers.iter().cycle()) {
            register(server, &[name])?;
        }
        receiver.wait_for(40)?;
        std::thread::sleep(Duration::from_millis(1_200));
        let mut told = members(&receiver.all())?;
        assert_eq!(told.len(), 40);
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 40);
    }
    Ok(())
}

#[test]
fn only_the_events_that_were_asked_for_are_told_and_none_after_removal() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let receiver = Receiver::start(&[])?;
    let server = start(&database)?;
    let (id, _) = add(&database, &receiver.address, &["--events", "day.closed,order.placed"])?;
    register(&server, &["m-1"])?;
    let close = |day: &str| server.post("/v1/events", JSON, json!({"type": "day.closed", "day": day}).to_string());
    close("2026-01-01")?;
    assert_eq!(receiver.wait_for(1)?[0].json()?["type"], "day.closed");
    assert!(webhooks(&database, &["remove", &id])?.status.success());
    assert_eq!(webhooks(&database, &["remove", &id])?.status.code(), Some(2));
    close("2026-01-02")?;
    std::thread::sleep(Duration::from_millis(1_500));
    assert_eq!(receiver.all().len(), 1);
    Ok(())
}

#[test]
fn addresses_of_private_networks_are_refused_when_added_and_when_sent_to() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&["--database", &database])?;
    for (url, why) in [
        ("https://127.0.0.1/hook", "private network"),
        ("https://[::1]/hook", "private network"),
        ("https://169.254.169.254/latest", "private network"),
        ("http://example.org/hook", "https://"),
        ("nonsense", "https://"),
    ] {
        let output = webhooks(&database, &["add", url])?;
        assert_eq!(output.status.code(), Some(2), "{url}");
        let said = String::from_utf8(output.stderr)?;
        assert!(said.contains(why), "{url}: {said}");
    }
    let output = webhooks(&database, &["add", "https://example.org/", "--events", "order.eaten"])?;
    assert!(String::from_utf8(output.stderr)?.contains("`order.eaten` is no type of event"));
    // A name of this machine is refused when it is connected.
    let receiver = Receiver::start(&[])?;
    let port = receiver.address.rsplit(':').next().ok_or("no port")?;
    assert!(webhooks(&database, &["add", &format!("https://localhost:{port}/hook")])?.status.success());
    register(&server, &["m-1"])?;
    for _ in 0..100 {
        let said = String::from_utf8(webhooks(&database, &["list"])?.stdout)?;
        if said.contains("failed") {
            assert!(said.contains("private network"), "{said}");
            assert!(receiver.all().is_empty());
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    Err("it was never tried".into())
}

#[test]
fn a_receiver_that_never_answers_holds_up_nobody_else() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&[])?;
        // Connections wait in the backlog for ever.
        let silent = TcpListener::bind("127.0.0.1:0")?;
        let server = start(&database)?;
        for _ in 0..3 {
            add(&database, &silent.local_addr()?.to_string(), &[])?;
        }
        add(&database, &receiver.address, &[])?;
        let started = Instant::now();
        for member in 1..=3 {
            register(&server, &[&format!("m-{member}")])?;
            receiver.wait_for(member)?;
        }
        assert!(started.elapsed() < OUTBOUND_TIME_MAX, "{}: it waited for the silent ones", &*database);
    }
    Ok(())
}

/// A closed server with an operator's key.
fn closed(database: &str, more: &[&str]) -> TestResult<(Server, String)> {
    let arguments = [&["--database", database, "--rules", "seed", "--first-day", "2026-01-01"], more].concat();
    Ok((Server::start_closed(&arguments)?, add_key(database, &["--role", "operator"])?))
}

#[test]
fn over_http_a_webhook_is_added_tested_read_sent_again_and_removed() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let receiver = Receiver::start(&["500 Internal Server Error"])?;
        let (server, key) = closed(&database, &["--allow-private-webhooks"])?;
        let ask = |method, path: &str, body: Option<Value>| server.ask(method, path, Some(&key), &[], body.as_ref());
        let url = format!("http://{}/hook", receiver.address);
        let (status, added) = ask("POST", "/v1/webhooks", Some(json!({"url": url, "events": ["member.registered"]})))?;
        assert_eq!(status, 200, "{added}");
        let id = added["webhook"].as_str().ok_or("no id")?;
        let secret = added["secret"].as_str().ok_or("no secret")?;
        let path = format!("/v1/webhooks/{id}");

        let tested = ask("POST", &format!("{path}/test"), Some(json!({})))?.1;
        assert_eq!(tested, json!({"received": false, "trouble": "it answers 500"}));
        let tested = ask("POST", &format!("{path}/test"), Some(json!({})))?.1;
        assert_eq!(tested, json!({"received": true, "trouble": null}));
        let test = receiver.wait_for(2)?[1].clone();
        test.verify(secret)?;
        assert_eq!(test.json()?["type"], "webhook.test");

        let events = json!([
            {"type": "member.registered", "member": "ann", "reference": "crm-1"},
            {"type": "treasury.granted", "member": "ann", "points": "5"},
        ]);
        assert_eq!(ask("POST", "/v1/events", Some(events))?.0, 200);
        let message = receiver.wait_for(3)?[2].clone();
        message.verify(secret)?;
        let message = message.json()?;
        assert_eq!(
            message["data"]["event"],
            json!({"type": "member.registered", "member": "ann", "reference": "crm-1"})
        );
        let place = message["data"]["place"].clone();
        let list = wait_until(|| {
            let list = ask("GET", &format!("{path}/deliveries"), None)?.1;
            Ok((list["deliveries"][0]["state"] == "received").then_some(list))
        })?;
        assert_eq!(list["deliveries"].as_array().map(Vec::len), Some(1), "only what it asked for: {list}");
        assert_eq!((&list["deliveries"][0]["place"], &list["deliveries"][0]["trouble"]), (&place, &Value::Null));
        assert_eq!(ask("GET", &path, None)?.1["events"], json!(["member.registered"]));

        assert_eq!(ask("POST", &format!("{path}/deliveries/{place}/send"), Some(json!({})))?.0, 204);
        let again = receiver.wait_for(4)?[3].clone();
        assert_eq!(again.header("webhook-id"), format!("msg_{place}"));
        assert_eq!(ask("POST", &format!("{path}/deliveries/9999999999/send"), Some(json!({})))?.0, 404);

        let changed = ask("POST", &format!("{path}/secret"), Some(json!({})))?.1;
        let new = changed["secret"].as_str().ok_or("no secret")?;
        assert_ne!(new, secret);
        assert_eq!(ask("POST", "/v1/events", Some(json!([{"type": "member.registered", "member": "bob"}])))?.0, 200);
        let both = receiver.wait_for(5)?[4].clone();
        both.verify(secret)?;
        both.verify(new)?;

        assert_eq!(ask("DELETE", &path, None)?.0, 204);
        assert_eq!(ask("DELETE", &path, None)?.0, 404);
        assert_eq!(ask("GET", &format!("{path}/deliveries"), None)?.0, 404);
        let actions = ask("GET", "/v1/actions", None)?.1.to_string();
        for deed in ["webhook.added", "webhook.secret_changed", "webhook.removed"] {
            assert!(actions.contains(deed), "{deed}");
        }
        assert!(!actions.contains("whsec_"), "no secret in the actions");
        server.kill()?;
    }
    Ok(())
}

#[test]
fn a_webhook_that_is_not_possible_is_refused_by_its_field() -> TestResult {
    let folder = Folder::new()?;
    let (server, key) = closed(&folder.database(), &[])?;
    let long = format!("https://shop.example/{}", "x".repeat(990));
    for (body, code, field) in [
        (json!({"url": "http://shop.example/"}), "bad_webhook", "url"),
        (json!({"url": "https://127.0.0.1/"}), "bad_webhook", "url"),
        (json!({"url": "no address"}), "bad_webhook", "url"),
        (json!({"url": long}), "bad_webhook", "url"),
        (json!({"url": "https://shop.example/", "events": ["order.eaten"]}), "bad_webhook", "events"),
        (json!({"url": "https://shop.example/", "secret": "x"}), "bad_event", "secret"),
        (json!({}), "bad_event", "url"),
    ] {
        let (status, problem) = server.ask("POST", "/v1/webhooks", Some(&key), &[], Some(&body))?;
        assert!((400..500).contains(&status), "{body} {problem}");
        assert_eq!(
            (problem["code"].as_str(), problem["field"].as_str()),
            (Some(code), Some(field)),
            "{body} {problem}"
        );
    }
    let (_, list) = server.ask("GET", "/v1/webhooks", Some(&key), &[], None)?;
    assert_eq!(list, json!({"webhooks": []}), "nothing was kept");
    for n in 0..50 {
        let body = json!({"url": format!("https://shop.example/{n}")});
        assert_eq!(server.ask("POST", "/v1/webhooks", Some(&key), &[], Some(&body))?.0, 200, "{n}");
    }
    let body = json!({"url": "https://shop.example/"});
    let (status, problem) = server.ask("POST", "/v1/webhooks", Some(&key), &[], Some(&body))?;
    assert_eq!(
        (status, problem["code"].as_str(), problem["limit"].as_str()),
        (422, Some("too_many_webhooks"), Some("50"))
    );
    server.kill()
}

#[test]
fn over_http_a_key_is_made_used_listed_and_revoked() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let (server, key) = closed(&database, &[])?;
        let ask = |method, path: &str, body: Option<Value>| server.ask(method, path, Some(&key), &[], body.as_ref());
        for (body, field) in [
            (json!({"role": "merchant"}), "member"),
            (json!({"role": "payment", "member": "ann"}), "member"),
            (json!({"role": "payment", "days": 0}), "days"),
            (json!({"role": "payment", "note": "x".repeat(201)}), "note"),
        ] {
            let (status, problem) = ask("POST", "/v1/keys", Some(body.clone()))?;
            assert_eq!(
                (status, &problem["code"], &problem["field"]),
                (422, &json!("bad_api_key"), &json!(field)),
                "{body}"
            );
        }
        assert_eq!(ask("POST", "/v1/keys", Some(json!({"role": "king"})))?.1["code"], "bad_event");
        let made = ask("POST", "/v1/keys", Some(json!({"role": "payment", "note": "收银", "days": 30})))?.1;
        let payment = made["key"].as_str().ok_or("no key")?;
        let role = |token: &str| -> TestResult<Value> {
            Ok(server.ask("GET", "/v1/session", Some(token), &[], None)?.1["role"].clone())
        };
        assert_eq!(role(payment)?, "payment");
        let list = ask("GET", "/v1/keys", None)?.1;
        let listed = list["keys"]
            .as_array()
            .and_then(|keys| keys.iter().find(|key| key["note"] == "收银"))
            .ok_or("not listed")?;
        assert!(!list.to_string().contains(payment.rsplit('_').next().ok_or("no secret")?), "no secret in the list");
        let id = listed["key"].as_str().ok_or("no id")?;
        // A key of lower rank makes none.
        assert_eq!(server.ask("POST", "/v1/keys", Some(payment), &[], Some(&json!({"role": "operator"})))?.0, 403);
        assert_eq!(ask("DELETE", &format!("/v1/keys/{id}"), None)?.0, 204);
        assert_eq!(ask("DELETE", &format!("/v1/keys/{id}"), None)?.0, 404);
        assert_eq!(server.ask("GET", "/v1/session", Some(payment), &[], None)?.0, 401);
        server.kill()?;
    }
    Ok(())
}

#[test]
fn where_a_second_person_is_needed_nobody_makes_an_operators_key_over_http() -> TestResult {
    let folder = Folder::new()?;
    let (server, key) = closed(&folder.database(), &["--second-person", "rules"])?;
    let (status, problem) = server.ask("POST", "/v1/keys", Some(&key), &[], Some(&json!({"role": "operator"})))?;
    assert_eq!((status, &problem["code"]), (403, &json!("needs_second_person")));
    assert_eq!(server.ask("POST", "/v1/keys", Some(&key), &[], Some(&json!({"role": "payment"})))?.0, 200);
    server.kill()
}

/// Asks until there is an answer.
fn wait_until<T>(ask: impl Fn() -> TestResult<Option<T>>) -> TestResult<T> {
    for _ in 0..200 {
        if let Some(answer) = ask()? {
            return Ok(answer);
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("it did not come".into())
}
