//! Where an event stands in the journal.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where an event stands in the journal: the writer's clock, its shard, and the event's number in its group, in one number.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct Place(pub i64);

impl Place {
    const CLOCK_SHIFT: u32 = 20;
    const SHARD_SHIFT: u32 = 14;

    /// The first place of a group.
    #[must_use]
    pub fn first(clock: i64, shard: u8) -> Self {
        Self((clock << Self::CLOCK_SHIFT) | (i64::from(shard) << Self::SHARD_SHIFT))
    }

    /// A place of the same group.
    #[must_use]
    pub fn nth(self, number: usize) -> Self {
        Self(self.0 + i64::try_from(number).unwrap_or(i64::MAX >> 1))
    }

    #[must_use]
    pub const fn clock(self) -> i64 {
        self.0 >> Self::CLOCK_SHIFT
    }

    /// The number from which a book counts (`Head::count_from`).
    #[must_use]
    pub fn number(self) -> u64 {
        self.0.unsigned_abs()
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
