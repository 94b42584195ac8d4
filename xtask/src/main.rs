//! `cargo xtask`: every task that a person or the CI runs, set-up included.
//!
//! The map, from the ground up:
//!
//! | file | what it knows |
//! |---|---|
//! | [`steps`] | one line a step, with its time |
//! | [`place`] | where things are in this repository |
//! | [`command`] | starting other programs |
//! | [`parallel`] | work on several things at once |
//! | [`stamp`] | which steps are up to date |
//! | [`packages`] | Debian's packages, and advice on other systems |
//! | [`toolchain`] | a Rust that can build for WebAssembly |
//! | [`npm`] | Node and the npm development tools |
//! | [`browser`] | a Chromium for the browser tests |
//! | [`books`] | hledger and beancount for the tests of the exported books |
//! | [`postgres`] | a throw-away `PostgreSQL` for the tests of the server |
//! | [`wasm`] | cargo → raw WebAssembly |
//! | [`bind`] | raw WebAssembly → JS glue and a small, checked binary |
//! | [`presets`] | the rule sets as a JavaScript module |
//! | [`mvp`] | checks that a binary has nothing newer than WebAssembly 1.0 |
//! | [`compress`] | brotli |
//! | [`budget`] | how large the results may be |
//! | [`build`] | the package and the wallet |
//! | [`modules`] | which module uses which |
//! | [`faults`] | what is killed, and what fills up |
//! | [`tools`] | programs that cargo installs |
//! | [`fuzz`] | libFuzzer at every border |
//! | [`release`] | what is handed over |
//! | [`setup`], [`demo`], [`mod@test`], [`mod@bench`], [`check`], [`clean`] | the other subcommands |

mod bench;
mod bind;
mod books;
mod browser;
mod budget;
mod build;
mod check;
mod clean;
mod command;
mod compress;
mod demo;
mod faults;
mod fuzz;
mod modules;
mod mvp;
mod npm;
mod packages;
mod parallel;
mod place;
mod postgres;
mod presets;
mod release;
mod setup;
mod stamp;
mod steps;
mod test;
mod toolchain;
mod tools;
mod wasm;

use std::process::ExitCode;

use clap::{Parser, Subcommand};
use steps::Steps;

/// Every task of this repository. Each does only what is not done yet, and sets up what it needs.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", arg_required_else_help = true)]
struct Arguments {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    Setup(setup::Options),
    Build(build::Options),
    Demo(demo::Options),
    Test(test::Options),
    Bench(bench::Options),
    Faults(faults::Options),
    Fuzz(fuzz::Options),
    Release(release::Options),
    Check(check::Options),
    Clean(clean::Options),
}

fn main() -> ExitCode {
    let steps = &mut Steps::default();
    let result = match Arguments::parse().task {
        Task::Setup(options) => setup::run(&options, steps).map(drop),
        Task::Build(options) => build::run(&options, steps),
        Task::Demo(options) => demo::run(&options, steps),
        Task::Test(options) => test::run(&options, steps),
        Task::Bench(options) => bench::run(&options, steps),
        Task::Faults(options) => faults::run(&options, steps),
        Task::Fuzz(options) => fuzz::run(&options, steps),
        Task::Release(options) => release::run(&options, steps),
        Task::Check(options) => check::run(&options, steps),
        Task::Clean(options) => clean::run(&options, steps),
    };
    if let Err(error) = result {
        // Prints one sentence with its causes: a backtrace of this task would not explain the failure.
        eprintln!("\nfailed: {error:#}");
        return ExitCode::FAILURE;
    }
    ExitCode::SUCCESS
}
