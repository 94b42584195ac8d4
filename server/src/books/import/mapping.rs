//! The command line's description of a table of orders: which column is which field, the defaults, and which rows count.

use std::collections::BTreeMap;
use std::str::FromStr;

use anyhow::{Result, anyhow, bail};
use clap::{Args, ValueEnum};
use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;

use super::dates::{self, Dates};
use super::guards::folded;
use super::text::encoding;

macro_rules! fields {
    ($($variant:ident $name:literal $about:literal,)*) => {
        /// A field of an order.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
        #[serde(try_from = "String")]
        pub enum Field {
            $(#[doc = $about] $variant,)*
        }

        impl Field {
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// The name on the command line.
            #[must_use]
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)*
                }
            }
        }
    };
}

fields! {
    Order "order" "The order's id.",
    Buyer "buyer" "Who buys.",
    Merchant "merchant" "Who sells.",
    Channel "channel" "Online or offline.",
    Amount "amount" "Yuan.",
    Quantity "quantity" "Pieces of one item, instead of an amount.",
    Price "price" "Yuan for one piece, beside the quantity.",
    Concession "concession" "Yuan of the amount that the merchant gives up.",
    Rate "rate" "The same as a part of the amount.",
    Region "region" "Six digits.",
    Date "date" "The day of the order.",
    Status "status" "Whether the order was paid or refunded.",
    Refunded "refunded" "Yuan of the amount that were refunded.",
    RefundOf "refund_of" "The order of which the row is a refund.",
    Currency "currency" "Must be yuan, or the row is refused.",
    Reference "reference" "Its number in another system.",
}

impl FromStr for Field {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.iter().copied().find(|field| field.name() == text).ok_or_else(|| {
            let names: Vec<_> = Self::ALL.iter().map(|field| field.name()).collect();
            format!("`{text}` is none of {}", names.join(", "))
        })
    }
}

impl TryFrom<String> for Field {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

/// `field=text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair<T>(pub T, pub String);

impl<T: FromStr> FromStr for Pair<T>
where
    T::Err: ToString,
{
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (field, text) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
        if text.is_empty() {
            return Err("there is nothing after the `=`".into());
        }
        Ok(Self(field.parse().map_err(|error: T::Err| error.to_string())?, text.into()))
    }
}

