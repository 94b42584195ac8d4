//! Members sign in by `WeChat`. A server of the test answers as `WeChat` documents, and also wrongly.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use gongxiang_server::limits::WECHAT_AT_ONCE;
use serde_json::{Value, json};

use crate::members::{ORIGIN, add_staff};
use crate::support::{Folder, Server, TestResult, add_key, databases, run_sql};

const SECRET: &str = "5f4dcc3b5aa765d61d8327deb882cf99";
const SESSION_KEY: &str = "tiihtNczf5v6AKRyjwEUhQ==";

/// A server in its place; its answer depends on the code.
pub struct Fake {
    pub address: String,
    asked: Arc<Mutex<Vec<String>>>,
}

impl Fake {
    pub fn start() -> TestResult<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = format!("http://{}", listener.local_addr()?);
        let asked = Arc::new(Mutex::new(Vec::new()));
        let heard = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let heard = Arc::clone(&heard);
                std::thread::spawn(move || answer(&stream, &heard));
            }
        });
        Ok(Self { address, asked })
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().map(|asked| asked.clone()).unwrap_or_default()
    }
}

fn answer(mut stream: &TcpStream, heard: &Mutex<Vec<String>>) {
    let mut lines = BufReader::new(stream).lines().map_while(Result::ok).take_while(|line| !line.is_empty());
    let request = lines.next().unwrap_or_default();
    lines.for_each(drop);
    let code = request.split("js_code=").nth(1).and_then(|rest| rest.split(['&', ' ']).next()).unwrap_or_default();
    let body = match code {
        "invalid" => json!({"errcode": 40029, "errmsg": "invalid code, rid: 1"}).to_string(),
        "used" => json!({"errcode": 40163, "errmsg": "code been used, rid: 1"}).to_string(),
        "often" => {
            json!({"errcode": 45011, "errmsg": "api minute-quota reach limit mustslower retry next minute"}).to_string()
        }
        "risk" => json!({"errcode": 40226, "errmsg": "code blocked"}).to_string(),
        "busy" => json!({"errcode": -1, "errmsg": "system error"}).to_string(),
        "misconfigured" => json!({"errcode": 40125, "errmsg": "invalid appsecret, rid: 1"}).to_string(),
        "garbage" => "<html>a captive portal</html>".into(),
        "empty" => "{}".into(),
        "huge" => "x".repeat(1 << 20),
        "slow" => {
            std::thread::sleep(Duration::from_secs(12));
            String::new()
        }
        "gone" => return,
        user => json!({"openid": format!("o6_{user}"), "session_key": SESSION_KEY, "unionid": "u1", "errcode": 0})
            .to_string(),
    };
    if let Ok(mut heard) = heard.lock() {
        heard.push(request);
    }
    _ = write!(stream, "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
}

/// A server whose mini-program is `wx1`, two members, and the operator's key.
fn town(database: &str, wechat: &str, arguments: &[&str]) -> TestResult<(Server, String)> {
    let arguments =
        [&["--database", database, "--rules", "seed", "--wechat-appid", "wx1", "--wechat-address", wechat], arguments];
    let server = Server::start_closed_with(&arguments.concat(), &[("GONGXIANG_WECHAT_SECRET", SECRET)])?;
    let operator = add_key(database, &["--role", "operator"])?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "member.registered", "member": "bob"},
    ]);
    assert_eq!(server.ask("POST", "/v1/events", Some(&operator), &[], Some(&events))?.0, 200);
    Ok((server, operator))
}

fn sign_in(server: &Server, body: &Value) -> TestResult<(u16, Value)> {
    let (status, answer, cookie) = server.ask_for_cookie("POST", "/v1/sessions/wechat", &[], Some(body))?;
    assert_eq!(cookie, None, "a mini-program has no cookies");
    Ok((status, answer))
}

fn code_for(server: &Server, operator: &str, member: &str) -> TestResult<Value> {
    let path = format!("/v1/members/{member}/enrolments");
    Ok(server.ask("POST", &path, Some(operator), &[], None)?.1["enrolment"].clone())
}

