//! What an operator should know early: shops that run out of points, a falling price, a release far above what orders
//! bring, a treasury that runs out, and an income that comes from joining.

use gongxiang::day_report::DayReport;
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Price};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ledger::missed::{Doubt, Missed};
use crate::ledger::store::ClosedDay;
use crate::ledger::store::announcement::{AnnouncedRules, AnnouncementState};
use crate::limits::ANNOUNCED_REFUSAL_DAYS;

/// Shops whose points end within so many days are named.
const DRY_WITHIN: u64 = 3;
/// A price that fell on so many days, one after the other, is named.
const FALLS: usize = 3;
/// Days over which releases, income and grants are summed.
const WEEK: usize = 7;
/// A release that is worth so many times what orders paid out is named.
const RELEASE_TIMES: i128 = 2;
/// A treasury that lasts no longer is named.
const TREASURY_DAYS: i128 = 14;

/// A warning with its numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum Warning {
    /// Days are over, and the server does not close them until a person has looked at the clock.
    DaysNotClosed {
        days: u64,
        from: Day,
        until: Day,
        /// What closing them would release at most.
        points: Points,
    },
    /// The server closes no day, because its clock cannot be right.
    ClockInDoubt {},
    /// Rules that were announced will not hold, or do not: this is why.
    AnnouncedRulesFail { from: Day, code: String },
    /// The points of shops end soon.
    ShopsRunDry {
        /// How many end within 3 days.
        shops: usize,
        /// The first of them.
        shop: Id,
        /// When its points do not last.
        day: Day,
    },
    /// Orders were refused because shops had too few points.
    OrdersRefused {
        /// On the open day and the 6 days before.
        orders: u64,
    },
    /// The price fell three days in a row.
    PriceFalls { from: Price, to: Price },
    /// What was released in 7 days is worth more than twice the concessions that were paid out.
    ReleaseAboveTurnover { released_worth: Money, turnover: Money },
    /// At the pace of 7 days the treasury has nothing to give in 14 days.
    TreasuryEnds {
        left: Points,
        /// What it gave in 7 days, less what it took back.
        given: Points,
    },
    /// More than half of the income of 30 days comes from joining.
    IncomeFromJoining {
        joining: Money,
        /// All income: packs, and points of the treasury at their price.
        income: Money,
    },
}

/// What the warnings are made of.
#[derive(Debug)]
pub struct Situation<'a> {
    pub day: Day,
    /// Why the server closes no day by itself.
    pub close_waits: Option<&'a Doubt>,
    pub treasury: Points,
    pub today: &'a DayReport,
    /// Closed days, oldest first, each with its report.
    pub days: &'a [(ClosedDay, Option<DayReport>)],
    /// The rules that were announced last.
    pub announced: Option<&'a AnnouncedRules>,
    /// The fingerprint of the rules in force.
    pub rules: &'a str,
    /// Shops by the day on which their points do not last, the first ones first.
    pub dry: &'a [(Day, Id)],
}

/// All warnings, the most urgent first.
#[must_use]
pub fn warnings(situation: &Situation<'_>) -> Vec<Warning> {
    let Situation { today, days, .. } = *situation;
    let week = days.get(days.len().saturating_sub(WEEK - 1)..).unwrap_or_default();
    let reports = |days: &[(ClosedDay, Option<DayReport>)]| {
        let mut sum = *today;
        days.iter().filter_map(|(_, report)| report.as_ref()).for_each(|report| sum.merge(report));
        sum
    };
    let of_week = reports(week);
    let found = [
        close_waits(situation),
        announced(situation),
        dry(situation),
        Some(Warning::OrdersRefused { orders: of_week.orders_short }).filter(|_| of_week.orders_short > 0),
        falls(days),
        release(days.get(days.len().saturating_sub(WEEK)..).unwrap_or_default()),
        treasury(situation.treasury, &of_week),
        joining(&reports(days)),
    ];
    found.into_iter().flatten().collect()
}

