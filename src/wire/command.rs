//! Commands over HTTP: which address takes an event, and which of its fields the server makes.
//!
//! One table for the server, whose routes are made of it, and for its clients, whose requests are.

use crate::event::{Event, Kind};
use crate::tree::Tree;

use super::event;

/// The address that settles an event of this type; a name in braces is a field of the event.
#[must_use]
pub const fn path(kind: Kind) -> &'static str {
    match kind {
        Kind::MemberRegistered => "/v1/members",
        Kind::PackPurchased => "/v1/members/{member}/packs",
        Kind::PackRefunded => "/v1/purchases/{purchase}/refund",
        Kind::RoleAssigned => "/v1/members/{member}/role",
        Kind::RoleWithdrawn => "/v1/members/{member}/role/withdraw",
        Kind::MemberFrozen => "/v1/members/{member}/freeze",
        Kind::MemberUnfrozen => "/v1/members/{member}/unfreeze",
        Kind::BalanceOpened => "/v1/members/{member}/opening",
        Kind::MerchantOpened => "/v1/merchants",
        Kind::MerchantClosed => "/v1/merchants/{member}/close",
        Kind::PartnerAppointed => "/v1/partners",
        Kind::PartnerWithdrawn => "/v1/partners/{member}/withdraw",
        Kind::TreasuryGranted => "/v1/treasury/grants",
        Kind::TreasuryReclaimed => "/v1/treasury/reclaims",
        Kind::PriceSet => "/v1/prices",
        Kind::OrderPlaced => "/v1/orders",
        Kind::OrderRefunded => "/v1/orders/{order}/refund",
        Kind::PointsTransferred => "/v1/transfers",
        Kind::PointsRedeemed => "/v1/redemptions",
        Kind::RedemptionCancelled => "/v1/redemptions/{redemption}/cancel",
        Kind::OfferPlaced => "/v1/offers",
        Kind::OfferCancelled => "/v1/offers/{offer}/cancel",
        Kind::OfferTaken => "/v1/offers/{offer}/trades",
        Kind::TradePaid => "/v1/trades/{trade}/pay",
        Kind::TradeConfirmed => "/v1/trades/{trade}/confirm",
        Kind::TradeCancelled => "/v1/trades/{trade}/cancel",
        Kind::RulesAdopted => "/v1/rules",
        Kind::DayClosing => "/v1/days/{day}/closing",
        Kind::DayClosed => "/v1/days/{day}/close",
    }
}

/// The id that the server makes for an event of this type: the field, and how such ids begin.
#[must_use]
pub const fn made(kind: Kind) -> Option<(&'static str, &'static str)> {
    match kind {
        Kind::MemberRegistered => Some(("member", "m-")),
        Kind::OrderPlaced => Some(("order", "o-")),
        Kind::OfferPlaced => Some(("offer", "f-")),
        Kind::OfferTaken => Some(("trade", "t-")),
        Kind::PointsRedeemed => Some(("redemption", "r-")),
        _ => None,
    }
}

/// The names in braces of an address.
pub fn in_path(path: &'static str) -> impl Iterator<Item = &'static str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

/// An event as a request: where it is sent, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The address, filled in.
    pub path: String,
    /// The event's fields that neither the address nor the server says.
    pub body: Tree,
}

/// The request that settles an event. The id that the server makes is left to it.
#[must_use]
pub fn request(event: &Event) -> Request {
    let kind = event.kind();
    let mut path = path(kind).to_owned();
    let mut fields = match event::write(event) {
        Tree::Table(fields) => fields,
        _ => Vec::new(),
    };
    fields.retain(|(name, value)| {
        let Tree::Text(text) = value else { return true };
        let in_path = path.replace(&format!("{{{name}}}"), text);
        let is_in_path = in_path != path;
        path = in_path;
        !(is_in_path || name == "type" || made(kind).is_some_and(|(made, _)| made == name))
    });
    Request { path, body: Tree::Table(fields) }
}
