//! Applications for a shop: who writes, reads and decides them, what is missing before the shop opens, and that an approval is not lost.

use std::time::{Duration, Instant};

use gongxiang::identity::{Id, Region};
use gongxiang::wire::profile::Category;
use gongxiang_server::ledger::store::sql::SqlStore;
use gongxiang_server::people::applications::{ApplicationText, Applying, CheckedApplication, Deciding};
use gongxiang_server::people::store::People;
use gongxiang_server::people::trades::TradeText;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::members::{self, Town, on_each_engine, refused};
use crate::support::{Folder, TestResult, add_key, all_accepted, databases, run_sql};

const LIST: &str = "/v1/applications";

fn application() -> Value {
    json!({"region": "440106", "shop_name": "天河小店", "address": "天河路 1 号", "category": "food", "contact": "王芳",
           "phone": "13800138000", "licence": "91350100M000100Y43"})
}

/// The same with another field.
fn with(field: &str, value: Value) -> Value {
    let mut body = application();
    body[field] = value;
    body
}

impl Town {
    fn events(&self, events: &Value) -> TestResult {
        all_accepted(&self.server.ask("POST", "/v1/events", Some(&self.operator), &[], Some(events))?.1)
    }

    fn of_operator(&self, method: &str, path: &str, body: Option<&Value>) -> TestResult<(u16, Value)> {
        self.server.ask(method, path, Some(&self.operator), &[], body)
    }

    /// Applies as a member; the address of the application.
    fn applied(&self, cookie: &str) -> TestResult<String> {
        let (status, made, _) = self.ask("POST", LIST, Some(cookie), Some(&application()))?;
        assert_eq!((status, &made["state"]), (200, &json!("waiting")), "{made}");
        Ok(format!("{LIST}/{}", made["application"]))
    }

    fn approve(&self, path: &str, changes: i64) -> TestResult<(u16, Value)> {
        self.of_operator("POST", &format!("{path}/approve"), Some(&json!({"changes": changes})))
    }

    fn decline(&self, path: &str, changes: i64) -> TestResult<(u16, Value)> {
        let body = json!({"changes": changes, "reason": "请补充营业执照"});
        self.of_operator("POST", &format!("{path}/decline"), Some(&body))
    }

    fn shop(&self, member: &str) -> TestResult<Value> {
        Ok(self.of_operator("GET", &format!("/v1/members/{member}"), None)?.1["account"]["shop"].clone())
    }
}

fn ready(member: &str) -> Value {
    json!([
        {"type": "pack.purchased", "member": member, "pack": "merchant"},
        {"type": "treasury.granted", "member": member, "points": "2000"},
    ])
}

/// How often a shop was opened.
fn opened(journal: &Value) -> usize {
    let events = journal["events"].as_array().map(Vec::as_slice).unwrap_or_default();
    events.iter().filter(|event| event["kind"] == "merchant.opened").count()
}

/// Waits for the server's look at what is approved.
fn opens(town: &Town, path: &str) -> TestResult {
    let begin = Instant::now();
    while town.of_operator("GET", path, None)?.1["state"] != "opened" {
        assert!(begin.elapsed() < Duration::from_secs(50), "it is not opened");
        std::thread::sleep(Duration::from_millis(100));
    }
    Ok(())
}

