//! The system's packages: apt on Debian; elsewhere, advice on what to install.
//!
//! Only Debian is supported, because CI uses its Rust for WebAssembly and its Chromium. Other systems name their packages
//! differently, and people there should decide what to install.

use std::fs;

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::steps::{self, Steps};

/// Whether this is Debian. Ubuntu is not: it has no `rustc-web`, and its `chromium` is a snap.
pub fn is_debian() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| text.lines().any(|line| line == "ID=debian"))
        && command::find("apt-get").is_some()
}

/// Installs the packages that are missing, with a line that says why. Needs root or sudo.
pub fn install(names: &[&str], why: &str, steps: &mut Steps) -> Result<()> {
    let missing: Vec<_> = names.iter().copied().filter(|name| !is_installed(name)).collect();
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    steps::note(format_args!("Debian's packages {list} are missing: {why}."));
    let privilege = Privilege::find().with_context(|| {
        format!(
            "only root may install them, and there is no sudo: run `apt-get update && apt-get install {list}` as root"
        )
    })?;
    steps.loud("apt-get update", || privilege.apt_get(&["-q", "update"]))?;
    let arguments: Vec<_> = ["-q", "install", "--yes", "--no-install-recommends"].into_iter().chain(missing).collect();
    steps.loud(&format!("apt-get install {list}"), || privilege.apt_get(&arguments))
}

/// How apt may be run here.
enum Privilege {
    Root,
    Sudo,
}

impl Privilege {
    fn find() -> Option<Self> {
        if command::first_line("id", &["-u"]).as_deref() == Some("0") {
            Some(Self::Root)
        } else {
            command::find("sudo").map(|_| Self::Sudo)
        }
    }

    fn apt_get(&self, arguments: &[&str]) -> Result<()> {
        let mut command = match self {
            Self::Root => command::command("apt-get"),
            Self::Sudo => {
                let mut command = command::command("sudo");
                command.arg("apt-get");
                command
            }
        };
        // A question would wait for ever in the CI, and would be hidden behind the progress elsewhere.
        if let Err(error) = command::run(command.env("DEBIAN_FRONTEND", "noninteractive").args(arguments)) {
            bail!("{error}; its own words are above");
        }
        Ok(())
    }
}

fn is_installed(name: &str) -> bool {
    command::first_line("dpkg-query", &["--show", "--showformat=${db:Status-Status}", name]).as_deref()
        == Some("installed")
}
