//! An engine in memory, for tests: the smallest one that keeps what the trait promises.
//!
//! A transaction locks the whole book until it ends, so there is one writer at a time and no shard. What it writes becomes
//! visible at its commit.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound::{Excluded, Unbounded};
use std::sync::Arc;

use async_trait::async_trait;
use gongxiang::book::{Account, Excerpt, Head};
use gongxiang::day_report::DayReport;
use gongxiang::event::Kind;
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade, TradeState};
use gongxiang::order::{Order, OrderState};
use gongxiang::purchase::{Purchase, PurchaseState, RedemptionRecord};
use gongxiang::quantity::Index;
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::statement::BookedPosting;
use tokio::sync::{Mutex, OwnedMutexGuard};

use gongxiang_server::ledger::goods::Shelf;
use gongxiang_server::ledger::needs::{self, Needs};
use gongxiang_server::ledger::quota::{self, LastTrades, Open, OpenCounts};
use gongxiang_server::ledger::reports::{ClosedReport, Spending};
use gongxiang_server::ledger::store::{
    Batch, ClosedDay, CurrentState, FirstOutcome, HeadChange, Headline, JournalEntry, Key, NewAnswer, Page, Place,
    Result, RowChange, Scope, Store, StoreError, TradeCursor, Transaction, WorkingSet, differs,
};

/// A book that ends with the process.
#[derive(Clone, Debug)]
pub struct MemoryStore(Arc<Mutex<Tables>>);

#[derive(Debug)]
struct Tables {
    head: Head,
    clock: i64,
    rules: Vec<(Place, RuleSet)>,
    ended: Vec<Index>,
    accounts: BTreeMap<Id, Account>,
    orders: BTreeMap<Id, Order>,
    offers: BTreeMap<Id, Offer>,
    trades: BTreeMap<Id, (Trade, Id)>,
    purchases: BTreeMap<Id, Purchase>,
    redemptions: BTreeMap<Id, RedemptionRecord>,
    /// The clock of the group that entered each redemption.
    redeemed: BTreeMap<Id, i64>,
    days: BTreeMap<Day, ClosedDay>,
    reports: Vec<ClosedReport>,
    report: DayReport,
    journal: BTreeMap<Place, JournalEntry>,
    postings: BTreeMap<(Place, i64), BookedPosting>,
    answers: BTreeMap<(String, String), NewAnswer>,
}

impl MemoryStore {
    /// A new book with these rules.
    #[must_use]
    pub fn open(rules: &RuleSet) -> Self {
        Self(Arc::new(Mutex::new(Tables {
            head: Excerpt::genesis(rules.clone()).head,
            clock: 0,
            rules: vec![(Place::default(), rules.clone())],
            ended: Vec::new(),
            accounts: BTreeMap::new(),
            orders: BTreeMap::new(),
            offers: BTreeMap::new(),
            trades: BTreeMap::new(),
            purchases: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            redeemed: BTreeMap::new(),
            days: BTreeMap::new(),
            reports: Vec::new(),
            report: DayReport::default(),
            journal: BTreeMap::new(),
            postings: BTreeMap::new(),
            answers: BTreeMap::new(),
        })))
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, scope: Scope) -> Result<Box<dyn Transaction>> {
        Ok(Box::new(Work { tables: Arc::clone(&self.0).lock_owned().await, scope, batch: None }))
    }

    fn writers(&self) -> u8 {
        2
    }

    async fn close(&self) {}
}

struct Work {
    tables: OwnedMutexGuard<Tables>,
    scope: Scope,
    batch: Option<Batch>,
}

/// Rows after a key, at most `limit`.
fn page<V: Clone>(table: &BTreeMap<Id, V>, page: Page<&str>, wanted: impl Fn(&V) -> bool) -> Vec<(Id, V)> {
    let rows = table.iter().filter(|(id, value)| id.as_str() > page.after && wanted(value)).take(page.limit);
    rows.map(|(id, value)| (id.clone(), value.clone())).collect()
}

