//! The answers of a server, read back: nothing is lost, and nothing invalid is accepted.

use std::collections::BTreeMap;

use gongxiang::book::Book;
use gongxiang::event::{Code, Entry, Event};
use gongxiang::identity::Id;
use gongxiang::quantity::ShareValue;
use gongxiang::statement;
use gongxiang::tree::Tree;
use gongxiang::wire::pending::PendingNow;
use gongxiang::wire::{event, snapshot};
use serde_json::{Value, json};

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The CDNOW book at its end, and its journal.
fn cdnow() -> (Book, Vec<Entry>) {
    let rules = serde_json::from_str(include_str!("data/cdnow.rules.json")).expect("sound rules");
    let read = |line| event::read(&serde_json::from_str::<Tree>(line).expect("JSON")).expect("an event");
    let entries: Vec<_> = include_str!("data/cdnow.jsonl").lines().map(read).collect();
    let mut book = Book::open(rules);
    for entry in &entries {
        _ = book.apply(entry);
    }
    (book, entries)
}

fn tree(value: &impl serde::Serialize) -> Result<Tree, serde_json::Error> {
    serde_json::from_value(serde_json::to_value(value)?)
}

#[test]
fn accounts_and_days_come_back_as_they_are() -> TestResult {
    let (book, _) = cdnow();
    for (id, account) in book.accounts() {
        assert_eq!(snapshot::account(&tree(account)?)?, *account, "{id}");
    }
    assert!(book.days().len() > 100);
    for record in book.days() {
        assert_eq!(snapshot::day_record(&tree(record)?)?, *record);
    }
    Ok(())
}

#[test]
fn a_whole_number_that_javascript_would_round_is_written_as_text() -> TestResult {
    fn sound(value: &Value) -> bool {
        match value {
            Value::Number(number) => number.as_u64().is_some_and(|whole| whole < 1 << 53),
            Value::Array(items) => items.iter().all(sound),
            Value::Object(entries) => entries.values().all(sound),
            _ => true,
        }
    }
    let (book, _) = cdnow();
    assert!(sound(&serde_json::to_value(book.head())?));
    for (_, account) in book.accounts() {
        assert!(sound(&serde_json::to_value(account)?));
    }
    Ok(())
}

#[test]
fn an_excerpt_previews_as_the_whole_book_does() -> TestResult {
    let (book, entries) = cdnow();
    let mut previews = BTreeMap::new();
    for entry in entries.iter().filter(|entry| matches!(entry.event, Event::OrderPlaced(_))).step_by(25) {
        let Event::OrderPlaced(mut order) = entry.event.clone() else { continue };
        let part = snapshot::excerpt(&tree(&book.excerpt(&order))?)?;
        order.order = Id::parse(&format!("again-{}", order.order)).ok_or("no id")?;
        let again = Entry::from(Event::OrderPlaced(order));
        let (mine, whole) = (part.preview(&again), book.preview(&again));
        *previews.entry(whole.is_ok()).or_insert(0) += 1;
        assert_eq!(mine, whole);
    }
    assert!(previews.get(&true).is_some_and(|count| *count > 50), "{previews:?}");
    Ok(())
}

#[test]
fn the_next_release_is_what_the_close_brings_where_nothing_falls_due() -> TestResult {
    let (mut book, _) = cdnow();
    // Longer than the vesting days of any order.
    for _ in 0..10 {
        book.apply(&Event::DayClosed { day: book.head().day }.into()).result?;
    }
    let mut after = book.clone();
    after.apply(&Event::DayClosed { day: book.head().day }.into()).result?;
    let head = book.head();
    for (id, account) in book.accounts() {
        let (rules, price, issued) = (book.rules(), head.price, head.supply.issued);
        let next =
            statement::next_release(account, book.days(), &head.release, rules, price, issued, ShareValue::ZERO)?;
        let points = |book: &Book| book.account_state(id.as_str()).map(|state| state.map(|state| state.points));
        let (before, after) = (points(&book)?.ok_or("no account")?, points(&after)?.ok_or("no account")?);
        assert_eq!(before.plus(next)?, after, "{id}");
    }
    Ok(())
}

