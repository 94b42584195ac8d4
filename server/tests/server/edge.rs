//! What holds for every request: its id, its line in the log, rates, time and size limits, and the end of the server.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{Folder, JSON, Server, TestResult};

fn connect(server: &Server) -> TestResult<TcpStream> {
    let stream = TcpStream::connect(server.address.trim_start_matches("http://"))?;
    stream.set_read_timeout(Some(Duration::from_secs(40)))?;
    Ok(stream)
}

/// The whole answer, until the connection ends.
pub fn raw(server: &Server, request: &str) -> TestResult<String> {
    let mut stream = connect(server)?;
    // After an early refusal the connection is closed.
    _ = stream.write_all(request.as_bytes());
    let mut answer = Vec::new();
    _ = stream.read_to_end(&mut answer);
    Ok(String::from_utf8_lossy(&answer).into_owned())
}

fn get(server: &Server, path: &str, headers: &str) -> TestResult<String> {
    raw(server, &format!("GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"))
}

#[test]
fn every_answer_has_the_request_id_and_a_line_in_the_log_without_the_address() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--log-format", "json", "--log", "info"])?;
    let answer = get(&server, "/v1/members/ann?colour=secret", "x-request-id: mine-1\r\n")?;
    assert!(answer.contains("x-request-id: mine-1\r\n"), "{answer}");
    let answer = get(&server, "/v1/nothing", "x-request-id: a\"b\r\nauthorization: Bearer key-secret\r\n")?;
    let id = answer.lines().find_map(|line| line.strip_prefix("x-request-id: ")).ok_or("no id")?.to_owned();
    assert!(id.bytes().all(|byte| byte.is_ascii_digit()), "{id}");
    let log = server.log()?;
    let lines: Vec<serde_json::Value> = log.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
    let line = lines.iter().find(|line| line["id"] == "mine-1").ok_or("no line")?;
    assert_eq!((&line["method"], &line["route"]), (&"GET".into(), &"/v1/members/{member}".into()));
    assert_eq!((&line["status"], line["ms"].is_number()), (&400.into(), true));
    let line = lines.iter().find(|line| line["id"] == id.as_str()).ok_or("no line")?;
    assert_eq!(line["route"], "unmatched");
    assert!(!log.contains("secret") && !log.contains("ann"), "{log}");
    Ok(())
}

#[test]
fn other_peoples_pages_read_the_price_and_the_rules_and_nothing_else() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    for (path, shared) in
        [("/v1/supply", true), ("/v1/rules", true), ("/v1/days", false), ("/v1/members", false), ("/", false)]
    {
        let answer = get(&server, path, "origin: https://shop.example\r\n")?;
        assert_eq!(answer.contains("access-control-allow-origin: *\r\n"), shared, "{path} {answer}");
        assert!(!answer.contains("access-control-allow-credentials"), "{path}");
    }
    Ok(())
}

#[test]
fn the_figures_are_there_for_this_machine_and_not_through_a_proxy() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let event = r#"{"type":"member.registered","member":"ann"}"#;
    server.post("/v1/events", JSON, event)?;
    server.post("/v1/events", JSON, r#"{"type":"day.closed","day":"2026-01-01"}"#)?;
    let figures = get(&server, "/metrics", "")?;
    for figure in [
        "gongxiang_requests_total{method=\"POST\",route=\"/v1/events\",status=\"200\"} 2",
        "gongxiang_last_closed_day 20454",
        "gongxiang_supply{place=\"treasury\"}",
        "gongxiang_share_value 0",
        "gongxiang_queue_depth",
        "gongxiang_audit_clean -1",
    ] {
        assert!(figures.contains(figure), "{figure} in {figures}");
    }
    assert!(figures.contains("# EOF"), "it is whole");
    let other = Folder::new()?;
    let server = Server::start_closed(&["--database", &other.database()])?;
    assert!(get(&server, "/metrics", "")?.starts_with("HTTP/1.1 200"));
    assert!(get(&server, "/metrics", "x-forwarded-for: 8.8.8.8\r\n")?.starts_with("HTTP/1.1 404"));
    Ok(())
}

