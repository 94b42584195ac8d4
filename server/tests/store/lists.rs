//! Lists page by page: every row once, and in order.

use std::fmt::Debug;
use std::sync::Arc;

use anyhow::{Result, ensure};
use gongxiang::identity::Day;
use gongxiang_server::ledger::store::{Headline, JournalEntry, Page, Place, Scope, Store};

use crate::suite::member;

const ALL: usize = 10_000;

/// Reads a list in pages of 1, 2 and 3 rows, and compares it with the whole list; `$key` is the key of a row.
macro_rules! paged {
    ($name:literal, $first:expr, $page:ident => $read:expr, $row:ident => $key:expr) => {{
        let $page = Page { after: $first, limit: ALL };
        let whole = shown(&$read.await?);
        ensure!(whole.len() >= 2, "{}: too few rows to be told apart", $name);
        for limit in 1..=3 {
            let (mut rows, mut after) = (Vec::new(), $first.to_owned());
            loop {
                #[allow(clippy::borrow_deref_ref, reason = "some keys are borrowed, some copied")]
                let $page = Page { after: lend(&after), limit };
                let page = $read.await?;
                ensure!(page.len() <= limit, "{}: more rows than were asked for", $name);
                let Some($row) = page.last() else { break };
                after = $key;
                rows.extend(shown(&page));
                ensure!(rows.len() <= whole.len(), "{}: a row comes twice", $name);
            }
            ensure!(rows == whole, "{}: pages of {limit} are not the list", $name);
        }
        whole
    }};
}

fn shown<V: Debug>(rows: &[V]) -> Vec<String> {
    rows.iter().map(|row| format!("{row:?}")).collect()
}

/// The key after which a page begins.
trait Lend<'a> {
    type Lent;
    fn lend(&'a self) -> Self::Lent;
}

impl<'a> Lend<'a> for String {
    type Lent = &'a str;
    fn lend(&'a self) -> &'a str {
        self
    }
}

macro_rules! copied {
    ($($kind:ty),*) => {$(
        impl Lend<'_> for $kind {
            type Lent = Self;
            fn lend(&self) -> Self {
                *self
            }
        }
    )*};
}
copied!(i64, Place, (Place, i64), Option<Day>, (Option<Day>, i64));

fn lend<'a, K: Lend<'a>>(key: &'a K) -> K::Lent {
    key.lend()
}

