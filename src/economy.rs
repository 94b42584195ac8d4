//! A simulation of the whole network, day by day, on the real rules. It shows what a scheme's numbers do before
//! people lose money by them.
//!
//! Each cohort of members is one account; so are the merchants, and the team above the buyers. A [`Scenario`] says
//! what they do. Rewards come from [`crate::order`], and [`crate::day::close`] closes every day as in the book, so
//! nothing is computed by a second formula. Everything is exact; only ratios are rounded, down to 8 places.

mod figures;
mod mix;
mod named;
mod network;
mod path;
mod ratio;
mod scenario;

use crate::event::{Code, Refusal};
use crate::ruleset::RuleSet;
use network::Network;

pub use figures::{Cohort, DayFigures, Income, Probe, Run, Totals};
pub(crate) use figures::{Sale, Takings};
pub use mix::{Mix, mix};
pub use named::{NAMES, named};
pub use path::{Growth, Turnover};
pub use ratio::{gini, ratio};
pub use scenario::{PriceMode, Scenario};

/// Runs a scenario. `go_on` is called every day with the number of days done; the run stops when it returns `false`.
///
/// # Errors
/// `bad_scenario` with the field, `out_of_range` if a result does not fit, `cancelled`.
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
