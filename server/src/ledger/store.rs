//! Storage: one trait for every engine.
//!
//! A transaction begins in a [`Scope`], loads the part of the book that a group of events needs, and stores the
//! result, whole or not at all. [`sql`] has two engines, `SQLite` and `PostgreSQL`; the tests have a third, in
//! memory. All of them pass one conformance suite.
//!
//! # Who waits for whom
//!
//! A writer owns one of [`SHARDS`] shards while it works. Everyday events ([`crate::ledger::needs`]) write only the
//! rows they name, and add their share of the totals to the writer's own shard. So writers do not wait for each other
//! unless they write the same row. Events that change rules, prices, weights or a member's standing take all shards
//! and fold their flows into the head. There is no hot row, no advisory lock and no sequence.
//!
//! # The order of the journal
//!
//! A group's place ([`Place`]) is later than the place of every row it read and of every earlier group of its shard.
//! An event therefore stands after everything it depends on, and a single-threaded replay in the order of the places
//! gives the same state.

pub mod announcement;
mod error;
mod key;
pub mod paging;
mod place;
pub mod sql;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use gongxiang::book::{Account, DayRecord, Excerpt, Flow, Head};
use gongxiang::day_report::DayReport;
use gongxiang::event::{Code, Kind, Refusal};
use gongxiang::identity::{Day, Id, Region};
use gongxiang::market::{Offer, Side, Trade};
use gongxiang::order::Order;
use gongxiang::purchase::{Purchase, RedemptionRecord};
use gongxiang::quantity::Points;
use gongxiang::receipt::Receipt;
use gongxiang::ruleset::RuleSet;
use gongxiang::wire::statement::BookedPosting;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::announcement::{AnnouncedRules, AnnouncementEnd, NewAnnouncement};
pub use self::error::{Result, StoreError, differs};
pub use self::key::{JOURNAL, Key};
pub use self::place::Place;
use crate::ledger::goods::{GoodsChanges, Shelf};
use crate::ledger::needs::{Due, Needs};
use crate::ledger::network::{Brought, NetworkLine, Size, Trade as TradeSum};
use crate::ledger::quota::OpenCounts;
use crate::ledger::reports::{ClosedReport, ReportChanges, Spending};

/// How many writers can settle everyday events at the same time.
pub const SHARDS: u8 = 16;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Read a snapshot.
    Reading,
    /// Settle everyday events on this shard.
    Everyday {
        /// Below [`SHARDS`].
        shard: u8,
    },
    /// Settle any event; all other writers wait.
    Alone {
        /// The shard under which the events are entered.
        shard: u8,
    },
}

impl Scope {
    /// The shard of a writer.
    #[must_use]
    pub const fn shard(self) -> Option<u8> {
        match self {
            Self::Reading => None,
            Self::Everyday { shard } | Self::Alone { shard } => Some(shard),
        }
    }
}

pub type StoredOutcome = std::result::Result<Arc<Receipt>, Refusal>;

/// The first outcome of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstOutcome {
    pub key: Key,
    pub outcome: StoredOutcome,
}

/// The first outcome of a key, as it is stored.
#[derive(Clone, Debug)]
pub struct NewAnswer {
    pub key: Key,
    /// The place of the accepted event, or the refusal.
    pub came_of: std::result::Result<Place, Refusal>,
}

/// A refusal as it is kept and sent.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct StoredRefusal {
    /// The stable code.
    pub code: String,
    /// The field; empty if the refusal is about no particular field.
    pub field: String,
    pub message: String,
}

impl From<&Refusal> for StoredRefusal {
    fn from(Refusal { code, field, message }: &Refusal) -> Self {
        Self { code: code.as_str().into(), field: field.clone().into(), message: message.clone().into() }
    }
}

impl StoredRefusal {
    /// The refusal of the rules; an error if this version does not know the code.
    pub fn refusal(self) -> Result<Refusal> {
        let code = Code::parse(&self.code).ok_or_else(|| differs(format!("`{}` is no code", self.code)))?;
        Ok(Refusal { code, field: self.field.into(), message: self.message.into() })
    }
}

