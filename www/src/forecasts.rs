//! A member's forecast as this wallet computes it, for today and for an earlier day, and what came since that day.

use std::ops::Range;

use gongxiang::book::{Account, Book, DayRecord, Eve, MEAN_DAYS, Supply};
use gongxiang::event::{Code, Refusal};
use gongxiang::forecast::{Assumptions, Inputs, TurnoverPath, forecast};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{Money, Points, Rate, ShareValue};
use gongxiang::receipt::{Amount, Rule};
use gongxiang::release::{Holding, Release};
use gongxiang::statement::{History, HistoryRow};

use crate::action::of_snapshot;
use crate::wallet::Wallet;

/// One percent, as a raw rate with 8 places.
const PERCENT: i128 = 1_000_000;

/// The band's spread before anybody moves the slider, in percent of turnover in 30 days.
pub const SPREAD: i64 = 15;

/// What a forecast starts from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    pub eve: Eve,
    /// The inputs, with turnover and new share value as means of the last days.
    pub means: Inputs,
}

/// Why there is no forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NoForecast {
    /// Turnover vested on so few days that a mean of them says nothing.
    Young {
        days: usize,
    },
    Refused(Refusal),
}

impl From<Refusal> for NoForecast {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// Turnover that grows by so many percent in 30 days.
pub fn growing(percent: i64) -> TurnoverPath {
    TurnoverPath::Growing(Rate::checked_from_raw(i128::from(percent) * PERCENT).unwrap_or_default())
}

/// The paths of the band: falling, steady, rising.
pub fn band(spread: i64) -> Vec<TurnoverPath> {
    vec![growing(-spread), growing(0), growing(spread)]
}

/// The mean turnover of the last closed days, rounded down to the cent; `None` if none is recorded. The snapshot has no orders, so it
/// knows nothing of the open day's turnover, and a mean with 0 for it would be too low.
fn mean_turnover(closed: &[DayRecord]) -> Option<Money> {
    let (mut sum, mut count) = (0_i128, 0_i128);
    for turnover in closed.iter().rev().take(MEAN_DAYS).map_while(|record| record.turnover) {
        (sum, count) = (sum + turnover.raw(), count + 1);
    }
    Money::checked_from_raw(sum.checked_div(count)?)
}

/// What a forecast from this wallet starts from. `closed` are the days before the wallet's open day.
pub fn start(wallet: &Wallet, closed: &[DayRecord]) -> Result<Start, NoForecast> {
    let mut excerpt = of_snapshot(wallet, &wallet.member);
    excerpt.days = closed.to_vec();
    let mut eve = Book::from(excerpt).eve(&wallet.member)?;
    let days = eve.turnover_days();
    let mean = mean_turnover(closed);
    let steady = Assumptions { paths: vec![growing(0)], horizons: vec![1], ..Assumptions::default() };
    let means = match forecast(&eve, &steady, &mut |_| true) {
        Ok(forecast) => Inputs { turnover: mean.unwrap_or(forecast.inputs.turnover), ..forecast.inputs },
        Err(refusal) if refusal.code == Code::TooYoung => return Err(NoForecast::Young { days }),
        Err(refusal) => return Err(NoForecast::Refused(refusal)),
    };
    if let (Some(open), Some(mean)) = (eve.turnovers.first_mut(), mean) {
        *open = mean;
    }
    Ok(Start { eve, means })
}

/// What is known of an earlier forecast.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Earlier {
    Said(Said),
    /// The member had no account then, or the network no closed day.
    NoRecords,
    /// The member had no share value then.
    NoShareValue,
    /// Turnover had vested on too few days then.
    Young,
}

/// What the forecast said for some days that are over, and what came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Said {
    /// The first of these days.
    pub from: Day,
    /// Points that it said would be released to the member, at least.
    pub low: Points,
    /// The same, at most.
    pub high: Points,
    /// Points that were released to the member.
    pub came: Points,
    /// Share value that the account got or lost on these days otherwise than by the release, which no forecast knew.
    pub changes: Vec<Change>,
    /// Whether points moved otherwise than by the release.
    pub has_moves: bool,
}

