//! What is to come to a member is what the closes of the days then bring, in every vector.

use std::collections::BTreeMap;
use std::error::Error;

use gongxiang::book::Book;
use gongxiang::event::{Event, Kind};
use gongxiang::identity::Id;
use gongxiang::order::OrderState;
use gongxiang::quantity::{Points, ShareValue};
use gongxiang::receipt::{Amount, Party, Receipt, Rule};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::event;
use gongxiang::wire::pending::PendingNow;
use gongxiang_conformance::cases;

type TestResult = Result<(), Box<dyn Error>>;
type Sums = BTreeMap<Id, (ShareValue, Points)>;

/// What is to come until the end of the open day, of everybody who gets something.
fn to_come(book: &Book, orders: &[Id]) -> Result<Sums, Box<dyn Error>> {
    let mut of: BTreeMap<Id, PendingNow> = BTreeMap::new();
    for order in orders.iter().filter_map(|id| book.order(id)) {
        for (reward, _) in order.rewards.iter() {
            let nothing = || PendingNow::nothing(reward.member.clone(), book.head().day);
            of.entry(reward.member.clone()).or_insert_with(nothing);
        }
    }
    for (member, pending) in &mut of {
        for order in orders.iter().filter_map(|id| book.order(id)) {
            pending.add(order)?;
        }
        assert!(pending.rewards.is_sorted_by_key(|reward| reward.due), "{member}");
    }
    let sums = of.into_iter().map(|(member, pending)| Ok((member, pending.until(pending.day)?)));
    let sums: Sums = sums.collect::<Result<_, Box<dyn Error>>>()?;
    Ok(sums.into_iter().filter(|(_, sum)| *sum != Default::default()).collect())
}

/// What a receipt gives members as rewards of orders.
fn given(receipt: &Receipt) -> Result<Sums, Box<dyn Error>> {
    let mut sums = Sums::new();
    for posting in &receipt.postings {
        let (Rule::Reward(_), Party::Member(member)) = (posting.rule, &posting.to) else { continue };
        let sum = sums.entry(member.clone()).or_default();
        match posting.amount {
            Amount::ShareValue(value) => sum.0 = sum.0.plus(value)?,
            Amount::Points(points) => sum.1 = sum.1.plus(points)?,
            Amount::Locked(_) => {}
        }
    }
    Ok(sums)
}

#[test]
fn what_is_to_come_is_what_the_close_brings() -> TestResult {
    let mut compared = 0;
    for case in cases() {
        let rules = RuleSet::from_tree(&serde_json::from_value(case.rules.clone())?)?;
        let mut book = Book::open(rules);
        // Those that may be pending.
        let mut orders: Vec<Id> = Vec::new();
        for line in &case.events {
            let Ok(entry) = event::read(&serde_json::from_value(line.clone())?) else { continue };
            if let Event::OrderPlaced(placed) = &entry.event {
                orders.push(placed.order.clone());
            }
            // Parts of a close come before it as events of their own; what they gave is not to come any more.
            let before = match entry.event.kind() {
                Kind::DayClosed => Some(to_come(&book, &orders)?),
                _ => None,
            };
            let outcome = book.apply(&entry);
            let (Some(before), false, Ok(receipt)) = (before, outcome.repeated, &outcome.result) else { continue };
            assert_eq!(before, given(receipt)?, "{}, {}", case.name, receipt.day);
            compared += before.len();
            orders.retain(|id| book.order(id).is_some_and(|order| order.state == OrderState::Pending));
        }
    }
    assert!(compared > 1_000, "only {compared} members got something");
    Ok(())
}
