//! The kinds of notices. Their words are in `words/`, section `notices`.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

macro_rules! kinds {
    ($($(#[$doc:meta])* $kind:ident $name:literal $pace:ident)*) => {
        /// What a notice is about.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
        #[serde(rename_all = "snake_case")]
        pub enum NoticeKind {
            $($(#[$doc])* $kind,)*
        }

        impl NoticeKind {
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$kind),*];

            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }

            #[must_use]
            pub const fn pace(self) -> Pace {
                match self { $(Self::$kind => Pace::$pace),* }
            }
        }
    };
}

kinds! {
    /// The release of the day that was closed.
    Earned "earned" Daily
    /// Rewards of orders arrived.
    Vested "vested" Daily
    /// The buyer's order was refunded, whole or in part.
    OrderRefunded "order_refunded" AtOnce
    /// Somebody took the member's offer.
    TradeTaken "trade_taken" AtOnce
    /// The buyer says that it paid the member.
    TradePaid "trade_paid" AtOnce
    /// The other side of a trade made a statement for the operator.
    TradeDisputed "trade_disputed" AtOnce
    /// The points of the member's shop fell below the deposit.
    DepositShort "deposit_short" AtOnce
    /// The member's right as area partner ends in a few days, unless it buys again.
    PartnerLapses "partner_lapses" Daily
    /// Other rules are in force.
    RulesChanged "rules_changed" AtOnce
    /// Goods for points were handed out or sent.
    GoodsHandedOut "goods_handed_out" AtOnce
}

/// When a notice is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// Somebody waits, or something is not as it should be.
    AtOnce,
    /// After the close of its day, in one message with all others of that day.
    Daily,
}

impl NoticeKind {
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == name)
    }
}

/// The kinds of a subscription, as they are stored: with commas at both ends, so that no name matches a part of another.
#[must_use]
pub fn stored(kinds: &BTreeSet<NoticeKind>) -> String {
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    format!(",{},", names.join(","))
}

/// Reads what [`stored`] writes. What this version does not know is left out.
#[must_use]
pub fn read(stored: &str) -> BTreeSet<NoticeKind> {
    stored.split(',').filter_map(NoticeKind::parse).collect()
}

#[cfg(test)]
mod tests {
    use gongxiang_words::{Language, keys, notice};

    use super::*;

    #[test]
    fn every_kind_has_words_in_every_language() {
        for language in Language::ALL {
            for kind in NoticeKind::ALL {
                assert!(notice(language, kind.as_str()).is_some(), "{language:?} has no words for {kind:?}");
            }
        }
    }

    #[test]
    fn every_kind_has_a_name_in_every_language_and_no_name_is_left_over() {
        let kinds = BTreeSet::from(NoticeKind::ALL.map(NoticeKind::as_str));
        for language in Language::ALL {
            let named = keys(language).into_iter().filter(|(section, _)| *section == "notice_kinds");
            let named: BTreeSet<_> = named.flat_map(|(_, names)| names).copied().collect();
            assert_eq!(named, kinds, "{language:?}");
        }
    }

    #[test]
    fn kinds_are_read_as_they_are_stored() {
        let kinds = BTreeSet::from([NoticeKind::Earned, NoticeKind::TradePaid]);
        assert_eq!(stored(&kinds), ",earned,trade_paid,");
        assert_eq!(read(&stored(&kinds)), kinds);
    }
}
