//! Exact fractions, the three roundings the rules name, and decimals as text.

use num_bigint::BigInt;
use num_integer::Integer;
use num_rational::BigRational;
use num_traits::{One, Signed, Zero};

/// Every quantity of the model.
pub type Exact = BigRational;

/// The decimal place at which a holding is cut after a close.
///
/// With refunds the denominator of the total takes part in the next day's fractions, so that exact denominators double
/// their length with every close: thirty days would not fit into memory. What is cut off is fifty places below
/// anything that a comparison looks at.
pub const CUT: u32 = 60;

/// The decimal place to which bounds on errors are rounded up.
pub const BOUND: u32 = 30;

fn ten(places: u32) -> BigInt {
    BigInt::from(10).pow(places)
}

/// `n` as a fraction.
#[must_use]
pub fn whole(n: i64) -> Exact {
    Exact::from_integer(BigInt::from(n))
}

/// 10 to the power of `-places`.
#[must_use]
pub fn tiny(places: u32) -> Exact {
    Exact::new_raw(BigInt::one(), ten(places))
}

/// `floor_n(x)`: to `places` decimal places, downward.
#[must_use]
pub fn floor(x: &Exact, places: u32) -> Exact {
    let scale = ten(places);
    Exact::new_raw((x.numer() * &scale).div_floor(x.denom()), scale)
}

/// `ceil_n(x)`: to `places` decimal places, upward.
#[must_use]
pub fn ceil(x: &Exact, places: u32) -> Exact {
    -floor(&-x, places)
}

/// The product, rounded downward to [`CUT`] places without the cost of reducing the fraction.
#[must_use]
pub fn cut_product(a: &Exact, b: &Exact) -> Exact {
    let scale = ten(CUT);
    let numer = a.numer() * b.numer() * &scale;
    Exact::new_raw(numer.div_floor(&(a.denom() * b.denom())), scale)
}

/// The product of two bounds, rounded upward to [`BOUND`] places, again without reducing.
#[must_use]
pub fn bound_product(a: &Exact, b: &Exact) -> Exact {
    let scale = ten(BOUND);
    let numer = a.numer() * b.numer() * &scale;
    Exact::new_raw(numer.div_ceil(&(a.denom() * b.denom())), scale)
}

/// The sum of bounds, each rounded upward to [`BOUND`] places.
#[must_use]
pub fn bound_sum(all: &[&Exact]) -> Exact {
    let scale = ten(BOUND);
    let mut sum = BigInt::zero();
    for x in all {
        if *x.denom() == scale {
            sum += x.numer();
        } else {
            sum += (x.numer() * &scale).div_ceil(x.denom());
        }
    }
    Exact::new_raw(sum, scale)
}

/// The sum of two numbers that were cut, again without reducing.
#[must_use]
pub fn cut_sum(a: &Exact, b: &Exact) -> Exact {
    if a.denom() == b.denom() {
        return Exact::new_raw(a.numer() + b.numer(), a.denom().clone());
    }
    let scale = ten(CUT);
    let sum = a.numer() * b.denom() + b.numer() * a.denom();
    Exact::new_raw((sum * &scale).div_floor(&(a.denom() * b.denom())), scale)
}

/// Reads `-?(0|[1-9][0-9]*)(\.[0-9]+)?` with at most `places` decimal places and not beyond 10^12 in size.
#[must_use]
pub fn decimal(text: &str, places: usize) -> Option<Exact> {
    output(text, places).filter(|x| x.abs() <= Exact::from_integer(ten(12)))
}

/// The same of any size: what comes out may be larger than what may go in.
#[must_use]
pub fn output(text: &str, places: usize) -> Option<Exact> {
    let (negative, digits) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text),
    };
    let (before, after) = match digits.split_once('.') {
        Some((before, after)) => (before, Some(after)),
        None => (digits, None),
    };
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    if !all_digits(before) || (before.len() > 1 && before.starts_with('0')) {
        return None;
    }
    if after.is_some_and(|a| !all_digits(a) || a.len() > places) {
        return None;
    }
    let after = after.unwrap_or_default();
    let numer: BigInt = format!("{before}{after}").parse().ok()?;
    let size = Exact::new(numer, ten(u32::try_from(after.len()).ok()?));
    Some(if negative { -size } else { size })
}

/// The canonical decimal text of `x`, rounded downward to `places` decimal places first.
#[must_use]
pub fn text(x: &Exact, places: u32) -> String {
    let scaled = floor(x, places).numer().clone();
    let sign = if scaled.is_negative() { "-" } else { "" };
    let (before, after) = scaled.abs().div_rem(&ten(places));
    if after.is_zero() {
        return format!("{sign}{before}");
    }
    let width = usize::try_from(places).unwrap_or(usize::MAX);
    let after = format!("{after:0>width$}");
    format!("{sign}{before}.{}", after.trim_end_matches('0'))
}
