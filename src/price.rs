//! The next day's price: one formula for the book, the forecast and the simulator.
//!
//! Carries out RULES.md section 5, step 7.

use ethnum::U256;

use crate::limits::NUMBER_MAX;
use crate::quantity::{OutOfRange, Points, Price, mul, narrow, wide};
use crate::ruleset::{PricePolicy, RuleSet};
use crate::wide::quotient;

/// What a day says about the next price.
#[derive(Clone, Copy, Debug, Default)]
pub struct Signals {
    /// Turnover of the last `window_days` recorded days, in cents.
    pub turnover_sum: i128,
    /// How many recorded days that are: at most `window_days`.
    pub turnover_days: i128,
    /// Points of the day's confirmed trades.
    pub traded: Points,
    /// Their money, in 10^-16 yuan.
    pub traded_money: U256,
}

/// The price of the day after one that was closed at `price`.
///
/// # Errors
/// [`OutOfRange`] if a product does not fit.
pub fn next(rules: &RuleSet, price: Price, signals: &Signals) -> Result<Price, OutOfRange> {
    let aim = match rules.price_policy {
        PricePolicy::Turnover => turnover_aim(rules, signals)?,
        PricePolicy::Market => market_aim(rules, signals)?,
        PricePolicy::Operator => None,
    };
    match aim {
        Some(aim) => price.towards(aim, rules.price_daily_limit),
        None => Ok(price),
    }
}

/// `floor_8(mean turnover of the last window_days recorded days / release.daily)`.
fn turnover_aim(rules: &RuleSet, signals: &Signals) -> Result<Option<i128>, OutOfRange> {
    if signals.turnover_days == 0 {
        return Ok(None);
    }
    // 10^-2 yuan over 10^-8 points, wanted in 10^-8 yuan a point.
    let money = mul(signals.turnover_sum, 10_i128.pow(14))?;
    let by = mul(signals.turnover_days, rules.release_daily.raw())?;
    Ok(Some(aim(quotient(money, by).ok_or(OutOfRange)?.0)))
}

/// `floor_8(money / points)` of today's confirmed trades, if they were enough.
fn market_aim(rules: &RuleSet, signals: &Signals) -> Result<Option<i128>, OutOfRange> {
    if !signals.traded.is_positive() || signals.traded < rules.price_min_volume {
        return Ok(None);
    }
    Ok(Some(aim(signals.traded_money / wide(signals.traded.raw())?)))
}

/// No price is above 10^12, so an aim far beyond it is as good as one just beyond it.
fn aim(price: U256) -> i128 {
    narrow(price).unwrap_or(i128::from(NUMBER_MAX) * 100_000_000)
}
