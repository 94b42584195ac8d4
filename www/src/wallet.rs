//! A member's balances: fetched, computed here, compared with the server's.
//!
//! The server gives the account as it was last settled. The records of the closed days bring it up to date (RULES.md
//! section 5). A record never changes, so the wallet stores the records and asks only for later ones.

use std::sync::Arc;

use gongxiang::book::{Account, AccountState, DayRecord, Supply};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Index, Money, OutOfRange, Points, Price};
use gongxiang::release::Release;
use gongxiang::ruleset::RuleSet;
use gongxiang::statement::{self, StatementDay};
use gongxiang::wire::answer::{MemberNow, SupplyNow};
use gongxiang::wire::pending::PendingNow;
use leptos::prelude::*;

use crate::api::{self, Fault};
use crate::keep::{self, Store};

/// Key of the day records in the store.
const DAYS_KEY: &str = "days";

/// Days in one request.
const DAYS_PER_PAGE: u32 = 200;

/// Attempts to get answers of the same day. A close between two requests makes them differ.
const ATTEMPTS: usize = 3;

/// The day records fetched so far, oldest first.
pub type Days = StoredValue<Vec<DayRecord>>;

/// What the wallet knows of a member at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wallet {
    pub member: Id,
    /// The open day.
    pub day: Day,
    /// The open day's price of a point.
    pub price: Price,
    pub rules: Arc<RuleSet>,
    pub supply: Supply,
    pub release: Release,
    /// The last `acc` of every era that has ended.
    pub ended: Vec<Index>,
    /// The account as it was last settled.
    pub account: Account,
    /// The balances, computed here.
    pub mine: AccountState,
    /// The balances according to the server; `None` if the day records are newer than its answer on the member.
    pub server: Option<AccountState>,
    /// The worth of the points at the price, rounded down to the cent.
    pub worth: Money,
    /// When the answers were stored, if the server did not answer now.
    pub since: Option<String>,
}

/// What the close of the open day is expected to bring: the release and the points of orders that vest. Orders of others and account
/// changes until then alter it.
#[derive(Clone, Copy, Debug)]
pub struct Tonight {
    /// The member's points.
    pub earned: Points,
    /// Their worth at the open day's price.
    pub worth: Money,
}

impl Wallet {
    /// Whether the balances computed here equal the server's to the last digit.
    pub fn is_verified(&self) -> bool {
        self.server.is_none_or(|server| self.mine == server)
    }

    /// What the close of the open day is expected to bring, with the member's own orders that vest. `days` are the closed days.
    /// `None` if it cannot be computed.
    pub fn tonight(&self, days: &[DayRecord], pending: Option<&PendingNow>) -> Option<Tonight> {
        let vesting = pending.map(|pending| pending.until(self.day)).transpose().ok()?;
        let (share_value, points) = vesting.unwrap_or_default();
        let (account, release, rules) = (&self.account, &self.release, &self.rules);
        let released =
            statement::next_release(account, days, release, rules, self.price, self.supply.issued, share_value);
        let earned = released.and_then(|released| released.plus(points)).ok()?;
        Some(Tonight { earned, worth: earned.worth_floor(self.price).ok()? })
    }

    /// The closed days before the open day.
    pub fn closed(&self, days: Days) -> Vec<DayRecord> {
        days.with_value(|days| {
            let known = days.partition_point(|record| record.day < self.day);
            days.get(..known).unwrap_or_default().to_vec()
        })
    }
}

/// Fetches and computes a member's balances.
pub async fn open(id: Id, days: Days) -> Result<Wallet, Fault> {
    if days.with_value(Vec::is_empty)
        && let Some(text) = keep::read(Store::Answers, DAYS_KEY).await
    {
        days.set_value(api::read(&text).unwrap_or_default());
    }
    let first = ask(&id, days).await;
    match first {
        // If the server started over, the stored day records belong to another book. Drop them before doubting the server.
        Ok(wallet) if !wallet.is_verified() => {}
        Err(Fault::BadAnswer) => {}
        other => return other,
    }
    days.set_value(Vec::new());
    ask(&id, days).await
}

