//! The forecast for a member: a band over falling, constant and rising turnover, with all inputs. It is never a single number.
//!
//! The first day is exact. It starts from the book just before the release ([`Eve`]) and closes the day as the book does
//! ([`day::close`]). Later days depend on assumptions about the network's turnover and new share value, and the result depends
//! mainly on these.

use serde::Serialize;

use crate::book::{Eve, MEAN_DAYS, SoFar};
use crate::day::{self, OpenDay};
use crate::economy::{Growth, Mix, Scenario, mix, ratio};
use crate::event::{Code, Refusal};
use crate::identity::Day;
use crate::limits::{SCENARIO_DAYS_MAX, TURNOVER_DAYS_MIN, VALUES_MAX};
use crate::price::{RecentTurnovers, Signals};
use crate::quantity::{Money, OutOfRange, Points, Price, Rate, ShareValue};
use crate::release::{EndedEras, Holding, Release};
use crate::ruleset::RuleSet;

/// The development of turnover and new share value, from the day after the open one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TurnoverPath {
    /// Growth from the mean of the last 30 days. The rate is the growth in 30 days.
    Growing(Rate),
    /// Turnover and new share value of each day; the last entry repeats.
    Series(Vec<(Money, ShareValue)>),
}

/// What a forecast assumes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assumptions {
    /// The paths of the band.
    pub paths: Vec<TurnoverPath>,
    /// The numbers of closes after which the member's account is shown.
    pub horizons: Vec<usize>,
    /// The turnover of a day; the mean of the last 30 days if `None`.
    pub turnover: Option<Money>,
    /// The new share value of a day; the mean of the last 30 days if `None`.
    pub inflow: Option<ShareValue>,
}

impl Assumptions {
    /// Whether a path grows from the mean of the last 30 days. A mean that the caller assumes is not
    /// measured, so it does not count.
    fn rests_on_means(&self) -> bool {
        let is_growing = |path: &TurnoverPath| matches!(path, TurnoverPath::Growing(_));
        (self.turnover.is_none() || self.inflow.is_none()) && self.paths.iter().any(is_growing)
    }
}

impl Default for Assumptions {
    /// 30, 180 and 365 days; turnover falls by 15 %, stays, or rises by 15 % in 30 days.
    fn default() -> Self {
        Self {
            paths: [-15, 0, 15].map(|percent| TurnoverPath::Growing(Rate::percent(percent))).into(),
            horizons: vec![30, 180, 365],
            turnover: None,
            inflow: None,
        }
    }
}

/// The numbers on which the forecast depends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Inputs {
    /// The open day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// The member's share value just before the release.
    pub share_value: ShareValue,
    /// The share value of all members.
    pub total: ShareValue,
    /// Points released a day.
    pub release_daily: Points,
    /// Turnover of a day.
    pub turnover: Money,
    /// New share value of a day: the network's growth.
    pub inflow: ShareValue,
    /// Share value that a buyer gets per yuan of concession.
    pub buyer_multiple: Rate,
    /// New share value per yuan of turnover, packs included, and the part of an order's points that is burned.
    pub mix: Mix,
}

/// The member's account after a number of closes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Outlook {
    /// The number of closes.
    pub days: usize,
    /// Points released to the member.
    pub earned: Points,
    /// The member's points, if it spends none.
    pub points: Points,
    /// Share value left.
    pub share_value: ShareValue,
    /// The price on that day.
    pub price: Price,
    /// The value of the released points at that price, yuan, rounded down.
    pub worth: Money,
    /// The part of a concession paid today that has come back to its buyer by then, rounded down to 8 places.
    pub concession_back: Rate,
    /// Share value left by the closed form `(S0 ÷ St)^(q ÷ (k − q))`, which holds at the clearing price. It serves as
    /// a cross-check.
    pub closed_law: ShareValue,
}

/// One path of the band.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Path {
    /// The growth of turnover and new share value in 30 days. A series has none.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub growth_30d: Option<Rate>,
    /// One outlook for each horizon.
    pub outlooks: Vec<Outlook>,
}

/// A forecast.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Forecast {
    /// The numbers on which it depends.
    pub inputs: Inputs,
    /// What 1000 share value of the first day have earned so far. There is nothing before the first close.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub so_far: Option<SoFar>,
    /// The account after the next close. It depends on no assumption.
    pub first: Outlook,
    /// The paths of the band.
    pub paths: Vec<Path>,
}

