//! Whether the database can be written. The last group shows it; if the writers have nothing to do, an empty change is
//! committed as a test.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::ledger::store::{Store, StoreError};
use crate::ledger::unavailable::{Unavailable, unavailable};
use crate::limits::{PROOF_HOLDS, TROUBLE_HOLDS};

#[derive(Debug, Default)]
pub struct Pulse {
    /// The last write, and whether it succeeded.
    last: Mutex<Option<(Instant, bool)>>,
    /// How many groups are being settled.
    working: AtomicUsize,
    /// One proof at a time.
    proving: tokio::sync::Mutex<()>,
}

impl Pulse {
    pub fn begins(&self) {
        self.working.fetch_add(1, Ordering::Relaxed);
    }

    pub fn ends(&self) {
        self.working.fetch_sub(1, Ordering::Relaxed);
    }

    /// Records the result of a write. A failure of a full disk is remembered for a while, because a small proof may find room
    /// where the next event finds none. After any other failure the next check asks again.
    pub fn wrote(&self, result: Result<(), &StoreError>) {
        let last = match result {
            Ok(()) => Some((Instant::now(), true)),
            // That another writer was faster says nothing about the database.
            Err(StoreError::Conflict) => return,
            Err(error) => error.is_about_the_disk().then(|| (Instant::now(), false)),
        };
        // The value is valid after a panic: it is replaced whole.
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = last;
    }

    /// Proves that the database can be written, unless this is known.
    pub async fn check(&self, store: &dyn Store) -> Result<(), Unavailable> {
        let _one = self.proving.lock().await;
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last {
            Some((at, false)) if at.elapsed() < TROUBLE_HOLDS => return Err(Unavailable::Storage),
            Some((at, true)) if at.elapsed() < PROOF_HOLDS => return Ok(()),
            // A group that runs long is no failure; if it fails, `wrote` records it.
            _ if self.working.load(Ordering::Relaxed) > 0 => return Ok(()),
            _ => {}
        }
        let proved = store.prove().await;
        self.wrote(proved.as_ref().copied());
        match proved {
            Ok(()) | Err(StoreError::Conflict) => Ok(()),
            Err(error) => Err(unavailable(&error)),
        }
    }
}
