//! The texts that a member may write in its profile: plain text in one normal form. It can neither imitate another
//! shop's name nor hide characters.

use std::fmt;

use gongxiang::wire::profile::Profile;
use unicode_normalization::UnicodeNormalization as _;
use unicode_security::{GeneralSecurityProfile as _, RestrictionLevel, RestrictionLevelDetection as _, skeleton};

use crate::limits::{ADDRESS_CHARS_MAX, NAME_CHARS_MAX};

/// Signs beside letters, digits and spaces. The address has some more.
const IN_NAMES: &str = "·-.'&()";
const IN_ADDRESSES: &str = "·-.'&()#/,:;、。";

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    Empty,
    /// It has more characters than this.
    TooLong(usize),
    /// This character is no letter, no digit and no sign that is allowed.
    Character(char),
    /// Its letters are of scripts that are not written together.
    Scripts,
    /// It would be taken for the name of who runs the scheme.
    Reserved,
    /// It is no telephone number.
    Phone,
    /// It is no number of a business licence.
    Licence,
}

impl fmt::Display for TextError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("leave it out, or write at least one letter or digit"),
            Self::TooLong(most) => write!(f, "write at most {most} characters"),
            Self::Character(character) => {
                let code = u32::from(*character);
                write!(f, "the character U+{code:04X} is not allowed; use letters, digits and simple punctuation")
            }
            Self::Scripts => f.write_str("use letters of one script, or Chinese with Latin letters"),
            Self::Reserved => f.write_str("this name would be taken for the platform's; choose another"),
            Self::Phone => f.write_str("write 11 digits that begin with 1, or `+`, the country and the number"),
            Self::Licence => f.write_str("write the 18 characters of the licence, or the 15 digits of an old one"),
        }
    }
}

/// A profile that was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CheckedProfile {
    /// Its texts in their stored form.
    pub profile: Profile,
    /// What the member's name looks like.
    pub name_key: Option<String>,
    /// What the shop's name looks like.
    pub shop_key: Option<String>,
}

impl CheckedProfile {
    /// Brings the texts into their stored form.
    ///
    /// # Errors
    /// The first field that is refused, and why.
    pub fn of(profile: Profile) -> Result<Self, (&'static str, TextError)> {
        let read = |field: &'static str, text: Option<String>, allowed: &str, most: usize| {
            text.map(|text| plain(&text, allowed, most).map_err(|error| (field, error))).transpose()
        };
        let name = read("name", profile.name, IN_NAMES, NAME_CHARS_MAX)?;
        let shop_name = read("shop_name", profile.shop_name, IN_NAMES, NAME_CHARS_MAX)?;
        let address = read("address", profile.address, IN_ADDRESSES, ADDRESS_CHARS_MAX)?;
        let phone = profile.phone.map(|text| phone(&text).ok_or(("phone", TextError::Phone))).transpose()?;
        for (field, name) in [("name", &name), ("shop_name", &shop_name)] {
            if name.as_deref().is_some_and(is_of_platform) {
                return Err((field, TextError::Reserved));
            }
        }
        let (name_key, shop_key) = (name.as_deref().map(look), shop_name.as_deref().map(look));
        Ok(Self {
            profile: Profile { name, shop_name, address, category: profile.category, phone },
            name_key,
            shop_key,
        })
    }
}

/// The name of an item, in the form of the names of shops.
///
/// # Errors
/// Why it is refused.
pub fn item_name(text: &str) -> Result<String, TextError> {
    plain(text, IN_NAMES, NAME_CHARS_MAX)
}

/// The name of a person, and its telephone number.
///
/// # Errors
/// The field that is refused, and why.
pub fn contact(name: &str, number: &str) -> Result<(String, String), (&'static str, TextError)> {
    let name = plain(name, IN_NAMES, NAME_CHARS_MAX).map_err(|error| ("contact", error))?;
    Ok((name, phone(number).ok_or(("phone", TextError::Phone))?))
}

/// The number of a business licence: a unified social credit identifier (GB 32100-2015) or a registration number of before (GS
/// 15-2006). The last sign of both checks the others, so a slip of the pen is found before somebody looks it up.
///
/// # Errors
/// If it is neither.
pub fn licence(text: &str) -> Result<String, TextError> {
    let number: String = text.nfkc().take(64).filter(|sign| !" -".contains(*sign)).collect();
    let number = number.to_ascii_uppercase();
    let is_right = match number.len() {
        15 => is_registration_number(&number),
        18 => is_credit_identifier(&number),
        _ => false,
    };
    if is_right { Ok(number) } else { Err(TextError::Licence) }
}

/// The digits and letters of a credit identifier, by value: those that look like another are left out.
const OF_CREDIT: &str = "0123456789ABCDEFGHJKLMNPQRTUWXY";

