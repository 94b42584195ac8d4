//! Days as numbers, so that "at most 30 days after" is a subtraction.

const MONTHS: [i64; 12] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

fn leap(year: i64) -> bool {
    (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
}

fn month_length(year: i64, month: usize) -> i64 {
    MONTHS[month] + i64::from(month == 1 && leap(year))
}

fn year_length(year: i64) -> i64 {
    365 + i64::from(leap(year))
}

/// The number of days from 0000-01-01 to `YYYY-MM-DD`, or nothing if the text is no such day.
#[must_use]
pub fn number(text: &str) -> Option<i64> {
    let shape = text.bytes().enumerate().all(|(at, b)| match at {
        4 | 7 => b == b'-',
        _ => b.is_ascii_digit(),
    });
    if !shape || text.len() != 10 {
        return None;
    }
    let year: i64 = text[0..4].parse().ok()?;
    let month: usize = text[5..7].parse::<usize>().ok()?.checked_sub(1)?;
    let day: i64 = text[8..10].parse().ok()?;
    if month > 11 || day < 1 || day > month_length(year, month) {
        return None;
    }
    // Leap years before `year`, the year 0 included.
    let leaps = if year == 0 { 0 } else { (year - 1) / 4 - (year - 1) / 100 + (year - 1) / 400 + 1 };
    let months: i64 = (0..month).map(|m| month_length(year, m)).sum();
    Some(year * 365 + leaps + months + day - 1)
}

/// The day with this number as `YYYY-MM-DD`.
#[must_use]
pub fn text(number: i64) -> String {
    let mut year = number / 366;
    let start = |year: i64| self::number(&format!("{year:04}-01-01")).unwrap_or(i64::MAX);
    while start(year) + year_length(year) <= number {
        year += 1;
    }
    let mut rest = number - start(year);
    let mut month = 0;
    while rest >= month_length(year, month) {
        rest -= month_length(year, month);
        month += 1;
    }
    format!("{year:04}-{:02}-{:02}", month + 1, rest + 1)
}

#[cfg(test)]
mod tests {
    use super::{number, text};

    #[test]
    fn every_day_of_eight_centuries_comes_back() {
        let (first, last) = (number("1600-01-01"), number("2400-12-31"));
        let (Some(first), Some(last)) = (first, last) else { panic!("both are days") };
        assert_eq!(last - first, 292_559);
        assert!((first..=last).step_by(17).all(|n| number(&text(n)) == Some(n)));
        assert_eq!(text(last), "2400-12-31");
        for wrong in ["2026-02-29", "2026-13-01", "2026-00-01", "2026-1-01", "20260101", "2026-01-00"] {
            assert_eq!(number(wrong), None, "{wrong}");
        }
    }
}
