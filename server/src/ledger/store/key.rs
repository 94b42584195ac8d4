//! The key of a request, by which its first outcome is found again.

use gongxiang::identity::Id;

/// The scope of the ids of a journal's events.
pub const JOURNAL: &str = "journal";

/// Identifies a repeated request: an event's `id`, or an `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key {
    /// The owner of the key: `journal`, or the sender of the request.
    pub scope: String,
    pub key: String,
    /// A hash of the whole request, to detect another request with the same key.
    pub fingerprint: String,
}

impl Key {
    /// The key by which a shop's own number of an order is found, without a fingerprint.
    #[must_use]
    pub fn of_reference(merchant: &Id, reference: &str) -> Self {
        Self { scope: format!("orders of {merchant}"), key: reference.into(), fingerprint: String::new() }
    }

    /// Whether it is the `id` of a journal's event. Its first outcome is kept for ever (RULES.md section 4).
    #[must_use]
    pub fn is_of_journal(&self) -> bool {
        self.scope == JOURNAL
    }
}
