//! The next day's price.
//!
//! Carries out RULES.md section 5, step 7: which turnovers are recorded, over how many the mean is taken, and how the price
//! follows. Only [`crate::day::close`] calls [`next`].

use std::collections::VecDeque;

use ethnum::U256;

use crate::quantity::{Money, OutOfRange, Points, Price, mul, narrow};
use crate::ruleset::{PricePolicy, RuleSet};
use crate::wide::mul_add_div;

/// The figures of a day on which the next price depends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signals {
    /// Concessions of the orders that vested on the day, less what of them was refunded on the same day, yuan.
    pub turnover: Money,
    /// Points of the day's confirmed trades.
    pub traded: Points,
    /// The money of these trades, in 10^-24 yuan. A unit price outside the band at the moment of confirmation counts as the
    /// nearer end of the band.
    pub traded_money: U256,
}

/// The last recorded turnovers, at most as many as the window has days, and their sum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentTurnovers {
    window_days: usize,
    /// Newest first.
    recorded: VecDeque<Money>,
    /// In cents.
    sum: i128,
}

impl RecentTurnovers {
    /// The last `price.window_days` of the given turnovers: those that the next price depends on.
    ///
    /// # Errors
    /// [`OutOfRange`] if their sum does not fit.
    pub fn for_price(rules: &RuleSet, newest_first: impl IntoIterator<Item = Money>) -> Result<Self, OutOfRange> {
        Self::of(usize::try_from(rules.price_window_days).unwrap_or(usize::MAX), newest_first)
    }

    /// The last `window_days` of the given turnovers.
    ///
    /// # Errors
    /// [`OutOfRange`] if their sum does not fit.
    pub fn of(window_days: usize, newest_first: impl IntoIterator<Item = Money>) -> Result<Self, OutOfRange> {
        let (mut recorded, mut sum) = (Vec::new(), 0_i128);
        for turnover in newest_first.into_iter().take(window_days) {
            if recorded.is_empty() {
                // The book makes a window at every close. With room for the usual window and today it allocates once.
                recorded.reserve(window_days.min(30) + 1);
            }
            sum = sum.checked_add(turnover.raw()).ok_or(OutOfRange)?;
            recorded.push(turnover);
        }
        Ok(Self { window_days, recorded: recorded.into(), sum })
    }

    /// Records the turnover of the next day. Days before the first turnover above 0 are not recorded; later days are, even with
    /// 0. Returns the turnover if it was recorded.
    ///
    /// # Errors
    /// [`OutOfRange`] if the sum does not fit.
    #[inline]
    pub fn record(&mut self, turnover: Money) -> Result<Option<Money>, OutOfRange> {
        let begun = !self.recorded.is_empty();
        if !begun && !turnover.is_positive() {
            return Ok(None);
        }
        self.recorded.push_front(turnover);
        self.sum = self.sum.checked_add(turnover.raw()).ok_or(OutOfRange)?;
        if self.recorded.len() > self.window_days {
            self.sum -= self.recorded.pop_back().unwrap_or_default().raw();
        }
        Ok(Some(turnover))
    }

    /// The turnovers, newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = Money> {
        self.recorded.iter().copied()
    }
}

/// The price of the day after one that was closed at `price`.
///
/// # Errors
/// [`OutOfRange`] if a product does not fit.
#[inline]
pub fn next(
    rules: &RuleSet,
    price: Price,
    turnovers: &RecentTurnovers,
    signals: &Signals,
) -> Result<Price, OutOfRange> {
    let aim = match rules.price_policy {
        PricePolicy::Turnover => turnover_aim(rules, turnovers)?,
        PricePolicy::Market => market_aim(rules, signals)?,
        PricePolicy::Operator => None,
    };
    match aim {
        Some(aim) => price.towards(aim, rules.price_daily_limit),
        None => Ok(price),
    }
}

/// `floor_8(mean turnover of the last window_days recorded days / release.daily)`, in 10^-8 yuan; `None` if no day is recorded.
fn turnover_aim(rules: &RuleSet, turnovers: &RecentTurnovers) -> Result<Option<i128>, OutOfRange> {
    let days = i128::try_from(turnovers.recorded.len()).map_err(|_| OutOfRange)?;
    if days == 0 {
        return Ok(None);
    }
    // 10^-2 yuan over 10^-8 points, wanted in 10^-8 yuan a point.
    let by = days.checked_mul(rules.release_daily.raw()).ok_or(OutOfRange)?;
    Ok(Some(mul_add_div(turnovers.sum, 10_i128.pow(14), 0, by).map_or(BEYOND, |(aim, _)| aim)))
}

/// `floor_8(money / points)` of the day's confirmed trades, in 10^-8 yuan; `None` below `price.min_volume`.
fn market_aim(rules: &RuleSet, signals: &Signals) -> Result<Option<i128>, OutOfRange> {
    if !signals.traded.is_positive() || signals.traded < rules.price_min_volume {
        return Ok(None);
    }
    // 10^-24 yuan over 10^-8 points, wanted in 10^-8 yuan a point.
    let by = mul(signals.traded.raw(), 10_i128.pow(8))?;
    Ok(Some(narrow(signals.traded_money / by).unwrap_or(BEYOND)))
}

/// An aim beyond every price, which is at most 10^12 yuan: it stands for all aims that do not fit.
const BEYOND: i128 = 10_i128.pow(20);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turnovers_are_recorded_from_the_first_above_0_and_the_oldest_leave_the_window() -> Result<(), OutOfRange> {
        let mut recent = RecentTurnovers::of(2, [])?;
        assert_eq!(recent.record(Money::default())?, None);
        for (turnover, sum) in [(7, 700), (0, 700), (5, 500), (0, 500), (0, 0)] {
            assert_eq!(recent.record(Money::yuan(turnover))?, Some(Money::yuan(turnover)));
            assert_eq!(recent.sum, sum, "after {turnover}");
        }
        Ok(())
    }

    #[test]
    fn a_window_that_is_rebuilt_is_the_one_that_was_kept() -> Result<(), OutOfRange> {
        let days = [3, 0, 4, 1, 0, 9];
        let mut kept = RecentTurnovers::of(3, [])?;
        for day in days {
            kept.record(Money::yuan(day))?;
        }
        assert_eq!(RecentTurnovers::of(3, days.into_iter().rev().map(Money::yuan))?, kept);
        assert_eq!(kept.newest_first().collect::<Vec<_>>(), [9, 0, 1].map(Money::yuan));
        Ok(())
    }
}
