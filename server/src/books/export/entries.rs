//! Receipts as double entry: transactions, closing entries, and the balance that every account must have.
//!
//! A claim moves from the giver to the receiver: the giver is debited (`+`), the receiver credited (`-`). So what the
//! platform owes is a negative balance.
//!
//! A release changes two numbers and no account (RULES.md section 5), so no receipt says what each member got or lost.
//! Points that a member earned since it was last settled are still in the pool. Converted share value goes to one
//! contra account every day. The closing entries move both to the members.

use std::collections::HashMap;

use anyhow::{Context as _, Result};
use gongxiang::book::{AccountState, DayRecord, State};
use gongxiang::event::{Event, OrderPlaced};
use gongxiang::identity::{Day, Id};
use gongxiang::quantity::{OutOfRange, Price};
use gongxiang::receipt::{Class, Posting, Reason, Rule};
use gongxiang_words::Language;

use super::account::{BooksAccount, Commodity};
use super::source::{SettledEvent, Source};

#[derive(Clone, Debug)]
pub struct Move {
    pub from: BooksAccount,
    pub to: BooksAccount,
    pub commodity: Commodity,
    /// How much, in parts of 10^-8; above 0.
    pub amount: i128,
    pub rule: &'static str,
    /// The class of income, if it is income.
    pub class: Option<Class>,
    pub why: Why,
}

#[derive(Clone, Debug)]
pub enum Why {
    Posting(Reason),
    /// Of an entry that exists only in exported books.
    Entry(&'static str),
}

impl Why {
    /// The reason in English; `id` formats the ids in it.
    pub fn words(&self, id: impl Fn(&str) -> String) -> String {
        match self {
            Self::Posting(reason) => {
                let template = gongxiang_words::reason(Language::En, reason.tag()).unwrap_or_default();
                reason.fill(template, |text, is_number| if is_number { text } else { id(&text) })
            }
            Self::Entry(text) => (*text).to_owned(),
        }
    }
}

/// The order, offer or trade that a transaction is about.
#[derive(Clone, Copy, Debug)]
pub struct Reference<'a> {
    /// `order`, `purchase`, `redemption`, `offer` or `trade`.
    pub kind: &'static str,
    pub id: &'a Id,
}

/// Movements that happen together.
#[derive(Clone, Copy, Debug)]
pub struct Transaction<'a> {
    pub day: Day,
    /// The event's place in the journal, from 0; `None` for opening and closing entries.
    pub place: Option<u64>,
    /// The event's type, or `genesis` or `closing`.
    pub kind: &'static str,
    pub reference: Option<Reference<'a>>,
    /// Never empty.
    pub moves: &'a [Move],
}

/// The balance that an account must have at the end; negative if the platform owes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Balance {
    pub commodity: Commodity,
    /// In parts of 10^-8.
    pub amount: i128,
}

/// A file format for books.
pub trait Form {
    /// Opens all accounts except the members'.
    fn begin(&mut self, day: Day) -> Result<()>;

    /// Opens a member's account, before the first posting to it.
    fn open(&mut self, _account: &BooksAccount, _day: Day) -> Result<()> {
        Ok(())
    }

    /// Writes the price of a point on a day.
    fn price(&mut self, _day: Day, _price: Price) -> Result<()> {
        Ok(())
    }

    /// Writes a transaction. Days never decrease.
    fn transaction(&mut self, transaction: &Transaction<'_>) -> Result<()>;

    /// Asserts the balance of an account, including the accounts below it, at the end of the last day.
    fn assert(&mut self, _day: Day, _account: &BooksAccount, _balances: &[Balance]) -> Result<()> {
        Ok(())
    }

    fn end(&mut self) -> Result<()> {
        Ok(())
    }
}

/// The sum of the postings to a member so far.
#[derive(Clone, Copy, Debug, Default)]
struct MemberSums {
    points: i128,
    share_value: i128,
}

pub fn write(source: &mut impl Source, form: &mut impl Form) -> Result<()> {
    let genesis = source.genesis();
    let (day, treasury) = (genesis.genesis_day, genesis.supply_treasury.raw());
    let mut writer = EntryWriter { form, members: HashMap::new(), conversion: 0 };
    writer.form.begin(day)?;
    let opening = difference(BooksAccount::Issued, BooksAccount::Treasury, treasury, Commodity::Points, OPENING);
    let opening = opening.map(|opening| Move { rule: "genesis", class: None, ..opening });
    let moves = opening.as_slice();
    writer.transaction(&Transaction { day, place: None, kind: "genesis", reference: None, moves })?;
    while let Some(accepted) = source.next()? {
        writer.event(&accepted).with_context(|| format!("event {} of the journal", accepted.place))?;
    }
    writer.close(&source.state()?)?;
    writer.form.end()
}

const OPENING: Why = Why::Entry("the treasury at the start");
const CONVERTED: Why = Why::Entry("share value of all that the day's release converted");
const EARNED: Why = Why::Entry("earned since it was last settled");
const CONSUMED: Why = Why::Entry("converted by the releases until now");
const ROUNDED: Why = Why::Entry("what the roundings of all grants, eras and accounts add up to");

struct EntryWriter<'a, F> {
    form: &'a mut F,
    members: HashMap<Id, MemberSums>,
    /// The balance of [`BooksAccount::Conversion`].
    conversion: i128,
}

