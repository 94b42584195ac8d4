//! Settles and previews events. Each event has one arm in `Draft::handle` and one handler in a file below.

use std::sync::Arc;

use super::changes::Changes;
use super::draft::Draft;
use super::outcome::{Outcome, Settlement};
use super::tables::{Book, FirstOutcome};
use crate::event::{Code, Entry, Event, Identity, Refusal};
use crate::identity::Id;
use crate::market::Offer;
use crate::receipt::Receipt;

impl Book {
    /// Applies an event as a whole, or refuses it and changes nothing. An event with an `id` that came before is not applied
    /// again (RULES.md section 4, `id`).
    pub fn apply(&mut self, entry: &Entry) -> Outcome {
        if let Some(outcome) = self.recall(entry) {
            return outcome;
        }
        let result = Draft::over(self).run(&entry.event).map(|(receipt, changes)| {
            changes.commit(self);
            Arc::new(receipt)
        });
        if let Some(Identity { id, content }) = &entry.identity {
            let first = FirstOutcome { content: content.clone(), result: result.clone() };
            self.remembered.insert(id.clone(), first);
        }
        Outcome { repeated: false, result }
    }

    /// Settles an event as a whole, or refuses it and changes nothing. The answer lists the changed rows, for a caller that
    /// stores them. Unlike [`Book::apply`] it does not look at the event's `id`: such a caller finds repeated events in its
    /// storage.
    ///
    /// # Errors
    /// The refusal, with its code and field (RULES.md section 4).
    pub fn settle(&mut self, event: &Event) -> Result<Settlement, Refusal> {
        let (receipt, changes) = Draft::over(self).run(event)?;
        let rows = changes.changed(self);
        changes.commit(self);
        Ok(Settlement { receipt, changed: rows })
    }

    /// The receipt that [`Book::settle`] would give now. Changes nothing.
    ///
    /// # Errors
    /// The refusal that `settle` would give.
    pub fn foresee(&self, event: &Event) -> Result<Receipt, Refusal> {
        Draft::over(self).run(event).map(|(receipt, _)| receipt)
    }

    /// The receipt that [`Book::apply`] would give now. Changes nothing.
    ///
    /// # Errors
    /// The refusal that `apply` would give.
    pub fn preview(&self, entry: &Entry) -> Result<Arc<Receipt>, Refusal> {
        if let Some(outcome) = self.recall(entry) {
            return outcome.result;
        }
        Draft::over(self).run(&entry.event).map(|(receipt, _)| Arc::new(receipt))
    }

    /// Settles a member's account in place. This changes no answer of the book, now or later (RULES.md section 5).
    ///
    /// # Errors
    /// `unknown_member`; `out_of_range` if the points do not fit.
    pub fn settle_account(&mut self, member: &Id) -> Result<(), Refusal> {
        let mut draft = Draft::over(self);
        draft.settle(member)?;
        draft.changes.commit(self);
        Ok(())
    }

    /// The outcome of an earlier event with the same `id`; `id_conflict` if that event said something else.
    fn recall(&self, entry: &Entry) -> Option<Outcome> {
        let Identity { id, content } = entry.identity.as_ref()?;
        let first = self.remembered.get(id.as_str())?;
        Some(if first.content == *content {
            Outcome { repeated: true, result: first.result.clone() }
        } else {
            Outcome { repeated: false, result: Err(Refusal::new(Code::IdConflict, "id")) }
        })
    }
}

impl Draft<'_> {
    /// The receipt and the changes of an event, or why it is refused.
    fn run(mut self, event: &Event) -> Result<(Receipt, Changes), Refusal> {
        self.handle(event)?;
        Ok(self.finish(event.kind()))
    }

    /// One event: one arm.
    fn handle(&mut self, event: &Event) -> Result<(), Refusal> {
        match event {
            Event::MemberRegistered { member, referrer } => self.register(member, referrer.as_ref()),
            Event::PackPurchased { member, pack, terms } => self.buy_pack(member, pack, terms.as_ref()),
            Event::PackRefunded { purchase } => self.refund_pack(purchase),
            Event::MerchantOpened { member, region } => self.open_shop(member, *region),
            Event::MerchantClosed { member } => self.close_shop(member),
            Event::MemberFrozen { member } => self.freeze(member),
            Event::MemberUnfrozen { member } => self.unfreeze(member),
            Event::RoleAssigned { member, role } => self.assign_role(member, role),
            Event::RoleWithdrawn { member } => self.withdraw_role(member),
            Event::PartnerAppointed { member, city } => self.appoint_partner(member, *city),
            Event::PartnerWithdrawn { member } => self.withdraw_city(member),
            Event::TreasuryGranted { member, points } => self.grant_from_treasury(member, *points),
            Event::TreasuryReclaimed { member, points } => self.reclaim_to_treasury(member, *points),
            Event::BalanceOpened { member, share_value, points } => self.open_balance(member, *share_value, *points),
            Event::PriceSet { price } => self.set_price(*price),
            Event::OrderPlaced(order) => self.place_order(order),
            Event::OrderRefunded { order, concession } => self.refund(order, *concession),
            Event::PointsTransferred { from, to, points } => self.transfer(from, to, *points),
            Event::PointsRedeemed { member, points, item: _, redemption } => {
                self.redeem(member, *points, redemption.as_ref())
            }
            Event::RedemptionCancelled { redemption } => self.cancel_redemption(redemption),
            Event::OfferPlaced { offer, member, side, points, unit_price } => self.place_offer(
                offer,
                Offer { owner: member.clone(), side: *side, remaining: *points, unit_price: *unit_price, open: true },
            ),
            Event::OfferTaken { offer, trade, member, points } => self.take_offer(offer, trade, member, *points),
            Event::TradePaid { trade } => self.pay_trade(trade),
            Event::TradeConfirmed { trade } => self.confirm_trade(trade),
            Event::TradeCancelled { trade } => self.cancel_trade(trade),
            Event::OfferCancelled { offer } => self.cancel_offer(offer),
            Event::RulesAdopted { rules } => self.adopt(rules),
            Event::DayClosing { day, most } => self.close_part(*day, *most),
            Event::DayClosed { day } => self.close_day(*day),
        }
    }
}
