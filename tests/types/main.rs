//! The package's types (`pkg/*.d.ts`) are those of Rust: whatever Rust writes or reads is compared with its declaration, field by
//! field, and whatever is declared must be written or read by somebody. A field that is added, renamed or made optional on one side
//! alone is named here.
//!
//! The values come from the vectors, from the presets and from what Rust itself lists (codes, kinds, reasons, rules). Each is tried
//! without each of its fields, too: what can still be read is optional.

mod ahead;
mod compare;
mod contract;
mod declared;
mod samples;

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;

use compare::Comparison;
use serde_json::Value;

type Result<T = ()> = std::result::Result<T, Box<dyn Error>>;

fn declarations() -> Result<Comparison> {
    let mut names = BTreeMap::new();
    for file in ["index", "wallet", "economy"] {
        let path = format!("{}/pkg/{file}.d.ts", env!("CARGO_MANIFEST_DIR"));
        declared::read(&std::fs::read_to_string(&path)?, &mut names).map_err(|fault| format!("{path}: {fault}"))?;
    }
    Ok(Comparison::new(names))
}

/// Compares values with the type of this name, and the type with what the values had.
fn compare(name: &str, values: &[Value]) -> Result {
    // These are compared by themselves.
    let elsewhere: Vec<&str> = ["RuleSet", "Eve"].into_iter().filter(|other| *other != name).collect();
    let mut comparison = declarations()?;
    // One fault a place is enough.
    let faults: BTreeSet<String> = values.iter().filter_map(|value| comparison.check(name, value).err()).collect();
    assert!(faults.is_empty(), "{name}:\n{}", faults.into_iter().take(20).collect::<Vec<_>>().join("\n"));
    let unseen = comparison.unseen(name, &elsewhere);
    assert!(unseen.is_empty(), "{name}:\n{}", unseen.join("\n"));
    Ok(())
}

#[test]
fn receipts_postings_rewards_and_reasons() -> Result {
    compare("Receipt", &samples::receipts()?)
}

#[test]
fn events() -> Result {
    compare("JournalEvent", &samples::events()?)
}

#[test]
fn codes() -> Result {
    compare("Code", &samples::codes())
}

#[test]
fn states_and_whole_journals() -> Result {
    let (states, replayed, days) = samples::replayed()?;
    compare("State", &states)?;
    compare("DayRecord", &days)?;
    let mut comparison = declarations()?;
    replayed.iter().try_for_each(|value| comparison.check("Replayed", value))?;
    Ok(())
}

#[test]
fn rule_sets() -> Result {
    compare("RuleSet", &samples::rule_sets()?)
}

#[test]
fn what_a_server_says_of_a_member_and_of_the_scheme() -> Result {
    compare("MemberNow", &samples::members()?)?;
    compare("SupplyNow", &samples::supplies()?)?;
    compare("Excerpt", &samples::excerpts()?)?;
    compare("StatementPage", &samples::statements()?)
}

#[test]
fn eves_and_newcomers() -> Result {
    let (eves, newcomers) = ahead::eves()?;
    compare("Eve", &eves)?;
    compare("Newcomer", &newcomers)
}

#[test]
fn forecasts_and_what_they_assume() -> Result {
    compare("Forecast", &ahead::forecasts()?)?;
    compare("Assumptions", &ahead::assumptions())
}

#[test]
fn scenarios_and_their_runs() -> Result {
    compare("Scenario", &ahead::scenarios()?)?;
    compare("Run", &ahead::runs()?)
}

#[test]
fn red_flags_and_what_is_declared() -> Result {
    compare("Finding", &ahead::findings()?)?;
    compare("Declared", &ahead::declared())
}

#[test]
fn control_a_field_on_one_side_alone_is_named() -> Result {
    let values = samples::members()?;
    let value = values.first().ok_or("no member")?;
    let changed = |change: &dyn Fn(&mut serde_json::Map<String, Value>)| -> Result<String> {
        let mut value = value.clone();
        change(value["account"].as_object_mut().ok_or("no account")?);
        declarations()?.check("MemberNow", &value).err().ok_or_else(|| "taken".into())
    };
    let added = changed(&|account| _ = account.insert("debt".into(), "1".into()))?;
    assert_eq!(added, "Account.debt is there, and is not declared");
    let gone = changed(&|account| _ = account.remove("points"))?;
    assert_eq!(gone, "Account.points is declared as always there, and is not");
    let nulled = changed(&|account| _ = account.insert("points".into(), Value::Null))?;
    assert_eq!(nulled, "Account.points is declared as Decimal, and is null");
    let numbered = changed(&|account| _ = account.insert("points".into(), 1.into()))?;
    assert_eq!(numbered, "Account.points is declared as Decimal, and is 1");
    let mut comparison = declarations()?;
    comparison.check("MemberNow", value)?;
    assert!(
        comparison.unseen("MemberNow", &[]).contains(&"Account.shop is declared as null too, and never is".to_owned())
    );
    Ok(())
}
