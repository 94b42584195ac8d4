//! A member's statement, computed from its postings and the day records alone, equals the account in the book.

use std::collections::BTreeMap;
use std::error::Error;

use gongxiang::book::Book;
use gongxiang::event::Entry;
use gongxiang::identity::Id;
use gongxiang::preset;
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::receipt::{Amount, Class, Party, Receipt, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::statement::{self, History, HistoryRow};
use gongxiang::wire::event;
use gongxiang::wire::statement::BookedPosting;
use serde_json::Value;

type TestResult = Result<(), Box<dyn Error>>;

/// Every member's postings, oldest first.
#[derive(Default)]
struct Journal {
    place: i64,
    of: BTreeMap<Id, Vec<BookedPosting>>,
}

impl Journal {
    fn note(&mut self, receipt: &Receipt) {
        self.place += 1;
        for (line, posting) in (0..).zip(&receipt.postings) {
            for party in [&posting.from, &posting.to] {
                if let Party::Member(id) = party {
                    let (place, day, posting) = (self.place, receipt.day, posting.clone());
                    self.of.entry(id.clone()).or_default().push(BookedPosting { place, line, day, posting });
                }
            }
        }
    }

    fn history(&self, book: &Book, id: &Id) -> Result<History, Box<dyn Error>> {
        let postings = self.of.get(id).map(Vec::as_slice).unwrap_or_default();
        let account = book.account(id.as_str()).ok_or("no account")?;
        Ok(statement::history(id, account, postings, book.days())?)
    }

    /// Compares every member's statement with the book.
    fn compare(&self, book: &Book, at: &str) -> TestResult {
        for (id, _) in book.accounts() {
            let at = format!("{at}, {id}");
            let history = self.history(book, id).map_err(|error| format!("{at}: {error}"))?;
            assert_eq!(Some(history.state), book.account_state(id.as_str())?, "{at}");
            assert!(history.adds_up, "{at}");
            adds_up(id, &history, &at)?;
        }
        Ok(())
    }
}

/// Adds up the rows of a statement, one by one, and compares the sums with the statement's own.
fn adds_up(me: &Id, history: &History, at: &str) -> TestResult {
    let (mut points, mut own, mut from_others) = (Points::ZERO, Points::ZERO, Points::ZERO);
    let mut days = history.days.iter().peekable();
    let mut last = None;
    for row in &history.rows {
        let day = match row {
            HistoryRow::Day(day) => day.day,
            HistoryRow::Posting(booked) => booked.day,
        };
        assert!(last.is_none_or(|last| last <= day), "{at}: the rows are in order");
        last = Some(day);
        match row {
            HistoryRow::Day(closed) => {
                points = points.plus(closed.earned)?;
                assert_eq!(points, closed.state.points, "{at}, {day}");
                let kept = days.by_ref().find(|other| other.day == day);
                assert_eq!(kept, Some(closed), "{at}, {day}");
            }
            HistoryRow::Posting(booked) => {
                assert!(booked.posting.rule != Rule::Release, "{at}: a release has become its days");
                let Amount::Points(moved) = booked.posting.amount else { continue };
                if !booked.is_gain(me) {
                    points = points.minus(moved)?;
                    continue;
                }
                points = points.plus(moved)?;
                match booked.posting.rule.class() {
                    Some(Class::Own) => own = own.plus(moved)?,
                    Some(Class::Dynamic) => from_others = from_others.plus(moved)?,
                    _ => {}
                }
            }
        }
    }
    assert_eq!(points, history.state.points, "{at}");
    assert_eq!((own, from_others), (history.own.points, history.from_others.points), "{at}");
    Ok(())
}

fn vector(name: &str) -> Result<(RuleSet, Vec<Value>), Box<dyn Error>> {
    let text = std::fs::read_to_string(format!("{}/tests/vectors/{name}.json", env!("CARGO_MANIFEST_DIR")))?;
    let vector: Value = serde_json::from_str(&text)?;
    let rules = match &vector["rules"] {
        Value::String(name) => preset::by_name(name).ok_or("no such preset")??,
        rules => RuleSet::from_tree(&serde_json::from_value(rules.clone())?)?,
    };
    Ok((rules, vector["events"].as_array().ok_or("a vector has events")?.clone()))
}

fn cdnow() -> Result<(Book, Vec<Entry>), Box<dyn Error>> {
    let rules = serde_json::from_str(include_str!("data/cdnow.rules.json"))?;
    let read = |line| Ok(event::read(&serde_json::from_str(line)?)?);
    let entries: Result<_, Box<dyn Error>> = include_str!("data/cdnow.jsonl").lines().map(read).collect();
    Ok((Book::open(rules), entries?))
}

#[test]
fn a_statement_is_the_account_after_every_event_of_the_vectors() -> TestResult {
    let mut compared = 0;
    for file in std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))? {
        let path = file?.path();
        let Some(name) = path.file_stem().and_then(|name| name.to_str()) else { continue };
        let Ok((rules, events)) = vector(name) else { continue };
        let mut book = Book::open(rules);
        let mut journal = Journal::default();
        // After every event of a short vector, after some events of a long one, and always at the end.
        let step = events.len().div_ceil(40);
        for (number, line) in events.iter().enumerate() {
            let Ok(entry) = event::read(&serde_json::from_value(line.clone())?) else { continue };
            let outcome = book.apply(&entry);
            if let (false, Ok(receipt)) = (outcome.repeated, &outcome.result) {
                journal.note(receipt);
            }
            if number % step == 0 || number + 1 == events.len() {
                journal.compare(&book, &format!("{name}, event {number}"))?;
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared} moments were compared");
    Ok(())
}

#[test]
fn a_statement_is_the_account_after_a_long_journal() -> TestResult {
    let (mut book, entries) = cdnow()?;
    let mut journal = Journal::default();
    for entry in &entries {
        if let Ok(receipt) = book.apply(entry).result {
            journal.note(&receipt);
        }
    }
    assert!(book.days().len() > 100);
    journal.compare(&book, "the end of the journal")?;
    // The last days of the account are the last days of its whole past.
    for (id, account) in book.accounts() {
        let history = journal.history(&book, id)?;
        let mut counts = (0..=5).rev();
        let last = counts.find_map(|count| statement::statement(account, book.days(), count).ok());
        let last = last.ok_or("the account is older than the book's days")?;
        assert_eq!(history.days.get(history.days.len() - last.len()..), Some(last.as_slice()), "{id}");
    }
    Ok(())
}

#[test]
fn income_is_counted_by_its_class() -> TestResult {
    let (rules, events) = vector("random-2")?;
    let mut book = Book::open(rules);
    let mut journal = Journal::default();
    for line in &events {
        let Ok(entry) = event::read(&serde_json::from_value(line.clone())?) else { continue };
        let outcome = book.apply(&entry);
        if let (false, Ok(receipt)) = (outcome.repeated, &outcome.result) {
            journal.note(receipt);
        }
    }
    let (mut released, mut own, mut from_others) = (Points::ZERO, ShareValue::ZERO, ShareValue::ZERO);
    for (id, _) in book.accounts() {
        let history = journal.history(&book, id)?;
        released = released.plus(history.from_release.points)?;
        own = own.plus(history.own.share_value)?;
        from_others = from_others.plus(history.from_others.share_value)?;
        assert_eq!(history.from_release.share_value, ShareValue::ZERO);
    }
    let of_all = |class| {
        let mut postings: Vec<_> = journal.of.values().flatten().collect();
        postings.sort_by_key(|booked| (booked.place, booked.line));
        postings.dedup();
        postings.into_iter().filter(|booked| booked.posting.rule.class() == Some(class)).try_fold(
            ShareValue::ZERO,
            |sum, booked| match (&booked.posting.to, booked.posting.amount) {
                (Party::Member(_), Amount::ShareValue(value)) => sum.plus(value),
                _ => Ok(sum),
            },
        )
    };
    for (class, sum) in [("static", released.raw()), ("own", own.raw()), ("dynamic", from_others.raw())] {
        assert!(sum > 0, "the vector has {class} income");
    }
    assert_eq!((own, from_others), (of_all(Class::Own)?, of_all(Class::Dynamic)?));
    Ok(())
}
