//! Reads the arguments of `gongxiang` and calls the command.
//!
//! Exit codes: 0 success, 1 the rules say no (a refusal under `--strict`, an invalid rule set), 2 the command could
//! not run.

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{CommandFactory as _, FromArgMatches as _, Parser, Subcommand};
use gongxiang::identity::Day;
use gongxiang_server::cli::config::CommandLine;
use gongxiang_server::cli::settings::{Database, Settings, parse_day};
use gongxiang_server::cli::webhooks::{self, WebhooksTask};
use gongxiang_server::cli::{
    audit, backup, days, economy, export, import, init, keys, manual, openapi, replay, review, rules, serve, staff,
    wind_down,
};
use gongxiang_server::logs;

/// Rows are allocated on the database's threads and freed on HTTP threads; the system's allocator is slow at that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Settle, serve, audit and export the books of a 共享购 scheme.
#[derive(Parser)]
#[command(name = "gongxiang", version)]
struct Arguments {
    /// Read settings from this TOML file; each key is the name of a flag [default: `gongxiang.toml`, if it exists]
    #[arg(long, global = true, env = "GONGXIANG_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
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
        /// Store the result in this new database (`sqlite:…` or `postgres://…`) instead of printing it; stops at the
        /// first refusal.
        #[arg(long, value_name = "DATABASE", conflicts_with = "strict")]
        into: Option<String>,
        /// The place of the last event to settle, from 0; `gongxiang export --format jsonl` shows places.
        #[arg(long, value_name = "PLACE")]
        until: Option<usize>,
        /// Continue with the database of `--into`, a backup that holds the first events of the journal.
        #[arg(long, requires = "into", conflicts_with_all = ["rules", "first_day"])]
        go_on: bool,
        /// The first day of the book, `YYYY-MM-DD`, if it differs from the `genesis_day` of the rules.
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        first_day: Option<Day>,
        /// The journal, or what `gongxiang export --format jsonl` wrote; `-` for standard input.
        journal: PathBuf,
    },
    /// Run the settlement server.
    ///
    /// Operators and merchants authenticate with a key (`gongxiang keys add`); members sign in.
    Serve(Box<Settings>),
    /// Print every setting of `serve` with its value and where it came from.
    Config(Box<Settings>),
    /// Rebuild the books from the journal and compare every row; exit code 1 if they differ.
    ///
    /// Works on a snapshot, so the server may keep running.
    Audit(Database),
    /// Write a snapshot of a `SQLite` database into a new file; the server may keep running.
    Backup {
        #[command(flatten)]
        database: Database,
        /// The new file.
        file: PathBuf,
    },
    /// Check a backup, then restore it as a new `SQLite` database.
    Restore {
        /// The backup.
        file: PathBuf,
        #[command(flatten)]
        database: Database,
    },
    /// Manage webhooks, which tell other systems about events (Standard Webhooks).
    Webhooks {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        task: WebhooksTask,
    },
    Export(export::Options),
    Import(Box<import::Options>),
    Init(Box<init::Options>),
    /// Print the server's `OpenAPI` document.
    Openapi,
    /// Add, list and revoke API keys.
    Keys {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        task: keys::KeysTask,
    },
    /// Add, list and end staff: people with names who sign in by passkey.
    Staff {
        #[command(flatten)]
        database: Database,
        #[command(subcommand)]
        task: staff::StaffTask,
    },
    /// Simulate a scenario day by day, or show the figures of a journal or a database.
    Economy(Box<economy::Options>),
    WindDown(wind_down::Options),
    /// Show the red flags of a rule set, and of a journal or a database; exit code 1 if any flag is red.
    Review(review::Options),
    /// Close days that a server does not close by itself.
    #[command(subcommand)]
    Days(DaysTask),
    /// Print the completions of a shell, for example `gongxiang completions bash > /etc/bash_completion.d/gongxiang`.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Write the manual: a page for the program and one for each command.
    Man {
        /// Where the pages go, such as `/usr/local/share/man/man1`.
        directory: PathBuf,
    },
    /// Work with rule sets.
    Rules {
        #[command(subcommand)]
        task: RulesTask,
    },
}

