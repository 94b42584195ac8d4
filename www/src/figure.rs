//! Decimals as a person reads them: grouped digits, and a fraction in a quieter style. They are made from the canonical string, never
//! from a float, so the screen shows exactly what was computed.

use gongxiang::quantity::{Money, Rate};
use leptos::prelude::*;

/// Groups the whole part of a canonical decimal by three: `1234567.5` becomes `1,234,567` and `.5`.
fn group(canonical: &str) -> (String, &str) {
    let (whole, part) = canonical.split_at(canonical.find('.').unwrap_or(canonical.len()));
    let digits = whole.trim_start_matches('-');
    let mut grouped = String::from(if whole.len() > digits.len() { "−" } else { "" });
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    (grouped, part)
}

/// A canonical decimal, grouped, as plain text.
pub fn grouped(canonical: &str) -> String {
    let (mut whole, part) = group(canonical);
    whole.push_str(part);
    whole
}

/// Yuan with their two places, ungrouped: `12.5` becomes `12.50`.
fn two_places(money: Money) -> String {
    let mut text = money.to_string();
    match text.find('.') {
        None => text.push_str(".00"),
        Some(at) if text.len() - at == 2 => text.push('0'),
        Some(_) => {}
    }
    text
}

/// A decimal on the screen, its fraction in a quieter style. `data-value` is the canonical decimal.
pub fn number(value: &dyn ToString) -> AnyView {
    let canonical = value.to_string();
    shown(canonical.clone(), &canonical)
}

/// An amount in yuan on the screen, with two places.
pub fn money(value: Money) -> AnyView {
    shown(value.to_string(), &two_places(value))
}

/// A rate on the screen, as a percentage with two places, rounded down: `0.08689` becomes `8.68%`.
pub fn percent(rate: Rate) -> AnyView {
    shown(rate.to_string(), &two_places_percent(rate))
}

fn two_places_percent(rate: Rate) -> String {
    // A rate has eight places, so a hundredth of a percent is 10,000 of its parts.
    let hundredths = rate.raw().div_euclid(10_000);
    format!("{}.{:02}%", hundredths / 100, hundredths % 100)
}

fn shown(canonical: String, text: &str) -> AnyView {
    let (whole, part) = group(text);
    let part = part.to_owned();
    view! { <span class="num" data-value=canonical>{whole}<span class="part">{part}</span></span> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_are_grouped_by_three_and_none_is_lost() {
        for (canonical, shown) in [
            ("0", "0"),
            ("12", "12"),
            ("123", "123"),
            ("1234", "1,234"),
            ("123456.00000001", "123,456.00000001"),
            ("-1234567.5", "−1,234,567.5"),
            ("99999999999999999999.12345678", "99,999,999,999,999,999,999.12345678"),
        ] {
            assert_eq!(grouped(canonical), shown);
        }
    }

    #[test]
    fn a_rate_is_a_percentage_rounded_down() {
        for (text, shown) in [("0", "0.00%"), ("0.0868", "8.68%"), ("0.00019999", "0.01%"), ("12.5", "1250.00%")] {
            assert_eq!(Rate::parse(text).map(two_places_percent).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn yuan_have_two_places() {
        for (text, shown) in [("0", "0.00"), ("1234.5", "1,234.50"), ("7.05", "7.05"), ("1000000", "1,000,000.00")] {
            assert_eq!(Money::parse(text).map(|money| grouped(&two_places(money))).as_deref(), Ok(shown));
        }
    }
}