/// A column with its allowed values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition(pub String, pub Vec<String>);

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (column, values) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`"))?;
        Ok(Self(column.into(), values.split(',').map(Into::into).collect()))
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ids {
    /// Unchanged; a text that is no id is refused.
    Keep,
    /// Each byte that no id may have, and the colon, becomes `:` and two hexadecimal digits.
    Escape,
    /// As `escape`; a text that is then too long becomes `::` and 40 hexadecimal digits of its SHA-256.
    Digest,
}

/// How `="…"`, blanks, tabs and back-ticks around an id are treated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Guards {
    /// They belong to the id.
    Keep,
    /// They are removed.
    Strip,
}

/// The meaning of several rows of one order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LineItems {
    /// Each row has the amounts of one item; they are added up.
    Sum,
    /// The first row has the amounts of the order; further rows repeat them or leave them empty.
    Once,
}

/// How the text of a table is read.
#[derive(Args, Clone, Debug)]
pub struct Reading {
    /// How a text becomes an id [default: keep]
    #[arg(long)]
    pub ids: Option<Ids>,
    /// How to treat `="…"`, blanks, tabs and back-ticks around ids; without it, such an id is refused.
    #[arg(long)]
    pub guards: Option<Guards>,
    /// The character between two cells: `,`, `;`, `\t`; without it, the header decides.
    #[arg(long, value_name = "CHARACTER", value_parser = delimiter)]
    pub delimiter: Option<u8>,
    /// The text's encoding; without it, a byte order mark decides, or UTF-8 and GBK are told apart.
    #[arg(long, value_name = "NAME", value_parser = encoding)]
    pub encoding: Option<&'static Encoding>,
    /// The table ends before a row that begins with this text.
    #[arg(long, value_name = "TEXT")]
    pub until: Vec<String>,
}

/// How the rows of a table become orders.
#[derive(Args, Clone, Debug)]
pub struct Mapping {
    /// The system that wrote the table: shopify, woocommerce, taobao, jd, youzan, wechat-bill, wechat-merchant, alipay, uci,
    /// or a file of the same form (`.toml`). The other flags replace what the profile says.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<String>,
    /// Which column is which field: `order=OrderId,buyer=Customer`, or `order=#1` for the first column.
    #[arg(long = "map", value_name = "FIELD=COLUMN", value_delimiter = ',', required_unless_present = "profile")]
    pub columns: Vec<Pair<Field>>,
    /// The value of a field where its cell is empty, or everywhere if it has no column.
    #[arg(long = "default", value_name = "FIELD=VALUE")]
    pub defaults: Vec<Pair<Field>>,
    /// Only rows count whose column has one of these values; nothing after the `=` stands for an empty cell.
    #[arg(long, value_name = "COLUMN=VALUE,…")]
    pub only: Vec<Condition>,
    /// A row with an order's id in this column is a refund of that order.
    #[arg(long, value_name = "COLUMN")]
    pub refund_of: Option<String>,
    /// The numbers of this field are written with a minus sign.
    #[arg(long, value_name = "FIELD")]
    pub negative: Vec<Field>,
    /// The meaning of several rows of one order; without it, they are refused.
    #[arg(long)]
    pub lines: Option<LineItems>,
    /// The order of year, month and day in a date [default: ymd]
    #[arg(long)]
    pub dates: Option<Dates>,
    /// The zone of times that name none [default: Chinese time]
    #[arg(long, value_name = "ZONE", value_parser = dates::zone)]
    pub zone: Option<TimeZone>,
    /// Convert times of other zones to Chinese time; without it, they are refused.
    #[arg(long)]
    pub convert_zones: bool,
    /// Leave out and count rows without a buyer; without it, they are refused.
    #[arg(long)]
    pub skip_guests: bool,
    #[command(flatten)]
    pub reading: Reading,
}

fn delimiter(text: &str) -> Result<u8, &'static str> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !b"\"\r\n".contains(byte) => Ok(*byte),
        _ => Err("a delimiter is one character, or `\\t`"),
    }
}

/// The index and the name of a column.
pub(super) type Column = (usize, String);

/// Finds a column by its name or, as `#3`, by its number.
pub(super) fn find(names: &[&str], column: &str) -> Result<Column> {
    let number = column.strip_prefix('#').and_then(|number| number.parse::<usize>().ok());
    let column_at = |at: usize| (at, names.get(at).copied().unwrap_or_default().to_owned());
    let same = |name: &&str| folded(name) == folded(column);
    let mut found = names.iter().enumerate().filter(|(_, name)| same(name)).map(|(at, _)| at);
    match (found.next(), found.next(), number) {
        (Some(at), None, _) => Ok(column_at(at)),
        (Some(at), Some(_), _) => {
            bail!("there are several columns `{column}`: choose one by its number, such as `#{}`", at + 1)
        }
        (None, _, Some(number)) => number
            .checked_sub(1)
            .filter(|at| *at < names.len())
            .map(column_at)
            .ok_or_else(|| anyhow!("there is no column {column}: the table has {} columns", names.len())),
        (None, ..) => bail!("there is no column `{column}`; the table has {}", names.join(", ")),
    }
}

/// Pairs as a map; refuses a field that occurs twice.
pub(super) fn unique<T: Copy + Ord>(
    pairs: &[Pair<T>],
    name: impl Fn(T) -> &'static str,
) -> Result<BTreeMap<T, String>> {
    let mut map = BTreeMap::new();
    for Pair(field, text) in pairs {
        if map.insert(*field, text.clone()).is_some() {
            bail!("`{}` has two columns", name(*field));
        }
    }
    Ok(map)
}
