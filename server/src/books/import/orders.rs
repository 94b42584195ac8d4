//! Rows as orders and refunds: the items of one order become one.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

use anyhow::{Result, anyhow};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use serde::{Deserialize, Serialize};

use super::cells::{self, Refused, quoted};
use super::dates::Moment;
use super::guards::unguarded;
use super::mapping::{Field, LineItems, Mapping};
use super::plan::{Plan, Request};
use super::rows::{BadRow, Given, PARTS_OF_FEN, Part, Reader, RefundRow, Refunded, Said, text};
use super::table::{Row, Table};
use super::text::encoding;
use crate::limits::IMPORT_ORDERS_MAX;

/// What happened on a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub line: u64,
    pub day: String,
    pub second: u32,
    pub what: What,
}

/// An order or a refund. All texts are valid ids, regions and amounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum What {
    Order(Order),
    Refund {
        order: String,
        /// Yuan of the order's amount; none: all that is left.
        amount: Option<String>,
    },
}

/// An order as the journal has it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Order {
    pub order: String,
    pub buyer: String,
    pub merchant: String,
    pub channel: String,
    pub amount: String,
    pub concession: String,
    pub region: String,
    pub reference: Option<String>,
}

/// What comes out of the table, one after the other.
pub enum Step {
    Item(Box<Item>),
    /// A row that is refused, with all that is wrong with it.
    Bad(Vec<BadRow>),
}

/// The orders of a table.
pub struct Orders {
    table: Table,
    plan: Plan,
    group: Option<Group>,
    ready: VecDeque<Step>,
    /// Rows that do not count, by the reason.
    pub left_out: BTreeMap<String, u64>,
    /// Orders that do not count, so that a refund of one does not either.
    pub dropped: HashSet<String>,
}

/// The rows of one order until now.
struct Group {
    /// The order's cell.
    key: String,
    first: Row,
    said: Option<Part>,
    /// Concessions that are summed up, in fen.
    concession: i128,
    /// Rows of it that were read, and the line of one that was refused.
    good: u64,
    bad: Option<u64>,
}

impl Orders {
    /// Opens a table and finds its columns.
    ///
    /// # Errors
    /// If it cannot be read, or a column is missing.
    pub(super) fn open(file: &Path, mapping: &Mapping, request: &Request) -> Result<Self> {
        let of_profile = request.encoding().map(encoding).transpose().map_err(|error| anyhow!(error))?;
        let reading = &mapping.reading;
        let (mut table, header) =
            Table::open(file, reading.encoding.or(of_profile), reading.delimiter, |names| request.is_header(names))?;
        let names: Vec<_> = header.iter().map(String::as_str).collect();
        let plan = request.plan(mapping, &names)?;
        table.ends = plan.profile.ends.iter().chain(&reading.until).cloned().collect();
        Ok(Self {
            table,
            plan,
            group: None,
            ready: VecDeque::new(),
            left_out: BTreeMap::new(),
            dropped: HashSet::new(),
        })
    }

