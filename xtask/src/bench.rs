//! `cargo xtask bench`: how fast the rules are, natively and as WebAssembly.

use anyhow::Result;
use clap::Args;

use crate::build;
use crate::command;
use crate::setup;
use crate::steps::Steps;

/// Measure: the native benchmarks, then the package in Node (benches/wasm.mjs).
#[derive(Args)]
pub struct Options {}

/// Builds the package and measures.
pub fn run(_: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::package(&toolchain, steps)?;
    steps.loud("native benchmarks", || command::run(command::cargo().arg("bench")))?;
    steps.loud("benchmarks in Node", || command::run(command::command("node").arg("benches/wasm.mjs")))
}
