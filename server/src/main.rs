//! The `gongxiang` command line: serve, replay a journal, export its books, import orders, check a rule set.
//!
//! Exit codes: 0 done, 1 the rules say no (a refusal under `--strict`, an unsound rule set), 2 it could not be tried.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use gongxiang_server::{api, audit, books, import, journal, keys, rules, serve};

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
    /// Operators and merchants send a key (`gongxiang keys add`), members sign in.
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
        /// Let everybody see and do everything, and sign in as any member; on this machine only.
        #[arg(long)]
        demo_mode: bool,
        /// Let a demo be reached from other machines.
        #[arg(long, requires = "demo_mode")]
        demo_anywhere: bool,
        /// The directory of the wallet's files, served at `/`.
        #[arg(long)]
        wallet: Option<PathBuf>,
        /// Address and port; port 0 takes a free one.
        #[arg(long, default_value = "127.0.0.1:8080")]
        listen: SocketAddr,
    },
    /// Rebuild everything from the journal and compare every row; exit code 1 if the books do not add up.
    ///
    /// Works on one moment's state while the server goes on.
    Audit {
        /// As for `serve`.
        #[arg(long, default_value = "sqlite:gongxiang.db")]
        database: String,
    },
    /// Print the OpenAPI document of the server.
    Openapi,
    /// Make, list and revoke API keys.
    Keys {
        /// As for `serve`.
        #[arg(long, default_value = "sqlite:gongxiang.db")]
        database: String,
        #[command(subcommand)]
        task: keys::Task,
    },
    Export(books::Options),
    Import(import::Options),
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
        Task::Serve { database, rules, demo, demo_mode, demo_anywhere, wallet, listen } => {
            serve::run(&serve::Options { database, rules, demo, demo_mode, demo_anywhere, wallet, listen })
                .map(|()| true)
        }
        Task::Openapi => {
            println!("{}", api::openapi::text());
            Ok(true)
        }
        Task::Keys { database, task } => keys::run(&database, &task).map(|()| true),
        Task::Audit { database } => audit::run(&database),
        Task::Export(options) => books::run(&options),
        Task::Import(options) => import::run(&options),
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
