//! The code of a voucher: 80 random bits, which members show or read out and cashiers scan or type. Only its hash is
//! stored.
//!
//! It is written in Crockford's alphabet, which lacks I, L, O and U. If somebody types I, L or O, it is read as the
//! digit that it looks like.

use std::fmt;

use crate::text::fingerprint;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const LENGTH: usize = 16;

/// How the text of a QR code begins.
const START: &str = "GXG1.";

/// A code in its one form: 16 letters and digits.
#[derive(Clone, PartialEq, Eq)]
pub struct VoucherCode(String);

impl fmt::Debug for VoucherCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("VoucherCode(…)")
    }
}

impl VoucherCode {
    /// A new one.
    ///
    /// # Errors
    /// If the machine has no randomness.
    pub fn draw() -> Result<Self, getrandom::Error> {
        let mut bytes = [0_u8; LENGTH];
        getrandom::fill(&mut bytes)?;
        // 32 letters divide 256, so each is as likely as the others.
        let letter = |byte: &u8| ALPHABET.get(usize::from(byte % 32)).map_or('0', |letter| char::from(*letter));
        Ok(Self(bytes.iter().map(letter).collect()))
    }

    /// Reads what was scanned or typed, in small or capital letters, with spaces and dashes anywhere.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let text = text.strip_prefix(START).unwrap_or(text);
        if text.len() > 4 * LENGTH {
            return None;
        }
        let letters = text.chars().filter(|letter| !matches!(letter, ' ' | '-')).map(|letter| {
            let letter = match letter.to_ascii_uppercase() {
                'O' => '0',
                'I' | 'L' => '1',
                letter => letter,
            };
            u8::try_from(letter).ok().filter(|byte| ALPHABET.contains(byte)).map(char::from)
        });
        let code: String = letters.collect::<Option<_>>()?;
        (code.len() == LENGTH).then_some(Self(code))
    }

    /// What is stored of it.
    #[must_use]
    pub fn hash(&self) -> String {
        fingerprint(self.0.as_bytes())
    }

    /// The text of its QR code.
    #[must_use]
    pub fn qr(&self) -> String {
        format!("{START}{}", self.0)
    }
}

impl fmt::Display for VoucherCode {
    /// In groups of four, as people read it out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (place, letter) in self.0.chars().enumerate() {
            if place > 0 && place % 4 == 0 {
                f.write_str("-")?;
            }
            write!(f, "{letter}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_shown_scanned_and_typed_is_the_same_code() -> Result<(), Box<dyn std::error::Error>> {
        let code = VoucherCode::draw()?;
        assert_eq!(code.to_string().len(), 19);
        for text in [code.to_string(), code.qr(), code.to_string().to_lowercase(), format!(" {code} ")] {
            assert_eq!(VoucherCode::parse(&text).as_ref(), Some(&code), "{text}");
        }
        assert_ne!(VoucherCode::draw()?, code);
        let typed = VoucherCode::parse("oi1l-0000-0000-0000").ok_or("a code")?;
        assert_eq!(typed.to_string(), "0111-0000-0000-0000");
        Ok(())
    }

    #[test]
    fn anything_else_is_no_code() {
        let long = "0".repeat(10_000);
        for text in
            ["", "GXG1.", "GX1.ann.29000000.01234567", "0000-0000-0000-000", "0000-0000-0000-000U", "零000", &long]
        {
            assert_eq!(VoucherCode::parse(text), None, "{text}");
        }
    }
}
