//! One line of the journal, and the codes with which it can be refused.
//!
//! Carries out the table of RULES.md section 4, of which the rows are in `contract.rs`. Reading and writing events as plain data is
//! the wire's business ([`crate::wire::event`]).

pub(crate) mod format;

use std::borrow::Cow;
use std::fmt;

use gongxiang_words::Language;

use crate::contract::{codes, events, records};
use crate::identity::{Day, Id, Region, serde_as_text};
use crate::limits::{CLOSING_MOST, TURNOVER_DAYS_MIN};
use crate::market::Side;
use crate::quantity::{Money, OutOfRange, Points, Price, ShareValue};
use crate::ruleset::{Channel, RuleSetError};

use format::{
    Buyer, City, Count, FieldFormat, Item, Member, Merchant, Offer, Optional, Order, Pack, Purchase, Redemption,
    Referrer, Role, Rules, Terms, Trade,
};
pub use format::{Field, Format, Name, Referent, ReturnTerms};

// The grammar of a row is explained above `events!`. A variant has its fields by name, or one record with all of them.
macro_rules! declare_events {
    ($(
        #[doc = $title:literal]
        $variant:ident $name:literal $(($record:ident: $whole:ident))? $({ $($field:ident: $format:ty),* })? [$($command:tt)*]
    )*) => {
        /// What happened. Numbers may be 0 or negative here: the rules refuse that with the event's own code.
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each field is named in the table of RULES.md section 4")]
        pub enum Event {
            $(#[doc = concat!("`", $name, "`.")] $variant $(($whole))? $({ $($field: <$format as FieldFormat>::Value),* })?,)*
        }

        impl Event {
            /// Its type.
            #[must_use]
            pub const fn kind(&self) -> Kind {
                match self { $(Self::$variant { .. } => Kind::$variant),* }
            }

            /// Calls `see` with everything that its fields name: ids and regions, in the order of the fields.
            pub fn names(&self, see: &mut dyn FnMut(Name<'_>)) {
                match self {$(
                    Self::$variant $(($record))? $({ $($field),* })? => {
                        $(<$whole as FieldFormat>::names($record, see);)?
                        $($(<$format as FieldFormat>::names($field, see);)*)?
                    }
                )*}
            }
        }

        /// The type of an event (RULES.md section 4).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Kind {
            $(#[doc = concat!("`", $name, "`.")] $variant,)*
        }

        impl Kind {
            /// Every type, in the order of the contract.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// Its name in the journal.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name),* }
            }

            /// The type of this name; `None` if this version has none.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Some(match name { $($name => Self::$variant,)* _ => return None })
            }

            /// The fields of such an event, in the order in which they are read.
            #[must_use]
            pub fn fields(self) -> Vec<Field> {
                let mut fields = Vec::new();
                match self {$(
                    Self::$variant => {
                        $(<$whole as FieldFormat>::fields("", &mut fields);)?
                        $($(<$format as FieldFormat>::fields(stringify!($field), &mut fields);)*)?
                    }
                )*}
                fields
            }
        }
    };
}

// A record is a format too: that of all fields of its event.
macro_rules! declare_records {
    ($($(#[$doc:meta])* $name:ident { $($field:ident: $format:ty,)* })*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each field is named in the table of RULES.md section 4")]
        pub struct $name {
            $(pub $field: <$format as FieldFormat>::Value,)*
        }

        impl FieldFormat for $name {
            type Value = Self;

            fn fields(_: &'static str, fields: &mut Vec<Field>) {
                $(<$format as FieldFormat>::fields(stringify!($field), fields);)*
            }

            fn names(value: &Self, see: &mut dyn FnMut(Name<'_>)) {
                $(<$format as FieldFormat>::names(&value.$field, see);)*
            }
        }
    )*};
}

events!(declare_events);
records!(declare_records);

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

serde_as_text!(Kind, "a type of event that this version knows");

/// An event as it stands in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// What happened.
    pub event: Event,
    /// Its `id`, if it has one.
    pub identity: Option<Identity>,
}

/// An event's `id` and the whole event as canonical JSON: the same id with another content is a conflict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The id.
    pub id: Id,
    /// [`Tree::canonical`](crate::tree::Tree::canonical) of the event.
    pub content: Box<str>,
}

impl From<Event> for Entry {
    fn from(event: Event) -> Self {
        Self { event, identity: None }
    }
}

macro_rules! declare_codes {
    ($($variant:ident $code:literal)*) => {
        /// Why an event is refused. Stable: the same codes in Rust, JavaScript, HTTP and the journal. What each means is in the
        /// words (`codes`).
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub enum Code {
            $(#[doc = concat!("`", $code, "`.")] $variant,)*
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code as text.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $code),* }
            }

            /// The code of this name; `None` if this version has none.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|code| code.as_str() == name)
            }

            /// What it means, in one English sentence.
            #[must_use]
            pub fn sentence(self) -> &'static str {
                gongxiang_words::code(Language::En, self.as_str()).unwrap_or(self.as_str())
            }
        }
    };
}

codes!(declare_codes);

/// A refusal: the code, the field that caused it, and a sentence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The stable code.
    pub code: Code,
    /// The event's field, or the rule set's key; empty if it is none in particular.
    pub field: Cow<'static, str>,
    /// What is wrong.
    pub message: Cow<'static, str>,
}

impl Refusal {
    /// A refusal by a field of the event.
    // Never inlined: dozens of checks end here, and none of them is in a hurry.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn new(code: Code, field: &'static str) -> Self {
        Self { code, field: Cow::Borrowed(field), message: Cow::Borrowed(code.sentence()) }
    }

    /// What does not parse: `bad_event`.
    #[must_use]
    pub fn bad_event(field: impl Into<Cow<'static, str>>, message: impl Into<Cow<'static, str>>) -> Self {
        Self { code: Code::BadEvent, field: field.into(), message: message.into() }
    }

    /// What no scenario or forecast can be worked out from: `bad_scenario`.
    #[must_use]
    pub const fn bad_scenario(field: &'static str, message: &'static str) -> Self {
        Self { code: Code::BadScenario, field: Cow::Borrowed(field), message: Cow::Borrowed(message) }
    }

    /// A network whose turnover says too little for a forecast: `too_young`, with the number of days that had turnover.
    #[must_use]
    pub fn too_young(field: &'static str, days: usize) -> Self {
        let message = format!("orders vested on {days} of the last 30 days; a forecast needs {TURNOVER_DAYS_MIN}");
        Self { code: Code::TooYoung, field: Cow::Borrowed(field), message: message.into() }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        if !self.field.is_empty() {
            write!(f, ": `{}`", self.field)?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for Refusal {}

impl From<OutOfRange> for Refusal {
    #[cold]
    #[inline(never)]
    fn from(_: OutOfRange) -> Self {
        Self::new(Code::OutOfRange, "")
    }
}

impl From<RuleSetError> for Refusal {
    fn from(error: RuleSetError) -> Self {
        Self { code: Code::BadRules, field: error.key.into(), message: error.message.into() }
    }
}
