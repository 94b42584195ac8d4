//! Refunds of orders, whole or in part (RULES.md section 6, Refund).

use super::draft::{Draft, require};
use crate::event::{Code, Refusal};
use crate::identity::Id;
use crate::order::{Order, OrderReward, OrderState};
use crate::quantity::{Money, Points};
use crate::receipt::{Amount, Party, Reason, Rule};
use crate::release::Grant;

/// What is left of an order's concession before and after a refund (`L` and `L'`).
#[derive(Clone, Copy)]
struct Step {
    before: Money,
    after: Money,
}

/// What came of all receivers of an order.
#[derive(Default)]
struct Recovery {
    /// Earned and reward points of the part that is taken back.
    owed: Points,
    /// What of them the receivers had.
    taken: Points,
    /// What of that goes to the merchant.
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

    /// Takes back what the receivers still have; answers with what they do not have any more.
    fn refund_vested(&mut self, id: &Id, order: &Order, step: Step, vested_today: bool) -> Result<Points, Refusal> {
        let why = || Reason::Refund { order: id.clone() };
        let mut recovered = Recovery::default();
        for reward in &order.rewards {
            self.recover(id, order, reward, step, &mut recovered)?;
        }
        let Recovery { owed, taken, mut to_merchant } = recovered;
        if vested_today {
            // Rounding can leave more unpaid than before, or have brought back more already: then nothing comes back.
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

    /// One receiver: the part of its grant, and as many of the earned and reward points of that part as it has. Earned points
    /// leave the supply and are released again, the rest waits in escrow for the merchant.
    fn recover(
        &mut self,
        id: &Id,
        order: &Order,
        OrderReward { reward, grant }: &OrderReward,
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

    /// Takes a grant back from a settled account; answers with the points it earned.
    fn take_grant_back(&mut self, order: &Id, member: &Id, grant: &Grant) -> Result<Points, Refusal> {
        let ended = &self.book.ended;
        let mut release = self.changes.head.release;
        let earned = release.earned(grant, ended)?;
        let units = release.take_back(&mut self.account_mut(member)?.holding, grant, ended)?;
        self.changes.head.release = release;
        // A statement sees by this posting that the units change, however little they are worth.
        if !units.is_zero() {
            let value = Amount::ShareValue(units.share_value_floor(release.nav)?);
            let why = Reason::Refund { order: order.clone() };
            self.post(Party::Member(member.clone()), Party::Issuance, value, Rule::Refund, why);
        }
        Ok(earned)
    }
}

/// The part of a grant that a refund takes back, as a grant of its own: `floor_8(u × L / V)` less `floor_8(u × L' / V)`.
fn part_of(grant: &Grant, at_vesting: Money, step: Step) -> Result<Grant, Refusal> {
    let before = grant.units.part_floor(step.before, at_vesting)?;
    let units = before.minus(grant.units.part_floor(step.after, at_vesting)?)?;
    Ok(Grant { units, ..*grant })
}
