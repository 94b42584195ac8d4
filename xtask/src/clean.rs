//! `cargo xtask clean`: removes what the tasks made.

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

const BUILT: [&str; 8] = [
    "pkg/dist",
    "pkg/miniprogram_dist",
    "server/debian/parts",
    "pkg/widget.js",
    "miniprogram/utils/catalogue.js",
    "www/built",
    "www/dist",
    "target/demo",
];

const INSTALLED: [&str; 5] = [
    "tools/node_modules",
    "tools/packaging/node_modules",
    "tools/lighthouse/node_modules",
    "tools/miniprogram/node_modules",
    "tools/venv",
];

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let installed = if options.all { INSTALLED.as_slice() } else { &[] };
    let paths = BUILT.iter().chain(installed).map(|path| place::at(path));
    for path in paths.chain([place::wasm_target()]).filter(|path| path.exists()) {
        steps.quiet(&format!("remove {}", place::shown(&path)), || remove(&path))?;
    }
    if options.all {
        steps.loud("cargo clean", || command::run(command::cargo().arg("clean")))?;
    }
    Ok(())
}
