//! Sends waiting deliveries.
//!
//! A process claims a webhook by an UPDATE that only one process can win, and holds it for [`DELIVERY_LEASE`]. If the
//! process dies, the lease ends and another process sends the same deliveries again. The order within a webhook is
//! kept: after a failure all its deliveries wait. Up to [`WEBHOOKS_AT_ONCE`] webhooks are served side by side, so a
//! receiver that never answers delays no other. A delivery that fails too often or grows too old is given up.

use std::iter;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Error, Result};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use gongxiang::receipt::Receipt;
use gongxiang::wire::worded::Worded;
use gongxiang_words::Language;
use serde::Serialize;
use serde_json::value::RawValue;
use sqlx::{AnyPool, AssertSqlSafe};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use super::post::{Signed, post};
use super::registry;
use crate::clock::Clock;
use crate::ledger::believed::BelievedClock;
use crate::limits::{
    CLOCK_APART_MAX, DELIVERIES_AT_ONCE, DELIVERY_AGE_MAX, DELIVERY_LEASE, DELIVERY_POLL, DELIVERY_TRIES_MAX,
    DELIVERY_WAIT_MAX, DELIVERY_WAIT_MIN, OUTBOUND_TIME_MAX, WEBHOOKS_AT_ONCE,
};
use crate::outbound::Outbound;
use crate::shutdown::ended;
use crate::text::json;
use crate::transaction::begin;

/// No process delivers to it, and it does not wait after a failure. A time beyond the longest lease or wait ($2, $3) was stored when a
/// clock was wrong, and holds nobody up.
const IS_DUE: &str = "(lease < $1 OR lease > $2) AND (due <= $1 OR due > $3)";

/// The body of a delivery.
#[derive(Serialize)]
struct Message<'a> {
    r#type: &'a str,
    timestamp: &'a str,
    data: Data<'a>,
}

#[derive(Serialize)]
struct Data<'a> {
    place: i64,
    day: &'a str,
    /// The event as the journal has it.
    event: &'a RawValue,
    receipt: Worded<'a, Receipt>,
}

/// A webhook leased to this process.
#[derive(sqlx::FromRow)]
struct LeasedWebhook {
    id: String,
    url: String,
    secret: String,
    old_secret: Option<String>,
    old_until: i64,
    failures: i64,
    lease: i64,
}

#[derive(sqlx::FromRow)]
struct WaitingDelivery {
    place: i64,
    kind: String,
    day: String,
    at: String,
    event: String,
    receipt: String,
}

#[derive(Clone)]
pub struct Courier {
    pool: AnyPool,
    outbound: Outbound,
    now: Clock,
    /// What is given up for its age stays given up.
    believed: BelievedClock,
}

impl Courier {
    #[must_use]
    pub fn new(pool: AnyPool, outbound: Outbound, now: Clock, believed: BelievedClock) -> Self {
        Self { pool, outbound, now, believed }
    }

