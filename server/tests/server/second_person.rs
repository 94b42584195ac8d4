//! What needs a second person: it waits for one, is settled once, and nobody approves what he proposed himself.

use serde_json::{Value, json};

use crate::members::{ORIGIN, Town, add_staff, on_each_engine};
use crate::support::{Folder, Server, TestResult, add_key, run_sql};

const SETTING: [&str; 2] = ["--second-person", "rules,price,treasury=100"];

/// A command of who is signed in, under a key.
fn command(town: &Town, path: &str, cookie: &str, key: &str, body: &Value) -> TestResult<(u16, Value)> {
    let headers = [("origin", ORIGIN), ("cookie", cookie), ("idempotency-key", key)];
    let (status, answer, _) = town.server.ask_for_cookie("POST", path, &headers, Some(body))?;
    Ok((status, answer))
}

/// What the second person does.
fn decide(town: &Town, proposal: &Value, what: &str, cookie: &str, body: &Value) -> TestResult<(u16, Value)> {
    let path = format!("/v1/proposals/{}/{what}", proposal["proposal"]);
    let (status, answer, _) = town.ask("POST", &path, Some(cookie), Some(body))?;
    Ok((status, answer))
}

fn operator(town: &Town, database: &str, name: &str) -> TestResult<String> {
    Ok(town.staff(database, &[name, "--role", "operator"])?.1)
}

fn grant(points: &str) -> Value {
    json!({"member": "ann", "points": points})
}

impl Town {
    fn whole(&self, path: &str) -> TestResult<Value> {
        Ok(self.server.ask("GET", path, Some(&self.operator), &[], None)?.1)
    }

    fn points(&self) -> TestResult<Value> {
        Ok(self.whole("/v1/members/ann")?["state"]["points"].clone())
    }

    /// The proposal, as the list has it.
    fn listed(&self, proposal: &Value) -> TestResult<Value> {
        let list = self.whole("/v1/proposals")?;
        let rows = list["proposals"].as_array().ok_or("no list")?;
        Ok(rows.iter().find(|row| row["proposal"] == proposal["proposal"]).ok_or("it is not listed")?.clone())
    }

    fn open(&self) -> TestResult<usize> {
        Ok(self.whole("/v1/proposals?open=true")?["proposals"].as_array().ok_or("no list")?.len())
    }
}

