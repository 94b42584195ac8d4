//! Requests that a library sends never and an attacker does: what could mean two things, to a proxy and to the server, is refused,
//! and what is refused changes nothing.

use std::fmt::Write as _;

use serde_json::json;

use crate::edge::raw;
use crate::members::{on_each_engine, refused};
use crate::support::{Folder, Server, TestResult};

const EVENT: &str = r#"{"type":"member.registered","member":"zed"}"#;

fn post(headers: &str, body: &str) -> String {
    format!(
        "POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n{headers}\r\n{body}"
    )
}

fn get(path: &str, headers: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n")
}

/// The status and the body's code.
fn outcome(server: &Server, request: &str) -> TestResult<(String, String)> {
    let answer = raw(server, request)?;
    let status = answer.split(' ').nth(1).unwrap_or_default().to_owned();
    let code = answer.split_once(r#""code":""#).and_then(|(_, rest)| rest.split('"').next()).unwrap_or_default();
    Ok((status, code.to_owned()))
}

#[test]
fn a_header_that_says_who_asks_for_what_is_there_once() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let before = server.get("/v1/state")?;
    for (name, one, other) in [
        ("host", "localhost", "evil.example"),
        ("authorization", "Bearer a", "Bearer b"),
        ("content-type", "application/json", "text/plain"),
        ("idempotency-key", "a", "a"),
        ("gongxiang-member", "ann", "bob"),
    ] {
        let mut request = String::from("POST /v1/events HTTP/1.1\r\nconnection: close\r\n");
        for header in ["host", "content-type"].iter().filter(|header| **header != name) {
            let value = if *header == "host" { "localhost" } else { "application/json" };
            write!(request, "{header}: {value}\r\n")?;
        }
        write!(request, "{name}: {one}\r\n{name}: {other}\r\ncontent-length: {}\r\n\r\n{EVENT}", EVENT.len())?;
        let answer = raw(&server, &request)?;
        assert!(answer.starts_with("HTTP/1.1 400"), "{name}: {answer}");
        assert!(
            answer.contains(r#""bad_header""#) && answer.contains(&format!(r#""field":"{name}""#)),
            "{name}: {answer}"
        );
    }
    assert_eq!(server.get("/v1/state")?, before);
    Ok(())
}

#[test]
fn a_body_whose_end_could_be_at_two_places_is_refused() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let before = server.get("/v1/state")?;
    let length = EVENT.len();
    let chunk = format!("{length:x}\r\n{EVENT}\r\n0\r\n\r\n");
    for (name, request) in [
        ("two lengths", post(&format!("content-length: {length}\r\ncontent-length: 5\r\n"), EVENT)),
        ("a list of lengths", post(&format!("content-length: {length}, {length}\r\n"), EVENT)),
        ("a length with a sign", post(&format!("content-length: +{length}\r\n"), EVENT)),
        ("an unknown encoding", post("transfer-encoding: xchunked\r\n", &chunk)),
        ("chunks that are not the last encoding", post("transfer-encoding: chunked, identity\r\n", &chunk)),
        ("no number of a chunk", post("transfer-encoding: chunked\r\n", &format!("zz\r\n{EVENT}\r\n0\r\n\r\n"))),
        (
            "a chunk with 60 KB of extensions",
            post(
                "transfer-encoding: chunked\r\n",
                &format!("{length:x};{}\r\n{EVENT}\r\n0\r\n\r\n", "a".repeat(60_000)),
            ),
        ),
        ("a folded header", post(&format!("x-a: a\r\n b\r\ncontent-length: {length}\r\n"), EVENT)),
        ("a blank before the colon", post(&format!("content-length : {length}\r\n"), EVENT)),
        ("NUL in a header", post(&format!("x-a: a\0b\r\ncontent-length: {length}\r\n"), EVENT)),
    ] {
        assert_eq!(outcome(&server, &request)?.0, "400", "{name}");
        assert_eq!(server.get("/v1/state")?, before, "{name}");
    }
    // A trailer gives nobody a right.
    let trailer = chunk.replace("0\r\n\r\n", "0\r\nauthorization: Bearer x\r\n\r\n");
    assert_eq!(outcome(&server, &post("transfer-encoding: chunked\r\ntrailer: authorization\r\n", &trailer))?.0, "200");
    Ok(())
}

#[test]
fn an_address_is_taken_as_it_is_written_and_leads_nowhere_else() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let long = format!("/v1/members/{}", "a".repeat(20_000));
    let names = format!("/v1/members?{}", "a=1&".repeat(5_000));
    for (path, status, code) in [
        ("/v1/members/a%00b", "404", "not_found"),
        ("/v1/members/%2e%2e/access", "405", "method_not_allowed"),
        ("/v1/members/..%2f..%2fsupply", "404", "unknown_member"),
        ("/v1/members/%ff", "404", "not_found"),
        ("/v1/members/%", "404", "unknown_member"),
        (&long, "404", "unknown_member"),
        ("/v1/members?after=%00", "400", "bad_query"),
        ("/v1/members?after=%ff", "400", "bad_query"),
        ("/v1/members?limit=1&l%69mit=2", "400", "bad_query"),
        ("/v1/members?limit[]=1", "400", "bad_query"),
        (&names, "400", "bad_query"),
        ("//v1/supply", "404", "not_found"),
        ("/v1/supply/", "404", "not_found"),
        ("/V1/supply", "404", "not_found"),
        ("/v1/supply;x=1", "404", "not_found"),
    ] {
        let short = path.get(..60).unwrap_or(path);
        assert_eq!(outcome(&server, &get(path, ""))?, (status.to_owned(), code.to_owned()), "{short}");
    }
    let long = "a".repeat(70_000);
    for request in [get(&format!("/v1/members/{long}"), ""), get("/v1/supply", &format!("x-a: {long}\r\n"))] {
        assert_eq!(outcome(&server, &request)?.0, "431");
    }
    Ok(())
}

