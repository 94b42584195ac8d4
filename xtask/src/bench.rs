//! `cargo xtask bench`: how fast the rules are, natively and as WebAssembly, how soon the widget shows a number, and how
//! fast the server is.

use anyhow::Result;
use clap::{Args, Subcommand};

use crate::browser;
use crate::build;
use crate::command;
use crate::demo;
use crate::npm;
use crate::place;
use crate::postgres;
use crate::setup;
use crate::steps::Steps;

/// Measure: the native benchmarks, the package in Node and Chromium (benches/wasm.mjs), the widget beside a reference page
/// with Lit and decimal.js (benches/widget.mjs), the wallet (benches/frames.mjs), and the wallet by Lighthouse
/// (benches/lighthouse.mjs).
#[derive(Args)]
pub struct Options {
    #[command(subcommand)]
    what: Option<Subject>,
}

#[derive(Subcommand)]
enum Subject {
    /// Measure the settlement server instead: orders a second on `SQLite` and `PostgreSQL`, and with ten million accounts.
    ///
    /// Takes some minutes, and 8 GB in the system's temporary directory, which it frees at the end.
    Server {
        /// Passed to the bench: `--seconds`, `--accounts`; `--close` with `--orders`, `--trades`, `--memory`;
        /// `--hour` with `--minutes`, `--plots`; `--pages` with `--below`, `--shops`.
        #[arg(last = true)]
        arguments: Vec<String>,
    },
}

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    match &options.what {
        None => rules(steps),
        Some(Subject::Server { arguments }) => server(arguments, steps),
    }
}

fn rules(steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    let browser = browser::set_up(steps)?;
    npm::set_up_packaging(steps)?;
    npm::set_up_lighthouse(steps)?;
    build::everything(&toolchain, steps)?;
    demo::server(steps)?;
    steps.loud("native benchmarks", || command::run(command::cargo().arg("bench")))?;
    // The last two are written as tests.
    for (title, arguments) in [
        ("the package", ["benches/wasm.mjs"].as_slice()),
        ("the widget", &["benches/widget.mjs"]),
        ("the wallet", &["--test", "benches/frames.mjs"]),
        ("the wallet by Lighthouse", &["--test", "benches/lighthouse.mjs"]),
    ] {
        steps.loud(&format!("benchmarks of {title}"), || {
            command::run(browser.tell(&mut command::command("node")).args(arguments))
        })?;
    }
    Ok(())
}

fn server(arguments: &[String], steps: &mut Steps) -> Result<()> {
    postgres::set_up(steps)?;
    // Built apart: built together, the server would get the features that the other ledger asks for.
    for package in ["gongxiang-server", "gongxiang-bench-server"] {
        steps.loud(&format!("{package}, as it is deployed"), || {
            command::run(command::cargo().args(["build", "--profile=dist", "--package", package]))
        })?;
    }
    let program = |name: &str| place::target().join("dist").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    steps.loud("the server", || {
        command::run(command::command(program("gongxiang-bench-server")).arg(program("gongxiang")).args(arguments))
    })
}
