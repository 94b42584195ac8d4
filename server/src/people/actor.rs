//! Who sends a request.

use gongxiang::identity::Id;

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
    /// A merchant's key: orders and refunds of its own shop.
    Merchant(String, Id),
    /// A member who signed in.
    Member(Id),
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
            Self::Merchant(key, _) => format!("merchant {key}"),
            Self::Member(member) => format!("member {member}"),
        }
    }

    /// The owner of its idempotency keys: the shop, the member, or the operator with its payment system. A new API key or
    /// session has the same owner, so a request that is repeated with it is settled once.
    #[must_use]
    pub fn owner(&self) -> String {
        match self {
            Self::Nobody => "nobody".into(),
            Self::Demo | Self::Operator(_) | Self::Payment(_) => "operator".into(),
            Self::Merchant(_, member) => format!("shop {member}"),
            Self::Member(member) => format!("member {member}"),
        }
    }

    #[must_use]
    pub const fn is_operator(&self) -> bool {
        matches!(self, Self::Operator(_) | Self::Demo)
    }

    /// The member in whose name the request is sent.
    #[must_use]
    pub const fn member(&self) -> Option<&Id> {
        match self {
            Self::Merchant(_, member) | Self::Member(member) => Some(member),
            Self::Nobody | Self::Demo | Self::Operator(_) | Self::Payment(_) => None,
        }
    }
}
