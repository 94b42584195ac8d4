//! Two operators, or an operator and members, at the same moment: one after the other, whichever it is, and nothing by halves.

use std::thread;

use serde_json::{Value, json};

use crate::members::{ORIGIN, Town, on_each_engine, refused};
use crate::support::{RED, TestResult, all_accepted, gongxiang};

type Answer = (u16, Value);

/// Asks for all of these at the same moment; the answers in their order.
fn at_once(asks: &[&(dyn Fn() -> TestResult<Answer> + Sync)]) -> TestResult<Vec<Answer>> {
    thread::scope(|scope| {
        let asked: Vec<_> = asks.iter().map(|ask| scope.spawn(|| ask().map_err(|error| error.to_string()))).collect();
        asked.into_iter().map(|asked| Ok(asked.join().map_err(|_| "a thread failed")??)).collect()
    })
}

fn adopt(town: &Town, cookie: &str, key: &str, rules: &Value) -> TestResult<Answer> {
    adopt_on(town, cookie, key, rules, None)
}

/// The same on top of the rules with this fingerprint.
fn adopt_on(town: &Town, cookie: &str, key: &str, rules: &Value, based_on: Option<&Value>) -> TestResult<Answer> {
    let headers = [("origin", ORIGIN), ("cookie", cookie), ("idempotency-key", key)];
    let mut body = json!({"rules": rules, "accept_flags": RED});
    if let Some(based_on) = based_on {
        body["based_on"] = based_on.clone();
    }
    let (status, answer, _) = town.server.ask_for_cookie("POST", "/v1/rules", &headers, Some(&body))?;
    Ok((status, answer))
}

fn get(town: &Town, path: &str) -> TestResult<Value> {
    Ok(town.server.ask("GET", path, Some(&town.operator), &[], None)?.1)
}

fn list<'a>(answer: &'a Value, field: &str) -> TestResult<&'a Vec<Value>> {
    Ok(answer[field].as_array().ok_or_else(|| format!("no {field}: {answer}"))?)
}

#[test]
fn of_two_operators_who_adopt_rules_at_once_one_is_first_and_both_stand_in_the_history() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, fang) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, li) = town.staff(database, &["Li Na", "--role", "operator"])?;
        for round in 1..=5 {
            let daily = [(900 + round).to_string(), (950 + round).to_string()];
            // A change replaces a whole part, so the two exclude each other.
            let [of_fang, of_li] = daily.each_ref().map(|daily| json!({"release": {"daily": daily, "min_total": "1"}}));
            let (one, other) = (format!("f{round}"), format!("l{round}"));
            let answers = at_once(&[&|| adopt(town, &fang, &one, &of_fang), &|| adopt(town, &li, &other, &of_li)])?;
            assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
            let rules = get(town, "/v1/rules")?;
            let history = get(town, "/v1/rules/history")?;
            let history = list(&history, "rules")?;
            assert_eq!(history.len(), 1 + 2 * round, "each is a version of its own");
            let last: Vec<_> =
                history[history.len() - 2..].iter().map(|version| &version["rules"]["release"]).collect();
            // Whoever was second holds; the other was in force before.
            assert_eq!(last[1]["daily"], rules["release"]["daily"]);
            assert_ne!(last[0]["daily"], last[1]["daily"]);
            assert!(daily.iter().all(|daily| last.iter().any(|release| release["daily"] == json!(daily))), "{last:?}");
        }
        // Who says what it changes does not undo what the other changed.
        let hash = get(town, "/v1/rulebook")?["hash"].clone();
        let [of_fang, of_li, later] =
            ["801", "802", "803"].map(|daily| json!({"release": {"daily": daily, "min_total": "1"}}));
        let answers = at_once(&[&|| adopt_on(town, &fang, "f", &of_fang, Some(&hash)), &|| {
            adopt_on(town, &li, "l", &of_li, Some(&hash))
        }])?;
        let statuses: Vec<_> = answers.iter().map(|(status, _)| *status).collect();
        assert!(statuses == [200, 409] || statuses == [409, 200], "{answers:?}");
        let (_, problem) = answers.iter().find(|(status, _)| *status == 409).ok_or("both were adopted")?;
        assert_eq!((&problem["code"], &problem["field"]), (&json!("rules_changed"), &json!("based_on")));
        let next = get(town, "/v1/rulebook")?["hash"].clone();
        assert_ne!(next, hash);
        let (status, adopted) = adopt_on(town, &li, "later", &later, Some(&next))?;
        assert_eq!(status, 200, "{adopted}");
        // A repetition is answered as before, although the rules are others by now.
        assert_eq!(adopt_on(town, &li, "later", &later, Some(&next))?.1["repeated"], true);
        for wrong in [json!("x"), json!(1), json!("A".repeat(64)), Value::Null] {
            let (status, problem) = adopt_on(town, &li, "l3", &of_li, Some(&wrong))?;
            assert_eq!((status, &problem["field"]), (400, &json!("based_on")), "{wrong}");
        }
        // The same command of two operators under one key is adopted once.
        let rules = json!({"release": {"daily": "999", "min_total": "1"}});
        let answers = at_once(&[&|| adopt(town, &fang, "same", &rules), &|| adopt(town, &li, "same", &rules)])?;
        assert!(answers.iter().all(|(status, _)| [200, 409].contains(status)), "{answers:?}");
        assert!(answers.iter().any(|(status, _)| *status == 200), "{answers:?}");
        assert_eq!(list(&get(town, "/v1/rules/history")?, "rules")?.len(), 14);
        gongxiang(&["audit", "--database", database]).map(drop)
    })
}

