//! Receipts, postings, rewards and orders as plain data, in both directions.
//!
//! A receipt names the version of its shape first. A receipt of another version is refused by that name. `class` follows from the
//! rule, and `reason` is `why` in words ([`super::worded`]). Both are written for people and ignored when a receipt is read.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap, Serializer};

use crate::event::Kind;
use crate::identity::{Day, Id};
use crate::order::{Order, OrderRewards};
use crate::quantity::Points;
use crate::receipt::{Amount, Class, OrderQuote, Party, Posting, Reason, Receipt, Reward, Rule};
use crate::release::Grant;

/// The version of a receipt's shape, and of a journal row that holds one. Version 0.1 of the program wrote none.
pub const RECEIPT_VERSION: u32 = 2;

/// How a reason is put in words; `None` for storage, which has the data only.
pub(super) type Words<'a> = Option<&'a dyn Fn(&Reason) -> String>;

fn reasoned<M: SerializeMap>(
    out: &mut M,
    class: Option<Class>,
    why: &Reason,
    words: Words<'_>,
) -> Result<(), M::Error> {
    if let Some(class) = class {
        out.serialize_entry("class", class.as_str())?;
    }
    if let Some(words) = words {
        out.serialize_entry("reason", &words(why))?;
    }
    out.serialize_entry("why", why)
}

/// A value that is written with or without words.
pub(super) struct WireForm<'a, T>(pub(super) &'a T, pub(super) Words<'a>);

impl Serialize for WireForm<'_, Posting> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Posting { from, to, amount, rule, why }, words) = self;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("from", from)?;
        out.serialize_entry("to", to)?;
        out.serialize_entry("asset", amount.asset())?;
        out.serialize_entry("amount", &format_args!("{amount}"))?;
        out.serialize_entry("rule", rule.as_str())?;
        reasoned(&mut out, rule.class(), why, *words)?;
        out.end()
    }
}

impl Serialize for WireForm<'_, Reward> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(Reward { member, kind, share_value, points, why }, words) = self;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("member", member)?;
        out.serialize_entry("kind", kind)?;
        out.serialize_entry("share_value", share_value)?;
        out.serialize_entry("points", points)?;
        reasoned(&mut out, Some(kind.class()), why, *words)?;
        out.end()
    }
}

/// A list of which each element is written with or without words.
pub(super) struct WireList<'a, T>(pub(super) &'a [T], pub(super) Words<'a>);

impl<'a, T> Serialize for WireList<'a, T>
where
    WireForm<'a, T>: Serialize,
{
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(|item| WireForm(item, self.1)))
    }
}

impl Serialize for WireForm<'_, Vec<Reward>> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireList(self.0, self.1).serialize(serializer)
    }
}

impl Serialize for WireForm<'_, Receipt> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(receipt, words) = self;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("version", &RECEIPT_VERSION)?;
        out.serialize_entry("type", receipt.kind.as_str())?;
        out.serialize_entry("day", &receipt.day)?;
        if let Some(OrderQuote { order, points, due, rewards }) = &receipt.order {
            out.serialize_entry("order", order)?;
            out.serialize_entry("points", points)?;
            out.serialize_entry("due", due)?;
            out.serialize_entry("rewards", &WireList(rewards, *words))?;
        }
        if let Some(points) = &receipt.unrecovered {
            out.serialize_entry("unrecovered", points)?;
        }
        out.serialize_entry("postings", &WireList(&receipt.postings, *words))?;
        out.serialize_entry("accounts", &receipt.accounts)?;
        out.end()
    }
}

impl Serialize for WireForm<'_, OrderRewards> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let pairs: Vec<_> = self.0.iter().collect();
        WireList(&pairs, self.1).serialize(serializer)
    }
}

impl Serialize for WireForm<'_, (&Reward, Option<&Grant>)> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self((reward, grant), words) = self;
        let mut out = serializer.serialize_map(Some(2))?;
        out.serialize_entry("reward", &WireForm(*reward, *words))?;
        out.serialize_entry("grant", grant)?;
        out.end()
    }
}

impl<'de> Deserialize<'de> for OrderRewards {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(serde::Deserialize)]
        struct Pair {
            reward: Reward,
            grant: Option<Grant>,
        }
        let pairs = Vec::<Pair>::deserialize(deserializer)?;
        Ok(pairs.into_iter().map(|Pair { reward, grant }| (reward, grant)).collect())
    }
}

