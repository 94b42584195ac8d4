//! What a row says: a part of an order, a refund, or nothing that counts. All that is wrong with it is said at once.

use std::fmt;

use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{Money, Rate};
use gongxiang::ruleset::Channel;

use super::cells::{self, Cell, Refused, quoted};
use super::dates::Moment;
use super::guards::folded;
use super::guards::unguarded;
use super::mapping::{Field, Guards, Ids};
use super::plan::Plan;
use super::profile::Standing;
use super::table;

/// Why a row becomes nothing.
#[derive(Clone, Debug)]
pub struct BadRow {
    pub line: u64,
    /// The column's name, if it is about one.
    pub column: Option<String>,
    pub code: &'static str,
    pub message: String,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}: {}", self.code, self.message)
    }
}

/// What a row says.
pub(super) enum Said {
    Part(Part),
    Refund(RefundRow),
    /// It does not count, and why; with the order's id, if it has one.
    Nothing(String, Option<Id>),
    Bad(Vec<BadRow>),
}

/// An order, or one item of it.
#[derive(Clone, Debug)]
pub(super) struct Part {
    pub line: u64,
    pub order: Id,
    pub buyer: Id,
    pub merchant: Id,
    pub channel: Channel,
    pub region: Region,
    /// 10⁻¹⁰ yuan, which hold a price of 8 places as well as fen.
    pub amount: i128,
    pub given: Given,
    pub moment: Moment,
    pub refunded: Option<Refunded>,
    pub reference: Option<Id>,
}

/// What the merchant gives up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// Yuan.
    Concession(Money),
    /// A part of the amount.
    Rate(Rate),
}

/// How much of an order was refunded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refunded {
    Wholly,
    /// Yuan of the amount.
    By(Money),
}

/// A row that is a refund.
#[derive(Clone, Debug)]
pub(super) struct RefundRow {
    pub line: u64,
    pub order: Id,
    pub refunded: Refunded,
    pub moment: Moment,
}

/// 10⁻¹⁰ yuan in a fen.
pub(super) const PARTS_OF_FEN: i128 = 100_000_000;

/// A row while it is read.
pub(super) struct Reader<'a> {
    plan: &'a Plan,
    row: &'a table::Row,
    encoding: &'static str,
    bad: Vec<BadRow>,
}

impl<'a> Reader<'a> {
    pub fn new(plan: &'a Plan, row: &'a table::Row, encoding: &'static str) -> Self {
        Self { plan, row, encoding, bad: Vec::new() }
    }

    /// Reads all of it.
    pub fn read(mut self) -> Said {
        let (plan, line) = (self.plan, self.row.line);
        if let Some(bad) = self.wrong_width() {
            return Said::Bad(vec![bad]);
        }
        let standing = match self.standing() {
            Ok(standing) => standing,
            Err(bad) => return Said::Bad(vec![bad]),
        };
        if self.is_refund(&standing) {
            return self.refund();
        }
        if let Some(why) = self.left_out(&standing) {
            let order = self.id(Field::Order);
            return Said::Nothing(why, order);
        }
        let order = self.id(Field::Order);
        let buyer = self.id(Field::Buyer);
        let merchant = self.id(Field::Merchant);
        let channel = self.cell(Field::Channel, cells::channel);
        let region = self.cell(Field::Region, cells::region);
        let amount = self.amount();
        let given = if plan.has(Field::Rate) {
            self.cell(Field::Rate, cells::rate).map(Given::Rate)
        } else {
            self.cell(Field::Concession, cells::money).map(Given::Concession)
        };
        self.optional(Field::Currency, cells::currency);
        let moment = self.cell(Field::Date, |text| plan.calendar.moment(text));
        let refunded = self.refunded(standing);
        let reference = self.reference();
        match (order, buyer, merchant, channel, region, amount, given, moment) {
            (
                Some(order),
                Some(buyer),
                Some(merchant),
                Some(channel),
                Some(region),
                Some(amount),
                Some(given),
                Some(moment),
            ) if self.bad.is_empty() => {
                let part =
                    Part { line, order, buyer, merchant, channel, region, amount, given, moment, refunded, reference };
                Said::Part(part)
            }
            _ => Said::Bad(self.bad),
        }
    }

    /// Cells too few; those too many are passed over where they are empty.
    fn wrong_width(&self) -> Option<BadRow> {
        let (cells, width) = (&self.row.cells, self.plan.width);
        let rest_is_empty = cells.iter().skip(width).all(|cell| unguarded(cell).is_empty());
        (cells.len() < width || !rest_is_empty).then(|| {
            let message = format!("has {} cells, and the header {width}", cells.len());
            BadRow { line: self.row.line, column: None, code: cells::BAD_ROW, message }
        })
    }

    /// What the status says; without one, the order was paid.
    pub fn standing(&self) -> Result<Standing, BadRow> {
        let Some(text) = self.text(Field::Status) else { return Ok(Standing::Paid) };
        self.plan.profile.standing(text).ok_or_else(|| {
            let words = self.plan.profile.words();
            self.refusal(
                Field::Status,
                Refused::bad_row(format!("{} is no status that is known: {words}", quoted(text))),
            )
        })
    }

    /// Whether the row is a refund of an order in another row.
    pub fn is_refund(&self, standing: &Standing) -> bool {
        let minus = || {
            let amount = self.text(Field::Amount).unwrap_or_default();
            self.plan.profile.negative_refunds && amount.starts_with(['-', '−'])
        };
        *standing == Standing::Refund || self.text(Field::RefundOf).is_some() || minus()
    }

