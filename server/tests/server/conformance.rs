//! The HTTP runner: every vector and CDNOW through a real server, killed and started again before its state is read.

use gongxiang::review::FLAGS;
use gongxiang_conformance::{Case, cases, day_of, order_of};
use gongxiang_model::journal::random_journal;
use serde_json::{Value, json};

use crate::postgres::Database;
use crate::support::{Folder, JSON, Server, TestResult, argument, databases, gongxiang};

/// How many events go into one request.
const AT_ONCE: usize = 5_000;

/// How many journals of the model's writer become books, and how many events each has.
const JOURNALS: u64 = 30;
const LENGTH: usize = 150;

fn run(case: &Case, database: &str) -> TestResult<Value> {
    let folder = Folder::new()?;
    let rules = folder.path("rules.json");
    std::fs::write(&rules, case.rules.to_string())?;
    let arguments = ["--database", database, "--rules", argument(&rules)];
    let server = Server::start(&arguments)?;
    let path = accepting_all();
    let (mut refused, mut orders) = (Vec::new(), Vec::new());
    for (at, events) in case.events.chunks(AT_ONCE).enumerate() {
        let (status, answers) = server.post(&path, "application/json", json!(events).to_string())?;
        assert_eq!(status, 200, "{}: {answers}", case.name);
        let answers = answers["answers"].as_array().ok_or("no answers")?;
        assert_eq!(answers.len(), events.len());
        for (place, answer) in (at * AT_ONCE..).zip(answers) {
            // As in a replay, the outcome of a repeated `id` is not listed again.
            let repeated = answer["repeated"] == true;
            if answer["refusal"].is_object() && !repeated {
                refused.push(json!([place, answer["refusal"]["code"]]));
            }
            orders.extend(order_of(&answer["receipt"]).filter(|_| !repeated));
        }
    }
    server.kill()?;
    let server = Server::start(&arguments)?;
    let (_, state) = server.get("/v1/state")?;
    receipts_are_as_answered(&orders, &server, if case.events.len() > AT_ONCE { 50 } else { 1 })?;
    let got = json!({"refused": refused, "orders": orders, "days": days(&server)?, "state": state});
    members_are_as_in(&state, &server, if case.events.len() > AT_ONCE { 50 } else { 1 })?;
    Ok(got)
}

/// The contract knows no red flags, so the vectors accept every one.
fn accepting_all() -> String {
    format!("/v1/events?accept_flags={}", FLAGS.map(|(code, ..)| code).join(","))
}

/// Every closed day, page by page.
fn days(server: &Server) -> TestResult<Vec<Value>> {
    let mut days: Vec<Value> = Vec::new();
    loop {
        let after =
            days.last().and_then(|day| day["day"].as_str()).map_or(String::new(), |day| format!("&after={day}"));
        let (status, page) = server.get(&format!("/v1/days?limit=50{after}"))?;
        assert_eq!(status, 200, "{page}");
        let page = page["days"].as_array().ok_or("no days")?;
        if page.is_empty() {
            return Ok(days);
        }
        days.extend(page.iter().map(day_of));
    }
}

/// The stored receipt is the answered one.
fn receipts_are_as_answered(orders: &[Value], server: &Server, every: usize) -> TestResult {
    for order in orders.iter().step_by(every) {
        let id = order["order"].as_str().ok_or("no order")?;
        let (status, kept) = server.get(&format!("/v1/orders/{id}/receipt"))?;
        assert_eq!((status, order_of(&kept["receipt"]).as_ref()), (200, Some(order)), "{id}");
    }
    Ok(())
}

/// The answer about each member equals the answer about all members.
fn members_are_as_in(state: &Value, server: &Server, every: usize) -> TestResult {
    for (id, account) in state["accounts"].as_object().ok_or("no accounts")?.iter().step_by(every) {
        let (status, member) = server.get(&format!("/v1/members/{id}"))?;
        assert_eq!((status, &member["state"]), (200, account), "{id}");
    }
    Ok(())
}

#[test]
fn every_vector_and_cdnow_come_out_over_http_and_after_a_restart() -> TestResult {
    for case in cases() {
        case.compare(&run(&case, &Folder::new()?.database())?);
    }
    Ok(())
}

#[test]
fn every_vector_and_cdnow_come_out_over_http_on_postgresql() -> TestResult {
    for case in cases() {
        let database = Database::new().map_err(|error| error.to_string())?;
        case.compare(&run(&case, &database.url())?);
    }
    Ok(())
}

/// The book of a database, as it is answered after a start.
fn state(database: &str, rules: &str) -> TestResult<Value> {
    let server = Server::start(&["--database", database, "--rules", rules])?;
    let (status, state) = server.get("/v1/state")?;
    assert_eq!(status, 200, "{state}");
    assert!(server.terminate()?);
    Ok(state)
}

/// One event in eight of these journals is wrong on purpose.
#[test]
fn whatever_comes_over_http_becomes_a_book_that_audits_and_comes_back_on_both_engines() -> TestResult {
    for seed in 0..JOURNALS {
        let (rule_set, events) = random_journal(seed, LENGTH);
        assert_eq!(events.len(), LENGTH, "{seed}");
        let folder = Folder::new()?;
        let rules = folder.path("rules.json");
        std::fs::write(&rules, rule_set.to_string())?;
        let rules = argument(&rules);
        let mut books = Vec::new();
        for database in databases(&folder)? {
            let server = Server::start(&["--database", &database, "--rules", rules])?;
            for events in events.chunks(40) {
                let (status, answers) = server.post(&accepting_all(), JSON, json!(events).to_string())?;
                assert_eq!(status, 200, "{seed}: {answers}");
            }
            assert!(server.terminate()?);
            gongxiang(&["audit", "--database", &database])
                .map_err(|error| format!("{seed}, {}: {error}", &*database))?;
            books.push(state(&database, rules)?);

            let engine = books.len();
            let (journal, again) = (folder.path(&format!("{engine}.jsonl")), folder.path(&format!("{engine}.db")));
            let again = format!("sqlite:{}", again.display());
            gongxiang(&["export", "--format", "jsonl", "--database", &database, "--output", argument(&journal)])?;
            gongxiang(&["replay", "--rules", rules, "--into", &again, argument(&journal)])?;
            books.push(state(&again, rules)?);
        }
        let (backup, restored) = (folder.path("backup.db"), format!("sqlite:{}", folder.path("restored.db").display()));
        gongxiang(&["backup", "--database", &folder.database(), argument(&backup)])?;
        gongxiang(&["restore", argument(&backup), "--database", &restored])?;
        books.push(state(&restored, rules)?);
        for book in &books {
            assert_eq!(book, &books[0], "{seed}");
        }
    }
    Ok(())
}
