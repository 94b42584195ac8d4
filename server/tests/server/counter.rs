//! The counter of a shop: what its till starts from, its usual concession, and the codes that members show there.

use serde_json::{Value, json};

use crate::members::{Answered, Town, on_each_engine, refused};
use crate::support::{TestResult, add_key, all_accepted};

const COUNTER: &str = "/v1/shops/kiosk/counter";
const PRESET: &str = "/v1/shops/kiosk/preset";

/// The kiosk and the bakery are shops; ann buys in the kiosk.
fn shops(town: &Town) -> TestResult {
    let mut events = vec![json!({"type": "pack.purchased", "member": "ann", "pack": "member"})];
    for shop in ["kiosk", "bakery"] {
        events.extend([
            json!({"type": "member.registered", "member": shop}),
            json!({"type": "pack.purchased", "member": shop, "pack": "merchant"}),
            json!({"type": "treasury.granted", "member": shop, "points": "2000.75"}),
            json!({"type": "merchant.opened", "member": shop, "region": "440106"}),
        ]);
    }
    all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&json!(events)))?.1)
}

fn get(town: &Town, cookie: &str, path: &str) -> TestResult<(u16, Value)> {
    let (status, answer, _) = town.ask("GET", path, Some(cookie), None)?;
    Ok((status, answer))
}

fn put(town: &Town, cookie: &str, body: &Value) -> TestResult<Answered> {
    town.ask("PUT", PRESET, Some(cookie), Some(body))
}

#[test]
fn an_owner_says_the_usual_concession_and_a_cashier_reads_it() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, owner) = town.staff(database, &["Mei", "--role", "owner", "--shop", "kiosk"])?;
        let (_, cashier) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        let (_, other) = town.staff(database, &["Wu", "--role", "owner", "--shop", "bakery"])?;
        let ((_, kiosk), (_, ann)) = (town.enrolled("kiosk")?, town.enrolled("ann")?);
        let till = add_key(database, &["--role", "merchant", "--member", "kiosk"])?;

        let (status, now) = get(town, &cashier, COUNTER)?;
        assert_eq!((status, &now["shop"], &now["region"]), (200, &json!("kiosk"), &json!("440106")), "{now}");
        assert_eq!((&now["points"], &now["orders_left"]), (&json!("2000"), &Value::Null), "whole points, no order yet");
        assert_eq!((&now["preset"], &now["name"]), (&Value::Null, &Value::Null));

        let preset = json!({"unit": "percent", "value": "8.8"});
        refused(put(town, &cashier, &preset)?, (403, "needs_role"));
        refused(put(town, &other, &preset)?, (403, "forbidden"));
        refused(put(town, &ann, &preset)?, (403, "forbidden"));
        assert_eq!(
            town.server.ask("PUT", PRESET, Some(&till), &[], Some(&preset))?.0,
            403,
            "a key sells and does not decide"
        );
        let (status, kept, _) = put(town, &owner, &preset)?;
        assert_eq!((status, &kept), (200, &preset));
        assert_eq!(get(town, &cashier, COUNTER)?.1["preset"], preset);
        let yuan = json!({"unit": "yuan", "value": "5"});
        assert_eq!(put(town, &kiosk, &yuan)?.0, 200, "the merchant itself");
        assert_eq!(get(town, &kiosk, COUNTER)?.1["preset"], yuan);
        assert_eq!(get(town, &other, "/v1/shops/bakery/counter")?.1["preset"], Value::Null, "the other shop has none");

        for (unit, value) in [("percent", "0"), ("percent", "100.01"), ("yuan", "0"), ("yuan", "10000000000000")] {
            let (status, problem, _) = put(town, &owner, &json!({"unit": unit, "value": value}))?;
            let found = (status, &problem["code"], &problem["field"]);
            assert_eq!(found, (422, &json!("bad_preset"), &json!("value")), "{value}");
        }
        for (body, field) in [
            (json!({"unit": "points", "value": "1"}), "unit"),
            (json!({"unit": "yuan", "value": "-1"}), "value"),
            (json!({"unit": "yuan", "value": "1.001"}), "value"),
            (json!({"unit": "yuan", "value": 1}), "value"),
            (json!({"unit": "yuan"}), "value"),
            (json!({"unit": "yuan", "value": "1", "more": 1}), "more"),
        ] {
            let (status, problem, _) = put(town, &owner, &body)?;
            assert_eq!((status, &problem["field"]), (400, &json!(field)), "{problem}");
        }
        assert_eq!(get(town, &kiosk, COUNTER)?.1["preset"], yuan, "what is refused changes nothing");

        let (_, done) = town.server.ask("GET", "/v1/actions", Some(&town.operator), &[], None)?;
        let done = done["actions"].as_array().ok_or("no list")?.iter().filter(|row| row["what"] == "preset.written");
        let done: Vec<_> = done.map(|row| (row["subject"].as_str(), row["actor"].as_str())).collect();
        assert_eq!(done.len(), 1, "the owner's is entered, the merchant's own is not: {done:?}");
        assert_eq!(done[0].0, Some("shop kiosk"));
        Ok(())
    })
}

