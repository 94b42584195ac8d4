//! The two formats for which no other program is needed: CSV and JSON Lines.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::assert_equal;
use crate::support::{Folder, TestResult, export, gongxiang, lines as journal_of, rules_and_journal};
use crate::tools::{Balances, raw};

#[test]
fn the_rows_of_the_table_add_up_to_what_was_settled() -> TestResult {
    let folder = Folder::new()?;
    for case in gongxiang_conformance::cases() {
        let mut balances = Balances::new();
        let mut events: BTreeMap<(String, String), i128> = BTreeMap::new();
        for row in csv::Reader::from_path(export(&folder, &case, "csv")?)?.into_records() {
            let row = row?;
            let amount = raw(&row[7])?;
            *balances.entry((row[4].into(), row[6].into())).or_default() += amount;
            *events.entry((row[0].into(), row[6].into())).or_default() += amount;
        }
        assert_equal(&case.name, &balances, &case.expected["state"]);
        assert!(events.values().all(|sum| *sum == 0), "{}: every event is in balance", case.name);
    }
    Ok(())
}

#[test]
fn the_events_of_the_json_lines_are_the_journal_again() -> TestResult {
    let folder = Folder::new()?;
    for case in gongxiang_conformance::cases() {
        let lines = std::fs::read_to_string(export(&folder, &case, "jsonl")?)?;
        let (rules, _) = rules_and_journal(&folder, &case)?;
        let journal = folder.path("again.jsonl");
        let lines: Vec<Value> = lines.lines().map(serde_json::from_str).collect::<Result<_, _>>()?;
        assert!(lines.iter().all(|line| line["receipt"]["type"] == line["event"]["type"]), "{}", case.name);
        std::fs::write(&journal, journal_of(lines.iter().map(|line| &line["event"])))?;
        let again: Value =
            serde_json::from_str(&gongxiang(&["replay", "--rules", &rules, &journal.to_string_lossy()])?)?;
        assert_eq!(again["state"], case.expected["state"], "{}", case.name);
        assert_eq!(again["refused"], serde_json::json!([]), "{}", case.name);
    }
    Ok(())
}

#[test]
fn an_export_that_fails_leaves_what_was_there() -> TestResult {
    let folder = Folder::new()?;
    let books = folder.path("books");
    std::fs::write(&books, "kept")?;
    let (to, missing) = (books.to_string_lossy().into_owned(), folder.path("missing").to_string_lossy().into_owned());
    let error = gongxiang(&["export", "--format", "csv", "--journal", &missing, "-o", &to])
        .err()
        .ok_or("a journal that is missing was exported")?;
    assert!(error.to_string().contains(&missing), "{error}");
    // The last day of the calendar: beancount asserts balances on the next day, and there is none.
    let rules = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../presets/seed.toml"))?;
    let day = rules.lines().find(|line| line.starts_with("genesis_day")).ok_or("no genesis_day")?;
    let late = folder.path("late.toml");
    std::fs::write(&late, rules.replace(day, "genesis_day = \"9999-12-31\""))?;
    let journal = folder.path("journal");
    std::fs::write(&journal, "{\"type\":\"member.registered\",\"member\":\"a\"}\n")?;
    let (late, journal) = (late.to_string_lossy(), journal.to_string_lossy());
    let failed = gongxiang(&["export", "--format", "beancount", "--rules", &late, "--journal", &journal, "-o", &to]);
    assert!(failed.is_err_and(|error| error.to_string().contains("out_of_range")));
    assert_eq!(std::fs::read_to_string(&books)?, "kept");
    assert_eq!(std::fs::read_dir(folder.path(""))?.count(), 3, "nothing half-written is left");
    Ok(())
}
