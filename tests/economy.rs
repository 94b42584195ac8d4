//! The simulator against the reference results of the economics (docs/economy.md), which were computed elsewhere.
#![expect(clippy::float_arithmetic, reason = "statistics are compared within a part of themselves")]

use gongxiang::book::Supply;
use gongxiang::economy::{self, Beginning, PriceMode, Run, Scenario, Turnover, named, simulate, simulate_from};
use gongxiang::event::{Code, Refusal};
use gongxiang::preset;
use gongxiang::quantity::{Money, Points, Price, Rate, ShareValue};
use gongxiang::ruleset::RuleSet;

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn run(name: &str) -> Result<Run, Box<dyn std::error::Error>> {
    let (rules, scenario) = named(name, &preset::seed()?)?.ok_or("no such scenario")?;
    Ok(simulate(&rules, &scenario, &mut |_| true)?)
}

/// A decimal as a float. These tests compare statistics, within a tolerance.
fn float(value: impl std::fmt::Display) -> f64 {
    value.to_string().parse().expect("a decimal")
}

#[track_caller]
fn near(got: impl std::fmt::Display, expected: f64, part: f64) {
    let got = float(got);
    assert!((got / expected - 1.0).abs() <= part, "{got}, {expected} expected");
}

/// A book after some trade: 100,000 points issued, and where they are.
fn book() -> Result<Beginning, Box<dyn std::error::Error>> {
    let points = Points::parse;
    Ok(Beginning {
        price: Price::parse("1.5")?,
        supply: Supply {
            issued: points("100000")?,
            held: points("40000")?,
            burned: points("30000")?,
            treasury: points("20000")?,
            escrow: points("9000")?,
            pool: points("1000")?,
        },
        share_value: ShareValue::parse("500000")?,
        shops_share_value: ShareValue::parse("100000")?,
        shops_points: points("15000")?,
        members: 2_000,
        turnovers: vec![Money::yuan(1_500); 7],
    })
}

#[test]
fn a_run_goes_on_from_a_book_and_loses_no_point() -> TestResult {
    let rules = preset::seed()?;
    let book = book()?;
    let scenario = Scenario {
        days: 90,
        turnover: Turnover::flat(Money::yuan(1_500)),
        online: Rate::parse("0.5")?,
        ..Scenario::default()
    };
    let run = simulate_from(&book, &rules, &scenario, &mut |_| true)?;
    let first = day(&run, 1);
    assert_eq!(first.price, book.price);
    assert_eq!(first.members, 2_000, "nobody joins but who is said to");
    // 900 points of the half in the shops vest on the first day (offline: in one day), and a seventh of the online half.
    assert_eq!(first.turnover, Money::parse("7714.28")?);
    assert_eq!(first.released.to_string(), "888");
    let totals = &run.totals;
    assert_eq!(totals.issued, book.supply.issued.plus(Points::parse("888")?.times_floor(Rate::parse("90")?)?)?);
    let everywhere = totals.burned.plus(totals.treasury)?.plus(totals.escrow)?.plus(totals.circulating)?;
    let between = totals.issued.minus(everywhere)?;
    // What the last close released is not settled before the next one; each group rounds down.
    assert!(between <= Points::parse("888.001")?, "{between} points are nowhere");
    let before = run.cohorts.first().ok_or("no cohort")?;
    assert_eq!((before.from_day, before.members), (0, 2_000));
    Ok(())
}