#[test]
fn an_audit_that_goes_on_beside_says_what_it_found() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--audit-hours=1"])?;
    for _ in 0..100 {
        if get(&server, "/metrics", "")?.contains("gongxiang_audit_clean 1\n") {
            return Ok(());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Err("there is no audit".into())
}

#[test]
fn a_client_or_a_key_that_asks_too_often_is_told_to_wait_and_others_are_not() -> TestResult {
    let folder = Folder::new()?;
    let arguments = ["--database", &folder.database(), "--behind-proxy", "--rate-per-address=2", "--rate-per-key=1"];
    let server = Server::start_closed(&arguments)?;
    let ask = |client: &str, more: &str| get(&server, "/health/live", &format!("x-forwarded-for: {client}\r\n{more}"));
    let many = |client: &str, more: &str| (0..8).map(|_| ask(client, more)).collect::<TestResult<Vec<_>>>();
    let refused = many("1.2.3.4, 8.8.8.8", "")?.pop().ok_or("nothing")?;
    assert!(refused.starts_with("HTTP/1.1 429") && refused.contains("retry-after: 1\r\n"), "{refused}");
    assert!(refused.contains("application/problem+json") && refused.contains("\"rate_limited\""), "{refused}");
    assert!(
        ask("5.6.7.8, 8.8.8.8", "")?.starts_with("HTTP/1.1 429"),
        "what a client says of itself counts for nothing"
    );
    assert!(ask("8.8.4.4", "")?.starts_with("HTTP/1.1 200"));
    many("2001:db8:1:2::1", "")?;
    assert!(ask("2001:db8:1:2:ffff::9", "")?.starts_with("HTTP/1.1 429"), "one network");
    assert!(ask("2001:db8:1:3::1", "")?.starts_with("HTTP/1.1 200"));
    let key = "authorization: Bearer one\r\n";
    for client in 1..=3 {
        ask(&format!("9.9.9.{client}"), key)?;
    }
    assert!(ask("9.9.9.4", key)?.starts_with("HTTP/1.1 429"), "one key from everywhere");
    assert!(ask("9.9.9.5", "authorization: Bearer two\r\n")?.starts_with("HTTP/1.1 200"));
    Ok(())
}

#[test]
fn this_machine_itself_has_no_rate() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rate-per-address=1"])?;
    for _ in 0..20 {
        assert_eq!(server.get("/health/live")?.0, 200);
    }
    Ok(())
}

#[test]
fn compressed_slow_and_oversized_requests_are_refused_and_leave_nothing() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--request-seconds=1"])?;
    let before = server.get("/v1/state")?;
    let head = "POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    for encoding in ["gzip", "br", "deflate", "zstd", "identity, gzip"] {
        let answer = raw(&server, &format!("{head}content-encoding: {encoding}\r\ncontent-length: 2\r\n\r\n{{}}"))?;
        assert!(answer.starts_with("HTTP/1.1 415") && answer.contains("content-encoding"), "{encoding}: {answer}");
    }
    let started = Instant::now();
    let answer = raw(&server, &format!("{head}content-length: 60\r\n\r\n{{\"type\":\"member"))?;
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("\"timeout\""), "{answer}");
    assert!(started.elapsed() < Duration::from_secs(10));
    let answer = get(&server, "/health/live", &format!("x-long: {}\r\n", "x".repeat(100_000)))?;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    let answer = get(&server, "/health/live", &"x-many: 1\r\n".repeat(100))?;
    assert!(answer.starts_with("HTTP/1.1 431"), "{answer}");
    assert_eq!(server.get("/v1/state")?, before);
    Ok(())
}

