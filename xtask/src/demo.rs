//! `cargo xtask demo`: the wallet and the settlement server with a real shop's purchases, in one command.

use std::fs;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::build;
use crate::command;
use crate::place;
use crate::setup;
use crate::steps::{self, Steps};

/// Build everything and serve the wallet, with the CDNOW purchases settled into a database.
///
/// The first start builds the release server and settles the journal into target/demo/demo.db; a later one
/// finds both. Stop it with Ctrl-C.
#[derive(Args)]
pub struct Options {
    /// The port to listen on, on this machine only.
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Settle the journal anew, into an empty database.
    #[arg(long)]
    fresh: bool,
}

const DIRECTORY: &str = "target/demo";

/// Builds, and serves until it is stopped.
pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::everything(&toolchain, steps)?;
    steps.loud("compile the server", || {
        command::run(command::cargo().args(["build", "--release", "--package=gongxiang-server", "--bin=gongxiang"]))
    })?;
    let directory = place::at(DIRECTORY);
    if options.fresh {
        place::remove(&directory)?;
    }
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {DIRECTORY}"))?;
    let address = format!("127.0.0.1:{}", options.port);
    steps::note(format_args!("open http://{address}/ when the server says that it listens; Ctrl-C stops it"));
    command::run(
        command::command(place::target().join("release").join("gongxiang"))
            .args(["serve", "--database", &format!("sqlite:{DIRECTORY}/demo.db")])
            .args(["--demo", "tests/data/cdnow.jsonl", "--rules", "tests/data/cdnow.rules.json"])
            .args(["--wallet", "www/dist", "--listen", &address]),
    )
}
