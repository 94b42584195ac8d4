//! Lists page by page: every row once, and in order.

use std::cmp::Reverse;
use std::fmt::Debug;
use std::sync::Arc;

use anyhow::{Context as _, Result, ensure};
use gongxiang::event::Event;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Side, Trade, TradeState};
use gongxiang_server::ledger::journal;
use gongxiang_server::ledger::store::{Headline, JournalEntry, Page, Place, Scope, Store, TradeCursor, Transaction};

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
copied!(i64, TradeCursor, Place, (Place, i64), Option<Day>, (Option<Day>, i64));

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
    paged!("members by the start of their ids", "", page => tx.members_starting("", page), row => row.to_string());
    for (beginning, after) in [("a", ""), ("ann", ""), ("ann", "ann"), ("anna", ""), ("ANN", ""), ("s", "b"), ("~", "")]
    {
        let found = tx.members_starting(beginning, Page { after, limit: ALL }).await?;
        let all = tx.accounts(Page { after, limit: ALL }).await?.into_iter().map(|(id, _)| id);
        let expected: Vec<_> = all.filter(|id| id.as_str().starts_with(beginning)).collect();
        ensure!(found == expected, "the members after {after:?} whose ids start with {beginning:?} are {found:?}");
    }
    shops_are_found_by_city(&mut *tx, &accounts).await?;
    paged!("days", none, page => tx.days(page), row => Some(row.record.day));
    let orders = paged!("orders", "", page => tx.orders(page), row => row.0.to_string());
    let shops =
        paged!("orders of one", i64::MAX, page => tx.orders_of(&shop, page), row => i64::try_from(row.1.sequence)?);
    let bob = member("bob")?;
    let bought =
        paged!("orders by one", i64::MAX, page => tx.orders_by(&bob, page), row => i64::try_from(row.1.sequence)?);
    let offers = paged!("offers", "", page => tx.offers(false, page), row => row.0.to_string());
    let open = paged!("open offers", "", page => tx.offers(true, page), row => row.0.to_string());
    let own = paged!("open offers of one", "", page => tx.offers_of(&ann, page), row => row.0.to_string());
    let owned: Vec<_> = open.iter().filter(|row| row.contains("owner: Id(\"ann\")")).cloned().collect();
    ensure!(own == owned && !own.is_empty(), "the open offers of ann are {own:?}");
    the_board_is_by_price(&mut *tx).await?;
    let trades = paged!("trades", "", page => tx.trades(None, page), row => row.0.to_string());
    let hers = paged!("trades of one", "", page => tx.trades(Some(&ann), page), row => row.0.to_string());

    let cursor = |trade: &Trade| {
        Ok::<_, anyhow::Error>(TradeCursor { ended: has_ended(trade), before: trade.sequence.try_into()? })
    };
    let with_offers = paged!("trades of one, with offers", TradeCursor::START, page => tx.trades_of(&ann, page), row => cursor(&row.1)?);
    let mut sorted = tx.trades(Some(&ann), Page { after: "", limit: ALL }).await?;
    sorted.sort_by_key(|(_, trade)| (has_ended(trade), Reverse(trade.sequence)));
    let of_offers = tx.offers(false, Page { after: "", limit: ALL }).await?;
    let mut expected = Vec::new();
    for (id, trade) in sorted {
        let (_, offer) = of_offers.iter().find(|(offer, _)| *offer == trade.offer).context("no offer")?;
        expected.push((id, trade, offer.clone()));
    }
    ensure!(with_offers == shown(&expected), "the trades of ann with their offers are {with_offers:?}");

    let purchases = paged!("purchases", "", page => tx.purchases(page), row => row.0.to_string());
    let redemptions = paged!("redemptions", "", page => tx.redemptions(page), row => row.0.to_string());

    let mut mentioned: Vec<String> = postings.into_iter().filter(|row| row.contains("Member(Id(\"ann\"))")).collect();
    mentioned.reverse();
    ensure!(theirs == mentioned, "a statement is not what the postings say");
    ensure!((accounts.len(), orders.len(), offers.len(), trades.len()) == (6, 5, 5, 4), "rows are missing");
    ensure!(open.len() == 4 && open.iter().all(|row| offers.contains(row)), "the open offers are {open:?}");
    ensure!(hers.len() == 3 && hers.iter().all(|row| trades.contains(row)), "the trades of ann are {hers:?}");
    ensure!((purchases.len(), redemptions.len()) == (3, 3), "purchases or redemptions are missing");
    for list in [&accounts, &orders, &offers, &trades, &purchases, &redemptions] {
        ensure!(list.is_sorted(), "a list is not in the order of its ids");
    }
    let all = tx.orders(Page { after: "", limit: ALL }).await?;
    let mut sold: Vec<_> = all.into_iter().filter(|(_, order)| order.merchant == shop).collect();
    sold.sort_by_key(|(_, order)| Reverse(order.sequence));
    ensure!(shops == shown(&sold), "the orders of a shop are {shops:?}");
    // Bob gave all of them.
    ensure!(bought == shown(&sold), "the orders of a buyer are {bought:?}");
    let none = tx.orders_by(&ann, Page { after: i64::MAX, limit: ALL }).await?;
    ensure!(none.is_empty(), "who gave no order has orders: {none:?}");
    let none = tx.orders_of(&ann, Page { after: i64::MAX, limit: ALL }).await?;
    ensure!(none.is_empty(), "who has no shop has orders: {none:?}");
    for (id, _) in &sold {
        // In whatever letters it is typed.
        let ending: String = id.as_str().chars().rev().take(4).collect::<Vec<_>>().into_iter().rev().collect();
        let found = tx.orders_ending(&shop, &ending.to_ascii_uppercase(), ALL, ALL).await?;
        ensure!(found.iter().any(|(found, _)| found == id), "{id} is not found by {ending}");
        ensure!(tx.orders_ending(&ann, &ending, ALL, ALL).await?.is_empty(), "another shop finds {id}");
        ensure!(tx.orders_ending(&shop, &format!("{ending}x"), ALL, ALL).await?.is_empty(), "{ending}x finds an order");
    }
    let (newest, _) = sold.first().context("no order")?;
    let ending = newest.as_str().get(newest.as_str().len() - 1..).context("an empty id")?;
    ensure!(tx.orders_ending(&shop, ending, 1, ALL).await?.len() == 1, "it looks beyond the newest");
    ensure!(tx.orders_ending(&shop, ending, ALL, 0).await?.is_empty(), "it finds more than asked for");
    let rules = tx.rules().await?;
    ensure!(rules.len() == 2 && rules.is_sorted_by_key(|(place, _)| *place), "the history of the rules");
    let mut newest_first = tx.journal(Page { after: Place::default(), limit: ALL }).await?;
    newest_first.reverse();
    let same = |entered: JournalEntry| Headline {
        place: entered.place,
        kind: entered.kind,
        event: entered.event,
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

async fn the_board_is_by_price(tx: &mut dyn Transaction) -> Result<()> {
    for side in [Side::Sell, Side::Buy] {
        let mut board = tx.offers(true, Page { after: "", limit: ALL }).await?;
        board.retain(|(_, offer)| offer.side == side);
        board.sort_by_key(|(_, offer)| {
            let price = offer.unit_price.raw();
            if side == Side::Sell { price } else { -price }
        });
        let found = tx.board(side, Page { after: None, limit: ALL }).await?;
        ensure!(found.as_ref() == Some(&board), "the board of {side:?} is {found:?}, not {board:?}");
    }
    Ok(())
}

/// Packs and redemptions of one member, page by page, are its part of all, the newest first.
pub async fn of_what_can_be_taken_back_are_newest_first(store: &Arc<dyn Store>) -> Result<()> {
    let mut tx = store.begin(Scope::Reading).await?;
    let (ann, dan) = (member("ann")?, member("dan")?);
    let mut bought = tx.purchases(Page { after: "", limit: ALL }).await?;
    bought.retain(|(_, purchase)| purchase.member == dan);
    bought.sort_by_key(|(_, purchase)| Reverse(purchase.sequence));
    ensure!(bought.len() == 3, "the packs of dan are {bought:?}");
    let (mut found, mut after) = (Vec::new(), i64::MAX);
    while let Some((id, purchase)) = tx.purchases_of(&dan, Page { after, limit: 1 }).await?.pop() {
        after = i64::try_from(purchase.sequence)?;
        found.push((id, purchase));
    }
    ensure!(found == bought, "the packs of dan come as {found:?}");
    ensure!(tx.purchases_of(&ann, Page { after: i64::MAX, limit: ALL }).await?.is_empty(), "ann has packs of dan");

    let redeemed = |entry: &JournalEntry| match journal::parse(entry.event.as_bytes()).ok()?.entry.event {
        Event::PointsRedeemed { member, redemption, .. } if member == ann => redemption,
        _ => None,
    };
    let journal = tx.journal(Page { after: Place::default(), limit: ALL }).await?;
    let entered: Vec<_> = journal.iter().rev().filter_map(redeemed).collect();
    ensure!(entered.len() == 3, "the redemptions of ann are {entered:?}");
    let (mut found, mut after) = (Vec::new(), None::<Id>);
    while let Some((id, _)) = {
        let page = tx.redemptions_of(&ann, Page { after: after.as_ref(), limit: 1 }).await?;
        page.context("a redemption of ann is none of hers")?.pop()
    } {
        after = Some(id.clone());
        found.push(id);
    }
    ensure!(found == entered, "the redemptions of ann come as {found:?}, not {entered:?}");
    let of_dan = tx.redemptions_of(&dan, Page { after: after.as_ref(), limit: 1 }).await?;
    ensure!(of_dan.is_none(), "a page of dan begins after a redemption of ann");
    Ok(())
}

/// The shops are those accounts that have one, by city and id.
async fn shops_are_found_by_city(tx: &mut dyn Transaction, accounts: &[String]) -> Result<()> {
    let with_shop: Vec<_> = accounts.iter().filter(|row| !row.contains("shop: None")).cloned().collect();
    for (city, after, expected) in [
        (None, ("", ""), &*with_shop),
        (Region::parse("320100"), ("", ""), &*with_shop),
        (Region::parse("320200"), ("", ""), &[]),
        (None, ("320100", "shoo"), &*with_shop),
        (None, ("320100", "shop"), &[]),
        (None, ("320200", ""), &[]),
    ] {
        let found = shown(&tx.shops(city, Page { after, limit: ALL }).await?);
        ensure!(found == expected, "the shops of {city:?} after {after:?} are {found:?}");
    }
    ensure!(with_shop.len() == 1, "the shops are {with_shop:?}");
    Ok(())
}

fn has_ended(trade: &Trade) -> bool {
    matches!(trade.state, TradeState::Confirmed | TradeState::Cancelled)
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
