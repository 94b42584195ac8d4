//! How a member gets its first passkey and further ones, and how it loses them.

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::members::{ORIGIN, on_each_engine, refused, town};
use crate::support::{Folder, TestResult, run_sql};

#[test]
fn the_operator_ends_every_way_in_of_a_member() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut authenticator, cookie) = town.enrolled("ann")?;
        let (mut other, of_other) = town.enrolled("bob")?;
        let code = town.code("ann")?;
        let path = "/v1/members/ann/access";
        assert_eq!(town.ask("DELETE", path, Some(&cookie), None)?.0, 403, "a thief would keep the member out");
        assert_eq!(town.server.ask("DELETE", path, Some(&town.operator), &[], None)?.0, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&cookie), None)?.0, 401);
        refused(town.sign_in(&mut authenticator)?, (422, "bad_passkey"));
        refused(town.post("/v1/passkeys/begin", &json!({"enrolment": code}))?, (422, "bad_enrolment"));
        assert_eq!((town.member(&of_other)?, town.sign_in(&mut other)?.0), (json!("bob"), 200), "nobody else's");
        town.enrolled("ann")?;
        Ok(())
    })
}

#[test]
fn an_enrolment_code_brings_one_passkey() -> TestResult {
    on_each_engine(&[], |town, database| {
        let by = json!({"enrolment": town.code("ann")?});
        let (_, begun, _) = town.post("/v1/passkeys/begin", &by)?;
        let first = town.register(&mut Authenticator::new(ORIGIN)?, None, &by)?;
        assert_eq!(first.0, 200, "a prompt that was closed does not use it up");
        refused(town.post("/v1/passkeys/begin", &by)?, (422, "bad_enrolment"));
        // Begun while the code was valid.
        let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
        let late = json!({"ceremony": begun["ceremony"], "credential": credential});
        refused(town.post("/v1/passkeys", &late)?, (422, "bad_enrolment"));
        let (_, list, _) = town.ask("GET", "/v1/passkeys", first.2.as_deref(), None)?;
        assert_eq!(list["passkeys"].as_array().map(Vec::len), Some(1), "the other one was not kept");
        // Begun while the code was valid, which ends now.
        let by = json!({"enrolment": town.code("bob")?});
        let (_, begun, _) = town.post("/v1/passkeys/begin", &by)?;
        run_sql(database, "UPDATE enrolments SET expires = 1")?;
        let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
        let late = json!({"ceremony": begun["ceremony"], "credential": credential});
        refused(town.post("/v1/passkeys", &late)?, (422, "bad_enrolment"));
        for code in ["", "gxe_", "gxe_0000", "nonsense"] {
            refused(town.post("/v1/passkeys/begin", &json!({"enrolment": code}))?, (422, "bad_enrolment"));
        }
        Ok(())
    })
}

#[test]
fn a_member_adds_lists_and_removes_only_its_own_passkeys() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (first, ann) = town.enrolled("ann")?;
        let (mut other, bob) = town.enrolled("bob")?;
        let mut second = Authenticator::new(ORIGIN)?;
        let (status, registered, cookie) = town.register(&mut second, Some(&ann), &json!({}))?;
        assert_eq!((status, cookie), (200, None), "it is signed in already: {registered}");
        assert_eq!(second.handle, first.handle, "authenticators know one member, not two");
        let list = |cookie: &str| -> TestResult<Vec<Value>> {
            let (_, list, _) = town.ask("GET", "/v1/passkeys", Some(cookie), None)?;
            Ok(list["passkeys"].as_array().ok_or("no list")?.clone())
        };
        assert_eq!((list(&ann)?.len(), list(&bob)?.len()), (2, 1));
        let path = |passkey: &Value| format!("/v1/passkeys/{}", passkey["id"].as_str().unwrap_or_default());
        refused(town.ask("DELETE", &path(&list(&ann)?[0]), Some(&bob), None)?, (404, "not_found"));
        // The same credential for another member.
        refused(town.register(&mut other.clone(), Some(&ann), &json!({}))?, (409, "passkey_exists"));
        assert_eq!(town.member(&town.sign_in(&mut other)?.2.ok_or("no cookie")?)?, "bob");

        let of_thief = town.sign_in(&mut second)?.2.ok_or("no cookie")?;
        let gone = path(&json!({"id": registered["passkey"]}));
        assert_eq!(town.ask("DELETE", &gone, Some(&ann), None)?.0, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&of_thief), None)?.0, 401, "its sessions end with it");
        assert_eq!(town.member(&ann)?, "ann", "and no other");
        refused(town.sign_in(&mut second)?, (422, "bad_passkey"));
        refused(town.ask("DELETE", &gone, Some(&ann), None)?, (404, "not_found"));
        for _ in 1..20 {
            assert_eq!(town.register(&mut Authenticator::new(ORIGIN)?, Some(&ann), &json!({}))?.0, 200);
        }
        refused(town.register(&mut Authenticator::new(ORIGIN)?, Some(&ann), &json!({}))?, (422, "too_many_passkeys"));
        Ok(())
    })
}

