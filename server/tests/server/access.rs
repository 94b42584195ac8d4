//! What a member sees and ends of its sessions, codes, passkeys and `WeChat` accounts, and when it shows its passkey again.

use gongxiang::identity::Id;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::people::device::{Device, Way};
use gongxiang_server::people::holder::Holder;
use gongxiang_server::people::store::People;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::members::{ORIGIN, Town, on_each_engine, refused};
use crate::support::{Folder, TestResult, databases, run_sql};

fn access(town: &Town, cookie: &str) -> TestResult<Value> {
    let (status, access, _) = town.ask("GET", "/v1/access", Some(cookie), None)?;
    assert_eq!(status, 200, "{access}");
    Ok(access)
}

fn code(town: &Town, cookie: &str) -> TestResult<Value> {
    let (status, made, _) = town.ask("POST", "/v1/members/ann/enrolments", Some(cookie), None)?;
    assert_eq!(status, 200, "{made}");
    Ok(json!({"enrolment": made["enrolment"]}))
}

/// Signs in by a code, on a phone.
fn by_code(town: &Town, code: &Value) -> TestResult<String> {
    let agent = ("user-agent", "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X)");
    let (status, session, cookie) =
        town.server.ask_for_cookie("POST", "/v1/sessions/code", &[("origin", ORIGIN), agent], Some(code))?;
    assert_eq!((status, &session["member"], &session["token"]), (200, &json!("ann"), &Value::Null), "{session}");
    Ok(cookie.ok_or("no cookie")?)
}

fn delete(town: &Town, cookie: &str, path: &str) -> TestResult<u16> {
    Ok(town.ask("DELETE", path, Some(cookie), None)?.0)
}

/// The members of a list that a test makes out: `field` of each.
fn each<'a>(list: &'a Value, field: &str) -> Vec<&'a Value> {
    list.as_array().map(|rows| rows.iter().map(|row| &row[field]).collect()).unwrap_or_default()
}

#[test]
fn a_member_sees_how_it_is_signed_in_and_ends_one_session_and_its_codes() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let phone = by_code(town, &code(town, &ann)?)?;
        // A code with no passkey behind it, made in a session that ends below.
        refused(town.ask("POST", "/v1/members/ann/enrolments", Some(&phone), None)?, (403, "passkey_needed"));
        let open = code(town, &ann)?;
        let seen = access(town, &phone)?;
        assert_eq!((&seen["member"], each(&seen["passkeys"], "name")), (&json!("ann"), vec![&json!("")]));
        let sessions = seen["sessions"].as_array().ok_or("no sessions")?;
        let of = |way: &str| sessions.iter().find(|session| session["way"] == way).ok_or("no such session");
        let (by_passkey, on_phone) = (of("passkey")?, of("code")?);
        assert_eq!((&on_phone["device"], &on_phone["current"]), (&json!("iphone"), &json!(true)));
        assert_eq!((&by_passkey["device"], &by_passkey["current"]), (&json!("other"), &json!(false)));
        assert_eq!(each(&seen["codes"], "session"), [&by_passkey["id"]], "the other code is used up");
        let text = seen.to_string();
        for secret in [&ann, &phone].map(|cookie| cookie.rsplit('_').next().unwrap_or_default().to_owned()) {
            assert!(secret.len() == 64 && !text.contains(&secret), "no id opens a session");
        }

        let path = format!("/v1/access/sessions/{}", by_passkey["id"].as_str().ok_or("no id")?);
        assert_eq!(delete(town, &bob, &path)?, 404, "another member's is not there");
        assert_eq!(town.member(&ann)?, "ann");
        assert_eq!(delete(town, &phone, &path)?, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&ann), None)?.0, 401);
        refused(town.post("/v1/passkeys/begin", &open)?, (422, "bad_enrolment"));
        assert_eq!(delete(town, &phone, &path)?, 404);
        assert_eq!((town.member(&phone)?, town.member(&bob)?), (json!("ann"), json!("bob")));
        Ok(())
    })
}

#[test]
fn all_other_sessions_and_all_codes_end_at_once_and_nobody_elses() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut authenticator, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let other = town.sign_in(&mut authenticator)?.2.ok_or("no cookie")?;
        let codes = [code(town, &ann)?, code(town, &other)?, json!({"enrolment": town.code("ann")?})];
        let of_bob = json!({"enrolment": town.code("bob")?});
        assert_eq!(delete(town, &ann, "/v1/access/sessions")?, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&other), None)?.0, 401);
        assert_eq!((town.member(&ann)?, town.member(&bob)?), (json!("ann"), json!("bob")));
        for code in codes {
            refused(town.post("/v1/sessions/code", &code)?, (422, "bad_enrolment"));
        }
        assert_eq!(town.post("/v1/sessions/code", &of_bob)?.0, 200);
        let seen = access(town, &ann)?;
        assert_eq!((each(&seen["sessions"], "current"), &seen["codes"]), (vec![&json!(true)], &json!([])));
        Ok(())
    })
}

