//! hledger and beancount, which read the exported books in the tests.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::packages;
use crate::place;
use crate::stamp::Stamp;
use crate::steps::Steps;

/// The variable that names another hledger, and that tells the tests where it is.
pub const HLEDGER: &str = "HLEDGER";

/// The variable that tells the tests where beancount's programs are.
pub const BEANCOUNT: &str = "BEANCOUNT";

/// The variable that tells the tests where schemathesis is, which lies beside beancount.
pub const SCHEMATHESIS: &str = "SCHEMATHESIS";

/// The variable that names another Python to make beancount's environment with.
const PYTHON: &str = "PYTHON";

/// Programs that read the exported books.
pub struct BookReaders {
    hledger: PathBuf,
    beancount: PathBuf,
}

impl BookReaders {
    /// Sets the variables that tell a test where they are.
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let schemathesis = self.beancount.join(format!("schemathesis{}", env::consts::EXE_SUFFIX));
        command.env(HLEDGER, &self.hledger).env(BEANCOUNT, &self.beancount).env(SCHEMATHESIS, schemathesis)
    }
}

/// Finds hledger or, on Debian, installs it; puts beancount of `tools/requirements.txt` into a Python environment.
pub fn set_up(steps: &mut Steps) -> Result<BookReaders> {
    Ok(BookReaders { hledger: hledger(steps)?, beancount: beancount(steps)? })
}

fn hledger(steps: &mut Steps) -> Result<PathBuf> {
    let find = || env::var_os(HLEDGER).map(PathBuf::from).or_else(|| command::find("hledger"));
    if find().is_none() && packages::is_debian() {
        packages::install(&["hledger"], "it reads the exported books in the tests", steps)?;
    }
    let hledger = find().with_context(|| {
        format!(
            "the tests of the exported books need hledger 1.25 or newer: install it from your system's packages \
             (`apt install hledger`, `brew install hledger`), or say where it is: {HLEDGER}=/path/to/hledger"
        )
    })?;
    let version = command::first_line(&hledger, &["--version"])
        .with_context(|| format!("{} does not say which version it is", hledger.display()))?;
    steps.already("hledger", version);
    Ok(hledger)
}

/// The directory of the environment's programs.
fn beancount(steps: &mut Steps) -> Result<PathBuf> {
    let requirements = place::at("tools/requirements.txt");
    let environment = place::at("tools/venv");
    let programs = environment.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = programs.join(format!("python{}", env::consts::EXE_SUFFIX));
    // The stamp lies in the environment, so that deleting the directory forces a new one.
    let stamp = Stamp::new(environment.join("xtask-stamp")).text(&programs.to_string_lossy()).input(&requirements)?;
    // An environment stops working when the Python that made it is removed.
    if stamp.is_current() && command::first_line(&python, &["--version"]).is_some() {
        steps.already("beancount", "as tools/requirements.txt says");
        return Ok(programs);
    }
    let with = python_with_venv(steps)?;
    steps.loud("beancount of tools/requirements.txt", || {
        place::remove(&environment)?;
        command::run(command::command(with).args(["-m", "venv"]).arg(&environment))?;
        command::run(
            command::command(&python)
                .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--only-binary=:all:"])
                .arg("--requirement")
                .arg(&requirements),
        )
        .context("beancount could not be installed; pip needs its package index once")?;
        stamp.write()
    })?;
    Ok(programs)
}

/// A Python that can make environments.
fn python_with_venv(steps: &mut Steps) -> Result<PathBuf> {
    if let Some(python) = usable_python() {
        return Ok(python);
    }
    if packages::is_debian() {
        packages::install(
            &["python3", "python3-dev", "python3-venv"],
            "beancount, which reads the exported books, is in Python; wasm3 is compiled for it",
            steps,
        )?;
    }
    match usable_python() {
        Some(python) => Ok(python),
        None => bail!(
            "the tests of the exported books need beancount, and that needs Python 3.11 or newer with `venv`, `pip` and its headers: \
             install it from your system's packages, or say where it is: {PYTHON}=/path/to/python3"
        ),
    }
}

fn usable_python() -> Option<PathBuf> {
    let named = env::var_os(PYTHON).map(PathBuf::from);
    let on_path = ["python3", "python"].into_iter().filter_map(command::find);
    let usable = |python: &PathBuf| {
        // Some packages compile C, which needs the headers.
        let test = "import sys, venv, ensurepip, pathlib, sysconfig; \
                    headers = pathlib.Path(sysconfig.get_path('include'), 'Python.h'); \
                    print(sys.version_info >= (3, 11) and headers.exists())";
        command::first_line(python, &["-c", test]).as_deref() == Some("True")
    };
    named.into_iter().chain(on_path).chain([PathBuf::from("/usr/bin/python3")]).find(usable)
}
