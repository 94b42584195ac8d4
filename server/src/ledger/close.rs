//! Closes the day after midnight in one time zone. A few days that were missed are closed one by one.
//!
//! Several processes may do this at once. A close names the day that it closes, so the second one is refused with
//! `wrong_day`. An idempotency key would add nothing, and would keep a refusal for ever.

use std::time::Duration;

use anyhow::{Context as _, Result, bail};
use gongxiang::event::{Code, Refusal};
use gongxiang::identity::Day;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use tokio::sync::watch;

use crate::clock::{Clock, SteadyClock, Ticks};
use crate::ledger::group::{Denial, Request};
use crate::ledger::journal;
use crate::ledger::missed::{Doubt, plan};
use crate::ledger::needs::Due;
use crate::ledger::queue::Ledger;
use crate::limits::{
    CLOCK_APART_MAX, CLOCK_LOOK_EVERY, CLOCK_STANDS_MIN, CLOSING_PART, CLOSING_PARTS_AT_ONCE, CLOSING_PAUSE,
};
use crate::shutdown::ended;

/// Closes days.
pub struct Closer {
    ledger: Ledger,
    zone: TimeZone,
    clock: SteadyClock,
    doubt: Option<Doubt>,
}

impl Closer {
    /// Days as they are in `zone`, an IANA name such as `Asia/Shanghai`; the machine's own zone says nothing.
    ///
    /// # Errors
    /// If there is no such zone.
    pub fn new(ledger: Ledger, zone: &str, now: Clock, ticks: Ticks) -> Result<Self> {
        Ok(Self { ledger, zone: find_zone(zone)?, clock: SteadyClock::new(now, ticks), doubt: None })
    }

    /// Closes every day that is over, until `end` says so.
    pub async fn run(mut self, mut end: watch::Receiver<bool>) {
        loop {
            if let Err(error) = self.look().await {
                tracing::error!(%error, "the day could not be closed; trying again");
            }
            tokio::select! {
                () = tokio::time::sleep(CLOCK_LOOK_EVERY) => {}
                () = ended(&mut end) => return,
            }
        }
    }

    /// Looks at the clock, and closes what is over if the clock is believed; answers with how many days it closed itself. What a
    /// person has to say is in [`Ledger::close_waits`].
    ///
    /// # Errors
    /// If the database does not answer, or the rules refuse.
    pub async fn look(&mut self) -> Result<usize> {
        let (now, stands) = self.clock.look();
        let today = day_of(now, &self.zone)?;
        let database = self.ledger.store().clocks().await?;
        let current = self.ledger.read().await?.now().await?;
        let newest = database.newest_event.map(|at| day_of(at, &self.zone)).transpose()?;
        let apart = database.apart(now);
        let planned = if apart.unsigned_abs() > CLOCK_APART_MAX.as_secs() {
            Err(Doubt::Apart(apart))
        } else {
            plan(&current.head, &current.rules, today, newest)
        };
        let missed = match planned {
            Ok(missed) => {
                self.doubts(None);
                missed
            }
            Err(doubt) => {
                self.doubts(Some(doubt));
                return Ok(0);
            }
        };
        // A clock that was wrong for seconds has closed nothing.
        let Some(missed) = missed.filter(|_| stands && self.since_midnight(now) >= CLOCK_STANDS_MIN) else {
            return Ok(0);
        };
        let mut closed = 0;
        for day in missed.each() {
            closed += usize::from(close(&self.ledger, day, "scheduler").await?);
        }
        Ok(closed)
    }

    fn since_midnight(&self, now: Timestamp) -> Duration {
        let now = now.to_zoned(self.zone.clone());
        let midnight = now.start_of_day().map(|midnight| now.timestamp().duration_since(midnight.timestamp()));
        midnight.ok().and_then(|since| Duration::try_from(since).ok()).unwrap_or_default()
    }

    fn doubts(&mut self, doubt: Option<Doubt>) {
        if self.doubt == doubt {
            return;
        }
        if let Some(doubt) = &doubt {
            tracing::error!("no day is closed: {doubt}");
        } else {
            tracing::info!("days are closed again");
        }
        self.ledger.set_close_waits(doubt.clone());
        self.doubt = doubt;
    }
}

/// The zone of this IANA name.
///
/// # Errors
/// If there is none.
pub fn find_zone(zone: &str) -> Result<TimeZone> {
    TimeZone::get(zone).with_context(|| format!("`{zone}` is no time zone"))
}

/// The scheme's day of a moment.
///
/// # Errors
/// If it is none of the years 1 to 9999.
pub fn day_of(moment: Timestamp, zone: &TimeZone) -> Result<Day> {
    let date = moment.to_zoned(zone.clone()).date();
    Day::parse(&date.to_string()).with_context(|| format!("{date} is no day of the scheme"))
}

/// Closes a day; `false` if another process was faster.
///
/// # Errors
/// If the database does not answer, or the rules refuse.
pub async fn close(ledger: &Ledger, day: Day, actor: &str) -> Result<bool> {
    do_ahead(ledger, day, actor).await?;
    match settle(ledger, &format!(r#"{{"type":"day.closed","day":"{day}"}}"#), actor).await? {
        None => {
            tracing::info!(%day, "the day is closed");
            Ok(true)
        }
        Some(refusal) if refusal.code == Code::WrongDay => Ok(false),
        Some(refusal) => bail!("{day} cannot be closed: {refusal}"),
    }
}

/// Does most of what is due at the close of a day ahead, in parts (RULES.md section 5, step 1). The close itself then takes no more
/// memory and time than a part, however much was due; other commands are served between the parts. Several processes may do
/// this at once: each part is what is due when it is settled.
///
/// # Errors
/// If the database does not answer.
pub async fn do_ahead(ledger: &Ledger, day: Day, actor: &str) -> Result<()> {
    let part = format!(r#"{{"type":"day.closing","day":"{day}","most":{CLOSING_PART}}}"#);
    let has_one_writer = ledger.store().writers() == 1;
    let mut parts: u32 = 0;
    while is_more_than_a_part_due(ledger, day).await? {
        match settle(ledger, &part, actor).await? {
            None => {
                parts += 1;
                if has_one_writer && parts.is_multiple_of(CLOSING_PARTS_AT_ONCE) {
                    tokio::time::sleep(CLOSING_PAUSE).await;
                }
            }
            // Another process did the rest, or closed the day.
            Some(refusal) if matches!(refusal.code, Code::NothingDue | Code::WrongDay) => break,
            Some(refusal) => bail!("{day} cannot be closed: {refusal}"),
        }
    }
    Ok(())
}

async fn is_more_than_a_part_due(ledger: &Ledger, day: Day) -> Result<bool> {
    let due = Due { day, most: Some(CLOSING_PART + 1) };
    Ok(ledger.read().await?.count_due(due).await? > CLOSING_PART)
}

/// Settles an event of the server's own; answers with its refusal, if it is refused.
async fn settle(ledger: &Ledger, event: &str, actor: &str) -> Result<Option<Refusal>> {
    let line = journal::parse(event.as_bytes()).context("cannot be")?;
    let request = Request { line, key: None, actor: actor.into(), guard: None };
    match ledger.settle_one(request).await?.outcome {
        Ok(_) => Ok(None),
        Err(Denial::Refused(refusal)) => Ok(Some(refusal)),
        Err(denial) => bail!("{event}: {denial}"),
    }
}
