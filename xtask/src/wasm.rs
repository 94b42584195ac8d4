//! cargo → raw WebAssembly: one crate of the workspace, built small and for the oldest machines.

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
/// - `immediate-abort`: a panic is a trap without a message. The rules answer with values, never with a panic,
///   so the messages and all that formats them would only be carried along.
/// - `erase_components`: leptos' views are boxed instead of being a type each; the wallet is a tenth smaller by it.
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
    /// The subcommand: `rustc` where the crate type has to be said, `build` where the crate says it itself.
    pub subcommand: &'static str,
    pub profile: &'static str,
    /// Further arguments, after the package's name.
    pub arguments: &'static [&'static str],
}

/// One line of cargo's report, as far as it matters here.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
}

/// Compiles the crate, if cargo finds that it has to, and says where the result is.
pub fn compile(part: &Crate, toolchain: &Toolchain) -> Result<PathBuf> {
    let mut cargo = toolchain.cargo();
    cargo
        .arg(part.subcommand)
        .args(CARGO_FLAGS)
        .arg(part.package)
        .args(["--profile", part.profile])
        .args(part.arguments)
        .arg("--target-dir")
        .arg(place::wasm_target())
        // Takes precedence over `RUSTFLAGS` and any configuration, so that the result is the same on every machine.
        .env("CARGO_ENCODED_RUSTFLAGS", rustc_flags(toolchain).join("\x1f"))
        .stdout(Stdio::piped());
    let report = command::output(&mut cargo).with_context(|| format!("`{}` does not compile", part.target))?;
    let mut results = report
        .lines()
        .filter_map(|line| serde_json::from_str::<Message>(line).ok())
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

/// The flags, and a remapping of paths, so that no directory of this machine gets into the binary.
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
