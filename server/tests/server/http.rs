//! The server as a client meets it: what it answers and what it refuses.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::thread;

use gongxiang::event::Event;
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde_json::{Value, json};

use crate::support::{Folder, JSON, Server, TestResult, register, start, start_with_a_shop};

const LINES: &str = "application/x-ndjson";

#[test]
fn one_event_is_answered_with_its_receipt_and_a_refusal_with_a_problem() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let (status, answer) = server.post("/v1/events", JSON, register("ann").to_string())?;
    assert_eq!((status, &answer["repeated"]), (200, &json!(false)));
    assert_eq!(answer["receipt"]["type"], "member.registered");
    let (status, problem) =
        server.post("/v1/events", "application/json; charset=utf-8", register("ann").to_string())?;
    let sentence = "this member is registered already";
    assert_eq!(
        (status, problem),
        (
            422,
            json!({"status": 422, "title": "Unprocessable Entity", "code": "member_exists", "field": "member", "detail": sentence})
        )
    );
    Ok(())
}

#[test]
fn a_repeated_id_has_the_same_answer_even_after_a_restart() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let accepted = json!({"type": "member.registered", "member": "ann", "id": "one"}).to_string();
    let refused = json!({"type": "member.registered", "member": "ann", "id": "two"}).to_string();
    let (_, first) = server.post("/v1/events", JSON, &accepted)?;
    let (_, mut no) = server.post("/v1/events", JSON, &refused)?;
    assert_eq!((&no["code"], &no["repeated"]), (&json!("member_exists"), &Value::Null));
    no["repeated"] = json!(true);
    server.kill()?;
    let server = start(&folder)?;
    let (status, again) = server.post("/v1/events", JSON, &accepted)?;
    assert_eq!((status, &again["repeated"]), (200, &json!(true)));
    assert_eq!(again["receipt"], first["receipt"]);
    assert_eq!(server.post("/v1/events", JSON, &refused)?.1, no);
    let other = json!({"type": "member.registered", "member": "bob", "id": "one"}).to_string();
    let (status, conflict) = server.post("/v1/events", JSON, other)?;
    assert_eq!((status, &conflict["code"], &conflict["field"]), (409, &json!("id_conflict"), &json!("id")));
    let (_, state) = server.get("/v1/state")?;
    assert_eq!(state["accounts"].as_object().map(serde_json::Map::len), Some(1));
    Ok(())
}

#[test]
fn an_event_that_would_be_longer_in_another_spelling_is_stored_and_read() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let numbers = vec!["1e300"; 3_000].join(",");
    let breaks = "\\n".repeat(1_000);
    let event = format!(r#"{{"id":"long","rules":{{"a":[{numbers}],"b":"{breaks}"}},"type":"rules.adopted"}}"#);
    let (status, mut refusal) = server.post("/v1/events", JSON, &event)?;
    assert_eq!((status, &refusal["code"]), (422, &json!("bad_rules")));
    refusal["repeated"] = json!(true);
    server.kill()?;
    assert_eq!(start(&folder)?.post("/v1/events", JSON, &event)?, (status, refusal));
    Ok(())
}

