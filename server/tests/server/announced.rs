//! Rules that are announced: everybody reads them beforehand, and they hold from the first event of their day, or not at all.

use std::thread;

use gongxiang::identity::Day;
use serde_json::{Value, json};

use crate::members::{ORIGIN, Town, on_each_engine, refused};
use crate::notices;
use crate::support::{Folder, JSON, RED, TestResult, all_accepted, databases, gongxiang, run_sql};

type Answer = (u16, Value);

fn with_daily(daily: &str) -> Value {
    json!({"release": {"daily": daily, "min_total": "1"}})
}

impl Town {
    /// What the operator's key reads.
    fn read(&self, path: &str) -> TestResult<Value> {
        Ok(self.server.ask("GET", path, Some(&self.operator), &[], None)?.1)
    }

    /// The rules that were announced last, as a stranger reads them.
    fn announced(&self) -> TestResult<Value> {
        let (status, answer) = self.server.get("/v1/rules/announced")?;
        assert_eq!(status, 200, "{answer}");
        Ok(answer["announced"].clone())
    }

    fn daily(&self) -> TestResult<Value> {
        Ok(self.server.get("/v1/rules")?.1["release"]["daily"].clone())
    }

    fn today(&self) -> TestResult<Day> {
        let day = self.server.get("/v1/supply")?.1["day"].clone();
        Ok(day.as_str().and_then(Day::parse).ok_or("no day")?)
    }

    fn in_days(&self, days: u64) -> TestResult<Day> {
        Ok(self.today()?.plus(days).ok_or("no such day")?)
    }

    /// A command of the operator's key.
    fn command(&self, path: &str, key: &str, body: &Value) -> TestResult<Answer> {
        self.server.ask("POST", path, Some(&self.operator), &[("idempotency-key", key)], Some(body))
    }

    fn announce(&self, key: &str, daily: &str, from: Day) -> TestResult<Answer> {
        self.command("/v1/rules", key, &announcement(daily, from))
    }

    /// Closes the open day.
    fn close(&self) -> TestResult<Answer> {
        let day = self.today()?;
        self.command(&format!("/v1/days/{day}/close"), &format!("close-{day}"), &json!({}))
    }

    fn withdraw(&self, announced: &Value) -> TestResult<u16> {
        let path = format!("/v1/rules/announced/{}", announced["announcement"]);
        Ok(self.server.ask("DELETE", &path, Some(&self.operator), &[], None)?.0)
    }

    /// The types and days of the journal's last events.
    fn last_events(&self, count: usize) -> TestResult<Vec<(String, String)>> {
        let journal = self.read("/v1/events?limit=500")?;
        let events = journal["events"].as_array().ok_or("no events")?;
        let named = |event: &Value| {
            let text = |name: &str| event[name].as_str().unwrap_or_default().to_owned();
            (text("kind"), text("day"))
        };
        Ok(events[events.len() - count..].iter().map(named).collect())
    }

    fn warnings(&self) -> TestResult<Vec<Value>> {
        let overview = self.read("/v1/overview")?;
        let all = overview["warnings"].as_array().ok_or("no warnings")?;
        Ok(all.iter().filter(|warning| warning["of"] == "announced_rules_fail").cloned().collect())
    }
}

fn announcement(daily: &str, from: Day) -> Value {
    json!({"rules": with_daily(daily), "accept_flags": RED, "from": from})
}

fn events(kinds: &[(&str, Day)]) -> Vec<(String, String)> {
    kinds.iter().map(|(kind, day)| ((*kind).to_owned(), day.to_string())).collect()
}

