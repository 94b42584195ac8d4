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

use gongxiang::identity::Day;

use crate::ledger::group::{AdoptionTerms, Answer, Denial, Guard, Request};
use crate::ledger::journal;
use crate::ledger::store::{Key, Result, differs};

/// Where announced rules stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnnouncementState {
    Waiting,
    Adopted,
    /// Their day came, and they could not be adopted.
    Refused,
    Withdrawn,
}

impl AnnouncementState {
    const ALL: [Self; 4] = [Self::Waiting, Self::Adopted, Self::Refused, Self::Withdrawn];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Adopted => "adopted",
            Self::Refused => "refused",
            Self::Withdrawn => "withdrawn",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == text)
    }
}

/// Rules to be announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewAnnouncement {
    /// The key of the request that announces them.
    pub key: Key,
    /// `rules.adopted`, as the journal will have it.
    pub event: String,
    /// The codes of the red flags that are accepted with them.
    pub flags: Vec<String>,
    /// The fingerprint of the rules that they change.
    pub based_on: String,
    /// The first day on which they hold.
    pub from: Day,
    /// Who announced them, as the journal will have it.
    pub actor: String,
}

/// Rules that were announced.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncedRules {
    /// In their order.
    pub id: i64,
    pub made: NewAnnouncement,
    /// Seconds since 1970.
    pub announced: i64,
    pub state: AnnouncementState,
    /// Why they were refused.
    pub code: Option<String>,
}

/// What became of announced rules: adopted, or refused with this code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnouncementEnd {
    pub id: i64,
    pub refused: Option<&'static str>,
}

impl AnnouncedRules {
    #[must_use]
    pub fn is_waiting(&self) -> bool {
        self.state == AnnouncementState::Waiting
    }

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