#[test]
fn a_run_from_a_book_is_its_own_middle() -> TestResult {
    // The same turnover, price and share value: the 30 days after are those of a run that came there by itself.
    let rules = preset::seed()?;
    let turnover = Turnover::flat(Money::yuan(10_000));
    let scenario = |days| Scenario {
        days,
        turnover: turnover.clone(),
        online: Rate::default(),
        members: 1_000,
        ..Scenario::default()
    };
    let whole = simulate(&rules, &scenario(130), &mut |_| true)?;
    let half = simulate(&rules, &scenario(100), &mut |_| true)?;
    let (at, totals) = (day(&whole, 101), &half.totals);
    let beginning = Beginning {
        price: at.price,
        supply: Supply {
            issued: totals.issued,
            held: totals.issued.minus(totals.burned)?.minus(totals.treasury)?.minus(totals.escrow)?,
            burned: totals.burned,
            treasury: totals.treasury,
            escrow: totals.escrow,
            pool: Points::ZERO,
        },
        share_value: totals.held,
        shops_share_value: ShareValue::ZERO,
        shops_points: Points::ZERO,
        members: 1_000,
        turnovers: vec![Money::yuan(10_000); 7],
    };
    let after = simulate_from(&beginning, &rules, &scenario(30), &mut |_| true)?;
    for n in 1..=30 {
        let (one, other) = (day(&whole, 100 + n), day(&after, n));
        near(other.price, float(one.price), 0.02);
        near(other.total, float(one.total), 0.02);
    }
    Ok(())
}

#[test]
fn a_book_whose_sums_do_not_fit_is_refused_by_its_field() -> TestResult {
    let rules = preset::seed()?;
    let refused = |change: fn(&mut Beginning)| -> Result<String, Box<dyn std::error::Error>> {
        let mut book = book()?;
        change(&mut book);
        match simulate_from(&book, &rules, &Scenario::default(), &mut |_| true) {
            Err(Refusal { code: Code::BadScenario, field, .. }) => Ok(field.to_string()),
            other => Err(format!("{other:?}").into()),
        }
    };
    assert_eq!(refused(|book| book.supply.burned = Points::ZERO)?, "supply");
    assert_eq!(refused(|book| book.shops_points = book.supply.issued)?, "shops_points");
    assert_eq!(refused(|book| book.share_value = ShareValue::ZERO)?, "shops_share_value");
    assert_eq!(refused(|book| book.members = 0)?, "members");
    assert_eq!(refused(|book| book.price = Price::default())?, "price");
    Ok(())
}

/// Days are counted from 1.
fn day(run: &Run, day: usize) -> gongxiang::economy::DayFigures {
    run.days[day - 1]
}

fn probe(run: &Run, joined: usize, after: usize) -> gongxiang::economy::Probe {
    *run.probes.iter().find(|probe| (probe.day, probe.after) == (joined, after)).expect("a probe")
}

#[test]
fn flat_turnover_gives_the_reference_results() -> TestResult {
    let run = run("flat")?;
    for n in [2, 30, 365, 1_000] {
        near(day(&run, n).price, 11.26, 0.01);
        near(day(&run, n).total, 150_000.0 * float(n) + 10_000.0, 0.01);
    }
    for (n, part) in [(30, 0.0022), (100, 0.00067), (365, 0.00018)] {
        near(day(&run, n).release_yield, part, 0.02);
    }
    // FACTS of the project: joined on day, after so many days, worth.
    for (joined, after, worth) in [
        (1, 30, 232.8),
        (1, 180, 317.3),
        (1, 365, 348.5),
        (1, 730, 377.9),
        (30, 30, 46.7),
        (30, 180, 122.7),
        (30, 365, 158.8),
        (30, 730, 194.7),
        (100, 30, 17.9),
        (100, 180, 66.7),
        (100, 365, 97.7),
        (100, 730, 131.9),
        (365, 30, 5.4),
        (365, 180, 26.5),
        (365, 365, 45.3),
        (365, 730, 70.7),
    ] {
        near(probe(&run, joined, after).worth, worth, 0.01);
    }
    near(run.totals.early_late, 377.9 / 70.7, 0.01);
    assert_eq!(run.totals.mix.minted.to_string(), "16");
    assert_eq!(run.totals.mix.burned.to_string(), "1");
    Ok(())
}

