//! `gongxiang wind-down`: plans an orderly end. It settles the plan on a copy of the live book, and prints the steps
//! with the commands that carry them out.
//!
//! It changes nothing in the database, and estimates nothing. The plan assumes that nobody orders, trades or redeems
//! until the end; then every figure is exactly what the book would come to.

use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gongxiang::book::Book;
use gongxiang::identity::Day;
use gongxiang::quantity::{Money, Points, Price, Rate, ShareValue};
use gongxiang::review::{self, Declaration};
use gongxiang::ruleset::{PricePolicy, RuleSet};
use gongxiang::tree::Tree;
use serde::Serialize;

use super::economy::PastOfBook;
use super::init::files::Folder;
use super::init::words::{sentence, word};
use super::settings::Database;
use crate::flags::changed;
use crate::language::Language;
use crate::ledger::journal;
use crate::text::redacted;

const FIRST_RULES: &str = "1-no-new-promises.json";
const SECOND_RULES: &str = "2-no-release.json";
const PLAN: &str = "plan.txt";
const FIGURES: &str = "plan.json";

/// Share value below which nothing is released: more than there can be, so nothing ever is (RULES.md section 5, step 2).
const NO_RELEASE: &str = "1000000000000";

/// Plan an orderly end: no new promises, no release, last redemptions, an export of every account.
///
/// Works on a snapshot and changes nothing; the server may keep running.
#[derive(Args, Clone, Debug)]
pub struct Options {
    #[command(flatten)]
    database: Database,
    /// The directory for the plan and the rules of its steps; it must be new or empty.
    #[arg(long, required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// How many days members have for their last redemptions.
    #[arg(long, value_name = "DAYS", default_value_t = 30, value_parser = clap::value_parser!(u64).range(1..=365))]
    redemption_days: u64,
    /// Print the plan and write nothing.
    #[arg(long)]
    dry_run: bool,
    /// The language of the plan.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// The book at the beginning of a step.
#[derive(Clone, Debug, Serialize)]
struct Step {
    day: Day,
    price: Price,
    /// Share value of all members, the locked included.
    share_value: ShareValue,
    members_points: Points,
    shops_points: Points,
    /// Points of orders, offers and trades.
    escrow: Points,
    /// What members, shops and escrow have, at the day's price.
    worth: Money,
}

#[derive(Clone, Debug, Serialize)]
struct Plan {
    /// Now, the end of the release, the end of the redemptions.
    steps: Vec<Step>,
    /// Members with points at the end.
    members: usize,
    /// The points of the ten members with most ÷ those of all members.
    ten_largest: Rate,
    #[serde(skip)]
    first: RuleSet,
    #[serde(skip)]
    second: RuleSet,
    /// The red flags that the adoption has to accept.
    flags: Vec<&'static str>,
}

/// Works the plan out, prints it and, unless it is a dry run, writes it.
pub fn run(options: &Options) -> Result<bool> {
    let database = &options.database.database;
    let mut book = PastOfBook::of_database(database)?.into_book();
    let plan = plan(&mut book, options.redemption_days)?;
    let folder = match &options.output {
        Some(output) if !options.dry_run => Some(Folder::begin(output)?),
        _ => None,
    };
    let place = folder.as_ref().map_or_else(|| "PLAN".into(), |folder| folder.name().display().to_string());
    let shown = told(&plan, &place, &redacted(database), options.language);
    print!("{shown}");
    if let Some(folder) = folder {
        folder.write(FIRST_RULES, &(plan.first.to_tree().canonical() + "\n"))?;
        folder.write(SECOND_RULES, &(plan.second.to_tree().canonical() + "\n"))?;
        folder.write(PLAN, &shown)?;
        folder.write(FIGURES, &(serde_json::to_string(&plan)? + "\n"))?;
        folder.keep()?;
    }
    Ok(true)
}

fn plan(book: &mut Book, redemption_days: u64) -> Result<Plan> {
    let rules = book.rules().clone();
    let first = without_promises(&rules, book.head().price);
    let second = RuleSet { release_min_total: ShareValue::parse(NO_RELEASE)?, ..first.clone() };
    let mut steps = vec![step(book)?];
    adopt(book, &first)?;
    // Orders of today are the last with rewards; with a day more, the last of them have vested.
    let vesting = rules.order_vesting_days_online.max(rules.order_vesting_days_offline).saturating_add(1);
    close(book, vesting)?;
    steps.push(step(book)?);
    adopt(book, &second)?;
    close(book, redemption_days)?;
    steps.push(step(book)?);
    let mut points: Vec<Points> =
        accounts(book)?.into_iter().filter(|(is_shop, ..)| !is_shop).map(|(.., points)| points).collect();
    points.sort_unstable_by_key(|points| std::cmp::Reverse(*points));
    points.retain(|points| points.is_positive());
    let sum = |points: &[Points]| points.iter().map(|points| points.raw()).sum::<i128>();
    let ten_largest = gongxiang::economy::ratio(sum(points.get(..10).unwrap_or(&points)), sum(&points));
    let findings = review::review(&second, &Declaration::default())?;
    let flags = review::red(&findings).collect();
    Ok(Plan { steps, members: points.len(), ten_largest, first, second, flags })
}

/// Rules under which nothing new is promised: joining, packs and orders give nothing, and the price stands.
fn without_promises(rules: &RuleSet, price: Price) -> RuleSet {
    let mut next = RuleSet {
        signup_member: ShareValue::ZERO,
        signup_referrer: ShareValue::ZERO,
        order_buyer_multiple: Rate::default(),
        order_merchant_multiple: Rate::default(),
        // A price that follows turnover would fall to nothing once nobody orders.
        price_policy: PricePolicy::Operator,
        price_initial: price,
        ..rules.clone()
    };
    for (_, pack) in &mut next.packs {
        pack.share_value_rate = Rate::default();
    }
    next
}

/// Adopts rules in the copy of the book.
fn adopt(book: &mut Book, next: &RuleSet) -> Result<()> {
    let keys = changed(book.rules(), next);
    let rules = next.to_tree();
    let values = keys.into_iter().filter_map(|key| Some((key.clone(), rules.get(&key)?.clone()))).collect();
    let event = vec![("rules".into(), Tree::Table(values)), ("type".into(), Tree::Text("rules.adopted".into()))];
    apply(book, &Tree::Table(event))
}

/// Closes so many days in the copy of the book.
fn close(book: &mut Book, days: u64) -> Result<()> {
    for _ in 0..days {
        let day = Tree::Text(book.head().day.to_string());
        apply(book, &Tree::Table(vec![("day".into(), day), ("type".into(), Tree::Text("day.closed".into()))]))?;
    }
    Ok(())
}

fn apply(book: &mut Book, event: &Tree) -> Result<()> {
    match book.apply(&journal::line_of(event)?.entry).result {
        Ok(_) => Ok(()),
        Err(refusal) => bail!("the plan cannot be worked out: {refusal}"),
    }
}

/// Of each account: whether it has a shop, all its share value, and its points, up to date.
fn accounts(book: &Book) -> Result<Vec<(bool, ShareValue, Points)>> {
    let mut accounts = Vec::new();
    for (id, account) in book.accounts() {
        let state = book.account_state(id.as_str())?.context("an account without a state")?;
        accounts.push((account.shop.is_some(), state.share_value.plus(state.locked)?, state.points));
    }
    Ok(accounts)
}

fn step(book: &Book) -> Result<Step> {
    let (mut share_value, mut members_points, mut shops_points) = (ShareValue::ZERO, Points::ZERO, Points::ZERO);
    for (is_shop, value, points) in accounts(book)? {
        share_value = share_value.plus(value)?;
        let sum = if is_shop { &mut shops_points } else { &mut members_points };
        *sum = sum.plus(points)?;
    }
    let head = book.head();
    let escrow = head.supply.escrow;
    let worth = members_points.plus(shops_points)?.plus(escrow)?.worth_floor(head.price)?;
    Ok(Step { day: head.day, price: head.price, share_value, members_points, shops_points, escrow, worth })
}

fn told(plan: &Plan, place: &str, database: &str, language: Language) -> String {
    let [now, release_ends, end] = plan.steps.as_slice() else { return String::new() };
    let mut out = String::new();
    // Writing to a string cannot fail.
    _ = writeln!(
        out,
        "{}\n",
        sentence(language, "end.title", &[("database", database), ("day", &now.day.to_string())])
    );
    for step in &plan.steps {
        let values = [
            ("day", step.day.to_string()),
            ("share_value", step.share_value.to_string()),
            ("members", step.members_points.to_string()),
            ("shops", step.shops_points.to_string()),
            ("escrow", step.escrow.to_string()),
            ("worth", step.worth.to_string()),
            ("price", step.price.to_string()),
        ];
        _ = writeln!(
            out,
            "  {}",
            sentence(language, "end.step", &values.each_ref().map(|(key, value)| (*key, value.as_str())))
        );
    }
    let tenth = plan.ten_largest.raw() * 100 / Rate::SCALE;
    let owed = [
        ("worth", end.members_points.worth_floor(end.price).unwrap_or_default().to_string()),
        ("members", plan.members.to_string()),
        ("percent", format!("{tenth} %")),
        ("share_value", end.share_value.to_string()),
    ];
    let owed = owed.each_ref().map(|(key, value)| (*key, value.as_str()));
    _ = writeln!(out, "\n{}\n{}\n", sentence(language, "end.owed", &owed), word(language, "end.assumed"));
    let adopt = |file: &str| {
        let accepted = plan.flags.join(",");
        let accepts = if accepted.is_empty() { String::new() } else { format!(" --accept-flags {accepted}") };
        format!("gongxiang rules adopt --database {database}{accepts} {place}/{file}")
    };
    let steps = [
        ("end.promises", now.day, vec!["open-registration = false".into(), adopt(FIRST_RULES)]),
        ("end.release", release_ends.day, vec![adopt(SECOND_RULES)]),
        ("end.redemptions", release_ends.day, Vec::new()),
        (
            "end.export",
            end.day,
            vec![
                format!("gongxiang audit --database {database}"),
                format!("gongxiang rules show --genesis --database {database} > rules.json"),
                format!("gongxiang export --format jsonl --database {database} -o journal.jsonl"),
                "gongxiang replay --rules rules.json journal.jsonl > accounts.json".into(),
            ],
        ),
    ];
    for (number, (key, day, commands)) in steps.iter().enumerate() {
        let text = sentence(language, key, &[("day", &day.to_string()), ("until", &end.day.to_string())]);
        _ = writeln!(out, "{}. {text}", number + 1);
        for command in commands {
            _ = writeln!(out, "     {command}");
        }
    }
    out
}
