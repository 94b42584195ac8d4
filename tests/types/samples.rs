//! Values of each type as Rust writes them, and as it reads them.

use std::collections::BTreeSet;
use std::fs;

use gongxiang::book::{Book, DayRecord};
use gongxiang::event::{Code, Event, Kind};
use gongxiang::identity::Id;
use gongxiang::preset;
use gongxiang::receipt::{Amount, Posting, Reason, Receipt, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::answer::{MemberNow, StatementPage, SupplyNow};
use gongxiang::wire::replay::Replay;
use gongxiang::wire::statement::BookedPosting;
use gongxiang::wire::worded::Worded;
use gongxiang::wire::{event, snapshot};
use gongxiang_words::Language;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::Result;
use crate::contract::OF_THE_LOADER;

/// How many values of a kind are tried without each of their fields; the others are compared as they are.
pub const TRIED: usize = 12;

pub type Values = Result<Vec<Value>>;

pub fn tree(value: &Value) -> Tree {
    serde_json::from_value(value.clone()).unwrap_or(Tree::Null)
}

/// The value with one of its fields gone, or null; for every field, also of what is in it.
fn less(value: &Value) -> Vec<Value> {
    let mut all = Vec::new();
    match value {
        Value::Object(fields) => {
            for (name, inner) in fields {
                let with = |new: Option<Value>| {
                    let mut fields = fields.clone();
                    if let Some(new) = new {
                        fields.insert(name.clone(), new)
                    } else {
                        fields.remove(name)
                    };
                    Value::Object(fields)
                };
                all.extend([with(None), with(Some(Value::Null))]);
                all.extend(less(inner).into_iter().map(|inner| with(Some(inner))));
            }
        }
        Value::Array(items) => {
            // Others are like the first.
            if let Some(first) = items.first() {
                all.extend(less(first).into_iter().map(|new| Value::Array([vec![new], items[1..].to_vec()].concat())));
            }
        }
        _ => {}
    }
    all
}

/// What of a written value can be read without one of its fields, as it is written then.
fn rewritten<T: DeserializeOwned>(value: &Value, write: impl Fn(&T) -> serde_json::Result<Value>) -> Values {
    let read = less(value).into_iter().filter_map(|value| serde_json::from_value(value).ok());
    Ok(read.map(|read| write(&read)).collect::<serde_json::Result<_>>()?)
}

/// A value, and what of it can be left out when it is given.
pub fn given(value: Value, can_be_read: impl Fn(&Tree) -> bool) -> Vec<Value> {
    assert!(can_be_read(&tree(&value)), "{value} cannot be read");
    let mut all: Vec<Value> = less(&value).into_iter().filter(|value| can_be_read(&tree(value))).collect();
    all.push(value);
    all
}

pub fn vectors() -> Result<Vec<(RuleSet, Vec<Value>)>> {
    let mut vectors = Vec::new();
    for file in fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors"))? {
        let vector: Value = serde_json::from_str(&fs::read_to_string(file?.path())?)?;
        let Some(events) = vector["events"].as_array() else { continue };
        let rules = match &vector["rules"] {
            Value::String(name) => preset::by_name(name).ok_or("no such preset")??,
            rules => RuleSet::from_tree(&tree(rules))?,
        };
        vectors.push((rules, events.clone()));
    }
    Ok(vectors)
}

/// The books of the vectors, each after `see` was told of every accepted event.
pub fn books(mut see: impl FnMut(&Book, &Receipt, Event) -> Result) -> Result<Vec<Book>> {
    let mut books = Vec::new();
    for (rules, events) in vectors()? {
        let mut book = Book::open(rules);
        for line in &events {
            let Ok(entry) = event::read(&tree(line)) else { continue };
            if let Ok(receipt) = book.apply(&entry).result {
                see(&book, &receipt, entry.event)?;
            }
        }
        books.push(book);
    }
    Ok(books)
}

/// An example of every reason. What is a number can be an id as well.
fn reasons() -> Result<Vec<Reason>> {
    let mut reasons = Vec::new();
    for (tag, names) in Reason::TAGS {
        let mut reason = json!({ "of": tag });
        for (name, _) in *names {
            reason[name] = "12.5".into();
        }
        reasons.push(serde_json::from_value(reason)?);
    }
    Ok(reasons)
}

