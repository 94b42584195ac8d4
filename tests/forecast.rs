//! Forecasts on the CDNOW journal, compared with the later days of that journal. The first day is compared with its close.

use gongxiang::book::Book;
use gongxiang::event::{Code, Entry, Event};
use gongxiang::forecast::{Assumptions, Newcomer, TurnoverPath, forecast, newcomer};
use gongxiang::identity::Id;
use gongxiang::preset;
use gongxiang::quantity::{Money, Rate, ShareValue};
use gongxiang::release::Holding;
use gongxiang::ruleset::RuleSet;
use gongxiang::tree::Tree;
use gongxiang::wire::event;
use serde_json::json;

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn journal() -> (RuleSet, Vec<Entry>) {
    let rules = serde_json::from_str(include_str!("data/cdnow.rules.json")).expect("sound rules");
    let read = |line| event::read(&serde_json::from_str::<Tree>(line).expect("JSON")).expect("an event");
    (rules, include_str!("data/cdnow.jsonl").lines().map(read).collect())
}

/// The book after `closes` closes, just before the next one.
fn book_at(closes: usize) -> Book {
    let (rules, entries) = journal();
    let mut book = Book::open(rules);
    for entry in entries {
        if matches!(entry.event, Event::DayClosed { .. }) && book.days().len() == closes {
            return book;
        }
        _ = book.apply(&entry);
    }
    book
}

fn float(value: impl std::fmt::Display) -> f64 {
    value.to_string().parse().expect("a decimal")
}

#[test]
fn the_first_day_is_the_close_that_follows_to_the_last_digit_for_every_member() -> TestResult {
    // The price of this journal follows the turnover. A market price would need the trades of the day.
    for closes in [0, 1, 30, 90, 180] {
        let book = book_at(closes);
        let mut after = book.clone();
        after.apply(&Event::DayClosed { day: book.head().day }.into()).result?;
        let brief = Assumptions { paths: Vec::new(), horizons: vec![1], ..Assumptions::default() };
        for (id, _) in book.accounts() {
            let first = forecast(&book.eve(id)?, &brief, &mut |_| true)?.first;
            let state = after.account_state(id.as_str())?.ok_or("no account")?;
            assert_eq!((first.points, first.share_value), (state.points, state.share_value), "{id} on day {closes}");
            assert_eq!(first.price, after.head().price);
        }
    }
    Ok(())
}

/// Turnover and new share value of each day after `closes` closes, from the journal.
fn really(last: &Book, closes: usize) -> Vec<(Money, ShareValue)> {
    let inflow = |pair: &[gongxiang::book::DayRecord]| {
        let converted = pair[0].released.raw() * pair[0].price.raw() / 100_000_000;
        ShareValue::from_raw(pair[1].total.raw() - pair[0].total.raw() + converted)
    };
    let pairs = last.days()[closes..].windows(2);
    pairs.map(|pair| (pair[1].turnover.unwrap_or_default(), inflow(pair))).collect()
}

#[test]
fn with_the_turnover_and_growth_that_really_came_the_forecast_is_within_2_percent() -> TestResult {
    let last = book_at(usize::MAX);
    println!("| made on day | closes | assumption | points, worst member | share value left | price |");
    for closes in [30, 60, 90] {
        let book = book_at(closes);
        let horizon = last.days().len() - closes;
        let mut assumptions = Assumptions { horizons: vec![horizon], ..Assumptions::default() };
        assumptions.paths.push(TurnoverPath::Series(really(&last, closes)));
        let names = ["falling", "flat", "rising", "what came"];
        let mut worst = [[0_f64; 3]; 4];
        for (id, account) in book.accounts().filter(|(_, account)| !account.holding.units.is_zero()) {
            // The units that the member held at the time of the forecast, settled by the days that followed.
            let eve = book.eve(id)?;
            let mut alone = account.clone();
            let now = book.head().release;
            alone.holding =
                Holding { units: eve.holding.units, fraction: eve.holding.fraction, ..Holding::new_at(&now) };
            alone.points = gongxiang::quantity::Points::ZERO;
            let came = gongxiang::statement::balance(&alone, last.days())?;
            for (i, path) in forecast(&eve, &assumptions, &mut |_| true)?.paths.iter().enumerate() {
                let outlook = path.outlooks[0];
                let off = |got: f64, real: f64| got / real - 1.0;
                let offs = [
                    off(float(outlook.earned), float(came.points)),
                    off(float(outlook.share_value), float(came.share_value)),
                    off(float(outlook.price), float(last.head().price)),
                ];
                for (worst, off) in worst[i].iter_mut().zip(offs) {
                    if off.abs() > worst.abs() {
                        *worst = off;
                    }
                }
            }
        }
        for (name, [points, left, price]) in names.iter().zip(worst) {
            println!(
                "| {closes} | {horizon} | {name} | {:+.1} % | {:+.1} % | {:+.1} % |",
                points * 100.0,
                left * 100.0,
                price * 100.0
            );
        }
        assert!(worst[3].iter().all(|off| off.abs() < 0.02), "{worst:?}");
    }
    Ok(())
}

