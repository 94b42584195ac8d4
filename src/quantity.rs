//! Money, prices, rates, share value, points, units and indices: exact decimals with named roundings.
//!
//! Carries out RULES.md section 1. Money, prices and rates are [`rust_decimal::Decimal`]s kept at the fixed scale of
//! their kind; what can outgrow 96 bits (share value, points, units, indices) is a whole number of its smallest part.
//! Products and quotients are taken in 256 bits and rounded once, at the end, the way their name says.

use std::fmt;

use ethnum::U256;
use rust_decimal::Decimal;

use crate::limits::NUMBER_MAX;
use crate::wide;

/// A result that does not fit its quantity. No sound rule set and no input below the limits reaches it in practice;
/// it is refused as `out_of_range` instead of being rounded or wrapped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

impl fmt::Display for OutOfRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the exact result is too large to be kept")
    }
}

impl std::error::Error for OutOfRange {}

/// Why a text is not a decimal of section 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not `-?(0|[1-9][0-9]*)(\.[0-9]+)?`.
    Grammar,
    /// More decimal places than the quantity has, zeros counted.
    Places {
        /// How many it has at most.
        max: u32,
    },
    /// Larger than 10^12 in size.
    TooLarge,
    /// Negative where only a snapshot of balances is read.
    Negative,
}

impl fmt::Display for DecimalError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Grammar => f.write_str("is not a plain decimal such as `12.5`"),
            Self::Places { max } => write!(f, "has more than {max} decimal places"),
            Self::TooLarge => f.write_str("is larger than 10^12"),
            Self::Negative => f.write_str("is negative"),
        }
    }
}

impl std::error::Error for DecimalError {}

/// `10^n`, for scales only.
const fn ten(n: u32) -> i128 {
    10_i128.pow(n)
}

/// Whether `text` is `-?(0|[1-9][0-9]*)(\.[0-9]+)?`; answers with its number of decimal places.
fn places_of(text: &str) -> Result<u32, DecimalError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = match digits.split_once('.') {
        Some((whole, part)) => (whole, Some(part)),
        None => (digits, None),
    };
    let all_digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    let leading_zero = whole.len() > 1 && whole.starts_with('0');
    if !all_digits(whole) || leading_zero || !part.is_none_or(all_digits) {
        return Err(DecimalError::Grammar);
    }
    u32::try_from(part.map_or(0, str::len)).map_err(|_| DecimalError::Grammar)
}

/// Reads a decimal with at most `places` places as a whole number of its smallest part.
fn parse_any_size(text: &str, places: u32) -> Result<i128, DecimalError> {
    let given = places_of(text)?;
    if given > places {
        return Err(DecimalError::Places { max: places });
    }
    let size = text
        .bytes()
        .filter(u8::is_ascii_digit)
        .try_fold(0_i128, |n, b| n.checked_mul(10)?.checked_add(i128::from(b - b'0')))
        .and_then(|n| n.checked_mul(ten(places - given)))
        .ok_or(DecimalError::TooLarge)?;
    Ok(if text.starts_with('-') { -size } else { size })
}

/// The same, at most 10^12 in size: what events and rule sets may say.
fn parse(text: &str, places: u32) -> Result<i128, DecimalError> {
    let raw = parse_any_size(text, places)?;
    if raw.abs() > i128::from(NUMBER_MAX) * ten(places) {
        return Err(DecimalError::TooLarge);
    }
    Ok(raw)
}

/// Reads a balance, which may be larger than an input and is never negative.
fn parse_balance(text: &str, places: u32) -> Result<i128, DecimalError> {
    let raw = parse_any_size(text, places)?;
    if raw < 0 { Err(DecimalError::Negative) } else { Ok(raw) }
}

/// Writes `raw × 10^-places` canonically: no trailing zeros, `0` for zero.
fn fmt_fixed(raw: i128, places: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    fmt_places(raw, places, 0, f)
}

