//! Staff: how they come in, what an owner does for its shop, and that everything says who did it.

use serde_json::{Value, json};

use crate::authenticator::Authenticator;
use crate::members::{ORIGIN, Town, add_staff, empty_town, on_each_engine, refused};
use crate::support::{Folder, Server, TestResult, all_accepted, databases, gongxiang};

/// A request of the page with a session, and a key of its own.
fn command(town: &Town, path: &str, cookie: &str, key: &str, body: &Value) -> TestResult<(u16, Value)> {
    let headers = [("origin", ORIGIN), ("cookie", cookie), ("idempotency-key", key)];
    let (status, answer, _) = town.server.ask_for_cookie("POST", path, &headers, Some(body))?;
    Ok((status, answer))
}

/// A town with the shops of tom and zoe, and bob, who buys.
fn on_each_engine_with_shops(test: impl Fn(&Town, &str) -> TestResult) -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = empty_town(&database, &[])?;
        let mut events = vec![json!({"type": "member.registered", "member": "bob"})];
        for shop in ["tom", "zoe"] {
            events.extend([
                json!({"type": "member.registered", "member": shop}),
                json!({"type": "pack.purchased", "member": shop, "pack": "merchant"}),
                json!({"type": "treasury.granted", "member": shop, "points": "2000"}),
                json!({"type": "merchant.opened", "member": shop, "region": "440106"}),
            ]);
        }
        let (_, answers) = town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&json!(events)))?;
        all_accepted(&answers)?;
        test(&town, &database)?;
    }
    Ok(())
}

fn order() -> Value {
    json!({"buyer": "bob", "channel": "offline", "amount": "10", "concession": "1", "region": "440106"})
}

#[test]
fn an_operator_signs_in_by_a_code_then_by_passkey_and_sets_the_price() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, _) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (status, session, cookie) = town.sign_in(&mut authenticator)?;
        assert_eq!((status, &session["staff"]["name"], &session["member"]), (200, &json!("王芳"), &Value::Null));
        let cookie = cookie.ok_or("no cookie")?;
        let (status, answer) = command(town, "/v1/prices", &cookie, "k1", &json!({"price": "1"}))?;
        assert_eq!(status, 200, "{answer}");
        // What a member confirmed in this browser is not sent in the name of the staff who signed in after it.
        let headers =
            [("origin", ORIGIN), ("cookie", cookie.as_str()), ("idempotency-key", "k2"), ("gongxiang-member", "ann")];
        let transfer = json!({"from": "ann", "to": "bob", "points": "1"});
        let (status, problem, _) = town.server.ask_for_cookie("POST", "/v1/transfers", &headers, Some(&transfer))?;
        assert_eq!((status, &problem["code"]), (403, &json!("wrong_member")));
        Ok(())
    })
}

#[test]
fn a_code_of_staff_works_once() -> TestResult {
    on_each_engine(&[], |town, database| {
        let code = add_staff(database, &["Li Na", "--role", "clerk"])?;
        let by = json!({"enrolment": code});
        let (status, registered, _) = town.register(&mut Authenticator::new(ORIGIN)?, None, &by)?;
        assert_eq!((status, &registered["staff"]["role"]), (200, &json!("clerk")), "{registered}");
        refused(town.post("/v1/passkeys/begin", &by)?, (422, "bad_enrolment"));
        Ok(())
    })
}

#[test]
fn the_command_line_prints_a_link_and_names_are_said_once() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    drop(Server::start_closed(&["--database", &database])?);
    let link = add_staff(&database, &["Li Na", "--role", "clerk", "--origin", "https://wallet.example/"])?;
    assert!(link.starts_with("https://wallet.example/#/operator/enrol/gxe_"), "{link}");
    for (arguments, why) in [
        (&["Li Na", "--role", "auditor"][..], "somebody of this name is there already"),
        (&["Wu", "--role", "cashier"], "an owner or a cashier has a shop"),
        (&["Wu", "--role", "clerk", "--shop", "tom"], "an owner or a cashier has a shop"),
        (&[" Wu", "--role", "clerk"], "a name has 1 to 64 characters"),
        (&["", "--role", "clerk"], "a name has 1 to 64 characters"),
    ] {
        let said = add_staff(&database, arguments).err().map(|error| error.to_string()).unwrap_or_default();
        assert!(said.contains(why), "{arguments:?}: {said}");
    }
    // Two shops may have each a Xiao Wang; then the id says which.
    for shop in ["tom", "zoe"] {
        add_staff(&database, &["Xiao Wang", "--role", "cashier", "--shop", shop])?;
    }
    let staff = |arguments: &[&str]| gongxiang(&[&["staff", "--database", &database], arguments].concat());
    let said = staff(&["end", "Xiao Wang"]).err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("more than one"), "{said}");
    let list = staff(&["list"])?;
    let of_zoe = list.lines().find(|line| line.contains("of zoe")).ok_or("nobody of zoe")?;
    staff(&["end", of_zoe.split_whitespace().next().ok_or("no id")?])?;
    assert!(staff(&["code", "Xiao Wang"])?.starts_with("gxe_"), "only one is left");
    assert!(staff(&["list"])?.lines().any(|line| line.contains("of zoe") && line.contains("ended")));
    Ok(())
}

