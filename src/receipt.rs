//! The receipt: what an event did, to whom, by which rule, in words.
//!
//! A posting moves an amount of one asset from one party to another and names its rule and a reason that a person can
//! read. The server stores receipts, the wallet shows them, exports write them. The classes are those of RULES.md
//! section 6, "Static and dynamic".

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::identity::{Day, Id};
use crate::quantity::{Index, Money, Points, Price, Rate, ShareValue, Units, fmt_places};

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

impl Serialize for Party {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

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

impl Serialize for Amount {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
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

/// What somebody earns by an order (RULES.md section 6, the table).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RewardKind {
    /// The buyer's own (消费).
    Consumption,
    /// The merchant's own (销售).
    Sale,
    /// The buyer's referrer, online (线上分享).
    ShareOnline,
    /// The buyer's referrer, offline (线下分享).
    ShareOffline,
    /// The merchant's referrer (推荐门店).
    MerchantShare,
    /// Service roles above the buyer (服务团队).
    Service,
    /// The partner of the city (区域合伙人).
    Area,
}

/// Whether an income comes from one's own share value, one's own trade, or from others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// 静态: the daily release on one's own share value.
    Static,
    /// What one's own buying and selling brings.
    Own,
    /// 动态: what others bring.
    Dynamic,
}

impl RewardKind {
    /// The class that follows from the kind.
    #[must_use]
    pub const fn class(self) -> Class {
        match self {
            Self::Consumption | Self::Sale => Class::Own,
            Self::ShareOnline | Self::ShareOffline | Self::MerchantShare | Self::Service | Self::Area => Class::Dynamic,
        }
    }
}

/// By which rule something was posted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// `signup.member` (section 4, Registration).
    SignUp,
    /// `signup.referrer`, at the activation (section 4, Registration).
    SignUpReferrer,
    /// The first pack turns locked share value into share value (section 4, Pack).
    Activation,
    /// A pack's share value (section 4, Pack).
    Pack,
    /// From the treasury (section 4).
    Treasury,
    /// The merchant's points for its concession (section 6).
    Concession,
    /// A reward of an order (section 6).
    Reward(RewardKind),
    /// What of an order's points nobody gets (section 6, Vesting).
    Burn,
    /// A refund (section 6).
    Refund,
    /// From member to member (section 4).
    Transfer,
    /// Redeemed (section 4, Redemption).
    Redemption,
    /// An offer's escrow (section 4, Market).
    Offer,
    /// A trade (section 4, Market).
    Trade,
    /// The daily release (section 5).
    Release,
}

impl Rule {
    /// Its name in receipts.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SignUp => "sign_up",
            Self::SignUpReferrer => "sign_up_referrer",
            Self::Activation => "activation",
            Self::Pack => "pack",
            Self::Treasury => "treasury",
            Self::Concession => "concession",
            Self::Reward(RewardKind::Consumption) => "consumption",
            Self::Reward(RewardKind::Sale) => "sale",
            Self::Reward(RewardKind::ShareOnline) => "share_online",
            Self::Reward(RewardKind::ShareOffline) => "share_offline",
            Self::Reward(RewardKind::MerchantShare) => "merchant_share",
            Self::Reward(RewardKind::Service) => "service",
            Self::Reward(RewardKind::Area) => "area",
            Self::Burn => "burn",
            Self::Refund => "refund",
            Self::Transfer => "transfer",
            Self::Redemption => "redemption",
            Self::Offer => "offer",
            Self::Trade => "trade",
            Self::Release => "release",
        }
    }

    /// The class of income, where it is one.
    #[must_use]
    pub const fn class(self) -> Option<Class> {
        match self {
            Self::Release => Some(Class::Static),
            Self::SignUp | Self::Activation | Self::Pack => Some(Class::Own),
            Self::SignUpReferrer => Some(Class::Dynamic),
            Self::Reward(kind) => Some(kind.class()),
            _ => None,
        }
    }
}

