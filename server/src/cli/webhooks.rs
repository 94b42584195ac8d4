//! `gongxiang webhooks`: adds, lists and removes webhooks.

use anyhow::Result;
use clap::Subcommand;

use crate::outbound::Outbound;
use crate::people::actions::{COMMAND_LINE, Deed};
use crate::people::store::People;
use crate::webhooks::registry::{self, Webhook};

#[derive(Clone, Debug, Subcommand)]
pub enum WebhooksTask {
    /// Send all future events to an address; prints the id and the secret with which the receiver checks signatures.
    Add {
        /// The address, which begins with `https://`.
        url: String,
        /// Send only these types of events, such as `order.placed`.
        #[arg(long, value_delimiter = ',')]
        events: Vec<String>,
        /// Allow a private address and plain HTTP; `serve` needs the same flag to send there.
        #[arg(long)]
        allow_private_webhooks: bool,
    },
    /// List all webhooks, with the numbers of their waiting and abandoned deliveries.
    List,
    /// Remove a webhook and its waiting deliveries.
    Remove {
        /// The id, as `list` shows it.
        id: String,
    },
}

pub fn run(database: &str, task: &WebhooksTask) -> Result<bool> {
    super::block_on(async {
        let store = super::open_existing(database).await?;
        let people = People::new(store.pool().clone());
        match task {
            WebhooksTask::Add { url, events, allow_private_webhooks } => {
                let outbound = Outbound::new(*allow_private_webhooks)?;
                let (id, secret) = registry::add(store.pool(), &outbound, url, events).await?;
                people.enter_action(COMMAND_LINE, Deed::WebhookAdded, &format!("webhook {id}")).await?;
                println!("{id} {secret}");
                eprintln!("the secret is not shown again");
            }
            WebhooksTask::List => list(registry::list(store.pool()).await?),
            WebhooksTask::Remove { id } => {
                registry::remove(store.pool(), id).await?;
                people.enter_action(COMMAND_LINE, Deed::WebhookRemoved, &format!("webhook {id}")).await?;
            }
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
