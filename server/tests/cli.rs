//! The command line, as a person or a script uses it.

use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

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
