//! Where things are in this repository.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

/// The root of the workspace.
pub fn root() -> PathBuf {
    // Read at run time, so that a checkout can move without a rebuild of this task.
    let here =
        env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    here.parent().map_or_else(|| here.clone(), Path::to_path_buf)
}

/// A path below the root; `path` is written with `/`.
pub fn at(path: &str) -> PathBuf {
    root().join(path)
}

/// Where cargo puts what it builds.
pub fn target() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| at("target"), |directory| root().join(directory))
}

/// Where the WebAssembly builds go. They use another rustc and other flags than the native ones; in one directory, each would
/// make the other start again.
pub fn wasm_target() -> PathBuf {
    target().join("wasm")
}

/// A path as a person reads it: relative to the root, if it is below the root.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}

/// Where cargo keeps the sources of dependencies.
pub fn cargo_home() -> Option<PathBuf> {
    env::var_os("CARGO_HOME").map(PathBuf::from).or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// Deletes a file, or a directory with all below it, if it is there.
pub fn remove(path: &Path) -> Result<()> {
    let removed = if path.is_dir() {
        fs::remove_dir_all(path)
    } else if path.exists() {
        fs::remove_file(path)
    } else {
        Ok(())
    };
    removed.with_context(|| format!("cannot delete {}", shown(path)))
}
