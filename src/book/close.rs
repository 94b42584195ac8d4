//! The day's close, in the order of RULES.md section 5.

use super::DayRecord;
use super::draft::Draft;
use crate::event::{Code, Refusal};
use crate::identity::{Day, Id};
use crate::limits::NUMBER_MAX;
use crate::quantity::{Money, OutOfRange, Points, Price, mul, narrow, wide};
use crate::receipt::{Party, Reason, Rule};
use crate::ruleset::PricePolicy;

impl Draft<'_> {
    pub(super) fn close_day(&mut self, day: Day) -> Result<(), Refusal> {
        if day != self.changes.head.day {
            return Err(Refusal::new(Code::WrongDay, "day"));
        }
        let tomorrow = day.next().ok_or_else(|| Refusal::new(Code::OutOfRange, "day"))?;
        self.cancel_stale_trades()?;
        self.vest_due_orders()?;

        let mut release = self.changes.head.release;
        let price = self.changes.head.price;
        let closed = release.close(&self.changes.rules, price, self.changes.head.supply.issued)?;
        self.changes.head.release = release;
        self.pay(Party::Issuance, Party::Pool, closed.released, Rule::Release, Reason::plain("the day's release"))?;

        let turnover = self.turnover_to_record();
        let next_price = self.next_price(turnover)?;
        self.changes.closed = Some(DayRecord {
            day,
            price,
            released: closed.released,
            total: closed.total,
            units: release.units,
            nav: release.nav,
            acc: release.acc,
            era: release.era,
            ended: closed.ended,
            turnover,
        });

        let head = &mut self.changes.head;
        head.price = next_price;
        head.day = tomorrow;
        head.turnover = Money::default();
        head.traded = Points::ZERO;
        head.traded_money = 0_u8.into();
        Ok(())
    }

    /// Trades that were taken on an earlier day and are still `taken`.
    fn cancel_stale_trades(&mut self) -> Result<(), Refusal> {
        let book = self.book;
        let today = self.changes.head.day;
        for (_, id) in book.taken.range(..(today, 0)) {
            self.cancel_trade(id)?;
        }
        Ok(())
    }

    /// Orders that are due, in the order in which they were placed.
    fn vest_due_orders(&mut self) -> Result<(), Refusal> {
        let book = self.book;
        let today = self.changes.head.day;
        let mut due: Vec<(u64, &Id)> =
            book.due.range(..=(today, u64::MAX)).map(|((_, sequence), id)| (*sequence, id)).collect();
        due.sort_unstable();
        for (_, id) in due {
            self.vest(id)?;
        }
        Ok(())
    }

    /// The day's turnover, zeros included, from the first day on whose turnover is above 0.
    fn turnover_to_record(&self) -> Option<Money> {
        let turnover = self.changes.head.turnover;
        let begun = self.book.days.last().is_some_and(|record| record.turnover.is_some());
        (begun || turnover.is_positive()).then_some(turnover)
    }

    fn next_price(&self, turnover: Option<Money>) -> Result<Price, OutOfRange> {
        let aim = match self.changes.rules.price_policy {
            PricePolicy::Turnover => self.turnover_aim(turnover)?,
            PricePolicy::Market => self.market_aim()?,
            PricePolicy::Operator => None,
        };
        let price = self.changes.head.price;
        match aim {
            Some(aim) => price.towards(aim, self.changes.rules.price_daily_limit),
            None => Ok(price),
        }
    }

    /// `floor_8(mean turnover of the last window_days recorded days / release.daily)`.
    fn turnover_aim(&self, today: Option<Money>) -> Result<Option<i128>, OutOfRange> {
        let window = usize::try_from(self.changes.rules.price_window_days).unwrap_or(usize::MAX);
        let earlier = self.book.days.iter().rev().map_while(|record| record.turnover);
        let (mut sum, mut days) = (0_i128, 0_i128);
        for turnover in today.into_iter().chain(earlier).take(window) {
            sum = sum.checked_add(turnover.raw()).ok_or(OutOfRange)?;
            days += 1;
        }
        if days == 0 {
            return Ok(None);
        }
        // 10^-2 yuan over 10^-8 points, wanted in 10^-8 yuan a point.
        let money = mul(sum, 10_i128.pow(14))?;
        Ok(Some(aim(money / mul(days, self.changes.rules.release_daily.raw())?)))
    }

    /// `floor_8(money / points)` of today's confirmed trades, if they were enough.
    fn market_aim(&self) -> Result<Option<i128>, OutOfRange> {
        let traded = self.changes.head.traded;
        if !traded.is_positive() || traded < self.changes.rules.price_min_volume {
            return Ok(None);
        }
        Ok(Some(aim(self.changes.head.traded_money / wide(traded.raw())?)))
    }
}

/// No price is above 10^12, so an aim far beyond it is as good as one just beyond it.
fn aim(price: ethnum::U256) -> i128 {
    narrow(price).unwrap_or(i128::from(NUMBER_MAX) * 100_000_000)
}