#[derive(Subcommand)]
enum DaysTask {
    /// Close every day from the open one up to a day that is over; the server may keep running.
    CatchUp {
        #[command(flatten)]
        database: Database,
        /// The time zone whose midnight ends a day, as for `serve`.
        #[arg(long, env = "GONGXIANG_ZONE", default_value = "Asia/Shanghai")]
        zone: String,
        /// The last day to close, `YYYY-MM-DD`.
        #[arg(long, value_name = "DAY", value_parser = parse_day)]
        until: Day,
    },
}

#[derive(Subcommand)]
enum RulesTask {
    /// Check whether a rule set is valid; name the key that is not.
    Check {
        /// The rule set: a file (TOML or JSON) or a preset.
        file: String,
        /// Also fail if the rule set raises a red flag that is not among these codes (`ENTRY_FEE,DEPTH`; may be empty).
        #[arg(long, value_delimiter = ',')]
        accept_flags: Option<Vec<String>>,
    },
    /// Print the rule set of a database as JSON: the one in force, or the one with which the book was opened.
    Show {
        #[command(flatten)]
        database: Database,
        /// Print the one with which the book was opened; `gongxiang replay` needs it.
        #[arg(long)]
        genesis: bool,
    },
    /// Adopt the keys of a rule set that differ from the rules in force; the server may keep running.
    Adopt {
        #[command(flatten)]
        database: Database,
        /// The rule set: a file (TOML or JSON) or a preset.
        file: String,
        /// The codes of the red flags that you accept; `gongxiang review` explains them.
        #[arg(long, value_delimiter = ',')]
        accept_flags: Vec<String>,
    },
}

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::from(2)
        }
    }
}

/// Returns `false` if the rules say no.
fn run() -> Result<bool> {
    let command_line = CommandLine::read(Arguments::command())?;
    match Arguments::from_arg_matches(&command_line.matches)?.task {
        Task::Replay { rules, strict: _, into: Some(database), until, go_on, first_day, journal } => {
            let (rules, journal, database) = (&rules, &journal, &database);
            replay::replay_into(&replay::ReplayTask { rules, first_day, journal, until, go_on, database })
        }
        Task::Replay { rules, strict, into: None, until, go_on: _, first_day, journal } => {
            replay::replay(&rules, first_day, strict, until, &journal)
        }
        Task::Days(DaysTask::CatchUp { database: Database { database }, zone, until }) => {
            days::catch_up(&database, &zone, until)
        }
        Task::Serve(settings) => {
            logs::start(&settings.log, settings.log_format)?;
            serve::run(&settings).map(|()| true)
        }
        Task::Config(_) => {
            print!("{}", command_line.settings());
            Ok(true)
        }
        Task::Audit(Database { database }) => audit::run(&database),
        Task::Backup { database: Database { database }, file } => backup::backup(&database, &file),
        Task::Restore { file, database: Database { database } } => backup::restore(&file, &database),
        Task::Webhooks { database: Database { database }, task } => webhooks::run(&database, &task),
        Task::Export(options) => export::run(&options),
        Task::Import(options) => import::run(&options),
        Task::Init(options) => init::run(&options),
        Task::Openapi => {
            openapi::run();
            Ok(true)
        }
        Task::Keys { database: Database { database }, task } => keys::run(&database, &task).map(|()| true),
        Task::Staff { database: Database { database }, task } => staff::run(&database, &task).map(|()| true),
        Task::Economy(options) => economy::run(&options),
        Task::Review(options) => review::run(&options),
        Task::WindDown(options) => wind_down::run(&options),
        Task::Completions { shell } => {
            manual::completions(Arguments::command(), shell);
            Ok(true)
        }
        Task::Man { directory } => manual::pages(Arguments::command(), &directory).map(|()| true),
        Task::Rules { task: RulesTask::Check { file, accept_flags } } => rules::check(&file, accept_flags.as_deref()),
        Task::Rules { task: RulesTask::Show { database: Database { database }, genesis } } => {
            rules::show(&database, genesis)
        }
        Task::Rules { task: RulesTask::Adopt { database: Database { database }, file, accept_flags } } => {
            rules::adopt(&database, &file, accept_flags)
        }
    }
}