/// The newest orders, at most `limit`.
fn newest(orders: &BTreeMap<Id, Order>, limit: usize, wanted: impl Fn(&Order) -> bool) -> Vec<(Id, Order)> {
    let mut rows = page(orders, Page { after: "", limit: usize::MAX }, wanted);
    rows.sort_by_key(|(_, order)| std::cmp::Reverse(order.sequence));
    rows.truncate(limit);
    rows
}

/// The named rows, and the first `left` of the due ones after the cursor.
fn first_due<'a, V: Clone + 'a>(
    rows: impl Iterator<Item = (&'a Id, &'a V)> + Clone,
    named: &BTreeSet<Id>,
    after: Option<(Day, u64)>,
    left: &mut usize,
    due: impl Fn(&V) -> Option<(Day, u64)>,
) -> BTreeMap<Id, V> {
    let mut queue: Vec<_> = rows.clone().filter_map(|(id, value)| Some((due(value)?, id, value))).collect();
    queue.retain(|(key, ..)| Some(*key) > after);
    queue.sort_by_key(|(key, ..)| *key);
    queue.truncate(*left);
    *left -= queue.len();
    let named = rows.filter(|(id, _)| named.contains(*id));
    let due = queue.into_iter().map(|(_, id, value)| (id, value));
    named.chain(due).map(|(id, value)| (id.clone(), value.clone())).collect()
}

impl Tables {
    fn rules(&self) -> Result<&RuleSet> {
        self.rules.last().map(|(_, rules)| rules).ok_or_else(|| differs("there are no rules"))
    }

    fn excerpt(&self, needs: &Needs) -> Result<Excerpt> {
        let rules = self.rules()?.clone();
        let mut part = Excerpt { ended: self.ended.clone(), head: self.head, ..Excerpt::genesis(rules) };
        self.add_due(needs, &mut part);
        let redeemed = needs.redemptions.iter().filter_map(|id| self.redemptions.get_key_value(id));
        part.redemptions = redeemed.map(|(id, redemption)| (id.clone(), redemption.clone())).collect();
        for id in part.trades.values().map(|trade| &trade.offer).chain(&needs.offers) {
            part.offers.extend(self.offers.get(id).map(|offer| (id.clone(), offer.clone())));
        }
        let accounts = self.accounts_of(needs, &part);
        part.partners = accounts.iter().filter_map(|(id, account)| Some((account.city?, id.clone()))).collect();
        part.accounts = accounts;
        if needs.due.is_some_and(|due| due.most.is_none()) {
            let window = usize::try_from(part.rules.price_window_days).unwrap_or(usize::MAX).max(1);
            let before = self.days.len().saturating_sub(window);
            part.days = self.days.values().skip(before).map(|closed| closed.record.clone()).collect();
        }
        Ok(part)
    }

    /// The trades, purchases and orders that are named or due.
    fn add_due(&self, needs: &Needs, part: &mut Excerpt) {
        let mut left = needs.due.and_then(|due| due.most).unwrap_or(usize::MAX);
        let (today, after) = (needs.due.map(|due| due.day), needs.due_after);
        let unpaid = self.trades.iter().map(|(id, (trade, _))| (id, trade));
        part.trades = first_due(unpaid, &needs.trades, after.trades, &mut left, |trade| {
            (trade.state == TradeState::Taken && Some(trade.day) < today).then_some((trade.day, trade.sequence))
        });
        let is_due = |due: Option<Day>, sequence| Some((due.filter(|due| Some(*due) <= today)?, sequence));
        part.purchases = first_due(self.purchases.iter(), &needs.purchases, after.purchases, &mut left, |purchase| {
            is_due(purchase.due, purchase.sequence).filter(|_| purchase.state == PurchaseState::Pending)
        });
        part.orders = first_due(self.orders.iter(), &needs.orders, after.orders, &mut left, |order| {
            is_due(order.due, order.sequence).filter(|_| order.state == OrderState::Pending)
        });
    }

