//! The roles of staff, and what each may do: one closed list per role. What a list does not name is refused.

use gongxiang::event::Kind;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// What somebody of the staff is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum StaffRole {
    /// Everything.
    Operator,
    /// Registers members and their packs, makes their codes, writes their profiles, refunds.
    Clerk,
    /// Reads.
    Auditor,
    /// Runs one shop: its orders, refunds, goods that it hands out, staff and profile.
    Owner,
    /// Places and refunds orders of one shop, and hands out goods.
    Cashier,
}

/// A part of the work that a role has or has not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// What only the operator does: whole journals, the end of a member's access.
    All,
    /// Give a command.
    Command(Kind),
    /// Read members, their accounts, orders and trades.
    Read,
    /// Read the journal, the actions and the whole book.
    Audit,
    /// Make codes by which members sign in.
    Codes,
    /// Write and erase the profiles of members, and hand a member what is kept of it.
    Profiles,
    /// Read and write what the profile of its own shop says of the shop.
    ShopProfile,
    /// Say the usual concession of its own shop.
    ShopPreset,
    /// Add and end staff of the operator and of every shop.
    Staff,
    /// Add and end staff of its own shop.
    ShopStaff,
    /// Read all orders of its own shop, not only today's.
    ShopOrders,
    /// Add, change and withdraw goods for points.
    Goods,
    /// Hand out goods of its own shop.
    HandOut,
    /// Decide who may open a shop.
    Admit,
    /// Read what the sides of a trade tell each other, and decide their disputes.
    Disputes,
}

impl StaffRole {
    pub const ALL: [Self; 5] = [Self::Operator, Self::Clerk, Self::Auditor, Self::Owner, Self::Cashier];

    #[must_use]
    pub const fn may(self, duty: Duty) -> bool {
        use Kind::{MemberRegistered, OrderPlaced, OrderRefunded, PackPurchased, PackRefunded};
        match self {
            Self::Operator => true,
            Self::Clerk => matches!(
                duty,
                Duty::Read
                    | Duty::Codes
                    | Duty::Profiles
                    | Duty::Command(MemberRegistered | PackPurchased | PackRefunded | OrderRefunded)
            ),
            Self::Auditor => matches!(duty, Duty::Read | Duty::Audit),
            Self::Owner => {
                matches!(
                    duty,
                    Duty::ShopStaff
                        | Duty::ShopOrders
                        | Duty::ShopProfile
                        | Duty::ShopPreset
                        | Duty::HandOut
                        | Duty::Command(OrderPlaced | OrderRefunded)
                )
            }
            Self::Cashier => {
                matches!(duty, Duty::ShopProfile | Duty::HandOut | Duty::Command(OrderPlaced | OrderRefunded))
            }
        }
    }

    /// Whether it works in a shop, and for no other.
    #[must_use]
    pub const fn is_of_a_shop(self) -> bool {
        matches!(self, Self::Owner | Self::Cashier)
    }

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Clerk => "clerk",
            Self::Auditor => "auditor",
            Self::Owner => "owner",
            Self::Cashier => "cashier",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str() == text)
    }
}

impl Duty {
    /// Who has it, in words: `the operator or a clerk`.
    #[must_use]
    pub fn holders(self) -> String {
        let role = |role: StaffRole| match role {
            StaffRole::Operator => "the operator",
            StaffRole::Clerk => "a clerk",
            StaffRole::Auditor => "an auditor",
            StaffRole::Owner => "the shop's owner",
            StaffRole::Cashier => "the shop's cashier",
        };
        let holders = StaffRole::ALL.into_iter().filter(|role| role.may(self)).map(role);
        let key = StaffRole::Auditor.may(self).then_some("a key that reads");
        let holders: Vec<_> = holders.chain(key).collect();
        match holders.split_last() {
            Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
            _ => holders.concat(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_role_but_the_operator_moves_the_price_the_treasury_the_rules_or_the_day() {
        let of_operator = [Kind::PriceSet, Kind::TreasuryGranted, Kind::TreasuryReclaimed, Kind::RulesAdopted];
        for kind in of_operator.into_iter().chain([Kind::DayClosed, Kind::DayClosing, Kind::BalanceOpened]) {
            for role in StaffRole::ALL {
                assert_eq!(role.may(Duty::Command(kind)), role == StaffRole::Operator, "{role:?} {kind}");
            }
        }
    }

    #[test]
    fn an_auditor_gives_no_command() {
        assert!(Kind::ALL.iter().all(|kind| !StaffRole::Auditor.may(Duty::Command(*kind))));
    }

    #[test]
    fn a_duty_says_who_has_it() {
        assert_eq!(Duty::Audit.holders(), "the operator, an auditor or a key that reads");
        assert_eq!(Duty::All.holders(), "the operator");
    }
}
