//! Orders and refunds from rows: the items of one order become one order.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::path::Path;

use anyhow::{Result, anyhow};
use gongxiang::event::Code;
use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use gongxiang::ruleset::Channel;
use serde::{Deserialize, Serialize};

use super::cells::{self, BadRow, CellError, quoted};
use super::dates::Moment;
use super::guards::{long_number, unguarded};
use super::mapping::{Field, LineItems, Mapping};
use super::plan::{Layouts, Plan};
use super::rows::{Concession, OrderLine, PARTS_OF_FEN, RefundRow, RefundSize, RowContent, RowReader, text};
use super::table::{Row, Table};
use super::text::encoding;
use crate::limits::IMPORT_ORDERS_MAX;

/// An order or a refund of a day.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Item {
    pub line: u64,
    pub day: String,
    pub second: u32,
    pub kind: ItemKind,
}

/// All texts are valid ids, regions and amounts.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ItemKind {
    Order(Order),
    Refund {
        order: String,
        /// Yuan of the order's amount; `None` for all that is left.
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

/// An order or refund, or all errors of a row.
pub type ItemResult = Result<Box<Item>, Vec<BadRow>>;

/// The orders of a table.
pub struct Orders {
    table: Table,
    plan: Plan,
    group: Option<OrderRows>,
    ready: VecDeque<ItemResult>,
    /// How many rows do not count, by the reason.
    pub left_out: BTreeMap<String, u64>,
    /// Of the ids with more digits than a spreadsheet keeps, without a guard, how many there are and how many end in zeros instead.
    long: BTreeMap<Field, (u64, u64)>,
    /// Orders that do not count: their refunds do not count either.
    pub dropped: HashSet<String>,
}

/// The rows of one order so far.
struct OrderRows {
    /// The order's cell.
    key: String,
    first: Row,
    order: Option<OrderLine>,
    /// The sum of the rows' concessions, in fen.
    concession: i128,
    /// How many rows were read.
    good: u64,
    /// The line of a refused row.
    bad: Option<u64>,
}

impl Orders {
    /// Opens a table and finds its columns.
    pub(super) fn open(file: &Path, mapping: &Mapping, layouts: &Layouts) -> Result<Self> {
        let of_profile = layouts.encoding().map(encoding).transpose().map_err(|error| anyhow!(error))?;
        let reading = &mapping.reading;
        let (mut table, header) =
            Table::open(file, reading.encoding.or(of_profile), reading.delimiter, |names| layouts.is_header(names))?;
        let names: Vec<_> = header.iter().map(String::as_str).collect();
        let plan = layouts.plan(mapping, &names)?;
        table.ends = plan.profile.ends.iter().chain(&reading.until).cloned().collect();
        Ok(Self {
            table,
            plan,
            group: None,
            ready: VecDeque::new(),
            left_out: BTreeMap::new(),
            long: BTreeMap::new(),
            dropped: HashSet::new(),
        })
    }

    /// The columns of ids most of whose long numbers end in zeros, with how many do, and of how many.
    #[must_use]
    pub fn zeroed(&self) -> Vec<(String, u64, u64)> {
        let most = self.long.iter().filter(|(_, (all, zeroed))| *zeroed > 1 && zeroed * 2 > *all);
        most.filter_map(|(field, (all, zeroed))| Some((self.plan.column(*field)?, *zeroed, *all))).collect()
    }

    fn count_long(&mut self, row: &Row) {
        for field in [Field::Order, Field::Buyer, Field::Merchant, Field::RefundOf] {
            let number = text(&self.plan, row, field).filter(|text| unguarded(text) == *text);
            if let Some(is_zeroed) = number.and_then(long_number) {
                let (all, zeroed) = self.long.entry(field).or_default();
                *all += 1;
                *zeroed += u64::from(is_zeroed);
            }
        }
    }

    /// The name of a field's column.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<String> {
        self.plan.column(field)
    }

    /// The next order, refund or refused row.
    pub fn next_item(&mut self) -> Result<Option<ItemResult>> {
        loop {
            if let Some(item) = self.ready.pop_front() {
                return Ok(Some(item));
            }
            let Some(row) = self.table.next()? else {
                self.finish();
                return Ok(self.ready.pop_front());
            };
            self.take(row);
        }
    }

    fn take(&mut self, row: Row) {
        self.count_long(&row);
        let key = text(&self.plan, &row, Field::Order).map(unguarded).unwrap_or_default().to_owned();
        let reader = RowReader::new(&self.plan, &row, self.table.encoding());
        let is_refund = reader.status().is_ok_and(|status| reader.is_refund(&status));
        let continues = !is_refund && !key.is_empty() && self.group.as_ref().is_some_and(|group| group.key == key);
        match (self.plan.lines, continues) {
            (Some(LineItems::Once), true) if self.group.as_ref().is_some_and(OrderRows::is_left_out) => {
                // An attempt to pay that failed, say, and the one that did not.
                let content = reader.read();
                if matches!(content, RowContent::Order(_)) {
                    self.begin(key, row, content);
                }
            }
            (Some(LineItems::Once), true) => self.repeat(&row),
            (Some(LineItems::Sum), true) => {
                let content = reader.read();
                self.add(row.line, content);
            }
            _ => {
                let content = reader.read();
                self.finish();
                self.begin(key, row, content);
            }
        }
    }

    fn begin(&mut self, key: String, row: Row, content: RowContent) {
        let mut group = OrderRows { key, first: row, order: None, concession: 0, good: 0, bad: None };
        match content {
            RowContent::Refund(refund) => return self.ready.push_back(Ok(refund_of(&refund))),
            RowContent::RefundLeftOut(why) => return *self.left_out.entry(why).or_default() += 1,
            RowContent::LeftOut(why, order) => self.leave_out(why, order),
            RowContent::Bad(bad) => {
                group.bad = Some(group.first.line);
                self.ready.push_back(Err(bad));
            }
            RowContent::Order(order) => {
                group.concession = fen_of(order.concession);
                group.good = 1;
                group.order = Some(order);
            }
        }
        self.group = Some(group);
    }

    fn leave_out(&mut self, why: String, order: Option<Id>) {
        *self.left_out.entry(why).or_default() += 1;
        let has_refunds = self.plan.has(Field::RefundOf) || self.plan.profile.has_refund_rows();
        // Beyond the limit they are not remembered, and their refunds are refused.
        if let Some(order) = order.filter(|_| has_refunds && self.dropped.len() < IMPORT_ORDERS_MAX) {
            self.dropped.insert(order.to_string());
        }
    }

    /// A further row of an order whose first row has the amounts.
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
        let Some(group) = self.group.as_mut().filter(|group| group.order.is_some()) else { return };
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
                    "{} differs from the order's first row, line {}; `--lines sum` adds up the rows of an order",
                    quoted(&differs(field)?),
                    group.first.line
                );
                Some(CellError::bad_row(message).at(row.line, self.plan.column(*field)))
            })
            .collect();
        if bad.is_empty() {
            group.good += 1;
        } else {
            group.bad = Some(row.line);
            self.ready.push_back(Err(bad));
        }
    }

    /// A further item of an order.
    fn add(&mut self, line: u64, content: RowContent) {
        let Some(group) = &mut self.group else { return };
        let bad = match content {
            RowContent::Refund(refund) => return self.ready.push_back(Ok(refund_of(&refund))),
            RowContent::LeftOut(why, _) | RowContent::RefundLeftOut(why) => {
                return *self.left_out.entry(why).or_default() += 1;
            }
            RowContent::Bad(bad) => bad,
            RowContent::Order(item) => match group.add(item) {
                Ok(()) => return,
                Err((field, error)) => vec![error.at(line, self.plan.column(field))],
            },
        };
        group.bad = Some(line);
        self.ready.push_back(Err(bad));
    }

    /// Completes the order.
    fn finish(&mut self) {
        let Some(OrderRows { first, order: Some(order), concession, good, bad, .. }) = self.group.take() else {
            return;
        };
        if let Some(line) = bad {
            let error =
                CellError::bad_row(format!("line {line} of the same order is refused, and so is the whole order"));
            for _ in 0..good {
                self.ready.push_back(Err(vec![error.clone().at(first.line, None)]));
            }
            return;
        }
        match self.order(&order, concession) {
            Err(bad) => self.ready.push_back(Err(bad)),
            Ok(placed) => {
                let id = placed.order.clone();
                self.ready.push_back(Ok(item(order.line, order.moment, ItemKind::Order(placed))));
                if let Some(refunded) = order.refunded {
                    let refund = ItemKind::Refund { order: id, amount: amount_of(refunded) };
                    self.ready.push_back(Ok(item(order.line, order.moment, refund)));
                }
            }
        }
    }

    /// The order as the journal has it, if the rules could accept it; `concession` is in fen.
    fn order(&self, line: &OrderLine, concession: i128) -> Result<Order, Vec<BadRow>> {
        let bad = |field, error: CellError| error.at(line.line, self.plan.column(field));
        let out_of_range = |field| vec![bad(field, CellError::new(Code::OutOfRange, Code::OutOfRange.sentence()))];
        let counted = if self.plan.has(Field::Quantity) { Field::Quantity } else { Field::Amount };
        let amount =
            Money::checked_from_raw(line.amount.div_euclid(PARTS_OF_FEN)).ok_or_else(|| out_of_range(counted))?;
        let (given, concession) = match line.concession {
            Concession::Rate(rate) => (Field::Rate, cells::part_of(amount, rate).ok()),
            Concession::Yuan(_) => (Field::Concession, Money::checked_from_raw(concession)),
        };
        let concession = concession.ok_or_else(|| out_of_range(given))?;
        let mut wrong = Vec::new();
        if line.buyer == line.merchant {
            wrong.push(bad(Field::Buyer, CellError::of(Code::SelfDealing, line.buyer.as_str())));
        }
        if !amount.is_positive() {
            wrong.push(bad(counted, CellError::of(Code::BadAmount, &amount.to_string())));
        } else if !concession.is_positive() || concession > amount {
            wrong.push(bad(given, CellError::of(Code::BadConcession, &concession.to_string())));
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let channel = match line.channel {
            Channel::Online => "online",
            Channel::Offline => "offline",
        };
        Ok(Order {
            order: line.order.to_string(),
            buyer: line.buyer.to_string(),
            merchant: line.merchant.to_string(),
            channel: channel.into(),
            amount: amount.to_string(),
            concession: concession.to_string(),
            region: line.region.to_string(),
            reference: line.reference.as_ref().map(Id::to_string),
        })
    }
}

