//! The whole state: `apply(event) -> receipt`.
//!
//! An event is applied to a draft laid over the book (`book/draft.rs`); what is refused leaves no trace, and a preview is a
//! draft that is not kept. So a preview equals the settlement by construction. One handler per event is in
//! `book/handlers.rs`, the day's close in `book/close.rs`.

mod close;
mod draft;
mod eve;
mod flow;
mod handlers;
mod refund;
mod standing;
mod table;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use ethnum::U256;
use serde::{Deserialize, Serialize};

use crate::event::{Code, Entry, Event, Identity, OrderPlaced, Refusal};
use crate::identity::{Day, Id, Region};
use crate::market::{Offer, Trade, TradeState};
use crate::order::{Order, OrderState};
use crate::purchase::{Purchase, PurchaseState, RedemptionRecord};
use crate::quantity::{Index, Money, Points, Price, ShareValue, Units};
use crate::receipt::Receipt;
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;
use draft::Draft;
use table::Table;

pub use eve::{Eve, MEAN_DAYS, SoFar};
pub use flow::Flow;
pub use view::{AccountState, ReleaseState, State};

/// Where all points are (RULES.md section 7): `issued = held + pool + escrow + treasury + burned`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Supply {
    /// All there are, the burned ones included.
    pub issued: Points,
    /// In accounts.
    pub held: Points,
    /// Burned.
    pub burned: Points,
    /// The platform's.
    pub treasury: Points,
    /// Held for orders, offers and trades.
    pub escrow: Points,
    /// Released and not yet settled.
    pub pool: Points,
}

/// A member's account (会员账户), as it was last settled.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Account {
    /// Who recommended the member.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub referrer: Option<Id>,
    /// Whether it has bought a pack.
    pub activated: bool,
    /// Share value that waits for the activation.
    pub locked: ShareValue,
    /// Points, of which it can dispose.
    pub points: Points,
    /// Its part in the release.
    pub holding: Holding,
    /// Its service role.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub role: Option<Id>,
    /// Whether it has bought a merchant pack.
    pub merchant_pack: bool,
    /// Where its shop is.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub shop: Option<Region>,
    /// The day of its last area pack.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub area_pack: Option<Day>,
    /// The city of which it is the partner.
    #[cfg_attr(feature = "openapi", schema(required = true))]
    pub city: Option<Region>,
    /// Whether it can do nothing of its own.
    pub frozen: bool,
}

impl Account {
    /// What others may know for a transfer or a trade: that the member is there, and whether it can act.
    #[must_use]
    pub fn for_others(&self) -> Self {
        Self { frozen: self.frozen, ..Self::default() }
    }

    /// Takes out all balances, for somebody who needs to know only who the member is.
    pub fn hide_balances(&mut self) {
        self.locked = ShareValue::ZERO;
        self.points = Points::ZERO;
        self.holding = Holding::default();
    }
}

/// What one close did and what held after it (RULES.md section 5, step 6). With these alone a wallet brings an old
/// account up to date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DayRecord {
    /// The day that was closed.
    pub day: Day,
    /// The price at which it was closed.
    pub price: Price,
    /// Points released.
    pub released: Points,
    /// Share value of all before the release (`T`).
    pub total: ShareValue,
    /// All units after it.
    pub units: Units,
    /// `nav` after it.
    pub nav: Index,
    /// `acc` after it.
    pub acc: Index,
    /// The era after it.
    pub era: u32,
    /// The last `acc` of each era that ended with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<Index>,
    /// The day's turnover, from the first day that had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub turnover: Option<Money>,
}

/// The few numbers of a book that are no table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Head {
    /// The open day.
    pub day: Day,
    /// Its price (当日共享积分价值).
    pub price: Price,
    /// Where all points are.
    pub supply: Supply,
    /// The release.
    pub release: Release,
    /// Concessions of the orders that vested today, as far as they were not refunded today.
    turnover: Money,
    /// Points of today's confirmed trades.
    traded: Points,
    /// Their money, in 10^-24 yuan.
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    traded_money: U256,
    /// How many orders there were.
    order_count: u64,
    /// How many trades there were.
    trade_count: u64,
    /// How many packs were bought that may come back.
    purchase_count: u64,
}

/// The answer to an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Whether this is the first outcome of an `id` that came again: nothing was applied now.
    pub repeated: bool,
    /// What it did, or why it was refused.
    pub result: Result<Arc<Receipt>, Refusal>,
}

