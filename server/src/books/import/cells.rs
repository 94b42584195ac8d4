//! The values that a cell may have. A cell that could mean two values is refused.

use std::fmt::{self, Write as _};

use gongxiang::event::Code;
use gongxiang::identity::{Id, Region};
use gongxiang::quantity::{DecimalError, Money, Points, Price, Rate, ShareValue};
use gongxiang::ruleset::Channel;

use super::guards::damage;
use crate::text::fingerprint;

const BAD_ROW: &str = "bad_row";

/// Why a cell, or its whole row, is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    pub code: &'static str,
    pub message: String,
}

impl CellError {
    pub(super) fn bad_row(message: impl Into<String>) -> Self {
        Self { code: BAD_ROW, message: message.into() }
    }

    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code: code.as_str(), message: message.into() }
    }

    /// A refusal of the rules, with the value that it is about.
    pub(super) fn of(code: Code, value: &str) -> Self {
        Self::new(code, format!("{}: {}", quoted(value), code.sentence()))
    }

    pub(super) fn at(self, line: u64, column: Option<String>) -> BadRow {
        BadRow { line, column, error: self }
    }
}

/// A refused row, with the name of the column if the error is about one.
#[derive(Clone, Debug)]
pub struct BadRow {
    pub line: u64,
    pub column: Option<String>,
    pub error: CellError,
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(column) = &self.column {
            write!(f, ", column `{column}`")?;
        }
        write!(f, ": {}: {}", self.error.code, self.error.message)
    }
}

pub(super) type Cell<T> = Result<T, CellError>;

/// A text for a sentence: shortened, with control characters escaped.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = text.chars().take(SHOWN).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(SHOWN).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

/// An id, unchanged.
pub fn id(text: &str) -> Cell<Id> {
    undamaged(text)?;
    Id::parse(text).ok_or_else(|| {
        CellError::bad_row(format!(
            "{} is no id: 1 to 64 of A-Z a-z 0-9 _ . : -; `--ids escape` makes one of it",
            quoted(text)
        ))
    })
}

fn undamaged(text: &str) -> Cell<()> {
    match damage(text) {
        Some(why) => Err(CellError::bad_row(format!("{} {why}", quoted(text)))),
        None => Ok(()),
    }
}

/// An id from any text: every byte outside `[A-Za-z0-9_.-]` becomes `:` and two hexadecimal digits. The colon is escaped
/// too, so two texts never become one id.
pub fn escaped_id(text: &str) -> Cell<Id> {
    undamaged(text)?;
    Id::parse(&escaped(text)).ok_or_else(|| {
        let text = quoted(text);
        CellError::bad_row(format!(
            "{text} does not fit an id, which has 64 characters; `--ids digest` makes one of it"
        ))
    })
}

/// As [`escaped_id`]; a text that does not fit becomes `::`, with which no escaped text begins, and 160 bits of its SHA-256.
pub fn digested_id(text: &str) -> Cell<Id> {
    undamaged(text)?;
    let digest = || fingerprint(text.as_bytes());
    let id = Id::parse(&escaped(text)).or_else(|| Id::parse(&format!("::{}", digest().get(..40)?)));
    id.filter(|_| !text.is_empty()).ok_or_else(|| CellError::bad_row("is empty"))
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"_.-".contains(&byte) {
            escaped.push(char::from(byte));
        } else {
            // Writing to a string cannot fail.
            _ = write!(escaped, ":{byte:02X}");
        }
    }
    escaped
}

/// `online` or `offline`, in either case; 线上, 到家; 线下, 到店.
pub fn channel(text: &str) -> Cell<Channel> {
    match text.to_lowercase().as_str() {
        "online" | "线上" | "到家" => Ok(Channel::Online),
        "offline" | "线下" | "到店" => Ok(Channel::Offline),
        _ => Err(CellError::bad_row(format!("{} is neither online nor offline", quoted(text)))),
    }
}

pub fn region(text: &str) -> Cell<Region> {
    Region::parse(text).ok_or_else(|| CellError::bad_row(format!("{} is no region of six digits", quoted(text))))
}

/// Yuan: `1234.5`, `1,234.50`, `¥12`, `12元`; zeros after the second decimal place are dropped.
pub fn money(text: &str) -> Cell<Money> {
    number(text, 2, Money::parse)
}

/// Yuan for one piece, with up to 8 places.
pub fn price(text: &str) -> Cell<Price> {
    number(text, 8, Price::parse)
}