/// An accepted event: a row of the journal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalEntry {
    pub place: Place,
    pub day: Day,
    pub kind: Kind,
    /// The JSON, exactly as it was sent.
    pub event: String,
    pub receipt: Arc<Receipt>,
    /// When it was settled (RFC 3339), for information.
    pub at: String,
    pub actor: String,
    /// The codes of the red flags that were accepted with it.
    pub accepted_flags: Vec<String>,
}

/// Who sent an accepted event, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Headline {
    pub place: Place,
    pub kind: Kind,
    /// As in [`JournalEntry`], as all below.
    pub event: String,
    pub at: String,
    pub actor: String,
}

impl JournalEntry {
    /// The receipt's postings, each with its place.
    pub fn postings(&self) -> impl Iterator<Item = BookedPosting> {
        let (place, day) = (self.place.0, self.day);
        (0..).zip(&self.receipt.postings).map(move |(line, posting)| BookedPosting {
            place,
            line,
            day,
            posting: posting.clone(),
        })
    }
}

/// The totals and the rules that this transaction sees.
#[derive(Clone, Debug)]
pub struct CurrentState {
    /// Includes the flows of all shards.
    pub head: Head,
    pub rules: RuleSet,
    /// Counts the adoptions, from 1.
    pub rules_version: i64,
    /// The highest clock of all shards.
    pub clock: i64,
}

/// The rows that a group of events works on.
#[derive(Clone, Debug)]
pub struct WorkingSet {
    /// Its head counts from `first`.
    pub excerpt: Excerpt,
    /// The place of the group's first event.
    pub first: Place,
    /// What is open of the excerpt's accounts and offers.
    pub open: OpenCounts,
    /// The items and vouchers that the events concern.
    pub shelf: Shelf,
    /// The rules that wait for their day, where a day is closed.
    pub announced: Option<AnnouncedRules>,
}

#[derive(Clone, Copy, Debug)]
pub enum HeadChange {
    /// Only sums changed: this flow is added to the writer's shard.
    Flow(Flow),
    /// Anything else: the new head, which includes all flows.
    Whole(Head),
}

#[derive(Clone, Debug)]
pub struct RowChange<V> {
    pub id: Id,
    pub value: V,
    /// Whether the row did not exist when the group was loaded. If it exists now, the write is a [`StoreError::Conflict`].
    pub new: bool,
}

/// A closed day as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ClosedDay {
    #[serde(flatten)]
    pub record: DayRecord,
    /// All points that were burned until its end, for orders and for goods, less what refunds and cancelled redemptions brought back.
    /// What a day burned is the difference to the day before. A day that an earlier build closed has none.
    #[schema(nullable = false)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub burned: Option<Points>,
}

/// The changes of a group, stored whole or not at all.
#[derive(Clone, Debug)]
pub struct Batch {
    /// The place of the group's first event.
    pub first: Place,
    pub journal: Vec<JournalEntry>,
    pub accounts: Vec<RowChange<Account>>,
    pub orders: Vec<RowChange<Order>>,
    pub offers: Vec<RowChange<Offer>>,
    /// Trades, with the owners of their offers.
    pub trades: Vec<RowChange<(Trade, Id)>>,
    /// Purchases of packs that may come back.
    pub purchases: Vec<RowChange<Purchase>>,
    /// Redemptions that can be cancelled.
    pub redemptions: Vec<RowChange<RedemptionRecord>>,
    /// Days that were closed.
    pub days: Vec<ClosedDay>,
    /// The rules, if they changed.
    pub rules: Option<RuleSet>,
    pub head: HeadChange,
    /// First outcomes of keys.
    pub answers: Vec<NewAnswer>,
    /// What is open of the batch's accounts and offers.
    pub open: OpenCounts,
    /// What the events add to the reports of their days.
    pub reports: ReportChanges,
    /// What concerns those above the members whom the events name.
    pub network: Vec<NetworkLine>,
    /// Pieces of items that were taken or came back.
    pub goods: GoodsChanges,
    /// What became of announced rules.
    pub announced: Option<AnnouncementEnd>,
}

