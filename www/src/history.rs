//! A member's whole statement: the server's entries, and between them every day's release, computed here from the day
//! records alone.
//!
//! The server books a release only where an account is touched. In between, the account's units stay what they were, and the
//! records of the days say what each day gave (RULES.md section 5). So the days of all the past can be worked out, and their
//! sums compared with what was booked.

use std::sync::Arc;

use gongxiang::book::{Account, DayRecord};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Index, OutOfRange, Points, Price, ShareValue, Units};
use gongxiang::receipt::Class;
use gongxiang::release::{Holding, Release};
use serde::{Deserialize, Serialize};

use crate::api::{self, Fault};
use crate::keep::{self, Drawer};
use crate::wallet::{Line, Wallet};

/// Most pages of entries that are asked for: 20,000 entries.
const PAGES_MAX: usize = 40;

/// What was booked: one movement to or from the member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    pub place: i64,
    pub line: i64,
    pub day: Day,
    pub giver: String,
    pub receiver: String,
    pub asset: String,
    pub amount: Points,
    pub rule: String,
    pub reason: String,
}

impl Entry {
    /// The class of income, where it is one.
    pub fn class(&self) -> Option<Class> {
        match self.rule.as_str() {
            "release" => Some(Class::Static),
            "sign_up" | "activation" | "pack" | "consumption" | "sale" => Some(Class::Own),
            "sign_up_referrer" | "share_online" | "share_offline" | "merchant_share" | "service" | "area" => {
                Some(Class::Dynamic)
            }
            _ => None,
        }
    }

    /// Whether it is the member's gain, and not its loss.
    pub fn is_gain(&self, me: &Id) -> bool {
        self.receiver.strip_prefix("member ") == Some(me.as_str())
    }

    /// The other side.
    pub fn other(&self, me: &Id) -> &str {
        if self.is_gain(me) { &self.giver } else { &self.receiver }
    }

    /// The units whose release was booked: its reason starts with them.
    fn units(&self) -> Option<Units> {
        let text = self.reason.split_once(" units")?.0;
        api::read(&format!("\"{text}\"")).ok()
    }
}

/// A line of the statement.
#[derive(Clone, Debug, PartialEq)]
pub enum Row {
    /// A closed day's release.
    Day(Line),
    /// Anything else.
    Entry(Entry),
}

impl Row {
    /// The day on which it happened.
    pub const fn day(&self) -> Day {
        match self {
            Self::Day(line) => line.day,
            Self::Entry(entry) => entry.day,
        }
    }
}

/// What a member had after the close of a day.
#[derive(Clone, Copy, Debug)]
pub struct Point {
    pub day: Day,
    pub points: Points,
    pub share_value: ShareValue,
    pub price: Price,
}

/// What came by a class of income.
#[derive(Clone, Copy, Debug, Default)]
pub struct Income {
    pub points: Points,
    pub share_value: ShareValue,
}

/// The statement.
#[derive(Clone, Debug)]
pub struct History {
    /// Newest first.
    pub rows: Arc<Vec<Row>>,
    /// After every closed day since the first entry, oldest first.
    pub points: Arc<Vec<Point>>,
    /// Whether all entries together give the points that the account has.
    pub adds_up: bool,
    pub from_release: Income,
    pub own: Income,
    pub from_others: Income,
}

/// Fetches the entries that are not kept yet, and works the days out.
pub async fn open(wallet: &Wallet, days: &[DayRecord]) -> Result<History, Fault> {
    let entries = entries(&wallet.member).await?;
    build(wallet, &entries, days).map_err(|_| Fault::Nonsense)
}

/// All entries, oldest first.
async fn entries(me: &Id) -> Result<Vec<Entry>, Fault> {
    let drawer_key = format!("statement {me}");
    let kept = keep::read(Drawer::Answers, &drawer_key).await;
    let mut known: Vec<Entry> = kept.and_then(|text| api::read(&text).ok()).unwrap_or_default();
    let last = known.last().map(|entry| (entry.place, entry.line));
    let mut fresh = Vec::new();
    let mut before = None;
    for _ in 0..PAGES_MAX {
        let page = match api::statement(me, before.as_deref()).await {
            Ok(page) => page,
            Err(Fault::Unreachable) if last.is_some() => return Ok(known),
            Err(fault) => return Err(fault),
        };
        let asked = page.postings.len();
        fresh.extend(page.postings.into_iter().take_while(|entry| Some((entry.place, entry.line)) > last));
        let reached_known = fresh.len() < asked;
        before = page.next.filter(|_| !reached_known);
        if before.is_none() {
            break;
        }
    }
    if !fresh.is_empty() {
        known.extend(fresh.into_iter().rev());
        if let Ok(text) = serde_json::to_string(&known) {
            keep::write(Drawer::Answers, &drawer_key, &text).await;
        }
    }
    Ok(known)
}

/// An account on its way through the days.
struct Walk<'a> {
    days: &'a [DayRecord],
    /// The first day that was not walked yet.
    at: usize,
    /// The last `acc` of every era that has ended before it.
    ended: Vec<Index>,
    fraction: u64,
    rows: Vec<Row>,
}

