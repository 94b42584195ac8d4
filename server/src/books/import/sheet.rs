//! A table whose columns have known names: members, balances.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use gongxiang::identity::Id;

use super::cells::{self, Cell, Refused};
use super::guards::unguarded;
use super::mapping::{Column, Ids, Pair, Reading, find};
use super::rows::{BadRow, id_of};
use super::table::{Row, Table};

/// A field, and the names that its column has.
pub(super) struct Known {
    pub name: &'static str,
    pub columns: &'static [&'static str],
}

/// The rows of a table.
pub(super) struct Sheet {
    table: Table,
    columns: BTreeMap<String, Column>,
    defaults: BTreeMap<String, String>,
    reading: Reading,
    width: usize,
}

impl Sheet {
    /// Opens a table. The first of `fields` must have a column.
    ///
    /// # Errors
    /// If it cannot be read, lacks the column, or a name is unknown.
    pub fn open(
        file: &Path,
        reading: &Reading,
        fields: &[Known],
        columns: &[Pair<String>],
        defaults: &[Pair<String>],
    ) -> Result<Self> {
        for Pair(field, _) in columns.iter().chain(defaults) {
            if !fields.iter().any(|known| known.name == field) {
                let names: Vec<_> = fields.iter().map(|known| known.name).collect();
                bail!("`{field}` is none of {}", names.join(", "));
            }
        }
        let column = |field: &Known, names: &[&str]| {
            let mapped = columns.iter().find(|Pair(name, _)| name == field.name);
            match mapped {
                Some(Pair(_, column)) => find(names, column).map(Some),
                None => Ok(field.columns.iter().find_map(|name| find(names, name).ok())),
            }
        };
        let is_header = |names: &[&str]| {
            fields.first().is_some_and(|first| column(first, names).is_ok_and(|found| found.is_some()))
        };
        let (mut table, header) = Table::open(file, reading.encoding, reading.delimiter, is_header)?;
        table.ends.clone_from(&reading.until);
        let names: Vec<_> = header.iter().map(String::as_str).collect();
        let mut found = BTreeMap::new();
        for field in fields {
            if let Some(column) = column(field, &names)? {
                found.insert(field.name.to_owned(), column);
            }
        }
        if let Some(first) = fields.first().filter(|first| !found.contains_key(first.name)) {
            let (name, names) = (first.name, names.join(", "));
            bail!("there is no column `{name}`: say `--map {name}=COLUMN`; the table has {names}");
        }
        let defaults = defaults.iter().map(|Pair(name, text)| (name.clone(), text.clone())).collect();
        Ok(Self { table, columns: found, defaults, reading: reading.clone(), width: names.len() })
    }

    /// The next row that has the header's number of cells, or why one has not.
    ///
    /// # Errors
    /// If the table cannot be read on.
    pub fn next(&mut self) -> Result<Option<Result<Row, BadRow>>> {
        let Some(row) = self.table.next()? else { return Ok(None) };
        if row.cells.len() != self.width {
            let message = format!("has {} cells, and the header {}", row.cells.len(), self.width);
            return Ok(Some(Err(BadRow { line: row.line, column: None, code: cells::BAD_ROW, message })));
        }
        Ok(Some(Ok(row)))
    }

    /// The name of a field's column.
    pub fn column(&self, field: &str) -> Option<String> {
        self.columns.get(field).map(|(_, name)| name.clone())
    }

    fn text<'a>(&'a self, row: &'a Row, field: &str) -> Option<&'a str> {
        let cell = self.columns.get(field).and_then(|(at, _)| row.cells.get(*at));
        cell.filter(|cell| !unguarded(cell).is_empty()).or_else(|| self.defaults.get(field).map(String::as_str))
    }

    /// An id in a cell, if there is one.
    pub fn id(&self, row: &Row, field: &str, bad: &mut Vec<BadRow>) -> Option<Id> {
        let ids = self.reading.ids.unwrap_or(Ids::Keep);
        let read = self.text(row, field).map(|text| id_of(text, self.reading.guards, ids))?;
        self.taken(row, field, read, bad)
    }

    /// Another value in a cell, if there is one.
    pub fn value<T>(&self, row: &Row, field: &str, read: impl Fn(&str) -> Cell<T>, bad: &mut Vec<BadRow>) -> Option<T> {
        let read = self.text(row, field).map(|text| read(unguarded(text)))?;
        self.taken(row, field, read, bad)
    }

    fn taken<T>(&self, row: &Row, field: &str, read: Cell<T>, bad: &mut Vec<BadRow>) -> Option<T> {
        read.map_err(|refused| bad.push(self.bad(row.line, field, refused))).ok()
    }

    /// What is wrong with a cell.
    pub fn bad(&self, line: u64, field: &str, refused: Refused) -> BadRow {
        let Refused { code, message } = refused;
        BadRow { line, column: self.column(field), code, message }
    }
}