#[test]
fn a_sensitive_command_is_settled_when_somebody_else_approves_it() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let (fang, li) = (operator(town, database, "王芳")?, operator(town, database, "Li Na")?);
        let price = town.whole("/v1/supply")?["price"].clone();
        let (status, proposal) = command(town, "/v1/prices", &fang, "k1", &json!({"price": "1.25"}))?;
        assert_eq!((status, &proposal["state"], &proposal["kind"]), (202, &json!("waiting"), &json!("price.set")));
        assert_eq!(proposal["event"], json!({"price": "1.25", "type": "price.set"}));
        assert_eq!(proposal["expires"].as_i64().zip(proposal["proposed"].as_i64()).map(|(a, b)| a - b), Some(259_200));
        assert_eq!(town.whole("/v1/supply")?["price"], price, "nothing was settled");
        // The same command again is the same proposal, and no approval, whoever of the operator sends it.
        for cookie in [&fang, &li] {
            let (status, again) = command(town, "/v1/prices", cookie, "k1", &json!({"price": "1.25"}))?;
            assert_eq!((status, &again), (202, &proposal));
        }
        let (status, problem) = command(town, "/v1/prices", &fang, "k1", &json!({"price": "1.26"}))?;
        assert_eq!((status, &problem["code"]), (422, &json!("key_reused")));
        let (status, problem) = decide(town, &proposal, "approve", &fang, &json!({}))?;
        assert_eq!((status, &problem["code"]), (403, &json!("own_proposal")));
        assert_eq!((town.open()?, town.whole("/v1/supply")?["price"].clone()), (1, price));
        let (status, approved) = decide(town, &proposal, "approve", &li, &json!({}))?;
        assert_eq!((status, &approved["repeated"]), (200, &json!(false)), "{approved}");
        assert_eq!(town.whole("/v1/supply")?["price"], "1.25");
        let listed = town.listed(&proposal)?;
        assert_eq!((&listed["state"], &listed["actor"], town.open()?), (&json!("settled"), &proposal["actor"], 0));
        // From now on the command is answered as it was settled.
        let (status, again) = command(town, "/v1/prices", &fang, "k1", &json!({"price": "1.25"}))?;
        assert_eq!((status, &again["repeated"], &again["receipt"]), (200, &json!(true), &approved["receipt"]));
        let (status, again) = decide(town, &proposal, "approve", &li, &json!({}))?;
        assert_eq!((status, &again["repeated"]), (200, &json!(true)));
        // Both names are kept, in the journal and beside it.
        let actions = town.whole("/v1/actions?limit=3")?["actions"].clone();
        let whats: Vec<_> = (0..3).map(|at| actions[at]["what"].as_str().unwrap_or_default()).collect();
        assert_eq!(whats, ["price.set", "proposal.approved", "proposal.made"], "{actions}");
        assert_eq!((&actions[0]["actor"], &actions[0]["approver"]), (&proposal["actor"], &listed["decider"]));
        assert_eq!((&actions[1]["actor"], &actions[2]["actor"]), (&listed["decider"], &proposal["actor"]));
        let journal = town.whole("/v1/events?limit=500")?;
        let last = journal["events"].as_array().and_then(|events| events.last()).ok_or("no events")?;
        let both = last["actor"].as_str().unwrap_or_default();
        assert!(both.starts_with("staff 王芳 s-") && both.contains(", approved by staff Li Na s-"), "{both}");
        Ok(())
    })
}

#[test]
fn only_what_the_setting_lists_waits() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let fang = operator(town, database, "王芳")?;
        assert_eq!(command(town, "/v1/treasury/grants", &fang, "k1", &grant("100"))?.0, 200, "up to the limit");
        assert_eq!(command(town, "/v1/treasury/grants", &fang, "k2", &grant("100.00000001"))?.0, 202);
        assert_eq!(command(town, "/v1/members", &fang, "k3", &json!({}))?.0, 200);
        let rules = json!({"rules": {"market": {"price_band": "0.2"}}});
        let (status, problem) = command(town, "/v1/rules", &fang, "k4", &rules)?;
        assert!([202, 422].contains(&status), "{problem}");
        // What the rules refuse now waits for nobody.
        let (status, problem) = command(town, "/v1/treasury/grants", &fang, "k5", &grant("999999999"))?;
        assert_eq!((status, &problem["code"]), (422, &json!("treasury_short")));
        assert_eq!(town.points()?, "100");
        Ok(())
    })
}

#[test]
fn two_who_approve_at_the_same_moment_settle_it_once() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let fang = operator(town, database, "王芳")?;
        let others = [operator(town, database, "Li Na")?, operator(town, database, "Wu")?];
        for round in 1..=5 {
            let key = format!("k{round}");
            let (_, proposal) = command(town, "/v1/treasury/grants", &fang, &key, &grant("200"))?;
            let answers = std::thread::scope(|scope| {
                let approve = |cookie: &String| {
                    let cookie = cookie.clone();
                    let proposal = &proposal;
                    scope.spawn(move || {
                        decide(town, proposal, "approve", &cookie, &json!({})).map_err(|error| error.to_string())
                    })
                };
                let [one, other] = others.each_ref().map(approve);
                [one.join(), other.join()]
            });
            for answer in answers {
                let (status, answer) = answer.map_err(|_| "a thread failed")??;
                assert_eq!(status, 200, "both are told that it is settled: {answer}");
            }
            assert_eq!(town.points()?, json!((200 * round).to_string()), "once");
            let actions = town.whole("/v1/actions?limit=500")?;
            let approvals = actions["actions"].as_array().ok_or("no list")?;
            let approvals = approvals.iter().filter(|row| row["what"] == "proposal.approved").count();
            assert_eq!(approvals, round, "one of them decided");
        }
        Ok(())
    })
}

