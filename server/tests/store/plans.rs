//! How `PostgreSQL` finds rows.

use anyhow::{Result, anyhow, ensure};
use gongxiang_server::ledger::store::sql::SqlStore;

use crate::postgres::Database;

/// So few that `PostgreSQL` would rather read all of them.
const ACCOUNTS: &str = "INSERT INTO accounts (member, clock, account)
    SELECT 'm' || n, 1, '{\"referrer\":null,\"locked\":\"0\",\"points\":\"0\"}' FROM generate_series(1, 10000) n";

#[tokio::test(flavor = "multi_thread")]
async fn accounts_are_found_by_their_key_however_few_there_are() -> Result<()> {
    let database = Database::new().map_err(|error| anyhow!(error))?;
    let store = SqlStore::open(&database.url()).await?;
    for statement in [ACCOUNTS, "ANALYZE accounts"] {
        sqlx::query(statement).execute(store.pool()).await?;
    }
    let plan: Vec<(String,)> = sqlx::query_as(
        "EXPLAIN SELECT a.account FROM json_array_elements_text('[\"m7\"]'::json) w JOIN accounts a ON a.member = w.value",
    )
    .fetch_all(store.pool())
    .await?;
    let plan: Vec<_> = plan.into_iter().map(|(line,)| line).collect();
    ensure!(plan.iter().any(|line| line.contains("accounts_pkey")), "{plan:#?}");
    Ok(())
}