fn refused((status, problem): (u16, Value), expected: (u16, &str)) {
    assert_eq!((status, problem["code"].as_str()), (expected.0, Some(expected.1)), "{problem}");
}

#[test]
fn a_code_of_staff_binds_no_account_and_stays_valid() -> TestResult {
    let fake = Fake::start()?;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let (server, _) = town(&database, &fake.address, &["--origin", ORIGIN])?;
        let enrolment = add_staff(&database, &["Li Na", "--role", "clerk"])?;
        let by = json!({"code": "u1", "enrolment": enrolment, "rebind": true});
        refused(sign_in(&server, &by)?, (422, "bad_enrolment"));
        refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
        let begin = json!({"enrolment": enrolment});
        assert_eq!(server.ask("POST", "/v1/passkeys/begin", None, &[], Some(&begin))?.0, 200);
    }
    Ok(())
}

#[test]
fn an_account_becomes_a_members_by_an_enrolment_code_and_signs_in_from_then_on() -> TestResult {
    let fake = Fake::start()?;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let (server, operator) = town(&database, &fake.address, &[])?;
        refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
        refused(sign_in(&server, &json!({"code": "u1", "enrolment": "gxe_no"}))?, (422, "bad_enrolment"));
        let enrolment = code_for(&server, &operator, "ann")?;
        let (status, session) = sign_in(&server, &json!({"code": "u1", "enrolment": enrolment}))?;
        assert_eq!((status, &session["member"], &session["holds"]), (200, &json!("ann"), &json!(2_592_000)));
        refused(sign_in(&server, &json!({"code": "u2", "enrolment": enrolment}))?, (422, "bad_enrolment"));
        let (_, session) = sign_in(&server, &json!({"code": "u1"}))?;
        let token = session["token"].as_str().ok_or("no token")?;
        assert_eq!(server.ask("GET", "/v1/members/ann", Some(token), &[], None)?.0, 200);
        assert_eq!(server.ask("GET", "/v1/members/bob", Some(token), &[], None)?.0, 403);
        assert_eq!(server.ask("DELETE", "/v1/session", Some(token), &[], None)?.0, 204);
        assert_eq!(server.ask("GET", "/v1/session", Some(token), &[], None)?.0, 401);

        assert_eq!(server.ask("DELETE", "/v1/members/ann/access", Some(&operator), &[], None)?.0, 204);
        refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
        let enrolment = code_for(&server, &operator, "ann")?;
        assert_eq!(sign_in(&server, &json!({"code": "u1", "enrolment": enrolment}))?.1["member"], "ann");

        // The code of another member moves the account only if its user says so.
        let enrolment = code_for(&server, &operator, "bob")?;
        refused(sign_in(&server, &json!({"code": "u1", "enrolment": enrolment}))?, (409, "account_bound"));
        assert_eq!(sign_in(&server, &json!({"code": "u1"}))?.1["member"], "ann");
        sign_in(&server, &json!({"code": "u1", "enrolment": enrolment, "rebind": true}))?;
        let (_, session) = sign_in(&server, &json!({"code": "u1"}))?;
        assert_eq!(session["member"], "bob");
        let late = code_for(&server, &operator, "ann")?;
        run_sql(&database, "UPDATE enrolments SET expires = 1")?;
        refused(sign_in(&server, &json!({"code": "u3", "enrolment": late}))?, (422, "bad_enrolment"));
        run_sql(&database, "UPDATE sessions SET expires = 1")?;
        let token = session["token"].as_str().ok_or("no token")?;
        assert_eq!(server.ask("GET", "/v1/session", Some(token), &[], None)?.0, 401, "it has ended");
    }
    Ok(())
}

#[test]
fn a_member_who_is_signed_in_makes_a_code_for_its_mini_program() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let (server, operator) = town(&folder.database(), &fake.address, &[])?;
    let enrolment = code_for(&server, &operator, "ann")?;
    let (_, session) = sign_in(&server, &json!({"code": "u1", "enrolment": enrolment}))?;
    let token = session["token"].as_str().ok_or("no token")?;
    let enrolment = code_for(&server, token, "ann")?;
    assert_eq!(sign_in(&server, &json!({"code": "u2", "enrolment": enrolment}))?.1["member"], "ann");
    let of_another = server.ask("POST", "/v1/members/bob/enrolments", Some(token), &[], None)?;
    refused(of_another, (403, "forbidden"));
    Ok(())
}