/// Which rows events changed, each with whether it is new. Their values are in the book.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changed {
    /// Accounts.
    pub accounts: BTreeMap<Id, bool>,
    /// Orders.
    pub orders: BTreeMap<Id, bool>,
    /// Offers.
    pub offers: BTreeMap<Id, bool>,
    /// Trades.
    pub trades: BTreeMap<Id, bool>,
    /// Purchases of packs that may come back.
    pub purchases: BTreeMap<Id, bool>,
    /// Redemptions that can be cancelled.
    pub redemptions: BTreeMap<Id, bool>,
    /// Whether the rules are others now.
    pub rules: bool,
}

impl Changed {
    /// Adds what a later event changed: a row that was new before stays new.
    pub fn extend(&mut self, later: Self) {
        fn add(rows: &mut BTreeMap<Id, bool>, later: BTreeMap<Id, bool>) {
            for (id, new) in later {
                rows.entry(id).or_insert(new);
            }
        }
        add(&mut self.accounts, later.accounts);
        add(&mut self.orders, later.orders);
        add(&mut self.offers, later.offers);
        add(&mut self.trades, later.trades);
        add(&mut self.purchases, later.purchases);
        add(&mut self.redemptions, later.redemptions);
        self.rules |= later.rules;
    }
}

/// What an event did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Applied {
    /// What happened, and why.
    pub receipt: Receipt,
    /// Which rows of the book are others now: whoever stores the book stores these.
    pub changed: Changed,
}

/// The first outcome of an `id`.
#[derive(Clone, Debug)]
struct Remembered {
    content: Box<str>,
    result: Result<Arc<Receipt>, Refusal>,
}

/// All state of a scheme.
#[derive(Clone, Debug)]
pub struct Book {
    rules: Arc<RuleSet>,
    head: Head,
    /// The last `acc` of every era that has ended.
    ended: Vec<Index>,
    days: Vec<DayRecord>,
    accounts: Table<Account>,
    orders: Table<Order>,
    offers: Table<Offer>,
    trades: Table<Trade>,
    purchases: Table<Purchase>,
    redemptions: Table<RedemptionRecord>,
    /// The partner of each city.
    partners: BTreeMap<Region, Id>,
    /// Orders that have not vested, by the day on which they are due and the order of placing.
    due: BTreeMap<(Day, u64), Id>,
    /// Trades that are `taken`, by the day and in the order of taking.
    taken: BTreeMap<(Day, u64), Id>,
    /// Packs that may come back, by the day on which they are due and the order of buying.
    returnable: BTreeMap<(Day, u64), Id>,
    remembered: Table<Remembered>,
}

/// A part of a book: whoever holds all rows that an event touches settles or previews it as the whole book would. Storage
/// loads one for each group of events; a wallet gets one for an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Excerpt {
    /// The rules of the moment.
    pub rules: RuleSet,
    /// The numbers of the moment.
    pub head: Head,
    /// The last `acc` of every era that has ended.
    pub ended: Vec<Index>,
    /// Accounts as they were last settled.
    pub accounts: BTreeMap<Id, Account>,
    /// The partner of each city.
    pub partners: BTreeMap<Region, Id>,
    /// Orders; an excerpt that travels as JSON has none, and those below neither.
    #[serde(skip)]
    pub orders: BTreeMap<Id, Order>,
    /// Offers.
    #[serde(skip)]
    pub offers: BTreeMap<Id, Offer>,
    /// Trades.
    #[serde(skip)]
    pub trades: BTreeMap<Id, Trade>,
    /// Purchases of packs that may come back.
    #[serde(skip)]
    pub purchases: BTreeMap<Id, Purchase>,
    /// Redemptions that can be cancelled.
    #[serde(skip)]
    pub redemptions: BTreeMap<Id, RedemptionRecord>,
    /// The last of the days that were closed, oldest first: a close needs as many as `price.window_days`.
    #[serde(skip)]
    pub days: Vec<DayRecord>,
}

impl Excerpt {
    /// An empty book on the genesis day; the treasury holds what `supply.treasury` says.
    #[must_use]
    pub fn genesis(rules: RuleSet) -> Self {
        Self {
            head: Head::genesis(&rules),
            rules,
            ended: Vec::new(),
            accounts: BTreeMap::new(),
            partners: BTreeMap::new(),
            orders: BTreeMap::new(),
            offers: BTreeMap::new(),
            trades: BTreeMap::new(),
            purchases: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            days: Vec::new(),
        }
    }
}

impl Head {
    /// On the genesis day the treasury holds what `supply.treasury` says.
    fn genesis(rules: &RuleSet) -> Self {
        let treasury = rules.supply_treasury;
        Self {
            day: rules.genesis_day,
            price: rules.price_initial,
            supply: Supply { issued: treasury, treasury, ..Supply::default() },
            release: Release::default(),
            turnover: Money::default(),
            traded: Points::ZERO,
            traded_money: U256::ZERO,
            order_count: 0,
            trade_count: 0,
            purchase_count: 0,
        }
    }
}

