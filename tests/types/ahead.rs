//! Values of what looks ahead: eves, forecasts, scenarios, red flags.

use gongxiang::book::Eve;
use gongxiang::economy;
use gongxiang::forecast::{self, Assumptions};
use gongxiang::preset;
use gongxiang::quantity::{Money, ShareValue};
use gongxiang::review::{self, Declaration};
use gongxiang::tree::Tree;
use gongxiang::wire::answer::SupplyNow;
use gongxiang::wire::{eve, scenario};
use serde_json::{Value, json};

use crate::Result;
use crate::samples::{TRIED, Values, books, choices, given, supply, tree, vectors};

/// An eve of every book of the vectors.
fn some_eves() -> Result<Vec<Eve>> {
    let mut eves = Vec::new();
    for book in books(|_, _, _| Ok(()))? {
        if let Some((member, _)) = book.accounts().next() {
            eves.extend(book.eve(member).ok());
        }
    }
    Ok(eves)
}

pub fn eves() -> Result<(Vec<Value>, Vec<Value>)> {
    let (mut eves, mut newcomers) = (Vec::new(), Vec::new());
    for (i, found) in some_eves()?.iter().enumerate() {
        let value = serde_json::to_value(found)?;
        if i < TRIED {
            eves.extend(given(value, |tree| eve::read(tree).is_ok()));
        } else {
            eves.push(value);
        }
    }
    for book in books(|_, _, _| Ok(()))? {
        let SupplyNow { day, price, supply, release, turnover_days } = supply(&book);
        let share_value = ShareValue::parse("1000")?;
        let newcomer =
            forecast::newcomer(book.rules(), (day, price, supply.issued), turnover_days, &release, share_value);
        if let Ok(newcomer) = newcomer {
            newcomers.push(serde_json::to_value(&newcomer)?);
        }
    }
    Ok((eves, newcomers))
}

pub fn forecasts() -> Values {
    let assumptions = scenario::read_assumptions(&tree(
        &json!({ "growth_30d": ["0.1"], "horizons": [3], "series": [["1000", "10"], ["1000", "10"], ["1000", "10"]] }),
    ))?;
    let mut values = Vec::new();
    // Without them a forecast of a young network is refused.
    let (turnover, inflow) = (Some(Money::parse("100")?), Some(ShareValue::parse("1600")?));
    for eve in some_eves()? {
        for assumptions in
            [&assumptions, &Assumptions { horizons: vec![2], turnover, inflow, ..Assumptions::default() }]
        {
            if let Ok(forecast) = forecast::forecast(&eve, assumptions, &mut |_| true) {
                values.push(serde_json::to_value(&forecast)?);
            }
        }
    }
    Ok(values)
}

pub fn assumptions() -> Vec<Value> {
    let all = json!({ "growth_30d": ["0.1"], "horizons": [3], "turnover": "1", "inflow": "1", "series": [["1", "1"]] });
    given(all, |tree| scenario::read_assumptions(tree).is_ok())
}

pub fn scenarios() -> Values {
    let seed = preset::seed()?;
    let all = json!({
        "name": "flat", "days": 10, "seed": 1, "turnover": { "daily": "1000", "growth_30d": "0.1", "crash_day": 3, "crash_to": "0.5", "swing_days": 2, "swing_by": "0.1" },
        "noise": "0", "online": "0.5", "referred": "0.5", "roles": true, "partners": true, "members": 10, "joining": 1, "joining_growth_30d": "0", "merchants": 1,
        "leaving_30d": "0", "cities": 1, "refunds": "0", "hold": "0", "hold_days": 1, "sell_days": 1, "redeem": "0", "wash": "0", "wash_days": 1, "farm": 0, "price": "rules",
        "cohorts": 1, "probes": [1],
    });
    let refusal = |tree: &Tree| scenario::read(tree, &seed).err().map(|refusal| refusal.message.into_owned());
    let mut values = choices(&all, &refusal);
    for (field, others) in [
        ("name", economy::NAMES.map(Value::from).to_vec()),
        ("turnover", vec!["1000".into(), json!(["1000"]), json!({ "daily": "1" })]),
    ] {
        for other in others {
            let mut value = all.clone();
            value[field] = other;
            values.extend(given(value, |tree| refusal(tree).is_none()));
        }
    }
    values.extend(given(all, |tree| refusal(tree).is_none()));
    Ok(values)
}

pub fn runs() -> Values {
    let seed = preset::seed()?;
    let (rules, scenario) = scenario::read(&tree(&json!({ "name": "flat", "days": 32, "probes": [1] })), &seed)?;
    Ok(vec![serde_json::to_value(economy::simulate(&rules, &scenario, &mut |_| true)?)?])
}

pub fn findings() -> Values {
    let declared = scenario::read_declared(&tree(
        &json!({ "concession_rate": "1", "security_link": true, "pack_commission": true }),
    ))?;
    let mut values = Vec::new();
    for (rules, _) in vectors()? {
        for declared in [&declared, &Declaration::default()] {
            for finding in review::review(&rules, declared)? {
                values.push(serde_json::to_value(finding)?);
            }
        }
    }
    let example = values.first().ok_or("no finding")?.clone();
    for (code, severity, references) in review::FLAGS {
        let mut value = example.clone();
        value["code"] = code.into();
        value["severity"] = serde_json::to_value(severity)?;
        value["rules"] = references.into();
        values.push(value);
    }
    Ok(values)
}

pub fn declared() -> Vec<Value> {
    let all = json!({ "concession_rate": "0.1", "security_link": true, "pack_commission": true, "return_days": 7 });
    given(all, |tree| scenario::read_declared(tree).is_ok())
}