/// The sum of the values, each times a power of 3, is a multiple of 31; the last one counts once.
fn is_credit_identifier(number: &str) -> bool {
    let values: Option<Vec<usize>> = number.chars().map(|sign| OF_CREDIT.find(sign)).collect();
    let Some(values) = values else { return false };
    let Some((check, body)) = values.split_last() else { return false };
    let (sum, _) = body.iter().fold((0, 1), |(sum, weight), value| (sum + value * weight, weight * 3 % 31));
    (sum + check) % 31 == 0
}

/// ISO 7064, MOD 11,10: what is carried is 1 after the last digit.
fn is_registration_number(number: &str) -> bool {
    let digits: Option<Vec<u32>> = number.chars().map(|sign| sign.to_digit(10)).collect();
    let Some(digits) = digits else { return false };
    let Some((check, body)) = digits.split_last() else { return false };
    let carried = body.iter().fold(10, |product, digit| match (product + digit) % 10 {
        0 => 20 % 11,
        sum => sum * 2 % 11,
    });
    (carried + check) % 10 == 1
}

/// A text in its stored form: NFKC, so that full-width letters are plain ones, and single spaces between the words.
fn plain(text: &str, signs: &str, most: usize) -> Result<String, TextError> {
    let folded: String = text.nfkc().take(most * 8).collect();
    let words: Vec<_> = folded.split(' ').filter(|word| !word.is_empty()).collect();
    let text = words.join(" ");
    let is_letter = |character: char| character.is_alphanumeric() && character.identifier_allowed();
    let bad = text.chars().find(|character| !is_letter(*character) && *character != ' ' && !signs.contains(*character));
    if let Some(character) = bad {
        return Err(TextError::Character(character));
    }
    if text.chars().count() > most {
        return Err(TextError::TooLong(most));
    }
    let letters: String = text.chars().filter(|character| character.is_alphanumeric()).collect();
    if letters.is_empty() {
        return Err(TextError::Empty);
    }
    // Chinese with Latin letters is "highly restrictive" in UTS 39; Latin with Cyrillic or Greek letters is not.
    if letters.detect_restriction_level() > RestrictionLevel::HighlyRestrictive {
        return Err(TextError::Scripts);
    }
    Ok(text)
}

/// What a name looks like, by the table of confusable characters of UTS 39. Case, spaces and punctuation do not count. That table
/// takes capital I for l and small i for itself; here all three are the same.
fn look(name: &str) -> String {
    let letters: String = name.chars().filter(|character| character.is_alphanumeric()).collect();
    let lower = letters.to_lowercase();
    let skeleton: String = skeleton(&lower).collect();
    skeleton.to_lowercase().replace('i', "l")
}

/// What only who runs the scheme may be called, in a name and as a word of one.
const OF_PLATFORM: [&str; 7] = ["平台", "官方", "客服", "运营方", "运营商", "管理员", "共享购"];
const WORDS_OF_PLATFORM: [&str; 7] =
    ["admin", "administrator", "gongxiang", "official", "operator", "platform", "support"];

/// Whether a name would be taken for that of who runs the scheme.
fn is_of_platform(name: &str) -> bool {
    let all = look(name);
    let mut words = name.split(|character: char| !character.is_alphanumeric()).map(look);
    OF_PLATFORM.iter().any(|reserved| all.contains(&look(reserved)))
        || words.any(|word| WORDS_OF_PLATFORM.iter().any(|reserved| word == look(reserved)))
}

