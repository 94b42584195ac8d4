//! The whole network, day by day, on the real rules: what a scheme's numbers do before people lose money by them.
//!
//! Members are cohorts, merchants and the team above the buyers one account each; what they do is in a [`Scenario`].
//! Rewards come from [`crate::order`], and every day is closed by [`crate::day::close`], as in the book: there is no second
//! formula and no second sequence. Everything is exact and the same everywhere; only ratios are rounded, to 8 places
//! downward.

mod figures;
mod mix;
mod named;
mod network;
mod path;
mod scenario;

use crate::event::{Code, Refusal};
use crate::ruleset::RuleSet;
use network::Network;

pub use figures::{Cohort, DayFigures, Income, Probe, Run, Totals, gini, ratio};
pub(crate) use figures::{Sale, Takings};
pub use mix::{Mix, mix};
pub use named::{NAMES, named};
pub use path::{Growth, Turnover};
pub use scenario::{PriceMode, Scenario};

/// Runs a scenario. `go_on` is asked every day, with the days done; where it says no, the run stops.
///
/// # Errors
/// `bad_scenario` with the field, `out_of_range` where a result would not fit, `cancelled`.
pub fn simulate(rules: &RuleSet, scenario: &Scenario, go_on: &mut dyn FnMut(usize) -> bool) -> Result<Run, Refusal> {
    scenario.check()?;
    let mut network = Network::open(rules, scenario)?;
    for day in 0..scenario.days {
        if !go_on(day) {
            return Err(Refusal::new(Code::Cancelled, ""));
        }
        network.day(day)?;
    }
    Ok(network.finish()?)
}
