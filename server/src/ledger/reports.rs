//! What each day brought, and what shops pay for orders on their last days. These sums are kept while events are
//! settled.

use gongxiang::day_report::{Before, DayReport};
use gongxiang::event::{Event, Refusal};
use gongxiang::identity::Day;
use gongxiang::quantity::Points;
use gongxiang::receipt::Receipt;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use gongxiang::book::Book;

/// What the events of a group add to the reports: of days that it closed, and of the open day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReportChanges {
    pub closed: Vec<(Day, DayReport)>,
    pub open: DayReport,
}

impl ReportChanges {
    /// Adds an event. `today` is the open day before it.
    pub fn add(
        &mut self,
        today: Day,
        event: &Event,
        before: &Before,
        outcome: Result<&Receipt, &Refusal>,
        after: &Book,
    ) {
        self.open.add(event, before, outcome, after);
        if after.head().day != today {
            self.closed.push((today, std::mem::take(&mut self.open)));
        }
    }
}

/// The report of a closed day, and of all days until its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosedReport {
    pub day: Day,
    /// Of the day.
    pub report: DayReport,
    /// Of all days until its end.
    pub total: DayReport,
}

/// How many days of spending a shop's row has.
const SPENDING_DAYS: usize = 7;

/// What a shop paid for orders on its last days, refunds aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Spending {
    /// The day of its last order; `None` without one.
    day: Option<Day>,
    /// On that day, on the day before, and so on.
    points: [Points; SPENDING_DAYS],
}

impl Spending {
    /// Adds an order of this day.
    pub fn add(&mut self, day: Day, points: Points) {
        let mut rolled = self.until(day);
        let [today, ..] = &mut rolled;
        *today = today.plus(points).unwrap_or(*today);
        *self = Self { day: Some(day), points: rolled };
    }

    /// What it paid on this day and the six days before, the latest first.
    #[must_use]
    pub fn until(&self, day: Day) -> [Points; SPENDING_DAYS] {
        let mut rolled = [Points::ZERO; SPENDING_DAYS];
        let Some(last) = self.day else { return rolled };
        // Days that lie between; a day before the last order has none of its own.
        let between =
            (0..SPENDING_DAYS).find(|days| u64::try_from(*days).ok().and_then(|days| last.plus(days)) == Some(day));
        if let Some(between) = between {
            for (to, from) in rolled.iter_mut().skip(between).zip(self.points) {
                *to = from;
            }
        }
        rolled
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap_or_else(|| panic!("{text} is a day"))
    }

    fn points(sums: [i64; SPENDING_DAYS]) -> [Points; SPENDING_DAYS] {
        sums.map(|sum| Points::from_raw(i128::from(sum) * Points::SCALE))
    }

    #[test]
    fn a_shop_spends_by_day_and_what_is_older_than_a_week_is_forgotten() {
        let mut spending = Spending::default();
        let one = Points::from_raw(Points::SCALE);
        spending.add(day("2026-01-30"), one);
        spending.add(day("2026-01-30"), one);
        spending.add(day("2026-02-01"), one);
        assert_eq!(spending.until(day("2026-02-01")), points([1, 0, 2, 0, 0, 0, 0]));
        assert_eq!(spending.until(day("2026-02-05")), points([0, 0, 0, 0, 1, 0, 2]));
        assert_eq!(spending.until(day("2026-02-06")), points([0, 0, 0, 0, 0, 1, 0]));
        assert_eq!(spending.until(day("2026-02-08")), points([0; SPENDING_DAYS]));
        assert_eq!(Spending::default().until(day("2026-02-01")), points([0; SPENDING_DAYS]));
    }
}
