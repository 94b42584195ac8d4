//! `cargo xtask test`: everything that CI runs.

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread;

use anyhow::{Context as _, Result, bail};
use clap::Args;
use gongxiang_cluster::Cluster;

use crate::books::{self, BookReaders};
use crate::browser::{self, Browser};
use crate::build;
use crate::command;
use crate::npm;
use crate::place;
use crate::postgres;
use crate::setup;
use crate::stamp::files_below;
use crate::steps::Steps;

/// Run every test: native, in Node, in a browser; build first, and check types and sizes.
///
/// A directory of tests that is missing or empty is a failure. Ends with a table of the steps and their times.
#[derive(Args)]
pub struct Options {
    /// Leave out the browser, and the tests that need it.
    #[arg(long)]
    no_browser: bool,
}

/// Runs every test, and prints the table of times even if one fails.
pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let result = all(options, steps);
    steps.print_table();
    result
}

/// Builds what the tests need, and runs all of them. A step that fails hides none of the others.
fn all(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    let browser = if options.no_browser { None } else { Some(browser::set_up(steps)?) };
    let readers = books::set_up(steps)?;
    npm::set_up_miniprogram(steps)?;
    build::everything(&toolchain, steps)?;
    let postgres = postgres::start(steps)?;
    let mut tests = Tests { steps, failed: Vec::new() };
    tests.step("types of the package", types);
    tests.step("native tests", || native(&readers, &postgres));
    // Its programs are built for browsers only.
    tests.step("tests of the wallet's library", || {
        command::run(command::cargo().args(["test", "--package=gongxiang-www", "--lib"]))
    });
    tests.step("Node tests", || node_tests("tests/node", None));
    tests.step("mini-program tests", || node_tests("tests/miniprogram", None));
    if let Some(browser) = browser {
        npm::set_up_packaging(tests.steps)?;
        tests.step("packaging tests", || node_tests("tests/packaging", Some(&browser)));
        npm::set_up_lighthouse(tests.steps)?;
        // Lighthouse measures, so nothing runs beside it.
        let (measured, others): (Vec<_>, Vec<_>) =
            tests_in("tests/browser")?.into_iter().partition(|file| file.to_string_lossy().contains("lighthouse"));
        tests.step("browser tests", || in_browser(&others, &browser, &postgres));
        tests.step("Lighthouse", || command::run(&mut node(&measured, 1, Some(&browser))));
    }
    tests.end()
}

/// The steps that test, and the titles of those that failed.
struct Tests<'a> {
    steps: &'a mut Steps,
    failed: Vec<&'static str>,
}

impl Tests<'_> {
    fn step(&mut self, title: &'static str, work: impl FnOnce() -> Result<()>) {
        if let Err(error) = self.steps.loud(title, work) {
            eprintln!("{error:#}");
            self.failed.push(title);
        }
    }

    fn end(self) -> Result<()> {
        match self.failed.as_slice() {
            [] => Ok(()),
            failed => bail!("failed: {}", failed.join(", ")),
        }
    }
}

fn native(readers: &BookReaders, postgres: &Cluster) -> Result<()> {
    let mut tests = command::cargo();
    // A failure in one crate hides none in another.
    tests.args(["test", "--no-fail-fast", "--workspace"]);
    tests.args(["--exclude=gongxiang-www", "--exclude=gongxiang-bench-server"]);
    // A test of the server waits for it half of the time.
    let at_once = 2 * thread::available_parallelism().map_or(1, usize::from);
    tests.args(["--", &format!("--test-threads={at_once}")]);
    command::run(readers.tell(&mut tests).env(postgres::VARIABLE, postgres.url()))
}

fn in_browser(files: &[PathBuf], browser: &Browser, postgres: &Cluster) -> Result<()> {
    let directory = place::target().join("tmp");
    fs::create_dir_all(&directory).context("cannot make a directory for the book of the tests")?;
    let book = directory.join("demo-book.db");
    command::run(with_server(command::command("node").arg("tests/browser/book.mjs").arg(&book)))?;
    // A browser waits much: two files at once take little more time than one.
    let mut tests = node(files, 2, Some(browser));
    command::run(tests.env(postgres::VARIABLE, postgres.url()).env("DEMO_BOOK", &book))
}

/// Every `*.test.mjs` in the directory. Named one by one: what `node --test <directory>` does has changed between Node's versions.
fn tests_in(directory: &str) -> Result<Vec<PathBuf>> {
    files_ending(directory, ".test.mjs")
}

/// Runs the directory's tests, one file after another.
fn node_tests(directory: &str, browser: Option<&Browser>) -> Result<()> {
    command::run(&mut node(&tests_in(directory)?, 1, browser))
}

/// Node with these files of tests, so many at once.
fn node(files: &[PathBuf], at_once: u8, browser: Option<&Browser>) -> Command {
    let mut node = command::command("node");
    node.arg("--test").arg(format!("--test-concurrency={at_once}")).args(files);
    if let Some(browser) = browser {
        with_server(browser.tell(&mut node));
    }
    node
}

/// Tells the server's program. The native tests built it; a release build would take minutes.
fn with_server(node: &mut Command) -> &mut Command {
    node.env("GONGXIANG_BIN", place::target().join("debug").join("gongxiang"))
}

/// Checks the package's types, and the hand-written modules that ask for it with `// @ts-check`.
fn types() -> Result<()> {
    command::run(
        npm::tool("typescript/bin/tsc")
            .args(["--noEmit", "--strict", "--allowJs", "--target", "es2022"])
            .args(["--module", "nodenext", "--lib", "es2022,dom", "--types", "node"])
            .arg("--typeRoots")
            .arg(place::at("tools/node_modules/@types"))
            .args(["pkg/index.d.ts", "pkg/wallet.d.ts", "pkg/economy.d.ts", "pkg/widget.d.ts"].map(place::at))
            .args(files_ending("pkg", ".mjs")?),
    )
}

fn files_ending(directory: &str, end: &str) -> Result<Vec<PathBuf>> {
    let path = place::at(directory);
    if !path.is_dir() {
        bail!("{directory} is missing");
    }
    let files: Vec<_> = files_below(&path)?.into_iter().filter(|file| file.to_string_lossy().ends_with(end)).collect();
    if files.is_empty() {
        bail!("{directory} has no file whose name ends in {end}");
    }
    Ok(files)
}