pub async fn are_read_page_by_page(store: &Arc<dyn Store>) -> Result<()> {
    let mut tx = store.begin(Scope::Reading).await?;
    let ann = member("ann")?;
    let shop = member("shop")?;
    let newest = (Place(i64::MAX), 0);
    let none: Option<Day> = None;
    paged!("journal", Place::default(), page => tx.journal(page), row => row.place);
    let headlines = paged!("headlines", Place(i64::MAX), page => tx.headlines(page), row => row.place);
    let postings =
        paged!("postings", (Place::default(), -1), page => tx.postings(page), row => (Place(row.place), row.line));
    let theirs =
        paged!("postings of one", newest, page => tx.postings_of(&ann, page), row => (Place(row.place), row.line));
    let accounts = paged!("accounts", "", page => tx.accounts(page), row => row.0.to_string());
    paged!("days", none, page => tx.days(page), row => Some(row.day));
    let orders = paged!("orders", "", page => tx.orders(page), row => row.0.to_string());
    let shops =
        paged!("orders of one", i64::MAX, page => tx.orders_of(&shop, page), row => i64::try_from(row.1.sequence)?);
    let bob = member("bob")?;
    let bought =
        paged!("orders by one", i64::MAX, page => tx.orders_by(&bob, page), row => i64::try_from(row.1.sequence)?);
    let offers = paged!("offers", "", page => tx.offers(false, page), row => row.0.to_string());
    let open = paged!("open offers", "", page => tx.offers(true, page), row => row.0.to_string());
    let trades = paged!("trades", "", page => tx.trades(None, page), row => row.0.to_string());
    let hers = paged!("trades of one", "", page => tx.trades(Some(&ann), page), row => row.0.to_string());

    let purchases = paged!("purchases", "", page => tx.purchases(page), row => row.0.to_string());
    let redemptions = paged!("redemptions", "", page => tx.redemptions(page), row => row.0.to_string());

    let mut mentioned: Vec<String> = postings.into_iter().filter(|row| row.contains("Member(Id(\"ann\"))")).collect();
    mentioned.reverse();
    ensure!(theirs == mentioned, "a statement is not what the postings say");
    ensure!((accounts.len(), orders.len(), offers.len(), trades.len()) == (6, 5, 4, 4), "rows are missing");
    ensure!(open.len() == 3 && open.iter().all(|row| offers.contains(row)), "the open offers are {open:?}");
    ensure!(hers.len() == 3 && hers.iter().all(|row| trades.contains(row)), "the trades of ann are {hers:?}");
    ensure!((purchases.len(), redemptions.len()) == (3, 3), "purchases or redemptions are missing");
    for list in [&accounts, &orders, &offers, &trades, &purchases, &redemptions] {
        ensure!(list.is_sorted(), "a list is not in the order of its ids");
    }
    let all = tx.orders(Page { after: "", limit: ALL }).await?;
    let mut sold: Vec<_> = all.into_iter().filter(|(_, order)| order.merchant == shop).collect();
    sold.sort_by_key(|(_, order)| std::cmp::Reverse(order.sequence));
    ensure!(shops == shown(&sold), "the orders of a shop are {shops:?}");
    // Bob gave all of them.
    ensure!(bought == shown(&sold), "the orders of a buyer are {bought:?}");
    let none = tx.orders_by(&ann, Page { after: i64::MAX, limit: ALL }).await?;
    ensure!(none.is_empty(), "who gave no order has orders: {none:?}");
    let none = tx.orders_of(&ann, Page { after: i64::MAX, limit: ALL }).await?;
    ensure!(none.is_empty(), "who has no shop has orders: {none:?}");
    let rules = tx.rules().await?;
    ensure!(rules.len() == 2 && rules.is_sorted_by_key(|(place, _)| *place), "the history of the rules");
    let mut newest_first = tx.journal(Page { after: Place::default(), limit: ALL }).await?;
    newest_first.reverse();
    let same = |entered: JournalEntry| Headline {
        place: entered.place,
        kind: entered.kind,
        at: entered.at,
        actor: entered.actor,
    };
    let of_journal: Vec<_> = newest_first.into_iter().map(same).collect();
    ensure!(headlines == shown(&of_journal), "the headlines are not the journal's, newest first");
    for entered in tx.journal(Page { after: Place::default(), limit: ALL }).await? {
        ensure!(tx.entered(entered.place).await?.as_ref() == Some(&entered), "an event is not found at its place");
    }
    Ok(())
}

/// Everything that is stored.
pub async fn all(store: &Arc<dyn Store>) -> Result<Vec<String>> {
    let mut tx = store.begin(Scope::Reading).await?;
    let by_id = Page { after: "", limit: ALL };
    let mut all = shown(&tx.journal(Page { after: Place::default(), limit: ALL }).await?);
    all.extend(shown(&tx.postings(Page { after: (Place::default(), -1), limit: ALL }).await?));
    all.extend(shown(&tx.accounts(by_id).await?));
    all.extend(shown(&tx.orders(by_id).await?));
    all.extend(shown(&tx.offers(false, by_id).await?));
    all.extend(shown(&tx.trades(None, by_id).await?));
    all.extend(shown(&tx.purchases(by_id).await?));
    all.extend(shown(&tx.redemptions(by_id).await?));
    all.extend(shown(&tx.days(Page { after: None, limit: ALL }).await?));
    all.extend(shown(&tx.rules().await?));
    all.push(format!("{:?}", tx.now().await?));
    Ok(all)
}
