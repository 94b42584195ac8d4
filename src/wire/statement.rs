//! Booked postings as plain data: the lines of a member's statement.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, SerializeMap as _, Serializer};

use super::receipt::{JournalPlace, PostingFields, WireForm};

pub use crate::statement::BookedPosting;

impl Serialize for WireForm<'_, BookedPosting> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(BookedPosting { place, line, day, posting }, words) = self;
        let mut out = serializer.serialize_map(None)?;
        out.serialize_entry("place", place)?;
        out.serialize_entry("line", line)?;
        out.serialize_entry("day", day)?;
        out.serialize_entry("giver", &posting.from)?;
        out.serialize_entry("receiver", &posting.to)?;
        out.serialize_entry("asset", posting.amount.asset())?;
        out.serialize_entry("amount", &format_args!("{}", posting.amount))?;
        out.serialize_entry("rule", &posting.rule)?;
        if let Some(words) = words {
            out.serialize_entry("reason", &words(&posting.why))?;
        }
        out.serialize_entry("why", &posting.why)?;
        out.end()
    }
}

impl Serialize for BookedPosting {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        WireForm(self, None).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for BookedPosting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (posting, place) = PostingFields::read(deserializer)?;
        let JournalPlace { place, line, day } =
            place.ok_or_else(|| D::Error::custom("a booked posting says its place, line and day"))?;
        Ok(Self { place, line, day, posting })
    }
}
