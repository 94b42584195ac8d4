//! The model against the conformance vectors and the big journal.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use gongxiang_model::exact::decimal;
use gongxiang_model::{Model, Seen};
use serde_json::Value;

fn read(path: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Follows a journal whose refusals and days are known.
fn follow(rules: &Value, events: &[Value], expected: &Value, adopt: bool) -> Result<Model, String> {
    let mut model = Model::new(rules)?;
    let refused: BTreeMap<usize, &str> = expected["refused"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|r| Some((usize::try_from(r[0].as_u64()?).ok()?, r[1].as_str()?)))
        .collect();
    let mut released: BTreeMap<&str, &str> = BTreeMap::new();
    for day in expected["days"].as_array().into_iter().flatten().filter(|_| adopt) {
        released.insert(day["day"].as_str().unwrap_or_default(), day["released"].as_str().unwrap_or_default());
    }
    for (at, event) in events.iter().enumerate() {
        let day = event["day"].as_str().unwrap_or_default();
        let refused = refused.get(&at).map(|code| (*code).to_owned());
        let released = released.get(day).filter(|_| refused.is_none()).and_then(|r| decimal(r, 8));
        model.follow(event, &Seen { refused, released }).map_err(|e| format!("event {at}: {e}"))?;
    }
    Ok(model)
}

fn check(model: &Model, expected: &Value) -> Result<(), String> {
    for day in expected["days"].as_array().into_iter().flatten() {
        model.check_day(day)?;
    }
    for order in expected["orders"].as_array().into_iter().flatten() {
        model.check_order(order)?;
    }
    model.check_state(&expected["state"])?;
    model.check_promise(&expected["state"], true).map_err(|e| format!("section 7: {e}"))?;
    model.check_promise(&expected["state"], false).map_err(|e| format!("section 7, own grants: {e}"))
}

fn vectors(adopt: bool) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../vectors");
    let mut names: Vec<String> = fs::read_dir(folder)
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "json"))
        .collect();
    names.sort();
    assert!(names.len() > 20, "the vectors are not there");
    let mut wrong = Vec::new();
    for name in names {
        let vector = read(&format!("vectors/{name}"));
        let events = vector["events"].as_array().cloned().unwrap_or_default();
        let model = follow(&vector["rules"], &events, &vector, adopt);
        if let Err(error) = model.and_then(|model| check(&model, &vector)) {
            wrong.push(format!("{name}: {error}"));
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn vectors_with_the_releases_adopted() {
    vectors(true);
}

#[test]
fn vectors_with_our_own_releases() {
    vectors(false);
}

#[test]
fn big_journal() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../data/cdnow.jsonl");
    let text = fs::read_to_string(path).unwrap_or_default();
    let events: Vec<Value> = text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect();
    assert!(events.len() > 19_000, "the journal is not there");
    let expected = read("data/cdnow.expected.json");
    let rules = read("data/cdnow.rules.json");
    // Without optimization the fractions are slow: the beginning must do, refusals and releases only.
    if cfg!(debug_assertions) {
        if let Err(error) = follow(&rules, &events[..4000], &expected, true) {
            panic!("{error}");
        }
        return;
    }
    let model = follow(&rules, &events, &expected, true);
    if let Err(error) = model.and_then(|model| check(&model, &expected)) {
        panic!("{error}");
    }
}