#[test]
fn a_code_is_ended_before_it_is_used_and_works_once() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let made = code(town, &ann)?;
        let id = access(town, &ann)?["codes"][0]["id"].as_str().ok_or("no code")?.to_owned();
        let path = format!("/v1/access/codes/{id}");
        assert_eq!(
            (delete(town, &bob, &path)?, delete(town, &ann, &path)?, delete(town, &ann, &path)?),
            (404, 204, 404)
        );
        refused(town.post("/v1/sessions/code", &made)?, (422, "bad_enrolment"));
        let made = code(town, &ann)?;
        by_code(town, &made)?;
        refused(town.post("/v1/sessions/code", &made)?, (422, "bad_enrolment"));
        refused(town.post("/v1/sessions/code", &json!({"enrolment": id}))?, (422, "bad_enrolment"));
        Ok(())
    })
}

#[test]
fn a_session_that_showed_its_passkey_long_ago_adds_no_way_in_until_it_shows_it_again() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, ann) = town.enrolled("ann")?;
        let (mut of_bob, _) = town.enrolled("bob")?;
        let tries = || -> TestResult<[u16; 2]> {
            let code = town.ask("POST", "/v1/members/ann/enrolments", Some(&ann), None)?;
            let passkey = town.ask("POST", "/v1/passkeys/begin", Some(&ann), Some(&json!({})))?;
            for answer in [&code, &passkey].into_iter().filter(|answer| answer.0 != 200) {
                assert_eq!(answer.1["code"], "passkey_needed", "{answer:?}");
            }
            Ok([code.0, passkey.0])
        };
        assert_eq!(tries()?, [200, 200], "it has just been shown");
        run_sql(database, "UPDATE sessions SET verified = verified - 290")?;
        assert_eq!(tries()?, [200, 200], "not yet five minutes ago");
        run_sql(database, "UPDATE sessions SET verified = verified - 20")?;
        assert_eq!(tries()?, [403, 403]);
        // Another member's passkey, or a wrong signature, does not help.
        for spoil in [true, false] {
            let mut finish = town.assertion(if spoil { &mut authenticator } else { &mut of_bob })?;
            if spoil {
                finish["credential"]["response"]["signature"] = json!("AAAA");
            }
            refused(town.ask("POST", "/v1/session/passkey", Some(&ann), Some(&finish))?, (422, "bad_passkey"));
            assert_eq!(tries()?, [403, 403]);
        }
        let finish = town.assertion(&mut authenticator)?;
        assert_eq!(town.ask("POST", "/v1/session/passkey", None, Some(&finish))?.0, 401);
        assert_eq!(town.ask("POST", "/v1/session/passkey", Some(&ann), Some(&finish))?.0, 204);
        assert_eq!(tries()?, [200, 200]);
        // The session of a sign-in elsewhere is not what was verified here.
        let other = by_code(town, &code(town, &ann)?)?;
        refused(town.ask("POST", "/v1/passkeys/begin", Some(&other), Some(&json!({})))?, (403, "passkey_needed"));
        // The operator's codes need none.
        run_sql(database, "UPDATE sessions SET verified = 0")?;
        town.code("ann")?;
        Ok(())
    })
}