fn postings() -> Result<Vec<Posting>> {
    let (from, to) = (Id::parse("ann").ok_or("an id")?, Id::parse("bob").ok_or("an id")?);
    let amount = |asset| Amount::parse(asset, "1.5").ok_or("an amount");
    let (points, share_value, locked) = (amount("points")?, amount("share_value")?, amount("locked")?);
    let posting = |rule, amount, why| {
        let (from, to) =
            (gongxiang::receipt::Party::Member(from.clone()), gongxiang::receipt::Party::Member(to.clone()));
        Posting { from, to, amount, rule, why }
    };
    let mut all: Vec<_> = reasons()?.into_iter().map(|why| posting(Rule::Transfer, points, why)).collect();
    for amount in [points, share_value, locked] {
        all.extend(Rule::ALL.map(|rule| posting(rule, amount, Reason::Transfer {})));
    }
    Ok(all)
}

pub fn receipts() -> Values {
    let mut receipts: Vec<Receipt> = Vec::new();
    books(|_, receipt, _| {
        receipts.push(receipt.clone());
        Ok(())
    })?;
    let mut first = receipts.first().ok_or("no receipt")?.clone();
    first.postings = postings()?;
    receipts.push(first);
    let write = |receipt: &Receipt| serde_json::to_value(Worded(receipt, Language::En));
    let mut values = Vec::new();
    let mut tried = Vec::new();
    for receipt in &receipts {
        let value = write(receipt)?;
        // Without each of its fields: once a kind, and once for an order with rewards.
        let like = (receipt.kind, receipt.order.as_ref().is_some_and(|order| !order.rewards.is_empty()));
        if !tried.contains(&like) {
            tried.push(like);
            values.extend(rewritten(&value, write)?);
        }
        values.push(value);
    }
    Ok(values)
}

pub fn events() -> Values {
    let mut values = Vec::new();
    let mut kinds = Vec::new();
    let readable = |tree: &Tree| event::read(tree).is_ok();
    let fields = Kind::ALL.iter().flat_map(|kind| kind.fields());
    let optional: BTreeSet<&str> = fields.filter(|field| field.is_optional).map(|field| field.name).collect();
    for (_, events) in vectors()? {
        for mut value in events {
            let Ok(entry) = event::read(&tree(&value)) else { continue };
            value["id"] = "e-1".into();
            value["at"] = "2026-01-01T00:00:00Z".into();
            value["reference"] = "till-1".into();
            let kind = entry.event.kind();
            let fields = value.as_object().map_or(0, serde_json::Map::len);
            if kinds.contains(&(kind, fields)) {
                values.extend(Some(value).filter(can_be_adopted));
                continue;
            }
            kinds.push((kind, fields));
            values.extend(choices(&value, &|tree| event::read(tree).err().map(|refusal| refusal.message.into_owned())));
            for name in optional.iter().filter(|name| value.get(name).is_none()) {
                let mut value = value.clone();
                value[name] = "a-1".into();
                values.extend(Some(value).filter(|value| readable(&tree(value))));
            }
            values.extend(given(value, readable).into_iter().filter(can_be_adopted));
        }
    }
    for kind in Kind::ALL {
        assert!(
            kinds.iter().any(|(known, _)| known == kind),
            "no vector has an event `{kind}` to compare its type with"
        );
    }
    Ok(values)
}

/// Whether the rules of an event that adopts some would be taken: the reader of events leaves that to the rules.
fn can_be_adopted(event: &Value) -> bool {
    event.get("rules").is_none_or(|rules| preset::seed().is_ok_and(|seed| seed.adopt(&tree(rules)).is_ok()))
}

/// The value with every other choice at each place where a text can be one of few: the refusal of a wrong one names them.
pub fn choices(value: &Value, refusal: &dyn Fn(&Tree) -> Option<String>) -> Vec<Value> {
    let mut all = Vec::new();
    for path in texts(value, String::new()) {
        let with = |text: &str| {
            let mut value = value.clone();
            if let Some(place) = value.pointer_mut(&path) {
                *place = text.into();
            }
            value
        };
        let Some(message) = refusal(&tree(&with("?"))) else { continue };
        let named = message.split('`').skip(1).step_by(2);
        all.extend(named.map(with).filter(|value| refusal(&tree(value)).is_none()));
    }
    all
}

