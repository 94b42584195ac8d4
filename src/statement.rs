//! The statement of an account: its days, computed from the day records. A wallet brings an old snapshot up to date with it and
//! checks the server.
//!
//! Carries out the last paragraphs of RULES.md section 5. An account stays as it is until an event names it, and the records
//! of the days since then are enough to settle it. Postings say when the account changed, so with them its whole past can be
//! computed ([`history`]).

use crate::book::{Account, AccountState, DayRecord};
use crate::identity::{Day, Id};
use crate::quantity::{Index, Money, OutOfRange, Points, Price, ShareValue, Units};
use crate::receipt::{Amount, Class, Party, Posting, Reason, Rule};
use crate::release::Release;
use crate::ruleset::RuleSet;

/// A closed day of an account: the points it earned (当日获得) and the share value it used (个人消耗).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatementDay {
    /// The day.
    pub day: Day,
    /// The price of the day, in yuan for one point.
    pub price: Price,
    /// Points released to all accounts by the close.
    pub released: Points,
    /// Share value of all members before the release.
    pub total: ShareValue,
    /// Share value of this account before the release.
    pub before: ShareValue,
    /// Points that this account earned by the release.
    pub earned: Points,
    /// The value of these points at the price of the day, yuan, rounded down.
    pub worth: Money,
    /// The account after the release.
    pub state: AccountState,
}

/// The release, followed from one closed day to the next.
struct Walk<'a> {
    /// The days that are still to be followed, oldest first.
    ahead: &'a [DayRecord],
    /// The release after all days before them.
    release: Release,
    /// The last `acc` of every era that had ended before them.
    ended: Vec<Index>,
}

impl<'a> Walk<'a> {
    fn after(passed: &[DayRecord], ahead: &'a [DayRecord]) -> Self {
        let release = passed.last().map_or_else(Release::default, recorded);
        Self { ahead, release, ended: passed.iter().flat_map(|record| &record.ended).copied().collect() }
    }

    /// Settles an account to the day that the walk has reached. Returns the points that it earned.
    fn settle(&self, account: &mut Account) -> Result<Points, OutOfRange> {
        let earned = self.release.settle(&mut account.holding, &self.ended)?;
        account.points = account.points.plus(earned)?;
        Ok(earned)
    }

    /// Follows the next day, if there is one before `end`. The account must be settled to the day that the walk has reached.
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

/// The release after the close of a day.
fn recorded(record: &DayRecord) -> Release {
    Release::recorded(record.era, record.units, record.nav, record.acc)
}

/// An account settled to the present. `days` are the records of all closed days, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account was settled after the last of the days, or the records contradict each other.
pub fn balance(account: &Account, days: &[DayRecord]) -> Result<AccountState, OutOfRange> {
    let walk = Walk::after(days, &[]);
    account.state(&walk.release, &walk.ended)
}

/// The last `count` days of an account, oldest first. `days` are the records of all closed days, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account was settled after the first listed day, or the records contradict each other.
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

/// The points that the next close would release to an account if no other event came first. `vesting` is share value of this account
/// that vests before the release; nothing else is taken to be due. `days` are the records of all closed days, from the first.
///
/// # Errors
/// [`OutOfRange`] if account, release and days are not of the same moment.
pub fn next_release(
    account: &Account,
    days: &[DayRecord],
    release: &Release,
    rules: &RuleSet,
    price: Price,
    issued: Points,
    vesting: ShareValue,
) -> Result<Points, OutOfRange> {
    let mut walk = Walk { release: *release, ..Walk::after(days, &[]) };
    let mut account = account.clone();
    walk.settle(&mut account)?;
    if vesting.is_positive() {
        walk.release.give(&mut account.holding, vesting)?;
    }
    walk.ended.extend(walk.release.close(rules, price, issued)?.ended);
    walk.settle(&mut account)
}

/// A posting, with its place in the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BookedPosting {
    /// The place of its event in the journal. Places rise and have gaps.
    pub place: i64,
    /// Its number in the receipt, from 0.
    pub line: i64,
    /// The day on which it was booked.
    pub day: Day,
    /// The posting.
    pub posting: Posting,
}

impl BookedPosting {
    /// Whether the member receives the posted amount.
    #[must_use]
    pub fn is_gain(&self, member: &Id) -> bool {
        self.posting.to.is(member)
    }

    /// The party on the other side of a member's posting.
    #[must_use]
    pub fn other(&self, member: &Id) -> &Party {
        if self.is_gain(member) { &self.posting.from } else { &self.posting.to }
    }
}

/// A row of an account's whole past.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HistoryRow {
    /// A closed day.
    Day(StatementDay),
    /// A posting that is not a release.
    Posting(BookedPosting),
}

/// The income of one class, summed over the whole past.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ClassIncome {
    /// Points received.
    pub points: Points,
    /// Share value received; locked share value counts when it is unlocked.
    pub share_value: ShareValue,
}

/// The whole past of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct History {
    /// Every posting except the releases, and instead of them every closed day on which the account held share value. Oldest
    /// first.
    pub rows: Vec<HistoryRow>,
    /// Every closed day since the first posting. Oldest first.
    pub days: Vec<StatementDay>,
    /// The account at the end.
    pub state: AccountState,
    /// Whether the points of all postings sum to the points of the account.
    pub adds_up: bool,
    /// Static income: the release.
    pub from_release: ClassIncome,
    /// Own income.
    pub own: ClassIncome,
    /// Dynamic income: rewards for what others do.
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
        // The past of an account starts with its first posting.
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
            // It counts when it is unlocked.
            Amount::Locked(_) => {}
        }
        Ok(())
    }
}

/// Computes the whole past of a member from `account` as it was last settled, all its `postings`, oldest first, and the
/// records of all closed `days`, from the first.
///
/// The server posts the releases of several days as one sum, when an event names the account. Here each day gets its own part of
/// that sum: the units of an account are constant between two changes, and the day records say what each unit earned.
///
/// # Errors
/// [`OutOfRange`] if account, postings and days contradict each other.
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
        // The days above already contain the points of a release.
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

/// The units that an account holds until one of these postings changes its share value. A release names them; after the last
/// change the account itself has them. `None` if nothing was released before the change: no day depends on the units then.
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
