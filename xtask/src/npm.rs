//! Node, and the npm development tools that `tools/package.json` names.

use std::process::Command;

use anyhow::{Context as _, Result, bail};

use crate::command;
use crate::place;
use crate::stamp::Stamp;
use crate::steps::Steps;

/// The oldest Node that will do; the package's `engines` says the same.
const OLDEST_NODE: u32 = 20;

/// Checks that Node is there, and installs the tools.
pub fn set_up(steps: &mut Steps) -> Result<()> {
    let node = command::first_line("node", &["--version"])
        .with_context(|| format!("Node is missing: install Node {OLDEST_NODE} or newer, {}", how_to_get_node()))?;
    let major: Option<u32> = node.trim_start_matches('v').split('.').next().and_then(|number| number.parse().ok());
    if major.is_none_or(|major| major < OLDEST_NODE) {
        bail!("Node {node} is too old: install Node {OLDEST_NODE} or newer, {}", how_to_get_node());
    }
    steps.already("Node", &node);

    install("tools", "npm tools", steps)
}

/// The bundlers and frameworks that the package is tested with.
pub fn set_up_packaging(steps: &mut Steps) -> Result<()> {
    install("tools/packaging", "npm bundlers and frameworks", steps)
}

/// What the wallet's pages are measured with.
pub fn set_up_lighthouse(steps: &mut Steps) -> Result<()> {
    install("tools/lighthouse", "Lighthouse", steps)
}

/// `WeChat`'s tools, which only the tests need.
pub fn set_up_miniprogram(steps: &mut Steps) -> Result<()> {
    install("tools/miniprogram", "WeChat's tools", steps)
}

/// Installs what the directory's lock file says, unless that is installed already.
fn install(directory: &str, title: &str, steps: &mut Steps) -> Result<()> {
    let place = place::at(directory);
    // The stamp lies in `node_modules`, so that deleting the directory forces a new installation.
    let stamp = Stamp::new(place.join("node_modules/.xtask-stamp")).input(&place.join("package-lock.json"))?;
    if stamp.is_current() {
        steps.already(title, format_args!("as {directory}/package-lock.json says"));
        return Ok(());
    }
    steps.loud(&format!("{title} of {directory}/package.json"), || {
        command::run(npm().args(["ci", "--no-audit", "--no-fund", "--loglevel=error"]).current_dir(&place))
        .with_context(|| {
            format!(
                "the packages of {directory} could not be installed; npm comes with Node, and needs its registry once"
            )
        })?;
        stamp.write()
    })
}

/// npm, which comes with Node.
pub fn npm() -> Command {
    command::command(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// One of the tools: the script at `path` below `tools/node_modules`, run by Node.
pub fn tool(path: &str) -> Command {
    let mut command = command::command("node");
    command.arg(place::at("tools/node_modules").join(path));
    command
}

fn how_to_get_node() -> &'static str {
    if cfg!(target_os = "macos") {
        "for example with `brew install node`"
    } else if cfg!(windows) {
        "for example with `winget install OpenJS.NodeJS.LTS`"
    } else {
        "from your system's packages (`nodejs` and `npm`) if they are new enough, or from Node's own site"
    }
}