#[test]
fn a_shop_opens_when_pack_deposit_and_approval_are_there() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let path = town.applied(&ann)?;
        let (_, seen, _) = town.ask("GET", &path, Some(&ann), None)?;
        assert_eq!(seen["missing"], json!(["approval", "pack", "deposit"]));
        // The deposit is 500 yuan, and a point is a yuan.
        assert_eq!((&seen["points_missing"], &seen["decider"]), (&json!("500"), &Value::Null));
        town.events(&json!([{"type": "pack.purchased", "member": "ann", "pack": "merchant"},
                            {"type": "treasury.granted", "member": "ann", "points": "499.5"},
                            {"type": "member.frozen", "member": "ann"}]))?;
        let (status, seen) = town.approve(&path, 0)?;
        assert_eq!((status, &seen["state"]), (200, &json!("approved")), "{seen}");
        assert_eq!((&seen["missing"], &seen["points_missing"]), (&json!(["deposit", "unfreezing"]), &json!("0.5")));
        assert_eq!(town.shop("ann")?, Value::Null);
        // A second tap looks again, and so does the server by itself.
        town.events(&json!([{"type": "member.unfrozen", "member": "ann"},
                            {"type": "treasury.granted", "member": "ann", "points": "0.5"}]))?;
        let (status, seen) = town.approve(&path, 0)?;
        assert_eq!((status, &seen["state"], &seen["missing"]), (200, &json!("opened"), &json!([])), "{seen}");
        assert_eq!(town.shop("ann")?, "440106");
        assert_eq!(town.approve(&path, 0)?.1["state"], "opened", "it is opened once");
        // The shop has the name with which it applied, and the journal has the event alone, in the name of who approved.
        let (_, shop) = town.of_operator("GET", "/v1/shops/ann", None)?;
        assert_eq!(
            (&shop["name"], &shop["address"], &shop["category"]),
            (&json!("天河小店"), &json!("天河路 1 号"), &json!("food"))
        );
        let (_, journal) = town.of_operator("GET", "/v1/events", None)?;
        let text = journal.to_string();
        assert_eq!(opened(&journal), 1, "{text}");
        for secret in ["王芳", "13800138000", "91350100M000100Y43", "天河"] {
            assert!(!text.contains(secret), "{secret}");
        }
        let (_, actions) = town.of_operator("GET", "/v1/actions", None)?;
        let of = |what: &str| {
            let actions = actions["actions"].as_array().map(Vec::as_slice).unwrap_or_default();
            actions.iter().find(|row| row["what"] == what).cloned().unwrap_or_default()
        };
        let approved = of("application.approved");
        assert_eq!(approved["subject"], format!("application {} of ann", seen["application"]));
        assert_eq!(approved["actor"], of("merchant.opened")["actor"]);
        // Who has a shop applies for none.
        refused(town.ask("POST", LIST, Some(&ann), Some(&application()))?, (422, "merchant_exists"));
        Ok(())
    })
}

#[test]
fn what_was_approved_opens_by_the_next_look_whatever_happened() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let town = members::town(&database, &[])?;
        let (_, ann) = town.enrolled("ann")?;
        let (_, bob) = town.enrolled("bob")?;
        // Two may apply with one name; the first to open has it.
        let (of_ann, of_bob) = (town.applied(&ann)?, town.applied(&bob)?);
        town.events(&ready("ann"))?;
        town.events(&ready("bob"))?;
        // As if the process had ended between the approval and the opening of the first, and after the opening of the second.
        assert!(town.server.terminate()?);
        run_sql(&database, "UPDATE applications SET state = 'approved', decider = 'operator x', decided = 1")?;
        let town =
            Town { server: crate::support::Server::start_closed(&arguments(&database))?, operator: town.operator };
        opens(&town, &of_ann)?;
        opens(&town, &of_bob)?;
        assert_eq!((town.shop("ann")?, town.shop("bob")?), (json!("440106"), json!("440106")));
        let name = |member: &str| {
            Ok::<_, Box<dyn std::error::Error>>(
                town.of_operator("GET", &format!("/v1/shops/{member}"), None)?.1["name"].clone(),
            )
        };
        let names = [name("ann")?, name("bob")?];
        assert_eq!(names.iter().filter(|name| **name == json!("天河小店")).count(), 1, "{names:?}");
        run_sql(&database, "UPDATE applications SET state = 'approved'")?;
        assert_eq!(town.approve(&of_ann, 0)?.1["state"], "opened", "a shop that is open is no error");
        let (_, journal) = town.of_operator("GET", "/v1/events", None)?;
        assert_eq!(opened(&journal), 2);
    }
    Ok(())
}

fn arguments(database: &str) -> Vec<&str> {
    vec!["--database", database, "--rules", "seed", "--origin", members::ORIGIN]
}

