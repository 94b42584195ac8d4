//! A simulation of the whole network, day by day, under the real rules. It shows what the numbers of a scheme lead to before
//! people lose money by them.
//!
//! Each cohort of members is one account. The merchants are another, and so is the team above the buyers. A [`Scenario`] says
//! what they do. Rewards come from [`crate::order`], and [`crate::day::close`] closes every day as in the book, so there is
//! no second formula. Amounts are exact; ratios are rounded down to 8 places.

mod beginning;
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

pub use beginning::Beginning;
pub use figures::{Cohort, DayFigures, Income, Probe, Run, Totals};
pub(crate) use figures::{Sale, Takings};
pub use mix::{Mix, mix};
pub use named::{NAMES, named};
pub use path::{Growth, Turnover};
pub use ratio::{gini, ratio};
pub use scenario::{PriceMode, Scenario};

/// Runs a scenario. Before each day, `go_on` is called with the number of days that are done. The run stops if it returns
/// `false`.
///
/// # Errors
/// `bad_scenario` with the field; `out_of_range` if a result does not fit; `cancelled` if `go_on` returned `false`.
pub fn simulate(rules: &RuleSet, scenario: &Scenario, go_on: &mut dyn FnMut(usize) -> bool) -> Result<Run, Refusal> {
    scenario.check()?;
    run(Network::open(rules, scenario)?, scenario, go_on)
}

/// Runs a scenario from a book as it is. The scenario's `members` are not used: they are there already; `joining` counts from the
/// first day. The first cohort is everybody who was there before, from day 0.
///
/// # Errors
/// Those of [`simulate`]; `bad_scenario` if the sums of the book do not fit together.
pub fn simulate_from(
    beginning: &Beginning,
    rules: &RuleSet,
    scenario: &Scenario,
    go_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Run, Refusal> {
    scenario.check()?;
    run(beginning.network(rules, scenario)?, scenario, go_on)
}

fn run(mut network: Network<'_>, scenario: &Scenario, go_on: &mut dyn FnMut(usize) -> bool) -> Result<Run, Refusal> {
    for day in 0..scenario.days {
        if !go_on(day) {
            return Err(Refusal::new(Code::Cancelled, ""));
        }
        network.day(day)?;
    }
    Ok(network.finish()?)
}
