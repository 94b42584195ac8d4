//! What a member may expect: a band over falling, flat and rising turnover, never one number, with its inputs beside it.
//!
//! The first day is the close that follows, to the last digit: it starts from the book just before the release
//! ([`crate::book::Eve`]) and runs the same release and price code. Later days need an assumption: how much turnover and how much
//! new share value the network will have. That is the main thing on which the result depends.

use serde::Serialize;

use crate::book::{Book, DayRecord};
use crate::economy::{Growth, Mix, Scenario, mix, ratio};
use crate::event::{Code, Refusal};
use crate::identity::{Day, Id};
use crate::limits::SCENARIO_DAYS_MAX;
use crate::power::Log2;
use crate::price::{self, Signals};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, Rate, ShareValue, narrow};
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;

/// How much comes every day, from the day after the open one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// The mean of the last 30 days, growing by so much in 30 days.
    Growing(Rate),
    /// Turnover and new share value day by day; after the last, the last.
    Series(Vec<(Money, ShareValue)>),
}

/// What is assumed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// The paths of the band.
    pub paths: Vec<Flow>,
    /// After how many closes to look.
    pub horizons: Vec<usize>,
    /// The turnover of a day, if not the mean of the last 30.
    pub turnover: Option<Money>,
    /// The new share value of a day, if not the mean of the last 30.
    pub inflow: Option<ShareValue>,
}

impl Default for Assumptions {
    /// 30, 180 and 365 days; turnover falls by 15 %, stays, or rises by 15 % in 30 days.
    fn default() -> Self {
        let growth = |raw| Flow::Growing(Rate::checked_from_raw(raw).unwrap_or_default());
        Self {
            paths: vec![growth(-15_000_000), growth(0), growth(15_000_000)],
            horizons: vec![30, 180, 365],
            turnover: None,
            inflow: None,
        }
    }
}

/// What the forecast depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Inputs {
    /// The open day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// The member's share value just before the release.
    pub share_value: ShareValue,
    /// That of all.
    pub total: ShareValue,
    /// Points released a day.
    pub release_daily: Points,
    /// Turnover of a day.
    pub turnover: Money,
    /// New share value of a day: the network's growth.
    pub inflow: ShareValue,
    /// Share value a buyer gets for a yuan of concession.
    pub buyer_multiple: Rate,
    /// New share value per yuan of turnover, packs included, and the part of an order's points that is burned.
    pub mix: Mix,
}

/// What 1000 share value of the first day have really been worth so far, from the day records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct SoFar {
    /// The first day.
    pub since: Day,
    /// How many closes.
    pub days: usize,
    /// Points released to them.
    pub points: Points,
    /// What those were worth, each on its day.
    pub worth_then: Money,
    /// What they are worth at today's price.
    pub worth: Money,
    /// Share value left.
    pub left: ShareValue,
}

/// The account after so many closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Outlook {
    /// How many closes.
    pub days: usize,
    /// Points released to the member.
    pub earned: Points,
    /// All its points, if it spends none.
    pub points: Points,
    /// Share value left.
    pub share_value: ShareValue,
    /// The price then.
    pub price: Price,
    /// What the released points are worth at it.
    pub worth: Money,
    /// The part of a concession paid today that has come back to its buyer.
    pub concession_back: Rate,
    /// Share value left by the closed law `(S0 ÷ St)^(q ÷ (k − q))`, which holds at the clearing price: a cross-check.
    pub closed_law: ShareValue,
}

/// One path of the band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Path {
    /// By how much turnover and new share value grow in 30 days; nothing for a series.
    pub growth_30d: Option<Rate>,
    /// After each horizon.
    pub outlooks: Vec<Outlook>,
}

/// A forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Forecast {
    /// On what it depends.
    pub inputs: Inputs,
    /// What really came so far; nothing before the first close.
    pub so_far: Option<SoFar>,
    /// After the close that follows: no assumption in it.
    pub first: Outlook,
    /// The band.
    pub paths: Vec<Path>,
}

/// How many days the means are taken over.
const MEAN_DAYS: usize = 30;
/// 1000 share value, in its smallest part.
const THOUSAND: ShareValue = ShareValue::from_raw(100_000_000_000);