/// A member whom another one brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DirectMember {
    pub member: Id,
    pub activated: bool,
    /// When it was registered; unknown of those whom an earlier build registered.
    pub since: Option<Day>,
    /// What it and everybody below it brought the other one.
    pub brought: Brought,
}

/// The part of a list that is wanted.
#[derive(Clone, Copy, Debug)]
pub struct Page<C> {
    /// The cursor: rows after this one.
    pub after: C,
    pub limit: usize,
}

/// Where a page of a member's trades ended.
#[derive(Clone, Copy, Debug)]
pub struct TradeCursor {
    /// Whether its last trade had ended.
    pub ended: bool,
    /// The number of its last trade.
    pub before: i64,
}

impl TradeCursor {
    /// Before the first page.
    pub const START: Self = Self { ended: false, before: i64::MAX };
}

/// Times to compare this process's clock with.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clocks {
    /// When the newest event was settled.
    pub newest_event: Option<Timestamp>,
    /// The database server's clock, if there is one.
    pub own: Option<Timestamp>,
}

impl Clocks {
    /// How many seconds the database is ahead of this time.
    #[must_use]
    pub fn apart(&self, now: Timestamp) -> i64 {
        self.own.map_or(0, |own| own.as_second().saturating_sub(now.as_second()))
    }
}

/// A database.
#[async_trait]
pub trait Store: fmt::Debug + Send + Sync {
    /// Begins a transaction. Dropping it without [`Transaction::commit`] leaves no trace.
    async fn begin(&self, scope: Scope) -> Result<Box<dyn Transaction>>;

    /// How many writers one process should run.
    fn writers(&self) -> u8;

    async fn clocks(&self) -> Result<Clocks> {
        Ok(Clocks::default())
    }

    /// Proves that the database can be written: commits a change without effect.
    async fn prove(&self) -> Result<()> {
        Ok(())
    }

    /// Deletes some of the commands' refusals that are older than this moment; returns their number. Those of a journal stay.
    async fn forget_refusals(&self, before: Timestamp) -> Result<u64> {
        _ = before;
        Ok(0)
    }

    /// Some of the trades that were taken at this moment or before and are not reported as paid, oldest first.
    async fn unpaid_trades(&self, taken: Timestamp) -> Result<Vec<Id>> {
        _ = taken;
        Ok(Vec::new())
    }

    /// Deletes some of the disputes whose trades ended before this moment; returns their number.
    async fn forget_disputes(&self, before: Timestamp) -> Result<u64> {
        _ = before;
        Ok(0)
    }

    /// Deletes some of the rows by which [`Transaction::orders_for`] found orders that have vested; returns their number.
    async fn forget_receivers(&self) -> Result<u64> {
        Ok(0)
    }

    /// Adds some of what members' networks brought to its sums ([`crate::ledger::network`]); returns whether more may wait.
    async fn gather_network(&self) -> Result<bool> {
        Ok(false)
    }

    /// Merges what was committed into the database's file, beside the writers ([`crate::ledger::merging`]), unless its log has grown
    /// fast since it had `pages` pages. Returns how many it has.
    async fn merge_log(&self, pages: i64) -> Result<i64> {
        Ok(pages)
    }

    async fn close(&self);
}

#[async_trait]
pub trait Transaction: Send {
    /// The first outcomes of those keys that have one.
    async fn answered(&mut self, keys: &[Key]) -> Result<Vec<FirstOutcome>>;

    /// Loads the part of the book that events need. Locks the rows that everyday events write, always in the same
    /// order, to avoid deadlocks.
    async fn load(&mut self, needs: &Needs) -> Result<WorkingSet>;

    /// The number of trades, packs and orders that are due, counted up to `due.most`.
    async fn count_due(&mut self, due: Due) -> Result<usize> {
        let part = self.load(&Needs { due: Some(due), ..Needs::default() }).await?.excerpt;
        Ok(part.trades.len() + part.purchases.len() + part.orders.len())
    }

