//! A draft: a book, and the changes of one event laid over it.
//!
//! Handlers read and write through the draft. Only the draft moves points and share value, and it writes a posting for each
//! movement. So the sums of RULES.md section 7 hold by construction.

use super::account::Account;
use super::changes::Changes;
use super::id_map::IdMap;
use super::tables::Book;
use crate::event::{Code, Kind, Refusal};
use crate::identity::{Id, Region};
use crate::market::{Offer, Trade};
use crate::order::{Order, Parties};
use crate::purchase::{Purchase, RedemptionRecord};
use crate::quantity::{Points, ShareValue};
use crate::receipt::{Amount, OrderQuote, Party, Posting, Reason, Receipt, Rule};
use crate::release::Grant;

/// A book with changes laid over it.
pub(super) struct Draft<'a> {
    pub(super) book: &'a Book,
    pub(super) changes: Changes,
    pub(super) quote: Option<OrderQuote>,
    pub(super) unrecovered: Option<Points>,
    postings: Vec<Posting>,
}

/// Refuses with a code and a field unless the condition holds.
pub(super) fn require(condition: bool, code: Code, field: &'static str) -> Result<(), Refusal> {
    if condition { Ok(()) } else { Err(Refusal::new(code, field)) }
}

/// The value of `key`: from the changes if it is there, else from the book.
macro_rules! lookup {
    ($draft:expr, $table:ident, $key:expr) => {
        $draft.changes.$table.get($key).or_else(|| $draft.book.$table.get($key))
    };
}

/// The value of `id` for writing. It is copied from the book into the changes first.
fn writable<'t, V: Clone>(
    changes: &'t mut IdMap<V>,
    book: &IdMap<V>,
    id: &Id,
    code: Code,
) -> Result<&'t mut V, Refusal> {
    if changes.get(id.as_str()).is_none() {
        let value = book.get(id.as_str()).ok_or_else(|| Refusal::new(code, ""))?;
        changes.insert(id.clone(), value.clone());
    }
    changes.get_mut(id.as_str()).ok_or_else(|| Refusal::new(code, ""))
}

impl<'a> Draft<'a> {
    pub(super) fn over(book: &'a Book) -> Self {
        let changes = Changes::of_nothing(book);
        Self { book, changes, quote: None, unrecovered: None, postings: Vec::new() }
    }

    /// The receipt of an event of this kind, and what it changed.
    pub(super) fn finish(self, kind: Kind) -> (Receipt, Changes) {
        let Self { book, changes, quote: order, unrecovered, postings } = self;
        // An account that was settled to the same numbers stays among the changes: writing it again changes nothing.
        let changed = |(id, account): &(&Id, &Account)| book.accounts.get(id.as_str()) != Some(*account);
        let accounts = changes.accounts.iter().filter(changed).map(|(id, _)| id.clone()).collect();
        (Receipt { kind, day: book.head.day, order, unrecovered, postings, accounts }, changes)
    }

    pub(super) fn account(&self, id: &Id) -> Option<&Account> {
        lookup!(self, accounts, id.as_str())
    }

    /// The account that an event names in `field`, or `unknown_member`.
    pub(super) fn member(&self, id: &Id, field: &'static str) -> Result<&Account, Refusal> {
        self.account(id).ok_or_else(|| Refusal::new(Code::UnknownMember, field))
    }

    /// The account that an event names in `field`, or `unknown_member`, or `member_frozen`.
    pub(super) fn active_member(&self, id: &Id, field: &'static str) -> Result<&Account, Refusal> {
        let account = self.member(id, field)?;
        require(!account.frozen, Code::MemberFrozen, field)?;
        Ok(account)
    }

    pub(super) fn order(&self, id: &Id) -> Option<&Order> {
        lookup!(self, orders, id.as_str())
    }

    pub(super) fn offer(&self, id: &Id) -> Option<&Offer> {
        lookup!(self, offers, id.as_str())
    }

    pub(super) fn trade(&self, id: &Id) -> Option<&Trade> {
        lookup!(self, trades, id.as_str())
    }

    pub(super) fn purchase(&self, id: &Id) -> Option<&Purchase> {
        let changed = self.changes.rare.as_ref().and_then(|rare| rare.purchases.get(id.as_str()));
        changed.or_else(|| self.book.purchases.get(id.as_str()))
    }

    pub(super) fn redemption(&self, id: &Id) -> Option<&RedemptionRecord> {
        let changed = self.changes.rare.as_ref().and_then(|rare| rare.redemptions.get(id.as_str()));
        changed.or_else(|| self.book.redemptions.get(id.as_str()))
    }

    pub(super) fn account_mut(&mut self, id: &Id) -> Result<&mut Account, Refusal> {
        writable(&mut self.changes.accounts, &self.book.accounts, id, Code::UnknownMember)
    }

    pub(super) fn order_mut(&mut self, id: &Id) -> Result<&mut Order, Refusal> {
        writable(&mut self.changes.orders, &self.book.orders, id, Code::UnknownOrder)
    }

    pub(super) fn offer_mut(&mut self, id: &Id) -> Result<&mut Offer, Refusal> {
        writable(&mut self.changes.offers, &self.book.offers, id, Code::UnknownOffer)
    }

    pub(super) fn trade_mut(&mut self, id: &Id) -> Result<&mut Trade, Refusal> {
        writable(&mut self.changes.trades, &self.book.trades, id, Code::UnknownTrade)
    }