#[test]
fn announced_rules_hold_from_the_first_event_of_their_day_and_everybody_reads_them_before() -> TestResult {
    on_each_engine(&[], |town, database| {
        assert_eq!(town.announced()?, Value::Null);
        let (before, hash) = (town.daily()?, town.read("/v1/rulebook")?["hash"].clone());
        let (first, from) = (town.today()?, town.in_days(2)?);
        let (status, made) = town.announce("a", "901", from)?;
        assert_eq!(status, 202, "{made}");
        let listed = town.announced()?;
        assert_eq!(listed, made);
        assert_eq!(
            (&listed["from"], &listed["state"], &listed["code"]),
            (&json!(from), &json!("waiting"), &Value::Null)
        );
        assert_eq!((&listed["based_on"], &listed["changed"]), (&hash, &json!(["release"])));
        assert_eq!(
            (&listed["before"]["release"]["daily"], &listed["rules"]["release"]["daily"]),
            (&before, &json!("901"))
        );
        assert!(listed["announced"].as_i64() > Some(1_700_000_000), "{listed}");
        assert_eq!(
            listed.as_object().map(|fields| fields.contains_key("actor")),
            Some(false),
            "who is nobody's business"
        );
        // The same command again announces nothing more; under the same key nothing else is announced.
        assert_eq!(town.announce("a", "901", from)?, (202, made.clone()));
        assert_eq!(town.announce("a", "902", from)?.1["code"], "key_reused");
        assert_eq!(town.announce("b", "902", from)?.1["code"], "rules_announced");

        assert_eq!(town.close()?.0, 200);
        assert_eq!((town.daily()?, &town.announced()?["state"]), (before.clone(), &json!("waiting")), "not yet");
        let (status, closed) = town.close()?;
        assert_eq!(
            (status, &closed["receipt"]["type"]),
            (200, &json!("day.closed")),
            "the answer is the close's: {closed}"
        );
        assert_eq!(town.daily()?, "901");
        let second = first.next().ok_or("no day")?;
        assert_eq!(town.last_events(2)?, events(&[("day.closed", second), ("rules.adopted", from)]));
        assert_eq!(town.announced()?["state"], "adopted");
        assert_eq!(town.read("/v1/rulebook")?["since"], json!(from));
        let actions = town.read("/v1/actions")?["actions"].to_string();
        assert!(actions.contains("rules.announced"), "{actions}");
        // Settled once: no repetition and no later close adopts them again.
        assert_eq!(town.announce("a", "901", from)?.1["state"], "adopted");
        assert_eq!(
            town.command("/v1/rules", "back", &json!({"rules": with_daily("850"), "accept_flags": RED}))?.0,
            200
        );
        assert_eq!((town.close()?.0, town.daily()?), (200, json!("850")));
        assert_eq!((town.warnings()?, town.withdraw(&made)?), (vec![], 404));
        gongxiang(&["audit", "--database", database]).map(drop)
    })
}

#[test]
fn days_that_are_closed_in_a_row_and_by_several_at_once_adopt_them_once_on_their_day() -> TestResult {
    on_each_engine(&[], |town, database| {
        let [first, second, third] = [0, 1, 2].map(|days| town.in_days(days));
        let (first, second, third) = (first?, second?, third?);
        assert_eq!(town.announce("a", "901", second)?.0, 202);
        // A catch-up, and something of the new day in the same request.
        let closes = json!([
            {"type": "day.closed", "day": first},
            {"type": "member.registered", "member": "cat"},
            {"type": "day.closed", "day": second},
        ]);
        all_accepted(&town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&closes))?.1)?;
        let expected =
            [("day.closed", first), ("rules.adopted", second), ("member.registered", second), ("day.closed", second)];
        assert_eq!(town.last_events(4)?, events(&expected));

        let fourth = third.next().ok_or("no day")?;
        assert_eq!(town.announce("b", "902", fourth)?.0, 202);
        let body = json!([{"type": "day.closed", "day": third}]);
        thread::scope(|scope| {
            let close = || town.server.ask("POST", "/v1/events", Some(&town.operator), &[], Some(&body)).is_ok();
            let all: Vec<_> = (0..4).map(|_| scope.spawn(close)).collect();
            assert!(all.into_iter().all(|one| one.join().is_ok_and(|asked| asked)), "each is answered");
        });
        assert_eq!(town.last_events(2)?, events(&[("day.closed", third), ("rules.adopted", fourth)]));
        let versions = town.read("/v1/rules/history")?["rules"].as_array().map(Vec::len);
        assert_eq!((versions, town.daily()?), (Some(3), json!("902")));
        gongxiang(&["audit", "--database", database]).map(drop)
    })
}