/// Where the texts of a value are, as JSON pointers.
fn texts(value: &Value, path: String) -> Vec<String> {
    match value {
        Value::String(_) => vec![path],
        Value::Object(fields) => {
            fields.iter().flat_map(|(name, value)| texts(value, format!("{path}/{name}"))).collect()
        }
        _ => Vec::new(),
    }
}

pub fn codes() -> Vec<Value> {
    let names = Code::ALL.iter().map(|code| code.as_str()).chain(OF_THE_LOADER);
    names.map(Value::from).collect()
}

pub fn replayed() -> Result<(Vec<Value>, Vec<Value>, Vec<Value>)> {
    let (mut states, mut all, mut days, mut tried) = (Vec::new(), Vec::new(), Vec::new(), 0);
    for (rules, events) in vectors()? {
        let mut replay = Replay::new(rules);
        for line in &events {
            _ = replay.push(event::read(&tree(line)));
        }
        let replayed = replay.finish()?;
        states.push(serde_json::to_value(&replayed.state)?);
        for day in replayed.days {
            let value = serde_json::to_value(day)?;
            if tried < TRIED {
                days.extend(rewritten::<DayRecord>(&value, |day| serde_json::to_value(day))?);
                tried += 1;
            }
            days.push(value);
        }
        all.push(serde_json::to_value(&replayed)?);
    }
    Ok((states, all, days))
}

pub fn rule_sets() -> Values {
    let mut values = Vec::new();
    let mut sets = Vec::new();
    for (name, _) in preset::PRESETS {
        sets.push(preset::by_name(name).ok_or("a preset")??);
    }
    sets.extend(vectors()?.into_iter().map(|(rules, _)| rules).take(TRIED));
    for rules in sets {
        let value = serde_json::to_value(&rules)?;
        values.extend(choices(&value, &|tree| RuleSet::from_tree(tree).err().map(|error| error.message)));
        values.extend(given(value, |tree| RuleSet::from_tree(tree).is_ok()));
    }
    Ok(values)
}

/// Values as they are written, and the first of them as they are written when they were read without one of their fields.
fn written<T: Serialize + DeserializeOwned>(all: &[T]) -> Values {
    let mut values = Vec::new();
    for (i, one) in all.iter().enumerate() {
        let value = serde_json::to_value(one)?;
        if i < TRIED {
            values.extend(rewritten::<T>(&value, |read| serde_json::to_value(read))?);
        }
        values.push(value);
    }
    Ok(values)
}

pub fn members() -> Values {
    let mut members = Vec::new();
    for book in books(|_, _, _| Ok(()))? {
        for (member, account) in book.accounts() {
            let state = book.account_state(member.as_str())?.ok_or("no state")?;
            members.push(MemberNow { member: member.clone(), day: book.head().day, account: account.clone(), state });
        }
    }
    written(&members)
}

pub fn supply(book: &Book) -> SupplyNow {
    let &gongxiang::book::Head { day, price, supply, release, .. } = book.head();
    SupplyNow { day, price, supply, release, turnover_days: 30 }
}

pub fn supplies() -> Values {
    let supplies: Vec<_> = books(|_, _, _| Ok(()))?.iter().map(supply).collect();
    let values = written(&supplies)?;
    assert!(values.iter().all(|value| snapshot::now(&tree(value)).is_ok()), "what is written is read");
    Ok(values)
}

pub fn excerpts() -> Values {
    let mut excerpts = Vec::new();
    books(|book, _, event| {
        if let Event::OrderPlaced(order) = event {
            excerpts.push(book.excerpt(&order));
        }
        Ok(())
    })?;
    written(&excerpts)
}

pub fn statements() -> Values {
    let day = gongxiang::identity::Day::parse("2026-01-01").ok_or("a day")?;
    let booked = |posting| BookedPosting { place: 7, line: 0, day, posting };
    let postings: Vec<_> = postings()?.into_iter().map(booked).collect();
    for booked in &postings {
        let value = serde_json::to_value(booked)?;
        assert_eq!(snapshot::booked_posting(&tree(&value)).as_ref(), Ok(booked), "what is written is read");
    }
    let write = |page: &StatementPage| serde_json::to_value(Worded(page, Language::En));
    let value = write(&StatementPage { postings, next: Some("7-0".into()) })?;
    let mut all = rewritten(&value, write)?;
    all.push(value);
    Ok(all)
}