#[test]
fn a_stock_that_is_lowered_while_members_redeem_is_never_below_what_they_have() -> TestResult {
    on_each_engine(&[], |town, _| {
        let mut events = vec![
            json!({"type": "pack.purchased", "member": "ann", "pack": "merchant"}),
            json!({"type": "treasury.granted", "member": "ann", "points": "2000"}),
            json!({"type": "merchant.opened", "member": "ann", "region": "440106"}),
            json!({"type": "pack.purchased", "member": "bob", "pack": "member"}),
        ];
        events.push(json!({"type": "treasury.granted", "member": "bob", "points": "1000"}));
        all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&json!(events)))?.1)?;
        let (_, bob) = town.enrolled("bob")?;
        let write = |stock: u32| {
            let terms = json!({"name": "Mug", "points": "1", "stock": stock, "shops": ["ann"]});
            town.server.ask("PUT", "/v1/goods/mug", Some(&town.operator), &[], Some(&terms))
        };
        // Two who add it at once have added it.
        let added = at_once(&[&|| write(40), &|| write(40)])?;
        assert!(added.iter().all(|(status, _)| *status == 200), "{added:?}");
        let redeem = |key: String| -> TestResult<Answer> {
            let headers = [("origin", ORIGIN), ("cookie", bob.as_str()), ("idempotency-key", key.as_str())];
            let path = "/v1/goods/mug/redemptions";
            let (status, answer, _) =
                town.server.ask_for_cookie("POST", path, &headers, Some(&json!({"points": "1"})))?;
            Ok((status, answer))
        };
        let several = |from: usize| -> TestResult<Answer> {
            let mut had = 0;
            for n in 0..10 {
                let (status, answer) = redeem(format!("r{}", from + n))?;
                let code = answer["code"].as_str().unwrap_or_default();
                assert!(status == 200 || (status, code) == (422, "sold_out"), "{answer}");
                had += usize::from(status == 200);
            }
            Ok((200, json!(had)))
        };
        let lower = || -> TestResult<Answer> {
            let mut lowest = 40;
            for stock in (0..40).rev().step_by(2) {
                let (status, answer) = write(stock)?;
                let code = answer["code"].as_str().unwrap_or_default();
                assert!(status == 200 || (status, code) == (422, "stock_reserved"), "{answer}");
                if status == 200 {
                    lowest = stock;
                }
            }
            Ok((200, json!(lowest)))
        };
        let answers = at_once(&[&|| several(0), &|| several(10), &|| several(20), &lower])?;
        let had: u64 = answers[..3].iter().filter_map(|(_, had)| had.as_u64()).sum();
        let item = get(town, "/v1/goods/mug")?;
        assert_eq!(item["reserved"], json!(had), "what members have is what is reserved: {item}");
        assert_eq!(item["stock"], answers[3].1, "{item}");
        assert!(item["stock"].as_u64() >= Some(had), "{item}");
        let points = &get(town, "/v1/members/bob")?["state"]["points"];
        assert_eq!(*points, json!((1000 - had).to_string()), "points and pieces go together");
        Ok(())
    })
}