    /// The name of a field's column.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<String> {
        self.plan.column(field)
    }

    /// The next order, refund or refused row.
    ///
    /// # Errors
    /// If the table cannot be read on.
    pub fn step(&mut self) -> Result<Option<Step>> {
        loop {
            if let Some(step) = self.ready.pop_front() {
                return Ok(Some(step));
            }
            let Some(row) = self.table.next()? else {
                self.finish();
                return Ok(self.ready.pop_front());
            };
            self.take(row);
        }
    }

    fn take(&mut self, row: Row) {
        let key = text(&self.plan, &row, Field::Order).map(unguarded).unwrap_or_default().to_owned();
        let reader = Reader::new(&self.plan, &row, self.table.encoding());
        let is_refund = reader.standing().is_ok_and(|standing| reader.is_refund(&standing));
        let continues = !is_refund && !key.is_empty() && self.group.as_ref().is_some_and(|group| group.key == key);
        match (self.plan.lines, continues) {
            (Some(LineItems::Once), true) => self.repeat(&row),
            (Some(LineItems::Sum), true) => {
                let said = reader.read();
                self.add(&row, said);
            }
            _ => {
                let said = reader.read();
                self.finish();
                self.begin(key, row, said);
            }
        }
    }

    fn begin(&mut self, key: String, row: Row, said: Said) {
        let mut group = Group { key, first: row, said: None, concession: 0, good: 0, bad: None };
        match said {
            Said::Refund(refund) => return self.ready.push_back(Step::Item(refund_of(&refund))),
            Said::Nothing(why, order) => self.leave_out(why, order),
            Said::Bad(bad) => {
                group.bad = Some(group.first.line);
                self.ready.push_back(Step::Bad(bad));
            }
            Said::Part(part) => {
                group.concession = concession(&part);
                group.good = 1;
                group.said = Some(part);
            }
        }
        self.group = Some(group);
    }

    fn leave_out(&mut self, why: String, order: Option<Id>) {
        *self.left_out.entry(why).or_default() += 1;
        let has_refunds = self.plan.has(Field::RefundOf) || self.plan.profile.has_refund_rows();
        // More than that are not remembered; refunds of them are refused.
        if let Some(order) = order.filter(|_| has_refunds && self.dropped.len() < IMPORT_ORDERS_MAX) {
            self.dropped.insert(order.to_string());
        }
    }

    /// A further row of an order whose first one has its amounts.
    fn repeat(&mut self, row: &Row) {
        const ONCE: [Field; 8] = [
            Field::Buyer,
            Field::Merchant,
            Field::Amount,
            Field::Concession,
            Field::Rate,
            Field::Status,
            Field::Refunded,
            Field::Region,
        ];
        let Some(group) = self.group.as_mut().filter(|group| group.said.is_some()) else { return };
        let cell = |row: &Row, field| {
            let at = self.plan.source(field)?.column.as_ref()?.0;
            row.cells.get(at).map(|cell| unguarded(cell).to_owned()).filter(|cell| !cell.is_empty())
        };
        let differs =
            |field: &Field| cell(row, *field).filter(|other| Some(other) != cell(&group.first, *field).as_ref());
        let bad: Vec<_> = ONCE
            .iter()
            .filter_map(|field| {
                let message = format!(
                    "{} is not what the order's first row has, line {}; `--lines sum` sums the rows of an order up",
                    quoted(&differs(field)?),
                    group.first.line
                );
                Some(BadRow { line: row.line, column: self.plan.column(*field), code: cells::BAD_ROW, message })
            })
            .collect();
        if bad.is_empty() {
            group.good += 1;
        } else {
            group.bad = Some(row.line);
            self.ready.push_back(Step::Bad(bad));
        }
    }

    /// A further item of an order.
    fn add(&mut self, row: &Row, said: Said) {
        let Some(group) = &mut self.group else { return };
        match said {
            Said::Refund(refund) => self.ready.push_back(Step::Item(refund_of(&refund))),
            Said::Nothing(why, _) => *self.left_out.entry(why).or_default() += 1,
            Said::Bad(bad) => {
                group.bad = Some(row.line);
                self.ready.push_back(Step::Bad(bad));
            }
            Said::Part(part) => {
                group.good += 1;
                group.concession = group.concession.saturating_add(concession(&part));
                let Some(first) = &mut group.said else {
                    group.said = Some(part);
                    return;
                };
                if let Some(field) = different(first, &part) {
                    group.bad = Some(row.line);
                    let message = format!("is not what the order has in line {}", first.line);
                    let column = self.plan.column(field);
                    self.ready.push_back(Step::Bad(vec![BadRow {
                        line: row.line,
                        column,
                        code: cells::BAD_ROW,
                        message,
                    }]));
                    group.good -= 1;
                    return;
                }
                first.amount = first.amount.saturating_add(part.amount);
                if let (Some(Refunded::By(all)), Some(Refunded::By(more))) = (&mut first.refunded, part.refunded) {
                    *all = all.plus(more).unwrap_or(*all);
                } else {
                    first.refunded = first.refunded.or(part.refunded);
                }
            }
        }
    }

    /// The order that is complete.
    fn finish(&mut self) {
        let Some(Group { first, said: Some(part), concession, good, bad, .. }) = self.group.take() else { return };
        if let Some(line) = bad {
            let message = format!("line {line} of the same order is refused, and so is the whole order");
            for _ in 0..good {
                let bad = BadRow { line: first.line, column: None, code: cells::BAD_ROW, message: message.clone() };
                self.ready.push_back(Step::Bad(vec![bad]));
            }
            return;
        }
        match self.order(&part, concession) {
            Err(bad) => self.ready.push_back(Step::Bad(bad)),
            Ok(order) => {
                let id = order.order.clone();
                self.ready.push_back(Step::Item(item(part.line, part.moment, What::Order(order))));
                if let Some(refunded) = part.refunded {
                    let what = What::Refund { order: id, amount: amount_of(refunded) };
                    self.ready.push_back(Step::Item(item(part.line, part.moment, what)));
                }
            }
        }
    }

    fn order(&self, part: &Part, concession: i128) -> Result<Order, Vec<BadRow>> {
        let bad = |field, refused: Refused| BadRow {
            line: part.line,
            column: self.plan.column(field),
            code: refused.code,
            message: refused.message,
        };
        let counted = if self.plan.has(Field::Quantity) { Field::Quantity } else { Field::Amount };
        let amount = Money::checked_from_raw(part.amount.div_euclid(PARTS_OF_FEN))
            .ok_or_else(|| vec![bad(counted, Refused::by(Code::OutOfRange))])?;
        let (given, concession) = match part.given {
            Given::Rate(rate) => (Field::Rate, cells::part_of(amount, rate).ok()),
            Given::Concession(_) => (Field::Concession, Money::checked_from_raw(concession)),
        };
        let concession = concession.ok_or_else(|| vec![bad(given, Refused::by(Code::OutOfRange))])?;
        let mut wrong = Vec::new();
        if part.buyer == part.merchant {
            wrong.push(bad(Field::Buyer, Refused::of(Code::SelfDealing, part.buyer.as_str())));
        }
        if !amount.is_positive() {
            wrong.push(bad(counted, Refused::of(Code::BadAmount, &amount.to_string())));
        } else if !concession.is_positive() || concession > amount {
            wrong.push(bad(given, Refused::of(Code::BadConcession, &concession.to_string())));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let channel = match part.channel {
            Channel::Online => "online",
            Channel::Offline => "offline",
        };
        Ok(Order {
            order: part.order.to_string(),
            buyer: part.buyer.to_string(),
            merchant: part.merchant.to_string(),
            channel: channel.into(),
            amount: amount.to_string(),
            concession: concession.to_string(),
            region: part.region.to_string(),
            reference: part.reference.as_ref().map(Id::to_string),
        })
    }
}

