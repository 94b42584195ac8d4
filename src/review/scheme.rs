//! Red flags of a rule set: from its values, and from the reference scenarios under it.

use super::finding::{Declaration, Evidence, Finding, Findings, Severity};
use crate::economy::{self, Scenario, mix, ratio};
use crate::event::Refusal;
use crate::quantity::{Money, Rate};
use crate::ruleset::{Channel, Pack, PricePolicy, Redemption, RuleSet};

/// The cheapest pack with a property, and its name.
fn cheapest(rules: &RuleSet, gives: fn(&Pack) -> bool) -> Option<&(String, Pack)> {
    rules.packs.iter().filter(|(_, pack)| gives(pack)).min_by_key(|(_, pack)| pack.price)
}

/// The flags of a rule set.
///
/// # Errors
/// `out_of_range` if a reference scenario has a result that does not fit.
pub fn review(rules: &RuleSet, declared: &Declaration) -> Result<Vec<Finding>, Refusal> {
    let mut findings = Findings::default();
    people(rules, declared, &mut findings);
    points(rules, declared, &mut findings);
    prices(rules, &mut findings);
    orders(rules, declared, &mut findings)?;
    scenarios(rules, &mut findings)?;
    Ok(findings.sorted())
}

fn listed<const N: usize>(rows: [(bool, &str, String); N]) -> Vec<Evidence> {
    rows.into_iter().filter(|row| row.0).map(|(_, key, value)| Findings::evidence(key, value)).collect()
}

/// The largest number of levels above a buyer at which its order pays a member.
fn depth(rules: &RuleSet) -> u64 {
    let pays = |channel| rules.service_roles.last().is_some_and(|role| role.rate(channel).is_positive());
    let team = if pays(Channel::Online) || pays(Channel::Offline) { rules.service_max_depth } else { 0 };
    let shares = rules.share_online_share_value_rate.is_positive() || rules.share_offline_points_rate.is_positive();
    team.max(u64::from(shares))
}

/// Flags about joining and recommending: who pays to join, and who is paid for whose orders.
fn people(rules: &RuleSet, declared: &Declaration, findings: &mut Findings) {
    let entry = cheapest(rules, |_| true);
    let area = cheapest(rules, |pack| pack.area_partner);
    let mut fees: Vec<Evidence> = Vec::new();
    for pack in [entry, cheapest(rules, |pack| pack.merchant), area] {
        if let Some((name, pack)) = pack.filter(|(_, pack)| pack.price.is_positive()) {
            let fee = Findings::evidence(&format!("packs.{name}.price"), pack.price.to_string());
            if !fees.contains(&fee) {
                fees.push(fee);
            }
        }
    }
    findings.raise("ENTRY_FEE", fees);
    let must_buy = entry.is_some_and(|(_, pack)| pack.price.is_positive());
    let bait = (must_buy && rules.signup_member.is_positive(), "signup.member", rules.signup_member.to_string());
    findings.raise("LOCKED_BAIT", listed([bait]));
    let reward = (rules.signup_referrer.is_positive(), "signup.referrer", rules.signup_referrer.to_string());
    findings.raise("HEADCOUNT_REWARD", listed([reward]));
    findings.raise("PACK_COMMISSION", listed([(declared.pack_commission, "declared.pack_commission", "true".into())]));

    let distance = depth(rules);
    let last_role = rules.service_roles.last();
    let highest =
        last_role.map_or_else(String::new, |role| format!("{} / {}", role.share_value_rate, role.points_rate));
    findings.raise("TEAM_REMUNERATION", listed([(distance >= 2, "service.roles", highest)]));
    let levels = distance.saturating_add(1).to_string();
    findings.raise(
        "DEPTH",
        listed([(distance >= 2, "service.max_depth", distance.to_string()), (distance >= 2, "levels", levels)]),
    );

    let area_rates = [
        ("area.offline_points_rate", rules.area_offline_points_rate),
        ("area.online_points_rate", rules.area_online_points_rate),
    ];
    let paid_area = area.filter(|(_, pack)| pack.price.is_positive());
    if let Some((name, pack)) = paid_area {
        let mut evidence: Vec<_> = area_rates
            .into_iter()
            .filter(|(_, rate)| rate.is_positive())
            .map(|(key, rate)| Findings::evidence(key, rate.to_string()))
            .collect();
        if !evidence.is_empty() {
            let days = Findings::evidence("area.repurchase_days", rules.area_repurchase_days.to_string());
            findings.raise("REPURCHASE_CONDITION", vec![days]);
            evidence.insert(0, Findings::evidence(&format!("packs.{name}.price"), pack.price.to_string()));
        }
        findings.raise("TERRITORY_FEE", evidence);
    }
}

