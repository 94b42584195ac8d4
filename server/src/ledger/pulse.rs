//! Whether the database can be written: as the writers found out last, or as it is proved where they have nothing to do.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use crate::ledger::store::{Store, StoreError};
use crate::ledger::unavailable::{Unavailable, unavailable};
use crate::limits::{PROOF_HOLDS, TROUBLE_HOLDS};

/// What is known of one database.
#[derive(Debug, Default)]
pub struct Pulse {
    /// When something was written or could not be.
    last: Mutex<Option<(Instant, bool)>>,
    /// Groups that are being settled.
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

    /// Something was written, or could not be. On a disk that is full a small proof may find room where the next event finds none, so
    /// this is remembered for a while; any other failure is asked about again.
    pub fn wrote(&self, done: Result<(), &StoreError>) {
        let said = match done {
            Ok(()) => Some((Instant::now(), true)),
            // Another writer was faster, which says nothing.
            Err(StoreError::Conflict) => return,
            Err(error) => error.is_about_the_disk().then(|| (Instant::now(), false)),
        };
        // Nothing in there can be half done.
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = said;
    }

    /// Proves it, unless it is known.
    pub async fn check(&self, store: &dyn Store) -> Result<(), Unavailable> {
        let _one = self.proving.lock().await;
        let last = *self.last.lock().unwrap_or_else(PoisonError::into_inner);
        match last {
            Some((at, false)) if at.elapsed() < TROUBLE_HOLDS => return Err(Unavailable::Storage),
            Some((at, true)) if at.elapsed() < PROOF_HOLDS => return Ok(()),
            // A long group is no trouble; if it fails, it says so.
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
