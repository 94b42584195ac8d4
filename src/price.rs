//! The next day's price: one formula for the book, the forecast and the simulator.
//!
//! Carries out RULES.md section 5, step 7.

use ethnum::U256;

use crate::quantity::{OutOfRange, Points, Price, narrow, wide};
use crate::ruleset::{PricePolicy, RuleSet};
use crate::wide::mul_add_div;

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
    let by = signals.turnover_days.checked_mul(rules.release_daily.raw()).ok_or(OutOfRange)?;
    Ok(Some(mul_add_div(signals.turnover_sum, 10_i128.pow(14), 0, by).map_or(BEYOND, |(aim, _)| aim)))
}

/// `floor_8(money / points)` of today's confirmed trades, if they were enough.
fn market_aim(rules: &RuleSet, signals: &Signals) -> Result<Option<i128>, OutOfRange> {
    if !signals.traded.is_positive() || signals.traded < rules.price_min_volume {
        return Ok(None);
    }
    Ok(Some(narrow(signals.traded_money / wide(signals.traded.raw())?).unwrap_or(BEYOND)))
}

/// No price is above 10^12, so an aim far beyond it is as good as this one.
const BEYOND: i128 = 10_i128.pow(20);
