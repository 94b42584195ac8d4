//! Where the points and the share value of an order go, as far as the answer on it says. A buyer and a shop do not see each part: the
//! server cuts the order to what is theirs, and what is left of its points is one part.

use gongxiang::identity::{Day, Id};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, OutOfRange, Points, ShareValue};
use gongxiang::receipt::{Amount, RewardKind, Rule};
use serde_json::Value;

use crate::api::{self, Fault, field, text_of};

/// Limit of the pages that are searched for refunds: 5,000 postings.
const PAGES_MAX: usize = 10;

/// Where a part goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Receiver {
    /// To a member, for something.
    Member(Id, RewardKind),
    /// Nowhere: these points cease to exist.
    Burned,
    /// To be burned, or for members whom the answer does not name.
    Others,
    /// Back to the shop before anything was paid out.
    Shop,
}

/// A part of an order's points or of its share value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    pub to: Receiver,
    /// All of it, with what was taken back.
    pub amount: Amount,
    /// Of it: what refunds are to take back. Receivers may have used some of it.
    pub back: Amount,
}

/// The parts of an order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderParts {
    /// They sum to the points that the shop paid.
    pub points: Vec<Part>,
    pub share_value: Vec<Part>,
    /// Whether it vested, whatever became of it since.
    pub has_vested: bool,
}

impl OrderParts {
    /// `is_whole` says whether the answer has the rewards of all members.
    ///
    /// # Errors
    /// [`OutOfRange`] never, for an order of a server.
    pub fn of(order: &Order, is_whole: bool) -> Result<Self, OutOfRange> {
        let has_vested = has_vested(order);
        let at_vesting = concession_paid(order);
        let (mut points, mut share_value) = (Vec::new(), Vec::new());
        for (reward, _) in order.rewards.iter() {
            let to = || Receiver::Member(reward.member.clone(), reward.kind);
            let amount = order.reward_points_left(reward, at_vesting)?;
            let left = order.reward_points_left(reward, order.left)?;
            add(&mut points, to(), amount, amount.minus(left)?);
            let left = order.reward_value_left(reward, order.left)?;
            let back = reward.share_value.minus(left)?;
            if reward.share_value.is_positive() {
                let (amount, back) = (Amount::ShareValue(reward.share_value), Amount::ShareValue(back));
                share_value.push(Part { to: to(), amount, back });
            }
        }
        let rest = if is_whole { Receiver::Burned } else { Receiver::Others };
        add(&mut points, rest, order.burned(at_vesting)?, order.burned_back);
        let returned = order.points.minus(order.points_left(at_vesting)?)?;
        add(&mut points, Receiver::Shop, returned, returned);
        Ok(Self { points, share_value, has_vested })
    }
}

fn has_vested(order: &Order) -> bool {
    match order.state {
        OrderState::Pending => false,
        OrderState::Vested(_) => true,
        OrderState::Refunded => order.left_at_vesting.is_positive(),
    }
}

/// The concession that the shop's points paid: less what was refunded before the order was paid out. What comes back to the shop
/// afterwards depends on what the receivers still have.
fn concession_paid(order: &Order) -> Money {
    if has_vested(order) { order.left_at_vesting } else { order.left }
}

/// The points that the shop paid for [`concession_paid`].
///
/// # Errors
/// [`OutOfRange`] never, for an order of a server.
pub fn points_paid(order: &Order) -> Result<Points, OutOfRange> {
    order.points_left(concession_paid(order))
}

fn add(parts: &mut Vec<Part>, to: Receiver, amount: Points, back: Points) {
    if amount.is_positive() {
        parts.push(Part { to, amount: Amount::Points(amount), back: Amount::Points(back) });
    }
}

/// The amount as a whole number with 8 places.
pub const fn raw(amount: Amount) -> i128 {
    match amount {
        Amount::Points(points) => points.raw(),
        Amount::ShareValue(value) | Amount::Locked(value) => value.raw(),
    }
}

/// The amount of the same asset with so many smallest parts.
const fn alike(amount: Amount, raw: i128) -> Amount {
    match amount {
        Amount::Points(_) => Amount::Points(Points::from_raw(raw)),
        Amount::ShareValue(_) => Amount::ShareValue(ShareValue::from_raw(raw)),
        Amount::Locked(_) => Amount::Locked(ShareValue::from_raw(raw)),
    }
}

/// The sum of all parts; `None` if there are none.
pub fn sum(parts: &[Part]) -> Option<Amount> {
    let first = parts.first()?.amount;
    let sum = parts.iter().try_fold(0_i128, |sum, part| sum.checked_add(raw(part.amount)))?;
    Some(alike(first, sum))
}

/// The days on which an order was refunded, oldest first, as a member's statement has them; none if the statement is too long to be read
/// back to the order, because some of the days would look like all. Read field by field: with the types of a statement, the programs that
/// show orders would be some KB larger.
pub async fn refund_days(member: &Id, order: &Id, placed: Day) -> Result<Vec<Day>, Fault> {
    let mut days = Vec::new();
    let mut before = String::new();
    for _ in 0..PAGES_MAX {
        let page = Box::pin(api::get_value(&format!("/v1/members/{member}/statement?limit=500{before}"))).await?;
        let postings = page.get("postings").and_then(Value::as_array).ok_or(Fault::BadAnswer)?;
        let mut day = placed;
        for posting in postings {
            day = field(posting, "day")?;
            let is_refund = text_of(posting, "rule").is_some_and(|rule| rule == Rule::Refund.as_str());
            let of = posting.get("why").and_then(|why| text_of(why, "order"));
            if is_refund && of.as_deref() == Some(order.as_str()) && !days.contains(&day) {
                days.push(day);
            }
        }
        let Some(next) = text_of(&page, "next").filter(|_| day >= placed) else {
            days.reverse();
            return Ok(days);
        };
        before = format!("&before={next}");
    }
    Ok(Vec::new())
}

