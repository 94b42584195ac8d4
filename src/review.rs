//! Red flags of a rule set and of a book in use: what a reviewer of such schemes looks for, each with the figures that raise it.
//!
//! The meaning of a flag, the law it comes from with the source, and a cleaner alternative are data (`review/flags.json`,
//! `docs/redflags.md`); the package ships them apart from the binary. A review never says that something is allowed. Without a
//! finding it says that no flag was raised.

mod book;
mod dealings;
mod finding;
mod scheme;

pub use book::review_book;
pub use dealings::{Dealings, IncomeEntry};
pub use finding::{Declaration, Evidence, FLAGS, Finding, Severity, check_accepted, red};
pub use scheme::review;
