//! From one quantity to another. A name that ends in `_floor` rounds down, one that ends in `_ceil` rounds up.

use ethnum::U256;
use rust_decimal::Decimal;

use super::exact::{OutOfRange, mul, mul_div_ceil, mul_div_floor, narrow, ten};
use super::kinds::{Index, Money, Points, Price, Rate, ShareValue, Units};
use super::price::HeldPrice;

impl Money {
    /// The points that this money buys at `price`: `ceil_8(self / price)` (RULES.md sections 4 and 6).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn points_ceil(self, price: Price) -> Result<Points, OutOfRange> {
        mul_div_ceil(self.raw(), ten(6 + 8), price.raw()).map(Points)
    }

    /// `n` yuan.
    #[must_use]
    pub fn yuan(n: i32) -> Self {
        Self(Decimal::new(i64::from(n) * 100, Self::PLACES))
    }

    /// Money from [`Points::worth`], or from a sum of it, rounded towards 0 to the cent.
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub(crate) fn from_worth(worth: i128) -> Result<Self, OutOfRange> {
        Self::checked_from_raw(worth / ten(16 - 2)).ok_or(OutOfRange)
    }

    /// `floor_8(self × rate)` as share value (RULES.md sections 4 and 6).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn share_value_floor(self, rate: Rate) -> Result<ShareValue, OutOfRange> {
        mul_div_floor(self.raw(), rate.raw(), ten(2)).map(ShareValue)
    }
}

impl Rate {
    /// 1, the factor that changes nothing.
    pub const ONE: Self = Self(Decimal::from_parts(100_000_000, 0, 0, false, Self::PLACES));

    /// `n` hundredths.
    #[must_use]
    pub fn percent(n: i32) -> Self {
        Self(Decimal::new(i64::from(n) * 1_000_000, Self::PLACES))
    }

    /// Whether it is a part of a whole: from 0 to 1, both ends included.
    #[must_use]
    pub fn is_part(self) -> bool {
        (0..=Self::SCALE).contains(&self.raw())
    }
}

impl ShareValue {
    /// 1000 share value, the amount that forecasts and probes follow.
    pub const THOUSAND: Self = Self(1_000 * Self::SCALE);

    /// Share value from [`Points::worth`], or from a sum of it, rounded towards 0 to 8 places. 1 share value counts as 1 yuan.
    pub(crate) const fn from_worth(worth: i128) -> Self {
        Self(worth / ten(16 - 8))
    }

    /// `floor_8(self × rate)` (RULES.md section 6).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn times_floor(self, rate: Rate) -> Result<Self, OutOfRange> {
        mul_div_floor(self.0, rate.raw(), ten(8)).map(Self)
    }

    /// `floor_8(self × part / whole)` (RULES.md section 6, Refund).
    ///
    /// # Errors
    /// [`OutOfRange`] if `whole` is not above 0.
    pub fn part_floor(self, part: Money, whole: Money) -> Result<Self, OutOfRange> {
        mul_div_floor(self.0, part.raw(), whole.raw()).map(Self)
    }

    /// The units that hold this share value: `ceil_8(self / nav)` (RULES.md section 5).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn units_ceil(self, nav: Index) -> Result<Units, OutOfRange> {
        mul_div_ceil(self.0, ten(18), nav.0).map(Units)
    }
}

impl Points {
    /// `floor_8(self × rate)` (RULES.md section 6).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn times_floor(self, rate: Rate) -> Result<Self, OutOfRange> {
        mul_div_floor(self.0, rate.raw(), ten(8)).map(Self)
    }

    /// `floor_8(self × part / whole)` (RULES.md section 6, Refund).
    ///
    /// # Errors
    /// [`OutOfRange`] if `whole` is not above 0.
    pub fn part_floor(self, part: Money, whole: Money) -> Result<Self, OutOfRange> {
        mul_div_floor(self.0, part.raw(), whole.raw()).map(Self)
    }

    /// `ceil_8(self × part / whole)` (RULES.md section 6, Refund).
    ///
    /// # Errors
    /// [`OutOfRange`] if `whole` is not above 0.
    pub fn part_ceil(self, part: Money, whole: Money) -> Result<Self, OutOfRange> {
        mul_div_ceil(self.0, part.raw(), whole.raw()).map(Self)
    }

    /// The value of these points at `price`, in yuan, rounded down to the cent. It is for display; no rule uses it.
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn worth_floor(self, price: Price) -> Result<Money, OutOfRange> {
        let cents = mul_div_floor(self.0, price.raw(), ten(8 + 8 - 2))?;
        Money::checked_from_raw(cents).ok_or(OutOfRange)
    }

    /// `self × price`, exactly, in 10^-24 yuan, for a price that was clamped to a band.
    pub(crate) fn worth_held(self, price: HeldPrice) -> Result<U256, OutOfRange> {
        mul(self.0, price.0)
    }

    /// `self × price`, exactly, in 10^-16 yuan.
    pub(crate) fn worth_exact(self, price: Price) -> Result<U256, OutOfRange> {
        mul(self.0, price.raw())
    }

    /// The same in 128 bits. Sums of it are rounded once, by [`Money::from_worth`] or [`ShareValue::from_worth`].
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub(crate) fn worth(self, price: Price) -> Result<i128, OutOfRange> {
        narrow(self.worth_exact(price)?)
    }
}

impl Units {
    /// `floor_8(self × nav)` as share value (RULES.md section 5).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn share_value_floor(self, nav: Index) -> Result<ShareValue, OutOfRange> {
        mul_div_floor(self.0, nav.0, ten(18)).map(ShareValue)
    }

    /// `floor_8(self × part / whole)` (RULES.md section 6, Refund).
    ///
    /// # Errors
    /// [`OutOfRange`] if `whole` is not above 0.
    pub fn part_floor(self, part: Money, whole: Money) -> Result<Self, OutOfRange> {
        mul_div_floor(self.0, part.raw(), whole.raw()).map(Self)
    }

    /// `floor_8(self / 10^3)`: the units after the beginning of a new era (RULES.md section 5).
    #[must_use]
    pub const fn next_era(self) -> Self {
        Self(self.0 / ten(3))
    }
}

impl Index {
    /// 1.
    pub const ONE: Self = Self(ten(18));

    /// Below this `nav` a new era begins: 10^-3.
    pub const ERA_FLOOR: Self = Self(ten(15));
}
