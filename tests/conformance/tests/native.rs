//! The native runner.

use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::{event, replay::Replay};
use gongxiang_conformance::{Case, cases, order_of};
use serde_json::{Value, json};

fn run(case: &Case) -> Result<Value, Box<dyn std::error::Error>> {
    let rules: Tree = serde_json::from_value(case.rules.clone())?;
    let mut replay = Replay::new(RuleSet::from_tree(&rules)?);
    let mut orders = Vec::new();
    for event in &case.events {
        let entry = event::read(&serde_json::from_value(event.clone())?);
        if let Ok(receipt) = entry.clone().and_then(|entry| replay.book().preview(&entry)) {
            orders.extend(order_of(&serde_json::to_value(&*receipt)?));
        }
        // A refusal is compared below, with the others.
        _ = replay.push(entry);
    }
    let mut got = serde_json::to_value(replay.finish()?)?;
    got["orders"] = json!(orders);
    Ok(got)
}

#[test]
fn every_vector_and_cdnow_come_out_natively() -> Result<(), Box<dyn std::error::Error>> {
    for case in cases() {
        case.compare(&run(&case)?);
    }
    Ok(())
}
