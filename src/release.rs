//! Share value and the day's release: units, `nav`, `acc`, eras, grants.
//!
//! Carries out RULES.md section 5. The release of a day changes two numbers, however many accounts there are. An account is
//! settled when an event names it, and no result depends on when that is. This room computes how many points are released; the
//! book moves them.

use ethnum::U256;
use serde::{Deserialize, Serialize};

use crate::limits::UNITS_RAW_MAX;
use crate::quantity::{Index, OutOfRange, Points, Price, ShareValue, Units, mul, narrow, wide};
use crate::ruleset::RuleSet;
use crate::wide::{mul_add_div, product, quotient};

/// 10^-8 points in parts of 10^-26, in which carries and products of units and an index are counted.
const PER_POINT_PART: i128 = 10_i128.pow(18);

/// Writes a whole number as text, because JavaScript rounds numbers beyond 2^53.
mod exact {
    use std::borrow::Cow;
    use std::fmt::Display;
    use std::str::FromStr;

    use serde::de::{Deserialize as _, Deserializer, Error as _};
    use serde::ser::Serializer;

    pub(super) fn serialize<T: Display, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(value)
    }

    pub(super) fn deserialize<'de, T: FromStr, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
        let text = Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(|_| D::Error::custom("must be a whole number as text"))
    }
}

/// The state of the release, which all accounts share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Release {
    /// The era, from 0.
    pub era: u32,
    /// Units of all members (`W`).
    pub units: Units,
    /// Share value per unit.
    pub nav: Index,
    /// Points released per unit since the era began.
    pub acc: Index,
    /// Released points that are too few to raise `acc` by its smallest part, in 10^-26 points. The next release adds them.
    #[serde(with = "exact")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub(crate) carry_points: i128,
    /// Converted share value that is too little to lower `nav` by its smallest part, in 10^-26. The next release adds it.
    #[serde(with = "exact")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub(crate) carry_value: i128,
    /// Points that refunds returned and that will be released again.
    pub returned: Points,
}

impl Default for Release {
    fn default() -> Self {
        Self {
            era: 0,
            units: Units::ZERO,
            nav: Index::ONE,
            acc: Index::ZERO,
            carry_points: 0,
            carry_value: 0,
            returned: Points::ZERO,
        }
    }
}

/// The part of one account in the release, as it was last settled.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Holding {
    /// Its units.
    pub units: Units,
    /// `acc` when the account was last settled.
    pub acc: Index,
    /// The era in which the account was last settled.
    pub era: u32,
    /// Earned points below 10^-8, in 10^-26 points: less than 10^18.
    #[serde(with = "exact")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub fraction: u64,
}

impl Holding {
    /// A holding of no units, settled to the present, so that share value can be given to it.
    #[must_use]
    pub fn new_at(release: &Release) -> Self {
        Self { acc: release.acc, era: release.era, ..Self::default() }
    }
}

/// A grant of share value: what a refund needs to take it back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Grant {
    /// The units that were given.
    pub units: Units,
    /// `acc` at the moment of giving.
    pub acc: Index,
    /// The era at the moment of giving.
    pub era: u32,
}

/// The release of one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DayRelease {
    /// Points released. They go to the pool.
    pub released: Points,
    /// Share value of all members before the release (`T`).
    pub total: ShareValue,
    /// The last `acc` of each era that ended; empty on most days.
    pub ended: Vec<Index>,
}

/// The last `acc` of every era that has ended, from era 0.
pub type EndedEras = [Index];

/// What `units` have earned since `acc` in `era`, in 10^-26 points: units × (last `acc` − first `acc`), summed over the eras
/// since then. Also returns the units that they are now.
fn earned_since(
    mut units: Units,
    mut acc: Index,
    era: u32,
    release: &Release,
    ended: &EndedEras,
) -> Result<(U256, Units), OutOfRange> {
    let passed = ended.get(usize::try_from(era).map_err(|_| OutOfRange)?..).ok_or(OutOfRange)?;
    let mut sum = U256::ZERO;
    for last in passed {
        if units.is_zero() {
            return Ok((sum, units));
        }
        sum = sum.checked_add(mul(units.raw(), last.minus(acc)?.raw())?).ok_or(OutOfRange)?;
        units = units.next_era();
        acc = Index::ZERO;
    }
    let now = mul(units.raw(), release.acc.minus(acc)?.raw())?;
    Ok((sum.checked_add(now).ok_or(OutOfRange)?, units))
}

impl Release {
    /// The release as a day record describes it. Accounts can be settled with it, but no day can be closed: the carries are
    /// missing.
    #[must_use]
    pub fn recorded(era: u32, units: Units, nav: Index, acc: Index) -> Self {
        Self { era, units, nav, acc, ..Self::default() }
    }

