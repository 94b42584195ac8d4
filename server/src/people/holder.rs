//! Who has a passkey, a session or a code: a member, or somebody of the staff. Both sign in with the same tables.

use std::fmt;

use gongxiang::identity::Id;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub enum Holder {
    Member(Id),
    /// Somebody of the staff, by id.
    Staff(Id),
}

/// No member's id has a slash.
const STAFF: &str = "staff/";

impl Holder {
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text.strip_prefix(STAFF) {
            Some(id) => Id::parse(id).map(Self::Staff),
            None => Id::parse(text).map(Self::Member),
        }
    }

    #[must_use]
    pub fn member(self) -> Option<Id> {
        match self {
            Self::Member(member) => Some(member),
            Self::Staff(_) => None,
        }
    }
}

impl fmt::Display for Holder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Member(member) => member.fmt(f),
            Self::Staff(id) => write!(f, "{STAFF}{id}"),
        }
    }
}

impl From<Holder> for String {
    fn from(holder: Holder) -> Self {
        holder.to_string()
    }
}

impl TryFrom<String> for Holder {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, &'static str> {
        Self::parse(&text).ok_or("is nobody's id")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn staff_and_members_with_the_same_id_are_two_holders() {
        for text in ["s1", "staff/s1", "staff"] {
            assert_eq!(Holder::parse(text).map(|holder| holder.to_string()).as_deref(), Some(text));
        }
        assert_ne!(Holder::parse("s1"), Holder::parse("staff/s1"));
        assert_eq!(Holder::parse("staff/s1").and_then(Holder::member), None);
        for text in ["", "staff/", "staff/a/b", "other/s1"] {
            assert_eq!(Holder::parse(text), None, "{text}");
        }
    }
}
