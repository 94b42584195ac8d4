//! `gongxiang import`.

use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::Points;
use gongxiang::ruleset::RuleSet;

use super::rules;
use crate::books::import::journal::{Additions, Shops};
use crate::books::import::mapping::{Mapping, Pair, Reading};
use crate::books::import::rows::BadRow;
use crate::books::import::{Imported, Task, balances, import, members, registered};
use crate::output::Output;

/// Turn a table of another system (CSV with a header) into a journal: orders, or `members`, or `balances`.
///
/// What cannot be read is reported with its line and column, and left out. docs/books.md has the profiles of shops and payment
/// systems, and the way from an export to a running server.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Options {
    #[command(subcommand)]
    pub what: Option<Other>,
    #[command(flatten)]
    pub orders: Orders,
}

/// Another table than orders.
#[derive(Subcommand, Clone, Debug)]
pub enum Other {
    /// Members: columns member and, as far as there are, referrer, pack, role, points, region (of the member's shop).
    Members(Members),
    /// Opening balances: columns `member`, `share_value`, `points`.
    Balances(Balances),
}

/// A table of orders.
#[derive(Args, Clone, Debug)]
pub struct Orders {
    /// The table; `-` for standard input. The fields are order, buyer, merchant, channel, amount (or quantity and price),
    /// concession (or rate), region and date; and if there are any, status, refunded, `refund_of`, currency, reference.
    #[arg(required = true)]
    pub file: Option<PathBuf>,
    /// How it is to be read.
    #[command(flatten)]
    pub mapping: Mapping,
    /// Register every buyer before its first order.
    #[arg(long)]
    pub members: bool,
    /// Give every registered buyer this pack before its first order.
    #[arg(long, value_name = "PACK", value_parser = id, requires = "members")]
    pub pack: Option<Id>,
    /// Register and open every shop in this region before its first order.
    #[arg(long, value_name = "REGION", value_parser = region, requires = "shop_points")]
    pub open_shops: Option<Region>,
    /// The pack that lets these shops open.
    #[arg(long, value_name = "PACK", value_parser = id, default_value = "merchant")]
    pub shop_pack: Id,
    /// What the treasury grants to each of these shops, for its deposit and its orders.
    #[arg(long, value_name = "POINTS", value_parser = points, requires = "open_shops")]
    pub shop_points: Option<Points>,
    /// A journal that comes before: its members, shops and orders are known, and its last day is closed.
    #[arg(long, value_name = "JOURNAL")]
    pub after: Vec<PathBuf>,
    /// The rule set, a file or a preset: the journal begins on its first day.
    #[arg(long, value_name = "FILE|PRESET")]
    pub rules: Option<String>,
    /// The day that is open before the first order; without it, the day after those that are closed, the first of the rules,
    /// or that of the first order.
    #[arg(long, value_name = "DAY", value_parser = day)]
    pub open: Option<Day>,
    /// Put the orders in the order of their dates first.
    #[arg(long)]
    pub sort: bool,
    /// Write nothing if a row is bad, with exit code 1; all of them are reported.
    #[arg(long)]
    pub strict: bool,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long, required = true)]
    pub output: Option<PathBuf>,
}

/// A table of members.
#[derive(Args, Clone, Debug)]
pub struct Members {
    /// The table; `-` for standard input.
    pub file: PathBuf,
    /// Which column is which field: `member=Phone`.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_delimiter = ',')]
    pub columns: Vec<Pair<String>>,
    /// What a field is where its cell is empty, or everywhere if it has no column: `pack=member`.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    pub defaults: Vec<Pair<String>>,
    /// A journal that comes before: its members are known.
    #[arg(long, value_name = "JOURNAL")]
    pub after: Vec<PathBuf>,
    /// How the text is read.
    #[command(flatten)]
    pub reading: Reading,
    /// The rule set, a file or a preset: what its treasury has is compared.
    #[arg(long, value_name = "FILE|PRESET")]
    pub rules: Option<String>,
    /// Write nothing if a row is bad, with exit code 1; all of them are reported.
    #[arg(long)]
    pub strict: bool,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long)]
    pub output: PathBuf,
}

/// A table of balances.
#[derive(Args, Clone, Debug)]
pub struct Balances {
    /// The table; `-` for standard input.
    pub file: PathBuf,
    /// Which column is which field: `member=Phone`.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_delimiter = ',')]
    pub columns: Vec<Pair<String>>,
    /// Register every member before its balance.
    #[arg(long)]
    pub members: bool,
    /// Print the sums and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// How the text is read.
    #[command(flatten)]
    pub reading: Reading,
    /// The rule set, a file or a preset: what its treasury has is compared.
    #[arg(long, value_name = "FILE|PRESET")]
    pub rules: Option<String>,
    /// Write nothing if a row is bad, with exit code 1; all of them are reported.
    #[arg(long)]
    pub strict: bool,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long, required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
}

fn day(text: &str) -> Result<Day, &'static str> {
    Day::parse(text).ok_or("a day is written as `2026-01-31`")
}

fn id(text: &str) -> Result<Id, &'static str> {
    Id::parse(text).ok_or("an id has 1 to 64 of A-Z a-z 0-9 _ . : -")
}

fn region(text: &str) -> Result<Region, &'static str> {
    Region::parse(text).ok_or("a region has six digits")
}