    /// Share value of all members: `floor_8(W × nav)`.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn total(&self) -> Result<ShareValue, OutOfRange> {
        self.units.share_value_floor(self.nav)
    }

    /// Settles an account to the present. Returns the points that it earned since it was last settled; parts below 10^-8 stay in
    /// its `fraction`.
    ///
    /// # Errors
    /// [`OutOfRange`] if they do not fit. The account is then unchanged.
    pub fn settle(&self, holding: &mut Holding, ended: &EndedEras) -> Result<Points, OutOfRange> {
        let (sum, units) = earned_since(holding.units, holding.acc, holding.era, self, ended)?;
        let sum = sum.checked_add(U256::from(holding.fraction)).ok_or(OutOfRange)?;
        let part = wide(PER_POINT_PART)?;
        let (points, fraction) = quotient(sum, part).ok_or(OutOfRange)?;
        let points = narrow(points)?;
        let fraction = u64::try_from(fraction).map_err(|_| OutOfRange)?;
        *holding = Holding { units, acc: self.acc, era: self.era, fraction };
        Ok(Points::from_raw(points))
    }

    /// Gives share value to a settled account. It gets `ceil_8(s / nav)` units.
    ///
    /// # Errors
    /// [`OutOfRange`] if the total of all units would leave its limit.
    pub fn give(&mut self, holding: &mut Holding, share_value: ShareValue) -> Result<Grant, OutOfRange> {
        debug_assert!(
            holding.era == self.era && holding.acc == self.acc,
            "an account is settled before it is given to"
        );
        let units = share_value.units_ceil(self.nav)?;
        let total = self.units.plus(units)?;
        if total.raw() > UNITS_RAW_MAX {
            return Err(OutOfRange);
        }
        holding.units = holding.units.plus(units)?;
        self.units = total;
        Ok(Grant { units, acc: self.acc, era: self.era })
    }

    /// The points that a grant has earned until now, rounded down once.
    ///
    /// # Errors
    /// [`OutOfRange`] if they do not fit.
    pub fn earned(&self, grant: &Grant, ended: &EndedEras) -> Result<Points, OutOfRange> {
        let (sum, _) = earned_since(grant.units, grant.acc, grant.era, self, ended)?;
        Ok(Points::from_raw(narrow(sum / wide(PER_POINT_PART)?)?))
    }

    /// Takes a grant back from a settled account: `min(units of the account, units of the grant now)`. Returns the units taken.
    ///
    /// # Errors
    /// [`OutOfRange`] if the grant is not of this release.
    pub fn take_back(&mut self, holding: &mut Holding, grant: &Grant, ended: &EndedEras) -> Result<Units, OutOfRange> {
        let (_, now) = earned_since(grant.units, grant.acc, grant.era, self, ended)?;
        let taken = holding.units.min(now);
        holding.units = holding.units.minus(taken)?;
        self.units = self.units.minus(taken)?;
        Ok(taken)
    }

    /// Closes a day (RULES.md section 5, steps 2 to 5).
    ///
    /// # Errors
    /// [`OutOfRange`] if a result does not fit. Nothing is then changed.
    pub fn close(&mut self, rules: &RuleSet, price: Price, issued: Points) -> Result<DayRelease, OutOfRange> {
        let total = self.total()?;
        let wanted = rules.release_daily.plus(self.returned)?.min(rules.supply_cap.minus(issued)?);
        let released = self.convertible(wanted, total, rules.release_min_total, price)?;
        if !released.is_positive() {
            return Ok(DayRelease { released: Points::ZERO, total, ended: Vec::new() });
        }
        let mut next = *self;
        let beyond_daily = released.minus(rules.release_daily).unwrap_or_default();
        next.returned = next.returned.minus(beyond_daily.min(next.returned))?;
        let price = price.raw().checked_mul(10_i128.pow(10)).ok_or(OutOfRange)?;
        let ended = next.release_exact(released, (released.raw(), price))?;
        *self = next;
        Ok(DayRelease { released, total, ended })
    }

    /// `wanted`, or the points whose release would leave just `min_total` of share value if that is less:
    /// `floor_8((T − min_total − carry_value) / P)`, 0 where that is negative.
    fn convertible(
        &self,
        wanted: Points,
        total: ShareValue,
        min_total: ShareValue,
        price: Price,
    ) -> Result<Points, OutOfRange> {
        let Ok(above) = total.minus(min_total) else { return Ok(Points::ZERO) };
        // In 10^-26. If the carry is larger, there is nothing to convert.
        let value = mul(above.raw(), PER_POINT_PART)?;
        let Some(value) = value.checked_sub(wide(self.carry_value)?) else { return Ok(Points::ZERO) };
        let divisor = mul(price.raw(), 10_i128.pow(10))?;
        // On most days all of `wanted` can be released. A product shows it without the division below.
        if product(divisor, wide(wanted.raw())?).is_some_and(|worth| worth <= value) {
            return Ok(wanted);
        }
        // A quotient that does not fit is larger than `wanted`.
        let most = quotient(value, divisor).ok_or(OutOfRange)?.0;
        Ok(wanted.min(Points::from_raw(narrow(most).unwrap_or(i128::MAX))))
    }

    /// Steps 3 to 5 for any value: spreads `points` over all units and takes `value` from their share value. Returns the last
    /// `acc` of each era that ended.
    ///
    /// # Errors
    /// [`OutOfRange`] if there are no units, or if `value` is not below all share value. Nothing is then changed.
    pub fn release(&mut self, points: Points, value: ShareValue) -> Result<Vec<Index>, OutOfRange> {
        self.release_exact(points, (value.raw(), PER_POINT_PART))
    }

    /// The same, with the value as two factors whose product is in 10^-26.
    fn release_exact(&mut self, points: Points, value: (i128, i128)) -> Result<Vec<Index>, OutOfRange> {
        let mut next = *self;
        next.spread(points, value)?;
        let ended = next.begin_eras()?;
        *self = next;
        Ok(ended)
    }

    /// Steps 3 and 4.
    fn spread(&mut self, points: Points, (value, scale): (i128, i128)) -> Result<(), OutOfRange> {
        let units = self.units.raw();
        let step = mul_add_div(points.raw(), PER_POINT_PART, self.carry_points, units);
        let (step, points_left) = step.ok_or(OutOfRange)?;
        let drop = mul_add_div(value, scale, self.carry_value, units);
        let (drop, value_left) = drop.ok_or(OutOfRange)?;
        self.acc = self.acc.plus(Index::from_raw(step))?;
        self.nav = self.nav.minus(Index::from_raw(drop))?;
        if self.nav.is_zero() {
            return Err(OutOfRange);
        }
        self.carry_points = points_left;
        self.carry_value = value_left;
        Ok(())
    }

    /// Step 5: while `nav < 10^-3` a new era begins.
    fn begin_eras(&mut self) -> Result<Vec<Index>, OutOfRange> {
        let mut ended = Vec::new();
        // INVARIANT: `nav` is above 0, so this ends after six eras at most.
        while self.nav < Index::ERA_FLOOR {
            ended.push(self.acc);
            self.acc = Index::ZERO;
            self.units = self.units.next_era();
            self.nav = Index::from_raw(self.nav.raw() * 1_000);
            self.era = self.era.checked_add(1).ok_or(OutOfRange)?;
        }
        Ok(ended)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn share_value(text: &str) -> ShareValue {
        ShareValue::parse(text).unwrap_or_default()
    }

    #[test]
    fn with_498_points_100_of_10_000_share_value_earns_4_98() -> Result<(), OutOfRange> {
        let mut release = Release::default();
        let (mut mine, mut others) = (Holding::default(), Holding::default());
        release.give(&mut mine, share_value("100"))?;
        release.give(&mut others, share_value("9900"))?;
        release.release(Points::parse("498").unwrap_or_default(), share_value("498"))?;
        assert_eq!(release.settle(&mut mine, &[])?.to_string(), "4.98");
        assert_eq!(mine.units.share_value_floor(release.nav)?.to_string(), "95.02");
        Ok(())
    }

    #[test]
    fn settling_in_between_changes_nothing() -> Result<(), OutOfRange> {
        let mut release = Release::default();
        let (mut often, mut once, mut rest) = (Holding::default(), Holding::default(), Holding::default());
        release.give(&mut often, share_value("7.00000003"))?;
        release.give(&mut once, share_value("7.00000003"))?;
        release.give(&mut rest, share_value("1000"))?;
        let mut ended = Vec::new();
        let mut points = Points::ZERO;
        for _ in 0..60 {
            let value = ShareValue::from_raw(release.total()?.raw() / 3);
            ended.extend(release.release(Points::from_raw(88_800_000_001), value)?);
            points = points.plus(release.settle(&mut often, &ended)?)?;
        }
        assert!(release.era >= 2, "the test passes through eras");
        assert_eq!(release.settle(&mut once, &ended)?, points);
        assert_eq!(often, once);
        Ok(())
    }

    #[test]
    fn a_grant_that_would_lift_the_units_beyond_their_limit_is_refused() {
        let mut release = Release::default();
        let mut holding = Holding::default();
        assert_eq!(release.give(&mut holding, ShareValue::from_raw(UNITS_RAW_MAX + 1)), Err(OutOfRange));
        assert_eq!((release, holding), (Release::default(), Holding::default()));
    }
}