#[test]
fn growing_turnover_gives_the_reference_results() -> TestResult {
    let run = run("growing")?;
    for (n, price) in [(2, 11.3), (366, 61.7), (731, 338.0)] {
        near(day(&run, n).price, price, 0.01);
    }
    assert!(run.days[365..].iter().all(|day| float(day.release_yield) <= 0.0004));
    Ok(())
}

#[test]
fn hoarded_points_move_the_price_from_22_5_to_1_59_and_back() -> TestResult {
    let run = run("hoarding")?;
    near(day(&run, 300).price, 22.5, 0.01);
    let lowest = run.days[364..394].iter().map(|day| float(day.price)).fold(f64::MAX, f64::min);
    near(lowest, 1.59, 0.01);
    assert!(lowest < 0.15 * float(day(&run, 364).price), "it falls by more than 85 %");
    near(day(&run, 500).price, 11.26, 0.01);
    Ok(())
}

#[test]
fn under_the_market_policy_the_fall_takes_days_and_is_as_deep() -> TestResult {
    let (mut rules, mut scenario) = named("hoarding", &preset::seed()?)?.ok_or("no such scenario")?;
    rules.price_policy = gongxiang::ruleset::PricePolicy::Market;
    scenario.price = PriceMode::Rules;
    let run = simulate(&rules, &scenario, &mut |_| true)?;
    near(day(&run, 300).price, 22.5, 0.05);
    let lowest = run.days[364..420].iter().map(|day| float(day.price)).fold(f64::MAX, f64::min);
    assert!(lowest < 0.15 * float(day(&run, 364).price), "it falls by more than 85 %: {lowest}");
    near(day(&run, 700).price, 11.26, 0.05);
    Ok(())
}

#[test]
fn a_supply_of_390_000_ends_on_day_439_or_440_and_then_orders_stop() -> TestResult {
    let run = run("ending")?;
    assert!((439..=440).contains(&run.totals.last_release), "{}", run.totals.last_release);
    // The rest of the treasury lasts for some more days.
    assert!(run.totals.last_order < 500, "{}", run.totals.last_order);
    assert_eq!(day(&run, 600).refused.to_string(), "1");
    Ok(())
}

#[test]
fn at_the_price_that_retires_share_value_832_points_a_day_find_no_buyer() -> TestResult {
    let run = run("retiring")?;
    for n in [10, 100, 365] {
        near(day(&run, n).price, 180.0, 0.01);
        let figures = day(&run, n);
        near(float(figures.offered) - float(figures.used), 832.0, 0.01);
    }
    Ok(())
}

#[test]
fn nothing_is_lost_in_any_named_scenario() -> TestResult {
    for name in economy::NAMES {
        let run = run(name)?;
        let totals = run.totals;
        let released: i128 = run.days.iter().map(|day| day.released.raw()).sum();
        assert_eq!(totals.issued.raw() - preset::seed()?.supply_treasury.raw(), released, "{name}");
        let found =
            [totals.burned, totals.treasury, totals.escrow, totals.circulating].iter().map(|p| p.raw()).sum::<i128>();
        let dust = totals.issued.raw() - found;
        // Points that are in the pool: each group has a fraction of 10^-8, each rounding of W as much.
        assert!((0..=1_000_000).contains(&dust), "{name}: {dust}");
        let held = totals.minted.raw() - totals.converted.raw();
        assert!((held - totals.held.raw()).abs() <= 10_000_000, "{name}: {held} {}", totals.held);
        assert!(run.days.iter().all(|day| !day.price.is_zero()), "{name}");
    }
    Ok(())
}

#[test]
fn the_same_seed_gives_the_same_run_and_another_seed_another() -> TestResult {
    let rules = preset::seed()?;
    let scenario = Scenario { noise: Rate::parse("0.3")?, seed: 7, ..Scenario::default() };
    let run = |scenario: &Scenario| simulate(&rules, scenario, &mut |_| true);
    assert_eq!(run(&scenario)?, run(&scenario)?);
    assert_ne!(run(&scenario)?, run(&Scenario { seed: 8, ..scenario.clone() })?);
    Ok(())
}

