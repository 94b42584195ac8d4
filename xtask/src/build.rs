//! `cargo xtask build`: the npm package's binary and the wallet.

use anyhow::{Result, bail};
use clap::{Args, ValueEnum};

use crate::bind::{self, Glue};
use crate::budget;
use crate::miniprogram;
use crate::place;
use crate::presets;
use crate::setup;
use crate::steps::Steps;
use crate::toolchain::Toolchain;
use crate::wasm::{self, Crate};

/// Build the package (pkg/dist, pkg/miniprogram_dist) and the wallet (www/dist), and hold them to their size budgets.
///
/// Compiles with a rebuilt standard library, binds with wasm-bindgen, shrinks with wasm-opt, and checks that the
/// binary is strict WebAssembly 1.0: one binary for browsers, Node and mini-programs. A step whose inputs did
/// not change is skipped. The first build takes some minutes, for the standard library.
#[derive(Args)]
pub struct Options {
    /// Build only this part.
    #[arg(value_enum)]
    only: Option<Part>,
}

#[derive(Clone, Copy, PartialEq, ValueEnum)]
enum Part {
    /// The rules, for the npm package: pkg/dist.
    Package,
    /// The browser wallet: www/dist.
    Wallet,
}

const PACKAGE: Crate = Crate {
    package: "gongxiang",
    subcommand: "rustc",
    // A cdylib only here: as a crate type in Cargo.toml, every native build would link one too.
    arguments: &["--features=wasm", "--lib", "--crate-type=cdylib"],
};

const WALLET: Crate = Crate { package: "gongxiang-www", subcommand: "build", arguments: &[] };

/// Sets up what is needed and builds.
pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    if options.only != Some(Part::Wallet) {
        package(&toolchain, steps)?;
    }
    if options.only != Some(Part::Package) {
        wallet(&toolchain, steps)?;
    }
    Ok(())
}

/// Both parts.
pub fn everything(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    package(toolchain, steps)?;
    wallet(toolchain, steps)
}

/// The npm package's binary and glue.
pub fn package(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    let raw = steps.loud("compile the package", || wasm::compile(&PACKAGE, toolchain))?;
    bind::bind(&raw, "gongxiang", Glue::Bare, &place::at("pkg/dist"), steps)?;
    steps.quiet("write the presets for JavaScript", presets::write)?;
    budget::check(&["package"], steps)?;
    miniprogram::build(steps)
}

fn wallet(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    let raw = steps.loud("compile the wallet", || wasm::compile(&WALLET, toolchain))?;
    let into = place::at("www/dist");
    bind::bind(&raw, "wallet", Glue::Page, &into, steps)?;
    steps.quiet("copy the wallet's pages", || {
        let pages = place::at("www/static");
        if !pages.join("index.html").is_file() {
            bail!("www/static/index.html is missing, and without it the wallet has no page");
        }
        bind::copy_all(&pages, &into)
    })?;
    budget::check(&["wallet"], steps)
}