/// Flags about points: how members sell them, and who must buy them.
fn points(rules: &RuleSet, declared: &Declaration, findings: &mut Findings) {
    let band = rules.market_price_band;
    let moves = rules.price_policy != PricePolicy::Operator;
    let policy = if rules.price_policy == PricePolicy::Market { "market" } else { "turnover" };
    let mut evidence =
        listed([(moves, "price.policy", policy.into()), (band.is_positive(), "market.price_band", band.to_string())]);
    let fixed = evidence.is_empty();
    if fixed {
        // Members can still trade at the day's price.
        evidence = listed([(true, "market.price_band", band.to_string())]);
    }
    findings.raise_as("CASH_OUT", fixed.then_some(Severity::Notice), evidence);

    let deposit = rules.merchant_deposit;
    let burns = rules.redemption == Redemption::Burn;
    let mut evidence = listed([
        (deposit.is_positive(), "merchant.deposit", deposit.to_string()),
        (burns, "redemption", "burn".into()),
    ]);
    let only_gate = evidence.is_empty();
    if only_gate {
        // An order still needs points of the merchant, which the platform can grant.
        evidence = listed([(true, "supply.treasury", rules.supply_treasury.to_string())]);
    }
    findings.raise_as("FORCED_POINT_PURCHASE", only_gate.then_some(Severity::Notice), evidence);
    findings.raise("SECURITY_LINK", listed([(declared.security_link, "declared.security_link", "true".into())]));

    let shops = (0..DEPOSIT_SHOPS).try_fold(Money::default(), |sum, _| sum.plus(deposit)).unwrap_or(deposit);
    findings.raise(
        "DEPOSIT_NOT_LOCKED",
        listed([
            (deposit.is_positive(), "merchant.deposit", deposit.to_string()),
            (deposit.is_positive(), "five_shops.deposits", shops.to_string()),
            (deposit.is_positive(), "five_shops.lent", deposit.to_string()),
        ]),
    );
    findings.raise(
        "PREPAID",
        listed([
            (deposit.is_positive(), "merchant.deposit", deposit.to_string()),
            (rules.supply_treasury.is_positive(), "supply.treasury", rules.supply_treasury.to_string()),
        ]),
    );
}

/// How many shops one deposit opens in the example of `DEPOSIT_NOT_LOCKED`. A deposit is checked once and stays free to move.
const DEPOSIT_SHOPS: u8 = 5;

/// Flags about the price: who moves it at no cost, and what it does when nobody buys.
fn prices(rules: &RuleSet, findings: &mut Findings) {
    let (one, limit) = (Rate::SCALE, rules.price_daily_limit.raw());
    let text = |raw| ratio(raw, one).to_string();
    // The same points count each time they change hands, so no minimum volume is out of reach of two accounts.
    let pumped = (0..30).fold(one, |price, _| price * (one + limit) / one);
    let thin = rules.price_policy == PricePolicy::Market && pumped > one;
    findings.raise(
        "THIN_MARKET_PRICE",
        listed([
            (thin, "price.min_volume", rules.price_min_volume.to_string()),
            (thin, "price.daily_limit", rules.price_daily_limit.to_string()),
            (thin, "self_trades_30_days.price", text(pumped)),
        ]),
    );
    // A week without turnover, after days that were all the same: the mean falls by one day of the window each day.
    let window = i128::from(rules.price_window_days);
    let idle = (1..=7).fold(one, |price, day| {
        let aim = (window - day).max(0) * one / window.max(1);
        aim.max(price * (one - limit) / one)
    });
    let falls = rules.price_policy == PricePolicy::Turnover && idle < one;
    findings.raise(
        "PRICE_WITHOUT_ORDERS",
        listed([
            (falls, "price.daily_limit", rules.price_daily_limit.to_string()),
            (falls, "idle_7_days.price", text(idle)),
        ]),
    );
}

