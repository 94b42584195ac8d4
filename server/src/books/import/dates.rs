//! The Chinese day of a row, from a date that may have a time and a zone. A text that could mean two days is refused.

use clap::ValueEnum;
use gongxiang::identity::Day;
use jiff::Timestamp;
use jiff::civil::{DateTime, Time};
use jiff::tz::{Offset, TimeZone, offset};
use serde::Deserialize;

use super::cells::{Cell, CellError, quoted};

/// The order of year, month and day in a date. A date with the year first is always read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Dates {
    /// The year: `2026-01-31`.
    #[default]
    Ymd,
    /// The month: `1/31/2026`.
    Mdy,
    /// The day: `31/1/2026`.
    Dmy,
}

#[derive(Clone, Debug)]
pub(super) struct Calendar {
    pub dates: Dates,
    /// The zone of times that name none.
    pub zone: Option<TimeZone>,
    /// Whether a time of another zone is converted to Chinese time; otherwise it is refused.
    pub convert: bool,
}

/// A moment in China.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    pub day: Day,
    /// Seconds of the day; 0 without a time.
    pub second: u32,
}

pub fn zone(name: &str) -> Result<TimeZone, String> {
    named_zone(name).ok_or_else(|| format!("`{name}` is no time zone, such as `Asia/Shanghai`, `UTC` or `-05:00`"))
}

/// The time zone of China since 1992, by which the scheme's days go.
const CHINA: Offset = offset(8);

impl Calendar {
    pub fn moment(&self, text: &str) -> Cell<Moment> {
        let bad = |why: &str| CellError::bad_row(format!("{} {why}", quoted(text)));
        let (date, rest) = split(text);
        let day = day_of(date, self.dates).ok_or_else(|| bad(self.why_no_day(date)))?;
        let rest = rest.trim();
        if rest.is_empty() {
            return match &self.zone {
                Some(zone) if *zone != TimeZone::fixed(CHINA) && !is_china(zone) => {
                    Err(bad("has no time, so its day in China is not certain"))
                }
                _ => Ok(Moment { day, second: 0 }),
            };
        }
        let (time, rest) = time_of(rest).ok_or_else(|| bad("has a time that cannot be read, such as `23:59:59`"))?;
        let zone = match rest.trim() {
            "" => self.zone.clone(),
            zone => Some(zone_of(zone).ok_or_else(|| bad(NO_ZONE))?),
        };
        let Some(zone) = zone else { return Ok(moment(day, time)) };
        let civil = DateTime::from_parts(day.to_string().parse().map_err(|_| bad("is no day"))?, time);
        let timestamp = zone.to_ambiguous_timestamp(civil).unambiguous();
        let timestamp = timestamp.map_err(|_| bad("is a time that its zone has twice or never"))?;
        let chinese = in_china(timestamp);
        if chinese != civil && !self.convert {
            return Err(bad(
                "has another time zone than +08:00, so its day is not certain; `--convert-zones` converts it to \
                 Chinese time",
            ));
        }
        let day = Day::parse(&chinese.date().to_string()).ok_or_else(|| bad("is no day"))?;
        Ok(moment(day, chinese.time()))
    }

    fn why_no_day(&self, date: &str) -> &'static str {
        let last = date.rsplit(['/', '-', '.']).next().unwrap_or_default();
        if self.dates == Dates::Ymd && last.len() == 4 {
            "is no day with the year first, such as `2026-01-31`; `--dates mdy` or `--dates dmy` names another order"
        } else {
            "is no day with the year first, such as `2026-01-31`"
        }
    }
}

const NO_ZONE: &str = "has a time zone that is not certain: write it as `+08:00`, `UTC` or `Asia/Shanghai` \
    (`CST`, `EST` or `PST` is the name of several)";

fn moment(day: Day, time: Time) -> Moment {
    let part = |part: i8| u32::try_from(part).unwrap_or_default();
    Moment { day, second: part(time.hour()) * 3_600 + part(time.minute()) * 60 + part(time.second()) }
}

fn in_china(timestamp: Timestamp) -> DateTime {
    CHINA.to_datetime(timestamp)
}

fn is_china(zone: &TimeZone) -> bool {
    ["Asia/Shanghai", "Asia/Chongqing", "Asia/Harbin", "PRC"].iter().any(|name| zone.iana_name() == Some(name))
}

/// Splits a text into the date and the rest.
fn split(text: &str) -> (&str, &str) {
    if let Some(at) = text.find('日') {
        return text.split_at(at + '日'.len_utf8());
    }
    if text.len() == 14 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return text.split_at(8);
    }
    match text.find(|c: char| c == 'T' || c.is_whitespace()) {
        Some(at) => (&text[..at], text[at..].strip_prefix('T').unwrap_or(&text[at..])),
        None => (text, ""),
    }
}