#[test]
fn what_would_be_refused_now_is_not_announced_and_only_the_operator_announces() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, ann) = town.enrolled("ann")?;
        let (_, auditor) = town.staff(database, &["Wu", "--role", "auditor"])?;
        let from = town.in_days(1)?;
        for wrong in [town.today()?, town.in_days(366)?, Day::parse("2020-01-01").ok_or("a day")?] {
            let (status, problem) = town.announce("w", "901", wrong)?;
            assert_eq!((status, &problem["field"]), (400, &json!("from")), "{wrong}");
        }
        for wrong in [json!("soon"), json!(1), Value::Null] {
            let body = json!({"rules": with_daily("901"), "accept_flags": RED, "from": wrong});
            let (status, problem) = town.command("/v1/rules", "w", &body)?;
            assert_eq!((status, &problem["field"]), (400, &json!("from")), "{wrong}");
        }
        let command = |body: Value| town.command("/v1/rules", "w", &body);
        let (status, problem) = command(json!({"rules": with_daily("901"), "from": from}))?;
        assert_eq!(
            (status, &problem["code"]),
            (422, &json!("flags_not_accepted")),
            "the red flags are accepted at once: {problem}"
        );
        let (status, problem) =
            command(json!({"rules": {"release": {"daily": "-1"}}, "accept_flags": RED, "from": from}))?;
        assert_eq!((status, &problem["code"]), (422, &json!("bad_rules")), "{problem}");
        let other = "0".repeat(64);
        let on_others = json!({"rules": with_daily("901"), "accept_flags": RED, "from": from, "based_on": other});
        assert_eq!(command(on_others)?.1["code"], "rules_changed");
        for cookie in [&ann, &auditor] {
            let headers = [("origin", ORIGIN), ("cookie", cookie.as_str()), ("idempotency-key", "m")];
            let body = announcement("901", from);
            let (status, _, _) = town.server.ask_for_cookie("POST", "/v1/rules", &headers, Some(&body))?;
            assert_eq!(status, 403);
        }
        let (status, _) = town.server.ask(
            "POST",
            "/v1/rules",
            None,
            &[("idempotency-key", "s")],
            Some(&announcement("901", from)),
        )?;
        assert_eq!((status, town.announced()?), (401, Value::Null), "nothing of all that was kept");
        let (_, made) = town.announce("a", "901", town.in_days(365)?)?;
        assert_eq!(made["state"], "waiting", "{made}");
        let path = format!("/v1/rules/announced/{}", made["announcement"]);
        for cookie in [&ann, &auditor] {
            assert_eq!(town.ask("DELETE", &path, Some(cookie), None)?.0, 403);
        }
        assert_eq!(town.server.ask("DELETE", &path, None, &[], None)?.0, 401);
        assert_eq!(town.announced()?["state"], "waiting");
        Ok(())
    })
}

#[test]
fn of_two_operators_who_announce_at_once_one_does() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (_, fang) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, li) = town.staff(database, &["Li Na", "--role", "operator"])?;
        let from = town.in_days(1)?;
        for round in 0..3 {
            let announce = |cookie: &str, who: &str| -> TestResult<Answer> {
                let key = format!("{who}{round}");
                let headers = [("origin", ORIGIN), ("cookie", cookie), ("idempotency-key", key.as_str())];
                let body = announcement("901", from);
                let (status, answer, _) = town.server.ask_for_cookie("POST", "/v1/rules", &headers, Some(&body))?;
                Ok((status, answer))
            };
            let mut answers = thread::scope(|scope| {
                let asked = [
                    scope.spawn(|| announce(&fang, "f").map_err(|error| error.to_string())),
                    scope.spawn(|| announce(&li, "l").map_err(|error| error.to_string())),
                ];
                asked.map(|one| one.join().unwrap_or_else(|_| Err("a thread failed".into())))
            })
            .into_iter()
            .collect::<Result<Vec<_>, _>>()?;
            answers.sort_by_key(|(status, _)| *status);
            assert_eq!((answers[0].0, answers[1].0), (202, 409), "{answers:?}");
            assert_eq!(answers[1].1["code"], "rules_announced");
            let announced = town.announced()?;
            assert_eq!(announced, answers[0].1);
            assert_eq!((town.withdraw(&announced)?, town.withdraw(&announced)?), (204, 404), "once");
        }
        Ok(())
    })
}

