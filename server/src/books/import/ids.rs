//! Ids of imported events: packs, roles, grants, shops, opening balances and parts of refunds.
//!
//! Without an id, these would count twice if their journal is sent twice. An id is made of what the event says, so the
//! same table always gives the same ids, and the server settles each once (RULES.md section 4). Registrations, orders
//! and closed days need no id: a second one is refused.

use std::collections::HashSet;
use std::fmt;

use crate::text::fingerprint;

const START: &str = "import:";

/// The ids of one import.
#[derive(Clone, Debug, Default)]
pub struct EventIds {
    batch: String,
    /// Those of the journals before it.
    earlier: HashSet<String>,
}

impl EventIds {
    #[must_use]
    pub fn new(batch: &str) -> Self {
        Self { batch: batch.into(), earlier: HashSet::new() }
    }

    /// The same, after journals with these ids.
    pub(super) fn after(batch: &str, earlier: HashSet<String>) -> Self {
        Self { batch: batch.into(), earlier }
    }

    /// The id of an event that says this.
    pub(super) fn of(&self, content: fmt::Arguments<'_>) -> String {
        let hash = fingerprint(format!("{}\n{content}", self.batch).as_bytes());
        format!("{START}{}", hash.get(..32).unwrap_or_default())
    }

    /// Whether an earlier journal has it.
    pub(super) fn has(&self, id: &str) -> bool {
        self.earlier.contains(id)
    }
}

/// What the journals before a table have of members.
#[derive(Clone, Debug, Default)]
pub struct Known {
    pub members: HashSet<String>,
    pub ids: EventIds,
}

/// Whether an import made this id.
pub(super) fn is_of_import(id: &str) -> bool {
    id.starts_with(START)
}
