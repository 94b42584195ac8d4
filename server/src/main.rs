//! The `gongxiang` command line: serve, replay a journal, check a rule set.
//!
//! Exit codes: 0 done, 1 the rules say no (a refusal under `--strict`, an unsound rule set), 2 it could not be tried.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gongxiang_server::{economy, journal, review, rules, serve};

/// The settlement of 共享购.
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
    /// Settle over HTTP, kept in a database.
    ///
    /// Nobody signs in yet: whoever reaches the server may do everything, so it listens on loopback only.
    Serve {
        /// Where everything is kept; the file is made if there is none.
        #[arg(long, default_value = "sqlite:gongxiang.db")]
        database: String,
        /// The rule set with which a new book is opened: a file (TOML or JSON) or a preset (seed, single-level).
        /// An existing book keeps its own; if another one is named, the server does not start.
        #[arg(long)]
        rules: Option<String>,
        /// A journal to be settled into the database first, if that is empty.
        #[arg(long)]
        demo: Option<PathBuf>,
        /// The directory of the wallet's files, served at `/`.
        #[arg(long)]
        wallet: Option<PathBuf>,
        /// Address and port; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// What the scheme's numbers do, day by day: a scenario, or the past of a journal.
    Economy(economy::Options),
    /// Red flags of a rule set, and of a journal's books; exit code 1 where one of them is red.
    Review(review::Options),
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
        /// Also refuse it if it raises red flags that are not among these codes (`ENTRY_FEE,DEPTH`; may be empty).
        #[arg(long, value_delimiter = ',')]
        accept_flags: Option<Vec<String>>,
    },
}

fn main() -> ExitCode {
    let done = match Arguments::parse().task {
        Task::Replay { rules, strict, journal } => journal::replay(&rules, strict, &journal),
        Task::Serve { database, rules, demo, wallet, listen } => {
            serve::run(&serve::Options { database, rules, demo, wallet, listen }).map(|()| true)
        }
        Task::Economy(options) => economy::run(&options),
        Task::Review(options) => review::run(&options),
        Task::Rules { task: RulesTask::Check { file, accept_flags } } => rules::check(&file, accept_flags.as_deref()),
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