    /// Delivers until `end`. Deliveries that are being sent at that moment are sent again after their lease.
    pub async fn run(self, mut end: watch::Receiver<bool>) {
        let courier = Arc::new(self);
        // Tasks, because they go on while we wait for the database. One of them may hold the lock that we wait for.
        let mut serving = JoinSet::new();
        let mut poll = tokio::time::interval(DELIVERY_POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = poll.tick() => {
                    courier.believed.watch();
                    match courier.take_due(WEBHOOKS_AT_ONCE - serving.len()).await {
                        Ok(taken) => for webhook in taken {
                            let courier = Arc::clone(&courier);
                            serving.spawn(async move { courier.serve(webhook).await });
                        },
                        Err(error) => {
                            tracing::warn!(%error, "webhooks wait");
                            poll.reset_after(DELIVERY_WAIT_MIN);
                        }
                    }
                },
                Some(served) = serving.join_next() => match served.map_err(Error::from).flatten() {
                    // More may wait for the same webhook.
                    Ok(()) => poll.reset_immediately(),
                    Err(error) => tracing::warn!(%error, "a webhook waits"),
                },
                () = ended(&mut end) => return,
            }
        }
    }

    /// Serves every webhook that is due, once, side by side. Returns how many were due.
    pub async fn deliver(&self) -> Result<usize> {
        let taken = self.take_due(usize::MAX).await?;
        let count = taken.len();
        let mut serving: FuturesUnordered<_> = taken.into_iter().map(|webhook| self.serve(webhook)).collect();
        while let Some(served) = serving.next().await {
            served?;
        }
        Ok(count)
    }

    /// Takes up to `max` of the webhooks that are due. One that is being served is not due, because its lease runs.
    async fn take_due(&self, max: usize) -> Result<Vec<LeasedWebhook>> {
        let mut taken = Vec::new();
        if max == 0 {
            return Ok(taken);
        }
        // Read first: an UPDATE waits for the writers, even if it finds nothing.
        let sql = format!(
            "SELECT id FROM webhooks WHERE {IS_DUE}
               AND EXISTS (SELECT 1 FROM deliveries WHERE webhook = webhooks.id AND dead = 0) ORDER BY RANDOM()"
        );
        let (now, lease_max, due_max) = self.times();
        let due: Vec<(String,)> =
            sqlx::query_as(AssertSqlSafe(sql)).bind(now).bind(lease_max).bind(due_max).fetch_all(&self.pool).await?;
        for (id,) in due {
            if taken.len() == max {
                break;
            }
            taken.extend(self.take(&id).await?);
        }
        Ok(taken)
    }

    async fn take(&self, id: &str) -> Result<Option<LeasedWebhook>> {
        let sql = format!(
            "UPDATE webhooks SET lease = $4 WHERE {IS_DUE} AND id = $5 RETURNING id, url, secret, old_secret, old_until, failures, lease"
        );
        let (now, lease_max, due_max) = self.times();
        let taken = sqlx::query_as(AssertSqlSafe(sql))
            .bind(now)
            .bind(lease_max)
            .bind(due_max)
            .bind(now + millis(DELIVERY_LEASE))
            .bind(id.to_owned())
            .fetch_optional(&self.pool)
            .await?;
        Ok(taken)
    }

    /// The parameters of [`IS_DUE`]. Clocks of processes differ by a little.
    fn times(&self) -> (i64, i64, i64) {
        let now = self.now();
        let latest = |wait| now + millis(wait) + millis(CLOCK_APART_MAX);
        (now, latest(DELIVERY_LEASE), latest(DELIVERY_WAIT_MAX))
    }

    /// Sends a webhook's waiting deliveries in order, up to the first failure.
    async fn serve(&self, webhook: LeasedWebhook) -> Result<()> {
        let started = Instant::now();
        let waiting: Vec<WaitingDelivery> = sqlx::query_as(
            "SELECT j.place, j.kind, j.day, j.at, j.event, j.receipt FROM deliveries d JOIN journal j ON j.place = d.place
             WHERE d.webhook = $1 AND d.dead = 0 ORDER BY d.place LIMIT $2",
        )
        .bind(webhook.id.clone())
        .bind(DELIVERIES_AT_ONCE)
        .fetch_all(&self.pool)
        .await?;
        let (mut sent, mut failed) = (Vec::new(), None);
        for delivery in waiting {
            // Stop before the lease ends and another process takes over.
            if started.elapsed() + OUTBOUND_TIME_MAX * 2 > DELIVERY_LEASE {
                break;
            }
            if let Err(why) = self.send(&webhook, &delivery).await {
                failed = Some((delivery.place, why));
                break;
            }
            sent.push(delivery.place.to_string());
        }
        self.keep(&webhook, &sent, failed).await
    }

    async fn send(&self, webhook: &LeasedWebhook, delivery: &WaitingDelivery) -> Result<(), String> {
        let receipt: Receipt = serde_json::from_str(&delivery.receipt).map_err(|error| error.to_string())?;
        let receipt = Worded(&receipt, Language::En);
        let event: &RawValue = serde_json::from_str(&delivery.event).map_err(|error| error.to_string())?;
        let data = Data { place: delivery.place, day: &delivery.day, event, receipt };
        let body = json(&Message { r#type: &delivery.kind, timestamp: &delivery.at, data });
        let old = webhook.old_secret.as_deref().filter(|_| self.now() < webhook.old_until);
        let secrets = iter::once(webhook.secret.as_str()).chain(old);
        let message = Signed { id: format!("msg_{}", delivery.place), at: (self.now)().as_second(), body };
        post(&self.outbound, &webhook.url, secrets, message).await
    }

    /// Stores the result, and ends the lease if it is still ours.
    async fn keep(&self, webhook: &LeasedWebhook, sent: &[String], failed: Option<(i64, String)>) -> Result<()> {
        let now = self.now();
        let believed = if failed.is_some() { self.believed.now().await? } else { None };
        let mut tx = begin(&self.pool).await?;
        let attempts = sent.iter().map(|place| format!("($1, {place}, $2, '')"));
        let attempts = attempts.chain(failed.iter().map(|(place, _)| format!("($1, {place}, $2, $3)")));
        registry::enter_attempts(&mut tx, &webhook.id, now, attempts, failed.as_ref().map(|(_, why)| why)).await?;
        if !sent.is_empty() {
            // One by one: a slower writer may have committed an earlier delivery in the meantime.
            let sql = format!("DELETE FROM deliveries WHERE webhook = $1 AND place IN ({})", sent.join(", "));
            sqlx::query(AssertSqlSafe(sql)).bind(webhook.id.clone()).execute(&mut *tx).await?;
        }
        let (mut failures, mut due, mut trouble) = (0, 0, String::new());
        if let Some((place, why)) = failed {
            failures = if sent.is_empty() { webhook.failures + 1 } else { 1 };
            due = now + wait(failures);
            sqlx::query(
                "UPDATE deliveries SET tries = tries + 1, dead = CASE WHEN tries + 1 >= $1 THEN 1 ELSE 0 END
                 WHERE webhook = $2 AND place = $3",
            )
            .bind(DELIVERY_TRIES_MAX)
            .bind(webhook.id.clone())
            .bind(place)
            .execute(&mut *tx)
            .await?;
            if let Some(believed) = believed {
                sqlx::query("UPDATE deliveries SET dead = 1 WHERE webhook = $1 AND dead = 0 AND since < $2")
                    .bind(webhook.id.clone())
                    .bind(believed.as_millisecond() - millis(DELIVERY_AGE_MAX))
                    .execute(&mut *tx)
                    .await?;
            }
            tracing::warn!(webhook = webhook.id, place, failures, why, "a webhook failed");
            trouble = why;
        }
        sqlx::query(
            "UPDATE webhooks SET failures = $1, due = $2, trouble = $3, lease = 0 WHERE id = $4 AND lease = $5",
        )
        .bind(failures)
        .bind(due)
        .bind(trouble)
        .bind(webhook.id.clone())
        .bind(webhook.lease)
        .execute(&mut *tx)
        .await?;
        tx.commit().await?;
        Ok(())
    }

    fn now(&self) -> i64 {
        (self.now)().as_millisecond()
    }
}

/// The wait after this many failures in a row, in milliseconds.
#[must_use]
pub fn wait(failures: i64) -> i64 {
    let doubled = u32::try_from(failures - 1).ok().and_then(|doublings| 2_i64.checked_pow(doublings));
    let wait = doubled.and_then(|doubled| millis(DELIVERY_WAIT_MIN).checked_mul(doubled));
    wait.unwrap_or(i64::MAX).min(millis(DELIVERY_WAIT_MAX))
}

/// A time in milliseconds.
#[must_use]
pub fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_with_each_failure_up_to_an_hour() {
        assert_eq!((wait(1), wait(2), wait(3)), (2_000, 4_000, 8_000));
        assert_eq!((wait(12), wait(70), wait(i64::MAX)), (3_600_000, 3_600_000, 3_600_000));
    }
}
