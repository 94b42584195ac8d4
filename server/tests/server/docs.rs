//! docs/api.md: every line of it is run on a new server, and answers what the page says.

use serde_json::Value;

use crate::support::{Folder, Server, TestResult, add_key};

const PAGE: &str = include_str!("../../../docs/api.md");

/// The words of a line, of which those in quotes are one.
fn words(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut rest = line.trim();
    while !rest.is_empty() {
        let (word, after) = match rest.strip_prefix('\'') {
            Some(quoted) => quoted.split_once('\'').unwrap_or((quoted, "")),
            None => rest.split_once(' ').unwrap_or((rest, "")),
        };
        words.push(word.to_owned());
        rest = after.trim_start();
    }
    words
}

/// Whether an answer has all of this: of a table its fields, of a list its items, in their order.
fn has(answer: &Value, part: &Value) -> bool {
    match (answer, part) {
        (Value::Object(answer), Value::Object(part)) => {
            part.iter().all(|(key, part)| answer.get(key).is_some_and(|answer| has(answer, part)))
        }
        (Value::Array(answer), Value::Array(part)) => {
            part.len() <= answer.len() && part.iter().zip(answer).all(|(part, answer)| has(answer, part))
        }
        (answer, part) => answer == part,
    }
}

#[test]
fn the_ten_steps_are_as_they_are_told() -> TestResult {
    let folder = Folder::new()?;
    let database = folder.database();
    let arguments =
        ["--database", &database, "--rules", "single-level", "--first-day", "2026-01-01", "--close-days=false"];
    let server = Server::start_closed(&arguments)?;
    let key = add_key(&database, &["--role", "operator"])?;
    let (mut answer, mut asked, mut compared) = (Value::Null, 0, 0);
    let blocks = PAGE.split("```sh\n").skip(2).filter_map(|block| block.split("```").next());
    for line in blocks.flat_map(str::lines) {
        if let Some(part) = line.strip_prefix("# ") {
            let part: Value = serde_json::from_str(part).map_err(|error| format!("{line}: {error}"))?;
            assert!(has(&answer, &part), "{part} is not in {answer}");
            compared += 1;
            continue;
        }
        let words = words(line);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        answer = match words[..] {
            ["get", path] => server.ask("GET", path, Some(&key), &[], None)?.1,
            ["post", path, once, body] => {
                let body: Value = serde_json::from_str(body).map_err(|error| format!("{line}: {error}"))?;
                server.ask("POST", path, Some(&key), &[("idempotency-key", once)], Some(&body))?.1
            }
            _ => return Err(format!("`{line}` is no line that this test runs").into()),
        };
        asked += 1;
    }
    assert!(asked >= 30 && compared >= 20, "{asked} lines, {compared} answers");
    server.kill()
}
