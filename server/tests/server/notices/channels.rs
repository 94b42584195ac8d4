//! The ways on which notices go: what is refused, what ends, what is tried again, and what is counted.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

use super::browser::Browser;
use super::{ALL, adopt, ask, notices, open, settle, sign_in, subscribe, subscriptions, take, told, wait_until};
use crate::receiver::Receiver;
use crate::support::{Folder, Server, TestResult, databases};

fn refused((status, problem): (u16, Value), expected: (u16, &str, &str)) -> Value {
    let said = (status, problem["code"].as_str(), problem["field"].as_str());
    assert_eq!(said, (expected.0, Some(expected.1), Some(expected.2)), "{problem}");
    problem
}

#[test]
fn a_browser_that_no_message_reaches_is_not_subscribed() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        for (answer, why) in [
            ("410 Gone", "has ended"),
            ("404 Not Found", "has ended"),
            ("301 Moved Permanently\r\nlocation: http://127.0.0.1:1/", "it answers 301; redirects are not followed"),
            ("307 Temporary Redirect\r\nlocation: http://127.0.0.1:1/", "redirects are not followed"),
            ("403 Forbidden", "it answers 403"),
            ("413 Content Too Large", "it answers 413"),
            ("429 Too Many Requests", "it answers 429"),
            ("500 Internal Server Error", "it answers 500"),
        ] {
            let service = Receiver::start(&[answer])?;
            let said = ask(&server, "ann", &Browser::of(&service)?, &ALL)?;
            let problem = refused(said, (422, "push_refused", "push.endpoint"));
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(why)), "{problem}");
            assert_eq!(service.all().len(), 1, "{answer}: once, and nobody else was asked");
        }
        // Each member may try ten times a minute.
        for _ in 0..2 {
            let gone = Browser::of(&Receiver::start(&["410 Gone"])?)?;
            refused(ask(&server, "ann", &gone, &ALL)?, (422, "push_refused", "push.endpoint"));
        }
        let gone = Browser::of(&Receiver::start(&["410 Gone"])?)?;
        refused(ask(&server, "ann", &gone, &ALL)?, (429, "rate_limited", ""));
        assert!(subscriptions(&server, "ann")?.is_empty());
    }
    Ok(())
}

#[test]
fn an_address_that_is_private_or_no_address_is_refused_before_anything_is_sent() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    settle(
        &server,
        &json!([{"type": "member.registered", "member": "ann"}, {"type": "member.registered", "member": "bob"}]),
    )?;
    let service = Receiver::start(&[])?;
    let port = service.address.rsplit(':').next().ok_or("no port")?;
    let mut browser = Browser::of(&service)?;
    let long = format!("https://push.example/{}", "x".repeat(990));
    for (endpoint, why) in [
        (format!("https://127.0.0.1:{port}/push"), "private network"),
        ("https://[::1]/push".into(), "private network"),
        ("https://169.254.169.254/latest".into(), "private network"),
        ("http://push.example/push".into(), "https://"),
        (long, "https://"),
        ("nonsense".into(), "https://"),
    ] {
        browser.endpoint = endpoint;
        let problem = refused(ask(&server, "ann", &browser, &ALL)?, (422, "bad_subscription", "push.endpoint"));
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(why)), "{problem}");
    }
    // A name of this machine is noticed when it is connected.
    browser.endpoint = format!("https://localhost:{port}/push");
    let problem = refused(ask(&server, "ann", &browser, &ALL)?, (422, "push_refused", "push.endpoint"));
    assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains("private network")), "{problem}");
    assert!(service.all().is_empty() && subscriptions(&server, "ann")?.is_empty());
    Ok(())
}

