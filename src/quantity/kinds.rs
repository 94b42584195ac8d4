//! The kinds of quantities, each with its scale: reading, writing, comparing, adding.

use std::fmt;

use rust_decimal::Decimal;

use super::exact::{OutOfRange, ten};
use super::text::{DecimalError, fmt_fixed, parse, parse_balance};

/// The functions that all quantities have.
macro_rules! common {
    ($name:ident, $places:literal) => {
        impl $name {
            /// Decimal places (RULES.md section 1).
            pub const PLACES: u32 = $places;

            /// The number of smallest parts in 1: `10^PLACES`.
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
        pub struct $name(pub(super) Decimal);

        common!($name, $places);

        // All values have the same scale, so comparing the raw numbers needs no rescaling.
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
            /// Reads a decimal strictly (RULES.md section 1): from −10^12 to 10^12, never rounded.
            ///
            /// # Errors
            /// [`DecimalError`]; readers of events and rule sets refuse it as `bad_event` and `bad_rules`.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                parse(text, $places).and_then(|raw| Self::checked_from_raw(raw).ok_or(DecimalError::TooLarge))
            }

            /// Reads a balance of a book: canonical or not, of any size, not negative.
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
        pub struct $name(pub(super) i128);

        common!($name, $places);

        impl $name {
            /// 0.
            pub const ZERO: Self = Self(0);

            /// Reads a decimal strictly (RULES.md section 1): from −10^12 to 10^12, never rounded.
            ///
            /// # Errors
            /// [`DecimalError`]; readers of events and rule sets refuse it as `bad_event` and `bad_rules`.
            pub fn parse(text: &str) -> Result<Self, DecimalError> {
                parse(text, $places).map(Self)
            }

            /// Reads a balance of a book: canonical or not, of any size, not negative.
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
            pub(super) const fn checked_from_raw(raw: i128) -> Option<Self> {
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
    /// Money (元): yuan with 2 places. Amounts, concessions, pack prices, the deposit.
    Money, 2
}
decimal_quantity! {
    /// A price (当日共享积分价值): yuan for one point, 8 places.
    Price, 8
}
decimal_quantity! {
    /// A factor (比例), 8 places: `…_rate`, `…_multiple`, bands and limits.
    Rate, 8
}
wide_quantity! {
    /// Share value (共享值), 8 places: a member's weight in the day's release.
    ShareValue, 8
}
wide_quantity! {
    /// Share points (共享积分), 8 places. They are released, traded, redeemed and burned.
    Points, 8
}
wide_quantity! {
    /// Units (份额), 8 places. Share value is held as units (RULES.md section 5).
    Units, 8
}
wide_quantity! {
    /// `nav` (净值, share value per unit) or `acc` (points released per unit), 18 places (RULES.md section 5).
    Index, 18
}