#[test]
fn a_member_has_one_open_application_and_changes_it_until_it_is_decided() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let path = town.applied(&ann)?;
        refused(town.ask("POST", LIST, Some(&ann), Some(&application()))?, (409, "application_open"));
        let (status, changed, _) = town.ask("PUT", &path, Some(&ann), Some(&with("shop_name", json!("江边小店"))))?;
        assert_eq!((status, &changed["shop_name"], &changed["changes"]), (200, &json!("江边小店"), &json!(1)));
        // Nobody approves what he has not read.
        assert_eq!(town.approve(&path, 0)?.1["code"], "application_changed");
        assert_eq!(town.decline(&path, 0)?.1["code"], "application_changed");
        assert_eq!(town.decline(&path, 1)?.0, 204);
        let (_, seen, _) = town.ask("GET", &path, Some(&ann), None)?;
        assert_eq!((&seen["state"], &seen["reason"]), (&json!("declined"), &json!("请补充营业执照")));
        assert_eq!((&seen["decider"], &seen["missing"]), (&Value::Null, &json!([])));
        for (status, answer) in [town.approve(&path, 1)?, town.decline(&path, 1)?] {
            assert_eq!((status, &answer["code"]), (409, &json!("application_decided")));
        }
        refused(town.ask("PUT", &path, Some(&ann), Some(&application()))?, (409, "application_decided"));
        refused(town.ask("DELETE", &path, Some(&ann), None)?, (409, "application_decided"));
        // Who was declined applies again, and takes that back.
        let second = town.applied(&ann)?;
        assert_eq!(town.ask("DELETE", &second, Some(&ann), None)?.0, 204);
        assert_eq!(town.approve(&second, 0)?.1["code"], "application_decided");
        let third = town.applied(&ann)?;
        let (_, list, _) = town.ask("GET", "/v1/members/ann/applications", Some(&ann), None)?;
        let found: Vec<_> = list["applications"].as_array().ok_or("no list")?.iter().map(|row| &row["state"]).collect();
        assert_eq!(found, ["waiting", "withdrawn", "declined"]);
        // Three a day, and twenty changes of one.
        for changes in 1..=20 {
            assert_eq!(town.ask("PUT", &third, Some(&ann), Some(&application()))?.1["changes"], changes);
        }
        let (status, problem, _) = town.ask("PUT", &third, Some(&ann), Some(&application()))?;
        let found = (status, problem["code"].as_str(), problem["limit"].as_str());
        assert_eq!(found, (422, Some("too_many_applications"), Some("20")));
        assert_eq!(town.ask("DELETE", &third, Some(&ann), None)?.0, 204);
        let (status, problem, _) = town.ask("POST", LIST, Some(&ann), Some(&application()))?;
        let found = (status, problem["code"].as_str(), problem["limit"].as_str());
        assert_eq!(found, (422, Some("too_many_applications"), Some("3")));
        Ok(())
    })
}

#[test]
fn two_applications_at_the_same_moment_are_one() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let answers = std::thread::scope(|scope| {
            let apply = || {
                let ask = || town.ask("POST", LIST, Some(&ann), Some(&application()));
                scope.spawn(move || ask().map(|(status, ..)| status).map_err(|error| error.to_string()))
            };
            let asked: Vec<_> = (0..4).map(|_| apply()).collect();
            asked.into_iter().map(|asked| asked.join().map_err(|_| "a thread failed")).collect::<Vec<_>>()
        });
        let statuses: Vec<u16> = answers.into_iter().map(|answer| Ok(answer??)).collect::<TestResult<_>>()?;
        assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|status| [200, 409].contains(status)), "{statuses:?}");
        Ok(())
    })
}

