//! `cargo xtask setup`: what the other tasks need, found or installed.

use anyhow::Result;
use clap::Args;

use crate::books;
use crate::browser;
use crate::npm;
use crate::postgres;
use crate::steps::Steps;
use crate::toolchain::Toolchain;

/// Find or install what the other tasks need. The other tasks also do this themselves.
///
/// It needs a Rust that can build for WebAssembly (rustup's `rust-src`, or Debian's rustc-web), Node, and the npm
/// tools of tools/package.json. The tests also need Chromium, the bundlers of tools/packaging, Lighthouse, hledger,
/// beancount (in tools/venv), `PostgreSQL`, libfaketime, pgbouncer and `WeChat`'s tools (tools/miniprogram). On Debian, missing packages are installed with
/// apt, as root or with sudo. Elsewhere a sentence says what to install.
#[derive(Args)]
pub struct Options {
    /// Leave the browser out: only the tests need it.
    #[arg(long)]
    no_browser: bool,
}

pub fn run(options: &Options, steps: &mut Steps) -> Result<Toolchain> {
    let toolchain = for_building(steps)?;
    if !options.no_browser {
        browser::set_up(steps)?;
        npm::set_up_packaging(steps)?;
        npm::set_up_lighthouse(steps)?;
    }
    books::set_up(steps)?;
    postgres::set_up(steps)?;
    npm::set_up_miniprogram(steps)?;
    Ok(toolchain)
}

/// Sets up what a build needs, without what only the tests need.
pub fn for_building(steps: &mut Steps) -> Result<Toolchain> {
    let toolchain = Toolchain::set_up(steps)?;
    npm::set_up(steps)?;
    Ok(toolchain)
}
