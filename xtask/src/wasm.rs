//! cargo → raw WebAssembly: one crate of the workspace, small and for old phones.

use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde::Deserialize;

use crate::command;
use crate::place;
use crate::toolchain::Toolchain;

/// Flags for rustc beyond the profile.
///
/// - `target-cpu=mvp`: WebAssembly 1.0, which old phones take as well.
/// - `immediate-abort`: a panic is a trap without a message. The rules answer with values, so the messages and the code
///   that formats them would be dead weight.
/// - `erase_components`: leptos boxes views instead of giving each a type, which makes the wallet a tenth smaller.
const RUSTC_FLAGS: [&str; 4] =
    ["-Ctarget-cpu=mvp", "-Zunstable-options", "-Cpanic=immediate-abort", "--cfg=erase_components"];

/// Arguments for cargo: rebuild the standard library, and make it small.
const CARGO_FLAGS: [&str; 7] = [
    "--locked",
    "--target=wasm32-unknown-unknown",
    "--message-format=json-render-diagnostics",
    "-Zbuild-std=std,panic_abort",
    "-Zbuild-std-features=optimize_for_size",
    "--no-default-features",
    "--package",
];

/// A crate to compile, in terms of cargo's arguments.
pub struct Crate {
    pub package: &'static str,
    /// Name of the library or of the binary.
    pub target: &'static str,
    /// `rustc` if the arguments name the crate type, `build` if the crate does.
    pub subcommand: &'static str,
    pub profile: &'static str,
    /// Further arguments, after the package's name.
    pub arguments: &'static [&'static str],
}

/// One line of cargo's report, as far as it is read here.
#[derive(Deserialize)]
struct CargoMessage {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Compiles the crate if it is not up to date, and returns the path of the binary.
pub fn compile(part: &Crate, toolchain: &Toolchain) -> Result<PathBuf> {
    compile_all(&[part], toolchain)?.pop().context("nothing was compiled")
}

/// [`compile`], for targets of one package that differ in their arguments only: cargo links several at once.
pub fn compile_all(parts: &[&Crate], toolchain: &Toolchain) -> Result<Vec<PathBuf>> {
    let Some(first) = parts.first() else { return Ok(Vec::new()) };
    let mut cargo = toolchain.cargo();
    cargo
        .arg(first.subcommand)
        .args(CARGO_FLAGS)
        .arg(first.package)
        .args(["--profile", first.profile])
        .args(parts.iter().flat_map(|part| part.arguments))
        .arg("--target-dir")
        .arg(place::wasm_target())
        // Takes precedence over `RUSTFLAGS` and any configuration, so that the result is the same on every machine.
        .env("CARGO_ENCODED_RUSTFLAGS", rustc_flags(toolchain).join("\x1f"))
        .stdout(Stdio::piped());
    let report = command::output(&mut cargo).with_context(|| format!("`{}` does not compile", first.package))?;
    parts.iter().map(|part| binary_of(part, &report)).collect()
}

/// The binary of a target, in cargo's report.
fn binary_of(part: &Crate, report: &str) -> Result<PathBuf> {
    let mut results = report
        .lines()
        .filter_map(|line| serde_json::from_str::<CargoMessage>(line).ok())
        .filter(|message| message.reason == "compiler-artifact")
        // A dependency that is a cdylib produces WebAssembly too.
        .filter(|message| message.target.as_ref().is_some_and(|target| target.name == part.target))
        .flat_map(|message| message.filenames)
        .filter(|file| file.extension().is_some_and(|extension| extension == "wasm"));
    match (results.next(), results.next()) {
        (Some(result), None) => Ok(result),
        (None, _) => bail!("`{}` compiled to no WebAssembly: is it a binary or a cdylib?", part.target),
        _ => bail!("`{}` compiled to more than one WebAssembly file", part.target),
    }
}

/// The flags. Paths are remapped, so that the binary names no directory of this machine.
fn rustc_flags(toolchain: &Toolchain) -> Vec<String> {
    let mut flags: Vec<_> = RUSTC_FLAGS.map(str::to_owned).into();
    for (directory, name) in
        [(Some(toolchain.sysroot.clone()), "rust"), (place::cargo_home(), "cargo"), (Some(place::root()), ".")]
    {
        if let Some(directory) = directory {
            flags.push(format!("--remap-path-prefix={}={name}", directory.display()));
        }
    }
    flags
}
