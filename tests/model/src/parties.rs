//! Members, packs, shops, roles, partners and the treasury.

use num_traits::{Signed, Zero};

use crate::event::Event;
use crate::exact::{Exact, ceil, floor, tiny, whole};
use crate::state::Member;
use crate::{Model, Stop, refuse};

impl Model {
    /// Gives share value: to the locked part of whoever is not activated.
    pub(crate) fn give(&mut self, id: &str, amount: &Exact) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if amount.is_zero() {
            return;
        }
        if !member.activated {
            member.locked += amount;
            return;
        }
        let slack = self.index.give(amount);
        member.holding.share_value += amount;
        member.holding.slack.share_value += &slack;
        member.grants += 1;
        self.total_slack += slack;
        self.grants += 1;
    }

    pub(crate) fn pay(&mut self, id: &str, points: &Exact) {
        if let Some(member) = self.members.get_mut(id) {
            member.holding.points += points;
        }
    }

    pub(crate) fn known(&self, id: &str) -> Result<&Member, Stop> {
        self.members.get(id).ok_or(Stop::Refused("unknown_member"))
    }

    pub(crate) fn member_registered(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        refuse(self.members.contains_key(id), "member_exists")?;
        let referrer = event.maybe("referrer");
        if let Some(referrer) = referrer {
            self.known(referrer)?;
        }
        let member = Member {
            referrer: referrer.map(str::to_owned),
            locked: self.rules.signup_member.clone(),
            ..Member::default()
        };
        self.members.insert(id.to_owned(), member);
        Ok(())
    }

    pub(crate) fn pack_purchased(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        self.known(id)?;
        let pack = self.rules.packs.get(event.text("pack")).cloned().ok_or(Stop::Refused("unknown_pack"))?;
        let today = self.today;
        let mut activation = None;
        if let Some(member) = self.members.get_mut(id) {
            member.merchant_pack |= pack.merchant;
            if pack.area_partner {
                member.area_pack = Some(today);
            }
            if !member.activated {
                member.activated = true;
                activation = Some((std::mem::take(&mut member.locked), member.referrer.clone()));
            }
        }
        if let Some((locked, referrer)) = activation {
            self.give(id, &locked);
            if let Some(referrer) = referrer {
                let part = self.rules.signup_referrer.clone();
                self.give(&referrer, &part);
            }
        }
        self.give(id, &floor(&(pack.price * pack.share_value_rate), 8));
        Ok(())
    }

    pub(crate) fn merchant_opened(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        let member = self.known(id)?;
        refuse(!member.merchant_pack, "merchant_pack_required")?;
        refuse(member.shop.is_some(), "merchant_exists")?;
        let deposit = ceil(&(&self.rules.deposit / &self.price), 8);
        self.enough(id, &deposit, "deposit_short")?;
        if let Some(member) = self.members.get_mut(id) {
            member.shop = Some(event.text("region").to_owned());
        }
        Ok(())
    }

    pub(crate) fn role_assigned(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, role) = (event.text("member"), event.text("role"));
        self.known(id)?;
        refuse(!self.rules.roles.iter().any(|r| r.name == role), "unknown_role")?;
        if let Some(member) = self.members.get_mut(id) {
            member.role = Some(role.to_owned());
        }
        Ok(())
    }

    /// Whether a partner's last pack is recent enough today.
    pub(crate) fn eligible(&self, member: &Member) -> bool {
        member.area_pack.is_some_and(|day| self.today - day <= self.rules.repurchase_days)
    }

    /// The partner of a city, eligible or not.
    pub(crate) fn partner(&self, city: &str) -> Option<(&String, &Member)> {
        self.members.iter().find(|(_, m)| m.city.as_deref() == Some(city))
    }

    pub(crate) fn partner_appointed(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, city) = (event.text("member"), event.text("region"));
        let member = self.known(id)?;
        refuse(member.area_pack.is_none(), "partner_pack_required")?;
        refuse(member.city.is_some(), "partner_exists")?;
        let before = self.partner(city).map(|(id, m)| (id.clone(), self.eligible(m)));
        if let Some((before, eligible)) = before {
            refuse(eligible, "region_taken")?;
            if let Some(before) = self.members.get_mut(&before) {
                before.city = None;
            }
        }
        if let Some(member) = self.members.get_mut(id) {
            member.city = Some(city.to_owned());
        }
        Ok(())
    }

    pub(crate) fn treasury_granted(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, points) = (event.text("member"), event.number("points"));
        self.known(id)?;
        refuse(!points.is_positive(), "bad_amount")?;
        refuse(points > self.treasury, "treasury_short")?;
        self.treasury -= &points;
        self.pay(id, &points);
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
        refuse(from == to, "same_member")?;
        refuse(!points.is_positive(), "bad_amount")?;
        self.enough(from, &points, "points_short")?;
        self.pay(from, &-&points);
        self.pay(to, &points);
        Ok(())
    }

    pub(crate) fn points_redeemed(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, points) = (event.text("member"), event.number("points"));
        self.known(id)?;
        refuse(!points.is_positive(), "bad_amount")?;
        self.enough(id, &points, "points_short")?;
        self.pay(id, &-&points);
        if self.rules.redemption_burns {
            self.burned += points;
        } else {
            self.treasury += points;
        }
        Ok(())
    }
}

/// The index of section 5, kept alongside for one purpose: to know how large its roundings are and when eras begin.
/// No balance follows from it.
#[derive(Debug, Clone)]
pub(crate) struct Index {
    pub nav: Exact,
    pub units: Exact,
    /// Bound on the two carries. They stay when units are taken back, and fall to those that are left.
    pub carry: Exact,
    pub eras: i64,
}

impl Index {
    pub fn new() -> Self {
        Self { nav: whole(1), units: whole(0), carry: whole(0), eras: 0 }
    }

    /// What a carry can be for one unit.
    pub fn carry_per_unit(&self) -> Exact {
        if self.units.is_zero() { whole(0) } else { &self.carry / &self.units }
    }

    /// Adds units for this much share value; says by how much `ceil_8(s / nav)` may give more.
    pub fn give(&mut self, amount: &Exact) -> Exact {
        let exact = amount / &self.nav;
        let units = ceil(&exact, 8);
        let slack = if units == exact { whole(0) } else { tiny(8) };
        self.units += units;
        if self.nav == whole(1) { slack } else { tiny(8) }
    }

    /// Takes units back for this much share value.
    pub fn take(&mut self, amount: &Exact) {
        let rest = floor(&(&self.units - amount / &self.nav), 8);
        self.units = rest.max(whole(0));
    }
}
