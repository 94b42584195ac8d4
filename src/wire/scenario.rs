//! Reads scenarios, the assumptions of a forecast and an operator's declaration from plain data. Every field is optional, and no
//! unknown field is allowed. Errors are `bad_scenario` with the field.

use super::fields::Fields;
use crate::economy::{PriceMode, Scenario, Turnover, named};
use crate::event::{Code, Refusal};
use crate::forecast::{Assumptions, TurnoverPath};
use crate::limits::SCENARIO_DAYS_MAX;
use crate::quantity::{Money, Rate, ShareValue};
use crate::review::Declaration;
use crate::ruleset::RuleSet;
use crate::tree::Tree;

/// Reads a table by `fill`, which asks for its fields.
pub(super) fn table(tree: &Tree, fill: &mut dyn FnMut(&mut Fields<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
    let Tree::Table(entries) = tree else { return Err(Refusal::bad_scenario("", "must be a table")) };
    let mut fields = Fields::new(entries);
    let filled = fill(&mut fields).and_then(|()| fields.finish());
    filled.map_err(|refusal| match refusal.code {
        Code::BadEvent => Refusal { code: Code::BadScenario, ..refusal },
        _ => refusal,
    })
}

/// Overwrites `value` where the field is given.
fn set<T>(
    fields: &mut Fields<'_>,
    value: &mut T,
    name: &'static str,
    read: fn(&mut Fields<'_>, &'static str) -> Result<T, Refusal>,
) -> Result<(), Refusal> {
    if let Some(given) = fields.optional(name, read)? {
        *value = given;
    }
    Ok(())
}

fn rate(fields: &mut Fields<'_>, name: &'static str) -> Result<Rate, Refusal> {
    fields.decimal(name, Rate::parse)
}

fn money(fields: &mut Fields<'_>, name: &'static str) -> Result<Money, Refusal> {
    fields.decimal(name, Money::parse)
}

fn whole(fields: &mut Fields<'_>, name: &'static str) -> Result<u64, Refusal> {
    fields.whole(name)
}

fn flag(fields: &mut Fields<'_>, name: &'static str) -> Result<bool, Refusal> {
    fields.flag(name)
}

fn number(fields: &mut Fields<'_>, name: &'static str) -> Result<usize, Refusal> {
    Ok(usize::try_from(fields.whole(name)?).unwrap_or(usize::MAX))
}

fn numbers(fields: &mut Fields<'_>, name: &'static str) -> Result<Vec<usize>, Refusal> {
    let whole = |tree: &Tree| match tree {
        Tree::Whole(n) => usize::try_from(*n).ok(),
        _ => None,
    };
    let all: Option<Vec<_>> = fields.list(name)?.iter().map(whole).collect();
    all.ok_or_else(|| Refusal::bad_scenario(name, "must be a list of whole numbers"))
}

/// Reads a scenario. It starts from the scenario called `name`, or from the default one; given fields replace its values.
/// Returns it with the rules that it runs on.
///
/// # Errors
/// `bad_scenario` with the field.
pub fn read(tree: &Tree, rules: &RuleSet) -> Result<(RuleSet, Scenario), Refusal> {
    let mut run = (rules.clone(), Scenario::default());
    table(tree, &mut |fields| {
        if let Some(name) = fields.optional("name", Fields::text)? {
            run = named(name, rules)?.ok_or_else(|| Refusal::bad_scenario("name", "is no scenario"))?;
        }
        fill(fields, &mut run.1)
    })?;
    Ok(run)
}

fn fill(fields: &mut Fields<'_>, scenario: &mut Scenario) -> Result<(), Refusal> {
    for (name, value) in [
        ("noise", &mut scenario.noise),
        ("online", &mut scenario.online),
        ("referred", &mut scenario.referred),
        ("joining_growth_30d", &mut scenario.joining_growth_30d),
        ("leaving_30d", &mut scenario.leaving_30d),
        ("refunds", &mut scenario.refunds),
        ("hold", &mut scenario.hold),
        ("redeem", &mut scenario.redeem),
    ] {
        set(fields, value, name, rate)?;
    }
    for (name, value) in [
        ("seed", &mut scenario.seed),
        ("members", &mut scenario.members),
        ("joining", &mut scenario.joining),
        ("merchants", &mut scenario.merchants),
        ("cities", &mut scenario.cities),
        ("farm", &mut scenario.farm),
    ] {
        set(fields, value, name, whole)?;
    }
    for (name, value) in [
        ("days", &mut scenario.days),
        ("hold_days", &mut scenario.hold_days),
        ("sell_days", &mut scenario.sell_days),
        ("wash_days", &mut scenario.wash_days),
        ("cohorts", &mut scenario.cohorts),
    ] {
        set(fields, value, name, number)?;
    }
    for (name, value) in [("roles", &mut scenario.roles), ("partners", &mut scenario.partners)] {
        set(fields, value, name, flag)?;
    }
    set(fields, &mut scenario.wash, "wash", money)?;
    set(fields, &mut scenario.probes, "probes", numbers)?;
    set(fields, &mut scenario.price, "price", |fields, name| {
        fields.parsed(name, "`rules`, `clearing` or `retiring`", |text| match text {
            "rules" => Some(PriceMode::Rules),
            "clearing" => Some(PriceMode::Clearing),
            "retiring" => Some(PriceMode::Retiring),
            _ => None,
        })
    })?;
    set(fields, &mut scenario.turnover, "turnover", |fields, name| turnover(fields.take(name)?))
}

/// `"10000"` a day, a list of days, or a table.
fn turnover(tree: &Tree) -> Result<Turnover, Refusal> {
    let amount = |tree: &Tree| match tree {
        Tree::Text(text) => Money::parse(text).ok(),
        _ => None,
    };
    if let Some(daily) = amount(tree) {
        return Ok(Turnover::flat(daily));
    }
    if let Tree::List(days) = tree {
        let days = if days.len() > SCENARIO_DAYS_MAX { None } else { days.iter().map(amount).collect() };
        return days
            .map(Turnover::Series)
            .ok_or_else(|| Refusal::bad_scenario("turnover", "must be at most 36525 amounts as texts"));
    }
    if !matches!(tree, Tree::Table(_)) {
        return Err(Refusal::bad_scenario("turnover", "must be an amount as text, a list of such amounts, or a table"));
    }
    let (mut daily, mut growth_30d, mut crash, mut swing) = (Money::default(), Rate::default(), None, None);
    table(tree, &mut |fields| {
        daily = money(fields, "daily")?;
        set(fields, &mut growth_30d, "growth_30d", rate)?;
        if let Some(day) = fields.optional("crash_day", number)? {
            crash = Some((day, rate(fields, "crash_to")?));
        }
        if let Some(days) = fields.optional("swing_days", number)? {
            swing = Some((days, rate(fields, "swing_by")?));
        }
        Ok(())
    })?;
    Ok(Turnover::Steady { daily, growth_30d, crash, swing })
}

/// Reads the assumptions of a forecast: `{growth_30d?: […], horizons?: […], turnover?, inflow?, series?: [[turnover, inflow],
/// …]}`.
///
/// # Errors
/// `bad_scenario` with the field.
pub fn read_assumptions(tree: &Tree) -> Result<Assumptions, Refusal> {
    let mut assumptions = Assumptions::default();
    table(tree, &mut |fields| {
        set(fields, &mut assumptions.horizons, "horizons", numbers)?;
        set(fields, &mut assumptions.paths, "growth_30d", |fields, name| {
            let growing = |tree: &Tree| match tree {
                Tree::Text(text) => Rate::parse(text).ok().map(TurnoverPath::Growing),
                _ => None,
            };
            let all: Option<_> = fields.list(name)?.iter().map(growing).collect();
            all.ok_or_else(|| Refusal::bad_scenario(name, "must be a list of decimals as texts"))
        })?;
        if let Some(series) = fields.optional("series", Fields::list)? {
            let pair = |tree: &Tree| match tree {
                Tree::List(pair) => match &pair[..] {
                    [Tree::Text(turnover), Tree::Text(inflow)] => {
                        Some((Money::parse(turnover).ok()?, ShareValue::parse(inflow).ok()?))
                    }
                    _ => None,
                },
                _ => None,
            };
            let days: Option<Vec<_>> = series.iter().map(pair).collect();
            let days = days.filter(|days| days.iter().all(|(c, s)| c.raw() >= 0 && s.raw() >= 0));
            let days = days.ok_or_else(|| {
                Refusal::bad_scenario("series", "must be pairs of turnover and new share value, as texts")
            })?;
            assumptions.paths.push(TurnoverPath::Series(days));
        }
        assumptions.turnover = fields.optional("turnover", money)?;
        assumptions.inflow = fields.optional("inflow", |fields, name| fields.decimal(name, ShareValue::parse))?;
        Ok(())
    })?;
    Ok(assumptions)
}

/// Reads an operator's declaration: `{concession_rate?, security_link?, pack_commission?, return_days?}`.
///
/// # Errors
/// `bad_scenario` with the field.
pub fn read_declared(tree: &Tree) -> Result<Declaration, Refusal> {
    let mut declared = Declaration::default();
    table(tree, &mut |fields| {
        set(fields, &mut declared.concession_rate, "concession_rate", rate)?;
        set(fields, &mut declared.return_days, "return_days", whole)?;
        set(fields, &mut declared.security_link, "security_link", flag)?;
        set(fields, &mut declared.pack_commission, "pack_commission", flag)
    })?;
    if !declared.concession_rate.is_part() {
        return Err(Refusal::bad_scenario("concession_rate", "must be between 0 and 1"));
    }
    Ok(declared)
}
