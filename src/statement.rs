//! An account's days, from the day records alone: how a wallet brings an old snapshot up to date and checks the server.
//!
//! Carries out the last paragraphs of RULES.md section 5: an account is a few numbers that stay put until somebody
//! touches it, and the records of the days since then are all that is needed to settle it. Postings say when it was touched,
//! so that with them the whole past of an account can be worked out ([`history`]).

use crate::book::{Account, AccountState, DayRecord};
use crate::identity::{Day, Id};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, ShareValue, Units};
use crate::receipt::{Amount, Class, Party, Posting, Reason, Rule};
use crate::release::Release;
use crate::ruleset::RuleSet;

/// A closed day of an account: what the release gave and took (当日获得, 个人消耗).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementDay {
    /// The day.
    pub day: Day,
    /// The price at its close.
    pub price: Price,
    /// Points that all accounts together earned by its close.
    pub released: Points,
    /// Share value of all before it.
    pub total: ShareValue,
    /// Share value of this account before it.
    pub before: ShareValue,
    /// Points that this account earned by it.
    pub earned: Points,
    /// What these points were worth at the price of the day, yuan.
    pub worth: Money,
    /// What the account is after it.
    pub state: AccountState,
}

/// The release, followed from one closed day to the next.
struct Walk<'a> {
    /// The days that were not followed yet, oldest first.
    ahead: &'a [DayRecord],
    /// The release after all days before them.
    release: Release,
    /// The last `acc` of every era that had ended by then.
    ended: Vec<Index>,
}

impl<'a> Walk<'a> {
    fn after(passed: &[DayRecord], ahead: &'a [DayRecord]) -> Self {
        let release = passed.last().map_or_else(Release::default, recorded);
        Self { ahead, release, ended: passed.iter().flat_map(|record| &record.ended).copied().collect() }
    }

    /// Brings an account to where the walk is; answers with the points it earned.
    fn settle(&self, account: &mut Account) -> Result<Points, OutOfRange> {
        let earned = self.release.settle(&mut account.holding, &self.ended)?;
        account.points = account.points.plus(earned)?;
        Ok(earned)
    }

    /// Follows the next day, if there is one before `end`, with an account that was brought to where the walk is.
    fn day(&mut self, account: &mut Account, end: Option<Day>) -> Result<Option<StatementDay>, OutOfRange> {
        let Some((record, ahead)) = self.ahead.split_first() else { return Ok(None) };
        if end.is_some_and(|end| record.day >= end) {
            return Ok(None);
        }
        let before = account.holding.units.share_value_floor(self.release.nav)?;
        self.ahead = ahead;
        self.release = recorded(record);
        self.ended.extend(&record.ended);
        let earned = self.settle(account)?;
        let &DayRecord { day, price, released, total, .. } = record;
        let state = account.state(&self.release, &self.ended)?;
        Ok(Some(StatementDay { day, price, released, total, before, earned, worth: earned.worth_floor(price)?, state }))
    }
}

/// The release as a day left it.
fn recorded(record: &DayRecord) -> Release {
    Release::recorded(record.era, record.units, record.nav, record.acc)
}

/// An account brought up to date: `days` are all days that were closed, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account is younger than the last of the days, or the days do not fit together.
pub fn balance(account: &Account, days: &[DayRecord]) -> Result<AccountState, OutOfRange> {
    let walk = Walk::after(days, &[]);
    account.state(&walk.release, &walk.ended)
}

/// The last `count` of `days`, day by day; `days` are all days that were closed, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account was settled after the first day that is listed, or the days do not fit together.
pub fn statement(account: &Account, days: &[DayRecord], count: usize) -> Result<Vec<StatementDay>, OutOfRange> {
    let (earlier, listed) = days.split_at(days.len().saturating_sub(count));
    let mut walk = Walk::after(earlier, listed);
    let mut account = account.clone();
    walk.settle(&mut account)?;
    let mut lines = Vec::with_capacity(listed.len());
    while let Some(line) = walk.day(&mut account, None)? {
        lines.push(line);
    }
    Ok(lines)
}

/// The points that the close of the open day would bring an account if nothing happened before it and no order fell due;
/// `days` are all days that were closed, from the first.
///
/// # Errors
/// [`OutOfRange`] if account, release and days are not of one moment.
pub fn next_release(
    account: &Account,
    days: &[DayRecord],
    release: &Release,
    rules: &RuleSet,
    price: Price,
    issued: Points,
) -> Result<Points, OutOfRange> {
    let mut walk = Walk { release: *release, ..Walk::after(days, &[]) };
    let mut account = account.clone();
    walk.settle(&mut account)?;
    walk.ended.extend(walk.release.close(rules, price, issued)?.ended);
    walk.settle(&mut account)
}

/// A posting, with its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPosting {
    /// The place of its event in the journal.
    pub place: i64,
    /// Its number in the receipt, from 0.
    pub line: i64,
    /// The day on which it was booked.
    pub day: Day,
    /// What moved.
    pub posting: Posting,
}

impl BookedPosting {
    /// Whether it brings something to a member.
    #[must_use]
    pub fn is_gain(&self, member: &Id) -> bool {
        self.posting.to.is(member)
    }

    /// The other side.
    #[must_use]
    pub fn other(&self, member: &Id) -> &Party {
        if self.is_gain(member) { &self.posting.from } else { &self.posting.to }
    }
}