impl Serialize for WireForm<'_, Order> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(order, words) = self;
        let Order {
            buyer,
            merchant,
            day,
            amount,
            concession,
            points,
            sequence,
            due,
            state,
            left,
            left_at_vesting,
            burned_back,
            rewards,
        } = order;
        let mut out = serializer.serialize_map(Some(13))?;
        out.serialize_entry("buyer", buyer)?;
        out.serialize_entry("merchant", merchant)?;
        out.serialize_entry("day", day)?;
        out.serialize_entry("amount", amount)?;
        out.serialize_entry("concession", concession)?;
        out.serialize_entry("points", points)?;
        out.serialize_entry("sequence", sequence)?;
        out.serialize_entry("due", due)?;
        out.serialize_entry("state", state)?;
        out.serialize_entry("left", left)?;
        out.serialize_entry("left_at_vesting", left_at_vesting)?;
        out.serialize_entry("burned_back", burned_back)?;
        out.serialize_entry("rewards", &WireForm(rewards, *words))?;
        out.end()
    }
}

macro_rules! without_words {
    ($($name:ident)*) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                WireForm(self, None).serialize(serializer)
            }
        }
    )*};
}

without_words! { Posting Reward Receipt Order }

/// A posting's fields, alone or with its place in the journal: one reader for both.
#[derive(serde::Deserialize)]
pub(super) struct PostingFields {
    place: Option<i64>,
    line: Option<i64>,
    day: Option<Day>,
    #[serde(alias = "giver")]
    from: Party,
    #[serde(alias = "receiver")]
    to: Party,
    asset: String,
    amount: String,
    rule: Rule,
    why: Reason,
}

/// The place of a posting in the journal.
pub(super) struct JournalPlace {
    pub(super) place: i64,
    pub(super) line: i64,
    pub(super) day: Day,
}

impl PostingFields {
    // Never inlined: lists of both kinds of posting share it.
    #[inline(never)]
    pub(super) fn read<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<(Posting, Option<JournalPlace>), D::Error> {
        let Self { place, line, day, from, to, asset, amount, rule, why } = Self::deserialize(deserializer)?;
        let unknown = || D::Error::custom(format_args!("`{amount}` of `{asset}` is no amount"));
        let amount = Amount::parse(&asset, &amount).ok_or_else(unknown)?;
        let placed = place.zip(line).zip(day).map(|((place, line), day)| JournalPlace { place, line, day });
        Ok((Posting { from, to, amount, rule, why }, placed))
    }
}

impl<'de> Deserialize<'de> for Posting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        PostingFields::read(deserializer).map(|(posting, _)| posting)
    }
}

#[derive(serde::Deserialize)]
struct ReceiptFields {
    #[serde(deserialize_with = "version")]
    #[expect(dead_code, reason = "reading it is what checks it")]
    version: (),
    #[serde(rename = "type")]
    kind: Kind,
    day: Day,
    order: Option<Id>,
    points: Option<Points>,
    due: Option<Day>,
    rewards: Option<Vec<Reward>>,
    unrecovered: Option<Points>,
    postings: Vec<Posting>,
    accounts: Vec<Id>,
}

fn version<'de, D: Deserializer<'de>>(deserializer: D) -> Result<(), D::Error> {
    match u32::deserialize(deserializer)? {
        RECEIPT_VERSION => Ok(()),
        other => Err(D::Error::custom(format_args!(
            "this receipt has version {other}, and this program knows version {RECEIPT_VERSION}"
        ))),
    }
}

impl<'de> Deserialize<'de> for Receipt {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = ReceiptFields::deserialize(deserializer)?;
        let order = match (fields.order, fields.points, fields.rewards) {
            (Some(order), Some(points), Some(rewards)) => {
                Some(OrderQuote { order, points, due: fields.due, rewards: rewards.into() })
            }
            (None, None, None) => None,
            _ => return Err(D::Error::custom("an order's receipt has `order`, `points` and `rewards`")),
        };
        let ReceiptFields { kind, day, unrecovered, postings, accounts, .. } = fields;
        Ok(Self { kind, day, order, unrecovered, postings, accounts })
    }
}