#[test]
fn a_header_that_never_ends_is_not_waited_for() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let started = Instant::now();
    raw(&server, "GET /health/live HTTP/1.1\r\nhost: loc")?;
    assert!(started.elapsed() < Duration::from_secs(30));
    assert_eq!(server.get("/health/live")?.0, 200);
    Ok(())
}

#[test]
#[cfg(unix)]
fn a_request_that_is_being_sent_is_finished_when_the_server_ends() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let event = r#"{"type":"member.registered","member":"ann"}"#;
    let mut stream = connect(&server)?;
    let head = "POST /v1/events HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n";
    write!(stream, "{head}content-length: {}\r\n\r\n{}", event.len(), &event[..10])?;
    std::thread::sleep(Duration::from_millis(300));
    server.signal()?;
    std::thread::sleep(Duration::from_millis(300));
    assert!(connect(&server).is_err(), "no new connection is taken");
    stream.write_all(&event.as_bytes()[10..])?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("receipt"), "{answer}");
    assert!(server.ended()?);
    let server = Server::start(&["--database", &folder.database()])?;
    assert_eq!(server.get("/v1/members/ann")?.0, 200);
    Ok(())
}

#[test]
#[cfg(unix)]
fn the_end_waits_no_longer_than_it_may_and_a_second_signal_ends_it_at_once() -> TestResult {
    for (drain, signals) in [("--drain-seconds=1", 1), ("--drain-seconds=600", 2)] {
        let folder = Folder::new()?;
        let server = Server::start(&["--database", &folder.database(), drain])?;
        let mut stream = connect(&server)?;
        stream.write_all(b"POST /v1/events HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 9\r\n\r\n{")?;
        std::thread::sleep(Duration::from_millis(300));
        let started = Instant::now();
        for _ in 0..signals {
            server.signal()?;
            std::thread::sleep(Duration::from_millis(300));
        }
        assert_eq!(server.ended()?, signals == 1);
        assert!(started.elapsed() < Duration::from_secs(15));
    }
    Ok(())
}

#[test]
fn what_is_refused_at_the_edge_has_the_headers_of_every_answer() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let answer = get(&server, "/v1/supply", "content-encoding: gzip\r\n")?;
    assert!(answer.starts_with("HTTP/1.1 415"), "{answer}");
    for header in [
        "content-security-policy: default-src 'none'",
        "x-content-type-options: nosniff",
        "cache-control: private, no-store",
    ] {
        assert!(answer.contains(header), "{header} in {answer}");
    }
    Ok(())
}

#[test]
fn a_demo_answers_nobody_who_comes_through_a_proxy_and_stands_behind_none() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    for header in [
        "x-forwarded-for: 203.0.113.9",
        "forwarded: for=203.0.113.9",
        "x-real-ip: 203.0.113.9",
        "via: 1.1 proxy",
        "x-forwarded-proto: https",
        "cf-connecting-ip: 203.0.113.9",
    ] {
        let name = header.split(':').next().unwrap_or_default();
        for path in ["/v1/state", "/health/ready", "/metrics", "/"] {
            let answer = get(&server, path, &format!("{header}\r\n"))?;
            assert!(answer.starts_with("HTTP/1.1 403") && answer.contains("\"bad_host\""), "{header} {path}: {answer}");
            assert!(answer.contains(name), "{answer}");
        }
    }
    let close =
        "POST /v1/days/2026-01-01/close HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nidempotency-key: k\r\n";
    let answer = raw(&server, &format!("{close}x-forwarded-for: 203.0.113.9\r\ncontent-length: 0\r\n\r\n"))?;
    assert!(answer.starts_with("HTTP/1.1 403"), "{answer}");
    assert_eq!(server.get("/v1/supply")?.1["day"], "2026-01-01", "nothing was done");
    let refused = Server::start(&["--database", &folder.path("other.db").to_string_lossy(), "--behind-proxy"]);
    assert!(refused.err().ok_or("it starts")?.to_string().contains("behind a proxy"));
    Ok(())
}
