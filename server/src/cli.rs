//! The `gongxiang` command line: one file per command. `main.rs` reads the arguments and calls one of them.

pub mod audit;
pub mod backup;
pub mod config;
pub mod days;
pub mod demo;
pub mod economy;
pub mod export;
pub mod import;
pub mod init;
pub mod keys;
pub mod manual;
pub mod openapi;
pub mod replay;
pub mod review;
pub mod rules;
pub mod serve;
pub mod settings;
pub mod staff;
pub mod webhooks;
pub mod wind_down;

use std::sync::Arc;

use anyhow::{Context as _, Result};
use tokio::runtime::Runtime;

use crate::ledger::queue::Ledger;
use crate::ledger::store::Store;
use crate::ledger::store::sql::SqlStore;
use crate::text::redacted;

/// Runs a command on a runtime of its own.
fn block_on<T>(command: impl Future<Output = Result<T>>) -> Result<T> {
    Runtime::new().context("cannot start")?.block_on(command)
}

async fn open(database: &str) -> Result<SqlStore> {
    SqlStore::open(database).await.with_context(|| format!("cannot use {}", redacted(database)))
}

/// [`open`] for a command that makes no database.
async fn open_existing(database: &str) -> Result<SqlStore> {
    SqlStore::open_existing(database).await.with_context(|| format!("cannot use {}", redacted(database)))
}

/// Runs a task with a ledger of its own, then waits until the ledger's writers have ended.
async fn with_ledger<T>(store: Arc<dyn Store>, task: impl AsyncFnOnce(&Ledger) -> Result<T>) -> Result<T> {
    let (ledger, writers) = Ledger::start(store, 0, Arc::default());
    let result = task(&ledger).await;
    drop(ledger);
    for writer in writers {
        writer.await.context("a writer failed")?;
    }
    result
}
