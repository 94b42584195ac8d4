//! What orders and goods absorb: the points that were burned in the last closed days, and what the points that are held would be worth if
//! nobody joined any more.
//!
//! It changes nothing, so RULES.md does not have it. Everybody can compute it from what a server publishes: `burned` of its closed days and
//! its supply. Every figure is rounded once, downward; the number of days upward.

use ethnum::U256;

use crate::quantity::{Money, OutOfRange, Points, Price, mul, narrow};
use crate::wide;

/// The number of closed days that are looked at.
pub const ABSORPTION_DAYS: usize = 7;

/// The number of days that [`Absorption::worth_soon`] looks ahead.
pub const SOON_DAYS: i128 = 30;

/// [`ABSORPTION_DAYS`] as a factor.
const DAYS: i128 = 7;

/// What [`ABSORPTION_DAYS`] closed days absorbed. The points are above 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absorption {
    points: Points,
    /// The points of each day at its price, in 10^-16 yuan.
    worth: i128,
}

impl Absorption {
    /// `before` is the total burned before the first of these days. `days` has, for each day, the total burned by its end, and its price. A
    /// day counts as negative if more points came back than were burned. `None` if there are not exactly [`ABSORPTION_DAYS`] days, or if
    /// nothing was absorbed in sum.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit.
    pub fn of(before: Points, days: &[(Points, Price)]) -> Result<Option<Self>, OutOfRange> {
        if days.len() != ABSORPTION_DAYS {
            return Ok(None);
        }
        let (mut until, mut worth) = (before, 0_i128);
        for (burned, price) in days {
            let (more, less) = if *burned >= until { (*burned, until) } else { (until, *burned) };
            let part = more.minus(less)?.worth(*price)?;
            let sum = if *burned >= until { worth.checked_add(part) } else { worth.checked_sub(part) };
            (until, worth) = (*burned, sum.ok_or(OutOfRange)?);
        }
        if until <= before {
            return Ok(None);
        }
        Ok(Some(Self { points: until.minus(before)?, worth: worth.max(0) }))
    }

    /// Points a day.
    #[must_use]
    pub fn points_daily(&self) -> Points {
        Points::from_raw(self.points.raw() / DAYS)
    }

    /// Yuan a day, each day's points at its own price.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn worth_daily(&self) -> Result<Money, OutOfRange> {
        Money::from_worth(self.worth / DAYS)
    }

    /// In how many days as many points as `all` are absorbed at this rate: `all × 7 ÷ points`, rounded up.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn days_until(&self, all: Points) -> Result<i128, OutOfRange> {
        let points = self.points.raw();
        wide::mul_add_div(all.raw(), DAYS, points - 1, points).map(|(days, _)| days).ok_or(OutOfRange)
    }

    /// What a member's part of the points that [`SOON_DAYS`] days absorb is worth in yuan, at this rate and price. `mine` are the member's
    /// points, `all` the points of everybody: `mine × points × 30 ÷ (7 × all) × price`, rounded down, and at most the worth of `mine`.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn worth_soon(&self, mine: Points, all: Points, price: Price) -> Result<Money, OutOfRange> {
        let absorbed = self.points.raw().checked_mul(SOON_DAYS).ok_or(OutOfRange)?;
        let held = all.raw().checked_mul(DAYS).ok_or(OutOfRange)?;
        if absorbed >= held {
            return mine.worth_floor(price);
        }
        let unsigned = |n: i128| U256::try_from(n).map_err(|_| OutOfRange);
        let worth = wide::product(mul(mine.raw(), price.raw())?, unsigned(absorbed)?).ok_or(OutOfRange)?;
        // From 10^-16 yuan to cents.
        let by = mul(held, 10_i128.pow(14))?;
        let (cents, _) = wide::quotient(worth, by).ok_or(OutOfRange)?;
        Money::checked_from_raw(narrow(cents)?).ok_or(OutOfRange)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn points(text: &str) -> Points {
        Points::parse(text).expect("points")
    }

    fn price(text: &str) -> Price {
        Price::parse(text).expect("a price")
    }

    fn of(days: [(&str, &str); ABSORPTION_DAYS]) -> Option<Absorption> {
        Absorption::of(points("100"), &days.map(|(burned, at)| (points(burned), price(at)))).expect("in range")
    }

    /// 1, 2, 0, 7, 0, 0 and 4 points: 14, so 2 a day; 1 + 4 + 0 + 3.5 + 0 + 0 + 4 = 12.5 yuan, so 1.7857… a day.
    fn a_week() -> Absorption {
        of([("101", "1"), ("103", "2"), ("103", "1"), ("110", "0.5"), ("110", "1"), ("110", "1"), ("114", "1")])
            .expect("something is absorbed")
    }

    #[test]
    fn a_week_absorbs_the_mean_of_its_days_each_at_its_own_price() {
        let week = a_week();
        assert_eq!(week.points_daily(), points("2"));
        assert_eq!(week.worth_daily().map(|worth| worth.to_string()).as_deref(), Ok("1.78"));
    }

    #[test]
    fn all_points_take_as_many_days_as_the_rate_needs_and_a_part_of_a_day_is_a_day() {
        for (all, days) in
            [("0", 0), ("2", 1), ("2.00000001", 2), ("1000", 500), ("1001", 501), ("1000000000000", 500_000_000_000)]
        {
            assert_eq!(a_week().days_until(points(all)), Ok(days), "{all}");
        }
    }

    #[test]
    fn what_is_absorbed_in_30_days_is_shared_by_points_and_rounded_once() {
        // 60 of 1000 points: 6 of 100, and 1.9999999998 of 33.33333333, which are 1.659999999834 yuan.
        for (mine, all, soon) in
            [("100", "1000", "4.98"), ("33.33333333", "1000", "1.65"), ("0", "1000", "0"), ("100", "50", "83")]
        {
            let worth = a_week().worth_soon(points(mine), points(all), price("0.83"));
            assert_eq!(worth.map(|worth| worth.to_string()).as_deref(), Ok(soon), "{mine} of {all}");
        }
        // 60 points are all of 60, and not of one part more.
        assert_eq!(
            a_week().worth_soon(points("60"), points("60"), price("1")).map(|worth| worth.to_string()).as_deref(),
            Ok("60")
        );
        let one_more = a_week().worth_soon(points("60"), points("60.00000001"), price("1"));
        assert_eq!(one_more.map(|worth| worth.to_string()).as_deref(), Ok("59.99"));
        let largest = points("1000000000000");
        assert!(a_week().worth_soon(largest, largest, price("1000000000000")).is_ok());
    }

    #[test]
    fn what_comes_back_is_less_than_nothing_and_nothing_absorbed_is_no_rate() {
        let back = [("110", "1"), ("105", "2"), ("105", "1"), ("105", "1"), ("105", "1"), ("105", "1"), ("107", "1")];
        // 10 − 5 + 2 = 7 points; 10 − 10 + 2 = 2 yuan.
        let week = of(back).expect("something is absorbed");
        assert_eq!((week.points_daily(), week.worth_daily()), (points("1"), Ok(Money::parse("0.28").expect("money"))));
        assert_eq!(of([("100", "1"); ABSORPTION_DAYS]), None);
        assert_eq!(of([("99", "1"); ABSORPTION_DAYS]), None);
        assert_eq!(Absorption::of(points("100"), &[(points("101"), price("1")); 6]), Ok(None), "six days are too few");
    }
}
