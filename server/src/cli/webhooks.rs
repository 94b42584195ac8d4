//! `gongxiang webhooks`: who is told what.

use anyhow::{Context as _, Result};
use clap::Subcommand;

use crate::ledger::store::sql::SqlStore;
use crate::outbound::Outbound;
use crate::text::redacted;
use crate::webhooks::registry::{self, Webhook};

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
                let outbound = Outbound::new(*allow_private_webhooks)?;
                let (id, secret) = registry::add(store.pool(), &outbound, url, events).await?;
                println!("{id} {secret}");
                eprintln!("the secret is not shown again");
            }
            WebhooksTask::List => list(registry::list(store.pool()).await?),
            WebhooksTask::Remove { id } => registry::remove(store.pool(), id).await?,
        }
        Ok(true)
    })
}

fn list(webhooks: Vec<Webhook>) {
    for Webhook { id, url, kinds, failures, waiting, dead, trouble } in webhooks {
        let kinds = if kinds.is_empty() { "all events" } else { kinds.trim_matches(',') };
        print!("{id} {url} {kinds}; {waiting} waiting, {dead} given up");
        if failures > 0 {
            print!("; failed {failures} times, last: {trouble}");
        }
        println!();
    }
}