    pub(super) fn purchase_mut(&mut self, id: &Id) -> Result<&mut Purchase, Refusal> {
        writable(&mut self.changes.rare().purchases, &self.book.purchases, id, Code::UnknownPurchase)
    }

    pub(super) fn redemption_mut(&mut self, id: &Id) -> Result<&mut RedemptionRecord, Refusal> {
        writable(&mut self.changes.rare().redemptions, &self.book.redemptions, id, Code::UnknownRedemption)
    }

    /// Settles an account to the present (RULES.md section 5). Returns its points.
    pub(super) fn settle(&mut self, id: &Id) -> Result<Points, Refusal> {
        let release = self.changes.head.release;
        let ended = &self.book.ended;
        let account = self.account_mut(id)?;
        let before = account.holding;
        let earned = release.settle(&mut account.holding, ended)?;
        let points = account.points;
        if earned.is_zero() {
            return Ok(points);
        }
        let why = Reason::Release { units: before.units, acc: release.acc };
        self.post(Party::Pool, Party::Member(id.clone()), Amount::Points(earned), Rule::Release, why);
        self.changes.head.supply.pool = self.changes.head.supply.pool.minus(earned)?;
        self.changes.head.supply.held = self.changes.head.supply.held.plus(earned)?;
        let account = self.account_mut(id)?;
        account.points = points.plus(earned)?;
        Ok(account.points)
    }

    /// Moves points and writes the posting. Does nothing for 0 points. Both accounts are settled first.
    ///
    /// `out_of_range` if the giver has too few: handlers check that before and refuse with a code of their own.
    pub(super) fn pay(
        &mut self,
        from: Party,
        to: Party,
        points: Points,
        rule: Rule,
        why: Reason,
    ) -> Result<(), Refusal> {
        if points.is_zero() {
            return Ok(());
        }
        if let Party::Member(id) = &from {
            self.settle(id)?;
            let account = self.account_mut(id)?;
            account.points = account.points.minus(points)?;
        }
        if let Party::Member(id) = &to {
            self.settle(id)?;
            let account = self.account_mut(id)?;
            account.points = account.points.plus(points)?;
        }
        let supply = &mut self.changes.head.supply;
        match from {
            Party::Member(_) => supply.held = supply.held.minus(points)?,
            Party::Pool => supply.pool = supply.pool.minus(points)?,
            Party::Escrow => supply.escrow = supply.escrow.minus(points)?,
            Party::Treasury => supply.treasury = supply.treasury.minus(points)?,
            Party::Burned => supply.burned = supply.burned.minus(points)?,
            Party::Issuance => supply.issued = supply.issued.plus(points)?,
        }
        match to {
            Party::Member(_) => supply.held = supply.held.plus(points)?,
            Party::Pool => supply.pool = supply.pool.plus(points)?,
            Party::Escrow => supply.escrow = supply.escrow.plus(points)?,
            Party::Treasury => supply.treasury = supply.treasury.plus(points)?,
            Party::Burned => supply.burned = supply.burned.plus(points)?,
            Party::Issuance => supply.issued = supply.issued.minus(points)?,
        }
        self.post(from, to, Amount::Points(points), rule, why);
        Ok(())
    }

    /// Gives share value and writes the posting (RULES.md section 4). A member who is not activated gets it locked; then
    /// there is no grant.
    pub(super) fn give(
        &mut self,
        to: &Id,
        value: ShareValue,
        rule: Rule,
        why: Reason,
    ) -> Result<Option<Grant>, Refusal> {
        if value.is_zero() {
            return Ok(None);
        }
        let account = self.account_mut(to)?;
        if !account.activated {
            account.locked = account.locked.plus(value)?;
            self.post(Party::Issuance, Party::Member(to.clone()), Amount::Locked(value), rule, why);
            return Ok(None);
        }
        self.settle(to)?;
        let mut release = self.changes.head.release;
        let grant = release.give(&mut self.account_mut(to)?.holding, value)?;
        self.changes.head.release = release;
        self.post(Party::Issuance, Party::Member(to.clone()), Amount::ShareValue(value), rule, why);
        Ok(Some(grant))
    }

    pub(super) fn post(&mut self, from: Party, to: Party, amount: Amount, rule: Rule, why: Reason) {
        self.postings.push(Posting { from, to, amount, rule, why });
    }
}

impl Parties for Draft<'_> {
    fn is_activated(&self, member: &Id) -> bool {
        self.account(member).is_some_and(|account| account.activated)
    }

    fn referrer(&self, member: &Id) -> Option<&Id> {
        self.account(member)?.referrer.as_ref()
    }

    fn role(&self, member: &Id) -> Option<&str> {
        self.account(member)?.role.as_ref().map(Id::as_str)
    }

    fn eligible_partner(&self, city: Region) -> Option<&Id> {
        let partner = match self.changes.rare.as_ref().and_then(|rare| rare.partners.get(&city)) {
            Some(partner) => partner.as_ref()?,
            None => self.book.partners.get(&city)?,
        };
        let last_pack = self.account(partner)?.area_pack?;
        // `None` is a last day after 9999-12-31, which no open day passes.
        let last_day = last_pack.plus(self.changes.rules.area_repurchase_days);
        last_day.is_none_or(|last_day| self.changes.head.day <= last_day).then_some(partner)
    }
}
