//! Rules that are announced (预告的规则): adopted now, in force from a later day. Pure: no storage, no clock.
//!
//! They are kept beside the books. The group that closes the day before settles them behind the close, so the same transaction stores both: they
//! hold from the first event of their day, whoever closes, and no end of a process comes between the two. They have a key of their own,
//! so they are settled once. If other rules are in force by then than those that they change, or the rules refuse them, that is
//! kept in place of it, and nothing else is adopted.
//!
//! Announcing, withdrawing and closing take the turns of all writers, so they happen one after the other.
//!
//! Settling them by whoever looks next, as approved applications are, was dropped: an event of their day could be settled before.

use crate::ledger::group::{AdoptionTerms, Answer, Denial, Guard, Request};
use crate::ledger::journal;
use crate::ledger::store::announcement::{AnnouncedRules, AnnouncementEnd, NewAnnouncement};
use crate::ledger::store::{Key, Result, differs};

impl AnnouncedRules {
    /// What adopts them, once their day is open.
    ///
    /// # Errors
    /// If the event cannot be read: this server wrote it.
    pub fn request(&self) -> Result<Request> {
        let NewAnnouncement { key, event, flags, based_on, from, actor } = &self.made;
        let line =
            journal::parse(event.as_bytes()).map_err(|refusal| differs(format!("announced rules: {refusal}")))?;
        let key =
            Key { scope: "announced rules".into(), key: self.id.to_string(), fingerprint: key.fingerprint.clone() };
        let terms = AdoptionTerms { accepted: flags.clone().into(), based_on: Some(based_on.as_str().into()) };
        let guard = Some(Guard::Announced { terms, from: *from });
        Ok(Request { line, key: Some(key), actor: actor.as_str().into(), guard })
    }

    /// What the answer to the request makes of them; nothing if their day is not open.
    #[must_use]
    pub fn end(&self, answer: &Answer) -> Option<AnnouncementEnd> {
        let refused = match &answer.outcome {
            Ok(_) => None,
            Err(Denial::NotYet) => return None,
            Err(denial) => Some(refused_with(denial)),
        };
        Some(AnnouncementEnd { id: self.id, refused })
    }
}

/// The code with which new rules were refused.
#[must_use]
pub fn refused_with(denial: &Denial) -> &'static str {
    match denial {
        Denial::RulesChanged => "rules_changed",
        denial => denial.code().map_or("forbidden", |code| code.as_str()),
    }
}
