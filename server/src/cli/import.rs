//! `gongxiang import`.

mod codes;

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::Points;
use gongxiang::ruleset::RuleSet;

use super::rules;
use super::settings::parse_day;
use crate::books::import::cells::BadRow;
use crate::books::import::journal::{Additions, Shops};
use crate::books::import::mapping::{Mapping, Pair, Reading};

use crate::books::import::ids::EventIds;
use crate::books::import::{ImportResult, ImportTask, balances, import, known, members};
use crate::ledger::close::{day_of, find_zone};
use crate::output::Output;

/// Turn a table of another system (CSV with a header) into a journal: orders, or `members`, or `balances`.
///
/// Rows that cannot be read are reported with line and column, and left out. docs/books.md describes the profiles of shops
/// and payment systems, and the way from an export to a running server.
#[derive(Args, Clone, Debug)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Options {
    #[command(subcommand)]
    pub other: Option<OtherTable>,
    #[command(flatten)]
    pub orders: OrdersOptions,
}

#[derive(Subcommand, Clone, Debug)]
pub enum OtherTable {
    /// Members. The columns are member and, optionally, referrer, pack, role, points, region (of the member's shop).
    Members(MembersOptions),
    /// Opening balances. The columns are `member`, `share_value`, `points`.
    Balances(BalancesOptions),
}

/// What is done with the rows of any table.
#[derive(Args, Clone, Debug)]
pub struct Handling {
    /// The rule set, a file or a preset. Orders begin on its first day; the points of members and balances are compared
    /// with its treasury.
    #[arg(long, value_name = "FILE|PRESET")]
    pub rules: Option<String>,
    /// Write nothing if a row is bad, with exit code 1; all bad rows are reported.
    #[arg(long)]
    pub strict: bool,
    /// The events get ids of their content, so that a journal that is sent again counts once. A second table with the same rows that is to count
    /// as well needs a batch of its own.
    #[arg(long, value_name = "NAME", default_value = "")]
    pub batch: String,
}

/// How a table is read whose columns have known names.
#[derive(Args, Clone, Debug)]
pub struct NamedTable {
    /// The table; `-` for standard input.
    pub file: PathBuf,
    /// Which column is which field: `member=Phone`.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_delimiter = ',')]
    pub columns: Vec<Pair<String>>,
    #[command(flatten)]
    pub reading: Reading,
    #[command(flatten)]
    pub handling: Handling,
}

#[derive(Args, Clone, Debug)]
pub struct OrdersOptions {
    /// The table; `-` for standard input. The fields are order, buyer, merchant, channel, amount (or quantity and price),
    /// concession (or rate), region and date; optionally status, refunded, `refund_of`, currency, reference.
    #[arg(required = true)]
    pub file: Option<PathBuf>,
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
    /// A journal that comes before: its members, shops and orders are known, and the new journal continues after its last
    /// closed day.
    #[arg(long, value_name = "JOURNAL")]
    pub after: Vec<PathBuf>,
    /// The day that is open before the first order; without it, the day after the last closed one, the first day of the
    /// rules, or the day of the first order.
    #[arg(long, value_name = "DAY", value_parser = parse_day)]
    pub open: Option<Day>,
    /// Take rows that are later than tomorrow, too.
    #[arg(long)]
    pub future: bool,
    /// Sort the orders by date first.
    #[arg(long)]
    pub sort: bool,
    #[command(flatten)]
    pub handling: Handling,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long, required = true)]
    pub output: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub struct MembersOptions {
    #[command(flatten)]
    pub table: NamedTable,
    /// The value of a field where its cell is empty, or everywhere if it has no column: `pack=member`.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    pub defaults: Vec<Pair<String>>,
    /// A journal that comes before: its members are known.
    #[arg(long, value_name = "JOURNAL")]
    pub after: Vec<PathBuf>,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long, required_unless_present = "into")]
    pub output: Option<PathBuf>,
    /// Settle the members into this database at once, as for `serve`, and print a code for each new one by which it signs in first. The
    /// server may keep running.
    #[arg(long, value_name = "DATABASE")]
    pub into: Option<String>,
    /// Where the wallet's pages are, so that the codes are links.
    #[arg(long, value_name = "ORIGIN", requires = "into")]
    pub origin: Option<String>,
    /// Write the codes as a page to print, with a QR code for each, instead of lines on standard output.
    #[arg(long, value_name = "FILE", requires = "into")]
    pub sheet: Option<PathBuf>,
}