#[test]
fn a_proposal_is_declined_with_a_reason_or_expires() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let (fang, li) = (operator(town, database, "王芳")?, operator(town, database, "Li Na")?);
        let decided = |proposal: &Value, what: &str, cookie: &str| -> TestResult<(u16, Value)> {
            let (status, problem) = decide(town, proposal, what, cookie, &json!({}))?;
            Ok((status, problem["code"].clone()))
        };
        let (_, one) = command(town, "/v1/treasury/grants", &fang, "k1", &grant("200"))?;
        let (status, problem) = decide(town, &one, "decline", &li, &json!({"reason": " "}))?;
        assert_eq!((status, &problem["code"], &problem["field"]), (422, &json!("bad_note"), &json!("reason")));
        assert_eq!(decide(town, &one, "decline", &li, &json!({"reason": "too much"}))?.0, 204);
        let listed = town.listed(&one)?;
        assert_eq!((&listed["state"], &listed["reason"]), (&json!("declined"), &json!("too much")));
        assert_eq!(decided(&one, "approve", &li)?, (409, json!("proposal_decided")));
        assert_eq!(decide(town, &one, "decline", &li, &json!({"reason": "x"}))?.0, 409);
        // Who sends the command again is told how it stands.
        let (status, again) = command(town, "/v1/treasury/grants", &fang, "k1", &grant("200"))?;
        assert_eq!((status, &again["state"], &again["reason"]), (202, &json!("declined"), &json!("too much")));

        let (_, two) = command(town, "/v1/treasury/grants", &fang, "k2", &grant("200"))?;
        run_sql(database, "UPDATE proposals SET expires = proposed - 1 WHERE state = 'waiting'")?;
        assert_eq!((town.listed(&two)?["state"].clone(), town.open()?), (json!("expired"), 0));
        assert_eq!(decided(&two, "approve", &li)?, (409, json!("proposal_decided")));
        assert_eq!(decide(town, &two, "decline", &li, &json!({"reason": "x"}))?.0, 409);

        // Who proposed it may take it back.
        let (_, three) = command(town, "/v1/treasury/grants", &fang, "k3", &grant("200"))?;
        assert_eq!(decide(town, &three, "decline", &fang, &json!({"reason": "wrong member"}))?.0, 204);
        assert_eq!(town.points()?, "0");
        assert_eq!(decided(&json!({"proposal": 999}), "approve", &li)?, (404, json!("not_found")));
        assert_eq!(decided(&json!({"proposal": "x"}), "approve", &li)?, (404, json!("not_found")));
        Ok(())
    })
}

#[test]
fn what_the_rules_refuse_when_it_is_approved_stays_visible_as_refused() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let (fang, li) = (operator(town, database, "王芳")?, operator(town, database, "Li Na")?);
        let treasury = town.whole("/v1/supply")?["supply"]["treasury"].clone();
        let all = treasury.as_str().ok_or("no treasury")?;
        let (_, one) = command(town, "/v1/treasury/grants", &fang, "k1", &grant(all))?;
        let (_, two) = command(town, "/v1/treasury/grants", &fang, "k2", &grant(all))?;
        assert_eq!(decide(town, &one, "approve", &li, &json!({}))?.0, 200);
        for _ in 0..2 {
            let (status, problem) = decide(town, &two, "approve", &li, &json!({}))?;
            assert_eq!((status, &problem["code"]), (422, &json!("treasury_short")), "{problem}");
        }
        let listed = town.listed(&two)?;
        assert_eq!((&listed["state"], &listed["code"]), (&json!("refused"), &json!("treasury_short")));
        assert_eq!((town.open()?, town.points()?), (0, treasury));
        Ok(())
    })
}

