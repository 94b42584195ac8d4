//! `cargo xtask check`: everything that can be found out without running anything.

use anyhow::Result;
use clap::Args;

use crate::command;
use crate::modules;
use crate::steps::Steps;

/// Check the form: rustfmt, clippy and the documentation, with every warning an error, and that no modules need each other.
#[derive(Args)]
pub struct Options {}

pub fn run(_: &Options, steps: &mut Steps) -> Result<()> {
    steps.loud("format", || command::run(command::cargo().args(["fmt", "--all", "--check"])))?;
    steps.loud("modules", modules::check)?;
    steps.loud("clippy", || clippy(&["--workspace", "--all-targets"]))?;
    // No native build turns these features on, and without them the JS surface is not compiled. They include `wasm`.
    steps.loud("clippy, the JS surface", || {
        clippy(&["--package=gongxiang", "--no-default-features", "--features=wasm-economy,wasm-phone"])
    })?;
    steps.loud("documentation", || {
        command::run(command::cargo().args(["doc", "--workspace", "--no-deps"]).env("RUSTDOCFLAGS", "-D warnings"))
    })
}

fn clippy(what: &[&str]) -> Result<()> {
    command::run(command::cargo().arg("clippy").args(what).args(["--", "-D", "warnings"]))
}
