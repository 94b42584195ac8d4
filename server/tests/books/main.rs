//! The exported books in other programs: hledger and beancount accept them without a warning, and compute the balances of
//! the vectors to the last digit.
//!
//! `cargo xtask test` installs both and sets their paths.

mod support;
mod tables;
mod tools;

use serde_json::Value;
use support::{Folder, TestResult, export, rules_and_journal};
use tools::{Balances, Beancount, Hledger, expected};

/// Amounts in parts of 10^-8, so that `1.50000000` equals `1.5`.
fn assert_equal(what: &str, got: &Balances, state: &Value) {
    let expected = expected(state);
    for (key, amount) in &expected {
        let got = got.get(key).copied().unwrap_or_default();
        assert_eq!(got, *amount, "{what}: {} {}", key.0, key.1);
    }
    let others = ["Equity:Granted", "Equity:Converted", "Equity:Rounding"];
    for ((account, commodity), amount) in got {
        let known = expected.contains_key(&(account.clone(), commodity.clone())) || others.contains(&account.as_str());
        assert!(known || *amount == 0, "{what}: {account} has {amount} {commodity} more than the state");
    }
    // Each grant, era and account rounds by some parts of 10^-8; a thousandth is more than the sum in the largest case.
    let rounding = got.get(&("Equity:Rounding".into(), "SHAREVALUE".into())).copied().unwrap_or_default();
    assert!(rounding.abs() < 100_000, "{what}: {rounding} parts of share value are in the roundings");
    for commodity in ["POINTS", "SHAREVALUE", "LOCKED"] {
        let sum: i128 = got.iter().filter(|(key, _)| key.1 == commodity).map(|(_, amount)| amount).sum();
        assert_eq!(sum, 0, "{what}: {commodity} is in balance");
    }
}

#[test]
fn hledger_finds_in_the_books_of_cdnow_what_was_settled() -> TestResult {
    let hledger = Hledger::find()?;
    let folder = Folder::new()?;
    let case = gongxiang_conformance::cdnow();
    let books = export(&folder, &case, "hledger")?;
    hledger.check(&books)?;
    assert_equal("cdnow", &hledger.balances(&books)?, &case.expected["state"]);
    Ok(())
}

#[test]
fn beancount_finds_in_the_books_of_cdnow_what_was_settled() -> TestResult {
    let beancount = Beancount::find()?;
    let folder = Folder::new()?;
    let case = gongxiang_conformance::cdnow();
    let books = export(&folder, &case, "beancount")?;
    beancount.check(&books)?;
    let balances = beancount.balances(std::slice::from_ref(&books))?;
    assert_equal("cdnow", &balances[0], &case.expected["state"]);
    Ok(())
}

#[test]
fn both_find_in_the_books_of_every_vector_what_was_settled() -> TestResult {
    let (hledger, beancount) = (Hledger::find()?, Beancount::find()?);
    let folder = Folder::new()?;
    let cases: Vec<_> = gongxiang_conformance::cases().into_iter().filter(|case| case.name != "cdnow").collect();
    let mut files = Vec::new();
    for case in &cases {
        let books = export(&folder, case, "hledger")?;
        assert_equal(&case.name, &hledger.balances(&books)?, &case.expected["state"]);
        files.push(export(&folder, case, "beancount")?);
    }
    for (case, balances) in cases.iter().zip(beancount.balances(&files)?) {
        assert_equal(&case.name, &balances, &case.expected["state"]);
    }
    Ok(())
}

/// A small book of members with the most awkward ids that are allowed; its state is computed by `replay`.
fn book_of(ids: &[&str], folder: &Folder) -> TestResult<gongxiang_conformance::Case> {
    let mut events = Vec::new();
    for (n, id) in ids.iter().enumerate() {
        events.push(serde_json::json!({"type": "member.registered", "member": id}));
        events.push(serde_json::json!({"type": "pack.purchased", "member": id, "pack": "member"}));
        events.push(serde_json::json!({"type": "treasury.granted", "member": id, "points": (n + 2).to_string()}));
        let (side, points) = ("sell", "1.00000001");
        events.push(serde_json::json!({"type": "offer.placed", "offer": id, "member": id, "side": side, "points": points, "unit_price": "1"}));
    }
    events.push(serde_json::json!({"type": "day.closed", "day": "2026-01-01"}));
    let mut case = gongxiang_conformance::cases().remove(0);
    case.name = format!("ids-{}", ids.len());
    case.rules["genesis_day"] = "2026-01-01".into();
    case.events = events;
    let (rules, journal) = rules_and_journal(folder, &case)?;
    let replayed: Value = serde_json::from_str(&support::gongxiang(&["replay", "--rules", &rules, &journal])?)?;
    assert_eq!(replayed["refused"], serde_json::json!([]), "the book is what it is meant to be");
    case.expected.insert("state".into(), replayed["state"].clone());
    Ok(case)
}

#[test]
fn no_id_and_no_empty_book_confuses_them() -> TestResult {
    let (hledger, beancount) = (Hledger::find()?, Beancount::find()?);
    let folder = Folder::new()?;
    let longest = ":".repeat(64);
    let ids = [
        ":",
        "-",
        ".",
        "_",
        "--",
        "-C",
        "C",
        "c",
        "U",
        "-U",
        "_U",
        "date:2020-13-45",
        "date:",
        "a:b",
        "a-Cb",
        "M-a",
        "a",
        "A",
        "0",
        "2026-01-01",
        "1.5",
        "-1-1",
        "Liabilities:Pool",
        "x.:",
        &longest,
    ];
    for case in [book_of(&ids, &folder)?, book_of(&[], &folder)?] {
        let books = export(&folder, &case, "hledger")?;
        hledger.check(&books)?;
        assert_equal(&case.name, &hledger.balances(&books)?, &case.expected["state"]);
        let books = export(&folder, &case, "beancount")?;
        beancount.check(&books)?;
        assert_equal(&case.name, &beancount.balances(&[books])?[0], &case.expected["state"]);
    }
    Ok(())
}

#[test]
fn books_that_are_wrong_by_the_smallest_part_are_refused_by_both() -> TestResult {
    let (hledger, beancount) = (Hledger::find()?, Beancount::find()?);
    let folder = Folder::new()?;
    let case =
        gongxiang_conformance::cases().into_iter().find(|case| case.name == "worked-example").ok_or("no vector")?;
    for format in ["hledger", "beancount"] {
        let books = export(&folder, &case, format)?;
        let text = std::fs::read_to_string(&books)?;
        // 1000 points from the treasury become 1000.00000001 on both sides: the entry balances, but is wrong.
        let wrong = text
            .replace("  1000 POINTS", "  1000.00000001 POINTS")
            .replace("  -1000 POINTS", "  -1000.00000001 POINTS");
        assert_ne!(wrong, text, "{format}");
        std::fs::write(&books, wrong)?;
        let checked = if format == "hledger" { hledger.check(&books) } else { beancount.check(&books) };
        let error = checked.err().ok_or_else(|| format!("{format} takes a wrong balance"))?;
        assert!(error.to_string().to_lowercase().contains("balance"), "{format}: {error}");
    }
    Ok(())
}