    /// Why the row does not count.
    fn left_out(&self, standing: &Standing) -> Option<String> {
        if *standing == Standing::Unpaid {
            return Some(format!("status {}", quoted(self.text(Field::Status).unwrap_or_default())));
        }
        for ((at, name), values) in &self.plan.only {
            let cell = self.row.cells.get(*at).unwrap_or_default();
            if !values.contains(&folded(cell)) {
                let wanted = values.iter().map(|value| quoted(value)).collect::<Vec<_>>().join(", ");
                return Some(format!("column `{name}` is none of {wanted}"));
            }
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

    fn refunded(&mut self, standing: Standing) -> Option<Refunded> {
        match standing {
            Standing::Refunded(None) => Some(Refunded::Wholly),
            Standing::Refunded(Some(text)) => match cells::money(&text) {
                Ok(amount) => Some(Refunded::By(amount)),
                Err(refused) => {
                    self.refuse(Field::Status, refused);
                    None
                }
            },
            _ => {
                let amount = self.optional(Field::Refunded, cells::money)?;
                let amount = if amount.is_positive() { Some(amount) } else { Money::checked_from_raw(-amount.raw()) };
                amount.filter(|amount| amount.is_positive()).map(Refunded::By)
            }
        }
    }

    fn refund(mut self) -> Said {
        let plan = self.plan;
        let named = if self.text(Field::RefundOf).is_some() { Field::RefundOf } else { Field::Order };
        let order = self.id_until(named, &plan.profile.refund_cut);
        let field = if self.text(Field::Refunded).is_some() { Field::Refunded } else { Field::Amount };
        let amount = self.cell(field, cells::money);
        let moment = self.cell(Field::Date, |text| plan.calendar.moment(text));
        let amount = amount.and_then(|amount| Money::checked_from_raw(amount.raw().abs()));
        if amount.is_some_and(Money::is_zero) {
            let text = self.text(field).unwrap_or_default().to_owned();
            self.refuse(field, Refused::of(Code::BadAmount, &text));
        }
        match (order, amount, moment) {
            (Some(order), Some(amount), Some(moment)) if self.bad.is_empty() => {
                Said::Refund(RefundRow { line: self.row.line, order, refunded: Refunded::By(amount), moment })
            }
            _ => Said::Bad(self.bad),
        }
    }

    /// What the cell of a field says, without guards, or what holds in its place.
    fn text(&self, field: Field) -> Option<&'a str> {
        text(self.plan, self.row, field).map(unguarded).filter(|text| !text.is_empty())
    }

    fn id(&mut self, field: Field) -> Option<Id> {
        self.id_until(field, "")
    }

    /// An id, which ends before the first of these characters.
    fn id_until(&mut self, field: Field, ends: &str) -> Option<Id> {
        let text = text(self.plan, self.row, field).ok_or_else(|| Refused::bad_row("is empty"));
        let text = text.map(|text| text.split(|c| ends.contains(c)).next().unwrap_or_default());
        match text.and_then(|text| id_of(text, self.plan.guards, self.plan.ids)) {
            Ok(id) => Some(id),
            Err(refused) => {
                self.refuse(field, refused);
                None
            }
        }
    }

    /// The number in another system: it is for information, so what is no id is left out.
    fn reference(&self) -> Option<Id> {
        self.text(Field::Reference).and_then(Id::parse)
    }

    fn cell<T>(&mut self, field: Field, read: impl Fn(&str) -> Cell<T>) -> Option<T> {
        if self.text(field).is_none() {
            self.refuse(field, Refused::bad_row("is empty"));
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
                self.refuse(field, Refused::no_minus(text));
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

    fn refuse(&mut self, field: Field, refused: Refused) {
        let bad = self.refusal(field, refused);
        self.bad.push(bad);
    }

    fn refusal(&self, field: Field, refused: Refused) -> BadRow {
        let lost = text(self.plan, self.row, field).is_some_and(|text| text.contains('\u{fffd}'));
        let Refused { code, message } =
            if lost { Refused::bad_row(format!("is not {}", self.encoding)) } else { refused };
        BadRow { line: self.row.line, column: self.plan.column(field), code, message }
    }
}

/// The cell of a field as it stands, or what holds in its place.
pub(super) fn text<'a>(plan: &'a Plan, row: &'a table::Row, field: Field) -> Option<&'a str> {
    let source = plan.source(field)?;
    let cell = source.column.as_ref().and_then(|(at, _)| row.cells.get(*at)).filter(|cell| !unguarded(cell).is_empty());
    cell.or(source.default.as_deref())
}

/// An id of a text: its guards are taken off if that was said, kept if that was said, and refused otherwise.
pub(super) fn id_of(text: &str, guards: Option<Guards>, ids: Ids) -> Cell<Id> {
    let plain = unguarded(text);
    let text = match guards {
        Some(Guards::Strip) => plain,
        None if ids != Ids::Keep && plain.len() != text.len() => {
            return Err(Refused::bad_row(format!(
                "{} has something around it that may not be a part of it: `--guards strip` takes it off, `--guards keep` \
                 keeps it",
                quoted(text)
            )));
        }
        Some(Guards::Keep) | None => text,
    };
    if text.contains('\u{fffd}') {
        return Err(Refused::bad_row("has characters that were lost"));
    }
    match ids {
        Ids::Keep => cells::id(text),
        Ids::Escape => cells::escaped_id(text),
        Ids::Digest => cells::digested_id(text),
    }
}