#[test]
fn a_wish_that_cannot_be_is_refused_by_its_field() -> TestResult {
    let folder = Folder::new()?;
    let server = open(&folder.database(), &[])?;
    let browser = Browser::of(&Receiver::start(&["201 Created"; 30])?)?;
    let push = browser.subscription();
    let with = |field: &str, value: &str| {
        let mut push = push.clone();
        push["keys"][field] = json!(value);
        json!({"channel": "push", "kinds": ["earned"], "language": "zh", "push": push})
    };
    for (body, expected) in [
        (json!({"channel": "push", "kinds": [], "language": "zh", "push": push}), (422, "bad_subscription", "kinds")),
        (json!({"channel": "push", "kinds": ["x"], "language": "zh", "push": push}), (400, "bad_event", "kinds[0]")),
        (json!({"channel": "fax", "kinds": ["earned"], "language": "zh"}), (400, "bad_event", "channel")),
        (json!({"channel": "push", "kinds": ["earned"], "language": "zh"}), (422, "bad_subscription", "push")),
        (with("auth", "AAAA"), (422, "bad_subscription", "push.keys.auth")),
        (with("p256dh", "AAAA"), (422, "bad_subscription", "push.keys.p256dh")),
        (
            json!({"channel": "push", "kinds": ["earned"], "language": "zh", "push": push, "email": "a@b.c"}),
            (422, "bad_subscription", "email"),
        ),
        (
            json!({"channel": "wechat", "kinds": ["earned"], "language": "zh", "code": "x"}),
            (404, "channel_off", "channel"),
        ),
        (
            json!({"channel": "email", "kinds": ["earned"], "language": "zh", "email": "a@b.c"}),
            (404, "channel_off", "channel"),
        ),
    ] {
        refused(subscribe(&server, "ann", &body)?, expected);
    }
    assert!(browser.service.all().is_empty() && subscriptions(&server, "ann")?.is_empty());
    // Nobody but the member itself.
    let body = json!({"channel": "push", "kinds": ["earned"], "language": "zh", "push": push});
    let path = "/v1/members/ann/subscriptions";
    refused(server.ask("POST", path, None, &[], Some(&body))?, (403, "forbidden", ""));
    refused(server.ask("POST", path, Some(&sign_in(&server, "bob")?), &[], Some(&body))?, (403, "forbidden", ""));
    // At most ten, and the same browser counts once.
    for _ in 0..9 {
        told(&server, "bob", &["earned"])?;
    }
    let last = told(&server, "pam", &["earned"])?;
    assert_eq!(ask(&server, "pam", &last, &["vested"])?.1["kinds"], json!(["vested"]));
    assert_eq!((subscriptions(&server, "pam")?.len(), last.service.all().len()), (1, 1), "no second first message");
    assert_eq!(ask(&server, "bob", &last, &["vested"])?.0, 200, "bob uses the browser now");
    assert!(subscriptions(&server, "pam")?.is_empty());
    Ok(())
}

#[test]
fn a_subscription_ends_when_its_browser_is_gone_and_others_go_on() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let service = Receiver::start(&["201 Created", "410 Gone"])?;
        let gone = Browser::of(&service)?;
        assert_eq!(ask(&server, "ann", &gone, &ALL)?.0, 200);
        let other = told(&server, "ann", &ALL)?;
        take(&server, "f", "t")?;
        wait_until(|| {
            let (left, told) = (subscriptions(&server, "ann")?.len(), other.service.all().len());
            Ok(if (left, told) == (1, 2) { Ok(()) } else { Err(format!("{left} left, {told} told")) })
        })?;
        assert_eq!(service.all().len(), 2);
        take(&server, "g", "u")?;
        wait_until(|| {
            let told = other.service.all().len();
            Ok(if told == 3 { Ok(()) } else { Err(format!("{told}")) })
        })?;
        assert_eq!(service.all().len(), 2, "nobody asks it again");
    }
    Ok(())
}

#[test]
fn a_failure_is_tried_again_with_the_same_tag_and_shown_to_the_member() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let service = Receiver::start(&["201 Created", "503 Service Unavailable", "302 Found", "201 Created"])?;
        let browser = Browser::of(&service)?;
        assert_eq!(ask(&server, "ann", &browser, &ALL)?.0, 200);
        take(&server, "f", "t")?;
        wait_until(|| {
            let list = subscriptions(&server, "ann")?;
            let trouble = list[0]["trouble"].clone();
            Ok(if trouble == "it answers 503" { Ok(()) } else { Err(trouble.to_string()) })
        })?;
        service.wait_for(4)?;
        let screen = browser.screen()?;
        assert_eq!((screen.messages.len(), screen.repeated), (1, 2));
        wait_until(|| {
            let trouble = subscriptions(&server, "ann")?[0]["trouble"].clone();
            Ok(if trouble.is_null() { Ok(()) } else { Err(trouble.to_string()) })
        })?;
        std::thread::sleep(Duration::from_millis(1_500));
        assert_eq!(service.all().len(), 4, "told, and not again");
    }
    Ok(())
}

