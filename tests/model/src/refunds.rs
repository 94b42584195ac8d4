//! Refunds, whole and in parts (section 6).

use num_traits::{Signed, Zero};

use crate::event::Kind::{Id, Money};
use crate::event::{Event, Row};
use crate::exact::{CUT, Exact, floor, tiny, whole};
use crate::holding::Holding;
use crate::state::{Order, Reward, Vesting};
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] =
    &[("order.refunded", &[("order", Id, false), ("concession", Money, true)], Model::order_refunded)];

/// A number and how far the rules' may be from it.
#[derive(Debug, Clone, Default)]
struct Around {
    value: Exact,
    slack: Exact,
}

impl Around {
    fn exactly(value: Exact) -> Self {
        Self { value, slack: whole(0) }
    }
}

/// What came back from one receiver.
struct Back {
    /// Earned points: they are released again.
    earned: Around,
    /// The rest, for the merchant.
    rest: Around,
    missing: Around,
}

impl Model {
    pub(crate) fn order_refunded(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("order");
        let at = self.orders.iter().position(|o| o.id == id).ok_or(Stop::Refused("unknown_order"))?;
        let left = self.orders[at].left.clone();
        refuse(left.is_zero(), "order_refunded")?;
        let part = event.maybe_number("concession").unwrap_or_else(|| left.clone());
        refuse(!part.is_positive() || part > left, "bad_concession")?;
        let order = self.orders[at].clone();
        let rest = &left - part;
        self.orders[at].left.clone_from(&rest);
        self.unrecovered = (whole(0), whole(0));
        let Some(vesting) = &order.vesting else {
            let points = order.points_with(&left) - order.points_with(&rest);
            self.escrow -= &points;
            self.pay(&order.merchant, &points);
            return Ok(());
        };
        let mut paid = whole(0);
        for reward in &order.rewards {
            let points = self.take_back(&order, vesting, reward, &rest);
            if reward.member == order.merchant {
                // The contract does not say whether what the receivers before it gave is the merchant's by now. It gets
                // back what it gives, so that this shows in what is missing and nowhere else: both are allowed.
                self.unrecovered.1 += points.clone().min(paid.clone());
            }
            paid += points;
        }
        if vesting.day == self.today {
            self.unburn(at, &rest);
            self.turnover -= left - rest;
        }
        Ok(())
    }

    /// On the day of vesting burned points go to the merchant too.
    fn unburn(&mut self, at: usize, rest: &Exact) {
        let order = &mut self.orders[at];
        let more =
            |vesting: &Vesting| order.burned_with(&vesting.left) - order.burned_with(rest) - &vesting.burned_back;
        let points = order.vesting.as_ref().map(more).unwrap_or_default().max(whole(0));
        if let Some(vesting) = &mut order.vesting {
            vesting.burned_back += &points;
        }
        self.burned -= &points;
        let merchant = order.merchant.clone();
        self.pay(&merchant, &points);
    }

    /// From one receiver, what is left of its reward with L less what is left of it with `rest`. Says what of it went to
    /// the merchant.
    fn take_back(&mut self, order: &Order, vesting: &Vesting, reward: &Reward, rest: &Exact) -> Exact {
        let mut grant = part_of_grant(order, vesting, reward, rest);
        // Day by day, what this part earned and what is left of it.
        for release in &self.releases[vesting.releases..] {
            release.apply(&mut grant);
        }
        if !grant.slack.points.is_zero() {
            // The rules round a grant's earned points down.
            grant.slack.points += tiny(8);
        }
        let part = order.reward_with(&reward.points, &order.left) - order.reward_with(&reward.points, rest);
        self.take_share_value(&reward.member, &grant);
        let back = self.take_points(&reward.member, &grant, &part);
        self.issued -= &back.earned.value;
        self.issued_slack += &back.earned.slack;
        self.returned += &back.earned.value;
        self.returned_slack += &back.earned.slack;
        if let Some(merchant) = self.members.get_mut(&order.merchant) {
            merchant.holding.points += &back.rest.value;
            merchant.holding.slack.points += back.rest.slack;
        }
        self.unrecovered.0 += back.missing.value;
        self.unrecovered.1 += back.missing.slack;
        back.rest.value
    }

