//! The registered webhooks, the types of events that they get, and the outcome of their last deliveries.

use anyhow::{Result, bail};
use jiff::Timestamp;
use sqlx::{Any, AnyPool, AssertSqlSafe, Transaction};

use super::post::{Signed, post};
use super::secret::{Secret, random};
use crate::ledger::journal;
use crate::limits::{ATTEMPTS_KEPT, SECRETS_OVERLAP, WEBHOOKS_MAX};
use crate::outbound::Outbound;
use crate::text::json;
use crate::transaction::begin;

/// A webhook with the number of its waiting deliveries.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Webhook {
    pub id: String,
    pub url: String,
    /// The event types, separated by commas; empty for all.
    pub kinds: String,
    /// Consecutive failures up to the last attempt.
    pub failures: i64,
    /// How many deliveries wait.
    pub waiting: i64,
    /// How many deliveries were given up.
    pub dead: i64,
    /// Why the last attempt failed.
    pub trouble: String,
}

/// Registers a webhook for future events; returns its id and its secret, which is shown only now.
pub async fn add(pool: &AnyPool, outbound: &Outbound, url: &str, events: &[String]) -> Result<(String, String)> {
    outbound.check(url)?;
    if let Some(unknown) = events.iter().find(|event| !is_event(event)) {
        bail!("`{unknown}` is no type of event");
    }
    if i64::try_from(list(pool).await?.len()).is_ok_and(|count| count >= WEBHOOKS_MAX) {
        bail!("there are {WEBHOOKS_MAX} webhooks, and there may be no more");
    }
    let id = format!("wh_{:016x}", u64::from_be_bytes(random()?));
    let secret = Secret::new()?.text();
    // With commas at both ends, so that no type matches a part of another.
    let kinds = if events.is_empty() { String::new() } else { format!(",{},", events.join(",")) };
    sqlx::query("INSERT INTO webhooks (id, url, secret, kinds, at) VALUES ($1, $2, $3, $4, $5)")
        .bind(id.clone())
        .bind(url.to_owned())
        .bind(secret.clone())
        .bind(kinds)
        .bind(Timestamp::now().to_string())
        .execute(pool)
        .await?;
    Ok((id, secret))
}

/// Whether there are events of this type.
#[must_use]
pub fn is_event(kind: &str) -> bool {
    // An event without fields is refused; only an unknown type is refused in the field `type`.
    let bare = serde_json::json!({"type": kind}).to_string();
    !journal::parse(bare.as_bytes()).is_err_and(|refusal| refusal.field == "type")
}

/// All webhooks, the oldest first.
pub async fn list(pool: &AnyPool) -> sqlx::Result<Vec<Webhook>> {
    let sql = format!("{SELECT} ORDER BY w.at, w.id");
    sqlx::query_as(AssertSqlSafe(sql)).fetch_all(pool).await
}

/// The webhook of this id.
pub async fn one(pool: &AnyPool, id: &str) -> sqlx::Result<Option<Webhook>> {
    let sql = format!("{SELECT} WHERE w.id = $1");
    sqlx::query_as(AssertSqlSafe(sql)).bind(id.to_owned()).fetch_optional(pool).await
}

const SELECT: &str = "SELECT w.id, w.url, w.kinds, w.failures,
       (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 0) AS waiting,
       (SELECT COUNT(*) FROM deliveries d WHERE d.webhook = w.id AND d.dead = 1) AS dead, w.trouble
     FROM webhooks w";

/// A delivery that waits, was given up, or was tried lately.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Delivery {
    /// The place of its event.
    pub place: i64,
    pub kind: String,
    /// 0 while it waits, 1 if it was given up, 2 if it was received.
    pub state: i64,
    /// How often it failed since it waits.
    pub tries: i64,
    /// When it was tried last, in milliseconds since 1970.
    pub tried: Option<i64>,
    /// Why the last attempt failed; empty if it did not.
    pub trouble: Option<String>,
}

/// The deliveries of a webhook before this place (`i64::MAX` for all), newest first.
pub async fn deliveries(pool: &AnyPool, id: &str, before: i64, limit: usize) -> sqlx::Result<Vec<Delivery>> {
    // Of what waits there may be very much: each part is cut by itself.
    sqlx::query_as(
        "SELECT p.place, j.kind, p.state, p.tries, a.at AS tried, a.trouble
         FROM (SELECT place, MIN(state) AS state, MAX(tries) AS tries FROM (
                 SELECT * FROM (SELECT place, dead AS state, tries
                                FROM deliveries WHERE webhook = $1 AND place < $2 ORDER BY place DESC LIMIT $3) AS open
                 UNION ALL
                 SELECT * FROM (SELECT DISTINCT place, 2 AS state, 0 AS tries
                                FROM attempts WHERE webhook = $1 AND place < $2 ORDER BY place DESC LIMIT $3) AS tried
               ) AS either GROUP BY place ORDER BY place DESC LIMIT $3) AS p
         JOIN journal j ON j.place = p.place
         LEFT JOIN attempts a ON a.webhook = $1 AND a.place = p.place
              AND a.at = (SELECT MAX(at) FROM attempts WHERE webhook = $1 AND place = p.place)
         ORDER BY p.place DESC",
    )
    .bind(id.to_owned())
    .bind(before)
    .bind(i64::try_from(limit).unwrap_or(i64::MAX))
    .fetch_all(pool)
    .await
}

