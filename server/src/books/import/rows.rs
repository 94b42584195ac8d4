//! The content of one row: a part of an order, a refund, or nothing that counts. All errors of a row are reported at once.

use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{Money, Rate};
use gongxiang::ruleset::Channel;

use super::cells::{self, BadRow, Cell, CellError, quoted};
use super::dates::Moment;
use super::guards::{folded, unguarded};
use super::mapping::{Field, Guards, Ids};
use super::plan::{ColumnValues, Plan};
use super::profile::Status;
use super::table;

/// The content of a row.
pub(super) enum RowContent {
    Order(OrderLine),
    Refund(RefundRow),
    /// The reason why the row does not count, and the order's id, if it has one.
    LeftOut(String, Option<Id>),
    /// The reason why a row that is a refund does not count.
    RefundLeftOut(String),
    Bad(Vec<BadRow>),
}

/// An order, or one item of it.
#[derive(Clone, Debug)]
pub(super) struct OrderLine {
    pub line: u64,
    pub order: Id,
    pub buyer: Id,
    pub merchant: Id,
    pub channel: Channel,
    pub region: Region,
    /// In units of 10⁻¹⁰ yuan, which are exact for prices of 8 places and for fen.
    pub amount: i128,
    pub concession: Concession,
    pub moment: Moment,
    pub refunded: Option<RefundSize>,
    pub reference: Option<Id>,
}

/// What the merchant gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Concession {
    Yuan(Money),
    /// A part of the amount.
    Rate(Rate),
}

/// How much of an order was refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RefundSize {
    Whole,
    /// Yuan of the amount.
    Yuan(Money),
}

/// A row that is a refund.
#[derive(Clone, Debug)]
pub(super) struct RefundRow {
    pub line: u64,
    pub order: Id,
    pub refunded: RefundSize,
    pub moment: Moment,
}

/// How many units of 10⁻¹⁰ yuan are in a fen.
pub(super) const PARTS_OF_FEN: i128 = 100_000_000;

pub(super) struct RowReader<'a> {
    plan: &'a Plan,
    row: &'a table::Row,
    encoding: &'static str,
    bad: Vec<BadRow>,
}

impl<'a> RowReader<'a> {
    pub fn new(plan: &'a Plan, row: &'a table::Row, encoding: &'static str) -> Self {
        Self { plan, row, encoding, bad: Vec::new() }
    }

    pub fn read(mut self) -> RowContent {
        let (plan, line) = (self.plan, self.row.line);
        if let Some(bad) = self.wrong_width() {
            return RowContent::Bad(vec![bad]);
        }
        let status = match self.status() {
            Ok(status) => status,
            Err(bad) => return RowContent::Bad(vec![bad]),
        };
        if self.is_refund(&status) {
            let why = self.unpaid(&status).or_else(|| self.other_than(&plan.refund_only));
            return why.map_or_else(|| self.refund(), RowContent::RefundLeftOut);
        }
        if let Some(why) = self.left_out(&status) {
            let order = self.id(Field::Order);
            return RowContent::LeftOut(why, order);
        }
        let order = self.id(Field::Order);
        let buyer = self.id(Field::Buyer);
        let merchant = self.id(Field::Merchant);
        let channel = self.cell(Field::Channel, cells::channel);
        let region = self.cell(Field::Region, cells::region);
        let amount = self.amount();
        let concession = if plan.has(Field::Rate) {
            self.cell(Field::Rate, cells::rate).map(Concession::Rate)
        } else {
            self.cell(Field::Concession, cells::money).map(Concession::Yuan)
        };
        self.optional(Field::Currency, cells::currency);
        let moment = self.cell(Field::Date, |text| plan.calendar.moment(text));
        let refunded = self.refunded(status);
        let reference = self.reference();
        let complete = || {
            Some(OrderLine {
                line,
                order: order?,
                buyer: buyer?,
                merchant: merchant?,
                channel: channel?,
                region: region?,
                amount: amount?,
                concession: concession?,
                moment: moment?,
                refunded,
                reference,
            })
        };
        match complete() {
            Some(order) if self.bad.is_empty() => RowContent::Order(order),
            _ => RowContent::Bad(self.bad),
        }
    }

