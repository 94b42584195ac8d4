//! The day's close, in the order of RULES.md section 5.

use super::DayRecord;
use super::draft::Draft;
use crate::event::{Code, Refusal};
use crate::identity::{Day, Id};
use crate::price::{self, Signals};
use crate::quantity::{Money, OutOfRange, Points, Price};
use crate::receipt::{Party, Reason, Rule};

impl Draft<'_> {
    #[inline(never)]
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
        self.pay(Party::Issuance, Party::Pool, closed.released, Rule::Release, Reason::DayRelease {})?;

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
    pub(super) fn cancel_stale_trades(&mut self) -> Result<(), Refusal> {
        let book = self.book;
        let today = self.changes.head.day;
        for (_, id) in book.taken.range(..(today, 0)) {
            self.cancel_trade(id)?;
        }
        Ok(())
    }

    /// Orders that are due, in the order in which they were placed.
    pub(super) fn vest_due_orders(&mut self) -> Result<(), Refusal> {
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
    pub(super) fn turnover_to_record(&self) -> Option<Money> {
        let turnover = self.changes.head.turnover;
        let begun = self.book.days.last().is_some_and(|record| record.turnover.is_some());
        (begun || turnover.is_positive()).then_some(turnover)
    }

    fn next_price(&self, today: Option<Money>) -> Result<Price, OutOfRange> {
        let head = &self.changes.head;
        let mut signals = Signals { traded: head.traded, traded_money: head.traded_money, ..Signals::default() };
        let window = usize::try_from(self.changes.rules.price_window_days).unwrap_or(usize::MAX);
        let earlier = self.book.days.iter().rev().map_while(|record| record.turnover);
        for turnover in today.into_iter().chain(earlier).take(window) {
            signals.turnover_sum = signals.turnover_sum.checked_add(turnover.raw()).ok_or(OutOfRange)?;
            signals.turnover_days += 1;
        }
        price::next(&self.changes.rules, head.price, &signals)
    }
}