#[test]
fn the_next_release_counts_what_vests_before_it() -> TestResult {
    let (mut book, entries) = cdnow();
    for _ in 0..10 {
        book.apply(&Event::DayClosed { day: book.head().day }.into()).result?;
    }
    // One order, so that nothing else vests with it; its shop has the points for it from the treasury.
    let (order, mut placed) = entries
        .iter()
        .rev()
        .find_map(|entry| match &entry.event {
            Event::OrderPlaced(placed) => Some((placed.order.clone(), placed.clone())),
            _ => None,
        })
        .ok_or("no order")?;
    placed.order = Id::parse("alone").ok_or("no id")?;
    let (buyer, alone) = (placed.buyer.clone(), placed.order.clone());
    book.apply(&Event::OrderPlaced(placed).into()).result.map_err(|refusal| format!("{order}: {refusal}"))?;
    let mut rounds = 0;
    while book.order(&alone).and_then(|order| order.due) > Some(book.head().day) {
        book.apply(&Event::DayClosed { day: book.head().day }.into()).result?;
        rounds += 1;
    }
    assert!(rounds > 0, "the order vests later");
    let mut pending = PendingNow::nothing(buyer.clone(), book.head().day);
    pending.add(book.order(&alone).ok_or("no order")?)?;
    let (vesting, _) = pending.until(book.head().day)?;
    let account = book.account(buyer.as_str()).ok_or("no account")?;
    let (head, rules) = (book.head(), book.rules());
    let next = |vesting| {
        statement::next_release(account, book.days(), &head.release, rules, head.price, head.supply.issued, vesting)
    };
    let (without, with) = (next(ShareValue::ZERO)?, next(vesting)?);
    assert!(with > without, "{vesting} vests");
    let points = |book: &Book| book.account_state(buyer.as_str()).map(|state| state.map(|state| state.points));
    let before = points(&book)?.ok_or("no account")?;
    let mut after = book.clone();
    after.apply(&Event::DayClosed { day: head.day }.into()).result?;
    let brought = points(&after)?.ok_or("no account")?.minus(before)?;
    // What the order gives others raises all weights a little, so the estimate is a little high.
    assert!(brought <= with && brought > without, "{without} < {brought} <= {with}");
    Ok(())
}

#[test]
fn an_answer_that_no_server_gives_is_refused_with_its_field() -> TestResult {
    let (book, _) = cdnow();
    let (_, account) = book.accounts().next().ok_or("no account")?;
    let sound = serde_json::to_value(account)?;
    for (field, wrong) in [
        ("points", json!("-1")),
        ("points", json!(1)),
        ("points", json!("1e3")),
        ("activated", json!("yes")),
        ("frozen", json!("no")),
        ("frozen", Value::Null),
        ("referrer", json!(7)),
        ("referrer", json!("a b")),
        ("shop", json!("12345")),
        ("area_pack", json!("1997-13-01")),
        ("holding", json!([])),
    ] {
        let mut value = sound.clone();
        value[field] = wrong.clone();
        let refusal = snapshot::account(&tree(&value)?).expect_err("unsound");
        assert_eq!(refusal.code, Code::BadSnapshot, "{field} {wrong}");
        assert!(refusal.field == field || wrong == json!([]), "{field} {wrong}: {refusal:?}");
    }
    for (field, wrong) in
        [("fraction", json!(7)), ("fraction", json!("18446744073709551616")), ("era", json!(-1)), ("acc", json!("x"))]
    {
        let mut value = sound.clone();
        value["holding"][field] = wrong;
        let refusal = snapshot::account(&tree(&value)?).expect_err("unsound");
        assert_eq!((refusal.code, &*refusal.field), (Code::BadSnapshot, field));
    }
    Ok(())
}
