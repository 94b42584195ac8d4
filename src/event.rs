//! One line of the journal, and the codes with which it can be refused.
//!
//! Carries out the table of RULES.md section 4. Reading events from plain data is the border's business
//! ([`crate::border::event`]).

use std::borrow::Cow;
use std::fmt;

use crate::identity::{Day, Id, Region};
use crate::market::Side;
use crate::quantity::{Money, OutOfRange, Points, Price};
use crate::ruleset::{Channel, RuleSetError};
use crate::tree::Tree;

/// What happened. Numbers may be 0 or negative here: the rules refuse that with the event's own code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant and field is a row of the table in RULES.md section 4")]
pub enum Event {
    MemberRegistered { member: Id, referrer: Option<Id> },
    PackPurchased { member: Id, pack: Id },
    MerchantOpened { member: Id, region: Region },
    RoleAssigned { member: Id, role: Id },
    PartnerAppointed { member: Id, city: Region },
    TreasuryGranted { member: Id, points: Points },
    PriceSet { price: Price },
    OrderPlaced(OrderPlaced),
    OrderRefunded { order: Id },
    PointsTransferred { from: Id, to: Id, points: Points },
    PointsRedeemed { member: Id, points: Points, item: Option<Id> },
    OfferPlaced { offer: Id, member: Id, side: Side, points: Points, unit_price: Price },
    OfferTaken { offer: Id, trade: Id, member: Id, points: Points },
    TradePaid { trade: Id },
    TradeConfirmed { trade: Id },
    TradeCancelled { trade: Id },
    OfferCancelled { offer: Id },
    RulesAdopted { rules: Tree },
    DayClosed { day: Day },
}

/// An order as it is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the fields of `order.placed` in RULES.md section 4")]
pub struct OrderPlaced {
    pub order: Id,
    pub buyer: Id,
    pub merchant: Id,
    pub channel: Channel,
    pub amount: Money,
    pub concession: Money,
    pub region: Region,
}

impl Event {
    /// Its `type` in the journal.
    #[must_use]
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::MemberRegistered { .. } => "member.registered",
            Self::PackPurchased { .. } => "pack.purchased",
            Self::MerchantOpened { .. } => "merchant.opened",
            Self::RoleAssigned { .. } => "role.assigned",
            Self::PartnerAppointed { .. } => "partner.appointed",
            Self::TreasuryGranted { .. } => "treasury.granted",
            Self::PriceSet { .. } => "price.set",
            Self::OrderPlaced(_) => "order.placed",
            Self::OrderRefunded { .. } => "order.refunded",
            Self::PointsTransferred { .. } => "points.transferred",
            Self::PointsRedeemed { .. } => "points.redeemed",
            Self::OfferPlaced { .. } => "offer.placed",
            Self::OfferTaken { .. } => "offer.taken",
            Self::TradePaid { .. } => "trade.paid",
            Self::TradeConfirmed { .. } => "trade.confirmed",
            Self::TradeCancelled { .. } => "trade.cancelled",
            Self::OfferCancelled { .. } => "offer.cancelled",
            Self::RulesAdopted { .. } => "rules.adopted",
            Self::DayClosed { .. } => "day.closed",
        }
    }
}

/// An event as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// Its `id`, if it has one.
    pub identity: Option<Identity>,
}

/// An event's `id` and the whole event as canonical JSON: the same id with another content is a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: Id,
    /// [`Tree::canonical`] of the event.
    pub content: Box<str>,
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        Self { event, identity: None }
    }
}

macro_rules! codes {
    ($($variant:ident $code:literal $sentence:literal)*) => {
        /// Why an event is refused. Stable: the same codes in Rust, JavaScript, HTTP and the journal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`: ", $sentence, ".")] $variant,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// What it means, in one sentence.
            #[must_use]
            pub const fn sentence(self) -> &'static str {
                match self { $(Self::$variant => $sentence),* }
            }
        }
    };
}

