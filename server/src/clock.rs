//! The time of day, as an argument: tests set it.

use std::sync::Arc;

use jiff::Timestamp;

/// What time it is.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;