fn close_waits(situation: &Situation<'_>) -> Option<Warning> {
    Some(match situation.close_waits? {
        Doubt::Many(Missed { first, last, days }, points) | Doubt::Ahead(Missed { first, last, days }, points, _) => {
            Warning::DaysNotClosed { days: *days, from: *first, until: *last, points: *points }
        }
        Doubt::Behind { .. } | Doubt::Apart(_) => Warning::ClockInDoubt {},
    })
}

/// Announced rules that were refused lately, or that will be because others are in force now than those that they change.
fn announced(situation: &Situation<'_>) -> Option<Warning> {
    let AnnouncedRules { made, state, code, .. } = situation.announced?;
    let code = match state {
        AnnouncementState::Waiting if made.based_on != situation.rules => "rules_changed".to_owned(),
        AnnouncementState::Refused if situation.day <= made.from.plus(ANNOUNCED_REFUSAL_DAYS)? => code.clone()?,
        _ => return None,
    };
    Some(Warning::AnnouncedRulesFail { from: made.from, code })
}

fn dry(situation: &Situation<'_>) -> Option<Warning> {
    let last = situation.day.plus(DRY_WITHIN)?;
    let soon = situation.dry.iter().filter(|(day, _)| *day <= last).count();
    let (day, shop) = situation.dry.first().filter(|_| soon > 0)?;
    Some(Warning::ShopsRunDry { shops: soon, shop: shop.clone(), day: *day })
}

fn falls(days: &[(ClosedDay, Option<DayReport>)]) -> Option<Warning> {
    let last = days.get(days.len().checked_sub(FALLS + 1)?..)?;
    let prices: Vec<_> = last.iter().map(|(closed, _)| closed.record.price).collect();
    let fell = prices.windows(2).all(|pair| matches!(pair, [before, after] if after < before));
    let (from, to) = (*prices.first()?, *prices.last()?);
    fell.then_some(Warning::PriceFalls { from, to })
}

fn release(week: &[(ClosedDay, Option<DayReport>)]) -> Option<Warning> {
    let mut sums = (Money::default(), Money::default());
    for (closed, _) in week {
        let worth = closed.record.released.worth_floor(closed.record.price).ok()?;
        sums = (sums.0.plus(worth).ok()?, sums.1.plus(closed.record.turnover.unwrap_or_default()).ok()?);
    }
    let (released_worth, turnover) = sums;
    let is_far_above = released_worth.raw() > turnover.raw().checked_mul(RELEASE_TIMES)?;
    (is_far_above && week.len() == WEEK).then_some(Warning::ReleaseAboveTurnover { released_worth, turnover })
}

fn treasury(left: Points, week: &DayReport) -> Option<Warning> {
    let given = week.granted.minus(week.reclaimed).ok().filter(|given| given.is_positive())?;
    let in_all = given.raw().checked_mul(TREASURY_DAYS)? / i128::try_from(WEEK).ok()?;
    (left.raw() < in_all).then_some(Warning::TreasuryEnds { left, given })
}

fn joining(month: &DayReport) -> Option<Warning> {
    let joining = month.joining().ok()?;
    let income = joining.plus(month.granted_worth).ok()?;
    (joining.raw().checked_mul(2)? > income.raw()).then_some(Warning::IncomeFromJoining { joining, income })
}

#[cfg(test)]
mod tests {
    use gongxiang::book::DayRecord;

    use std::sync::LazyLock;

    use super::*;

    fn day(number: u64) -> Day {
        Day::parse("2026-01-01").and_then(|first| first.plus(number)).unwrap_or_else(|| panic!("{number} is no day"))
    }

