//! Books of other versions: with other words, with rows of a newer version, and of version 0.1.

use std::path::Path;
use std::process::Command;

use serde_json::{Value, json};

use crate::support::{Folder, JSON, Server, TestResult, audit, by_hand, postgres, register, run_sql, start};

/// A book of version 0.1.
const OLD: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/book-0.1");

/// Ann signs up, buys a pack, and a day is closed.
fn settled() -> TestResult<Folder> {
    let folder = Folder::new()?;
    let server = start(&folder)?;
    let pack = json!({"type": "pack.purchased", "member": "ann", "pack": "member"});
    let events = json!([register("ann"), pack, {"type": "day.closed", "day": "2026-01-01"}]);
    assert_eq!(server.post("/v1/events", JSON, events.to_string())?.0, 200);
    server.kill()?;
    by_hand(&folder.database(), "DROP TRIGGER journal_is_not_changed")?;
    by_hand(&folder.database(), "DROP TRIGGER postings_are_not_changed")?;
    Ok(folder)
}

fn gongxiang(arguments: &[&str]) -> TestResult<(bool, String)> {
    let output = Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output()?;
    let said = [output.stdout, output.stderr].concat();
    Ok((output.status.success(), String::from_utf8_lossy(&said).into_owned()))
}

#[test]
fn a_book_whose_words_were_written_differently_passes_audit_and_restore() -> TestResult {
    let folder = settled()?;
    let database = folder.database();
    // As another version might have written it: words beside the data, keys in another order, spaces.
    by_hand(
        &database,
        "UPDATE journal SET receipt = json_set(receipt, '$.postings[0].reason', 'a gift for joining us')",
    )?;
    by_hand(&database, "UPDATE journal SET receipt = ' ' || json_set(json_remove(receipt, '$.day'), '$.day', day)")?;
    by_hand(&database, "UPDATE postings SET why = json_set(why, '$.of', json_extract(why, '$.of')) || ' '")?;
    assert_eq!(audit(&folder)?, (true, String::new()));

    let (backup, restored) = (folder.path("backup.db"), folder.path("restored.db"));
    let (backup, restored) = (backup.display().to_string(), format!("sqlite:{}", restored.display()));
    let (done, said) = gongxiang(&["backup", "--database", &database, &backup])?;
    assert!(done, "{said}");
    let (done, said) = gongxiang(&["restore", &backup, "--database", &restored])?;
    assert!(done, "{said}");
    let (clean, said) = gongxiang(&["audit", "--database", &restored])?;
    assert!(clean, "{said}");

    // Clients get the words of today.
    let server = start(&folder)?;
    let (_, statement) = server.get("/v1/members/ann/statement")?;
    let reasons: Vec<&Value> =
        statement["postings"].as_array().into_iter().flatten().map(|posting| &posting["reason"]).collect();
    assert!(reasons.contains(&&json!("gift for signing up, until the first pack")), "{statement}");
    let (_, journal) = server.get("/v1/events")?;
    assert!(!journal.to_string().contains("a gift for joining us"), "{journal}");
    Ok(())
}

/// A change to stored rows, an address that reads them, and a part of the error.
const CHANGES: [(&str, &str, &str); 6] = [
    ("UPDATE journal SET version = 9 WHERE kind = 'pack.purchased'", JOURNAL, "has a row of version 9"),
    ("UPDATE journal SET receipt = json_set(receipt, '$.version', 9)", JOURNAL, "this receipt has version 9"),
    ("UPDATE journal SET receipt = replace(receipt, 'sign_up_gift', 'luck')", JOURNAL, UNKNOWN_REASON),
    ("UPDATE postings SET why = replace(why, 'sign_up_gift', 'luck')", STATEMENT, UNKNOWN_REASON),
    (
        "UPDATE postings SET rule = 'luck' WHERE line = 0",
        STATEMENT,
        "the rule `luck`, which this version does not know",
    ),
    ("UPDATE journal SET kind = 'luck.had' WHERE kind = 'day.closed'", JOURNAL, "`luck.had` is no type of event"),
];
const JOURNAL: &str = "/v1/events";
const STATEMENT: &str = "/v1/members/ann/statement";
const UNKNOWN_REASON: &str = "`luck` is no reason that this version knows";