impl Book {
    /// An empty book on the genesis day; the treasury holds what `supply.treasury` says.
    #[must_use]
    pub fn open(rules: RuleSet) -> Self {
        Self {
            head: Head::genesis(&rules),
            rules: Arc::new(rules),
            ended: Vec::new(),
            days: Vec::new(),
            accounts: Table::new(),
            orders: Table::new(),
            offers: Table::new(),
            trades: Table::new(),
            purchases: Table::new(),
            redemptions: Table::new(),
            partners: BTreeMap::new(),
            due: BTreeMap::new(),
            taken: BTreeMap::new(),
            returnable: BTreeMap::new(),
            remembered: Table::new(),
        }
    }

    /// A part of a book with nobody in it yet, in the middle of a day of which only this is known.
    pub(crate) fn part(
        rules: RuleSet,
        day: Day,
        price: Price,
        supply: Supply,
        release: Release,
        ended: Vec<Index>,
    ) -> Self {
        let mut book = Self::open(rules);
        book.head = Head { day, price, supply, release, ..book.head };
        book.ended = ended;
        book
    }

    /// Takes in an account of the same moment.
    pub(crate) fn hold(&mut self, id: Id, account: Account) {
        self.accounts.insert(id, account);
    }

    /// Takes in who is the partner of a city.
    pub(crate) fn appoint(&mut self, city: Region, partner: Id) {
        self.partners.insert(city, partner);
    }

    /// Applies an event, whole or not at all.
    pub fn apply(&mut self, entry: &Entry) -> Outcome {
        if let Some(outcome) = self.recall(entry) {
            return outcome;
        }
        let result = Draft::over(self).run(&entry.event).map(|(receipt, changes)| {
            changes.commit(self);
            Arc::new(receipt)
        });
        if let Some(Identity { id, content }) = &entry.identity {
            let first = Remembered { content: content.clone(), result: result.clone() };
            self.remembered.insert(id.clone(), first);
        }
        Outcome { repeated: false, result }
    }

    /// Settles an event, whole or not at all, and says which rows it changed. For whoever stores the book elsewhere, and looks
    /// after repeated events there: this remembers none.
    ///
    /// # Errors
    /// The refusal.
    pub fn settle(&mut self, event: &Event) -> Result<Applied, Refusal> {
        let (receipt, changes) = Draft::over(self).run(event)?;
        let rows = changes.changed(self);
        changes.commit(self);
        Ok(Applied { receipt, changed: rows })
    }

    /// What [`Book::settle`] would answer now; changes nothing.
    ///
    /// # Errors
    /// The refusal.
    pub fn foresee(&self, event: &Event) -> Result<Receipt, Refusal> {
        Draft::over(self).run(event).map(|(receipt, _)| receipt)
    }

    /// What [`Book::apply`] would answer now; changes nothing.
    ///
    /// # Errors
    /// The refusal that `apply` would give.
    pub fn preview(&self, entry: &Entry) -> Result<Arc<Receipt>, Refusal> {
        if let Some(outcome) = self.recall(entry) {
            return outcome.result;
        }
        Draft::over(self).run(&entry.event).map(|(receipt, _)| Arc::new(receipt))
    }

    /// Settles a member's account in place. Settling is invisible: no answer of the book changes by it, now or later
    /// (RULES.md section 5).
    ///
    /// # Errors
    /// `unknown_member`.
    pub fn settle_account(&mut self, member: &Id) -> Result<(), Refusal> {
        let mut draft = Draft::over(self);
        draft.settle(member)?;
        draft.changes.commit(self);
        Ok(())
    }

    /// The outcome that an `id` already has.
    fn recall(&self, entry: &Entry) -> Option<Outcome> {
        let Identity { id, content } = entry.identity.as_ref()?;
        let first = self.remembered.get(id.as_str())?;
        Some(if first.content == *content {
            Outcome { repeated: true, result: first.result.clone() }
        } else {
            Outcome { repeated: false, result: Err(Refusal::new(Code::IdConflict, "id")) }
        })
    }

    /// The rules that hold now.
    #[must_use]
    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    /// The numbers that hold now.
    #[must_use]
    pub fn head(&self) -> &Head {
        &self.head
    }

    /// The days that were closed, oldest first.
    #[must_use]
    pub fn days(&self) -> &[DayRecord] {
        &self.days
    }

    /// An account as it was last settled.
    #[must_use]
    pub fn account(&self, member: &str) -> Option<&Account> {
        self.accounts.get(member)
    }

    /// An order.
    #[must_use]
    pub fn order(&self, id: &Id) -> Option<&Order> {
        self.orders.get(id.as_str())
    }

