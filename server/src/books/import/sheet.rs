//! A table whose columns have well-known names: members, balances.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Result, bail};
use gongxiang::identity::Id;

use super::cells::{BadRow, Cell, CellError};
use super::guards::unguarded;
use super::mapping::{Column, Ids, Pair, Reading, find};
use super::rows::id_of;
use super::table::{Row, Table};

/// A field, and the names that its column may have.
pub(super) struct SheetField {
    pub name: &'static str,
    pub columns: &'static [&'static str],
}

pub(super) struct Sheet {
    table: Table,
    columns: BTreeMap<String, Column>,
    defaults: BTreeMap<String, String>,
    reading: Reading,
    width: usize,
}

impl Sheet {
    /// Opens a table. The first of `fields` must have a column.
    pub fn open(
        file: &Path,
        reading: &Reading,
        fields: &[SheetField],
        columns: &[Pair<String>],
        defaults: &[Pair<String>],
    ) -> Result<Self> {
        for Pair(field, _) in columns.iter().chain(defaults) {
            if !fields.iter().any(|known| known.name == field) {
                let names: Vec<_> = fields.iter().map(|known| known.name).collect();
                bail!("`{field}` is none of {}", names.join(", "));
            }
        }
        let column = |field: &SheetField, names: &[&str]| {
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

    /// The next row; an error if it has another number of cells than the header.
    pub fn next(&mut self) -> Result<Option<Result<Row, BadRow>>> {
        let Some(row) = self.table.next()? else { return Ok(None) };
        if row.cells.len() != self.width {
            let message = format!("has {} cells, and the header {}", row.cells.len(), self.width);
            return Ok(Some(Err(CellError::bad_row(message).at(row.line, None))));
        }
        Ok(Some(Ok(row)))
    }

    fn text<'a>(&'a self, row: &'a Row, field: &str) -> Option<&'a str> {
        let cell = self.columns.get(field).and_then(|(at, _)| row.cells.get(*at));
        cell.filter(|cell| !unguarded(cell).is_empty()).or_else(|| self.defaults.get(field).map(String::as_str))
    }

    /// The id in a cell, if the cell is not empty.
    pub fn id(&self, row: &Row, field: &str, bad: &mut Vec<BadRow>) -> Option<Id> {
        let ids = self.reading.ids.unwrap_or(Ids::Keep);
        let id = id_of(self.text(row, field)?, self.reading.guards, ids);
        id.map_err(|error| bad.push(self.bad(row.line, field, error))).ok()
    }

    /// The value in a cell, if the cell is not empty.
    pub fn value<T>(&self, row: &Row, field: &str, read: impl Fn(&str) -> Cell<T>, bad: &mut Vec<BadRow>) -> Option<T> {
        let value = read(unguarded(self.text(row, field)?));
        value.map_err(|error| bad.push(self.bad(row.line, field, error))).ok()
    }

    pub fn bad(&self, line: u64, field: &str, error: CellError) -> BadRow {
        error.at(line, self.columns.get(field).map(|(_, name)| name.clone()))
    }
}
