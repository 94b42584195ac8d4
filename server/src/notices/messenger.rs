//! Sends the messages that wait.
//!
//! A process claims a subscription by an UPDATE that only one process can win, as for webhooks. Everything that waits
//! for a subscription becomes one message. If the process stops after sending and before it stores that, the message is
//! sent again with the same tag, and the receiver shows it once.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Error, Result};
use futures_util::stream::{FuturesUnordered, StreamExt as _};
use sqlx::AssertSqlSafe;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use super::Notices;
use super::channels::Channels;
use super::delivery::{Delivery, Receiver};
use super::kind::NoticeKind;
use super::message::Message;
use super::subscriptions::{Channel, language_of};
use crate::clock::Clock;
use crate::limits::{
    CLOCK_APART_MAX, DELIVERY_LEASE, DELIVERY_TRIES_MAX, DELIVERY_WAIT_MAX, DELIVERY_WAIT_MIN, MESSAGES_AT_ONCE,
    NOTICE_POLL, NOTICES_IN_MESSAGE,
};
use crate::people::store::People;
use crate::shutdown::ended;
use crate::transaction::begin;
use crate::webhooks::deliver::{self, millis};

/// No process sends to it, and it does not wait after a failure. A time beyond the longest lease or wait ($2, $3) was stored when a
/// clock was wrong, and holds nobody up.
const IS_DUE: &str = "(lease < $1 OR lease > $2) AND (due <= $1 OR due > $3)";

/// A subscription leased to this process.
#[derive(sqlx::FromRow)]
struct LeasedSubscription {
    id: String,
    member: String,
    channel: String,
    address: String,
    secrets: String,
    language: String,
    consents: i64,
    failures: i64,
    lease: i64,
}

#[derive(Clone)]
pub struct Messenger {
    notices: Notices,
    people: People,
    channels: Channels,
    now: Clock,
}

impl Messenger {
    #[must_use]
    pub const fn new(notices: Notices, people: People, channels: Channels, now: Clock) -> Self {
        Self { notices, people, channels, now }
    }

