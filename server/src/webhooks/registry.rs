//! Which webhooks there are: who is told what.

use anyhow::{Result, bail};
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};
use sqlx::AnyPool;

use super::secret::Secret;
use crate::ledger::journal;
use crate::outbound::Outbound;

/// A webhook with what waits for it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    /// The types of events that it is told of, between commas; empty for all.
    pub kinds: String,
    /// Failures one after another, up to the last try.
    pub failures: i64,
    /// Deliveries that wait.
    pub waiting: i64,
    /// Deliveries that were given up.
    pub dead: i64,
    /// Why the last try failed.
    pub trouble: String,
}

/// Tells an address of events from now on; answers with the webhook's id and its secret, which nobody can read again.
///
/// # Errors
/// If the address or a type of event is none, or the database fails.
pub async fn add(pool: &AnyPool, outbound: &Outbound, url: &str, events: &[String]) -> Result<(String, String)> {
    outbound.check(url)?;
    for event in events {
        // Without its fields it is refused, but not for its type.
        let bare = serde_json::json!({"type": event}).to_string();
        if journal::parse(bare.as_bytes()).is_err_and(|refusal| refusal.field == "type") {
            bail!("`{event}` is no type of event");
        }
    }
    let mut id = [0; 8];
    SystemRandom::new().fill(&mut id).map_err(|_| anyhow::anyhow!("this machine has no randomness"))?;
    let id = format!("wh_{:016x}", u64::from_be_bytes(id));
    let secret = Secret::new()?.text();
    // With a comma at both ends, so that none is found in another one.
    let kinds = if events.is_empty() { String::new() } else { format!(",{},", events.join(",")) };
    sqlx::query("INSERT INTO webhooks (id, url, secret, kinds, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.clone())
        .bind(url.to_owned())
        .bind(secret.clone())
        .bind(kinds)
        .bind(Timestamp::now().to_string())
        .execute(pool)
        .await?;
    Ok((id, secret))
}

/// All webhooks, the oldest first.
///
/// # Errors
/// If the database fails.
pub async fn list(pool: &AnyPool) -> sqlx::Result<Vec<Webhook>> {
    sqlx::query_as(
        "SELECT w.id, w.url, w.kinds, w.failures,
           (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 0) AS waiting,
           (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 1) AS dead, w.trouble
         FROM webhooks w ORDER BY w.at, w.id",
    )
    .fetch_all(pool)
    .await
}

/// Ends a webhook with all that waits for it.
///
/// # Errors
/// If there is none of this id, or the database fails.
pub async fn remove(pool: &AnyPool, id: &str) -> Result<()> {
    let removed = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id.to_owned()).execute(pool).await?;
    if removed.rows_affected() == 0 {
        bail!("there is no webhook `{id}`");
    }
    // Also those of events that were being settled when an earlier one was removed.
    sqlx::query("DELETE FROM deliveries WHERE webhook NOT IN (SELECT id FROM webhooks)").execute(pool).await?;
    Ok(())
}
