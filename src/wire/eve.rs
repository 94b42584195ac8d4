//! The eve of a close as plain data: a book or a server writes it, a forecast reads it.
//!
//! Decimals are texts, as everywhere. The two carries are whole numbers of 10^-26, as texts, because no decimal has so many
//! places.

use serde::ser::{Serialize, Serializer};

use super::fields::Fields;
use super::scenario::table;
use crate::book::{Eve, SoFar};
use crate::event::Refusal;
use crate::identity::Day;
use crate::quantity::{Index, Money, Points, Price, ShareValue, Units};
use crate::release::{Holding, Release};
use crate::ruleset::RuleSet;
use crate::tree::Tree;

#[derive(serde::Serialize)]
struct EveData<'a> {
    rules: &'a RuleSet,
    day: Day,
    price: Price,
    issued: Points,
    total_units: Units,
    nav: Index,
    carry_points: Text<i128>,
    carry_value: Text<i128>,
    returned: Points,
    units: Units,
    fraction: Text<u64>,
    points: Points,
    turnovers: &'a [Money],
    inflow: ShareValue,
    so_far: Option<SoFar>,
}

/// A whole number written as text, because JavaScript would round it.
struct Text<T>(T);

impl<T: std::fmt::Display> Serialize for Text<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&self.0)
    }
}

impl Serialize for Eve {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let plain = EveData {
            rules: &self.rules,
            day: self.day,
            price: self.price,
            issued: self.issued,
            total_units: self.release.units,
            nav: self.release.nav,
            carry_points: Text(self.release.carry_points),
            carry_value: Text(self.release.carry_value),
            returned: self.release.returned,
            units: self.holding.units,
            fraction: Text(self.holding.fraction),
            points: self.points,
            turnovers: &self.turnovers,
            inflow: self.inflow,
            so_far: self.so_far,
        };
        plain.serialize(serializer)
    }
}

/// Reads an eve. An eve that no book could have written is refused here, or by the arithmetic of the forecast.
///
/// # Errors
/// `bad_scenario` with the field, `bad_rules` with the key.
pub fn read(tree: &Tree) -> Result<Eve, Refusal> {
    let mut eve = None;
    table(tree, &mut |fields| {
        eve = Some(eve_of(fields)?);
        Ok(())
    })?;
    eve.ok_or_else(|| Refusal::bad_scenario("", "must be a table"))
}

fn eve_of(fields: &mut Fields<'_>) -> Result<Eve, Refusal> {
    let rules = RuleSet::from_tree(fields.take("rules")?)?;
    let price = fields.decimal("price", Price::from_balance)?;
    if !price.is_positive() {
        return Err(Refusal::bad_scenario("price", "must be above 0"));
    }
    let turnover = |tree: &Tree| match tree {
        Tree::Text(text) => Money::from_balance(text).ok(),
        _ => None,
    };
    let turnovers: Option<_> = fields.list("turnovers")?.iter().map(turnover).collect();
    Ok(Eve {
        rules,
        day: day(fields, "day")?,
        price,
        issued: fields.decimal("issued", Points::from_balance)?,
        release: Release {
            units: fields.decimal("total_units", Units::from_balance)?,
            nav: fields.decimal("nav", Index::from_balance)?,
            carry_points: whole(fields, "carry_points")?,
            carry_value: whole(fields, "carry_value")?,
            returned: fields.decimal("returned", Points::from_balance)?,
            ..Release::default()
        },
        holding: Holding {
            units: fields.decimal("units", Units::from_balance)?,
            fraction: whole(fields, "fraction")?,
            ..Holding::default()
        },
        points: fields.decimal("points", Points::from_balance)?,
        turnovers: turnovers.ok_or_else(|| Refusal::bad_scenario("turnovers", "must be a list of amounts as texts"))?,
        inflow: fields.decimal("inflow", ShareValue::from_balance)?,
        so_far: so_far(fields.take("so_far")?)?,
    })
}

fn so_far(tree: &Tree) -> Result<Option<SoFar>, Refusal> {
    if *tree == Tree::Null {
        return Ok(None);
    }
    let mut so_far = None;
    table(tree, &mut |fields| {
        so_far = Some(SoFar {
            since: day(fields, "since")?,
            days: usize::try_from(fields.whole("days")?).unwrap_or(usize::MAX),
            points: fields.decimal("points", Points::from_balance)?,
            worth_then: fields.decimal("worth_then", Money::from_balance)?,
            worth: fields.decimal("worth", Money::from_balance)?,
            left: fields.decimal("left", ShareValue::from_balance)?,
        });
        Ok(())
    })?;
    Ok(so_far)
}

fn whole<T: std::str::FromStr>(fields: &mut Fields<'_>, name: &'static str) -> Result<T, Refusal> {
    fields.parsed(name, "a whole number as text", |text| text.parse().ok())
}

fn day(fields: &mut Fields<'_>, name: &'static str) -> Result<Day, Refusal> {
    fields.parsed(name, "a day such as `2026-01-01`", Day::parse)
}
