//! A demo has people with names: they are stored once, found by name, and offered to sign in as.

use serde_json::{Value, json};

use crate::support::{Folder, Server, TestResult, argument, register};

const PEOPLE: &str = r#"{
    "profiles": {"ann": {"name": "王小梅"}, "bob": {"name": "Bob 100"}},
    "staff": [{"name": "周岚", "role": "operator"}],
    "guests": [{"kind": "member", "member": "ann"}, {"kind": "operator", "staff": "周岚"}]
}"#;

#[test]
fn people_of_a_demo_are_there_after_each_start_and_anybody_signs_in_as_one() -> TestResult {
    let folder = Folder::new()?;
    let (journal, people) = (folder.path("demo.jsonl"), folder.path("people.json"));
    std::fs::write(&journal, format!("{}\n{}\n", register("ann"), register("bob")))?;
    std::fs::write(&people, PEOPLE)?;
    let database = folder.database();
    let arguments = ["--database", &database, "--demo", argument(&journal), "--demo-people", argument(&people)];
    let mut before = Value::Null;
    for _ in 0..2 {
        let server = Server::start(&arguments)?;
        let guests = server.get("/v1/session")?.1["guests"].clone();
        assert_eq!((&guests[0]["name"], &guests[0]["member"]), (&json!("王小梅"), &json!("ann")));
        assert_eq!(guests[1]["kind"], "operator");
        assert!(before.is_null() || before == guests, "the same staff as before: {guests}");
        before = guests.clone();

        let staff = json!({"staff": guests[1]["staff"]});
        let (status, session) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&staff))?;
        assert_eq!((status, &session["staff"]["role"]), (200, &json!("operator")));
        let token = session["token"].as_str().ok_or("no token")?;
        assert_eq!(server.ask("GET", "/v1/session", Some(token), &[], None)?.1["staff"]["name"], "周岚");
        for (body, expected) in [
            (json!({"staff": "s-nobody"}), (404, "not_found")),
            (json!({}), (404, "unknown_member")),
            (json!({"member": "ann", "staff": guests[1]["staff"]}), (400, "bad_event")),
        ] {
            let (status, problem) = server.ask("POST", "/v1/sessions/demo", None, &[], Some(&body))?;
            assert_eq!((status, problem["code"].as_str().unwrap_or_default()), expected, "{body}");
        }
        #[cfg(unix)]
        assert!(server.terminate()?, "it ends in good order");
    }
    Ok(())
}

#[test]
fn members_are_found_by_a_part_of_their_name_in_any_case() -> TestResult {
    let folder = Folder::new()?;
    let (journal, people) = (folder.path("demo.jsonl"), folder.path("people.json"));
    std::fs::write(&journal, format!("{}\n{}\n{}\n", register("ann"), register("bob"), register("eve")))?;
    std::fs::write(&people, PEOPLE)?;
    let arguments =
        ["--database", &folder.database(), "--demo", argument(&journal), "--demo-people", argument(&people)];
    let server = Server::start(&arguments)?;
    let found = |name: &str| -> TestResult<Vec<Value>> {
        let (status, page) = server.get(&format!("/v1/members?search={name}"))?;
        assert_eq!(status, 200, "{page}");
        Ok(page["members"].as_array().ok_or("no list")?.iter().map(|line| line["member"].clone()).collect())
    };
    assert_eq!(found("%E5%B0%8F%E6%A2%85")?, ["ann"], "小梅");
    assert_eq!(found("bOB")?, ["bob"]);
    assert_eq!(found("EV")?, ["eve"], "an id in any case");
    assert_eq!(found("1%250")?, Vec::<Value>::new(), "a percent sign is itself");
    assert_eq!(found("1_0")?, Vec::<Value>::new(), "so is an underscore");
    assert_eq!(server.get("/v1/members?search=")?.1["field"], "search");
    Ok(())
}
