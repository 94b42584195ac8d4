//! Random journals against the model: the rules a second time, in exact fractions, day by day and account by account.
//!
//! `PROPTEST_CASES=10000 cargo test --release -p gongxiang --test journals` is the long run.

use gongxiang::book::{Book, State};
use gongxiang::event::{Code, Entry, Refusal};
use gongxiang::identity::Id;
use gongxiang::quantity::Units;
use gongxiang::ruleset::RuleSet;
use gongxiang::statement;
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use gongxiang::wire::replay::Replay;
use gongxiang_model::exact::decimal;
use gongxiang_model::journal::{Journal, journals};
use gongxiang_model::{Model, Seen, Verdict};
use proptest::prelude::*;
use proptest::test_runner::RngSeed;
use serde::Serialize;
use serde_json::Value;

fn read(event: &Value) -> Result<Entry, Refusal> {
    let tree: Tree =
        serde_json::from_value(event.clone()).map_err(|error| Refusal::bad_event("", error.to_string()))?;
    event::read(&tree)
}

/// Checks every sum of RULES.md section 7, exactly.
fn check_invariants(book: &Book, state: &State) -> Result<(), String> {
    let supply = &state.supply;
    let parts = [supply.held, supply.pool, supply.escrow, supply.treasury, supply.burned];
    if parts.iter().any(|part| part.raw() < 0) {
        return Err(format!("a negative part: {supply:?}"));
    }
    if parts.iter().map(|part| part.raw()).sum::<i128>() != supply.issued.raw() {
        return Err(format!("the parts do not sum to what was issued: {supply:?}"));
    }
    if supply.issued > book.rules().supply_cap {
        return Err(format!("issued beyond the cap: {supply:?}"));
    }
    let accounts = || state.accounts.iter().map(|(_, account)| account);
    if accounts().map(|account| account.points.raw()).sum::<i128>() != supply.held.raw() {
        return Err(format!("the accounts do not sum to what is held: {supply:?}"));
    }
    if accounts()
        .any(|account| [account.points.raw(), account.units.raw(), account.locked.raw()].iter().any(|n| *n < 0))
    {
        return Err("a negative account".into());
    }
    if Units::from_raw(accounts().map(|account| account.units.raw()).sum()) > state.release.units {
        return Err("more units in the accounts than in all".into());
    }
    Ok(())
}

/// The code that the list of refusals shows for this result.
fn listed(result: Result<(), Refusal>) -> Option<Code> {
    result.err().map(|refusal| refusal.code)
}

fn run(Journal { rules, events }: &Journal) -> Result<(), String> {
    let tree: Tree = serde_json::from_value(rules.clone()).map_err(|error| error.to_string())?;
    let rule_set = RuleSet::from_tree(&tree).map_err(|error| error.to_string())?;
    let mut model = Model::new(rules)?;
    let mut replay = Replay::new(rule_set.clone());
    // The same journal, with accounts settled between events.
    let mut often = Book::open(rule_set);
    for (place, event) in events.iter().enumerate() {
        let entry = read(event);
        let before = replay.book().state().map_err(|error| error.to_string())?;
        let days_before = replay.book().days().len();
        let preview = entry.clone().and_then(|entry| replay.book().preview(&entry));
        let code = listed(replay.push(entry.clone()));
        let book = replay.book();
        let after = book.state().map_err(|error| format!("{event}: {error}"))?;

        check_invariants(book, &after).map_err(|error| format!("{event}: {error}"))?;
        if code.is_some() && before != after {
            return Err(format!("{event}: refused, and something changed"));
        }
        let closed = (book.days().len() > days_before).then(|| book.days().last()).flatten();
        let released = closed.map(|record| record.released.to_string());
        let seen = Seen {
            refused: code.map(|code| code.as_str().into()),
            released: released.and_then(|released| decimal(&released, 8)),
        };
        let verdict = model.follow(event, &seen)?;
        if let Some(record) = closed {
            model.check_day(&json(record)?)?;
        }
        model.check_state(&json(&after)?).map_err(|error| format!("{event}: {error}"))?;
        if let (Ok(receipt), Verdict::Applied) = (preview, verdict) {
            let receipt = json(&*receipt)?;
            match event["type"].as_str() {
                Some("order.placed") => model.check_order(&receipt)?,
                Some("order.refunded") => model.check_refund(&receipt).map_err(|error| format!("{event}: {error}"))?,
                _ => {}
            }
        }

        // Settling an account between events changes no result.
        if let (Ok(entry), 0) = (&entry, place % 3) {
            let member = after.accounts.get(place % after.accounts.len().max(1)).map(|(id, _)| id.clone());
            settle(&mut often, member.as_ref());
            often.apply(entry);
        } else if let Ok(entry) = &entry {
            often.apply(entry);
        }
        if often.state().map_err(|error| error.to_string())? != after {
            return Err(format!("{event}: settling was visible"));
        }
    }
    check_promise(replay.book(), &model)?;
    check_statements(replay.book())
}

/// Checks the last invariant of section 7: the promised distance from exact fractions.
fn check_promise(book: &Book, model: &Model) -> Result<(), String> {
    let state = book.state().map_err(|error| error.to_string())?;
    // It is promised while W is at most 10^12: nav is at least 10^-3, so a total of 10^9 is never more.
    let few = state.release.units.raw() <= 10_i128.pow(12 + 8);
    if !few || book.days().iter().any(|day| day.total.raw() > 10_i128.pow(9 + 8)) {
        return Ok(());
    }
    model.check_promise(&json(&state)?, false).map_err(|error| format!("section 7: {error}"))
}

fn settle(book: &mut Book, member: Option<&Id>) {
    if let Some(member) = member {
        // A member that is not registered yet has nothing to settle.
        _ = book.settle_account(member);
    }
}

/// Checks that the day records alone give every account as the book has it.
fn check_statements(book: &Book) -> Result<(), String> {
    let state = book.state().map_err(|error| error.to_string())?;
    for (id, settled) in &state.accounts {
        let account = book.account(id.as_str()).ok_or("an account vanished")?;
        let by_records = statement::balance(account, book.days()).map_err(|error| format!("{id}: {error}"))?;
        if by_records != *settled {
            return Err(format!("{id}: {by_records:?} by the day records, {settled:?} in the book"));
        }
    }
    Ok(())
}

fn json(value: &impl Serialize) -> Result<Value, String> {
    serde_json::to_value(value).map_err(|error| error.to_string())
}

/// The same journals in every run, so that a failure in CI can be repeated. The long run (`PROPTEST_CASES`) takes new ones each
/// time.
fn config() -> ProptestConfig {
    let default = ProptestConfig { failure_persistence: None, ..ProptestConfig::default() };
    match std::env::var_os("PROPTEST_CASES") {
        Some(_) => default,
        None => ProptestConfig { rng_seed: RngSeed::Fixed(19_970_101), ..default },
    }
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn random_journals_come_out_as_in_the_model(journal in journals(20..=250)) {
        run(&journal).map_err(TestCaseError::fail)?;
    }
}