impl Walk<'_> {
    fn index_of(&self, day: Day) -> usize {
        self.days.partition_point(|record| record.day < day)
    }

    /// The release as it stands before the next day's close.
    fn release(&self) -> Release {
        let last = self.at.checked_sub(1).and_then(|last| self.days.get(last));
        last.map_or_else(Release::default, |last| Release::recorded(last.era, last.units, last.nav, last.acc))
    }

    /// Passes days on which nothing was held.
    fn skip_to(&mut self, index: usize) {
        while self.at < index {
            if let Some(record) = self.days.get(self.at) {
                self.ended.extend(&record.ended);
            }
            self.at += 1;
            self.fraction = 0;
        }
    }

    /// Walks to the day at `index` with these units.
    fn walk_to(&mut self, index: usize, units: Units) -> Result<(), OutOfRange> {
        let mut release = self.release();
        let mut holding = Holding { units, acc: release.acc, era: release.era, fraction: self.fraction };
        while let Some(record) = self.days.get(self.at).filter(|_| self.at < index) {
            let before = holding.units.share_value_floor(release.nav)?;
            self.ended.extend(&record.ended);
            release = Release::recorded(record.era, record.units, record.nav, record.acc);
            let earned = release.settle(&mut holding, &self.ended)?;
            if before.is_positive() {
                self.rows.push(Row::Day(Line {
                    day: record.day,
                    price: record.price,
                    released: record.released,
                    total: record.total,
                    before,
                    earned,
                    after: holding.units.share_value_floor(release.nav)?,
                    worth: earned.worth_floor(record.price)?,
                }));
            }
            self.at += 1;
        }
        self.fraction = holding.fraction;
        Ok(())
    }
}

fn build(wallet: &Wallet, entries: &[Entry], days: &[DayRecord]) -> Result<History, OutOfRange> {
    let me = &wallet.member;
    let mut walk = Walk { days, at: 0, ended: Vec::new(), fraction: 0, rows: Vec::new() };
    for entry in entries {
        let index = walk.index_of(entry.day);
        if entry.rule == "release" {
            walk.walk_to(index, entry.units().ok_or(OutOfRange)?)?;
            continue;
        }
        if entry.asset == "share_value" {
            // Nothing was booked for the days before: nothing was held on them.
            walk.skip_to(index);
        }
        walk.rows.push(Row::Entry(entry.clone()));
    }
    let Account { holding, .. } = &wallet.account;
    walk.walk_to(days.len(), holding.units)?;
    let mut rows = walk.rows;
    rows.sort_by_key(|row| (row.day(), matches!(row, Row::Day(_))));
    let points = points(me, &rows, days)?;
    let mut booked = Points::ZERO;
    for entry in entries.iter().filter(|entry| entry.asset == "points") {
        booked = if entry.is_gain(me) { booked.plus(entry.amount)? } else { booked.minus(entry.amount)? };
    }
    let (mut from_release, mut own, mut from_others) = (Income::default(), Income::default(), Income::default());
    for row in &rows {
        match row {
            Row::Day(line) => from_release.points = from_release.points.plus(line.earned)?,
            Row::Entry(entry) if entry.is_gain(me) => {
                let income = match entry.class() {
                    Some(Class::Own) => &mut own,
                    Some(Class::Dynamic) => &mut from_others,
                    _ => continue,
                };
                match entry.asset.as_str() {
                    "points" => income.points = income.points.plus(entry.amount)?,
                    // What was locked is counted once, when it is unlocked.
                    "share_value" => {
                        income.share_value = income.share_value.plus(ShareValue::from_raw(entry.amount.raw()))?;
                    }
                    _ => {}
                }
            }
            Row::Entry(_) => {}
        }
    }
    rows.reverse();
    let adds_up = booked == wallet.account.points;
    Ok(History { rows: rows.into(), points: points.into(), adds_up, from_release, own, from_others })
}

/// Follows the points through the rows, oldest first.
fn points(me: &Id, rows: &[Row], days: &[DayRecord]) -> Result<Vec<Point>, OutOfRange> {
    let Some(first) = rows.first().map(Row::day) else { return Ok(Vec::new()) };
    let mut rows = rows.iter().peekable();
    let (mut points, mut share_value) = (Points::ZERO, ShareValue::ZERO);
    let mut followed = Vec::new();
    for record in days.iter().filter(|record| record.day >= first) {
        while let Some(row) = rows.next_if(|row| row.day() <= record.day) {
            match row {
                Row::Day(line) => {
                    points = points.plus(line.earned)?;
                    share_value = line.after;
                }
                Row::Entry(entry) if entry.asset == "points" => {
                    points = if entry.is_gain(me) { points.plus(entry.amount)? } else { points.minus(entry.amount)? };
                }
                Row::Entry(_) => {}
            }
        }
        followed.push(Point { day: record.day, points, share_value, price: record.price });
    }
    Ok(followed)
}
