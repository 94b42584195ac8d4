//! One line of the journal, and the codes with which it can be refused.
//!
//! Carries out the table of RULES.md section 4. Reading and writing events as plain data is the wire's business
//! ([`crate::wire::event`]).

use std::borrow::Cow;
use std::fmt;

use gongxiang_words::Language;

use crate::identity::{Day, Id, Region, serde_as_text};
use crate::market::Side;
use crate::quantity::{Money, OutOfRange, Points, Price, ShareValue};
use crate::ruleset::{Channel, RuleSetError};
use crate::tree::Tree;

/// What happened. Numbers may be 0 or negative here: the rules refuse that with the event's own code.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant and field is a row of the table in RULES.md section 4")]
pub enum Event {
    MemberRegistered { member: Id, referrer: Option<Id> },
    PackPurchased { member: Id, pack: Id, terms: Option<ReturnTerms> },
    PackRefunded { purchase: Id },
    MerchantOpened { member: Id, region: Region },
    MerchantClosed { member: Id },
    MemberFrozen { member: Id },
    MemberUnfrozen { member: Id },
    RoleAssigned { member: Id, role: Id },
    RoleWithdrawn { member: Id },
    PartnerAppointed { member: Id, city: Region },
    PartnerWithdrawn { member: Id },
    TreasuryGranted { member: Id, points: Points },
    TreasuryReclaimed { member: Id, points: Points },
    BalanceOpened { member: Id, share_value: Option<ShareValue>, points: Option<Points> },
    PriceSet { price: Price },
    OrderPlaced(OrderPlaced),
    OrderRefunded { order: Id, concession: Option<Money> },
    PointsTransferred { from: Id, to: Id, points: Points },
    PointsRedeemed { member: Id, points: Points, item: Option<Id>, redemption: Option<Id> },
    RedemptionCancelled { redemption: Id },
    OfferPlaced { offer: Id, member: Id, side: Side, points: Points, unit_price: Price },
    OfferTaken { offer: Id, trade: Id, member: Id, points: Points },
    TradePaid { trade: Id },
    TradeConfirmed { trade: Id },
    TradeCancelled { trade: Id },
    OfferCancelled { offer: Id },
    RulesAdopted { rules: Tree },
    DayClosing { day: Day, most: usize },
    DayClosed { day: Day },
}

/// The terms of a pack that may come back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReturnTerms {
    /// The id of the purchase.
    pub purchase: Id,
    /// How many days have to pass before the pack takes effect.
    pub return_days: u64,
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
    /// Its type.
    #[must_use]
    pub const fn kind(&self) -> Kind {
        match self {
            Self::MemberRegistered { .. } => Kind::MemberRegistered,
            Self::PackPurchased { .. } => Kind::PackPurchased,
            Self::PackRefunded { .. } => Kind::PackRefunded,
            Self::MerchantOpened { .. } => Kind::MerchantOpened,
            Self::MerchantClosed { .. } => Kind::MerchantClosed,
            Self::MemberFrozen { .. } => Kind::MemberFrozen,
            Self::MemberUnfrozen { .. } => Kind::MemberUnfrozen,
            Self::RoleAssigned { .. } => Kind::RoleAssigned,
            Self::RoleWithdrawn { .. } => Kind::RoleWithdrawn,
            Self::PartnerAppointed { .. } => Kind::PartnerAppointed,
            Self::PartnerWithdrawn { .. } => Kind::PartnerWithdrawn,
            Self::TreasuryGranted { .. } => Kind::TreasuryGranted,
            Self::TreasuryReclaimed { .. } => Kind::TreasuryReclaimed,
            Self::BalanceOpened { .. } => Kind::BalanceOpened,
            Self::PriceSet { .. } => Kind::PriceSet,
            Self::OrderPlaced(_) => Kind::OrderPlaced,
            Self::OrderRefunded { .. } => Kind::OrderRefunded,
            Self::PointsTransferred { .. } => Kind::PointsTransferred,
            Self::PointsRedeemed { .. } => Kind::PointsRedeemed,
            Self::RedemptionCancelled { .. } => Kind::RedemptionCancelled,
            Self::OfferPlaced { .. } => Kind::OfferPlaced,
            Self::OfferTaken { .. } => Kind::OfferTaken,
            Self::TradePaid { .. } => Kind::TradePaid,
            Self::TradeConfirmed { .. } => Kind::TradeConfirmed,
            Self::TradeCancelled { .. } => Kind::TradeCancelled,
            Self::OfferCancelled { .. } => Kind::OfferCancelled,
            Self::RulesAdopted { .. } => Kind::RulesAdopted,
            Self::DayClosing { .. } => Kind::DayClosing,
            Self::DayClosed { .. } => Kind::DayClosed,
        }
    }
}