#[test]
fn only_who_works_in_a_shop_sees_its_counter() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, other) = town.staff(database, &["Wu", "--role", "cashier", "--shop", "bakery"])?;
        let (_, ann) = town.enrolled("ann")?;
        refused(town.ask("GET", COUNTER, None, None)?, (401, "unauthorized"));
        refused(town.ask("GET", COUNTER, Some(&ann), None)?, (403, "forbidden"));
        refused(town.ask("GET", COUNTER, Some(&other), None)?, (403, "needs_role"));
        // Ann has no shop, not even for herself.
        refused(town.ask("GET", "/v1/shops/ann/counter", Some(&ann), None)?, (422, "not_a_merchant"));
        // Where the poster leads is open to all, and says nothing of a member without a shop.
        let (status, shop, _) = town.ask("GET", "/v1/shops/kiosk", None, None)?;
        assert_eq!((status, shop), (200, json!({"shop": "kiosk", "region": "440106"})));
        for nothing in ["ann", "nobody", "a%20b"] {
            refused(town.ask("GET", &format!("/v1/shops/{nothing}"), None, None)?, (404, "not_found"));
        }
        Ok(())
    })
}

#[test]
fn points_left_are_counted_in_orders_of_the_shops_own_mean() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, cashier) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        for (place, concession) in ["10", "30"].into_iter().enumerate() {
            let order = json!({"buyer": "ann", "channel": "offline", "amount": "100", "concession": concession, "region": "440106"});
            let key = format!("k{place}");
            let headers =
                [("origin", crate::members::ORIGIN), ("cookie", cashier.as_str()), ("idempotency-key", key.as_str())];
            let (status, answer, _) = town.server.ask_for_cookie("POST", "/v1/orders", &headers, Some(&order))?;
            assert_eq!(status, 200, "{answer}");
        }
        let now = get(town, &cashier, COUNTER)?.1;
        // The price is 1 yuan: 2,000.75 less 40 points, at 20 yuan an order.
        assert_eq!(
            (&now["price"], &now["points"], &now["orders_left"]),
            (&json!("1"), &json!("1960"), &json!(98)),
            "{now}"
        );
        Ok(())
    })
}

/// The codes of a member.
struct Codes {
    member: &'static str,
    now: i64,
    minute: i64,
    digits: Vec<String>,
}

impl Codes {
    fn of(town: &Town, cookie: &str, member: &'static str) -> TestResult<Self> {
        let (status, answer) = get(town, cookie, &format!("/v1/members/{member}/codes"))?;
        assert_eq!((status, &answer["member"]), (200, &json!(member)), "{answer}");
        let digits = answer["codes"].as_array().ok_or("no codes")?;
        let digits: Vec<String> = digits.iter().filter_map(Value::as_str).map(str::to_owned).collect();
        assert_eq!(digits.len(), 24 * 60, "a day's");
        let number = |name: &str| answer[name].as_i64().ok_or("no number");
        Ok(Self { member, now: number("now")?, minute: number("minute")?, digits })
    }

