//! How a transaction begins, so that no connection is left in one.
//!
//! Whoever sends a request may go away at any moment, and then what serves it is dropped where it waits. While
//! `PostgreSQL` answers `BEGIN`, sqlx 0.9 does not know yet that there is a transaction and ends none. The connection
//! would go back to the pool inside of it: the next user would read an old state, and lose what it writes. (Mended in
//! sqlx after 0.9.0, transact-rs/sqlx#4394.) So it begins in a task of its own, which is not dropped. If nobody waits
//! for the transaction any more, it is rolled back.

use std::io;

use sqlx::{Any, AnyPool, Transaction};
use tokio::task;

/// Begins a transaction.
///
/// # Errors
/// If the database fails, or all connections are in use for too long.
pub async fn begin(pool: &AnyPool) -> sqlx::Result<Transaction<'static, Any>> {
    let pool = pool.clone();
    joined(task::spawn(async move { pool.begin().await })).await
}

/// [`begin`] by this statement.
///
/// # Errors
/// As [`begin`].
pub async fn begin_with(pool: &AnyPool, statement: &'static str) -> sqlx::Result<Transaction<'static, Any>> {
    let pool = pool.clone();
    joined(task::spawn(async move { pool.begin_with(statement).await })).await
}

async fn joined<T>(begun: task::JoinHandle<sqlx::Result<T>>) -> sqlx::Result<T> {
    // It fails only while the server stops.
    begun.await.unwrap_or_else(|error| Err(sqlx::Error::Io(io::Error::other(error))))
}
