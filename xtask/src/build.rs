//! `cargo xtask build`: the npm package's binary and the wallet.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::bind::{self, Aim, Glue};
use crate::budget;
use crate::command;
use crate::compress;
use crate::miniprogram;
use crate::place;
use crate::presets;
use crate::setup;
use crate::steps::Steps;
use crate::toolchain::Toolchain;
use crate::wasm::{self, Crate};

/// Build the package (pkg/dist, `pkg/miniprogram_dist`) and the wallet (www/dist), and hold them to their budgets.
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
    /// The rules and the economy, for the npm package: pkg/dist.
    Package,
    /// The browser wallet: www/dist.
    Wallet,
}

const PACKAGE: Crate = Crate {
    package: "gongxiang",
    target: "gongxiang",
    subcommand: "rustc",
    // If Cargo.toml said `cdylib`, every native build would link one too.
    profile: "wasm",
    arguments: &["--features=wasm", "--lib", "--crate-type=cdylib"],
};

const ECONOMY: Crate = Crate {
    profile: "wasm-economy",
    arguments: &["--features=wasm-economy", "--lib", "--crate-type=cdylib"],
    ..PACKAGE
};

const PHONE: Crate = Crate { arguments: &["--features=wasm-wallet", "--lib", "--crate-type=cdylib"], ..PACKAGE };

const WALLET: Crate = Crate {
    package: "gongxiang-www",
    target: "wallet",
    subcommand: "build",
    profile: "wasm",
    arguments: &["--bin=wallet"],
};

const DESK: Crate = Crate { target: "desk", arguments: &["--bin=desk"], ..WALLET };

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

pub fn everything(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    package(toolchain, steps)?;
    wallet(toolchain, steps)
}

/// The npm package's binaries and glue.
pub fn package(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    let raw = steps.loud("compile the package", || wasm::compile(&PACKAGE, toolchain))?;
    bind::bind(&raw, "gongxiang", Glue::Bare, Aim::Size, &place::at("pkg/dist"), steps)?;
    steps.quiet("write the presets for JavaScript", presets::write)?;
    let raw = steps.loud("compile the package's economy", || wasm::compile(&ECONOMY, toolchain))?;
    // It lies inside `pkg/dist`, which a new build of the package empties. Then this is built again as well.
    bind::bind(&raw, "economy", Glue::Bare, Aim::Speed, &place::at("pkg/dist/economy"), steps)?;
    steps.quiet("bundle the widget", || command::run(command::command("node").arg("tools/bundle.mjs")))?;
    budget::check(&["package", "widget", "economy"], steps)?;
    let raw = steps.loud("compile the package for mini-programs", || wasm::compile(&PHONE, toolchain))?;
    bind::bind(&raw, "phone", Glue::Bare, Aim::Size, &place::at("pkg/dist/phone"), steps)?;
    miniprogram::build(steps)
}

/// Copies the chart library. Its minified file is a plain script, so an `export` makes a module of it.
fn charts(into: &Path) -> Result<()> {
    let library = place::at("tools/node_modules/uplot/dist");
    let read = |name| fs::read_to_string(library.join(name)).with_context(|| format!("npm's uplot has no {name}"));
    let script = read("uPlot.iife.min.js")? + "export default uPlot;\n";
    fs::write(into.join("uplot.js"), script).context("cannot write uplot.js")?;
    fs::write(into.join("uplot.css"), read("uPlot.min.css")?).context("cannot write uplot.css")
}

fn wallet(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    let raw = steps.loud("compile the wallet", || wasm::compile(&WALLET, toolchain))?;
    let into = place::at("www/dist");
    bind::bind(&raw, "wallet", Glue::Page, Aim::Page, &into, steps)?;
    let raw = steps.loud("compile the operator's desk", || wasm::compile(&DESK, toolchain))?;
    // It lies inside `www/dist`, which a new build of the wallet empties. Then this is built again as well.
    bind::bind(&raw, "desk", Glue::Page, Aim::Page, &into.join("desk"), steps)?;
    steps.quiet("copy the wallet's pages", || {
        let pages = place::at("www/static");
        if !pages.join("index.html").is_file() {
            bail!("www/static/index.html is missing, and without it the wallet has no page");
        }
        bind::copy_all(&pages, &into)?;
        charts(&into)
    })?;
    steps.quiet("compress the wallet's pages", || compress::beside(&into))?;
    budget::check(&["wallet", "desk"], steps)
}