    /// The accounts of everybody whom the events, or the rows of the part, name or look at.
    fn accounts_of(&self, needs: &Needs, part: &Excerpt) -> BTreeMap<Id, Account> {
        let mut members: Vec<&Id> = needs.members.iter().collect();
        members.extend(part.trades.values().map(|trade| &trade.taker));
        members.extend(part.offers.values().map(|offer| &offer.owner));
        members.extend(part.redemptions.values().map(|redemption| &redemption.member));
        for purchase in part.purchases.values() {
            members.push(&purchase.member);
            members.extend(self.accounts.get(&purchase.member).and_then(|account| account.referrer.as_ref()));
        }
        for order in part.orders.values() {
            members.push(&order.merchant);
            members.extend(order.rewards.iter().map(|(reward, _)| &reward.member));
        }
        for buyer in &needs.buyers {
            let mut above = Some(buyer);
            for _ in 0..=needs::depth(&part.rules) {
                members.extend(above);
                above = above.and_then(|id| self.accounts.get(id)?.referrer.as_ref());
            }
        }
        let mut cities = needs.cities.clone();
        for shop in needs.shops.iter().filter_map(|id| self.accounts.get(id)) {
            members.extend(&shop.referrer);
            cities.extend(shop.shop.map(Region::city));
        }
        let partner = |(id, account): (&Id, &Account)| {
            let looked_at = members.contains(&id) || account.city.is_some_and(|city| cities.contains(&city));
            looked_at.then(|| (id.clone(), account.clone()))
        };
        if cities.is_empty() {
            members.iter().filter_map(|id| self.accounts.get_key_value(*id)).filter_map(partner).collect()
        } else {
            self.accounts.iter().filter_map(partner).collect()
        }
    }

    /// What an excerpt's accounts and offers have open, counted anew.
    fn open(&self, part: &Excerpt) -> OpenCounts {
        let is_open = |trade: &&Trade| matches!(trade.state, TradeState::Taken | TradeState::Paid);
        let trades = || self.trades.values().map(|(trade, _)| trade).filter(is_open);
        let count = |rows: usize| i64::try_from(rows).unwrap_or(i64::MAX);
        let pending = |merchant: &Id| {
            self.orders
                .values()
                .filter(|order| order.merchant == *merchant && order.state == OrderState::Pending)
                .count()
        };
        let last_trades = |id: &Id| {
            let taken = || self.trades.values().map(|(trade, _)| trade).filter(|trade| trade.taker == *id);
            let day = taken().map(|trade| trade.day).max();
            LastTrades { day, trades: count(taken().filter(|trade| Some(trade.day) == day).count()) }
        };
        let buys_by_its_offer = |trade: &Trade, id: &Id| {
            self.offers.get(&trade.offer).is_some_and(|offer| offer.owner == *id && offer.side == Side::Buy)
        };
        let member = |id: &Id| Open {
            offers: count(self.offers.values().filter(|offer| offer.owner == *id && quota::wants(offer)).count()),
            trades: count(trades().filter(|trade| trade.taker == *id).count()),
            bought: count(trades().filter(|trade| buys_by_its_offer(trade, id)).count()),
            orders: count(pending(id)),
            last_trades: last_trades(id),
            spending: self.spending_of(id),
        };
        let offer = |id: &Id| count(trades().filter(|trade| trade.offer == *id).count());
        OpenCounts {
            members: part.accounts.keys().map(|id| (id.clone(), member(id))).collect(),
            offers: part.offers.keys().map(|id| (id.clone(), offer(id))).collect(),
        }
    }

    /// What a shop paid for its orders, counted anew.
    fn spending_of(&self, merchant: &Id) -> Spending {
        let mut orders: Vec<_> = self.orders.values().filter(|order| order.merchant == *merchant).collect();
        orders.sort_by_key(|order| order.sequence);
        let mut spending = Spending::default();
        for order in orders {
            spending.add(order.day, order.points);
        }
        spending
    }

    /// Whether every new row is new and every other row exists.
    fn fits(&self, batch: &Batch) -> bool {
        fn fit<V, W>(table: &BTreeMap<Id, V>, rows: &[RowChange<W>]) -> bool {
            rows.iter().all(|row| table.contains_key(&row.id) != row.new)
        }
        let name = |answer: &NewAnswer| (answer.key.scope.clone(), answer.key.key.clone());
        fit(&self.accounts, &batch.accounts)
            && fit(&self.orders, &batch.orders)
            && fit(&self.offers, &batch.offers)
            && fit(&self.trades, &batch.trades)
            && fit(&self.purchases, &batch.purchases)
            && fit(&self.redemptions, &batch.redemptions)
            && batch.days.iter().all(|day| !self.days.contains_key(&day.record.day))
            && batch.journal.iter().all(|entered| !self.journal.contains_key(&entered.place))
            && batch.answers.iter().all(|answer| !self.answers.contains_key(&name(answer)))
    }