/// A telephone number: 11 digits of the mainland, or a number with the code of its country.
fn phone(text: &str) -> Option<String> {
    let number: String = text.nfkc().take(64).filter(|character| !" -()".contains(*character)).collect();
    let digits = number.strip_prefix('+').unwrap_or(&number);
    let is_digits = digits.bytes().all(|byte| byte.is_ascii_digit());
    let is_long = if number.starts_with('+') { (7..=15).contains(&digits.len()) } else { digits.len() == 11 };
    let begins = if number.starts_with('+') { !digits.starts_with('0') } else { digits.starts_with('1') };
    (is_digits && is_long && begins).then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(text: &str) -> Result<String, TextError> {
        plain(text, IN_NAMES, NAME_CHARS_MAX)
    }

    #[test]
    fn nobody_is_called_like_who_runs_the_scheme() {
        for text in ["平台客服", "官方 旗舰店", "共享购", "Support", "GongXiang Team", "0fficial", "运营方小李"]
        {
            for profile in [
                Profile { name: Some(text.into()), ..Profile::default() },
                Profile { shop_name: Some(text.into()), ..Profile::default() },
            ] {
                assert_eq!(CheckedProfile::of(profile).map_err(|(_, why)| why), Err(TextError::Reserved), "{text}");
            }
        }
        for text in ["高平", "Administratia", "Opera", "王官"] {
            let profile = Profile { name: Some(text.into()), ..Profile::default() };
            assert!(CheckedProfile::of(profile).is_ok(), "{text}");
        }
    }

    #[test]
    fn names_of_people_and_shops_are_taken_in_one_form() {
        for (text, stored) in [
            ("张三", "张三"),
            ("阿凡提·买买提", "阿凡提·买买提"),
            ("肯德基 KFC（天河店）", "肯德基 KFC(天河店)"),
            ("  Ａｎｎ　 O'Neill ", "Ann O'Neill"),
            ("7-11便利店", "7-11便利店"),
            ("Müller", "Müller"),
            ("さくら寿司", "さくら寿司"),
            ("김밥천국", "김밥천국"),
            ("Кофе", "Кофе"),
        ] {
            assert_eq!(name(text), Ok(stored.to_owned()), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_read_or_typed_is_refused() {
        let emoji = "😀".repeat(64);
        for (text, expected) in [
            ("", TextError::Empty),
            ("  ", TextError::Empty),
            ("·-·", TextError::Empty),
            ("小店😀", TextError::Character('😀')),
            (emoji.as_str(), TextError::Character('😀')),
            ("abc\u{202e}def", TextError::Character('\u{202e}')),
            ("abc\u{200f}", TextError::Character('\u{200f}')),
            ("ab\u{200b}c", TextError::Character('\u{200b}')),
            ("ab\u{200d}c", TextError::Character('\u{200d}')),
            ("ab\u{7}", TextError::Character('\u{7}')),
            ("ab\nc", TextError::Character('\n')),
            ("ab\0c", TextError::Character('\0')),
            ("<b>x</b>", TextError::Character('<')),
            ("a\u{300}\u{301}\u{302}x", TextError::Character('\u{301}')),
            ("k\u{336}fc", TextError::Character('\u{336}')),
            ("K\u{0421}FC", TextError::Scripts),
            ("αbc", TextError::Scripts),
        ] {
            assert_eq!(name(text), Err(expected), "{text:?}");
        }
        assert_eq!(name(&"长".repeat(NAME_CHARS_MAX)), Ok("长".repeat(NAME_CHARS_MAX)));
        assert_eq!(name(&"长".repeat(NAME_CHARS_MAX + 1)), Err(TextError::TooLong(NAME_CHARS_MAX)));
        // One character that NFKC makes 18 of.
        assert_eq!(name(&"\u{fdfa}".repeat(10_000)), Err(TextError::TooLong(NAME_CHARS_MAX)));
    }

    #[test]
    fn names_that_look_alike_are_the_same_name() {
        for (one, other) in [
            ("IKEA", "ikea"),
            ("IKEA", "lKEA"),
            ("IKEA", "1KEA"),
            ("COCO", "C0C0"),
            ("coco", "\u{441}\u{43e}\u{441}\u{43e}"),
            ("肯德基 (天河店)", "肯德基天河店"),
            ("rn", "m"),
        ] {
            assert_eq!(look(one), look(other), "{one} {other}");
        }
        assert_ne!(look("肯德基"), look("肯德鸡"));
        assert_ne!(look("Ann"), look("Anna"));
    }

    #[test]
    fn a_licence_has_the_check_character_of_its_standard() {
        for (text, stored) in [
            // The examples of GB 32100-2015 and of GS 15-2006.
            ("91350100M000100Y43", "91350100M000100Y43"),
            ("9135 0100 m000100y43", "91350100M000100Y43"),
            ("110108000000016", "110108000000016"),
        ] {
            assert_eq!(licence(text).as_deref(), Ok(stored), "{text}");
        }
        for bad in
            ["", "91350100M000100Y44", "91350100M000100YI3", "9135010", "110108000000017", "11010800000001X", "😀"]
        {
            assert_eq!(licence(bad), Err(TextError::Licence), "{bad}");
        }
    }

    #[test]
    fn a_telephone_number_is_one_of_the_mainland_or_has_its_country() {
        for (text, stored) in [
            ("13800138000", "13800138000"),
            ("138 0013-8000", "13800138000"),
            ("１３８００１３８０００", "13800138000"),
            ("+86 138 0013 8000", "+8613800138000"),
            ("+1 (415) 555-2671", "+14155552671"),
        ] {
            assert_eq!(phone(text).as_deref(), Some(stored), "{text}");
        }
        for bad in
            ["", "+", "1380013800", "138001380000", "23800138000", "+0123456789", "+1234567890123456", "1380013800a"]
        {
            assert_eq!(phone(bad), None, "{bad}");
        }
    }
}
