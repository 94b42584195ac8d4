//! The rules and the plan of a pilot, found by running [`gongxiang::economy`] with the answers.
//!
//! Three cases of 90 days decide: weak, middling and strong. All figures are exact; the assumptions are the constants
//! of this file.

use anyhow::{Context as _, Result};
use gongxiang::economy::{Run, Scenario, Turnover, mix, simulate};
use gongxiang::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use gongxiang::review::{Declaration, Finding, Severity, review};
use gongxiang::ruleset::{PricePolicy, RuleSet};
use serde::Serialize;

use super::answers::Answers;

/// The days that are simulated.
pub const DAYS: usize = 90;
/// Chance raises or lowers the sales of a day by up to 30 %.
const NOISE_PERCENT: i32 = 30;
/// Half of the sales go to somebody whom an activated member brought.
const REFERRED_PERCENT: i32 = 50;
/// Of a hundred sales two come back.
const REFUNDS_PERCENT: i32 = 2;
/// Half of the points that people get are kept. The others are redeemed, or sold where the rules have a market.
const KEPT_PERCENT: i32 = 50;
/// For how many days of average sales a shop gets points when it opens. So a shop that sells four times the average lasts a week.
const SHOP_DAYS: i128 = 28;
/// How long the treasury has to last at the end, as at the desk, which warns below.
const TREASURY_DAYS: i128 = 14;
/// A release that is worth so many times what the shops gave up is named, as at the desk.
const RELEASE_TIMES: i128 = 2;
/// A price that ends below this part of the first is named.
const PRICE_PERCENT: i128 = 90;
/// Beyond this, no treasury is proposed.
const TREASURY_MAX: i128 = 100_000_000_000;
/// The releases that are tried, in hundredths of what the concessions of a usual day can absorb.
const RELEASES: [i128; 6] = [100, 90, 80, 70, 60, 50];
/// The daily limits of the price that are tried, in hundredths.
const LIMITS: [i32; 4] = [10, 5, 2, 1];

/// How well the pilot goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Case {
    /// Half of what was answered, and 10 % less each month.
    Weak,
    /// What was answered.
    Middling,
    /// Twice what was answered, and 10 % more each month.
    Strong,
}

impl Case {
    pub const ALL: [Self; 3] = [Self::Weak, Self::Middling, Self::Strong];

    /// What was answered, times the first ÷ the second.
    const fn factor(self) -> (i128, i128) {
        match self {
            Self::Weak => (1, 2),
            Self::Middling => (1, 1),
            Self::Strong => (2, 1),
        }
    }

    const fn growth_percent(self) -> i32 {
        match self {
            Self::Weak => -10,
            Self::Middling => 0,
            Self::Strong => 10,
        }
    }

    const fn seed(self) -> u64 {
        match self {
            Self::Weak => 1,
            Self::Middling => 2,
            Self::Strong => 3,
        }
    }
}

/// A reason why the pilot would fail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Sink {
    /// A shop gives up at least what it earns.
    ConcessionAboveMargin { concession: Rate, margin: Rate },
    /// Orders are refused because shops have no points.
    OrdersRefused { day: usize, part: Rate },
    /// The price ends below 90 % of the first.
    PriceFalls { from: Price, to: Price },
    /// What is released is worth more than twice what the shops gave up.
    ReleaseAboveTurnover { released_worth: Money, turnover: Money },
    /// The goods that members take for points cost more than the platform takes in.
    GoodsAboveIncome { goods: Money, income: Money },
    /// The treasury runs out within 14 days after the last simulated day.
    TreasuryEnds { left: Points },
    /// More than half of the income comes from joining.
    IncomeFromJoining { part: Rate },
}

