//! A run that begins with a book as it is.

use super::state::{Network, PendingOrders, part};
use crate::economy::beginning::Beginning;
use crate::price::RecentTurnovers;
use crate::quantity::{Money, OutOfRange, Points, Rate};
use crate::release::Holding;
use crate::ruleset::Channel;

/// The day on which a member joined who was there before.
const BEFORE: usize = 0;

impl Network<'_> {
    /// Takes over a book, before the first day.
    pub(in crate::economy) fn take_over(&mut self, book: &Beginning) -> Result<(), OutOfRange> {
        self.open.price = book.price;
        self.open.issued = book.supply.issued;
        self.open.turnovers = RecentTurnovers::for_price(self.rules, book.turnovers.iter().copied())?;
        self.burned = book.supply.burned;
        self.treasury = book.supply.treasury;
        self.population = i128::from(book.members);
        let members_share_value = book.share_value.minus(book.shops_share_value)?;
        let held = book.supply.held.plus(book.supply.pool)?;
        let members_points = held.minus(book.shops_points)?;
        self.stock = book.shops_points;
        let kept = members_points.times_floor(self.scenario.hold)?;
        let everybody = self.population.checked_neg().and_then(|all| all.checked_mul(Rate::SCALE)).ok_or(OutOfRange)?;
        let members = self.groups.cohorts.first_mut().ok_or(OutOfRange)?;
        members.members = self.population;
        members.from_day = BEFORE;
        // As if each had recommended one already.
        members.children_at_joining = everybody;
        members.held = kept;
        members.offered = members_points.minus(kept)?;
        members.promised = members_share_value;
        self.groups.shops.promised = book.shops_share_value;
        for (group, value) in [(members, members_share_value), (&mut self.groups.shops, book.shops_share_value)] {
            if value.is_positive() {
                group.holding = Holding::new_at(&self.open.release);
                self.open.release.give(&mut group.holding, value)?;
            }
        }
        self.expect(book.supply.escrow)
    }

    /// Orders that were placed before: their points, split by channel as the scenario says, vest evenly.
    fn expect(&mut self, points: Points) -> Result<(), OutOfRange> {
        let online = points.times_floor(self.scenario.online)?;
        for (channel, points) in [(Channel::Online, online), (Channel::Offline, points.minus(online)?)] {
            let days = i128::from(self.rules.vesting_days(channel)).min(i128::from(u32::MAX));
            if days == 0 {
                // They would have vested. What is in escrow belongs to offers then.
                let members = self.groups.cohorts.first_mut().ok_or(OutOfRange)?;
                members.offered = members.offered.plus(points)?;
                continue;
            }
            let mut left = points;
            // Later than the run nothing need vest.
            for days_left in (1..=days).rev().take(self.scenario.days) {
                let due = Points::from_raw(part(left.raw(), 1, days_left)?);
                left = left.minus(due)?;
                let concession = due.worth_floor(self.open.price)?;
                let gives = self.typical.gives(self.rules, channel, concession, due, self.scenario.referred)?;
                let pending = PendingOrders { gives, concession, wash: Money::default(), back: Points::ZERO };
                match channel {
                    Channel::Online => self.earlier_online.push(pending),
                    Channel::Offline => self.earlier_offline.push(pending),
                }
            }
            self.escrow = self.escrow.plus(points)?;
        }
        Ok(())
    }
}