#[test]
fn a_code_ends_with_the_passkey_of_the_session_that_made_it() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut first, ann) = town.enrolled("ann")?;
        let mut second = Authenticator::new(ORIGIN)?;
        let (_, registered, _) = town.register(&mut second, Some(&ann), &json!({}))?;
        let code = |cookie: &str| -> TestResult<Value> {
            let (status, made, _) = town.ask("POST", "/v1/members/ann/enrolments", Some(cookie), None)?;
            assert_eq!(status, 200, "{made}");
            Ok(json!({"enrolment": made["enrolment"]}))
        };
        let of_thief = code(&town.sign_in(&mut second)?.2.ok_or("no cookie")?)?;
        let of_ann = code(&town.sign_in(&mut first)?.2.ok_or("no cookie")?)?;
        let of_operator = json!({"enrolment": town.code("ann")?});
        let path = format!("/v1/passkeys/{}", registered["passkey"].as_str().ok_or("no passkey")?);
        assert_eq!(town.ask("DELETE", &path, Some(&ann), None)?.0, 204);
        refused(town.post("/v1/passkeys/begin", &of_thief)?, (422, "bad_enrolment"));
        for code in [of_ann, of_operator] {
            assert_eq!(town.post("/v1/passkeys/begin", &code)?.0, 200);
        }
        Ok(())
    })
}

#[test]
fn who_was_signed_out_meanwhile_registers_nothing() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (mut authenticator, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        let begin = || -> TestResult<Value> {
            let (_, begun, _) = town.ask("POST", "/v1/passkeys/begin", Some(&ann), Some(&json!({})))?;
            let credential = Authenticator::new(ORIGIN)?.create(&begun["options"])?;
            Ok(json!({"ceremony": begun["ceremony"], "credential": credential}))
        };
        let (by_bob, by_nobody) = (begin()?, begin()?);
        refused(town.ask("POST", "/v1/passkeys", Some(&bob), Some(&by_bob))?, (403, "forbidden"));
        town.ask("DELETE", "/v1/session", Some(&ann), None)?;
        refused(town.ask("POST", "/v1/passkeys", Some(&ann), Some(&by_nobody))?, (401, "unauthorized"));
        let again = town.sign_in(&mut authenticator)?.2.ok_or("no cookie")?;
        let (_, list, _) = town.ask("GET", "/v1/passkeys", Some(&again), None)?;
        assert_eq!(list["passkeys"].as_array().map(Vec::len), Some(1));
        Ok(())
    })
}

#[test]
fn members_register_themselves_where_they_may() -> TestResult {
    on_each_engine(&["--open-registration"], |town, database| {
        let register = |authenticator: &mut Authenticator, newcomer: Value| {
            town.register(authenticator, None, &json!({"register": newcomer}))
        };
        let mut authenticator = Authenticator::new(ORIGIN)?;
        let (status, registered, cookie) = register(&mut authenticator, json!({"referrer": "ann"}))?;
        let eve = registered["member"].as_str().unwrap_or_default();
        assert!(status == 200 && eve.starts_with("m-") && eve.len() == 34, "the server names it: {registered}");
        assert_eq!(town.member(&cookie.ok_or("no cookie")?)?, eve);
        let cookie = town.sign_in(&mut authenticator)?.2.ok_or("no cookie")?;
        let (_, member, _) = town.ask("GET", &format!("/v1/members/{eve}"), Some(&cookie), None)?;
        assert_eq!(member["account"]["referrer"], "ann");
        let (_, journal) = town.server.ask("GET", "/v1/events", Some(&town.operator), &[], None)?;
        assert_eq!(journal["events"][2]["actor"], format!("newcomer {eve}"));

        for named in ["operator", "treasury", "ann", "user-1002", ".", "a b"] {
            let chosen = register(&mut Authenticator::new(ORIGIN)?, json!({"member": named}))?;
            refused(chosen, (400, "bad_event"));
        }
        let by_nobody = register(&mut Authenticator::new(ORIGIN)?, json!({"referrer": "nobody"}))?;
        refused(by_nobody, (422, "unknown_member"));

        // A ceremony that was signed on another page registers nobody.
        let mut elsewhere = Authenticator::new("https://evil.example")?;
        refused(register(&mut elsewhere, json!({}))?, (422, "bad_passkey"));
        let (_, journal) = town.server.ask("GET", "/v1/events", Some(&town.operator), &[], None)?;
        assert_eq!(journal["events"].as_array().map(Vec::len), Some(3), "{journal}");
        let clean = crate::support::gongxiang(&["audit", "--database", database])?;
        assert!(clean.starts_with("clean"), "{clean}");
        Ok(())
    })
}

#[test]
fn nobody_registers_where_the_operator_does_it() -> TestResult {
    let folder = Folder::new()?;
    let town = town(&folder.database(), &[])?;
    let newcomer = json!({"register": {}});
    refused(town.post("/v1/passkeys/begin", &newcomer)?, (403, "registration_closed"));
    refused(town.post("/v1/passkeys/begin", &json!({}))?, (401, "unauthorized"));
    let both = json!({"register": {}, "enrolment": town.code("ann")?});
    refused(town.post("/v1/passkeys/begin", &both)?, (400, "bad_event"));
    let (_, who, _) = town.ask("GET", "/v1/session", None, None)?;
    assert_eq!((&who["ways"], &who["open_registration"]), (&json!(["passkey"]), &json!(false)));
    Ok(())
}