#[test]
fn a_service_that_asks_for_patience_is_not_asked_before() -> TestResult {
    let folder = Folder::new()?;
    let server = open(&folder.database(), &[])?;
    let service = Receiver::start(&["201 Created", "429 Too Many Requests\r\nretry-after: 6", "201 Created"])?;
    let browser = Browser::of(&service)?;
    assert_eq!(ask(&server, "ann", &browser, &ALL)?.0, 200);
    take(&server, "f", "t")?;
    service.wait_for(2)?;
    std::thread::sleep(Duration::from_secs(4));
    assert_eq!(service.all().len(), 2, "6 seconds, not 2");
    service.wait_for(3)?;
    Ok(())
}

#[test]
fn who_erases_its_profile_or_is_shut_out_is_not_told_anything_any_more() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = open(&database, &[])?;
        let (ann, pam) = (told(&server, "ann", &ALL)?, told(&server, "pam", &ALL)?);
        take(&server, "f", "t")?;
        ann.service.wait_for(2)?;
        assert_eq!(notices(&server, "ann")?.len(), 1);
        let export = server.ask("GET", "/v1/members/ann/export", Some(&sign_in(&server, "ann")?), &[], None)?.1;
        assert_eq!(export["subscriptions"][0]["channel"], "push", "{export}");
        assert_eq!(export["books"]["notices"], "/v1/members/ann/notices");
        let token = sign_in(&server, "ann")?;
        assert_eq!(server.ask("DELETE", "/v1/members/ann/profile", Some(&token), &[], None)?.0, 204);
        assert!(subscriptions(&server, "ann")?.is_empty() && notices(&server, "ann")?.is_empty());
        assert_eq!(server.ask("DELETE", "/v1/members/pam/access", None, &[], None)?.0, 204);
        assert!(subscriptions(&server, "pam")?.is_empty());
        take(&server, "g", "u")?;
        adopt(&server, &json!({}))?;
        std::thread::sleep(Duration::from_secs(2));
        assert_eq!((ann.service.all().len(), pam.service.all().len()), (2, 1));
    }
    Ok(())
}

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[test]
fn e_mail_and_sms_go_through_the_operators_gateway_signed() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let gateway = Receiver::start(&["500 Internal Server Error"])?;
        let url = format!("http://{}/gateway", gateway.address);
        let arguments =
            ["--database", &database, "--rules", "seed", "--allow-private-webhooks", "--notice-gateway", &url];
        assert!(Server::start(&arguments).is_err_and(|error| error.to_string().contains("GATEWAY_SECRET")));
        let server = Server::start_with(&arguments, &[("GONGXIANG_NOTICE_GATEWAY_SECRET", SECRET)])?;
        for member in ["ann", "bob"] {
            settle(
                &server,
                &json!([
                    {"type": "member.registered", "member": member},
                    {"type": "treasury.granted", "member": member, "points": "100"},
                ]),
            )?;
        }
        let (_, offer) = server.get("/v1/notices")?;
        assert_eq!(offer["channels"], json!(["push", "email", "sms"]));
        let kinds = json!(["trade_taken"]);
        let email = |to: &str| json!({"channel": "email", "kinds": kinds, "language": "en", "email": to});
        refused(subscribe(&server, "ann", &email("nobody"))?, (422, "bad_subscription", "email"));
        let (status, by_mail) = subscribe(&server, "ann", &email("ann@shop.example"))?;
        assert_eq!((status, &by_mail["to"]), (200, &json!("ann@shop.example")), "{by_mail}");
        let sms = json!({"channel": "sms", "kinds": kinds, "language": "zh"});
        refused(subscribe(&server, "ann", &sms)?, (422, "bad_subscription", "channel"));
        let profile = json!({"phone": "13800138000"});
        let token = sign_in(&server, "ann")?;
        assert_eq!(server.ask("PUT", "/v1/members/ann/profile", Some(&token), &[], Some(&profile))?.0, 200);
        assert_eq!(subscribe(&server, "ann", &sms)?.0, 200);
        take(&server, "f", "t")?;
        let received = gateway.wait_for(3)?;
        let mut told = std::collections::BTreeMap::new();
        for one in &received {
            one.verify(SECRET)?;
            assert_eq!(one.path, "/gateway");
            let body = one.json()?;
            assert_eq!((&body["type"], &body["data"]["member"]), (&json!("notice"), &json!("ann")));
            assert_eq!(body["data"]["notices"], json!([{"kind": "trade_taken", "count": 1}]));
            told.insert(
                body["data"]["to"].to_string(),
                (body["data"]["text"].clone(), one.header("webhook-id").to_owned()),
            );
        }
        assert_eq!(told.len(), 2, "one was told twice, with the same id: {told:?}");
        assert_eq!(told["\"ann@shop.example\""].0, "Somebody took your offer");
        assert!(
            told.iter().any(|(to, (text, _))| to.contains("13800138000") && text == "您的挂单已被接单"),
            "{told:?}"
        );
    }
    Ok(())
}