/// The forecast for one member.
///
/// # Errors
/// `bad_scenario` with the field; `too_young` if a path grows from a mean and turnover has vested on fewer than
/// [`TURNOVER_DAYS_MIN`] of the last 30 days; `out_of_range` if a result does not fit; `cancelled` if `go_on`, called
/// before every path, returns `false`.
pub fn forecast(
    eve: &Eve,
    assumptions: &Assumptions,
    go_on: &mut dyn FnMut(usize) -> bool,
) -> Result<Forecast, Refusal> {
    let horizons = &assumptions.horizons;
    if horizons.is_empty() || !horizons.is_sorted() || horizons.iter().any(|h| !(1..=SCENARIO_DAYS_MAX).contains(h)) {
        return Err(Refusal::bad_scenario("horizons", "must be rising numbers of days between 1 and 36525"));
    }
    if horizons.len() > 12 || assumptions.paths.len() > 12 {
        return Err(Refusal::bad_scenario("paths", "must be at most 12, and so must the horizons"));
    }
    if assumptions.rests_on_means() && eve.turnover_days() < TURNOVER_DAYS_MIN {
        return Err(Refusal::too_young("turnovers", eve.turnover_days()));
    }
    let start = Start::new(eve, assumptions)?;
    let first = start.walk(&TurnoverPath::Growing(Rate::default()), &[1])?;
    let mut paths = Vec::with_capacity(assumptions.paths.len());
    for (i, flow) in assumptions.paths.iter().enumerate() {
        if !go_on(i) {
            return Err(Refusal::new(Code::Cancelled, ""));
        }
        let growth_30d = match flow {
            TurnoverPath::Growing(rate) => Some(*rate),
            TurnoverPath::Series(_) => None,
        };
        if growth_30d.is_some_and(|rate| Growth::new(rate).is_none()) {
            return Err(Refusal::bad_scenario("growth_30d", "must be above -1"));
        }
        paths.push(Path { growth_30d, outlooks: start.walk(flow, horizons)? });
    }
    let first = *first.first().ok_or(OutOfRange)?;
    Ok(Forecast { inputs: start.inputs, so_far: eve.so_far, first, paths })
}

/// The eve of a member who has nothing but new share value, in a network of which only the supply is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Newcomer {
    /// The eve, with the share value already in it.
    pub eve: Eve,
    /// The assumed turnover of a day: the one at which the price stays the same.
    pub turnover: Money,
    /// The assumed new share value per yuan of turnover, for online orders of buyers with a referrer.
    pub minted: Rate,
}

/// The start of a newcomer's forecast. The turnovers of earlier days are unknown; each is assumed to be the one that
/// today's price implies. That price says something only once orders have vested, so `turnover_days` of the last 30 days
/// must have had turnover.
///
/// # Errors
/// `too_young` if fewer than [`TURNOVER_DAYS_MIN`] days had turnover; `bad_scenario` if the price window is too long for an eve; `out_of_range` if a result does not fit.
pub fn newcomer(
    rules: &RuleSet,
    (day, price, issued): (Day, Price, Points),
    turnover_days: usize,
    release: &Release,
    share_value: ShareValue,
) -> Result<Newcomer, Refusal> {
    if turnover_days < TURNOVER_DAYS_MIN {
        return Err(Refusal::too_young("turnover_days", turnover_days));
    }
    let days = Eve::turnovers_max(rules);
    if days > VALUES_MAX {
        return Err(Refusal::bad_scenario("rules", "has a `price.window_days` for which no turnovers can be assumed"));
    }
    let mut release = *release;
    let mut holding = Holding::new_at(&release);
    release.give(&mut holding, share_value)?;
    let (release, holding) = Eve::counted_from_here(release, holding);
    let turnover = rules.release_daily.worth_floor(price)?;
    let Mix { minted, .. } = mix(rules, &Scenario::default())?;
    let eve = Eve {
        rules: rules.clone(),
        day,
        price,
        issued,
        release,
        holding,
        points: Points::ZERO,
        turnovers: vec![turnover; days],
        inflow: turnover.share_value_floor(minted)?,
        so_far: None,
    };
    Ok(Newcomer { eve, turnover, minted })
}

/// The common start of all paths.
struct Start<'a> {
    eve: &'a Eve,
    inputs: Inputs,
}

impl<'a> Start<'a> {
    fn new(eve: &'a Eve, assumptions: &Assumptions) -> Result<Self, Refusal> {
        let (mut sum, mut count) = (0, 0);
        for turnover in eve.turnovers.iter().take(MEAN_DAYS) {
            (sum, count) = (sum + turnover.raw(), count + 1);
        }
        let turnover = Money::checked_from_raw(i128::checked_div(sum, count).unwrap_or(0)).unwrap_or_default();
        let turnover = assumptions.turnover.unwrap_or(turnover);
        let inflow = assumptions.inflow.unwrap_or(eve.inflow);
        if turnover.raw() < 0 || inflow.raw() < 0 {
            return Err(Refusal::bad_scenario("turnover", "must not be negative"));
        }
        let rules = &eve.rules;
        let typical = Scenario { online: Rate::percent(50), roles: true, partners: true, ..Scenario::default() };
        let mut mix = mix(rules, &typical)?;
        if turnover.is_positive() {
            mix.minted = ratio(inflow.raw() / 1_000_000, turnover.raw());
        }
        let inputs = Inputs {
            day: eve.day,
            price: eve.price,
            share_value: eve.holding.units.share_value_floor(eve.release.nav)?,
            total: eve.release.total()?,
            release_daily: rules.release_daily,
            turnover,
            inflow,
            buyer_multiple: rules.order_buyer_multiple,
            mix,
        };
        Ok(Self { eve, inputs })
    }