#[test]
fn rules_that_are_withdrawn_never_hold_and_others_can_be_announced() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (before, from) = (town.daily()?, town.in_days(1)?);
        let (_, made) = town.announce("a", "901", from)?;
        assert_eq!((town.withdraw(&json!({"announcement": "x"}))?, town.withdraw(&made)?), (404, 204));
        assert_eq!(town.announced()?["state"], "withdrawn");
        assert_eq!(town.announce("a", "901", from)?.1["state"], "withdrawn", "the key is used");
        assert_eq!((town.close()?.0, town.daily()?), (200, before), "nothing changed");
        assert_eq!(town.announce("b", "902", town.in_days(1)?)?.0, 202);
        assert_eq!((town.close()?.0, town.daily()?), (200, json!("902")));
        let actions = town.read("/v1/actions")?["actions"].to_string();
        assert!(actions.contains("rules.withdrawn"), "{actions}");
        Ok(())
    })
}

#[test]
fn if_other_rules_were_adopted_meanwhile_nothing_is_adopted_and_the_operator_sees_it() -> TestResult {
    on_each_engine(&[], |town, database| {
        let from = town.in_days(1)?;
        assert_eq!((town.announce("a", "901", from)?.0, town.warnings()?), (202, vec![]));
        let other = json!({"rules": with_daily("700"), "accept_flags": RED});
        assert_eq!(town.command("/v1/rules", "other", &other)?.0, 200);
        let warned = vec![json!({"of": "announced_rules_fail", "from": from, "code": "rules_changed"})];
        assert_eq!((town.warnings()?, &town.announced()?["state"]), (warned.clone(), &json!("waiting")), "beforehand");
        assert_eq!((town.close()?.0, town.daily()?), (200, json!("700")));
        let announced = town.announced()?;
        assert_eq!((&announced["state"], &announced["code"]), (&json!("refused"), &json!("rules_changed")));
        assert_eq!((&announced["rules"]["release"]["daily"], town.warnings()?), (&json!("901"), warned.clone()));
        assert_eq!(town.withdraw(&announced)?, 404);
        // It is shown for a week, or until others are announced.
        for _ in 0..7 {
            assert_eq!((town.close()?.0, town.warnings()?), (200, warned.clone()));
        }
        assert_eq!((town.close()?.0, town.warnings()?), (200, vec![]));
        assert_eq!(town.announce("b", "702", town.in_days(1)?)?.0, 202);
        assert_eq!((town.close()?.0, town.daily()?), (200, json!("702")));
        gongxiang(&["audit", "--database", database]).map(drop)
    })
}

#[test]
fn a_close_that_cannot_store_them_closes_nothing() -> TestResult {
    on_each_engine(&[], |town, database| {
        let (before, first, from) = (town.daily()?, town.today()?, town.in_days(1)?);
        assert_eq!(town.announce("a", "901", from)?.0, 202);
        // What ends the process between the two writes leaves neither; so does a failure of the second one.
        let (failing, well) = if database.starts_with("postgres") {
            let failing =
                "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'full'; END $$;
                 CREATE TRIGGER failing BEFORE UPDATE ON announced_rules FOR EACH ROW EXECUTE FUNCTION fail()";
            (failing, "DROP TRIGGER failing ON announced_rules")
        } else {
            let failing =
                "CREATE TRIGGER failing BEFORE UPDATE ON announced_rules BEGIN SELECT RAISE(ABORT, 'full'); END";
            (failing, "DROP TRIGGER failing")
        };
        run_sql(database, failing)?;
        let (status, problem) = town.close()?;
        assert_eq!((status, &problem["code"]), (503, &json!("unavailable")), "{problem}");
        assert_eq!((town.today()?, town.daily()?, &town.announced()?["state"]), (first, before, &json!("waiting")));
        run_sql(database, well)?;
        assert_eq!((town.close()?.0, town.today()?, town.daily()?), (200, from, json!("901")));
        assert_eq!(town.last_events(2)?, events(&[("day.closed", first), ("rules.adopted", from)]));
        Ok(())
    })
}