#[test]
fn a_bad_application_is_refused_with_its_field() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let path = town.applied(&ann)?;
        let (long, emoji) = ("长".repeat(33), "😀".repeat(64));
        for (field, text, code) in [
            ("shop_name", "", "bad_text"),
            ("shop_name", "店\u{200f}", "bad_text"),
            ("shop_name", "店\u{202e}铺", "bad_text"),
            ("shop_name", emoji.as_str(), "bad_text"),
            ("shop_name", "小\u{7}店", "bad_text"),
            ("shop_name", long.as_str(), "bad_text"),
            ("shop_name", "K\u{421}FC", "bad_text"),
            ("address", " ", "bad_text"),
            ("address", "a\u{0}b", "bad_text"),
            ("address", "=HYPERLINK(\"x\")", "bad_text"),
            ("contact", "", "bad_text"),
            ("contact", "王\u{200b}芳", "bad_text"),
            ("contact", emoji.as_str(), "bad_text"),
            ("phone", "12345", "bad_phone"),
            ("phone", "", "bad_phone"),
            ("licence", "", "bad_licence"),
            ("licence", "91350100M000100Y44", "bad_licence"),
            ("licence", emoji.as_str(), "bad_licence"),
        ] {
            for (method, path) in [("POST", LIST), ("PUT", &path)] {
                let (status, problem, _) = town.ask(method, path, Some(&ann), Some(&with(field, json!(text))))?;
                let found = (status, problem["code"].as_str(), problem["field"].as_str());
                assert_eq!(found, (422, Some(code), Some(field)), "{method} {text:?}: {problem}");
            }
        }
        for (field, value) in [
            ("region", json!("44010")),
            ("region", Value::Null),
            ("category", json!("Food")),
            ("contact", json!(1)),
            ("licence", json!(["x"])),
            ("more", json!("x")),
        ] {
            let (status, problem, _) = town.ask("POST", LIST, Some(&ann), Some(&with(field, value)))?;
            assert_eq!((status, problem["field"].as_str()), (400, Some(field)), "{problem}");
        }
        for body in [json!({}), json!({"changes": "0"}), json!({"changes": 0, "reason": " "})] {
            let (status, problem) = town.of_operator("POST", &format!("{path}/decline"), Some(&body))?;
            assert!([400, 422].contains(&status), "{problem}");
        }
        for wrong in ["0", "999999", "x", "-1", "99999999999999999999"] {
            let path = format!("{LIST}/{wrong}");
            assert_eq!(town.of_operator("GET", &path, None)?.0, 404, "{wrong}");
            assert_eq!(town.approve(&path, 0)?.0, 404, "{wrong}");
            assert_eq!(town.ask("DELETE", &path, Some(&ann), None)?.0, 404, "{wrong}");
        }
        for query in ["state=open", "limit=0", "before=x", "format=xml", "name=x"] {
            assert_eq!(town.of_operator("GET", &format!("{LIST}?{query}"), None)?.0, 400, "{query}");
        }
        Ok(())
    })
}

#[test]
fn the_applicant_and_who_reads_members_see_it_and_the_operator_decides() -> TestResult {
    on_each_engine(&[], |town, database| {
        let ((_, ann), (_, bob)) = (town.enrolled("ann")?, town.enrolled("bob")?);
        let path = town.applied(&ann)?;
        let (approve, decline) = (format!("{path}/approve"), format!("{path}/decline"));
        let decision = json!({"changes": 0, "reason": "x"});
        let asks: [(&str, &str, Option<Value>); 7] = [
            ("GET", LIST, None),
            ("GET", &path, None),
            ("GET", "/v1/members/ann/applications", None),
            ("PUT", &path, Some(application())),
            ("DELETE", &path, None),
            ("POST", &approve, Some(json!({"changes": 0}))),
            ("POST", &decline, Some(decision.clone())),
        ];
        for (method, path, body) in &asks {
            refused(town.ask(method, path, None, body.as_ref())?, (401, "unauthorized"));
        }
        refused(town.ask("POST", LIST, None, Some(&application()))?, (401, "unauthorized"));
        // Another member does not learn whether it exists.
        for ((method, path, body), code) in
            asks.iter().zip(["forbidden", "not_found", "forbidden", "not_found", "not_found", "forbidden", "forbidden"])
        {
            let status = if code == "not_found" { 404 } else { 403 };
            refused(town.ask(method, path, Some(&bob), body.as_ref())?, (status, code));
        }
        // The applicant sees its own, and neither the list nor the decision.
        for ((method, path, body), expected) in
            asks.iter().zip([403, 200, 200, 200, 0, 403, 403]).filter(|(_, expected)| *expected > 0)
        {
            assert_eq!(town.ask(method, path, Some(&ann), body.as_ref())?.0, expected, "{method} {path}");
        }
        let payment = add_key(database, &["--role", "payment"])?;
        for (method, path, body) in &asks {
            let (status, problem) = town.server.ask(method, path, Some(&payment), &[], body.as_ref())?;
            assert!([403, 404].contains(&status), "{method} {path}: {problem}");
        }
        for (role, decides) in [("auditor", false), ("clerk", false), ("operator", true)] {
            let (_, cookie) = town.staff(database, &[role, "--role", role])?;
            for path in [LIST, &path, "/v1/members/ann/applications"] {
                let (status, seen, _) = town.ask("GET", path, Some(&cookie), None)?;
                let seen = seen["applications"].get(0).unwrap_or(&seen);
                assert_eq!((status, &seen["licence"]), (200, &json!("91350100M000100Y43")), "{role}");
            }
            for (method, path, body) in
                [("POST", LIST, Some(application())), ("PUT", &path, Some(application())), ("DELETE", &path, None)]
            {
                assert_eq!(
                    town.ask(method, path, Some(&cookie), body.as_ref())?.0,
                    403,
                    "{role} {method}: nobody applies for another"
                );
            }
            let expected = if decides { (409, "application_changed") } else { (403, "needs_role") };
            refused(town.ask("POST", &approve, Some(&cookie), Some(&json!({"changes": 0})))?, expected);
            refused(town.ask("POST", &decline, Some(&cookie), Some(&decision))?, expected);
        }
        Ok(())
    })
}

