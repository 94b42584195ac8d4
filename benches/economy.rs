//! How fast a simulation and a forecast are natively. No test depends on the times.

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use gongxiang::book::Book;
use gongxiang::economy::{Scenario, simulate};
use gongxiang::event::Event;
use gongxiang::forecast::{Assumptions, TurnoverPath, forecast};
use gongxiang::identity::Id;
use gongxiang::preset;
use gongxiang::quantity::Rate;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::event;

/// 10^6 members over three years: half of them from the first day on, the others joining.
fn simulate_a_million(c: &mut Criterion) {
    let rules = preset::seed().expect("sound rules");
    let scenario =
        Scenario { days: 1_095, members: 500_000, joining: 457, roles: true, partners: true, ..Scenario::default() };
    let run = simulate(&rules, &scenario, &mut |_| true).expect("a run");
    assert!(run.days.last().is_some_and(|day| day.members >= 999_000));
    let mut group = c.benchmark_group("simulate");
    group.sample_size(20);
    group.bench_function("million", |b| b.iter(|| black_box(simulate(&rules, &scenario, &mut |_| true))));
    group.finish();
}

/// A year for one member of the demo, one path.
fn forecast_a_year(c: &mut Criterion) {
    let rules: RuleSet = serde_json::from_str(include_str!("../tests/data/cdnow.rules.json")).expect("sound rules");
    let mut book = Book::open(rules);
    for line in include_str!("../tests/data/cdnow.jsonl").lines() {
        let entry = event::read(&serde_json::from_str::<Tree>(line).expect("JSON")).expect("an event");
        let last = matches!(entry.event, Event::DayClosed { .. }) && book.days().len() == 90;
        if last {
            break;
        }
        _ = book.apply(&entry);
    }
    let eve = book.eve(&Id::parse("c0001").expect("an id")).expect("a member");
    let flat = vec![TurnoverPath::Growing(Rate::default())];
    let assumptions = Assumptions { paths: flat, horizons: vec![365], ..Assumptions::default() };
    c.bench_function("forecast/year", |b| b.iter(|| black_box(forecast(&eve, &assumptions, &mut |_| true))));
}

criterion_group!(benches, simulate_a_million, forecast_a_year);
criterion_main!(benches);
