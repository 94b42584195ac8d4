//! `gongxiang audit`.

use anyhow::{Context as _, Result};

use crate::ledger::audit::audit;
use crate::ledger::store::sql::SqlStore;
use crate::ledger::store::{Scope, Store as _, StoreError};
use crate::text::redacted;

/// Prints what was compared; returns `false` if the books do not add up.
///
/// # Errors
/// If the database cannot be read.
pub fn run(database: &str) -> Result<bool> {
    let runtime = tokio::runtime::Runtime::new().context("cannot start")?;
    runtime.block_on(async {
        let store = SqlStore::open(database).await.with_context(|| format!("cannot use {}", redacted(database)))?;
        let mut tx = store.begin(Scope::Reading).await?;
        match audit(&mut *tx).await {
            Ok(audited) => {
                println!("clean: {} events, {} accounts, {} days", audited.events, audited.accounts, audited.days);
                Ok(true)
            }
            Err(error @ StoreError::Differs(_)) => {
                eprintln!("{error}");
                Ok(false)
            }
            Err(error) => Err(error.into()),
        }
    })
}