impl<F: Form> EntryWriter<'_, F> {
    fn event(&mut self, accepted: &SettledEvent) -> Result<()> {
        let SettledEvent { place, line, receipt, closed } = accepted;
        let event = &line.entry.event;
        if let Event::MemberRegistered { member, .. } = event {
            self.form.open(&BooksAccount::Member(member.clone()), receipt.day)?;
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

    /// Adds to the sums from which the closing entries are computed.
    fn count(&mut self, account: &BooksAccount, commodity: Commodity, amount: i128) -> Result<()> {
        let sum = match account {
            BooksAccount::Conversion => &mut self.conversion,
            BooksAccount::Member(id) => {
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

    /// Settles every account to the present and asserts every balance.
    fn close(&mut self, state: &State) -> Result<()> {
        let day = state.day;
        self.form.price(day, state.price)?;
        let (mut share_value, mut locked) = (0, 0);
        for (id, account) in &state.accounts {
            self.close_member(day, id, account)?;
            share_value = add(share_value, account.share_value.raw())?;
            locked = add(locked, account.locked.raw())?;
        }
        // What is left on the account has the opposite sign.
        let rest = difference(
            BooksAccount::Conversion,
            BooksAccount::Rounding,
            self.conversion,
            Commodity::ShareValue,
            ROUNDED,
        );
        self.transaction(&closing(day, rest.as_slice()))?;

        let supply = &state.supply;
        self.form.assert(day, &BooksAccount::Members, &owed(supply.held.raw(), share_value, locked))?;
        for (account, amount) in [
            (BooksAccount::Issued, supply.issued.raw()),
            (BooksAccount::Treasury, -supply.treasury.raw()),
            (BooksAccount::Burned, -supply.burned.raw()),
            (BooksAccount::Escrow, -supply.escrow.raw()),
            (BooksAccount::Pool, -supply.pool.raw()),
        ] {
            self.form.assert(day, &account, &[Balance { commodity: Commodity::Points, amount }])?;
        }
        let nothing = Balance { commodity: Commodity::ShareValue, amount: 0 };
        self.form.assert(day, &BooksAccount::Conversion, &[nothing])
    }

    fn close_member(&mut self, day: Day, id: &Id, state: &AccountState) -> Result<()> {
        let posted = self.members.get(id).copied().unwrap_or_default();
        let account = BooksAccount::Member(id.clone());
        let AccountState { points, share_value, locked, units: _ } = state;
        let earned = add(points.raw(), -posted.points)?;
        let consumed = add(posted.share_value, -share_value.raw())?;
        let moves: Vec<Move> = [
            difference(BooksAccount::Pool, account.clone(), earned, Commodity::Points, EARNED),
            difference(account.clone(), BooksAccount::Conversion, consumed, Commodity::ShareValue, CONSUMED),
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
            from: BooksAccount::of(from, commodity),
            to: BooksAccount::of(to, commodity),
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

/// The share value that a day's release converted, for all members.
fn converted_by(record: &DayRecord) -> Result<Option<Move>> {
    let after = record.units.share_value_floor(record.nav)?;
    let taken = add(record.total.raw(), -after.raw())?;
    Ok(difference(BooksAccount::Conversion, BooksAccount::Converted, taken, Commodity::ShareValue, CONVERTED))
}

/// The movement that adds `amount` to `to`; reversed if negative, `None` if zero.
fn difference(from: BooksAccount, to: BooksAccount, amount: i128, commodity: Commodity, why: Why) -> Option<Move> {
    let (from, to) = if amount < 0 { (to, from) } else { (from, to) };
    let (rule, class) = (Rule::Release.as_str(), Rule::Release.class());
    (amount != 0).then(|| Move { from, to, commodity, amount: amount.abs(), rule, class, why })
}

fn closing(day: Day, moves: &[Move]) -> Transaction<'_> {
    Transaction { day, place: None, kind: "closing", reference: None, moves }
}

/// The balances that the platform must owe a member, or all members.
fn owed(points: i128, share_value: i128, locked: i128) -> [Balance; 3] {
    let owed = |commodity, amount: i128| Balance { commodity, amount: -amount };
    [owed(Commodity::Points, points), owed(Commodity::ShareValue, share_value), owed(Commodity::Locked, locked)]
}

fn add(a: i128, b: i128) -> Result<i128, OutOfRange> {
    a.checked_add(b).ok_or(OutOfRange)
}