#[test]
fn the_schemes_own_example_earns_by_joining_alone() -> TestResult {
    let run = run("income")?;
    let income = run.totals.income;
    near(income.packs, 29_900_000.0, 0.0);
    near(income.merchant_packs, 599_000.0, 0.0);
    assert!(float(income.area_packs) >= 663.0 * 4_999.0);
    assert!(float(income.joining) > 0.99, "{}", income.joining);
    Ok(())
}

#[test]
fn wash_trades_in_a_young_network_pay() -> TestResult {
    let run = run("washing")?;
    assert!(float(run.totals.wash_worth) > float(run.totals.wash_paid), "{:?}", run.totals);
    Ok(())
}

/// Checks that the scenario is refused as `bad_scenario` with this field.
#[track_caller]
fn refused(scenario: &Scenario, rules: &RuleSet, field: &str) {
    match simulate(rules, scenario, &mut |_| true) {
        Err(Refusal { code, field: at, .. }) => assert_eq!((code, &*at), (Code::BadScenario, field)),
        Ok(_) => panic!("run: {scenario:?}"),
    }
}

#[test]
fn a_scenario_that_cannot_be_computed_is_refused_with_its_field() -> TestResult {
    let rules = preset::seed()?;
    let rate = |text| Rate::parse(text).expect("a rate");
    let growing = |growth| Turnover::Steady {
        daily: Money::parse("10000").expect("money"),
        growth_30d: rate(growth),
        crash: None,
        swing: None,
    };
    let base = Scenario::default();
    refused(&Scenario { members: 0, ..base.clone() }, &rules, "members");
    refused(&Scenario { days: 0, ..base.clone() }, &rules, "days");
    refused(&Scenario { days: 36_526, ..base.clone() }, &rules, "days");
    refused(&Scenario { cohorts: 0, ..base.clone() }, &rules, "cohorts");
    refused(&Scenario { turnover: growing("1000000"), ..base.clone() }, &rules, "turnover.growth_30d");
    refused(&Scenario { turnover: growing("-1"), ..base.clone() }, &rules, "turnover.growth_30d");
    refused(&Scenario { turnover: Turnover::flat(Money::parse("-1")?), ..base.clone() }, &rules, "turnover.daily");
    refused(&Scenario { hold: rate("1.1"), ..base.clone() }, &rules, "hold");
    refused(&Scenario { hold: rate("0.6"), redeem: rate("0.6"), ..base.clone() }, &rules, "redeem");
    Ok(())
}

#[test]
fn a_scenario_without_turnover_runs_and_says_so() -> TestResult {
    let run = simulate(
        &preset::seed()?,
        &Scenario { turnover: Turnover::flat(Money::default()), ..Scenario::default() },
        &mut |_| true,
    )?;
    assert!(run.days.iter().all(|day| day.turnover.is_zero() && day.clearing.is_zero() && day.refused.is_zero()));
    Ok(())
}

#[test]
fn a_price_of_nearly_0_and_a_hundred_years_have_an_end() -> TestResult {
    let mut rules = preset::seed()?;
    rules.price_initial = gongxiang::quantity::Price::min();
    rules.price_policy = gongxiang::ruleset::PricePolicy::Operator;
    let run = simulate(
        &rules,
        &Scenario { turnover: Turnover::flat(Money::parse("0.01")?), ..Scenario::default() },
        &mut |_| true,
    );
    assert!(run.is_ok(), "{run:?}");
    let century = Scenario { days: 36_525, ..Scenario::default() };
    assert_eq!(simulate(&preset::seed()?, &century, &mut |_| true)?.days.len(), 36_525);
    Ok(())
}

#[test]
fn a_run_can_be_stopped() -> TestResult {
    let stopped = simulate(&preset::seed()?, &Scenario::default(), &mut |day| day < 10);
    assert_eq!(stopped.map_err(|refusal| refusal.code), Err(Code::Cancelled));
    Ok(())
}
