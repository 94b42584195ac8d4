//! Whole lists, read page by page.

use std::vec::IntoIter;

use gongxiang::book::{Account, Excerpt};
use gongxiang::identity::{Day, Id};
use gongxiang::wire::statement::BookedPosting;

use super::{ClosedDay, JournalEntry, Page, Place, Result, Transaction};

/// How many rows are read at once.
const PAGE: usize = 2_000;

/// The entries of the journal, one after the other.
#[derive(Debug, Default)]
pub struct JournalPages {
    after: Place,
    page: IntoIter<JournalEntry>,
}

impl JournalPages {
    pub async fn next(&mut self, tx: &mut dyn Transaction) -> Result<Option<JournalEntry>> {
        if self.page.len() == 0 {
            self.page = tx.journal(Page { after: self.after, limit: PAGE }).await?.into_iter();
        }
        let next = self.page.next();
        self.after = next.as_ref().map_or(self.after, |entry| entry.place);
        Ok(next)
    }
}

/// The first place of the journal on this day or later; nothing if there is none yet.
///
/// Days never go back, so each step halves what is left. Places have large gaps, so it stops early if no entry stands between `before` and
/// the place that was found.
pub async fn first_place(tx: &mut dyn Transaction, day: Day) -> Result<Option<Place>> {
    // What is at `before` or earlier is of an earlier day. `found` is the first place after `until`.
    let (mut before, mut until, mut found) = (Place(0), Place(i64::MAX), None);
    while before < until {
        let middle = Place(before.0 + (until.0 - before.0) / 2);
        match tx.day_after(middle).await? {
            Some((place, at)) if at < day => before = place,
            next => {
                let next = next.map(|(place, _)| place);
                if next.is_some() && next == found && tx.day_after(before).await?.map(|(place, _)| place) == found {
                    break;
                }
                (found, until) = (next, middle);
            }
        }
    }
    Ok(found)
}

/// The postings of the journal, one after the other.
#[derive(Debug)]
pub struct PostingPages {
    after: (Place, i64),
    page: IntoIter<BookedPosting>,
}

impl Default for PostingPages {
    fn default() -> Self {
        Self { after: (Place::default(), -1), page: IntoIter::default() }
    }
}

impl PostingPages {
    pub async fn next(&mut self, tx: &mut dyn Transaction) -> Result<Option<BookedPosting>> {
        if self.page.len() == 0 {
            self.page = tx.postings(Page { after: self.after, limit: PAGE }).await?.into_iter();
        }
        let next = self.page.next();
        self.after = next.as_ref().map_or(self.after, |booked| (Place(booked.place), booked.line));
        Ok(next)
    }
}

/// Reads the whole stored book.
pub async fn whole(tx: &mut dyn Transaction) -> Result<Excerpt> {
    macro_rules! table {
        ($page:ident => $read:expr) => {{
            let mut all = std::collections::BTreeMap::new();
            loop {
                let after = all.last_key_value().map_or(String::new(), |(id, _): (&Id, _)| id.to_string());
                let $page = Page { after: after.as_str(), limit: PAGE };
                let rows = $read.await?;
                let is_last = rows.len() < PAGE;
                all.extend(rows);
                if is_last {
                    break all;
                }
            }
        }};
    }
    let now = tx.now().await?;
    let mut excerpt = Excerpt { head: now.head, ..Excerpt::genesis(now.rules) };
    excerpt.accounts = table!(page => tx.accounts(page));
    excerpt.orders = table!(page => tx.orders(page));
    excerpt.offers = table!(page => tx.offers(false, page));
    excerpt.trades = table!(page => tx.trades(None, page));
    excerpt.purchases = table!(page => tx.purchases(page));
    excerpt.redemptions = table!(page => tx.redemptions(page));
    let partner = |(id, account): (&Id, &Account)| Some((account.city?, id.clone()));
    excerpt.partners = excerpt.accounts.iter().filter_map(partner).collect();
    excerpt.days = days(tx).await?.into_iter().map(|closed| closed.record).collect();
    excerpt.ended = excerpt.days.iter().flat_map(|day| day.ended.clone()).collect();
    Ok(excerpt)
}

/// Reads all closed days.
pub async fn days(tx: &mut dyn Transaction) -> Result<Vec<ClosedDay>> {
    let mut days: Vec<ClosedDay> = Vec::new();
    loop {
        let page = tx.days(Page { after: days.last().map(|day| day.record.day), limit: PAGE }).await?;
        let is_last = page.len() < PAGE;
        days.extend(page);
        if is_last {
            return Ok(days);
        }
    }
}
