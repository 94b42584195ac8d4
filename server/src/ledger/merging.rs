//! Merges `SQLite`'s log into its file beside the writer: when little is going on, and when the log is long.
//!
//! Otherwise a commit does it, once the log is longer still, and every command waits for that commit. The writer still starts the log
//! anew, because nobody else can while it writes; then little is left to merge.

use std::sync::Arc;

use tokio::sync::watch;

use crate::ledger::store::Store;
use crate::limits::LOG_MERGED_EVERY;
use crate::shutdown::ended;

/// Works until `end`.
pub async fn keep_on(store: Arc<dyn Store>, mut end: watch::Receiver<bool>) {
    let mut pages = 0;
    loop {
        tokio::select! {
            () = tokio::time::sleep(LOG_MERGED_EVERY) => {}
            () = ended(&mut end) => return,
        }
        match store.merge_log(pages).await {
            Ok(now) => pages = now,
            Err(error) => {
                tracing::warn!(%error, "the log of the database could not be merged into its file; a commit will do it");
            }
        }
    }
}
