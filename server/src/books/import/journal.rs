//! The journal while it grows: days are closed where the date moves on, and who must be there first is registered.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fmt::{self, Write as _};
use std::io::Write as _;

use anyhow::{Context as _, Result};
use gongxiang::event::Code;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::quantity::{Money, Points};

use super::cells::{BAD_ROW, quoted};
use super::known::{Known, OpenOrder};
use super::orders::{Item, Order, What};
use super::rows::BadRow;
use crate::limits::IMPORT_GAP_DAYS_MAX;
use crate::output::Output;

/// How shops are opened that the journal does not have.
#[derive(Clone, Debug)]
pub struct Shops {
    pub region: Region,
    pub pack: Id,
    /// What the treasury grants to each first, for its deposit and its orders.
    pub points: Points,
}

/// What the import adds to the orders.
#[derive(Clone, Debug, Default)]
pub struct Additions {
    /// Every buyer is registered before its first order.
    pub members: bool,
    /// And buys this pack.
    pub pack: Option<Id>,
    pub shops: Option<Shops>,
}

/// The names of the columns that a refusal names.
#[derive(Clone, Debug, Default)]
pub struct Columns {
    pub order: Option<String>,
    pub date: Option<String>,
    pub refunded: Option<String>,
}

/// Why an order or a refund is not in the journal.
pub enum Rejection {
    Bad(BadRow),
    /// It does not count, and why.
    LeftOut(String),
}

/// The journal.
pub struct Journal {
    output: Output,
    /// Lines that are not written yet.
    lines: String,
    additions: Additions,
    columns: Columns,
    pub(super) known: Known,
    /// The first day of the rules.
    genesis: Option<Day>,
    open: Option<Day>,
    pub(super) first: Option<Day>,
    /// Who bought in this table.
    pub(super) buyers: HashSet<String>,
    /// The shops of this table, and the concessions of their orders, in fen.
    pub(super) shops: HashMap<String, i128>,
    pub orders: u64,
    pub refunds: u64,
    pub left_out: BTreeMap<String, u64>,
}