#[test]
fn an_address_with_a_character_that_no_name_has_names_nothing_on_each_engine() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        for path in [
            "/v1/access/sessions/%00",
            "/v1/access/codes/a%00",
            "/v1/access/wechat/%00",
            "/v1/passkeys/%00",
            "/v1/members/%00/access",
            "/v1/%00",
        ] {
            refused(town.ask("DELETE", path, Some(&ann), None)?, (404, "not_found"));
        }
        let name = json!({"name": "x"});
        refused(town.ask("POST", "/v1/passkeys/%00/name", Some(&ann), Some(&name))?, (404, "not_found"));
        for path in ["/v1/members?search=%00", "/v1/members?search=a%00b", "/v1/offers?after=%00"] {
            let (status, problem) = town.server.ask("GET", path, Some(&town.operator), &[], None)?;
            assert_eq!((status, &problem["code"]), (400, &json!("bad_query")), "{path}: {problem}");
        }
        // `%00` itself, as a text.
        assert_eq!(town.server.ask("GET", "/v1/members?search=%2500", Some(&town.operator), &[], None)?.0, 200);
        Ok(())
    })
}

#[test]
fn methods_and_ranges_that_are_not_there_change_nothing_of_the_answer() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let whole = raw(&server, &get("/v1/supply", ""))?;
    let body = whole.split_once("\r\n\r\n").map(|(_, body)| body).ok_or("no body")?;
    for range in ["bytes=0-3".to_owned(), "bytes=9-2".to_owned(), format!("bytes={}", "0-1,".repeat(5_000))] {
        let answer = raw(&server, &get("/v1/supply", &format!("range: {range}\r\n")))?;
        assert!(answer.starts_with("HTTP/1.1 200") && answer.ends_with(body), "{range}");
    }
    let head = raw(&server, &get("/v1/supply", "").replacen("GET", "HEAD", 1))?;
    assert!(head.starts_with("HTTP/1.1 200") && head.ends_with("\r\n\r\n"), "{head}");
    for method in ["OPTIONS", "PUT", "PROPFIND", "get"] {
        let answer = outcome(&server, &get("/v1/supply", "").replacen("GET", method, 1))?;
        assert_eq!(answer, ("405".into(), "method_not_allowed".into()), "{method}");
    }
    let preflight = "origin: https://evil.example\r\naccess-control-request-method: POST\r\n";
    let answer = raw(&server, &get("/v1/transfers", preflight).replacen("GET", "OPTIONS", 1))?;
    assert!(answer.starts_with("HTTP/1.1 405") && !answer.contains("access-control-allow"), "{answer}");
    Ok(())
}

#[test]
fn an_answer_that_the_client_has_is_not_sent_again_however_it_says_so() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let answer = raw(&server, &get("/v1/supply", ""))?;
    let tag = answer.lines().find_map(|line| line.strip_prefix("etag: ")).ok_or("no tag")?;
    for known in [
        format!("if-none-match: {tag}\r\n"),
        format!("if-none-match: W/{tag}\r\n"),
        format!("if-none-match: \"x\", {tag}, \"y\"\r\n"),
        format!("if-none-match: \"x\"\r\nif-none-match: {tag}\r\n"),
        "if-none-match: *\r\n".to_owned(),
    ] {
        assert_eq!(outcome(&server, &get("/v1/supply", &known))?.0, "304", "{known}");
    }
    for other in ["\"x\"".to_owned(), tag.trim_matches('"').to_owned(), ",,,".to_owned()] {
        assert_eq!(outcome(&server, &get("/v1/supply", &format!("if-none-match: {other}\r\n")))?.0, "200", "{other}");
    }
    Ok(())
}

#[test]
fn a_body_from_windows_is_read_with_its_byte_order_mark() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let line = |member: &str| format!(r#"{{"type":"member.registered","member":"{member}"}}"#);
    let one = format!("\u{feff}{}\r\n", line("a1"));
    assert_eq!(server.post("/v1/events", "application/json", one)?.0, 200);
    let many = format!("\u{feff}{}\r\n{}\r\n", line("a2"), line("a3"));
    assert_eq!(server.post("/v1/events", "application/x-ndjson", many)?.0, 200);
    let list = format!("\u{feff}[{},\r\n{}]\r\n", line("a4"), line("a5"));
    assert_eq!(server.post("/v1/events", "application/json", list)?.0, 200);
    let accounts = server.get("/v1/state")?.1["accounts"].as_object().map(serde_json::Map::len);
    assert_eq!(accounts, Some(5));
    Ok(())
}
