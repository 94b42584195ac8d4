//! The price within its band and its daily limit.

use rust_decimal::Decimal;

use super::exact::{OutOfRange, mul_div_ceil, mul_div_floor, ten};
use super::kinds::{Price, Rate};
use crate::limits::NUMBER_MAX;

/// A price clamped to a band, in 10^-16 yuan: an end of a band is a price times a rate, and it is not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeldPrice(pub(super) i128);

impl HeldPrice {
    /// The price itself.
    pub(crate) fn exactly(price: Price) -> Result<Self, OutOfRange> {
        price.raw().checked_mul(ten(8)).map(Self).ok_or(OutOfRange)
    }
}

impl Price {
    /// The smallest price: 10^-8.
    #[must_use]
    pub fn min() -> Self {
        Self(Decimal::new(1, 8))
    }

    /// Whether `unit_price` lies within `self × (1 ± band)`, ends included, exactly (RULES.md section 4, Market).
    ///
    /// # Errors
    /// [`OutOfRange`] if a product does not fit.
    pub fn band_holds(self, band: Rate, unit_price: Self) -> Result<bool, OutOfRange> {
        Ok(self.held_within(band, unit_price)? == HeldPrice::exactly(unit_price)?)
    }

    /// `unit_price`, or the nearer end of `self × (1 ± band)` if it lies outside (RULES.md section 5, step 7).
    ///
    /// # Errors
    /// [`OutOfRange`] if a product does not fit.
    pub(crate) fn held_within(self, band: Rate, unit_price: Self) -> Result<HeldPrice, OutOfRange> {
        let low = self.raw().checked_mul(ten(8) - band.raw()).ok_or(OutOfRange)?;
        let high = self.raw().checked_mul(ten(8) + band.raw()).ok_or(OutOfRange)?;
        Ok(HeldPrice(HeldPrice::exactly(unit_price)?.0.clamp(low, high)))
    }

    /// This price moved towards `aim` (in 10^-8 yuan) by at most `daily_limit` (RULES.md section 5, step 7).
    ///
    /// # Errors
    /// [`OutOfRange`] if a product does not fit.
    pub fn towards(self, aim: i128, daily_limit: Rate) -> Result<Self, OutOfRange> {
        if aim == self.raw() {
            return Ok(self);
        }
        let mut low = mul_div_ceil(self.raw(), ten(8) - daily_limit.raw(), ten(8))?;
        let mut high = mul_div_floor(self.raw(), ten(8) + daily_limit.raw(), ten(8))?;
        if daily_limit.is_positive() {
            // If the limit of a small price rounds to 0, the price can still move by its smallest part.
            low = low.min(self.raw() - 1);
            high = high.max(self.raw() + 1);
        }
        let largest = i128::from(NUMBER_MAX) * ten(8);
        Self::checked_from_raw(aim.clamp(low, high).clamp(1, largest)).ok_or(OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_moves_at_most_by_the_limit_and_at_least_by_its_smallest_part() -> Result<(), Box<dyn std::error::Error>>
    {
        let limit = Rate::parse("0.1")?;
        for (from, aim, to) in [
            ("1", "5", "1.1"),
            ("1", "0", "0.9"),
            ("1", "1.05", "1.05"),
            ("0.00000003", "1", "0.00000004"),
            ("0.00000003", "0", "0.00000002"),
            ("0.00000001", "0", "0.00000001"),
            ("1000000000000", "1000000000000", "1000000000000"),
        ] {
            assert_eq!(
                Price::parse(from)?.towards(Price::parse(aim)?.raw(), limit)?,
                Price::parse(to)?,
                "{from} {aim}"
            );
        }
        assert_eq!(Price::parse("1")?.towards(0, Rate::default())?, Price::parse("1")?);
        Ok(())
    }
}
