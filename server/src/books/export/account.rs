//! Names of accounts and commodities that hledger and beancount accept unchanged.

use std::fmt;

use gongxiang::identity::Id;
use gongxiang::receipt::{Amount, Party};

/// A commodity; its amounts have 8 decimal places.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Commodity {
    /// Share points (共享积分).
    Points,
    /// Share value in use (共享值).
    ShareValue,
    /// Share value that waits for the member's activation.
    Locked,
}

impl Commodity {
    pub const ALL: [Self; 3] = [Self::Points, Self::ShareValue, Self::Locked];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Points => "POINTS",
            Self::ShareValue => "SHAREVALUE",
            Self::Locked => "LOCKED",
        }
    }

    /// The commodity of an amount, and the amount in parts of 10^-8.
    #[must_use]
    pub const fn of(amount: Amount) -> (Self, i128) {
        match amount {
            Amount::Points(points) => (Self::Points, points.raw()),
            Amount::ShareValue(value) => (Self::ShareValue, value.raw()),
            Amount::Locked(value) => (Self::Locked, value.raw()),
        }
    }
}

/// An account of the books.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BooksAccount {
    /// The parent of all members' accounts; nothing is posted to it.
    Members,
    /// What the platform owes one member.
    Member(Id),
    /// Points that were released but not yet credited to a member.
    Pool,
    /// Points that wait for an order, an offer or a trade.
    Escrow,
    /// Share value that releases have converted but that was not yet taken from single members.
    Conversion,
    /// The platform's own points.
    Treasury,
    Burned,
    /// All points ever issued, which is the sum of all other balances of points.
    Issued,
    /// Share value given, less what refunds took back.
    Granted,
    /// Share value that releases have converted.
    Converted,
    /// The share value lost or gained by rounding units.
    Rounding,
}

impl BooksAccount {
    /// All accounts except the members'.
    pub const SHARED: [Self; 10] = [
        Self::Members,
        Self::Pool,
        Self::Escrow,
        Self::Conversion,
        Self::Treasury,
        Self::Burned,
        Self::Issued,
        Self::Granted,
        Self::Converted,
        Self::Rounding,
    ];

    /// The account of a receipt's party.
    #[must_use]
    pub fn of(party: &Party, commodity: Commodity) -> Self {
        match party {
            Party::Member(id) => Self::Member(id.clone()),
            Party::Pool => Self::Pool,
            Party::Escrow => Self::Escrow,
            Party::Treasury => Self::Treasury,
            Party::Burned => Self::Burned,
            Party::Issuance if commodity == Commodity::Points => Self::Issued,
            Party::Issuance => Self::Granted,
        }
    }

    /// The member whose account it is.
    #[must_use]
    pub const fn member(&self) -> Option<&Id> {
        match self {
            Self::Member(id) => Some(id),
            _ => None,
        }
    }
}

impl fmt::Display for BooksAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Members => "Liabilities:Members",
            Self::Member(id) => return write!(f, "Liabilities:Members:M-{}", Escaped(id)),
            Self::Pool => "Liabilities:Pool",
            Self::Escrow => "Liabilities:Escrow",
            Self::Conversion => "Liabilities:Conversion",
            Self::Treasury => "Equity:Treasury",
            Self::Burned => "Equity:Burned",
            Self::Issued => "Equity:Issued",
            Self::Granted => "Equity:Granted",
            Self::Converted => "Equity:Converted",
            Self::Rounding => "Equity:Rounding",
        })
    }
}

/// An id in letters, digits and dashes: `-` becomes `--`, `_` `-U`, `.` `-D` and `:` `-C`. The escape is unambiguous,
/// so two ids never become one name.
///
/// A beancount account allows no other characters. hledger would read a colon as a sub-account, and `date:` in a
/// comment as a date.
#[derive(Clone, Copy, Debug)]
pub struct Escaped<'a>(pub &'a Id);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_str().chars().try_for_each(|c| match c {
            '-' => f.write_str("--"),
            '_' => f.write_str("-U"),
            '.' => f.write_str("-D"),
            ':' => f.write_str("-C"),
            c => fmt::Write::write_char(f, c),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(id: &str) -> String {
        BooksAccount::Member(Id::parse(id).unwrap_or_else(|| panic!("{id} is an id"))).to_string()
    }

    /// The id back from an account's name, by nothing but the rule in the documentation.
    fn id_of(name: &str) -> Option<String> {
        let mut rest = name.strip_prefix("Liabilities:Members:M-")?.chars();
        let mut id = String::new();
        while let Some(c) = rest.next() {
            id.push(match c {
                '-' => match rest.next()? {
                    '-' => '-',
                    'U' => '_',
                    'D' => '.',
                    'C' => ':',
                    _ => return None,
                },
                c => c,
            });
        }
        Some(id)
    }

    #[test]
    fn an_account_name_tells_the_id() {
        assert_eq!(name("c0001"), "Liabilities:Members:M-c0001");
        assert_eq!(name("wx:Ann_1.b-2"), "Liabilities:Members:M-wx-CAnn-U1-Db--2");
    }

    #[test]
    fn no_two_ids_have_one_account_name() {
        // Every id of up to four characters out of those that the escape could confuse.
        let alphabet = ["-", "_", ".", ":", "U", "D", "C", "c", "1"];
        let mut ids = vec![String::new()];
        let mut names = std::collections::BTreeSet::new();
        let mut count = 0;
        for _ in 0..4 {
            ids = ids.iter().flat_map(|id| alphabet.iter().map(move |c| format!("{id}{c}"))).collect();
            for id in &ids {
                let name = name(id);
                assert_eq!(id_of(&name).as_ref(), Some(id), "{name}");
                names.insert(name);
                count += 1;
            }
        }
        assert_eq!(names.len(), count);
    }

    #[test]
    fn a_component_begins_with_a_capital_and_has_only_letters_digits_and_dashes() {
        for id in [":", "-", "_._", "...", "0", "z", &"-".repeat(64), "date:2020-13-45", "M-a"] {
            let name = name(id);
            let part = name.rsplit(':').next().unwrap_or_default();
            assert!(part.starts_with("M-"), "{name}");
            assert!(part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "{name}");
            assert_eq!(name.matches(':').count(), 2, "{name}");
        }
    }
}
