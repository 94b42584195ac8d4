//! A Chromium for the browser tests, and a font with Chinese characters for its pictures.

use std::env;
use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::command;
use crate::packages;
use crate::steps::Steps;

/// The variable that names another browser, and that tells the tests which one was found.
pub const VARIABLE: &str = "CHROMIUM";

/// Finds Chromium or, on Debian, installs it with the font: the one without windows, which starts a page in two thirds of the time.
pub fn set_up(steps: &mut Steps) -> Result<PathBuf> {
    if env::var_os(VARIABLE).is_none() && packages::is_debian() {
        packages::install(
            &["chromium-headless-shell", "fonts-wqy-microhei"],
            "the browser tests need a browser and Chinese characters",
            steps,
        )?;
    }
    let browser = find().with_context(|| {
        format!(
            "the browser tests need Chromium or Chrome: install one from your system's packages, or say where it \
             is: {VARIABLE}=/path/to/chrome"
        )
    })?;
    steps.already("browser", browser.display());
    Ok(browser)
}

fn find() -> Option<PathBuf> {
    let named = env::var_os(VARIABLE).map(PathBuf::from);
    let on_path = || {
        ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome", "chrome"]
            .into_iter()
            .find_map(command::find)
    };
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
