//! The time of day and the time that passes, as arguments: tests set them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

/// What time it is. Somebody may set it, and a machine that slept jumps ahead.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// How much time has passed since some moment. Nobody sets it; on most systems it stands still while the machine sleeps.
pub type Ticks = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The system's.
#[must_use]
pub fn clock() -> Clock {
    Arc::new(Timestamp::now)
}

/// The system's.
#[must_use]
pub fn ticks() -> Ticks {
    let start = Instant::now();
    Arc::new(move || start.elapsed())
}