    fn take_share_value(&mut self, id: &str, grant: &Holding) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if grant.share_value.is_zero() && grant.slack.share_value.is_zero() {
            return;
        }
        let taken = grant.share_value.clone().min(member.holding.share_value.clone());
        self.index.take(&taken);
        member.holding.share_value -= taken;
        member.holding.slack.share_value += &grant.slack.share_value;
        member.grants += 1;
        self.total_slack += &grant.slack.share_value + tiny(8);
        self.grants += 1;
    }

    /// Of its earned points and `part` of its reward's points as many as the receiver has, earned points first.
    fn take_points(&mut self, id: &str, grant: &Holding, part: &Exact) -> Back {
        let earned = Around { value: grant.points.clone(), slack: grant.slack.points.clone() };
        let due = &earned.value + part;
        let Some(member) = self.members.get_mut(id) else {
            return Back { earned: Around::default(), rest: Around::default(), missing: Around::default() };
        };
        let has = member.holding.points.clone().max(whole(0));
        // A settled account keeps a fraction below 10^-8 that no refund can take.
        let fraction = if member.holding.slack.points.is_zero() { whole(0) } else { tiny(8) };
        let has = Around { value: has, slack: &member.holding.slack.points + &fraction };
        if &has.value - &has.slack >= &due + &earned.slack {
            member.holding.points -= &due;
            member.holding.slack.points += &earned.slack;
            return Back { earned, rest: Around::exactly(part.clone()), missing: Around::default() };
        }
        if &has.value + &has.slack < &due - &earned.slack {
            // Nothing is left, whatever uncertainty our figure for it had. If that was a hair below 0, it stays there, so
            // that the sum of all points stays right.
            member.holding.points -= &has.value;
            member.holding.slack.points = fraction - &member.holding.points;
        } else {
            let taken = due.clone().min(has.value.clone());
            member.holding.points -= taken;
            member.holding.slack.points += has.slack.clone().max(earned.slack.clone());
        }
        split(&earned, part, &has)
    }
}

/// The part of the grant that a refund takes back, as it was on the day of vesting.
///
/// The rules count it in units, `floor_8(u × L / V) − floor_8(u × L' / V)` of u, which are less than 10^-8 more than the
/// share value's; a unit was worth at most 1.
fn part_of_grant(order: &Order, vesting: &Vesting, reward: &Reward, rest: &Exact) -> Holding {
    let given = order.reward_with(&reward.share_value, &vesting.left);
    if given.is_zero() {
        return Holding::default();
    }
    let with = |left: &Exact| &given * left / &vesting.left;
    let mut grant = Holding::default();
    if vesting.at_par {
        grant.share_value = floor(&with(&order.left), 8) - floor(&with(rest), 8);
    } else {
        grant.share_value = floor(&(with(&order.left) - with(rest)), CUT);
        let all = order.left == vesting.left && rest.is_zero();
        grant.slack.share_value = tiny(8) * whole(if all { 1 } else { 2 }) + tiny(CUT);
    }
    grant
}

/// What comes back from a receiver who hardly has, or has not, what is asked of it.
fn split(earned: &Around, part: &Exact, has: &Around) -> Back {
    let due = &earned.value + part;
    let either = earned.slack.clone().max(has.slack.clone());
    let both = &earned.slack + &has.slack;
    let came = due.clone().min(has.value.clone());
    let released = earned.value.clone().min(has.value.clone());
    let rest = &came - &released;
    // The merchant gets at most the part of the reward, and nothing of a reward without points.
    let rest_slack = if part.is_zero() { whole(0) } else { both.clone() };
    Back {
        earned: Around { value: released, slack: either },
        rest: Around { value: rest, slack: rest_slack },
        missing: Around { value: due - came, slack: both },
    }
}
