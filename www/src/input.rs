//! Reads numbers as people type and paste them: full-width digits, spaces, grouped digits. A text that can mean only one number
//! becomes a plain decimal, which the rules' strict readers then parse.

use gongxiang::quantity::DecimalError;

use crate::text::{Words, calculator as t};

/// The plain decimal of a typed text. A text that could mean several numbers, or none, stays as it is.
pub fn plain(typed: &str) -> String {
    let mut text: String = typed.chars().map(half_width).collect();
    text = text.trim_matches(' ').to_owned();
    for separator in [',', ' '] {
        if let Some(joined) = ungrouped(&text, separator) {
            text = joined;
        }
    }
    text
}

/// Turns full-width digits and signs into their ASCII forms, and every kind of space into a plain one.
pub fn half_width(typed: char) -> char {
    match typed {
        '０'..='９' => char::from_digit(u32::from(typed) - u32::from('０'), 10).unwrap_or(typed),
        '．' => '.',
        '，' => ',',
        '－' | '−' => '-',
        other if other.is_whitespace() => ' ',
        other => other,
    }
}

/// `1,234,567.5` without its separators; `None` unless every group after the first has three digits.
fn ungrouped(text: &str, separator: char) -> Option<String> {
    let (whole, part) = text.split_at(text.find('.').unwrap_or(text.len()));
    let digits = whole.strip_prefix('-').unwrap_or(whole);
    let mut groups = digits.split(separator);
    let all_digits = |group: &str| group.bytes().all(|byte| byte.is_ascii_digit());
    let first = groups.next().filter(|first| (1..=3).contains(&first.len()) && all_digits(first))?;
    let mut rest = groups.peekable();
    rest.peek()?;
    let sound = !first.starts_with('0') && rest.all(|group| group.len() == 3 && all_digits(group));
    sound.then(|| whole.replace(separator, "") + part)
}

/// Reads a quantity by `parse`, one of the rules' strict readers.
pub fn read<T>(typed: &str, parse: fn(&str) -> Result<T, DecimalError>) -> Result<T, DecimalError> {
    parse(&plain(typed))
}

/// What is wrong with a decimal.
pub const fn error_words(error: DecimalError) -> Words {
    match error {
        DecimalError::Grammar => t::NUMBER_BAD,
        DecimalError::Places { max: 2 } => t::TWO_PLACES,
        DecimalError::Places { .. } => t::EIGHT_PLACES,
        DecimalError::TooLarge => t::TOO_LARGE,
        DecimalError::Negative => t::NEGATIVE,
    }
}

/// The plain decimal, if it differs from what was typed.
pub fn understood(typed: &str) -> Option<String> {
    let plain = plain(typed);
    (plain != typed.trim()).then_some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_means_one_number_is_that_number() {
        for (typed, number) in [
            (" 888 ", "888"),
            ("１，２３４．５", "1234.5"),
            ("1,234,567.89", "1234567.89"),
            ("1 234 567", "1234567"),
            ("1\u{a0}234", "1234"),
            ("-1,000", "-1000"),
        ] {
            assert_eq!(plain(typed), number);
        }
    }

    #[test]
    fn what_could_mean_two_is_left_as_it_is() {
        for typed in ["1,5", "12,34", "1,2345", "0,123", ",5", "1,,000", "1,234 567", "1 2", "1,000,00"] {
            assert!(gongxiang::quantity::Points::parse(&plain(typed)).is_err(), "{typed}");
        }
    }
}
