//! The receipt: what an event did, to whom, by which rule and why.
//!
//! A posting moves an amount of one asset from one party to another and names its rule and its [`Reason`]. All of it is data:
//! the server stores receipts, the wallet reads their fields, exports and screens make words of them ([`crate::wire::worded`]).
//! The classes are those of RULES.md section 6, "Static and dynamic".

mod reason;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::contract::rules;
use crate::event::Kind;
use crate::identity::{Day, Id, serde_as_text};
use crate::quantity::{Points, ShareValue};

pub use reason::Reason;

/// Where an amount comes from or goes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Party {
    /// A member's account.
    Member(Id),
    /// Released and not yet settled.
    Pool,
    /// Held for orders, offers and trades.
    Escrow,
    /// The platform's own points.
    Treasury,
    /// Gone for good.
    Burned,
    /// Outside the supply: points are issued from it; share value is granted from it and falls back to it.
    Issuance,
}

impl fmt::Display for Party {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            // No id has a space, so a member never looks like one of the others.
            Self::Member(id) => return write!(f, "member {id}"),
            Self::Pool => "pool",
            Self::Escrow => "escrow",
            Self::Treasury => "treasury",
            Self::Burned => "burned",
            Self::Issuance => "issuance",
        })
    }
}

impl Party {
    /// Reads what [`fmt::Display`] writes; `None` if it names no party.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "pool" => Self::Pool,
            "escrow" => Self::Escrow,
            "treasury" => Self::Treasury,
            "burned" => Self::Burned,
            "issuance" => Self::Issuance,
            _ => Self::Member(Id::parse(text.strip_prefix("member ")?)?),
        })
    }

    /// The member whose account it is.
    #[must_use]
    pub const fn member(&self) -> Option<&Id> {
        match self {
            Self::Member(id) => Some(id),
            _ => None,
        }
    }

    /// Whether it is this member's account.
    #[must_use]
    pub fn is(&self, member: &Id) -> bool {
        self.member() == Some(member)
    }
}

serde_as_text!(Party, "a party of a posting");

/// What is moved, and how much.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Amount {
    /// Points.
    Points(Points),
    /// Share value in use: it takes part in the release.
    ShareValue(ShareValue),
    /// Share value that waits for the member's activation.
    Locked(ShareValue),
}

impl Amount {
    /// Reads an amount of the asset of this name; `None` if there is no such asset or the text is no balance.
    #[must_use]
    pub fn parse(asset: &str, amount: &str) -> Option<Self> {
        Some(match asset {
            "points" => Self::Points(Points::from_balance(amount).ok()?),
            "share_value" => Self::ShareValue(ShareValue::from_balance(amount).ok()?),
            "locked" => Self::Locked(ShareValue::from_balance(amount).ok()?),
            _ => return None,
        })
    }

    /// The asset's name.
    #[must_use]
    pub const fn asset(self) -> &'static str {
        match self {
            Self::Points(_) => "points",
            Self::ShareValue(_) => "share_value",
            Self::Locked(_) => "locked",
        }
    }
}

impl fmt::Display for Amount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Points(points) => points.fmt(f),
            Self::ShareValue(value) | Self::Locked(value) => value.fmt(f),
        }
    }
}

/// Whether an income comes from one's own share value, one's own trade, or from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// 静态: the daily release on one's own share value.
    Static,
    /// What one's own buying and selling brings.
    Own,
    /// 动态: what others bring.
    Dynamic,
}

impl Class {
    /// Its name in receipts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Static => "static",
            Self::Own => "own",
            Self::Dynamic => "dynamic",
        }
    }
}

