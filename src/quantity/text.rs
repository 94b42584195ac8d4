//! Decimals as text: read strictly, written canonically (RULES.md section 1).

use std::fmt;

use super::exact::ten;
use crate::limits::NUMBER_MAX;

/// Why a text is not a decimal of RULES.md section 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// The text is not `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
    Grammar,
    /// The text has more decimal places than the quantity. Zeros count.
    Places {
        /// The decimal places of the quantity.
        max: u32,
    },
    /// The number is above 10^12 or below −10^12.
    TooLarge,
    /// The number is negative where it must not be, as in a balance.
    Negative,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grammar => f.write_str("is not a plain decimal such as `12.5`"),
            Self::Places { max } => write!(f, "has more than {max} decimal places"),
            Self::TooLarge => f.write_str("is larger than 10^12"),
            Self::Negative => f.write_str("is negative"),
        }
    }
}

impl std::error::Error for DecimalError {}

/// Checks that `text` is `-?(0|[1-9][0-9]*)(\.[0-9]+)?`. Returns the number of its decimal places.
fn places_of(text: &str) -> Result<u32, DecimalError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !all_digits(whole) || leading_zero || !part.is_none_or(all_digits) {
        return Err(DecimalError::Grammar);
    }
    u32::try_from(part.map_or(0, str::len)).map_err(|_| DecimalError::Grammar)
}

/// Reads a decimal with at most `places` places as a whole number of its smallest part.
fn parse_any_size(text: &str, places: u32) -> Result<i128, DecimalError> {
    let given = places_of(text)?;
    if given > places {
        return Err(DecimalError::Places { max: places });
    }
    let size = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .try_fold(0_i128, |n, b| n.checked_mul(10)?.checked_add(i128::from(b - b'0')))
        .and_then(|n| n.checked_mul(ten(places - given)))
        .ok_or(DecimalError::TooLarge)?;
    Ok(if text.starts_with('-') { -size } else { size })
}

/// The same, but refuses numbers above 10^12 or below −10^12. Events and rule sets are read so.
pub(super) fn parse(text: &str, places: u32) -> Result<i128, DecimalError> {
    let raw = parse_any_size(text, places)?;
    if raw.abs() > i128::from(NUMBER_MAX) * ten(places) {
        return Err(DecimalError::TooLarge);
    }
    Ok(raw)
}

/// Reads a balance. It may exceed 10^12, and it is never negative.
pub(super) fn parse_balance(text: &str, places: u32) -> Result<i128, DecimalError> {
    let raw = parse_any_size(text, places)?;
    if raw < 0 { Err(DecimalError::Negative) } else { Ok(raw) }
}

/// Writes `raw × 10^-places` canonically: no trailing zeros, `0` for zero.
pub(super) fn fmt_fixed(raw: i128, places: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt_places(raw, places, 0, f)
}

/// A division in 128 bits costs as much as many in 64 bits. So the digits are taken from parts of 18 digits, and from most numbers
/// without any division in 128 bits.
const PART: u128 = 10_u128.pow(18);

/// The same with at least `kept` decimal places.
pub(crate) fn fmt_places(raw: i128, places: u32, kept: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // Written from the last digit to the first. There are at most 39 digits and the point.
    let mut text = [0_u8; 40];
    let mut start = text.len();
    let mut put = |byte| {
        start -= 1;
        text[start] = byte;
        start
    };
    let (mut rest, mut part) = (raw.unsigned_abs(), 0_u64);
    let (mut place, mut begun) = (0, 0);
    while rest > 0 || part > 0 || place <= places {
        if place % 18 == 0 {
            let low = if rest < PART { rest } else { rest % PART };
            rest = if rest < PART { 0 } else { rest / PART };
            part = u64::try_from(low).unwrap_or_default();
        }
        let digit = u8::try_from(part % 10).unwrap_or_default();
        part /= 10;
        if digit > 0 || place + kept >= places || begun > 0 {
            if place == places && begun > 0 {
                put(b'.');
            }
            begun = put(b'0' + digit);
        }
        place += 1;
    }
    if raw < 0 {
        f.write_str("-")?;
    }
    f.write_str(str::from_utf8(&text[begun..]).unwrap_or_default())
}