#[test]
fn an_audit_names_what_a_newer_version_wrote() -> TestResult {
    for (change, _, named) in CHANGES {
        let folder = settled()?;
        by_hand(&folder.database(), change)?;
        let (clean, said) = audit(&folder)?;
        assert!(!clean && said.contains(named), "{change}: {said}");
    }
    Ok(())
}

#[test]
fn a_server_gives_no_answer_from_what_a_newer_version_wrote_and_its_log_names_it() -> TestResult {
    for (change, path, named) in CHANGES {
        let folder = settled()?;
        by_hand(&folder.database(), change)?;
        let server = start(&folder)?;
        let (status, answer) = server.get(path)?;
        assert_eq!((status, &answer["code"]), (503, &json!("unavailable")), "{change}: {answer}");
        let log = server.log()?;
        assert!(log.contains(named), "{change}: {log}");
    }
    Ok(())
}

#[test]
fn a_schema_of_0_1_in_postgresql_is_refused_and_left_as_it_was() -> TestResult {
    let Some(database) = postgres()? else { return Ok(()) };
    run_sql(&database, &std::fs::read_to_string(Path::new(OLD).join("schema.postgres.dump"))?)?;
    let (done, said) = gongxiang(&["audit", "--database", &database])?;
    assert!(!done && said.contains("it was written by version 0.1"), "audit: {said}");
    let started = Server::start_closed(&["--database", &database]);
    let said = started.err().map(|error| error.to_string()).unwrap_or_default();
    assert!(said.contains("it was written by version 0.1"), "serve: {said}");
    // A migration of 0.2 would have recorded itself.
    let unchanged = "DO $$ BEGIN ASSERT (SELECT MAX(version) FROM _sqlx_migrations) = 8; END $$";
    run_sql(&database, unchanged)?;
    Ok(())
}

#[test]
fn a_book_of_0_1_is_refused_with_the_way_to_start_it_anew_and_that_way_works() -> TestResult {
    let old = Path::new(OLD);
    let folder = Folder::new()?;
    let copy = folder.path("old.db");
    std::fs::copy(old.join("book.sqlite"), &copy)?;
    let before = std::fs::read(&copy)?;
    let database = format!("sqlite:{}", copy.display());
    for arguments in
        [vec!["audit", "--database", &database], vec!["export", "--database", &database, "--format", "csv"]]
    {
        let (done, said) = gongxiang(&arguments)?;
        assert!(!done, "{arguments:?}: {said}");
        for part in ["it was written by version 0.1", "gongxiang export", "gongxiang replay", "--into"] {
            assert!(said.contains(part), "{arguments:?} does not say {part}: {said}");
        }
    }
    assert_eq!(std::fs::read(&copy)?, before, "the old book is left as it was");

    let new = format!("sqlite:{}", folder.path("new.db").display());
    let journal = old.join("journal.jsonl").display().to_string();
    let (done, said) = gongxiang(&["replay", "--rules", "seed", "--into", &new, &journal])?;
    assert!(done && said.contains("settled 50 events"), "{said}");
    let (clean, said) = gongxiang(&["audit", "--database", &new])?;
    assert!(clean && said.starts_with("clean: 50 events, 7 accounts, 3 days"), "{said}");
    let (done, said) = gongxiang(&["replay", "--rules", "seed", "--into", &new, &journal])?;
    assert!(!done && said.contains("has events already"), "{said}");

    // The same state as 0.1 made of it.
    let (done, said) = gongxiang(&["replay", "--rules", "seed", &journal])?;
    assert!(done, "{said}");
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(old.join("expected.json"))?)?;
    assert_eq!(serde_json::from_str::<Value>(&said)?, expected);
    Ok(())
}