    /// An offer.
    #[must_use]
    pub fn offer(&self, id: &Id) -> Option<&Offer> {
        self.offers.get(id.as_str())
    }

    /// A trade.
    #[must_use]
    pub fn trade(&self, id: &Id) -> Option<&Trade> {
        self.trades.get(id.as_str())
    }

    /// A purchase of a pack that may come back.
    #[must_use]
    pub fn purchase(&self, id: &Id) -> Option<&Purchase> {
        self.purchases.get(id.as_str())
    }

    /// A redemption that can be cancelled.
    #[must_use]
    pub fn redemption(&self, id: &Id) -> Option<&RedemptionRecord> {
        self.redemptions.get(id.as_str())
    }

    /// All accounts as they were last settled, by id.
    pub fn accounts(&self) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.iter()
    }

    /// The accounts whose ids come after `id`, by id; all of them after the empty text.
    pub fn accounts_after(&self, id: &str) -> impl Iterator<Item = (&Id, &Account)> {
        self.accounts.after(id)
    }

    /// As much of this book as `order` needs.
    #[must_use]
    pub fn excerpt(&self, order: &OrderPlaced) -> Excerpt {
        let mut accounts = BTreeMap::new();
        let mut take =
            |id: &Id| self.accounts.get(id.as_str()).map(|account| accounts.insert(id.clone(), account.clone()));
        let referrer = |id: &Id| self.accounts.get(id.as_str()).and_then(|account| account.referrer.as_ref());
        take(&order.merchant);
        referrer(&order.merchant).map(&mut take);
        let mut above = Some(&order.buyer);
        for _ in 0..=self.rules.service_max_depth {
            let Some(member) = above else { break };
            take(member);
            above = referrer(member);
        }
        let shop = self.accounts.get(order.merchant.as_str()).and_then(|merchant| merchant.shop);
        let cities = [Some(order.region), shop].into_iter().flatten().map(Region::city);
        let partners: BTreeMap<_, _> =
            cities.filter_map(|city| self.partners.get(&city).map(|partner| (city, partner.clone()))).collect();
        for partner in partners.values() {
            take(partner);
        }
        let (head, ended) = (self.head, self.ended.clone());
        Excerpt { head, ended, accounts, partners, ..Excerpt::genesis(self.rules().clone()) }
    }
}

impl From<Excerpt> for Book {
    fn from(excerpt: Excerpt) -> Self {
        let Excerpt { rules, head, ended, accounts, partners, orders, offers, trades, purchases, redemptions, days } =
            excerpt;
        let due = orders.iter().filter_map(|(id, order)| Some((waits_under(order)?, id.clone()))).collect();
        let taken = trades.iter().filter_map(|(id, trade)| Some((unpaid_under(trade)?, id.clone()))).collect();
        let returnable =
            purchases.iter().filter_map(|(id, pack)| Some((returnable_under(pack)?, id.clone()))).collect();
        Self {
            head,
            ended,
            days,
            accounts: accounts.into_iter().collect(),
            orders: orders.into_iter().collect(),
            offers: offers.into_iter().collect(),
            trades: trades.into_iter().collect(),
            purchases: purchases.into_iter().collect(),
            redemptions: redemptions.into_iter().collect(),
            partners,
            due,
            taken,
            returnable,
            ..Self::open(rules)
        }
    }
}

impl From<Book> for Excerpt {
    /// All of a book but the outcomes that it remembers.
    fn from(book: Book) -> Self {
        let Book { rules, head, ended, days, accounts, orders, offers, trades, purchases, redemptions, .. } = book;
        let rules = Arc::unwrap_or_clone(rules);
        Self {
            rules,
            head,
            ended,
            accounts: unboxed(accounts),
            partners: book.partners,
            orders: unboxed(orders),
            offers: unboxed(offers),
            trades: unboxed(trades),
            purchases: unboxed(purchases),
            redemptions: unboxed(redemptions),
            days,
        }
    }
}

fn unboxed<V>(table: Table<V>) -> BTreeMap<Id, V> {
    table.into_iter().map(|(id, value)| (id, *value)).collect()
}

/// The key under which an order waits for its day, while it does.
fn waits_under(order: &Order) -> Option<(Day, u64)> {
    (order.state == OrderState::Pending).then_some((order.due?, order.sequence))
}

/// The key under which a pack that may come back waits for its day, while it does.
fn returnable_under(purchase: &Purchase) -> Option<(Day, u64)> {
    (purchase.state == PurchaseState::Pending).then_some((purchase.due?, purchase.sequence))
}

/// The key under which a trade waits to be paid, while it does.
fn unpaid_under(trade: &Trade) -> Option<(Day, u64)> {
    (trade.state == TradeState::Taken).then_some((trade.day, trade.sequence))
}