pub fn points(text: &str) -> Cell<Points> {
    number(text, 8, Points::parse)
}

pub fn share_value(text: &str) -> Cell<ShareValue> {
    number(text, 8, ShareValue::parse)
}

/// A whole number of pieces, which may be negative.
pub fn quantity(text: &str) -> Cell<i64> {
    let bad = || CellError::bad_row(format!("{} is no whole number of pieces", quoted(text)));
    let plain = text.strip_suffix(".0").unwrap_or(text);
    let digits = plain.strip_prefix('-').unwrap_or(plain);
    if digits.is_empty() || digits.len() > 9 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(bad());
    }
    plain.parse().map_err(|_| bad())
}

pub fn currency(text: &str) -> Cell<()> {
    match text.to_uppercase().as_str() {
        "CNY" | "RMB" | "人民币" | "元" | "人民币元" => Ok(()),
        _ => Err(CellError::bad_row(format!("{} is not yuan (CNY)", quoted(text)))),
    }
}

/// A number as a shop writes it; zeros after the last allowed decimal place are dropped.
fn number<T>(text: &str, places: usize, parse: impl Fn(&str) -> Result<T, DecimalError>) -> Cell<T> {
    let bad = |why: &str| CellError::bad_row(format!("{} {why}", quoted(text)));
    let sign = |text: &str| text.strip_prefix(['-', '−']).map(|rest| ("-", rest.to_owned()));
    let plain = |text: &str| {
        text.strip_prefix(['¥', '￥']).or_else(|| text.strip_suffix('元')).unwrap_or(text).trim().to_owned()
    };
    let (minus, number) = match sign(text) {
        Some((minus, rest)) => (minus, plain(&rest)),
        None => sign(&plain(text)).unwrap_or_else(|| ("", plain(text))),
    };
    let (whole, part) = number.split_once('.').unwrap_or((&number, ""));
    let whole =
        if whole.contains(',') { without_commas(whole, part).ok_or_else(|| bad(COMMAS))? } else { whole.into() };
    if places < 3 && part.len() == 3 && !number.contains(',') && is_group(&whole) {
        return Err(bad(POINT));
    }
    let extra = part.len().saturating_sub(places);
    let part = if part.bytes().rev().take_while(|b| *b == b'0').count() >= extra {
        part.get(..places).unwrap_or(part)
    } else {
        part
    };
    let dot = if number.contains('.') { "." } else { "" };
    parse(&format!("{minus}{whole}{dot}{part}")).map_err(|error| bad(&error.to_string()))
}

const POINT: &str = "may mean two numbers, thousands or three decimal places: write `1000.00` or `1.00`";

/// Whether digits may stand before a separator of thousands.
fn is_group(whole: &str) -> bool {
    (1..=3).contains(&whole.len()) && !whole.starts_with('0') && whole.bytes().all(|byte| byte.is_ascii_digit())
}

const COMMAS: &str = "may mean two numbers: write thousands as in `1234.00`";

/// `1,234` alone may also mean 1.234. The commas are thousands only if decimals or another comma follow.
fn without_commas(whole: &str, part: &str) -> Option<String> {
    let mut groups = whole.split(',');
    let first = groups.next()?;
    let digits = |group: &str| group.bytes().all(|b| b.is_ascii_digit());
    let sound =
        (1..=3).contains(&first.len()) && digits(first) && groups.all(|group| group.len() == 3 && digits(group));
    let plain = !part.is_empty() || whole.matches(',').count() > 1;
    (sound && plain).then(|| whole.replace(',', ""))
}

/// A part of the amount: `0.1` or `10%`.
pub fn rate(text: &str) -> Cell<Rate> {
    let bad = |why: &str| CellError::bad_row(format!("{} {why}", quoted(text)));
    let Some(percent) = text.strip_suffix('%') else {
        return Rate::parse(text).map_err(|error| bad(&error.to_string()));
    };
    let percent = Rate::parse(percent.trim()).map_err(|error| bad(&error.to_string()))?;
    let exact = (percent.raw() % 100 == 0).then(|| Rate::checked_from_raw(percent.raw() / 100)).flatten();
    exact.ok_or_else(|| bad("has more than 6 decimal places"))
}

