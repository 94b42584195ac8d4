//! pkg/miniprogram → `pkg/miniprogram_dist`, which a mini-program copies as it is; and `WeChat`'s own tools for the tests of it.

use anyhow::Result;

use crate::budget;
use crate::command;
use crate::npm;
use crate::place;
use crate::steps::Steps;

/// Makes the package's part for mini-programs from its binary and its presets: half a second.
pub fn build(steps: &mut Steps) -> Result<()> {
    steps.quiet("bundle for mini-programs", || {
        command::run(command::command("node").arg(place::at("tools/miniprogram.mjs")))
    })?;
    budget::check_directory("miniprogram", steps)
}

/// `WeChat`'s tools, which only the tests need.
pub fn set_up(steps: &mut Steps) -> Result<()> {
    npm::install("tools/miniprogram", "WeChat's tools", steps)
}
