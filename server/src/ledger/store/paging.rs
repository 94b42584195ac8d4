//! Whole lists, read page by page.

use gongxiang::book::{Account, DayRecord, Excerpt};
use gongxiang::identity::Id;

use super::{Page, Result, Transaction};

/// How many rows are read at once.
pub const PAGE: usize = 2_000;

/// All of the book as it is kept.
///
/// # Errors
/// [`StoreError`](super::StoreError).
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
    excerpt.days = days(tx).await?;
    excerpt.ended = excerpt.days.iter().flat_map(|day| day.ended.clone()).collect();
    Ok(excerpt)
}

/// All days that were closed.
///
/// # Errors
/// If the database cannot be read.
pub async fn days(tx: &mut dyn Transaction) -> Result<Vec<DayRecord>> {
    let mut days: Vec<DayRecord> = Vec::new();
    loop {
        let page = tx.days(Page { after: days.last().map(|day| day.day), limit: PAGE }).await?;
        let is_last = page.len() < PAGE;
        days.extend(page);
        if is_last {
            return Ok(days);
        }
    }
}