codes! {
    BadEvent "bad_event" "this is not an event of the journal"
    BadRules "bad_rules" "this rule set is not sound"
    IdConflict "id_conflict" "this id was used for an event with another content"
    OutOfRange "out_of_range" "the exact result is too large to be kept"
    MemberExists "member_exists" "this member is registered already"
    UnknownMember "unknown_member" "no member has this id"
    UnknownPack "unknown_pack" "the rule set has no such pack"
    MerchantPackRequired "merchant_pack_required" "opening a shop needs a merchant pack first"
    MerchantExists "merchant_exists" "this member has a shop already"
    DepositShort "deposit_short" "the member has fewer points than the deposit is worth today"
    UnknownRole "unknown_role" "the rule set has no such role"
    PartnerPackRequired "partner_pack_required" "becoming a partner needs an area pack first"
    PartnerExists "partner_exists" "this member has a city already"
    RegionTaken "region_taken" "this city has a partner who is eligible today"
    BadAmount "bad_amount" "the amount must be above 0"
    TreasuryShort "treasury_short" "the treasury has fewer points than this"
    BadPrice "bad_price" "the price must be above 0"
    OrderExists "order_exists" "an order has this id already"
    SelfDealing "self_dealing" "nobody can trade with themselves"
    NotAMerchant "not_a_merchant" "this member has no shop"
    BadConcession "bad_concession" "the concession must be above 0 and at most the amount"
    MerchantPointsShort "merchant_points_short" "the merchant has fewer points than the concession is worth today"
    UnknownOrder "unknown_order" "no order has this id"
    OrderRefunded "order_refunded" "this order was refunded already"
    SameMember "same_member" "points cannot be transferred to the same member"
    PointsShort "points_short" "the member has fewer points than this takes"
    OfferExists "offer_exists" "an offer has this id already"
    PriceOutsideBand "price_outside_band" "the unit price is too far from the price of the day"
    UnknownOffer "unknown_offer" "no offer has this id"
    TradeExists "trade_exists" "a trade has this id already"
    OfferClosed "offer_closed" "this offer was cancelled"
    OfferShort "offer_short" "the offer has fewer points left than this"
    UnknownTrade "unknown_trade" "no trade has this id"
    WrongTradeState "wrong_trade_state" "the trade is in a state that does not allow this"
    WrongDay "wrong_day" "this is not the open day"
    BadScenario "bad_scenario" "this scenario cannot be worked out"
    BadSnapshot "bad_snapshot" "this is no answer of a server of this version"
    Cancelled "cancelled" "it was stopped before it was done"
    FlagsNotAccepted "flags_not_accepted" "the rule set raises red flags that were not accepted by their codes"
}

/// A refusal: the code, the field that caused it, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// The event's field, or the rule set's key; empty if it is none in particular.
    pub field: Cow<'static, str>,
    /// What is wrong.
    pub message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal by a field of the event.
    // Never inlined: dozens of checks end here, and none of them is in a hurry.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub const fn new(code: Code, field: &'static str) -> Self {
        Self { code, field: Cow::Borrowed(field), message: Cow::Borrowed(code.sentence()) }
    }

    /// What does not parse: `bad_event`.
    #[must_use]
    pub fn bad_event(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Code::BadEvent, field: field.into(), message: message.into() }
    }

    /// What no scenario or forecast can be worked out from: `bad_scenario`.
    #[must_use]
    pub const fn bad_scenario(field: &'static str, message: &'static str) -> Self {
        Self { code: Code::BadScenario, field: Cow::Borrowed(field), message: Cow::Borrowed(message) }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if !self.field.is_empty() {
            write!(f, ": `{}`", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<OutOfRange> for Refusal {
    #[cold]
    #[inline(never)]
    fn from(_: OutOfRange) -> Self {
        Self::new(Code::OutOfRange, "")
    }
}

impl From<RuleSetError> for Refusal {
    fn from(error: RuleSetError) -> Self {
        Self { code: Code::BadRules, field: error.key.into(), message: error.message.into() }
    }
}
