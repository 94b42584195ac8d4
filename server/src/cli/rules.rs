//! Rule sets from files and presets; `gongxiang rules`.

use std::fs;
use std::sync::Arc;

use anyhow::{Context as _, Result, bail};
use gongxiang::preset;
use gongxiang::review::{self, Declaration};
use gongxiang::ruleset::{RuleSet, RuleSetError};
use gongxiang::tree::Tree;

use crate::flags::changed;
use crate::ledger::group::{AdoptionTerms, Guard, Request};
use crate::ledger::journal;
use crate::ledger::store::{Scope, Store as _, StoreError};
use crate::text::redacted;

/// Reads a file or preset. The outer error says that the source cannot be read, the inner one that the rules are invalid.
fn read(source: &str) -> Result<Result<RuleSet, RuleSetError>> {
    if let Some(preset) = preset::by_name(source) {
        return Ok(preset);
    }
    let text = fs::read_to_string(source).with_context(|| format!("cannot read the rule set {source}"))?;
    // Some programs on Windows begin a text with a byte order mark.
    let text = text.trim_start_matches('\u{feff}');
    if text.trim_start().starts_with('{') {
        let tree = serde_json::from_str::<Tree>(text)
            .map_err(|error| RuleSetError { key: String::new(), message: format!("is not JSON: {error}") });
        return Ok(tree.and_then(|tree| RuleSet::from_tree(&tree)));
    }
    Ok(preset::from_toml(text))
}

/// Reads a valid rule set.
pub fn load(source: &str) -> Result<RuleSet> {
    match read(source)? {
        Ok(rules) => Ok(rules),
        Err(error) => bail!("{source}: bad_rules: {error}"),
    }
}

/// Prints whether a rule set is valid and, with `accept_flags`, whether it raises no other red flags; returns the
/// answer. Fails only if there is no such file.
pub fn check(source: &str, accept_flags: Option<&[String]>) -> Result<bool> {
    let rules = match read(source)? {
        Ok(rules) => rules,
        Err(error) => {
            eprintln!("{source}: bad_rules: {error}");
            return Ok(false);
        }
    };
    if let Some(accepted) = accept_flags {
        let accepted: Vec<_> = accepted.iter().map(String::as_str).collect();
        if let Err(refusal) = review::check_accepted(&review::review(&rules, &Declaration::default())?, &accepted) {
            eprintln!("{source}: {refusal}");
            return Ok(false);
        }
    }
    println!("{source}: sound");
    for (key, name) in rules.unusable() {
        println!(
            "{source}: `{key}`: no event can name \"{name}\" (1 to 64 of A-Z a-z 0-9 _ . : -), so nobody can get it"
        );
    }
    Ok(true)
}

/// Prints the rules of a database: those in force, or those with which the book was opened.
pub fn show(database: &str, genesis: bool) -> Result<bool> {
    println!("{}", of_database(database, genesis)?.to_tree().canonical());
    Ok(true)
}

/// The rules of a database that are in force.
pub fn in_force(database: &str) -> Result<RuleSet> {
    of_database(database, false)
}

fn of_database(database: &str, genesis: bool) -> Result<RuleSet> {
    super::block_on(async {
        let store = super::open_existing(database).await?;
        let context = || format!("cannot use {}", redacted(database));
        let mut history = store.begin(Scope::Reading).await?.rules().await.with_context(context)?;
        store.close().await;
        let found = if genesis { history.drain(..).next() } else { history.pop() };
        Ok(found.ok_or(StoreError::Empty).with_context(context)?.1)
    })
}

/// Adopts the top-level keys in which a rule set differs from the one in force; returns `false` if the rules refuse it.
pub fn adopt(database: &str, source: &str, accept_flags: Vec<String>) -> Result<bool> {
    let next = load(source)?;
    super::block_on(async {
        let store = super::open_existing(database).await?;
        super::with_ledger(Arc::new(store), async |ledger| {
            let changed = changed(&ledger.read().await?.now().await?.rules, &next);
            if changed.is_empty() {
                println!("{source} is in force already");
                return Ok(true);
            }
            match ledger.settle_one(adoption(&next, &changed, accept_flags)?).await?.outcome {
                Ok(_) => println!("adopted: {}", changed.join(", ")),
                Err(denial) => {
                    eprintln!("{source}: {denial}");
                    return Ok(false);
                }
            }
            Ok(true)
        })
        .await
    })
}

fn adoption(next: &RuleSet, changed: &[String], accept_flags: Vec<String>) -> Result<Request> {
    let rules = next.to_tree();
    let values = changed.iter().filter_map(|key| Some((key.clone(), rules.get(key)?.clone()))).collect();
    let event =
        Tree::Table(vec![("rules".into(), Tree::Table(values)), ("type".into(), Tree::Text("rules.adopted".into()))]);
    let line = journal::line_of(&event)?;
    Ok(Request {
        line,
        key: None,
        actor: "operator".into(),
        guard: Some(Guard::Rules(AdoptionTerms::accepting(accept_flags))),
    })
}