#[test]
fn a_member_unbinds_its_account_and_the_sessions_by_wechat_end() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    for database in databases(&folder)? {
        let (server, operator) = town(&database, &fake.address, &[])?;
        let mut tokens = Vec::new();
        for (code, member) in [("u1", "ann"), ("u2", "bob")] {
            let enrolment = code_for(&server, &operator, member)?;
            let (_, session) = sign_in(&server, &json!({"code": code, "enrolment": enrolment}))?;
            tokens.push(session["token"].as_str().ok_or("no token")?.to_owned());
        }
        let [ann, bob] = tokens.as_slice() else { return Err("not two".into()) };
        let (_, access) = server.ask("GET", "/v1/access", Some(ann), &[], None)?;
        assert_eq!(
            (&access["sessions"][0]["way"], access["wechat"].as_array().map(Vec::len)),
            (&json!("wechat"), Some(1))
        );
        assert!(!access.to_string().contains("o6_u1"), "no openid: {access}");
        let path = format!("/v1/access/wechat/{}", access["wechat"][0]["id"].as_str().ok_or("no id")?);
        refused(server.ask("DELETE", &path, Some(bob), &[], None)?, (404, "not_found"));
        assert_eq!(server.ask("DELETE", &path, Some(ann), &[], None)?.0, 204);
        assert_eq!(server.ask("GET", "/v1/session", Some(ann), &[], None)?.0, 401);
        assert_eq!(server.ask("GET", "/v1/session", Some(bob), &[], None)?.1["member"], "bob");
        refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
    }
    Ok(())
}

#[test]
fn an_account_registers_itself_where_it_may() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    for database in databases(&folder)? {
        let (server, _) = town(&database, &fake.address, &["--open-registration"])?;
        refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
        let chosen = json!({"code": "u1", "register": {"member": "operator"}});
        refused(sign_in(&server, &chosen)?, (400, "bad_event"));
        let newcomer = json!({"code": "u1", "register": {"referrer": "ann"}});
        let (status, session) = sign_in(&server, &newcomer)?;
        let eve = session["member"].as_str().unwrap_or_default();
        assert!(status == 200 && eve.starts_with("m-"), "the server names it: {session}");
        let (_, again) = sign_in(&server, &newcomer)?;
        assert_eq!(again["member"], eve, "who is a member is not registered again");
        let token = session["token"].as_str().ok_or("no token")?;
        let (_, member) = server.ask("GET", &format!("/v1/members/{eve}"), Some(token), &[], None)?;
        assert_eq!(member["account"]["referrer"], "ann");
        let (_, other) = sign_in(&server, &json!({"code": "u2", "register": {}}))?;
        assert_ne!(other["member"], eve);
    }
    Ok(())
}

#[test]
fn nobody_registers_by_wechat_where_the_operator_does_it() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let (server, operator) = town(&folder.database(), &fake.address, &[])?;
    refused(sign_in(&server, &json!({"code": "u1", "register": {}}))?, (403, "registration_closed"));
    let enrolment = code_for(&server, &operator, "ann")?;
    let both = json!({"code": "u1", "register": {}, "enrolment": enrolment});
    refused(sign_in(&server, &both)?, (400, "bad_event"));
    assert_eq!(server.ask("GET", "/v1/session", None, &[], None)?.1["ways"], json!(["wechat"]));
    Ok(())
}

