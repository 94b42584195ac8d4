//! What is to come to a member: the rewards of orders that have not vested (`GET /v1/members/{member}/pending`).
//!
//! The rewards are summed by day and kind. So the answer stays small however many orders there are, and it says nothing of whose
//! orders they are (RULES.md section 6: rewards are fixed when an order is placed, and a refund takes back a part).

use serde::{Deserialize, Serialize};

use crate::identity::{Day, Id};
use crate::order::Order;
use crate::quantity::{OutOfRange, Points, ShareValue};
use crate::receipt::RewardKind;

/// What is to come to a member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingNow {
    /// The member's id.
    pub member: Id,
    /// The open day. Its close brings what is due on this day.
    pub day: Day,
    /// What is to come, by day and then by kind in the order of the table in RULES.md section 6.
    pub rewards: Vec<PendingReward>,
}

/// What the close of one day brings by one kind of reward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PendingReward {
    /// The day at whose close it comes, unless the orders are refunded.
    pub due: Day,
    /// For what.
    pub kind: RewardKind,
    /// Of how many orders.
    pub orders: u64,
    /// Share value, 8 places.
    pub share_value: ShareValue,
    /// Points, 8 places.
    pub points: Points,
}

impl PendingNow {
    /// Nothing is to come.
    #[must_use]
    pub const fn nothing(member: Id, day: Day) -> Self {
        Self { member, day, rewards: Vec::new() }
    }

    /// Adds what an order brings the member. An order that has vested, was refunded or has no day brings nothing.
    ///
    /// # Errors
    /// [`OutOfRange`] if a sum does not fit.
    pub fn add(&mut self, order: &Order) -> Result<(), OutOfRange> {
        let Some(due) = order.due else { return Ok(()) };
        for part in order.pending_rewards_of(&self.member)? {
            let key = |reward: &PendingReward| (reward.due, place(reward.kind));
            let sum = match self.rewards.binary_search_by_key(&(due, place(part.kind)), key) {
                Ok(at) => self.rewards.get_mut(at),
                Err(at) => {
                    let (share_value, points) = (ShareValue::ZERO, Points::ZERO);
                    self.rewards.insert(at, PendingReward { due, kind: part.kind, orders: 0, share_value, points });
                    self.rewards.get_mut(at)
                }
            };
            if let Some(sum) = sum {
                sum.orders += 1;
                sum.share_value = sum.share_value.plus(part.share_value)?;
                sum.points = sum.points.plus(part.points)?;
            }
        }
        Ok(())
    }

    /// The sum of what comes until the end of a day.
    ///
    /// # Errors
    /// [`OutOfRange`] if it does not fit.
    pub fn until(&self, day: Day) -> Result<(ShareValue, Points), OutOfRange> {
        let due = self.rewards.iter().filter(|reward| reward.due <= day);
        due.into_iter().try_fold((ShareValue::ZERO, Points::ZERO), |(share_value, points), reward| {
            Ok((share_value.plus(reward.share_value)?, points.plus(reward.points)?))
        })
    }
}

/// The place of a kind in the table of RULES.md section 6.
fn place(kind: RewardKind) -> usize {
    RewardKind::ALL.iter().position(|known| *known == kind).unwrap_or(RewardKind::ALL.len())
}
