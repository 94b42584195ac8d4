//! Who sends a request.

use gongxiang::event::Kind;
use gongxiang::identity::Id;

use super::role::{Duty, StaffRole};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A client without credentials.
    Nobody,
    /// A client without credentials on a demo server, where everything is allowed.
    Demo,
    /// An operator's key.
    Operator(String),
    /// The key of the operator's payment system: packs and the treasury.
    Payment(String),
    /// A key that only reads.
    ReadKey(String),
    /// A merchant's key: orders and refunds of its own shop.
    Merchant(String, Id),
    /// A member who signed in.
    Member(Id),
    /// Somebody of the staff who signed in.
    Staff(Staff),
}

/// Somebody of the staff.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Staff {
    pub id: Id,
    pub name: String,
    pub role: StaffRole,
    /// The shop of an owner or a cashier.
    pub shop: Option<Id>,
}

impl Actor {
    /// The name in the journal.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Nobody => "nobody".into(),
            Self::Demo => "demo".into(),
            Self::Operator(key) => format!("operator {key}"),
            Self::Payment(key) => format!("payment {key}"),
            Self::ReadKey(key) => format!("reader {key}"),
            Self::Merchant(key, _) => format!("merchant {key}"),
            Self::Member(member) => format!("member {member}"),
            // Names are not for ever: the id says who it was.
            Self::Staff(Staff { id, name, .. }) => format!("staff {name} {id}"),
        }
    }

    /// The owner of its idempotency keys: the shop, the member, or the operator with its payment system and its staff. A new API key
    /// or session has the same owner, so a request that is repeated with it is settled once.
    #[must_use]
    pub fn owner(&self) -> String {
        match self {
            Self::Nobody => "nobody".into(),
            Self::Demo
            | Self::Operator(_)
            | Self::Payment(_)
            | Self::ReadKey(_)
            | Self::Staff(Staff { shop: None, .. }) => "operator".into(),
            Self::Merchant(_, member) | Self::Staff(Staff { shop: Some(member), .. }) => format!("shop {member}"),
            Self::Member(member) => format!("member {member}"),
        }
    }

    /// Whether it may do this for the operator, or in its own shop. Other rights of members and keys are not duties.
    #[must_use]
    pub const fn may(&self, duty: Duty) -> bool {
        match self {
            Self::Operator(_) | Self::Demo => true,
            Self::Staff(staff) => staff.role.may(duty),
            Self::ReadKey(_) => StaffRole::Auditor.may(duty),
            Self::Nobody | Self::Payment(_) | Self::Merchant(..) | Self::Member(_) => false,
        }
    }

    /// Whether it gives this command as the operator, for anybody.
    #[must_use]
    pub const fn commands_all(&self, kind: Kind) -> bool {
        self.may(Duty::Command(kind)) && self.member().is_none()
    }

    /// The member in whose name the request is sent.
    #[must_use]
    pub const fn member(&self) -> Option<&Id> {
        match self {
            Self::Merchant(_, member) | Self::Member(member) => Some(member),
            Self::Staff(staff) => staff.shop.as_ref(),
            Self::Nobody | Self::Demo | Self::Operator(_) | Self::Payment(_) | Self::ReadKey(_) => None,
        }
    }

    /// Whether it acts for a shop, and not for the account of the shop's owner.
    #[must_use]
    pub const fn is_till(&self) -> bool {
        matches!(self, Self::Merchant(..) | Self::Staff(Staff { shop: Some(_), .. }))
    }
}