/// `floor_2(amount × rate)`.
pub fn part_of(amount: Money, rate: Rate) -> Cell<Money> {
    let cents = amount.raw().checked_mul(rate.raw()).map(|product| product.div_euclid(10_i128.pow(Rate::PLACES)));
    cents.and_then(Money::checked_from_raw).ok_or_else(|| CellError::new(Code::OutOfRange, Code::OutOfRange.sentence()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown<T: std::fmt::Display>(cell: Cell<T>) -> Option<String> {
        cell.ok().map(|value| value.to_string())
    }

    /// The code with which a cell is refused; none if it is accepted.
    fn code<T>(cell: Cell<T>) -> Option<&'static str> {
        cell.err().map(|error| error.code)
    }

    #[test]
    fn money_is_taken_where_it_can_mean_one_number_only() {
        for (text, value) in [
            ("0", "0"),
            ("12.50", "12.5"),
            ("12.5000", "12.5"),
            ("0.500", "0.5"),
            ("1234.500", "1234.5"),
            ("1,234.500", "1234.5"),
            ("1,234.50", "1234.5"),
            ("1,234,567", "1234567"),
            ("12,345,678.9", "12345678.9"),
            ("¥12", "12"),
            ("￥1,000.00", "1000"),
            ("12.30元", "12.3"),
            ("-3.00", "-3"),
            ("-¥3.00", "-3"),
            ("¥-3.00", "-3"),
            ("−3.00", "-3"),
        ] {
            assert_eq!(shown(money(text)).as_deref(), Some(value), "{text}");
        }
        for bad in [
            "",
            "1,234",
            "1.234,50",
            "1,23.00",
            "1,2345.00",
            ",123.00",
            "1,,234.00",
            "1234,567.00",
            "12.345",
            "1.000",
            "1.230",
            "-999.000",
            "¥12.500",
            "12.",
            ".5",
            "1e3",
            "+1",
            "--1",
            "$1",
            "¥12元",
            "1 234.00",
            "１２",
            "0012",
            "12.3.0",
            "NaN",
            "(1.00)",
            "1,234.5,0",
        ] {
            assert_eq!(code(money(bad)), Some(BAD_ROW), "{bad}");
        }
    }

    #[test]
    fn a_rate_is_a_factor_or_in_percent_and_its_part_is_rounded_down() -> Result<(), CellError> {
        assert_eq!(rate("10%")?, rate("0.1")?);
        assert_eq!(rate("12.5 %")?, rate("0.125")?);
        for bad in ["10 percent", "0.000000001", "0.0000001%", "%", "", "1/10"] {
            assert_eq!(code(rate(bad)), Some(BAD_ROW), "{bad}");
        }
        for (amount, of, part) in
            [("19.99", "10%", "1.99"), ("0.09", "0.1", "0"), ("1000000000000", "1", "1000000000000")]
        {
            assert_eq!(part_of(money(amount)?, rate(of)?)?, money(part)?);
        }
        Ok(())
    }

    #[test]
    fn an_escaped_id_tells_the_text() {
        for (text, escaped) in [
            ("c0001", "c0001"),
            ("wx:ann", "wx:3Aann"),
            ("#1001", ":231001"),
            ("a b", "a:20b"),
            (" a", ":20a"),
            ("张", ":E5:BC:A0"),
            ("a_b.c-d", "a_b.c-d"),
        ] {
            assert_eq!(shown(escaped_id(text)).as_deref(), Some(escaped), "{text}");
        }
        for bad in ["", &"é".repeat(11)] {
            assert_eq!(code(escaped_id(bad)), Some(BAD_ROW), "{bad}");
        }
        let (long, other) = ("深圳市某某茶叶贸易有限公司", "深圳市某某茶叶贸易有限公司2");
        assert_eq!(code(escaped_id(long)), Some(BAD_ROW));
        assert_ne!(shown(digested_id(long)), shown(digested_id(other)));
        assert_eq!(shown(digested_id(long)).map(|id| (id.len(), id.starts_with("::"))), Some((42, true)));
        assert_eq!(shown(digested_id("张")).as_deref(), Some(":E5:BC:A0"));
        for damaged in ["6.20E+17", "1e5", "17850.0", "####"] {
            assert_eq!([code(id(damaged)), code(escaped_id(damaged))], [Some(BAD_ROW); 2], "{damaged}");
        }
        for bad in ["#1001", " a", ""] {
            assert_eq!(code(id(bad)), Some(BAD_ROW), "{bad}");
        }
        assert_eq!(shown(id("a:b")).as_deref(), Some("a:b"));
    }
}
