//! The keys whose first request is being settled now. Meanwhile a second request with the same key is told to try again
//! later.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::problem::{Failure, Problem};
use crate::ledger::store::Key;

/// The keys that are being settled by this process, with the moment since when.
#[derive(Clone, Debug)]
pub struct Flights {
    /// After that time nobody waits for a request any more, and a second one need not wait for it. The ledger settles
    /// only one of them.
    longest: Duration,
    keys: Arc<Mutex<HashMap<(String, String), Instant>>>,
}

/// One of them, until it is dropped.
pub struct Flight {
    flights: Flights,
    key: (String, String),
    since: Instant,
}

impl Flights {
    /// No request is in the way of a second one for longer than this.
    pub fn with_longest(longest: Duration) -> Self {
        Self { longest, keys: Arc::default() }
    }

    pub fn take_off(&self, key: &Key) -> Result<Flight, Problem> {
        let key = (key.scope.clone(), key.key.clone());
        let now = Instant::now();
        let mut keys = self.keys();
        if keys.get(&key).is_some_and(|since| now.duration_since(*since) < self.longest) {
            return Err(Failure::InFlight.into());
        }
        keys.insert(key.clone(), now);
        drop(keys);
        Ok(Flight { flights: self.clone(), key, since: now })
    }

    fn keys(&self) -> MutexGuard<'_, HashMap<(String, String), Instant>> {
        // A panic elsewhere leaves no map half changed.
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut keys = self.flights.keys();
        // A later flight may have its place.
        if keys.get(&self.key) == Some(&self.since) {
            keys.remove(&self.key);
        }
    }
}
