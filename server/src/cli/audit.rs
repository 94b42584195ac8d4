//! `gongxiang audit`.

use anyhow::Result;

use crate::ledger::audit::audit;
use crate::ledger::store::{Scope, Store as _, StoreError};

/// Prints what was compared; returns `false` if the books do not add up.
pub fn run(database: &str) -> Result<bool> {
    super::block_on(async {
        let store = super::open_existing(database).await?;
        let mut tx = store.begin(Scope::Reading).await?;
        match audit(&mut *tx).await {
            Ok(summary) => println!("{summary}"),
            Err(error @ StoreError::Differs(_)) => {
                eprintln!("{error}");
                return Ok(false);
            }
            Err(error) => return Err(error.into()),
        }
        Ok(true)
    })
}
