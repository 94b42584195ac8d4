//! Points between members and the treasury, opening balances, transfers and redemptions.

use num_traits::Signed;

use crate::event::Kind::{Id, Points};
use crate::event::{Event, Row};
use crate::state::Redemption;
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[
    ("treasury.granted", &[("member", Id, false), ("points", Points, false)], Model::treasury_granted),
    ("treasury.reclaimed", &[("member", Id, false), ("points", Points, false)], Model::treasury_reclaimed),
    (
        "balance.opened",
        &[("member", Id, false), ("share_value", Points, true), ("points", Points, true)],
        Model::balance_opened,
    ),
    ("price.set", &[("price", Points, false)], Model::price_set),
    (
        "points.transferred",
        &[("from", Id, false), ("to", Id, false), ("points", Points, false)],
        Model::points_transferred,
    ),
    (
        "points.redeemed",
        &[("member", Id, false), ("points", Points, false), ("item", Id, true), ("redemption", Id, true)],
        Model::points_redeemed,
    ),
    ("redemption.cancelled", &[("redemption", Id, false)], Model::redemption_cancelled),
];

impl Model {
    pub(crate) fn treasury_granted(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, points) = (event.text("member"), event.number("points"));
        self.known(id)?;
        refuse(!points.is_positive(), "bad_amount")?;
        refuse(points > self.treasury, "treasury_short")?;
        self.treasury -= &points;
        self.pay(id, &points);
        Ok(())
    }

    pub(crate) fn treasury_reclaimed(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, points) = (event.text("member"), event.number("points"));
        self.known(id)?;
        refuse(!points.is_positive(), "bad_amount")?;
        self.enough(id, &points, "points_short")?;
        self.pay(id, &-&points);
        self.treasury += points;
        Ok(())
    }

    pub(crate) fn balance_opened(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        let (share_value, points) = (event.maybe_number("share_value"), event.maybe_number("points"));
        self.known(id)?;
        refuse(!self.days.is_empty(), "not_opening")?;
        let given = [&share_value, &points];
        refuse(given.iter().all(|given| given.is_none()), "bad_amount")?;
        refuse(given.iter().any(|given| given.as_ref().is_some_and(|n| !n.is_positive())), "bad_amount")?;
        refuse(points.as_ref().is_some_and(|points| *points > self.treasury), "treasury_short")?;
        if let Some(share_value) = share_value {
            self.give(id, &share_value);
        }
        if let Some(points) = points {
            self.treasury -= &points;
            self.pay(id, &points);
        }
        Ok(())
    }

    pub(crate) fn price_set(&mut self, event: &Event) -> Result<(), Stop> {
        let price = event.number("price");
        refuse(!price.is_positive(), "bad_price")?;
        self.price = price;
        Ok(())
    }

    pub(crate) fn points_transferred(&mut self, event: &Event) -> Result<(), Stop> {
        let (from, to, points) = (event.text("from"), event.text("to"), event.number("points"));
        self.known(from)?;
        self.known(to)?;
        self.free(from)?;
        self.free(to)?;
        refuse(from == to, "same_member")?;
        refuse(!points.is_positive(), "bad_amount")?;
        self.enough(from, &points, "points_short")?;
        self.pay(from, &-&points);
        self.pay(to, &points);
        Ok(())
    }

    pub(crate) fn points_redeemed(&mut self, event: &Event) -> Result<(), Stop> {
        let (member, points) = (event.text("member"), event.number("points"));
        let id = event.maybe("redemption");
        self.known(member)?;
        self.free(member)?;
        refuse(id.is_some_and(|id| self.redemptions.contains_key(id)), "redemption_exists")?;
        refuse(!points.is_positive(), "bad_amount")?;
        self.enough(member, &points, "points_short")?;
        self.pay(member, &-&points);
        let burned = self.rules.redemption_burns;
        if burned {
            self.burned += &points;
        } else {
            self.treasury += &points;
        }
        if let Some(id) = id {
            let redemption = Redemption { member: member.to_owned(), points, burned, cancelled: false };
            self.redemptions.insert(id.to_owned(), redemption);
        }
        Ok(())
    }

    pub(crate) fn redemption_cancelled(&mut self, event: &Event) -> Result<(), Stop> {
        let found = self.redemptions.get_mut(event.text("redemption"));
        let redemption = found.ok_or(Stop::Refused("unknown_redemption"))?;
        refuse(redemption.cancelled, "redemption_cancelled")?;
        refuse(!redemption.burned && redemption.points > self.treasury, "treasury_short")?;
        redemption.cancelled = true;
        let Redemption { member, points, burned, .. } = redemption.clone();
        if burned {
            self.burned -= &points;
        } else {
            self.treasury -= &points;
        }
        self.pay(&member, &points);
        Ok(())
    }
}
