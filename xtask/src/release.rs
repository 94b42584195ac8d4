//! `cargo xtask release`: everything that is handed over, in one directory.

use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};
use clap::Args;
use sha2::{Digest as _, Sha256};

use crate::build;
use crate::command;
use crate::npm;
use crate::place;
use crate::setup;
use crate::stamp::files_below;
use crate::steps::{Steps, note};
use crate::tools;

/// The version of cargo-deb that is installed.
const CARGO_DEB: &str = "3.8.0";

/// What the Debian package takes from here: manual pages and completions.
const PARTS: &str = "server/debian/parts";

/// Make what is handed over: the program with the wallet inside, its Debian package, the npm package, and their checksums.
///
/// Nothing is published (RELEASING.md).
#[derive(Args)]
pub struct Options {}

pub fn run(_: &Options, steps: &mut Steps) -> Result<()> {
    let toolchain = setup::for_building(steps)?;
    build::everything(&toolchain, steps)?;
    steps.loud("compile the program", || {
        command::run(command::cargo().args([
            "build",
            "--profile=dist",
            "--package=gongxiang-server",
            "--bin=gongxiang",
        ]))
    })?;
    let program = place::target().join("dist/gongxiang");
    let version = version(&program)?;
    let into = place::target().join(format!("gongxiang-{version}"));
    place::remove(&into)?;
    fs::create_dir_all(&into).with_context(|| format!("cannot make {}", place::shown(&into)))?;
    let system = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    fs::copy(&program, into.join(format!("gongxiang-{version}-{system}"))).context("cannot copy the program")?;
    steps.quiet("manual pages and completions", || parts(&program))?;
    debian(&into, steps)?;
    steps.loud("the npm package", || {
        let mut pack = npm::npm();
        command::run(pack.current_dir(place::at("pkg")).args(["pack", "--silent", "--pack-destination"]).arg(&into))
    })?;
    steps.quiet("checksums", || checksums(&into))?;
    note(format!("everything is in {}", place::shown(&into)));
    Ok(())
}

/// The version that the program says.
fn version(program: &Path) -> Result<String> {
    let said = command::output(command::command(program).arg("--version"))?;
    let version = said.split_whitespace().nth(1).context("the program does not say its version")?;
    Ok(version.to_owned())
}

fn parts(program: &Path) -> Result<()> {
    let parts = place::at(PARTS);
    place::remove(&parts)?;
    fs::create_dir_all(&parts).with_context(|| format!("cannot make {PARTS}"))?;
    command::run(command::command(program).arg("man").arg(parts.join("man")))?;
    for (shell, file) in [("bash", "gongxiang.bash"), ("zsh", "_gongxiang"), ("fish", "gongxiang.fish")] {
        let text = command::output(command::command(program).args(["completions", shell]))?;
        fs::write(parts.join(file), text).with_context(|| format!("cannot write {PARTS}/{file}"))?;
    }
    Ok(())
}

/// The package for Debian, where its tools are.
fn debian(into: &Path, steps: &mut Steps) -> Result<()> {
    // It finds out which libraries the program needs.
    if command::find("dpkg-shlibdeps").is_none() {
        steps.already("the Debian package", "left out: there is no dpkg-dev here");
        return Ok(());
    }
    let program = tools::install("cargo-deb", CARGO_DEB, steps)?;
    steps.loud("the Debian package", || {
        let mut deb = command::command(program);
        // It has no changes of Debian's own, so no revision.
        deb.args(["--no-build", "--profile=dist", "--package=gongxiang-server", "--deb-revision=", "--output"]);
        command::run(deb.arg(into))
    })
}

/// Writes `SHA256SUMS`, which `sha256sum --check` reads.
fn checksums(into: &Path) -> Result<()> {
    let mut sums = String::new();
    for file in files_below(into)? {
        let content = fs::read(&file).with_context(|| format!("cannot read {}", place::shown(&file)))?;
        let sum = Sha256::digest(&content).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        // Writing to a string cannot fail.
        _ = writeln!(sums, "{sum}  {name}");
    }
    fs::write(into.join("SHA256SUMS"), sums).context("cannot write the checksums")
}
