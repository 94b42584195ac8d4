//! How tasks learn that the process is to end: one `watch` channel, whose value turns `true` once.

use tokio::sync::watch;

/// Waits until a process is to end.
pub async fn ended(end: &mut watch::Receiver<bool>) {
    // Whoever could say so being gone says so too.
    _ = end.wait_for(|ends| *ends).await;
}
