//! Refunds of orders, whole or in part (RULES.md section 6, Refund).

use super::draft::{Draft, require};
use crate::event::{Code, Refusal};
use crate::identity::Id;
use crate::order::{Order, OrderState};
use crate::quantity::{Money, Points};
use crate::receipt::{Amount, Party, Reason, Reward, Rule};
use crate::release::Grant;

/// The concession that is left of an order before and after a refund (`L` and `L'`), yuan.
#[derive(Clone, Copy)]
struct Step {
    before: Money,
    after: Money,
}

/// The points of a refund, summed over all receivers of the order's rewards.
#[derive(Default)]
struct Recovery {
    /// Earned points and reward points of the refunded part.
    owed: Points,
    /// Of `owed`: points that the receivers still had.
    taken: Points,
    /// Of `taken`: points that go to the merchant.
    to_merchant: Points,
}

impl Draft<'_> {
    #[inline(never)]
    pub(super) fn refund(&mut self, id: &Id, concession: Option<Money>) -> Result<(), Refusal> {
        let order = self.order(id).ok_or_else(|| Refusal::new(Code::UnknownOrder, "order"))?.clone();
        require(order.state != OrderState::Refunded, Code::OrderRefunded, "order")?;
        let part = concession.unwrap_or(order.left);
        require(part.is_positive() && part <= order.left, Code::BadConcession, "concession")?;
        let step = Step { before: order.left, after: order.left.minus(part)? };
        let missing = match order.state {
            OrderState::Vested(day) => self.refund_vested(id, &order, step, day == self.changes.head.day)?,
            OrderState::Pending | OrderState::Refunded => {
                let back = order.points_left(step.before)?.minus(order.points_left(step.after)?)?;
                let why = Reason::RefundBeforeVesting { order: id.clone() };
                self.pay(Party::Escrow, Party::Member(order.merchant), back, Rule::Refund, why)?;
                Points::ZERO
            }
        };
        self.unrecovered = Some(missing);
        let order = self.order_mut(id)?;
        order.left = step.after;
        if step.after.is_zero() {
            order.state = OrderState::Refunded;
        }
        Ok(())
    }

    /// Takes the refunded part back from the receivers. Returns the points that they do not have any more.
    fn refund_vested(&mut self, id: &Id, order: &Order, step: Step, vested_today: bool) -> Result<Points, Refusal> {
        let why = || Reason::Refund { order: id.clone() };
        let mut recovered = Recovery::default();
        for reward in order.rewards.iter() {
            self.recover(id, order, reward, step, &mut recovered)?;
        }
        let Recovery { owed, taken, mut to_merchant } = recovered;
        if vested_today {
            // Because of rounding, what stays burned and what came back before can exceed what was burned. Then nothing comes back.
            let kept = order.burned(step.after)?.plus(order.burned_back)?;
            let burned = order.burned(order.left_at_vesting)?.minus(kept).unwrap_or_default();
            self.pay(Party::Burned, Party::Escrow, burned, Rule::Refund, why())?;
            to_merchant = to_merchant.plus(burned)?;
            let stored = self.order_mut(id)?;
            stored.burned_back = stored.burned_back.plus(burned)?;
            self.changes.head.turnover = self.changes.head.turnover.minus(step.before.minus(step.after)?)?;
        }
        self.pay(Party::Escrow, Party::Member(order.merchant.clone()), to_merchant, Rule::Refund, why())?;
        Ok(owed.minus(taken)?)
    }

    /// Takes back one reward: the refunded part of its grant, and of the points of that part as many as the receiver has. Earned
    /// points leave the supply and are released again. Reward points wait in escrow for the merchant.
    fn recover(
        &mut self,
        id: &Id,
        order: &Order,
        (reward, grant): (&Reward, Option<&Grant>),
        step: Step,
        recovered: &mut Recovery,
    ) -> Result<(), Refusal> {
        let why = || Reason::Refund { order: id.clone() };
        let receiver = || Party::Member(reward.member.clone());
        let held = self.settle(&reward.member)?;
        let mut earned = Points::ZERO;
        if let Some(grant) = grant {
            earned = self.take_grant_back(id, &reward.member, &part_of(grant, order.left_at_vesting, step)?)?;
        }
        let before = order.reward_points_left(reward, step.before)?;
        let owed = before.minus(order.reward_points_left(reward, step.after)?)?.plus(earned)?;
        let taken = owed.min(held);
        let again = taken.min(earned);
        self.pay(receiver(), Party::Issuance, again, Rule::Refund, why())?;
        self.changes.head.release.returned = self.changes.head.release.returned.plus(again)?;
        let rest = taken.minus(again)?;
        self.pay(receiver(), Party::Escrow, rest, Rule::Refund, why())?;
        recovered.owed = recovered.owed.plus(owed)?;
        recovered.taken = recovered.taken.plus(taken)?;
        recovered.to_merchant = recovered.to_merchant.plus(rest)?;
        Ok(())
    }

    /// Takes a grant back from a settled account. Returns the points that the grant earned.
    fn take_grant_back(&mut self, order: &Id, member: &Id, grant: &Grant) -> Result<Points, Refusal> {
        let ended = &self.book.ended;
        let mut release = self.changes.head.release;
        let earned = release.earned(grant, ended)?;
        let units = release.take_back(&mut self.account_mut(member)?.holding, grant, ended)?;
        self.changes.head.release = release;
        // A statement learns from this posting that the units changed, even if their value rounds to 0.
        if !units.is_zero() {
            let value = Amount::ShareValue(units.share_value_floor(release.nav)?);
            let why = Reason::Refund { order: order.clone() };
            self.post(Party::Member(member.clone()), Party::Issuance, value, Rule::Refund, why);
        }
        Ok(earned)
    }
}

/// The refunded part of a grant, as a grant of its own: `floor_8(u × L / V) − floor_8(u × L' / V)`.
fn part_of(grant: &Grant, at_vesting: Money, step: Step) -> Result<Grant, Refusal> {
    let before = grant.units.part_floor(step.before, at_vesting)?;
    let units = before.minus(grant.units.part_floor(step.after, at_vesting)?)?;
    Ok(Grant { units, ..*grant })
}
