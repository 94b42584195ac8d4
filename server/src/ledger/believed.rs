//! The time, if this process's clock can be believed. Some things end by the clock and cannot be taken back, such as a
//! trade that was not paid in time.
//!
//! So they end only if the clock has run evenly for a while, agrees with the database's clock, and is close to the
//! newest event. The close of a day asks for more (`close.rs`).

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::clock::{Clock, SteadyClock, Ticks};
use crate::ledger::store::{Result, Store};
use crate::limits::{CLOCK_AHEAD_MAX, CLOCK_APART_MAX, CLOCK_STANDS_MIN};
use crate::shutdown::ended;

/// Those that share one watch the clock together.
#[derive(Clone)]
pub struct BelievedClock {
    store: Arc<dyn Store>,
    clock: Arc<Mutex<SteadyClock>>,
}

impl BelievedClock {
    #[must_use]
    pub fn new(store: Arc<dyn Store>, now: Clock, ticks: Ticks) -> Self {
        Self { store, clock: Arc::new(Mutex::new(SteadyClock::new(now, ticks))) }
    }

    /// Looks at the clock, so that a step is noticed soon.
    pub fn watch(&self) {
        self.look();
    }

    /// The time; `None` if the clock is not believed now.
    ///
    /// # Errors
    /// If the database does not answer.
    pub async fn now(&self) -> Result<Option<Timestamp>> {
        let (now, stands) = self.look();
        if !stands {
            return Ok(None);
        }
        let clocks = self.store.clocks().await?;
        let from_newest = clocks.newest_event.map_or(0, |newest| now.as_second() - newest.as_second());
        let is_plausible = clocks.apart(now).unsigned_abs() <= CLOCK_APART_MAX.as_secs()
            && from_newest.unsigned_abs() <= CLOCK_AHEAD_MAX.as_secs();
        Ok(Some(now).filter(|_| is_plausible))
    }

    /// Does `work` now and then, until `end` says so, at times that are believed. If it fails, `failed` is logged.
    pub async fn every<W, F>(self, pause: Duration, failed: &'static str, mut work: W, mut end: watch::Receiver<bool>)
    where
        W: FnMut(Timestamp) -> F + Send,
        F: Future<Output = anyhow::Result<()>> + Send,
    {
        loop {
            let turn = async {
                let Some(now) = self.now().await? else { return Ok(false) };
                work(now).await?;
                Ok::<_, anyhow::Error>(true)
            };
            let pause = tokio::select! {
                done = turn => match done {
                    Ok(true) => pause,
                    Ok(false) => CLOCK_STANDS_MIN,
                    Err(error) => {
                        tracing::warn!(%error, "{failed}; trying again");
                        pause
                    }
                },
                () = ended(&mut end) => return,
            };
            tokio::select! {
                () = tokio::time::sleep(pause) => {}
                () = ended(&mut end) => return,
            }
        }
    }

    fn look(&self) -> (Timestamp, bool) {
        self.clock.lock().unwrap_or_else(PoisonError::into_inner).look()
    }
}