/// Why an amount is what it is, as a formula with numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reason {
    /// `10 × concession 100.00`.
    OfConcession(Rate, Money),
    /// `0.4 × consumption 1000`.
    OfConsumption(Rate, ShareValue),
    /// `(0.15 − 0.1) × consumption 1000`: the step between a role's rate and what the roles below were paid.
    StepOfConsumption(Rate, Rate, ShareValue),
    /// `0.05 × order points 100`.
    OfOrderPoints(Rate, Points),
    /// `(0.03 − 0.02) × order points 100`.
    StepOfOrderPoints(Rate, Rate, Points),
    /// `1 × pack price 299.00`.
    OfPack(Rate, Money),
    /// `concession 100.00 ÷ price 1`.
    AtPrice(Money, Price),
    /// `order points 100 − rewards 18`.
    Rest(Points, Points),
    /// `888 × 1499 units ÷ 2498`, once for each day: here as the sum over the days since it was last settled.
    Released(Units, Index),
    /// Nothing to calculate, or a reason read back from where it was kept.
    Plain(Cow<'static, str>),
    /// Something about an order, offer or trade.
    About(&'static str, Id),
}

impl Serialize for Reason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl Reason {
    /// A reason without numbers.
    #[must_use]
    pub const fn plain(text: &'static str) -> Self {
        Self::Plain(Cow::Borrowed(text))
    }
}

impl<'de> Deserialize<'de> for Reason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::Plain(Cow::Owned(text)))
    }
}

/// Money in a formula, with its two places.
struct Yuan(Money);

impl fmt::Display for Yuan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt_places(self.0.raw(), Money::PLACES, 2, f)
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OfConcession(rate, concession) => write!(f, "{rate} × concession {}", Yuan(*concession)),
            Self::OfConsumption(rate, value) => write!(f, "{rate} × consumption {value}"),
            Self::StepOfConsumption(rate, paid, value) => write!(f, "({rate} − {paid}) × consumption {value}"),
            Self::OfOrderPoints(rate, points) => write!(f, "{rate} × order points {points}"),
            Self::StepOfOrderPoints(rate, paid, points) => write!(f, "({rate} − {paid}) × order points {points}"),
            Self::OfPack(rate, price) => write!(f, "{rate} × pack price {}", Yuan(*price)),
            Self::AtPrice(money, price) => write!(f, "concession {} ÷ price {price}", Yuan(*money)),
            Self::Rest(all, given) => write!(f, "order points {all} − rewards {given}"),
            Self::Released(units, acc) => write!(f, "{units} units, released until {acc} points per unit"),
            Self::Plain(text) => f.write_str(text),
            Self::About(text, id) => write!(f, "{text} {id}"),
        }
    }
}

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
    pub reason: Reason,
}

impl Serialize for Posting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = serializer.serialize_struct("Posting", 7)?;
        out.serialize_field("from", &self.from)?;
        out.serialize_field("to", &self.to)?;
        out.serialize_field("asset", self.amount.asset())?;
        out.serialize_field("amount", &self.amount)?;
        out.serialize_field("rule", self.rule.as_str())?;
        match self.rule.class() {
            Some(class) => out.serialize_field("class", &class)?,
            None => out.skip_field("class")?,
        }
        out.serialize_field("reason", &self.reason)?;
        out.end()
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
    pub reason: Reason,
}

impl Serialize for Reward {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeStruct as _;
        let mut out = serializer.serialize_struct("Reward", 6)?;
        out.serialize_field("member", &self.member)?;
        out.serialize_field("kind", &self.kind)?;
        out.serialize_field("share_value", &self.share_value)?;
        out.serialize_field("points", &self.points)?;
        out.serialize_field("class", &self.kind.class())?;
        out.serialize_field("reason", &self.reason)?;
        out.end()
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
    pub rewards: Vec<Reward>,
}

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The event's type.
    pub kind: &'static str,
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

impl Serialize for Receipt {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        use serde::ser::SerializeMap as _;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("type", self.kind)?;
        out.serialize_entry("day", &self.day)?;
        if let Some(quote) = &self.order {
            out.serialize_entry("order", &quote.order)?;
            out.serialize_entry("points", &quote.points)?;
            out.serialize_entry("due", &quote.due)?;
            out.serialize_entry("rewards", &quote.rewards)?;
        }
        if let Some(points) = &self.unrecovered {
            out.serialize_entry("unrecovered", points)?;
        }
        out.serialize_entry("postings", &self.postings)?;
        out.serialize_entry("accounts", &self.accounts)?;
        out.end()
    }
}