macro_rules! kinds {
    ($($variant:ident $name:literal)*) => {
        /// The type of an event (RULES.md section 4).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
        }

        impl Kind {
            /// Every type, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the journal.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The type of this name; `None` if this version has none.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Some(match name { $($name => Self::$variant,)* _ => return None })
            }
        }
    };
}

kinds! {
    MemberRegistered "member.registered"
    PackPurchased "pack.purchased"
    PackRefunded "pack.refunded"
    MerchantOpened "merchant.opened"
    MerchantClosed "merchant.closed"
    MemberFrozen "member.frozen"
    MemberUnfrozen "member.unfrozen"
    RoleAssigned "role.assigned"
    RoleWithdrawn "role.withdrawn"
    PartnerAppointed "partner.appointed"
    PartnerWithdrawn "partner.withdrawn"
    TreasuryGranted "treasury.granted"
    TreasuryReclaimed "treasury.reclaimed"
    BalanceOpened "balance.opened"
    PriceSet "price.set"
    OrderPlaced "order.placed"
    OrderRefunded "order.refunded"
    PointsTransferred "points.transferred"
    PointsRedeemed "points.redeemed"
    RedemptionCancelled "redemption.cancelled"
    OfferPlaced "offer.placed"
    OfferTaken "offer.taken"
    TradePaid "trade.paid"
    TradeConfirmed "trade.confirmed"
    TradeCancelled "trade.cancelled"
    OfferCancelled "offer.cancelled"
    RulesAdopted "rules.adopted"
    DayClosing "day.closing"
    DayClosed "day.closed"
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(Kind, "a type of event that this version knows");

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
    ($($variant:ident $code:literal)*) => {
        /// Why an event is refused. Stable: the same codes in Rust, JavaScript, HTTP and the journal. What each means is in the
        /// words (`codes`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`.")] $variant,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The code of this name; `None` if this version has none.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// What it means, in one English sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                gongxiang_words::code(Language::En, self.as_str()).unwrap_or(self.as_str())
            }
        }
    };
}

codes! {
    BadEvent "bad_event"
    BadRules "bad_rules"
    IdConflict "id_conflict"
    OutOfRange "out_of_range"
    MemberExists "member_exists"
    UnknownMember "unknown_member"
    UnknownPack "unknown_pack"
    PurchaseExists "purchase_exists"
    UnknownPurchase "unknown_purchase"
    PurchaseRefunded "purchase_refunded"
    PackFinal "pack_final"
    MemberFrozen "member_frozen"
    NotFrozen "not_frozen"
    MerchantPackRequired "merchant_pack_required"
    MerchantExists "merchant_exists"
    DepositShort "deposit_short"
    UnknownRole "unknown_role"
    NoRole "no_role"
    PartnerPackRequired "partner_pack_required"
    PartnerExists "partner_exists"
    RegionTaken "region_taken"
    NotAPartner "not_a_partner"
    NotOpening "not_opening"
    BadAmount "bad_amount"
    TreasuryShort "treasury_short"
    BadPrice "bad_price"
    OrderExists "order_exists"
    SelfDealing "self_dealing"
    NotAMerchant "not_a_merchant"
    BadConcession "bad_concession"
    MerchantPointsShort "merchant_points_short"
    UnknownOrder "unknown_order"
    OrderRefunded "order_refunded"
    SameMember "same_member"
    PointsShort "points_short"
    RedemptionExists "redemption_exists"
    UnknownRedemption "unknown_redemption"
    RedemptionCancelled "redemption_cancelled"
    OfferExists "offer_exists"
    PriceOutsideBand "price_outside_band"
    UnknownOffer "unknown_offer"
    TradeExists "trade_exists"
    OfferClosed "offer_closed"
    OfferShort "offer_short"
    UnknownTrade "unknown_trade"
    WrongTradeState "wrong_trade_state"
    WrongDay "wrong_day"
    NothingDue "nothing_due"
    BadScenario "bad_scenario"
    BadSnapshot "bad_snapshot"
    Cancelled "cancelled"
    FlagsNotAccepted "flags_not_accepted"
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
    pub fn new(code: Code, field: &'static str) -> Self {
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
