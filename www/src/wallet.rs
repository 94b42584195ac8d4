//! A member's figures: fetched, computed here, compared with the server's.
//!
//! The snapshot is an account as it was last settled; the records of all closed days bring it up to date
//! (RULES.md section 5). The records never change, so they are kept in memory and only continued.

use gongxiang::book::{AccountState, DayRecord};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Price, ShareValue};
use gongxiang::statement;
use leptos::prelude::*;

use crate::api::{self, Fault, MemberNow};

/// How many days are listed.
pub const LISTED_DAYS: usize = 14;

/// How many days are asked for at once.
const DAYS_PER_PAGE: u32 = 200;

/// How often a member is asked for again because a day was closed between two answers.
const ATTEMPTS: usize = 3;

/// The records of the closed days, as far as they were fetched.
pub type Days = StoredValue<Vec<DayRecord>>;

/// What is known of a member at one moment.
#[derive(Clone, Debug)]
pub struct Wallet {
    /// Who.
    pub member: Id,
    /// The open day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// Whether the member has bought a pack: what is locked before waits for that.
    pub activated: bool,
    /// Computed here.
    pub mine: AccountState,
    /// Said by the server.
    pub server: AccountState,
    /// What the points are worth at the price, yuan.
    pub worth: Money,
    /// The last days, newest first: as far back as the snapshot allows.
    pub lines: Vec<Line>,
}

impl Wallet {
    /// Whether what was computed here is what the server says, to the last digit.
    pub fn is_verified(&self) -> bool {
        self.mine == self.server
    }
}

/// A closed day of a member.
#[derive(Clone, Debug)]
pub struct Line {
    /// The day.
    pub day: Day,
    /// Its price.
    pub price: Price,
    /// Points that all members together got.
    pub released: Points,
    /// Share value of all before it.
    pub total: ShareValue,
    /// The member's share value before it.
    pub before: ShareValue,
    /// Points the member got.
    pub earned: Points,
    /// The member's share value after it.
    pub after: ShareValue,
    /// What the earned points were worth at that day's price, yuan.
    pub worth: Money,
}

/// Fetches and computes.
pub async fn open(id: Id, days: Days) -> Result<Wallet, Fault> {
    let wallet = ask(&id, days).await?;
    if wallet.is_verified() {
        return Ok(wallet);
    }
    // Before the server is doubted: it may have started over with another book than that of the days in memory.
    days.set_value(Vec::new());
    ask(&id, days).await
}

async fn ask(id: &Id, days: Days) -> Result<Wallet, Fault> {
    for _ in 0..ATTEMPTS {
        let now = api::member(id).await?;
        let supply = api::supply().await?;
        if now.day == supply.day && now.member == *id {
            fetch_days(now.day, days).await?;
            return days.with_value(|days| compute(&now, supply.price, days)).ok_or(Fault::Nonsense);
        }
    }
    Err(Fault::Nonsense)
}

/// Continues the records until the day before `open`, or until there are no more.
async fn fetch_days(open: Day, days: Days) -> Result<(), Fault> {
    loop {
        let last = days.with_value(|days| days.last().map(|record| record.day));
        if last.and_then(Day::next).is_some_and(|next| next >= open) {
            return Ok(());
        }
        let page = api::days(last, DAYS_PER_PAGE).await?;
        if page.is_empty() {
            return Ok(());
        }
        let follows = page.iter().zip(page.iter().skip(1)).all(|(record, next)| record.day.next() == Some(next.day));
        let continues = last.is_none_or(|last| last.next() == page.first().map(|record| record.day));
        if !(follows && continues) {
            return Err(Fault::Nonsense);
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
}

/// The figures at the moment of `now`; nothing if the answers do not fit together.
fn compute(now: &MemberNow, price: Price, days: &[DayRecord]) -> Option<Wallet> {
    // Days that were closed after that moment do not count.
    let days = days.get(..days.partition_point(|record| record.day < now.day))?;
    let complete = days.last().is_none_or(|last| last.day.next() == Some(now.day));
    let mine = statement::balance(&now.account, days).ok().filter(|_| complete)?;
    Some(Wallet {
        member: now.member.clone(),
        day: now.day,
        price,
        activated: now.account.activated,
        mine,
        server: now.state,
        worth: mine.points.worth_floor(price).ok()?,
        lines: lines(now, days)?,
    })
}

fn lines(now: &MemberNow, days: &[DayRecord]) -> Option<Vec<Line>> {
    // What was before the snapshot is not in it: the list starts where the account was last touched.
    let mut listed = (0..=LISTED_DAYS.min(days.len())).rev();
    let statement = listed.find_map(|count| statement::statement(&now.account, days, count).ok())?;
    let (earlier, listed) = days.split_at(days.len().checked_sub(statement.len())?);
    let mut before = statement::balance(&now.account, earlier).ok()?.share_value;
    let mut lines = Vec::with_capacity(listed.len());
    for (record, line) in listed.iter().zip(statement) {
        lines.push(Line {
            day: record.day,
            price: record.price,
            released: record.released,
            total: record.total,
            before,
            earned: line.earned,
            after: line.state.share_value,
            worth: line.earned.worth_floor(record.price).ok()?,
        });
        before = line.state.share_value;
    }
    lines.reverse();
    Some(lines)
}

/// How a formula agrees with what was earned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// To the last digit.
    Exact,
    /// To less than 10^-6 points: the rest is the indexed account's, which rounds less often (RULES.md section 7).
    Close,
}

impl Line {
    /// Whether `released × before ÷ total` explains what was earned; nothing if it does not, and is better not shown.
    pub fn agreement(&self) -> Option<Agreement> {
        const CLOSE: i128 = 100;
        let product = self.released.raw().checked_mul(self.before.raw())?;
        let earned = product.checked_div(self.total.raw())?;
        match (earned - self.earned.raw()).abs() {
            0 => Some(Agreement::Exact),
            1..CLOSE => Some(Agreement::Close),
            _ => None,
        }
    }
}
