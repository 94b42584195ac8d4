//! Joining members, their packs, and the split of share value among members.

use super::group::Holder;
use super::state::{Network, part};
use crate::economy::figures::Sale;
use crate::economy::path::Growth;
use crate::event::Refusal;
use crate::quantity::{OutOfRange, Rate, ShareValue, mul, narrow};
use crate::ruleset::{Pack, RuleSet};

/// Packs of one kind that were sold.
struct SoldPacks {
    /// In cents.
    paid: i128,
    /// The share value that they give.
    value: ShareValue,
}

/// The cheapest pack that counts as this sale.
fn cheapest(rules: &RuleSet, sale: Sale) -> Option<&Pack> {
    let fits = |pack: &&Pack| match sale {
        Sale::MemberPack => !pack.merchant && !pack.area_partner,
        Sale::MerchantPack => pack.merchant,
        Sale::AreaPack => pack.area_partner,
        Sale::DepositPoints | Sale::OrderPoints => false,
    };
    rules.packs.iter().map(|(_, pack)| pack).filter(fits).min_by_key(|pack| pack.price)
}

impl Network<'_> {
    /// Gives share value to a group. The last close has settled the group, unless it was empty then.
    pub(super) fn give(&mut self, to: Holder, value: ShareValue) -> Result<(), OutOfRange> {
        if !value.is_positive() {
            return Ok(());
        }
        let group = self.groups.get_mut(to).ok_or(OutOfRange)?;
        if group.holding.units.is_zero() {
            self.open.release.settle(&mut group.holding, &self.ended)?;
        }
        self.open.release.give(&mut group.holding, value)?;
        group.promised = group.promised.plus(value)?;
        self.minted = self.minted.plus(value)?;
        Ok(())
    }

    /// Adds the day's new members and sells them their packs.
    pub(super) fn join(&mut self, day: usize) -> Result<(), Refusal> {
        let scenario = self.scenario;
        let joining = if day == 0 && self.population == 0 {
            i128::from(scenario.members)
        } else if day == 0 {
            // Members who were there before recommend them.
            i128::from(scenario.joining)
        } else {
            let growth = Growth::new(scenario.joining_growth_30d);
            let growth = growth.ok_or_else(|| Refusal::bad_scenario("joining_growth_30d", "must be above -1"))?;
            growth.after(i128::from(scenario.joining), day - 1)?
        };
        if self.population.checked_add(joining).is_none_or(|all| all > 1_000_000_000_000) {
            return Err(Refusal::bad_scenario("joining_growth_30d", "leads to more than 10^12 members"));
        }
        if joining > 0 {
            self.welcome(day, joining)?;
        }
        if day == 0 && scenario.merchants > 0 {
            let sold = self.sell_packs(Sale::MerchantPack, i128::from(scenario.merchants))?;
            self.give(Holder::Shops, sold.value)?;
        }
        let again = usize::try_from(self.rules.area_repurchase_days).unwrap_or(usize::MAX).saturating_add(1);
        if scenario.cities > 0 && (day == 0 || (scenario.partners && day.is_multiple_of(again))) {
            let sold = self.sell_packs(Sale::AreaPack, i128::from(scenario.cities))?;
            self.give(Holder::Team, sold.value)?;
        }
        if scenario.farm > 0 {
            let accounts = i128::from(scenario.farm);
            let sold = self.sell_packs(Sale::MemberPack, accounts)?;
            self.farm_paid += sold.paid;
            let gifts = self.rules.signup_member.raw() + self.rules.signup_referrer.raw();
            let gifts = ShareValue::from_raw(gifts.checked_mul(accounts).ok_or(OutOfRange)?);
            self.give(Holder::Farm, sold.value.plus(gifts)?)?;
        }
        Ok(())
    }

    fn welcome(&mut self, day: usize, joining: i128) -> Result<(), OutOfRange> {
        if self.population > 0 {
            // A new member's referrer is a random member.
            let referrers = self.rules.signup_referrer.raw().checked_mul(joining).ok_or(OutOfRange)?;
            self.give_to_members(referrers, 0)?;
            let more = part(joining, Rate::SCALE, self.population)?;
            self.children = self.children.checked_add(more).ok_or(OutOfRange)?;
        }
        let cohort = day * self.groups.cohorts.len() / self.scenario.days;
        let sold = self.sell_packs(Sale::MemberPack, joining)?;
        let gifts = self.rules.signup_member.raw().checked_mul(joining).ok_or(OutOfRange)?;
        // The first members recommended each other, as if each had one child already.
        let at_joining = if self.population == 0 { -Rate::SCALE } else { self.children };
        let group = self.groups.cohorts.get_mut(cohort).ok_or(OutOfRange)?;
        if group.members == 0 {
            group.from_day = day + 1;
        }
        group.members += joining;
        group.children_at_joining += at_joining.checked_mul(joining).ok_or(OutOfRange)?;
        self.population += joining;
        self.give(Holder::Cohort(cohort), sold.value.plus(ShareValue::from_raw(gifts))?)
    }

    /// Sells a number of the cheapest pack of a kind.
    fn sell_packs(&mut self, sale: Sale, count: i128) -> Result<SoldPacks, OutOfRange> {
        let Some(pack) = cheapest(self.rules, sale) else { return Ok(SoldPacks { paid: 0, value: ShareValue::ZERO }) };
        let paid = pack.price.raw().checked_mul(count).ok_or(OutOfRange)?;
        self.takings.add(sale, paid);
        let value = pack.price.share_value_floor(pack.share_value_rate)?.raw();
        let value = ShareValue::from_raw(value.checked_mul(count).ok_or(OutOfRange)?);
        Ok(SoldPacks { paid, value })
    }

    /// Splits share value, in 10^-8, among the cohorts: `each` by head, `by_children` by the number of recommended
    /// members.
    pub(super) fn give_to_members(&mut self, each: i128, by_children: i128) -> Result<(), OutOfRange> {
        let (mut each_left, mut children_left) = (each, by_children);
        // Every member has one referrer, so there are as many children as members.
        let everybody = self.population.checked_mul(Rate::SCALE).ok_or(OutOfRange)?;
        let last = self.groups.cohorts.iter().rposition(|group| group.members > 0).unwrap_or(0);
        for i in 0..=last {
            let group = self.groups.cohorts[i];
            if group.members == 0 {
                continue;
            }
            let mut value = each_left;
            let mut children = children_left;
            if i < last {
                value = part(each, group.members, self.population)?;
                let weight = group.members * self.children - group.children_at_joining;
                children = narrow(mul(by_children, weight.max(0))? / mul(everybody, 1)?)?.min(children_left);
            }
            each_left -= value;
            children_left -= children;
            self.give(Holder::Cohort(i), ShareValue::from_raw(value.checked_add(children).ok_or(OutOfRange)?))?;
        }
        Ok(())
    }
}
