//! Closes each day at midnight of one time zone, and catches up on missed days one by one.
//!
//! Several processes may do this at once. The event names the day, so the second process is refused with `wrong_day`
//! and looks again. That is why no idempotency key is needed; it would only store that refusal for ever.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::Code;
use gongxiang::identity::Day;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::clock::Clock;
use crate::ledger::group::{Denial, Request};
use crate::ledger::journal;
use crate::ledger::queue::Ledger;
use crate::limits::CLOCK_SLEEP_MAX;
use crate::shutdown::ended;

#[derive(Clone)]
pub struct Closer {
    ledger: Ledger,
    zone: TimeZone,
    now: Clock,
}

impl Closer {
    /// `zone` is an IANA name such as `Asia/Shanghai`.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn new(ledger: Ledger, zone: &str, now: Clock) -> Result<Self> {
        let zone = TimeZone::get(zone).with_context(|| format!("`{zone}` is no time zone"))?;
        Ok(Self { ledger, zone, now })
    }

    /// Closes every day that is over, until `end`.
    pub async fn run(self, mut end: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.catch_up().await {
                tracing::error!(%error, "the day could not be closed; trying again");
            }
            let sleep = tokio::time::sleep(self.until_midnight().min(CLOCK_SLEEP_MAX));
            tokio::select! {
                () = sleep => {}
                () = ended(&mut end) => return,
            }
        }
    }

    /// Closes every day that is over, oldest first; returns how many this process closed.
    ///
    /// # Errors
    /// If the database does not answer, or the rules refuse.
    pub async fn catch_up(&self) -> Result<usize> {
        let mut closed = 0;
        let mut tried = None;
        loop {
            let open = self.ledger.read().await?.now().await?.head.day;
            if open >= self.today()? {
                return Ok(closed);
            }
            if tried == Some(open) {
                bail!("{open} does not close");
            }
            tried = Some(open);
            let event = format!(r#"{{"type":"day.closed","day":"{open}"}}"#);
            let line = journal::parse(event.as_bytes()).context("cannot be")?;
            let request = Request { line, key: None, actor: "scheduler".into(), guard: None };
            match self.ledger.settle_one(request).await?.outcome {
                Ok(_) => {
                    closed += 1;
                    tracing::info!(day = %open, "the day is closed");
                }
                // Another process was faster.
                Err(Denial::Refused(refusal)) if refusal.code == Code::WrongDay => {}
                Err(Denial::Refused(refusal)) => bail!("{open} cannot be closed: {refusal}"),
                Err(Denial::Forbidden) => bail!("{open} cannot be closed: it belongs to somebody else"),
            }
        }
    }

    fn today(&self) -> Result<Day> {
        let date = (self.now)().to_zoned(self.zone.clone()).date();
        Day::parse(&date.to_string()).with_context(|| format!("{date} is no day of the scheme"))
    }

    fn until_midnight(&self) -> Duration {
        let now = (self.now)().to_zoned(self.zone.clone());
        let midnight = now.tomorrow().and_then(|tomorrow| tomorrow.start_of_day());
        let left = midnight.map(|midnight| midnight.timestamp().duration_since(now.timestamp()));
        left.ok().and_then(|left| Duration::try_from(left).ok()).unwrap_or(CLOCK_SLEEP_MAX)
    }
}
