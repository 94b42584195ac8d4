//! Scenarios by name, each with the changes to the rule set that it needs.

use super::mix::mix;
use super::path::Turnover;
use super::scenario::{PriceMode, Scenario};
use crate::quantity::{Money, Points, Price, Rate, ShareValue};
use crate::ruleset::{RuleSet, RuleSetError};

/// Every name.
pub const NAMES: [&str; 11] = [
    "flat", "growing", "falling", "crashing", "swinging", "hoarding", "ending", "retiring", "income", "washing",
    "farming",
];

/// The scenario of this name, and the rules that it runs on; `None` for an unknown name.
///
/// `income` (the example of the scheme's own description), `washing` and `farming` run on `rules` as they are. All others
/// run on reference rules, which have the multiples and the release of `rules`. These have no gifts, orders vest at once, and
/// at the first price the released points find buyers.
///
/// # Errors
/// [`RuleSetError`] never, for a valid rule set.
pub fn named(name: &str, rules: &RuleSet) -> Result<Option<(RuleSet, Scenario)>, RuleSetError> {
    let steady = |percent, crash, swing| Turnover::Steady {
        daily: Money::yuan(10_000),
        growth_30d: Rate::percent(percent),
        crash,
        swing,
    };
    let base =
        Scenario { days: 1_096, probes: vec![1, 30, 100, 365], price: PriceMode::Clearing, ..Scenario::default() };
    let scenario = match name {
        "flat" => base,
        "growing" => Scenario { turnover: steady(15, None, None), ..base },
        "falling" => Scenario { turnover: steady(-15, None, None), ..base },
        "crashing" => Scenario { turnover: steady(15, Some((366, Rate::percent(10))), None), ..base },
        "swinging" => Scenario { turnover: steady(0, None, Some((90, Rate::percent(50)))), ..base },
        "hoarding" => Scenario { days: 730, hold: Rate::percent(50), hold_days: 364, sell_days: 30, ..base },
        "ending" => Scenario { days: 730, ..base },
        "retiring" => Scenario { price: PriceMode::Retiring, days: 365, ..base },
        "income" => {
            let scenario = Scenario {
                turnover: Turnover::flat(Money::yuan(100_000)),
                members: 100_000,
                merchants: 1_000,
                cities: 663,
                online: Rate::percent(50),
                roles: true,
                partners: true,
                ..Scenario::default()
            };
            return Ok(Some((rules.clone(), scenario)));
        }
        "washing" => {
            let turnover = Turnover::flat(Money::yuan(100));
            let scenario = Scenario {
                days: 60,
                turnover,
                members: 50,
                wash: Money::yuan(1_000),
                wash_days: 1,
                ..Scenario::default()
            };
            return Ok(Some((rules.clone(), scenario)));
        }
        "farming" => {
            let turnover = Turnover::flat(Money::yuan(1_000));
            return Ok(Some((rules.clone(), Scenario { turnover, members: 1_000, farm: 10, ..Scenario::default() })));
        }
        _ => return Ok(None),
    };
    let rules = reference(rules, &scenario, name == "ending");
    Ok(Some((rules, scenario)))
}

/// The reference rules: no gifts, no vesting days, and a supply that lasts longer than any scenario unless `ends` is true.
fn reference(rules: &RuleSet, scenario: &Scenario, ends: bool) -> RuleSet {
    let mut rules = rules.clone();
    rules.signup_member = ShareValue::ZERO;
    rules.signup_referrer = ShareValue::ZERO;
    for (_, pack) in &mut rules.packs {
        pack.share_value_rate = Rate::default();
    }
    (rules.order_vesting_days_online, rules.order_vesting_days_offline) = (0, 0);
    let beyond_treasury = if ends { "390000" } else { "100000000" };
    let cap = Points::parse(beyond_treasury).map(|points| points.plus(rules.supply_treasury));
    if let Ok(Ok(cap)) = cap {
        rules.supply_cap = cap;
    }
    let burned = mix(&rules, scenario).map(|mix| mix.burned.raw()).unwrap_or_default();
    // 10,000 yuan × q ÷ release.
    let clearing = 10_000 * Price::SCALE * burned / rules.release_daily.raw();
    if let Some(price) = Price::checked_from_raw(clearing).filter(|price| price.is_positive()) {
        rules.price_initial = price;
    }
    rules
}
