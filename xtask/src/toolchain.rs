//! A Rust that can build for `wasm32-unknown-unknown`.
//!
//! The standard library is always rebuilt from its sources: the ready-made one uses instructions newer than
//! WebAssembly 1.0, and is larger. So what is needed is a rustc with its sources and a linker, not a target.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::command;
use crate::packages;
use crate::steps::Steps;

/// The oldest rustc that will do; the workspace's `rust-version`.
const OLDEST: (u32, u32) = (1, 95);

/// A rustc with the sources of its standard library, its cargo, and a linker for WebAssembly.
pub struct Toolchain {
    /// The directory above `bin/rustc`.
    pub sysroot: PathBuf,
    /// What `rustc --version` says.
    pub version: String,
    /// The linker, if it is not the `rust-lld` that rustc finds by itself.
    linker: Option<PathBuf>,
}

impl Toolchain {
    /// The first one that is complete: the active one, rustup's others, the system's.
    pub fn find() -> Option<Self> {
        sysroots().iter().find_map(|sysroot| Self::at(sysroot))
    }

    /// Finds one or, on Debian, installs one.
    pub fn set_up(steps: &mut Steps) -> Result<Self> {
        if Self::find().is_none() && packages::is_debian() {
            packages::install(
                &["rustc-web", "cargo-web", "rust-web-src", "lld-22"],
                "no Rust here has the sources of its standard library, which WebAssembly 1.0 needs \
                 (`rustup component add rust-src` would do as well)",
                steps,
            )?;
        }
        let Some(toolchain) = Self::find() else { bail!("{}", advice()) };
        steps.already("Rust for WebAssembly", format_args!("{} in {}", toolchain.version, toolchain.sysroot.display()));
        Ok(toolchain)
    }

    /// This toolchain's cargo, with this toolchain's rustc and linker. `RUSTC_BOOTSTRAP=1` makes a stable toolchain
    /// accept `-Z` options.
    pub fn cargo(&self) -> Command {
        let mut command = command::command(self.sysroot.join("bin").join("cargo"));
        command
            .env("RUSTC", self.sysroot.join("bin").join("rustc"))
            .env("RUSTC_BOOTSTRAP", "1")
            // `cargo run` puts the native toolchain's libraries first; this rustc must find its own.
            .env_remove("LD_LIBRARY_PATH")
            .env_remove("DYLD_FALLBACK_LIBRARY_PATH")
            .env_remove("RUSTUP_TOOLCHAIN");
        if let Some(linker) = &self.linker {
            command.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
        }
        command
    }

    fn at(sysroot: &Path) -> Option<Self> {
        let tool = |name: &str| sysroot.join("bin").join(format!("{name}{}", env::consts::EXE_SUFFIX));
        if !tool("cargo").is_file() || !sysroot.join("lib/rustlib/src/rust/library/std/Cargo.toml").is_file() {
            return None;
        }
        let report = command::output(command::command(tool("rustc")).arg("-vV")).ok()?;
        let field = |name: &str| report.lines().find_map(|line| line.strip_prefix(name)).map(str::trim);
        let release = field("release:")?;
        if number_pair(release)? < OLDEST {
            return None;
        }
        let rust_lld = sysroot.join("lib/rustlib").join(field("host:")?).join("bin/rust-lld");
        let linker = if rust_lld.with_extension(env::consts::EXE_EXTENSION).is_file() {
            None
        } else {
            // An older lld may not know what this LLVM writes, so the one with its number comes first.
            let numbered = field("LLVM version:").and_then(|version| version.split('.').next());
            let numbered = numbered.and_then(|number| command::find(&format!("wasm-ld-{number}")));
            Some(numbered.or_else(|| command::find("wasm-ld"))?)
        };
        Some(Self { sysroot: sysroot.to_path_buf(), version: format!("rustc {release}"), linker })
    }
}

/// The directories where a rustc may be, the likeliest first.
fn sysroots() -> Vec<PathBuf> {
    let active = command::first_line("rustc", &["--print", "sysroot"]).map(PathBuf::from);
    // Under rustup, the other toolchains are beside the active one.
    let rustup = active.as_deref().and_then(Path::parent).filter(|parent| parent.ends_with("toolchains"));
    let mut fellows: Vec<_> = rustup
        .and_then(|directory| fs::read_dir(directory).ok())
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    fellows.sort();
    active.into_iter().chain(fellows).chain(["/usr".into()]).collect()
}

/// `1.96.0` → `(1, 96)`.
fn number_pair(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(['.', '-']).map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// What to do where nothing was found and nothing could be installed.
fn advice() -> String {
    let (major, minor) = OLDEST;
    let how = if command::find("rustup").is_some() {
        "run `rustup component add rust-src`".to_owned()
    } else if command::find("dnf").is_some() {
        "run `dnf install rust-src lld`, or install rustup and run `rustup component add rust-src`".to_owned()
    } else {
        "install Rust with rustup and run `rustup component add rust-src`".to_owned()
    };
    format!(
        "there is no Rust here that can build for WebAssembly: it takes rustc {major}.{minor} or newer with the \
         sources of its standard library and a linker: {how}, and try again"
    )
}