fn concession(part: &Part) -> i128 {
    match part.given {
        Given::Concession(concession) => concession.raw(),
        Given::Rate(_) => 0,
    }
}

/// The first field in which two items of one order differ that have to be the same.
fn different(first: &Part, other: &Part) -> Option<Field> {
    let same_rate = matches!((first.given, other.given), (Given::Concession(_), Given::Concession(_)))
        || first.given == other.given;
    [
        (first.buyer == other.buyer, Field::Buyer),
        (first.merchant == other.merchant, Field::Merchant),
        (first.channel == other.channel, Field::Channel),
        (first.region == other.region, Field::Region),
        (first.moment.day == other.moment.day, Field::Date),
        (same_rate, Field::Rate),
    ]
    .into_iter()
    .find_map(|(same, field)| (!same).then_some(field))
}

fn item(line: u64, moment: Moment, what: What) -> Box<Item> {
    Box::new(Item { line, day: moment.day.to_string(), second: moment.second, what })
}

fn refund_of(refund: &RefundRow) -> Box<Item> {
    let what = What::Refund { order: refund.order.to_string(), amount: amount_of(refund.refunded) };
    item(refund.line, refund.moment, what)
}

fn amount_of(refunded: Refunded) -> Option<String> {
    match refunded {
        Refunded::Wholly => None,
        Refunded::By(amount) => Some(amount.to_string()),
    }
}
