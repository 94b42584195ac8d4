//! Adds what members' networks brought ([`crate::ledger::network`]) to its sums, a little at a time.

use std::sync::Arc;

use tokio::sync::watch;

use crate::ledger::store::Store;
use crate::limits::NETWORK_PAUSE;
use crate::shutdown::ended;

/// Works until `end`. Of several processes on one database, one works at a time.
///
/// A few lines wait for more: each transaction of these takes the disk's time from the orders.
pub async fn keep_on(store: Arc<dyn Store>, mut end: watch::Receiver<bool>) {
    loop {
        let gathered = tokio::select! {
            gathered = store.gather_network() => gathered,
            () = ended(&mut end) => return,
        };
        match gathered {
            Ok(true) => continue,
            Ok(false) => {}
            Err(error) => tracing::warn!(%error, "the sums of teams wait"),
        }
        tokio::select! {
            () = tokio::time::sleep(NETWORK_PAUSE) => {}
            () = ended(&mut end) => return,
        }
    }
}