/// Sends an event again, whether it was received, given up or never for this webhook; `false` if there is no such event.
pub async fn send_again(pool: &AnyPool, id: &str, place: i64) -> sqlx::Result<bool> {
    let mut tx = begin(pool).await?;
    let sql = "INSERT INTO deliveries (webhook, place, since) SELECT $1, place, $3 FROM journal WHERE place = $2
               ON CONFLICT (webhook, place) DO UPDATE SET since = $3, tries = 0, dead = 0";
    let known = sqlx::query(sql)
        .bind(id.to_owned())
        .bind(place)
        .bind(Timestamp::now().as_millisecond())
        .execute(&mut *tx)
        .await?;
    // It goes now, whatever failed before.
    sqlx::query("UPDATE webhooks SET due = 0, failures = 0 WHERE id = $1")
        .bind(id.to_owned())
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(known.rows_affected() > 0)
}

/// Replaces the secret; returns the new one, which is shown only now. The old one signs beside it for [`SECRETS_OVERLAP`]. `None` if there is
/// no such webhook.
pub async fn change_secret(pool: &AnyPool, id: &str) -> Result<Option<String>> {
    let secret = Secret::new()?.text();
    let until = Timestamp::now().as_millisecond().saturating_add(i64::try_from(SECRETS_OVERLAP.as_millis())?);
    let sql = "UPDATE webhooks SET old_secret = secret, old_until = $1, secret = $2 WHERE id = $3";
    let changed = sqlx::query(sql).bind(until).bind(secret.clone()).bind(id.to_owned()).execute(pool).await?;
    Ok(Some(secret).filter(|_| changed.rows_affected() > 0))
}

/// Sends a message of the type `webhook.test`, once and now. Answers with why it was not received; `None` if there is no such webhook.
pub async fn test(pool: &AnyPool, outbound: &Outbound, id: &str) -> Result<Option<Result<(), String>>> {
    let sql = "SELECT url, secret, old_secret, old_until FROM webhooks WHERE id = $1";
    let known: Option<(String, String, Option<String>, i64)> =
        sqlx::query_as(sql).bind(id.to_owned()).fetch_optional(pool).await?;
    let Some((url, secret, old, old_until)) = known else { return Ok(None) };
    let now = Timestamp::now();
    let old = old.as_deref().filter(|_| now.as_millisecond() < old_until);
    let body =
        json(&serde_json::json!({"type": "webhook.test", "timestamp": now.to_string(), "data": {"webhook": id}}));
    let id = format!("msg_test_{:016x}", u64::from_be_bytes(random()?));
    let secrets = std::iter::once(secret.as_str()).chain(old);
    Ok(Some(post(outbound, &url, secrets, Signed { id, at: now.as_second(), body }).await))
}

/// Enters attempts: each a row of `$1` (the webhook), its place, `$2` (the time), and nothing or `$3` (why it failed). Only the last ones
/// are kept.
pub(super) async fn enter_attempts(
    tx: &mut Transaction<'_, Any>,
    id: &str,
    now: i64,
    rows: impl Iterator<Item = String>,
    why: Option<&String>,
) -> sqlx::Result<()> {
    let rows = rows.collect::<Vec<_>>().join(", ");
    if rows.is_empty() {
        return Ok(());
    }
    let sql = format!("INSERT INTO attempts (webhook, place, at, trouble) VALUES {rows} ON CONFLICT DO NOTHING");
    let mut insert = sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).bind(now);
    if let Some(why) = why {
        insert = insert.bind(why.clone());
    }
    insert.execute(&mut **tx).await?;
    let sql = format!(
        "DELETE FROM attempts WHERE webhook = $1
           AND at < (SELECT at FROM attempts WHERE webhook = $1 ORDER BY at DESC LIMIT 1 OFFSET {ATTEMPTS_KEPT})"
    );
    sqlx::query(AssertSqlSafe(sql)).bind(id.to_owned()).execute(&mut **tx).await?;
    Ok(())
}

/// Removes a webhook and its waiting deliveries.
pub async fn remove(pool: &AnyPool, id: &str) -> Result<()> {
    let removed = sqlx::query("DELETE FROM webhooks WHERE id = $1").bind(id.to_owned()).execute(pool).await?;
    if removed.rows_affected() == 0 {
        bail!("there is no webhook `{id}`");
    }
    // This also removes deliveries of events that were being settled while an earlier webhook was removed.
    sqlx::query("DELETE FROM deliveries WHERE webhook NOT IN (SELECT id FROM webhooks)").execute(pool).await?;
    sqlx::query("DELETE FROM attempts WHERE webhook NOT IN (SELECT id FROM webhooks)").execute(pool).await?;
    Ok(())
}
