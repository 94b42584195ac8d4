//! Orders: rewards, vesting, refunds (section 6).

use num_traits::{Signed, Zero};

use crate::event::{Event, city};
use crate::exact::{Exact, ceil, floor, tiny, whole};
use crate::holding::Holding;
use crate::state::{Order, Reward, Stage};
use crate::{Model, Stop, refuse};

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
            concession: terms.concession,
            due: self.today + days,
            stage: Stage::Waiting,
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

    fn vest(&mut self, at: usize) {
        let order = &mut self.orders[at];
        order.stage = Stage::Vested { day: self.today, releases: self.releases.len() };
        let order = order.clone();
        let mut rest = order.points.clone();
        for reward in &order.rewards {
            self.give(&reward.member, &reward.share_value);
            self.pay(&reward.member, &reward.points);
            rest -= &reward.points;
        }
        self.escrow -= &order.points;
        self.burned += rest;
        self.turnover += &order.concession;
    }

    /// Step 1 of a close: the orders that are due, in the order of placing.
    pub(crate) fn vest_due_orders(&mut self) {
        for at in 0..self.orders.len() {
            if self.orders[at].stage == Stage::Waiting && self.orders[at].due <= self.today {
                self.vest(at);
            }
        }
    }

    pub(crate) fn order_refunded(&mut self, event: &Event) -> Result<(), Stop> {
        let id = event.text("order");
        let at = self.orders.iter().position(|o| o.id == id).ok_or(Stop::Refused("unknown_order"))?;
        let stage = self.orders[at].stage;
        refuse(stage == Stage::Refunded, "order_refunded")?;
        self.orders[at].stage = Stage::Refunded;
        let order = self.orders[at].clone();
        if let Stage::Vested { day, releases } = stage {
            self.take_back(&order, day, releases);
        } else {
            self.escrow -= &order.points;
            self.pay(&order.merchant, &order.points);
        }
        Ok(())
    }

    /// A refund after vesting.
    fn take_back(&mut self, order: &Order, day: i64, releases: usize) {
        let mut back = Back::default();
        for reward in &order.rewards {
            let mut grant = Holding { share_value: reward.share_value.clone(), ..Holding::default() };
            if !grant.share_value.is_zero() {
                grant.slack.share_value = tiny(8);
            }
            // Day by day, what this grant earned and what is left of it.
            for release in &self.releases[releases..] {
                release.apply(&mut grant);
            }
            if !grant.slack.points.is_zero() {
                // The rules round a grant's earned points down.
                grant.slack.points += tiny(8);
            }
            self.take_share_value(&reward.member, &grant);
            self.take_points(reward, &grant, &mut back);
        }
        let returned = back.earned.clone().min(back.came.clone());
        let mut rest = back.came - &returned;
        let (returned_slack, rest_slack) = if back.whole {
            (back.earned_slack, whole(0))
        } else {
            let both = back.earned_slack + back.came_slack;
            (both.clone(), both)
        };
        self.issued -= &returned;
        self.issued_slack += &returned_slack;
        self.returned += returned;
        self.returned_slack += returned_slack;
        if day == self.today {
            let burned = order.rewards.iter().fold(order.points.clone(), |sum, r| sum - &r.points);
            self.burned -= &burned;
            rest += burned;
            self.turnover -= &order.concession;
        }
        if let Some(merchant) = self.members.get_mut(&order.merchant) {
            merchant.holding.points += rest;
            merchant.holding.slack.points += rest_slack;
        }
    }

    fn take_share_value(&mut self, id: &str, grant: &Holding) {
        let Some(member) = self.members.get_mut(id) else {
            return;
        };
        if grant.share_value.is_zero() {
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

    fn take_points(&mut self, reward: &Reward, grant: &Holding, back: &mut Back) {
        let Some(member) = self.members.get_mut(&reward.member) else {
            return;
        };
        let due = &grant.points + &reward.points;
        let due_slack = &grant.slack.points;
        let has = member.holding.points.clone().max(whole(0));
        // A settled account keeps a fraction below 10^-8 that no refund can take.
        let fraction = if member.holding.slack.points.is_zero() { whole(0) } else { tiny(8) };
        let has_slack = &member.holding.slack.points + &fraction;
        back.earned += &grant.points;
        back.earned_slack += due_slack;
        if &has - &has_slack >= &due + due_slack {
            member.holding.points -= &due;
            member.holding.slack.points += due_slack;
            back.came += due;
            back.came_slack += due_slack;
        } else if &has + &has_slack < &due - due_slack {
            // Nothing is left, whatever uncertainty our figure for it had: it may have been a hair below 0.
            member.holding.points = whole(0);
            member.holding.slack.points = fraction;
            back.came += has;
            back.came_slack += has_slack;
            back.whole = false;
        } else {
            let taken = due.min(has);
            let slack = has_slack.max(due_slack.clone());
            back.whole &= slack.is_zero() && taken == &grant.points + &reward.points;
            member.holding.points -= &taken;
            member.holding.slack.points += &slack;
            back.came += taken;
            back.came_slack += slack;
        }
    }
}

/// What a refund brought back.
struct Back {
    earned: Exact,
    earned_slack: Exact,
    came: Exact,
    came_slack: Exact,
    /// Whether all receivers certainly had what was asked of them.
    whole: bool,
}

impl Default for Back {
    fn default() -> Self {
        Self { earned: whole(0), earned_slack: whole(0), came: whole(0), came_slack: whole(0), whole: true }
    }
}
