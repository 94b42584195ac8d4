//! An account's days, from the day records alone: how a wallet brings an old snapshot up to date and checks the server.
//!
//! Carries out the last paragraphs of RULES.md section 5: an account is a few numbers that stay put until somebody
//! touches it, and the records of the days since then are all that is needed to settle it.

use crate::book::{Account, AccountState, DayRecord};
use crate::quantity::{Index, OutOfRange, Points, Price};
use crate::release::Release;
use crate::ruleset::RuleSet;

/// One day of an account: what the release gave and took (当日获得, 个人消耗).
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
pub struct StatementDay {
    /// Points earned by the close of this day.
    pub earned: Points,
    /// What the account is after it.
    pub state: AccountState,
}

/// The release as it stands after these days, and the last `acc` of every era they ended.
fn release_after(days: &[DayRecord]) -> (Release, Vec<Index>) {
    let ended = days.iter().flat_map(|record| &record.ended).copied().collect();
    let recorded = |record: &DayRecord| Release::recorded(record.era, record.units, record.nav, record.acc);
    let release = days.last().map_or_else(Release::default, recorded);
    (release, ended)
}

/// An account brought up to date: `days` are all days that were closed, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account is younger than the last of the days, or the days do not fit together.
pub fn balance(account: &Account, days: &[DayRecord]) -> Result<AccountState, OutOfRange> {
    let (release, ended) = release_after(days);
    account.state(&release, &ended)
}

/// The last `count` of `days`, day by day; `days` are all days that were closed, from the first.
///
/// # Errors
/// [`OutOfRange`] if the account was settled after the first day that is listed, or the days do not fit together.
pub fn statement(account: &Account, days: &[DayRecord], count: usize) -> Result<Vec<StatementDay>, OutOfRange> {
    let first = days.len().saturating_sub(count);
    let (earlier, listed) = days.split_at(first);
    let (mut release, mut ended) = release_after(earlier);
    let mut before = account.state(&release, &ended)?.points;
    let mut lines = Vec::with_capacity(listed.len());
    for record in listed {
        let (after, newly_ended) = release_after(std::slice::from_ref(record));
        release = after;
        ended.extend(newly_ended);
        let state = account.state(&release, &ended)?;
        lines.push(StatementDay { earned: state.points.minus(before)?, state });
        before = state.points;
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
    let (_, mut ended) = release_after(days);
    let before = account.state(release, &ended)?.points;
    let mut after = *release;
    ended.extend(after.close(rules, price, issued)?.ended);
    account.state(&after, &ended)?.points.minus(before)
}
