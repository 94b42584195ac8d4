//! Rules are adopted if their red flags are accepted by name.

use serde_json::{Value, json};

use crate::postgres::Database;
use crate::support::{Folder, RED, Server, TestResult, gongxiang};

fn adopt(server: &Server, key: &str, body: &Value) -> TestResult<(u16, Value)> {
    server.ask("POST", "/v1/rules", None, &[("idempotency-key", key)], Some(body))
}

fn red_flags_are_accepted_by_name(database: &str) -> TestResult {
    let server = Server::start(&["--database", database, "--rules", "seed"])?;
    let rules = json!({"release": {"daily": "999", "min_total": "1"}});
    let (_, before) = server.get("/v1/rules")?;

    let (status, problem) = adopt(&server, "k1", &json!({"rules": rules}))?;
    assert_eq!(
        (status, &problem["code"], &problem["field"]),
        (422, &json!("flags_not_accepted"), &json!(RED.join(",")))
    );
    let (_, problem) = adopt(&server, "k1", &json!({"rules": rules, "accept_flags": &RED[1..]}))?;
    assert_eq!((&problem["code"], &problem["field"]), (&json!("flags_not_accepted"), &json!("ENTRY_FEE")));
    for (wrong, code) in [
        (json!("ENTRY_FEE"), "bad_event"),
        (json!(["NO_SUCH_FLAG"]), "bad_event"),
        (json!([1]), "bad_event"),
        (json!(["DEPTH", "DEPTH"]), "bad_event"),
    ] {
        let (_, problem) = adopt(&server, "k1", &json!({"rules": rules, "accept_flags": wrong}))?;
        assert_eq!((&problem["code"], &problem["field"]), (&json!(code), &json!("accept_flags")), "{wrong}");
    }
    assert_eq!(server.get("/v1/rules")?.1, before, "nothing is adopted by halves");

    // A rule set that was not accepted is not stored under the key.
    let (status, settled) = adopt(&server, "k1", &json!({"rules": rules, "accept_flags": RED}))?;
    assert_eq!((status, &settled["repeated"]), (200, &json!(false)), "{settled}");
    assert_eq!(server.get("/v1/rules")?.1["release"]["daily"], "999");

    let (_, history) = server.get("/v1/rules/history")?;
    let accepted: Vec<_> = history["rules"].as_array().ok_or("no list")?.iter().map(|v| &v["accepted_flags"]).collect();
    assert_eq!(accepted, [&json!([]), &json!(RED)]);
    let (_, journal) = server.get("/v1/events")?;
    let last = journal["events"].as_array().and_then(|events| events.last()).ok_or("no event")?;
    assert_eq!(last["accepted_flags"], json!(RED));
    assert_eq!(last["event"].get("accept_flags"), None, "the event's grammar is the contract's");
    drop(server);
    gongxiang(&["audit", "--database", database]).map(drop)
}

#[test]
fn red_flags_are_accepted_by_name_on_sqlite() -> TestResult {
    red_flags_are_accepted_by_name(&Folder::new()?.database())
}

#[test]
fn red_flags_are_accepted_by_name_on_postgresql() -> TestResult {
    let database = Database::new().map_err(|error| error.to_string())?;
    red_flags_are_accepted_by_name(&database.url())
}

#[test]
fn a_journal_is_settled_with_the_flags_named_in_the_address() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let events = json!([
        {"type": "member.registered", "member": "ann"},
        {"id": "r1", "type": "rules.adopted", "rules": {"release": {"daily": "999", "min_total": "1"}}},
    ]);
    let (_, answers) = server.ask("POST", "/v1/events", None, &[], Some(&events))?;
    assert_eq!(answers["answers"][0]["refusal"], Value::Null, "{answers}");
    assert_eq!(answers["answers"][1]["refusal"]["code"], "flags_not_accepted");
    let (status, problem) = server.ask("POST", "/v1/events?accept_flags=DEPTHS", None, &[], Some(&events))?;
    assert_eq!((status, &problem["field"]), (400, &json!("accept_flags")));
    let path = format!("/v1/events?accept_flags={}", RED.join(","));
    let (_, answers) = server.ask("POST", &path, None, &[], Some(&events))?;
    assert_eq!(answers["answers"][0]["refusal"]["code"], "member_exists");
    assert_eq!(answers["answers"][1]["repeated"], false);
    assert!(answers["answers"][1]["receipt"].is_object(), "{answers}");
    Ok(())
}

