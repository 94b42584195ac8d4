//! A whole journal at once (RULES.md section 9): the state, the refusals and the days that come out.

use serde::ser::{Serialize, SerializeMap as _, SerializeSeq as _, Serializer};

use crate::book::{Book, DayRecord, State};
use crate::event::{Code, Entry, Refusal};
use crate::quantity::OutOfRange;
use crate::ruleset::RuleSet;

/// A book that grows line by line, and the refusals on the way.
#[derive(Debug)]
pub struct Replay {
    book: Book,
    refused: Vec<(usize, Code)>,
    lines: usize,
}

/// The result of a replay. It serializes to the object of RULES.md section 9.
#[derive(Debug)]
pub struct Replayed<'a> {
    /// The state after the last event.
    pub state: State,
    /// The refused lines: number in the journal, from 0, and code.
    pub refused: &'a [(usize, Code)],
    /// The days that were closed.
    pub days: &'a [DayRecord],
}

impl Replay {
    /// Starts with an empty book.
    #[must_use]
    pub fn new(rules: RuleSet) -> Self {
        Self { book: Book::open(rules), refused: Vec::new(), lines: 0 }
    }

    /// Applies the next line of the journal: an event, or the refusal of a line that is none. A refusal is listed with the
    /// number of its line. A repeated event is not listed again.
    ///
    /// # Errors
    /// The refusal.
    pub fn push(&mut self, line: Result<Entry, Refusal>) -> Result<(), Refusal> {
        let place = self.lines;
        self.lines += 1;
        let refusal = match line {
            Ok(entry) => {
                let outcome = self.book.apply(&entry);
                match outcome.result {
                    Err(refusal) if !outcome.repeated => refusal,
                    _ => return Ok(()),
                }
            }
            Err(refusal) => refusal,
        };
        self.refused.push((place, refusal.code));
        Err(refusal)
    }

    /// The number of lines so far.
    #[must_use]
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// The book after these lines.
    #[must_use]
    pub fn book(&self) -> &Book {
        &self.book
    }

    /// The result after these lines.
    ///
    /// # Errors
    /// [`OutOfRange`] never, because the book grew from events.
    pub fn finish(&self) -> Result<Replayed<'_>, OutOfRange> {
        Ok(Replayed { state: self.book.state()?, refused: &self.refused, days: self.book.days() })
    }
}

impl Serialize for Replayed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_map(Some(3))?;
        out.serialize_entry("state", &self.state)?;
        out.serialize_entry("refused", &RefusalList(self.refused))?;
        out.serialize_entry("days", &DayList(self.days))?;
        out.end()
    }
}

struct RefusalList<'a>(&'a [(usize, Code)]);

impl Serialize for RefusalList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|(place, code)| (place, code.as_str())))
    }
}

struct DayList<'a>(&'a [DayRecord]);

impl Serialize for DayList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut out = serializer.serialize_seq(Some(self.0.len()))?;
        for record in self.0 {
            out.serialize_element(&DayFields(record))?;
        }
        out.end()
    }
}

/// A day record with just the fields of RULES.md section 9.
struct DayFields<'a>(&'a DayRecord);

impl Serialize for DayFields<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let DayRecord { day, price, released, total, units, nav, acc, era, ended: _, turnover: _ } = self.0;
        let mut out = serializer.serialize_map(Some(8))?;
        out.serialize_entry("day", day)?;
        out.serialize_entry("price", price)?;
        out.serialize_entry("released", released)?;
        out.serialize_entry("total", total)?;
        out.serialize_entry("units", units)?;
        out.serialize_entry("nav", nav)?;
        out.serialize_entry("acc", acc)?;
        out.serialize_entry("era", era)?;
        out.end()
    }
}