macro_rules! declare {
    (
        rules { $($(#[$doc:meta])* $rule:ident $name:literal $class:expr,)* }
        rewards { $($(#[$reward_doc:meta])* $reward:ident $reward_name:literal $reward_class:ident,)* }
    ) => {
        /// What somebody earns by an order (RULES.md section 6, the table).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[serde(rename_all = "snake_case")]
        pub enum RewardKind {
            $($(#[$reward_doc])* $reward,)*
        }

        impl RewardKind {
            /// Every kind, in the order of the table.
            pub const ALL: [Self; [$($reward_name),*].len()] = [$(Self::$reward),*];

            /// The class that follows from the kind.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$reward => Class::$reward_class),* }
            }
        }

        /// By which rule something was posted.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Rule {
            $($(#[$doc])* $rule,)*
            /// A reward of an order (section 6).
            Reward(RewardKind),
        }

        impl Rule {
            /// Every rule.
            pub const ALL: [Self; [$($name),*].len() + RewardKind::ALL.len()] =
                [$(Self::$rule,)* $(Self::Reward(RewardKind::$reward)),*];

            /// The rule of this name; `None` if this version has none.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.into_iter().find(|rule| rule.as_str() == name)
            }

            /// Its name in receipts.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$rule => $name,)*
                    $(Self::Reward(RewardKind::$reward) => $reward_name,)*
                }
            }

            /// The class of income, where it is one.
            #[must_use]
            pub const fn class(self) -> Option<Class> {
                match self {
                    $(Self::$rule => $class,)*
                    Self::Reward(kind) => Some(kind.class()),
                }
            }
        }
    };
}

rules!(declare);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(Rule, "a rule of postings that this version knows");

/// One movement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posting {
    /// Who or what gives.
    pub from: Party,
    /// Who or what gets.
    pub to: Party,
    /// What and how much.
    pub amount: Amount,
    /// By which rule.
    pub rule: Rule,
    /// Why so much.
    pub why: Reason,
}

impl Posting {
    /// The members whose statements it is in, each once.
    pub fn members(&self) -> impl Iterator<Item = &Id> {
        let (giver, receiver) = (self.from.member(), self.to.member());
        giver.into_iter().chain(receiver.filter(|_| receiver != giver))
    }
}

/// What somebody gets by an order once it vests (RULES.md section 6).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reward {
    /// Who.
    pub member: Id,
    /// For what.
    pub kind: RewardKind,
    /// Share value, 8 places.
    pub share_value: ShareValue,
    /// Points, 8 places, of those the merchant pays.
    pub points: Points,
    /// How it was computed.
    pub why: Reason,
}

impl Reward {
    /// Whether the merchant `shop` may see this reward in an order of its shop. It sees the buyer's reward and its own, because the two
    /// agree on these.
    #[must_use]
    pub fn is_seen_by(&self, shop: &Id) -> bool {
        self.kind == RewardKind::Consumption || self.member == *shop
    }
}

/// What an accepted order was quoted (RULES.md section 9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OrderQuote {
    /// The order.
    pub order: Id,
    /// The points the merchant pays (`Q`).
    pub points: Points,
    /// The day at whose close the rewards vest; today if they vested at once, nothing if no calendar reaches so far.
    pub due: Option<Day>,
    /// Who gets what, in the order of the table in section 6.
    pub rewards: Arc<[Reward]>,
}

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The event's type.
    pub kind: Kind,
    /// The day on which it happened.
    pub day: Day,
    /// For an order that was placed.
    pub order: Option<OrderQuote>,
    /// For a refund: earned and reward points that could not be recovered from those who had them.
    pub unrecovered: Option<Points>,
    /// What moved, in this order.
    pub postings: Vec<Posting>,
    /// The accounts that changed, sorted.
    pub accounts: Vec<Id>,
}

impl Receipt {
    /// The receipt as one member may see it. It keeps the postings to or from the member's account, and both sides of a trade, because
    /// the two parties know each other. Of an order's rewards it keeps the buyer's and the member's own. What a refund could not recover is left out, because with it and public
    /// numbers a shop could work out what a receiver had.
    ///
    /// The server cuts its answers with this and a wallet its previews, so that both can be compared.
    #[must_use]
    pub fn seen_by(mut self, member: &Id) -> Self {
        let is_own = |posting: &Posting| posting.from.is(member) || posting.to.is(member);
        self.postings.retain(|posting| posting.rule == Rule::Trade || is_own(posting));
        self.accounts.retain(|account| account == member);
        self.unrecovered = None;
        if let Some(quote) = &mut self.order {
            quote.rewards = quote.rewards.iter().filter(|reward| reward.is_seen_by(member)).cloned().collect();
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_member_sees_what_is_its_own_and_a_shop_what_it_gives_the_buyer() {
        let id = |text| Id::parse(text).expect("an id");
        let party = |text| Party::Member(id(text));
        let posting = |from, to, rule| {
            let amount = Amount::Points(Points::from_raw(7));
            Posting { from, to, amount, rule, why: Reason::DayRelease {} }
        };
        let reward = |member, kind| {
            let (share_value, points) = (ShareValue::ZERO, Points::from_raw(7));
            Reward { member: id(member), kind, share_value, points, why: Reason::DayRelease {} }
        };
        let kinds = [
            ("buyer", RewardKind::Consumption),
            ("shop", RewardKind::Sale),
            ("above", RewardKind::ShareOffline),
            ("shop", RewardKind::Service),
            ("city", RewardKind::Area),
        ];
        let all = Receipt {
            kind: Kind::OrderPlaced,
            day: Day::parse("2026-01-02").expect("a day"),
            order: Some(OrderQuote {
                order: id("o"),
                points: Points::from_raw(70),
                due: None,
                rewards: kinds.map(|(member, kind)| reward(member, kind)).into(),
            }),
            unrecovered: Some(Points::from_raw(1)),
            postings: vec![
                posting(Party::Pool, party("buyer"), Rule::Release),
                posting(Party::Pool, party("shop"), Rule::Release),
                posting(party("shop"), Party::Escrow, Rule::Concession),
                posting(Party::Escrow, Party::Burned, Rule::Burn),
                posting(Party::Escrow, party("buyer"), Rule::Trade),
            ],
            accounts: vec![id("buyer"), id("shop")],
        };
        let seen = all.seen_by(&id("shop"));
        let rules: Vec<_> = seen.postings.iter().map(|posting| posting.rule).collect();
        assert_eq!(rules, [Rule::Release, Rule::Concession, Rule::Trade]);
        assert_eq!((seen.unrecovered, &*seen.accounts), (None, [id("shop")].as_slice()));
        let rewards = seen.order.map(|quote| quote.rewards).unwrap_or_default();
        let kinds: Vec<_> = rewards.iter().map(|reward| reward.kind).collect();
        assert_eq!(kinds, [RewardKind::Consumption, RewardKind::Sale, RewardKind::Service]);
    }
}