#[test]
fn erasing_the_profile_erases_what_an_application_said() -> TestResult {
    on_each_engine(&[], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        let declined = town.applied(&ann)?;
        assert_eq!(town.decline(&declined, 0)?.0, 204);
        let waiting = town.applied(&ann)?;
        assert_eq!(town.ask("DELETE", "/v1/members/ann/profile", Some(&ann), None)?.0, 204);
        for (path, state) in [(&declined, "declined"), (&waiting, "withdrawn")] {
            let (_, seen) = town.of_operator("GET", path, None)?;
            for field in ["shop_name", "address", "category", "contact", "phone", "licence", "reason"] {
                assert_eq!(seen[field], Value::Null, "{path} {field}");
            }
            assert_eq!(seen["state"], state);
        }
        assert_eq!(town.approve(&waiting, 0)?.1["code"], "application_decided");
        let (_, actions) = town.of_operator("GET", "/v1/actions", None)?;
        for secret in ["王芳", "13800138000", "91350100M000100Y43", "天河", "营业执照"] {
            assert!(!actions.to_string().contains(secret), "{secret}");
        }
        let (_, taken, _) = town.ask("GET", "/v1/members/ann/export", Some(&ann), None)?;
        assert_eq!(taken["books"]["applications"], "/v1/members/ann/applications");
        Ok(())
    })
}

#[test]
fn where_the_setting_asks_for_it_no_member_opens_a_shop_by_itself() -> TestResult {
    on_each_engine(&["--shop-approval"], |town, _| {
        let (_, ann) = town.enrolled("ann")?;
        town.events(&ready("ann"))?;
        let open = |key: &str, region: &str| {
            let headers = [("origin", members::ORIGIN), ("cookie", ann.as_str()), ("idempotency-key", key)];
            let body = json!({"region": region});
            town.server.ask_for_cookie("POST", "/v1/merchants", &headers, Some(&body))
        };
        let preview = |region: &str| {
            let body = json!({"type": "merchant.opened", "member": "ann", "region": region});
            town.ask("POST", "/v1/previews", Some(&ann), Some(&body))
        };
        refused(open("k1", "440106")?, (403, "approval_needed"));
        refused(preview("440106")?, (403, "approval_needed"));
        let path = town.applied(&ann)?;
        refused(open("k1", "440106")?, (403, "approval_needed"));
        town.events(&json!([{"type": "member.frozen", "member": "ann"}]))?;
        assert_eq!(town.approve(&path, 0)?.1["missing"], json!(["unfreezing"]));
        town.events(&json!([{"type": "member.unfrozen", "member": "ann"}]))?;
        refused(open("k2", "110105")?, (403, "approval_needed"));
        assert_eq!((preview("440106")?.0, open("k3", "440106")?.0), (200, 200));
        assert_eq!((open("k3", "440106")?.1["repeated"].clone(), town.shop("ann")?), (json!(true), json!("440106")));
        assert_eq!(town.approve(&path, 0)?.1["state"], "opened");
        // The approval was for one shop. The operator opens any, and a journal too.
        town.events(&json!([{"type": "merchant.closed", "member": "ann"}]))?;
        refused(open("k4", "440106")?, (403, "approval_needed"));
        town.events(&ready("bob"))?;
        let body = json!({"member": "bob", "region": "440106"});
        let key = [("idempotency-key", "k5")];
        assert_eq!(town.server.ask("POST", "/v1/merchants", Some(&town.operator), &key, Some(&body))?.0, 200);
        Ok(())
    })
}

