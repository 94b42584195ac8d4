//! Receipts as double entry: transactions, closing entries, and what every balance must be.
//!
//! A claim moves from whoever gives to whoever gets: the giver is debited (`+`), the receiver credited (`-`), so that what
//! the platform owes is a negative balance. Two things have no receipt for each member, since a release changes two
//! numbers and no account (RULES.md section 5): points earned since a member was last settled are in the pool, and share
//! value that was converted is, day by day, in one contra account. The closing entries take both to the members.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use gongxiang::book::{AccountState, DayRecord, State};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{OutOfRange, Price};
use gongxiang::receipt::{Class, Posting, Reason, Rule};
use gongxiang_words::Language;

use super::account::{Account, Commodity};
use super::source::{Accepted, Source};

/// One movement, and why.
#[derive(Clone, Debug)]
pub struct Move {
    /// The account that is debited.
    pub from: Account,
    /// The account that is credited.
    pub to: Account,
    /// Of what.
    pub commodity: Commodity,
    /// How much, in parts of 10^-8; above 0.
    pub amount: i128,
    /// By which rule.
    pub rule: &'static str,
    /// The class of income, where it is one.
    pub class: Option<Class>,
    /// Why so much.
    pub why: Why,
}

/// Why something moves in exported books.
#[derive(Clone, Debug)]
pub enum Why {
    /// As a receipt says.
    Posting(Reason),
    /// An entry that only exported books have.
    Entry(&'static str),
}

impl Why {
    /// In English words; `id` writes the ids in them.
    pub fn words(&self, id: impl Fn(&str) -> String) -> String {
        match self {
            Self::Posting(reason) => {
                let template = gongxiang_words::reason(Language::En, reason.tag()).unwrap_or_default();
                reason.fill(template, |text, is_number| if is_number { text.to_owned() } else { id(text) })
            }
            Self::Entry(text) => (*text).to_owned(),
        }
    }
}

/// What a transaction is about, where the journal has a name for it.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// `order`, `purchase`, `redemption`, `offer` or `trade`.
    pub kind: &'static str,
    /// Its id.
    pub id: &'a Id,
}

/// What happened at once.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    /// When.
    pub day: Day,
    /// The event's place in the journal, from 0; none for the opening and the closing entries.
    pub place: Option<u64>,
    /// The event's type, or `genesis` or `closing`.
    pub kind: &'static str,
    /// What it is about.
    pub reference: Option<Reference<'a>>,
    /// What moved; never empty.
    pub moves: &'a [Move],
}

/// What an account must have at the end: negative for what is owed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    /// Of what.
    pub commodity: Commodity,
    /// In parts of 10^-8.
    pub amount: i128,
}

/// How books are spelled.
pub trait Form {
    /// The beginning: all accounts but the members'.
    fn begin(&mut self, day: Day) -> Result<()>;

    /// A member's account, before anything is posted to it.
    fn open(&mut self, account: &Account, day: Day) -> Result<()>;

    /// The price of a point on a day.
    fn price(&mut self, day: Day, price: Price) -> Result<()>;

    /// A transaction. Days never fall from one to the next.
    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()>;

    /// What an account, those below it included, must have at the end of the last day.
    fn assert(&mut self, day: Day, account: &Account, balances: &[Balance]) -> Result<()>;

    /// The end.
    fn end(&mut self) -> Result<()>;
}

/// What the postings have given a member so far.
#[derive(Clone, Copy, Debug, Default)]
struct Posted {
    points: i128,
    share_value: i128,
}

