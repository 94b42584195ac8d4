//! `gongxiang review`: red flags of a rule set and of the books of a journal or a database, with their sources and cleaner alternatives.

use std::fmt::Write as _;
use std::io::{self, Write as _};
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use clap::{Args, ValueEnum};
use gongxiang::quantity::Rate;
use gongxiang::review::{Declaration, Finding, Severity, review};
use serde_json::Value;

use super::economy::PastOfBook;
use super::rules;
use crate::flags::{explained, rate};
use crate::language::Language;

/// What to review, and what the operator declares.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// The rule set: a file (TOML or JSON) or a preset (seed, single-level).
    #[arg(default_value = "seed")]
    rules: String,
    /// Also look at the books of this journal; `-` for standard input.
    #[arg(long)]
    journal: Option<PathBuf>,
    /// Look at the rules in force and the books of this database, as for `serve`; the server may keep running.
    #[arg(long, conflicts_with_all = ["journal", "rules"])]
    database: Option<String>,
    /// The usual concession, as a part of an order's amount.
    #[arg(long, default_value = "0.1", value_parser = rate)]
    concession_rate: Rate,
    /// Declare that points are tied to equity, a listing or tokens.
    #[arg(long)]
    security_link: bool,
    /// Declare that somebody is paid, outside the rules, for packs that others buy.
    #[arg(long)]
    pack_commission: bool,
    /// Days within which a buyer may return an online purchase.
    #[arg(long, default_value_t = 7)]
    return_days: u64,
    /// The output format.
    #[arg(long, value_enum, default_value = "table")]
    format: Format,
    /// The language.
    #[arg(long, value_enum, default_value = "en")]
    language: Language,
}

/// How to show findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// As text.
    Table,
    /// As one JSON list, with the texts.
    Json,
}

/// Prints the findings; returns `false` if one is red.
pub fn run(options: &Options) -> Result<bool> {
    let declared = Declaration {
        concession_rate: options.concession_rate,
        security_link: options.security_link,
        pack_commission: options.pack_commission,
        return_days: options.return_days,
    };
    let past = match (&options.database, &options.journal) {
        (Some(database), _) => Some(PastOfBook::of_database(database)?),
        (None, Some(journal)) => Some(PastOfBook::of_journal(&rules::load(&options.rules)?, journal)?),
        (None, None) => None,
    };
    // The rules of a journal are reviewed as they are named; a database has rules of its own, which may have changed.
    let rules = match &past {
        Some(past) if options.database.is_some() => past.rules().clone(),
        _ => rules::load(&options.rules)?,
    };
    let mut findings = review(&rules, &declared)?;
    if let Some(past) = past {
        findings.extend(past.findings()?);
        findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    }
    let shown = match options.format {
        Format::Table => table(&findings, options.language),
        Format::Json => {
            let all: Vec<_> = findings.iter().map(|finding| explained(finding, options.language)).collect();
            serde_json::to_string(&all)? + "\n"
        }
    };
    io::stdout().lock().write_all(shown.as_bytes()).context("cannot write the result")?;
    Ok(findings.iter().all(|finding| finding.severity != Severity::Red))
}

fn table(findings: &[Finding], language: Language) -> String {
    if findings.is_empty() {
        return format!("{}\n", language.name("no_flag"));
    }
    let mut out = String::new();
    for finding in findings {
        let all = explained(finding, language);
        let text = |key: &str| all[key].as_str().unwrap_or_default().to_owned();
        let severity = language.name(all["severity"].as_str().unwrap_or_default());
        let evidence: Vec<_> = finding.evidence.iter().map(|e| format!("{} = {}", e.key, e.value)).collect();
        // Writing to a string cannot fail.
        _ = writeln!(out, "{severity:<7} {}  {}: {}", finding.code, text("title"), text("when"));
        _ = writeln!(out, "        {}", evidence.join(", "));
        for source in all["rules"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            _ = writeln!(out, "        {source}");
        }
        _ = writeln!(out, "        → {}\n", text("cleaner"));
    }
    _ = writeln!(out, "{}", language.name("sources_note"));
    out
}
