//! The journal that an import writes: days are closed as the date moves on, and members and shops are registered before
//! their first order.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::io::Write as _;

use anyhow::{Context as _, Result};
use gongxiang::event::Code;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points};

use super::cells::{BadRow, CellError, quoted};
use super::ids::EventIds;
use super::index::{JournalIndex, OpenOrder};
use super::orders::{Item, ItemKind, Order};
use crate::limits::IMPORT_GAP_DAYS_MAX;
use crate::output::Output;

/// How unknown shops are opened.
#[derive(Clone, Debug)]
pub struct Shops {
    pub region: Region,
    pub pack: Id,
    /// What the treasury grants to each shop first, for its deposit and its orders.
    pub points: Points,
}

/// What the import adds to the orders.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Every buyer is registered before its first order.
    pub members: bool,
    /// Every registered buyer buys this pack.
    pub pack: Option<Id>,
    pub shops: Option<Shops>,
}

/// The names of columns, for errors.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub order: Option<String>,
    pub date: Option<String>,
    pub refunded: Option<String>,
}

/// Why an order or a refund is not in the journal.
pub enum Rejection {
    Bad(BadRow),
    /// It does not count, for this reason.
    LeftOut(String),
    /// The import cannot go on.
    Failed(anyhow::Error),
}

impl From<BadRow> for Rejection {
    fn from(bad: BadRow) -> Self {
        Self::Bad(bad)
    }
}

impl From<anyhow::Error> for Rejection {
    fn from(error: anyhow::Error) -> Self {
        Self::Failed(error)
    }
}

pub struct JournalWriter {
    output: Output,
    /// Lines that are not written yet.
    lines: String,
    additions: Additions,
    columns: Columns,
    pub(super) index: JournalIndex,
    ids: EventIds,
    /// The ids of the refunds of this table.
    refund_ids: HashSet<String>,
    /// The first day of the rules.
    genesis: Option<Day>,
    open: Option<Day>,
    pub(super) latest: Option<Day>,
    pub(super) first: Option<Day>,
    /// The buyers of this table.
    pub(super) buyers: HashSet<String>,
    /// The shops of this table, and the concessions of their orders, in fen.
    pub(super) shops: HashMap<String, i128>,
    pub orders: u64,
    pub refunds: u64,
    pub left_out: BTreeMap<String, u64>,
}

impl JournalWriter {
    /// A journal that continues what `index` has.
    pub(super) fn new(
        output: Output,
        additions: Additions,
        columns: Columns,
        mut index: JournalIndex,
        genesis: Option<Day>,
        batch: &str,
    ) -> Self {
        let after = index.closed.and_then(Day::next);
        Self {
            output,
            lines: String::new(),
            additions,
            columns,
            ids: EventIds::after(batch, std::mem::take(&mut index.ids)),
            refund_ids: HashSet::new(),
            index,
            genesis,
            open: after.or(genesis),
            latest: None,
            first: None,
            buyers: HashSet::new(),
            shops: HashMap::new(),
            orders: 0,
            refunds: 0,
            left_out: BTreeMap::new(),
        }
    }

    pub(super) fn genesis(&self) -> Option<Day> {
        self.genesis
    }

    /// Whether this journal or an earlier one has an order.
    pub(super) fn has_order(&self, order: &str) -> bool {
        self.index.orders.contains_key(order)
    }

    /// Sets the day that is open before the first order.
    pub fn open_on(&mut self, day: Day) {
        self.open = Some(day);
    }

    /// Adds an order or a refund.
    pub fn add(&mut self, item: &Item) -> Result<(), Rejection> {
        let line = item.line;
        let day = Day::parse(&item.day).ok_or_else(|| CellError::bad_row("has no day").at(line, None))?;
        let closed = self.days_until(day).map_err(|why| {
            let message = format!("{} {why}", quoted(&item.day));
            CellError::new(Code::WrongDay, message).at(line, self.columns.date.clone())
        })?;
        match &item.kind {
            ItemKind::Order(order) => {
                if self.index.orders.contains_key(&order.order) {
                    let message = format!(
                        "{}: {}; if each row is an item of the order, use `--lines sum` or `--lines once`",
                        quoted(&order.order),
                        Code::OrderExists.sentence()
                    );
                    return Err(CellError::new(Code::OrderExists, message).at(line, self.columns.order.clone()).into());
                }
                self.close(closed, day);
                self.place(order)?;
            }
            ItemKind::Refund { order, amount } => {
                let id = amount.as_deref().map(|amount| self.refund_id(item, order, amount));
                if id.as_ref().is_some_and(|id| self.ids.has(id)) {
                    return Err(Rejection::LeftOut("refunds that an earlier journal has".into()));
                }
                let part = self.concession_part(line, order, amount.as_deref())?;
                self.close(closed, day);
                self.refund(order, part, id);
            }
        }
        Ok(())
    }

    /// The id of a refund of a part. Equal ones of the same moment are told apart by their number.
    fn refund_id(&mut self, item: &Item, order: &str, amount: &str) -> String {
        let (day, second) = (&item.day, item.second);
        let mut number = 0_u64;
        loop {
            let id = self.ids.of(format_args!("refund {order} {amount} {day} {second} {number}"));
            if self.refund_ids.insert(id.clone()) {
                return id;
            }
            number += 1;
        }
    }