#[test]
fn applications_are_listed_by_state_in_pages_and_as_a_table() -> TestResult {
    on_each_engine(&[], |town, _| {
        let mut paths = Vec::new();
        for member in ["ann", "bob"] {
            let (_, cookie) = town.enrolled(member)?;
            paths.push(town.applied(&cookie)?);
        }
        assert_eq!(town.decline(&paths[0], 0)?.0, 204);
        let members = |query: &str| -> TestResult<(Vec<String>, Value)> {
            let (_, page) = town.of_operator("GET", &format!("{LIST}?{query}"), None)?;
            let rows = page["applications"].as_array().ok_or("no list")?;
            Ok((
                rows.iter().map(|row| row["member"].as_str().unwrap_or_default().into()).collect(),
                page["next"].clone(),
            ))
        };
        assert_eq!(members("")?, (vec!["bob".into(), "ann".into()], Value::Null));
        assert_eq!(members("state=waiting")?.0, ["bob"]);
        assert_eq!(members("state=declined")?.0, ["ann"]);
        let (first, next) = members("limit=1")?;
        assert_eq!(
            (first, members(&format!("limit=1&before={next}"))?),
            (vec!["bob".into()], (vec!["ann".into()], Value::Null))
        );
        let path = format!("{LIST}?format=csv&state=declined");
        let (status, _, text) = town.server.ask_for_text("GET", &path, Some(&town.operator), &[], None)?;
        assert_eq!(status, 200);
        let mut lines = text.lines();
        assert_eq!(lines.next().map(|line| line.split(',').count()), Some(17), "{text}");
        let row = lines.next().ok_or("no row")?;
        assert!(row.contains("ann,440106,天河小店,天河路 1 号,food,王芳,13800138000,91350100M000100Y43,"), "{row}");
        Ok(())
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_to_nothing_is_forgotten_after_half_a_year() -> TestResult {
    let folder = Folder::new()?;
    for database in databases(&folder)? {
        let people = People::new(SqlStore::open(&database).await?.pool().clone());
        let text = || {
            CheckedApplication::of(ApplicationText {
                region: Region::parse("440106").ok_or("a region")?,
                shop_name: "Nook".into(),
                address: "Road 2".into(),
                category: Category::Food,
                contact: "Ann".into(),
                phone: "13800138000".into(),
                licence: "91350100M000100Y43".into(),
            })
            .map_err(|(field, _)| field)
        };
        let mut rows = Vec::new();
        for member in ["ann", "bob", "eve"] {
            let member = Id::parse(member).ok_or("no id")?;
            let Applying::Stored(row) = people.apply(&member, &text()?).await? else { return Err("not kept".into()) };
            rows.push((member, row));
        }
        assert!(people.withdraw_application(rows[0].1.id, &rows[0].0).await?);
        let reason = TradeText::statement("no").ok_or("a text")?;
        let decided = people.decide_application(&rows[1].1, 0, "operator", Some(&reason)).await?;
        assert_eq!(decided, Deciding::Done);
        let after = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
        assert_eq!(people.forget_applications(after(179)).await?, 0);
        assert_eq!(people.forget_applications(after(181)).await?, 2, "one that waits stays");
        assert_eq!(people.forget_applications(after(181)).await?, 0);
        let kept = |at: usize| people.application(rows[at].1.id);
        for (at, is_kept) in [(0, false), (1, false), (2, true)] {
            let row = kept(at).await?.ok_or("it is gone")?;
            assert_eq!((row.contact.is_some(), row.licence.is_some()), (is_kept, is_kept), "{row:?}");
        }
    }
    Ok(())
}