/// A server that answers as `WeChat` documents: a token, then a message for each consent.
struct WeChat {
    address: String,
    sent: Arc<Mutex<Vec<Value>>>,
    /// What the next messages are answered with, then 0.
    answers: Arc<Mutex<Vec<i64>>>,
}

impl WeChat {
    fn start() -> TestResult<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let this = Self { address, sent: Arc::default(), answers: Arc::default() };
        let (sent, answers) = (Arc::clone(&this.sent), Arc::clone(&this.answers));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                _ = answer(stream, &sent, &answers);
            }
        });
        Ok(this)
    }

    fn sent(&self) -> Vec<Value> {
        self.sent.lock().map(|sent| sent.clone()).unwrap_or_default()
    }

    fn answer_next(&self, code: i64) {
        if let Ok(mut answers) = self.answers.lock() {
            answers.push(code);
        }
    }
}

fn answer(mut stream: TcpStream, sent: &Mutex<Vec<Value>>, answers: &Mutex<Vec<i64>>) -> TestResult {
    let mut reader = BufReader::new(stream.try_clone()?);
    let (mut request, mut length) = (String::new(), 0);
    reader.read_line(&mut request)?;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_lowercase().strip_prefix("content-length: ") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let body: Value = serde_json::from_slice(&body).unwrap_or_default();
    let path = request.split(' ').nth(1).unwrap_or_default();
    let said = match path.split('?').next().unwrap_or_default() {
        "/sns/jscode2session" => {
            let code = path.split("js_code=").nth(1).and_then(|rest| rest.split('&').next()).unwrap_or_default();
            json!({"openid": format!("o6_{code}"), "session_key": "k", "errcode": 0})
        }
        "/cgi-bin/stable_token" if body["secret"] == "top-secret" => {
            json!({"access_token": "TOKEN-1", "expires_in": 7200})
        }
        "/cgi-bin/message/subscribe/send" if path.ends_with("access_token=TOKEN-1") => {
            let code = answers.lock().map_or(0, |mut answers| if answers.is_empty() { 0 } else { answers.remove(0) });
            if code == 0 {
                sent.lock().map_err(|_| "broken")?.push(body);
            }
            json!({"errcode": code, "errmsg": "ok"})
        }
        _ => json!({"errcode": 40013, "errmsg": "invalid"}),
    };
    let said = said.to_string();
    write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{said}", said.len())?;
    Ok(())
}