    fn enter(&mut self, batch: Batch) -> Result<()> {
        self.clock = batch.first.clock();
        self.head = match batch.head {
            HeadChange::Flow(flow) => self.head.plus(&flow).map_err(|_| differs("the totals do not fit together"))?,
            HeadChange::Whole(head) => head,
        };
        if let Some(rules) = batch.rules {
            let adopted = batch.journal.iter().rev().find(|entered| entered.kind == Kind::RulesAdopted);
            let place = adopted.ok_or_else(|| differs("rules changed without an event"))?.place;
            self.rules.push((place, rules));
        }
        for (day, report) in batch.reports.closed {
            self.report.merge(&report);
            let report = std::mem::take(&mut self.report);
            let mut total = self.reports.last().map_or_else(DayReport::default, |closed| closed.total);
            total.merge(&report);
            self.reports.push(ClosedReport { day, report, total });
        }
        self.report.merge(&batch.reports.open);
        self.ended.extend(batch.days.iter().flat_map(|day| day.record.ended.clone()));
        self.accounts.extend(batch.accounts.into_iter().map(|row| (row.id, row.value)));
        self.orders.extend(batch.orders.into_iter().map(|row| (row.id, row.value)));
        self.offers.extend(batch.offers.into_iter().map(|row| (row.id, row.value)));
        self.trades.extend(batch.trades.into_iter().map(|row| (row.id, row.value)));
        self.purchases.extend(batch.purchases.into_iter().map(|row| (row.id, row.value)));
        let new = batch.redemptions.iter().filter(|row| row.new);
        self.redeemed.extend(new.map(|row| (row.id.clone(), batch.first.clock())));
        self.redemptions.extend(batch.redemptions.into_iter().map(|row| (row.id, row.value)));
        self.days.extend(batch.days.into_iter().map(|day| (day.record.day, day)));
        let booked = |booked: BookedPosting| ((Place(booked.place), booked.line), booked);
        self.postings.extend(batch.journal.iter().flat_map(JournalEntry::postings).map(booked));
        self.journal.extend(batch.journal.into_iter().map(|entered| (entered.place, entered)));
        let named = |answer: NewAnswer| ((answer.key.scope.clone(), answer.key.key.clone()), answer);
        self.answers.extend(batch.answers.into_iter().map(named));
        Ok(())
    }
}

#[async_trait]
impl Transaction for Work {
    async fn answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>> {
        let find = |Key { scope, key, .. }: &Key| self.tables.answers.get(&(scope.clone(), key.clone()));
        let outcome = |NewAnswer { key, came_of }: &NewAnswer| {
            let outcome = match came_of {
                Err(refusal) => Err(refusal.clone()),
                Ok(place) => {
                    let entered = self.tables.journal.get(place).ok_or_else(|| differs("a key has no answer"))?;
                    Ok(entered.receipt.clone())
                }
            };
            Ok(FirstOutcome { key: key.clone(), outcome })
        };
        keys.iter().filter_map(find).map(outcome).collect()
    }

    async fn load(&mut self, needs: &Needs) -> Result<WorkingSet> {
        let shard = match self.scope {
            Scope::Reading => 0,
            Scope::Everyday { shard } | Scope::Alone { shard } => shard,
        };
        let first = Place::first(self.tables.clock + 1, shard);
        let mut excerpt = self.tables.excerpt(needs)?;
        excerpt.head.count_from(first.number());
        let open = self.tables.open(&excerpt);
        // It keeps no goods.
        Ok(WorkingSet { excerpt, first, open, shelf: Shelf::default(), announced: None })
    }

