//! Programs that a task needs and cargo installs, each in one version, below the target directory.

use std::path::PathBuf;

use anyhow::Result;

use crate::command;
use crate::place;
use crate::steps::Steps;

/// Finds or installs a program.
pub fn install(name: &str, version: &str, steps: &mut Steps) -> Result<PathBuf> {
    let root = place::target().join("tools").join(format!("{name}-{version}"));
    let program = root.join("bin").join(name).with_extension(std::env::consts::EXE_EXTENSION);
    if program.is_file() {
        steps.already(name, place::shown(&program));
    } else {
        steps.loud(name, || {
            let mut install = command::cargo();
            install.args(["install", "--locked", name, "--version", version, "--root"]);
            command::run(install.arg(&root))
        })?;
    }
    Ok(program)
}