#[test]
fn whatever_wechat_answers_has_an_answer_of_ours() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let (server, _) = town(&folder.database(), &fake.address, &["--open-registration"])?;
    for (code, expected) in [
        ("invalid", (422, "bad_code")),
        ("used", (422, "bad_code")),
        ("often", (429, "rate_limited")),
        ("risk", (403, "account_at_risk")),
        ("busy", (503, "unavailable")),
        ("misconfigured", (503, "unavailable")),
        ("garbage", (503, "unavailable")),
        ("empty", (503, "unavailable")),
        ("huge", (503, "unavailable")),
        ("gone", (503, "unavailable")),
    ] {
        refused(sign_in(&server, &json!({"code": code, "register": {}}))?, expected);
    }
    let asked = fake.asked().len();
    for code in ["", &"x".repeat(257)] {
        refused(sign_in(&server, &json!({"code": code}))?, (422, "bad_code"));
    }
    refused(sign_in(&server, &json!({}))?, (400, "bad_event"));
    refused(sign_in(&server, &json!({"code": 1}))?, (400, "bad_event"));
    assert_eq!(fake.asked().len(), asked, "WeChat is not asked for nothing");
    let began = Instant::now();
    refused(sign_in(&server, &json!({"code": "slow"}))?, (503, "unavailable"));
    assert!(began.elapsed() < Duration::from_secs(12), "nobody waits longer than that");
    assert_eq!(server.ask("GET", "/v1/supply", None, &[], None)?.0, 200);
    Ok(())
}

#[test]
fn where_nobody_answers_it_is_said_at_once() -> TestResult {
    let folder = Folder::new()?;
    let (server, _) = town(&folder.database(), "http://127.0.0.1:1", &[])?;
    refused(sign_in(&server, &json!({"code": "u1"}))?, (503, "unavailable"));
    Ok(())
}

#[test]
fn everybody_together_asks_wechat_so_much_at_once_and_no_more() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let (server, _) = town(&folder.database(), &fake.address, &[])?;
    std::thread::scope(|scope| {
        for _ in 0..WECHAT_AT_ONCE {
            scope.spawn(|| sign_in(&server, &json!({"code": "slow"})).map_err(|error| error.to_string()));
        }
        std::thread::sleep(Duration::from_secs(3));
        let started = Instant::now();
        refused(sign_in(&server, &json!({"code": "u1"}))?, (429, "rate_limited"));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        assert!(fake.asked().iter().all(|asked| !asked.contains("js_code=u1")), "{:?}", fake.asked());
        TestResult::Ok(())
    })?;
    refused(sign_in(&server, &json!({"code": "u1"}))?, (422, "unknown_account"));
    Ok(())
}

#[test]
fn an_account_that_registers_many_times_at_once_at_one_process_is_one_member() -> TestResult {
    let fake = Fake::start()?;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let (server, operator) = town(&database, &fake.address, &["--open-registration"])?;
        let members = std::thread::scope(|scope| {
            let ask = || sign_in(&server, &json!({"code": "u1", "register": {}})).map_err(|error| error.to_string());
            let asked: Vec<_> = (0..12).map(|_| scope.spawn(ask)).collect();
            asked.into_iter().map(|one| one.join().map_err(|_| "the client fell")?).collect::<Result<Vec<_>, String>>()
        })?;
        let registered: std::collections::BTreeSet<_> =
            members.iter().filter_map(|(_, session)| session["member"].as_str()).collect();
        assert_eq!(registered.len(), 1, "{}: {members:?}", &*database);
        let (_, all) = server.ask("GET", "/v1/members", Some(&operator), &[], None)?;
        assert_eq!(all["members"].as_array().map(Vec::len), Some(3), "ann, bob and the newcomer: {all}");
    }
    Ok(())
}

#[test]
fn an_account_that_registers_at_two_processes_at_once_is_one_member() -> TestResult {
    let fake = Fake::start()?;
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let (one, operator) = town(&database, &fake.address, &["--open-registration"])?;
        let arguments = ["--database", &*database, "--wechat-appid", "wx1", "--wechat-address", &fake.address];
        let environment = [("GONGXIANG_WECHAT_SECRET", SECRET)];
        let other = Server::start_closed_with(&[&arguments[..], &["--open-registration"]].concat(), &environment)?;
        // Whoever names nobody's id is refused, and can try again.
        let refusal = sign_in(&one, &json!({"code": "u1", "register": {"referrer": "nobody-has-this-id"}}))?;
        refused(refusal, (422, "unknown_member"));
        for user in 1..=8 {
            let body = json!({"code": format!("u{user}"), "register": {"referrer": "ann"}});
            let members = std::thread::scope(|scope| {
                let ask = |server| sign_in(server, &body).map_err(|error| error.to_string());
                let asked = [&one, &other].map(|server| scope.spawn(move || ask(server)));
                let answers = asked.into_iter().map(|one| one.join().map_err(|_| "the client fell")?);
                answers.collect::<Result<Vec<_>, String>>()
            })?;
            let registered: std::collections::BTreeSet<_> =
                members.iter().filter_map(|(_, session)| session["member"].as_str()).collect();
            assert_eq!(registered.len(), 1, "{}: {members:?}", &*database);
            assert!(members.iter().all(|(status, _)| *status == 200), "{}: {members:?}", &*database);
        }
        let (_, all) = one.ask("GET", "/v1/members", Some(&operator), &[], None)?;
        assert_eq!(all["members"].as_array().map(Vec::len), Some(10), "ann, bob and eight newcomers: {all}");
    }
    Ok(())
}