#[test]
fn keys_propose_and_decide_nothing_and_other_roles_may_not() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let li = operator(town, database, "Li Na")?;
        let payment = add_key(database, &["--role", "payment"])?;
        let of_key = |token: &str, key: &str| {
            let headers = [("idempotency-key", key)];
            town.server.ask("POST", "/v1/treasury/grants", Some(token), &headers, Some(&grant("200")))
        };
        let (status, one) = of_key(&town.operator, "k1")?;
        assert_eq!((status, &one["staff"]), (202, &Value::Null), "{one}");
        assert_eq!(of_key(&payment, "k2")?.0, 202);
        let path = |what: &str| format!("/v1/proposals/{}/{what}", one["proposal"]);
        for token in [&town.operator, &payment] {
            for (what, body) in [("approve", json!({})), ("decline", json!({"reason": "x"}))] {
                let (status, problem) = town.server.ask("POST", &path(what), Some(token), &[], Some(&body))?;
                assert_eq!((status, &problem["code"]), (403, &json!("forbidden")), "{what}");
            }
        }
        for role in ["clerk", "auditor"] {
            let (_, cookie) = town.staff(database, &[role, "--role", role])?;
            let (status, problem) = decide(town, &one, "approve", &cookie, &json!({}))?;
            assert_eq!((status, &problem["code"]), (403, &json!("needs_role")), "{role}");
            let listed = town.ask("GET", "/v1/proposals", Some(&cookie), None)?.0;
            assert_eq!(listed, if role == "auditor" { 200 } else { 403 });
        }
        assert_eq!(town.points()?, "0");
        // A person approves what a machine proposed.
        assert_eq!(decide(town, &one, "approve", &li, &json!({}))?.0, 200);
        assert_eq!(town.points()?, "200");
        Ok(())
    })
}

#[test]
fn no_other_way_leads_round_the_second_person() -> TestResult {
    on_each_engine(&SETTING, |town, database| {
        let fang = operator(town, database, "王芳")?;
        let event = json!({"type": "price.set", "price": "2"});
        for body in [&event, &json!([{"type": "member.registered", "member": "eve"}, event])] {
            let (status, problem, _) = town.ask("POST", "/v1/events", Some(&fang), Some(body))?;
            assert_eq!((status, &problem["code"]), (403, &json!("needs_second_person")), "{problem}");
        }
        assert_eq!(town.server.ask("GET", "/v1/members/eve", Some(&town.operator), &[], None)?.0, 404);
        // Nor does anybody make a second person up.
        let new = json!({"name": "Wu", "role": "operator"});
        let (status, problem, _) = town.ask("POST", "/v1/staff", Some(&fang), Some(&new))?;
        assert_eq!((status, &problem["code"], &problem["field"]), (403, &json!("needs_second_person"), &json!("role")));
        assert_eq!(
            town.ask("POST", "/v1/staff", Some(&fang), Some(&json!({"name": "Wu", "role": "clerk"})))?.0,
            200,
            "who approves nothing is added as always"
        );
        add_staff(database, &["Zhou", "--role", "operator"])?;
        let list = town.whole("/v1/staff")?;
        let zhou = list["staff"].as_array().ok_or("no list")?.iter().find(|row| row["name"] == "Zhou");
        let path = format!("/v1/staff/{}/enrolments", zhou.and_then(|row| row["staff"].as_str()).ok_or("no Zhou")?);
        for token in [&town.operator, fang.split('=').nth(1).ok_or("no token")?] {
            let (status, problem) = town.server.ask("POST", &path, Some(token), &[], None)?;
            assert_eq!((status, &problem["code"]), (403, &json!("needs_second_person")), "{problem}");
        }
        Ok(())
    })
}

#[test]
fn a_setting_that_cannot_hold_is_refused() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    assert!(Server::start_closed(&["--database", &database, "--second-person", "everything"]).is_err());
    assert!(
        Server::start(&["--database", &database, "--second-person", "price"]).is_err(),
        "a demo has no second person"
    );
    Ok(())
}
