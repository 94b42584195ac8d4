//! The command line, as a person or a script uses it.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};
use sqlx::{Connection as _, SqliteConnection};

type TestResult = Result<(), Box<dyn std::error::Error>>;

fn gongxiang(arguments: &[&str], input: &[u8]) -> Result<Output, Box<dyn std::error::Error>> {
    let mut child = Command::new(env!("CARGO_BIN_EXE_gongxiang"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    // A program that stops early closes the pipe; the test looks only at its answer.
    _ = child.stdin.take().ok_or("no pipe")?.write_all(input);
    Ok(child.wait_with_output()?)
}

#[test]
fn cdnow_comes_out_from_a_file_to_the_last_digit() -> TestResult {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/cdnow");
    let output = gongxiang(&["replay", "--rules", &format!("{data}.rules.json"), &format!("{data}.jsonl")], b"")?;
    assert!(output.status.success());
    let got: Value = serde_json::from_slice(&output.stdout)?;
    let expected: Value = serde_json::from_str(&std::fs::read_to_string(format!("{data}.expected.json"))?)?;
    assert_eq!(got["state"], expected["state"]);
    assert_eq!(got["refused"], expected["refused"]);
    assert_eq!(got["days"].as_array().map(Vec::len), Some(181));
    Ok(())
}

#[test]
fn a_line_that_does_not_parse_is_refused_with_line_and_field_and_the_others_go_on() -> TestResult {
    let mut journal = Vec::new();
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(100_000));
    for line in [
        br#"{"type":"member.registered","member":"a"}"#.as_slice(),
        br#"{"type":"member.registered","member":1}"#,
        b"",
        b"\xff\xfe",
        b"\xef\xbb\xbf{}",
        long.as_bytes(),
        br#"{"type":"member.registered","member":"a"}"#,
        br#"{"type":"member.registered","member":"b"}"#,
    ] {
        journal.extend_from_slice(line);
        journal.push(b'\n');
    }
    journal.extend_from_slice(br#"{"type":"member.regi"#);
    let output = gongxiang(&["replay", "-"], &journal)?;
    assert!(output.status.success());
    let got: Value = serde_json::from_slice(&output.stdout)?;
    let bad = "bad_event";
    assert_eq!(
        got["refused"],
        json!([[1, bad], [2, bad], [3, bad], [4, bad], [5, bad], [6, "member_exists"], [8, bad]])
    );
    let errors = String::from_utf8(output.stderr)?;
    assert!(errors.contains("line 2: bad_event: `member`"), "{errors}");
    assert!(errors.contains("line 6: bad_event") && errors.contains("line 9: bad_event"), "{errors}");
    assert!(!errors.contains("line 7"), "{errors}");
    Ok(())
}

#[test]
fn strict_stops_at_the_first_refusal_with_exit_code_1() -> TestResult {
    let output = gongxiang(&["replay", "--strict", "-"], b"{\"type\":\"trade.paid\",\"trade\":\"t\"}\n")?;
    assert_eq!(output.status.code(), Some(1));
    assert!(output.stdout.is_empty());
    assert!(String::from_utf8(output.stderr)?.starts_with("line 1: unknown_trade: `trade`"));
    Ok(())
}

#[test]
fn a_journal_of_100_megabytes_is_read_to_its_end() -> TestResult {
    // Blanks do not belong to an event, but count for the length of the line.
    let line = format!("{:<60000}\n", r#"{"type":"day.closed","day":"2000-01-01"}"#);
    let count = 100_000_000 / line.len() + 1;
    let output = gongxiang(&["replay", "-"], line.repeat(count).as_bytes())?;
    let got: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(got["refused"].as_array().map(Vec::len), Some(count));
    assert_eq!(got["refused"][0], json!([0, "wrong_day"]));
    Ok(())
}

#[test]
fn a_rule_set_is_sound_or_its_key_is_named() -> TestResult {
    for preset in ["seed", "single-level"] {
        assert!(gongxiang(&["rules", "check", preset], b"")?.status.success());
    }
    let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/../presets/seed.toml");
    let text = std::fs::read_to_string(seed)?;
    let file = std::env::temp_dir().join(format!("gongxiang-rules-{}.toml", std::process::id()));
    let path = file.to_string_lossy();
    for (from, to, named) in [
        ("daily = \"888\"", "daily = \"0\"", "`release.daily`"),
        ("daily = \"888\"", "daily = 888", "`release.daily`"),
        ("redemption", "colour = \"red\"\nredemption", "`colour`"),
        ("[supply]", "[supply", "not TOML"),
    ] {
        std::fs::write(&file, text.replacen(from, to, 1))?;
        let output = gongxiang(&["rules", "check", &path], b"")?;
        assert_eq!(output.status.code(), Some(1), "{named}");
        assert!(String::from_utf8(output.stderr)?.contains(named), "{named}");
    }
    // Sound, but no event can name this pack and this role.
    let renamed =
        text.replacen("[packs.area]", "[packs.\"区域\"]", 1).replacen("name = \"vip\"", "name = \"v i p\"", 1);
    std::fs::write(&file, renamed)?;
    let output = gongxiang(&["rules", "check", &path], b"")?;
    let said = String::from_utf8(output.stdout)?;
    assert!(output.status.success() && said.contains("`packs.区域`: no event can name \"区域\""), "{said}");
    assert!(
        said.contains("`service.roles.0.name`: no event can name \"v i p\"") && !said.contains("packs.member"),
        "{said}"
    );
    std::fs::remove_file(&file)?;
    assert_eq!(gongxiang(&["rules", "check", &path], b"")?.status.code(), Some(2));
    assert_eq!(gongxiang(&["replay", "missing.jsonl"], b"")?.status.code(), Some(2));
    Ok(())
}

#[test]
fn a_review_is_red_for_the_seed_and_not_for_single_level() {
    let gongxiang = |arguments: &[&str]| {
        std::process::Command::new(env!("CARGO_BIN_EXE_gongxiang")).args(arguments).output().expect("it starts")
    };
    assert_eq!(gongxiang(&["review", "seed"]).status.code(), Some(1));
    assert_eq!(gongxiang(&["review", "single-level", "--format", "json"]).status.code(), Some(0));
    assert_eq!(gongxiang(&["rules", "check", "seed"]).status.code(), Some(0), "soundness alone");
    let refused = gongxiang(&["rules", "check", "seed", "--accept-flags", "DEPTH"]);
    assert_eq!(refused.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&refused.stderr).contains("flags_not_accepted"));
    for format in ["table", "json", "csv", "html"] {
        let run = gongxiang(&["economy", "--scenario", "washing", "--format", format]);
        assert_eq!(run.status.code(), Some(0), "{format}");
        assert!(run.stdout.len() > 500, "{format}");
    }
}

#[test]
fn a_scenario_written_on_windows_is_the_same_scenario() -> TestResult {
    let folder = tempfile::tempdir()?;
    let run = |name: &str, text: &str| -> Result<Vec<u8>, Box<dyn std::error::Error>> {
        let file = folder.path().join(name);
        std::fs::write(&file, text)?;
        let run = gongxiang(&["economy", "--scenario", &file.to_string_lossy(), "--format", "csv"], b"")?;
        assert_eq!(run.status.code(), Some(0), "{}", String::from_utf8_lossy(&run.stderr));
        Ok(run.stdout)
    };
    let text = "{\"name\": \"growing\",\n\"days\": 30}\n";
    assert_eq!(run("of-windows.json", &format!("\u{feff}{}", text.replace('\n', "\r\n")))?, run("plain.json", text)?);
    Ok(())
}

#[test]
fn economy_and_review_show_the_same_of_a_database_as_of_its_journal() -> TestResult {
    let data = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/data/cdnow");
    let (rules, journal) = (format!("{data}.rules.json"), format!("{data}.jsonl"));
    let folder = tempfile::tempdir()?;
    // A tenth of the journal is enough: the figures are compared, not worked out.
    let beginning: Vec<_> = std::fs::read_to_string(&journal)?.lines().take(6_000).map(str::to_owned).collect();
    let journal = folder.path().join("beginning.jsonl").display().to_string();
    std::fs::write(&journal, beginning.join("\n") + "\n")?;
    let accepted = gongxiang(&["export", "--format", "jsonl", "--rules", &rules, "--journal", &journal], b"")?;
    let accepted_only = folder.path().join("accepted.jsonl").display().to_string();
    std::fs::write(&accepted_only, accepted.stdout)?;
    let database = format!("sqlite:{}", folder.path().join("book.db").display());
    let stored = gongxiang(&["replay", "--rules", &rules, "--into", &database, &accepted_only], b"")?;
    assert!(stored.status.success(), "{}", String::from_utf8_lossy(&stored.stderr));

    let of_journal = ["--rules", &rules, "--journal", &accepted_only, "--format", "json"];
    let of_database = ["--database", &database, "--format", "json"];
    let shown = |first: &[&str], rest: &[&str]| gongxiang(&[first, rest].concat(), b"");
    let (past, same) = (shown(&["economy"], &of_journal)?, shown(&["economy"], &of_database)?);
    assert!(past.status.success());
    let past: Value = serde_json::from_slice(&past.stdout)?;
    assert!(past["days"].as_array().is_some_and(|days| days.len() > 5));
    assert_eq!(serde_json::from_slice::<Value>(&same.stdout)?, past);

    let of_rules = shown(&["review", &rules], &["--journal", &accepted_only, "--format", "json"])?;
    let of_book = shown(&["review"], &of_database)?;
    assert_eq!(of_book.status.code(), Some(1), "the rules have red flags");
    assert_eq!(serde_json::from_slice::<Value>(&of_book.stdout)?, serde_json::from_slice::<Value>(&of_rules.stdout)?);

    // A scenario runs on the rules in force, which are others than those with which the book was opened.
    let preset = gongxiang::preset::by_name("single-level").ok_or("no such preset")??.to_tree().canonical();
    let (mut preset, genesis): (Value, Value) =
        (serde_json::from_str(&preset)?, serde_json::from_str(&std::fs::read_to_string(&rules)?)?);
    for key in ["genesis_day", "supply"] {
        preset[key] = genesis[key].clone();
    }
    let next = folder.path().join("next.json").display().to_string();
    std::fs::write(&next, preset.to_string())?;
    let adopted = gongxiang(&["rules", "adopt", "--database", &database, &next], b"")?;
    assert!(adopted.status.success(), "{}", String::from_utf8_lossy(&adopted.stderr));
    let expected = shown(&["economy", "--scenario", "income"], &["--rules", &next, "--format", "csv"])?;
    let found = shown(&["economy", "--scenario", "income"], &["--database", &database, "--format", "csv"])?;
    assert_eq!(prices(&found.stdout)?, prices(&expected.stdout)?);
    let both = gongxiang(&["economy", "--database", &database, "--rules", "seed"], b"")?;
    assert_eq!(both.status.code(), Some(2), "a database has rules of its own");
    Ok(())
}

/// Every command that makes no database.
fn on_a_database(database: &str) -> Vec<Vec<&str>> {
    [
        "audit",
        "export --format jsonl",
        "economy",
        "review",
        "rules adopt single-level",
        "days catch-up --until 2026-01-01",
        "keys list",
        "keys add --role operator",
        "keys revoke k1",
        "staff list",
        "staff add Ann --role operator",
        "staff code Ann",
        "staff end Ann",
        "webhooks list",
        "webhooks add https://shop.example/hook",
        "webhooks remove wh_1",
    ]
    .iter()
    .map(|command| {
        let mut words: Vec<_> = command.split(' ').collect();
        // The task of a command comes after the command's own arguments.
        let at = if ["keys", "staff", "webhooks"].contains(&words[0]) { 1 } else { words.len() };
        words.splice(at..at, ["--database", database]);
        words
    })
    .collect()
}

/// Whoever mistypes the name of a database is told so, and finds no empty file afterwards.
#[test]
fn a_command_that_makes_no_database_says_that_there_is_none() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("mistyped.db");
    let table = folder.path().join("members.csv");
    std::fs::write(&table, "member,referrer,pack,points,region\nann,,member,,\n")?;
    let database = format!("sqlite:{}", path.display());
    let mut commands = on_a_database(&database);
    let copy = folder.path().join("copy.db");
    commands.push(vec!["backup", "--database", &database, copy.to_str().ok_or("no text")?]);
    commands.push(vec!["import", "members", table.to_str().ok_or("no text")?, "--into", &database]);
    for command in commands {
        let output = gongxiang(&command, b"")?;
        let said = String::from_utf8(output.stderr)?;
        assert!(!output.status.success(), "{command:?}");
        assert!(said.contains("there is no file") && said.contains("mistyped.db"), "{command:?}: {said}");
        assert!(!path.exists(), "{command:?} made a file");
    }
    Ok(())
}

/// An empty file, the database of another program, one that was cut off, and a table: each is refused, and stays as it is.
#[test]
fn a_database_that_holds_no_book_is_refused_by_every_command_and_left_as_it_is() -> TestResult {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("other.db");
    let database = format!("sqlite:{}", path.display());
    let foreign = foreign_database(&folder.path().join("foreign.db"))?;
    let (no_book, no_database) = ("there is no book in this database", "file is not a database");
    for (content, why) in [
        (&b""[..], no_book),
        (&foreign, no_book),
        (&foreign[..5_000], no_book),
        (b"order,amount\no1,100\n", no_database),
    ] {
        std::fs::write(&path, content)?;
        for command in on_a_database(&database) {
            let output = gongxiang(&command, b"")?;
            let said = String::from_utf8(output.stderr)?;
            assert!(output.status.code().is_some_and(|code| code == 1 || code == 2), "{command:?}: {said}");
            assert!(said.contains("cannot use") && said.contains(why), "{command:?}: {said}");
            assert!(std::fs::read(&path)? == content, "{command:?} wrote into {} bytes of another file", content.len());
        }
    }
    Ok(())
}

/// The file of a database that another program made.
fn foreign_database(path: &Path) -> Result<Vec<u8>, Box<dyn std::error::Error>> {
    tokio::runtime::Runtime::new()?.block_on(async {
        let mut connection = SqliteConnection::connect(&format!("sqlite:{}?mode=rwc", path.display())).await?;
        sqlx::query("CREATE TABLE notes (text TEXT)").execute(&mut connection).await?;
        connection.close().await
    })?;
    Ok(std::fs::read(path)?)
}

/// The column `price` of days as CSV.
fn prices(csv: &[u8]) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut lines = std::str::from_utf8(csv)?.lines().map(|line| line.split(',').collect::<Vec<_>>());
    let at = lines.next().and_then(|names| names.iter().position(|name| *name == "price")).ok_or("no price")?;
    Ok(lines.filter_map(|cells| cells.get(at).map(|cell| (*cell).to_owned())).collect())
}