#[test]
fn assumptions_that_cannot_be_computed_are_refused_with_their_field() -> TestResult {
    let book = book_at(30);
    let id = Id::parse("c0001").ok_or("an id")?;
    let eve = book.eve(&id)?;
    let refused = |assumptions: &Assumptions| {
        let refusal = forecast(&eve, assumptions, &mut |_| true).expect_err("refused");
        (refusal.code, refusal.field.into_owned())
    };
    let rate = |text| TurnoverPath::Growing(Rate::parse(text).expect("a rate"));
    let base = Assumptions::default();
    let bad = |field: &str| (Code::BadScenario, String::from(field));
    let ghost = book.eve(&Id::parse("ghost").ok_or("an id")?).expect_err("nobody");
    assert_eq!((ghost.code, &*ghost.field), (Code::UnknownMember, "member"));
    for horizons in [vec![], vec![0], vec![36_526], vec![30, 20]] {
        assert_eq!(refused(&Assumptions { horizons, ..base.clone() }), bad("horizons"));
    }
    assert_eq!(refused(&Assumptions { paths: vec![rate("-1")], ..base.clone() }), bad("growth_30d"));
    assert_eq!(refused(&Assumptions { paths: vec![rate("1000000")], ..base.clone() }), bad("growth_30d"));
    let stopped = forecast(&eve, &base, &mut |_| false).expect_err("stopped");
    assert_eq!(stopped.code, Code::Cancelled);
    let century = Assumptions { paths: vec![rate("0")], horizons: vec![36_525], ..base };
    assert!(forecast(&eve, &century, &mut |_| true).is_ok());
    Ok(())
}

/// A network in which an order vested on each of the first `turnovers` days; ann bought on all of them. The open day is the
/// tenth.
fn young(turnovers: usize) -> Result<Book, Box<dyn std::error::Error>> {
    let mut book = Book::open(preset::seed()?);
    let mut settle = |event: serde_json::Value| -> TestResult {
        book.apply(&event::read(&serde_json::from_value::<Tree>(event)?)?).result?;
        Ok(())
    };
    for (member, pack) in [("ann", "member"), ("shop", "merchant")] {
        settle(json!({"type": "member.registered", "member": member}))?;
        settle(json!({"type": "pack.purchased", "member": member, "pack": pack}))?;
    }
    settle(json!({"type": "treasury.granted", "member": "shop", "points": "5000"}))?;
    settle(json!({"type": "merchant.opened", "member": "shop", "region": "110105"}))?;
    for day in 1..=9 {
        // An offline order vests at the close of the day after.
        if day <= turnovers {
            settle(json!({
                "type": "order.placed", "order": format!("o{day}"), "buyer": "ann", "merchant": "shop", "channel": "offline",
                "amount": "100", "concession": "10", "region": "110105"
            }))?;
        }
        settle(json!({"type": "day.closed", "day": format!("2026-01-0{day}")}))?;
    }
    Ok(book)
}

#[test]
fn orders_of_6_days_give_no_forecast_and_those_of_7_do() -> TestResult {
    let ann = Id::parse("ann").ok_or("an id")?;
    for turnovers in [0, 6] {
        let eve = young(turnovers)?.eve(&ann)?;
        assert_eq!(eve.turnover_days(), turnovers);
        let refusal = forecast(&eve, &Assumptions::default(), &mut |_| true).expect_err("refused");
        assert_eq!((refusal.code, &*refusal.field), (Code::TooYoung, "turnovers"));
        assert_eq!(refusal.message, format!("orders vested on {turnovers} of the last 30 days; a forecast needs 7"));
    }
    let eve = young(7)?.eve(&ann)?;
    assert_eq!(forecast(&eve, &Assumptions::default(), &mut |_| true)?.paths.len(), 3);
    Ok(())
}

