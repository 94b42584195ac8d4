//! `cargo xtask demo`: a real shop's purchases settled by the rules, in one command.

use std::fs;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::build;
use crate::command;
use crate::place;
use crate::setup;
use crate::steps::{self, Steps};

/// Build everything and settle the CDNOW purchases.
///
/// The settlement server and the wallet are not written yet, so nothing is served: the result is left in a file.
#[derive(Args)]
pub struct Options {}

const DIRECTORY: &str = "target/demo";

/// Builds, and settles the journal.
pub fn run(_: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::everything(&toolchain, steps)?;
    steps.loud("compile the command line", || {
        command::run(command::cargo().args(["build", "--release", "--package=gongxiang-server", "--bin=gongxiang"]))
    })?;
    let directory = place::at(DIRECTORY);
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {DIRECTORY}"))?;
    let result = directory.join("cdnow.json");
    steps.loud("settle the CDNOW journal", || {
        let output = fs::File::create(&result).with_context(|| format!("cannot write {}", place::shown(&result)))?;
        command::run(
            command::command(place::target().join("release").join("gongxiang"))
                .args(["replay", "--rules", "tests/data/cdnow.rules.json", "tests/data/cdnow.jsonl"])
                .stdout(output),
        )
    })?;
    steps::note(format_args!("no server and no wallet yet: state, refusals and days are in {}", place::shown(&result)));
    Ok(())
}