/// The same with at least `kept` decimal places.
pub(crate) fn fmt_places(raw: i128, places: u32, kept: u32, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    // From the last digit on: 39 digits and the point.
    let mut text = [0_u8; 40];
    let mut start = text.len();
    let mut put = |byte| {
        start -= 1;
        text[start] = byte;
        start
    };
    let mut rest = raw.unsigned_abs();
    let (mut place, mut begun) = (0, 0);
    while rest > 0 || place <= places {
        let digit = u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if digit > 0 || place + kept >= places || begun > 0 {
            if place == places && begun > 0 {
                put(b'.');
            }
            begun = put(b'0' + digit);
        }
        place += 1;
    }
    if raw < 0 {
        f.write_str("-")?;
    }
    f.write_str(str::from_utf8(&text[begun..]).unwrap_or_default())
}

/// A number that is never negative, in 256 bits.
pub(crate) fn wide(n: i128) -> Result<U256, OutOfRange> {
    U256::try_from(n).map_err(|_| OutOfRange)
}

/// Back from 256 bits.
pub(crate) fn narrow(n: U256) -> Result<i128, OutOfRange> {
    i128::try_from(n).map_err(|_| OutOfRange)
}

/// `a × b`, exactly.
pub(crate) fn mul(a: i128, b: i128) -> Result<U256, OutOfRange> {
    wide::product(wide(a)?, wide(b)?).ok_or(OutOfRange)
}

/// `floor(a × b ÷ divisor)` of the exact product; none of the three is negative.
fn mul_div_floor(a: i128, b: i128, divisor: i128) -> Result<i128, OutOfRange> {
    wide::mul_add_div(a, b, 0, divisor).map(|(floor, _)| floor).ok_or(OutOfRange)
}

/// `ceil(a × b ÷ divisor)` of the exact product; none of the three is negative.
fn mul_div_ceil(a: i128, b: i128, divisor: i128) -> Result<i128, OutOfRange> {
    let (floor, rest) = wide::mul_add_div(a, b, 0, divisor).ok_or(OutOfRange)?;
    floor.checked_add(i128::from(rest > 0)).ok_or(OutOfRange)
}

