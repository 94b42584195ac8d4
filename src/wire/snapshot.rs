//! Reads the answers of a server from plain data: an account, day records, the numbers of the scheme, an excerpt of the book.
//!
//! They are read field by field, because serde's readers of the same types would make the package half as large again. Unknown
//! fields are ignored, because a newer server may send more.

use std::str::FromStr;

use super::answer::SupplyNow;
use super::fields::Fields;
use crate::book::{Account, Book, DayRecord, Supply};
use crate::event::{Code, Refusal};
use crate::identity::{Day, Id, Region};
use crate::quantity::{DecimalError, Index, Money, Points, Price, ShareValue, Units};
use crate::receipt::{Amount, Party, Posting, Reason, Rule};
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;
use crate::statement::BookedPosting;
use crate::tree::Tree;

/// Reads an account as it was last settled.
///
/// # Errors
/// `bad_snapshot` with the field.
pub fn account(tree: &Tree) -> Result<Account, Refusal> {
    of_snapshot(account_of(tree))
}

/// Reads the record of a closed day.
///
/// # Errors
/// `bad_snapshot` with the field.
pub fn day_record(tree: &Tree) -> Result<DayRecord, Refusal> {
    of_snapshot(day_record_of(tree))
}

/// Reads the numbers of the scheme (the answer of `GET /v1/supply`).
///
/// # Errors
/// `bad_snapshot` with the field.
pub fn now(tree: &Tree) -> Result<SupplyNow, Refusal> {
    of_snapshot(now_of(tree))
}

/// Reads a line of a member's statement (the answer of `GET /v1/members/{member}/statement`).
///
/// # Errors
/// `bad_snapshot` with the field. A rule or a reason that this version does not know is one.
pub fn booked_posting(tree: &Tree) -> Result<BookedPosting, Refusal> {
    of_snapshot(booked_posting_of(tree))
}

/// Reads the part of a book that the preview of an order needs (the answer of `GET /v1/excerpt`). A day cannot be closed with it.
///
/// # Errors
/// `bad_snapshot` with the field, `bad_rules` with the key.
pub fn excerpt(tree: &Tree) -> Result<Book, Refusal> {
    let rules = of_snapshot(table(tree).and_then(|mut fields| fields.take("rules")))?;
    let rules = RuleSet::from_tree(rules)?;
    of_snapshot(excerpt_of(tree, rules))
}

/// The refusal of an answer: `bad_snapshot` with the field.
#[must_use]
pub fn bad(field: &'static str, message: &'static str) -> Refusal {
    Refusal { code: Code::BadSnapshot, field: field.into(), message: message.into() }
}

fn of_snapshot<T>(read: Result<T, Refusal>) -> Result<T, Refusal> {
    read.map_err(|refusal| Refusal { code: Code::BadSnapshot, ..refusal })
}

fn table(tree: &Tree) -> Result<Fields<'_>, Refusal> {
    match tree {
        Tree::Table(entries) => Ok(Fields::new(entries)),
        _ => Err(bad("", "must be a table")),
    }
}

fn account_of(tree: &Tree) -> Result<Account, Refusal> {
    let mut fields = table(tree)?;
    let mut holding = table(fields.take("holding")?)?;
    Ok(Account {
        referrer: nullable(&mut fields, "referrer", Id::parse)?,
        activated: fields.flag("activated")?,
        locked: fields.decimal("locked", ShareValue::from_balance)?,
        points: fields.decimal("points", Points::from_balance)?,
        holding: Holding {
            units: holding.decimal("units", Units::from_balance)?,
            acc: holding.decimal("acc", Index::from_balance)?,
            era: era(&mut holding)?,
            fraction: exact(&mut holding, "fraction")?,
        },
        role: nullable(&mut fields, "role", Id::parse)?,
        merchant_pack: fields.flag("merchant_pack")?,
        shop: nullable(&mut fields, "shop", Region::parse)?,
        area_pack: nullable(&mut fields, "area_pack", Day::parse)?,
        city: nullable(&mut fields, "city", Region::parse)?,
        frozen: fields.flag("frozen")?,
    })
}

fn day_record_of(tree: &Tree) -> Result<DayRecord, Refusal> {
    let mut fields = table(tree)?;
    Ok(DayRecord {
        day: day(&mut fields)?,
        price: fields.decimal("price", Price::from_balance)?,
        released: fields.decimal("released", Points::from_balance)?,
        total: fields.decimal("total", ShareValue::from_balance)?,
        units: fields.decimal("units", Units::from_balance)?,
        nav: fields.decimal("nav", Index::from_balance)?,
        acc: fields.decimal("acc", Index::from_balance)?,
        era: era(&mut fields)?,
        ended: fields.optional("ended", indices)?.unwrap_or_default(),
        turnover: fields.optional("turnover", |fields, name| fields.decimal(name, Money::from_balance))?,
    })
}

fn now_of(tree: &Tree) -> Result<SupplyNow, Refusal> {
    let mut fields = table(tree)?;
    let (day, price, supply, release) = numbers(&mut fields)?;
    let turnover_days = usize::try_from(fields.whole("turnover_days")?).unwrap_or(usize::MAX);
    Ok(SupplyNow { day, price, supply, release, turnover_days })
}

