//! Which column is which field of an order, and what holds where a cell is empty.

use std::str::FromStr;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};
use csv::ByteRecord;

/// A field of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Field {
    /// The order's id.
    Order,
    /// Who buys.
    Buyer,
    /// Who sells.
    Merchant,
    /// Online or offline.
    Channel,
    /// Yuan.
    Amount,
    /// Yuan of it that the merchant gives up.
    Concession,
    /// The same as a part of the amount.
    Rate,
    /// Six digits.
    Region,
    /// The day of the order.
    Date,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Order,
        Self::Buyer,
        Self::Merchant,
        Self::Channel,
        Self::Amount,
        Self::Concession,
        Self::Rate,
        Self::Region,
        Self::Date,
    ];

    /// Its name on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Order => "order",
            Self::Buyer => "buyer",
            Self::Merchant => "merchant",
            Self::Channel => "channel",
            Self::Amount => "amount",
            Self::Concession => "concession",
            Self::Rate => "rate",
            Self::Region => "region",
            Self::Date => "date",
        }
    }
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|field| field.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|field| field.name()).collect();
            format!("`{text}` is none of {}", names.join(", "))
        })
    }
}

/// `field=text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair(pub Field, pub String);

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, text) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
        if text.is_empty() {
            return Err("nothing stands after the `=`".into());
        }
        Ok(Self(field.parse()?, text.into()))
    }
}

/// How ids are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Ids {
    /// As they are; what is no id is refused.
    Keep,
    /// What no id may have becomes `:` and two hexadecimal digits for each byte, and so does the colon.
    Escape,
}

/// How a table becomes orders.
#[derive(Args, Clone, Debug)]
pub struct Mapping {
    /// Which column is which field: `order=OrderId,buyer=Customer`, or `order=#1` for the first column.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_delimiter = ',', required = true)]
    pub columns: Vec<Pair>,
    /// What a field is where its cell is empty, or everywhere if it has no column.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    pub defaults: Vec<Pair>,
    /// The numbers of this field are written with a minus.
    #[arg(long, value_name = "FIELD")]
    pub negative: Vec<Field>,
    /// How ids are taken.
    #[arg(long, default_value = "keep")]
    pub ids: Ids,
    /// What stands between two cells.
    #[arg(long, default_value = ",", value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: u8,
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err("a delimiter is one character, or `\\t`"),
    }
}

/// Where a field comes from.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    /// The column: its place, and its name.
    pub column: Option<(usize, String)>,
    /// What holds where there is none, or nothing in it.
    pub default: Option<String>,
    /// Whether its numbers are written with a minus.
    pub negative: bool,
}

/// A mapping put on the header of a table.
#[derive(Debug)]
pub(super) struct Plan {
    sources: [Source; Field::ALL.len()],
    /// Whether the concession is given as a rate.
    pub by_rate: bool,
    pub ids: Ids,
    /// Cells in a row.
    pub width: usize,
}

impl Plan {
    /// Finds every column.
    pub fn new(mapping: &Mapping, header: &ByteRecord) -> Result<Self> {
        let names: Vec<&str> =
            header.iter().map(str::from_utf8).collect::<Result<_, _>>().context(
                "bad_row: the header is not UTF-8; save the table as UTF-8 (or use `iconv -f GBK -t UTF-8`)",
            )?;
        let mut sources: [Source; Field::ALL.len()] = Default::default();
        for Pair(field, column) in &mapping.columns {
            let found = &mut sources[place(*field)].column;
            if found.is_some() {
                bail!("`{}` has two columns", field.name());
            }
            let at = find(&names, column)?;
            *found = Some((at, names.get(at).copied().unwrap_or_default().trim().into()));
        }
        for Pair(field, text) in &mapping.defaults {
            sources[place(*field)].default = Some(text.clone());
        }
        for field in &mapping.negative {
            sources[place(*field)].negative = true;
        }
        let plan = Self { sources, by_rate: false, ids: mapping.ids, width: names.len() };
        let by_rate = plan.has(Field::Rate);
        if by_rate == plan.has(Field::Concession) {
            bail!("an order has either a `concession` or a `rate`: give a column or a default for one of them");
        }
        let unused = if by_rate { Field::Concession } else { Field::Rate };
        for field in Field::ALL {
            if field != unused && !plan.has(field) {
                let field = field.name();
                bail!("an order has a `{field}`: say `--map {field}=COLUMN` or `--default {field}=VALUE`");
            }
        }
        Ok(Self { by_rate, ..plan })
    }

    fn has(&self, field: Field) -> bool {
        let source = self.source(field);
        source.column.is_some() || source.default.is_some()
    }

    pub fn source(&self, field: Field) -> &Source {
        &self.sources[place(field)]
    }
}

/// A field's place in [`Field::ALL`].
fn place(field: Field) -> usize {
    Field::ALL.iter().position(|each| *each == field).unwrap_or_default()
}

fn find(names: &[&str], column: &str) -> Result<usize> {
    if let Some(number) = column.strip_prefix('#').and_then(|number| number.parse::<usize>().ok()) {
        return match number.checked_sub(1).filter(|at| *at < names.len()) {
            Some(at) => Ok(at),
            None => bail!("there is no column {column}: the table has {} columns", names.len()),
        };
    }
    let mut found = names.iter().enumerate().filter(|(_, name)| name.trim() == column).map(|(at, _)| at);
    match (found.next(), found.next()) {
        (Some(at), None) => Ok(at),
        (Some(at), Some(_)) => {
            bail!("there are several columns `{column}`: say which by its number, such as `#{}`", at + 1)
        }
        (None, _) => bail!("there is no column `{column}`; the table has {}", names.join(", ")),
    }
}