/// The forecast for one member.
///
/// # Errors
/// `unknown_member`; `bad_scenario` with the field; `out_of_range` where a result would not fit; `cancelled` where
/// `go_on`, asked before every path, says no.
pub fn forecast(
    book: &Book,
    member: &Id,
    assumptions: &Assumptions,
    go_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Forecast, Refusal> {
    let bad = |field, message| Refusal { code: Code::BadScenario, field, message };
    let horizons = &assumptions.horizons;
    if horizons.is_empty() || !horizons.is_sorted() || horizons.iter().any(|h| !(1..=SCENARIO_DAYS_MAX).contains(h)) {
        return Err(bad("horizons".into(), "must be rising numbers of days between 1 and 36525".into()));
    }
    if horizons.len() > 12 || assumptions.paths.len() > 12 {
        return Err(bad("paths".into(), "must be at most 12, and so must the horizons".into()));
    }
    let start = Start::new(book, member, assumptions)?;
    let first = start.walk(&Flow::Growing(Rate::default()), &[1])?;
    let mut paths = Vec::with_capacity(assumptions.paths.len());
    for (i, flow) in assumptions.paths.iter().enumerate() {
        if !go_on(i) {
            return Err(Refusal::new(Code::Cancelled, ""));
        }
        let growth_30d = match flow {
            Flow::Growing(rate) => Some(*rate),
            Flow::Series(_) => None,
        };
        if growth_30d.is_some_and(|rate| Growth::new(rate).is_none()) {
            return Err(bad("growth_30d".into(), "must be above -1".into()));
        }
        paths.push(Path { growth_30d, outlooks: start.walk(flow, horizons)? });
    }
    let first = *first.first().ok_or(OutOfRange)?;
    Ok(Forecast { inputs: start.inputs, so_far: so_far(book.days(), book.head().price)?, first, paths })
}

/// Where every path starts.
struct Start<'a> {
    rules: &'a RuleSet,
    inputs: Inputs,
    release: Release,
    ended: Vec<Index>,
    issued: Points,
    holding: Holding,
    points: Points,
    /// Recorded turnovers of the price's window, newest first, the open day's included.
    turnovers: Vec<Money>,
}

impl<'a> Start<'a> {
    fn new(book: &'a Book, member: &Id, assumptions: &Assumptions) -> Result<Self, Refusal> {
        let eve = book.eve(member)?;
        let rules = book.rules();
        let days = book.days();
        let window = usize::try_from(rules.price_window_days).unwrap_or(usize::MAX);
        let earlier = days.iter().rev().map_while(|record| record.turnover);
        let turnovers: Vec<Money> = eve.turnover.into_iter().chain(earlier.clone()).take(window).collect();
        let (mut sum, mut count) = (0, 0);
        for turnover in eve.turnover.into_iter().chain(earlier).take(MEAN_DAYS) {
            (sum, count) = (sum + turnover.raw(), count + 1);
        }
        let turnover = Money::checked_from_raw(i128::checked_div(sum, count).unwrap_or(0)).unwrap_or_default();
        let turnover = assumptions.turnover.unwrap_or(turnover);
        let total = eve.release.total()?;
        let inflow = assumptions.inflow.map_or_else(|| mean_inflow(days, total), Ok)?;
        if turnover.raw() < 0 || inflow.raw() < 0 {
            let message = "must not be negative".into();
            return Err(Refusal { code: Code::BadScenario, field: "turnover".into(), message });
        }
        let half = Rate::checked_from_raw(50_000_000).unwrap_or_default();
        let typical = Scenario { online: half, roles: true, partners: true, ..Scenario::default() };
        let mut mix = mix(rules, &typical)?;
        if turnover.is_positive() {
            mix.minted = ratio(inflow.raw() / 1_000_000, turnover.raw());
        }
        let head = book.head();
        let holding = eve.account.holding;
        let inputs = Inputs {
            day: head.day,
            price: head.price,
            share_value: holding.units.share_value_floor(eve.release.nav)?,
            total,
            release_daily: rules.release_daily,
            turnover,
            inflow,
            buyer_multiple: rules.order_buyer_multiple,
            mix,
        };
        let ended = days.iter().flat_map(|record| &record.ended).copied().collect();
        Ok(Self {
            rules,
            inputs,
            release: eve.release,
            ended,
            issued: eve.issued,
            holding,
            points: eve.account.points,
            turnovers,
        })
    }

    /// Day by day to the last horizon. Nothing but two numbers changes a day: the account is looked at where it is asked for.
    fn walk(&self, flow: &Flow, horizons: &[usize]) -> Result<Vec<Outlook>, Refusal> {
        let (mut release, mut ended, mut issued) = (self.release, self.ended.clone(), self.issued);
        let (mut price, mut turnovers) = (self.inputs.price, self.turnovers.clone());
        turnovers.reverse();
        let window = usize::try_from(self.rules.price_window_days).unwrap_or(usize::MAX);
        let mut signals = Signals { turnover_days: 0, ..Signals::default() };
        for turnover in &turnovers {
            signals.turnover_sum += turnover.raw();
            signals.turnover_days += 1;
        }
        // 1000 share value of today's, beside it: they are not added to the network.
        let mut thousand = fresh(&release);
        release.clone().give(&mut thousand, THOUSAND)?;
        let growth = match flow {
            Flow::Growing(rate) => Growth::new(*rate),
            Flow::Series(_) => None,
        };
        let mut first_total = ShareValue::ZERO;
        let mut outlooks = Vec::with_capacity(horizons.len());
        let last = horizons.last().copied().unwrap_or(0);
        for day in 0..last {
            if day > 0 {
                let (turnover, inflow) = self.flows(flow, growth, day)?;
                if inflow.is_positive() {
                    release.give(&mut fresh(&release), inflow)?;
                }
                if turnover.is_positive() || !turnovers.is_empty() {
                    turnovers.push(turnover);
                    signals.turnover_sum += turnover.raw();
                    match turnovers.len().checked_sub(window.saturating_add(1)) {
                        Some(left) => signals.turnover_sum -= turnovers[left].raw(),
                        None => signals.turnover_days += 1,
                    }
                }
            }
            let closed = release.close(self.rules, price, issued)?;
            issued = issued.plus(closed.released)?;
            ended.extend(closed.ended);
            if day == 0 {
                first_total = closed.total;
            }
            let next = price::next(self.rules, price, &signals)?;
            if horizons.contains(&(day + 1)) {
                let (mut holding, mut beside) = (self.holding, thousand);
                let earned = release.settle(&mut holding, &ended)?;
                let of_thousand = release.settle(&mut beside, &ended)?.worth_floor(next)?;
                let back = self.inputs.buyer_multiple.raw().checked_mul(of_thousand.raw()).ok_or(OutOfRange)?;
                outlooks.push(Outlook {
                    days: day + 1,
                    earned,
                    points: self.points.plus(earned)?,
                    share_value: holding.units.share_value_floor(release.nav)?,
                    price: next,
                    worth: earned.worth_floor(next)?,
                    concession_back: ratio(back, 10_000_000_000_000),
                    closed_law: self.closed_law(first_total, release.total()?),
                });
            }
            price = next;
        }
        Ok(outlooks)
    }

