//! Red flags of a rule set and of running books: what a reviewer looks for, and which figure trips it.
//!
//! What each flag means, the rule it comes from with its source, and a cleaner alternative are data ([`FLAGS`],
//! `docs/redflags.md`): the package carries them apart from the binary. A review never says that something may be done: where
//! nothing trips, it says that no flag was raised.

mod book;
mod dealings;
mod finding;
mod scheme;

pub use book::review_book;
pub use dealings::{Dealings, IncomeEntry};
pub use finding::{Declaration, Evidence, FLAGS, Finding, Severity, check_accepted, red};
pub use scheme::review;