    /// A closed day with this price, release and turnover.
    fn closed(number: u64, price: &str, released: &str, turnover: &str) -> (ClosedDay, Option<DayReport>) {
        let record: DayRecord = serde_json::from_value(serde_json::json!({
            "day": day(number), "price": price, "released": released, "total": "1000", "units": "1000", "nav": "1", "acc": "1",
            "era": 0, "turnover": turnover
        }))
        .unwrap_or_else(|error| panic!("{error}"));
        (ClosedDay { record, burned: None }, Some(DayReport::default()))
    }

    fn of(days: &[(ClosedDay, Option<DayReport>)], today: &DayReport, dry: &[(Day, Id)]) -> Vec<Warning> {
        warnings(&Situation { today, days, dry, ..quiet() })
    }

    fn quiet() -> Situation<'static> {
        static NOTHING: LazyLock<DayReport> = LazyLock::new(DayReport::default);
        let treasury = Points::parse("100").unwrap_or_default();
        Situation {
            day: day(30),
            close_waits: None,
            treasury,
            today: &NOTHING,
            days: &[],
            announced: None,
            rules: "",
            dry: &[],
        }
    }

    #[test]
    fn days_that_wait_for_a_person_come_first_and_a_wrong_clock_is_named() {
        let missed = Missed { first: day(30), last: day(35), days: 6 };
        let points = Points::parse("5328").unwrap_or_default();
        let of = |doubt: Doubt| warnings(&Situation { close_waits: Some(&doubt), ..quiet() });
        let waits = [Warning::DaysNotClosed { days: 6, from: day(30), until: day(35), points }];
        assert_eq!(of(Doubt::Many(missed, points)), waits);
        assert_eq!(of(Doubt::Ahead(missed, points, day(1))), waits);
        assert_eq!(of(Doubt::Apart(-70)), [Warning::ClockInDoubt {}]);
    }

    #[test]
    fn a_quiet_scheme_has_no_warnings() {
        let days: Vec<_> = (0..10).map(|number| closed(number, "1", "100", "100")).collect();
        assert_eq!(of(&days, &DayReport::default(), &[]), []);
        assert_eq!(of(&[], &DayReport::default(), &[]), [], "and so has a new one");
    }

    #[test]
    fn a_price_that_falls_three_days_is_named_and_one_that_stands_between_is_not() {
        let prices = |prices: [&str; 5]| -> Vec<_> {
            (0..).zip(prices).map(|(number, price)| closed(number, price, "0", "0")).collect()
        };
        let fell = of(&prices(["1", "1", "0.9", "0.8", "0.7"]), &DayReport::default(), &[]);
        assert!(
            matches!(fell.as_slice(), [Warning::PriceFalls { from, to }]
            if from.to_string() == "1" && to.to_string() == "0.7"),
            "{fell:?}"
        );
        assert_eq!(of(&prices(["1", "0.9", "0.9", "0.8", "0.7"]), &DayReport::default(), &[]), []);
    }

    #[test]
    fn shops_that_end_within_three_days_are_counted() {
        let shop = |name: &str| Id::parse(name).unwrap_or_else(|| panic!("{name}"));
        let dry = [(day(31), shop("s1")), (day(33), shop("s2")), (day(34), shop("s3"))];
        let found = of(&[], &DayReport::default(), &dry);
        assert_eq!(found, [Warning::ShopsRunDry { shops: 2, shop: shop("s1"), day: day(31) }]);
    }

    #[test]
    fn releases_the_treasury_and_the_income_are_weighed() {
        let days: Vec<_> = (0..7).map(|number| closed(number, "1", "201", "100")).collect();
        let today = DayReport {
            orders_short: 2,
            granted: Points::parse("60").unwrap_or_default(),
            granted_worth: Money::parse("60").unwrap_or_default(),
            member_packs: Money::parse("61").unwrap_or_default(),
            ..DayReport::default()
        };
        let names: Vec<_> =
            of(&days, &today, &[]).iter().map(|warning| serde_json::json!(warning)["of"].clone()).collect();
        assert_eq!(names, ["orders_refused", "release_above_turnover", "treasury_ends", "income_from_joining"]);
    }
}
