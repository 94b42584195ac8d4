//! Rows of a run: as CSV, and as a table of some of its days.

use std::fmt::Write as _;

use anyhow::Result;
use gongxiang::economy::Run;

use crate::language::Language;

/// The fields of a row of figures: names and values.
pub type Fields = Vec<(String, String)>;

pub fn cell<'a>(row: &'a [(String, String)], name: &str) -> &'a str {
    row.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value)
}

pub fn fields(row: &impl serde::Serialize) -> Fields {
    let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), String::from);
    match serde_json::to_value(row) {
        Ok(serde_json::Value::Object(map)) => map.iter().map(|(key, value)| (key.clone(), plain(value))).collect(),
        _ => Vec::new(),
    }
}

pub fn csv(run: &Run) -> Result<String> {
    let mut out = String::new();
    for (i, day) in run.days.iter().enumerate() {
        let fields = fields(day);
        if i == 0 {
            let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
            writeln!(out, "{}", names.join(","))?;
        }
        let values: Vec<_> = fields.iter().map(|(_, value)| value.as_str()).collect();
        writeln!(out, "{}", values.join(","))?;
    }
    Ok(out)
}

/// The maximum number of days in a table.
const ROWS: usize = 16;

/// The days of a table: evenly spaced, and always the last one.
pub fn some_days(run: &Run) -> impl Iterator<Item = &gongxiang::economy::DayFigures> {
    let step = run.days.len().div_ceil(ROWS).max(1);
    let last = run.days.len().saturating_sub(1);
    run.days.iter().enumerate().filter(move |(i, _)| i.is_multiple_of(step) || *i == last).map(|(_, day)| day)
}

pub fn table(title: &str, run: &Run, language: Language) -> String {
    let mut out = format!("{title}\n\n");
    let day =
        ["day", "turnover", "price", "clearing", "gap", "total", "release_yield", "circulation", "refused", "coverage"];
    rows(&mut out, &day, some_days(run).map(fields), language);
    let cohort = ["from_day", "members", "promised", "left", "points", "worth", "cash", "came_back"];
    rows(&mut out, &cohort, run.cohorts.iter().map(fields), language);
    let probe = ["day", "after", "points", "worth", "left", "closed_law"];
    rows(&mut out, &probe, run.probes.iter().map(fields), language);
    for (name, value) in totals(run) {
        // Writing to a string cannot fail.
        _ = writeln!(out, "{}: {value}", language.name(&name));
    }
    out
}

/// The totals with the nested income and mix as fields of their own.
pub fn totals(run: &Run) -> Fields {
    let mut all = fields(&run.totals);
    all.retain(|(name, _)| name != "income" && name != "mix");
    all.extend(fields(&run.totals.mix).into_iter().map(|(name, value)| (format!("mix.{name}"), value)));
    all.extend(fields(&run.totals.income).into_iter().map(|(name, value)| (format!("income.{name}"), value)));
    all
}

fn rows(out: &mut String, columns: &[&str], rows: impl Iterator<Item = Fields>, language: Language) {
    let mut lines = vec![columns.iter().map(|name| language.name(name)).collect::<Vec<_>>()];
    for row in rows {
        lines.push(columns.iter().map(|name| short(cell(&row, name)).into()).collect());
    }
    if lines.len() == 1 {
        return;
    }
    let width = |text: &str| text.chars().map(|c| if c.is_ascii() { 1 } else { 2 }).sum::<usize>();
    let widths: Vec<_> =
        (0..columns.len()).map(|i| lines.iter().map(|line: &Vec<String>| width(&line[i])).max().unwrap_or(0)).collect();
    for line in lines {
        for (cell, wide) in line.iter().zip(&widths) {
            _ = write!(out, "{}{cell}  ", " ".repeat(wide - width(cell)));
        }
        out.push('\n');
    }
    out.push('\n');
}

/// A decimal shortened to four places (six if it begins with zeros); JSON and CSV have every digit.
pub fn short(value: &str) -> &str {
    let places = if value.starts_with("0.00") { 6 } else { 4 };
    match value.split_once('.') {
        Some((whole, part)) if part.len() > places && whole.bytes().all(|b| b.is_ascii_digit()) => {
            let kept = if whole.len() > 4 { whole.len() } else { whole.len() + 1 + places };
            &value[..kept]
        }
        _ => value,
    }
}
