//! Rules that are announced (预告的规则), as they are kept.

use gongxiang::identity::Day;

use super::key::Key;

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
}