/// The figures of a case.
#[derive(Clone, Debug, Serialize)]
pub struct Outcome {
    pub case: Case,
    pub members: i128,
    /// What the shops gave up and was paid out, yuan.
    pub turnover: Money,
    /// The part of a day's orders that was refused for want of points, as the mean of all days.
    pub refused: Rate,
    pub price_first: Price,
    pub price_lowest: Price,
    pub price_last: Price,
    pub released: Points,
    pub released_worth: Money,
    /// Points of members and shops at the end, at the last price.
    pub owed: Money,
    /// What members took in goods for points, yuan.
    pub goods: Money,
    pub treasury: Points,
    /// What the platform took in, yuan.
    pub income: Money,
    /// The part of it that comes from joining.
    pub joining: Rate,
    /// What the first members got back of what they were promised.
    pub came_back: Rate,
    /// What 1000 share value of the first day brought, yuan.
    pub thousand: Money,
    pub sinks: Vec<Sink>,
    /// By day.
    #[serde(skip)]
    pub run: Run,
}

/// Points for shops, from the treasury.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct ShopPoints {
    /// What each shop gets when it opens. Every week it is filled up to this, or to twice what the week used, if that is more.
    pub each: Points,
    /// What all of them get at first.
    pub all: Points,
}

/// What is proposed.
#[derive(Clone, Debug)]
pub struct Proposal {
    pub rules: RuleSet,
    /// The part of a usual day's concessions that the release pays out, in hundredths.
    pub release_percent: i128,
    pub shop_points: ShopPoints,
    pub outcomes: Vec<Outcome>,
    /// What sinks it whatever the case.
    pub sinks: Vec<Sink>,
    /// The codes of the rules' red flags.
    pub red_flags: Vec<&'static str>,
    /// The codes of their other flags.
    pub other_flags: Vec<&'static str>,
}

impl Proposal {
    /// Whether it goes under as it was answered.
    pub fn sinks(&self) -> bool {
        let middling = self.outcomes.iter().find(|outcome| outcome.case == Case::Middling);
        !self.sinks.is_empty() || middling.is_some_and(|outcome| !outcome.sinks.is_empty())
    }
}

/// Proposes rules for the answers, beginning from `base`.
pub fn propose(answers: &Answers, base: &RuleSet) -> Result<Proposal> {
    let too_large = "the answers lead to amounts that are too large";
    let rules = RuleSet {
        genesis_day: answers.first_day,
        order_vesting_days_online: answers.return_days,
        order_vesting_days_offline: answers.return_days,
        ..base.clone()
    };
    let concession = answers.daily_concession().context(too_large)?;
    let shop_points = shop_points(answers, &rules, concession).context(too_large)?;
    let (release_percent, rules) = with_release(answers, &rules, concession)?;
    let rules = with_limit(answers, rules)?;
    let rules = with_treasury(answers, &rules, concession, shop_points)?;
    let outcomes: Vec<_> = Case::ALL.into_iter().map(|case| outcome(answers, &rules, case)).collect::<Result<_>>()?;
    let mut sinks = Vec::new();
    if answers.concession >= answers.margin {
        sinks.push(Sink::ConcessionAboveMargin { concession: answers.concession, margin: answers.margin });
    }
    let declared =
        Declaration { concession_rate: answers.concession, return_days: answers.return_days, ..Declaration::default() };
    let findings = review(&rules, &declared)?;
    let (red_flags, other_flags): (Vec<_>, Vec<_>) =
        findings.iter().partition(|finding| finding.severity == Severity::Red);
    let codes = |findings: Vec<&Finding>| findings.iter().map(|finding| finding.code).collect();
    let (red_flags, other_flags) = (codes(red_flags), codes(other_flags));
    Ok(Proposal { rules, release_percent, shop_points, outcomes, sinks, red_flags, other_flags })
}

/// The next larger number with two digits that are not 0: 1234 becomes 1300. Whole points, at least 10.
fn rounded_up(points: Points) -> Points {
    let whole = points.raw().div_euclid(Points::SCALE) + i128::from(points.raw() % Points::SCALE != 0);
    let mut step = 1;
    while whole / step > 99 {
        step *= 10;
    }
    let rounded = (whole + step - 1) / step * step;
    Points::from_raw(rounded.max(10) * Points::SCALE)
}

