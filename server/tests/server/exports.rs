//! Exports from a database while the server runs.

use std::fmt::Write as _;

use gongxiang_conformance::cdnow;
use serde_json::{Value, json};

use crate::support::{Folder, Server, TestResult, argument, gongxiang};

#[test]
fn the_exported_journal_replays_to_the_state_that_the_server_has() -> TestResult {
    let folder = Folder::new()?;
    let case = cdnow();
    let rules = folder.path("rules.json");
    std::fs::write(&rules, case.rules.to_string())?;
    let server = Server::start(&["--database", &folder.database(), "--rules", argument(&rules)])?;
    let events: Vec<&Value> = case.events.iter().take(6_000).collect();
    assert_eq!(server.post("/v1/events", "application/json", json!(events).to_string())?.0, 200);
    let file = folder.path("books.jsonl");
    gongxiang(&["export", "--format", "jsonl", "--database", &folder.database(), "--output", argument(&file)])?;
    let journal = folder.path("journal.jsonl");
    let mut lines = String::new();
    for line in std::fs::read_to_string(&file)?.lines() {
        writeln!(lines, "{}", serde_json::from_str::<Value>(line)?["event"])?;
    }
    std::fs::write(&journal, lines)?;
    let replayed = gongxiang(&["replay", "--strict", "--rules", argument(&rules), argument(&journal)])?;
    assert_eq!(serde_json::from_str::<Value>(&replayed)?["state"], server.get("/v1/state")?.1);
    Ok(())
}
