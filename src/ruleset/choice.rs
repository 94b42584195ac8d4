//! The choices in a rule set, and the channels of orders.

/// The policy for the next day's price (RULES.md section 5, step 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PricePolicy {
    /// From the turnover of the last days.
    Turnover,
    /// From the day's confirmed trades.
    Market,
    /// By the event `price.set` alone.
    Operator,
}

/// Where redeemed points go (RULES.md section 4, Redemption).
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Redemption {
    /// Redeemed points are burned.
    Burn,
    /// Redeemed points go to the treasury.
    Treasury,
}

/// The channel of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Delivered to the buyer (到家).
    Online,
    /// Bought in the shop (到店).
    Offline,
}

impl Channel {
    /// The name in events.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Online => "online",
            Self::Offline => "offline",
        }
    }

    /// The channel of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Online, Self::Offline].into_iter().find(|channel| channel.as_str() == name)
    }
}

impl PricePolicy {
    const ALL: [(&'static str, Self); 3] =
        [("turnover", Self::Turnover), ("market", Self::Market), ("operator", Self::Operator)];

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().find(|(name, _)| *name == text).map(|(_, policy)| *policy)
    }

    pub(super) fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, policy)| *policy == self).map_or("", |(name, _)| name)
    }
}

impl Redemption {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text {
            "burn" => Some(Self::Burn),
            "treasury" => Some(Self::Treasury),
            _ => None,
        }
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Burn => "burn",
            Self::Treasury => "treasury",
        }
    }
}