#[test]
fn a_check_says_what_would_hold_and_keeps_nothing() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "single-level"])?;
    let (_, before) = server.get("/v1/rules")?;
    let check = |rules: &Value, query: &str| {
        server.ask("POST", &format!("/v1/rules/check{query}"), None, &[], Some(&json!({"rules": rules})))
    };
    let mut signup = before["signup"].clone();
    signup["referrer"] = json!("20");
    let (status, checked) = check(&json!({"signup": signup}), "?language=zh-CN")?;
    assert_eq!((status, &checked["changed"]), (200, &json!(["signup"])), "{checked}");
    assert_eq!(checked["red"], json!(["HEADCOUNT_REWARD"]));
    assert_eq!(checked["flags"][0]["evidence"], json!([{"key": "signup.referrer", "value": "20"}]));
    assert_eq!(checked["rules"]["signup"]["referrer"], "20");
    let (_, english) = check(&json!({"signup": signup}), "")?;
    assert_ne!(english["flags"][0]["title"], checked["flags"][0]["title"]);
    assert_eq!(check(&json!({"signup": {}}), "")?.1["code"], "bad_rules");
    assert_eq!(check(&json!({"no_key": {}}), "")?.1["code"], "bad_rules");
    assert_eq!(check(&json!({}), "?language=fr")?.1["code"], "bad_query");
    assert_eq!(server.ask("POST", "/v1/rules/check", None, &[], Some(&json!({})))?.1["code"], "bad_event");
    assert_eq!(server.get("/v1/rules")?.1, before);

    let (_, review) = server.get("/v1/rules/review")?;
    assert_eq!(review["red"], json!([]), "{review}");
    assert_eq!(server.get("/v1/rules/review?concession_rate=1.1")?.1["field"], "concession_rate");
    Ok(())
}

#[test]
fn rules_are_adopted_from_a_file_while_the_server_goes_on() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&["--database", &database, "--rules", "single-level"])?;
    let refused = gongxiang(&["rules", "adopt", "seed", "--database", &database]).err().ok_or("adopted")?.to_string();
    assert!(refused.contains(&RED.join(",")), "{refused}");
    let arguments = ["rules", "adopt", "seed", "--database", &database, "--accept-flags", &RED.join(",")];
    assert!(gongxiang(&arguments)?.starts_with("adopted: "));
    assert!(gongxiang(&arguments)?.ends_with("in force already"));
    let (_, review) = server.get("/v1/rules/review")?;
    assert_eq!(review["red"], json!(RED));
    Ok(())
}

#[test]
fn the_rulebook_says_what_the_rules_in_force_give_and_since_when() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    let example = |language: &str, rule: &str| -> TestResult<(Value, String)> {
        let (status, book) = server.get(&format!("/v1/rulebook?language={language}"))?;
        assert_eq!(status, 200, "{book}");
        let rules = book["rules"].as_array().ok_or("no rules")?;
        let found = rules.iter().find(|line| line["rule"] == rule).ok_or("no such rule")?;
        Ok((book.clone(), found["example"].as_str().ok_or("no example")?.to_owned()))
    };
    let (before, text) = example("en", "consumption")?;
    assert_eq!(before["since"], "2026-01-01");
    assert_eq!(text, "An order of 100 yuan with a concession of 10 yuan brings the buyer 100 share value.");
    assert_eq!(example("zh-CN", "consumption")?.1, "消费 100 元，让利 10 元，买家得 100 共享值。");

    server.ask("POST", "/v1/events", None, &[], Some(&json!([{"type": "day.closed", "day": "2026-01-01"}])))?;
    let rules = json!({"order": {"buyer_multiple": "12", "merchant_multiple": "2", "vesting_days": {"online": 7, "offline": 1}}});
    let (status, adopted) = adopt(&server, "k", &json!({"rules": rules, "accept_flags": RED}))?;
    assert_eq!(status, 200, "{adopted}");
    let (after, text) = example("en", "consumption")?;
    assert_eq!(text, "An order of 100 yuan with a concession of 10 yuan brings the buyer 120 share value.");
    assert_eq!(after["since"], "2026-01-02");
    assert_ne!(after["hash"], before["hash"]);
    // The fingerprint is that of the canonical JSON of the rules that the server gives away.
    let set: gongxiang::tree::Tree = serde_json::from_value(server.get("/v1/rules")?.1)?;
    assert_eq!(after["hash"], gongxiang_server::text::fingerprint(set.canonical().as_bytes()));
    assert_eq!(server.get("/v1/rulebook?language=de")?.0, 400);
    Ok(())
}

#[test]
fn every_red_flag_has_its_sentences_in_both_languages() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database(), "--rules", "seed"])?;
    for language in ["en", "zh-CN"] {
        let (status, catalogue) = server.get(&format!("/v1/rules/flags?language={language}"))?;
        assert_eq!(status, 200, "{catalogue}");
        let flags = catalogue["flags"].as_array().ok_or("no list")?;
        assert_eq!(flags.len(), gongxiang::review::FLAGS.len());
        for flag in flags {
            for part in ["title", "when", "cleaner"] {
                assert!(flag[part].as_str().is_some_and(|text| !text.is_empty()), "{part} of {flag}");
            }
        }
    }
    Ok(())
}