    async fn write(&mut self, batch: &Batch) -> Result<()>;

    async fn commit(self: Box<Self>) -> Result<()>;

    /// The totals and the rules.
    async fn now(&mut self) -> Result<CurrentState>;

    /// Accepted events in their order.
    async fn journal(&mut self, page: Page<Place>) -> Result<Vec<JournalEntry>>;

    /// Accepted events without their receipts, newest first, before a place (`i64::MAX` for all).
    async fn headlines(&mut self, page: Page<Place>) -> Result<Vec<Headline>>;

    async fn entered(&mut self, place: Place) -> Result<Option<JournalEntry>>;

    /// Postings in the order of the journal.
    async fn postings(&mut self, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>>;

    /// A member's postings, newest first, before a place (`i64::MAX` for all).
    async fn postings_of(&mut self, member: &Id, page: Page<(Place, i64)>) -> Result<Vec<BookedPosting>>;

    /// How many rows say which postings are a member's. Fails with [`StoreError::Differs`] if one names a posting that is not.
    async fn count_postings_of_members(&mut self) -> Result<u64>;

    /// Accounts by id.
    async fn accounts(&mut self, page: Page<&str>) -> Result<Vec<(Id, Account)>>;

    /// Members whose ids start so, by id.
    async fn members_starting(&mut self, beginning: &str, page: Page<&str>) -> Result<Vec<Id>>;

    /// Accounts with a shop, by the city of the shop and by id; only those of `city`, if there is one.
    async fn shops(&mut self, city: Option<Region>, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account)>>;

    /// Days that were closed, oldest first.
    async fn days(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedDay>>;

    /// The reports of closed days, oldest first.
    async fn day_reports(&mut self, page: Page<Option<Day>>) -> Result<Vec<ClosedReport>>;

    /// The report of the open day so far, and of all days before it.
    async fn report_so_far(&mut self) -> Result<(DayReport, DayReport)>;

    /// Shops as [`Transaction::shops`] lists them, each with what it paid for orders on its last days.
    async fn spending(&mut self, page: Page<(&str, &str)>) -> Result<Vec<(Id, Account, Spending)>>;

    /// All rule sets that were ever in force, oldest first, with the place of their adoption.
    async fn rules(&mut self) -> Result<Vec<(Place, RuleSet)>>;

    /// The rules that were announced last.
    async fn announced(&mut self) -> Result<Option<AnnouncedRules>> {
        Ok(None)
    }

    /// The rules that a request announced.
    async fn announced_by(&mut self, key: &Key) -> Result<Option<AnnouncedRules>> {
        _ = key;
        Ok(None)
    }

    /// Keeps rules for their day, after [`Transaction::load`] in [`Scope::Alone`]; returns them as they are kept.
    async fn announce(&mut self, new: &NewAnnouncement) -> Result<AnnouncedRules> {
        _ = new;
        Err(differs("rules cannot be announced here"))
    }

    /// Does away with rules that wait, after [`Transaction::load`] in [`Scope::Alone`]; `false` if they do not wait.
    async fn withdraw(&mut self, id: i64) -> Result<bool> {
        _ = id;
        Ok(false)
    }

    /// The first entry of the journal after a place, and its day.
    async fn day_after(&mut self, place: Place) -> Result<Option<(Place, Day)>> {
        Ok(self.journal(Page { after: place, limit: 1 }).await?.pop().map(|entry| (entry.place, entry.day)))
    }

    /// Orders by id.
    async fn orders(&mut self, page: Page<&str>) -> Result<Vec<(Id, Order)>>;

    /// A shop's orders, newest first, before a number (`i64::MAX` for all).
    async fn orders_of(&mut self, merchant: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>>;

    /// Of the newest `among` orders of a shop those whose ids end so, in small letters, newest first, at most `limit`.
    async fn orders_ending(
        &mut self,
        merchant: &Id,
        ending: &str,
        among: usize,
        limit: usize,
    ) -> Result<Vec<(Id, Order)>>;

    /// A buyer's orders, newest first, before a number (`i64::MAX` for all).
    async fn orders_by(&mut self, buyer: &Id, page: Page<i64>) -> Result<Vec<(Id, Order)>>;

    /// Pending orders that reward a member who is neither their buyer nor their shop, by the day on which they are due and their
    /// number, after those of a day and number.
    async fn orders_for(&mut self, member: &Id, page: Page<(Option<Day>, i64)>) -> Result<Vec<(Id, Order)>>;

    /// The lowest number of a pending order that is due on some day.
    async fn oldest_pending(&mut self) -> Result<Option<i64>>;

    /// Offers by id; if `open`, only those that still have points for sale.
    async fn offers(&mut self, open: bool, page: Page<&str>) -> Result<Vec<(Id, Offer)>>;

    /// Offers of one side that still have points, the best price first and then by id; nothing if `after` is no offer of that side.
    async fn board(&mut self, side: Side, page: Page<Option<&Id>>) -> Result<Option<Vec<(Id, Offer)>>>;

    /// A member's own offers that still have points for sale, by id.
    async fn offers_of(&mut self, owner: &Id, page: Page<&str>) -> Result<Vec<(Id, Offer)>>;

    /// Trades by id; only those in which `member` is buyer or seller, if there is one.
    async fn trades(&mut self, member: Option<&Id>, page: Page<&str>) -> Result<Vec<(Id, Trade)>>;

    /// A member's trades with their offers: those that live, then those that ended, each newest first.
    async fn trades_of(&mut self, member: &Id, page: Page<TradeCursor>) -> Result<Vec<(Id, Trade, Offer)>>;

    /// Trades by id that are `paid`, and were taken on this day or before.
    async fn paid_trades(&mut self, until: Day, page: Page<&str>) -> Result<Vec<(Id, Trade)>>;

    /// Purchases of packs that may come back, by id.
    async fn purchases(&mut self, page: Page<&str>) -> Result<Vec<(Id, Purchase)>>;

    /// A member's purchases of packs that could come back, newest first, below a number of them.
    async fn purchases_of(&mut self, member: &Id, page: Page<i64>) -> Result<Vec<(Id, Purchase)>>;

    /// A member's redemptions, newest first, after one of them; nothing if it is none of the member's.
    async fn redemptions_of(
        &mut self,
        member: &Id,
        page: Page<Option<&Id>>,
    ) -> Result<Option<Vec<(Id, RedemptionRecord)>>>;

    /// How many members are below a holder, by level.
    async fn team_sizes(&mut self, holder: &Id) -> Result<Vec<(u8, Size)>> {
        _ = holder;
        Ok(Vec::new())
    }

    /// What those below a holder bought, by month and level, from this month on.
    async fn team_months(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, u8, TradeSum)>> {
        _ = (holder, from);
        Ok(Vec::new())
    }

    /// What vested for a holder by those below it, by month from this month on.
    async fn team_rewards(&mut self, holder: &Id, from: &str) -> Result<Vec<(String, Brought)>> {
        _ = (holder, from);
        Ok(Vec::new())
    }

    /// Those who have a holder as referrer, by id.
    async fn direct_members(&mut self, holder: &Id, page: Page<&str>) -> Result<Vec<DirectMember>> {
        _ = (holder, page);
        Ok(Vec::new())
    }

    /// What was bought in a city on days after this one, which may be empty.
    async fn city_days(&mut self, city: Region, after: &str) -> Result<Vec<(Day, TradeSum)>> {
        _ = (city, after);
        Ok(Vec::new())
    }

    /// What was bought in a month from a city's shops, by id.
    async fn city_shops(&mut self, city: Region, month: &str, page: Page<&str>) -> Result<Vec<(Id, TradeSum)>> {
        _ = (city, month, page);
        Ok(Vec::new())
    }

    /// Redemptions that can be cancelled, by id.
    async fn redemptions(&mut self, page: Page<&str>) -> Result<Vec<(Id, RedemptionRecord)>>;
}
