//! Who sees what. An answer about more than one member is reduced here to what the client may see, and nowhere else.
//!
//! | client | what it sees |
//! |---|---|
//! | the operator, its clerks and auditors, a key that reads | everything |
//! | a member | what moves on its own account; both sides of its trades; of an order that it would give, who gets what; of one that it gave, its own part |
//! | a shop | what moves on its own account; of an order, the buyer's part and its own |
//! | an app with a member's token | of that what moves on its own account, and its own part of orders that it gave |
//! | a shop's key, its staff | the same without what its owner earns elsewhere |
//! | the payment system | what it entered |
//!
//! Nobody but the operator sees the balance of another member, and nobody can work it out from a preview: where a
//! preview depends on what others have, it assumes that they have enough.

use std::sync::Arc;

use gongxiang::book::{Account, Excerpt, Supply};
use gongxiang::event::OrderPlaced;
use gongxiang::identity::Id;
use gongxiang::order::Order;
use gongxiang::quantity::{OutOfRange, Points};
use gongxiang::receipt::{Receipt, Reward, Rule};
use gongxiang::release::Grant;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::{Serialize, Serializer};

use super::rights::{is_own, is_own_shop};
use crate::people::actor::Actor;
use crate::people::role::Duty;

/// What somebody may see of a value, its reasons in English, too.
pub struct Seen<T>(Arc<T>);

impl<T> Seen<T> {
    /// All of it, for the operator.
    pub const fn whole(value: Arc<T>) -> Self {
        Self(value)
    }
}

impl From<Order> for Seen<Order> {
    fn from(order: Order) -> Self {
        Self(Arc::new(order))
    }
}

impl Seen<Receipt> {
    /// Previews and settlements are cut alike, so they can be compared.
    pub fn receipt(receipt: Arc<Receipt>, actor: &Actor) -> Self {
        if actor.may(Duty::Read) {
            return Self(receipt);
        }
        let receipt = Arc::unwrap_or_clone(receipt);
        let mut seen = match actor.member() {
            Some(member) => receipt.seen_by(member),
            None => Receipt { order: None, unrecovered: None, accounts: Vec::new(), ..receipt },
        };
        seen.postings.retain(|posting| match actor {
            Actor::Member(_) => true,
            actor if actor.is_till() => posting.rule != Rule::Release,
            _ => matches!(posting.rule, Rule::Pack | Rule::Treasury),
        });
        Self(Arc::new(seen))
    }
}

impl Seen<Vec<Reward>> {
    /// The rewards of a quote: all of them for the buyer.
    pub fn quote(rewards: &[Reward], actor: &Actor, is_buyer: bool) -> Self {
        let shop = actor.member().filter(|_| !is_buyer);
        let seen = rewards.iter().filter(|reward| shop.is_none_or(|shop| reward.is_seen_by(shop)));
        Self(Arc::new(seen.cloned().collect()))
    }
}

impl<T> Serialize for Seen<T>
where
    for<'a> Worded<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Worded(&*self.0, Language::En).serialize(serializer)
    }
}

/// An order as its shop or its buyer may see it.
pub fn order(mut order: Order, actor: &Actor) -> Order {
    if !actor.may(Duty::Read) {
        let is_shop = is_own_shop(actor, &order.merchant);
        let me = if is_shop { order.merchant.clone() } else { order.buyer.clone() };
        let is_seen = |reward: &Reward| if is_shop { reward.is_seen_by(&me) } else { reward.member == me };
        let seen = order.rewards.iter().filter(|(reward, _)| is_seen(reward));
        // From a grant and the public days follows what its receiver earned.
        let own_grant = |(reward, grant): (&Reward, Option<&Grant>)| {
            (reward.clone(), grant.filter(|_| reward.member == me).copied())
        };
        order.rewards = seen.map(own_grant).collect();
    }
    order
}

/// The excerpt for an order, as its buyer or its shop may see it. A buyer's takes it that the shop has the points; the order itself
/// says if it has not. A shop's has neither referrers nor partners, as it does not see their parts.
pub fn order_excerpt(mut excerpt: Excerpt, of: &OrderPlaced, actor: &Actor) -> Excerpt {
    if actor.may(Duty::Read) {
        return excerpt;
    }
    hide_sums(&mut excerpt);
    if is_own(actor, of.buyer.as_str()) {
        for (id, account) in excerpt.accounts.iter_mut().filter(|(id, _)| **id != of.buyer) {
            if *id == of.merchant && account.shop.is_none() {
                *account = account.for_others();
            } else {
                account.hide_balances();
            }
        }
        assume_points_of_others(&mut excerpt, actor);
    } else {
        let is_shop = |id: &Id| *id == of.merchant;
        excerpt.accounts.retain(|id, _| is_shop(id) || *id == of.buyer);
        excerpt.partners.retain(|_, partner| is_shop(partner));
        for (id, account) in &mut excerpt.accounts {
            account.referrer = account.referrer.take().filter(is_shop);
            if !is_shop(id) {
                let (activated, referrer) = (account.activated, account.referrer.take());
                *account = Account { activated, referrer, ..account.for_others() };
            }
        }
    }
    excerpt
}

/// The excerpt for a transfer or a trade.
pub fn members_excerpt(mut excerpt: Excerpt, actor: &Actor) -> Excerpt {
    if !actor.may(Duty::Read) {
        hide_sums(&mut excerpt);
    }
    for (_, account) in excerpt.accounts.iter_mut().filter(|(id, _)| !is_own(actor, id.as_str())) {
        *account = account.for_others();
    }
    excerpt
}

/// The scheme's sums for everybody. `held` counts what accounts earned since they were last settled: points move there from `pool`
/// when one is settled, and whoever transfers something to a member would see by that how much it was.
pub fn supply(supply: Supply) -> Result<Supply, OutOfRange> {
    Ok(Supply { held: supply.held.plus(supply.pool)?, pool: Points::ZERO, ..supply })
}

/// The same for an excerpt. Events are settled on it, so both sums are more than any event takes.
fn hide_sums(excerpt: &mut Excerpt) {
    excerpt.head.supply.held = enough();
    excerpt.head.supply.pool = enough();
}

/// Takes it that all others have the points that an event takes from them: whether they have is theirs to know.
pub fn assume_points_of_others(part: &mut Excerpt, actor: &Actor) {
    if !actor.may(Duty::Read) {
        part.head.supply.held = enough();
        let others = part.accounts.iter_mut().filter(|(id, _)| !is_own_shop(actor, id));
        others.for_each(|(_, account)| account.points = enough());
    }
}

/// More points than any event takes.
fn enough() -> Points {
    Points::parse("1000000000000").unwrap_or_default()
}
