//! A backup is a snapshot of a running server. No file is overwritten, and no backup is restored unchecked.

use std::process::{Command, Output};
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::support::{Folder, JSON, Server, TestResult, argument};

fn gongxiang(arguments: &[&str]) -> TestResult<Output> {
    Ok(Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output()?)
}

fn said(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn a_backup_under_load_is_one_moment_and_is_restored_clean() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    server.register("before")?;
    let (file, ends) = (folder.path("backup.db"), AtomicBool::new(false));
    let output = std::thread::scope(|scope| {
        for writer in 0..4 {
            let (server, ends) = (&server, &ends);
            scope.spawn(move || {
                for number in 0.. {
                    if ends.load(Ordering::SeqCst) || server.register(&format!("m{writer}-{number}")).is_err() {
                        break;
                    }
                }
            });
        }
        std::thread::sleep(std::time::Duration::from_millis(300));
        let output = gongxiang(&["backup", "--database", &folder.database(), argument(&file)]);
        std::thread::sleep(std::time::Duration::from_millis(200));
        ends.store(true, Ordering::SeqCst);
        output
    })?;
    assert!(output.status.success(), "{}", said(&output));
    server.register("after")?;

    let restored = format!("sqlite:{}", folder.path("restored.db").display());
    let output = gongxiang(&["restore", argument(&file), "--database", &restored])?;
    assert!(output.status.success(), "{}", said(&output));
    assert!(gongxiang(&["audit", "--database", &restored])?.status.success());
    let server = Server::start(&["--database", &restored])?;
    assert_eq!(server.get("/v1/members/before")?.0, 200);
    assert_eq!(server.get("/v1/members/after")?.0, 404);
    assert_eq!(server.register("later")?.0, 200, "it goes on from there");
    Ok(())
}

#[test]
fn nothing_is_overwritten() -> TestResult {
    let folder = Folder::new()?;
    Server::start(&["--database", &folder.database()])?.kill()?;
    let file = folder.path("backup.db");
    let backup = ["backup", "--database", &folder.database(), argument(&file)];
    assert!(gongxiang(&backup)?.status.success());
    let kept = std::fs::read(&file)?;
    let again = gongxiang(&backup)?;
    assert_eq!(again.status.code(), Some(2));
    assert!(said(&again).contains("not overwritten"), "{}", said(&again));
    let over = gongxiang(&["restore", argument(&file), "--database", &folder.database()])?;
    assert_eq!(over.status.code(), Some(2));
    assert!(said(&over).contains("not overwritten"), "{}", said(&over));
    assert_eq!(std::fs::read(&file)?, kept);
    Ok(())
}

#[test]
fn what_is_damaged_or_no_book_is_not_restored_and_leaves_nothing() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    for number in 0..200 {
        server.register(&format!("m{number}"))?;
    }
    let file = folder.path("backup.db");
    assert!(gongxiang(&["backup", "--database", &folder.database(), argument(&file)])?.status.success());
    let whole = std::fs::read(&file)?;
    let mut torn = whole.clone();
    torn.truncate(whole.len() / 2);
    let mut turned = whole.clone();
    let middle = whole.len() / 2;
    turned[middle..middle + 4_096].fill(0x55);
    let text = String::from_utf8_lossy(&whole).into_owned();
    assert!(text.contains("m77"));
    for (name, content) in [("torn", torn), ("turned", turned), ("text", b"no database".to_vec()), ("empty", vec![])] {
        std::fs::write(&file, content)?;
        let target = folder.path("target.db");
        let output = gongxiang(&["restore", argument(&file), "--database", &format!("sqlite:{}", target.display())])?;
        assert_eq!(output.status.code(), Some(2), "{name}");
        assert!(said(&output).contains("is not restored"), "{name}: {}", said(&output));
        assert!(!target.exists() && !folder.path("target.db.part").exists(), "{name}");
    }
    Ok(())
}

#[test]
fn postgresql_is_told_to_use_its_own() -> TestResult {
    let folder = Folder::new()?;
    for task in ["backup", "restore"] {
        let file = folder.path("x");
        let output = gongxiang(&[task, argument(&file), "--database", "postgres://localhost/x"])?;
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output).contains("pg_dump"), "{}", said(&output));
    }
    Ok(())
}

#[test]
fn rules_whose_packs_are_named_in_another_order_are_the_same_rules_to_audit_and_restore() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let packs = r#"{"member":{"price":"299","share_value_rate":"1"},
        "merchant":{"price":"599","share_value_rate":"1","merchant":true},
        "area":{"area_partner":true,"share_value_rate":"1","price":"4999"},"Zero":{"price":"1","share_value_rate":"0"}}"#;
    let event = format!(r#"{{"type":"rules.adopted","rules":{{"packs":{packs}}}}}"#);
    let flags =
        "ENTRY_FEE,LOCKED_BAIT,HEADCOUNT_REWARD,TEAM_REMUNERATION,DEPTH,TERRITORY_FEE,CASH_OUT,FORCED_POINT_PURCHASE";
    let (status, answer) = server.post(&format!("/v1/events?accept_flags={flags}"), JSON, event)?;
    assert_eq!(status, 200, "{answer}");
    server.register("ann")?;
    assert!(gongxiang(&["audit", "--database", &folder.database()])?.status.success());
    assert!(server.terminate()?);
    let file = folder.path("backup.db");
    assert!(gongxiang(&["backup", "--database", &folder.database(), argument(&file)])?.status.success());
    let restored = format!("sqlite:{}", folder.path("restored.db").display());
    let output = gongxiang(&["restore", argument(&file), "--database", &restored])?;
    assert!(output.status.success(), "{}", said(&output));
    Ok(())
}

