//! What a shop's counter needs beside the books: its usual concession, and the codes with which members show who they
//! are.
//!
//! A member's code is valid for one minute. It is the HMAC of the member and the minute, with a secret of this server.
//! So nobody can make another member's code, and a photograph of a code is soon useless. A wallet keeps the codes of a
//! day, so it can show them without a network.

use std::fmt;

use gongxiang::identity::Id;
use gongxiang::quantity::Money;
use ring::hmac;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::store::{People, no_secret, secret};

/// In what a shop says its usual concession.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum PresetUnit {
    /// Percent of an order's amount.
    Percent,
    /// The same sum for every order.
    Yuan,
}

impl PresetUnit {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Percent => "percent",
            Self::Yuan => "yuan",
        }
    }
}

/// A shop's usual concession, from which its till computes that of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ShopPreset {
    pub unit: PresetUnit,
    /// Above 0, with at most 2 places; at most 100 percent.
    pub value: Money,
}

impl ShopPreset {
    /// Whether an order can have such a concession: more than nothing, not more than the amount, and no more than events take.
    #[must_use]
    pub fn is_possible(self) -> bool {
        const WHOLE: i128 = 100 * 100;
        let of_event = Money::parse(&self.value.to_string()).is_ok();
        of_event && self.value.raw() > 0 && (self.unit == PresetUnit::Yuan || self.value.raw() <= WHOLE)
    }
}

/// What a member's code says: whose it is, and for which minute since 1970.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberCode {
    pub member: Id,
    pub minute: i64,
    /// Eight digits.
    mac: String,
}

/// How the text of a code begins.
const START: &str = "GX1.";
/// Codes have eight digits.
const CODES: u64 = 100_000_000;

impl MemberCode {
    /// Reads the text of a QR code. An id may have dots, so what comes after it is read first.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (rest, mac) = text.strip_prefix(START)?.rsplit_once('.')?;
        let (member, minute) = rest.rsplit_once('.')?;
        let is_mac = mac.len() == 8 && mac.bytes().all(|byte| byte.is_ascii_digit());
        let is_minute = (1..=12).contains(&minute.len()) && minute.bytes().all(|byte| byte.is_ascii_digit());
        (is_mac && is_minute).then_some(())?;
        Some(Self { member: Id::parse(member)?, minute: minute.parse().ok()?, mac: mac.into() })
    }
}

impl fmt::Display for MemberCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{START}{}.{}.{}", self.member, self.minute, self.mac)
    }
}

/// Makes and checks codes.
#[derive(Debug)]
pub struct CodeKey(hmac::Key);

impl CodeKey {
    fn new(secret: &str) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes()))
    }

    /// The eight digits of a member's code.
    #[must_use]
    pub fn digits(&self, member: &Id, minute: i64) -> String {
        // No id has a line break.
        let tag = hmac::sign(&self.0, format!("{member}\n{minute}").as_bytes());
        let start = tag.as_ref().iter().take(8).fold(0_u64, |start, byte| start << 8 | u64::from(*byte));
        format!("{:08}", start % CODES)
    }

    /// Whether this server made the code.
    #[must_use]
    pub fn made(&self, code: &MemberCode) -> bool {
        // Compared as a whole, so that the time says nothing of the digits.
        let expected = self.digits(&code.member, code.minute);
        expected.bytes().zip(code.mac.bytes()).fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
    }
}