    /// The text of the QR code, so many minutes from now.
    fn text(&self, later: i64) -> TestResult<String> {
        let digits = self.digits.get(usize::try_from(later)?).ok_or("no such minute")?;
        Ok(format!("GX1.{}.{}.{digits}", self.member, self.minute + later))
    }
}

#[test]
fn a_code_says_who_shows_it_for_a_minute_and_nobody_elses() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let (_, cashier) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        let path = "/v1/members/ann/codes";
        refused(town.ask("GET", path, None, None)?, (401, "unauthorized"));
        for who in [&bob, &cashier] {
            refused(town.ask("GET", path, Some(who), None)?, (403, "forbidden"));
        }
        assert_eq!(town.server.ask("GET", path, Some(&town.operator), &[], None)?.0, 403, "nobody passes for a member");

        let codes = Codes::of(town, &ann, "ann")?;
        assert_eq!(codes.minute, codes.now.div_euclid(60));
        let check = |body: &Value| town.ask("POST", "/v1/codes/check", Some(&cashier), Some(body));
        let (status, checked, _) = check(&json!({"code": codes.text(0)?}))?;
        assert_eq!((status, checked), (200, json!({"member": "ann"})));
        let of_bob = codes.text(0)?.replace("ann", "bob");
        let another_minute = codes.text(0)?.replace(&codes.minute.to_string(), &(codes.minute - 1).to_string());
        for other in [
            of_bob.as_str(),
            another_minute.as_str(),
            "GX1.ann.1.00000000",
            "ann",
            "",
            "https://example.com/#/pay/kiosk",
        ] {
            refused(check(&json!({"code": other}))?, (422, "bad_member_code"));
        }
        // A phone whose clock is an hour fast, and a picture of a code that is an hour old by the time it is scanned.
        refused(check(&json!({"code": codes.text(60)?}))?, (422, "member_clock_wrong"));
        let code = codes.text(0)?;
        let scanned = |seconds: i64| check(&json!({"code": code, "scanned": codes.minute * 60 + seconds}));
        refused(scanned(-3_600)?, (422, "member_clock_wrong"));
        refused(scanned(-61)?, (422, "member_code_expired"));
        assert_eq!(scanned(0)?.0, 200, "it was scanned without a network, and is checked now");
        assert_eq!(scanned(-60)?.0, 200, "clocks differ by a little");
        refused(scanned(-200_000)?, (422, "member_code_expired"));
        refused(town.ask("POST", "/v1/codes/check", None, Some(&json!({"code": code})))?, (401, "unauthorized"));
        Ok(())
    })
}

#[test]
fn only_the_wallets_page_may_use_the_camera() -> TestResult {
    on_each_engine(&[], |town, _| {
        for (path, allowed) in [("/", true), ("/index.html", true), ("/v1/supply", false), ("/v1/openapi.json", false)]
        {
            let (_, headers, _) = town.server.ask_for_text("GET", path, None, &[], None)?;
            assert_eq!(headers.contains("camera=(self)"), allowed, "{path}: {headers}");
            assert!(headers.contains("microphone=()"), "{path}: {headers}");
        }
        Ok(())
    })
}

/// An order of ann with this id.
fn order(id: &str, shop: &str) -> Value {
    json!({
        "type": "order.placed", "order": id, "buyer": "ann", "merchant": shop, "channel": "offline", "amount": "100",
        "concession": "10", "region": "440106",
    })
}

fn settle(town: &Town, events: &[Value]) -> TestResult {
    all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&json!(events)))?.1)
}

