//! How fast the rules are natively: a whole journal, the close of a day, a preview.
//!
//! `cargo xtask bench` runs this beside the same in WebAssembly and prints the ratios. No test depends on the times.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use gongxiang::book::Book;
use gongxiang::event::{Entry, Event, OrderPlaced};
use gongxiang::identity::{Id, Region};
use gongxiang::preset;
use gongxiang::quantity::{Money, Points, Price};
use gongxiang::ruleset::{Channel, RuleSet};
use gongxiang::tree::Tree;
use gongxiang::wire::{event, replay::Replay};

fn id(text: &str) -> Id {
    Id::parse(text).expect("an id")
}

/// 20,078 events of a real purchase log: from text to state.
fn replay_cdnow(c: &mut Criterion) {
    let journal = include_str!("../tests/data/cdnow.jsonl");
    let rules: RuleSet = serde_json::from_str(include_str!("../tests/data/cdnow.rules.json")).expect("sound rules");
    let lines = u64::try_from(journal.lines().count()).expect("a count");
    let mut group = c.benchmark_group("replay");
    group.throughput(Throughput::Elements(lines)).sample_size(20);
    group.bench_function("cdnow", |b| {
        b.iter(|| {
            let mut replay = Replay::new(rules.clone());
            for line in journal.lines() {
                let tree: Tree = serde_json::from_str(line).expect("JSON");
                _ = replay.push(event::read(&tree));
            }
            black_box(replay.finish()).map(|replayed| replayed.state)
        });
    });
    group.finish();
}

/// A book with so many activated accounts. The price is so low that the share value lasts for all closes.
fn book_with(accounts: u32) -> Book {
    let mut rules = preset::seed().expect("sound rules").to_tree();
    if let Tree::Table(keys) = &mut rules {
        for (key, value) in keys {
            if key == "supply" {
                *value = Tree::Table(vec![("cap".into(), "1000000000000".into()), ("treasury".into(), "0".into())]);
            }
        }
    }
    let mut book = Book::open(RuleSet::from_tree(&rules).expect("sound rules"));
    let price = Price::parse("0.00000001").expect("a price");
    book.apply(&Event::PriceSet { price }.into()).result.expect("a price");
    for n in 0..accounts {
        let member = id(&format!("m{n}"));
        let registered = Event::MemberRegistered { member: member.clone(), referrer: None };
        book.apply(&registered.into()).result.expect("a member");
        book.apply(&Event::PackPurchased { member, pack: id("member"), terms: None }.into()).result.expect("a pack");
    }
    book
}

/// The close of a day: it must not cost more for more accounts.
fn close_day(c: &mut Criterion) {
    let mut group = c.benchmark_group("close");
    // Short: the calendar ends in 9999, some three million closes after the genesis day.
    group.sample_size(50).warm_up_time(Duration::from_millis(100)).measurement_time(Duration::from_millis(400));
    for accounts in [10_000, 1_000_000, 10_000_000] {
        // Made when it is first needed: a filter may leave this one out.
        let mut book = None;
        group.bench_with_input(BenchmarkId::from_parameter(accounts), &accounts, |b, accounts| {
            let book = book.get_or_insert_with(|| book_with(*accounts));
            b.iter(|| {
                let day = book.head().day;
                book.apply(&Event::DayClosed { day }.into()).result.expect("the open day")
            });
            let released = book.days().last().map(|record| record.released);
            assert!(released.is_some_and(Points::is_positive), "the closes released points");
        });
    }
    group.finish();
}

/// The preview of an order with a chain of service roles above the buyer.
fn preview_order(c: &mut Criterion) {
    let mut book = Book::open(preset::seed().expect("sound rules"));
    let mut apply = |event: Event| book.apply(&event.into()).result.expect("accepted");
    let mut referrer = None;
    for (member, pack, role) in [
        ("provider", "area", Some("provider")),
        ("dealer", "member", Some("dealer")),
        ("keeper", "member", Some("shopkeeper")),
        ("shop", "merchant", None),
        ("buyer", "member", None),
    ] {
        let member = id(member);
        apply(Event::MemberRegistered { member: member.clone(), referrer });
        apply(Event::PackPurchased { member: member.clone(), pack: id(pack), terms: None });
        if let Some(role) = role {
            apply(Event::RoleAssigned { member: member.clone(), role: id(role) });
        }
        referrer = Some(member);
    }
    let points = Points::parse("1000").expect("points");
    apply(Event::TreasuryGranted { member: id("shop"), points });
    let region = Region::parse("440106").expect("a region");
    apply(Event::MerchantOpened { member: id("shop"), region });
    apply(Event::PartnerAppointed { member: id("provider"), region: region.city() });
    let order: Entry = Event::OrderPlaced(OrderPlaced {
        order: id("o1"),
        buyer: id("buyer"),
        merchant: id("shop"),
        channel: Channel::Offline,
        amount: Money::parse("1000").expect("money"),
        concession: Money::parse("100").expect("money"),
        region,
    })
    .into();
    let rewards = |book: &Book| book.preview(&order).ok().and_then(|r| Some(r.order.as_ref()?.rewards.len()));
    assert_eq!(rewards(&book), Some(8), "all seven kinds, service twice");
    c.bench_function("preview/order", |b| b.iter(|| black_box(book.preview(&order))));
}

criterion_group!(benches, replay_cdnow, preview_order, close_day);
criterion_main!(benches);