#[cfg(test)]
mod tests {
    use gongxiang::order::OrderRewards;
    use gongxiang::quantity::{Money, Rate};
    use gongxiang::receipt::{Reason, Reward};

    use super::*;

    fn points(text: &str) -> Points {
        Points::parse(text).expect("points")
    }

    /// Of 100 points 10 go to a referrer; the buyer gets 38 share value, the shop 19.
    fn order(state: OrderState, left: &str, left_at_vesting: &str, burned_back: &str) -> Order {
        let id = |text| Id::parse(text).expect("an id");
        let money = |text| Money::parse(text).expect("money");
        let reward = |member, kind, value, brings| Reward {
            member: id(member),
            kind,
            share_value: ShareValue::parse(value).expect("share value"),
            points: points(brings),
            why: Reason::OrderPoints { rate: Rate::default(), points: Points::ZERO },
        };
        Order {
            buyer: id("ann"),
            merchant: id("shop"),
            day: Day::parse("2026-01-02").expect("a day"),
            amount: money("100"),
            concession: money("10"),
            points: points("100"),
            sequence: 1,
            due: Day::parse("2026-01-09"),
            state,
            left: money(left),
            left_at_vesting: money(left_at_vesting),
            burned_back: points(burned_back),
            rewards: OrderRewards::from_iter([
                (reward("ann", RewardKind::Consumption, "38", "0"), None),
                (reward("shop", RewardKind::Sale, "19", "0"), None),
                (reward("bob", RewardKind::ShareOffline, "0", "10"), None),
            ]),
        }
    }

    /// Each part as one sees it: to whom, how much, and how much of it was taken back.
    fn seen(parts: &[Part]) -> Vec<(String, String, String)> {
        let name = |to: &Receiver| match to {
            Receiver::Member(id, _) => id.to_string(),
            other => format!("{other:?}"),
        };
        parts.iter().map(|part| (name(&part.to), part.amount.to_string(), part.back.to_string())).collect()
    }

    #[test]
    fn the_parts_sum_to_the_points_of_the_order_and_refunds_take_theirs_back() -> Result<(), OutOfRange> {
        let day = Day::parse("2026-01-09").ok_or(OutOfRange)?;
        let pending = OrderState::Pending;
        let vested = OrderState::Vested(day);
        let refunded = OrderState::Refunded;
        for (order, expected, value) in [
            (order(pending, "10", "0", "0"), &[("bob", "10", "0"), ("Burned", "90", "0")][..], "0"),
            // Half of it is refunded before vesting.
            (order(pending, "5", "0", "0"), &[("bob", "5", "0"), ("Burned", "45", "0"), ("Shop", "50", "50")], "19"),
            (order(refunded, "0", "0", "0"), &[("Shop", "100", "100")], "38"),
            // Half before, and half of the rest after it: burned points stay burned.
            (
                order(vested, "2.5", "5", "0"),
                &[("bob", "5", "2.5"), ("Burned", "45", "0"), ("Shop", "50", "50")],
                "28.5",
            ),
            // All of it on the day of vesting.
            (order(refunded, "0", "10", "90"), &[("bob", "10", "10"), ("Burned", "90", "90")], "38"),
        ] {
            let parts = OrderParts::of(&order, true)?;
            let expected: Vec<_> = expected
                .iter()
                .map(|(to, amount, back)| (to.to_string(), amount.to_string(), back.to_string()))
                .collect();
            assert_eq!(seen(&parts.points), expected);
            assert_eq!(sum(&parts.points), Some(Amount::Points(order.points)));
            assert_eq!(seen(&parts.share_value)[0], ("ann".into(), "38".into(), value.to_owned()));
        }
        Ok(())
    }

    #[test]
    fn what_the_shop_paid_is_less_what_came_back_before_the_order_was_paid_out() {
        let vested = OrderState::Vested(Day::parse("2026-01-09").expect("a day"));
        for (state, left, at_vesting, paid) in [
            (OrderState::Pending, "10", "0", "100"),
            (OrderState::Pending, "4", "0", "40"),
            (vested, "10", "10", "100"),
            (vested, "4", "10", "100"),
            (vested, "4", "8", "80"),
            (OrderState::Refunded, "0", "8", "80"),
            (OrderState::Refunded, "0", "0", "0"),
        ] {
            let found = points_paid(&order(state, left, at_vesting, "0")).expect("in range");
            assert_eq!(found, points(paid), "{state:?}, {left} left, {at_vesting} when it was paid out");
        }
    }

    #[test]
    fn what_the_answer_does_not_name_is_one_part() -> Result<(), OutOfRange> {
        let mut cut = order(OrderState::Pending, "10", "0", "0");
        cut.rewards = cut.rewards.iter().take(1).map(|(reward, _)| (reward.clone(), None)).collect();
        let parts = OrderParts::of(&cut, false)?;
        assert_eq!(seen(&parts.points), [("Others".into(), "100".into(), "0".into())]);
        assert_eq!(seen(&parts.share_value), [("ann".into(), "38".into(), "0".into())]);
        Ok(())
    }
}