#[test]
fn a_till_finds_an_order_of_its_shop_by_the_end_of_its_id() -> TestResult {
    on_each_engine(&[], |town, database| {
        shops(town)?;
        let (_, cashier) = town.staff(database, &["Li", "--role", "cashier", "--shop", "kiosk"])?;
        let (_, other) = town.staff(database, &["Wu", "--role", "cashier", "--shop", "bakery"])?;
        let (_, ann) = town.enrolled("ann")?;
        settle(town, &[order("o-1234abcd", "kiosk"), order("o-9934ABCD", "kiosk"), order("o-5534abcd", "bakery")])?;
        // A cashier has no list of earlier days.
        settle(town, &[json!({"type": "day.closed", "day": "2026-01-01"})])?;
        let ask = |cookie: &str, shop: &str, ending: &str| {
            town.ask("GET", &format!("/v1/orders?merchant={shop}&ending={ending}"), Some(cookie), None)
        };
        let found = |cookie: &str, shop: &str, ending: &str| -> TestResult<Vec<String>> {
            let (status, page, _) = ask(cookie, shop, ending)?;
            assert_eq!((status, &page["next"]), (200, &Value::Null), "{page}");
            let rows = page["rows"].as_array().ok_or("no rows")?;
            Ok(rows.iter().filter_map(|row| row["id"].as_str()).map(str::to_owned).collect())
        };
        assert_eq!(found(&cashier, "kiosk", "34abcd")?, ["o-9934ABCD", "o-1234abcd"], "the newest first");
        assert_eq!(found(&cashier, "kiosk", "1234ABCD")?, ["o-1234abcd"], "in whatever letters");
        assert_eq!(found(&cashier, "kiosk", "o-1234abcd")?, ["o-1234abcd"]);
        assert_eq!(found(&other, "bakery", "34abcd")?, ["o-5534abcd"]);
        for nothing in ["5534abcd", "34ab", "xo-1234abcd", "____", "0000"] {
            assert_eq!(found(&cashier, "kiosk", nothing)?, [""; 0], "{nothing}");
        }
        refused(ask(&cashier, "bakery", "34abcd")?, (403, "forbidden"));
        refused(ask(&ann, "kiosk", "34abcd")?, (403, "forbidden"));
        refused(town.ask("GET", "/v1/orders?merchant=kiosk&ending=34abcd", None, None)?, (401, "unauthorized"));
        for bad in ["", "bcd", "34%20bcd", "34%25bcd"] {
            let (status, problem, _) = ask(&cashier, "kiosk", bad)?;
            assert_eq!(
                (status, &problem["code"], &problem["field"]),
                (400, &json!("bad_query"), &json!("ending")),
                "{bad}"
            );
        }
        // On a slow machine a try may come back between two requests.
        let mut asked = 0;
        for number in ["0000", "34abcd"] {
            let refusal = loop {
                let answer = ask(&cashier, "kiosk", number)?;
                if answer.0 != 200 {
                    break answer;
                }
                asked += 1;
                assert!(asked < 200, "a till may try all numbers");
            };
            refused(refusal, (429, "rate_limited"));
        }
        Ok(())
    })
}

#[test]
fn a_closed_day_says_what_was_burned_until_its_end() -> TestResult {
    on_each_engine(&[], |town, _| {
        shops(town)?;
        let close = |day: &str| json!({"type": "day.closed", "day": day});
        // The order vests on the second day: at 1 yuan its 10 points are burned, since nobody gets points of it. Then 5 points for goods.
        settle(town, &[order("o1", "kiosk"), close("2026-01-01"), close("2026-01-02")])?;
        settle(town, &[json!({"type": "points.redeemed", "member": "kiosk", "points": "5", "redemption": "r1"})])?;
        settle(town, &[close("2026-01-03"), json!({"type": "redemption.cancelled", "redemption": "r1"})])?;
        settle(town, &[close("2026-01-04")])?;
        let (_, page, _) = town.ask("GET", "/v1/days", None, None)?;
        let burned: Vec<_> = page["days"].as_array().ok_or("no days")?.iter().map(|day| &day["burned"]).collect();
        assert_eq!(burned, ["0", "10", "15", "10"], "{page}");
        assert_eq!(town.ask("GET", "/v1/days/2026-01-03", None, None)?.1["burned"], "15");
        assert_eq!(town.ask("GET", "/v1/supply", None, None)?.1["supply"]["burned"], "10");
        Ok(())
    })
}
