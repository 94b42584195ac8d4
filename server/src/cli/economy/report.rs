//! A report as one self-contained page: no script, no font, no network.

use std::fmt::Write as _;

use gongxiang::economy::{DayFigures, Run};
use gongxiang::review::Finding;

use super::plot::{self, Curve};
use super::table::{fields, short, some_days, totals};
use crate::flags::explained;
use crate::language::Language;

const STYLE: &str = include_str!("report.css");

/// The maximum number of points of a line.
const POINTS: usize = 400;

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Renders the page; `note` is the key of the sentence that says what the report is.
#[must_use]
pub fn html(title: &str, rules: &str, note: &str, run: &Run, findings: &[Finding], language: Language) -> String {
    let word = |key: &str| escape(&language.name(key));
    let colon = language.colon();
    let mut out = format!(
        "<!doctype html>\n<html lang=\"{}\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{} – {}</title><style>{STYLE}</style></head><body><main>\n<h1>{}{colon}{}</h1>\n<p>{}{colon}{}</p>\n<p>{}</p>\n",
        language.tag(),
        escape(title),
        word("report"),
        word("report"),
        escape(title),
        word("rules_used"),
        escape(rules),
        word(note),
    );
    out.push_str("<div class=\"plots\">");
    for section in [
        &["price", "clearing"][..],
        &["turnover"],
        &["total"],
        &["release_yield"],
        &["worth"],
        &["coverage", "refused"],
    ] {
        figure(&mut out, run, section, language);
    }
    if run.cohorts.len() > 1 {
        let bars: Vec<_> = run
            .cohorts
            .iter()
            .map(|cohort| (cohort.from_day.to_string(), plot::place(&cohort.came_back.to_string())))
            .collect();
        let heading = word("section.came_back");
        _ = write!(out, "<figure><figcaption>{heading}</figcaption>{}</figure>", plot::bars(&heading, &bars));
    }
    out.push_str("</div>\n");
    flags(&mut out, findings, language);
    let rows = totals(run).into_iter().map(|(name, value)| vec![language.name(&name), value]);
    table(&mut out, &word("totals"), &[language.name("figure"), language.name("value")], rows);
    for (heading, columns, rows) in [
        (
            "probes",
            &["day", "after", "points", "worth", "worth_then", "left", "closed_law"][..],
            run.probes.iter().map(fields).collect::<Vec<_>>(),
        ),
        (
            "cohorts",
            &["from_day", "members", "promised", "left", "points", "worth", "cash", "kept", "came_back"],
            run.cohorts.iter().map(fields).collect(),
        ),
        (
            "days",
            &[
                "day",
                "members",
                "turnover",
                "price",
                "clearing",
                "gap",
                "total",
                "release_yield",
                "circulation",
                "worth",
                "refused",
                "coverage",
            ],
            some_days(run).map(fields).collect(),
        ),
    ] {
        let names: Vec<_> = columns.iter().map(|name| language.name(name)).collect();
        let rows = rows.iter().map(|row| {
            let cell = |name: &&str| row.iter().find(|(key, _)| key == name).map_or("", |(_, value)| value.as_str());
            columns.iter().map(|name| short(cell(name)).into()).collect()
        });
        table(&mut out, &word(heading), &names, rows);
    }
    out.push_str("</main></body></html>\n");
    out
}

/// One plot of these fields of the days.
fn figure(out: &mut String, run: &Run, names: &[&str], language: Language) {
    let step = run.days.len().div_ceil(POINTS).max(1);
    // Always include the last day, where the axis ends.
    let last = run.days.len().saturating_sub(1);
    let drawn = |(i, _): &(usize, &DayFigures)| i.is_multiple_of(step) || *i == last;
    let days: Vec<&DayFigures> = run.days.iter().enumerate().filter(drawn).map(|(_, day)| day).collect();
    let rows: Vec<_> = days.iter().map(fields).collect();
    let value = |row: &[(String, String)], name: &str| {
        row.iter().find(|(key, _)| key == name).map_or(0.0, |(_, value)| plot::place(value))
    };
    let lines: Vec<_> = names
        .iter()
        .map(|name| Curve {
            name: escape(&language.name(name)),
            points: rows.iter().map(|row| (value(row, "day"), value(row, name))).collect(),
        })
        .collect();
    let heading = escape(&language.name(&format!("section.{}", names[0])));
    let plot = plot::lines(&heading, language.around_day(), &lines);
    // Writing to a string cannot fail.
    _ = write!(out, "<figure><figcaption>{heading}</figcaption>{plot}</figure>");
}

fn flags(out: &mut String, findings: &[Finding], language: Language) {
    if findings.is_empty() {
        return;
    }
    _ = write!(out, "<h2>{}</h2><ul>", escape(&language.name("findings")));
    for finding in findings {
        let all = explained(finding, language);
        let text = |key: &str| escape(all[key].as_str().unwrap_or_default());
        let evidence: Vec<_> = finding.evidence.iter().map(|e| escape(&format!("{} = {}", e.key, e.value))).collect();
        _ = write!(
            out,
            "<li><strong>{}</strong> {}: {} ({}). → {}</li>",
            finding.code,
            text("title"),
            text("when"),
            evidence.join(", "),
            text("cleaner")
        );
    }
    out.push_str("</ul>\n");
}

fn table(out: &mut String, heading: &str, names: &[String], rows: impl Iterator<Item = Vec<String>>) {
    let mut rows = rows.peekable();
    if rows.peek().is_none() {
        return;
    }
    _ = write!(out, "<h2>{heading}</h2><div class=\"scroll\"><table><thead><tr>");
    for name in names {
        _ = write!(out, "<th>{}</th>", escape(name));
    }
    out.push_str("</tr></thead><tbody>\n");
    for row in rows {
        out.push_str("<tr>");
        for cell in row {
            _ = write!(out, "<td>{}</td>", escape(&cell));
        }
        out.push_str("</tr>\n");
    }
    out.push_str("</tbody></table></div>\n");
}
