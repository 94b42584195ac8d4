//! The time of day and elapsed time, as arguments that tests can set.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// The time of day. It may be set, and it jumps ahead after the machine slept.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The time since some moment. It cannot be set; on most systems it stands still while the machine sleeps.
pub type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

#[must_use]
pub fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

#[must_use]
pub fn ticks() -> Ticks {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
