//! Handlers of members: registration, packs, shops, roles, cities, freezing, the treasury (RULES.md section 4).

use std::sync::Arc;

use super::account::Account;
use super::draft::{Draft, require};
use crate::event::{Code, Refusal, ReturnTerms};
use crate::identity::{Id, Region};
use crate::order::Parties as _;
use crate::purchase::{Purchase, PurchaseState};
use crate::quantity::{Points, ShareValue};
use crate::receipt::{Amount, Party, Reason, Rule};
use crate::ruleset::Pack;

impl Draft<'_> {
    pub(super) fn register(&mut self, member: &Id, referrer: Option<&Id>) -> Result<(), Refusal> {
        require(self.account(member).is_none(), Code::MemberExists, "member")?;
        if let Some(referrer) = referrer {
            self.member(referrer, "referrer")?;
        }
        let release = &self.changes.head.release;
        let mut account = Account { referrer: referrer.cloned(), ..Account::default() };
        account.holding.acc = release.acc;
        account.holding.era = release.era;
        self.changes.accounts.insert(member.clone(), account);
        let gift = self.changes.rules.signup_member;
        self.give(member, gift, Rule::SignUp, Reason::SignUpGift {})?;
        Ok(())
    }

    pub(super) fn buy_pack(&mut self, member: &Id, name: &Id, terms: Option<&ReturnTerms>) -> Result<(), Refusal> {
        self.member(member, "member")?;
        let rules = Arc::clone(&self.changes.rules);
        let pack = rules.pack_named(name.as_str()).ok_or_else(|| Refusal::new(Code::UnknownPack, "pack"))?;
        match terms {
            None => self.give_pack(member, pack),
            Some(terms) => self.keep_purchase(member, pack, terms),
        }
    }

    /// Stores the purchase of a pack that may come back. The pack gives nothing until it takes effect.
    #[inline(never)]
    fn keep_purchase(&mut self, member: &Id, pack: &Pack, terms: &ReturnTerms) -> Result<(), Refusal> {
        let ReturnTerms { purchase: id, return_days } = terms;
        require(self.purchase(id).is_none(), Code::PurchaseExists, "purchase")?;
        let &Pack { price, share_value_rate, merchant, area_partner } = pack;
        let head = &mut self.changes.head;
        let purchase = Purchase {
            member: member.clone(),
            price,
            share_value_rate,
            merchant,
            area_partner,
            sequence: head.purchase_count,
            due: head.day.plus(*return_days),
            state: PurchaseState::Pending,
        };
        head.purchase_count += 1;
        self.changes.rare().purchases.insert(id.clone(), purchase);
        Ok(())
    }

    /// Gives a pack that can no longer come back.
    #[inline(never)]
    pub(super) fn take_effect(&mut self, id: &Id) -> Result<(), Refusal> {
        let purchase = self.purchase_mut(id)?;
        purchase.state = PurchaseState::Final;
        let (member, pack) = (purchase.member.clone(), purchase.pack());
        self.give_pack(&member, &pack)
    }

    #[inline(never)]
    pub(super) fn refund_pack(&mut self, id: &Id) -> Result<(), Refusal> {
        let purchase = self.purchase(id).ok_or_else(|| Refusal::new(Code::UnknownPurchase, "purchase"))?;
        require(purchase.state != PurchaseState::Refunded, Code::PurchaseRefunded, "purchase")?;
        require(purchase.state != PurchaseState::Final, Code::PackFinal, "purchase")?;
        self.purchase_mut(id)?.state = PurchaseState::Refunded;
        Ok(())
    }

    /// Gives what the pack gives to a member who buys it today.
    fn give_pack(&mut self, member: &Id, pack: &Pack) -> Result<(), Refusal> {
        if !self.member(member, "member")?.activated {
            self.activate(member)?;
        }
        let value = pack.price.share_value_floor(pack.share_value_rate)?;
        self.give(member, value, Rule::Pack, Reason::Pack { rate: pack.share_value_rate, price: pack.price })?;
        let today = self.changes.head.day;
        let account = self.account_mut(member)?;
        account.merchant_pack |= pack.merchant;
        if pack.area_partner {
            account.area_pack = Some(today);
        }
        Ok(())
    }

    fn activate(&mut self, member: &Id) -> Result<(), Refusal> {
        let for_referrer = self.changes.rules.signup_referrer;
        let account = self.account_mut(member)?;
        let locked = std::mem::take(&mut account.locked);
        account.activated = true;
        let referrer = account.referrer.clone();
        if !locked.is_zero() {
            let why = Reason::Activation {};
            self.post(
                Party::Member(member.clone()),
                Party::Issuance,
                Amount::Locked(locked),
                Rule::Activation,
                why.clone(),
            );
            self.give(member, locked, Rule::Activation, why)?;
        }
        if let Some(referrer) = referrer {
            let why = Reason::ReferredActivation { member: member.clone() };
            self.give(&referrer, for_referrer, Rule::SignUpReferrer, why)?;
        }
        Ok(())
    }

    pub(super) fn open_shop(&mut self, member: &Id, region: Region) -> Result<(), Refusal> {
        let account = self.member(member, "member")?;
        require(!account.frozen, Code::MemberFrozen, "member")?;
        require(account.merchant_pack, Code::MerchantPackRequired, "member")?;
        require(account.shop.is_none(), Code::MerchantExists, "member")?;
        let deposit = self.changes.rules.merchant_deposit.points_ceil(self.changes.head.price)?;
        require(self.settle(member)? >= deposit, Code::DepositShort, "member")?;
        self.account_mut(member)?.shop = Some(region);
        Ok(())
    }

    pub(super) fn close_shop(&mut self, member: &Id) -> Result<(), Refusal> {
        require(self.member(member, "member")?.shop.is_some(), Code::NotAMerchant, "member")?;
        self.account_mut(member)?.shop = None;
        Ok(())
    }

    pub(super) fn freeze(&mut self, member: &Id) -> Result<(), Refusal> {
        self.active_member(member, "member")?;
        self.account_mut(member)?.frozen = true;
        Ok(())
    }

    pub(super) fn unfreeze(&mut self, member: &Id) -> Result<(), Refusal> {
        require(self.member(member, "member")?.frozen, Code::NotFrozen, "member")?;
        self.account_mut(member)?.frozen = false;
        Ok(())
    }

    pub(super) fn assign_role(&mut self, member: &Id, role: &Id) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(self.changes.rules.role_named(role.as_str()).is_some(), Code::UnknownRole, "role")?;
        self.account_mut(member)?.role = Some(role.clone());
        Ok(())
    }

    pub(super) fn withdraw_role(&mut self, member: &Id) -> Result<(), Refusal> {
        require(self.member(member, "member")?.role.is_some(), Code::NoRole, "member")?;
        self.account_mut(member)?.role = None;
        Ok(())
    }

    pub(super) fn appoint_partner(&mut self, member: &Id, city: Region) -> Result<(), Refusal> {
        let account = self.member(member, "member")?;
        require(account.area_pack.is_some(), Code::PartnerPackRequired, "member")?;
        require(account.city.is_none(), Code::PartnerExists, "member")?;
        require(self.eligible_partner(city).is_none(), Code::RegionTaken, "region")?;
        if let Some(replaced) = self.book.partners.get(&city) {
            self.account_mut(replaced)?.city = None;
        }
        self.account_mut(member)?.city = Some(city);
        self.changes.rare().partners.insert(city, Some(member.clone()));
        Ok(())
    }

    pub(super) fn withdraw_city(&mut self, member: &Id) -> Result<(), Refusal> {
        let city = self.member(member, "member")?.city.ok_or_else(|| Refusal::new(Code::NotAPartner, "member"))?;
        self.account_mut(member)?.city = None;
        self.changes.rare().partners.insert(city, None);
        Ok(())
    }

    pub(super) fn grant_from_treasury(&mut self, member: &Id, points: Points) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(points <= self.changes.head.supply.treasury, Code::TreasuryShort, "points")?;
        let why = Reason::Grant {};
        self.pay(Party::Treasury, Party::Member(member.clone()), points, Rule::Treasury, why)
    }

    pub(super) fn reclaim_to_treasury(&mut self, member: &Id, points: Points) -> Result<(), Refusal> {
        self.member(member, "member")?;
        require(points.is_positive(), Code::BadAmount, "points")?;
        require(self.settle(member)? >= points, Code::PointsShort, "points")?;
        let why = Reason::Reclaim {};
        self.pay(Party::Member(member.clone()), Party::Treasury, points, Rule::Treasury, why)
    }

    /// Opens a member's account with the balances that it had in another system.
    #[inline(never)]
    pub(super) fn open_balance(
        &mut self,
        member: &Id,
        share_value: Option<ShareValue>,
        points: Option<Points>,
    ) -> Result<(), Refusal> {
        self.member(member, "member")?;
        // Each close moves the open day on, and nothing else does.
        require(self.changes.head.day == self.changes.rules.genesis_day, Code::NotOpening, "type")?;
        require(share_value.is_none_or(ShareValue::is_positive), Code::BadAmount, "share_value")?;
        require(points.is_none_or(Points::is_positive), Code::BadAmount, "points")?;
        require(share_value.is_some() || points.is_some(), Code::BadAmount, "points")?;
        let points = points.unwrap_or_default();
        require(points <= self.changes.head.supply.treasury, Code::TreasuryShort, "points")?;
        let why = || Reason::Opening {};
        self.give(member, share_value.unwrap_or_default(), Rule::Opening, why())?;
        self.pay(Party::Treasury, Party::Member(member.clone()), points, Rule::Opening, why())
    }
}