    /// Refuses a row with too few cells, or with too many that are not all empty.
    fn wrong_width(&self) -> Option<BadRow> {
        let (cells, width) = (&self.row.cells, self.plan.width);
        let rest_is_empty = cells.iter().skip(width).all(|cell| unguarded(cell).is_empty());
        let message = || format!("has {} cells, and the header {width}", cells.len());
        (cells.len() < width || !rest_is_empty).then(|| CellError::bad_row(message()).at(self.row.line, None))
    }

    /// The status; without one, the order was paid.
    pub fn status(&self) -> Result<Status, BadRow> {
        let Some(text) = self.text(Field::Status) else { return Ok(Status::Paid) };
        self.plan.profile.status(text).ok_or_else(|| {
            let message = format!("{} is no known status: {}", quoted(text), self.plan.profile.words());
            self.refusal(Field::Status, CellError::bad_row(message))
        })
    }

    /// Whether the row is a refund of an order in another row.
    pub fn is_refund(&self, status: &Status) -> bool {
        let minus = || {
            let amount = self.text(Field::Amount).unwrap_or_default();
            self.plan.profile.negative_refunds && amount.starts_with(['-', '−'])
        };
        *status == Status::Refund || self.text(Field::RefundOf).is_some() || minus()
    }

    /// Why the row does not count, if its status says so.
    fn unpaid(&self, status: &Status) -> Option<String> {
        let text = || format!("status {}", quoted(self.text(Field::Status).unwrap_or_default()));
        (*status == Status::Unpaid).then(text)
    }

    /// The first condition that the row does not meet, in words.
    fn other_than(&self, conditions: &[ColumnValues]) -> Option<String> {
        conditions.iter().find_map(|((at, name), values)| {
            let cell = self.row.cells.get(*at).unwrap_or_default();
            let wanted = || values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ");
            (!values.contains(&folded(cell))).then(|| format!("column `{name}` is none of {}", wanted()))
        })
    }

    /// Why the order does not count.
    fn left_out(&self, status: &Status) -> Option<String> {
        if let Some(why) = self.unpaid(status).or_else(|| self.other_than(&self.plan.only)) {
            return Some(why);
        }
        let order = self.text(Field::Order).unwrap_or_default();
        if self.plan.profile.credit_notes.iter().any(|start| order.starts_with(start)) {
            return Some("credit notes that do not say which order they belong to".into());
        }
        let no_buyer = self.plan.has(Field::Buyer) && self.text(Field::Buyer).is_none();
        (self.plan.skip_guests && no_buyer).then(|| "no buyer".into())
    }

    fn amount(&mut self) -> Option<i128> {
        if !self.plan.has(Field::Quantity) {
            return self.cell(Field::Amount, cells::money).map(|amount| amount.raw() * PARTS_OF_FEN);
        }
        let quantity = self.cell(Field::Quantity, cells::quantity);
        let price = self.cell(Field::Price, cells::price);
        // A price is at most 10¹² yuan, and a quantity has at most 9 digits.
        Some(i128::from(quantity?) * price?.raw() * 100)
    }

    fn refunded(&mut self, status: Status) -> Option<RefundSize> {
        match status {
            Status::Refunded(None) => Some(RefundSize::Whole),
            Status::Refunded(Some(text)) => match cells::money(&text) {
                Ok(amount) => Some(RefundSize::Yuan(amount)),
                Err(refused) => {
                    self.refuse(Field::Status, refused);
                    None
                }
            },
            _ => {
                let amount = self.optional(Field::Refunded, cells::money)?;
                let amount = if amount.is_positive() { Some(amount) } else { Money::checked_from_raw(-amount.raw()) };
                amount.filter(|amount| amount.is_positive()).map(RefundSize::Yuan)
            }
        }
    }

    fn refund(mut self) -> RowContent {
        let plan = self.plan;
        let named = if self.text(Field::RefundOf).is_some() { Field::RefundOf } else { Field::Order };
        let order = self.id_until(named, &plan.profile.refund_cut);
        let field = if self.text(Field::Refunded).is_some() { Field::Refunded } else { Field::Amount };
        let amount = self.cell(field, cells::money);
        let moment = self.cell(Field::Date, |text| plan.calendar.moment(text));
        let amount = amount.and_then(|amount| Money::checked_from_raw(amount.raw().abs()));
        if amount.is_some_and(Money::is_zero) {
            let text = self.text(field).unwrap_or_default().to_owned();
            self.refuse(field, CellError::of(Code::BadAmount, &text));
        }
        match (order, amount, moment) {
            (Some(order), Some(amount), Some(moment)) if self.bad.is_empty() => {
                RowContent::Refund(RefundRow { line: self.row.line, order, refunded: RefundSize::Yuan(amount), moment })
            }
            _ => RowContent::Bad(self.bad),
        }
    }