#[test]
fn wechat_takes_one_message_for_each_consent() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let wechat = WeChat::start()?;
        let template = "TPL_1,thing1,time2";
        let arguments = [
            "--database",
            &database,
            "--rules",
            "seed",
            "--wechat-appid",
            "wx1",
            "--wechat-address",
            &wechat.address,
            "--wechat-template",
            template,
        ];
        let server = Server::start_with(&arguments, &[("GONGXIANG_WECHAT_SECRET", "top-secret")])?;
        for member in ["ann", "bob"] {
            settle(
                &server,
                &json!([
                    {"type": "member.registered", "member": member},
                    {"type": "treasury.granted", "member": member, "points": "100"},
                ]),
            )?;
        }
        assert_eq!(server.get("/v1/notices")?.1["wechat_template"], "TPL_1");
        let wish = |code: &str, consent: bool| json!({"channel": "wechat", "kinds": ["trade_taken"], "language": "zh", "code": code, "consent": consent});
        refused(subscribe(&server, "ann", &wish("u1", true))?, (403, "wrong_member", ""));
        bind(&server, "ann", "u1")?;
        bind(&server, "bob", "u2")?;
        refused(subscribe(&server, "ann", &wish("u2", true))?, (403, "wrong_member", ""));
        let (status, subscription) = subscribe(&server, "ann", &wish("u1", true))?;
        assert_eq!((status, &subscription["consents"]), (200, &json!(1)), "{subscription}");
        let id = subscription["subscription"].as_str().ok_or("no id")?.to_owned();
        let consents = || -> TestResult<Value> { Ok(subscriptions(&server, "ann")?[0]["consents"].clone()) };
        let sent = |count: usize| {
            wait_until(|| {
                let sent = wechat.sent().len();
                Ok(if sent == count { Ok(()) } else { Err(format!("{sent} of {count}")) })
            })
        };

        take(&server, "f1", "t1")?;
        sent(1)?;
        let message = &wechat.sent()[0];
        assert_eq!((&message["touser"], &message["template_id"]), (&json!("o6_u1"), &json!("TPL_1")));
        assert_eq!(message["data"]["thing1"]["value"], "您的挂单已被接单");
        assert_eq!(message["data"]["time2"]["value"].as_str().map(str::len), Some("2026-01-01 08:00".len()));
        wait_until(|| Ok(if consents()? == 0 { Ok(()) } else { Err("not used up".into()) }))?;

        // Without a consent nothing is sent, and nothing waits for one.
        take(&server, "f2", "t2")?;
        std::thread::sleep(Duration::from_millis(1_500));
        assert_eq!((wechat.sent().len(), notices(&server, "ann")?.len()), (1, 2));
        let token = sign_in(&server, "ann")?;
        let consent = |token: &str| {
            server.ask("POST", &format!("/v1/subscriptions/{id}/consents"), Some(token), &[], Some(&json!({})))
        };
        assert_eq!(consent(&sign_in(&server, "bob")?)?.0, 404);
        assert_eq!(consent(&token)?.1["consents"], 1);
        assert_eq!(consent(&token)?.1["consents"], 2);
        assert_eq!(wechat.sent().len(), 1);
        take(&server, "f3", "t3")?;
        sent(2)?;
        wait_until(|| Ok(if consents()? == 1 { Ok(()) } else { Err("not counted".into()) }))?;
        // WeChat knows better: the user took the consents back.
        wechat.answer_next(43_101);
        take(&server, "f4", "t4")?;
        wait_until(|| Ok(if consents()? == 0 { Ok(()) } else { Err("not used up".into()) }))?;
        // A token that WeChat does not take any more is asked for again.
        assert_eq!(consent(&token)?.1["consents"], 1);
        wechat.answer_next(40_001);
        take(&server, "f5", "t5")?;
        sent(3)?;
        wait_until(|| Ok(if consents()? == 0 { Ok(()) } else { Err("not counted".into()) }))?;
        // Who unbinds its account is not told there.
        let (_, access) = server.ask("GET", "/v1/access", Some(&token), &[], None)?;
        let account = access["wechat"][0]["id"].as_str().ok_or("no account")?;
        let unbound = server.ask("DELETE", &format!("/v1/access/wechat/{account}"), Some(&token), &[], None)?;
        assert_eq!(unbound.0, 204);
        assert!(subscriptions(&server, "ann")?.is_empty());
        let log = server.log()?;
        assert!(!log.contains("top-secret") && !log.contains("TOKEN-1") && !log.contains("o6_u1"), "{log}");
    }
    Ok(())
}

/// Binds an account of `WeChat` to a member, by a code of the operator.
fn bind(server: &Server, member: &str, user: &str) -> TestResult {
    let (_, code) = server.ask("POST", &format!("/v1/members/{member}/enrolments"), None, &[], Some(&json!({})))?;
    let body = json!({"code": user, "enrolment": code["enrolment"]});
    let (status, answer) = server.ask("POST", "/v1/sessions/wechat", None, &[], Some(&body))?;
    assert_eq!(status, 200, "{answer}");
    Ok(())
}

#[test]
fn the_key_for_push_services_stays_the_same_and_is_in_no_log() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let key = |server: &Server| -> TestResult<Value> { Ok(server.get("/v1/notices")?.1["push_key"].clone()) };
        let arguments = ["--database", &*database, "--rules", "seed"];
        let server = Server::start_with(&arguments, &[("GONGXIANG_LOG", "info,gongxiang_server=trace")])?;
        let first = key(&server)?;
        assert_eq!(first.as_str().map(str::len), Some(87), "65 bytes");
        assert!(!server.log()?.contains("MIGH"), "the private half begins so");
        assert_eq!(key(&Server::start(&arguments)?)?, first);
        let file = folder.path("push.pem");
        let pem = rcgen::KeyPair::generate()?;
        std::fs::write(&file, pem.serialize_pem())?;
        let file = file.to_str().ok_or("no path")?;
        let server = Server::start(&[&arguments[..], &["--push-key", file]].concat())?;
        assert_ne!(key(&server)?, first);
        std::fs::write(file, "-----BEGIN PRIVATE KEY-----\nMIGH\n-----END PRIVATE KEY-----\n")?;
        assert!(Server::start(&[&arguments[..], &["--push-key", file]].concat()).is_err());
    }
    Ok(())
}
