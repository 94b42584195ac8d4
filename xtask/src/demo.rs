//! `cargo xtask demo`: settles a real shop's purchases, and serves the wallet that checks them.

use std::fs;
use std::net::SocketAddr;

use anyhow::{Context as _, Result};
use clap::Args;

use crate::build;
use crate::command;
use crate::place;
use crate::setup;
use crate::steps::{self, Steps};

/// Build everything, settle the CDNOW purchases into a fresh database, and serve the wallet.
///
/// Prints the address and serves until Ctrl-C. The database is made anew each time; nobody signs in, so only this
/// machine can reach it.
#[derive(Args)]
pub struct Options {
    /// Address and port of the server; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

const DIRECTORY: &str = "target/demo";

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::everything(&toolchain, steps)?;
    server(steps)?;
    let directory = place::at(DIRECTORY);
    place::remove(&directory)?;
    fs::create_dir_all(&directory).with_context(|| format!("cannot make {DIRECTORY}"))?;
    steps::note("settling the CDNOW purchases; then open the address below, and end with Ctrl-C");
    command::turn_into(
        command::command(place::target().join("release").join("gongxiang"))
            .args(["serve", "--demo-mode"])
            .arg(format!("--database=sqlite:{}", directory.join("gongxiang.db").display()))
            .args(["--rules=tests/data/cdnow.rules.json", "--demo=tests/data/cdnow.jsonl", "--wallet=www/dist"])
            .arg("--log=warn")
            .arg(format!("--listen={}", options.listen)),
    )
}

pub fn server(steps: &mut Steps) -> Result<()> {
    steps.loud("compile the server", || {
        command::run(command::cargo().args(["build", "--release", "--package=gongxiang-server", "--bin=gongxiang"]))
    })
}
