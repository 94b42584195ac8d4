//! The registered webhooks and the types of events that they get.

use anyhow::{Result, bail};
use jiff::Timestamp;
use sqlx::AnyPool;

use super::secret::{Secret, random};
use crate::ledger::journal;
use crate::outbound::Outbound;

/// A webhook with the number of its waiting deliveries.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    /// The event types, separated by commas; empty for all.
    pub kinds: String,
    /// Consecutive failures up to the last attempt.
    pub failures: i64,
    /// How many deliveries wait.
    pub waiting: i64,
    /// How many deliveries were given up.
    pub dead: i64,
    /// Why the last attempt failed.
    pub trouble: String,
}

/// Registers a webhook for future events; returns its id and its secret, which is shown only now.
pub async fn add(pool: &AnyPool, outbound: &Outbound, url: &str, events: &[String]) -> Result<(String, String)> {
    outbound.check(url)?;
    for event in events {
        // An event without fields is refused; only an unknown type is refused in the field `type`.
        let bare = serde_json::json!({"type": event}).to_string();
        if journal::parse(bare.as_bytes()).is_err_and(|refusal| refusal.field == "type") {
            bail!("`{event}` is no type of event");
        }
    }
    let id = format!("wh_{:016x}", u64::from_be_bytes(random()?));
    let secret = Secret::new()?.text();
    // With commas at both ends, so that no type matches a part of another.
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

/// Removes a webhook and its waiting deliveries.
pub async fn remove(pool: &AnyPool, id: &str) -> Result<()> {
    let removed = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id.to_owned()).execute(pool).await?;
    if removed.rows_affected() == 0 {
        bail!("there is no webhook `{id}`");
    }
    // This also removes deliveries of events that were being settled while an earlier webhook was removed.
    sqlx::query("DELETE FROM deliveries WHERE webhook NOT IN (SELECT id FROM webhooks)").execute(pool).await?;
    Ok(())
}
