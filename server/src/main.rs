//! The `gongxiang` command line: replay a journal, check a rule set.
//!
//! Exit codes: 0 done, 1 the rules say no (a refusal under `--strict`, an unsound rule set), 2 it could not be tried.

mod journal;
mod rules;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// The settlement rules of 共享购, at the command line.
#[derive(Parser)]
#[command(name = "gongxiang", version)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Settle a journal (JSON Lines) and print the state, the refusals and the days as one JSON object.
    Replay {
        /// A rule set: a file (TOML or JSON) or a preset (seed, single-level).
        #[arg(long, default_value = "seed")]
        rules: String,
        /// Stop at the first refusal, with exit code 1.
        #[arg(long)]
        strict: bool,
        /// The journal; `-` for standard input.
        journal: PathBuf,
    },
    /// Work with rule sets.
    Rules {
        #[command(subcommand)]
        task: RulesTask,
    },
}

#[derive(Subcommand)]
enum RulesTask {
    /// Say whether a rule set is sound, and if not, where.
    Check {
        /// The rule set: a file (TOML or JSON) or a preset.
        file: String,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Replay { rules, strict, journal } => journal::replay(&rules, strict, &journal),
        Task::Rules { task: RulesTask::Check { file } } => rules::check(&file),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}