/// Flags about orders: what one order promises, mints and burns.
fn orders(rules: &RuleSet, declared: &Declaration, findings: &mut Findings) -> Result<(), Refusal> {
    let (mut unfunded, mut burn, mut face) = (Vec::new(), Vec::new(), Vec::new());
    let mut severest = Severity::Notice;
    for (name, online) in [("online", Rate::ONE), ("offline", Rate::default())] {
        let scenario = Scenario { online, roles: true, partners: true, ..Scenario::default() };
        let mix = mix(rules, &scenario)?;
        if mix.minted > mix.burned {
            unfunded.push(Findings::evidence(&format!("{name}.minted"), mix.minted.to_string()));
            unfunded.push(Findings::evidence(&format!("{name}.burned"), mix.burned.to_string()));
        }
        let given = Rate::SCALE - mix.burned.raw();
        if given * 2 >= Rate::SCALE {
            severest = if given >= Rate::SCALE { Severity::High } else { severest };
            burn.push(Findings::evidence(&format!("{name}.point_rewards"), ratio(given, Rate::SCALE).to_string()));
        }
        // The rewards as a part of the order's amount: share value at its face value, points at the price.
        let whole = (mix.minted.raw() + given) * declared.concession_rate.raw() / Rate::SCALE;
        if whole >= Rate::SCALE {
            face.push(Findings::evidence(&format!("{name}.face_rewards"), ratio(whole, Rate::SCALE).to_string()));
        }
    }
    findings.raise("FULL_REBATE", face);
    findings.raise("UNFUNDED_MULTIPLE", unfunded);
    findings.raise_as("NET_BURN", Some(severest), burn);
    let (online, offline) = (rules.order_vesting_days_online, rules.order_vesting_days_offline);
    findings.raise(
        "NO_CLAWBACK",
        listed([
            (online < declared.return_days, "order.vesting_days.online", online.to_string()),
            (offline < 1, "order.vesting_days.offline", offline.to_string()),
        ]),
    );
    Ok(())
}

/// Flags that only a simulation of many days shows.
fn scenarios(rules: &RuleSet, findings: &mut Findings) -> Result<(), Refusal> {
    let run = |name: &str, days: Option<usize>, probes: Option<Vec<usize>>| {
        let Some((rules, mut scenario)) = economy::named(name, rules).map_err(Refusal::from)? else {
            return Ok(economy::Run::default());
        };
        scenario.days = days.unwrap_or(scenario.days);
        scenario.probes = probes.unwrap_or(scenario.probes);
        scenario.cohorts = 1;
        economy::simulate(&rules, &scenario, &mut |_| true)
    };
    // The income from joining in the scheme's own example. A month is enough for a ratio.
    let joining = run("income", Some(30), None)?.totals.income.joining;
    findings.raise(
        "JOIN_INCOME_SHARE",
        listed([(joining.raw() * 10 > 3 * Rate::SCALE, "income.joining", joining.to_string())]),
    );

    let wash = run("washing", None, None)?.totals;
    let gains = wash.wash_worth > wash.wash_paid && wash.wash_paid > Money::default();
    findings.raise(
        "WASH_TRADE",
        listed([
            (gains, "washing.paid", wash.wash_paid.to_string()),
            (gains, "washing.points", wash.wash_points.to_string()),
            (gains, "washing.worth", wash.wash_worth.to_string()),
        ]),
    );
    let early = run("flat", Some(730), Some(vec![1, 365]))?.probes;
    let worth = |day| early.iter().find(|probe| (probe.day, probe.after) == (day, 365)).map(|probe| probe.worth.raw());
    let early = ratio(worth(1).unwrap_or_default(), worth(365).unwrap_or_default());
    findings.raise("EARLY_MOVER", listed([(early.raw() > 3 * Rate::SCALE, "early_late", early.to_string())]));
    Ok(())
}
