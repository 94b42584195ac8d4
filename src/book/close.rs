//! The day's close in the order of RULES.md section 5. Step 1 and the movement of the released points are here; the other steps
//! are [`day::close`].

use super::draft::Draft;
use super::record::DayRecord;
use crate::day::{self, OpenDay};
use crate::event::{Code, Refusal};
use crate::identity::Day;
use crate::price::{RecentTurnovers, Signals};
use crate::quantity::{Money, Points};
use crate::receipt::{Party, Reason, Rule};

impl Draft<'_> {
    #[inline(never)]
    pub(super) fn close_day(&mut self, day: Day) -> Result<(), Refusal> {
        self.is_open(day)?;
        let tomorrow = day.next().ok_or_else(|| Refusal::new(Code::OutOfRange, "day"))?;
        self.do_what_is_due(usize::MAX)?;

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

    /// Does a part of step 1 before the close, for at most `most` trades, packs and orders.
    pub(super) fn close_part(&mut self, day: Day, most: usize) -> Result<(), Refusal> {
        self.is_open(day)?;
        match self.do_what_is_due(most)? {
            0 => Err(Refusal::new(Code::NothingDue, "day")),
            _ => Ok(()),
        }
    }

    fn is_open(&self, day: Day) -> Result<(), Refusal> {
        if day == self.changes.head.day { Ok(()) } else { Err(Refusal::new(Code::WrongDay, "day")) }
    }

    /// Step 1 for at most `most` rows. It cancels the trades that were taken on an earlier day and never paid, then lets due
    /// packs take effect, then vests due orders. Returns the number of rows.
    ///
    /// Every earlier day was closed, so all rows that are due today stand at the front of their queues. A part of a close costs
    /// nothing for the rows that it leaves.
    pub(super) fn do_what_is_due(&mut self, most: usize) -> Result<usize, Refusal> {
        let book = self.book;
        let today = self.changes.head.day;
        let mut done = 0;
        for id in book.taken.range(..(today, 0)).map(|(_, id)| id).take(most) {
            self.cancel_trade(id)?;
            done += 1;
        }
        for id in book.returnable.range(..=(today, u64::MAX)).map(|(_, id)| id).take(most - done) {
            self.take_effect(id)?;
            done += 1;
        }
        for id in book.due.range(..=(today, u64::MAX)).map(|(_, id)| id).take(most - done) {
            self.vest(id)?;
            done += 1;
        }
        Ok(done)
    }
}
