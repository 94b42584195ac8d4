//! The turnover of each day of a scenario.

use crate::event::Refusal;
use crate::limits::SCENARIO_DAYS_MAX;
use crate::power::Log2;
use crate::quantity::{Money, OutOfRange, Rate};

/// Steady growth: the same factor every day, given as the growth in 30 days.
#[derive(Clone, Copy, Debug)]
pub struct Growth(Log2);

impl Growth {
    /// Growth by `rate` in 30 days; `None` at −1 or below.
    #[must_use]
    pub fn new(rate: Rate) -> Option<Self> {
        let factor = u128::try_from(Rate::SCALE.checked_add(rate.raw())?).ok()?;
        Log2::of_ratio(factor, Rate::SCALE.cast_unsigned()).map(Self)
    }

    /// `amount` after `days` days of growth, rounded down.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn after(self, amount: i128, days: usize) -> Result<i128, OutOfRange> {
        if self.0 == Log2::default() {
            return Ok(amount);
        }
        let days = i128::try_from(days).map_err(|_| OutOfRange)?;
        let scaled = self.0.times(days, 30).and_then(|log| log.scale(amount.try_into().ok()?)).ok_or(OutOfRange)?;
        i128::try_from(scaled).map_err(|_| OutOfRange)
    }
}

/// The concessions of each day, yuan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turnover {
    /// A first day, then growth, perhaps a crash and a swing.
    Steady {
        /// The concessions of the first day, yuan.
        daily: Money,
        /// The growth in 30 days; −0.15 is a fall by 15 %.
        growth_30d: Rate,
        /// The day of the crash, from 1, and the part of the turnover that is left from that day on.
        crash: Option<(usize, Rate)>,
        /// The days of one full swing, and the part of the turnover by which it rises and falls.
        swing: Option<(usize, Rate)>,
    },
    /// The concessions of each day. The last entry repeats.
    Series(Vec<Money>),
}

impl Turnover {
    /// The same turnover every day.
    #[must_use]
    pub fn flat(daily: Money) -> Self {
        Self::Steady { daily, growth_30d: Rate::default(), crash: None, swing: None }
    }

    pub(super) fn check(&self) -> Result<(), Refusal> {
        match self {
            Self::Steady { daily, growth_30d, crash, swing } => {
                if daily.raw() < 0 {
                    return Err(Refusal::bad_scenario("turnover.daily", "must not be negative"));
                }
                if Growth::new(*growth_30d).is_none() {
                    return Err(Refusal::bad_scenario("turnover.growth_30d", "must be above -1"));
                }
                for (field, part) in [("turnover.crash", crash), ("turnover.swing", swing)] {
                    if part.is_some_and(|(days, part)| days == 0 || !part.is_part()) {
                        return Err(Refusal::bad_scenario(field, "must be a day from 1 and a part between 0 and 1"));
                    }
                }
            }
            Self::Series(days) => {
                if days.len() > SCENARIO_DAYS_MAX || days.iter().any(|day| day.raw() < 0) {
                    return Err(Refusal::bad_scenario(
                        "turnover",
                        "must be at most 36525 amounts, none of them negative",
                    ));
                }
            }
        }
        Ok(())
    }

    /// The turnover of a day; the first day is 0.
    ///
    /// # Errors
    /// `bad_scenario` if it is more than 10^12 yuan.
    pub fn on(&self, day: usize) -> Result<Money, Refusal> {
        match self {
            Self::Series(days) => Ok(days.get(day).or(days.last()).copied().unwrap_or_default()),
            Self::Steady { daily, growth_30d, crash, swing } => {
                let cents = steady(*daily, *growth_30d, *crash, *swing, day).ok();
                cents
                    .filter(|cents| *cents <= 100_000_000_000_000)
                    .and_then(Money::checked_from_raw)
                    .ok_or_else(|| Refusal::bad_scenario("turnover.growth_30d", "leads to more than 10^12 yuan a day"))
            }
        }
    }
}

fn steady(
    daily: Money,
    growth: Rate,
    crash: Option<(usize, Rate)>,
    swing: Option<(usize, Rate)>,
    day: usize,
) -> Result<i128, OutOfRange> {
    let mut cents = Growth::new(growth).ok_or(OutOfRange)?.after(daily.raw(), day)?;
    if let Some((_, part)) = crash.filter(|(from, _)| day + 1 >= *from) {
        cents = cents.checked_mul(part.raw()).ok_or(OutOfRange)? / Rate::SCALE;
    }
    if let Some((period, part)) = swing {
        // A triangle wave: from 0 up to 1, down to −1 and back to 0.
        let whole = i128::try_from(period).map_err(|_| OutOfRange)?;
        let at = i128::try_from(day % period).map_err(|_| OutOfRange)? * 4 * Rate::SCALE / whole;
        let height = if at < Rate::SCALE {
            at
        } else if at < 3 * Rate::SCALE {
            2 * Rate::SCALE - at
        } else {
            at - 4 * Rate::SCALE
        };
        cents = cents.checked_mul(Rate::SCALE + part.raw() * height / Rate::SCALE).ok_or(OutOfRange)? / Rate::SCALE;
    }
    Ok(cents)
}