#[test]
fn rules_that_are_too_long_for_a_line_of_a_journal_are_refused_however_they_come() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let server = Server::start(&["--database", &database])?;
    let (_, before) = server.get("/v1/rules")?;
    // A control character takes six bytes where the journal has it.
    for (count, letter) in [(80, "n"), (15, "\u{1}")] {
        let pack = |number: usize| (format!("{number}{}", letter.repeat(1_000)), before["packs"]["member"].clone());
        let packs: serde_json::Map<_, _> = (0..count).map(pack).collect();
        let key = [("idempotency-key", if letter == "n" { "long" } else { "control" })];
        let (status, problem) =
            server.ask("POST", "/v1/rules", None, &key, Some(&json!({"rules": {"packs": packs}})))?;
        assert_eq!((status, &problem["code"]), (400, &json!("bad_event")), "{problem}");
        assert!(problem["detail"].as_str().is_some_and(|why| why.contains("65536 bytes")), "{problem}");
        let (file, mut rules) = (folder.path("long.json"), before.clone());
        rules["packs"] = packs.into();
        std::fs::write(&file, rules.to_string())?;
        let output = gongxiang(&["rules", "adopt", argument(&file), "--database", &database])?;
        assert!(!output.status.success() && said(&output).contains("65536 bytes"), "{}", said(&output));
    }
    assert_eq!(server.get("/v1/rules")?.1, before);
    server.register("ann")?;
    assert!(gongxiang(&["audit", "--database", &database])?.status.success());
    Ok(())
}

/// A book whose days were closed by mistake is taken back to the place before, into a new database and onto a backup.
#[test]
fn the_way_back_ends_at_the_place_before_the_mistake() -> TestResult {
    let folder = Folder::new()?;
    let (database, rules) = (folder.database(), folder.path("rules.json"));
    let server = Server::start(&["--database", &database, "--first-day", "2026-02-03"])?;
    server.register("ann")?;
    server.post(
        "/v1/events",
        JSON,
        json!({"type": "pack.purchased", "member": "ann", "pack": "member"}).to_string(),
    )?;
    let backup = folder.path("backup.db");
    assert!(gongxiang(&["backup", "--database", &database, argument(&backup)])?.status.success());
    server.post("/v1/events", JSON, json!({"type": "day.closed", "day": "2026-02-03"}).to_string())?;
    server.register("bob")?;
    let (_, before) = server.get("/v1/state")?;
    for day in ["2026-02-04", "2026-02-05", "2026-02-06"] {
        server.post("/v1/events", JSON, json!({"type": "day.closed", "day": day}).to_string())?;
    }
    assert!(server.terminate()?);

    let journal = folder.path("journal.jsonl");
    let export = ["export", "--format", "jsonl", "--database", &database, "--output", argument(&journal)];
    assert!(gongxiang(&export)?.status.success());
    let text = std::fs::read_to_string(&journal)?;
    let wrong =
        text.lines().position(|line| line.contains("\"event\":{\"day\":\"2026-02-04\"")).ok_or("it is not there")?;
    assert!(text.lines().nth(wrong).is_some_and(|line| line.starts_with(&format!("{{\"place\":{wrong},"))));
    let until = (wrong - 1).to_string();
    std::fs::write(&rules, gongxiang(&["rules", "show", "--genesis", "--database", &database])?.stdout)?;

    let anew = format!("sqlite:{}", folder.path("anew.db").display());
    let restored = format!("sqlite:{}", folder.path("restored.db").display());
    assert!(gongxiang(&["restore", argument(&backup), "--database", &restored])?.status.success());
    let replay =
        |arguments: &[&str]| gongxiang(&[&["replay", "--until", &until, argument(&journal)], arguments].concat());
    for arguments in [vec!["--into", &anew, "--rules", argument(&rules)], vec!["--into", &restored, "--go-on"]] {
        let output = replay(&arguments)?;
        assert!(output.status.success(), "{arguments:?}: {}", said(&output));
        let server = Server::start(&["--database", arguments[1]])?;
        assert_eq!(server.get("/v1/state")?.1, before, "{arguments:?}");
        assert!(server.terminate()?);
        assert!(gongxiang(&["audit", "--database", arguments[1]])?.status.success());
    }

    let empty = format!("sqlite:{}", folder.path("empty.db").display());
    for (arguments, why) in [
        (vec!["--into", &anew, "--rules", argument(&rules)], "--go-on"),
        (vec!["--into", &database, "--go-on"], "another book, or too short"),
        (vec!["--into", &empty, "--go-on"], "has no events"),
        (vec!["--go-on"], "--into"),
    ] {
        let output = replay(&arguments)?;
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(said(&output).contains(why), "{arguments:?}: {}", said(&output));
    }
    Ok(())
}
