//! Rule sets that vary.

use serde_json::{Value, json};

use super::dice::Dice;

const PRICES: [&str; 14] = [
    "1",
    "1",
    "1",
    "1",
    "0.5",
    "2.5",
    "5",
    "0.01234567",
    "0.00001",
    "0.00000003",
    "0.00000001",
    "300",
    "40000",
    "1000000000000",
];

/// A sound rule set.
pub(crate) fn random(dice: &mut Dice) -> Value {
    let merchant = json!({
        "price": "599", "share_value_rate": dice.pick(&["1", "0.33333333", "0"]), "merchant": true,
    });
    json!({
        "genesis_day": dice.pick(&["2026-01-01", "2023-12-20", "2024-02-20"]),
        "supply": supply(dice),
        "release": {
            "daily": dice.pick(&["888", "888", "50", "0.5", "12345.67890123"]),
            "min_total": dice.pick(&["1", "1", "0.00000001", "0.01", "5000"]),
        },
        "price": {
            "initial": dice.pick(&PRICES),
            "policy": dice.pick(&["turnover", "market", "operator"]),
            "window_days": 1 + dice.below(5),
            "min_volume": dice.pick(&["100", "1", "0"]),
            "daily_limit": dice.pick(&["0.1", "0.5", "0.00000001", "0", "0.99"]),
        },
        "signup": {
            "member": dice.pick(&["200", "0", "0.00000007"]),
            "referrer": dice.pick(&["20", "20", "0"]),
        },
        "packs": {
            "member": {"price": "299", "share_value_rate": dice.pick(&["1", "0.7"])},
            "merchant": merchant,
            "area": {"price": "4999", "share_value_rate": "1", "area_partner": true},
            "all": {"price": "0.01", "share_value_rate": "7.77777777", "merchant": true, "area_partner": true},
        },
        "merchant": {"deposit": dice.pick(&["500", "500", "0", "0.01"])},
        "order": {
            "buyer_multiple": dice.pick(&["10", "10", "0", "3.33333333"]),
            "merchant_multiple": dice.pick(&["2", "2", "0.5"]),
            "vesting_days": {"online": dice.below(8), "offline": dice.below(3)},
        },
        "share": {
            "online_share_value_rate": dice.pick(&["0.4", "1.5"]),
            "offline_points_rate": dice.pick(&["0.05", "0.4"]),
            "merchant_points_rate": dice.pick(&["0.05", "0.33333333"]),
        },
        "service": {"max_depth": dice.pick(&[&64, &64, &2, &1, &0]), "roles": roles(dice)},
        "area": {
            "offline_points_rate": dice.pick(&["0.08", "0.12345678"]),
            "online_points_rate": dice.pick(&["0", "0.05", "1"]),
            "repurchase_days": dice.pick(&[&30, &30, &3, &0]),
        },
        "redemption": dice.pick(&["burn", "treasury"]),
        "market": {"price_band": dice.pick(&["0.1", "0.5", "0"])},
    })
}

/// Where a price is tiny, only a large treasury makes an order possible.
fn supply(dice: &mut Dice) -> Value {
    if dice.chance(20) {
        return json!({"cap": "1000000000000", "treasury": "10000000000"});
    }
    json!({
        "cap": dice.pick(&["1000000", "1000000", "30000", "27650.5", "27640"]),
        "treasury": dice.pick(&["27640", "27640", "27640", "20000"]),
    })
}

fn roles(dice: &mut Dice) -> Value {
    let mut roles = vec![
        json!({"name": "vip", "share_value_rate": "0", "points_rate": "0"}),
        json!({"name": "shopkeeper", "share_value_rate": "0.1", "points_rate": "0.02"}),
        json!({"name": "dealer", "share_value_rate": "0.15", "points_rate": "0.03"}),
        json!({"name": "provider", "share_value_rate": "0.2", "points_rate": "0.04"}),
    ];
    if dice.chance(15) {
        roles.remove(dice.below(4));
    }
    Value::Array(roles)
}