fn day_of(text: &str, dates: Dates) -> Option<Day> {
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Day::parse(&format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]));
    }
    let parts: Vec<&str> = if let Some(chinese) = text.strip_suffix('日') {
        let (year, rest) = chinese.split_once('年')?;
        let (month, day) = rest.split_once('月')?;
        vec![year.trim(), month.trim(), day.trim()]
    } else {
        text.split(['-', '/', '.'].into_iter().find(|c| text.contains(*c))?).collect()
    };
    let [first, second, third] = parts[..] else { return None };
    let (year, month, day) = match (first.len(), third.len(), dates) {
        (4, ..) => (first, second, third),
        (_, 4, Dates::Mdy) => (third, first, second),
        (_, 4, Dates::Dmy) => (third, second, first),
        _ => return None,
    };
    Day::parse(&format!("{year}-{month:0>2}-{day:0>2}"))
}

/// Reads a time of 24 hours, or of 12 with `AM`, `PM`, 上午 or 下午; also returns the rest of the text.
fn time_of(text: &str) -> Option<(Time, &str)> {
    if text.len() == 6 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number = |at: usize| text[at..at + 2].parse().ok();
        return Some((Time::new(number(0)?, number(2)?, number(4)?, 0).ok()?, ""));
    }
    let halves = [("上午", 0), ("下午", 12)];
    let half = halves.iter().find_map(|(word, hours)| Some((text.strip_prefix(word)?.trim_start(), *hours)));
    let (text, before) = half.map_or((text, None), |(text, hours)| (text, Some(hours)));
    let end = text.find(|c: char| !c.is_ascii_digit() && c != ':').unwrap_or(text.len());
    let (clock, rest) = text.split_at(end);
    let numbers: Vec<i8> = clock.split(':').map(|part| part.parse().ok()).collect::<Option<_>>()?;
    let (hour, minute, second) = match numbers[..] {
        [hour, minute] => (hour, minute, 0),
        [hour, minute, second] => (hour, minute, second),
        _ => return None,
    };
    if !clock.split(':').skip(1).all(|part| part.len() == 2) {
        return None;
    }
    let rest = match rest.strip_prefix(['.', ',']) {
        Some(fraction) => fraction.trim_start_matches(|c: char| c.is_ascii_digit()),
        None => rest,
    };
    let word = rest.trim_start().get(..2).unwrap_or_default().to_ascii_uppercase();
    let after = match word.as_str() {
        "AM" => Some(0),
        "PM" => Some(12),
        _ => None,
    };
    let (half, rest) = match (before, after) {
        (half, None) => (half, rest),
        (None, half) => (half, &rest.trim_start()[2..]),
        _ => return None,
    };
    let hour = match half {
        Some(hours) if (1..=12).contains(&hour) => hour % 12 + hours,
        // Some write `下午 15:00`.
        Some(12) if before.is_some() && (13..=23).contains(&hour) => hour,
        Some(_) => return None,
        None => hour,
    };
    Some((Time::new(hour, minute, second, 0).ok()?, rest))
}

/// The zone after a time: `+08:00`, `UTC`, `[Asia/Shanghai]`, `+08:00[Asia/Shanghai]`.
fn zone_of(text: &str) -> Option<TimeZone> {
    let (text, bracket) = match text.strip_suffix(']') {
        Some(inner) => inner.split_once('[').map(|(offset, name)| (offset, Some(name)))?,
        None => (text, None),
    };
    let named = bracket.map(named_zone);
    match (text.trim(), named) {
        ("", Some(named)) => named,
        (offset, Some(named)) => named.and(named_zone(offset)),
        (name, None) => named_zone(name),
    }
}

fn named_zone(text: &str) -> Option<TimeZone> {
    let text = text.trim();
    if let Some(offset) = offset_of(text) {
        return Some(TimeZone::fixed(offset));
    }
    let upper = text.to_ascii_uppercase();
    if ["Z", "UTC", "GMT"].contains(&upper.as_str()) {
        return Some(TimeZone::UTC);
    }
    if ["北京时间", "中国标准时间", "PRC"].contains(&upper.as_str()) {
        return Some(TimeZone::fixed(CHINA));
    }
    if let Some(offset) = upper.strip_prefix("UTC").or_else(|| upper.strip_prefix("GMT")) {
        return offset_of(offset.trim()).map(TimeZone::fixed);
    }
    // Most names without a place, such as `CST`, mean several zones.
    if text.contains('/') { TimeZone::get(text).ok() } else { None }
}