/// What all quantities share: reading, writing, comparing, adding.
macro_rules! common {
    ($name:ident, $places:literal) => {
        impl $name {
            /// Decimal places (RULES.md section 1).
            pub const PLACES: u32 = $places;

            /// How many of the smallest part make 1: `10^PLACES`.
            pub const SCALE: i128 = ten($places);

            /// The sum.
            ///
            /// # Errors
            /// [`OutOfRange`] if it does not fit.
            #[inline(never)]
            pub fn plus(self, other: Self) -> Result<Self, OutOfRange> {
                self.raw().checked_add(other.raw()).and_then(Self::checked_from_raw).ok_or(OutOfRange)
            }

            /// The difference, which is never negative.
            ///
            /// # Errors
            /// [`OutOfRange`] if `other` is the larger one.
            #[inline(never)]
            pub fn minus(self, other: Self) -> Result<Self, OutOfRange> {
                let rest = self.raw().checked_sub(other.raw()).filter(|rest| *rest >= 0);
                rest.and_then(Self::checked_from_raw).ok_or(OutOfRange)
            }

            /// Whether it is 0.
            #[must_use]
            pub fn is_zero(self) -> bool {
                self.raw() == 0
            }

            /// Whether it is above 0.
            #[must_use]
            pub fn is_positive(self) -> bool {
                self.raw() > 0
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
                Self::from_balance(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

/// A quantity that is a [`Decimal`] at a fixed scale.
macro_rules! decimal_quantity {
    ($(#[$doc:meta])* $name:ident, $places:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, Eq)]
        pub struct $name(Decimal);

        common!($name, $places);

        // All have one scale, so their raw numbers compare as they do, without rescaling.
        impl Ord for $name {
            fn cmp(&self, other: &Self) -> std::cmp::Ordering {
                self.raw().cmp(&other.raw())
            }
        }

        impl PartialOrd for $name {
            fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
                Some(self.cmp(other))
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.raw() == other.raw()
            }
        }

        impl $name {
            /// Reads it as section 1 of RULES.md wants: strictly, at most 10^12 in size, never rounded.
            ///
            /// # Errors
            /// [`DecimalError`], which the border reports as `bad_event` or `bad_rules`.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                parse(text, $places).and_then(|raw| Self::checked_from_raw(raw).ok_or(DecimalError::TooLarge))
            }

            /// Reads what a book says: canonical or not, of any size, never negative.
            pub(crate) fn from_balance(text: &str) -> Result<Self, DecimalError> {
                parse_balance(text, $places).and_then(|raw| Self::checked_from_raw(raw).ok_or(DecimalError::TooLarge))
            }

            /// The whole number of its smallest part.
            #[must_use]
            pub const fn raw(self) -> i128 {
                // INVARIANT: the scale is always `PLACES`, except for a default zero, whose mantissa is 0 at any scale.
                self.0.mantissa()
            }

            /// From a whole number of its smallest part; `None` beyond 96 bits.
            #[must_use]
            pub fn checked_from_raw(raw: i128) -> Option<Self> {
                Decimal::try_from_i128_with_scale(raw, $places).ok().map(Self)
            }

            /// As a [`Decimal`].
            #[must_use]
            pub fn to_decimal(self) -> Decimal {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_fixed(self.raw(), $places, f)
            }
        }
    };
}

/// A quantity that can outgrow 96 bits: a whole number of its smallest part.
macro_rules! wide_quantity {
    ($(#[$doc:meta])* $name:ident, $places:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(i128);

        common!($name, $places);

        impl $name {
            /// 0.
            pub const ZERO: Self = Self(0);

            /// Reads it as section 1 of RULES.md wants: strictly, at most 10^12 in size, never rounded.
            ///
            /// # Errors
            /// [`DecimalError`], which the border reports as `bad_event` or `bad_rules`.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                parse(text, $places).map(Self)
            }

            /// Reads what a book says: canonical or not, of any size, never negative.
            pub(crate) fn from_balance(text: &str) -> Result<Self, DecimalError> {
                parse_balance(text, $places).map(Self)
            }

            /// The whole number of its smallest part.
            #[must_use]
            pub const fn raw(self) -> i128 {
                self.0
            }

            /// From a whole number of its smallest part.
            #[must_use]
            pub const fn from_raw(raw: i128) -> Self {
                Self(raw)
            }

            // `common!` asks for this of narrow and wide quantities alike.
            const fn checked_from_raw(raw: i128) -> Option<Self> {
                Some(Self(raw))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt_fixed(self.0, $places, f)
            }
        }
    };
}

decimal_quantity! {
    /// Money (元), yuan with 2 places: amounts, concessions, pack prices, the deposit.
    Money, 2
}
decimal_quantity! {
    /// Yuan for one point (当日共享积分价值), 8 places.
    Price, 8
}
decimal_quantity! {
    /// A plain factor (比例), 8 places: `…_rate`, `…_multiple`, bands and limits.
    Rate, 8
}
wide_quantity! {
    /// Share value (共享值), 8 places: a weight, one's part in the day's release.
    ShareValue, 8
}
wide_quantity! {
    /// Share points (共享积分), 8 places: released, traded, redeemed, burned.
    Points, 8
}
wide_quantity! {
    /// Units, 8 places: how share value is held (RULES.md section 5).
    Units, 8
}
wide_quantity! {
    /// `nav` (share value per unit) or `acc` (points released per unit), 18 places (RULES.md section 5).
    Index, 18
}

impl Money {
    /// The points worth this money at `price`, rounded up: `ceil_8(self / price)` (RULES.md sections 4 and 6).
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn points_ceil(self, price: Price) -> Result<Points, OutOfRange> {
        mul_div_ceil(self.raw(), ten(6 + 8), price.raw()).map(Points)
    }

    /// So many whole yuan.
    #[must_use]
    pub fn yuan(n: i32) -> Self {
        Self(Decimal::new(i64::from(n) * 100, Self::PLACES))
    }

    /// What [`Points::worth`] or a sum of it is in cents, rounded towards 0.
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

    /// So many hundredths.
    #[must_use]
    pub fn percent(n: i32) -> Self {
        Self(Decimal::new(i64::from(n) * 1_000_000, Self::PLACES))
    }

    /// Whether it is a part of a whole: from 0 to 1, both included.
    #[must_use]
    pub fn is_part(self) -> bool {
        (0..=Self::SCALE).contains(&self.raw())
    }
}

impl ShareValue {
    /// 1000 share value: so much of one day's is followed by forecasts, probes and what came so far.
    pub const THOUSAND: Self = Self(1_000 * Self::SCALE);

    /// What [`Points::worth`] or a sum of it is in share value, of which 1 is worth a yuan: rounded towards 0.
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

    /// What these points are worth at `price`, in yuan, rounded down to the cent. For display; no rule uses it.
    ///
    /// # Errors
    /// [`OutOfRange`] if the result does not fit.
    pub fn worth_floor(self, price: Price) -> Result<Money, OutOfRange> {
        let cents = mul_div_floor(self.0, price.raw(), ten(8 + 8 - 2))?;
        Money::checked_from_raw(cents).ok_or(OutOfRange)
    }

    /// `self × price`, exactly, in 10^-24 yuan: as fine as a price that was held within a band.
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

    /// `floor_8(self / 10^3)`: what they become when a new era begins (RULES.md section 5).
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

/// A price that may have been held at an end of a band, in 10^-16 yuan: a price times a rate, not rounded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct HeldPrice(i128);

impl HeldPrice {
    /// A price as it is.
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

    /// `unit_price`, or the nearer end of `self × (1 ± band)` where it lies outside (RULES.md section 5, step 7).
    ///
    /// # Errors
    /// [`OutOfRange`] if a product does not fit.
    pub(crate) fn held_within(self, band: Rate, unit_price: Self) -> Result<HeldPrice, OutOfRange> {
        let low = self.raw().checked_mul(ten(8) - band.raw()).ok_or(OutOfRange)?;
        let high = self.raw().checked_mul(ten(8) + band.raw()).ok_or(OutOfRange)?;
        Ok(HeldPrice(HeldPrice::exactly(unit_price)?.0.clamp(low, high)))
    }

    /// This price moved towards `aim` (10^-8 yuan), as far as `daily_limit` lets it (RULES.md section 5, step 7).
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
            // A price so small that the limit rounds away can still move by its smallest part.
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
    fn a_decimal_is_read_strictly() {
        for good in ["0", "-0", "1", "-1.5", "0.05", "1.00000000", "1000000000000"] {
            assert!(Points::parse(good).is_ok(), "{good}");
        }
        for bad in
            ["", "-", "+1", "01", ".5", "5.", "1e3", "1_0", "NaN", "Infinity", " 1", "1 ", "1,0", "0x1", "--1", "１"]
        {
            assert_eq!(Points::parse(bad), Err(DecimalError::Grammar), "{bad}");
        }
        assert_eq!(Points::parse("1.000000000"), Err(DecimalError::Places { max: 8 }));
        assert_eq!(Money::parse("1.000"), Err(DecimalError::Places { max: 2 }));
        for large in ["1000000000000.00000001", "-1000000000001", "99999999999999999999999999999999999999999"] {
            assert_eq!(Points::parse(large), Err(DecimalError::TooLarge), "{large}");
        }
    }

    #[test]
    fn output_is_canonical() {
        for (given, canonical) in [
            ("12.50", "12.5"),
            ("-0", "0"),
            ("-0.00", "0"),
            ("100", "100"),
            ("0.00000001", "0.00000001"),
            ("-1.10", "-1.1"),
        ] {
            assert_eq!(Points::parse(given).map(|p| p.to_string()), Ok(canonical.into()));
        }
        assert_eq!(Money::parse("12.50").map(|m| m.to_string()), Ok("12.5".into()));
        assert_eq!(Money::default().to_string(), "0");
        assert_eq!(Index::from_raw(644_515_612_489_991_994).to_string(), "0.644515612489991994");
    }

    #[test]
    fn the_deposit_of_500_yuan_is_500_250_or_100_points() -> Result<(), Box<dyn std::error::Error>> {
        for (price, points) in [("1", "500"), ("2", "250"), ("5", "100"), ("3", "166.66666667")] {
            assert_eq!(Money::parse("500")?.points_ceil(Price::parse(price)?)?, Points::parse(points)?);
        }
        Ok(())
    }

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