#[test]
fn a_young_network_is_forecast_where_nothing_rests_on_its_means() -> TestResult {
    let eve = young(0)?.eve(&Id::parse("ann").ok_or("an id")?)?;
    let (turnover, inflow) = (Some(Money::parse("100")?), Some(ShareValue::parse("1600")?));
    let refused =
        |assumptions: &Assumptions| forecast(&eve, assumptions, &mut |_| true).err().map(|refusal| refusal.code);
    let base = Assumptions::default();
    assert_eq!(refused(&Assumptions { turnover, ..base.clone() }), Some(Code::TooYoung));
    assert_eq!(refused(&Assumptions { inflow, ..base.clone() }), Some(Code::TooYoung));
    assert_eq!(refused(&Assumptions { turnover, inflow, ..base.clone() }), None);
    assert_eq!(refused(&Assumptions { paths: Vec::new(), ..base.clone() }), None);
    let series = TurnoverPath::Series(vec![(Money::parse("100")?, ShareValue::parse("1600")?)]);
    assert_eq!(refused(&Assumptions { paths: vec![series], ..base }), None);
    Ok(())
}

#[test]
fn a_newcomer_to_a_network_with_turnover_on_6_days_has_no_forecast() -> TestResult {
    let rules = preset::seed()?;
    let release = gongxiang::release::Release::default();
    let now = (rules.genesis_day, rules.price_initial, rules.supply_treasury);
    let refusal = newcomer(&rules, now, 6, &release, ShareValue::parse("1")?).expect_err("refused");
    assert_eq!((refusal.code, &*refusal.field), (Code::TooYoung, "turnover_days"));
    assert!(newcomer(&rules, now, 7, &release, ShareValue::parse("1")?).is_ok());
    Ok(())
}

#[test]
fn a_newcomers_forecast_assumes_the_turnover_that_keeps_the_price_where_it_is() -> TestResult {
    let book = book_at(30);
    let (head, share_value) = (book.head(), ShareValue::parse("1000")?);
    let now = (head.day, head.price, head.supply.issued);
    let Newcomer { eve, turnover, minted } = newcomer(book.rules(), now, 7, &head.release, share_value)?;
    // The newcomer's share value is a part of the total.
    let own = share_value.units_ceil(head.release.nav)?;
    assert_eq!((eve.holding.units, eve.release.units), (own, head.release.units.plus(own)?));
    assert_eq!(turnover, book.rules().release_daily.worth_floor(head.price)?);
    assert_eq!(eve.inflow, turnover.share_value_floor(minted)?);
    let steady = Assumptions { paths: vec![TurnoverPath::Growing(Rate::default())], ..Assumptions::default() };
    let forecast = forecast(&eve, &steady, &mut |_| true)?;
    assert_eq!(forecast.inputs.turnover, turnover);
    let off = float(forecast.paths[0].outlooks[2].price) / float(head.price) - 1.0;
    assert!(off.abs() < 0.000_1, "the price moves by {off} in a year");
    Ok(())
}

#[test]
fn a_newcomers_share_value_per_yuan_is_what_buyer_merchant_and_referrer_get_online() -> TestResult {
    // From RULES.md section 6: buyer_multiple × (1 + online_share_value_rate) + merchant_multiple.
    let seed = preset::seed()?;
    let mut odd = seed.clone();
    odd.order_buyer_multiple = Rate::parse("3.33333333")?;
    odd.order_merchant_multiple = Rate::parse("0.5")?;
    odd.share_online_share_value_rate = Rate::parse("0.12345678")?;
    for (rules, minted) in [(seed, "16"), (odd, "4.24485592")] {
        let release = gongxiang::release::Release::default();
        let now = (rules.genesis_day, rules.price_initial, rules.supply_treasury);
        let newcomer = newcomer(&rules, now, 7, &release, ShareValue::parse("1")?)?;
        assert_eq!(newcomer.minted, Rate::parse(minted)?);
    }
    Ok(())
}

#[test]
fn a_price_window_longer_than_an_eve_is_refused_for_a_newcomer() -> TestResult {
    let mut rules = preset::seed()?;
    rules.price_window_days = 1_000_000_000_000;
    let release = gongxiang::release::Release::default();
    let now = (rules.genesis_day, rules.price_initial, rules.supply_treasury);
    let refusal = newcomer(&rules, now, 7, &release, ShareValue::parse("1")?).expect_err("refused");
    assert_eq!((refusal.code, &*refusal.field), (Code::BadScenario, "rules"));
    Ok(())
}