    /// Sends until `end`. What is being sent at that moment is sent again after its lease.
    pub async fn run(self, mut end: watch::Receiver<bool>) {
        let messenger = Arc::new(self);
        // Tasks, because they go on while we wait for the database. One of them may hold the lock that we wait for.
        let mut serving = JoinSet::new();
        let mut poll = tokio::time::interval(NOTICE_POLL);
        poll.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tokio::select! {
                _ = poll.tick() => match messenger.take_due(MESSAGES_AT_ONCE - serving.len()).await {
                    Ok(taken) => for subscription in taken {
                        let messenger = Arc::clone(&messenger);
                        serving.spawn(async move { messenger.serve(subscription).await });
                    },
                    Err(error) => {
                        tracing::warn!(%error, "notices wait");
                        poll.reset_after(DELIVERY_WAIT_MIN);
                    }
                },
                Some(served) = serving.join_next() => if let Err(error) = served.map_err(Error::from).flatten() {
                    tracing::warn!(%error, "a notice waits");
                },
                () = ended(&mut end) => return,
            }
        }
    }

    /// Sends to every subscription that is due, once, side by side. Returns how many were due.
    pub async fn deliver(&self) -> Result<usize> {
        let taken = self.take_due(usize::MAX).await?;
        let count = taken.len();
        let mut serving: FuturesUnordered<_> = taken.into_iter().map(|subscription| self.serve(subscription)).collect();
        while let Some(served) = serving.next().await {
            served?;
        }
        Ok(count)
    }

    /// Up to which day notices are sent that wait for the close of theirs. While a close has sources that nobody has made notices
    /// of, its notices wait for each other, so that they are one message.
    async fn closed(&self) -> sqlx::Result<String> {
        let sql = "SELECT CASE WHEN EXISTS (SELECT 1 FROM notice_sources WHERE kind = 'close') THEN ''
                   ELSE COALESCE((SELECT MAX(day) FROM days), '') END";
        Ok(sqlx::query_as::<_, (String,)>(sql).fetch_one(&self.notices.pool).await?.0)
    }

    async fn take_due(&self, max: usize) -> Result<Vec<LeasedSubscription>> {
        let mut taken = Vec::new();
        if max == 0 {
            return Ok(taken);
        }
        let closed = self.closed().await?;
        // Read first: an UPDATE waits for the writers, even if it finds nothing.
        let sql = format!(
            "SELECT id FROM subscriptions WHERE {IS_DUE}
               AND id IN (SELECT subscription FROM notice_sends WHERE day <= $4) ORDER BY RANDOM() LIMIT $5"
        );
        let (now, lease_max, due_max) = self.times();
        let due: Vec<(String,)> = sqlx::query_as(AssertSqlSafe(sql))
            .bind(now)
            .bind(lease_max)
            .bind(due_max)
            .bind(closed)
            .bind(i64::try_from(max).unwrap_or(i64::MAX))
            .fetch_all(&self.notices.pool)
            .await?;
        for (id,) in due {
            taken.extend(self.take(&id).await?);
        }
        Ok(taken)
    }

    async fn take(&self, id: &str) -> Result<Option<LeasedSubscription>> {
        let sql = format!(
            "UPDATE subscriptions SET lease = $4 WHERE {IS_DUE} AND id = $5
             RETURNING id, member, channel, address, secrets, language, consents, failures, lease"
        );
        let (now, lease_max, due_max) = self.times();
        let taken = sqlx::query_as(AssertSqlSafe(sql))
            .bind(now)
            .bind(lease_max)
            .bind(due_max)
            .bind(now + millis(DELIVERY_LEASE))
            .bind(id.to_owned())
            .fetch_optional(&self.notices.pool)
            .await?;
        Ok(taken)
    }

    /// The parameters of [`IS_DUE`]. Clocks of processes differ by a little.
    fn times(&self) -> (i64, i64, i64) {
        let now = (self.now)().as_millisecond();
        let latest = |wait| now + millis(wait) + millis(CLOCK_APART_MAX);
        (now, latest(DELIVERY_LEASE), latest(DELIVERY_WAIT_MAX))
    }

    /// Sends what waits for a subscription.
    async fn serve(&self, subscription: LeasedSubscription) -> Result<()> {
        let waiting: Vec<(i64, String)> = sqlx::query_as(
            "SELECT notice, kind FROM notice_sends WHERE subscription = $1 AND day <= $2 ORDER BY notice LIMIT $3",
        )
        .bind(subscription.id.clone())
        .bind(self.closed().await?)
        .bind(NOTICES_IN_MESSAGE)
        .fetch_all(&self.notices.pool)
        .await?;
        let Some((first, _)) = waiting.first() else { return self.keep(&subscription, &[], &Delivery::Done).await };
        let mut counts = BTreeMap::new();
        for kind in waiting.iter().filter_map(|(_, kind)| NoticeKind::parse(kind)) {
            *counts.entry(kind).or_insert(0) += 1;
        }
        let channel = Channel::parse(&subscription.channel);
        let delivery = match (channel, language_of(&subscription.language)) {
            (Some(Channel::WeChat), _) if subscription.consents < 1 => Delivery::UsedUp,
            (Some(channel), Some(language)) if !counts.is_empty() => {
                let LeasedSubscription { id, member, address, secrets, .. } = &subscription;
                let receiver = Receiver { id, member, channel, address, secrets };
                let message = Message { tag: format!("n{first}"), language, counts };
                self.channels.send(&self.people, &receiver, &message).await
            }
            // Of a version that is newer.
            _ => Delivery::failed("this version does not know how".into()),
        };
        let sent: Vec<_> = waiting.iter().map(|(notice, _)| notice.to_string()).collect();
        self.keep(&subscription, &sent, &delivery).await
    }

    /// Stores the result, and ends the lease if it is still ours.
    async fn keep(&self, subscription: &LeasedSubscription, waited: &[String], delivery: &Delivery) -> Result<()> {
        let LeasedSubscription { id, failures, lease, .. } = subscription;
        let mut tx = begin(&self.notices.pool).await?;
        if *delivery == Delivery::Gone {
            // What waits goes with it (`0043_notices.sql`).
            sqlx::query("DELETE FROM subscriptions WHERE id = $1 AND lease = $2")
                .bind(id.clone())
                .bind(*lease)
                .execute(&mut *tx)
                .await?;
            tracing::info!(subscription = id, "a subscription has ended: its receiver is gone");
            tx.commit().await?;
            return Ok(());
        }
        let (mut failed, mut due, mut trouble) = (0, 0, "");
        if let Delivery::Failed { why, retry_after_seconds } = delivery {
            failed = failures + 1;
            due = (self.now)().as_millisecond() + wait(failed, *retry_after_seconds);
            trouble = why;
            tracing::warn!(subscription = id, failures = failed, why, "a notice could not be sent");
        }
        let gives_up = failed >= DELIVERY_TRIES_MAX;
        if gives_up {
            // It is in the list of notices. What comes later is tried again.
            (failed, due) = (0, 0);
        }
        if *delivery == Delivery::UsedUp {
            sqlx::query("DELETE FROM notice_sends WHERE subscription = $1").bind(id.clone()).execute(&mut *tx).await?;
        } else if (*delivery == Delivery::Done || gives_up) && !waited.is_empty() {
            // One by one: a slower process may have stored an earlier notice in the meantime.
            let sql = format!("DELETE FROM notice_sends WHERE subscription = $1 AND notice IN ({})", waited.join(", "));
            sqlx::query(AssertSqlSafe(sql)).bind(id.clone()).execute(&mut *tx).await?;
        }
        let consents = match delivery {
            Delivery::Done if !waited.is_empty() => "CASE WHEN consents > 0 THEN consents - 1 ELSE 0 END",
            Delivery::UsedUp => "0",
            _ => "consents",
        };
        let sql = format!(
            "UPDATE subscriptions SET failures = $1, due = $2, trouble = $3, lease = 0, consents = {consents}
             WHERE id = $4 AND lease = $5"
        );
        sqlx::query(AssertSqlSafe(sql))
            .bind(failed)
            .bind(due)
            .bind(trouble.to_owned())
            .bind(id.clone())
            .bind(*lease)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

/// The wait after this many failures in a row, in milliseconds. A receiver may ask for a longer one.
fn wait(failures: i64, retry_after_seconds: Option<u64>) -> i64 {
    let asked = retry_after_seconds.map_or(0, |seconds| millis(Duration::from_secs(seconds)));
    deliver::wait(failures).max(asked).min(millis(DELIVERY_WAIT_MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_up_to_an_hour_and_a_receiver_may_ask_for_more_of_it() {
        assert_eq!((wait(1, None), wait(2, None), wait(70, None)), (2_000, 4_000, 3_600_000));
        assert_eq!((wait(1, Some(90)), wait(1, Some(1)), wait(1, Some(u64::MAX))), (90_000, 2_000, 3_600_000));
    }
}