    async fn write(&mut self, batch: &Batch) -> Result<()> {
        match (self.scope, batch.head) {
            (Scope::Everyday { .. }, HeadChange::Flow(_)) | (Scope::Alone { .. }, _) => {}
            _ => return Err(differs("a transaction was to write more than it may")),
        }
        if !self.tables.fits(batch) {
            return Err(StoreError::Conflict);
        }
        self.batch = Some(batch.clone());
        Ok(())
    }

    async fn commit(mut self: Box<Self>) -> Result<()> {
        self.batch.take().map_or(Ok(()), |batch| self.tables.enter(batch))
    }

    async fn now(&mut self) -> Result<CurrentState> {
        let Tables { head, clock, rules, .. } = &*self.tables;
        let rules_version = i64::try_from(rules.len()).unwrap_or(i64::MAX);
        Ok(CurrentState { head: *head, rules: self.tables.rules()?.clone(), rules_version, clock: *clock })
    }

    async fn journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>> {
        let after = self.tables.journal.range((Excluded(page.after), Unbounded));
        Ok(after.take(page.limit).map(|(_, entered)| entered.clone()).collect())
    }

    async fn headlines(&mut self, page: Page<Place>) -> Result<Vec<Headline>> {
        let before = self.tables.journal.range(..page.after).rev().take(page.limit);
        let headline = |(place, entered): (&Place, &JournalEntry)| Headline {
            place: *place,
            kind: entered.kind,
            event: entered.event.clone(),
            at: entered.at.clone(),
            actor: entered.actor.clone(),
        };
        Ok(before.map(headline).collect())
    }

    async fn entered(&mut self, place: Place) -> Result<Option<JournalEntry>> {
        Ok(self.tables.journal.get(&place).cloned())
    }

