//! What members' networks bring. A group of events leaves lines, and a background task adds them to the sums later. So
//! an order does not wait until the sums of everybody above its buyer are written.

use std::collections::{BTreeMap, BTreeSet};

use gongxiang::book::Book;
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::order::{Order, OrderState};
use gongxiang::quantity::{Money, Points, ShareValue};
use gongxiang::receipt::{Amount, Party, Reason, Receipt, RewardKind, Rule};
use gongxiang::ruleset::Channel;
use serde::{Deserialize, Serialize};

/// Levels that are told apart; whoever is further below counts at the last one.
pub const LEVELS: u8 = 10;

/// Something that concerns those above whoever did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "of", rename_all = "snake_case")]
pub enum NetworkLine {
    Joined {
        member: Id,
    },
    Activated {
        member: Id,
    },
    Bought {
        day: Day,
        buyer: Id,
        shop: Id,
        city: Option<Region>,
        concession: Money,
    },
    /// A reward that vested: for whom, and by whom below it came.
    Brought {
        day: Day,
        holder: Id,
        source: Id,
        share_value: ShareValue,
        points: Points,
    },
}

impl NetworkLine {
    /// Where the climb begins.
    #[must_use]
    pub fn source(&self) -> &Id {
        match self {
            Self::Joined { member } | Self::Activated { member } => member,
            Self::Bought { buyer, .. } => buyer,
            Self::Brought { source, .. } => source,
        }
    }
}

/// The lines of a settled event. `orders` are those that it changed, `activated` the members whom it activated.
pub fn lines(
    event: &Event,
    receipt: &Receipt,
    orders: &mut dyn Iterator<Item = &Id>,
    activated: &mut dyn Iterator<Item = &Id>,
    after: &Book,
) -> Vec<NetworkLine> {
    let day = receipt.day;
    let mut lines = Vec::new();
    match event {
        Event::MemberRegistered { member, .. } => lines.push(NetworkLine::Joined { member: member.clone() }),
        Event::OrderPlaced(OrderPlaced { buyer, merchant, channel, concession, region, .. }) => {
            let shop = after.account(merchant.as_str()).and_then(|account| account.shop);
            let city = if *channel == Channel::Online { Some(region.city()) } else { shop.map(Region::city) };
            let (buyer, shop) = (buyer.clone(), merchant.clone());
            lines.push(NetworkLine::Bought { day, buyer, shop, city, concession: *concession });
        }
        _ => {}
    }
    lines.extend(activated.cloned().map(|member| NetworkLine::Activated { member }));
    if matches!(event, Event::OrderPlaced(_) | Event::DayClosing { .. } | Event::DayClosed { .. }) {
        for order in orders.filter_map(|id| after.order(id)) {
            vested(order, day, &mut lines);
        }
    }
    for posting in &receipt.postings {
        if let (
            Rule::SignUpReferrer,
            Party::Member(holder),
            Amount::ShareValue(share_value) | Amount::Locked(share_value),
        ) = (posting.rule, &posting.to, posting.amount)
        {
            let Reason::ReferredActivation { member } = &posting.why else { continue };
            let (holder, source, points) = (holder.clone(), member.clone(), Points::ZERO);
            lines.push(NetworkLine::Brought { day, holder, source, share_value, points });
        }
    }
    lines
}

/// What an order that has just vested brought to those above its buyer and its shop.
fn vested(order: &Order, day: Day, lines: &mut Vec<NetworkLine>) {
    if order.state != OrderState::Vested(day) {
        return;
    }
    for reward in order.rewards.rewards.iter() {
        let source = match reward.kind {
            RewardKind::ShareOnline | RewardKind::ShareOffline | RewardKind::Service => &order.buyer,
            RewardKind::MerchantShare => &order.merchant,
            RewardKind::Consumption | RewardKind::Sale | RewardKind::Area => continue,
        };
        let share_value = order.reward_value_left(reward, order.left_at_vesting).unwrap_or_default();
        let points = order.reward_points_left(reward, order.left_at_vesting).unwrap_or_default();
        let (holder, source) = (reward.member.clone(), source.clone());
        lines.push(NetworkLine::Brought { day, holder, source, share_value, points });
    }
}

/// Those above members, nearest first, as they are stored.
pub type Chains = BTreeMap<Id, Vec<Id>>;

/// Members below, and how many of them are activated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Size {
    pub members: i64,
    pub activated: i64,
}

/// Orders and their concessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trade {
    pub orders: i64,
    pub concession: Money,
}

impl Trade {
    pub fn add(&mut self, other: Self) {
        self.orders = self.orders.saturating_add(other.orders);
        self.concession = self.concession.plus(other.concession).unwrap_or(self.concession);
    }
}

/// What vested for a holder.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Brought {
    pub share_value: ShareValue,
    pub points: Points,
}

