//! Whoever waits for a transaction may go away before it has begun.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};
use std::time::Duration;

use gongxiang_server::transaction::{begin, begin_with};
use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;

use crate::postgres::Database;

/// How often it is looked after a beginning before it is dropped.
const LOOKS: u32 = 12;

/// Drops a beginning after so many looks. Between two of them the answer of the database comes nearer.
async fn drop_after<T>(looks: u32, beginning: impl Future<Output = T>) {
    let mut beginning = pin!(beginning);
    for _ in 0..looks {
        if beginning.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_ready() {
            return;
        }
        tokio::time::sleep(Duration::from_micros(100)).await;
    }
}

/// A statement outside of a transaction begins its own.
async fn is_at_rest(pool: &AnyPool) -> sqlx::Result<bool> {
    tokio::time::sleep(Duration::from_millis(20)).await;
    let sql = "SELECT CASE WHEN now() > statement_timestamp() - INTERVAL '10 milliseconds' THEN 1 ELSE 0 END";
    let (is_at_rest,): (i32,) = sqlx::query_as(sql).fetch_one(pool).await?;
    Ok(is_at_rest == 1)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_beginning_that_nobody_waits_for_leaves_no_connection_in_a_transaction() -> anyhow::Result<()> {
    sqlx::any::install_default_drivers();
    let database = Database::new().map_err(anyhow::Error::from_boxed)?;
    // The next one gets the same connection.
    let pool = AnyPoolOptions::new().max_connections(1).connect(&database.url()).await?;
    for looks in 0..LOOKS {
        drop_after(looks, begin(&pool)).await;
        assert!(is_at_rest(&pool).await?, "dropped after {looks} looks");
        drop_after(looks, begin_with(&pool, "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")).await;
        assert!(is_at_rest(&pool).await?, "dropped after {looks} looks");
    }
    pool.close().await;
    Ok(())
}
