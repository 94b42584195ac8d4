//! A Chromium for the browser tests, and a font with Chinese characters for its pictures.

use std::env;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context as _, Result};

use crate::command;
use crate::packages;
use crate::steps::Steps;

/// The variable that names another browser, and that tells the tests which one was found.
const VARIABLE: &str = "CHROMIUM";

/// The same of the one without windows, in which a page starts sooner: it has neither a camera nor Web Push.
const SHELL: &str = "CHROMIUM_SHELL";

/// The browser of the tests.
pub struct Browser {
    whole: PathBuf,
    /// Only Debian has it as a package.
    shell: Option<PathBuf>,
}

impl Browser {
    /// Sets the variables that tell a test where it is.
    pub fn tell<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        self.shell.iter().fold(command.env(VARIABLE, &self.whole), |command, shell| command.env(SHELL, shell))
    }
}

/// Finds Chromium or, on Debian, installs it with the font.
pub fn set_up(steps: &mut Steps) -> Result<Browser> {
    if env::var_os(VARIABLE).is_none() && packages::is_debian() {
        packages::install(
            &["chromium", "chromium-headless-shell", "fonts-wqy-microhei"],
            "the browser tests need a browser and Chinese characters",
            steps,
        )?;
    }
    let whole = find().with_context(|| {
        format!(
            "the browser tests need Chromium or Chrome: install one from your system's packages, or say where it \
             is: {VARIABLE}=/path/to/chrome"
        )
    })?;
    steps.already("browser", whole.display());
    // Beside a browser that somebody named, it would be another version.
    let shell = if env::var_os(VARIABLE).is_some() { None } else { command::find("chromium-headless-shell") };
    Ok(Browser { whole, shell })
}

fn find() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    let on_path = || ["chromium", "chromium-browser", "google-chrome", "chrome"].into_iter().find_map(command::find);
    let elsewhere = || {
        [
            "/Applications/Chromium.app/Contents/MacOS/Chromium",
            "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
            r"C:\Program Files\Google\Chrome\Application\chrome.exe",
        ]
        .into_iter()
        .map(PathBuf::from)
        .find(|file| file.is_file())
    };
    named.or_else(on_path).or_else(elsewhere)
}