#[test]
fn where_new_rules_need_a_second_person_so_does_announcing_them() -> TestResult {
    on_each_engine(&["--second-person", "rules"], |town, database| {
        let (_, fang) = town.staff(database, &["王芳", "--role", "operator"])?;
        let (_, li) = town.staff(database, &["Li Na", "--role", "operator"])?;
        let propose = |key: &str, daily: &str, from: Day| -> TestResult<Answer> {
            let headers = [("origin", ORIGIN), ("cookie", fang.as_str()), ("idempotency-key", key)];
            let body = announcement(daily, from);
            let (status, answer, _) = town.server.ask_for_cookie("POST", "/v1/rules", &headers, Some(&body))?;
            Ok((status, answer))
        };
        let approve = |cookie: &str, proposal: &Value| {
            let path = format!("/v1/proposals/{}/approve", proposal["proposal"]);
            town.ask("POST", &path, Some(cookie), Some(&json!({})))
        };
        assert_eq!(propose("w", "901", town.today()?)?.0, 400, "what would be refused waits for nobody");
        let from = town.in_days(2)?;
        let (status, proposal) = propose("a", "901", from)?;
        assert_eq!(
            (status, &proposal["from"], &proposal["state"]),
            (202, &json!(from), &json!("waiting")),
            "{proposal}"
        );
        let (_, other) = propose("b", "902", from)?;
        assert_eq!(town.announced()?, Value::Null, "it waits for a second person");
        refused(approve(&fang, &proposal)?, (403, "own_proposal"));
        let (status, announced, _) = approve(&li, &proposal)?;
        assert_eq!(
            (status, &announced["from"], &announced["state"]),
            (202, &json!(from), &json!("waiting")),
            "{announced}"
        );
        assert_eq!(town.announced()?, announced);
        assert_eq!(approve(&li, &proposal)?.1, announced, "again it is the same");
        let state = |proposal: &Value| -> TestResult<(Value, Value)> {
            let listed = town.read("/v1/proposals")?["proposals"].clone();
            let rows = listed.as_array().ok_or("no list")?;
            let row = rows.iter().find(|row| row["proposal"] == proposal["proposal"]).ok_or("it is not listed")?;
            Ok((row["state"].clone(), row["code"].clone()))
        };
        assert_eq!(state(&proposal)?, (json!("settled"), Value::Null));
        refused(approve(&li, &other)?, (409, "rules_announced"));
        assert_eq!(state(&other)?, (json!("refused"), json!("rules_announced")));
        // A proposal whose day comes before anybody approves it announces nothing.
        assert_eq!(town.withdraw(&announced)?, 204, "one person withdraws");
        let (_, late) = propose("c", "903", town.in_days(1)?)?;
        let before = town.daily()?;
        assert_eq!((town.close()?.0, town.daily()?), (200, before));
        refused(approve(&li, &late)?, (400, "bad_event"));
        let (_, last) = propose("d", "904", town.in_days(1)?)?;
        assert_eq!((approve(&li, &last)?.0, town.close()?.0, town.daily()?), (202, 200, json!("904")));
        let journal = town.read("/v1/events?limit=500")?;
        let adopted = journal["events"].as_array().and_then(|events| events.last()).ok_or("no events")?;
        let actor = adopted["actor"].as_str().unwrap_or_default();
        assert!(actor.contains("王芳") && actor.contains(", approved by ") && actor.contains("Li Na"), "{actor}");
        Ok(())
    })
}

#[test]
fn members_who_want_to_know_are_told_once_when_rules_are_announced_and_once_when_they_hold() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let server = notices::open(&database, &[])?;
        let ann = notices::told(&server, "ann", &["rules_changed"])?;
        let _bob = notices::told(&server, "bob", &["earned"])?;
        let body = announcement("901", Day::parse("2026-01-02").ok_or("a day")?);
        let (status, made) = server.ask("POST", "/v1/rules", None, &[("idempotency-key", "a")], Some(&body))?;
        assert_eq!(status, 202, "{made}");
        let shows = |count: u64| {
            notices::wait_until(|| {
                let listed = notices::counted(&notices::notices(&server, "ann")?);
                let holds = listed.get("rules_changed") == Some(&count) && ann.screen()?.counts() == listed;
                Ok(if holds { Ok(()) } else { Err(format!("{listed:?}")) })
            })
        };
        shows(1)?;
        let told = notices::notices(&server, "ann")?;
        assert_eq!((&told[0]["about"], &told[0]["day"]), (&json!({"from": "2026-01-02"}), &json!("2026-01-01")));
        notices::close(&server, "2026-01-01")?;
        shows(2)?;
        assert!(!notices::counted(&notices::notices(&server, "bob")?).contains_key("rules_changed"));
        let (_, answers) = server.post("/v1/events", JSON, json!([notices::order("o1")]).to_string())?;
        all_accepted(&answers)?;
    }
    Ok(())
}
