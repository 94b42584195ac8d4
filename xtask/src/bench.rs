//! `cargo xtask bench`: how fast the rules are, natively and as WebAssembly, and how soon the widget shows a number.

use anyhow::Result;
use clap::Args;

use crate::browser;
use crate::build;
use crate::command;
use crate::npm;
use crate::setup;
use crate::steps::Steps;

/// Measure: the native benchmarks, then the package in Node and Chromium (benches/wasm.mjs), then the widget beside a
/// reference page with Lit and decimal.js (benches/widget.mjs).
#[derive(Args)]
pub struct Options {}

/// Builds the package and measures.
pub fn run(_: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    let browser = browser::set_up(steps)?;
    npm::set_up_packaging(steps)?;
    build::package(&toolchain, steps)?;
    steps.loud("native benchmarks", || command::run(command::cargo().arg("bench")))?;
    for (title, script) in [("the package", "benches/wasm.mjs"), ("the widget", "benches/widget.mjs")] {
        steps.loud(&format!("benchmarks of {title}"), || {
            command::run(command::command("node").env(browser::VARIABLE, &browser).arg(script))
        })?;
    }
    Ok(())
}
