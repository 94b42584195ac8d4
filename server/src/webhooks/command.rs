//! `gongxiang webhooks`: who is told what.

use anyhow::{Context as _, Result, bail};
use clap::Subcommand;
use jiff::Timestamp;
use ring::rand::{SecureRandom as _, SystemRandom};

use super::Secret;
use crate::journal;
use crate::outbound::Outbound;
use crate::store::redacted;
use crate::store::sql::SqlStore;

/// What is done.
#[derive(Clone, Debug, Subcommand)]
pub enum WebhooksTask {
    /// Tell an address of every event from now on; prints the secret with which it checks the signatures, once.
    Add {
        /// The address, which begins with `https://`.
        url: String,
        /// Only these types of events, such as `order.placed`; all if none is named.
        #[arg(long, value_delimiter = ',')]
        events: Vec<String>,
        /// As for `serve`, which refuses to send to such an address without it.
        #[arg(long)]
        allow_private_webhooks: bool,
    },
    /// Say who is told, and how many deliveries wait or were given up.
    List,
    /// Tell an address nothing any more, not even what waits.
    Remove {
        /// As `list` says it.
        id: String,
    },
}

/// `gongxiang webhooks`.
///
/// # Errors
/// If the database cannot be used, or the webhook cannot be.
pub fn run(database: &str, task: &WebhooksTask) -> Result<bool> {
    tokio::runtime::Runtime::new().context("cannot start")?.block_on(async {
        let store = SqlStore::open(database).await.with_context(|| format!("cannot use {}", redacted(database)))?;
        match task {
            WebhooksTask::Add { url, events, allow_private_webhooks } => {
                add(&store, url, events, *allow_private_webhooks).await?;
            }
            WebhooksTask::List => list(&store).await?,
            WebhooksTask::Remove { id } => remove(&store, id).await?,
        }
        Ok(true)
    })
}

async fn add(store: &SqlStore, url: &str, events: &[String], allow_private: bool) -> Result<()> {
    Outbound::new(allow_private)?.check(url)?;
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
        .execute(store.pool())
        .await?;
    println!("{id} {secret}");
    eprintln!("the secret is not shown again");
    Ok(())
}

async fn list(store: &SqlStore) -> Result<()> {
    let rows: Vec<(String, String, String, i64, i64, i64, String)> = sqlx::query_as(
        "SELECT w.id, w.url, w.kinds, w.failures,
           (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 0),
           (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 1), w.trouble
         FROM webhooks w ORDER BY w.at, w.id",
    )
    .fetch_all(store.pool())
    .await?;
    for (id, url, kinds, failures, waiting, dead, trouble) in rows {
        let kinds = if kinds.is_empty() { "all events" } else { kinds.trim_matches(',') };
        print!("{id} {url} {kinds}; {waiting} waiting, {dead} given up");
        if failures > 0 {
            print!("; failed {failures} times, last: {trouble}");
        }
        println!();
    }
    Ok(())
}

async fn remove(store: &SqlStore, id: &str) -> Result<()> {
    let removed = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id.to_owned()).execute(store.pool()).await?;
    if removed.rows_affected() == 0 {
        bail!("there is no webhook `{id}`");
    }
    // Also those of events that were being settled when an earlier one was removed.
    sqlx::query("DELETE FROM deliveries WHERE webhook NOT IN (SELECT id FROM webhooks)").execute(store.pool()).await?;
    Ok(())
}
