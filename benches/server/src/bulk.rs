//! Very many accounts, written at once.
//!
//! Rows of accounts as the server would have written them: copies of one that it did write, of a member who joined and
//! bought a pack, with ids and referrers of their own. The totals of the scheme are raised with them, so that a close
//! releases to all. What is left out is their past: the journal has no line of their joining.

use anyhow::{Context as _, Result};
use serde_json::Value;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

/// So many members recruit each other in a row; the first of each row has no referrer.
pub const ROW: u64 = 8;

/// The `n`th account.
pub fn name(n: u64) -> String {
    format!("a{n:08}")
}

/// Copies the account `pattern`, which has no referrer.
pub async fn load(url: &str, pattern: &str, count: u64) -> Result<()> {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url).await?;
    let (account, clock): (String, i64) = sqlx::query_as("SELECT account, clock FROM accounts WHERE member = $1")
        .bind(pattern)
        .fetch_one(&mut connection)
        .await?;
    let units = serde_json::from_str::<Value>(&account)?["holding"]["units"].as_str().context("no units")?.to_owned();
    raise(&mut connection, whole(&units)? * i128::from(count)).await?;
    let (before, after) = account.split_once("null").context("the pattern has a referrer")?;
    let (numbers, finish): (_, &[&str]) = if url.starts_with("sqlite:") {
        let last = count - 1;
        let numbers =
            format!("WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})");
        (numbers, &["PRAGMA wal_checkpoint(TRUNCATE)", "ANALYZE"])
    } else {
        let numbers = format!("WITH numbers (n) AS (SELECT generate_series(0, {count} - 1))");
        (numbers, &["VACUUM ANALYZE accounts", "CHECKPOINT"])
    };
    let padded = |n: &str| format!("'a' || substr(CAST(100000000 + {n} AS TEXT), 2)");
    let (member, above) = (padded("n"), padded("(n - 1)"));
    connection
        .execute(AssertSqlSafe(format!(
            "INSERT INTO accounts (member, referrer, clock, account) {numbers}
             SELECT {member}, CASE WHEN n % {ROW} > 0 THEN {above} END, {clock},
                 '{before}' || CASE WHEN n % {ROW} > 0 THEN '\"' || {above} || '\"' ELSE 'null' END || '{after}'
             FROM numbers"
        )))
        .await?;
    for statement in finish {
        connection.execute(*statement).await?;
    }
    Ok(connection.close().await?)
}

/// Raises the units of all by those that are new.
async fn raise(connection: &mut AnyConnection, units: i128) -> Result<()> {
    let (head,): (String,) = sqlx::query_as("SELECT head FROM head").fetch_one(&mut *connection).await?;
    let mut head: Value = serde_json::from_str(&head)?;
    let sum = whole(head["release"]["units"].as_str().context("no units")?)? + units;
    head["release"]["units"] = sum.to_string().into();
    sqlx::query("UPDATE head SET head = $1").bind(head.to_string()).execute(connection).await?;
    Ok(())
}

/// On the first day units are share value, which packs give in whole numbers.
fn whole(text: &str) -> Result<i128> {
    text.parse().with_context(|| format!("`{text}` is no whole number"))
}
