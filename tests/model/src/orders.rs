//! Orders: rewards and vesting (section 6).

use num_traits::{Signed, Zero};

use crate::event::Kind::{Channel, Id, Money, Region};
use crate::event::{Event, Row, city};
use crate::exact::{Exact, ceil, floor, whole};
use crate::state::{Order, Reward, Vesting};
use crate::{Model, Stop, refuse};

/// The events of this file.
pub(crate) const EVENTS: &[Row] = &[(
    "order.placed",
    &[
        ("order", Id, false),
        ("buyer", Id, false),
        ("merchant", Id, false),
        ("channel", Channel, false),
        ("amount", Money, false),
        ("concession", Money, false),
        ("region", Region, false),
    ],
    Model::order_placed,
)];

/// What an order is about, while its rewards are worked out.
struct Terms<'a> {
    buyer: &'a str,
    merchant: &'a str,
    online: bool,
    region: &'a str,
    concession: Exact,
    /// `Q`.
    points: Exact,
}

impl Model {
    pub(crate) fn order_placed(&mut self, event: &Event) -> Result<(), Stop> {
        let (id, buyer, merchant) = (event.text("order"), event.text("buyer"), event.text("merchant"));
        let (amount, concession) = (event.number("amount"), event.number("concession"));
        self.known(buyer)?;
        let shop = self.known(merchant)?.shop.is_some();
        self.free(buyer)?;
        self.free(merchant)?;
        refuse(self.orders.iter().any(|o| o.id == id), "order_exists")?;
        refuse(buyer == merchant, "self_dealing")?;
        refuse(!shop, "not_a_merchant")?;
        refuse(!amount.is_positive(), "bad_amount")?;
        refuse(!concession.is_positive() || concession > amount, "bad_concession")?;
        let points = ceil(&(&concession / &self.price), 8);
        self.enough(merchant, &points, "merchant_points_short")?;
        let online = event.text("channel") == "online";
        let terms = Terms { buyer, merchant, online, region: event.text("region"), concession, points };
        let rewards = self.rewards(&terms);
        self.pay(merchant, &-&terms.points);
        self.escrow += &terms.points;
        let days = if online { self.rules.vesting_online } else { self.rules.vesting_offline };
        self.orders.push(Order {
            id: id.to_owned(),
            points: terms.points,
            rewards,
            merchant: merchant.to_owned(),
            left: terms.concession.clone(),
            concession: terms.concession,
            due: self.today + days,
            vesting: None,
        });
        if days == 0 {
            self.vest(self.orders.len() - 1);
        }
        Ok(())
    }

    fn active(&self, id: Option<&str>) -> Option<&str> {
        let (id, member) = self.members.get_key_value(id?)?;
        member.activated.then_some(id.as_str())
    }

    fn referrer(&self, id: &str) -> Option<&str> {
        self.members.get(id)?.referrer.as_deref()
    }

    fn rewards(&self, terms: &Terms) -> Vec<Reward> {
        let rules = &self.rules;
        let mut rewards: Vec<Reward> = Vec::new();
        let mut add = |to: Option<&str>, kind: &'static str, share_value: Exact, points: Exact| {
            let (share_value, points) = (floor(&share_value, 8), floor(&points, 8));
            if let Some(member) = to
                && (!share_value.is_zero() || !points.is_zero())
            {
                rewards.push(Reward { member: member.to_owned(), kind, share_value, points });
            }
        };
        let zero = || whole(0);
        let buyer = self.active(Some(terms.buyer));
        // S is rounded by itself, what follows from it is rounded again.
        let share = match buyer {
            Some(_) => floor(&(&terms.concession * &rules.buyer_multiple), 8),
            None => zero(),
        };
        let points = &terms.points;
        add(buyer, "consumption", share.clone(), zero());
        let merchant = self.active(Some(terms.merchant));
        add(merchant, "sale", &terms.concession * &rules.merchant_multiple, zero());
        let above = buyer.and_then(|b| self.referrer(b));
        if terms.online {
            add(self.active(above), "share_online", &share * &rules.share_online_rate, zero());
        } else {
            add(self.active(above), "share_offline", zero(), points * &rules.share_offline_rate);
            let above_merchant = self.active(self.referrer(terms.merchant));
            add(above_merchant, "merchant_share", zero(), points * &rules.merchant_share_rate);
        }
        let mut paid = zero();
        let mut next = above;
        for _ in 0..rules.max_depth {
            let Some(member) = next else { break };
            next = self.referrer(member);
            let role = self.members.get(member).and_then(|m| m.role.as_deref());
            let rate = rules.role_rate(role, terms.online);
            if self.active(Some(member)).is_some() && rate > paid {
                let step = &rate - &paid;
                if terms.online {
                    add(Some(member), "service", &share * step, zero());
                } else {
                    add(Some(member), "service", zero(), points * step);
                }
                paid = rate;
            }
        }
        let shop = self.members.get(terms.merchant).and_then(|m| m.shop.as_deref());
        let (region, rate) = if terms.online {
            (terms.region, &rules.area_online_rate)
        } else {
            (shop.unwrap_or_default(), &rules.area_offline_rate)
        };
        let partner = self.partner(&city(region)).filter(|(_, m)| self.eligible(m)).map(|(id, _)| id.as_str());
        add(self.active(partner), "area", zero(), points * rate);
        rewards
    }

    /// Gives what is left of the rewards and burns the rest of what is left of Q.
    pub(crate) fn vest(&mut self, at: usize) {
        let order = &mut self.orders[at];
        order.vesting = Some(Vesting {
            day: self.today,
            releases: self.releases.len(),
            left: order.left.clone(),
            at_par: self.index.nav == whole(1),
            burned_back: whole(0),
        });
        let order = order.clone();
        for reward in &order.rewards {
            self.give(&reward.member, &order.reward_with(&reward.share_value, &order.left));
            self.pay(&reward.member, &order.reward_with(&reward.points, &order.left));
        }
        self.escrow -= order.points_with(&order.left);
        self.burned += order.burned_with(&order.left);
        self.turnover += &order.left;
    }
}
