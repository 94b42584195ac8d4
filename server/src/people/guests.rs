//! The people as whom a demo lets visitors sign in.

use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Somebody whom a demo offers to sign in as.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Guest {
    pub kind: GuestKind,
    pub name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub member: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub staff: Option<Id>,
}

/// What there is to try as somebody. The wallet has a sentence for each.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum GuestKind {
    Member,
    /// Has orders that have not vested.
    Buyer,
    /// Has a shop.
    Shop,
    Cashier,
    /// Has a service role.
    Role,
    /// Is an area's partner.
    Partner,
    Clerk,
    Operator,
}
