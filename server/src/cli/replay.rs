//! `gongxiang replay`: settles a journal and prints the state.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, Result};
use gongxiang::wire::replay::Replay;
use gongxiang::event::Code;

use super::rules;
use crate::ledger::journal::Lines;

/// How often progress is shown, in lines.
const PROGRESS_EVERY: usize = 10_000;

/// Prints the object of RULES.md section 9; `false` if `strict` stopped at a refusal.
///
/// # Errors
/// If the rule set or the journal cannot be read, or the result not be written.
pub fn replay(rules: &str, strict: bool, journal: &Path) -> Result<bool> {
    let mut replay = Replay::new(rules::load(rules)?);
    let shows_progress = io::stderr().is_terminal();
    for line in Lines::open(journal)? {
        let line = line.context("cannot read on in the journal")?;
        let outcome = replay.push(line.map(|line| line.entry));
        let number = replay.lines();
        if let Err(refusal) = outcome {
            if strict || refusal.code == Code::BadEvent {
                eprintln!("line {number}: {refusal}");
            }
            if strict {
                return Ok(false);
            }
        }
        if shows_progress && number.is_multiple_of(PROGRESS_EVERY) {
            eprint!("\r{number} events");
        }
    }
    if shows_progress {
        eprintln!("\r{} events", replay.lines());
    }
    let mut output = io::stdout().lock();
    serde_json::to_writer(&mut output, &replay.finish()?).context("cannot write the result")?;
    writeln!(output).context("cannot write the result")?;
    Ok(true)
}