/// Writes the books of a source.
///
/// # Errors
/// If the source or the form fails, or a sum is too large to be kept.
pub fn write(source: &mut impl Source, form: &mut impl Form) -> Result<()> {
    let genesis = source.genesis();
    let (day, treasury) = (genesis.genesis_day, genesis.supply_treasury.raw());
    let mut books = Books { form, members: HashMap::new(), conversion: 0 };
    books.form.begin(day)?;
    let opening = difference(Account::Issued, Account::Treasury, treasury, Commodity::Points, OPENING);
    let opening = opening.map(|opening| Move { rule: "genesis", class: None, ..opening });
    let moves = opening.as_slice();
    books.transaction(&Transaction { day, place: None, kind: "genesis", reference: None, moves })?;
    while let Some(accepted) = source.next()? {
        books.event(&accepted).with_context(|| format!("event {} of the journal", accepted.place))?;
    }
    books.close(&source.state()?)?;
    books.form.end()
}

const OPENING: Why = Why::Entry("the treasury at the start");
const CONVERTED: Why = Why::Entry("share value of all that the day's release converted");
const EARNED: Why = Why::Entry("earned since it was last settled");
const CONSUMED: Why = Why::Entry("converted by the releases until now");
const ROUNDED: Why = Why::Entry("what the roundings of all grants, eras and accounts add up to");

struct Books<'a, F> {
    form: &'a mut F,
    members: HashMap<Id, Posted>,
    /// What is on [`Account::Conversion`].
    conversion: i128,
}

impl<F: Form> Books<'_, F> {
    fn event(&mut self, accepted: &Accepted) -> Result<()> {
        let Accepted { place, line, receipt, closed } = accepted;
        let event = &line.entry.event;
        if let Event::MemberRegistered { member, .. } = event {
            self.form.open(&Account::Member(member.clone()), receipt.day)?;
        }
        let mut moves: Vec<Move> = receipt.postings.iter().filter_map(Move::posted).collect();
        if let Some(record) = closed {
            moves.extend(converted_by(record)?);
            self.form.price(record.day, record.price)?;
        }
        let (day, kind) = (receipt.day, receipt.kind);
        self.transaction(&Transaction {
            day,
            place: Some(*place),
            kind: kind.as_str(),
            reference: reference(event),
            moves: &moves,
        })
    }

    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()> {
        if transaction.moves.is_empty() {
            return Ok(());
        }
        for Move { from, to, commodity, amount, .. } in transaction.moves {
            self.count(from, *commodity, -amount)?;
            self.count(to, *commodity, *amount)?;
        }
        self.form.transaction(transaction)
    }

    /// Keeps count of what the closing entries depend on.
    fn count(&mut self, account: &Account, commodity: Commodity, amount: i128) -> Result<()> {
        let sum = match account {
            Account::Conversion => &mut self.conversion,
            Account::Member(id) => {
                let posted = self.members.entry(id.clone()).or_default();
                match commodity {
                    Commodity::Points => &mut posted.points,
                    Commodity::ShareValue => &mut posted.share_value,
                    Commodity::Locked => return Ok(()),
                }
            }
            _ => return Ok(()),
        };
        *sum = add(*sum, amount)?;
        Ok(())
    }

    /// Takes every account to the present, and says what every balance must be.
    fn close(&mut self, state: &State) -> Result<()> {
        let day = state.day;
        self.form.price(day, state.price)?;
        let (mut share_value, mut locked) = (0, 0);
        for (id, account) in &state.accounts {
            self.close_member(day, id, account)?;
            share_value = add(share_value, account.share_value.raw())?;
            locked = add(locked, account.locked.raw())?;
        }
        // What is left there is on the other side of 0.
        let rest = difference(Account::Conversion, Account::Rounding, self.conversion, Commodity::ShareValue, ROUNDED);
        self.transaction(&closing(day, rest.as_slice()))?;

        let supply = &state.supply;
        self.form.assert(day, &Account::Members, &owed(supply.held.raw(), share_value, locked))?;
        for (account, amount) in [
            (Account::Issued, supply.issued.raw()),
            (Account::Treasury, -supply.treasury.raw()),
            (Account::Burned, -supply.burned.raw()),
            (Account::Escrow, -supply.escrow.raw()),
            (Account::Pool, -supply.pool.raw()),
        ] {
            self.form.assert(day, &account, &[Balance { commodity: Commodity::Points, amount }])?;
        }
        let nothing = Balance { commodity: Commodity::ShareValue, amount: 0 };
        self.form.assert(day, &Account::Conversion, &[nothing])
    }

    fn close_member(&mut self, day: Day, id: &Id, state: &AccountState) -> Result<()> {
        let posted = self.members.get(id).copied().unwrap_or_default();
        let account = Account::Member(id.clone());
        let AccountState { points, share_value, locked, units: _ } = state;
        let earned = add(points.raw(), -posted.points)?;
        let consumed = add(posted.share_value, -share_value.raw())?;
        let moves: Vec<Move> = [
            difference(Account::Pool, account.clone(), earned, Commodity::Points, EARNED),
            difference(account.clone(), Account::Conversion, consumed, Commodity::ShareValue, CONSUMED),
        ]
        .into_iter()
        .flatten()
        .collect();
        self.transaction(&closing(day, &moves))?;
        self.form.assert(day, &account, &owed(points.raw(), share_value.raw(), locked.raw()))
    }
}