    async fn postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let after = self.tables.postings.range((Excluded(page.after), Unbounded));
        Ok(after.take(page.limit).map(|(_, posted)| posted.clone()).collect())
    }

    async fn postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>> {
        let before = self.tables.postings.range(..page.after).rev().map(|(_, booked)| booked);
        let theirs = before.filter(|booked| booked.posting.from.is(member) || booked.posting.to.is(member));
        Ok(theirs.take(page.limit).cloned().collect())
    }

    async fn count_postings_of_members(&mut self) -> Result<u64> {
        let of = |booked: &BookedPosting| u64::try_from(booked.posting.members().count()).unwrap_or(u64::MAX);
        Ok(self.tables.postings.values().map(of).sum())
    }

    async fn accounts(&mut self, page: Page<&str>) -> Result<Vec<(Id, Account)>> {
        Ok(self::page(&self.tables.accounts, page, |_| true))
    }

    async fn members_starting(&mut self, beginning: &str, page: Page<&str>) -> Result<Vec<Id>> {
        let members =
            self.tables.accounts.keys().filter(|id| id.as_str() > page.after && id.as_str().starts_with(beginning));
        Ok(members.take(page.limit).cloned().collect())
    }

    async fn shops(&mut self, city: Option<Region>, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account)>> {
        let place = |(id, account): (&Id, &Account)| {
            let of = account.shop?.city();
            city.is_none_or(|city| city == of).then(|| ((of.to_string(), id.to_string()), account.clone()))
        };
        let by_city: BTreeMap<(String, String), Account> = self.tables.accounts.iter().filter_map(place).collect();
        let after = |(city, id): &(String, String)| (city.as_str(), id.as_str()) > page.after;
        let rows = by_city.into_iter().filter(|(place, _)| after(place)).take(page.limit);
        Ok(rows.filter_map(|((_, id), account)| Some((Id::parse(&id)?, account))).collect())
    }

    async fn days(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedDay>> {
        let days = self.tables.days.values().filter(|day| Some(day.record.day) > page.after);
        Ok(days.take(page.limit).cloned().collect())
    }

    async fn day_reports(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedReport>> {
        let after = self.tables.reports.iter().filter(|closed| Some(closed.day) > page.after);
        Ok(after.take(page.limit).copied().collect())
    }

    async fn report_so_far(&mut self) -> Result<(DayReport, DayReport)> {
        let total = self.tables.reports.last().map_or_else(DayReport::default, |closed| closed.total);
        Ok((self.tables.report, total))
    }

    async fn spending(&mut self, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account, Spending)>> {
        let shops = self.shops(None, page).await?;
        Ok(shops.into_iter().map(|(id, account)| (id.clone(), account, self.tables.spending_of(&id))).collect())
    }

    async fn rules(&mut self) -> Result<Vec<(Place, RuleSet)>> {
        Ok(self.tables.rules.clone())
    }

    async fn orders(&mut self, page: Page<&str>) -> Result<Vec<(Id, Order)>> {
        Ok(self::page(&self.tables.orders, page, |_| true))
    }

    async fn orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let theirs = |order: &Order| order.merchant == *merchant && i128::from(order.sequence) < i128::from(page.after);
        Ok(newest(&self.tables.orders, page.limit, theirs))
    }

    async fn orders_ending(
        &mut self,
        merchant: &Id,
        ending: &str,
        among: usize,
        limit: usize,
    ) -> Result<Vec<(Id, Order)>> {
        let ends = |id: &Id| id.as_str().to_ascii_lowercase().ends_with(&ending.to_ascii_lowercase());
        let of_shop = newest(&self.tables.orders, among, |order| order.merchant == *merchant);
        Ok(of_shop.into_iter().filter(|(id, _)| ends(id)).take(limit).collect())
    }

    async fn orders_by(&mut self, buyer: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>> {
        let theirs = |order: &Order| order.buyer == *buyer && i128::from(order.sequence) < i128::from(page.after);
        Ok(newest(&self.tables.orders, page.limit, theirs))
    }

    async fn orders_for(&mut self, member: &Id, page: Page<(Option<Day>, i64)>) -> Result<Vec<(Id, Order)>> {
        let key = |order: &Order| (order.due, i64::try_from(order.sequence).unwrap_or(i64::MAX));
        let theirs = |order: &Order| {
            let is_party = order.buyer == *member || order.merchant == *member;
            let is_rewarded = order.rewards.iter().any(|(reward, _)| reward.member == *member);
            let is_due = order.state == OrderState::Pending && order.due.is_some() && key(order) > page.after;
            is_due && is_rewarded && !is_party
        };
        let mut rows = self::page(&self.tables.orders, Page { after: "", limit: usize::MAX }, theirs);
        rows.sort_by_key(|(_, order)| key(order));
        rows.truncate(page.limit);
        Ok(rows)
    }

    async fn oldest_pending(&mut self) -> Result<Option<i64>> {
        let pending = |order: &&Order| order.state == OrderState::Pending && order.due.is_some();
        let numbers = self.tables.orders.values().filter(pending).map(|order| order.sequence);
        Ok(numbers.min().and_then(|number| i64::try_from(number).ok()))
    }

    async fn offers(&mut self, open: bool, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let wants = |offer: &Offer| !open || (offer.open && offer.remaining.is_positive());
        Ok(self::page(&self.tables.offers, page, wants))
    }

    async fn board(&mut self, side: Side, page: Page<Option<&Id>>) -> Result<Option<Vec<(Id, Offer)>>> {
        let rank = |id: &Id, offer: &Offer| {
            let price = offer.unit_price.raw();
            (if side == Side::Sell { price } else { -price }, id.clone())
        };
        let offers = &self.tables.offers;
        let after =
            match page.after.map(|id| offers.get(id).filter(|offer| offer.side == side).map(|offer| rank(id, offer))) {
                Some(None) => return Ok(None),
                after => after.flatten(),
            };
        let wants = |offer: &Offer| offer.side == side && offer.open && offer.remaining.is_positive();
        let mut rows: Vec<_> = offers.iter().filter(|(_, offer)| wants(offer)).collect();
        rows.sort_by_key(|(id, offer)| rank(id, offer));
        rows.retain(|(id, offer)| after.as_ref().is_none_or(|after| rank(id, offer) > *after));
        Ok(Some(rows.into_iter().take(page.limit).map(|(id, offer)| (id.clone(), offer.clone())).collect()))
    }

    async fn offers_of(&mut self, owner: &Id, page: Page<&str>) -> Result<Vec<(Id, Offer)>> {
        let theirs = |offer: &Offer| offer.owner == *owner && offer.open && offer.remaining.is_positive();
        Ok(self::page(&self.tables.offers, page, theirs))
    }

    async fn trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let theirs = |(trade, owner): &(Trade, Id)| member.is_none_or(|id| *id == trade.taker || id == owner);
        let rows = self::page(&self.tables.trades, page, theirs);
        Ok(rows.into_iter().map(|(id, (trade, _))| (id, trade)).collect())
    }

    async fn trades_of(&mut self, member: &Id, page: Page<TradeCursor>) -> Result<Vec<(Id, Trade, Offer)>> {
        let ended = |trade: &Trade| matches!(trade.state, TradeState::Confirmed | TradeState::Cancelled);
        let key = |trade: &Trade| (ended(trade), -i64::try_from(trade.sequence).unwrap_or(i64::MAX));
        let after = (page.after.ended, -page.after.before);
        let theirs = |(trade, owner): &(Trade, Id)| (*member == trade.taker || member == owner) && key(trade) > after;
        let rows = self::page(&self.tables.trades, Page { after: "", limit: usize::MAX }, theirs);
        let offer = |(id, (trade, _)): (Id, (Trade, Id))| {
            let offer = self.tables.offers.get(&trade.offer).cloned().ok_or_else(|| differs("an offer is missing"))?;
            Ok((id, trade, offer))
        };
        let mut rows = rows.into_iter().map(offer).collect::<Result<Vec<_>>>()?;
        rows.sort_by_key(|(_, trade, _)| key(trade));
        rows.truncate(page.limit);
        Ok(rows)
    }

    async fn paid_trades(&mut self, until: Day, page: Page<&str>) -> Result<Vec<(Id, Trade)>> {
        let paid = |(trade, _): &(Trade, Id)| trade.state == TradeState::Paid && trade.day <= until;
        let rows = self::page(&self.tables.trades, page, paid);
        Ok(rows.into_iter().map(|(id, (trade, _))| (id, trade)).collect())
    }

    async fn purchases(&mut self, page: Page<&str>) -> Result<Vec<(Id, Purchase)>> {
        Ok(self::page(&self.tables.purchases, page, |_| true))
    }

    async fn purchases_of(&mut self, member: &Id, page: Page<i64>) -> Result<Vec<(Id, Purchase)>> {
        let number = |purchase: &Purchase| i64::try_from(purchase.sequence).unwrap_or(i64::MAX);
        let theirs = |purchase: &Purchase| purchase.member == *member && number(purchase) < page.after;
        let mut rows: Vec<_> = self.tables.purchases.iter().filter(|(_, purchase)| theirs(purchase)).collect();
        rows.sort_by_key(|(_, purchase)| Reverse(purchase.sequence));
        Ok(rows.into_iter().take(page.limit).map(|(id, purchase)| (id.clone(), purchase.clone())).collect())
    }

    async fn redemptions_of(
        &mut self,
        member: &Id,
        page: Page<Option<&Id>>,
    ) -> Result<Option<Vec<(Id, RedemptionRecord)>>> {
        let Tables { redemptions, redeemed, .. } = &*self.tables;
        let made = |id: &Id| (redeemed.get(id).copied(), id.clone());
        let is_theirs = |id: &Id| redemptions.get(id).is_some_and(|redemption| redemption.member == *member);
        if page.after.is_some_and(|id| !is_theirs(id)) {
            return Ok(None);
        }
        let before = page.after.map(made);
        let mut ids: Vec<_> = redemptions.keys().filter(|id| is_theirs(id)).collect();
        ids.retain(|id| before.as_ref().is_none_or(|before| made(id) < *before));
        ids.sort_by_key(|id| Reverse(made(id)));
        Ok(Some(
            ids.into_iter()
                .take(page.limit)
                .filter_map(|id| Some((id.clone(), redemptions.get(id)?.clone())))
                .collect(),
        ))
    }

    async fn redemptions(&mut self, page: Page<&str>) -> Result<Vec<(Id, RedemptionRecord)>> {
        Ok(self::page(&self.tables.redemptions, page, |_| true))
    }
}
