//! What members say of themselves and of their shops, beside the books: no rule reads it, and it is never in the journal.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::identity::{Id, Region, serde_as_text};

/// A member's short number: seven digits, the first of which is not 0, and a check digit of ISO 7064, MOD 11,10. People read it out
/// and type it. The check digit finds every wrong digit, and almost every exchange of two neighbours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MemberNumber(u32);

impl MemberNumber {
    /// The smallest number without its check digit.
    pub const BODY_MIN: u32 = 1_000_000;
    /// The largest number without its check digit.
    pub const BODY_MAX: u32 = 9_999_999;

    /// Adds the check digit; `None` outside [`Self::BODY_MIN`] to [`Self::BODY_MAX`].
    #[must_use]
    pub fn from_body(body: u32) -> Option<Self> {
        let in_range = (Self::BODY_MIN..=Self::BODY_MAX).contains(&body);
        in_range.then(|| Self(body * 10 + check_digit(&body.to_string())))
    }

    /// Reads eight digits; `None` if the check digit is another one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let eight_digits = text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit());
        let number: u32 = eight_digits.then(|| text.parse().ok()).flatten()?;
        Self::from_body(number / 10).filter(|right| right.0 == number)
    }
}

impl fmt::Display for MemberNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

serde_as_text!(MemberNumber, "a member's number of eight digits");

/// The check digit of decimal digits, by ISO 7064, MOD 11,10.
fn check_digit(digits: &str) -> u32 {
    let product = digits.chars().filter_map(|digit| digit.to_digit(10)).fold(10, |product, digit| {
        let sum = match (product + digit) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    (11 - product) % 10
}

/// What a shop sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// 餐饮.
    Food,
    /// 超市便利.
    Groceries,
    /// 服饰.
    Clothing,
    /// 美容美发.
    Beauty,
    /// 医药健康.
    Health,
    /// 家居建材.
    Home,
    /// 数码家电.
    Electronics,
    /// 教育培训.
    Education,
    /// 酒店旅游.
    Travel,
    /// 生活服务.
    Services,
    /// 其他.
    Other,
}

impl Category {
    /// All of them, as a form lists them.
    pub const ALL: [Self; 11] = [
        Self::Food,
        Self::Groceries,
        Self::Clothing,
        Self::Beauty,
        Self::Health,
        Self::Home,
        Self::Electronics,
        Self::Education,
        Self::Travel,
        Self::Services,
        Self::Other,
    ];

    /// As it is written in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Food => "food",
            Self::Groceries => "groceries",
            Self::Clothing => "clothing",
            Self::Beauty => "beauty",
            Self::Health => "health",
            Self::Home => "home",
            Self::Electronics => "electronics",
            Self::Education => "education",
            Self::Travel => "travel",
            Self::Services => "services",
            Self::Other => "other",
        }
    }

    /// Reads what [`Self::as_str`] writes.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == text)
    }
}

/// What a member says of itself and of its shop (the body of `PUT /v1/members/{member}/profile`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(default, deny_unknown_fields)]
pub struct Profile {
    /// The name that others see. Not unique: the number is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub name: Option<String>,
    /// The shop's name, which is public. No two shops have names that look alike.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub shop_name: Option<String>,
    /// The shop's address, which is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub address: Option<String>,
    /// What the shop sells, which is public.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub category: Option<Category>,
    /// A telephone number. Only the member and the operator see it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub phone: Option<String>,
}

/// A member's own profile (`GET /v1/members/{member}/profile`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ProfileNow {
    /// The member's id.
    pub member: Id,
    /// The short number; `null` until the member first gets in, and after it erased its profile.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub number: Option<MemberNumber>,
    /// What is stored; empty if nothing is.
    pub profile: Profile,
}

/// What one member sees of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct MemberName {
    /// The member's id.
    pub member: Id,
    /// The short number.
    pub number: MemberNumber,
    /// The name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub name: Option<String>,
    /// The name of the shop, while it is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub shop_name: Option<String>,
}

/// The names of members (`GET /v1/names`). Those without a profile are left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NamesList {
    /// By id.
    pub names: Vec<MemberName>,
}

/// An open shop, as everybody sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopLine {
    /// The id of its merchant.
    pub shop: Id,
    /// Where it is.
    pub region: Region,
    /// Its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub name: Option<String>,
    /// Its address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub address: Option<String>,
    /// What it sells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(nullable = false))]
    pub category: Option<Category>,
}

/// A page of the directory of shops (`GET /v1/shops`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ShopsPage {
    /// By city, then by id. A page may have fewer than were asked for: shops of frozen members are left out.
    pub shops: Vec<ShopLine>,
    /// What to ask for next, as `after`; `null` on the last page.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub next: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_that_of_iso_7064() {
        // The example of ISO 7064, one of the German tax office, and a VAT number of Germany.
        for (digits, check) in [("0794", 5), ("8609574271", 9), ("13669597", 6)] {
            assert_eq!(check_digit(digits), check, "{digits}");
        }
    }

    #[test]
    fn every_wrong_digit_is_found() {
        for body in [1_000_000, 1_234_567, 7_654_321, 9_999_999] {
            let number = MemberNumber::from_body(body).map(|number| number.to_string()).unwrap_or_default();
            assert!(MemberNumber::parse(&number).is_some(), "{number}");
            for place in 0..8 {
                for digit in ('0'..='9').filter(|digit| number.chars().nth(place) != Some(*digit)) {
                    let wrong: String =
                        number.chars().enumerate().map(|(at, right)| if at == place { digit } else { right }).collect();
                    assert_eq!(MemberNumber::parse(&wrong), None, "{wrong} for {number}");
                }
            }
        }
    }

    #[test]
    fn a_number_has_eight_digits_of_ascii_and_does_not_begin_with_0() {
        for bad in ["", "1234567", "123456789", "0999999", "01234567", "１２３４５６７８", "-1234567", "1234567a"]
        {
            assert_eq!(MemberNumber::parse(bad), None, "{bad}");
        }
        assert_eq!(MemberNumber::from_body(999_999), None);
        assert_eq!(MemberNumber::from_body(10_000_000), None);
    }

    #[test]
    fn a_category_is_read_as_it_is_written() {
        for category in Category::ALL {
            assert_eq!(Category::parse(category.as_str()), Some(category));
            assert_eq!(serde_json::to_string(&category).ok(), Some(format!("\"{}\"", category.as_str())));
        }
        assert_eq!(Category::parse("Food"), None);
    }
}
