//! A report as one self-contained page: no script, no font, no network.

use std::fmt::Write as _;

use gongxiang::economy::{Cohort, DayFigures, Run};
use gongxiang::review::Finding;

use super::plot::{self, Curve};
use super::table::{Fields, cell, fields, short, some_days, totals};
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
    plots(&mut out, run, language);
    flags(&mut out, findings, language);
    let rows = totals(run).into_iter().map(|(name, value)| vec![language.name(&name), value]);
    table(&mut out, &word("totals"), &[language.name("figure"), language.name("value")], rows);
    fields_table(&mut out, "probes", &PROBE, run.probes.iter().map(fields), language);
    fields_table(&mut out, "cohorts", &COHORT, run.cohorts.iter().map(fields), language);
    fields_table(&mut out, "days", &DAY, some_days(run).map(fields), language);
    out.push_str("</main></body></html>\n");
    out
}

const PLOTS: [&[&str]; 6] =
    [&["price", "clearing"], &["turnover"], &["total"], &["release_yield"], &["worth"], &["coverage", "refused"]];
const PROBE: [&str; 7] = ["day", "after", "points", "worth", "worth_then", "left", "closed_law"];
const COHORT: [&str; 9] = ["from_day", "members", "promised", "left", "points", "worth", "cash", "kept", "came_back"];
#[rustfmt::skip]
const DAY: [&str; 12] = [
    "day", "members", "turnover", "price", "clearing", "gap", "total", "release_yield", "circulation", "worth",
    "refused", "coverage",
];

fn plots(out: &mut String, run: &Run, language: Language) {
    out.push_str("<div class=\"plots\">");
    for names in PLOTS {
        draw(out, run, names, language);
    }
    if run.cohorts.len() > 1 {
        let bar = |cohort: &Cohort| (cohort.from_day.to_string(), plot::place(&cohort.came_back.to_string()));
        let bars: Vec<_> = run.cohorts.iter().map(bar).collect();
        let heading = escape(&language.name("section.came_back"));
        // Writing to a string cannot fail.
        _ = write!(out, "<figure><figcaption>{heading}</figcaption>{}</figure>", plot::bars(&heading, &bars));
    }
    out.push_str("</div>\n");
}

/// A table of some fields of rows.
fn fields_table(
    out: &mut String,
    heading: &str,
    columns: &[&str],
    rows: impl Iterator<Item = Fields>,
    language: Language,
) {
    let names: Vec<_> = columns.iter().map(|name| language.name(name)).collect();
    let rows = rows.map(|row| columns.iter().map(|name| short(cell(&row, name)).into()).collect());
    table(out, &escape(&language.name(heading)), &names, rows);
}

/// One plot of these fields of the days.
fn draw(out: &mut String, run: &Run, names: &[&str], language: Language) {
    let step = run.days.len().div_ceil(POINTS).max(1);
    // Always include the last day, where the axis ends.
    let last = run.days.len().saturating_sub(1);
    let drawn = |(i, _): &(usize, &DayFigures)| i.is_multiple_of(step) || *i == last;
    let days: Vec<&DayFigures> = run.days.iter().enumerate().filter(drawn).map(|(_, day)| day).collect();
    let rows: Vec<_> = days.iter().map(fields).collect();
    let value = |row: &[(String, String)], name: &str| plot::place(cell(row, name));
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_word_of_tables_and_reports_is_in_the_catalogue_and_none_is_left_over() {
        const OTHERS: [&str; 16] = [
            "report",
            "rules_used",
            "assumes",
            "happened",
            "totals",
            "figure",
            "value",
            "probes",
            "cohorts",
            "days",
            "findings",
            "no_flag",
            "sources_note",
            "red",
            "high",
            "notice",
        ];
        let totals = totals(&Run::default()).into_iter().map(|(name, _)| name);
        let sections = PLOTS.iter().filter_map(|names| names.first()).chain(&["came_back"]);
        let sections = sections.map(|name| format!("section.{name}"));
        let named = [&DAY[..], &COHORT, &PROBE, &OTHERS].concat().into_iter().map(String::from);
        let used: BTreeSet<String> = totals.chain(sections).chain(named).collect();
        let catalogue = gongxiang_words::keys(gongxiang_words::Language::En);
        let words = catalogue.iter().filter(|(section, _)| *section == "reports").flat_map(|(_, words)| *words);
        assert_eq!(words.map(|word| String::from(*word)).collect::<BTreeSet<_>>(), used);
    }
}