impl Brought {
    pub fn add(&mut self, other: Self) {
        self.share_value = self.share_value.plus(other.share_value).unwrap_or(self.share_value);
        self.points = self.points.plus(other.points).unwrap_or(self.points);
    }
}

/// What lines add to the sums.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub sizes: BTreeMap<(Id, u8), Size>,
    /// By holder, month and level.
    pub months: BTreeMap<(Id, String, u8), Trade>,
    /// By holder, month and branch; one of the two is empty.
    pub rewards: BTreeMap<(Id, String, String), Brought>,
    /// By city, day or month, and shop; of a day in all the shop is empty.
    pub cities: BTreeMap<(String, String, String), Trade>,
}

impl Sums {
    #[must_use]
    pub fn of(lines: &[NetworkLine], chains: &Chains) -> Self {
        let mut sums = Self::default();
        for line in lines {
            let above = chains.get(line.source()).map(Vec::as_slice).unwrap_or_default();
            sums.add(line, above);
        }
        sums
    }

    fn add(&mut self, line: &NetworkLine, above: &[Id]) {
        let levels = || (1_u8..).map(|level| level.min(LEVELS)).zip(above);
        match line {
            NetworkLine::Joined { .. } => {
                levels()
                    .for_each(|(level, holder)| self.sizes.entry((holder.clone(), level)).or_default().members += 1);
            }
            NetworkLine::Activated { .. } => levels()
                .for_each(|(level, holder)| self.sizes.entry((holder.clone(), level)).or_default().activated += 1),
            NetworkLine::Bought { day, shop, city, concession, .. } => {
                let (trade, month) = (Trade { orders: 1, concession: *concession }, month(*day));
                for (level, holder) in levels() {
                    self.months.entry((holder.clone(), month.clone(), level)).or_default().add(trade);
                }
                if let Some(city) = city {
                    let city = city.to_string();
                    self.cities.entry((city.clone(), day.to_string(), String::new())).or_default().add(trade);
                    self.cities.entry((city, month, shop.to_string())).or_default().add(trade);
                }
            }
            NetworkLine::Brought { day, holder, source, share_value, points } => {
                let brought = Brought { share_value: *share_value, points: *points };
                // The member directly below the holder, on the way from it to the source.
                let branch = std::iter::once(source).chain(above).zip(above).find(|(_, upper)| *upper == holder);
                if let Some((branch, _)) = branch {
                    self.rewards.entry((holder.clone(), String::new(), branch.to_string())).or_default().add(brought);
                }
                self.rewards.entry((holder.clone(), month(*day), String::new())).or_default().add(brought);
            }
        }
    }
}

/// The month of a day: `2026-01`.
#[must_use]
pub fn month(day: Day) -> String {
    let mut month = day.to_string();
    month.truncate("2026-01".len());
    month
}

/// Every member whose chain the lines need.
#[must_use]
pub fn sources(lines: &[NetworkLine]) -> BTreeSet<&Id> {
    lines.iter().map(NetworkLine::source).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(name: &str) -> Id {
        Id::parse(name).unwrap_or_else(|| panic!("{name}"))
    }

    #[test]
    fn what_is_brought_counts_for_the_branch_below_the_holder() {
        let day = Day::parse("2026-02-03").unwrap_or_else(|| panic!("a day"));
        let chains: Chains = [(id("dan"), vec![id("cat"), id("bob"), id("ann")])].into();
        let one = ShareValue::parse("1").unwrap_or_default();
        let brought = |holder: &str| NetworkLine::Brought {
            day,
            holder: id(holder),
            source: id("dan"),
            share_value: one,
            points: Points::ZERO,
        };
        let sums = Sums::of(&[brought("ann"), brought("cat"), brought("ann")], &chains);
        let of = |holder: &str, month: &str, branch: &str| {
            sums.rewards.get(&(id(holder), month.into(), branch.into())).map(|brought| brought.share_value.to_string())
        };
        assert_eq!(of("ann", "", "bob").as_deref(), Some("2"));
        assert_eq!(of("cat", "", "dan").as_deref(), Some("1"));
        assert_eq!(of("ann", "2026-02", "").as_deref(), Some("2"));
        assert_eq!(sums.rewards.len(), 4);
    }

    #[test]
    fn members_and_orders_count_for_everybody_above_by_level_and_beyond_the_last_level_together() {
        let above: Vec<_> = (1..=12).map(|number| id(&format!("m{number}"))).collect();
        let chains: Chains = [(id("new"), above)].into();
        let sums = Sums::of(&[NetworkLine::Joined { member: id("new") }], &chains);
        let level = |holder: &str| sums.sizes.keys().find(|(of, _)| *of == id(holder)).map(|(_, level)| *level);
        assert_eq!((level("m1"), level("m10"), level("m12")), (Some(1), Some(10), Some(10)));
    }
}
