//! The rule set: what the scheme's numbers are, and when a rule set is refused as a whole.
//!
//! Carries out RULES.md section 3. This room has the values; other rooms apply them.

mod choice;
mod data;
mod reader;
mod rules;

pub use choice::{Channel, PricePolicy, Redemption};
pub use rules::{Pack, Role, RuleSet, RuleSetError};
