//! Rule sets, and what a scenario or a forecast assumes.

use gongxiang::book::Book;
use gongxiang::economy::simulate;
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Id;
use gongxiang::preset;
use gongxiang::ruleset::{RuleSet, RuleSetError};
use gongxiang::tree::Tree;
use gongxiang::wire::{event, scenario as wire};

use crate::journal::sound;
use crate::{json, seed, speaks};

/// How long a scenario may be to be worked out here.
const DAYS_MAX: usize = 40;

/// A rule set that is read, as JSON or as TOML, is written and read again as the same one, and a book under it stays sound. Any other
/// is refused with its key.
pub fn rules(data: &[u8]) {
    if let Some(tree) = json(data) {
        checked(RuleSet::from_tree(&tree));
        // What is no rule set may be a change of one.
        if let Ok(rules) = seed().adopt(&tree) {
            same_again(&rules);
        }
    } else if let Ok(text) = str::from_utf8(data) {
        checked(preset::from_toml(text));
    }
}

fn checked(read: Result<RuleSet, RuleSetError>) {
    match read {
        Ok(rules) => {
            same_again(&rules);
            lives(rules);
        }
        Err(error) => speaks(&Refusal::from(error)),
    }
}

fn same_again(rules: &RuleSet) {
    let written = rules.to_tree();
    assert_eq!(RuleSet::from_tree(&written).as_ref(), Ok(rules));
    let text = serde_json::to_string(rules).expect("it can be written");
    assert_eq!(RuleSet::from_tree(&serde_json::from_str(&text).expect("JSON")).as_ref(), Ok(rules));
}

/// A short life: each event is accepted or refused, and the book adds up after it.
fn lives(rules: RuleSet) {
    // Not those that no event can name.
    let packs: Vec<_> = rules.packs.iter().filter_map(|(name, _)| Id::parse(name)).collect();
    let mut book = Book::open(rules);
    let mut apply = |text: &str| {
        let tree: Tree = serde_json::from_str(text).expect("JSON");
        let outcome = book.apply(&event::read(&tree).expect("an event")).result;
        outcome.err().iter().for_each(speaks);
        sound(&book);
    };
    apply(r#"{"type":"member.registered","member":"shop"}"#);
    apply(r#"{"type":"member.registered","member":"ann","referrer":"shop"}"#);
    for pack in &packs {
        for member in ["shop", "ann"] {
            apply(&format!(r#"{{"type":"pack.purchased","member":"{member}","pack":"{pack}"}}"#));
        }
    }
    apply(r#"{"type":"treasury.granted","member":"shop","points":"1000"}"#);
    apply(r#"{"type":"merchant.opened","member":"shop","region":"440106"}"#);
    for (order, channel) in [("a", "online"), ("b", "offline")] {
        apply(&format!(
            r#"{{"type":"order.placed","order":"{order}","buyer":"ann","merchant":"shop","channel":"{channel}",
                 "amount":"100","concession":"10","region":"440106"}}"#
        ));
    }
    for _ in 0..3 {
        let day = book.head().day;
        let closed = event::read(&tree(&format!(r#"{{"type":"day.closed","day":"{day}"}}"#))).expect("an event");
        book.apply(&closed).result.err().iter().for_each(speaks);
        sound(&book);
    }
}

fn tree(text: &str) -> Tree {
    serde_json::from_str(text).expect("JSON")
}

/// A scenario that is read and short is worked out or refused; assumptions and declarations are read or refused.
pub fn scenario(data: &[u8]) {
    let Some(tree) = json(data) else { return };
    let bad = |refusal: Refusal| {
        speaks(&refusal);
        assert!(matches!(refusal.code, Code::BadScenario | Code::BadRules), "{refusal}");
    };
    match wire::read(&tree, seed()) {
        Ok((rules, scenario)) if scenario.days <= DAYS_MAX && scenario.cohorts <= DAYS_MAX => {
            simulate(&rules, &scenario, &mut |_| true).err().iter().for_each(speaks);
        }
        Ok(_) => {}
        Err(refusal) => bad(refusal),
    }
    wire::read_assumptions(&tree).err().into_iter().for_each(bad);
    wire::read_declared(&tree).err().into_iter().for_each(bad);
}
