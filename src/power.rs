//! Powers of ratios in fixed point: growth over a number of days, and the closed form of the economics.
//!
//! They serve statistics, never a balance. Fixed point instead of floats lets a phone, a browser and the server print the same
//! digits. The relative error is below 10^-15.

use crate::quantity::Rate;

/// 1 with 62 binary places, so that the square of a number below 2 fits 128 bits.
const ONE: u128 = 1 << PLACES;
const PLACES: u32 = 62;

/// `2^(1/2), 2^(1/4), …`
const ROOTS: [u128; 62] = {
    let mut roots = [0; 62];
    let mut root = 2 * ONE;
    let mut i = 0;
    while i < roots.len() {
        root = (root << PLACES).isqrt();
        roots[i] = root;
        i += 1;
    }
    roots
};

/// A binary logarithm, with 62 binary places.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Log2(i128);

impl Log2 {
    /// The logarithm of `number`; `None` for 0.
    #[must_use]
    pub fn of(number: u128) -> Option<Self> {
        let whole = number.checked_ilog2()?;
        let mut rest = if whole > PLACES { number >> (whole - PLACES) } else { number << (PLACES - whole) };
        let mut log = i128::from(whole);
        for _ in 0..PLACES {
            rest = (rest * rest) >> PLACES;
            log <<= 1;
            if rest >= 2 * ONE {
                rest >>= 1;
                log |= 1;
            }
        }
        Some(Self(log))
    }

    /// The logarithm of `a ÷ b`; `None` if one of them is 0.
    #[must_use]
    pub fn of_ratio(a: u128, b: u128) -> Option<Self> {
        Some(Self(Self::of(a)?.0 - Self::of(b)?.0))
    }

    /// `self × a ÷ b`, rounded towards 0; `None` if `self × a` does not fit 128 bits or `b` is 0.
    #[must_use]
    pub fn times(self, a: i128, b: i128) -> Option<Self> {
        self.0.checked_mul(a)?.checked_div(b).map(Self)
    }

    /// `amount × 2^self`, rounded down; `None` if it does not fit. `amount` is below 2^64.
    #[must_use]
    pub fn scale(self, amount: u128) -> Option<u128> {
        let part = self.0.rem_euclid(1 << PLACES).cast_unsigned();
        let whole = self.0.div_euclid(1 << PLACES);
        let mut power = ONE;
        for (root, place) in ROOTS.iter().zip((0..PLACES).rev()) {
            if part >> place & 1 == 1 {
                power = (power * root) >> PLACES;
            }
        }
        let scaled = amount.checked_mul(power)?;
        let shift = whole - i128::from(PLACES);
        let places = u32::try_from(shift.unsigned_abs()).ok()?;
        if shift < 0 {
            return Some(scaled.checked_shr(places).unwrap_or(0));
        }
        scaled.checked_shl(places).filter(|shifted| shifted >> places == scaled)
    }

    /// `2^self` as a rate, rounded down to 8 places; `None` if it does not fit.
    #[must_use]
    pub fn power(self) -> Option<Rate> {
        Rate::checked_from_raw(i128::try_from(self.scale(100_000_000)?).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powers_are_those_of_a_pocket_calculator() {
        // 1.15^(365/30), 1.15^(730/30), (1/2)^(1/15), 3^-2, as bc gives them.
        for (a, b, times, by, expected) in [
            (115, 100, 365, 30, "5.47633984"),
            (115, 100, 730, 30, "29.99029805"),
            (1, 2, 1, 15, "0.95484160"),
            (3, 1, -2, 1, "0.11111111"),
            (85, 100, 30, 30, "0.85"),
        ] {
            let power = Log2::of_ratio(a, b).and_then(|log| log.times(times, by)?.power());
            let expected = Rate::parse(expected).expect("a rate").raw();
            let power = power.expect("it fits").raw();
            assert!((power - expected).abs() <= 1, "{a}/{b}^({times}/{by}): {power}");
        }
        assert_eq!(Log2::of(0), None);
    }
}