#[test]
fn of_two_proposals_on_the_same_rules_the_second_is_refused_when_it_is_approved() -> TestResult {
    on_each_engine(&["--second-person", "rules"], |town, database| {
        let (_, fang) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, li) = town.staff(database, &["Li Na", "--role", "operator"])?;
        let hash = get(town, "/v1/rulebook")?["hash"].clone();
        let propose = |key: &str, daily: &str| -> TestResult<String> {
            let rules = json!({"release": {"daily": daily, "min_total": "1"}});
            let (status, proposal) = adopt_on(town, &fang, key, &rules, Some(&hash))?;
            assert_eq!(status, 202, "{proposal}");
            Ok(format!("/v1/proposals/{}/approve", proposal["proposal"]))
        };
        let (first, second) = (propose("a", "901")?, propose("b", "902")?);
        let approve = |path: &str| town.ask("POST", path, Some(&li), Some(&json!({})));
        assert_eq!(approve(&first)?.0, 200);
        refused(approve(&second)?, (409, "rules_changed"));
        refused(approve(&second)?, (409, "proposal_decided"));
        let listed = get(town, "/v1/proposals")?;
        let second = list(&listed, "proposals")?.first().ok_or("no proposal")?;
        assert_eq!((&second["state"], &second["code"]), (&json!("refused"), &json!("rules_changed")));
        assert_eq!(get(town, "/v1/rules")?["release"]["daily"], "901");
        Ok(())
    })
}

#[test]
fn of_two_operators_who_decide_an_application_at_once_one_decides_and_a_shop_opens_once() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, fang) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, li) = town.staff(database, &["Li Na", "--role", "operator"])?;
        let apply = |member: &str, shop_name: &str| -> TestResult<String> {
            let (_, cookie) = town.enrolled(member)?;
            let body = json!({"region": "440106", "shop_name": shop_name, "address": "Road 2", "category": "food", "contact": "Ann",
                              "phone": "13800138000", "licence": "91350100M000100Y43"});
            let (status, made, _) = town.ask("POST", "/v1/applications", Some(&cookie), Some(&body))?;
            assert_eq!(status, 200, "{made}");
            Ok(format!("/v1/applications/{}", made["application"]))
        };
        let decide = |cookie: &str, path: &str, what: &str| -> TestResult<Answer> {
            let mut body = json!({"changes": 0});
            if what == "decline" {
                body["reason"] = json!("no");
            }
            let (status, answer, _) = town.ask("POST", &format!("{path}/{what}"), Some(cookie), Some(&body))?;
            Ok((status, answer))
        };
        let path = apply("ann", "Nook")?;
        let answers = at_once(&[&|| decide(&fang, &path, "approve"), &|| decide(&li, &path, "decline")])?;
        let state = get(town, &path)?["state"].clone();
        let statuses = [answers[0].0, answers[1].0];
        assert!(
            (statuses == [200, 409] && state == "approved") || (statuses == [409, 204] && state == "declined"),
            "{state} {answers:?}"
        );
        let events = json!([
            {"type": "pack.purchased", "member": "bob", "pack": "merchant"},
            {"type": "treasury.granted", "member": "bob", "points": "2000"},
        ]);
        all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&events))?.1)?;
        let path = apply("bob", "Shelf")?;
        let approve = |cookie: &str| decide(cookie, &path, "approve");
        let answers = at_once(&[&|| approve(&fang), &|| approve(&li), &|| approve(&fang), &|| approve(&li)])?;
        assert!(answers.iter().all(|(status, _)| *status == 200), "{answers:?}");
        assert_eq!(get(town, &path)?["state"], "opened");
        let journal = get(town, "/v1/events")?;
        let opened = list(&journal, "events")?.iter().filter(|event| event["kind"] == "merchant.opened").count();
        let actions = get(town, "/v1/actions")?;
        let of_bob = |row: &&Value| row["what"] == "application.approved" && row["subject"].to_string().contains("bob");
        assert_eq!((opened, list(&actions, "actions")?.iter().filter(of_bob).count()), (1, 1), "once");
        Ok(())
    })
}