/// What a clock made or ended that was wrong for a moment, as it looks when the clock is right again.
#[test]
fn a_clock_that_was_wrong_ends_nothing_and_prolongs_nothing() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let code = json!({"enrolment": town.code("ann")?});
        let ahead = |days: i64| -> TestResult {
            for table in ["sessions", "enrolments"] {
                run_sql(database, &format!("UPDATE {table} SET expires = expires - {days} * 86400"))?;
            }
            Ok(())
        };
        ahead(31)?;
        assert_eq!(delete(town, &bob, "/v1/session")?, 204);
        town.code("bob")?;
        ahead(-31)?;
        assert_eq!(town.member(&ann)?, "ann", "somebody else's sign-out ended the session");
        let phone = by_code(town, &code)?;
        let code = json!({"enrolment": town.code("ann")?});
        ahead(-400)?;
        assert_eq!(town.ask("GET", "/v1/session", Some(&phone), None)?.0, 401, "it holds for more than a year");
        refused(town.post("/v1/sessions/code", &code)?, (422, "bad_enrolment"));
        ahead(400)?;
        run_sql(database, "UPDATE sessions SET verified = verified + 400 * 86400")?;
        refused(town.ask("POST", "/v1/members/ann/enrolments", Some(&ann), None)?, (403, "passkey_needed"));
        Ok(())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_expired_is_forgotten() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let people = People::new(SqlStore::open(&database).await?.pool().clone());
        let ann = Holder::Member(Id::parse("ann").ok_or("no id")?);
        let (token, _) = people.sign_in(&ann, Way::Code, Device::of("")).await?;
        people.enrol(&ann, None).await?;
        let after = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
        assert_eq!(people.forget_expired(after(0)).await?, 0);
        assert_eq!(people.forget_expired(after(4)).await?, 1, "a code holds for three days");
        assert_eq!(people.forget_expired(after(29)).await?, 0);
        assert!(people.actor(&token).await?.is_some());
        assert_eq!(people.forget_expired(after(31)).await?, 1);
        people.sign_in(&ann, Way::Code, Device::of("")).await?;
        assert_eq!(people.forget_expired(after(-400)).await?, 1, "it was made by a clock that was a year ahead");
    }
    Ok(())
}

#[test]
fn a_session_by_code_adds_the_first_passkey_without_another() -> TestResult {
    on_each_engine(&[], |town, _| {
        let ann = by_code(town, &json!({"enrolment": town.code("ann")?}))?;
        let mut authenticator = Authenticator::new(ORIGIN)?;
        assert_eq!(town.register(&mut authenticator, Some(&ann), &json!({}))?.0, 200);
        let second = town.register(&mut Authenticator::new(ORIGIN)?, Some(&ann), &json!({}))?;
        refused(second, (403, "passkey_needed"));
        let finish = town.assertion(&mut authenticator)?;
        assert_eq!(town.ask("POST", "/v1/session/passkey", Some(&ann), Some(&finish))?.0, 204);
        assert_eq!(town.register(&mut Authenticator::new(ORIGIN)?, Some(&ann), &json!({}))?.0, 200);
        Ok(())
    })
}

#[test]
fn a_session_by_a_code_ends_with_the_passkey_behind_the_code() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut first, ann) = town.enrolled("ann")?;
        let mut second = Authenticator::new(ORIGIN)?;
        let (_, registered, _) = town.register(&mut second, Some(&ann), &json!({}))?;
        let of_thief = town.sign_in(&mut second)?.2.ok_or("no cookie")?;
        let by_thiefs_code = by_code(town, &code(town, &of_thief)?)?;
        let path = format!("/v1/passkeys/{}", registered["passkey"].as_str().ok_or("no passkey")?);
        assert_eq!(delete(town, &ann, &path)?, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&by_thiefs_code), None)?.0, 401);
        assert_eq!(town.sign_in(&mut first)?.0, 200);
        Ok(())
    })
}

#[test]
fn a_session_removes_no_passkey_but_its_own_until_one_is_shown() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, ann) = town.enrolled("ann")?;
        let stolen = by_code(town, &json!({"enrolment": town.code("ann")?}))?;
        let path = |passkey: &Value| format!("/v1/passkeys/{}", passkey["id"].as_str().unwrap_or_default());
        let first = path(&access(town, &stolen)?["passkeys"][0]);
        for _ in 0..2 {
            refused(town.ask("DELETE", &first, Some(&stolen), None)?, (403, "passkey_needed"));
            refused(town.ask("POST", "/v1/passkeys/begin", Some(&stolen), Some(&json!({})))?, (403, "passkey_needed"));
        }
        assert_eq!(town.sign_in(&mut authenticator)?.0, 200, "the passkey is still there");
        // One that was opened by a passkey, long ago: another passkey needs one to be shown, its own ends the session.
        let (_, second, _) = town.register(&mut Authenticator::new(ORIGIN)?, Some(&ann), &json!({}))?;
        let second = path(&json!({"id": second["passkey"]}));
        run_sql(database, "UPDATE sessions SET verified = verified - 400")?;
        refused(town.ask("DELETE", &second, Some(&ann), None)?, (403, "passkey_needed"));
        let finish = town.assertion(&mut authenticator)?;
        assert_eq!(town.ask("POST", "/v1/session/passkey", Some(&ann), Some(&finish))?.0, 204);
        assert_eq!(delete(town, &ann, &second)?, 204);
        run_sql(database, "UPDATE sessions SET verified = verified - 400")?;
        assert_eq!(delete(town, &ann, &first)?, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&ann), None)?.0, 401);
        Ok(())
    })
}