impl OrderRows {
    /// Whether no row of it counts so far, and none is refused.
    const fn is_left_out(&self) -> bool {
        self.order.is_none() && self.bad.is_none()
    }

    /// Adds an item, or says in which field it differs from the items before it although it must not.
    fn add(&mut self, item: OrderLine) -> Result<(), (Field, CellError)> {
        self.concession = self.concession.saturating_add(fen_of(item.concession));
        let Some(order) = &mut self.order else {
            self.good += 1;
            self.order = Some(item);
            return Ok(());
        };
        if let Some(field) = difference(order, &item) {
            return Err((field, CellError::bad_row(format!("is not what the order has in line {}", order.line))));
        }
        self.good += 1;
        order.amount = order.amount.saturating_add(item.amount);
        if let (Some(RefundSize::Yuan(sum)), Some(RefundSize::Yuan(more))) = (&mut order.refunded, item.refunded) {
            *sum = sum.plus(more).unwrap_or(*sum);
        } else {
            order.refunded = order.refunded.or(item.refunded);
        }
        Ok(())
    }
}

fn fen_of(concession: Concession) -> i128 {
    match concession {
        Concession::Yuan(concession) => concession.raw(),
        Concession::Rate(_) => 0,
    }
}

/// The first field in which two items of one order differ although they must not.
fn difference(first: &OrderLine, other: &OrderLine) -> Option<Field> {
    let same_rate = matches!((first.concession, other.concession), (Concession::Yuan(_), Concession::Yuan(_)))
        || first.concession == other.concession;
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

fn item(line: u64, moment: Moment, kind: ItemKind) -> Box<Item> {
    Box::new(Item { line, day: moment.day.to_string(), second: moment.second, kind })
}

fn refund_of(refund: &RefundRow) -> Box<Item> {
    let kind = ItemKind::Refund { order: refund.order.to_string(), amount: amount_of(refund.refunded) };
    item(refund.line, refund.moment, kind)
}

fn amount_of(refunded: RefundSize) -> Option<String> {
    match refunded {
        RefundSize::Whole => None,
        RefundSize::Yuan(amount) => Some(amount.to_string()),
    }
}