/// A change of an account's share value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    pub rule: Rule,
    pub is_gain: bool,
    pub share_value: ShareValue,
}

/// The forecast as it would have been at the beginning of the last `days` closed days, and what came on them. It is computed from the account, the
/// release, the price and the turnovers of that moment, and with the rules of today. Points that refunds had returned by then are in no
/// record, so they are left out. The points issued then are today's less those released since.
pub fn earlier(wallet: &Wallet, closed: &[DayRecord], past: &History, days: usize) -> Option<Earlier> {
    let at = closed.len().checked_sub(days);
    let Some((before, since)) = at.and_then(|at| closed.split_at_checked(at)).filter(|(before, _)| !before.is_empty())
    else {
        return Some(Earlier::NoRecords);
    };
    let (last, first) = (before.last()?, since.first()?);
    let lines = past.days.partition_point(|line| line.day <= last.day);
    let (known, lines) = past.days.split_at_checked(lines)?;
    let Some(then) = known.last().filter(|line| line.day == last.day).map(|line| line.state) else {
        return Some(Earlier::NoRecords);
    };
    if !then.share_value.is_positive() {
        return Some(Earlier::NoShareValue);
    }
    let sum = |points: Points, more: Points| points.plus(more).ok();
    let came = lines.iter().map(|line| line.earned).try_fold(Points::ZERO, sum)?;
    let released = since.iter().map(|record| record.released).try_fold(Points::ZERO, sum)?;
    let release = Release::recorded(last.era, last.units, last.nav, last.acc);
    let holding = Holding { units: then.units, ..Holding::new_at(&release) };
    let closed_days = first.day..wallet.day;
    let wallet = Wallet {
        day: first.day,
        price: first.price,
        supply: Supply { issued: wallet.supply.issued.minus(released).ok()?, ..wallet.supply },
        release,
        ended: before.iter().flat_map(|record| &record.ended).copied().collect(),
        account: Account { points: then.points, holding, ..Account::default() },
        mine: then,
        ..wallet.clone()
    };
    let Start { eve, means } = match start(&wallet, before) {
        Ok(start) => start,
        Err(NoForecast::Young { .. }) => return Some(Earlier::Young),
        Err(NoForecast::Refused(_)) => return None,
    };
    let assumptions = Assumptions {
        paths: band(SPREAD),
        horizons: vec![days],
        turnover: Some(means.turnover),
        inflow: Some(means.inflow),
    };
    let forecast = forecast(&eve, &assumptions, &mut |_| true).ok()?;
    let said = || forecast.paths.iter().flat_map(|path| &path.outlooks).map(|outlook| outlook.earned);
    let (low, high) = (said().min()?, said().max()?);
    let (changes, has_moves) = moves(&wallet.member, past, &closed_days)?;
    Some(Earlier::Said(Said { from: first.day, low, high, came, changes, has_moves }))
}

/// What changed the account's share value on these days, summed by rule, and whether its points moved otherwise than by the release.
fn moves(member: &Id, past: &History, days: &Range<Day>) -> Option<(Vec<Change>, bool)> {
    let (mut changes, mut has_moves) = (Vec::<Change>::new(), false);
    for row in &past.rows {
        let HistoryRow::Posting(booked) = row else { continue };
        if !days.contains(&booked.day) {
            continue;
        }
        let (rule, is_gain) = (booked.posting.rule, booked.is_gain(member));
        match booked.posting.amount {
            Amount::Points(_) => has_moves = true,
            Amount::ShareValue(share_value) => {
                match changes.iter_mut().find(|change| (change.rule, change.is_gain) == (rule, is_gain)) {
                    Some(change) => change.share_value = change.share_value.plus(share_value).ok()?,
                    None => changes.push(Change { rule, is_gain, share_value }),
                }
            }
            // It counts when it is unlocked.
            Amount::Locked(_) => {}
        }
    }
    Some((changes, has_moves))
}

#[cfg(test)]
mod tests {
    use std::error::Error;
    use std::sync::Arc;

