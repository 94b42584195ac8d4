//! The table, row by row: memory does not grow with the file.

use std::cell::Cell;
use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, Result, bail};
use csv::{ByteRecord, Reader, ReaderBuilder};
use gongxiang::event::{Code, OrderPlaced};
use gongxiang::identity::{Day, Id};

use super::cells::{self, Refused};
use super::mapping::{Field, Ids, Mapping, Plan};
use crate::limits::IMPORT_ROW_BYTES_MAX;

/// An order and where it stands.
#[derive(Debug)]
pub struct Row {
    pub line: u64,
    pub date_column: Option<String>,
    pub day: Day,
    pub order: OrderPlaced,
}

/// Why a row becomes no order.
#[derive(Debug)]
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

/// The rows of a table.
pub struct Rows {
    reader: Reader<Bounded>,
    left: Rc<Cell<usize>>,
    record: ByteRecord,
    plan: Plan,
    /// The order of the row before.
    last: Option<Id>,
}

/// What a cell says, or what holds in its place.
struct Text<'a> {
    text: &'a str,
    is_default: bool,
}

impl Rows {
    /// Opens a table and finds its columns.
    ///
    /// # Errors
    /// If it cannot be read, or a column is missing.
    pub fn open(orders: &Path, mapping: &Mapping) -> Result<Self> {
        let shown = orders.display();
        let mut input: Box<dyn BufRead> = if orders == Path::new("-") {
            Box::new(io::stdin().lock())
        } else {
            Box::new(BufReader::new(File::open(orders).with_context(|| format!("cannot read the orders {shown}"))?))
        };
        let start = input.fill_buf().with_context(|| format!("cannot read the orders {shown}"))?;
        if start.starts_with(b"\xff\xfe") || start.starts_with(b"\xfe\xff") {
            bail!("bad_row: {shown} is UTF-16: save it as UTF-8");
        }
        let left = Rc::new(Cell::new(IMPORT_ROW_BYTES_MAX));
        let input = Bounded { input, left: Rc::clone(&left) };
        let mut reader = ReaderBuilder::new().delimiter(mapping.delimiter).flexible(true).from_reader(input);
        let header = reader.byte_headers().with_context(|| format!("bad_row: cannot read the header of {shown}"))?;
        let plan = Plan::new(mapping, header)?;
        Ok(Self { reader, left, record: ByteRecord::new(), plan, last: None })
    }

    fn row(&self, line: u64) -> Result<Row, BadRow> {
        let Plan { by_rate, width, .. } = self.plan;
        if self.record.len() != width {
            let message = format!("has {} cells, and the header {width}", self.record.len());
            return Err(BadRow { line, column: None, code: cells::BAD_ROW, message });
        }
        let amount = self.cell(line, Field::Amount, cells::money)?;
        let concession = if by_rate {
            self.cell(line, Field::Rate, |text| cells::part_of(amount, cells::rate(text)?))?
        } else {
            self.cell(line, Field::Concession, cells::money)?
        };
        let order = OrderPlaced {
            order: self.id(line, Field::Order)?,
            buyer: self.id(line, Field::Buyer)?,
            merchant: self.id(line, Field::Merchant)?,
            channel: self.cell(line, Field::Channel, cells::channel)?,
            amount,
            concession,
            region: self.cell(line, Field::Region, cells::region)?,
        };
        let given = if by_rate { Field::Rate } else { Field::Concession };
        let require =
            |holds: bool, field, code| if holds { Ok(()) } else { Err(self.bad(line, field, Refused::by(code))) };
        // A table of line items, whose amounts would have to be summed up.
        require(self.last.as_ref() != Some(&order.order), Field::Order, Code::OrderExists)?;
        require(order.buyer != order.merchant, Field::Buyer, Code::SelfDealing)?;
        require(amount.is_positive(), Field::Amount, Code::BadAmount)?;
        require(concession.is_positive() && concession <= amount, given, Code::BadConcession)?;
        let day = self.cell(line, Field::Date, cells::date)?;
        Ok(Row { line, date_column: self.column(Field::Date), day, order })
    }

    fn id(&self, line: u64, field: Field) -> Result<Id, BadRow> {
        let read = match self.plan.ids {
            Ids::Keep => cells::id,
            Ids::Escape => cells::escaped_id,
        };
        // Blanks around an id are a part of it: without them two might become one.
        read(self.text(line, field)?.text).map_err(|refused| self.bad(line, field, refused))
    }

    fn cell<T>(&self, line: u64, field: Field, read: impl Fn(&str) -> Result<T, Refused>) -> Result<T, BadRow> {
        let Text { text, is_default } = self.text(line, field)?;
        let mut text = text.trim();
        if self.plan.source(field).negative && !is_default {
            text = text.strip_prefix('-').ok_or_else(|| self.bad(line, field, Refused::no_minus(text)))?;
        }
        read(text).map_err(|refused| self.bad(line, field, refused))
    }

    fn text(&self, line: u64, field: Field) -> Result<Text<'_>, BadRow> {
        let source = self.plan.source(field);
        let cell = source.column.as_ref().and_then(|(at, _)| self.record.get(*at)).unwrap_or_default();
        let text = str::from_utf8(cell).map_err(|_| self.bad(line, field, Refused::bad_row("is not UTF-8")))?;
        match &source.default {
            Some(default) if text.trim().is_empty() => Ok(Text { text: default, is_default: true }),
            _ if text.is_empty() => Err(self.bad(line, field, Refused::bad_row("is empty"))),
            _ => Ok(Text { text, is_default: false }),
        }
    }

    fn column(&self, field: Field) -> Option<String> {
        self.plan.source(field).column.as_ref().map(|(_, name)| name.clone())
    }

    fn bad(&self, line: u64, field: Field, refused: Refused) -> BadRow {
        BadRow { line, column: self.column(field), code: refused.code, message: refused.message }
    }
}

impl Iterator for Rows {
    type Item = Result<Result<Row, BadRow>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.left.set(IMPORT_ROW_BYTES_MAX);
        let begun = self.reader.position().line();
        match self.reader.read_byte_record(&mut self.record) {
            Ok(true) => {
                let line = self.record.position().map_or(begun, csv::Position::line);
                let row = self.row(line);
                if let Ok(row) = &row {
                    self.last = Some(row.order.order.clone());
                }
                Some(Ok(row))
            }
            Ok(false) => None,
            Err(error) => Some(Err(error).with_context(|| format!("line {begun}: bad_row: cannot read on"))),
        }
    }
}

/// A reader that ends a row which does not end: a quotation mark that is never closed would take in the whole file.
struct Bounded {
    input: Box<dyn BufRead>,
    left: Rc<Cell<usize>>,
}

impl Read for Bounded {
    fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let read = self.input.read(bytes)?;
        match self.left.get().checked_sub(read) {
            Some(left) => self.left.set(left),
            None => return Err(io::Error::other("a row is too long: is a quotation mark never closed?")),
        }
        Ok(read)
    }
}