/// Status, code, field and body of inputs that are refused.
fn bad_inputs() -> Vec<(u16, &'static str, &'static str, String)> {
    let long = "x".repeat(65);
    let order = |key: &str, value: Value| {
        let mut order = json!({
            "type": "order.placed", "order": "o", "buyer": "ann", "merchant": "shop", "channel": "online",
            "amount": "100", "concession": "10", "region": "110101",
        });
        order[key] = value;
        order.to_string()
    };
    let deep = format!(r#"{{"type":"rules.adopted","rules":{}1{}}}"#, "[".repeat(60), "]".repeat(60));
    vec![
        (400, "bad_event", "type", json!({"type": "member.promoted"}).to_string()),
        (400, "bad_event", "type", "{}".into()),
        (400, "bad_event", "colour", json!({"type": "member.registered", "member": "b", "colour": "red"}).to_string()),
        (400, "bad_event", "member", json!({"type": "member.registered", "member": 7}).to_string()),
        (400, "bad_event", "member", json!({"type": "member.registered", "member": long}).to_string()),
        (400, "bad_event", "amount", order("amount", json!(100))),
        (400, "bad_event", "amount", order("amount", json!("1.005"))),
        (400, "bad_event", "amount", order("amount", json!("1e3"))),
        (400, "bad_event", "amount", order("amount", json!(".5"))),
        (400, "bad_event", "amount", order("amount", json!("+1"))),
        (400, "bad_event", "amount", order("amount", json!("1_0"))),
        (400, "bad_event", "amount", order("amount", json!("NaN"))),
        (400, "bad_event", "amount", order("amount", json!("1000000000000.01"))),
        // A list without an end is refused whole.
        (400, "bad_body", "", format!("[{},", register("b"))),
        (400, "bad_event", "", "{".into()),
        // One mark is read over, as programs on Windows write it; two are none.
        (400, "bad_event", "type", "\u{feff}{}".into()),
        (400, "bad_event", "", "\u{feff}\u{feff}{}".into()),
        (400, "bad_event", "", "NaN".into()),
        (400, "bad_event", "", deep),
        (400, "bad_event", "", format!(r#"{{"type":"{}"}}"#, "x".repeat(70_000))),
        (422, "bad_amount", "amount", order("amount", json!("0"))),
        (422, "bad_amount", "amount", order("amount", json!("-1"))),
        (422, "bad_concession", "concession", order("concession", json!("100.01"))),
        (
            422,
            "merchant_points_short",
            "merchant",
            order("amount", json!("1000000000000")).replace("\"10\"", "\"9000\""),
        ),
        (422, "unknown_member", "merchant", order("merchant", json!("nobody"))),
        (
            422,
            "unknown_member",
            "referrer",
            json!({"type": "member.registered", "member": "b", "referrer": "c"}).to_string(),
        ),
        (
            422,
            "unknown_member",
            "referrer",
            json!({"type": "member.registered", "member": "b", "referrer": "b"}).to_string(),
        ),
        (422, "wrong_day", "day", json!({"type": "day.closed", "day": "2001-01-01"}).to_string()),
        (
            422,
            "bad_rules",
            "release.daily",
            json!({"type": "rules.adopted", "rules": {"release.daily": 1}}).to_string(),
        ),
    ]
}

#[test]
fn every_kind_of_bad_input_has_its_code_and_field_and_changes_nothing() -> TestResult {
    let folder = Folder::new()?;
    let server = start_with_a_shop(&folder)?;
    let before = server.get("/v1/state")?;
    for (status, code, field, body) in bad_inputs() {
        let (got, problem) = server.post("/v1/events", JSON, &body)?;
        assert_eq!(
            (got, problem["code"].as_str(), problem["field"].as_str()),
            (status, Some(code), Some(field)),
            "{body}"
        );
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{problem}");
    }
    assert_eq!(server.post("/v1/events", JSON, b"\xff\xfe")?.1["code"], "bad_event");
    assert_eq!(server.get("/v1/state")?, before);
    Ok(())
}

#[test]
fn many_events_are_answered_each_as_a_list_or_as_lines() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let list = format!("[{}, {{\"type\":1}}, 7, {}]", register("ann"), register("ann"));
    let (status, answers) = server.post("/v1/events", JSON, list)?;
    assert_eq!(status, 200);
    let codes = |answers: &Value| -> Vec<Option<String>> {
        let all = answers["answers"].as_array().into_iter().flatten();
        all.map(|answer| answer["refusal"]["code"].as_str().map(String::from)).collect()
    };
    let bad = || Some(String::from("bad_event"));
    assert_eq!(codes(&answers), [None, bad(), bad(), Some("member_exists".into())]);
    let lines = format!("{}\n\nnot json\n{}\n{{\"type\":\"member.regi", register("bob"), register("cid"));
    let (status, answers) = server.post("/v1/events", LINES, lines)?;
    assert_eq!((status, codes(&answers)), (200, vec![None, bad(), bad(), None, bad()]));
    for (media_type, body) in [(JSON, "[]"), (LINES, "")] {
        assert_eq!(server.post("/v1/events", media_type, body)?, (200, json!({"answers": []})));
    }
    let (_, members) = server.get("/v1/members")?;
    assert_eq!(members["members"].as_array().map(Vec::len), Some(3));
    Ok(())
}

#[test]
fn too_much_too_many_and_the_wrong_type_are_refused_whole() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let many = vec![register("ann"); 10_001];
    let (status, problem) = server.post("/v1/events", JSON, json!(many).to_string())?;
    assert_eq!((status, &problem["code"]), (400, &json!("bad_body")));
    let lines = format!("{}\n", register("ann")).repeat(many.len());
    let (status, problem) = server.post("/v1/events", LINES, lines)?;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
    for media_type in ["text/plain", "application/x-www-form-urlencoded", ""] {
        let (status, problem) = server.post("/v1/events", media_type, register("ann").to_string())?;
        assert_eq!((status, &problem["code"]), (415, &json!("unsupported_media_type")));
    }
    let (_, members) = server.get("/v1/members")?;
    assert_eq!(members["members"], json!([]));
    Ok(())
}

/// Sends bytes unchanged; returns the first line and the body.
fn raw(server: &Server, request: &[u8]) -> TestResult<String> {
    let mut stream = TcpStream::connect(server.address.trim_start_matches("http://"))?;
    // The server may close before it has read everything.
    _ = stream.write_all(request);
    let mut answer = String::new();
    _ = stream.read_to_string(&mut answer);
    Ok(answer)
}

#[test]
fn a_body_with_a_too_large_content_length_is_refused_before_it_is_sent() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let head = "POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\nconnection: close\r\n";
    let answer = raw(&server, format!("{head}content-length: 104857600\r\n\r\n[").as_bytes())?;
    assert!(answer.starts_with("HTTP/1.1 413"), "{answer}");
    assert!(answer.contains(r#""code":"too_large""#), "{answer}");
    Ok(())
}

/// Many clients read no answer before they have sent their whole body.
#[test]
fn whoever_sends_more_than_is_wanted_gets_the_answer_all_the_same() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let body = " ".repeat(9 << 20);
    for (path, content_type, status, code) in [
        ("/v1/events", JSON, 413, "too_large"),
        ("/v1/sessions/demo", JSON, 413, "too_large"),
        ("/v1/events", "text/plain", 415, "unsupported_media_type"),
        ("/v1/nothing", JSON, 404, "not_found"),
    ] {
        let (answered, problem) = server.post(path, content_type, body.clone())?;
        assert_eq!((answered, &problem["code"]), (status, &json!(code)), "{path} {content_type}");
    }
    Ok(())
}

#[test]
fn another_sites_name_for_this_machine_is_refused() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let answer = raw(&server, b"GET /v1/state HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n")?;
    assert!(answer.starts_with("HTTP/1.1 403") && answer.contains(r#""code":"bad_host""#), "{answer}");
    Ok(())
}

#[test]
fn parameters_and_addresses_are_read_strictly() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    for (path, status, code, field) in [
        ("/v1/members?limit=0", 400, "bad_query", "limit"),
        ("/v1/members?limit=501", 400, "bad_query", "limit"),
        ("/v1/members?limit=1e1", 400, "bad_query", "limit"),
        ("/v1/members?limit=1&limit=2", 400, "bad_query", "limit"),
        ("/v1/members?after=a%20b", 400, "bad_query", "after"),
        ("/v1/members?colour=red", 400, "bad_query", "colour"),
        ("/v1/days?after=yesterday", 400, "bad_query", "after"),
        ("/v1/rules?x=1", 400, "bad_query", "x"),
        ("/v1/excerpt?members=", 400, "bad_query", "members"),
        ("/v1/excerpt?members=a,b,c,d,e,f,g,h,i", 400, "bad_query", "members"),
        ("/v1/excerpt?members=a&buyer=a", 400, "bad_query", "buyer"),
        ("/v1/excerpt?merchant=b&region=110101&channel=online", 400, "bad_query", "buyer"),
        ("/v1/excerpt?buyer=a&merchant=b&region=1101&channel=online", 400, "bad_query", "region"),
        ("/v1/excerpt?buyer=a&merchant=b&region=110101&channel=phone", 400, "bad_query", "channel"),
        ("/v1/members/nobody", 404, "unknown_member", "member"),
        ("/v1/members/a%20b", 404, "unknown_member", "member"),
        ("/v1/nothing", 404, "not_found", ""),
        ("/nothing", 404, "not_found", ""),
        ("/v1/quotes", 405, "method_not_allowed", ""),
    ] {
        let (got, problem) = server.get(path)?;
        assert_eq!(
            (got, problem["code"].as_str(), problem["field"].as_str()),
            (status, Some(code), Some(field)),
            "{path}"
        );
    }
    assert_eq!(server.post("/v1/supply", JSON, "{}")?.0, 405);
    for path in ["/health/live", "/health/ready"] {
        assert_eq!(server.get(path)?, (200, json!({"status": "ok"})));
    }
    Ok(())
}

#[test]
fn members_are_listed_page_by_page_each_once() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let events: Vec<_> = (0..25).map(|number| register(&format!("m{number:02}"))).collect();
    server.post("/v1/events", JSON, json!(events).to_string())?;
    let mut seen = Vec::new();
    let mut path = String::from("/v1/members?limit=10");
    loop {
        let (_, page) = server.get(&path)?;
        seen.extend(
            page["members"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(|line| line["member"].as_str().map(String::from)),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("/v1/members?limit=10&after={next}");
    }
    assert_eq!(seen, (0..25).map(|number| format!("m{number:02}")).collect::<Vec<_>>());
    Ok(())
}

#[test]
fn writers_at_once_lose_nothing_and_double_nothing() -> TestResult {
    const WRITERS: usize = 8;
    const EACH: usize = 40;
    let folder = Folder::new()?;
    let server = start(&folder)?;
    thread::scope(|scope| {
        for writer in 0..WRITERS {
            let server = &server;
            scope.spawn(move || {
                for number in 0..EACH {
                    let event = json!({
                        "type": "member.registered", "member": format!("m{writer}-{number}"), "id": format!("e{number}-{writer}"),
                    });
                    // Sent twice, as by a client that got no answer.
                    for repeated in [false, true] {
                        let answer = server.post("/v1/events", JSON, event.to_string()).expect("an answer");
                        assert_eq!((answer.0, &answer.1["repeated"]), (200, &json!(repeated)));
                    }
                }
            });
        }
    });
    let before = server.get("/v1/state")?;
    assert_eq!(before.1["accounts"].as_object().map(serde_json::Map::len), Some(WRITERS * EACH));
    server.kill()?;
    assert_eq!(start(&folder)?.get("/v1/state")?, before);
    Ok(())
}

#[test]
fn an_excerpt_previews_an_order_as_the_server_then_settles_it() -> TestResult {
    let folder = Folder::new()?;
    let server = start_with_a_shop(&folder)?;
    let (_, excerpt) = server.get("/v1/excerpt?buyer=bob&merchant=shop&channel=online&region=110101")?;
    let book = gongxiang::book::Book::from(serde_json::from_value::<gongxiang::book::Excerpt>(excerpt)?);
    let order = json!({
        "type": "order.placed", "order": "o1", "buyer": "bob", "merchant": "shop", "channel": "online",
        "amount": "199.99", "concession": "20", "region": "110101",
    });
    let entry = gongxiang::wire::event::read(&serde_json::from_value(order.clone())?)?;
    let preview = book.preview(&entry)?;
    let preview = serde_json::to_value(Worded(&*preview, Language::En))?;
    let (_, settled) = server.post("/v1/events", JSON, order.to_string())?;
    assert_eq!(preview["rewards"], settled["receipt"]["rewards"]);
    assert!(preview["rewards"].as_array().is_some_and(|rewards| rewards.len() >= 2), "{preview}");
    Ok(())
}

#[test]
fn an_excerpt_of_two_members_previews_a_transfer_as_the_server_then_settles_it() -> TestResult {
    let folder = Folder::new()?;
    let server = start_with_a_shop(&folder)?;
    let (_, excerpt) = server.get("/v1/excerpt?members=shop,ann")?;
    assert_eq!(excerpt["accounts"].as_object().map(|accounts| accounts.keys().collect::<Vec<_>>().len()), Some(2));
    let book = gongxiang::book::Book::from(serde_json::from_value::<gongxiang::book::Excerpt>(excerpt)?);
    let transfer = json!({"type": "points.transferred", "from": "shop", "to": "ann", "points": "1.5"});
    let event: Event = serde_json::from_value(transfer.clone())?;
    let preview = book.foresee(&event)?;
    let (_, settled) = server.post("/v1/events", JSON, transfer.to_string())?;
    assert_eq!(serde_json::from_value::<Receipt>(settled["receipt"].clone())?, preview);
    Ok(())
}

#[test]
fn only_a_journal_and_a_rule_set_may_be_large() -> TestResult {
    let folder = Folder::new()?;
    let server = start_with_a_shop(&folder)?;
    let code_of = |path: &str, bytes: usize| -> TestResult<Value> {
        let body = json!({"": " ".repeat(bytes - r#"{"":""}"#.len())});
        Ok(server.ask("POST", path, None, &[("idempotency-key", "k")], Some(&body))?.1["code"].clone())
    };
    for (path, most) in [
        ("/v1/transfers", 64 << 10),
        ("/v1/orders", 64 << 10),
        ("/v1/offers", 64 << 10),
        ("/v1/treasury/grants", 64 << 10),
        ("/v1/quotes", 64 << 10),
        ("/v1/sessions/demo", 64 << 10),
        ("/v1/sessions/code", 64 << 10),
        ("/v1/sessions/passkey", 64 << 10),
        ("/v1/passkeys", 64 << 10),
        ("/v1/previews", 256 << 10),
        ("/v1/rules", 256 << 10),
        ("/v1/rules/check", 256 << 10),
    ] {
        assert_eq!(code_of(path, most + 1)?, "too_large", "{path}");
        assert_ne!(code_of(path, most)?, "too_large", "{path}");
    }
    Ok(())
}

#[test]
fn a_body_about_signing_in_is_small_and_read_within_bounds() -> TestResult {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let many = format!(r#"{{"member":[{}0]}}"#, r#"{"":0},"#.repeat(20_000));
    let (status, problem) = server.post("/v1/sessions/demo", JSON, many)?;
    assert_eq!((status, &problem["code"]), (413, &json!("too_large")));
    let (status, problem) = server.post("/v1/sessions/demo", JSON, r#"{"member":[{},{}]}"#)?;
    assert_eq!((status, &problem["code"], &problem["field"]), (400, &json!("bad_event"), &json!("member")));
    Ok(())
}