    /// The part of an order's concession that a refund takes back; `None` for all that is left.
    fn concession_part(&mut self, line: u64, order: &str, amount: Option<&str>) -> Result<Option<Money>, Rejection> {
        let Some(open) = self.index.orders.get_mut(order) else {
            let message = format!(
                "{} is in no row that counts, nor in an earlier journal (`--after`), so the refunded part of its concession \
                 is unknown",
                quoted(order)
            );
            return Err(CellError::new(Code::UnknownOrder, message).at(line, self.columns.order.clone()).into());
        };
        if open.is_refunded {
            return Err(Rejection::LeftOut("refunds of orders that were refunded already".into()));
        }
        let Some(amount) = amount else {
            open.is_refunded = true;
            return Ok(None);
        };
        let bad = |error: CellError| error.at(line, self.columns.refunded.clone());
        let money = Money::parse(amount).map_err(|error| bad(CellError::bad_row(error.to_string())))?;
        let part = open
            .refund(money.raw())
            .map_err(|why| bad(CellError::new(Code::BadAmount, format!("{} {why}", quoted(amount)))))?;
        if part.is_some_and(Money::is_zero) {
            return Err(Rejection::LeftOut("refunds of less than 0.01 of the concession".into()));
        }
        Ok(part)
    }

    fn place(&mut self, placed: &Order) -> Result<()> {
        let Order { order, buyer, merchant, channel, amount, concession, region, reference } = placed;
        let open = OpenOrder::new(Money::parse(amount)?, Money::parse(concession)?);
        self.open_shop(merchant);
        if self.additions.members {
            self.register(buyer);
            if let Some(pack) = self.additions.pack.clone().filter(|_| !self.index.active.contains(buyer)) {
                self.buy(buyer, &pack);
            }
        }
        let reference =
            reference.as_ref().map(|reference| format!(r#","reference":"{reference}""#)).unwrap_or_default();
        // None of these texts has a character that JSON would have to escape.
        self.line(format_args!(
            r#"{{"type":"order.placed","order":"{order}","buyer":"{buyer}","merchant":"{merchant}","channel":"{channel}","amount":"{amount}","concession":"{concession}","region":"{region}"{reference}}}"#
        ));
        self.index.place(order, open)?;
        if !self.buyers.contains(buyer) {
            self.buyers.insert(buyer.clone());
        }
        *self.shops.entry(merchant.clone()).or_default() += open.concession;
        self.orders += 1;
        Ok(())
    }

    fn refund(&mut self, order: &str, part: Option<Money>, id: Option<String>) {
        match part.zip(id) {
            Some((part, id)) => self.line(format_args!(
                r#"{{"type":"order.refunded","order":"{order}","concession":"{part}","id":"{id}"}}"#
            )),
            None => self.line(format_args!(r#"{{"type":"order.refunded","order":"{order}"}}"#)),
        }
        self.refunds += 1;
    }

    fn register(&mut self, member: &str) {
        if self.index.members.insert(member.into()) {
            self.line(format_args!(r#"{{"type":"member.registered","member":"{member}"}}"#));
        }
    }

    fn buy(&mut self, member: &str, pack: &Id) {
        let id = self.ids.of(format_args!("pack {member} {pack}"));
        self.line(format_args!(r#"{{"type":"pack.purchased","member":"{member}","pack":"{pack}","id":"{id}"}}"#));
        self.index.active.insert(member.into());
    }

    /// Opens an unknown shop: registers the member, and gives it the pack and the points that it needs first.
    fn open_shop(&mut self, member: &str) {
        let Some(Shops { region, pack, points }) = self.additions.shops.clone() else { return };
        if self.index.shops.contains(member) {
            return;
        }
        self.register(member);
        self.buy(member, &pack);
        if points.is_positive() {
            let id = self.ids.of(format_args!("grant {member} {points}"));
            self.line(format_args!(
                r#"{{"type":"treasury.granted","member":"{member}","points":"{points}","id":"{id}"}}"#
            ));
            self.index.with_points.insert(member.into());
        }
        self.line(format_args!(r#"{{"type":"merchant.opened","member":"{member}","region":"{region}"}}"#));
        self.index.shops.insert(member.into());
    }

    fn close(&mut self, days: Vec<Day>, open: Day) {
        self.first = self.first.or(days.first().copied()).or(Some(open));
        for day in days {
            self.line(format_args!(r#"{{"type":"day.closed","day":"{day}"}}"#));
        }
        self.open = Some(open);
    }

    /// The days from the open one up to `day`, without it.
    fn days_until(&self, day: Day) -> Result<Vec<Day>, String> {
        let open = self.open.unwrap_or(day);
        if let Some(genesis) = self.genesis.filter(|genesis| day < *genesis) {
            return Err(format!(
                "is before the first day of the rules, {genesis}: use a copy of the rule set with a `genesis_day` of this \
                 day or earlier, or leave these rows out"
            ));
        }
        if day < open {
            return Err(format!("is before the open day, {open}; `--sort` sorts the rows first"));
        }
        if self.latest.is_some_and(|latest| day > latest) {
            return Err(
                "is later than tomorrow: all days until then would be closed; `--future` takes such rows".into()
            );
        }
        let mut days = Vec::new();
        let mut at = open;
        while at < day {
            if days.len() == IMPORT_GAP_DAYS_MAX {
                return Err(format!("is more than ten years after the open day, {open}"));
            }
            days.push(at);
            let Some(next) = at.next() else { break };
            at = next;
        }
        Ok(days)
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        _ = self.lines.write_fmt(line);
        self.lines.push('\n');
    }

    /// Writes the lines of the last item.
    pub fn write(&mut self) -> Result<()> {
        self.output.write_all(self.lines.as_bytes()).context("cannot write the journal")?;
        self.lines.clear();
        Ok(())
    }

    pub fn keep(self) -> Result<()> {
        self.output.keep()
    }
}