    /// The cell of a field without guards, or the field's default.
    fn text(&self, field: Field) -> Option<&'a str> {
        text(self.plan, self.row, field).map(unguarded).filter(|text| !text.is_empty())
    }

    fn id(&mut self, field: Field) -> Option<Id> {
        self.id_until(field, "")
    }

    /// An id that ends before the first of these characters.
    fn id_until(&mut self, field: Field, ends: &str) -> Option<Id> {
        let text = text(self.plan, self.row, field).ok_or_else(|| CellError::bad_row("is empty"));
        let text = text.map(|text| text.split(|c| ends.contains(c)).next().unwrap_or_default());
        match text.and_then(|text| id_of(text, self.plan.guards, self.plan.ids)) {
            Ok(id) => Some(id),
            Err(refused) => {
                self.refuse(field, refused);
                None
            }
        }
    }

    /// The number in another system. It is for information, so a text that is no id is dropped.
    fn reference(&self) -> Option<Id> {
        self.text(Field::Reference).and_then(Id::parse)
    }

    fn cell<T>(&mut self, field: Field, read: impl Fn(&str) -> Cell<T>) -> Option<T> {
        if self.text(field).is_none() {
            self.refuse(field, CellError::bad_row("is empty"));
            return None;
        }
        self.optional(field, read)
    }

    fn optional<T>(&mut self, field: Field, read: impl Fn(&str) -> Cell<T>) -> Option<T> {
        let mut text = self.text(field)?;
        let source = self.plan.source(field)?;
        let column = source.column.as_ref().and_then(|(at, _)| self.row.cells.get(*at)).unwrap_or_default();
        if source.negative && !unguarded(column).is_empty() {
            let Some(number) = text.strip_prefix(['-', '−']) else {
                self.refuse(field, CellError::bad_row(format!("{} has no minus", quoted(text))));
                return None;
            };
            text = number;
        }
        match read(text) {
            Ok(value) => Some(value),
            Err(refused) => {
                self.refuse(field, refused);
                None
            }
        }
    }

    fn refuse(&mut self, field: Field, refused: CellError) {
        let bad = self.refusal(field, refused);
        self.bad.push(bad);
    }

    fn refusal(&self, field: Field, error: CellError) -> BadRow {
        let lost = text(self.plan, self.row, field).is_some_and(|text| text.contains('\u{fffd}'));
        let error = if lost { CellError::bad_row(format!("is not {}", self.encoding)) } else { error };
        error.at(self.row.line, self.plan.column(field))
    }
}

/// The cell of a field, unchanged, or the field's default.
pub(super) fn text<'a>(plan: &'a Plan, row: &'a table::Row, field: Field) -> Option<&'a str> {
    let source = plan.source(field)?;
    let cell = source.column.as_ref().and_then(|(at, _)| row.cells.get(*at)).filter(|cell| !unguarded(cell).is_empty());
    cell.or(source.default.as_deref())
}

/// The id in a text. Without `--guards`, an id with guards is refused.
pub(super) fn id_of(text: &str, guards: Option<Guards>, ids: Ids) -> Cell<Id> {
    let plain = unguarded(text);
    let text = match guards {
        Some(Guards::Strip) => plain,
        None if ids != Ids::Keep && plain.len() != text.len() => {
            return Err(CellError::bad_row(format!(
                "{} has characters around it that may not belong to it: `--guards strip` removes them, `--guards keep` \
                 keeps them",
                quoted(text)
            )));
        }
        Some(Guards::Keep) | None => text,
    };
    if text.contains('\u{fffd}') {
        return Err(CellError::bad_row("has characters that could not be decoded"));
    }
    match ids {
        Ids::Keep => cells::id(text),
        Ids::Escape => cells::escaped_id(text),
        Ids::Digest => cells::digested_id(text),
    }
}
