//! The simulator against the day-by-day model of `tests/model`, and against the closed law, on four turnovers.
//!
//! The model knows nothing of the simulator: it gets the orders as a journal, in which the operator sets the clearing price
//! of every day, and holds every member's share value as an exact fraction.
#![expect(clippy::float_arithmetic, reason = "statistics are compared within a part of themselves")]

use gongxiang::economy::{PriceMode, Scenario, Turnover, named, simulate};
use gongxiang::preset;
use gongxiang::quantity::{Money, Rate};
use gongxiang_model::{Model, Verdict};
use serde_json::{Value, json};

type TestResult = Result<(), Box<dyn std::error::Error>>;

const DAYS: usize = 120;
const WATCHED: [usize; 4] = [1, 10, 30, 60];

/// Γ(16 ÷ 15): what the closed law leaves out of the first day. It is the law of a flow; days are steps. On flat turnover, k = 16,
/// q = 1, share value of day m has after the close of day n exactly `Π (j ÷ (j + a))` left, j from m to n, a = q ÷ (k − q) = 1 ÷ 15:
/// `Γ(m + a) ÷ Γ(m) × Γ(n + 1) ÷ Γ(n + 1 + a)`, where the law has `(m ÷ n)^a`. So it is `1 + a (1 − a) ÷ 2m` times too high: 0.31 %
/// on day 10, 0.10 % on day 30, and `1 ÷ Γ(1 + a)`, 3.56 %, on day 1.
const FIRST_DAY: f64 = 0.965_665;

fn float(text: &str) -> f64 {
    text.parse().expect("a decimal")
}

/// The day after the 1st of January 2026 by so many days.
fn date(day: usize) -> String {
    let first = gongxiang::identity::Day::parse("2026-01-01").expect("a day");
    first.plus(u64::try_from(day).expect("a number")).expect("a day").to_string()
}

struct Network(Model);

impl Network {
    fn tell(&mut self, event: &Value) {
        assert_eq!(self.0.apply(event), Verdict::Applied, "{event}");
    }
}

/// What 1000 share value joined on each of the watched days are on the last day: share value left and points.
fn by_the_model(rules: &Value, turnover: &[String], prices: &[String]) -> Vec<(f64, f64)> {
    let mut network = Network(Model::new(rules).expect("sound rules"));
    for (member, pack) in [("top", "member"), ("shop", "merchant")] {
        network.tell(&json!({"type": "member.registered", "member": member}));
        network.tell(&json!({"type": "pack.purchased", "member": member, "pack": pack}));
    }
    network.tell(&json!({"type": "treasury.granted", "member": "shop", "points": "900000"}));
    network.tell(&json!({"type": "merchant.opened", "member": "shop", "region": "440106"}));
    let order = |n: String, buyer: &str, concession: String| {
        json!({"type": "order.placed", "order": n, "buyer": buyer, "merchant": "shop", "channel": "online",
            "amount": "1000000", "concession": concession, "region": "440106"})
    };
    for day in 0..DAYS {
        network.tell(&json!({"type": "price.set", "price": prices[day]}));
        let buyer = format!("b{day}");
        network.tell(&json!({"type": "member.registered", "member": buyer, "referrer": "top"}));
        network.tell(&json!({"type": "pack.purchased", "member": buyer, "pack": "member"}));
        // A concession of 100 brings 1000 share value to the one who is watched, the rest of the day's to another.
        let mut rest = turnover[day].parse::<f64>().expect("money");
        if WATCHED.contains(&(day + 1)) {
            let watched = format!("w{}", day + 1);
            network.tell(&json!({"type": "member.registered", "member": watched, "referrer": "top"}));
            network.tell(&json!({"type": "pack.purchased", "member": watched, "pack": "member"}));
            network.tell(&order(format!("ow{day}"), &watched, "100".into()));
            rest -= 100.0;
        }
        network.tell(&order(format!("o{day}"), &buyer, format!("{rest:.2}")));
        network.tell(&json!({"type": "day.closed", "day": date(day)}));
    }
    let account = |day: &usize| {
        let id = format!("w{day}");
        let number = |n: &gongxiang_model::exact::Exact| float(&gongxiang_model::exact::text(n, 12));
        (number(network.0.share_value(&id).expect("a member")), number(network.0.points(&id).expect("a member")))
    };
    WATCHED.iter().map(account).collect()
}

fn compare(what: &str, turnover: &Turnover) -> TestResult {
    let (mut rules, _) = named("flat", &preset::seed()?)?.ok_or("no such scenario")?;
    rules.supply_treasury = gongxiang::quantity::Points::parse("1000000")?;
    rules.merchant_deposit = Money::default();
    for (_, pack) in &mut rules.packs {
        pack.price = Money::default();
    }
    let scenario = Scenario {
        days: DAYS,
        turnover: turnover.clone(),
        price: PriceMode::Clearing,
        probes: WATCHED.to_vec(),
        ..Scenario::default()
    };
    let run = simulate(&rules, &scenario, &mut |_| true)?;
    let wanted: Vec<String> =
        (0..DAYS).map(|day| Ok(turnover.on(day)?.to_string())).collect::<Result<_, gongxiang::event::Refusal>>()?;
    // `q × C ÷ release`, with q = 1 online: the clearing price from the turnover alone.
    let prices: Vec<String> = wanted.iter().map(|c| format!("{:.8}", float(c) / 888.0)).collect();
    let model = by_the_model(&serde_json::to_value(&rules)?, &wanted, &prices);
    for (joined, (left, points)) in WATCHED.into_iter().zip(model) {
        let probe = run.probes.iter().find(|probe| probe.day == joined && probe.after == DAYS - joined);
        let probe = probe.ok_or("not watched")?;
        let off_left = float(&probe.left.to_string()) / left - 1.0;
        let off_points = float(&probe.points.to_string()) / points - 1.0;
        let off_law = float(&probe.closed_law.to_string()) / left - 1.0;
        println!(
            "| {what} | {joined} | {:+.4} % | {:+.4} % | {:+.3} % |",
            off_left * 100.0,
            off_points * 100.0,
            off_law * 100.0
        );
        assert!(off_left.abs() < 0.005 && off_points.abs() < 0.005, "{what}, day {joined}: {off_left} {off_points}");
        let off_law = if joined == 1 { (1.0 + off_law) * FIRST_DAY - 1.0 } else { off_law };
        assert!(off_law.abs() < 0.005, "{what}, day {joined}: closed law off by {off_law}");
    }
    Ok(())
}

fn steady(growth: &str, crash: Option<(usize, &str)>, swing: Option<(usize, &str)>) -> Turnover {
    let rate = |text| Rate::parse(text).expect("a rate");
    Turnover::Steady {
        daily: Money::parse("10000").expect("money"),
        growth_30d: rate(growth),
        crash: crash.map(|(day, part)| (day, rate(part))),
        swing: swing.map(|(days, part)| (days, rate(part))),
    }
}

#[test]
fn flat_turnover_is_as_in_the_model_and_the_law() -> TestResult {
    compare("flat", &steady("0", None, None))
}

#[test]
fn growing_turnover_is_as_in_the_model_and_the_law() -> TestResult {
    compare("growing", &steady("0.15", None, None))
}

#[test]
fn crashing_turnover_is_as_in_the_model_and_the_law() -> TestResult {
    compare("crashing", &steady("0.15", Some((61, "0.1")), None))
}

#[test]
fn swinging_turnover_is_as_in_the_model_and_the_law() -> TestResult {
    compare("swinging", &steady("0", None, Some((40, "0.5"))))
}
