//! Limits how many forecasts run at the same time, and how many of them one client has.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::problem::{Failure, Problem};
use crate::limits::{LOOK_WAIT_MAX, LOOKS_AT_ONCE};
use crate::people::actor::Actor;

/// Places for forecasts that run at the same time.
#[derive(Clone, Debug)]
pub struct Lookout {
    places: Arc<Semaphore>,
    /// One place for each client that looks ahead or waits to, by the owner of its keys.
    clients: Arc<Mutex<BTreeMap<String, Arc<Semaphore>>>>,
}

/// A place, held while it lives.
pub struct LookoutPlace {
    _own: Option<OwnedSemaphorePermit>,
    _place: OwnedSemaphorePermit,
}

impl Default for Lookout {
    fn default() -> Self {
        Self { places: Arc::new(Semaphore::new(LOOKS_AT_ONCE)), clients: Arc::default() }
    }
}

impl Lookout {
    /// Waits for a place. After too long, the client is told to ask again. All requests of a member or a shop together have one
    /// place, so nobody keeps all of them busy.
    pub async fn place(&self, actor: &Actor) -> Result<LookoutPlace, Problem> {
        let wait = async {
            let own = match actor.member() {
                Some(_) => Some(self.client(actor.owner()).acquire_owned().await.ok()?),
                None => None,
            };
            Some(LookoutPlace { _own: own, _place: self.places.clone().acquire_owned().await.ok()? })
        };
        let place = timeout(LOOK_WAIT_MAX, wait).await.ok().flatten();
        place.ok_or_else(|| Problem::new(Failure::Unavailable, "", "there is no free place to look ahead; try again"))
    }

    fn client(&self, owner: String) -> Arc<Semaphore> {
        let mut clients = self.clients.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever looks ahead or waits has a reference of its own.
        clients.retain(|_, client| Arc::strong_count(client) > 1);
        clients.entry(owner).or_insert_with(|| Arc::new(Semaphore::new(1))).clone()
    }
}