    fn flows(&self, flow: &Flow, growth: Option<Growth>, day: usize) -> Result<(Money, ShareValue), Refusal> {
        if let Flow::Series(days) = flow {
            return Ok(days.get(day - 1).or(days.last()).copied().unwrap_or_default());
        }
        let too_much = || Refusal {
            code: Code::BadScenario,
            field: "growth_30d".into(),
            message: "leads beyond 10^12 a day".into(),
        };
        let growth = growth.ok_or_else(too_much)?;
        // One power for both: so many parts of 10^8.
        let factor = growth.after(100_000_000, day).map_err(|_| too_much())?;
        let grown = |raw: i128| {
            let grown = raw.checked_mul(factor).map(|grown| grown / 100_000_000);
            grown.filter(|grown| *grown <= 10_i128.pow(20)).ok_or_else(too_much)
        };
        let turnover = Money::checked_from_raw(grown(self.inputs.turnover.raw())?).ok_or_else(too_much)?;
        Ok((turnover, ShareValue::from_raw(grown(self.inputs.inflow.raw())?)))
    }

    fn closed_law(&self, from: ShareValue, to: ShareValue) -> ShareValue {
        let size = |value: ShareValue| u128::try_from(value.raw()).ok();
        let (k, q) = (self.inputs.mix.minted.raw(), self.inputs.mix.burned.raw());
        let law = (|| Log2::of_ratio(size(from)?, size(to)?)?.times(q / 100, (k - q) / 100)?.power())();
        let left = law.map_or(0, Rate::raw).clamp(0, 100_000_000);
        // Below 10^30 share value, which is far more than there ever is.
        ShareValue::from_raw(self.inputs.share_value.raw().saturating_mul(left) / 100_000_000)
    }
}

fn fresh(release: &Release) -> Holding {
    Holding { acc: release.acc, era: release.era, ..Holding::default() }
}

/// What one day added to all share value, on the mean of the last days: `T − (T − converted) of the day before`.
fn mean_inflow(days: &[DayRecord], total: ShareValue) -> Result<ShareValue, OutOfRange> {
    let (mut sum, mut count, mut next) = (0_i128, 0, total);
    for record in days.iter().rev().take(MEAN_DAYS) {
        let converted = narrow(record.released.worth_exact(record.price)?)? / 100_000_000;
        sum = sum.checked_add(next.raw() - record.total.raw() + converted).ok_or(OutOfRange)?;
        (count, next) = (count + 1, record.total);
    }
    Ok(ShareValue::from_raw(if count == 0 { total.raw() } else { (sum / count).max(0) }))
}

/// What 1000 share value that were there before the first close became.
fn so_far(days: &[DayRecord], price: Price) -> Result<Option<SoFar>, OutOfRange> {
    let Some(first) = days.first() else { return Ok(None) };
    let start = Release::default();
    let mut holding = fresh(&start);
    start.clone().give(&mut holding, THOUSAND)?;
    let (mut ended, mut points, mut worth_then, mut left) = (Vec::new(), Points::ZERO, 0, THOUSAND);
    for record in days {
        let release = Release::recorded(record.era, record.units, record.nav, record.acc);
        ended.extend(&record.ended);
        let earned = release.settle(&mut holding, &ended)?;
        points = points.plus(earned)?;
        worth_then += narrow(earned.worth_exact(record.price)?)?;
        left = holding.units.share_value_floor(release.nav)?;
    }
    let worth_then = Money::checked_from_raw(worth_then / 10_i128.pow(14)).ok_or(OutOfRange)?;
    Ok(Some(SoFar { since: first.day, days: days.len(), points, worth_then, worth: points.worth_floor(price)?, left }))
}