#[test]
fn a_code_is_one_parameter_whatever_is_in_it() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let (server, _) = town(&folder.database(), &fake.address, &[])?;
    sign_in(&server, &json!({"code": "a&appid=wx2 HTTP/1.1\r\nx: y#z"}))?;
    let expected = format!(
        "GET /sns/jscode2session?appid=wx1&secret={SECRET}&js_code=a%26appid%3Dwx2+HTTP%2F1.1%0D%0Ax%3A+y%23z\
         &grant_type=authorization_code HTTP/1.1"
    );
    assert_eq!(fake.asked(), [expected]);
    Ok(())
}

#[test]
fn neither_the_apps_secret_nor_a_users_session_key_or_openid_is_kept_or_logged() -> TestResult {
    let (fake, folder) = (Fake::start()?, Folder::new()?);
    let database = folder.database();
    let arguments = ["--database", &database, "--wechat-appid", "wx1", "--wechat-address", &fake.address];
    let arguments = [arguments.as_slice(), &["--open-registration", "--log", "debug"]].concat();
    let environment = [("GONGXIANG_WECHAT_SECRET", SECRET)];
    let server = Server::start_closed_with(&arguments, &environment)?;
    let operator = add_key(&database, &["--role", "operator"])?;
    let (_, session) = sign_in(&server, &json!({"code": "u1", "register": {}}))?;
    assert!(session["member"].is_string(), "{session}");
    for code in ["gone", "garbage", "misconfigured"] {
        refused(sign_in(&server, &json!({"code": code}))?, (503, "unavailable"));
    }
    let (_, journal) = server.ask("GET", "/v1/events", Some(&operator), &[], None)?;
    let log = server.log()?;
    assert!(log.contains("WeChat does not answer") && log.contains("errcode=40125"), "{log}");
    let kept = [std::fs::read(folder.path("book.db"))?, std::fs::read(folder.path("book.db-wal"))?].concat();
    for secret in [SECRET, SESSION_KEY, "o6_u1"] {
        assert!(!log.contains(secret), "{secret} in the log");
        assert!(!kept.windows(secret.len()).any(|part| part == secret.as_bytes()), "{secret} in the database");
        assert!(!format!("{journal}{session}").contains(secret), "{secret} was sent on");
    }
    Ok(())
}

#[test]
fn wechat_is_off_without_an_app_and_refused_without_its_secret() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start_closed(&["--database", &database])?;
    let answered = sign_in(&server, &json!({"code": "u1"}))?;
    assert_eq!(answered.1["field"], "wechat");
    refused(answered, (404, "sign_in_off"));
    for (arguments, secret, why) in [
        (["--wechat-appid", "wx1", "--log", "warn"], "", "GONGXIANG_WECHAT_SECRET"),
        (["--wechat-appid", "wx1", "--wechat-address", "http://10.0.0.1"], SECRET, "https://"),
    ] {
        let arguments = [&["--database", database.as_str()], arguments.as_slice()].concat();
        let refused = Server::start_closed_with(&arguments, &[("GONGXIANG_WECHAT_SECRET", secret)]);
        let said = refused.err().ok_or("it started")?.to_string();
        assert!(said.contains(why) && !said.contains(SECRET), "{said}");
    }
    Ok(())
}