/// The next smaller number with two digits that are not 0: 1234 becomes 1200, and 0.1234 becomes 0.12.
fn rounded_down(points: Points) -> Points {
    let mut step = 1;
    while points.raw() / step > 99 {
        step *= 10;
    }
    Points::from_raw((points.raw() / step * step).max(1))
}

fn times(money: Money, numerator: i128, denominator: i128) -> Result<Money, OutOfRange> {
    let cents = money.raw().checked_mul(numerator).ok_or(OutOfRange)? / denominator;
    Money::checked_from_raw(cents).ok_or(OutOfRange)
}

/// What each shop gets at first: points for 28 days of average sales, and its deposit.
fn shop_points(answers: &Answers, rules: &RuleSet, concession: Money) -> Result<ShopPoints, OutOfRange> {
    let price = rules.price_initial;
    let sales = times(concession, SHOP_DAYS, i128::from(answers.shops))?.points_ceil(price)?;
    let each = rounded_up(sales.plus(rules.merchant_deposit.points_ceil(price)?)?);
    let all = each.raw().checked_mul(i128::from(answers.shops)).ok_or(OutOfRange)?;
    Ok(ShopPoints { each, all: Points::from_raw(all) })
}

/// What the concessions of a usual day can absorb at the first price. A price that follows turnover stands where the release is worth
/// the concessions; any other needs the release to be what the orders burn, or points pile up (docs/economy.md).
fn absorbed(answers: &Answers, rules: &RuleSet, concession: Money) -> Result<Points, OutOfRange> {
    let points = concession.points_ceil(rules.price_initial)?;
    match rules.price_policy {
        PricePolicy::Turnover => Ok(points),
        PricePolicy::Market | PricePolicy::Operator => {
            points.times_floor(mix(rules, &scenario(answers, rules, Case::Middling, KEPT_PERCENT)?)?.burned)
        }
    }
}

/// The largest release with the fewest things that sink the middling case, then the weak one. The treasury is ample.
fn with_release(answers: &Answers, rules: &RuleSet, concession: Money) -> Result<(i128, RuleSet)> {
    let absorbed = absorbed(answers, rules, concession)?;
    let ample = Points::from_raw(TREASURY_MAX * Points::SCALE);
    let mut best: Option<((usize, usize), i128, RuleSet)> = None;
    for percent in RELEASES {
        let daily = absorbed.raw().checked_mul(percent).ok_or(OutOfRange)? / 100;
        let daily = rounded_down(Points::from_raw(daily));
        let tried = with_supply(&RuleSet { release_daily: daily, ..rules.clone() }, ample)?;
        let sinks = |case| Ok::<_, anyhow::Error>(outcome(answers, &tried, case)?.sinks.len());
        let found = (sinks(Case::Middling)?, sinks(Case::Weak)?);
        if best.as_ref().is_none_or(|(fewest, ..)| found < *fewest) {
            best = Some((found, percent, tried));
        }
    }
    best.map(|(_, percent, rules)| (percent, rules)).context("no release was tried")
}

/// The largest daily limit at which no week of the middling case takes more than a tenth of the price.
fn with_limit(answers: &Answers, rules: RuleSet) -> Result<RuleSet> {
    if rules.price_policy == PricePolicy::Operator {
        return Ok(rules);
    }
    let mut tried = rules;
    for percent in LIMITS {
        tried.price_daily_limit = Rate::percent(percent);
        let outcome = outcome(answers, &tried, Case::Middling)?;
        let prices: Vec<_> = outcome.run.days.iter().map(|day| day.price).collect();
        let falls = |pair: &[Price]| match pair {
            [first, .., last] => last.raw() * 100 < first.raw() * PRICE_PERCENT,
            _ => false,
        };
        if !prices.windows(8).any(falls) {
            break;
        }
    }
    Ok(tried)
}