impl People {
    /// The key of the members' codes. The first one who asks makes its secret.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn code_key(&self) -> sqlx::Result<CodeKey> {
        const ASK: &str = "SELECT secret FROM member_code_secret WHERE one = 1";
        let known: Option<(String,)> = sqlx::query_as(ASK).fetch_optional(&self.pool).await?;
        if let Some((secret,)) = known {
            return Ok(CodeKey::new(&secret));
        }
        sqlx::query("INSERT INTO member_code_secret (one, secret) VALUES (1, $1) ON CONFLICT (one) DO NOTHING")
            .bind(secret().map_err(no_secret)?)
            .execute(&self.pool)
            .await?;
        // Another process may have been first.
        let (secret,): (String,) = sqlx::query_as(ASK).fetch_one(&self.pool).await?;
        Ok(CodeKey::new(&secret))
    }

    /// A shop's usual concession, if it has one.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn shop_preset(&self, shop: &Id) -> sqlx::Result<Option<ShopPreset>> {
        let row: Option<(String, String)> = sqlx::query_as("SELECT unit, value FROM shop_presets WHERE shop = $1")
            .bind(shop.to_string())
            .fetch_optional(&self.pool)
            .await?;
        let wrong = || sqlx::Error::Decode(format!("the preset of `{shop}` is not one of ours").into());
        row.map(|(unit, value)| {
            let unit = [PresetUnit::Percent, PresetUnit::Yuan].into_iter().find(|known| known.as_str() == unit);
            Ok(ShopPreset { unit: unit.ok_or_else(wrong)?, value: Money::parse(&value).map_err(|_| wrong())? })
        })
        .transpose()
    }

    /// Stores a shop's usual concession in place of the one before.
    ///
    /// # Errors
    /// If the database fails.
    pub async fn keep_shop_preset(&self, shop: &Id, preset: ShopPreset) -> sqlx::Result<()> {
        let sql = "INSERT INTO shop_presets (shop, unit, value) VALUES ($1, $2, $3)
                   ON CONFLICT (shop) DO UPDATE SET unit = excluded.unit, value = excluded.value";
        sqlx::query(sql)
            .bind(shop.to_string())
            .bind(preset.unit.as_str())
            .bind(preset.value.to_string())
            .execute(&self.pool)
            .await?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_read_from_its_end_and_anything_else_is_no_code() {
        let read = MemberCode::parse("GX1.ann:1.x.29000000.01234567").expect("a code");
        assert_eq!((read.member.as_str(), read.minute), ("ann:1.x", 29_000_000));
        assert_eq!(read.to_string(), "GX1.ann:1.x.29000000.01234567");
        for other in [
            "",
            "GX1.",
            "GX2.ann.29000000.01234567",
            "GX1.ann.29000000.0123456",
            "GX1.ann.29000000.0123456x",
            "GX1.ann.-1.01234567",
            "GX1.ann.+1.01234567",
            "GX1.ann.9999999999999.01234567",
            "GX1..29000000.01234567",
            "GX1.a b.29000000.01234567",
            "https://pay.example/GX1.ann.29000000.01234567",
        ] {
            assert_eq!(MemberCode::parse(other), None, "{other}");
        }
    }

    #[test]
    fn a_code_is_of_one_member_one_minute_and_one_secret() {
        let key = CodeKey::new("a");
        let [ann, bob] = ["ann", "bob"].map(|id| Id::parse(id).expect("an id"));
        let code = MemberCode { member: ann.clone(), minute: 5, mac: key.digits(&ann, 5) };
        assert!(key.made(&code));
        assert!(!CodeKey::new("b").made(&code));
        assert!(!key.made(&MemberCode { member: bob, ..code.clone() }));
        assert!(!key.made(&MemberCode { minute: 6, ..code }));
        // From an outside source: Python's `hmac` and `hashlib`.
        assert_eq!(key.digits(&ann, 29_000_000), "66777209");
    }

    #[test]
    fn a_preset_is_more_than_nothing_and_at_most_everything() {
        for (unit, value, possible) in [
            (PresetUnit::Percent, "0", false),
            (PresetUnit::Percent, "0.01", true),
            (PresetUnit::Percent, "100", true),
            (PresetUnit::Percent, "100.01", false),
            (PresetUnit::Yuan, "0", false),
            (PresetUnit::Yuan, "500", true),
        ] {
            let value = Money::parse(value).expect("money");
            assert_eq!(ShopPreset { unit, value }.is_possible(), possible, "{unit:?} {value}");
        }
    }
}