#[derive(Args, Clone, Debug)]
pub struct BalancesOptions {
    #[command(flatten)]
    pub table: NamedTable,
    /// Register every member before its balance.
    #[arg(long)]
    pub members: bool,
    /// Print the sums and write nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// The journal, written whole or not at all; `-` for standard output.
    #[arg(short, long, required_unless_present = "dry_run")]
    pub output: Option<PathBuf>,
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

/// Writes the journal; returns `false` if it would be empty, or `strict` found a bad row.
pub fn run(options: &Options) -> Result<bool> {
    match &options.other {
        Some(OtherTable::Members(members)) => run_members(members),
        Some(OtherTable::Balances(balances)) => run_balances(balances),
        None => run_orders(&options.orders),
    }
}

fn print(bad: &BadRow) {
    eprintln!("{bad}");
}

impl Handling {
    /// Reads the rules, if there are any.
    fn rules(&self, output: Option<&Path>) -> Result<Option<RuleSet>> {
        if self.strict && output == Some(Path::new("-")) {
            bail!("`--strict` writes all or nothing: it needs a file, not standard output");
        }
        self.rules.as_deref().map(rules::load).transpose()
    }

    /// Whether a journal with so many entries and refused rows is written.
    fn accepts(&self, entries: u64, refused: u64) -> bool {
        if entries == 0 {
            eprintln!("the journal would be empty, so nothing is written");
        }
        entries > 0 && !(self.strict && refused > 0)
    }
}

fn run_orders(options: &OrdersOptions) -> Result<bool> {
    let (Some(file), Some(output)) = (&options.file, &options.output) else {
        bail!("name a table of orders, or `members`, or `balances`");
    };
    let rules = options.handling.rules(Some(output))?;
    let shops = match (options.open_shops, options.shop_points) {
        (Some(region), Some(points)) => Some(Shops { region, pack: options.shop_pack.clone(), points }),
        _ => None,
    };
    let latest = (!options.future).then(tomorrow).transpose()?;
    let task = ImportTask {
        orders: file,
        mapping: &options.mapping,
        additions: Additions { members: options.members, pack: options.pack.clone(), shops },
        after: &options.after,
        rules: rules.as_ref(),
        open: options.open,
        sort: options.sort,
        latest,
        batch: &options.handling.batch,
    };
    let ImportResult { journal, refused, zeroed } = import(&task, Output::open(Some(output))?, print)?;
    eprintln!("{} orders, {refused} rows refused", journal.orders);
    if journal.refunds > 0 {
        eprintln!("{} refunds", journal.refunds);
    }
    for (why, count) in &journal.left_out {
        eprintln!("{count} rows do not count: {why}");
    }
    for (column, count, all) in &zeroed {
        eprintln!(
            "column `{column}`: {count} of {all} ids of 16 or more digits end in zeros after the 15th, as a spreadsheet leaves them, so several \
             ids may have become one: export the column as text"
        );
    }
    if !zeroed.is_empty() {
        return Ok(false);
    }
    let entries = journal.orders + journal.refunds;
    if entries > 0 {
        for lack in journal.lacks().iter().chain(&journal.first_day()) {
            eprintln!("{lack}");
        }
    }
    let accepted = options.handling.accepts(entries, refused);
    if accepted {
        journal.keep()?;
    }
    Ok(accepted)
}

/// Tomorrow, where it comes first.
fn tomorrow() -> Result<Day> {
    let today = day_of(jiff::Timestamp::now(), &find_zone("Pacific/Kiritimati")?)?;
    today.next().context("there is no tomorrow")
}

fn run_members(options: &MembersOptions) -> Result<bool> {
    let MembersOptions { table: NamedTable { file, columns, reading, handling }, defaults, after, output, .. } =
        options;
    let rules = handling.rules(output.as_deref())?;
    let before = known(after, &handling.batch)?;
    let mut result = output.as_deref().map(|file| Output::open(Some(file))).transpose()?;
    let (events, counts) = members::read(file, reading, columns, defaults, &before, print)?;
    let members::Counts { members, known, packs, without_pack, shops, shops_without_points, points, refused } = counts;
    eprintln!("{members} members, {refused} rows refused");
    if known > 0 {
        eprintln!("{known} members are in the earlier journals with all that the table says");
    }
    eprintln!("{packs} packs, {shops} shops, {points} points granted");
    if without_pack > 0 {
        eprintln!(
            "{without_pack} members have no pack, so they earn nothing: a column `pack`, or `--default pack=PACK`"
        );
    }
    if shops_without_points > 0 {
        eprintln!("{shops_without_points} shops get no points here, and their deposit takes some: a column `points`");
    }
    warn_if_treasury_is_short(rules.as_ref(), points);
    if !handling.accepts(members, refused) {
        return Ok(false);
    }
    if let Some(mut result) = result.take() {
        result.write_all(events.as_bytes()).context("cannot write the journal")?;
        result.keep()?;
    }
    options.into.as_deref().map_or(Ok(true), |database| settle_members(&events, database, options))
}

/// Settles the events into a book and prints the codes; returns `false` if the rules refuse one of them.
fn settle_members(events: &str, database: &str, options: &MembersOptions) -> Result<bool> {
    let destination =
        codes::Destination { database, origin: options.origin.as_deref(), sheet: options.sheet.as_deref() };
    let report: fn(&str) = |refused| eprintln!("refused: {refused}");
    let settled = super::block_on(codes::settle_members(events, destination, report))?;
    let codes::Settled { events, known, refused, codes, hours } = settled;
    eprintln!("settled {events} events, {refused} of them refused");
    if known > 0 {
        eprintln!("{known} members were there already; they get no code");
    }
    if let Some(sheet) = &options.sheet {
        eprintln!("{} has {codes} codes: print it, hand each over in person, and delete it", sheet.display());
    }
    if codes > 0 {
        eprintln!("each code works once, within {hours} hours, and is not shown again");
    }
    Ok(refused == 0)
}

fn run_balances(options: &BalancesOptions) -> Result<bool> {
    let BalancesOptions { table: NamedTable { file, columns, reading, handling }, members, dry_run, output } = options;
    let output = output.as_deref().filter(|_| !dry_run);
    let rules = handling.rules(output)?;
    let mut result = output.map(|file| Output::open(Some(file))).transpose()?;
    let events: &mut dyn Write = match &mut result {
        Some(output) => output,
        None => &mut std::io::sink(),
    };
    let sums = balances::read(file, reading, columns, *members, &EventIds::new(&handling.batch), events, print)?;
    let balances::Sums { members, share_value, points, empty, refused } = sums;
    eprintln!("{members} balances, {refused} rows refused");
    eprintln!("{share_value} share value, {points} points");
    if empty > 0 {
        eprintln!("{empty} members have neither");
    }
    warn_if_treasury_is_short(rules.as_ref(), points);
    let accepted = handling.accepts(members, refused);
    if let Some(result) = result.filter(|_| accepted) {
        result.keep()?;
    }
    Ok(accepted)
}

fn warn_if_treasury_is_short(rules: Option<&RuleSet>, points: Points) {
    if let Some(treasury) = rules.map(|rules| rules.supply_treasury).filter(|treasury| *treasury < points) {
        eprintln!(
            "the treasury has {treasury} points, fewer than {points}: some of these events will be refused (`treasury_short`)"
        );
    }
}
