//! Forecasts and scenarios over HTTP.

use std::time::Instant;

use serde_json::{Value, json};

use crate::members;
use crate::support::{Folder, Server, TestResult, add_key, argument};

/// The demo's rules and its journal up to the open day after so many closes.
fn demo(closes: usize) -> TestResult<(Value, Vec<Value>)> {
    let rules = serde_json::from_str(include_str!("../../../tests/data/cdnow.rules.json"))?;
    let mut events = Vec::new();
    let mut done = 0;
    for line in include_str!("../../../tests/data/cdnow.jsonl").lines() {
        let event: Value = serde_json::from_str(line)?;
        if event["type"] == "day.closed" {
            if done == closes {
                break;
            }
            done += 1;
        }
        events.push(event);
    }
    Ok((rules, events))
}

#[test]
fn the_first_day_of_every_members_forecast_is_the_close_that_follows_to_the_last_digit() -> TestResult {
    let (rules, events) = demo(85)?;
    let folder = Folder::new()?;
    let file = folder.path("rules.json");
    std::fs::write(&file, rules.to_string())?;
    let server = Server::start(&["--database", &folder.database(), "--rules", argument(&file)])?;
    for events in events.chunks(5_000) {
        server.ask("POST", "/v1/events", None, &[], Some(&json!(events)))?;
    }
    let (_, before) = server.get("/v1/state")?;
    let members: Vec<&String> = before["accounts"].as_object().ok_or("no accounts")?.keys().collect();
    assert_eq!(members.len(), 2_369, "by then everybody has joined");
    let mut expected = Vec::new();
    for member in &members {
        let body = json!({"member": member, "growth_30d": [], "horizons": [1]});
        let (status, forecast) = server.ask("POST", "/v1/forecast", None, &[], Some(&body))?;
        assert_eq!(status, 200, "{forecast}");
        assert_eq!(forecast["so_far"]["days"], 85);
        expected.push(forecast["first"].clone());
    }
    let day = before["day"].as_str().ok_or("no day")?;
    let key = [("idempotency-key", "close")];
    let (status, closed) = server.ask("POST", &format!("/v1/days/{day}/close"), None, &key, None)?;
    assert_eq!(status, 200, "{closed}");
    let (_, after) = server.get("/v1/state")?;
    for (member, first) in members.iter().zip(&expected) {
        let account = &after["accounts"][member.as_str()];
        assert_eq!(
            (&first["points"], &first["share_value"], &first["price"]),
            (&account["points"], &account["share_value"], &after["price"]),
            "{member}"
        );
    }
    Ok(())
}

#[test]
fn a_member_asks_for_itself_and_the_operator_for_everybody() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let town = members::town(&database, &[])?;
    let till = add_key(&database, &["--role", "merchant", "--member", "ann"])?;
    let payment = add_key(&database, &["--role", "payment"])?;
    let (_, cookie) = town.enrolled("ann")?;
    let ann = cookie.split_once('=').ok_or("no token")?.1.to_owned();
    let members::Town { server, operator } = town;
    let status = |path: &str, token: Option<&str>, body: Value| -> TestResult<(u16, Value)> {
        let (status, answer) = server.ask("POST", path, token, &[], Some(&body))?;
        Ok((status, answer["code"].clone()))
    };
    for (token, body, expected) in [
        (None, json!({"member": "ann"}), (401, json!("unauthorized"))),
        (Some("nonsense"), json!({"member": "ann"}), (401, json!("unauthorized"))),
        (Some(&*ann), json!({"turnover": "1", "inflow": "1"}), (200, Value::Null)),
        (Some(&*ann), json!({"member": "ann", "turnover": "1", "inflow": "1"}), (200, Value::Null)),
        (Some(&*ann), json!({}), (422, json!("too_young"))),
        (Some(&*ann), json!({"member": "bob"}), (403, json!("forbidden"))),
        (Some(&*ann), json!({"member": "ghost"}), (403, json!("forbidden"))),
        (Some(&*payment), json!({"member": "bob"}), (403, json!("forbidden"))),
        (Some(&*till), json!({}), (403, json!("forbidden"))),
        (Some(&*till), json!({"member": "ann"}), (403, json!("forbidden"))),
        (Some(&*operator), json!({"member": "bob", "turnover": "1", "inflow": "1"}), (200, Value::Null)),
        (Some(&*operator), json!({"member": "ghost"}), (422, json!("unknown_member"))),
        (Some(&*operator), json!({}), (400, json!("bad_event"))),
    ] {
        assert_eq!(status("/v1/forecast", token, body.clone())?, expected, "{body}");
    }
    assert_eq!(status("/v1/simulations", None, json!({"days": 2}))?.0, 401);
    assert_eq!(status("/v1/simulations", Some(&ann), json!({"days": 2}))?.0, 200);
    let eve = |member: &str, token: &str| -> TestResult<u16> {
        Ok(server.ask("GET", &format!("/v1/members/{member}/eve"), Some(token), &[], None)?.0)
    };
    assert_eq!(
        (eve("ann", &ann)?, eve("ann", &till)?, eve("bob", &ann)?, eve("bob", &operator)?, eve("ghost", &operator)?),
        (200, 403, 403, 200, 404)
    );
    Ok(())
}