#[test]
fn who_is_ended_is_out_at_once_with_every_code_it_made() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (mut authenticator, cookie) = town.staff(database, &["Li Na", "--role", "clerk"])?;
        let (status, made, _) = town.ask("POST", "/v1/members/ann/enrolments", Some(&cookie), None)?;
        assert_eq!(status, 200, "{made}");
        let (_, list) = town.server.ask("GET", "/v1/staff", Some(&town.operator), &[], None)?;
        let path = format!("/v1/staff/{}", list["staff"][0]["staff"].as_str().ok_or("nobody")?);
        let (_, own, _) = town.ask("POST", &format!("{path}/enrolments"), None, None)?;
        assert_eq!(own["code"], "unauthorized");
        let (_, own) = town.server.ask("POST", &format!("{path}/enrolments"), Some(&town.operator), &[], None)?;
        assert_eq!(town.ask("DELETE", &path, Some(&cookie), None)?.1["code"], "needs_role");
        assert_eq!(town.server.ask("DELETE", &path, Some(&town.operator), &[], None)?.0, 204);
        assert_eq!(town.ask("GET", "/v1/session", Some(&cookie), None)?.0, 401);
        refused(town.sign_in(&mut authenticator)?, (422, "bad_passkey"));
        for code in [&made["enrolment"], &own["enrolment"]] {
            assert!(code.is_string());
            refused(town.post("/v1/passkeys/begin", &json!({"enrolment": code}))?, (422, "bad_enrolment"));
        }
        assert_eq!(town.server.ask("DELETE", &path, Some(&town.operator), &[], None)?.0, 404, "it is ended");
        let again = json!({"name": "Li Na", "role": "clerk"});
        assert_eq!(town.server.ask("POST", "/v1/staff", Some(&town.operator), &[], Some(&again))?.0, 200);
        assert_eq!(town.server.ask("POST", "/v1/staff", Some(&town.operator), &[], Some(&again))?.0, 409);
        Ok(())
    })
}

#[test]
fn an_owner_adds_and_ends_staff_of_its_own_shop_only() -> TestResult {
    on_each_engine_with_shops(|town, database| {
        let (_, owner) = town.staff(database, &["Tom", "--role", "owner", "--shop", "tom"])?;
        add_staff(database, &["Zhou", "--role", "cashier", "--shop", "zoe"])?;
        let add = |body: Value| town.ask("POST", "/v1/staff", Some(&owner), Some(&body));
        let (status, added, _) = add(json!({"name": "Wu", "role": "cashier"}))?;
        assert_eq!((status, &added["shop"], &added["name"]), (200, &json!("tom"), &json!("Wu")), "{added}");
        assert_eq!(add(json!({"name": "Wu2", "role": "cashier", "shop": "zoe"}))?.0, 403);
        assert_eq!(add(json!({"name": "Wu3", "role": "clerk"}))?.1["code"], "needs_role");
        assert_eq!(add(json!({"name": "Wu4", "role": "operator", "shop": "tom"}))?.1["code"], "needs_role");
        let (_, list, _) = town.ask("GET", "/v1/staff", Some(&owner), None)?;
        let names: Vec<_> = list["staff"].as_array().ok_or("no list")?.iter().map(|row| &row["name"]).collect();
        assert_eq!(names.len(), 2, "{list}");
        assert!(!list.to_string().contains("Zhou"));
        let (_, all) = town.server.ask("GET", "/v1/staff", Some(&town.operator), &[], None)?;
        let of_zoe = all["staff"].as_array().ok_or("no list")?.iter().find(|row| row["shop"] == "zoe");
        let of_zoe = of_zoe.and_then(|row| row["staff"].as_str()).ok_or("nobody of zoe")?;
        assert_eq!(town.ask("DELETE", &format!("/v1/staff/{of_zoe}"), Some(&owner), None)?.0, 404);
        let of_tom = added["staff"].as_str().ok_or("nobody")?;
        assert_eq!(town.ask("DELETE", &format!("/v1/staff/{of_tom}"), Some(&owner), None)?.0, 204);
        // Nobody works in a shop that is not there.
        let elsewhere = json!({"name": "Wu", "role": "cashier", "shop": "bob"});
        let (status, problem) = town.server.ask("POST", "/v1/staff", Some(&town.operator), &[], Some(&elsewhere))?;
        assert_eq!((status, &problem["code"], &problem["field"]), (422, &json!("not_a_merchant"), &json!("shop")));
        Ok(())
    })
}

