//! Members, shops, roles and partners.

use num_traits::Zero;

use crate::event::Kind::{City, Id, Region};
use crate::event::{Event, Row};
use crate::exact::{Exact, ceil};
use crate::state::Member;
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[
    ("member.registered", &[("member", Id, false), ("referrer", Id, true)], Model::member_registered),
    ("merchant.opened", &[("member", Id, false), ("region", Region, false)], Model::merchant_opened),
    ("merchant.closed", &[("member", Id, false)], Model::merchant_closed),
    ("member.frozen", &[("member", Id, false)], Model::member_frozen),
    ("member.unfrozen", &[("member", Id, false)], Model::member_unfrozen),
    ("role.assigned", &[("member", Id, false), ("role", Id, false)], Model::role_assigned),
    ("role.withdrawn", &[("member", Id, false)], Model::role_withdrawn),
    ("partner.appointed", &[("member", Id, false), ("region", City, false)], Model::partner_appointed),
    ("partner.withdrawn", &[("member", Id, false)], Model::partner_withdrawn),
];

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

    /// Refuses what a frozen member may not do.
    pub(crate) fn free(&self, id: &str) -> Result<(), Stop> {
        refuse(self.known(id)?.frozen, "member_frozen")
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut Member)) {
        if let Some(member) = self.members.get_mut(id) {
            change(member);
        }
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

    pub(crate) fn merchant_opened(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        let member = self.known(id)?;
        self.free(id)?;
        refuse(!member.merchant_pack, "merchant_pack_required")?;
        refuse(member.shop.is_some(), "merchant_exists")?;
        let deposit = ceil(&(&self.rules.deposit / &self.price), 8);
        self.enough(id, &deposit, "deposit_short")?;
        self.change(id, |member| member.shop = Some(event.text("region").to_owned()));
        Ok(())
    }

    pub(crate) fn merchant_closed(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        refuse(self.known(id)?.shop.is_none(), "not_a_merchant")?;
        self.change(id, |member| member.shop = None);
        Ok(())
    }

    pub(crate) fn member_frozen(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        self.known(id)?;
        self.free(id)?;
        self.change(id, |member| member.frozen = true);
        Ok(())
    }

    pub(crate) fn member_unfrozen(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        refuse(!self.known(id)?.frozen, "not_frozen")?;
        self.change(id, |member| member.frozen = false);
        Ok(())
    }

    pub(crate) fn role_assigned(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, role) = (event.text("member"), event.text("role"));
        self.known(id)?;
        refuse(!self.rules.roles.iter().any(|r| r.name == role), "unknown_role")?;
        self.change(id, |member| member.role = Some(role.to_owned()));
        Ok(())
    }

    pub(crate) fn role_withdrawn(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        refuse(self.known(id)?.role.is_none(), "no_role")?;
        self.change(id, |member| member.role = None);
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
            self.change(&before, |before| before.city = None);
        }
        self.change(id, |member| member.city = Some(city.to_owned()));
        Ok(())
    }

    pub(crate) fn partner_withdrawn(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("member");
        refuse(self.known(id)?.city.is_none(), "not_a_partner")?;
        self.change(id, |member| member.city = None);
        Ok(())
    }
}
