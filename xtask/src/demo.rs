//! `cargo xtask demo`: settles a real shop's purchases as if they were of the last half year, gives names to members and shops, and
//! serves the wallet.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use clap::Args;
use jiff::civil::Date;
use jiff::{Span, Unit, Zoned};
use serde_json::{Value, json};

use crate::build;
use crate::command;
use crate::place;
use crate::setup;
use crate::steps::{self, Steps};

/// Build everything, settle the CDNOW purchases into a fresh database, and serve the wallet.
///
/// Prints the address and serves until Ctrl-C. The database is made anew each time; nobody signs in, so only this
/// machine can reach it.
#[derive(Args)]
pub struct Options {
    /// Address and port of the server; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
    /// The last closed day, `YYYY-MM-DD` [default: yesterday in China].
    #[arg(long, value_name = "DAY")]
    ends: Option<Date>,
}

/// Where the server's days change.
const ZONE: &str = "Asia/Shanghai";
const DIRECTORY: &str = "target/demo";

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::everything(&toolchain, steps)?;
    server(steps)?;
    let directory = place::at(DIRECTORY);
    place::remove(&directory)?;
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {DIRECTORY}"))?;
    let ends = match options.ends {
        Some(day) => day,
        None => Zoned::now().in_tz(ZONE)?.date().yesterday()?,
    };
    let read = |name: &str| fs::read_to_string(place::at(name)).with_context(|| format!("cannot read {name}"));
    let purchases =
        Purchases { rules: &read("tests/data/cdnow.rules.json")?, journal: &read("tests/data/cdnow.jsonl")? };
    let (rules, journal) =
        purchases.ending(ends, &read("xtask/demo/yesterday.jsonl")?, &read("xtask/demo/today.jsonl")?)?;
    fs::write(directory.join("rules.json"), rules)?;
    fs::write(directory.join("journal.jsonl"), journal)?;
    steps::note("settling the CDNOW purchases; then open the address below, and end with Ctrl-C");
    command::turn_into(
        command::command(place::target().join("release").join("gongxiang"))
            .args(["serve", "--demo-mode"])
            .arg(format!("--database=sqlite:{}", directory.join("gongxiang.db").display()))
            .arg(format!("--rules={}", directory.join("rules.json").display()))
            .arg(format!("--demo={}", directory.join("journal.jsonl").display()))
            .arg("--demo-people=xtask/demo/people.json")
            .args(["--close-days", &format!("--zone={ZONE}")])
            .arg("--log=warn")
            .arg(format!("--listen={}", options.listen)),
    )
}

/// The CDNOW purchases: a rule set, and a journal whose only dates are those of the days that it closes.
struct Purchases<'a> {
    rules: &'a str,
    journal: &'a str,
}

impl Purchases<'_> {
    /// Rules and journal with all days moved by the same number, so that the last closed day is this one. The events of
    /// `yesterday` come before its close, those of `today` after it.
    fn ending(&self, last: Date, yesterday: &str, today: &str) -> Result<(String, String)> {
        let (before, close) = self.journal.trim_end().rsplit_once('\n').context("the journal has one line")?;
        let lines = [before, yesterday.trim_end(), close, today.trim_end()];
        let mut events: Vec<Value> =
            lines.iter().flat_map(|lines| lines.lines()).map(serde_json::from_str).collect::<Result<_, _>>()?;
        let close: Value = serde_json::from_str(close)?;
        let days = date(&close["day"])?.until((Unit::Day, last))?;
        for event in &mut events {
            if !event["day"].is_null() {
                event["day"] = moved(&event["day"], days)?;
            }
        }
        let mut rules: Value = serde_json::from_str(self.rules)?;
        rules["genesis_day"] = moved(&rules["genesis_day"], days)?;
        let lines: Vec<String> = events.iter().map(Value::to_string).collect();
        Ok((rules.to_string(), lines.join("\n") + "\n"))
    }
}

fn date(value: &Value) -> Result<Date> {
    value.as_str().context("a day is a text")?.parse().context("a day is written as in 2026-01-31")
}

fn moved(day: &Value, by: Span) -> Result<Value> {
    Ok(json!(date(day)?.checked_add(by)?.to_string()))
}

pub fn server(steps: &mut Steps) -> Result<()> {
    steps.loud("compile the server", || {
        command::run(command::cargo().args(["build", "--release", "--package=gongxiang-server", "--bin=gongxiang"]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_days_move_by_the_same_number_and_the_last_closed_one_is_the_day_that_was_asked_for() -> Result<()> {
        let purchases = Purchases {
            rules: r#"{"genesis_day": "1997-02-27", "supply": {"cap": "1"}}"#,
            journal: "{\"type\":\"a\"}\n{\"type\":\"c\",\"day\":\"1997-02-27\"}\n{\"type\":\"c\",\"day\":\"1997-02-28\"}\n",
        };
        // 2024 has a 29th of February.
        let last = Date::constant(2024, 3, 1);
        let (rules, journal) = purchases.ending(last, "{\"type\":\"y\"}\n", "{\"type\":\"t\"}\n")?;
        let read = |line: &str| serde_json::from_str::<Value>(line);
        assert_eq!(read(&rules)?, json!({"genesis_day": "2024-02-29", "supply": {"cap": "1"}}));
        let events = journal.lines().map(read).collect::<Result<Vec<_>, _>>()?;
        let expected = [
            json!({"type": "a"}),
            json!({"type": "c", "day": "2024-02-29"}),
            json!({"type": "y"}),
            json!({"type": "c", "day": "2024-03-01"}),
            json!({"type": "t"}),
        ];
        assert_eq!(events, expected);
        Ok(())
    }
}