async fn ask(id: &Id, days: Days) -> Result<Wallet, Fault> {
    for _ in 0..ATTEMPTS {
        let now = api::member(id).await?;
        let supply = api::supply().await?;
        let rules = api::rules().await?.value;
        let since = now.since.or(supply.since);
        let fits = now.value.member == *id && (now.value.day == supply.value.day || since.is_some());
        if fits {
            match fetch_days(now.value.day.max(supply.value.day), days).await {
                // The stored records may reach far enough.
                Err(Fault::Unreachable) if since.is_some() => {}
                other => other?,
            }
            let computed = days.with_value(|days| compute(&now.value, &supply.value, rules, days, since));
            return computed.ok().flatten().ok_or(Fault::BadAnswer);
        }
    }
    Err(Fault::BadAnswer)
}

/// Fetches day records up to the day before `open`, or as many as there are.
pub async fn fetch_days(open: Day, days: Days) -> Result<(), Fault> {
    let before = days.with_value(Vec::len);
    loop {
        let last = days.with_value(|days| days.last().map(|record| record.day));
        if last.and_then(Day::next).is_some_and(|next| next >= open) {
            break;
        }
        let page = api::days(last, DAYS_PER_PAGE).await?;
        if page.is_empty() {
            break;
        }
        let follows = page.iter().zip(page.iter().skip(1)).all(|(record, next)| record.day.next() == Some(next.day));
        let continues = last.is_none_or(|last| last.next() == page.first().map(|record| record.day));
        if !(follows && continues) {
            return Err(Fault::BadAnswer);
        }
        days.update_value(|days| {
            for record in page {
                // Another screen may have fetched the same days meanwhile.
                if days.last().is_none_or(|last| last.day.next() == Some(record.day)) {
                    days.push(record);
                }
            }
        });
    }
    if days.with_value(Vec::len) > before {
        let text = days.with_value(serde_json::to_string).unwrap_or_default();
        keep::write(Store::Answers, DAYS_KEY, &text).await;
    }
    Ok(())
}

/// The balances at the moment of `now`, or, without a network, at the end of the day records. `None` if the answers contradict
/// each other.
fn compute(
    now: &MemberNow,
    supply: &SupplyNow,
    rules: RuleSet,
    days: &[DayRecord],
    since: Option<String>,
) -> Result<Option<Wallet>, OutOfRange> {
    // With a fresh answer, days that closed after it do not count.
    let known = if since.is_some() { days.len() } else { days.partition_point(|record| record.day < now.day) };
    let days = days.get(..known).unwrap_or_default();
    let last = days.last();
    let reached = last.and_then(|last| last.day.next()).unwrap_or(now.day);
    if reached < now.day {
        return Ok(None);
    }
    let mine = statement::balance(&now.account, days)?;
    let release = match last {
        Some(last) if reached > supply.day => Release::recorded(last.era, last.units, last.nav, last.acc),
        _ => supply.release,
    };
    let ended: Vec<_> = days.iter().flat_map(|record| &record.ended).copied().collect();
    Ok(Some(Wallet {
        member: now.member.clone(),
        day: reached,
        price: supply.price,
        rules: Arc::new(rules),
        supply: supply.supply,
        release,
        ended,
        account: now.account.clone(),
        mine,
        server: (reached == now.day).then_some(now.state),
        worth: mine.points.worth_floor(supply.price)?,
        since,
    }))
}

/// How closely the formula of a day gives what was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// To the last digit.
    Exact,
    /// To less than 10^-6 points. An indexed account rounds less often than the formula (RULES.md section 7).
    Close,
}

/// Whether `released × before ÷ total` gives what was earned; `None` if it does not. Then the formula is not shown.
pub fn agreement(day: &StatementDay) -> Option<Agreement> {
    const CLOSE: i128 = 100;
    let product = day.released.raw().checked_mul(day.before.raw())?;
    let earned = product.checked_div(day.total.raw())?;
    match (earned - day.earned.raw()).abs() {
        0 => Some(Agreement::Exact),
        1..CLOSE => Some(Agreement::Close),
        _ => None,
    }
}