/// The smallest round treasury with which no case refuses an order and each has points for 14 more days, although nobody sells or
/// redeems anything: in a young network nobody may. What the shops carry comes on top: the simulation has one stock for all of them.
fn with_treasury(answers: &Answers, rules: &RuleSet, concession: Money, shop_points: ShopPoints) -> Result<RuleSet> {
    let usual = concession.points_ceil(rules.price_initial)?.raw();
    let most = TREASURY_MAX * Points::SCALE;
    let mut flow = usual.checked_mul(TREASURY_DAYS).ok_or(OutOfRange)?;
    loop {
        let last = flow >= most;
        let for_flow = with_supply(rules, Points::from_raw(flow.min(most)))?;
        let mut lasts = true;
        for case in Case::ALL {
            let sinks = outcome_if_kept(answers, &for_flow, case, 100)?.sinks;
            lasts &= !sinks.iter().any(|s| matches!(s, Sink::OrdersRefused { .. } | Sink::TreasuryEnds { .. }));
        }
        if lasts || last {
            let treasury = rounded_up(for_flow.supply_treasury.plus(shop_points.all)?);
            return with_supply(rules, treasury);
        }
        flow = flow / 4 * 5 + 1;
    }
}

/// The rules with this treasury, and a cap that lasts for three years of releases, as in the preset `seed`.
fn with_supply(rules: &RuleSet, treasury: Points) -> Result<RuleSet> {
    let releases = rules.release_daily.raw().checked_mul(3 * 365).ok_or(OutOfRange)?;
    let cap = treasury.plus(Points::from_raw(releases))?;
    Ok(RuleSet { supply_treasury: treasury, supply_cap: cap, ..rules.clone() })
}

/// What people do in a case; of the points that they get they keep so many hundredths.
fn scenario(answers: &Answers, rules: &RuleSet, case: Case, kept_percent: i32) -> Result<Scenario, OutOfRange> {
    let (numerator, denominator) = case.factor();
    let daily = times(answers.daily_concession()?, numerator, denominator)?;
    let members = (i128::from(answers.members) * numerator / denominator).max(1);
    let has_market = rules.market_price_band.is_positive();
    Ok(Scenario {
        days: DAYS,
        seed: case.seed(),
        turnover: Turnover::Steady {
            daily,
            growth_30d: Rate::percent(case.growth_percent()),
            crash: None,
            swing: None,
        },
        noise: Rate::percent(NOISE_PERCENT),
        online: answers.online,
        referred: Rate::percent(REFERRED_PERCENT),
        members: u64::try_from(members).map_err(|_| OutOfRange)?,
        merchants: u64::from(answers.shops),
        refunds: Rate::percent(REFUNDS_PERCENT),
        hold: Rate::percent(kept_percent),
        hold_days: DAYS,
        // Without a market nobody can sell, so who does not keep points takes goods.
        redeem: if has_market { Rate::default() } else { Rate::percent(100 - kept_percent) },
        cohorts: 1,
        probes: vec![1],
        ..Scenario::default()
    })
}

/// Runs a case as it is shown.
fn outcome(answers: &Answers, rules: &RuleSet, case: Case) -> Result<Outcome> {
    outcome_if_kept(answers, rules, case, KEPT_PERCENT)
}

fn outcome_if_kept(answers: &Answers, rules: &RuleSet, case: Case, kept_percent: i32) -> Result<Outcome> {
    let run = simulate(rules, &scenario(answers, rules, case, kept_percent)?, &mut |_| true)?;
    Ok(figures(rules, case, run)?)
}

