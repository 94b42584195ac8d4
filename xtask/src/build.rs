//! `cargo xtask build`: the npm package's binary and the wallet.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::bind::{self, Aim, Glue};
use crate::budget;
use crate::command;
use crate::compress;
use crate::place;
use crate::presets;
use crate::setup;
use crate::stamp::{files_below, read};
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
    steps.quiet("bundle the widget", || node("tools/bundle.mjs"))?;
    budget::check(&["package", "widget", "economy"], steps)?;
    let raw = steps.loud("compile the package for mini-programs", || wasm::compile(&PHONE, toolchain))?;
    bind::bind(&raw, "phone", Glue::Bare, Aim::Size, &place::at("pkg/dist/phone"), steps)?;
    steps.quiet("bundle for mini-programs", || node("tools/miniprogram.mjs"))?;
    budget::check(&["miniprogram"], steps)
}

fn node(script: &str) -> Result<()> {
    command::run(command::command("node").arg(script))
}

/// Copies the chart library. Its minified file is a plain script, so an `export` makes a module of it.
fn charts(into: &Path) -> Result<()> {
    let library = place::at("tools/node_modules/uplot/dist");
    let read = |name| fs::read_to_string(library.join(name)).with_context(|| format!("npm's uplot has no {name}"));
    let script = read("uPlot.iife.min.js")? + "export default uPlot;\n";
    fs::write(into.join("uplot.js"), script).context("cannot write uplot.js")?;
    fs::write(into.join("uplot.css"), read("uPlot.min.css")?).context("cannot write uplot.css")
}

/// The wallet's files before the build has a name.
const UNNAMED: &str = "www/built";

fn wallet(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    let raw = steps.loud("compile the wallet", || wasm::compile(&WALLET, toolchain))?;
    let into = place::at(UNNAMED);
    bind::bind(&raw, "wallet", Glue::Page, Aim::Page, &into, steps)?;
    let raw = steps.loud("compile the operator's desk", || wasm::compile(&DESK, toolchain))?;
    // It lies inside `www/built`, which a new build of the wallet empties. Then this is built again as well.
    bind::bind(&raw, "desk", Glue::Page, Aim::Page, &into.join("desk"), steps)?;
    let pages = place::at("www/static");
    steps.quiet("copy the wallet's files", || {
        bind::copy_all(&pages.join("build"), &into)?;
        fs::copy(pages.join("icon.svg"), into.join("icon.svg")).context("the wallet has no icon")?;
        let scripts = ["boot.js", "chart.js"].map(|name| Path::new(UNNAMED).join(name));
        command::run(command::command("node").arg("tools/minify.mjs").args(scripts))?;
        charts(&into)
    })?;
    steps.quiet("compress the wallet's files", || compress::beside(&into))?;
    steps.quiet("name the build", || publish(&pages, &into, &place::at("www/dist")))?;
    budget::check(&["wallet", "desk"], steps)
}

/// Writes what a server serves: the pages, and the build's files in a directory with the build's name. So files of two builds
/// have different addresses, and no browser, cache or proxy can mix them.
fn publish(pages: &Path, built: &Path, into: &Path) -> Result<()> {
    let mut content = DefaultHasher::new();
    for file in files_below(built)? {
        file.strip_prefix(built).unwrap_or(&file).hash(&mut content);
        read(&file)?.hash(&mut content);
    }
    let name = format!("{:016x}", content.finish());
    place::remove(into)?;
    bind::copy_all(built, &into.join(&name))?;
    for file in files_below(pages)? {
        let inner = file.strip_prefix(pages).unwrap_or(&file);
        if inner.starts_with("build") {
            continue;
        }
        fs::copy(&file, into.join(inner)).with_context(|| format!("cannot copy {}", file.display()))?;
    }
    for (page, place, named) in [
        ("index.html", "\"build/", format!("\"{name}/")),
        ("sw.js", "const BUILD = 'build'", format!("const BUILD = '{name}'")),
    ] {
        let text = fs::read_to_string(into.join(page)).with_context(|| format!("the wallet has no {page}"))?;
        if !text.contains(place) {
            bail!("www/static/{page} does not say `{place}`, where the build's name belongs");
        }
        fs::write(into.join(page), text.replace(place, &named)).with_context(|| format!("cannot write {page}"))?;
    }
    compress::beside(into)
}
