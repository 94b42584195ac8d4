//! The keys whose first request is being settled now. Meanwhile a second request with the same key is told to try again
//! later.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use super::problem::{Failure, Problem};
use crate::ledger::store::Key;

/// The keys that are being settled by this process.
#[derive(Clone, Debug, Default)]
pub struct Flights(Arc<Mutex<HashSet<(String, String)>>>);

/// One of them, until it is dropped.
pub struct Flight {
    flights: Flights,
    key: (String, String),
}

impl Flights {
    pub fn take_off(&self, key: &Key) -> Result<Flight, Problem> {
        let key = (key.scope.clone(), key.key.clone());
        if self.keys().insert(key.clone()) {
            return Ok(Flight { flights: self.clone(), key });
        }
        Err(Failure::InFlight.into())
    }

    fn keys(&self) -> std::sync::MutexGuard<'_, HashSet<(String, String)>> {
        // A panic elsewhere leaves no set half changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        self.flights.keys().remove(&self.key);
    }
}