#[test]
fn a_cashier_sells_and_reads_the_orders_of_the_open_day() -> TestResult {
    on_each_engine_with_shops(|town, database| {
        let (_, owner) = town.staff(database, &["Tom", "--role", "owner", "--shop", "tom"])?;
        let (_, cashier) = town.staff(database, &["Wu", "--role", "cashier", "--shop", "tom"])?;
        let count = |cookie: &str| -> TestResult<usize> {
            let (status, page, _) = town.ask("GET", "/v1/orders?merchant=tom", Some(cookie), None)?;
            assert_eq!(status, 200, "{page}");
            Ok(page["rows"].as_array().ok_or("no rows")?.len())
        };
        for key in ["a", "b", "c"] {
            let (status, placed) = command(town, "/v1/orders", &cashier, key, &order())?;
            assert_eq!(status, 200, "{placed}");
        }
        assert_eq!((count(&cashier)?, count(&owner)?), (3, 3));
        let close = |day: &str| {
            town.server.ask(
                "POST",
                &format!("/v1/days/{day}/close"),
                Some(&town.operator),
                &[("idempotency-key", day)],
                None,
            )
        };
        assert_eq!(close("2026-01-01")?.0, 200);
        assert_eq!((count(&cashier)?, count(&owner)?), (0, 3));
        let (_, placed) = command(town, "/v1/orders", &cashier, "d", &order())?;
        command(town, "/v1/orders", &owner, "e", &order())?;
        assert_eq!((count(&cashier)?, count(&owner)?), (2, 5));
        // Whoever comes back with an older receipt is refunded too.
        let (_, page, _) = town.ask("GET", "/v1/orders?merchant=tom", Some(&owner), None)?;
        let oldest = page["rows"][4]["id"].as_str().ok_or("no order")?;
        for id in [oldest, placed["order"].as_str().ok_or("no order")?] {
            let (status, refund) = command(town, &format!("/v1/orders/{id}/refund"), &cashier, id, &json!({}))?;
            assert_eq!(status, 200, "{refund}");
        }
        Ok(())
    })
}

#[test]
fn every_event_and_every_change_beside_the_books_says_who_did_it() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, operator) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, auditor) = town.staff(database, &["Lu", "--role", "auditor"])?;
        let (_, clerk) = town.staff(database, &["Li Na", "--role", "clerk"])?;
        assert_eq!(command(town, "/v1/prices", &operator, "k1", &json!({"price": "1"}))?.0, 200);
        let (_, code, _) = town.ask("POST", "/v1/members/ann/enrolments", Some(&clerk), None)?;
        assert_eq!(command(town, "/v1/members", &clerk, "k2", &json!({"member": "eve"}))?.0, 200);
        let mut rows = Vec::new();
        let mut path = "/v1/actions?limit=3".to_owned();
        loop {
            let (status, page, _) = town.ask("GET", &path, Some(&auditor), None)?;
            assert_eq!(status, 200, "{page}");
            rows.extend(page["actions"].as_array().ok_or("no list")?.clone());
            let Some(next) = page["next"].as_str() else { break };
            path = format!("/v1/actions?limit=3&before={next}");
        }
        let (_, whole) = town.server.ask("GET", "/v1/actions", Some(&town.operator), &[], None)?;
        assert_eq!(json!(rows), whole["actions"], "the pages are the list");
        let done: Vec<_> = rows.iter().map(|row| row["what"].as_str().unwrap_or_default()).collect();
        assert_eq!(
            done,
            [
                "member.registered",
                "code.made",
                "price.set",
                "code.made",
                "staff.added",
                "code.made",
                "staff.added",
                "code.made",
                "staff.added",
                "member.registered",
                "member.registered",
                "key.added",
            ]
        );
        let who = |at: usize| rows[at]["actor"].as_str().unwrap_or_default();
        assert!(who(0).starts_with("staff Li Na s-") && who(1) == who(0), "{rows:?}");
        assert!(who(2).starts_with("staff 王芳 s-"), "{rows:?}");
        assert_eq!((who(3), who(11)), ("command line", "command line"));
        assert!(who(9).starts_with("operator "), "a key of the operator has an id: {rows:?}");
        assert_eq!(rows[1]["subject"], "member ann");
        for secret in [code["enrolment"].as_str().ok_or("no code")?, town.operator.as_str(), "gxe_", "gxk_"] {
            assert!(!json!(rows).to_string().contains(secret), "no secret is in it");
        }
        let (_, journal, _) = town.ask("GET", "/v1/events", Some(&auditor), None)?;
        let last = journal["events"].as_array().and_then(|events| events.last()).ok_or("no events")?;
        assert_eq!(last["actor"], rows[0]["actor"]);
        assert_eq!(town.ask("GET", "/v1/actions", Some(&clerk), None)?.1["code"], "needs_role");
        for bad in ["x", "1", "1-", "-1", "1-2-3"] {
            let (status, problem, _) = town.ask("GET", &format!("/v1/actions?before={bad}"), Some(&operator), None)?;
            assert_eq!((status, &problem["field"]), (400, &json!("before")), "{bad}");
        }
        Ok(())
    })
}
