//! A day that is closed in parts is the day that is closed at once (RULES.md section 5, step 1).

mod town;

use gongxiang::book::{Book, Excerpt};
use gongxiang::event::{Code, Event};
use gongxiang::market::TradeState;
use gongxiang::order::OrderState;
use gongxiang::purchase::PurchaseState;
use serde_json::{Value, json};
use town::{TestResult, Town};

/// A town on its second day. 2 trades, 2 packs and 3 orders are due.
fn busy() -> Result<Town, Box<dyn std::error::Error>> {
    let mut town = Town::with(&json!({}))?;
    let order = |n: u32| {
        json!({"type": "order.placed", "order": format!("o{n}"), "buyer": "a", "merchant": "shop", "channel": "offline",
            "amount": "100", "concession": format!("{n}.25"), "region": "440106"})
    };
    for n in [3, 1, 2] {
        town.take(&order(n))?;
    }
    for (purchase, member) in [("p2", "a"), ("p1", "r")] {
        town.take(&json!({"type": "pack.purchased", "member": member, "pack": "member", "purchase": purchase, "return_days": 1}))?;
    }
    town.take(&json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "9", "unit_price": "1"}))?;
    for trade in ["t2", "t1"] {
        town.take(&json!({"type": "offer.taken", "offer": "f", "trade": trade, "member": "a", "points": "2"}))?;
    }
    town.close()?;
    Ok(town)
}

fn part(day: &str, most: u64) -> Value {
    json!({"type": "day.closing", "day": day, "most": most})
}

/// The ids of the trades, packs and orders that step 1 of the close has done.
fn done(book: &Book) -> Vec<String> {
    let part = Excerpt::from(book.clone());
    let trades = part.trades.iter().filter(|(_, trade)| trade.state == TradeState::Cancelled).map(|(id, _)| id);
    let packs = part.purchases.iter().filter(|(_, pack)| pack.state == PurchaseState::Final).map(|(id, _)| id);
    let orders = part.orders.iter().filter(|(_, order)| order.state != OrderState::Pending).map(|(id, _)| id);
    trades.chain(packs).chain(orders).map(ToString::to_string).collect()
}

#[test]
fn each_part_does_the_next_trades_packs_and_orders_in_the_order_in_which_they_came() -> TestResult {
    let mut town = busy()?;
    let mut all: Vec<String> = Vec::new();
    for next in ["t2", "t1", "p2", "p1", "o3", "o1", "o2"] {
        town.take(&part("2026-01-02", 1))?;
        all.push(next.into());
        let (mut expected, mut done) = (all.clone(), done(&town.book));
        expected.sort();
        done.sort();
        assert_eq!(done, expected);
    }
    town.refuses(&part("2026-01-02", 1), Code::NothingDue, "day")?;
    town.close()?;
    town.refuses(&part("2026-01-03", 10_000), Code::NothingDue, "day")
}

#[test]
fn a_day_in_parts_of_any_size_ends_as_the_day_at_once() -> TestResult {
    let mut at_once = busy()?;
    at_once.close()?;
    for most in 1..=8 {
        let mut in_parts = busy()?;
        let mut parts = 0;
        while in_parts.take(&part("2026-01-02", most)).is_ok() {
            parts += 1;
        }
        assert_eq!(parts, 7_u64.div_ceil(most));
        in_parts.close()?;
        assert_eq!(in_parts.book.state()?, at_once.book.state()?, "parts of {most}");
        assert_eq!(in_parts.book.days(), at_once.book.days());
    }
    // A part before the close, the rest with it.
    let mut both = busy()?;
    both.take(&part("2026-01-02", 3))?;
    both.close()?;
    assert_eq!(both.book.state()?, at_once.book.state()?);
    Ok(())
}

#[test]
fn only_the_open_day_is_closed_in_parts() -> TestResult {
    let mut town = busy()?;
    for day in ["2026-01-01", "2026-01-03"] {
        town.refuses(&part(day, 1), Code::WrongDay, "day")?;
    }
    Ok(())
}

#[test]
fn a_part_of_a_close_settles_with_just_the_rows_that_it_touches() -> TestResult {
    let town = busy()?;
    let event = Event::DayClosing { day: town.book.head().day, most: 3 };
    let mut whole = town.book.clone();
    let expected = whole.settle(&event)?;
    // Storage loads the first three due rows and the accounts that they name.
    let mut few = Excerpt::from(town.book.clone());
    few.purchases.retain(|id, _| id.as_str() == "p2");
    few.orders.clear();
    few.days.clear();
    let mut few = Book::from(few);
    let settled = few.settle(&event)?;
    assert_eq!(settled, expected);
    assert_eq!(few.head(), whole.head());
    assert_eq!(few.foresee(&event).map_err(|refusal| refusal.code), Err(Code::NothingDue));
    Ok(())
}

#[test]
fn in_the_eve_of_a_close_everything_due_is_done() -> TestResult {
    let mut town = busy()?;
    let id = gongxiang::identity::Id::parse("a").ok_or("no id")?;
    let eve = town.book.eve(&id)?;
    let mut whole = town.book.clone();
    whole.settle(&Event::DayClosing { day: town.book.head().day, most: 100 })?;
    assert_eq!(eve.release.units, whole.head().release.units);
    assert_eq!(eve.points.to_string(), town.has("a")?[0], "what is due brings `a` share value alone");
    town.take(&part("2026-01-02", 2))?;
    assert_eq!(town.book.eve(&id)?, eve, "a part of the close that is done ahead changes no forecast");
    Ok(())
}

#[test]
fn a_trade_counts_for_the_market_at_its_price_held_within_the_band_of_its_confirmation() -> TestResult {
    let price = json!({"initial": "1", "policy": "market", "window_days": 7, "min_volume": "1", "daily_limit": "0.9"});
    let mut town = Town::with(&json!({"price": price}))?;
    town.take(&json!({"type": "offer.placed", "offer": "f", "member": "shop", "side": "sell", "points": "9", "unit_price": "1.1"}))?;
    town.take(&json!({"type": "offer.taken", "offer": "f", "trade": "t", "member": "a", "points": "3"}))?;
    town.take(&json!({"type": "price.set", "price": "0.33333333"}))?;
    town.take(&json!({"type": "trade.confirmed", "trade": "t"}))?;
    town.close()?;
    // 0.33333333 × 1.1 is 0.366666663. It is rounded to 8 places once, at the end.
    assert_eq!(town.book.head().price.to_string(), "0.36666666");
    Ok(())
}