    /// Closes day after day up to the last horizon. A close does not change the account, so it is settled at the
    /// horizons only.
    fn walk(&self, path: &TurnoverPath, horizons: &[usize]) -> Result<Vec<Outlook>, Refusal> {
        let eve = self.eve;
        let mut ended = Vec::new();
        // The eve lists the open day's turnover first. It does not list trades, so a market's price stays the same.
        let (mut turnover, earlier) = match &eve.turnovers[..] {
            [today, earlier @ ..] => (*today, earlier),
            [] => (Money::default(), &[][..]),
        };
        let turnovers = RecentTurnovers::for_price(&eve.rules, earlier.iter().copied())?;
        let mut open = OpenDay { price: eve.price, issued: eve.issued, release: eve.release, turnovers };
        // 1000 share value of today. They are only followed; they are not added to the network.
        let mut thousand = Holding::new_at(&eve.release);
        eve.release.clone().give(&mut thousand, ShareValue::THOUSAND)?;
        let growth = match path {
            TurnoverPath::Growing(rate) => Growth::new(*rate),
            TurnoverPath::Series(_) => None,
        };
        let mut first_total = ShareValue::ZERO;
        let mut outlooks = Vec::with_capacity(horizons.len());
        let last = horizons.last().copied().unwrap_or(0);
        for day in 0..last {
            if day > 0 {
                let inflow;
                (turnover, inflow) = self.flows(path, growth, day)?;
                if inflow.is_positive() {
                    let mut others = Holding::new_at(&open.release);
                    open.release.give(&mut others, inflow)?;
                }
            }
            let closed = day::close(&eve.rules, &mut open, &Signals { turnover, ..Signals::default() })?;
            ended.extend(closed.ended);
            if day == 0 {
                first_total = closed.total;
            }
            if horizons.contains(&(day + 1)) {
                let left = self.inputs.mix.closed_law(self.inputs.share_value, first_total, open.release.total()?);
                outlooks.push(self.look(day + 1, (&open.release, &ended), thousand, open.price, left)?);
            }
        }
        Ok(outlooks)
    }

    /// The account after a number of closes.
    fn look(
        &self,
        days: usize,
        (release, ended): (&Release, &EndedEras),
        mut thousand: Holding,
        price: Price,
        closed_law: ShareValue,
    ) -> Result<Outlook, OutOfRange> {
        let mut holding = self.eve.holding;
        let earned = release.settle(&mut holding, ended)?;
        let of_thousand = release.settle(&mut thousand, ended)?.worth_floor(price)?;
        let back = self.inputs.buyer_multiple.raw().checked_mul(of_thousand.raw()).ok_or(OutOfRange)?;
        Ok(Outlook {
            days,
            earned,
            points: self.eve.points.plus(earned)?,
            share_value: holding.units.share_value_floor(release.nav)?,
            price,
            worth: earned.worth_floor(price)?,
            concession_back: ratio(back, 10_000_000_000_000),
            closed_law,
        })
    }

    /// Turnover and new share value of a day; the first day is 1.
    fn flows(&self, path: &TurnoverPath, growth: Option<Growth>, day: usize) -> Result<(Money, ShareValue), Refusal> {
        if let TurnoverPath::Series(days) = path {
            return Ok(days.get(day - 1).or(days.last()).copied().unwrap_or_default());
        }
        let too_much = || Refusal::bad_scenario("growth_30d", "leads beyond 10^12 a day");
        let growth = growth.ok_or_else(too_much)?;
        // Both grow by the same factor, so the power is computed once.
        let factor = growth.after(Rate::SCALE, day).map_err(|_| too_much())?;
        if factor == Rate::SCALE {
            return Ok((self.inputs.turnover, self.inputs.inflow));
        }
        let grown = |raw: i128| {
            let grown = raw.checked_mul(factor).map(|grown| grown / Rate::SCALE);
            grown.filter(|grown| *grown <= 10_i128.pow(20)).ok_or_else(too_much)
        };
        let turnover = Money::checked_from_raw(grown(self.inputs.turnover.raw())?).ok_or_else(too_much)?;
        Ok((turnover, ShareValue::from_raw(grown(self.inputs.inflow.raw())?)))
    }
}
