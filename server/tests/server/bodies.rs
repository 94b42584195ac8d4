//! A body with several wrong fields: the answer names all of them.

use serde_json::{Value, json};

use crate::support::{Folder, Server, TestResult};

/// The fields that an answer calls wrong, in its order; the first one is also the answer's own.
fn wrong_fields((status, problem): &(u16, Value)) -> TestResult<Vec<String>> {
    assert_eq!((*status, &problem["code"]), (400, &json!("bad_event")), "{problem}");
    let Some(errors) = problem["errors"].as_array() else { return Ok(vec![problem["field"].to_string()]) };
    assert!(errors.len() > 1, "{problem}");
    for key in ["code", "field", "detail"] {
        assert_eq!(errors[0][key], problem[key], "{problem}");
    }
    let named = errors.iter().map(|error| {
        assert!(!error["detail"].as_str().unwrap_or_default().is_empty(), "{problem}");
        Ok(error["field"].as_str().ok_or("no field")?.to_owned())
    });
    named.collect()
}

#[test]
fn a_command_names_every_field_that_is_wrong() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let before = server.get("/v1/supply")?;
    let order = json!({
        "buyer": "a b", "channel": "somewhere", "amount": 12, "concession": "1.234", "colour": "red", "size": 1,
    });
    let all = ["colour", "size", "buyer", "merchant", "channel", "amount", "concession", "region"];
    let key = [("idempotency-key", "a")];
    let command = wrong_fields(&server.ask("POST", "/v1/orders", None, &key, Some(&order))?)?;
    assert_eq!(command, all);
    assert_eq!(wrong_fields(&server.ask("POST", "/v1/quotes", None, &[], Some(&order))?)?, all);
    let mut event = order;
    event["type"] = json!("order.placed");
    assert_eq!(wrong_fields(&server.ask("POST", "/v1/previews", None, &[], Some(&event))?)?, all);
    let rules = json!({"colour": 1, "from": 3, "rules": {}});
    assert_eq!(wrong_fields(&server.ask("POST", "/v1/rules", None, &key, Some(&rules))?)?, ["colour", "from"]);
    // One that is wrong needs no list.
    let one = json!({"member": "ann", "referrer": "a b"});
    assert_eq!(wrong_fields(&server.ask("POST", "/v1/members", None, &key, Some(&one))?)?, ["\"referrer\""]);
    assert_eq!(server.get("/v1/supply")?, before);
    Ok(())
}

#[test]
fn fields_that_go_together_are_all_named() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let ask = |body: Value| {
        let key = [("idempotency-key", "a")];
        wrong_fields(&server.ask("POST", "/v1/members/ann/packs", None, &key, Some(&body))?)
    };
    assert_eq!(ask(json!({"return_days": 99}))?, ["pack", "return_days"]);
    assert_eq!(ask(json!({"purchase": "p q", "pack": 3, "return_days": "x"}))?, ["pack", "purchase", "return_days"]);
    assert_eq!(ask(json!({"pack": "member", "purchase": "p"}))?, ["\"return_days\""]);
    Ok(())
}

#[test]
fn any_other_body_names_every_field_that_is_wrong() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let body = json!({"events": "all", "colour": "red"});
    let named = wrong_fields(&server.ask("POST", "/v1/webhooks", None, &[], Some(&body))?)?;
    assert_eq!(named, ["colour", "events", "url"]);
    let item = json!({"colour": 1, "name": "Mug", "points": "0.5", "stock": 9, "shops": [7]});
    assert_eq!(wrong_fields(&server.ask("PUT", "/v1/goods/mug", None, &[], Some(&item))?)?, ["colour", "shops[0]"]);
    Ok(())
}

#[test]
fn an_answer_names_some_of_very_many_wrong_fields() -> TestResult {
    let folder = Folder::new()?;
    let server = Server::start(&["--database", &folder.database()])?;
    let body: Value = (0..200).map(|n| (format!("field{n}"), json!(1))).collect::<serde_json::Map<_, _>>().into();
    for (path, key) in [("/v1/members", Some(("idempotency-key", "a"))), ("/v1/webhooks", None)] {
        let headers: Vec<_> = key.into_iter().collect();
        let named = wrong_fields(&server.ask("POST", path, None, &headers, Some(&body))?)?;
        assert_eq!(named.len(), 20, "{path}");
    }
    Ok(())
}