/// `+8`, `+08`, `+0800`, `+08:00`.
fn offset_of(text: &str) -> Option<Offset> {
    let (sign, digits) = match text.strip_prefix('+') {
        Some(digits) => (1, digits),
        None => (-1, text.strip_prefix(['-', '−'])?),
    };
    let (hours, minutes) = match (digits.split_once(':'), digits.len()) {
        (Some((hours, minutes)), _) if hours.len() <= 2 && minutes.len() == 2 => (hours, minutes),
        (None, 1 | 2) => (digits, "0"),
        (None, 4) => digits.split_at_checked(2)?,
        _ => return None,
    };
    if ![hours, minutes].iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())) {
        return None;
    }
    let (hours, minutes): (i32, i32) = (hours.parse().ok()?, minutes.parse().ok()?);
    // No zone is further from UTC than fourteen hours.
    (hours <= 14 && minutes < 60).then(|| Offset::from_seconds(sign * (hours * 3_600 + minutes * 60)).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str, dates: Dates, convert: bool) -> Option<String> {
        let calendar = Calendar { dates, zone: None, convert };
        calendar.moment(text).ok().map(|moment| moment.day.to_string())
    }

    #[test]
    fn a_date_has_its_year_first_and_no_foreign_time_zone() {
        for (text, expected) in [
            ("2026-01-31", "2026-01-31"),
            ("2026/1/5", "2026-01-05"),
            ("2026.01.05", "2026-01-05"),
            ("20260131", "2026-01-31"),
            ("2026-01-31 23:59:59", "2026-01-31"),
            ("2026-01-31T23:59:59+08:00", "2026-01-31"),
            ("2026-01-31 23:59:59 +0800", "2026-01-31"),
            ("2026-01-31 23:59:59 UTC+8", "2026-01-31"),
            ("2026-01-31 23:59:59 Asia/Shanghai", "2026-01-31"),
            ("2026-01-31T23:59:59.123+08:00[Asia/Shanghai]", "2026-01-31"),
            ("2026-01-31 11:59 PM", "2026-01-31"),
            ("2026年1月31日", "2026-01-31"),
            ("2026年01月31日 23时".trim_end_matches(" 23时"), "2026-01-31"),
            ("2026年1月31日 下午 3:05", "2026-01-31"),
            ("20260131235959", "2026-01-31"),
            ("2026-01-31 0:05", "2026-01-31"),
        ] {
            assert_eq!(day(text, Dates::Ymd, false).as_deref(), Some(expected), "{text}");
        }
        for bad in [
            "",
            "31-01-2026",
            "01/02/2026",
            "26-01-31",
            "2026-02-30",
            "2026-1",
            "2026-1-1-1",
            "2026-01-31T23:00:00Z",
            "2026-01-31T23:00:00-05:00",
            "2026-001-01",
            "2026--1",
            "1月",
            "2026-é1-01",
            "二〇二六-01-01",
            "2026-01-02 23:30:00 UTC",
            "2026-01-02 23:30:00 GMT",
            "2026-01-02 23:30:00 PST",
            "2026-01-02 11:30:00 PM EST",
            "2026-01-02 23:30:00 Europe/Berlin",
            "2026-01-02 hello",
            "2026-01-02T99:99:99",
            "2026-01-02 24:00:00",
            "2026-01-02 23:30:00 CST",
            "2026-01-02 13:30 PM",
            "2026-01-02 1:3",
            "2026-01-02 12",
            "2026-01-02 12:00 +25:00",
            "2026-01-02 12:00 Asia/Nowhere",
            "2026-01-02Z",
            "2026-01-02 12:00:00 [",
            "45000.5",
            "２０２６-01-02",
        ] {
            assert!(day(bad, Dates::Ymd, false).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_zone_that_is_certain_becomes_chinese_time_where_that_was_said() {
        for (text, expected) in [
            ("2026-01-02 23:30:00 UTC", "2026-01-03"),
            ("2026-01-02 15:59:59 Z", "2026-01-02"),
            ("2026-01-02 16:00:00 GMT", "2026-01-03"),
            ("2026-01-02 11:30:00 -0500", "2026-01-03"),
            ("2026-07-02 18:00:00 Europe/Berlin", "2026-07-03"),
            ("2026-07-02 17:59:59 Europe/Berlin", "2026-07-02"),
            ("2026-01-02T03:00:00+14:00", "2026-01-01"),
        ] {
            assert_eq!(day(text, Dates::Ymd, true).as_deref(), Some(expected), "{text}");
        }
        for bad in [
            "2026-01-02 11:30:00 PM EST",
            "2026-01-02 12:00 CST",
            "2026-03-29 02:30 Europe/Berlin",
            "2026-10-25 02:30 Europe/Berlin",
        ] {
            assert!(day(bad, Dates::Ymd, true).is_none(), "{bad}");
        }
    }

    #[test]
    fn what_comes_first_is_said() {
        assert_eq!(day("12/1/2010 8:26", Dates::Mdy, false).as_deref(), Some("2010-12-01"));
        assert_eq!(day("12/1/2010 8:26", Dates::Dmy, false).as_deref(), Some("2010-01-12"));
        assert_eq!(day("2010-12-01", Dates::Dmy, false).as_deref(), Some("2010-12-01"));
        assert_eq!(day("13/1/2010", Dates::Mdy, false), None);
        assert_eq!(day("1/2/26", Dates::Mdy, false), None);
    }

    #[test]
    fn a_zone_for_all_leaves_a_bare_date_uncertain() {
        let zone = zone("America/New_York").ok();
        let calendar = Calendar { dates: Dates::Ymd, zone, convert: true };
        let error = calendar.moment("2026-01-02").err().map(|error| error.message).unwrap_or_default();
        assert!(error.contains("has no time"), "{error}");
        let day = calendar.moment("2026-01-02 12:00").ok().map(|moment| moment.day.to_string());
        assert_eq!(day.as_deref(), Some("2026-01-03"));
    }
}