impl Move {
    /// A posting of a receipt; none for one of nothing.
    fn posted(posting: &Posting) -> Option<Self> {
        let Posting { from, to, amount, rule, why } = posting;
        let (commodity, amount) = Commodity::of(*amount);
        (amount != 0).then(|| Self {
            from: Account::of(from, commodity),
            to: Account::of(to, commodity),
            commodity,
            amount,
            rule: rule.as_str(),
            class: rule.class(),
            why: Why::Posting(why.clone()),
        })
    }
}

/// What an order, purchase, redemption, offer or trade is called in the journal.
fn reference(event: &Event) -> Option<Reference<'_>> {
    let (kind, id) = match event {
        Event::OrderPlaced(OrderPlaced { order, .. }) | Event::OrderRefunded { order, .. } => ("order", order),
        Event::PackPurchased { terms: Some(terms), .. } => ("purchase", &terms.purchase),
        Event::PackRefunded { purchase } => ("purchase", purchase),
        Event::PointsRedeemed { redemption: Some(redemption), .. } | Event::RedemptionCancelled { redemption } => {
            ("redemption", redemption)
        }
        Event::OfferPlaced { offer, .. } | Event::OfferCancelled { offer } => ("offer", offer),
        Event::OfferTaken { trade, .. }
        | Event::TradePaid { trade }
        | Event::TradeConfirmed { trade }
        | Event::TradeCancelled { trade } => ("trade", trade),
        _ => return None,
    };
    Some(Reference { kind, id })
}

/// The share value of all that a day's release took.
fn converted_by(record: &DayRecord) -> Result<Option<Move>> {
    let after = record.units.share_value_floor(record.nav)?;
    let taken = add(record.total.raw(), -after.raw())?;
    Ok(difference(Account::Conversion, Account::Converted, taken, Commodity::ShareValue, CONVERTED))
}

/// What is missing in `to`; the other way round if it has too much, none if nothing is missing.
fn difference(from: Account, to: Account, amount: i128, commodity: Commodity, why: Why) -> Option<Move> {
    let (from, to) = if amount < 0 { (to, from) } else { (from, to) };
    let (rule, class) = (Rule::Release.as_str(), Rule::Release.class());
    (amount != 0).then(|| Move { from, to, commodity, amount: amount.abs(), rule, class, why })
}

fn closing(day: Day, moves: &[Move]) -> Transaction<'_> {
    Transaction { day, place: None, kind: "closing", reference: None, moves }
}

/// What a member, or all of them, must have.
fn owed(points: i128, share_value: i128, locked: i128) -> [Balance; 3] {
    let owed = |commodity, amount: i128| Balance { commodity, amount: -amount };
    [owed(Commodity::Points, points), owed(Commodity::ShareValue, share_value), owed(Commodity::Locked, locked)]
}

fn add(a: i128, b: i128) -> Result<i128, OutOfRange> {
    a.checked_add(b).ok_or(OutOfRange)
}
