//! The day's close, in the order of RULES.md section 5: step 1 and where the points go are here, the rest is
//! [`day::close`].

use super::draft::Draft;
use super::{Book, DayRecord};
use crate::day::{self, OpenDay};
use crate::event::{Code, Refusal};
use crate::identity::{Day, Id};
use crate::price::{RecentTurnovers, Signals};
use crate::quantity::{Money, Points};
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

        let head = &self.changes.head;
        let turnovers = RecentTurnovers::for_price(&self.changes.rules, self.book.recorded_turnovers())?;
        let mut open = OpenDay { price: head.price, issued: head.supply.issued, release: head.release, turnovers };
        let signals = Signals { turnover: head.turnover, traded: head.traded, traded_money: head.traded_money };
        let closed = day::close(&self.changes.rules, &mut open, &signals)?;
        let OpenDay { price: next_price, release, .. } = open;
        self.pay(Party::Issuance, Party::Pool, closed.released, Rule::Release, Reason::DayRelease {})?;
        self.changes.closed = Some(DayRecord {
            day,
            price: closed.price,
            released: closed.released,
            total: closed.total,
            units: release.units,
            nav: release.nav,
            acc: release.acc,
            era: release.era,
            ended: closed.ended,
            turnover: closed.turnover,
        });

        let head = &mut self.changes.head;
        head.release = release;
        head.price = next_price;
        head.day = tomorrow;
        head.turnover = Money::default();
        head.traded = Points::ZERO;
        head.traded_money = 0_u8.into();
        Ok(())
    }

    /// Cancels the trades that were taken on an earlier day and are still `taken`.
    pub(super) fn cancel_stale_trades(&mut self) -> Result<(), Refusal> {
        let book = self.book;
        let today = self.changes.head.day;
        for (_, id) in book.taken.range(..(today, 0)) {
            self.cancel_trade(id)?;
        }
        Ok(())
    }

    /// Vests the orders that are due, in the order in which they were placed.
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
}

impl Book {
    /// The turnovers of the days that were closed, newest first, back to the first day that had one.
    pub(super) fn recorded_turnovers(&self) -> impl Iterator<Item = Money> {
        self.days.iter().rev().map_while(|record| record.turnover)
    }
}
