//! Decimals as people read them: with grouped digits, and only the first places of a long fraction. A tap shows all of
//! them. They are made from the canonical string, never from a float, so the screen shows exactly what was computed.

use gongxiang::identity::Day;
use gongxiang::quantity::{Money, Price, Rate, ShareValue};
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
pub fn two_places(money: Money) -> String {
    let mut text = money.to_string();
    match text.find('.') {
        None => text.push_str(".00"),
        Some(at) if text.len() - at == 2 => text.push('0'),
        Some(_) => {}
    }
    text
}

/// Places of a fraction that are shown at first.
const PLACES: usize = 4;
/// The same of an estimate.
const PLACES_ESTIMATED: usize = 2;

/// A canonical decimal cut to its first places; `None` if it has no more. Of a number below 1 at least two digits stay.
fn cut(canonical: &str, places: usize) -> Option<&str> {
    let point = canonical.find('.')?;
    let zeros = canonical.bytes().take_while(|byte| !(b'1'..=b'9').contains(byte)).count();
    let end = (point + 1 + places).max(zeros + 2);
    canonical.get(..end).filter(|cut| cut.len() < canonical.len())
}

/// A decimal on the screen. `data-value` is the canonical decimal. If it has more places than are shown, `data-other` has all of
/// them ([`swap`]).
pub fn number(value: &dyn ToString) -> AnyView {
    to_places(value, PLACES)
}

/// A decimal that is an estimate.
pub fn estimate(value: &dyn ToString) -> AnyView {
    to_places(value, PLACES_ESTIMATED)
}

fn to_places(value: &dyn ToString, places: usize) -> AnyView {
    let canonical = value.to_string();
    match cut(&canonical, places).map(grouped) {
        Some(text) => {
            let all = grouped(&canonical);
            view! { <span class="num" data-value=canonical data-other=all.clone() title=all>{text}</span> }.into_any()
        }
        None => shown(canonical.clone(), &canonical),
    }
}

/// Shows all places of the number that was tapped, or its first places again.
pub fn swap(tapped: &web_sys::Element) {
    let Ok(Some(number)) = tapped.closest("[data-other]") else { return };
    let (now, other) = (number.text_content(), number.get_attribute("data-other"));
    if let (Some(now), Some(other)) = (now, other) {
        number.set_text_content(Some(&other));
        // Fails only for a name that is none.
        let _ = number.set_attribute("data-other", &now);
    }
}

/// An amount in yuan on the screen, with two places.
pub fn money(value: Money) -> AnyView {
    shown(value.to_string(), &two_places(value))
}

/// An amount in yuan as plain text: `¥1,234.50`.
pub fn yuan(money: Money) -> String {
    format!("¥{}", grouped(&two_places(money)))
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

/// The change from one price to another, in percent with two places, rounded towards 0: `−12.34%`. `None` if the first is 0.
pub fn change(then: Price, now: Price) -> Option<String> {
    let hundredths = now.raw().checked_sub(then.raw())?.checked_mul(10_000)?.checked_div(then.raw())?;
    let sign = match hundredths.signum() {
        1 => "+",
        -1 => "−",
        _ => "",
    };
    let size = hundredths.abs();
    Some(format!("{sign}{}%", grouped(&format!("{}.{:02}", size / 100, size % 100))))
}

/// A part of all share value, in percent as a canonical decimal with up to six places, rounded down. `None` if there is none of it.
pub fn part(mine: ShareValue, total: ShareValue) -> Option<String> {
    const MILLIONTHS_OF_A_PERCENT: i128 = 100_000_000;
    let raw = mine.raw().checked_mul(MILLIONTHS_OF_A_PERCENT)?.checked_div(total.raw())?;
    let text = format!("{}.{:06}", raw / 1_000_000, raw % 1_000_000);
    Some(text.trim_end_matches('0').trim_end_matches('.').to_owned())
}

fn shown(canonical: String, text: &str) -> AnyView {
    view! { <span class="num" data-value=canonical>{grouped(text)}</span> }.into_any()
}

/// The month of a day, `2026-01`.
pub fn month(day: Day) -> String {
    day.to_string().chars().take("2026-01".len()).collect()
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
    fn a_long_fraction_is_cut_and_never_to_zeros_alone() {
        for (canonical, shown) in [
            ("14.43402272", Some("14.4340")),
            ("14.4340", None),
            ("14", None),
            ("-0.05488899", Some("-0.0548")),
            ("0.00001234", Some("0.000012")),
            ("0.00000001", None),
            ("1.00000001", Some("1.0000")),
        ] {
            assert_eq!(cut(canonical, PLACES), shown, "{canonical}");
        }
    }

    #[test]
    fn a_rate_is_a_percentage_rounded_down() {
        for (text, shown) in [("0", "0.00%"), ("0.0868", "8.68%"), ("0.00019999", "0.01%"), ("12.5", "1250.00%")] {
            assert_eq!(Rate::parse(text).map(two_places_percent).as_deref(), Ok(shown));
        }
    }

    #[test]
    fn a_part_of_all_is_a_percentage_with_six_places_rounded_down() {
        let value = |text| ShareValue::parse(text).expect("share value");
        for (mine, total, shown) in [
            ("0", "10", Some("0")),
            ("10", "10", Some("100")),
            ("1", "8", Some("12.5")),
            ("200", "300", Some("66.666666")),
            ("0.00000001", "1000000000000", Some("0")),
            ("0", "0", None),
        ] {
            assert_eq!(part(value(mine), value(total)).as_deref(), shown, "{mine} of {total}");
        }
    }

    #[test]
    fn a_change_of_the_price_is_a_percentage_rounded_towards_0() {
        let price = |text| Price::parse(text).expect("a price");
        for (then, now, shown) in [
            ("1", "1", "0.00%"),
            ("1", "1.1", "+10.00%"),
            ("1.1", "1", "−9.09%"),
            ("3", "1", "−66.66%"),
            ("1", "0.99999999", "0.00%"),
            ("0.00000001", "1000000000000", "+9,999,999,999,999,999,999,900.00%"),
        ] {
            assert_eq!(change(price(then), price(now)).as_deref(), Some(shown), "{then} to {now}");
        }
    }

    #[test]
    fn yuan_have_two_places() {
        for (text, shown) in [("0", "0.00"), ("1234.5", "1,234.50"), ("7.05", "7.05"), ("1000000", "1,000,000.00")] {
            assert_eq!(Money::parse(text).map(|money| grouped(&two_places(money))).as_deref(), Ok(shown));
        }
    }
}
