//! The close of a day (section 5): what is due, release, record, next price.

use num_traits::Zero;

use crate::event::{Event, Kind, Row};
use crate::exact::{CUT, Exact, ceil, floor, tiny, whole};
use crate::holding::Terms;
use crate::rules::Policy;
use crate::state::{Day, Order, Purchase, PurchaseStage, Trade, TradeStage};
use crate::{Model, Stop, dates, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[
    ("day.closing", &[("day", Kind::Day, false), ("most", Kind::Count(10_000), false)], Model::day_closing),
    ("day.closed", &[("day", Kind::Day, false)], Model::day_closed),
];

/// What step 1 of a close does, by its place in the model's lists.
#[derive(Debug, Clone, Copy)]
enum Due {
    Trade(usize),
    Pack(usize),
    Order(usize),
}

/// What a close may release: our own figure, and the range in which the indexed rules' figure must lie.
#[derive(Debug, Clone)]
struct Range {
    own: Exact,
    low: Exact,
    high: Exact,
}

impl Model {
    /// What step 1 has to do today: trades in the order of taking, packs in that of buying, orders in that of placing.
    fn due(&self) -> Vec<Due> {
        let stale = |trade: &Trade| trade.stage == TradeStage::Taken && trade.day < self.today;
        let takes_effect = |pack: &Purchase| pack.stage == PurchaseStage::Waiting && pack.due <= self.today;
        let vests = |order: &Order| order.vesting.is_none() && !order.left.is_zero() && order.due <= self.today;
        let trades = (0..self.trades.len()).filter(|at| stale(&self.trades[*at].1)).map(Due::Trade);
        let packs = (0..self.purchases.len()).filter(|at| takes_effect(&self.purchases[*at])).map(Due::Pack);
        let orders = (0..self.orders.len()).filter(|at| vests(&self.orders[*at])).map(Due::Order);
        trades.chain(packs).chain(orders).collect()
    }

    /// Whether step 1 has anything to do.
    pub(crate) fn is_due(&self) -> bool {
        !self.due().is_empty()
    }

    fn finish(&mut self, due: Due) {
        match due {
            Due::Trade(at) => self.cancel_trade(at),
            Due::Pack(at) => {
                self.purchases[at].stage = PurchaseStage::Final;
                let Purchase { member, pack, .. } = self.purchases[at].clone();
                self.take_effect(&member, pack);
            }
            Due::Order(at) => self.vest(at),
        }
    }

    pub(crate) fn day_closing(&mut self, event: &Event) -> Result<(), Stop> {
        refuse(dates::number(event.text("day")) != Some(self.today), "wrong_day")?;
        let due = self.due();
        refuse(due.is_empty(), "nothing_due")?;
        let most = event.count("most").and_then(|most| usize::try_from(most).ok()).unwrap_or_default();
        for due in due.into_iter().take(most) {
            self.finish(due);
        }
        Ok(())
    }

    pub(crate) fn day_closed(&mut self, event: &Event) -> Result<(), Stop> {
        refuse(dates::number(event.text("day")) != Some(self.today), "wrong_day")?;
        for due in self.due() {
            self.finish(due);
        }
        let total = self.total();
        let carry = self.index.carry.clone();
        let range = self.release_range(&total, &carry);
        let seen = self.seen_released.take();
        let (released, released_slack) = if let Some(seen) = seen {
            if seen < range.low || seen > range.high {
                let text = |x: &Exact| crate::exact::text(x, 12);
                let (low, high) = (text(&range.low), text(&range.high));
                self.objection = Some(format!("released {} is not within {low} and {high}", text(&seen)));
            }
            (seen, whole(0))
        } else {
            let slack = (&range.high - &range.own).max(&range.own - &range.low);
            (range.own.clone(), slack)
        };
        let record = Day {
            day: dates::text(self.today),
            price: self.price.clone(),
            released: released.clone(),
            released_slack: released_slack.clone(),
            total: total.clone(),
            total_slack: &self.total_slack + &carry + tiny(8),
        };
        self.days.push(record);
        if !released.is_zero() {
            self.release(total, &carry, released, released_slack);
        }
        self.next_price();
        self.turnover = whole(0);
        self.traded_money = whole(0);
        self.traded_points = whole(0);
        self.today += 1;
        Ok(())
    }

    /// `R = min(daily + returned, cap − issued)`, and never the last `min_total` of share value.
    fn release_range(&self, total: &Exact, carry: &Exact) -> Range {
        let zero = || whole(0);
        let most = |total: Exact| floor(&((floor(&total, 8) - &self.rules.min_total) / &self.price), 8);
        let figure = |returned: Exact, room: Exact, total: Exact| {
            let figure = (&self.rules.daily + returned.max(zero())).min(room);
            floor(&figure.min(most(total)), 8).max(zero())
        };
        let room = &self.rules.cap - &self.issued;
        // `floor_8(W × nav)` loses up to 10^-8 of the total, unless it is a plain decimal as on the first day.
        let floored = if carry.is_zero() { zero() } else { tiny(8) };
        Range {
            own: figure(self.returned.clone(), room.clone(), total.clone()),
            low: figure(
                &self.returned - &self.returned_slack,
                &room - &self.issued_slack,
                total - &self.total_slack - floored,
            ),
            // One more place up, because the exact total need not be a plain decimal.
            high: figure(
                &self.returned + &self.returned_slack,
                &room + &self.issued_slack,
                ceil(&(total + &self.total_slack), 8),
            ),
        }
    }

    fn release(&mut self, total: Exact, carry: &Exact, released: Exact, released_slack: Exact) {
        self.issued += &released;
        self.issued_slack += &released_slack;
        if released > self.rules.daily {
            let back = (&released - &self.rules.daily).min(self.returned.clone());
            self.returned -= back;
        }
        self.returned_slack += &released_slack;
        let converted = &released * &self.price;
        let nav = self.index.nav.clone();
        let per_unit = tiny(18) + self.index.carry_per_unit();
        let eras = self.index.drop(&converted);
        let terms = Terms {
            total_slack: &self.total_slack + carry,
            total,
            released,
            released_slack: released_slack.clone(),
            price: self.price.clone(),
            nav,
            per_unit,
            eras,
        };
        let release = terms.release();
        for member in self.members.values_mut() {
            release.apply(&mut member.holding);
        }
        self.releases.push(release);
        // What the release takes off the total is exact; new eras lose less than 10^-8 units each.
        self.total_slack += released_slack * &self.price + whole(eras) * tiny(8);
        if self.lowest_price.as_ref().is_none_or(|lowest| self.price < *lowest) {
            self.lowest_price = Some(self.price.clone());
        }
    }

    fn next_price(&mut self) {
        let rules = &self.rules;
        if !self.turnovers.is_empty() || !self.turnover.is_zero() {
            self.turnovers.push(self.turnover.clone());
        }
        let aim = match rules.policy {
            Policy::Operator => None,
            Policy::Turnover => {
                let last: Vec<&Exact> = self.turnovers.iter().rev().take(rules.window_days).collect();
                let sum = last.iter().fold(whole(0), |sum, day| sum + *day);
                let days = i64::try_from(last.len()).unwrap_or(i64::MAX);
                (days > 0).then(|| floor(&(sum / whole(days) / &rules.daily), 8))
            }
            Policy::Market => {
                let enough = !self.traded_points.is_zero() && self.traded_points >= rules.min_volume;
                enough.then(|| floor(&(&self.traded_money / &self.traded_points), 8))
            }
        };
        let Some(aim) = aim else { return };
        let price = &self.price;
        let mut low = ceil(&(price * (whole(1) - &rules.daily_limit)), 8);
        let mut high = floor(&(price * (whole(1) + &rules.daily_limit)), 8);
        if !rules.daily_limit.is_zero() {
            // However low the price, it can move.
            low = low.min(price - tiny(8));
            high = high.max(price + tiny(8));
        }
        self.price = aim.max(low).min(high).max(tiny(8)).min(whole(1_000_000_000_000));
    }

    /// All share value: the sum over the accounts.
    #[must_use]
    pub fn total(&self) -> Exact {
        let sum = self.members.values().fold(whole(0), |sum, m| crate::exact::cut_sum(&sum, &m.holding.share_value));
        floor(&sum, CUT)
    }
}

impl crate::index::Index {
    /// Steps 4 and 5 of a close; says how many eras begin, generously.
    fn drop(&mut self, converted: &Exact) -> i64 {
        if self.units.is_zero() {
            return 0;
        }
        self.nav -= floor(&(converted / &self.units), 18);
        self.nav = self.nav.clone().max(tiny(18));
        self.carry = tiny(18) * &self.units;
        let thousand = whole(1000);
        let mut eras = 0;
        while self.nav < tiny(3) {
            self.nav = &self.nav * &thousand;
            self.units = floor(&(&self.units / &thousand), 8);
            eras += 1;
        }
        self.eras += eras;
        // The indexed nav may be a hair lower than this one.
        eras + i64::from(self.nav < Exact::new_raw(1001.into(), 1_000_000.into()))
    }
}
