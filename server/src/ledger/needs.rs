//! Which rows of the book an event needs, and which events must be settled alone.
//!
//! Everyday events (orders, transfers, redemptions, offers, trades, registrations, opening a shop) write only rows that
//! they name. All other events are settled alone. They change something that other events read: the standing of a
//! member (packs, roles, partners, freezing), the rules, the price, the weights (refunds, vesting, opening balances) or
//! the treasury.
//!
//! The contract's table says which event is which, and what each of its fields names. Here is only what does not follow
//! from a field.

use std::collections::BTreeSet;

use gongxiang::book::Excerpt;
use gongxiang::event::{Event, Name, OrderPlaced, Referent};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::command::{Settling, settling};

/// The rows to load.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Needs {
    /// Accounts that everyday events may write.
    pub members: BTreeSet<Id>,
    /// Accounts to load together with the members above them, up to `service.max_depth`.
    pub buyers: BTreeSet<Id>,
    /// Accounts that are only read, with their referrers and the partner of their shop's city.
    pub shops: BTreeSet<Id>,
    /// Cities whose partner is needed.
    pub cities: BTreeSet<Region>,
    /// Orders, with every member they reward.
    pub orders: BTreeSet<Id>,
    /// Offers, with their owners.
    pub offers: BTreeSet<Id>,
    /// Trades, with their offers and takers.
    pub trades: BTreeSet<Id>,
    /// Purchases of packs that may come back.
    pub purchases: BTreeSet<Id>,
    /// Redemptions that can be cancelled, with whoever redeemed, and their vouchers with the items.
    pub redemptions: BTreeSet<Id>,
    /// Items of which members take a piece, each with its member. An event alone does not say so.
    pub claims: BTreeSet<(Id, Id)>,
    /// What is due at a close.
    pub due: Option<Due>,
    /// Only what comes after this of it.
    pub due_after: DueCursor,
}

/// How far into each queue of what is due somebody has looked: the day and number of the last trade, pack and order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct DueCursor {
    pub trades: Option<(Day, u64)>,
    pub purchases: Option<(Day, u64)>,
    pub orders: Option<(Day, u64)>,
}

impl DueCursor {
    /// Goes on to the last of what was loaded.
    pub fn pass(&mut self, part: &Excerpt) {
        self.trades = self.trades.max(part.trades.values().map(|trade| (trade.day, trade.sequence)).max());
        let under = |(due, sequence): (Option<Day>, u64)| Some((due?, sequence));
        let purchases = part.purchases.values().filter_map(|purchase| under((purchase.due, purchase.sequence)));
        self.purchases = self.purchases.max(purchases.max());
        let orders = part.orders.values().filter_map(|order| under((order.due, order.sequence)));
        self.orders = self.orders.max(orders.max());
    }
}

/// Trades, packs and orders that are due at the close of a day, in the order in which the rules do them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// The day.
    pub day: Day,
    /// How many of all of them, from the first; all where nothing is said. Days before come to the price only if all are.
    pub most: Option<usize>,
}

impl Needs {
    pub fn of<'a>(events: impl IntoIterator<Item = &'a Event>) -> Self {
        let mut needs = Self::default();
        for (before, event) in events.into_iter().enumerate() {
            needs.add(event, before);
        }
        needs
    }

    /// `before` is the number of events before it in the group: each may do away with one thing that is due.
    fn add(&mut self, event: &Event, before: usize) {
        event.names(&mut |name| self.add_named(name));
        match event {
            // The pack is rewarded like an order, and may open a shop.
            Event::PackPurchased { member, .. } => _ = self.buyers.insert(member.clone()),
            // Either ends its group.
            Event::DayClosing { day, most } => {
                self.due = Some(Due { day: *day, most: Some(most.saturating_add(before)) });
            }
            Event::DayClosed { day } => self.due = Some(Due { day: *day, most: None }),
            _ => {}
        }
    }

    /// What a field names.
    fn add_named(&mut self, name: Name<'_>) {
        let (referent, id) = match name {
            Name::Id(referent, id) => (referent, id.clone()),
            Name::Region(region) => {
                self.cities.insert(region.city());
                return;
            }
        };
        let rows = match referent {
            Referent::Member => &mut self.members,
            Referent::Merchant => {
                self.shops.insert(id.clone());
                &mut self.members
            }
            // A referrer may be above a buyer in the same group.
            Referent::Buyer | Referent::Referrer => &mut self.buyers,
            Referent::Order => &mut self.orders,
            Referent::Offer => &mut self.offers,
            Referent::Trade => &mut self.trades,
            Referent::Purchase => &mut self.purchases,
            Referent::Redemption => &mut self.redemptions,
            Referent::Pack | Referent::Role | Referent::Item => return,
        };
        rows.insert(id);
    }
}

/// Whether an event writes only rows that it names. An order whose rewards vest at once does not. `rules` are the
/// rules this writer saw last, if any; another process may have adopted newer ones. The final check is therefore made
/// after settling ([`crate::ledger::group::Group::everyday`]).
#[must_use]
pub fn is_everyday(event: &Event, rules: Option<&RuleSet>) -> bool {
    let vests_later = |order: &OrderPlaced| rules.is_none_or(|rules| rules.vesting_days(order.channel) > 0);
    settling(event.kind()) == Settling::Everyday && !matches!(event, Event::OrderPlaced(order) if !vests_later(order))
}

/// Whether later events may need rows that are not known before this one is settled. Such an event ends its group.
#[must_use]
pub const fn ends_group(event: &Event) -> bool {
    matches!(event, Event::RulesAdopted { .. } | Event::DayClosing { .. } | Event::DayClosed { .. })
}

/// How many members above a buyer an order may read.
#[must_use]
pub fn depth(rules: &RuleSet) -> i64 {
    // At least one, for the referrer, even if service roles have no depth.
    i64::try_from(rules.service_max_depth).unwrap_or(i64::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use gongxiang::preset;
    use gongxiang::tree::Tree;
    use gongxiang::wire;

    use super::*;

    #[test]
    fn an_order_is_alone_where_its_channel_is_known_to_vest_at_once() {
        let order: Tree = serde_json::from_str(
            r#"{"type": "order.placed", "order": "o", "buyer": "b", "merchant": "m", "channel": "offline",
                "amount": "10.00", "concession": "1.00", "region": "320106"}"#,
        )
        .expect("it is JSON");
        let event = wire::event::read(&order).expect("it is an order").event;
        let seed = preset::seed().expect("the seed is sound");
        let offline = RuleSet { order_vesting_days_offline: 0, ..seed.clone() };
        let online = RuleSet { order_vesting_days_online: 0, ..seed.clone() };
        assert!(is_everyday(&event, None));
        assert!(is_everyday(&event, Some(&seed)));
        assert!(is_everyday(&event, Some(&online)));
        assert!(!is_everyday(&event, Some(&offline)));
    }
}
