//! The fields of a table while it is read: each must be asked for, and none may be left.

use std::ops::RangeInclusive;

use crate::event::Refusal;
use crate::identity::{Id, Region};
use crate::quantity::{DecimalError, Points};
use crate::tree::Tree;

/// The fields of an event while it is read: each must be asked for.
pub(super) struct Fields<'a> {
    entries: Vec<(&'a str, &'a Tree)>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(entries: &'a [(String, Tree)]) -> Self {
        Self { entries: entries.iter().map(|(key, value)| (key.as_str(), value)).collect() }
    }

    pub(super) fn take(&mut self, name: &'static str) -> Result<&'a Tree, Refusal> {
        let at = self.entries.iter().position(|(key, _)| *key == name);
        at.map(|at| self.entries.swap_remove(at).1).ok_or_else(|| Refusal::bad_event(name, "is missing"))
    }

    pub(super) fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&mut Self, &'static str) -> Result<T, Refusal>,
    ) -> Result<Option<T>, Refusal> {
        let given = self.entries.iter().any(|(key, _)| *key == name);
        given.then(|| read(self, name)).transpose()
    }

    pub(super) fn text(&mut self, name: &'static str) -> Result<&'a str, Refusal> {
        match self.take(name)? {
            Tree::Text(text) => Ok(text),
            other => Err(Refusal::bad_event(name, format!("must be a text, not {}", other.kind()))),
        }
    }

    pub(super) fn parsed<T>(
        &mut self,
        name: &'static str,
        what: &'static str,
        read: impl Fn(&str) -> Option<T>,
    ) -> Result<T, Refusal> {
        read(self.text(name)?).ok_or_else(|| Refusal::bad_event(name, format!("must be {what}")))
    }

    pub(super) fn id(&mut self, name: &'static str) -> Result<Id, Refusal> {
        self.parsed(name, "1 to 64 of A-Z a-z 0-9 _ . : -", Id::parse)
    }

    pub(super) fn region(&mut self, name: &'static str) -> Result<Region, Refusal> {
        self.parsed(name, "a region of six digits", Region::parse)
    }

    pub(super) fn decimal<T>(
        &mut self,
        name: &'static str,
        read: impl Fn(&str) -> Result<T, DecimalError>,
    ) -> Result<T, Refusal> {
        read(self.text(name)?).map_err(|error| bad_decimal(name, error))
    }

    pub(super) fn points(&mut self, name: &'static str) -> Result<Points, Refusal> {
        self.decimal(name, Points::parse)
    }

    pub(super) fn finish(self) -> Result<(), Refusal> {
        match self.entries.first() {
            Some((key, _)) => Err(Refusal::bad_event(String::from(*key), "is unknown")),
            None => Ok(()),
        }
    }

    pub(super) fn whole(&mut self, name: &'static str) -> Result<u64, Refusal> {
        let taken = self.take(name)?;
        let whole = if let Tree::Whole(n) = taken { u64::try_from(*n).ok() } else { None };
        whole.ok_or_else(|| Refusal::bad_event(name, "must be a whole number, not negative"))
    }

    /// A whole number of an event, within its range.
    pub(super) fn whole_in(&mut self, name: &'static str, range: RangeInclusive<u64>) -> Result<u64, Refusal> {
        let whole = if let Tree::Whole(n) = self.take(name)? { u64::try_from(*n).ok() } else { None };
        whole.filter(|n| range.contains(n)).ok_or_else(|| {
            let what = format!("must be a whole number from {} to {}", range.start(), range.end());
            Refusal::bad_event(name, what)
        })
    }

    pub(super) fn flag(&mut self, name: &'static str) -> Result<bool, Refusal> {
        match self.take(name)? {
            Tree::Bool(value) => Ok(*value),
            other => Err(Refusal::bad_event(name, format!("must be true or false, not {}", other.kind()))),
        }
    }

    pub(super) fn list(&mut self, name: &'static str) -> Result<&'a [Tree], Refusal> {
        match self.take(name)? {
            Tree::List(items) => Ok(items),
            other => Err(Refusal::bad_event(name, format!("must be a list, not {}", other.kind()))),
        }
    }
}

// Never inlined: there is a reader for each kind of quantity, and the sentence is the same in all.
#[cold]
#[inline(never)]
fn bad_decimal(name: &'static str, error: DecimalError) -> Refusal {
    Refusal::bad_event(name, error.to_string())
}
