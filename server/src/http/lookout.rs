//! Limits how many forecasts run at the same time.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::problem::{Failure, Problem};
use crate::limits::{LOOK_WAIT_MAX, LOOKS_AT_ONCE};

/// Places for forecasts that run at the same time.
#[derive(Clone, Debug)]
pub struct Lookout(Arc<Semaphore>);

impl Default for Lookout {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(LOOKS_AT_ONCE)))
    }
}

impl Lookout {
    /// Waits for a place. After too long, the client is told to ask again.
    pub async fn place(&self) -> Result<OwnedSemaphorePermit, Problem> {
        let place = timeout(LOOK_WAIT_MAX, self.0.clone().acquire_owned()).await;
        place
            .ok()
            .and_then(Result::ok)
            .ok_or_else(|| Problem::new(Failure::Unavailable, "", "others are looking ahead; try again"))
    }
}