    use gongxiang::book::Settlement;
    use gongxiang::event::Event;
    use gongxiang::identity::Id;
    use gongxiang::statement;
    use gongxiang::wire::event;
    use gongxiang::wire::statement::BookedPosting;

    use super::*;
    use crate::json;

    type TestResult = Result<(), Box<dyn Error>>;

    fn wallet(book: &Book, member: &Id) -> Result<Wallet, Box<dyn Error>> {
        let (head, account) = (book.head(), book.account(member.as_str()).ok_or("no account")?);
        let mine = book.account_state(member.as_str())?.ok_or("no account")?;
        Ok(Wallet {
            member: member.clone(),
            day: head.day,
            price: head.price,
            rules: Arc::new(book.rules().clone()),
            supply: head.supply,
            release: head.release,
            ended: book.days().iter().flat_map(|record| &record.ended).copied().collect(),
            account: account.clone(),
            mine,
            server: None,
            worth: Money::default(),
            since: None,
        })
    }

    /// The real purchases of the demo, closed day by day.
    #[test]
    fn an_earlier_forecast_is_the_one_of_that_day_and_what_came_is_what_was_released() -> TestResult {
        const DAYS: usize = 30;
        let mut book = Book::open(json::read(include_str!("../../tests/data/cdnow.rules.json"))?);
        let journal = include_str!("../../tests/data/cdnow.jsonl");
        let (mut then, mut postings) = (None, Vec::new());
        let closes = journal.lines().filter(|line| line.contains("day.closed")).count();
        let me = Id::parse("c0007").ok_or("an id")?;
        for (place, line) in (1..).zip(journal.lines()) {
            let entry = event::read(&json::read(line)?)?;
            let is_close = matches!(entry.event, Event::DayClosed { .. });
            // Some orders of the journal are refused: their shop has too few points.
            let Ok(Settlement { receipt, .. }) = book.settle(&entry.event) else { continue };
            let mine = receipt.postings.iter().filter(|posting| posting.from.is(&me) || posting.to.is(&me));
            postings.extend((0..).zip(mine).map(|(line, posting)| {
                let (day, posting) = (receipt.day, posting.clone());
                BookedPosting { place, line, day, posting }
            }));
            if is_close && book.days().len() == closes - DAYS {
                then = Some(start(&wallet(&book, &me)?, book.days()).map_err(|refused| format!("{refused:?}"))?);
            }
        }
        let Start { eve, means } = then.ok_or("no forecast then")?;
        let assumed = Assumptions {
            paths: band(SPREAD),
            horizons: vec![DAYS],
            turnover: Some(means.turnover),
            inflow: Some(means.inflow),
        };
        let expected = forecast(&eve, &assumed, &mut |_| true)?;
        let expected: Vec<_> = expected.paths.iter().map(|path| path.outlooks[0].earned.raw()).collect();

        let now = wallet(&book, &me)?;
        let past = statement::history(&me, &now.account, &postings, book.days())?;
        assert!(past.adds_up);
        let known = earlier(&now, book.days(), &past, DAYS).ok_or("out of range")?;
        let Earlier::Said(said) = known else { return Err(format!("{known:?}").into()) };
        // The carries of that moment are in no record: they are less than a millionth of a point.
        let is_near = |points: Points, expected: Option<&i128>| {
            expected.is_some_and(|expected| (points.raw() - expected).abs() < 100)
        };
        assert!(is_near(said.low, expected.iter().min()), "{} {expected:?}", said.low);
        assert!(is_near(said.high, expected.iter().max()), "{} {expected:?}", said.high);
        assert!(said.low < said.high);
        let released = past.days.iter().rev().take(DAYS).map(|line| line.earned.raw()).sum::<i128>();
        assert_eq!(said.came.raw(), released);
        assert!(said.came.is_positive());
        assert_eq!(Some(said.from), past.days.iter().rev().nth(DAYS - 1).map(|line| line.day));

        let all = book.days().len();
        assert_eq!(earlier(&now, book.days(), &past, all), Some(Earlier::NoRecords));
        assert_eq!(earlier(&now, book.days(), &past, all + 1), Some(Earlier::NoRecords));
        Ok(())
    }
}
