//! Exact whole numbers: products and quotients in 256 bits, rounded once, at the end.

use std::fmt;

use ethnum::U256;

use crate::wide;

/// A result that does not fit its quantity. The rules refuse it as `out_of_range`; they never round or wrap it. With a valid rule
/// set and inputs within the limits it does not occur in practice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exact result is too large to be kept")
    }
}

impl std::error::Error for OutOfRange {}

/// `10^n`, for scales only.
#[inline]
pub(super) const fn ten(n: u32) -> i128 {
    10_i128.pow(n)
}

/// `n` in 256 bits; [`OutOfRange`] if it is negative.
pub(crate) fn wide(n: i128) -> Result<U256, OutOfRange> {
    U256::try_from(n).map_err(|_| OutOfRange)
}

/// `n` in 128 bits with sign; [`OutOfRange`] if it does not fit.
pub(crate) fn narrow(n: U256) -> Result<i128, OutOfRange> {
    i128::try_from(n).map_err(|_| OutOfRange)
}

/// `a × b`, exactly.
pub(crate) fn mul(a: i128, b: i128) -> Result<U256, OutOfRange> {
    wide::product(wide(a)?, wide(b)?).ok_or(OutOfRange)
}

/// `floor(a × b ÷ divisor)` of the exact product; none of the three is negative.
pub(super) fn mul_div_floor(a: i128, b: i128, divisor: i128) -> Result<i128, OutOfRange> {
    wide::mul_add_div(a, b, 0, divisor).map(|(floor, _)| floor).ok_or(OutOfRange)
}

/// `ceil(a × b ÷ divisor)` of the exact product; none of the three is negative.
pub(super) fn mul_div_ceil(a: i128, b: i128, divisor: i128) -> Result<i128, OutOfRange> {
    let (floor, rest) = wide::mul_add_div(a, b, 0, divisor).ok_or(OutOfRange)?;
    floor.checked_add(i128::from(rest > 0)).ok_or(OutOfRange)
}