fn booked_posting_of(tree: &Tree) -> Result<BookedPosting, Refusal> {
    let mut fields = table(tree)?;
    let place = |fields: &mut Fields<'_>, name| {
        i64::try_from(fields.whole(name)?).map_err(|_| bad(name, "is beyond every journal"))
    };
    let asset = fields.text("asset")?;
    Ok(BookedPosting {
        place: place(&mut fields, "place")?,
        line: place(&mut fields, "line")?,
        day: day(&mut fields)?,
        posting: Posting {
            from: fields.parsed("giver", "a party", Party::parse)?,
            to: fields.parsed("receiver", "a party", Party::parse)?,
            amount: fields.parsed("amount", "an amount of its asset", |text| Amount::parse(asset, text))?,
            rule: fields.parsed("rule", "a rule of this version", Rule::parse)?,
            why: reason(fields.take("why")?)?,
        },
    })
}

/// A reason: its tag in `of`, and each number or id as a text.
fn reason(tree: &Tree) -> Result<Reason, Refusal> {
    let mut fields = table(tree)?;
    let tag = fields.text("of")?;
    let text = |(key, value): &(String, Tree)| match value {
        Tree::Text(text) => Some((key.clone(), text.clone())),
        _ => None,
    };
    let texts: Vec<_> =
        if let Tree::Table(entries) = tree { entries.iter().filter_map(text).collect() } else { Vec::new() };
    Reason::read(tag, &texts).map_err(|_| bad("why", "is no reason of this version"))
}

/// The numbers that the answer about the supply and the head of a book have in common.
fn numbers(fields: &mut Fields<'_>) -> Result<(Day, Price, Supply, Release), Refusal> {
    let mut supply = table(fields.take("supply")?)?;
    let mut points = |name| supply.decimal(name, Points::from_balance);
    let supply = Supply {
        issued: points("issued")?,
        held: points("held")?,
        burned: points("burned")?,
        treasury: points("treasury")?,
        escrow: points("escrow")?,
        pool: points("pool")?,
    };
    let mut release = table(fields.take("release")?)?;
    let release = Release {
        era: era(&mut release)?,
        units: release.decimal("units", Units::from_balance)?,
        nav: release.decimal("nav", Index::from_balance)?,
        acc: release.decimal("acc", Index::from_balance)?,
        carry_points: exact(&mut release, "carry_points")?,
        carry_value: exact(&mut release, "carry_value")?,
        returned: release.decimal("returned", Points::from_balance)?,
    };
    Ok((day(fields)?, fields.decimal("price", Price::from_balance)?, supply, release))
}

fn excerpt_of(tree: &Tree, rules: RuleSet) -> Result<Book, Refusal> {
    let mut fields = table(tree)?;
    let (day, price, supply, release) = numbers(&mut table(fields.take("head")?)?)?;
    let mut book = Book::part(rules, day, price, supply, release, indices(&mut fields, "ended")?);
    for (id, account) in entries(&mut fields, "accounts")? {
        book.hold(Id::parse(id).ok_or_else(|| bad("accounts", "has a wrong id"))?, account_of(account)?);
    }
    for (city, partner) in entries(&mut fields, "partners")? {
        let partner = if let Tree::Text(id) = partner { Id::parse(id) } else { None };
        let (Some(city), Some(partner)) = (Region::parse(city), partner) else {
            return Err(bad("partners", "must name a member for each city"));
        };
        book.appoint(city, partner);
    }
    Ok(book)
}

fn entries<'a>(fields: &mut Fields<'a>, name: &'static str) -> Result<&'a [(String, Tree)], Refusal> {
    match fields.take(name)? {
        Tree::Table(entries) => Ok(entries),
        _ => Err(bad(name, "must be a table")),
    }
}

fn nullable<T>(
    fields: &mut Fields<'_>,
    name: &'static str,
    read: impl Fn(&str) -> Option<T>,
) -> Result<Option<T>, Refusal> {
    match fields.take(name)? {
        Tree::Null => Ok(None),
        Tree::Text(text) => read(text).map(Some).ok_or_else(|| bad(name, "cannot be read")),
        _ => Err(bad(name, "must be a text or null")),
    }
}

fn indices(fields: &mut Fields<'_>, name: &'static str) -> Result<Vec<Index>, Refusal> {
    let index = |tree: &Tree| match tree {
        Tree::Text(text) => Index::from_balance(text),
        _ => Err(DecimalError::Grammar),
    };
    let indices: Result<_, _> = fields.list(name)?.iter().map(index).collect();
    indices.map_err(|_| bad(name, "must be a list of decimals"))
}

fn day(fields: &mut Fields<'_>) -> Result<Day, Refusal> {
    fields.parsed("day", "a day such as `2026-01-01`", Day::parse)
}

fn era(fields: &mut Fields<'_>) -> Result<u32, Refusal> {
    u32::try_from(fields.whole("era")?).map_err(|_| bad("era", "is beyond every era"))
}

/// A whole number as text, because JavaScript would round it.
fn exact<T: FromStr>(fields: &mut Fields<'_>, name: &'static str) -> Result<T, Refusal> {
    fields.parsed(name, "a whole number as text", |text| text.parse().ok())
}