#[test]
fn the_eve_that_is_answered_forecasts_as_the_server_does() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"type": "pack.purchased", "member": "ann", "pack": "member"},
        {"type": "day.closed", "day": "2026-01-01"},
    ]);
    server.ask("POST", "/v1/events", None, &[], Some(&events))?;
    let (status, eve) = server.get("/v1/members/ann/eve")?;
    assert_eq!(status, 200, "{eve}");
    let tree: gongxiang::tree::Tree = serde_json::from_value(eve)?;
    let assumed = json!({"turnover": "100", "inflow": "1600"});
    let assumptions = gongxiang::wire::scenario::read_assumptions(&serde_json::from_value(assumed)?)?;
    let here = gongxiang::forecast::forecast(&gongxiang::wire::eve::read(&tree)?, &assumptions, &mut |_| true)?;
    let asked = json!({"member": "ann", "turnover": "100", "inflow": "1600"});
    let (_, there) = server.ask("POST", "/v1/forecast", None, &[], Some(&asked))?;
    assert_eq!(serde_json::to_value(here)?, there);
    // Without these it would rest on a network in which nothing has vested.
    let (status, young) = server.ask("POST", "/v1/forecast", None, &[], Some(&json!({"member": "ann"})))?;
    assert_eq!((status, &young["code"], &young["field"]), (422, &json!("too_young"), &json!("turnovers")));
    assert_eq!(server.get("/v1/supply")?.1["turnover_days"], 0);
    Ok(())
}

#[test]
fn however_many_simulations_a_member_asks_for_another_ones_is_done_meanwhile() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let mut tokens = Vec::new();
    for member in ["ann", "bob"] {
        let event = json!({"type": "member.registered", "member": member});
        server.ask("POST", "/v1/events", None, &[], Some(&event))?;
        let (_, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&json!({"member": member})))?;
        tokens.push(session["token"].as_str().ok_or("no token")?.to_owned());
    }
    let long = json!({"days": 36_525, "cohorts": 128, "roles": true, "partners": true});
    std::thread::scope(|scope| {
        for _ in 0..8 {
            // Each takes as long as it may. Most of them wait in vain.
            scope.spawn(|| _ = server.ask("POST", "/v1/simulations", Some(&tokens[0]), &[], Some(&long)));
        }
        std::thread::sleep(std::time::Duration::from_millis(500));
        for _ in 0..3 {
            let short = json!({"name": "flat", "days": 3});
            let (status, answer) = server.ask("POST", "/v1/simulations", Some(&tokens[1]), &[], Some(&short))?;
            assert_eq!(status, 200, "{answer}");
        }
        Ok(())
    })
}

#[test]
fn what_cannot_be_worked_out_is_refused_by_its_field_and_nothing_takes_for_ever() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let ask = |body: Value| server.ask("POST", "/v1/simulations", None, &[], Some(&body));
    for (body, field) in [
        (json!({"members": 0}), "members"),
        (json!({"days": 36_526}), "days"),
        (json!({"turnover": {"daily": "10000", "growth_30d": "1000000"}}), "turnover.growth_30d"),
        (json!({"turnover": 10_000}), "turnover"),
        (json!({"name": "none"}), "name"),
        (json!({"colour": "red"}), "colour"),
    ] {
        let (status, problem) = ask(body.clone())?;
        assert_eq!(
            (status, &problem["code"], &problem["field"]),
            (422, &json!("bad_scenario"), &json!(field)),
            "{body}"
        );
    }
    let (status, problem) = ask(json!({"rules": {}}))?;
    assert_eq!((status, &problem["code"]), (422, &json!("bad_rules")));
    let (status, run) = ask(json!({"name": "flat", "days": 40}))?;
    assert_eq!((status, &run["days"][30]["price"]), (200, &json!("11.26126126")));
    let (status, run) = ask(json!({"days": 30, "turnover": "0"}))?;
    assert_eq!((status, &run["days"][29]["turnover"]), (200, &json!("0")));
    let began = Instant::now();
    let (status, answer) = ask(json!({"days": 36_525, "cohorts": 128, "roles": true, "partners": true}))?;
    assert!(status == 200 || answer["code"] == "cancelled", "{status}");
    assert!(began.elapsed().as_secs() < 30, "{:?}", began.elapsed());
    Ok(())
}
