//! The examples against the contract, and the sentences against the engine.

use std::collections::{BTreeMap, BTreeSet};

use super::*;
use crate::preset;

type TestResult = Result<(), Box<dyn std::error::Error>>;

/// The values of each article by their names.
type Examples = BTreeMap<String, BTreeMap<&'static str, String>>;

fn articles(rules: &RuleSet, price: &str) -> Result<Examples, Box<dyn std::error::Error>> {
    let articles = rulebook(rules, rules.genesis_day, Price::parse(price)?)?.into_iter().map(|article| {
        let name = article.values.iter().find(|(name, _)| ["pack", "role"].contains(name));
        let key = name.map_or_else(|| article.rule.to_owned(), |(_, name)| format!("{} {name}", article.rule));
        (key, article.values.into_iter().collect())
    });
    Ok(articles.collect())
}

#[test]
fn the_examples_of_the_seed_are_those_of_the_contract() -> TestResult {
    // RULES.md sections 4, 6 and 8, by hand: a concession of 10 yuan at 1 yuan a point.
    let articles = articles(&preset::seed()?, "1")?;
    for (rule, name, value) in [
        ("sign_up", "locked", "200"),
        ("pack member", "share_value", "499"),
        ("pack area", "share_value", "5199"),
        ("sign_up_referrer", "share_value", "20"),
        ("deposit", "points", "500"),
        ("order_points", "points", "10"),
        ("consumption", "got", "100"),
        ("sale", "got", "20"),
        ("share_online", "rate", "40%"),
        ("share_online", "got", "40"),
        ("share_offline", "got", "0.5"),
        ("merchant_share", "got", "0.5"),
        ("area_offline", "got", "0.8"),
        ("service shopkeeper", "share_value", "10"),
        ("service provider", "points", "0.4"),
        ("vesting", "day", "2026-01-01"),
        ("vesting", "online_due", "2026-01-08"),
        ("vesting", "offline_due", "2026-01-02"),
        ("refund", "points", "10"),
        // 888 points a day; 1,000 of 1,000,000 share value.
        ("release", "points", "0.888"),
        ("release", "left", "999.112"),
        ("price_turnover", "low", "0.9"),
        ("price_turnover", "high", "1.1"),
        ("market", "low", "0.9"),
        ("redemption_burn", "left", "3"),
    ] {
        assert_eq!(
            articles.get(rule).and_then(|values| values.get(name)).map(String::as_str),
            Some(value),
            "{rule} {name}"
        );
    }
    // Its rates are 0.
    assert!(!articles.contains_key("service vip") && !articles.contains_key("area_online"));
    Ok(())
}

#[test]
fn the_examples_follow_the_price() -> TestResult {
    let articles = articles(&preset::seed()?, "0.05")?;
    // RULES.md section 8: the deposit in points; section 6: Q = ceil_8(C / P).
    assert_eq!((&*articles["deposit"]["points"], &*articles["order_points"]["points"]), ("10000", "200"));
    assert_eq!(articles["consumption"]["got"], "100", "share value does not depend on the price");
    Ok(())
}

#[test]
fn no_article_is_about_a_rule_that_gives_nothing() -> TestResult {
    let mut rules = preset::seed()?;
    (rules.signup_member, rules.signup_referrer) = (ShareValue::ZERO, ShareValue::ZERO);
    rules.share_online_share_value_rate = Rate::default();
    rules.service_roles.clear();
    let articles = articles(&rules, "1")?;
    for rule in ["sign_up", "sign_up_referrer", "share_online", "service provider"] {
        assert!(!articles.contains_key(rule), "{rule}");
    }
    rules.packs.clear();
    // Nobody can be activated and nobody opens a shop.
    assert!(
        rulebook(&rules, rules.genesis_day, Price::parse("1")?)?.iter().all(|article| article.rule != "consumption")
    );
    Ok(())
}

/// The names in braces of a template.
fn named(template: &str) -> BTreeSet<&str> {
    template.split('{').skip(1).filter_map(|part| part.split_once('}').map(|(name, _)| name)).collect()
}

/// Rule sets that together have every article.
fn varied() -> Result<Vec<RuleSet>, Box<dyn std::error::Error>> {
    let seed = preset::seed()?;
    let area_online_points_rate = Rate::percent(1);
    let market = RuleSet { price_policy: PricePolicy::Market, area_online_points_rate, ..seed.clone() };
    let redemption = Redemption::Treasury;
    Ok(vec![RuleSet { price_policy: PricePolicy::Operator, redemption, ..seed.clone() }, market, seed])
}

#[test]
fn a_sentence_names_what_the_engine_computed_and_has_no_number_of_its_own() -> TestResult {
    let texts: serde_json::Value = serde_json::from_str(include_str!("texts.json"))?;
    let texts = texts["rules"].as_object().ok_or("no texts")?;
    let mut seen = BTreeSet::new();
    for rules in varied()? {
        for Article { rule, values } in rulebook(&rules, rules.genesis_day, Price::parse("0.05")?)? {
            seen.insert(rule);
            let known: BTreeSet<&str> = values.iter().map(|(name, _)| *name).collect();
            for language in ["zh", "en"] {
                let part =
                    |part: &str| texts.get(rule).and_then(|text| text[language][part].as_str()).unwrap_or_default();
                let all = ["title", "text", "example"].map(part);
                assert!(all.iter().all(|text| !text.is_empty()), "{rule} {language}");
                let used: BTreeSet<&str> = all.iter().flat_map(|text| named(text)).collect();
                assert_eq!(used, known, "{rule} {language}");
                assert!(!all.concat().contains(|character: char| character.is_numeric()), "{rule} {language}");
            }
        }
    }
    assert_eq!(seen, texts.keys().map(String::as_str).collect(), "a text that no rule has");
    Ok(())
}

#[test]
fn every_preset_has_a_rulebook_at_any_price() -> TestResult {
    for (name, _) in preset::PRESETS {
        let rules = preset::by_name(name).ok_or("a preset")??;
        for price in ["0.00000001", "0.05488899", "1", "1000000"] {
            assert!(rulebook(&rules, rules.genesis_day, Price::parse(price)?)?.len() > 8, "{name} at {price}");
        }
    }
    Ok(())
}