#[test]
fn a_member_has_at_most_20_open_codes() -> TestResult {
    on_each_engine(&[], |town, database| {
        let ann = by_code(town, &json!({"enrolment": town.code("ann")?}))?;
        for _ in 0..20 {
            code(town, &ann)?;
        }
        let make = || town.ask("POST", "/v1/members/ann/enrolments", Some(&ann), None);
        refused(make()?, (422, "too_many_codes"));
        town.code("bob")?;
        let codes = access(town, &ann)?["codes"].clone();
        let ids = each(&codes, "id");
        assert_eq!(ids.len(), 20);
        assert_eq!(delete(town, &ann, &format!("/v1/access/codes/{}", ids[0].as_str().unwrap_or_default()))?, 204);
        code(town, &ann)?;
        refused(make()?, (422, "too_many_codes"));
        run_sql(database, "UPDATE enrolments SET expires = 1")?;
        code(town, &ann)?;
        Ok(())
    })
}

#[test]
fn a_member_names_its_own_passkeys() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let id = access(town, &ann)?["passkeys"][0]["id"].as_str().ok_or("no passkey")?.to_owned();
        let name = |cookie: &str, name: &str| {
            town.ask("POST", &format!("/v1/passkeys/{id}/name"), Some(cookie), Some(&json!({"name": name})))
        };
        assert_eq!(name(&ann, " 我的手机 ")?.0, 204);
        assert_eq!(access(town, &ann)?["passkeys"][0]["name"], "我的手机");
        refused(name(&bob, "mine")?, (404, "not_found"));
        for bad in ["a\nb".to_owned(), "长".repeat(41)] {
            let (status, problem, _) = name(&ann, &bad)?;
            assert_eq!((status, &problem["field"]), (400, &json!("name")), "{problem}");
        }
        assert_eq!(name(&ann, &"长".repeat(40))?.0, 204);
        assert_eq!(name(&ann, "")?.0, 204);
        assert_eq!(access(town, &ann)?["passkeys"][0]["name"], "");
        Ok(())
    })
}

#[test]
fn it_is_stored_once_an_hour_that_a_session_is_used() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, ann) = town.enrolled("ann")?;
        let seen = || -> TestResult<i64> { Ok(access(town, &ann)?["sessions"][0]["seen"].as_i64().ok_or("no time")?) };
        let made = seen()?;
        run_sql(database, "UPDATE sessions SET seen = seen - 3000")?;
        assert_eq!(seen()?, made - 3_000, "less than an hour ago");
        run_sql(database, "UPDATE sessions SET seen = seen - 3000")?;
        assert!(seen()? >= made);
        Ok(())
    })
}

#[test]
fn nobody_but_a_member_has_sessions_of_its_own() -> TestResult {
    on_each_engine(&[], |town, _| {
        for (method, path) in [
            ("GET", "/v1/access"),
            ("DELETE", "/v1/access/sessions"),
            ("DELETE", "/v1/access/sessions/x"),
            ("DELETE", "/v1/access/codes/x"),
            ("DELETE", "/v1/access/wechat/x"),
        ] {
            assert_eq!(town.server.ask(method, path, None, &[], None)?.0, 401, "{method} {path}");
            assert_eq!(town.server.ask(method, path, Some(&town.operator), &[], None)?.0, 403, "{method} {path}");
        }
        Ok(())
    })
}

#[test]
fn no_new_member_gets_an_id_that_means_something_else() -> TestResult {
    on_each_engine(&[], |town, _| {
        let register = |member: &str| {
            let key = [("idempotency-key", member)];
            town.server.ask("POST", "/v1/members", Some(&town.operator), &key, Some(&json!({"member": member})))
        };
        for reserved in [".", "..", "operator", "Operator", "TREASURY", "system", "pool", "admin", "demo"] {
            let (status, problem) = register(reserved)?;
            let said = (status, problem["code"].as_str(), problem["field"].as_str());
            assert_eq!(said, (422, Some("reserved_id"), Some("member")), "{reserved}: {problem}");
            let preview = json!({"type": "member.registered", "member": reserved});
            let (_, problem) = town.server.ask(
                "POST",
                "/v1/previews",
                Some(&town.operator),
                &[("idempotency-key", "p")],
                Some(&preview),
            )?;
            assert_eq!(problem["code"], "reserved_id", "{reserved}: {problem}");
        }
        for free in ["...", "operators", "demo1", "a.b"] {
            assert_eq!(register(free)?.0, 200, "{free}");
        }
        // The contract allows them, so a journal that has one is still settled.
        let event = json!({"type": "member.registered", "member": "operator"});
        let (status, answer) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&event))?;
        assert_eq!((status, answer["code"].as_str()), (200, None), "{answer}");
        Ok(())
    })
}