impl Journal {
    /// A journal that goes on after what is known. `open` is the day that is open before the first order.
    pub(super) fn new(
        output: Output,
        additions: Additions,
        columns: Columns,
        known: Known,
        genesis: Option<Day>,
    ) -> Self {
        let after = known.closed.and_then(Day::next);
        Self {
            output,
            lines: String::new(),
            additions,
            columns,
            known,
            genesis,
            open: after.or(genesis),
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

    /// Says which day is open before the first order.
    pub fn open_on(&mut self, day: Day) {
        self.open = Some(day);
    }

    /// Takes an order or a refund; the outer error is not about it.
    ///
    /// # Errors
    /// If there is no room for more orders.
    pub fn take(&mut self, item: &Item) -> Result<Result<(), Rejection>> {
        let bad = |column: &Option<String>, code: &'static str, message: String| {
            let column = column.clone();
            Ok(Err(Rejection::Bad(BadRow { line: item.line, column, code, message })))
        };
        let Some(day) = Day::parse(&item.day) else { return bad(&None, BAD_ROW, "has no day".into()) };
        let closed = match self.days_until(day) {
            Ok(closed) => closed,
            Err(why) => {
                let message = format!("{} {why}", quoted(&item.day));
                return bad(&self.columns.date.clone(), Code::WrongDay.as_str(), message);
            }
        };
        match &item.what {
            What::Order(order) => {
                if self.known.orders.contains_key(&order.order) {
                    let message = format!(
                        "{}: {}; if each row is an item of it, `--lines sum` or `--lines once` says how they stand",
                        quoted(&order.order),
                        Code::OrderExists.sentence()
                    );
                    return bad(&self.columns.order.clone(), Code::OrderExists.as_str(), message);
                }
                self.close(closed, day);
                self.place(order)?;
                Ok(Ok(()))
            }
            What::Refund { order, amount } => {
                let Some(known) = self.known.orders.get_mut(order) else {
                    let message = format!(
                        "{} is in no row that counts, nor in a journal before it (`--after`): how much of its concession \
                         is refunded cannot be known",
                        quoted(order)
                    );
                    return bad(&self.columns.order.clone(), Code::UnknownOrder.as_str(), message);
                };
                if known.is_refunded {
                    return Ok(Err(Rejection::LeftOut("refunds of orders that were refunded already".into())));
                }
                let part = match amount.as_deref().map(Money::parse) {
                    None => {
                        known.is_refunded = true;
                        None
                    }
                    Some(Err(error)) => return bad(&self.columns.refunded.clone(), BAD_ROW, error.to_string()),
                    Some(Ok(amount)) => match known.refund(amount.raw()) {
                        Ok(part) => part,
                        Err(why) => {
                            let message = format!("{} {why}", quoted(&amount.to_string()));
                            return bad(&self.columns.refunded.clone(), Code::BadAmount.as_str(), message);
                        }
                    },
                };
                if part.is_some_and(Money::is_zero) {
                    return Ok(Err(Rejection::LeftOut("refunds of less than 0.01 of the concession".into())));
                }
                self.close(closed, day);
                self.refund(order, part);
                Ok(Ok(()))
            }
        }
    }

    fn place(&mut self, placed: &Order) -> Result<()> {
        let Order { order, buyer, merchant, channel, amount, concession, region, reference } = placed;
        let (amount_, concession_) = (Money::parse(amount)?, Money::parse(concession)?);
        self.open_shop(merchant);
        if self.additions.members {
            self.register(buyer);
            if let Some(pack) = self.additions.pack.clone().filter(|_| !self.known.active.contains(buyer)) {
                self.buy(buyer, &pack);
            }
        }
        let reference =
            reference.as_ref().map(|reference| format!(r#","reference":"{reference}""#)).unwrap_or_default();
        // None of these texts has a character that JSON would have to escape.
        self.line(format_args!(
            r#"{{"type":"order.placed","order":"{order}","buyer":"{buyer}","merchant":"{merchant}","channel":"{channel}","amount":"{amount}","concession":"{concession}","region":"{region}"{reference}}}"#
        ));
        self.known.place(order, OpenOrder::new(amount_, concession_))?;
        if !self.buyers.contains(buyer) {
            self.buyers.insert(buyer.clone());
        }
        *self.shops.entry(merchant.clone()).or_default() += concession_.raw();
        self.orders += 1;
        Ok(())
    }

    fn refund(&mut self, order: &str, part: Option<Money>) {
        match part {
            Some(part) => {
                self.line(format_args!(r#"{{"type":"order.refunded","order":"{order}","concession":"{part}"}}"#));
            }
            None => self.line(format_args!(r#"{{"type":"order.refunded","order":"{order}"}}"#)),
        }
        self.refunds += 1;
    }

    fn register(&mut self, member: &str) {
        if self.known.members.insert(member.into()) {
            self.line(format_args!(r#"{{"type":"member.registered","member":"{member}"}}"#));
        }
    }

    fn buy(&mut self, member: &str, pack: &Id) {
        self.line(format_args!(r#"{{"type":"pack.purchased","member":"{member}","pack":"{pack}"}}"#));
        self.known.active.insert(member.into());
    }

    /// A shop that the journal does not have: its member, its pack, its points, and then the shop.
    fn open_shop(&mut self, member: &str) {
        let Some(Shops { region, pack, points }) = self.additions.shops.clone() else { return };
        if self.known.shops.contains(member) {
            return;
        }
        self.register(member);
        self.buy(member, &pack);
        if points.is_positive() {
            self.line(format_args!(r#"{{"type":"treasury.granted","member":"{member}","points":"{points}"}}"#));
            self.known.with_points.insert(member.into());
        }
        self.line(format_args!(r#"{{"type":"merchant.opened","member":"{member}","region":"{region}"}}"#));
        self.known.shops.insert(member.into());
    }

    fn close(&mut self, days: Vec<Day>, open: Day) {
        self.first = self.first.or(days.first().copied()).or(Some(open));
        for day in days {
            self.line(format_args!(r#"{{"type":"day.closed","day":"{day}"}}"#));
        }
        self.open = Some(open);
    }

    /// The days from the open one on, `day` left out.
    fn days_until(&self, day: Day) -> Result<Vec<Day>, String> {
        let open = self.open.unwrap_or(day);
        if let Some(genesis) = self.genesis.filter(|genesis| day < *genesis) {
            return Err(format!(
                "is before the first day of the rules, {genesis}: take a copy of the rule set with a `genesis_day` of \
                 this day or earlier, or leave these rows out"
            ));
        }
        if day < open {
            return Err(format!("is before the day that is open then, {open}; `--sort` puts the rows in order first"));
        }
        let mut days = Vec::new();
        let mut at = open;
        while at < day {
            if days.len() == IMPORT_GAP_DAYS_MAX {
                return Err(format!("is more than ten years after the day that is open then, {open}"));
            }
            days.push(at);
            let Some(next) = at.next() else { break };
            at = next;
        }
        Ok(days)
    }

    fn line(&mut self, line: fmt::Arguments<'_>) {
        // Writing to a text does not fail.
        _ = self.lines.write_fmt(line);
        self.lines.push('\n');
    }

    /// Writes the lines that the last rows became.
    ///
    /// # Errors
    /// If the output cannot be written.
    pub fn write(&mut self) -> Result<()> {
        self.output.write_all(self.lines.as_bytes()).context("cannot write the journal")?;
        self.lines.clear();
        Ok(())
    }

    /// Gives the file its name.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn keep(self) -> Result<()> {
        self.output.keep()
    }
}
