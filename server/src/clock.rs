//! The time of day and elapsed time, as arguments that tests can set.

use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::limits::{CLOCK_STANDS_MIN, CLOCK_STEP_MAX};

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

/// Watches whether the time of day goes on evenly. A clock that is set, and a machine that sleeps, make a step.
pub struct SteadyClock {
    now: Clock,
    ticks: Ticks,
    /// When the clock was looked at last, and what it said.
    looked: Option<(Duration, Timestamp)>,
    /// In ticks.
    even_since: Duration,
}

impl SteadyClock {
    #[must_use]
    pub fn new(now: Clock, ticks: Ticks) -> Self {
        let even_since = ticks();
        Self { now, ticks, looked: None, even_since }
    }

    /// The time of day, and whether it has gone on evenly for [`CLOCK_STANDS_MIN`].
    pub fn look(&mut self) -> (Timestamp, bool) {
        let (now, ticks) = ((self.now)(), (self.ticks)());
        if let Some((then, time)) = self.looked {
            let passed = i128::try_from(ticks.saturating_sub(then).as_millis()).unwrap_or(i128::MAX);
            let step = i128::from(now.as_millisecond()) - i128::from(time.as_millisecond()) - passed;
            if step.unsigned_abs() > CLOCK_STEP_MAX.as_millis() {
                tracing::warn!(
                    milliseconds = %step,
                    "this machine's clock made a step: what cannot be taken back waits until it has stood for a while"
                );
                self.even_since = ticks;
            }
        }
        self.looked = Some((ticks, now));
        (now, ticks.saturating_sub(self.even_since) >= CLOCK_STANDS_MIN)
    }
}
