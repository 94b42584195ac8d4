//! Very many accounts, orders and trades, written at once.
//!
//! Rows of accounts as the server would have written them: copies of one that it did write, of a member who joined and
//! bought a pack, with ids and referrers of their own. The totals of the scheme are raised with them, so that a close
//! releases to all. What is left out is their past: the journal has no line of their joining.

use anyhow::{Context as _, Result, anyhow};
use gongxiang::quantity::Points;
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
    let numbers = numbers(url, count);
    let finish: &[&str] = if url.starts_with("sqlite:") {
        &["PRAGMA wal_checkpoint(TRUNCATE)", "ANALYZE"]
    } else {
        &["VACUUM ANALYZE accounts", "CHECKPOINT"]
    };
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

/// How many rows are copied of one.
#[derive(Clone, Copy, Debug)]
pub struct Copies {
    pub orders: u64,
    pub trades: u64,
    /// The buyers of the orders in turn; each is the second of a row of [`load`]'s accounts, and the first is its referrer.
    pub buyers: u64,
}

/// Copies the order `pattern`, whose buyer is [`name`]`(1)`, and the trade `pattern`. The points that wait in escrow for them come
/// from the treasury.
pub async fn copy(url: &str, Copies { orders, trades, buyers }: Copies) -> Result<()> {
    let mut connection = AnyConnection::connect(url).await?;
    let points = copy_order(&mut connection, url, orders, buyers).await? * i128::from(orders)
        + copy_trade(&mut connection, url, trades).await? * i128::from(trades);
    let (head,): (String,) = sqlx::query_as("SELECT head FROM head").fetch_one(&mut connection).await?;
    let mut head: Value = serde_json::from_str(&head)?;
    for (place, points) in [("escrow", points), ("treasury", -points)] {
        let place = &mut head["supply"][place];
        *place = Points::from_raw(points_of(place)? + points).to_string().into();
    }
    sqlx::query("UPDATE head SET head = $1").bind(head.to_string()).execute(&mut connection).await?;
    for sql in [
        format!("UPDATE accounts SET open_orders = open_orders + {orders} WHERE member = 'shop'"),
        format!("UPDATE accounts SET open_trades = open_trades + {trades} WHERE member = 'taker'"),
        format!("UPDATE offers SET open_trades = open_trades + {trades}"),
    ] {
        connection.execute(AssertSqlSafe(sql)).await?;
    }
    Ok(connection.close().await?)
}

async fn copy_order(connection: &mut AnyConnection, url: &str, count: u64, buyers: u64) -> Result<i128> {
    let (points, [before, after]) = pattern(connection, "orders").await?;
    let pair = |offset: u8| padded(&format!("(n % {buyers} * {ROW} + {offset})"));
    let (buyer, referrer) = (name(1), name(0));
    let content = format!("'{before}' || (sequence + n + 1) || '{after}'");
    connection
        .execute(AssertSqlSafe(format!(
            "INSERT INTO orders (id, buyer, merchant, due, sequence, clock, content) {numbers}
             SELECT 'copy-' || n, {}, merchant, due, sequence + n + 1, clock,
                 replace(replace({content}, '{buyer}', {}), '{referrer}', {})
             FROM numbers, orders WHERE id = 'pattern'",
            pair(1),
            pair(1),
            pair(0),
            numbers = numbers(url, count),
        )))
        .await?;
    Ok(points)
}

async fn copy_trade(connection: &mut AnyConnection, url: &str, count: u64) -> Result<i128> {
    let (points, [before, after]) = pattern(connection, "trades").await?;
    connection
        .execute(AssertSqlSafe(format!(
            "INSERT INTO trades (id, offer, owner, taker, unpaid, sequence, clock, content) {numbers}
             SELECT 'copy-' || n, offer, owner, taker, unpaid, sequence + n + 1, clock,
                 '{before}' || (sequence + n + 1) || '{after}'
             FROM numbers, trades WHERE id = 'pattern'",
            numbers = numbers(url, count),
        )))
        .await?;
    Ok(points)
}

/// The points of the row `pattern`, and its content before and after its number.
async fn pattern(connection: &mut AnyConnection, table: &str) -> Result<(i128, [String; 2])> {
    let sql = format!("SELECT sequence, content FROM {table} WHERE id = 'pattern'");
    let (sequence, content): (i64, String) = sqlx::query_as(AssertSqlSafe(sql)).fetch_one(connection).await?;
    let (before, after) = content.split_once(&sequence.to_string()).context("no number in it")?;
    let points = points_of(&serde_json::from_str::<Value>(&content)?["points"])?;
    Ok((points, [before, after].map(str::to_owned)))
}

fn points_of(value: &Value) -> Result<i128> {
    let text = value.as_str().context("no points")?;
    Points::parse(text).map(Points::raw).map_err(|_| anyhow!("`{text}` is no number of points"))
}

/// A table `numbers` of the numbers below `count`.
fn numbers(url: &str, count: u64) -> String {
    if url.starts_with("sqlite:") {
        let last = count.saturating_sub(1);
        format!("WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {last})")
    } else {
        format!("WITH numbers (n) AS (SELECT generate_series(0, {count} - 1))")
    }
}

/// An account's name in SQL.
fn padded(n: &str) -> String {
    format!("'a' || substr(CAST(100000000 + {n} AS TEXT), 2)")
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