fn figures(rules: &RuleSet, case: Case, run: Run) -> Result<Outcome, OutOfRange> {
    let (mut turnover, mut released, mut released_worth) = (Money::default(), Points::ZERO, Money::default());
    let (mut refused, mut refused_first) = (Rate::default(), None);
    for day in &run.days {
        turnover = turnover.plus(day.turnover)?;
        released = released.plus(day.released)?;
        released_worth = released_worth.plus(day.released.worth_floor(day.price)?)?;
        refused = refused.plus(day.refused)?;
        if day.refused.is_positive() && refused_first.is_none() {
            refused_first = Some(day.day);
        }
    }
    let days = i128::try_from(run.days.len().max(1)).map_err(|_| OutOfRange)?;
    let refused = Rate::checked_from_raw(refused.raw() / days).ok_or(OutOfRange)?;
    let last = run.days.last().copied().unwrap_or_default();
    let first = run.days.first().copied().unwrap_or_default();
    let mut goods = 0_i128;
    for cohort in &run.cohorts {
        let back = cohort.promised.times_floor(cohort.came_back)?.raw() / (ShareValue::SCALE / Money::SCALE);
        goods += (back - cohort.cash.raw() - cohort.kept.worth_floor(last.price)?.raw()).max(0);
    }
    let income = run.totals.income;
    let taken_in = [income.packs, income.merchant_packs, income.area_packs, income.deposits, income.points];
    let taken_in = taken_in.into_iter().try_fold(Money::default(), Money::plus)?;
    let mut outcome = Outcome {
        case,
        members: last.members,
        turnover,
        refused,
        price_first: first.price,
        price_lowest: run.days.iter().map(|day| day.price).min().unwrap_or_default(),
        price_last: last.price,
        released,
        released_worth,
        owed: last.worth,
        goods: Money::checked_from_raw(goods).ok_or(OutOfRange)?,
        treasury: run.totals.treasury,
        income: taken_in,
        joining: income.joining,
        came_back: run.cohorts.first().map(|cohort| cohort.came_back).unwrap_or_default(),
        thousand: run.probes.last().map(|probe| probe.worth_then).unwrap_or_default(),
        sinks: Vec::new(),
        run,
    };
    outcome.sinks = sinks(rules, &outcome, refused_first)?;
    Ok(outcome)
}

fn sinks(rules: &RuleSet, outcome: &Outcome, refused_first: Option<usize>) -> Result<Vec<Sink>, OutOfRange> {
    let Outcome { turnover, released_worth, goods, income, treasury, price_first, price_last, .. } = *outcome;
    let mut sinks = Vec::new();
    if let Some(day) = refused_first {
        sinks.push(Sink::OrdersRefused { day, part: outcome.refused });
    }
    if price_last.raw() * 100 < price_first.raw() * PRICE_PERCENT {
        sinks.push(Sink::PriceFalls { from: price_first, to: price_last });
    }
    if released_worth.raw() > turnover.raw() * RELEASE_TIMES {
        sinks.push(Sink::ReleaseAboveTurnover { released_worth, turnover });
    }
    if goods > income {
        sinks.push(Sink::GoodsAboveIncome { goods, income });
    }
    let given = rules.supply_treasury.minus(treasury).unwrap_or_default();
    let days = i128::try_from(DAYS).map_err(|_| OutOfRange)?;
    if treasury.raw() < given.raw().checked_mul(TREASURY_DAYS).ok_or(OutOfRange)? / days {
        sinks.push(Sink::TreasuryEnds { left: treasury });
    }
    if outcome.joining.raw() * 2 > Rate::SCALE {
        sinks.push(Sink::IncomeFromJoining { part: outcome.joining });
    }
    Ok(sinks)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn proposed_numbers_have_two_digits_that_are_not_0() {
        let round = |text: &str| rounded_up(Points::parse(text).unwrap_or_default()).to_string();
        assert_eq!(round("1234"), "1300");
        assert_eq!(round("1300"), "1300");
        assert_eq!(round("1300.00000001"), "1400");
        assert_eq!(round("99.5"), "100");
        assert_eq!(round("0.1"), "10");
        let round = |text: &str| rounded_down(Points::parse(text).unwrap_or_default()).to_string();
        assert_eq!(["1234", "1200", "0.1234", "0"].map(round), ["1200", "1200", "0.12", "0.00000001"]);
    }
}