/// A row of an account's whole past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryRow {
    /// What the close of a day brought.
    Day(StatementDay),
    /// Anything else that was booked.
    Posting(BookedPosting),
}

/// What came by a class of income.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassIncome {
    /// As points.
    pub points: Points,
    /// As share value.
    pub share_value: ShareValue,
}

/// The whole past of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Every posting but the releases, and in their place every closed day on which the account held something. Oldest first.
    pub rows: Vec<HistoryRow>,
    /// Every closed day since the first posting, with the balances after it. Oldest first.
    pub days: Vec<StatementDay>,
    /// What the account is after all of it.
    pub state: AccountState,
    /// Whether all postings together give the points that the account has.
    pub adds_up: bool,
    /// Static income: the release.
    pub from_release: ClassIncome,
    /// Own income.
    pub own: ClassIncome,
    /// Dynamic income: what others bring.
    pub from_others: ClassIncome,
}

impl History {
    /// No past yet.
    fn starting(state: AccountState) -> Self {
        let nothing = ClassIncome::default();
        let (rows, days) = (Vec::new(), Vec::new());
        Self { rows, days, state, adds_up: false, from_release: nothing, own: nothing, from_others: nothing }
    }

    fn day(&mut self, day: StatementDay) -> Result<(), OutOfRange> {
        self.from_release.points = self.from_release.points.plus(day.earned)?;
        if day.before.is_positive() || day.earned.is_positive() {
            self.rows.push(HistoryRow::Day(day));
        }
        // Nobody has a past before the first posting.
        if !self.rows.is_empty() {
            self.days.push(day);
        }
        Ok(())
    }

    fn income(&mut self, rule: Rule, amount: Amount) -> Result<(), OutOfRange> {
        let income = match rule.class() {
            Some(Class::Own) => &mut self.own,
            Some(Class::Dynamic) => &mut self.from_others,
            Some(Class::Static) | None => return Ok(()),
        };
        match amount {
            Amount::Points(points) => income.points = income.points.plus(points)?,
            Amount::ShareValue(value) => income.share_value = income.share_value.plus(value)?,
            // Counted once, when it is unlocked.
            Amount::Locked(_) => {}
        }
        Ok(())
    }
}

/// Works out the whole past of a member: `account` as it was last settled, all its `postings`, oldest first, and all `days` that
/// were closed, from the first.
///
/// The server books a release when an account is touched, as one sum. Here each day gets its own part of it: between two
/// changes the account's units stay what they were, and the records of the days say what each day gave.
///
/// # Errors
/// [`OutOfRange`] if account, postings and days do not fit together.
pub fn history(
    member: &Id,
    account: &Account,
    postings: &[BookedPosting],
    days: &[DayRecord],
) -> Result<History, OutOfRange> {
    let mut walk = Walk::after(&[], days);
    let mut now = Account::default();
    let mut history = History::starting(now.state(&walk.release, &walk.ended)?);
    let mut booked_points = Points::ZERO;
    now.holding.units = units_until_change(postings, account).unwrap_or_default();
    let mut rest = postings;
    while let Some((booked, after)) = rest.split_first() {
        rest = after;
        while let Some(day) = walk.day(&mut now, Some(booked.day))? {
            history.day(day)?;
        }
        let (amount, is_gain) = (booked.posting.amount, booked.is_gain(member));
        if let Amount::Points(points) = amount {
            booked_points = moved(booked_points, points, is_gain)?;
        }
        // The days before this posting have brought what a release sums up.
        if booked.posting.rule == Rule::Release {
            continue;
        }
        match amount {
            Amount::Points(points) => now.points = moved(now.points, points, is_gain)?,
            Amount::Locked(value) if is_gain => now.locked = now.locked.plus(value)?,
            Amount::Locked(value) => now.locked = now.locked.minus(value)?,
            Amount::ShareValue(value) => {
                let units = value.units_ceil(walk.release.nav)?;
                let held = now.holding.units;
                let changed = if is_gain { held.plus(units)? } else { held.minus(units).unwrap_or_default() };
                now.holding.units = units_until_change(rest, account).unwrap_or(changed);
            }
        }
        if is_gain {
            history.income(booked.posting.rule, amount)?;
        }
        history.rows.push(HistoryRow::Posting(booked.clone()));
    }
    while let Some(day) = walk.day(&mut now, None)? {
        history.day(day)?;
    }
    history.state = now.state(&walk.release, &walk.ended)?;
    history.adds_up = booked_points == account.points;
    Ok(history)
}

/// `held` after a posting brought or took `points`.
fn moved(held: Points, points: Points, is_gain: bool) -> Result<Points, OutOfRange> {
    if is_gain { held.plus(points) } else { held.minus(points) }
}

/// The units that an account has until its share value changes by one of these postings: a release says them, and so does the
/// account after the last change. `None` if nothing was released before the change: then no day depends on them.
fn units_until_change(postings: &[BookedPosting], account: &Account) -> Option<Units> {
    for booked in postings {
        match (&booked.posting.why, booked.posting.amount) {
            (Reason::Release { units, .. }, _) => return Some(*units),
            (_, Amount::ShareValue(_)) => return None,
            _ => {}
        }
    }
    Some(account.holding.units)
}
