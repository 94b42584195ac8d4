//! Transactions that nobody waits for any more.

use std::time::Duration;

use anyhow::{Result, anyhow, ensure};
use gongxiang_server::store::sql::SqlStore;
use gongxiang_server::store::{Scope, Store as _};

use crate::postgres::Database;

#[tokio::test(flavor = "multi_thread")]
async fn a_transaction_that_is_given_up_while_it_begins_does_not_stay_open() -> Result<()> {
    let database = Database::new().map_err(|error| anyhow!(error))?;
    let store = SqlStore::open(&database.url()).await?;
    for patience in 0..1_000 {
        tokio::select! {
            biased;
            begun = store.begin(Scope::Reading) => drop(begun?),
            () = turns(patience) => {}
        }
    }
    // What was dropped is rolled back by whoever puts its connection back.
    tokio::time::sleep(Duration::from_millis(300)).await;
    let (open,): (i64,) = sqlx::query_as(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
    )
    .fetch_one(store.pool())
    .await?;
    ensure!(open == 0, "{open} transactions stay open");
    Ok(())
}

async fn turns(count: u32) {
    for _ in 0..count {
        tokio::task::yield_now().await;
    }
}
