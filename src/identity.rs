//! Ids, regions and days: how the journal names things (RULES.md sections 2 and 4).

use std::fmt;
use std::sync::Arc;

use time::{Date, Month};

use crate::limits::ID_LENGTH_MAX;

/// Serde for a type by the text that its `parse` reads and its `Display` writes.
macro_rules! serde_as_text {
    ($name:ident, $what:literal) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str> as serde::Deserialize>::deserialize(deserializer)?;
                Self::parse(&text)
                    .ok_or_else(|| serde::de::Error::custom(format_args!(concat!("`{}` is not ", $what), text)))
            }
        }
    };
}
pub(crate) use serde_as_text;

/// An id of anything: `[A-Za-z0-9_.:-]{1,64}`. Cheap to copy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(Arc<str>);

impl Id {
    /// Reads an id; `None` outside `[A-Za-z0-9_.:-]{1,64}`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let allowed = |b: u8| b.is_ascii_alphanumeric() || b"_.:-".contains(&b);
        ((1..=ID_LENGTH_MAX).contains(&text.len()) && text.bytes().all(allowed)).then(|| Self(text.into()))
    }

    /// The id as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::borrow::Borrow<str> for Id {
    fn borrow(&self) -> &str {
        &self.0
    }
}

/// A six-digit GB/T 2260 code (行政区划代码).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Region(u32);

impl Region {
    /// Reads a region; `None` if it is not six ASCII digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let six_digits = text.len() == 6 && text.bytes().all(|b| b.is_ascii_digit());
        six_digits.then(|| text.parse().ok().map(Self)).flatten()
    }

    /// Its city: the first four digits followed by `00`.
    #[must_use]
    pub const fn city(self) -> Self {
        Self(self.0 / 100 * 100)
    }

    /// Whether the region is a city: it ends in `00` but is no province.
    #[must_use]
    pub const fn is_city(self) -> bool {
        self.0.is_multiple_of(100) && !self.0.is_multiple_of(10_000)
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:06}", self.0)
    }
}

/// A calendar day, from 0001-01-01 to 9999-12-31.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(Date);

impl Day {
    /// Reads `YYYY-MM-DD`; `None` if there is no such day.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = |range: std::ops::Range<usize>| {
            text.get(range).filter(|s| s.bytes().all(|b| b.is_ascii_digit())).and_then(|s| s.parse::<u16>().ok())
        };
        let shape = text.len() == 10 && text.as_bytes()[4] == b'-' && text.as_bytes()[7] == b'-';
        let (year, month, day) = (number(0..4)?, number(5..7)?, number(8..10)?);
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(i32::from(year), month, u8::try_from(day).ok()?).ok()?;
        (shape && year > 0).then_some(Self(date))
    }

    /// The day after; `None` after 9999-12-31.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        self.plus(1)
    }

    /// The day before; `None` before 0001-01-01.
    #[must_use]
    pub fn previous(self) -> Option<Self> {
        self.0.previous_day().filter(|date| date.year() > 0).map(Self)
    }

    /// The day `days` days later; `None` after 9999-12-31.
    #[must_use]
    pub fn plus(self, days: u64) -> Option<Self> {
        let number = i64::from(self.0.to_julian_day()).checked_add(i64::try_from(days).ok()?)?;
        Date::from_julian_day(i32::try_from(number).ok()?).ok().map(Self)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand: receipts and rows are full of days, and the formatter takes ten times as long for one.
        let put = |digits: &mut [u8], mut number: i32| {
            for digit in digits.iter_mut().rev() {
                *digit = b'0' + u8::try_from(number % 10).unwrap_or_default();
                number /= 10;
            }
        };
        let mut text = *b"0000-00-00";
        put(&mut text[..4], self.0.year());
        put(&mut text[5..7], u8::from(self.0.month()).into());
        put(&mut text[8..], self.0.day().into());
        f.write_str(str::from_utf8(&text).unwrap_or_default())
    }
}

/// Whether `s` is a number of two digits up to `max`.
fn two(s: &str, max: u8) -> bool {
    s.len() == 2 && s.bytes().all(|b| b.is_ascii_digit()) && s.parse::<u8>().is_ok_and(|n| n <= max)
}

/// The text after a valid hour and its colon (`HH:`).
fn after_hour(s: &str) -> Option<&str> {
    s.split_once(':').filter(|(hour, _)| two(hour, 23)).map(|(_, rest)| rest)
}

/// Whether `text` is a moment of RFC 3339, such as `2026-01-31T09:00:00+08:00`.
#[must_use]
pub fn is_rfc3339(text: &str) -> bool {
    let Some((day, time)) = text.split_at_checked(10) else { return false };
    let Some(time) = time.strip_prefix(['T', 't', ' ']) else { return false };
    let (local, zone_holds) = match time.strip_suffix(['Z', 'z']) {
        Some(local) => (local, true),
        None => match time.bytes().rposition(|b| b == b'+' || b == b'-') {
            Some(at) => (&time[..at], after_hour(&time[at + 1..]).is_some_and(|minute| two(minute, 59))),
            None => return false,
        },
    };
    let Some((minute, second)) = after_hour(local).and_then(|rest| rest.split_once(':')) else { return false };
    let (second, fraction) = second.split_once('.').unwrap_or((second, "0"));
    let fraction_holds = !fraction.is_empty() && fraction.bytes().all(|b| b.is_ascii_digit());
    // 60: a leap second.
    Day::parse(day).is_some() && zone_holds && two(minute, 59) && two(second, 60) && fraction_holds
}

serde_as_text!(Id, "an id");
serde_as_text!(Region, "a six-digit region");
serde_as_text!(Day, "a day");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_1_to_64_plain_characters() {
        assert!(Id::parse("A-z_0.9:x").is_some() && Id::parse(&"x".repeat(64)).is_some());
        for bad in ["", " ", "a b", "é", "a/b", "<a>", "x\0", &"x".repeat(65)] {
            assert!(Id::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_city_ends_in_00_and_is_no_province() {
        let city = |s| Region::parse(s).map(Region::is_city);
        assert_eq!(
            [city("440100"), city("440106"), city("440000"), city("110000")].map(Option::unwrap_or_default),
            [true, false, false, false]
        );
        assert_eq!(Region::parse("110105").map(Region::city), Region::parse("110100"));
        assert_eq!(Region::parse("010203").map(|r| r.to_string()), Some("010203".into()));
        for bad in ["44010", "4401060", "44010a", "４４０１０６", ""] {
            assert!(Region::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_day_is_a_real_one() {
        assert_eq!(Day::parse("2028-02-29").map(|d| d.to_string()), Some("2028-02-29".into()));
        assert_eq!(Day::parse("9999-12-31").and_then(Day::next), None);
        for bad in [
            "2026-02-29",
            "0000-01-01",
            "2026-1-01",
            "2026-01-1",
            "2026/01/01",
            "26-01-01",
            "2026-01-01T",
            "+026-01-01",
        ] {
            assert!(Day::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_moment_is_rfc_3339() {
        for good in ["2026-01-31T09:00:00Z", "2026-01-31t09:00:00.25+08:00", "2016-12-31T23:59:60Z"] {
            assert!(is_rfc3339(good), "{good}");
        }
        for bad in [
            "2026-01-31",
            "2026-01-31T09:00Z",
            "2026-02-31T09:00:00Z",
            "2026-01-31T24:00:00Z",
            "2026-01-31T09:00:00",
            "2026-01-31T09:00:00.Z",
            "é026-01-31T09:00:00Z",
            "",
        ] {
            assert!(!is_rfc3339(bad), "{bad}");
        }
    }
}