fn points(text: &str) -> Result<Points, String> {
    Points::parse(text).map_err(|error| error.to_string())
}

/// Writes the journal; `false` if nothing came through, or `strict` found a bad row.
///
/// # Errors
/// If the table cannot be read at all, lacks a column, or the journal cannot be written.
pub fn run(options: &Options) -> Result<bool> {
    match options {
        Options { what: Some(Other::Members(members)), .. } => run_members(members),
        Options { what: Some(Other::Balances(balances)), .. } => run_balances(balances),
        Options { orders, .. } => run_orders(orders),
    }
}

fn print(bad: &BadRow) {
    eprintln!("{bad}");
}

fn checked(strict: bool, output: &Path) -> Result<()> {
    if strict && output == Path::new("-") {
        bail!("`--strict` writes all or nothing: it needs a file, not standard output");
    }
    Ok(())
}

fn run_orders(options: &Orders) -> Result<bool> {
    let (Some(file), Some(output)) = (&options.file, &options.output) else {
        bail!("name a table of orders, or `members`, or `balances`");
    };
    checked(options.strict, output)?;
    let rules = options.rules.as_deref().map(rules::load).transpose()?;
    let shops = match (options.open_shops, options.shop_points) {
        (Some(region), Some(points)) => Some(Shops { region, pack: options.shop_pack.clone(), points }),
        _ => None,
    };
    let task = Task {
        orders: file,
        mapping: &options.mapping,
        additions: Additions { members: options.members, pack: options.pack.clone(), shops },
        after: &options.after,
        rules: rules.as_ref(),
        open: options.open,
        sort: options.sort,
    };
    let Imported { journal, refused } = import(&task, Output::open(Some(output))?, print)?;
    eprintln!("{} orders, {refused} rows refused", journal.orders);
    if journal.refunds > 0 {
        eprintln!("{} refunds", journal.refunds);
    }
    for (why, count) in &journal.left_out {
        eprintln!("{count} rows do not count: {why}");
    }
    if journal.orders == 0 && journal.refunds == 0 {
        eprintln!("nothing came through, so nothing is written");
        return Ok(false);
    }
    for lack in journal.lacks().iter().chain(&journal.first_day()) {
        eprintln!("{lack}");
    }
    if options.strict && refused > 0 {
        return Ok(false);
    }
    journal.keep()?;
    Ok(true)
}

fn run_members(options: &Members) -> Result<bool> {
    let Members { file, columns, defaults, after, reading, rules, strict, output } = options;
    checked(*strict, output)?;
    let rules = rules.as_deref().map(rules::load).transpose()?;
    let registered = registered(after)?;
    let mut result = Output::open(Some(output))?;
    let (events, counts) =
        members::read(file, reading, columns, defaults, |member| registered.contains(member), print)?;
    let members::Counts { members, packs, shops, shops_without_points, points, refused } = counts;
    eprintln!("{members} members, {refused} rows refused");
    eprintln!("{packs} packs, {shops} shops, {points} points granted");
    if members > packs {
        eprintln!(
            "{} members have no pack, so they earn nothing: a column `pack`, or `--default pack=PACK`",
            members - packs
        );
    }
    if shops_without_points > 0 {
        eprintln!("{shops_without_points} shops get no points here, and their deposit takes some: a column `points`");
    }
    compare(rules.as_ref(), points);
    if members == 0 {
        eprintln!("nothing came through, so nothing is written");
        return Ok(false);
    }
    if *strict && refused > 0 {
        return Ok(false);
    }
    result.write_all(events.as_bytes()).context("cannot write the journal")?;
    result.keep()?;
    Ok(true)
}

fn run_balances(options: &Balances) -> Result<bool> {
    let Balances { file, columns, members, dry_run, reading, rules, strict, output } = options;
    let written = output.as_deref().filter(|_| !dry_run);
    checked(*strict, written.unwrap_or(Path::new("")))?;
    let rules = rules.as_deref().map(rules::load).transpose()?;
    let (sums, result) = match written {
        Some(file_) => {
            let mut result = Output::open(Some(file_))?;
            (balances::read(file, reading, columns, *members, &mut result, print)?, Some(result))
        }
        None => (balances::read(file, reading, columns, *members, &mut std::io::sink(), print)?, None),
    };
    let balances::Sums { members: count, share_value, points, empty, refused } = sums;
    eprintln!("{count} balances, {refused} rows refused");
    eprintln!("{share_value} share value, {points} points");
    if empty > 0 {
        eprintln!("{empty} members have neither");
    }
    compare(rules.as_ref(), points);
    if count == 0 {
        eprintln!("nothing came through, so nothing is written");
        return Ok(false);
    }
    if *strict && refused > 0 {
        return Ok(false);
    }
    if let Some(result) = result {
        result.keep()?;
    }
    Ok(true)
}

/// Says if the treasury has fewer points than are taken from it.
fn compare(rules: Option<&RuleSet>, points: Points) {
    match rules.map(|rules| rules.supply_treasury) {
        Some(treasury) if treasury < points => {
            eprintln!(
                "the treasury has {treasury} points, fewer than {points}: some of these events will be refused (`treasury_short`)"
            );
        }
        _ => {}
    }
}
