//! Rows as the parameters of one statement: what [`Dialect::rows`] reads.

use std::io::Write as _;

use gongxiang::book::Account;
use gongxiang::market::{Offer, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::receipt::{Reason, Receipt};
use serde::Serialize;

use super::dialect::{Dialect, Parameter};
use crate::ledger::network::NetworkLine;
use crate::text::append_json;

/// The rows as one JSON text, and their long texts, one after the other.
pub struct RowTexts {
    dialect: Dialect,
    json: Vec<u8>,
    long: Vec<u8>,
}

impl RowTexts {
    pub fn new(dialect: Dialect) -> Self {
        Self { dialect, json: b"[".into(), long: Vec::new() }
    }

    /// Adds a row: `values` adds its values, in the order of the columns.
    pub fn row(&mut self, values: impl FnOnce(&mut Self)) {
        let (begin, end) = match self.dialect {
            Dialect::Sqlite => (b'[', b']'),
            Dialect::Postgres => (b'{', b'}'),
        };
        if self.json.len() > 1 {
            self.json.push(b',');
        }
        self.json.push(begin);
        values(self);
        self.json.push(end);
    }

    /// Adds the value of a `text` column.
    pub fn text(&mut self, name: &str, value: &impl Serialize) {
        self.begin(name, "");
        append_json(value, &mut self.json);
    }

    /// Adds the value of an `integer` column.
    pub fn integer(&mut self, name: &str, value: &impl Serialize) {
        self.text(name, value);
    }

    /// Adds the value of a `long` column.
    pub fn long(&mut self, name: &str, value: &impl LongText) {
        let before = self.long.len();
        value.write_to(&mut self.long);
        let (start, size) = (before + 1, self.long.len() - before);
        match self.dialect {
            Dialect::Sqlite => {
                self.begin(name, "");
                self.json.extend(format!("[{start},{size}]").bytes());
            }
            Dialect::Postgres => {
                self.integer_of(name, "_start", start);
                self.integer_of(name, "_size", size);
            }
        }
    }

    fn integer_of(&mut self, name: &str, part: &str, value: usize) {
        self.begin(name, part);
        _ = write!(self.json, "{value}");
    }

    /// Begins the value of a column: its name, unless it is found by its position.
    fn begin(&mut self, name: &str, part: &str) {
        if !matches!(self.json.last(), Some(b'[' | b'{')) {
            self.json.push(b',');
        }
        if self.dialect == Dialect::Postgres {
            self.json.push(b'"');
            self.json.extend_from_slice(name.as_bytes());
            self.json.extend_from_slice(part.as_bytes());
            self.json.extend_from_slice(b"\":");
        }
    }

    /// The text of rows without long texts.
    pub fn into_json(mut self) -> String {
        self.json.push(b']');
        String::from_utf8(self.json).unwrap_or_default()
    }

    /// The parameters of the statement.
    pub fn into_parameters(mut self) -> Vec<Parameter> {
        let long = std::mem::take(&mut self.long);
        let rows = Parameter::Text(self.into_json());
        // A parameter that the statement does not have would be an error.
        if long.is_empty() { vec![rows] } else { vec![rows, Parameter::Bytes(long)] }
    }
}

/// What is written to a `long` column.
pub trait LongText {
    fn write_to(&self, out: &mut Vec<u8>);
}

impl LongText for &str {
    fn write_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.as_bytes());
    }
}

macro_rules! json_texts {
    ($($name:ident)*) => {$(
        impl LongText for &$name {
            fn write_to(&self, out: &mut Vec<u8>) {
                append_json(self, out);
            }
        }
    )*};
}

json_texts! { Account Offer Order Purchase Reason Receipt RedemptionRecord Trade }

impl LongText for &[NetworkLine] {
    fn write_to(&self, out: &mut Vec<u8>) {
        append_json(self, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(dialect: Dialect) -> (String, Vec<u8>) {
        let mut texts = RowTexts::new(dialect);
        for (name, long) in [("a\"1", "{\"é\":1}"), ("a2", "x")] {
            texts.row(|row| {
                row.text("name", &name);
                row.long("content", &long);
                row.integer("number", &7);
            });
        }
        let mut parameters = texts.into_parameters().into_iter();
        match (parameters.next(), parameters.next()) {
            (Some(Parameter::Text(rows)), Some(Parameter::Bytes(long))) => (rows, long),
            _ => (String::new(), Vec::new()),
        }
    }

    #[test]
    fn a_long_text_is_beside_its_row_which_has_its_first_byte_and_its_length() {
        let (rows, long) = texts(Dialect::Sqlite);
        assert_eq!(rows, r#"[["a\"1",[1,8],7],["a2",[9,1],7]]"#);
        assert_eq!(long, "{\"é\":1}x".as_bytes());
        let (rows, long) = texts(Dialect::Postgres);
        assert_eq!(
            rows,
            r#"[{"name":"a\"1","content_start":1,"content_size":8,"number":7},{"name":"a2","content_start":9,"content_size":1,"number":7}]"#
        );
        assert_eq!(long, "{\"é\":1}x".as_bytes());
    }

    #[test]
    fn no_rows_are_an_empty_list() {
        assert_eq!(RowTexts::new(Dialect::Sqlite).into_json(), "[]");
    }
}
