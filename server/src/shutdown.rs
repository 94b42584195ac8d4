//! How tasks learn that the process is stopping: a `watch` channel whose value becomes `true` once.

use tokio::sync::watch;

/// Waits until the process is ending.
pub async fn ended(end: &mut watch::Receiver<bool>) {
    // A closed channel means the same: nobody is left to send.
    _ = end.wait_for(|ends| *ends).await;
}
