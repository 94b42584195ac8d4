//! `cargo xtask clean`: what the tasks made, removed.

use std::fs;

use anyhow::Result;
use clap::Args;

use crate::command;
use crate::place::{self, remove};
use crate::steps::Steps;

/// Remove what was built: the package's and the wallet's files, the WebAssembly builds, the demo's database.
#[derive(Args)]
pub struct Options {
    /// The npm tools, the Python environment and all of cargo's builds as well. What apt installed stays.
    #[arg(long)]
    all: bool,
}

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    for directory in [
        place::at("pkg/dist"),
        place::at("pkg/miniprogram_dist"),
        place::at("www/built"),
        place::at("www/dist"),
        place::at("target/demo"),
        place::wasm_target(),
    ] {
        if directory.exists() {
            steps.quiet(&format!("remove {}", place::shown(&directory)), || remove(&directory))?;
        }
    }
    for name in ["pkg/widget.js", "miniprogram/utils/catalogue.js"] {
        let file = place::at(name);
        if file.exists() {
            steps.quiet(&format!("remove {name}"), || Ok(fs::remove_file(&file)?))?;
        }
    }
    if options.all {
        steps.quiet("remove tools/node_modules", || remove(&place::at("tools/node_modules")))?;
        steps.quiet("remove tools/packaging/node_modules", || remove(&place::at("tools/packaging/node_modules")))?;
        steps.quiet("remove tools/lighthouse/node_modules", || remove(&place::at("tools/lighthouse/node_modules")))?;
        steps
            .quiet("remove tools/miniprogram/node_modules", || remove(&place::at("tools/miniprogram/node_modules")))?;
        steps.quiet("remove tools/venv", || remove(&place::at("tools/venv")))?;
        steps.loud("cargo clean", || command::run(command::cargo().arg("clean")))?;
    }
    Ok(())
}
